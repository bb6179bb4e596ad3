/** Runs the command: in this process, or compiled in one of its own, as a user runs it. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { run } from "../../cli/main";
import { buildPack, ROOT } from "../support/built-pack";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command in this process. It reads files only: this process has its own standard input. */
export async function inProcess(...args: readonly string[]): Promise<Ended> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const code = await run(args, { write: (text) => stdout.push(text), note: (line) => stderr.push(`${line}\n`) });
  return { code, stdout: stdout.join(""), stderr: stderr.join("") };
}

export interface ProcessOptions {
  readonly args: readonly string[];
  readonly input?: string | Buffer;
  readonly cwd?: string;
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The compiled command in a process of its own. */
export function inOwnProcess({ args, input = "", cwd = ROOT, nodeArgs = [], env = {} }: ProcessOptions): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeArgs, path.join(ROOT, "dist", "cli", "index.js"), ...args], {
    cwd,
    input,
    encoding: "utf8",
    env: { ...process.env, ...env },
    maxBuffer: 1e9,
  });
  return { code: status, stdout, stderr };
}

/** A folder with files for one test. What is no text is written as JSON. */
export class Folder {
  private made: string | undefined;

  /** Made when it is needed first. */
  get dir(): string {
    this.made ??= mkdtempSync(path.join(tmpdir(), "cpu-architecture-check-"));
    return this.made;
  }

  write(name: string, content: unknown): string {
    const file = path.join(this.dir, name);
    writeFileSync(file, typeof content === "string" || Buffer.isBuffer(content) ? content : JSON.stringify(content));
    return file;
  }

  remove(): void {
    if (this.made !== undefined) {
      rmSync(this.made, { recursive: true, force: true });
      this.made = undefined;
    }
  }
}

/** For a suite that runs the compiled command: builds it, and gives a folder that goes with the suite. */
export function folderAndCommand(): Folder {
  const folder = new Folder();
  before(function () {
    this.timeout(120_000);
    buildPack();
  });
  after(() => {
    folder.remove();
  });
  return folder;
}

/** The JSON report, as far as tests look at it. */
export interface JsonReport {
  readonly denied: boolean;
  readonly stacks: readonly { readonly file: string; readonly resources: number; readonly judged: number; readonly undetermined: number }[];
  readonly findings: readonly {
    readonly file: string;
    readonly policy: string;
    readonly level: string;
    readonly kind: string;
    readonly certainty: string | null;
    readonly resource: { readonly urn: string; readonly name: string } | null;
    readonly message: string;
  }[];
}

export async function jsonReport(...args: readonly string[]): Promise<JsonReport> {
  const { stdout, stderr } = await inProcess("check", "--format", "json", ...args);
  if (stdout === "") {
    throw new Error(stderr);
  }
  return JSON.parse(stdout) as JsonReport;
}
