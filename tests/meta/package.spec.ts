import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const ROOT = path.join(__dirname, "..", "..");

interface Manifest {
  readonly main: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** What `npm pack` would put into the published pack; nothing is built and nothing is fetched. */
function packedFiles(): string[] {
  const { stdout, status, stderr } = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: ROOT, encoding: "utf8", shell: process.platform === "win32" });
  assert.equal(status, 0, stderr);
  const answer = JSON.parse(stdout) as { files: { path: string }[] }[] | Record<string, { files: { path: string }[] }>;
  return Object.values(answer).flatMap(({ files }) => files.map((file) => file.path));
}

describe("the published pack", function () {
  this.timeout(60_000);
  const manifest = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as Manifest;

  it("holds the compiled pack and nothing that is only for development", () => {
    const files = packedFiles();
    for (const needed of ["package.json", "PulumiPolicy.yaml", manifest.main, ...Object.values(manifest.bin), "dist/policies/index.js", "scripts/prepare.js", "README.md", "LICENSE", "docs/rules/ecs-task-image-architecture.md", "docs/policy-config.schema.json", "docs/check.md"]) {
      assert.ok(files.includes(needed), `${needed} is packed`);
    }
    const allowed = /^(dist\/.*\.js|docs\/.*\.(md|json)|PulumiPolicy\.yaml|package\.json|README\.md|LICENSE|scripts\/prepare\.js)$/;
    assert.deepEqual(files.filter((file) => !allowed.test(file)), []);
  });

  it("has a command that Node runs", () => {
    assert.deepEqual(Object.keys(manifest.bin), ["cpu-architecture"]);
    assert.match(readFileSync(path.join(ROOT, manifest.bin["cpu-architecture"]!), "utf8"), /^#!\/usr\/bin\/env node\n/);
  });

  it("needs no compiler and no provider SDK where it runs", () => {
    assert.deepEqual(Object.keys(manifest.dependencies).sort(), ["@pulumi/policy", "@pulumi/pulumi", "js-yaml", "unbash"]);
  });

  it("starts no build when it is installed in its own folder", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "cpu-architecture-packed-"));
    try {
      mkdirSync(path.join(folder, "scripts"));
      cpSync(path.join(ROOT, "scripts", "prepare.js"), path.join(folder, "scripts", "prepare.js"));
      cpSync(path.join(ROOT, "package.json"), path.join(folder, "package.json"));
      const { status, stdout, stderr } = spawnSync(process.execPath, [path.join("scripts", "prepare.js")], { cwd: folder, encoding: "utf8" });
      assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: "", stderr: "" });
      assert.deepEqual(readdirSync(folder).sort(), ["package.json", "scripts"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
