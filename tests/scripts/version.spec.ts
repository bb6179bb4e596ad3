import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { folderElsewhere, manifestOf, npm } from "../support/packed-project";

const ROOT = path.join(__dirname, "..", "..");
const CHANGES = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n\n## [0.0.1] - 2020-01-01\n\n- The first.\n";

describe("npm version", function () {
  this.timeout(60_000);
  let folder: string;
  let remove: () => void;
  const git = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { cwd: folder, encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return stdout;
  };
  const read = (name: string): string => readFileSync(path.join(folder, name), "utf8");

  beforeEach(() => {
    const made = folderElsewhere();
    folder = made.folder;
    remove = () => made.remove();
    mkdirSync(path.join(folder, "scripts"));
    for (const name of ["package.json", "package-lock.json", "README.md", path.join("scripts", "version.mjs")]) {
      cpSync(path.join(ROOT, name), path.join(folder, name));
    }
    writeFileSync(path.join(folder, "CHANGELOG.md"), CHANGES);
    git("init", "--quiet");
    git("config", "user.name", "t");
    git("config", "user.email", "t@example.com");
    git("add", ".");
    git("commit", "--quiet", "--message", "start");
  });
  afterEach(() => remove());

  it("names the new version everywhere, in one commit with a tag", () => {
    npm(["version", "7.8.9", "--loglevel=error"], folder);
    assert.equal(manifestOf(folder).version, "7.8.9");
    assert.equal((JSON.parse(read("package-lock.json")) as { version: string }).version, "7.8.9");
    assert.match(read("CHANGELOG.md"), /## \[Unreleased\]\n\n## \[7\.8\.9\] - \d{4}-\d\d-\d\d\n\n### Added\n\n- A thing\.\n\n## \[0\.0\.1\]/);
    const before = manifestOf(ROOT).version;
    assert.ok(!read("README.md").includes(`@v${before}`) && !read("README.md").includes(`-${before}.tgz`), "the README names the new version");
    assert.match(read("README.md"), /cpu-architecture@v7\.8\.9/);
    assert.equal(git("status", "--porcelain"), "");
    assert.equal(git("tag", "--points-at", "HEAD").trim(), "v7.8.9");
  });

  it("refuses to release nothing", () => {
    rmSync(path.join(folder, "CHANGELOG.md"));
    writeFileSync(path.join(folder, "CHANGELOG.md"), CHANGES.replace("### Added\n\n- A thing.\n\n", ""));
    git("commit", "--all", "--quiet", "--message", "nothing");
    assert.throws(() => npm(["version", "7.8.9"], folder), /nothing below ## \[Unreleased\]/);
    assert.equal(git("tag"), "");
  });
});
