/**
 * Pages that a reader follows step by step: files are written, commands are run, and the output is what the page shows.
 *
 * | in the page | what it means |
 * |---|---|
 * | ```` ```sh ```` | commands to run, in the folder of the program, with `sh -e`. They end with exit code 0, or with the one that the words after the block name: "exit code 1" |
 * | ```` ```text ```` | lines of the output of the commands before it, in this order; `…` stands for what is left out. Each finding of the output has to be shown |
 * | ```` ```typescript ````, ```` ```json ````, ```` ```yaml ```` | a file, which the words before it name in backticks and end with a colon; a program without a name is `index.ts` |
 * | ```` ```diff ```` | a change of a file named like that: `@@` parts changes at different places |
 * | ```` ```console ```` | commands that no test runs |
 * | `<!-- host: linux/arm64 -->` | from here on images are built on such a machine |
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cannotRun } from "./cannot-run";
import { stack } from "./engine";
import type { Stack } from "./engine";
import { ROOT } from "./pages";

const WINDOWS = process.platform === "win32";
const RUN_LIMIT = 5 * 60 * 1000;
const PROGRAM = "index.ts";
const DOCS = path.join(ROOT, "docs");

/** The pages of steps that build on each other. */
export const JOURNEYS = [
  path.join(DOCS, "rolling-out.md"),
  ...readdirSync(path.join(DOCS, "journeys"))
    .filter((name) => name !== "README.md")
    .sort()
    .map((name) => path.join(DOCS, "journeys", name)),
];

/** A page of files that stand each for themselves. */
export const RECIPES = path.join(DOCS, "recipes.md");

export interface FileStep {
  readonly kind: "file";
  readonly name: string;
  readonly text: string;
}

export interface RunStep {
  readonly kind: "run";
  readonly script: string;
  readonly exitCode: number;
  /** Lines of the output that the page shows; undefined when it shows nothing. */
  readonly shown: readonly string[] | undefined;
}

export interface HostStep {
  readonly kind: "host";
  readonly host: string;
}

export type Step = FileStep | RunStep | HostStep;

/** How commands ended, with both streams as one text. */
export interface Ended {
  readonly exitCode: number;
  readonly output: string;
}

interface Part {
  /** The words before a block, or before the end of the page. */
  readonly words: string;
  readonly language: string;
  readonly body: string;
}

function partsOf(text: string): Part[] {
  const pieces = text.split(/^```(\w*)\n([\s\S]*?)^```$/m);
  const parts: Part[] = [];
  for (let index = 0; index < pieces.length; index += 3) {
    parts.push({ words: pieces[index] ?? "", language: pieces[index + 1] ?? "", body: pieces[index + 2] ?? "" });
  }
  return parts;
}

/** The file that the last words before a block name: "… into `policy-config.json`:". */
function nameIn(words: string): string | undefined {
  const [last = ""] = words.trimEnd().split("\n").slice(-1);
  return last.endsWith(":") ? [...last.matchAll(/`([\w./-]+\.\w+)`/g)].at(-1)?.[1] : undefined;
}

/**
 * Changes a text by the body of a diff block.
 *
 * @throws Error when a place that is to be changed is not there exactly once
 */
export function applied(text: string, diff: string): string {
  const hunks = diff.split(/^@@.*\n/m).filter((hunk) => hunk.trim() !== "");
  return hunks.reduce((changed, hunk) => {
    const side = (other: string): string =>
      hunk
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith(other))
        .map((line) => `${line.slice(1)}\n`)
        .join("");
    const parts = changed.split(side("+"));
    assert.equal(parts.length, 2, `this change fits ${String(parts.length - 1)} places:\n${hunk}`);
    return parts.join(side("-"));
  }, text);
}

/**
 * The steps of a page in their order.
 *
 * @throws Error when a block is none of the kinds above
 */
export function stepsOf(text: string): Step[] {
  const files = new Map<string, string>();
  const steps: Step[] = [];
  const parts = partsOf(text);
  parts.forEach(({ words, language, body }, index) => {
    steps.push(...[...words.matchAll(/<!-- host: (\S+) -->/g)].map(([, host = ""]): HostStep => ({ kind: "host", host })));
    const after = parts.slice(index + 1);
    switch (language) {
      case "":
        assert.equal(body, "", `a block has to say what it is:\n${body}`);
        return;
      case "console":
        return;
      case "text":
        assert.equal(parts[index - 1]?.language, "sh", `no command made this output:\n${body}`);
        return;
      case "sh": {
        const shown = after[0]?.language === "text" ? after[0].body.split("\n").map(normal).filter((line) => line !== "" && line !== "…") : undefined;
        steps.push({ kind: "run", script: body, exitCode: Number(/exit code (\d+)/.exec(after[0]?.words ?? "")?.[1] ?? 0), shown });
        return;
      }
      case "diff":
      case "json":
      case "typescript":
      case "yaml": {
        const name = nameIn(words) ?? (language === "json" || language === "yaml" ? undefined : PROGRAM);
        assert.ok(name !== undefined, `the words before a file name it and end with a colon:\n${body}`);
        const written = language === "diff" ? applied(files.get(name) ?? "", body) : body;
        files.set(name, written);
        steps.push({ kind: "file", name, text: written });
        return;
      }
      default:
        assert.fail(`no test knows what to do with "${language}"`);
    }
  });
  return steps;
}

/** Every program of a page as it is after each of its changes, for the compiler. */
export function programsIn(file: string): ReadonlyMap<string, string> {
  const programs = stepsOf(readFileSync(file, "utf8")).filter((step) => step.kind === "file" && step.name.endsWith(".ts")) as FileStep[];
  return new Map(programs.map(({ text }, index) => [`${path.basename(file, ".md")}-${String(index)}`, text]));
}

/** A line without what layout adds, so that a page may indent and align as it likes. */
function normal(line: string): string {
  return line.trim().replace(/\s+/g, " ");
}

function isFinding(line: string): boolean {
  return /^(- )?\[(mandatory|advisory|remediate)\]/.test(line);
}

/** Within a shown line, too, `…` stands for what is left out. */
function patternOf(shown: string): RegExp {
  const parts = shown.split("…").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}

/** Holds that commands ended as the page says, and that their output has what it shows and no finding that it does not. */
export function assertShown({ exitCode, shown = [], script }: RunStep, ended: Ended): void {
  const told = `${script}\n${ended.output}`;
  const lines = ended.output.split("\n").map(normal);
  assert.equal(ended.exitCode, exitCode, told);
  const patterns = shown.map(patternOf);
  let from = 0;
  for (const [index, pattern] of patterns.entries()) {
    const found = lines.slice(from).findIndex((line) => pattern.test(line));
    assert.ok(found >= 0, `not in the output, or not in this order: ${shown[index] ?? ""}\n\n${told}`);
    from += found + 1;
  }
  assert.deepEqual(lines.filter((line) => isFinding(line) && !patterns.some((pattern) => pattern.test(line))), [], `the page does not show these findings\n\n${told}`);
}

/** Marks the running test or suite as one that cannot run where there is no shell for the commands. */
export function needsShell(context: Mocha.Context, shell: "sh" | "bash" = "sh"): void {
  if (spawnSync(shell, ["-c", "exit 0"]).status !== 0) {
    cannotRun(context, `there is no ${shell}; on Windows it comes with Git`);
  }
}

/** How a reader's shell, and most runners, run several lines: the first command that fails ends them. */
const SHELL = ["sh", "-e", "-c"] as const;

/**
 * Runs commands in a folder and waits for their end.
 *
 * @param shell a program and its arguments before the commands
 */
export function runScript(script: string, cwd: string, env: NodeJS.ProcessEnv, shell: readonly [string, ...string[]] = SHELL): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const [program, ...args] = shell;
    const child = spawn(program, [...args, script], { cwd, env, stdio: ["ignore", "pipe", "pipe"], timeout: RUN_LIMIT });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ exitCode: code ?? -1, output }));
  });
}

/** A folder in which the steps of a page are done, as its reader would do them. */
export interface Workplace {
  readonly stack: Stack;
  write(step: FileStep): void;
  /** @param env what the shell has besides the CLI's environment */
  run(script: string, env?: Readonly<Record<string, string>>): Promise<Ended>;
  /** The environment of `run`, for other programs. */
  readonly environment: NodeJS.ProcessEnv;
  stop(): void;
}

/** Puts this pack where `npm install --save-dev pulumi-cpu-architecture` would put it. */
function install(folder: string): void {
  const modules = path.join(folder, "node_modules");
  mkdirSync(path.join(modules, ".bin"), { recursive: true });
  symlinkSync(ROOT, path.join(modules, "pulumi-cpu-architecture"), "junction");
  const command = path.join(modules, ".bin", "cpu-architecture");
  const entry = path.join(ROOT, "dist", "cli", "index.js");
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${entry}' "$@"\n`);
  chmodSync(command, 0o755);
  if (WINDOWS) {
    writeFileSync(`${command}.cmd`, `@"${process.execPath}" "${entry}" %*\r\n`);
  }
}

export async function workplace(): Promise<Workplace> {
  const made = await stack({ program: { text: "", language: "typescript" } });
  install(made.programDir);
  // A command of the page that is not installed here has to fail, not to be fetched.
  const environment = { ...(await made.environment()), npm_config_offline: "true", PULUMI_OPTION_COLOR: "never" };
  return {
    stack: made,
    write: ({ name, text }) => {
      if (name === PROGRAM) {
        made.setProgram({ text, language: "typescript" });
      } else if (path.basename(name) === PROGRAM) {
        made.addProject(path.dirname(name), { text, language: "typescript" });
      } else {
        writeFileSync(path.join(made.programDir, name), text);
      }
    },
    run: (script, env = {}) => runScript(script, made.programDir, { ...environment, ...env }),
    environment,
    stop: () => made.stop(),
  };
}

/** One mocha test for each run of commands on a page, one after the other in the same folder. */
export function followPage(file: string, describeWith: (title: string, body: () => void) => void): void {
  describeWith(path.relative(ROOT, file).split(path.sep).join("/"), () => {
    const steps = stepsOf(readFileSync(file, "utf8"));
    let place: Workplace | undefined;
    let next = 0;
    before(async function () {
      needsShell(this);
      place = await workplace();
    });
    after(() => place?.stop());
    for (const [index, step] of steps.entries()) {
      if (step.kind !== "run") {
        continue;
      }
      it(step.script.trim().split("\n").at(-1) ?? "", async () => {
        assert.ok(place !== undefined);
        prepare(place, steps.slice(next, index));
        next = index + 1;
        assertShown(step, await place.run(step.script));
      });
    }
  });
}

function prepare(place: Workplace, steps: readonly Step[]): void {
  for (const step of steps) {
    if (step.kind === "file") {
      place.write(step);
    } else if (step.kind === "host") {
      place.stack.setHost(step.host);
    }
  }
}
