// Runs tests with the oldest and the newest pair of Pulumi SDKs that package.json allows. Each pair is installed with a
// copy of the compiled pack into a folder of its own below node_modules/.cache, and must hold one copy of @pulumi/pulumi:
// with two, the pack would ask one of them for what the other was told (whether this is a preview).
//
//   npm run sdk-versions                                 both pairs; the protocol tests and some of the engine's
//   npm run sdk-versions -- oldest -- tests/protocol     one pair, chosen specs
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");
const CACHE = path.join(ROOT, "node_modules", ".cache", "cpu-architecture", "sdk");
const SDKS = ["@pulumi/policy", "@pulumi/pulumi"];
/** What depends on the SDKs: the pack's process, loading it, and a real preview and update with it. */
const SPECS = ["tests/protocol", "tests/engine/examples.spec.ts"];
const MANIFEST = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));

/** The version that stands in a range is the oldest one in it; the range itself means the newest one. */
const PAIRS = {
  oldest: (range) => /\d+\.\d+\.\d+/.exec(range)?.[0] ?? range,
  newest: (range) => range,
};

function run(program, args, options = {}) {
  return spawnSync(program, args, { cwd: ROOT, stdio: "inherit", shell: process.platform === "win32" && !path.isAbsolute(program), ...options }).status === 0;
}

/** All places below a folder where a package is installed. */
function copiesOf(name, folder) {
  const modules = path.join(folder, "node_modules");
  if (!existsSync(modules)) {
    return [];
  }
  const packages = readdirSync(modules).flatMap((entry) => (entry.startsWith("@") ? readdirSync(path.join(modules, entry)).map((inner) => `${entry}/${inner}`) : [entry]));
  const own = existsSync(path.join(modules, name, "package.json")) ? [path.join(modules, name)] : [];
  return [...own, ...packages.flatMap((each) => copiesOf(name, path.join(modules, each)))];
}

function versionOf(folder) {
  return JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")).version;
}

/** Installs a pair with the pack beside it; undefined where that fails. */
function packWith(pair) {
  const folder = path.join(CACHE, pair);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const dependencies = { ...MANIFEST.dependencies, ...Object.fromEntries(SDKS.map((name) => [name, PAIRS[pair](MANIFEST.dependencies[name])])) };
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: MANIFEST.name, version: MANIFEST.version, main: MANIFEST.main, private: true, dependencies }));
  for (const part of ["dist", "PulumiPolicy.yaml"]) {
    cpSync(path.join(ROOT, part), path.join(folder, part), { recursive: true });
  }
  const isInstalled = run("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock", "--omit=dev", "--loglevel=error"], { cwd: folder });
  return isInstalled ? folder : undefined;
}

/** Runs the tests with one pair and returns true when all of them passed. */
function testWith(pair, specs) {
  const folder = packWith(pair);
  if (folder === undefined) {
    console.log(`\n== ${pair} SDKs: could not be installed`);
    return false;
  }
  const installed = SDKS.map((name) => ({ name, copies: copiesOf(name, folder) }));
  console.log(`\n== ${pair} SDKs: ${installed.map(({ name, copies }) => `${name} ${copies.map(versionOf).join(" and ")}`).join(", ")}`);
  if (installed.some(({ copies }) => copies.length !== 1)) {
    console.log("There must be one copy of each.");
    return false;
  }
  return run(process.execPath, [path.join("scripts", "test.mjs"), ...specs], { env: { ...process.env, TEST_PACK: folder } });
}

const given = process.argv.slice(2);
const separator = given.indexOf("--");
const pairs = separator < 0 ? given : given.slice(0, separator);
const specs = separator < 0 ? SPECS : given.slice(separator + 1);
const unknown = pairs.filter((pair) => !Object.hasOwn(PAIRS, pair));
if (unknown.length > 0) {
  console.log(`There is no pair ${unknown.join(", ")}; there are ${Object.keys(PAIRS).join(" and ")}.`);
  process.exitCode = 1;
} else if (!run(process.execPath, [path.join("node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.build.json"])) {
  console.log("The pack does not compile.");
  process.exitCode = 1;
} else {
  const results = (pairs.length === 0 ? Object.keys(PAIRS) : pairs).map((pair) => ({ pair, passed: testWith(pair, specs) }));
  console.log(`\n${results.map(({ pair, passed }) => `${pair} SDKs: ${passed ? "passed" : "FAILED"}`).join(", ")}`);
  process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
}
