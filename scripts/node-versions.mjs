// Runs tests on other versions of Node.js than the one at hand. They come from the npm package `node`, each into a folder
// of its own below node_modules/.cache.
//
//   npm run node-versions                                20, 22 and 24; the protocol tests and some of the engine's
//   npm run node-versions -- 24 -- tests/protocol        chosen versions, chosen specs
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");
const CACHE = path.join(ROOT, "node_modules", ".cache", "cpu-architecture", "node");
const VERSIONS = ["20", "22", "24"];
/** What depends on Node: the pack's process, loading it, a real preview and update with it, and installing it. */
const SPECS = ["tests/protocol", "tests/engine/examples.spec.ts", "tests/engine/published.spec.ts"];

function run(program, args, options = {}) {
  return spawnSync(program, args, { cwd: ROOT, stdio: "inherit", shell: process.platform === "win32" && !path.isAbsolute(program), ...options }).status === 0;
}

/** The folder with the `node` of a major version, installed if it is not there yet; undefined where that fails. */
function nodeFolder(major) {
  const place = path.join(CACHE, major);
  const folder = path.join(place, "node_modules", "node", "bin");
  const name = process.platform === "win32" ? "node.exe" : "node";
  if (!existsSync(path.join(folder, name))) {
    mkdirSync(place, { recursive: true });
    // The package puts the program for this machine beside itself when it is installed, so its script must run.
    writeFileSync(path.join(place, "package.json"), JSON.stringify({ private: true, allowScripts: { node: true } }));
    run("npm", ["install", "--no-audit", "--no-fund", "--no-save", "--loglevel=error", "--ignore-scripts=false", `node@${major}`], { cwd: place });
  }
  return existsSync(path.join(folder, name)) ? folder : undefined;
}

/** Runs the tests on one version and returns true when all of them passed. */
function testOn(major, specs) {
  const folder = nodeFolder(major);
  if (folder === undefined) {
    console.log(`\n== Node ${major}: could not be installed`);
    return false;
  }
  const node = path.join(folder, process.platform === "win32" ? "node.exe" : "node");
  const { stdout } = spawnSync(node, ["--version"], { encoding: "utf8" });
  console.log(`\n== Node ${stdout.trim()}`);
  return run(node, [path.join("scripts", "test.mjs"), ...specs], { env: { ...process.env, PATH: `${folder}${path.delimiter}${process.env.PATH ?? ""}` } });
}

const given = process.argv.slice(2);
const separator = given.indexOf("--");
const versions = separator < 0 ? given : given.slice(0, separator);
const specs = separator < 0 ? SPECS : given.slice(separator + 1);
const results = (versions.length === 0 ? VERSIONS : versions).map((major) => ({ major, passed: testOn(major, specs) }));
console.log(`\n${results.map(({ major, passed }) => `Node ${major}: ${passed ? "passed" : "FAILED"}`).join(", ")}`);
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
