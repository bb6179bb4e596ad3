import assert from "node:assert/strict";
import * as fc from "fast-check";
import { matchesWildcard } from "../../policies/platform/wildcard";

/** The same by another way: a table over all prefixes. */
function matchesByTable(pattern: string, text: string): boolean {
  let row = [true, ...Array.from(text, () => false)];
  for (const sign of pattern) {
    const next = [sign === "*" && row[0] === true];
    for (let at = 1; at <= text.length; at += 1) {
      next.push(sign === "*" ? row[at] === true || next[at - 1] === true : row[at - 1] === true && text[at - 1] === sign);
    }
    row = next;
  }
  return row[text.length] === true;
}

describe("wildcards", () => {
  for (const [pattern, text, matches] of [
    ["", "", true],
    ["", "a", false],
    ["*", "", true],
    ["*", "anything", true],
    ["**", "anything", true],
    ["a", "a", true],
    ["a", "A", false],
    ["a", "aa", false],
    ["*.amazonaws.com/*", "1.dkr.ecr.eu-west-1.amazonaws.com/app:1", true],
    ["ami-*", "ami-0abc", true],
    ["ami-*", "xami-0abc", false],
    ["*-arm64", "app-arm64", true],
    ["*-arm64", "app-arm64-2", false],
    ["a*b*c", "aXbXbc", true],
    ["a*b*c", "aXcXb", false],
    ["a.c", "abc", false],
    ["[ab]", "a", false],
    ["?", "a", false],
    ["a\\*", "a*", false],
    ["(a+)+$", "aaaa", false],
  ] as const) {
    it(`${JSON.stringify(pattern)} ${matches ? "matches" : "does not match"} ${JSON.stringify(text)}`, () => assert.equal(matchesWildcard(pattern, text), matches));
  }

  it("answers as the table does", () => {
    const letters = (signs: string): fc.Arbitrary<string> => fc.array(fc.constantFrom(...signs), { maxLength: 8 }).map((all) => all.join(""));
    fc.assert(fc.property(letters("ab*"), letters("ab*"), (pattern, text) => assert.equal(matchesWildcard(pattern, text), matchesByTable(pattern, text))), { numRuns: 3000 });
  });
});
