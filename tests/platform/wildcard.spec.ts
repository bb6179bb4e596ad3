import assert from "node:assert/strict";
import * as fc from "fast-check";
import { matchesWildcard, PatternIndex, precisionOf } from "../../policies/platform/wildcard";

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

describe("how much a pattern tells", () => {
  for (const [pattern, precision] of [["*", 0], ["", 0], ["web", 3], ["web-*", 4], ["*web*", 3], ["a*abc*ab", 3], ["a*bcd", 3]] as const) {
    it(`${JSON.stringify(pattern)}: ${String(precision)}`, () => assert.equal(precisionOf(pattern), precision));
  }
});

describe("an index of patterns", () => {
  const patterns = ["*", "web", "web-*", "*-arm64", "registry/team/app:*", "w*b", "web", "registry/team/*", "**", ""];
  const index = new PatternIndex(patterns.map((pattern, place) => ({ pattern, place })), ({ pattern }) => pattern);

  for (const [texts, places] of [
    [["web"], [0, 1, 5, 6, 8]],
    [["web-arm64"], [0, 2, 3, 8]],
    [["registry/team/app:1"], [0, 4, 7, 8]],
    [["nothing"], [0, 8]],
    [[""], [0, 8, 9]],
    [["registry/team/api:1", "web"], [0, 1, 5, 6, 7, 8]],
    [[], []],
  ] as const) {
    it(`finds the patterns of ${JSON.stringify(texts)}, each once and in their order`, () => assert.deepEqual(index.matching(texts).map(({ place }) => place), places));
  }

  it("finds what trying all of them finds", () => {
    const words = (signs: string, maxLength: number): fc.Arbitrary<string> => fc.array(fc.constantFrom(...signs), { maxLength }).map((all) => all.join(""));
    fc.assert(
      fc.property(fc.array(words("abc*", 14), { maxLength: 12 }), fc.array(words("abc", 20), { maxLength: 3 }), (all, texts) => {
        const found = new PatternIndex([...all.entries()], ([, pattern]) => pattern).matching(texts);
        assert.deepEqual(found, [...all.entries()].filter(([, pattern]) => texts.some((text) => matchesWildcard(pattern, text))));
      }),
      { numRuns: 500 },
    );
  });
});
