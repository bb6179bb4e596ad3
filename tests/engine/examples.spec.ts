import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { PACK, ROOT } from "../support/built-pack";
import { describeEngine, stack } from "../support/engine";
import type { Result } from "../support/engine";
import type { Recording } from "../support/protocol";

const EXAMPLES = path.join(ROOT, "examples");

async function preview(name: string): Promise<Result> {
  const made = await stack({ program: { dir: path.join(EXAMPLES, name) }, pack: PACK });
  try {
    return await made.preview();
  } finally {
    made.stop();
  }
}

describeEngine("the examples", () => {
  for (const [name, policies] of [
    ["fargate-arm64-image", ["ecs-task-image-architecture"]],
    ["fargate-arm64-image-repaired", []],
    ["launch-template-ami-yaml", ["ec2-ami-instance-type-architecture"]],
  ] as const) {
    it(`${name}: ${policies.length === 0 ? "passes" : `is denied by ${policies.join()}`}`, async () => {
      const { exitCode, violations, stdout } = await preview(name);
      assert.deepEqual(violations.filter(({ level }) => level === "mandatory").map(({ policy }) => policy), policies, stdout);
      assert.equal(exitCode === 0, policies.length === 0, stdout);
    });
  }

  for (const name of ["fargate-arm64-image", "fargate-arm64-image-repaired"]) {
    it(`${name}: its recording is what the engine sends (npm run demo -- --record writes it anew)`, async () => {
      const recorded = JSON.parse(readFileSync(path.join(EXAMPLES, "recorded", `${name}.json`), "utf8")) as Recording;
      const made = await stack({ program: { dir: path.join(EXAMPLES, name) } });
      try {
        const sent = await made.record("preview");
        const byUrn = ({ analyze, analyzeStack, ...rest }: Recording): object => ({
          ...rest,
          // The SDK registers what does not depend on each other in any order.
          analyze: Object.fromEntries(analyze.map((resource) => [resource.urn, resource])),
          analyzeStack: Object.fromEntries((analyzeStack ?? []).map((resource) => [resource.urn, resource])),
        });
        assert.deepEqual(byUrn(sent), byUrn(recorded));
      } finally {
        made.stop();
      }
    });
  }
});

describe("the demo on a machine without any CLI", function () {
  this.timeout(60_000);

  it("says so in one line and shows the pack's process denying and passing the recorded previews", () => {
    const { status, stdout } = spawnSync(process.execPath, ["-r", "ts-node/register/transpile-only", "scripts/demo.ts"], {
      cwd: ROOT,
      encoding: "utf8",
      env: { ...process.env, CPU_ARCHITECTURE_TEST_CLI: "none" },
    });
    assert.equal(stdout.split("\n").filter((line) => line.includes('No Pulumi CLI')).length, 1, stdout);
    assert.match(stdout, /\[mandatory\] ecs-task-image-architecture \(web\)/);
    assert.match(stdout, /as expected: examples\/fargate-arm64-image denied\nas expected: examples\/fargate-arm64-image-repaired passed\n$/);
    assert.equal(status, 0);
  });
});
