/** Packing this project and installing what was packed, as others do it, away from the project. */

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { cannotRun } from "./cannot-run";

const ROOT = path.join(__dirname, "..", "..");
const NOT_IN_A_CLONE = ["node_modules", "dist", ".git", ".stryker-tmp", "reports"];

/** What package.json says of the project, as far as tests ask. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly main: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
}

/** Reads the package.json of a folder. */
export function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as Manifest;
}

/** A fresh folder outside of the project, from which no `node_modules` is found. */
export function folderElsewhere(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(path.join(tmpdir(), "cpu-architecture-packed-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Copies the project to a folder as a clone after `npm ci` has it, not compiled; `node_modules` is a link to the project's. */
export function cloneProject(folder: string): void {
  for (const name of readdirSync(ROOT).filter((each) => !NOT_IN_A_CLONE.includes(each))) {
    cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  }
  symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"), "junction");
}

/**
 * Runs npm, preferring what was downloaded before.
 *
 * @param limit milliseconds after which it is stopped; none when left out
 * @throws Error with its output when it fails
 */
export function npm(args: readonly string[], folder: string, limit?: number): string {
  const windows = process.platform === "win32";
  const { stdout, stderr, status } = spawnSync("npm", [...args], { cwd: folder, encoding: "utf8", shell: windows, timeout: limit, env: { ...process.env, npm_config_prefer_offline: "true" } });
  if (status !== 0) {
    throw new Error(`npm ${args.join(" ")} failed:\n${stdout}\n${stderr}`);
  }
  return stdout;
}

/** Marks the tests of a suite as ones that cannot run where no package registry answers. */
export function needsRegistry(context: Mocha.Context): void {
  try {
    npm(["view", "@pulumi/policy", "version"], tmpdir());
  } catch {
    cannotRun(context, "npm reaches no package registry, so the packed pack cannot be installed.");
  }
}

/** Packs a clone. Returns the path of the archive. */
export function pack(clone: string): string {
  return path.join(clone, npm(["pack", "--loglevel=error"], clone).trim());
}

/** Makes a user's project which has the archive as its only dependency. */
export function installInProject(archive: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "infrastructure", private: true }));
  npm(["install", "--save-dev", "--no-audit", "--no-fund", "--loglevel=error", archive], folder);
}
