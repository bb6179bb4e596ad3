// Are the tests worth anything, line by line? Changes the code of a folder in one place at a time (StrykerJS) and runs the
// tests that reach this place: one of them has to fail. A change that none notices is a mutant that survived.
//
//   npm run mutation                                   policies/platform, policies/stack and policies/rules
//   npm run mutation -- rules                          one folder
//   npm run mutation -- policies/stack/images.ts       one file, or some lines of it (images.ts:20-60)
//   npm run mutation -- --report                       only tells what the last runs found, and writes README.md here
//
// It takes hours for everything, and keeps results in the cache, so that only what changed is tried again; --force tries
// all again. MUTATION_CONCURRENCY says how many processes run tests, 2 if it is not set.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { report } from "./report.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.join(HERE, "..", "..");
const CACHE = path.join(ROOT, "node_modules", ".cache", "cpu-architecture", "mutation");
const STRYKER = path.join(CACHE, "node_modules", "@stryker-mutator", "core", "bin", "stryker.js");

const MODEL_TESTS = ["stack", "read", "rules", "options", "report"];
/** Which tests judge which folder. */
const FOLDERS = { platform: ["platform"], stack: MODEL_TESTS, rules: MODEL_TESTS };
/** Hostile sizes and random input: seconds for each mutant, and what only they notice deserves a plain test. */
const LEFT_OUT = [".cost.spec.ts", ".laws.spec.ts"];

function install() {
  for (const name of ["package.json", "package-lock.json"]) {
    mkdirSync(CACHE, { recursive: true });
    copyFileSync(path.join(HERE, name), path.join(CACHE, name));
  }
  spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: CACHE,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  return existsSync(STRYKER);
}

function specsOf(folder) {
  return FOLDERS[folder].flatMap((place) =>
    readdirSync(path.join(ROOT, "tests", place), { recursive: true })
      .filter((name) => name.endsWith(".spec.ts") && !LEFT_OUT.some((end) => name.endsWith(end)))
      .map((name) => path.posix.join("tests", place, name.replaceAll(path.sep, "/")))
      .sort(),
  );
}

function incrementalFile(folder) {
  return path.join(CACHE, `${folder}.json`);
}

function configFor(folder, files) {
  return {
    mutate: files,
    testRunner: "project-mocha",
    projectSpecs: specsOf(folder),
    coverageAnalysis: "perTest",
    // What runs while a file is loaded, mostly tables, would need a new process for each change.
    ignoreStatic: true,
    plugins: [path.join(HERE, "mocha-runner.mjs")],
    incremental: true,
    incrementalFile: incrementalFile(folder),
    // Outside of the project, where neither the linter nor the compiler meets it.
    tempDirName: path.join(tmpdir(), "cpu-architecture-mutation"),
    ignorePatterns: ["dist", "reports", "bench", "tests/engine", "tests/protocol"],
    concurrency: Number(process.env.MUTATION_CONCURRENCY ?? "2"),
    // Endless loops are told by how often the mutant is reached; this is for a machine that has much else to do.
    timeoutMS: 60_000,
    disableTypeChecks: false,
    allowEmpty: true,
    reporters: ["progress-append-only"],
    warnings: { unknownOptions: false },
  };
}

/** Tries every change of some files of a folder. Returns true when Stryker came to its end. */
function mutate(folder, files, options) {
  if (!existsSync(STRYKER) && !install()) {
    console.log("Stryker could not be installed.");
    return false;
  }
  const config = path.join(CACHE, `${folder}.config.json`);
  writeFileSync(config, JSON.stringify(configFor(folder, files), undefined, 2));
  const { status } = spawnSync(process.execPath, [STRYKER, "run", config, ...options], { cwd: ROOT, stdio: "inherit" });
  return status === 0;
}

/** What to try: by folder, the files; everything when nothing is named. */
function chosen(places) {
  const all = Object.keys(FOLDERS);
  const folders = places.length === 0 ? all : all.filter((folder) => places.some((place) => place === folder || place.startsWith(`policies/${folder}/`)));
  return folders.map((folder) => {
    const files = places.filter((place) => place.startsWith(`policies/${folder}/`));
    return { folder, files: files.length > 0 && !places.includes(folder) ? files : [`policies/${folder}/**/*.ts`] };
  });
}

function main() {
  const args = process.argv.slice(2);
  const places = args.filter((arg) => !arg.startsWith("-")).map((place) => place.replaceAll("\\", "/"));
  const options = args.filter((arg) => arg.startsWith("-") && arg !== "--report");
  const runs = chosen(places);
  if (runs.length === 0) {
    console.log(`Nothing to try; say one of ${Object.keys(FOLDERS).join(", ")}, or a file below policies/.`);
    return false;
  }
  const complete = args.includes("--report") || runs.every(({ folder, files }) => mutate(folder, files, options));
  const results = Object.keys(FOLDERS).flatMap((folder) =>
    existsSync(incrementalFile(folder)) ? [{ folder, files: JSON.parse(readFileSync(incrementalFile(folder), "utf8")).files }] : [],
  );
  report(results, runs, args.includes("--report"));
  return complete;
}

process.exitCode = main() ? 0 : 1;
