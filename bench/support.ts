// What measurements share: a folder with packs installed as a user installs them, and a pack process to measure.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { buildPack } from "../tests/support/built-pack";
import { npm } from "../tests/support/packed-project";

const ROOT = path.join(__dirname, "..");

interface Manifest {
  readonly version: string;
  readonly files: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as Manifest;
}

/** A temporary folder in which several packs share one `node_modules`. */
export interface Workshop {
  /** A fresh folder inside the workshop. */
  folder(name: string): string;
  remove(): void;
}

/**
 * Makes a workshop whose `node_modules` has this project's run-time dependencies and the given further packages, and nothing
 * else: with a TypeScript compiler beside it the SDK starts otherwise than it does for users.
 */
export function makeWorkshop(furtherPackages: readonly string[] = []): Workshop {
  const root = mkdtempSync(path.join(tmpdir(), "cpu-architecture-bench-"));
  const wanted = [...Object.keys(manifestOf(ROOT).dependencies ?? {}), ...furtherPackages];
  for (const name of closureOf(wanted)) {
    cpSync(path.join(ROOT, "node_modules", name), path.join(root, "node_modules", name), { recursive: true });
  }
  return {
    folder(name) {
      const folder = path.join(root, name);
      mkdirSync(folder, { recursive: true });
      return folder;
    },
    remove() {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** The packages directly below `node_modules` that the named ones need, themselves included. */
function closureOf(names: readonly string[]): Set<string> {
  const modules = path.join(ROOT, "node_modules");
  const folders = new Set<string>();
  const waiting = names.map((name) => path.join(modules, name));
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (folders.has(folder)) {
      continue;
    }
    folders.add(folder);
    for (const dependency of Object.keys(manifestOf(folder).dependencies ?? {})) {
      waiting.push(path.dirname(findPackage(dependency, folder)));
    }
  }
  return new Set([...folders].map((folder) => packageNameOf(path.relative(modules, folder))));
}

/** The manifest of a package as Node finds it from a folder: in the nearest `node_modules` on the way up. */
function findPackage(name: string, from: string): string {
  for (let folder = from; folder.startsWith(ROOT); folder = path.dirname(folder)) {
    const manifest = path.join(folder, "node_modules", name, "package.json");
    if (existsSync(manifest)) {
      return manifest;
    }
  }
  throw new Error(`${name} is not installed; run npm ci`);
}

/** `@scope/name` or `name` of a path below `node_modules`. */
function packageNameOf(relative: string): string {
  const [first = "", second = ""] = relative.split(path.sep);
  return first.startsWith("@") ? `${first}/${second}` : first;
}

/** Puts this project's pack, compiled as it stands now, into the workshop, with the files that npm would pack. */
export function installOwnPack(workshop: Workshop): string {
  buildPack();
  const folder = workshop.folder("own");
  for (const file of ["package.json", ...manifestOf(ROOT).files]) {
    if (existsSync(path.join(ROOT, file))) {
      cpSync(path.join(ROOT, file), path.join(folder, file), { recursive: true });
    }
  }
  return folder;
}

/** Makes a compiled pack whose policies do nothing: one for each pair of callbacks given. */
export function installEmptyPack(workshop: Workshop, policies: readonly { readonly resource: boolean; readonly stack: boolean }[]): string {
  const entries = policies.map(({ resource, stack }, index) => {
    const callbacks = `${resource ? "validateResource() {}, " : ""}${stack ? "validateStack() {}, " : ""}`;
    return `    { name: "empty-${index}", description: "Does nothing.", enforcementLevel: "mandatory", ${callbacks}},`;
  });
  return writePack(workshop.folder("empty"), { name: "empty", main: "index.js" }, "index.js", [
    '"use strict";',
    'const { PolicyPack } = require("@pulumi/policy");',
    'new PolicyPack("empty", {',
    "  policies: [",
    ...entries,
    "  ],",
    "});",
  ]);
}

/** Makes a pack in the style of Pulumi's TypeScript template for AWS: no `main`, and the provider's SDK imported as a value. */
export function installTemplatePack(workshop: Workshop): string {
  return writePack(workshop.folder("template"), { name: "template" }, "index.ts", [
    'import * as aws from "@pulumi/aws";',
    'import { PolicyPack, validateResourceOfType } from "@pulumi/policy";',
    "",
    'new PolicyPack("template", {',
    "    policies: [{",
    '        name: "launch-template-has-an-image",',
    '        description: "A launch template names an AMI.",',
    '        enforcementLevel: "mandatory",',
    "        validateResource: validateResourceOfType(aws.ec2.LaunchTemplate, (template, args, reportViolation) => {",
    "            if (template.imageId === undefined) {",
    '                reportViolation("Name an AMI.");',
    "            }",
    "        }),",
    "    }],",
    "});",
  ]);
}

/** Pulumi's own policies for AWS, as a pack that uses all of them. */
const AWS_GUARD = "@pulumi/awsguard";
const INSTALL_LIMIT = 4 * 60 * 1000;

/**
 * Makes a pack of all policies of @pulumi/awsguard, installed from the package registry with the SDKs that it wants.
 *
 * @returns where and which, or in one line why it could not be installed
 */
export function installAwsGuardPack(workshop: Workshop): { readonly folder: string; readonly version: string } | { readonly why: string } {
  const project = workshop.folder("awsguard-project");
  writeFileSync(path.join(project, "package.json"), JSON.stringify({ name: "empty", private: true }));
  try {
    npm(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", AWS_GUARD], project, INSTALL_LIMIT);
  } catch (error) {
    // Its output may name hosts and folders of this machine.
    const code = /npm (?:error|ERR!) code (\w+)/.exec(String(error))?.[1];
    return { why: code === undefined ? `npm did not install it within ${String(INSTALL_LIMIT / 60_000)} minutes` : `npm did not install it (${code})` };
  }
  const folder = workshop.folder(path.join("awsguard-project", "pack"));
  writePack(folder, { name: "awsguard", main: "index.js" }, "index.js", [
    '"use strict";',
    `const { AwsGuard } = require("${AWS_GUARD}");`,
    'new AwsGuard({ all: "advisory" });',
  ]);
  return { folder, version: manifestOf(path.join(project, "node_modules", AWS_GUARD)).version.replace(/^v/, "") };
}

function writePack(folder: string, manifest: object, entry: string, lines: readonly string[]): string {
  writeFileSync(path.join(folder, "PulumiPolicy.yaml"), "runtime: nodejs\n");
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ version: "0.0.1", ...manifest }));
  writeFileSync(path.join(folder, entry), `${lines.join("\n")}\n`);
  return folder;
}

/** A started pack process. */
export interface MeasuredProcess {
  /** Milliseconds from the start of the process to the line with its port. */
  readonly started: number;
  readonly port: number;
  /** Most memory that the process has had so far, in MB; undefined where the system does not tell. */
  peakMemory(): number | undefined;
  /** Processor time that the process has used so far, in milliseconds; undefined where the system does not tell. */
  processorTime(): number | undefined;
  stop(): Promise<void>;
}

/**
 * Starts a pack as the language host does and waits for its port.
 *
 * @param packFolder folder inside a workshop
 * @param temporary what the process gets as its temp folder, where the SDK's ts-node keeps compiled files
 * @param environment further variables, such as those in which the language host says what the operation is
 * @throws Error when the process ends without a port
 */
export async function startPack(packFolder: string, temporary: string, environment: Readonly<Record<string, string>> = {}): Promise<MeasuredProcess> {
  const runner = path.join(packFolder, "..", "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack");
  const begun = process.hrtime.bigint();
  const child = spawn(process.execPath, [runner, "127.0.0.1:1", "."], {
    cwd: packFolder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: temporary, TMPDIR: temporary, TEMP: temporary, TMP: temporary, ...environment },
  });
  const port = await portOf(child);
  const started = Number(process.hrtime.bigint() - begun) / 1e6;
  return {
    started,
    port,
    peakMemory: () => peakMemoryOf(child.pid),
    processorTime: () => processorTimeOf(child.pid),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
    },
  };
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let errors = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      errors += chunk.toString("utf8");
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`The pack ended with exit code ${code ?? "none"} before it was ready.\n${errors}`)));
    createInterface({ input: child.stdout! }).once("line", (line) => {
      const port = Number(line);
      if (Number.isInteger(port) && port > 0) {
        resolve(port);
      } else {
        reject(new Error(`The first line is no port: ${line}`));
      }
    });
  });
}

/** The high-water mark of resident memory, from /proc (Linux only). */
function peakMemoryOf(pid: number | undefined): number | undefined {
  const file = `/proc/${pid ?? 0}/status`;
  const kilobytes = existsSync(file) ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(file, "utf8"))?.[1] : undefined;
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

/** User and system time, the 14th and 15th field of /proc/PID/stat (Linux only), which counts in hundredths of a second. */
function processorTimeOf(pid: number | undefined): number | undefined {
  const file = `/proc/${pid ?? 0}/stat`;
  if (!existsSync(file)) {
    return undefined;
  }
  // The second field, the name of the program, may have spaces; what follows its bracket is the third.
  const text = readFileSync(file, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return Number.isInteger(middle) ? (sorted[middle - 1]! + sorted[middle]!) / 2 : sorted[Math.floor(middle)]!;
}

/** The number after `--name`, or the given default. */
export function numberOption(name: string, otherwise: number): number {
  const index = process.argv.indexOf(`--${name}`);
  const value = index === -1 ? otherwise : Number(process.argv[index + 1]);
  if (!Number.isInteger(value) || value < 1) {
    throw new Error(`--${name} takes a whole number from 1.`);
  }
  return value;
}
