/** The compiled pack, as a user's CLI runs it. */

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";

export const ROOT = path.join(__dirname, "..", "..");

/** The pack to test: this project's, or a copy of it with other SDKs (`npm run sdk-versions`). */
export const PACK = process.env["TEST_PACK"] ?? ROOT;

function isStale(): boolean {
  const below = (folder: string): string[] => readdirSync(path.join(ROOT, folder), { recursive: true }).map((name) => path.join(folder, String(name)));
  const sources = ["index.ts", ...below("policies"), ...below("cli")];
  return sources
    .filter((name) => name.endsWith(".ts"))
    .some((name) => {
      const compiled = path.join(ROOT, "dist", name.replace(/\.ts$/, ".js"));
      return !existsSync(compiled) || statSync(compiled).mtimeMs < statSync(path.join(ROOT, name)).mtimeMs;
    });
}

/** Compiles the pack if a source is newer than what was compiled of it. */
export function buildPack(): void {
  if (isStale()) {
    spawnSync(process.execPath, [path.join(ROOT, "node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.build.json"], { cwd: ROOT });
  }
}

/** Runs something with environment variables that a process started in it inherits. */
export async function withEnvironment<T>(variables: Readonly<Record<string, string>>, action: () => Promise<T>): Promise<T> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    return await action();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) {
        delete process.env[name];
      } else {
        process.env[name] = value;
      }
    }
  }
}
