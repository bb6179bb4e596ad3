// Finds a Pulumi CLI for the tests and the demo, or makes one. Three ways, in this order:
//   1. `pulumi` on PATH, when it is recent enough;
//   2. the npm package `pulumi`, which downloads the official CLI into its cache folder;
//   3. a build from Go modules (tests/support/cli) into that same folder, where the download host cannot be reached.
//
// As a program: node -r ts-node/register/transpile-only scripts/pulumi-cli.ts
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { withLock } from "./lock";
import type { Say } from "./lock";
import { lastLine, run } from "./run";

/** Where the CLI in use came from. */
export type CliSource = "PATH" | "npm package" | "built from Go modules";

export interface PulumiCli {
  /** The executable. */
  readonly pulumi: string;
  /** Folders for the front of PATH, so that the CLI finds the language hosts that belong to it. */
  readonly binDirs: readonly string[];
  readonly source: CliSource;
}

/** None of the three ways led to a CLI; the message names each with the reason. */
export class NoPulumiError extends Error {}

/** The version that is downloaded or built. It is the newest whose Go modules can be had. */
export const CLI_VERSION = "3.258.0";
/** The first version that starts policy packs the way this project's tests rely on. */
const OLDEST = [3, 255] as const;

const ROOT = path.join(__dirname, "..");
const WINDOWS = process.platform === "win32";
const EXE = WINDOWS ? ".exe" : "";
const BUILT_MARK = "built-from-go-modules";
const YAML_HOST = `pulumi-language-yaml${EXE}`;
const GO_PACKAGES = ["github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"];

const SECOND = 1000;
const BUILD_LIMIT = 60 * 60 * SECOND;
const DOWNLOAD_LIMIT = 15 * 60 * SECOND;

/** Set to `none`, this variable makes every way fail, to show what happens on a machine without any. */
const OVERRIDE = "CPU_ARCHITECTURE_TEST_CLI";

type Outcome = { readonly cli: PulumiCli } | { readonly why: string };

/**
 * Finds a usable CLI, and downloads or builds one when there is none. What it makes stays in a cache folder of the
 * user, so this takes long only once. Several processes may call it at the same time.
 *
 * @param say where progress goes, one line a call; standard error when left out
 * @throws NoPulumiError when no way works
 */
export async function findPulumi(say: Say = (line) => process.stderr.write(`${line}\n`)): Promise<PulumiCli> {
  if (process.env[OVERRIDE] === "none") {
    throw new NoPulumiError(explain({ path: `${OVERRIDE}=none`, npm: `${OVERRIDE}=none`, go: `${OVERRIDE}=none` }));
  }
  const onPath = await fromPath();
  if ("cli" in onPath) {
    return onPath.cli;
  }
  const cached = fromCache();
  if (cached !== undefined) {
    return cached;
  }
  try {
    mkdirSync(cacheFolder(), { recursive: true });
  } catch (error) {
    throw new NoPulumiError(`The folder for the Pulumi CLI cannot be made: ${String(error)}`);
  }
  return withLock(path.join(cacheFolder(), "making.lock"), () => say("Another process is getting the Pulumi CLI; waiting for it."), async () => {
    const made = fromCache(); // another process may have made it while this one waited
    if (made !== undefined) {
      return made;
    }
    const downloaded = await download(say);
    if ("cli" in downloaded) {
      return downloaded.cli;
    }
    const built = await build(say, downloaded.why);
    if ("cli" in built) {
      return built.cli;
    }
    throw new NoPulumiError(explain({ path: onPath.why, npm: downloaded.why, go: built.why }));
  });
}

function explain(why: { readonly path: string; readonly npm: string; readonly go: string }): string {
  return [
    "No Pulumi CLI can be had on this machine. Any one of these would do:",
    `  - install Pulumi ${OLDEST.join(".")} or newer so that \`pulumi\` is on PATH (now: ${why.path});`,
    `  - let the npm package \`pulumi\` download it (now: ${why.npm});`,
    `  - install Go, so that it can be built from Go modules (now: ${why.go}).`,
  ].join("\n");
}

async function fromPath(): Promise<Outcome> {
  const found = onPath("pulumi");
  if (found === undefined) {
    return { why: "not found" };
  }
  const { output } = await run(found, ["version"], { limit: 30 * SECOND, env: { PULUMI_SKIP_UPDATE_CHECK: "true" } });
  const version = /v?(\d+)\.(\d+)\.\d+/.exec(output);
  const [major, minor] = [Number(version?.[1] ?? 0), Number(version?.[2] ?? 0)];
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) {
    return { cli: { pulumi: found, binDirs: [path.dirname(found)], source: "PATH" } };
  }
  return { why: version === null ? `${found} does not tell its version` : `${found} is version ${version[0]}` };
}

/**
 * The first executable of that name on PATH. `node_modules/.bin`, which npm puts there, is left out: its `pulumi` is
 * the npm package, the second way.
 */
export function onPath(name: string): string | undefined {
  const endings = WINDOWS ? [".exe", ".cmd"] : [""];
  return (process.env.PATH ?? "")
    .split(path.delimiter)
    .filter((folder) => folder !== "" && !folder.endsWith(path.join("node_modules", ".bin")))
    .flatMap((folder) => endings.map((ending) => path.join(folder, name + ending)))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The folder into which the npm package `pulumi` installs that version, so that both share one copy. */
function cacheFolder(): string {
  const home = process.env.PULUMI_HOME ?? path.join(homedir(), ".pulumi");
  return path.join(home, "versions", CLI_VERSION);
}

function fromCache(): PulumiCli | undefined {
  const bin = path.join(cacheFolder(), "bin");
  const pulumi = path.join(bin, `pulumi${EXE}`);
  if (!isExecutable(pulumi) || !isExecutable(path.join(bin, YAML_HOST))) {
    return undefined;
  }
  const built = existsSync(path.join(cacheFolder(), BUILT_MARK));
  return { pulumi, binDirs: [bin], source: built ? "built from Go modules" : "npm package" };
}

async function download(say: Say): Promise<Outcome> {
  const program = path.join(ROOT, "node_modules", "pulumi", "run.js");
  if (!existsSync(program)) {
    return { why: "the package is not installed" };
  }
  say(`Getting the Pulumi CLI ${CLI_VERSION} with the npm package \`pulumi\`; this happens once.`);
  const env = { PULUMI_VERSION: CLI_VERSION, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { ok, output } = await run(process.execPath, [program, "version"], { limit: DOWNLOAD_LIMIT, env });
  const cli = fromCache();
  if (ok && cli !== undefined) {
    return { cli };
  }
  return { why: `the download failed: ${lastLine(output)}` };
}

async function build(say: Say, downloadFailed: string): Promise<Outcome> {
  const go = onPath("go");
  if (go === undefined) {
    return { why: "Go is not on PATH" };
  }
  const folder = cacheFolder();
  const fresh = mkdtempSync(path.join(folder, "building-"));
  say(`The CLI cannot be downloaded (${downloadFailed}).`);
  say(`Building Pulumi ${CLI_VERSION} from Go modules instead; this happens once and takes about five minutes.`);
  const started = Date.now();
  const beat = setInterval(() => say(`  still building, ${Math.round((Date.now() - started) / SECOND)} s so far`), 30 * SECOND);
  const version = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${CLI_VERSION}`;
  try {
    const { ok, output } = await run(go, ["build", "-buildvcs=false", "-ldflags", version, "-o", fresh + path.sep, ...GO_PACKAGES], {
      limit: BUILD_LIMIT,
      cwd: path.join(ROOT, "tests", "support", "cli"),
      env: { GOWORK: "off" },
    });
    if (!ok) {
      return { why: `the build failed: ${lastLine(output)}` };
    }
    writeFileSync(path.join(folder, BUILT_MARK), "The programs in bin/ were built from Go modules; the official ones could not be downloaded.\n");
    moveInto(fresh, path.join(folder, "bin"));
    say(`  built in ${Math.round((Date.now() - started) / SECOND)} s`);
  } finally {
    clearInterval(beat);
    rmSync(fresh, { recursive: true, force: true });
  }
  const cli = fromCache();
  return cli === undefined ? { why: `the build left nothing in ${folder}` } : { cli };
}

/** Moves each file by a rename, so that nobody ever sees half a program. */
function moveInto(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    renameSync(path.join(from, name), path.join(to, name));
  }
}

async function main(): Promise<void> {
  try {
    const cli = await findPulumi();
    console.log(`${cli.pulumi} (${cli.source})`);
  } catch (error) {
    console.error(error instanceof NoPulumiError ? error.message : error);
    process.exitCode = 1;
  }
}

if (require.main === module) {
  void main();
}
