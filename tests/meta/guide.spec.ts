// What holds the guides to their words (tests/support/guide.ts) has to notice when they are wrong.
import assert from "node:assert/strict";
import { applied, assertShown, stepsOf } from "../support/guide";
import type { RunStep } from "../support/guide";

const FENCE = "```";
const block = (language: string, body: string): string => `${FENCE}${language}\n${body}\n${FENCE}\n`;

describe("a guide", () => {
  it("is read as files, commands with what they show, and machines", () => {
    const page = [
      block("typescript", "one();"),
      "<!-- host: linux/arm64 -->\nWrite into `config.json`:\n\n",
      block("json", "{}"),
      block("sh", "pulumi preview"),
      "It ends with exit code 1:\n\n",
      block("text", "denied\n…\n  because   of"),
      block("diff", "-one();\n+two();"),
      block("sh", "pulumi up"),
      "Done.",
    ].join("\n");
    assert.deepEqual(stepsOf(page), [
      { kind: "file", name: "index.ts", text: "one();\n" },
      { kind: "host", host: "linux/arm64" },
      { kind: "file", name: "config.json", text: "{}\n" },
      { kind: "run", script: "pulumi preview\n", exitCode: 1, shown: ["denied", "because of"] },
      { kind: "file", name: "index.ts", text: "two();\n" },
      { kind: "run", script: "pulumi up\n", exitCode: 0, shown: undefined },
    ]);
  });

  for (const [what, page] of [
    ["a block of no language", block("", "x")],
    ["a language that nothing is done with", block("java", "x")],
    ["a file without a name", `Like this:\n\n${block("json", "{}")}`],
    ["output of no command", block("text", "x")],
  ] as const) {
    it(`is refused for ${what}`, () => assert.throws(() => stepsOf(page), assert.AssertionError));
  }

  it("changes several places of a file, each of them once", () => {
    assert.equal(applied("a\nb\nc\nd\n", "-a\n+A\n b\n@@\n-d\n"), "A\nb\nc\n");
    assert.throws(() => applied("a\na\n", "-a\n"), /fits 2 places/);
    assert.throws(() => applied("a\n", "-b\n"), /fits 0 places/);
  });
});

describe("what a guide shows", () => {
  const step = (shown: readonly string[] | undefined, exitCode = 0): RunStep => ({ kind: "run", script: "x", exitCode, shown });
  const output = "first\n  - [mandatory] a  (b)\n    cannot run: one of two\nlast\n";

  for (const [what, shown] of [
    ["all lines", ["first", "- [mandatory] a (b)", "cannot run: one of two", "last"]],
    ["some of them", ["- [mandatory] a (b)"]],
    ["lines with something left out", ["- [mandatory] a (b)", "cannot run: …"]],
  ] as const) {
    it(`may be ${what}`, () => {
      assertShown(step(shown), { exitCode: 0, output });
    });
  }

  for (const [what, shown, exitCode] of [
    ["a line that is not there", ["- [mandatory] a (b)", "cannot walk"], 0],
    ["lines in another order", ["last", "- [mandatory] a (b)"], 0],
    ["nothing, but there is a finding", undefined, 0],
    ["something else than the finding", ["first"], 0],
    ["another exit code", ["- [mandatory] a (b)"], 1],
    ["a part of a line", ["- [mandatory] a (b)", "cannot run"], 0],
  ] as const) {
    it(`is wrong: ${what}`, () => assert.throws(() => assertShown(step(shown, exitCode), { exitCode: 0, output }), assert.AssertionError));
  }
});
