import assert from "node:assert/strict";
import { machinesInStack } from "../../policies/stack/capacity";
import { emulates } from "../../policies/stack/emulation";
import { ABSENT, known, type Fact } from "../../policies/stack/fact";
import { capacityProvider, LATER, launch, launcher, launchTemplate, platforms, reference, stackOf } from "../support/stack-parts";

/** True if the hosts of a pool, whose parts have other names in AWS than in the program, are declared to emulate Arm. */
function isEmulated(hosts: string, nameInAws: Fact<string> = known("aws-pool"), ...wanted: readonly string[]): boolean {
  const provider = capacityProvider("pool", "aws-group", { name: nameInAws });
  const template = launchTemplate("template", ABSENT, known("m5.large"), { name: known("aws-template") });
  const use = { id: reference(ABSENT), name: reference(known("aws-template")), version: known("$Latest") };
  const group = launcher("group", known([launch(ABSENT, ABSENT, { template: use, imageId: undefined })]), { name: known("aws-group") });
  const stack = stackOf([provider, template, group], { settings: { emulation: [{ hosts, platforms: ["linux/arm64"] }] } });
  const { machines } = machinesInStack(stack, provider);
  assert.equal(machines.length, 1);
  return emulates(stack, machines[0]!, platforms(...(wanted.length === 0 ? ["linux/arm64"] : wanted)));
}

describe("hosts that are declared to emulate", () => {
  for (const [hosts, expected] of [
    ["pool", true],
    ["aws-pool", true],
    ["group", true],
    ["aws-group", true],
    ["template", true],
    ["aws-template", true],
    ["aws-*", true],
    ["other", false],
  ] as const) {
    it(`${hosts}: ${expected ? "are" : "are not"} these`, () => assert.equal(isEmulated(hosts), expected));
  }

  it("may be these, as long as a name of theirs is not known", () => {
    assert.equal(isEmulated("other", LATER), true, "so no value that becomes unknown adds a denial");
    assert.equal(isEmulated("other", LATER, "linux/s390x"), false, "a platform that nothing is declared to emulate");
  });

  it("run an image for several platforms, if they emulate one of them", () => {
    assert.deepEqual([isEmulated("pool", known("x"), "linux/s390x", "linux/arm64"), isEmulated("other", LATER, "linux/s390x", "linux/arm64")], [true, true]);
    assert.equal(isEmulated("pool", known("x"), "linux/s390x"), false);
  });

  it("need no name in AWS of their own", () => {
    assert.deepEqual([isEmulated("pool", ABSENT), isEmulated("other", ABSENT)], [true, false]);
  });
});
