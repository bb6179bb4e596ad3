// What npm runs before and after it packs, for `npm pack`, `npm publish` and `pulumi policy publish` alike.
//
//   prepack    compiles from nothing, then takes out of package.json what only a clone needs
//   postpack   puts package.json back
//
// Whoever enforces the pack runs a plain `npm install` in the unpacked archive: Pulumi's language host for Node.js does that
// for a required policy pack, without `--omit=dev` and with the scripts of the package (pulumi:
// sdk/nodejs/cmd/pulumi-language-nodejs/main.go, InstallDependencies). Development dependencies left in the manifest would
// be installed on each of these machines: some hundred megabytes instead of about ninety.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");
const MANIFEST = path.join(ROOT, "package.json");
/** The manifest as it was; npm never packs a file with this ending. */
const KEPT = path.join(ROOT, "package.json.orig");
const ONLY_FOR_A_CLONE = ["scripts", "devDependencies"];

/** Also brings back a manifest that an earlier, broken off run left changed. */
function restore() {
  if (existsSync(KEPT)) {
    renameSync(KEPT, MANIFEST);
  }
}

/** Compiles into an empty folder, so that nothing of a deleted source is packed. */
function compile() {
  rmSync(path.join(ROOT, "dist"), { recursive: true, force: true });
  const compiler = path.join(ROOT, "node_modules", "typescript", "bin", "tsc");
  return spawnSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], { cwd: ROOT, stdio: "inherit" }).status === 0;
}

function reduce() {
  const manifest = Object.entries(JSON.parse(readFileSync(MANIFEST, "utf8"))).filter(([field]) => !ONLY_FOR_A_CLONE.includes(field));
  copyFileSync(MANIFEST, KEPT);
  writeFileSync(MANIFEST, `${JSON.stringify(Object.fromEntries(manifest), null, 2)}\n`);
}

restore();
if (process.argv[2] === "prepack") {
  if (compile()) {
    reduce();
  } else {
    console.error("cpu-architecture: not compiled, so not packed; run `npm ci` first.");
    process.exitCode = 1;
  }
}
