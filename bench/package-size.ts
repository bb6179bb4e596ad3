// What a user downloads and installs, compared with Pulumi's own policy pack for AWS and with the policy SDK alone. Needs a
// package registry:
//
//   npm run bench:package            median of 3 installations
//   npm run bench:package -- --runs 1
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cloneProject, folderElsewhere, npm, pack } from "../tests/support/packed-project";
import { printPart } from "./report";
import type { Part } from "./report";
import { median, numberOption } from "./support";

const OTHER = "@pulumi/awsguard";
const SDK = "@pulumi/policy";

interface Archive {
  readonly filename: string;
  /** Bytes. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly entryCount: number;
}

interface Installed {
  /** Bytes of all files. */
  readonly size: number;
  readonly files: number;
  readonly packages: number;
  /** Milliseconds of `npm install` with all archives in the cache. */
  readonly time: number;
}

/** Measures what a user downloads and installs, each installation as often as there are runs. */
export function measurePackage(runs = 3): Part {
  const { folder, remove } = folderElsewhere();
  try {
    const clone = path.join(folder, "clone");
    mkdirSync(clone);
    cloneProject(clone);
    const own = pack(clone);
    const packs = [["this pack", own, true], [OTHER, OTHER, true], [`the policy SDK alone (${SDK})`, SDK, false]] as const;
    return {
      title: "Package",
      about: [
        "What a user downloads and installs: each pack as the only dependency of an empty project, without install scripts. That of @pulumi/aws, which @pulumi/awsguard needs, downloads the provider besides. All archives are in npm's cache when the time is taken, so it is the machine's and not the network's.",
      ],
      tables: [{ rows: [HEADER, ...packs.map(([name, what, isPack]) => rowOf(name, what, isPack, folder, runs))] }],
      notes: [`Time: median of ${String(runs)}.`],
      figures: [],
    };
  } finally {
    remove();
  }
}

const HEADER = ["pack", "archive", "unpacked", "files", "installed, with dependencies", "packages", "npm install, cached"];

function rowOf(name: string, what: string, isPack: boolean, folder: string, runs: number): string[] {
  const archive = isPack ? archiveOf(what, folder) : undefined;
  const { size, files, packages, time } = install(what, path.join(folder, "project"), runs);
  const ownPart = archive === undefined ? ["-", "-", "-"] : [kilobytes(archive.size), kilobytes(archive.unpackedSize), String(archive.entryCount)];
  return [name, ...ownPart, `${(size / 1e6).toFixed(0)} MB in ${String(files)} files`, String(packages), `${(time / 1000).toFixed(1)} s`];
}

/** What npm says of an archive, or of a package that it gets from the registry. */
function archiveOf(what: string, folder: string): Archive {
  const answer = JSON.parse(npm(["pack", "--dry-run", "--json", what], folder)) as Archive[] | Record<string, Archive>;
  const [archive] = Object.values(answer);
  if (archive === undefined) {
    throw new Error(`npm says nothing of ${what}.`);
  }
  return archive;
}

function install(what: string, folder: string, runs: number): Installed {
  const once = (): number => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "empty", private: true }));
    const begun = process.hrtime.bigint();
    npm(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", what], folder);
    return Number(process.hrtime.bigint() - begun) / 1e6;
  };
  once();
  const time = median(Array.from({ length: runs }, once));
  const modules = path.join(folder, "node_modules");
  const entries = readdirSync(modules, { recursive: true, encoding: "utf8" }).map((name) => ({ name, stat: statSync(path.join(modules, name)) }));
  const files = entries.filter(({ stat }) => stat.isFile());
  return {
    size: files.reduce((sum, { stat }) => sum + stat.size, 0),
    files: files.length,
    packages: npm(["ls", "--all", "--parseable"], folder).trim().split("\n").length - 1,
    time,
  };
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1e3).toFixed(0)} kB`;
}

if (require.main === module) {
  printPart(measurePackage(numberOption("runs", 3)));
}
