import { spawn } from "node:child_process";
import path from "node:path";

const ROOT = path.join(__dirname, "..");

export interface RunOptions {
  /** In milliseconds; then the program is stopped. */
  readonly limit: number;
  /** The project's folder when left out. */
  readonly cwd?: string;
  /** What is added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end and keeps what it printed; never rejects. */
export function run(program: string, args: readonly string[], options: RunOptions): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: options.limit,
    });
    let output = "";
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString("utf8")).slice(-20_000);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => resolve({ ok: false, output: error.message }));
    child.on("close", (code, signal) => resolve({ ok: code === 0, output: signal === null ? output : `${output}\nstopped by ${signal}` }));
  });
}

/** The last line that a program printed; where it failed, that is mostly the reason. */
export function lastLine(output: string): string {
  return output.trim().split("\n").at(-1) ?? "no output";
}
