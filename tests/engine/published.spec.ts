import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { describeEngine, stack } from "../support/engine";
import { cloneProject, folderElsewhere, installInProject, manifestOf, needsRegistry, pack } from "../support/packed-project";

const ROOT = path.join(__dirname, "..", "..");
const EXAMPLES = path.join(ROOT, "examples");

/** The archive that npm makes of a clone, installed where nothing of this project can be found. */
describeEngine("the packed archive in a user's project", function () {
  this.timeout(240_000);
  const elsewhere = folderElsewhere();
  const project = path.join(elsewhere.folder, "infrastructure");
  const { name, version } = manifestOf(ROOT);

  before(function () {
    needsRegistry(this);
    const clone = path.join(elsewhere.folder, "clone");
    mkdirSync(clone);
    cloneProject(clone);
    installInProject(pack(clone), project);
  });
  after(() => elsewhere.remove());

  for (const [example, isDenied] of [["fargate-arm64-image", true], ["fargate-arm64-image-repaired", false]] as const) {
    it(`${isDenied ? "denies" : "passes"} ${example} as --policy-pack node_modules/${name}, and shows the version of package.json`, async () => {
      const made = await stack({ program: { dir: path.join(EXAMPLES, example) }, pack: path.join(project, "node_modules", name) });
      try {
        const { exitCode, stdout, violations } = await made.preview();
        assert.deepEqual(violations.filter(({ level }) => level === "mandatory").map(({ policy }) => policy), isDenied ? ["ecs-task-image-architecture"] : [], stdout);
        assert.equal(exitCode !== 0, isDenied, stdout);
        assert.match(stdout, new RegExp(`cpu-architecture@v${version.replaceAll(".", "\\.")}`));
      } finally {
        made.stop();
      }
    });
  }

  it("brings a command that judges a saved stack", () => {
    const command = path.join(project, "node_modules", ".bin", "cpu-architecture");
    const run = (...args: string[]): { readonly status: number | null; readonly stdout: string } =>
      spawnSync(command, args, { cwd: project, encoding: "utf8", shell: process.platform === "win32" });
    assert.equal(run("--version").stdout.trim().split(" ").at(-1), version);
    const { status, stdout } = run("check", path.join(ROOT, "tests", "cli", "fixtures", "fargate-arm64-image.json"));
    assert.match(stdout, /ecs-task-image-architecture/);
    assert.equal(status, 1);
  });
});
