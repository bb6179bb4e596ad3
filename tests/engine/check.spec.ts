// The command and the real CLI over one saved stack: both deny the same.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { run } from "../../cli/main";
import { describeEngine, stack } from "../support/engine";

const ROOT = path.join(__dirname, "..", "..");

interface Said {
  readonly policy: string;
  readonly level: string;
  readonly urn: string;
}

async function checked(file: string): Promise<{ code: number; findings: Said[] }> {
  const stdout: string[] = [];
  const code = await run(["check", "--format", "json", file], { write: (text) => stdout.push(text), note: (line) => assert.fail(line) });
  const { findings } = JSON.parse(stdout.join("")) as { findings: (Omit<Said, "urn"> & { resource: { urn: string } | null })[] };
  return { code, findings: findings.map(({ policy, level, resource }) => ({ policy, level, urn: resource?.urn ?? "" })) };
}

function sorted(all: readonly Said[]): string[] {
  return all.map(({ policy, level, urn }) => `${level} ${policy} ${urn}`).sort();
}

describeEngine("check and pulumi policy analyze over one export", () => {
  for (const [name, isDenied] of [
    ["fargate-arm64-image", true],
    ["fargate-arm64-image-repaired", false],
    ["launch-template-ami-yaml", true],
  ] as const) {
    it(`${name}: both ${isDenied ? "deny the same" : "pass"}`, async () => {
      const made = await stack({ program: { dir: path.join(ROOT, "examples", name) } });
      try {
        assert.equal((await made.up({ skipPreview: true })).exitCode, 0);
        const analyzed = await made.policyAnalyze();
        const file = path.join(made.dir, "exported.json");
        const { code, findings } = await checked(file);
        assert.deepEqual(sorted(findings), sorted(analyzed.violations));
        assert.equal(code === 1, isDenied);
        assert.equal(analyzed.exitCode !== 0, isDenied);
        // What the CLI writes can be cut off anywhere, and is refused.
        writeFileSync(file, readFileSync(file, "utf8").slice(0, -20));
        assert.equal(await run(["check", file], { write: (text) => assert.fail(text), note: () => undefined }), 2);
      } finally {
        made.stop();
      }
    });
  }
});
