import assert from "node:assert/strict";
import path from "node:path";
import { ESLint } from "eslint";
import tseslint from "typescript-eslint";

const ROOT = path.join(__dirname, "..", "..");
const RULE = "local/generator-apart";

/** The project's own configuration, without the rules that need types: the planted files do not exist. */
const eslint = new ESLint({ cwd: ROOT, overrideConfig: [tseslint.configs.disableTypeChecked] });

async function complaints(file: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(text, { filePath: path.join(ROOT, file) });
  return (result?.messages ?? []).filter(({ ruleId }) => ruleId === RULE).map(({ message }) => message);
}

describe("generated stacks: the generator knows nothing of the pack", function () {
  this.timeout(60_000);
  const planted = "tests/generated/generator/reference/planted.ts";

  for (const [what, text] of [
    ["a part of the pack", 'import { fits } from "../../../../policies/platform/fit"; fits([], {});'],
    ["a type of it", 'import type { Fit } from "../../../../policies/platform/fit"; export const fit: Fit = "runs";'],
    ["a helper of the tests that runs it", 'import { run } from "../../../support/in-process"; run({ analyze: [] });'],
    ["what compares it with the reference", 'export * from "../../compare";'],
    ["a file that imports such a helper", 'export const found = import("../../findings");'],
    ["a required one", 'export const policies: unknown = require("../../../support/capacity-builder");'],
  ] as const) {
    it(`an import of ${what} is an error`, async () => {
      assert.equal((await complaints(planted, text)).length, 1);
    });
  }

  it("an import of what imitates providers is none, and nowhere else is any", async () => {
    const harmless = 'import { aws } from "../../../support/engine/stand-ins/aws"; import { UNKNOWN } from "../../../support/values"; aws.read(UNKNOWN as never, "");';
    assert.deepEqual(await complaints(planted, harmless), []);
    assert.deepEqual(await complaints("tests/generated/planted.ts", 'import { run } from "../support/in-process"; run({ analyze: [] });'), []);
  });

  it("the whole generator keeps to it", async () => {
    const results = await new ESLint({ cwd: ROOT, overrideConfig: [tseslint.configs.disableTypeChecked] }).lintFiles(["tests/generated/generator"]);
    assert.ok(results.length > 15, `${String(results.length)} files`);
    assert.deepEqual(results.flatMap(({ filePath, messages }) => messages.filter(({ ruleId }) => ruleId === RULE).map(({ message }) => `${filePath}: ${message}`)), []);
  });
});
