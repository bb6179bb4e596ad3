/** With which AMI and instance types things start: as far as it is known, where that is said, and else why it is not known. */

import assert from "node:assert/strict";
import { ABSENT, known, unknown } from "../../policies/stack/fact";
import { architectureInStack, startsOf, type Start } from "../../policies/stack/launches";
import type { Launch, Part, Source } from "../../policies/stack/model";
import type { Answer, Outside } from "../../policies/stack/outside";
import type { Ec2Architecture } from "../../policies/platform/ec2";
import { ami, HERE, LATER, launch, launcher, limited, madeFrom, named, NOTHING_NAMED, parameter, stackOf, template, urnOf, useOf, type About } from "../support/model-parts";

const X86_AMI = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id";
const WINDOWS_AMI = "resolve:ssm:/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-ECS_Optimized/image_id";
const SOME_AMI = "ami-0123456789abcdef0";
const GOLDEN = "resolve:ssm:/golden";
const ALONE = "?: an AMI id alone does not tell its architecture";
const NOT_TOLD = "?: the architecture of its AMI is not known";
const MAY_BE_SET = "?: this update may set the SSM parameter that holds its AMI";
const NOT_IN_PATH = "?: its SSM parameter path does not tell an architecture";

function sourceText({ how, text, by }: Source): string {
  return `${how}: ${text}${by === undefined ? "" : ` by ${by}`}`;
}

/** `arm64 linux (guessed), stated: imageId: "…"`, or `?: why`. */
function amiText({ ami: { fact } }: Start): string {
  if (fact.state !== "known") {
    return `?: ${fact.state === "unknown" ? fact.why : fact.state}`;
  }
  const { architecture, os, certain, source } = fact.value;
  return `${[architecture, ...(os === undefined ? [] : [os]), ...(certain ? [] : ["(guessed)"])].join(" ")}, ${sourceText(source)}`;
}

/** `x86_64, stated: instanceType: "m5.large"`, or `?: why, …`. */
function typesText({ types: { fact, source } }: Start): string {
  const told = fact.state === "known" ? fact.value.join("+") : `?: ${fact.state === "unknown" ? fact.why : fact.state}`;
  return `${told}, ${sourceText(source)}`;
}

/** The one way in which something starts instances, in a stack with these parts too. */
function started(how: Partial<Launch>, parts: readonly Part[] = [], about: About = {}): Start {
  const it = launcher("it", launch(how));
  const starts = startsOf(stackOf([...parts, it], about), it);
  assert.ok(starts.state === "known" && starts.value[0] !== undefined);
  return starts.value[0];
}

/** Answers whatever is asked. */
function telling(answer: Answer<{ architecture: Ec2Architecture; os: "linux" }>): About {
  return { outside: { ami: () => answer } };
}
const TOLD_ARM = telling({ state: "known", value: { architecture: "arm64", os: "linux" }, by: "EC2" });
const NOT_ALLOWED = telling({ state: "unknown", why: "access denied" });

/** An instance of the stack, and an AMI that is made from it. */
function builder(how: Partial<Launch>): Part[] {
  return [launcher("builder", launch(how)), ami("baked", { fromInstance: madeFrom("builder") })];
}

/** `count` AMIs, each copied from the one before it, the first from an arm64 one. */
function copies(count: number): Part[] {
  return [ami("copy0", { architecture: known("arm64") }), ...Array.from({ length: count }, (_, index) => ami(`copy${String(index + 1)}`, { copyOf: madeFrom(`copy${String(index)}`) }))];
}

const ARM_IMAGE = ami("golden", { architecture: known("arm64"), id: known("ami-1") });
const OTHER_REGION = "default eu-west-1";

type AmiRow = readonly [what: string, imageId: Launch["imageId"], expected: string, parts?: readonly Part[], about?: About];

const AMIS: readonly AmiRow[] = [
  ["an id is looked up", named("ami-1"), 'arm64 linux, looked up: imageId: "ami-1" by EC2', [], TOLD_ARM],
  ["an id, if the look-up failed, for that reason too", named("ami-1"), `${ALONE}, and it could not be looked up: access denied`, [], NOT_ALLOWED],
  ["what is no id is not looked up", named("golden"), ALONE, [], TOLD_ARM],
  ["a value that is not known yet is not looked up", madeFrom(), "?: its AMI is computed during the update", [], TOLD_ARM],
  ["an AMI of the stack, by its id", named("ami-1"), 'arm64, stated: imageId: "ami-1", AMI `golden`', [ARM_IMAGE], NOT_ALLOWED],
  ["an AMI of the stack that tells nothing", madeFrom("golden"), NOT_TOLD, [ami("golden")]],
  ["an AMI with an architecture that nobody has heard of", madeFrom("golden"), NOT_TOLD, [ami("golden", { architecture: known("riscv64") })]],
  ["a copy of a copy … of an AMI, ten times", madeFrom("copy10"), "arm64, stated: imageId, AMI `copy0`", copies(10)],
  ["a copy of a copy … of an AMI, eleven times: that goes too far", madeFrom("copy11"), "?: its AMI is computed during the update", copies(11)],
  ["an AMI from an instance: the instance's, with its operating system", madeFrom("baked"), "x86_64 windows, stated: imageId", builder({ imageId: named(WINDOWS_AMI), instanceType: known("m5.large") })],
  ["an AMI from an instance: the instance's, also if its type is not known", madeFrom("baked"), "x86_64 linux, stated: imageId", builder({ imageId: named(X86_AMI), instanceType: LATER })],
  ["an AMI from an instance: the instance's, whatever its type", madeFrom("baked"), "x86_64 linux, stated: imageId", builder({ imageId: named(X86_AMI), instanceType: known("m7g.large") })],
  ["an AMI from an instance whose AMI tells nothing: by the type", madeFrom("baked"), "arm64, stated: imageId", builder({ imageId: named(SOME_AMI), instanceType: known("m7g.large") })],
  ["an AMI from an instance that tells nothing", madeFrom("baked"), NOT_TOLD, builder({ imageId: named(SOME_AMI), instanceType: LATER })],
  ["an AMI from an instance whose type may be of either architecture", madeFrom("baked"), NOT_TOLD, builder({ imageId: named(SOME_AMI), requirements: limited({}) })],
  ["an AMI from an instance elsewhere", madeFrom("baked"), "?: the instance that its AMI is made from is not part of this stack", [ami("baked", { fromInstance: named("i-1") })]],
  ["an AMI from something of which nothing is known", madeFrom("baked"), "?: the instance that its AMI is made from is not part of this stack", [launcher("builder", LATER), ami("baked", { fromInstance: madeFrom("builder") })]],
  ["an AMI from one of several instances", madeFrom("baked"), "?: the instance that its AMI is made from is not part of this stack", [
    launcher("builder", known([launch({ imageId: named(X86_AMI), instanceType: known("m5.large") }), launch({ instanceType: known("m7g.large") })])),
    ami("baked", { fromInstance: madeFrom("builder") }),
  ]],
  ["an AMI from an instance of that very AMI", madeFrom("baked"), NOT_TOLD, builder({ imageId: madeFrom("baked") })],
  ["a declared AMI", named(SOME_AMI), `arm64, declared: imageId: "${SOME_AMI}"`, [], { declared: { ami: () => ({ value: "arm64", place: "amis[0]" }) } }],
];

const PARAMETERS: readonly AmiRow[] = [
  ["a public parameter, whatever a look-up would tell", named(X86_AMI), `x86_64 linux, stated: imageId: "${X86_AMI}"`, [], TOLD_ARM],
  ["a parameter whose name tells nothing is looked up", named(GOLDEN), `arm64 linux, looked up: imageId: "${GOLDEN}" by EC2`, [], TOLD_ARM],
  ["a parameter whose name tells nothing, if the look-up failed", named(GOLDEN), `${NOT_IN_PATH}, and it could not be looked up: access denied`, [], NOT_ALLOWED],
  ["a parameter with a telling name is looked up all the same", named(`${GOLDEN}/x86_64`), `arm64 linux, looked up: imageId: "${GOLDEN}/x86_64" by EC2`, [], TOLD_ARM],
  ["a parameter with a telling name, if the look-up failed: a guess", named(`${GOLDEN}/x86_64`), `x86_64 (guessed), stated: imageId: "${GOLDEN}/x86_64"`, [], NOT_ALLOWED],
  ["one that the stack sets: the AMI that it is set to, not the one that AWS tells", named(GOLDEN), `arm64, stated: imageId: "${GOLDEN}", AMI \`golden\``, [parameter("/golden", madeFrom("golden")), ARM_IMAGE], NOT_ALLOWED],
  ["one that the stack sets, over what its name suggests", named(`${GOLDEN}/x86_64`), `arm64, stated: imageId: "${GOLDEN}/x86_64", AMI \`golden\``, [parameter("/golden/x86_64", madeFrom("golden")), ARM_IMAGE]],
  ["one that the stack sets to something not known, by its name: a guess", named(`${GOLDEN}/x86_64`), `x86_64 (guessed), stated: imageId: "${GOLDEN}/x86_64"`, [parameter("/golden/x86_64", madeFrom())], TOLD_ARM],
  ["one that the stack sets to something not known", named(GOLDEN), "?: its AMI is computed during the update", [parameter("/golden", madeFrom())], TOLD_ARM],
  ["one that the stack sets, by its ARN, without a slash in its name", named("resolve:ssm:arn:aws:ssm:us-east-1:1:parameter/golden"), 'arm64, stated: imageId: "resolve:ssm:arn:aws:ssm:us-east-1:1:parameter/golden", AMI `golden`', [parameter("golden", madeFrom("golden")), ARM_IMAGE]],
  ["one that the stack sets twice", named(GOLDEN), MAY_BE_SET, [parameter("/golden", madeFrom("golden")), { ...parameter("/golden", madeFrom("golden")), subject: ami("again").subject }, ARM_IMAGE], TOLD_ARM],
  ["one that the stack sets in another region", named(GOLDEN), MAY_BE_SET, [parameter("/golden", madeFrom("golden"), { scope: OTHER_REGION }), ARM_IMAGE], TOLD_ARM],
  ["one that the stack sets to itself", named(GOLDEN), MAY_BE_SET, [parameter("/golden", named(GOLDEN))], TOLD_ARM],
  ["a parameter while another one's name is not known", named(GOLDEN), MAY_BE_SET, [parameter("other", madeFrom("golden"), { name: LATER }), ARM_IMAGE], TOLD_ARM],
  ["a parameter beside another one", named(GOLDEN), NOT_IN_PATH, [parameter("/other", madeFrom("golden")), ARM_IMAGE]],
  ["a parameter as long as others may be registered", named(GOLDEN), MAY_BE_SET, [], { ...TOLD_ARM, phase: "registration" }],
  ["a version of a parameter, which is there already", named(`${GOLDEN}:3`), NOT_IN_PATH, [parameter("/golden", madeFrom("golden")), ARM_IMAGE], { phase: "registration" }],
  ["a public parameter, which no stack sets", named("resolve:ssm:/aws/service/marketplace/prod-abc/1.0"), NOT_IN_PATH, [], { phase: "registration" }],
];

type TypeRow = readonly [what: string, how: Partial<Launch>, expected: string, parts?: readonly Part[], about?: About];

const ASKED_FOR_TYPE: Outside["instanceType"] = (type) => ({ state: "known", value: type === "q9x.large" ? ["arm64"] : [], by: "EC2" });
const LIMITED = { requirements: limited({ cpuManufacturers: known(["intel"]), allowedInstanceTypes: known(["m5.*", "c5.*"]), excludedInstanceTypes: known([]) }) };
const NO_ARCHITECTURE = "?: the selection of instance types does not tell an architecture";

const TYPES: readonly TypeRow[] = [
  ["a type", { instanceType: known("m5.large") }, 'x86_64, stated: instanceType: "m5.large"'],
  ["a type whose name can be misread", { instanceType: known("g5.xlarge") }, 'x86_64, stated: instanceType: "g5.xlarge" ("g" before the number = graphics, not Graviton)'],
  ["a type that is not known yet", { instanceType: LATER }, "?: its instance type is computed during the update, stated: instanceType"],
  ["a type nobody has heard of", { instanceType: known("q9x.large") }, '?: this instance type is not known here, stated: instanceType: "q9x.large"'],
  ["a type nobody has heard of is looked up", { instanceType: known("q9x.large") }, 'arm64, looked up: instanceType: "q9x.large" by EC2', [], { outside: { instanceType: ASKED_FOR_TYPE } }],
  ["a type nobody has heard of, if the look-up failed", { instanceType: known("q9x.large") }, '?: this instance type is not known here, and it could not be looked up: access denied, stated: instanceType: "q9x.large"', [], { outside: { instanceType: () => ({ state: "unknown", why: "access denied" }) } }],
  ["what cannot be a type is not looked up", { instanceType: known("Q9X") }, '?: this instance type is not known here, stated: instanceType: "Q9X"', [], { outside: { instanceType: ASKED_FOR_TYPE } }],
  ["a declared type: what its name says does not matter then", { instanceType: known("m7g.large") }, 'x86_64, declared: instanceType: "m7g.large"', [], { declared: { instanceType: () => ({ value: ["x86_64"], place: "instanceTypes[0]" }) } }],
  ["an override's type, with its place", { instanceType: known("m5.large"), at: "overrides[1]" }, 'x86_64, stated: overrides[1].instanceType: "m5.large"'],
  ["a selection, with all that limits it", { ...LIMITED, at: "overrides[1]" }, 'x86_64, stated: overrides[1].instanceRequirements: { cpuManufacturers: ["intel"], allowedInstanceTypes: ["m5.*","c5.*"] }'],
  ["a selection that nothing limits", { requirements: limited({}) }, "i386+x86_64+arm64, stated: instanceRequirements"],
  ["a selection that is not known yet", { requirements: LATER }, "?: it is computed during the update, stated: instanceRequirements"],
  ["a selection of Macs", { requirements: limited({ allowedInstanceTypes: known(["mac2.metal"]) }) }, `${NO_ARCHITECTURE}, stated: instanceRequirements: { allowedInstanceTypes: ["mac2.metal"] }`],
  ["a selection of which one limit is not known yet", { requirements: limited({ cpuManufacturers: known(["intel"]), allowedInstanceTypes: LATER }) }, `${NO_ARCHITECTURE}, stated: instanceRequirements`],
  ["nothing stated", {}, "?: it states neither instance type nor launch template, stated: "],
  ["a selection of its template", { template: useOf(madeFrom("web")) }, "i386+x86_64+arm64, stated: instanceRequirements", [template("web", { requirements: limited({}) })]],
  ["a template that states nothing", { template: useOf(madeFrom("web")) }, "?: neither it nor its launch template states the instance type, stated: ", [template("web")]],
  ["its own type in place of its template's", { instanceType: known("m7g.large"), template: useOf(madeFrom("web")) }, 'arm64, stated: instanceType: "m7g.large" ("g" after the number = Graviton)', [template("web", { instanceType: known("m5.large") })]],
];

describe("with which AMI something starts", () => {
  for (const [what, imageId, expected, parts, about] of [...AMIS, ...PARAMETERS]) {
    it(`${what}: ${expected}`, () => {
      assert.equal(amiText(started({ imageId }, parts, about)), expected);
    });
  }

  it("names the AMI by its id where it is given so: its own before its template's", () => {
    const web = template("web", { imageId: named("ami-2") });
    const idOf = (how: Partial<Launch>): string | undefined => started({ template: useOf(madeFrom("web")), ...how }, [web]).amiId;
    assert.deepEqual([idOf({ imageId: named("ami-1") }), idOf({ imageId: NOTHING_NAMED }), idOf({ imageId: named(GOLDEN) })], ["ami-1", "ami-2", undefined]);
  });
});

describe("with which instance types something starts", () => {
  for (const [what, how, expected, parts, about] of TYPES) {
    it(`${what}: ${expected}`, () => {
      assert.equal(typesText(started(how, parts, about)), expected);
    });
  }

  it("is not known where the ways to start are not", () => {
    const it = launcher("it", unknown("because"));
    assert.deepEqual(startsOf(stackOf([it]), it), unknown("because"));
  });
});

describe("which template something starts from", () => {
  const known7 = { id: known("lt-web"), latestVersion: known("7"), defaultVersion: known("1") };
  for (const [what, use, made, isUsed] of [
    ["the newest version", useOf(named("lt-web")), known7, true],
    ["by its name", useOf(NOTHING_NAMED, { name: named("web") }), known7, true],
    ["by the name, if the id is of something else", useOf(madeFrom("network"), { name: named("web") }), known7, true],
    ["neither by id nor by name", useOf(NOTHING_NAMED), known7, false],
    ["the default version, while another one is the default", useOf(named("lt-web"), { version: known("$Default") }), known7, false],
    ["the default version, if it is the newest", useOf(named("lt-web"), { version: known("$Default") }), { ...known7, defaultVersion: known("7") }, true],
    ["the default version, which is not known, of a template that is about to change", useOf(named("lt-web"), { version: known("$Default") }), { id: known("lt-web") }, false],
    ["a version that is not known yet, made from the template that is about to change", useOf({ value: known("lt-web"), from: [urnOf("web")] }, { version: LATER }), { id: known("lt-web") }, true],
    ["a version that is not known yet, of a template that stays as it is", useOf({ value: known("lt-web"), from: [urnOf("web")] }, { version: LATER }), known7, false],
    ["a version that is not known yet, made from something else", useOf({ value: known("lt-web"), from: [urnOf("network")] }, { version: LATER }), { id: known("lt-web") }, false],
    ["a version that is not known yet, made from nothing", useOf(named("lt-web"), { version: LATER }), { id: known("lt-web") }, false],
  ] as const) {
    it(`${what}: ${isUsed ? "as it is described" : "not as it is described"}`, () => {
      assert.equal(started({ template: use }, [template("web", made)]).template?.subject.name, isUsed ? "web" : undefined);
    });
  }
});

describe("the operating system on which the templates agree that may be meant", () => {
  const windows = (name: string): Part => template(name, { imageId: named(WINDOWS_AMI) });
  const either = useOf({ ...madeFrom("one", "two"), isOneOfSeveral: true });

  for (const [what, how, parts, expected] of [
    ["two templates of Windows", { template: either }, [windows("one"), windows("two")], "windows"],
    ["templates of different systems", { template: either }, [windows("one"), template("two", { imageId: named(X86_AMI) })], undefined],
    ["one of Windows, and one that tells nothing", { template: either }, [windows("one"), template("two", { imageId: named(SOME_AMI) })], undefined],
    ["one of Windows, and one without an AMI", { template: either }, [windows("one"), template("two")], undefined],
    ["two without an AMI", { template: either }, [template("one"), template("two")], undefined],
    ["versions that the stack does not describe", { template: { ...either, version: known("3") } }, [windows("one"), windows("two")], undefined],
    ["the default version, which only one of them describes", { template: { ...either, version: ABSENT } }, [windows("one"), template("two", { imageId: named(WINDOWS_AMI), id: known("lt-2") })], undefined],
    ["an id that is known, of a template elsewhere", { template: useOf({ value: known("lt-9"), from: [urnOf("one"), urnOf("two")] }) }, [windows("one"), windows("two")], undefined],
    ["an AMI of its own, in place of theirs", { template: either, imageId: named(SOME_AMI) }, [windows("one"), windows("two")], undefined],
    ["no resources to choose from", { template: useOf({ value: LATER, from: undefined }) }, [windows("one")], undefined],
  ] as const) {
    it(`${what}: ${expected ?? "not known"}`, () => {
      assert.equal(started(how, parts).os, expected);
    });
  }
});

describe("what the stack itself tells of an AMI, whatever is declared", () => {
  for (const [what, reference, expected] of [
    ["a public parameter", named(X86_AMI), "x86_64"],
    ["a parameter whose name suggests something", named(`${GOLDEN}/x86_64`), undefined],
    ["a parameter whose name tells nothing", named(GOLDEN), undefined],
    ["an AMI of the stack, by its id", named("ami-1"), "arm64"],
    ["an AMI of the stack, not known yet", madeFrom("golden"), "arm64"],
    ["an AMI of the stack that tells nothing", madeFrom("silent"), undefined],
    ["an AMI elsewhere", named(SOME_AMI), undefined],
    ["what is no id", named("golden image"), undefined],
  ] as const) {
    it(`${what}: ${expected ?? "nothing"}`, () => {
      assert.equal(architectureInStack(stackOf([ARM_IMAGE, ami("silent")]), reference, HERE), expected);
    });
  }
});
