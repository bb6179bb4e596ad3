import assert from "node:assert/strict";
import { policies } from "../../policies";
import { RULES } from "../../policies/catalogue";
import { readListing } from "../../policies/rules/architecture-undetermined";
import { policiesOf } from "../../policies/adapter";
import { denials, run, saidBy, type RunOptions } from "../support/in-process";
import { json, OPERATIONS, StackBuilder } from "../support/stack-builder";

const SUSPECTED = "architecture-suspected";
const UNDETERMINED = "architecture-undetermined";

function listing(value: unknown): RunOptions {
  return { config: { [UNDETERMINED]: { listing: value } } };
}

/** Seven tasks with an image from elsewhere each. */
function foreign(count = 7): StackBuilder {
  const stack = new StackBuilder();
  for (let index = 0; index < count; index += 1) {
    stack.add("task", `task${index}`, { containerDefinitions: json([{ name: "web", image: "nginx" }]), requiresCompatibilities: ["FARGATE"] });
  }
  return stack;
}

function suspicious(): StackBuilder {
  const stack = new StackBuilder();
  stack.add("dockerBuild", "image", { platforms: ["linux/arm64"], push: true, tags: ["me/app:1"] });
  stack.add("task", "task", { containerDefinitions: json([{ name: "web", image: "me/app:2" }]), requiresCompatibilities: ["FARGATE"] });
  return stack;
}

describe("the list of policies", () => {
  it("is the one that the tests of this folder run", () => {
    assert.deepEqual(policies.map(({ name }) => name), policiesOf(RULES).map(({ name }) => name));
  });
});

describe(SUSPECTED, () => {
  for (const operation of OPERATIONS) {
    it(`says what is likely, never as a denial: ${operation}`, () => {
      const said = run(suspicious()[operation]());
      assert.deepEqual(said.map(({ policy, level, phase }) => [policy, level, phase]), [[SUSPECTED, "advisory", "stack"]]);
      assert.match(said[0]!.message, /may not run/);
      assert.match(said[0]!.message, /Not certain: it is pushed to the same repository, under another tag\./);
    });
  }
  it("is silent where it is disabled, and other policies say none of it", () => assert.deepEqual(run(suspicious().laterPreview(), { disabled: [SUSPECTED] }), []));
  it("works without the policies that judge", () => assert.equal(saidBy(run(suspicious().laterPreview(), { disabled: RULES.judging.map(({ name }) => name) }), SUSPECTED).length, 1));
});

describe(UNDETERMINED, () => {
  for (const [value, expected] of [["off", "off"], ["summary", "summary"], ["all", "all"], [undefined, "off"], [null, "off"], ["ALL", "off"], [true, "off"], [["all"], "off"], [{}, "off"]] as const) {
    it(`listing ${JSON.stringify(value)} is ${expected}`, () => assert.equal(readListing({ listing: value }), expected));
  }

  it("says nothing by default", () => assert.deepEqual(run(foreign().laterPreview()), []));
  it("lists each resource, sorted, at itself", () => {
    const said = run(foreign().laterPreview(), listing("all"));
    assert.deepEqual(said.map(({ policy, urn }) => [policy, urn.split("::").at(-1)]), [0, 1, 2, 3, 4, 5, 6].map((index) => [UNDETERMINED, `task${index}`]));
  });
  it("sums up in one message for the stack", () => {
    const said = run(foreign().laterPreview(), listing("summary"));
    assert.deepEqual(said.map(({ urn }) => urn), [""]);
    assert.match(said[0]!.message, /^7 parts of this stack could not be checked:/);
    assert.match(said[0]!.message, /\n  and 2 more\n.*set listing: "all" for architecture-undetermined\.$/);
  });
  it("sums up nothing where everything is known", () => {
    for (const value of ["summary", "all"]) {
      assert.deepEqual(run({ analyze: [], analyzeStack: [] }, listing(value)), []);
    }
  });
  it("lists nothing during registration, and denies nothing by itself", () => {
    const said = run(foreign().update(), listing("all"));
    assert.ok(said.every(({ phase }) => phase === "stack"));
    assert.deepEqual(denials(said), []);
  });
  it("works without the policies that judge", () => {
    assert.equal(run(foreign().laterPreview(), { ...listing("all"), disabled: RULES.judging.map(({ name }) => name) }).length, 7);
  });
});
