// Makes ready what programs in Python and Go need besides the CLI; see README.md.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { withLock } from "../../../scripts/lock";
import type { Say } from "../../../scripts/lock";
import { onPath } from "../../../scripts/pulumi-cli";
import { lastLine, run } from "../../../scripts/run";
import { cannotRun } from "../cannot-run";

/** The languages in which the text of a program can be. */
export const LANGUAGES = ["typescript", "yaml", "python", "go"] as const;
export type Language = (typeof LANGUAGES)[number];

const WINDOWS = process.platform === "win32";
const CACHE = path.join(__dirname, "..", "..", "..", "node_modules", ".cache", "cpu-architecture");
const REQUIREMENTS = path.join(__dirname, "python", "requirements.txt");
const GO_MODULE = path.join(__dirname, "go");
/** Starts Python programs for the stand-in of the language host. */
export const PYTHON_STARTER = path.join(__dirname, "python", "run.py");

const MINUTE = 60 * 1000;
const INSTALL_LIMIT = 20 * MINUTE;

/** What every run of Go gets: this project's repository and a workspace around it are nothing to a program. */
export const GO_ENVIRONMENT = { GOWORK: "off", GOFLAGS: `${process.env["GOFLAGS"] ?? ""} -buildvcs=false`.trim() };

/**
 * The virtual environment with the SDKs. It is inside node_modules, so it goes when the project's own modules go, and its
 * name changes with what is to be installed.
 */
export function pythonEnvironment(): string {
  const wanted = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex").slice(0, 12);
  return path.join(CACHE, `python-${wanted}`);
}

export function pythonIn(environment: string): string {
  return WINDOWS ? path.join(environment, "Scripts", "python.exe") : path.join(environment, "bin", "python");
}

/** Puts the files beside a Go program that name its modules. */
export function goModuleFiles(): ReadonlyMap<string, string> {
  return new Map(["go.mod", "go.sum"].map((name) => [name, readFileSync(path.join(GO_MODULE, name), "utf8")]));
}

/** What keeps a language from being run on this machine; undefined when nothing does. */
type Missing = string | undefined;

const sought = new Map<Language, Promise<Missing>>();

/**
 * Installs or compiles what programs of these languages import. It takes long only once; see README.md for how long.
 *
 * @returns for each language that cannot be run here what is missing, in one line
 */
export async function makeReady(languages: readonly Language[] = LANGUAGES, say: Say = (line) => process.stderr.write(`${line}\n`)): Promise<ReadonlyMap<Language, string>> {
  const makers: Readonly<Record<Language, () => Promise<Missing>>> = {
    typescript: () => Promise.resolve(undefined),
    yaml: () => Promise.resolve(undefined),
    python: () => makePython(say),
    go: () => makeGo(say),
  };
  const missing = new Map<Language, string>();
  for (const language of languages) {
    const answer = sought.get(language) ?? makers[language]();
    sought.set(language, answer);
    const why = await answer;
    if (why !== undefined) {
      missing.set(language, why);
    }
  }
  return missing;
}

/** Marks the running test as one that cannot run where a language cannot be run. */
export async function needsLanguage(context: Mocha.Context, language: Language): Promise<void> {
  const why = (await makeReady([language])).get(language);
  if (why !== undefined) {
    cannotRun(context, why);
  }
}

async function makePython(say: Say): Promise<Missing> {
  const environment = pythonEnvironment();
  const mark = path.join(environment, "complete");
  if (existsSync(mark)) {
    return undefined;
  }
  const base = await findPython();
  if (base === undefined) {
    return "programs in Python need Python 3.10 or newer with its module venv (`python3` on PATH)";
  }
  mkdirSync(CACHE, { recursive: true });
  return withLock(`${environment}.lock`, () => say("Another process is installing the Python SDKs; waiting for it."), async () => {
    if (existsSync(mark)) {
      return undefined;
    }
    say("Installing the Pulumi SDKs for Python; this happens once and takes about half a minute.");
    rmSync(environment, { recursive: true, force: true });
    const made = await run(base, ["-m", "venv", environment], { limit: INSTALL_LIMIT });
    // Compiling all modules beforehand would take longer than all tests save by it.
    const pip = ["-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check", "--retries", "1", "--requirement", REQUIREMENTS];
    const installed = made.ok ? await run(pythonIn(environment), pip, { limit: INSTALL_LIMIT }) : made;
    if (!installed.ok) {
      return `programs in Python need the Pulumi SDKs, which could not be installed with pip: ${lastLine(installed.output)}`;
    }
    writeFileSync(mark, "");
    return undefined;
  });
}

/** A Python that can make virtual environments with pip in them. */
export async function findPython(): Promise<string | undefined> {
  for (const name of ["python3", "python"]) {
    const found = onPath(name);
    const check = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";
    if (found !== undefined && (await run(found, ["-c", check], { limit: MINUTE })).ok) {
      return found;
    }
  }
  return undefined;
}

/** Go keeps what it downloads and compiles in caches of its own, so this is quick when it was done before. */
async function makeGo(say: Say): Promise<Missing> {
  const go = onPath("go");
  if (go === undefined) {
    return "programs in Go need Go (`go` on PATH)";
  }
  const beat = setTimeout(() => say("Compiling the Pulumi SDKs for Go; the first time takes about two minutes."), 10_000);
  try {
    const { ok, output } = await run(go, ["build", "./..."], { limit: INSTALL_LIMIT, cwd: GO_MODULE, env: GO_ENVIRONMENT });
    return ok ? undefined : `programs in Go need the Pulumi SDKs, which could not be compiled: ${lastLine(output)}`;
  } finally {
    clearTimeout(beat);
  }
}
