// npm run bench:package: what a user downloads and installs, compared with Pulumi's own policy pack for AWS and with an
// empty pack (the policy SDK alone). Prints a Markdown table. Needs a package registry.
//
// Each pack is installed as the only dependency of an empty project, without install scripts: that of @pulumi/aws, which
// @pulumi/awsguard needs, downloads the provider besides. The first installation fills npm's cache; the one that is timed
// reads from it, so that the figure is the machine's and not the network's.
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cloneProject, folderElsewhere, npm, pack } from "../tests/support/packed-project";
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

function main(): void {
  const runs = numberOption("runs", 3);
  const { folder, remove } = folderElsewhere();
  try {
    const clone = path.join(folder, "clone");
    mkdirSync(clone);
    cloneProject(clone);
    const own = pack(clone);
    console.log(`Node ${process.version}, npm ${npm(["--version"], folder).trim()}, ${process.platform}/${process.arch}; time: median of ${runs}\n`);
    console.log("| pack | archive | unpacked | files | installed, with dependencies | packages | time of npm install, cached |");
    console.log("|---|---:|---:|---:|---:|---:|---:|");
    for (const [name, what, isPack] of [["cpu-architecture", own, true], [OTHER, OTHER, true], [`the policy SDK alone (${SDK})`, SDK, false]] as const) {
      const archive = isPack ? archiveOf(what, folder) : undefined;
      const { size, files, packages, time } = install(what, path.join(folder, "project"), runs);
      const ownPart = archive === undefined ? ["–", "–", "–"] : [kilobytes(archive.size), kilobytes(archive.unpackedSize), String(archive.entryCount)];
      const whole = [`${(size / 1e6).toFixed(0)} MB in ${files} files`, String(packages), `${(time / 1000).toFixed(1)} s`];
      console.log(`| ${[name, ...ownPart, ...whole].join(" | ")} |`);
    }
  } finally {
    remove();
  }
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

main();
