import assert from "node:assert/strict";
import { denials, listingAll, outcome, run, saidBy, type Outcome, type RunOptions } from "../support/in-process";
import { OPERATIONS, outside, StackBuilder, type Inputs, type Made } from "../support/stack-builder";
import { UNKNOWN } from "../support/values";

const POLICY = "ec2-ami-instance-type-architecture";
const ARM_AMI = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id";
const X86_AMI = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id";
const OWN_ARM_AMI = "resolve:ssm:/golden/arm64/latest";
const X86 = "m5.large";
const GRAVITON = "m7g.large";

/** `type` is an instance type that does not boot the AMI, and then one that does. */
type Program = (stack: StackBuilder, type: string) => void;
type Outcomes = readonly [Outcome, Outcome, Outcome];

/** @param at the resource at which the denial is expected */
function expect(what: string, at: string, wrong: Outcomes, program: Program, options: RunOptions = {}): void {
  for (const [index, operation] of OPERATIONS.entries()) {
    it(`${what}: ${operation}, ${wrong[index]}`, () => {
      const stack = new StackBuilder();
      program(stack, X86);
      const said = run(stack[operation](), { ...options, goesOn: true });
      assert.equal(outcome(said, POLICY), wrong[index], JSON.stringify(said, undefined, 1));
      assert.deepEqual(denials(said), wrong[index] === "denied" ? [`${POLICY} @ ${at}`] : []);
    });
    it(`${what}: ${operation}, repaired`, () => {
      const stack = new StackBuilder();
      program(stack, GRAVITON);
      assert.deepEqual(run(stack[operation](), { ...options, goesOn: true }), []);
    });
  }
}

function template(stack: StackBuilder, inputs: Inputs): Made {
  return stack.add("launchTemplate", "template", inputs);
}

function overridden(launchTemplate: Made, overrides: readonly Inputs[]): Inputs {
  const launchTemplateSpecification = { launchTemplateId: launchTemplate.get("id"), version: "$Latest" };
  return { mixedInstancesPolicy: { launchTemplate: { launchTemplateSpecification, overrides } }, maxSize: 3 };
}

const ALWAYS: Outcomes = ["denied", "denied", "denied"];
const NEVER: Outcomes = ["silent", "silent", "silent"];

describe(`${POLICY}: one resource`, () => {
  expect("an instance", "instance", ALWAYS, (stack, instanceType) => stack.add("instance", "instance", { ami: ARM_AMI, instanceType }));
  expect("a launch configuration", "configuration", ALWAYS, (stack, instanceType) => stack.add("launchConfiguration", "configuration", { imageId: ARM_AMI, instanceType }));
  expect("a launch template that nothing uses", "template", ALWAYS, (stack, instanceType) => template(stack, { imageId: ARM_AMI, instanceType }));
  expect("a parameter of the user's own: its name only suggests", "", ["suspected", "suspected", "suspected"], (stack, instanceType) => {
    stack.add("instance", "instance", { ami: OWN_ARM_AMI, instanceType });
  });
  expect("an AMI id alone", "", NEVER, (stack, instanceType) => stack.add("instance", "instance", { ami: "ami-0123456789abcdef0", instanceType }));
  expect("an AMI that is not known", "", NEVER, (stack, instanceType) => stack.add("instance", "instance", { ami: outside().value, instanceType }));
  expect("a type that is not known", "", NEVER, (stack) => stack.add("instance", "instance", { ami: ARM_AMI, instanceType: outside().value }));
  expect("a type that nobody has heard of", "", NEVER, (stack) => stack.add("instance", "instance", { ami: ARM_AMI, instanceType: "q9z.large" }));
  expect("an instance without an AMI", "", NEVER, (stack, instanceType) => stack.add("instance", "instance", { instanceType }));
  expect("an instance without a type", "", NEVER, (stack) => stack.add("instance", "instance", { ami: ARM_AMI }));
  expect("a template without a type", "", NEVER, (stack) => template(stack, { imageId: ARM_AMI }));
  expect("a template without an AMI", "", NEVER, (stack, instanceType) => template(stack, { instanceType }));
});

describe(`${POLICY}: AMIs of the stack`, () => {
  // Which AMI an id means is known once the AMI exists; during an update that is at the end.
  expect("an AMI resource", "instance", ALWAYS, (stack, instanceType) => {
    stack.add("instance", "instance", { ami: stack.add("ami", "golden", { architecture: "arm64" }).get("id"), instanceType });
  });
  expect("a copy of an AMI resource", "instance", ALWAYS, (stack, instanceType) => {
    const copy = stack.add("amiCopy", "copy", { sourceAmiId: stack.add("ami", "golden", { architecture: "arm64" }).get("id"), sourceAmiRegion: "us-east-1" });
    stack.add("instance", "instance", { ami: copy.get("id"), instanceType });
  });
  expect("a copy of a copy of itself", "", NEVER, (stack, instanceType) => {
    stack.add("amiCopy", "copy", { sourceAmiId: "ami-copy", sourceAmiRegion: "us-east-1" });
    stack.add("instance", "instance", { ami: "ami-copy", instanceType });
  });
  it("an AMI resource that says nothing is x86_64, as its provider fills in", () => {
    const stack = new StackBuilder();
    stack.add("instance", "instance", { ami: stack.add("ami", "golden", {}).get("id"), instanceType: GRAVITON });
    for (const operation of OPERATIONS) {
      assert.equal(outcome(run(stack[operation]()), POLICY), "denied");
    }
  });
});

describe(`${POLICY}: who uses a template`, () => {
  expect("a group, as it is", "template", ALWAYS, (stack, instanceType) => {
    stack.add("group", "group", { launchTemplate: { id: template(stack, { imageId: ARM_AMI, instanceType }).get("id"), version: "$Latest" }, maxSize: 3 });
  });
  expect("two groups, as it is: one finding", "template", ALWAYS, (stack, instanceType) => {
    const id = template(stack, { imageId: ARM_AMI, instanceType }).get("id");
    stack.add("group", "group", { launchTemplate: { id, version: "$Latest" }, maxSize: 3 });
    stack.add("group", "group2", { launchTemplate: { id, version: "$Latest" }, maxSize: 3 });
  });
  expect("a group, by name", "template", ALWAYS, (stack, instanceType) => {
    template(stack, { name: "web", imageId: ARM_AMI, instanceType });
    stack.add("group", "group", { launchTemplate: { name: "web", version: "$Latest" }, maxSize: 3 });
  });
  expect("a group that overrides the type with one that does not fit either", "group", ALWAYS, (stack, instanceType) => {
    stack.add("group", "group", overridden(template(stack, { imageId: ARM_AMI, instanceType: GRAVITON }), [{ instanceType }]));
  });
  expect("a group with one override of several that does not fit", "group", ALWAYS, (stack, instanceType) => {
    stack.add("group", "group", overridden(template(stack, { imageId: ARM_AMI }), [{ instanceType: GRAVITON }, { instanceType }, { instanceType: "c7g.large" }]));
  });
  expect("an instance with a type of its own", "instance", ALWAYS, (stack, instanceType) => {
    stack.add("instance", "instance", { launchTemplate: { id: template(stack, { imageId: ARM_AMI, instanceType: GRAVITON }).get("id"), version: "$Latest" }, instanceType });
  });
  expect("an instance with an AMI of its own", "template", NEVER, (stack, instanceType) => {
    stack.add("instance", "instance", { launchTemplate: { id: template(stack, { imageId: ARM_AMI, instanceType }).get("id"), version: "$Latest" }, ami: instanceType === X86 ? X86_AMI : ARM_AMI });
  });
  expect("a group through overrides that fit, though the template's own type does not", "", NEVER, (stack, instanceType) => {
    stack.add("group", "group", overridden(template(stack, { imageId: ARM_AMI, instanceType }), [{ instanceType: GRAVITON }]));
  });
  expect("something of which the template is not known", "", NEVER, (stack, instanceType) => {
    template(stack, { imageId: ARM_AMI, instanceType });
    stack.add("group", "group", { launchTemplate: { id: outside().value, version: "$Latest" }, maxSize: 3 }, { propertyDependencies: { launchTemplate: [] } });
  });
  expect("something of which nothing is known", "", NEVER, (stack, instanceType) => {
    template(stack, { imageId: ARM_AMI, instanceType });
    stack.add("group", "group", { mixedInstancesPolicy: outside().value, maxSize: 3 });
  });
  expect("a group that is no part of this deployment", "", NEVER, (stack, instanceType) => {
    const id = template(stack, { imageId: ARM_AMI, instanceType }).get("id");
    stack.add("group", "group", { launchTemplate: { id, version: "$Latest" } }, { isUntouched: true });
  });
  expect("a group, while the template is no part of this deployment", "", NEVER, (stack, instanceType) => {
    const made = stack.add("launchTemplate", "template", { imageId: ARM_AMI, instanceType }, { isUntouched: true });
    stack.add("group", "group", { launchTemplate: { id: made.get("id"), version: "$Latest" }, maxSize: 3 });
  });
  expect("a group in another region, by an equal name", "template", ALWAYS, (stack, instanceType) => {
    template(stack, { name: "web", imageId: ARM_AMI, instanceType });
    stack.add("instance", "instance", { launchTemplate: { name: "web", version: "$Latest" }, instanceType: X86 }, { provider: "elsewhere" });
  });

  it("says who uses it", () => {
    const stack = new StackBuilder();
    const id = template(stack, { imageId: ARM_AMI, instanceType: X86 }).get("id");
    stack.add("group", "group", { launchTemplate: { id, version: "$Latest" } });
    assert.match(saidBy(run(stack.laterPreview()), POLICY)[0]!.message, /Used by Auto Scaling group `group`\./);
  });
});

describe(`${POLICY}: versions of a template`, () => {
  // Of an existing template, version 7 is the newest and 1 the default one.
  for (const [version, moves, wrong] of [
    ["$Latest", false, ALWAYS],
    ["$Latest", true, ALWAYS],
    ["$Default", true, ALWAYS],
    [undefined, true, ALWAYS],
    ["latestVersion", false, ALWAYS],
    ["$Default", false, ["denied", "silent", "silent"]],
    [undefined, false, ["denied", "silent", "silent"]],
    ["1", false, ["denied", "silent", "silent"]],
    ["3", false, NEVER],
    ["7", false, ["silent", "denied", "denied"]],
    ["", false, NEVER],
    ["$latest", false, NEVER],
    ["nonsense", false, NEVER],
  ] as const) {
    expect(`${version ?? "none stated"}${moves ? ", which moves along" : ""}`, "instance", wrong, (stack, instanceType) => {
      const made = template(stack, { imageId: ARM_AMI, updateDefaultVersion: moves });
      const stated = version === undefined ? {} : { version: version === "latestVersion" ? made.get("latestVersion") : version };
      stack.add("instance", "instance", { launchTemplate: { id: made.get("id"), ...stated }, instanceType });
    });
  }

  it("a new version is about to be made: its number is not known, and an old number is another version", () => {
    for (const [version, expected] of [["latestVersion", "denied"], ["7", "silent"], ["$Latest", "denied"], ["$Default", "silent"]] as const) {
      const stack = new StackBuilder();
      const made = template(stack, { imageId: ARM_AMI });
      stack.add("instance", "instance", { launchTemplate: { id: made.get("id"), version: version === "latestVersion" ? made.get(version) : version }, instanceType: X86 });
      const preview = stack.laterPreview();
      const changing = {
        ...preview,
        analyze: preview.analyze.map((each) => (each.name === "instance" && version === "latestVersion" ? { ...each, properties: { launchTemplate: { id: "lt-template-1a2b3c4", version: UNKNOWN }, instanceType: X86 } } : each)),
        analyzeStack: preview.analyzeStack!.map((each) => {
          const properties = each.properties as Record<string, unknown>;
          if (each.name === "template") {
            return { ...each, properties: { ...properties, latestVersion: UNKNOWN } };
          }
          return version === "latestVersion" ? { ...each, properties: { ...properties, launchTemplate: { id: "lt-template-1a2b3c4", version: UNKNOWN } } } : each;
        }),
      };
      assert.equal(outcome(run(changing), POLICY), expected, version);
    }
  });
});

describe(`${POLICY}: during an update`, () => {
  for (const [what, program] of [
    ["an instance", (stack: StackBuilder) => stack.add("instance", "last", { ami: ARM_AMI, instanceType: X86 })],
    ["a launch configuration", (stack: StackBuilder) => stack.add("launchConfiguration", "last", { imageId: ARM_AMI, instanceType: X86 })],
    [
      "what uses the newest version of a template by name, with a type of its own",
      (stack: StackBuilder) => {
        template(stack, { name: "web", imageId: ARM_AMI });
        stack.add("instance", "last", { launchTemplate: { name: "web", version: "$Latest" }, instanceType: X86 });
      },
    ],
  ] as const) {
    it(`denies ${what} before it is created, once`, () => {
      const stack = new StackBuilder();
      program(stack);
      const said = run(stack.update(), { goesOn: true });
      assert.deepEqual(said.map(({ phase, urn }) => [phase, urn.split("::").at(-1)]), [["resource", "last"]]);
    });
  }

  for (const [what, version] of [["the default version", "$Default"], ["a numbered version", "7"]] as const) {
    it(`waits for the stack with ${what}: which one it is, is not told before`, () => {
      const stack = new StackBuilder();
      template(stack, { name: "web", imageId: ARM_AMI, updateDefaultVersion: true });
      stack.add("instance", "instance", { launchTemplate: { name: "web", version }, instanceType: X86 });
      assert.deepEqual(run(stack.update()).map(({ phase }) => phase), ["stack"]);
    });
  }

  it("waits for the stack with a template by itself: a group may replace its type", () => {
    const stack = new StackBuilder();
    const made = template(stack, { imageId: ARM_AMI, instanceType: X86 });
    assert.deepEqual(run(stack.update()).map(({ phase }) => phase), ["stack"]);
    stack.add("group", "group", overridden(made, [{ instanceType: GRAVITON }]));
    assert.deepEqual(run(stack.update()), []);
  });
});

describe(`${POLICY}: declared facts`, () => {
  const declared = (settings: Inputs): RunOptions => ({ config: { "cpu-architecture-settings": { ...settings, unused: "ignore" } } });

  expect("an AMI by id", "instance", ALWAYS, (stack, instanceType) => stack.add("instance", "instance", { ami: "ami-0abc", instanceType }), declared({ amis: [{ id: "ami-0abc", architecture: "arm64" }] }));
  expect("an AMI by pattern", "instance", ALWAYS, (stack, instanceType) => stack.add("instance", "instance", { ami: "ami-0abc", instanceType }), declared({ amis: [{ id: "ami-*", architecture: "arm64" }] }));
  expect("an AMI by parameter path, over what its name suggests", "instance", ALWAYS, (stack, instanceType) => stack.add("instance", "instance", { ami: OWN_ARM_AMI, instanceType }), declared({ amis: [{ id: "/golden/*", architecture: "arm64" }] }));
  expect("the first pattern that matches", "", NEVER, (stack, instanceType) => {
    stack.add("instance", "instance", { ami: instanceType === X86 ? "ami-0abc" : "ami-1abc", instanceType });
  }, declared({ amis: [{ id: "ami-0*", architecture: "x86_64" }, { id: "ami-*", architecture: "arm64" }] }));
  expect("an AMI that is not the one declared", "", NEVER, (stack, instanceType) => stack.add("instance", "instance", { ami: "ami-0abc", instanceType }), declared({ amis: [{ id: "ami-1*", architecture: "arm64" }] }));

  it("a type that nobody has heard of", () => {
    const stack = new StackBuilder();
    stack.add("instance", "instance", { ami: ARM_AMI, instanceType: "q9z.large" });
    for (const [architectures, expected] of [[["x86_64"], "denied"], [["arm64"], "silent"], [["x86_64", "arm64"], "silent"], ["x86_64", "denied"]] as const) {
      assert.equal(outcome(run(stack.laterPreview(), declared({ instanceTypes: [{ type: "q9z.*", architectures }] })), POLICY), expected);
    }
  });
});

describe(`${POLICY}: what could not be determined`, () => {
  for (const [what, program, expected] of [
    ["an AMI id", (stack: StackBuilder) => stack.add("instance", "it", { ami: "ami-0abc", instanceType: X86 }), /its AMI, because an AMI id alone does not tell.*declare the AMI/],
    ["an unheard-of type", (stack: StackBuilder) => stack.add("instance", "it", { ami: ARM_AMI, instanceType: "q9z.large" }), /its instance types, because this instance type is not known here.*`instanceTypes`/],
    ["a foreign template", (stack: StackBuilder) => stack.add("group", "it", { launchTemplate: { id: "lt-elsewhere", version: "$Latest" } }), /its launch template is not part of this stack/],
    ["an old version", (stack: StackBuilder) => { stack.add("instance", "it", { launchTemplate: { id: template(stack, { imageId: ARM_AMI, instanceType: GRAVITON }).get("id"), version: "3" } }); }, /a version of its launch template that the stack does not describe/],
    ["a computed policy", (stack: StackBuilder) => stack.add("group", "it", { mixedInstancesPolicy: outside().value }), /its AMI and instance types, because it is computed/],
  ] as const) {
    it(`lists ${what}`, () => {
      const stack = new StackBuilder();
      program(stack);
      const said = saidBy(run(stack.laterPreview(), listingAll()), "architecture-undetermined");
      assert.deepEqual(said.map(({ urn }) => urn.split("::").at(-1)), ["it"]);
      assert.match(said[0]!.message, expected);
    });
  }
});
