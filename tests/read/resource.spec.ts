import assert from "node:assert/strict";
import { UNKNOWN, UNKNOWN_SENTINELS } from "../../policies/read/raw";
import { input, madeFrom, output, type Properties, type Resource } from "../../policies/read/resource";
import { partsOfUrn, subjectOf } from "../../policies/read/subject";

function resource(parts: Partial<Resource>): Resource {
  return {
    urn: "urn:pulumi:test::app::a:b:C::c",
    type: "a:b:C",
    name: "c",
    ancestors: [],
    scope: "",
    inputs: undefined,
    outputs: undefined,
    propertyDependencies: undefined,
    ignoreChanges: [],
    unseen: false,
    ...parts,
  };
}

/** Input, output, what is read of them. `undefined`: not there. */
const MERGES: readonly (readonly [string, unknown, unknown, unknown])[] = [
  ["the input, if it is known", "in", "out", "in"],
  ["the output, if the input is computed", UNKNOWN, "out", "out"],
  ["nothing, if both are computed", UNKNOWN, UNKNOWN, UNKNOWN],
  ["nothing, if the output lacks what is computed", UNKNOWN, undefined, UNKNOWN],
  ["the input, if the output was dropped", "in", undefined, "in"],
  ["the input, if the output is computed", "in", UNKNOWN, "in"],
  ["nothing that only the output has: the provider filled it in", undefined, "out", undefined],
  ["null as null", null, "out", null],
  ["parts of an object", { a: UNKNOWN, b: "in" }, { a: "out", b: "x", c: "filled in" }, { a: "out", b: "in" }],
  ["parts of a list", ["in", UNKNOWN], ["x", "out"], ["in", "out"]],
  ["the input list, if the lists differ in length", ["in", UNKNOWN], ["x"], ["in", UNKNOWN]],
  ["an object inside a list", [{ a: UNKNOWN }], [{ a: "out" }], [{ a: "out" }]],
  ["the output, if the input text has a computed part", `{"image":"${UNKNOWN}"}`, '{"image":"known"}', '{"image":"known"}'],
  ["the input, if the output is of another shape", { a: UNKNOWN }, ["x"], { a: UNKNOWN }],
  ["a block that the output holds as a list", [{ a: "in" }], { a: "x" }, [{ a: "in" }]],
];

describe("an input property", () => {
  for (const [what, given, computed, expected] of MERGES) {
    it(`is ${what}`, () => {
      const properties = (value: unknown): Properties => (value === undefined ? {} : { p: value });
      assert.deepEqual(input(resource({ inputs: properties(given), outputs: properties(computed) }), "p"), expected);
    });
  }

  it("comes from the outputs of a resource whose inputs this process never saw", () => {
    assert.equal(input(resource({ outputs: { p: "out" } }), "p"), "out");
    assert.equal(input(resource({ outputs: { p: UNKNOWN } }), "p"), UNKNOWN);
    assert.equal(input(resource({ outputs: {} }), "p"), undefined);
  });

  it("comes from the inputs alone while it is registered", () => {
    assert.equal(input(resource({ inputs: { p: "in" } }), "p"), "in");
    assert.equal(input(resource({ inputs: {} }), "p"), undefined);
  });

  it("is not known if it is missing but made from something, even from outside", () => {
    for (const from of [["urn:a"], []]) {
      assert.equal(input(resource({ inputs: {}, outputs: {}, propertyDependencies: { p: from } }), "p"), UNKNOWN);
      assert.equal(input(resource({ outputs: {}, propertyDependencies: { p: from } }), "p"), UNKNOWN);
    }
    assert.equal(input(resource({ inputs: {}, outputs: {}, propertyDependencies: { q: ["urn:a"] } }), "p"), undefined);
  });

  it("is not known of a resource that is no part of the deployment", () => {
    const untouched = resource({ outputs: { p: "old" }, propertyDependencies: { p: ["urn:a"] }, unseen: true });
    assert.equal(input(untouched, "p"), UNKNOWN);
    assert.equal(output(untouched, "p"), UNKNOWN);
    assert.deepEqual(madeFrom(untouched, "p"), []);
  });

  for (const key of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
    it(`${key} is no property, dependency or output`, () => {
      const bare = resource({ inputs: {}, outputs: {}, propertyDependencies: {} });
      assert.equal(input(bare, key), undefined);
      assert.equal(output(bare, key), UNKNOWN);
      assert.deepEqual(madeFrom(bare, key), []);
    });
  }

  it("keeps an own key called __proto__ from becoming a prototype", () => {
    const hostile = JSON.parse(`{"p": {"__proto__": {"polluted": "yes"}, "a": "${UNKNOWN}"}}`) as Properties;
    const read = input(resource({ inputs: hostile, outputs: { p: { a: "out" } } }), "p") as Properties;
    assert.equal(read["polluted"], undefined);
    assert.equal(read["a"], "out");
    assert.equal(({} as Properties)["polluted"], undefined);
  });

  it("bears values nested deeper than anything that is read", () => {
    let deep: unknown = UNKNOWN;
    for (let depth = 0; depth < 100_000; depth += 1) {
      deep = depth % 2 === 0 ? { deep } : [deep];
    }
    assert.ok(input(resource({ inputs: { p: deep }, outputs: { p: deep } }), "p") !== undefined);
  });
});

describe("an output property", () => {
  for (const [what, outputs, expected] of [
    ["known", { p: "out" }, "out"],
    ["not known if computed", { p: UNKNOWN }, UNKNOWN],
    ["not known if missing", {}, UNKNOWN],
    ["not known if null", { p: null }, UNKNOWN],
    ["not known while the resource is registered", undefined, UNKNOWN],
  ] as const) {
    it(`is ${what}`, () => assert.equal(output(resource({ inputs: { p: "in" }, outputs }), "p"), expected));
  }
});

describe("what a property is made from", () => {
  const from = ["urn:b", "urn:a"];

  it("is not told while the resource is registered", () => assert.equal(madeFrom(resource({}), "p"), undefined));
  it("is nothing for a property without dependencies", () => assert.deepEqual(madeFrom(resource({ propertyDependencies: {} }), "p"), []));
  for (const [ignored, isIgnored] of [
    ["p", true],
    ["p.a", true],
    ["p[0]", true],
    ["*", true],
    ["pq", false],
    ["q", false],
    ["q.p", false],
    ["", false],
  ] as const) {
    it(`is ${isIgnored ? "nothing" : "told"} with ignoreChanges: ["${ignored}"]`, () => {
      const made = madeFrom(resource({ propertyDependencies: { p: from }, ignoreChanges: [ignored] }), "p") ?? [];
      assert.deepEqual([...made].sort(), isIgnored ? [] : [...from].sort());
    });
  }
});

describe("a URN", () => {
  for (const [urn, type, name] of [
    ["urn:pulumi:s::p::a:b/c:D::n", "a:b/c:D", "n"],
    ["urn:pulumi:s::p::x:y:Z$a:b:C::n", "a:b:C", "n"],
    ["urn:pulumi:s::p::x:y:Z$k:l:M$a:b:C::n", "a:b:C", "n"],
    ["urn:pulumi:s::p::a:b:C::n::with::colons", "a:b:C", "n::with::colons"],
    ["urn:pulumi:s::p::a:b:C::", "a:b:C", ""],
    ["", "", ""],
    ["nonsense", "", ""],
    ["::::", "", ""],
  ] as const) {
    it(`${JSON.stringify(urn)} is a ${type} called ${name}`, () => assert.deepEqual(partsOfUrn(urn), { type, name }));
  }
});

describe("a subject", () => {
  const urnOf = (type: string, name: string): string => `urn:pulumi:s::p::${type}::${name}`;

  for (const [what, ancestors, madeBy] of [
    ["the user's own", [], undefined],
    ["in the user's own component", [urnOf("my:web:Service", "web")], undefined],
    ["made by awsx", [urnOf("awsx:ecr:Image", "img")], { kind: "awsx ecr.Image", name: "img" }],
    ["made by awsx classic", [urnOf("awsx:x:ecr:Image", "img")], { kind: "awsx ecr.Image", name: "img" }],
    ["made by awsx in the user's own component", [urnOf("awsx:ecr:Image", "img"), urnOf("my:web:Service", "web")], { kind: "awsx ecr.Image", name: "img" }],
    ["made by awsx within awsx", [urnOf("awsx:ecs:FargateTaskDefinition", "t"), urnOf("awsx:ecs:FargateService", "s")], { kind: "awsx ecs.FargateService", name: "s" }],
    ["in the user's component within awsx", [urnOf("my:web:Service", "web"), urnOf("awsx:ecs:FargateService", "s")], undefined],
  ] as const) {
    it(`${what} is named so`, () => assert.deepEqual(subjectOf(resource({ ancestors }), "thing").madeBy, madeBy));
  }

  it("takes every sentinel for a name without an exception", () => {
    for (const sentinel of UNKNOWN_SENTINELS) {
      assert.equal(subjectOf(resource({ name: sentinel, ancestors: [sentinel] }), "thing").name, sentinel);
    }
  });
});
