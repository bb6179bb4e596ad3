// npm runs this after every install. In a clone it compiles the pack, so that the clone can be used as
// `--policy-pack DIR` at once; in a published pack there is nothing to compile and it does nothing.
"use strict";

const { spawnSync } = require("node:child_process");
const { existsSync } = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..");
const project = path.join(root, "tsconfig.build.json");
const compiler = path.join(root, "node_modules", "typescript", "bin", "tsc");

if (existsSync(project)) {
  if (existsSync(compiler)) {
    process.exitCode = spawnSync(process.execPath, [compiler, "-p", project], { cwd: root, stdio: "inherit" }).status ?? 1;
  } else {
    console.error("cpu-architecture: not compiled, the compiler is a development dependency; run `npm ci` without --omit=dev.");
  }
}
