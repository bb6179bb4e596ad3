import assert from "node:assert/strict";
import * as fc from "fast-check";
import { block, boolean, COMPUTED, dig, field, isUnknown, json, list, name, number, object, text, textList, UNKNOWN, UNKNOWN_SENTINELS } from "../../policies/read/raw";
import type { Fact } from "../../policies/stack/fact";
import { unknownCheckingProxy } from "../support/in-process";

const READERS = { text, name, boolean, number, list, object, textList } as const;

const WHY_UNKNOWN = { state: "unknown", why: COMPUTED };

/** Values of every type, with what each reader takes of them. */
const VALUES: readonly (readonly [string, unknown, Partial<Record<keyof typeof READERS, unknown>>])[] = [
  ["a text", "a", { text: "a", name: "a" }],
  ["an empty text", "", { text: "", name: null }],
  ["a number", 42, { text: "42", name: "42", number: 42 }],
  ["0", 0, { text: "0", name: "0", number: 0 }],
  ["NaN", NaN, { text: "NaN", name: "NaN" }],
  ["Infinity", Infinity, { text: "Infinity", name: "Infinity" }],
  ["true", true, { boolean: true }],
  ["false", false, { boolean: false }],
  ["an empty list", [], { list: [], textList: [] }],
  ["a list of texts", ["a", "b"], { list: ["a", "b"], textList: ["a", "b"] }],
  ["a list of numbers", [1, 2], { list: [1, 2], textList: ["1", "2"] }],
  ["a list with a hole", ["a", null], { list: ["a", null] }],
  ["a list of lists", [["a"]], { list: [["a"]] }],
  ["an object", { a: 1 }, { object: { a: 1 } }],
  ["an empty object", {}, { object: {} }],
  ["a function", () => "x", {}],
  ["a symbol", Symbol("x"), {}],
  ["a bigint", 1n, {}],
];

describe("the reader of raw values", () => {
  for (const [what, value, taken] of VALUES) {
    for (const [kind, read] of Object.entries(READERS) as [keyof typeof READERS, (raw: unknown) => Fact<unknown>][]) {
      const expected = taken[kind];
      it(`${kind} of ${what}: ${expected === undefined ? "not known" : expected === null ? "absent" : "known"}`, () => {
        const fact = read(value);
        assert.equal(fact.state, expected === undefined ? "unknown" : expected === null ? "absent" : "known");
        if (fact.state === "known") {
          assert.deepEqual(fact.value, expected);
        }
      });
    }
  }

  for (const [kind, read] of Object.entries(READERS)) {
    it(`${kind}: missing and null are absent, every sentinel is computed later`, () => {
      assert.deepEqual(read(undefined), { state: "absent" });
      assert.deepEqual(read(null), { state: "absent" });
      for (const sentinel of UNKNOWN_SENTINELS) {
        assert.deepEqual(read(sentinel), WHY_UNKNOWN);
        assert.deepEqual(read(`arn:aws:ecs:${sentinel}:cluster`), WHY_UNKNOWN, "inside a longer text");
      }
    });
  }

  it("knows the sentinels that the SDK knows", () => {
    for (const sentinel of UNKNOWN_SENTINELS) {
      const proxy = unknownCheckingProxy({ a: sentinel }) as { a: unknown };
      assert.throws(() => proxy.a, /can't be known during preview/);
      assert.ok(isUnknown(sentinel));
    }
    assert.equal(new Set(UNKNOWN_SENTINELS).size, 7);
    assert.ok(!isUnknown(UNKNOWN.slice(1)));
    assert.ok(!isUnknown(UNKNOWN.toUpperCase()), "a sentinel is compared as it is");
  });

  for (const at of [0, 1, 2]) {
    it(`a list of texts with a sentinel at ${at} is computed later`, () => {
      for (const sentinel of UNKNOWN_SENTINELS) {
        assert.deepEqual(textList(["a", "b", "c"].map((item, index) => (index === at ? sentinel : item))), WHY_UNKNOWN);
      }
    });
  }

  it("a reason never quotes the value", () => {
    const secret = "hunter2";
    for (const read of Object.values(READERS)) {
      for (const value of [secret, [{ secret }], { secret }, [secret, {}], [secret, null]]) {
        const fact: Fact<unknown> = read(value);
        assert.ok(fact.state !== "unknown" || !fact.why.includes(secret));
      }
    }
    const fact = json(`{"a": ${secret}`);
    assert.ok(fact.state === "unknown" && !fact.why.includes(secret));
  });
});

describe("fields", () => {
  const value = { a: { b: [1] }, n: null };

  for (const [key, expected] of [["a", { b: [1] }], ["n", null], ["z", undefined]] as const) {
    it(`the field ${key}`, () => assert.deepEqual(field(value, key), expected));
  }
  for (const key of ["__proto__", "constructor", "toString", "hasOwnProperty", "length", "valueOf"]) {
    it(`${key} is no field, unless it is an own one`, () => {
      assert.equal(field({}, key), undefined);
      assert.equal(field([], key), undefined);
      assert.equal(field("text", key), undefined);
      assert.equal(dig({}, `a.${key}`), undefined);
      assert.equal(field(JSON.parse(`{"${key}": "own"}`), key), "own");
    });
  }
  for (const [what, raw] of [["undefined", undefined], ["null", null], ["a text", "a"], ["a number", 1], ["a list", [1]], ["true", true]] as const) {
    it(`${what} has none`, () => {
      assert.equal(field(raw, "0"), undefined);
      assert.equal(dig(raw, "a.b.c"), undefined);
    });
  }
  it("an unknown object has unknown fields, at any depth", () => {
    for (const sentinel of UNKNOWN_SENTINELS) {
      assert.equal(field(sentinel, "a"), UNKNOWN);
      assert.equal(dig({ a: sentinel }, "a.b.c"), UNKNOWN);
      assert.equal(dig({ a: { b: sentinel } }, "a.b"), sentinel);
    }
  });
  it("a block may be a list of one", () => {
    assert.deepEqual(block([{ a: 1 }]), { a: 1 });
    assert.deepEqual(block({ a: 1 }), { a: 1 });
    assert.deepEqual(block([]), []);
    assert.deepEqual(block([1, 2]), [1, 2]);
    assert.equal(block([UNKNOWN]), UNKNOWN);
    assert.equal(block(undefined), undefined);
  });
});

describe("JSON in strings", () => {
  it("is parsed, also with unknown parts", () => {
    assert.deepEqual(json('[{"image":"a"}]'), { state: "known", value: [{ image: "a" }] });
    assert.deepEqual(json(`[{"image":"${UNKNOWN}"}]`), { state: "known", value: [{ image: UNKNOWN }] });
    assert.deepEqual(json("null"), { state: "known", value: null });
  });
  it("is taken as it is where it is structured already", () => {
    assert.deepEqual(json([1]), { state: "known", value: [1] });
    assert.deepEqual(json(5), { state: "known", value: 5 });
  });
  it("is computed later if the text is a sentinel, or has one where JSON allows none", () => {
    assert.deepEqual(json(UNKNOWN), WHY_UNKNOWN);
    assert.deepEqual(json(`[${UNKNOWN}]`), WHY_UNKNOWN);
  });
  it("is absent where it is missing, not known where it is no JSON", () => {
    assert.deepEqual(json(undefined), { state: "absent" });
    assert.deepEqual(json(null), { state: "absent" });
    for (const raw of ["", "{", "[{]", "undefined", "'a'", "{a:1}", "\u0000", "[".repeat(1_000_000), "x".repeat(1_000_000), '{"a":'.repeat(100_000)]) {
      assert.equal(json(raw).state, "unknown", raw.slice(0, 10));
    }
    assert.equal(json("[".repeat(200_000) + "]".repeat(200_000)).state, "known");
  });
});

describe("any value at all", () => {
  it("is read without an exception", () => {
    const anything = fc.anything({ withBigInt: true, withMap: true, withSet: true, withDate: true, withSparseArray: true, withNullPrototype: true, withObjectString: true });
    fc.assert(
      fc.property(anything, fc.string(), (raw, key) => {
        for (const read of [...Object.values(READERS), json, block, isUnknown]) {
          read(raw);
        }
        field(raw, key);
        dig(raw, key);
      }),
      { numRuns: 2000 },
    );
  });
});
