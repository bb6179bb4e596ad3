import assert from "node:assert/strict";
import * as fc from "fast-check";
import { nearest } from "../../policies/platform/nearest";

const KNOWN = ["amis", "images", "instanceTypes", "capacityProviders", "clusters", "exemptions", "unused"];

describe("the nearest known word", () => {
  for (const [word, expected] of [
    ["ami", "amis"],
    ["AMIS", "amis"],
    ["image", "images"],
    ["imgaes", "images"],
    ["exmptions", "exemptions"],
    ["excemptions", "exemptions"],
    ["instancetypes", "instanceTypes"],
    ["instance_types", "instanceTypes"],
    ["capacityProvider", "capacityProviders"],
    ["zzzzamis", undefined],
    ["lunch", undefined],
    ["", undefined],
    ["x", undefined],
    ["a".repeat(10_000), undefined],
  ] as const) {
    it(`${word.slice(0, 20)}: ${expected ?? "none"}`, () => assert.equal(nearest(word, KNOWN), expected));
  }

  it("of long words, none", () => {
    const [longest, longer] = ["a".repeat(60), "a".repeat(61)];
    assert.equal(nearest(longest, [longest]), longest);
    assert.equal(nearest(longer, [longer]), undefined);
  });

  it("of several, the one that is nearest, and the first of those as near", () => {
    assert.equal(nearest("abcd", ["abxd", "abcd"]), "abcd");
    assert.equal(nearest("abcx", ["abcy", "abcz"]), "abcy");
  });

  it("is always one of those known, and a known word is nearest to itself", () => {
    fc.assert(
      fc.property(fc.string(), (word) => {
        const found = nearest(word, KNOWN);
        assert.ok(found === undefined || KNOWN.includes(found));
      }),
    );
    assert.deepEqual(KNOWN.map((word) => nearest(word, KNOWN)), KNOWN);
  });
});
