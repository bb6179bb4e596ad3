// npm runs this in `npm version`, after it has written the new version into package.json and package-lock.json and before
// it commits: everything else that names the version follows.
//
//   CHANGELOG.md   what is unreleased becomes this version's, of today; an empty [Unreleased] stays
//   README.md      the version in the message that it shows and in the archive's name
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");
const UNRELEASED = "## [Unreleased]";

function rewrite(name, change) {
  const file = path.join(ROOT, name);
  writeFileSync(file, change(readFileSync(file, "utf8")));
}

/** @throws Error when nothing is unreleased, or the version has a section already */
function releaseChanges(text, version, day) {
  const start = text.indexOf(UNRELEASED);
  const next = text.indexOf("\n## [", start + 1);
  const changes = text.slice(start + UNRELEASED.length, next < 0 ? undefined : next).trim();
  if (start < 0 || changes === "") {
    throw new Error(`CHANGELOG.md has nothing below ${UNRELEASED}; say what users get, then run npm version again.`);
  }
  if (text.includes(`\n## [${version}]`)) {
    throw new Error(`CHANGELOG.md has a section for ${version} already.`);
  }
  return text.replace(UNRELEASED, `${UNRELEASED}\n\n## [${version}] - ${day}`);
}

const { name, version } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
try {
  rewrite("CHANGELOG.md", (text) => releaseChanges(text, version, new Date().toISOString().slice(0, 10)));
  rewrite("README.md", (text) => text.replace(/cpu-architecture@v[\w.-]+/g, `cpu-architecture@v${version}`).replace(new RegExp(`${name}-\\d[\\w.-]*\\.tgz`, "g"), `${name}-${version}.tgz`));
  process.exitCode = spawnSync("git", ["add", "CHANGELOG.md", "README.md"], { cwd: ROOT, stdio: "inherit" }).status ?? 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
