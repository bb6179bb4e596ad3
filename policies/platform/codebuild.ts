/**
 * AWS CodeBuild as an image builder: the machine that a project runs on, and what an inline buildspec does to images.
 * Sources: the CodeBuild API reference (`ProjectEnvironment.type`) and the user guide, "Build specification reference".
 */
import { readSession, type CommandReading } from "./build-command";
import { loadYaml } from "./command/yaml";
import { isObject } from "./object";
import type { Platform } from "./platform";

const LINUX_AMD64: Platform = { os: "linux", architecture: "amd64" };
const LINUX_ARM64: Platform = { os: "linux", architecture: "arm64" };
const WINDOWS_AMD64: Platform = { os: "windows", architecture: "amd64" };

const ENVIRONMENT_TYPES: Readonly<Record<string, Platform>> = {
  LINUX_CONTAINER: LINUX_AMD64,
  LINUX_GPU_CONTAINER: LINUX_AMD64,
  LINUX_EC2: LINUX_AMD64,
  LINUX_LAMBDA_CONTAINER: LINUX_AMD64,
  ARM_CONTAINER: LINUX_ARM64,
  ARM_EC2: LINUX_ARM64,
  ARM_LAMBDA_CONTAINER: LINUX_ARM64,
  WINDOWS_CONTAINER: WINDOWS_AMD64,
  WINDOWS_SERVER_2019_CONTAINER: WINDOWS_AMD64,
  WINDOWS_SERVER_2022_CONTAINER: WINDOWS_AMD64,
  WINDOWS_EC2: WINDOWS_AMD64,
  MAC_ARM: { os: "darwin", architecture: "arm64" },
};

/**
 * The platform of the machine behind `environment.type` of a project or `environmentType` of a fleet. On Linux and
 * Windows it is also the platform of an image that is built there without a stated platform.
 *
 * @returns undefined for a type that is not known
 */
export function codeBuildPlatform(environmentType: string): Platform | undefined {
  return Object.hasOwn(ENVIRONMENT_TYPES, environmentType) ? ENVIRONMENT_TYPES[environmentType] : undefined;
}

/** The phases in the order in which they run. */
const PHASES = ["install", "pre_build", "build", "post_build"] as const;

type Mapping = Readonly<Record<string, unknown>>;

function asMapping(value: unknown): Mapping | undefined {
  return isObject(value) ? value : undefined;
}

function own(mapping: Mapping | undefined, key: string): unknown {
  return mapping !== undefined && Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}

/** The commands of one phase, or undefined if an entry is no text (`- echo a: b` is a mapping in YAML). */
function readPhase(phase: unknown): readonly string[] | undefined {
  const commands: string[] = [];
  for (const key of ["commands", "finally"]) {
    const list = own(asMapping(phase), key) ?? [];
    for (const entry of Array.isArray(list) ? (list as readonly unknown[]) : [list]) {
      if (typeof entry !== "string") {
        return undefined;
      }
      commands.push(entry);
    }
  }
  return commands;
}

function readPhases(phases: Mapping): readonly string[] | undefined {
  const commands: string[] = [];
  for (const name of PHASES) {
    const phase = readPhase(own(phases, name));
    if (phase === undefined) {
      return undefined;
    }
    for (const command of phase) {
      commands.push(command);
    }
  }
  return commands;
}

/** Variables of the buildspec; the project's own win over them, and secrets are set to what nobody knows here. */
function readEnvironment(env: Mapping | undefined, project: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  const environment = new Map<string, string | undefined>();
  for (const [name, value] of Object.entries(asMapping(own(env, "variables")) ?? {})) {
    environment.set(name, typeof value === "string" ? value : undefined);
  }
  for (const [name, value] of Object.entries(project)) {
    environment.set(name, value);
  }
  for (const source of ["parameter-store", "secrets-manager"]) {
    for (const name of Object.keys(asMapping(own(env, source)) ?? {})) {
      environment.set(name, undefined);
    }
  }
  return Object.fromEntries(environment);
}

/** PowerShell and cmd.exe are other languages than the one that is read. */
function isPosixShell(shell: unknown): boolean {
  return shell === undefined || (typeof shell === "string" && /^(\/bin\/)?(ba)?sh$/.test(shell));
}

const UNREADABLE: CommandReading = { pushes: [], builds: [], opaque: "a command that could not be followed" };

/**
 * Reads the `source.buildspec` of a Linux project. Variables that CodeBuild sets by itself (`AWS_REGION`,
 * `CODEBUILD_RESOLVED_SOURCE_VERSION`, ...) are unknown unless given.
 *
 * @param text an inline buildspec in YAML or JSON; a file name, an ARN, or other text is none
 * @param environment the project's environment variables; undefined for one whose value is not known
 * @returns undefined if the text is no inline buildspec, so that what the project builds is not known
 */
export function readBuildspec(text: string, environment: Readonly<Record<string, string | undefined>>): CommandReading | undefined {
  const buildspec = asMapping(loadYaml(text));
  const phases = asMapping(own(buildspec, "phases"));
  if (buildspec === undefined || phases === undefined) {
    return undefined;
  }
  const env = asMapping(own(buildspec, "env"));
  const commands = readPhases(phases);
  // Each build of a batch may run in another environment and by another buildspec.
  const isBatch = own(buildspec, "batch") !== undefined;
  if (commands === undefined || isBatch || !isPosixShell(own(env, "shell"))) {
    return UNREADABLE;
  }
  // Version 0.1 starts a new shell for each command.
  const shells = own(buildspec, "version") === "0.1" ? "separate" : "shared";
  return readSession(commands, readEnvironment(env, environment), shells);
}
