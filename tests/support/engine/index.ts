// Runs the real Pulumi CLI on a program, with stand-ins for the providers; see README.md.
import { spawn } from "node:child_process";
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { NoPulumiError, findPulumi, onPath } from "../../../scripts/pulumi-cli";
import type { PulumiCli } from "../../../scripts/pulumi-cli";
import { cannotRun } from "../cannot-run";
import type { Recording } from "../protocol";
import { readState, readViolations } from "./events";
import type { StateResource, Violation } from "./events";
import { GO_ENVIRONMENT, PYTHON_STARTER, makeReady } from "./languages";
import { compileFolder, languageOf, PROJECT, stage, unstage, workFolder } from "./programs";
import type { Program, TextProgram } from "./programs";
import { schemaFor } from "./schema";
import { STAND_IN_PACKAGES, serveProvider } from "./stand-ins/server";
import type { ProviderServer } from "./stand-ins/server";

export { LANGUAGES, makeReady, needsLanguage } from "./languages";
export type { Language } from "./languages";
export type { Program } from "./programs";
export type { Level, StateResource, Violation } from "./events";

const STACK = "test";
const WINDOWS = process.platform === "win32";
const RUN_LIMIT = 5 * 60 * 1000;

export interface StackOptions {
  readonly program: Program;
  /** The machine that builds the images, such as `linux/arm64`; `linux/amd64` when left out. */
  readonly host?: string;
  /** The folder of the policy pack; none when left out. */
  readonly pack?: string;
  /** What `--policy-pack-config` is given. */
  readonly config?: object;
  /** The version of awsx to play, as far as `ecr.Image` tells them apart; 3.9 when left out. */
  readonly awsx?: "1.0" | "2.19" | "3.9";
  /** Stack configuration, such as `{ "aws:region": "us-east-1" }`. */
  readonly stackConfig?: Readonly<Record<string, string>>;
}

export interface RunOptions {
  /** URNs or patterns for `--target`. */
  readonly target?: readonly string[];
  /** Where the CLI's output goes while it runs. */
  readonly onOutput?: (text: string) => void;
}

export interface Result {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly violations: readonly Violation[];
  /** The saved state afterwards. */
  readonly resources: readonly StateResource[];
}

/** One stack of a program, in a folder of its own, with its own CLI home and state. */
export interface Stack {
  readonly dir: string;
  /** Where the program stands; commands are run there. */
  readonly programDir: string;
  preview(options?: RunOptions): Promise<Result>;
  up(options?: RunOptions & { readonly skipPreview?: boolean }): Promise<Result>;
  /** `pulumi policy analyze` over a state file, or over this stack's exported state. */
  policyAnalyze(file?: string): Promise<Result>;
  /** Writes what the engine sends to a policy pack at a preview or an update (`up --skip-preview`). */
  record(what: "preview" | "up"): Promise<Recording>;
  /** Any other command of the CLI, in the folder of the program: `["preview", "--json", "--stack", "test"]`. */
  pulumi(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Finished>;
  /** The environment of the CLI's runs, for another program that starts the CLI; `pulumi` is on its PATH, the stack is made and selected. */
  environment(): Promise<NodeJS.ProcessEnv>;
  /** Replaces the program; the state stays. */
  setProgram(program: Program): void;
  /**
   * Puts a program, as text, into a folder below `programDir`, as a project of that name. It shares CLI home, state and
   * providers with this stack; `environment()` is the way to run it.
   */
  addProject(name: string, program: TextProgram): void;
  /** From now on images are built by another machine, such as `linux/arm64`. */
  setHost(host: string): void;
  /** Stops the providers and removes the folder. */
  stop(): void;
}

/** The language hosts that a stand-in can replace. */
type Runtime = "nodejs" | "python" | "go";
const RUNTIMES: readonly Runtime[] = ["nodejs", "python", "go"];

/** What is real and what is played in the runs of this process, for the test report. */
export interface Parts {
  readonly cli: string;
  /** YAML's comes with every CLI. */
  readonly languageHosts: Readonly<Record<Runtime, "official" | "stand-in">>;
  readonly standIns: readonly string[];
}

let cliSought: Promise<PulumiCli> | undefined;

function cli(): Promise<PulumiCli> {
  cliSought ??= findPulumi();
  return cliSought;
}

/** Tells which parts are real. */
export async function parts(): Promise<Parts> {
  const { pulumi, source, binDirs } = await cli();
  const host = (runtime: Runtime): "official" | "stand-in" => (hasOfficialHost(runtime, binDirs) ? "official" : "stand-in");
  return {
    cli: `${pulumi} (${source})`,
    languageHosts: { nodejs: host("nodejs"), python: host("python"), go: host("go") },
    standIns: [...STAND_IN_PACKAGES, "awsx"].map((name) => `provider ${name}`),
  };
}

function hasOfficialHost(runtime: Runtime, binDirs: readonly string[]): boolean {
  const name = `pulumi-language-${runtime}`;
  return binDirs.some((dir) => existsSync(path.join(dir, WINDOWS ? `${name}.exe` : name))) || onPath(name) !== undefined;
}

let partsSaid = false;

/**
 * A mocha suite whose tests need the CLI. Where none can be had each of them counts as one that could not run, with the
 * reason; otherwise the report says which parts were stand-ins.
 */
export function describeEngine(title: string, body: (this: Mocha.Suite) => void): void {
  describe(title, function () {
    this.timeout(120_000);
    before(async function () {
      this.timeout(60 * 60 * 1000); // the CLI may have to be built first
      try {
        const { cli: found, languageHosts, standIns } = await parts();
        if (!partsSaid) {
          partsSaid = true;
          const hosts = RUNTIMES.map((runtime) => `${runtime} ${languageHosts[runtime]}`);
          console.log(`    engine: ${found}; language hosts: ${hosts.join(", ")}; stand-ins: ${standIns.join(", ")}`);
        }
      } catch (error) {
        if (!(error instanceof NoPulumiError)) {
          throw error;
        }
        cannotRun(this, error.message.replaceAll("\n", " "));
      }
    });
    body.call(this);
  });
}

/**
 * Makes a stack. Nothing outside of its folder is read or written: no login, no Docker, no AWS.
 *
 * @throws NoPulumiError when there is no CLI, and an Error when a program of that language cannot be run here
 */
export async function stack(options: StackOptions): Promise<Stack> {
  const found = await cli();
  await mustBeReady(options.program);
  const dir = workFolder();
  const programDir = path.join(dir, "program");
  stage(options.program, programDir);
  const machine = { host: options.host ?? "linux/amd64", programDir };
  const yaml = (): string => readIfThere(path.join(programDir, "Pulumi.yaml"));
  const servers = new Map<string, ProviderServer>();
  for (const name of STAND_IN_PACKAGES) {
    servers.set(name, await serveProvider(name, machine, () => schemaFor(name, yaml())));
  }
  const binDir = path.join(dir, "bin");
  const home = path.join(dir, "home");
  const stateDir = path.join(dir, "state");
  for (const folder of [binDir, home, stateDir]) {
    mkdirSync(folder, { recursive: true });
  }
  writePluginPrograms(binDir);
  const addPlugins = (program: Program, folder = programDir): void => addHosts(folder, binDir, standInHosts(program, found.binDirs));
  addPlugins(options.program);
  writeFileSync(path.join(home, "config.json"), JSON.stringify(options.config ?? {}));
  const stackConfig = Object.entries(options.stackConfig ?? {});
  if (stackConfig.length > 0) {
    writeFileSync(path.join(programDir, `Pulumi.${STACK}.yaml`), JSON.stringify({ config: Object.fromEntries(stackConfig) }));
  }
  const run = new Runner(found, { dir, programDir, binDir, home, stateDir }, servers, options);
  return {
    dir,
    preview: (runOptions = {}) => run.operation(["preview"], runOptions),
    up: ({ skipPreview = false, ...runOptions } = {}) => run.operation(["up", "--yes", ...(skipPreview ? ["--skip-preview"] : [])], runOptions),
    policyAnalyze: (file) => run.policyAnalyze(file),
    pulumi: (args, env) => run.command(args, env),
    programDir,
    environment: () => run.environmentOfStack(),
    record: (what) => run.record(what === "preview" ? ["preview"] : ["up", "--yes", "--skip-preview"]),
    setProgram: (program) => {
      unstage(programDir);
      stage(program, programDir);
      addPlugins(program);
    },
    addProject: (name, program) => {
      const folder = path.join(programDir, name);
      unstage(folder);
      stage(program, folder);
      const file = path.join(folder, "Pulumi.yaml");
      writeFileSync(file, readFileSync(file, "utf8").replace(`name: ${PROJECT}\n`, `name: ${name}\n`));
      addPlugins(program, folder);
    },
    setHost: (host) => {
      machine.host = host;
    },
    stop: () => {
      for (const server of servers.values()) {
        server.stop();
      }
      if (process.env.CPU_ARCHITECTURE_KEEP === undefined) {
        rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
      }
    },
  };
}

function readIfThere(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

async function mustBeReady(program: Program): Promise<void> {
  for (const why of (await makeReady([languageOf(program)])).values()) {
    throw new Error(why);
  }
}

/** The hosts to play: that of the program's language, and Node's, which the policy pack needs. */
function standInHosts(program: Program, binDirs: readonly string[]): Runtime[] {
  const language = languageOf(program);
  return RUNTIMES.filter((runtime) => (runtime === "nodejs" || runtime === language) && !hasOfficialHost(runtime, binDirs));
}

/** Makes the provider that is a program of its own. */
function writePluginPrograms(binDir: string): void {
  const awsx = path.join(binDir, "awsx-program");
  compileFolder(path.join(__dirname, "awsx"), awsx);
  writeStarter(path.join(binDir, "pulumi-resource-awsx"), [path.join(awsx, "provider.js")]);
}

/** Makes the language hosts, and tells the project of all plugins. Being named there keeps the CLI from warning of them. */
function addHosts(programDir: string, binDir: string, hosts: readonly Runtime[]): void {
  const host = path.join(binDir, "language-host-program");
  if (hosts.length > 0) {
    compileFolder(__dirname, host);
  }
  for (const runtime of hosts) {
    writeStarter(path.join(binDir, `pulumi-language-${runtime}`), [path.join(host, "language-host.js"), runtime, PYTHON_STARTER]);
  }
  const plugins = {
    providers: [{ name: "awsx", path: binDir }],
    ...(hosts.length > 0 ? { languages: hosts.map((name) => ({ name, path: binDir })) } : {}),
  };
  appendFileSync(path.join(programDir, "Pulumi.yaml"), `\nplugins: ${JSON.stringify(plugins)}\n`);
}

/** Writes an executable file that starts a program in Node with these first arguments. */
function writeStarter(file: string, args: readonly string[]): void {
  const words = [process.execPath, ...args];
  if (WINDOWS) {
    writeFileSync(`${file}.cmd`, `@${words.map((word) => `"${word}"`).join(" ")} %*\r\n`);
  } else {
    writeFileSync(file, `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(" ")} "$@"\n`);
    chmodSync(file, 0o755);
  }
}

interface Folders {
  readonly dir: string;
  readonly programDir: string;
  readonly binDir: string;
  readonly home: string;
  readonly stateDir: string;
}

/** How a command of the CLI ended. */
export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

class Runner {
  private runs = 0;
  private isMade = false;

  constructor(
    private readonly found: PulumiCli,
    private readonly folders: Folders,
    private readonly servers: ReadonlyMap<string, ProviderServer>,
    private readonly options: StackOptions,
  ) {}

  async operation(command: readonly string[], options: RunOptions): Promise<Result> {
    const pack = this.options.pack;
    const packArgs = pack === undefined ? [] : ["--policy-pack", path.resolve(pack)];
    const configArgs = pack === undefined || this.options.config === undefined ? [] : ["--policy-pack-config", path.join(this.folders.home, "config.json")];
    const targets = (options.target ?? []).flatMap((urn) => ["--target", urn]);
    return this.logged([...command, ...packArgs, ...configArgs, ...targets], options);
  }

  async policyAnalyze(file: string | undefined): Promise<Result> {
    const exported = path.join(this.folders.dir, "exported.json");
    if (file === undefined) {
      await this.makeStack();
      await this.pulumi(["stack", "export", "--stack", STACK, "--show-secrets", "--file", exported]);
    }
    const pack = path.resolve(this.options.pack ?? ".");
    const config = this.options.config === undefined ? [] : ["--policy-pack-config", path.join(this.folders.home, "config.json")];
    const finished = await this.pulumi(["policy", "analyze", "--json", "--file", path.resolve(file ?? exported), "--policy-pack", pack, ...config]);
    return { ...finished, violations: readViolations(finished.stdout), resources: this.resources() };
  }

  async command(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
    await this.makeStack();
    return this.pulumi(args, env);
  }

  async environmentOfStack(): Promise<NodeJS.ProcessEnv> {
    await this.makeStack();
    return this.environment();
  }

  async record(command: readonly string[]): Promise<Recording> {
    const file = path.join(this.folders.dir, "recording.json");
    rmSync(file, { force: true });
    const result = await this.logged([...command, "--policy-pack", path.join(__dirname, "recorder-pack")], {}, { CPU_ARCHITECTURE_RECORD_TO: file });
    if (result.exitCode !== 0 || !existsSync(file)) {
      throw new Error(`nothing to record, the program failed:\n${result.stdout}\n${result.stderr}`);
    }
    return JSON.parse(readFileSync(file, "utf8")) as Recording;
  }

  /** Runs a command on the stack and reads the violations from its event log. */
  private async logged(command: readonly string[], options: RunOptions, env: Readonly<Record<string, string>> = {}): Promise<Result> {
    await this.makeStack();
    this.runs += 1;
    const log = path.join(this.folders.dir, `events-${this.runs}.json`);
    const finished = await this.pulumi([...command, "--stack", STACK, "--event-log", log], env, options.onOutput);
    return { ...finished, violations: readViolations(readIfThere(log)), resources: this.resources() };
  }

  private async makeStack(): Promise<void> {
    if (this.isMade) {
      return;
    }
    const made = await this.pulumi(["stack", "init", STACK]);
    if (made.exitCode !== 0) {
      throw new Error(`the stack could not be made:\n${made.stdout}\n${made.stderr}`);
    }
    this.isMade = true;
  }

  private resources(): readonly StateResource[] {
    const project = /^name:\s*["']?([\w.-]+)/m.exec(readIfThere(path.join(this.folders.programDir, "Pulumi.yaml")))?.[1] ?? "";
    return readState(path.join(this.folders.stateDir, ".pulumi", "stacks", project, `${STACK}.json`));
  }

  private pulumi(args: readonly string[], extra: Readonly<Record<string, string>> = {}, onOutput?: (text: string) => void): Promise<Finished> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.found.pulumi, [...args, "--non-interactive", "--color", "never"], {
        cwd: this.folders.programDir,
        env: { ...this.environment(), ...extra },
        stdio: ["ignore", "pipe", "pipe"],
        timeout: RUN_LIMIT,
      });
      const output = { stdout: "", stderr: "" };
      child.stdout.on("data", (chunk: Buffer) => {
        output.stdout += chunk.toString("utf8");
        onOutput?.(chunk.toString("utf8"));
      });
      child.stderr.on("data", (chunk: Buffer) => {
        output.stderr += chunk.toString("utf8");
        onOutput?.(chunk.toString("utf8"));
      });
      child.on("error", reject);
      child.on("close", (code) => resolve({ exitCode: code ?? -1, ...output }));
    });
  }

  /** awsx is played by a process of its own, so its schema goes through a file. */
  private awsxSchema(): string {
    const file = path.join(this.folders.home, "awsx-schema.json");
    writeFileSync(file, schemaFor("awsx", readIfThere(path.join(this.folders.programDir, "Pulumi.yaml"))));
    return file;
  }

  /** The environment without anything that could lead to an account, and with everything that keeps the CLI offline. */
  private environment(): NodeJS.ProcessEnv {
    const kept = Object.entries(process.env).filter(([name]) => !/^(PULUMI_|AWS_|DOCKER_|TS_NODE_)/.test(name));
    return {
      ...Object.fromEntries(kept),
      ...GO_ENVIRONMENT,
      PATH: [this.folders.binDir, ...this.found.binDirs, path.dirname(this.found.pulumi), process.env.PATH ?? ""].join(path.delimiter),
      PULUMI_HOME: this.folders.home,
      PULUMI_BACKEND_URL: `file://${this.folders.stateDir.split(path.sep).join("/")}`,
      PULUMI_CONFIG_PASSPHRASE: "none",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DEBUG_COMMANDS: "true", // for --event-log
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DEBUG_PROVIDERS: [...this.servers].map(([name, { port }]) => `${name}:${port}`).join(","),
      CPU_ARCHITECTURE_AWSX_SCHEMA: this.awsxSchema(),
      CPU_ARCHITECTURE_AWSX_VERSION: this.options.awsx ?? "3.9",
    };
  }
}
