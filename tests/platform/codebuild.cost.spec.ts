import assert from "node:assert/strict";
import { readBuildspec } from "../../policies/platform/codebuild";

function buildspec(build: readonly string[]): string {
  return JSON.stringify({ version: "0.2", phases: { build: { commands: build } } });
}

describe("readBuildspec, hostile sizes", () => {
  const hostile: Readonly<Record<string, string>> = {
    "lists in lists": "[".repeat(500_000),
    "mappings in mappings": "{".repeat(500_000),
    "blocks in blocks": "- ".repeat(500_000),
    "JSON in JSON": `${'{"phases":'.repeat(10_000)}1${"}".repeat(10_000)}`,
    "aliases": `x: &x docker push a\nphases:\n  build:\n    commands: [${"*x,".repeat(300_000)}]`,
    "aliases of aliases": `a: &a [docker push a]\n${Array.from({ length: 30 }, (_, index) => `b${index}: &b${index} [*${index === 0 ? "a" : `b${index - 1}`}, *${index === 0 ? "a" : `b${index - 1}`}]`).join("\n")}\nphases: {build: {commands: *b29}}`,
    "many keys": Array.from({ length: 60_000 }, (_, index) => `k${index}: docker`).join("\n"),
    "1 MB of commands": buildspec(Array.from({ length: 40_000 }, (_, index) => `docker push a${index}`)),
    "5 MB": buildspec(["docker push a ".repeat(350_000)]),
  };
  for (const [title, text] of Object.entries(hostile)) {
    it(`ends: ${title}`, () => {
      const reading = readBuildspec(text, {});
      assert.ok(reading === undefined || reading.pushes.every(({ platforms }) => platforms.kind !== "known"));
    });
  }
});
