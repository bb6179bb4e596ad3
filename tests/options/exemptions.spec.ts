import assert from "node:assert/strict";
import { Exemptions, type Exemption } from "../../policies/options/exemptions";
import { denials, run, saidBy, type RunOptions, type Violation } from "../support/in-process";
import { json, OPERATIONS, StackBuilder } from "../support/stack-builder";

const SETTINGS = "cpu-architecture-settings";
const IMAGES = "ecs-task-image-architecture";
const LISTING = "architecture-undetermined";
const REASON = "vendor binary, tested";

type Raw = Readonly<Record<string, unknown>>;

function exempting(...exemptions: readonly Raw[]): RunOptions {
  return { config: { [SETTINGS]: { exemptions } }, goesOn: true };
}

function listed(exemption: Raw, listing: Raw = { listing: "all" }): RunOptions {
  return { config: { [SETTINGS]: { exemptions: [exemption] }, [LISTING]: listing }, goesOn: true };
}

/** Two tasks that run the same two arm64 images on X86_64: four disagreements, two at each task. */
function wrong(): StackBuilder {
  const stack = new StackBuilder();
  for (const name of ["app", "log"]) {
    stack.add("dockerBuild", `${name}-image`, { platforms: ["linux/arm64"], push: true, tags: [`me/${name}:1`] });
  }
  for (const name of ["web", "batch"]) {
    const containers = ["app", "log"].map((image) => ({ name: `${name}-${image}`, image: `me/${image}:1` }));
    stack.add("task", name, { containerDefinitions: json(containers), requiresCompatibilities: ["FARGATE"] });
  }
  return stack;
}

/** The task and the image of each denial: `web app`. */
function pairs(said: readonly Violation[]): string[] {
  return said
    .filter(({ level }) => level === "mandatory")
    .map(({ urn, message }) => `${urn.split("::").at(-1) ?? ""} ${/`(app|log)-image`/.exec(message)?.[1] ?? "?"}`)
    .sort();
}

const ALL = ["batch app", "batch log", "web app", "web log"];

/** An exemption without its reason, and the disagreements that are left. */
const COVERS: readonly (readonly [what: string, exemption: Raw, left: readonly string[]])[] = [
  ["a task by its name", { resource: "web" }, ["batch app", "batch log"]],
  ["a task by its URN", { resource: "urn:pulumi:test::app::aws:ecs/taskDefinition:TaskDefinition::web" }, ["batch app", "batch log"]],
  ["by a pattern", { resource: "w*b" }, ["batch app", "batch log"]],
  ["by the end of a URN", { resource: "*TaskDefinition::batch" }, ["web app", "web log"]],
  ["an image, wherever it runs", { resource: "log-image" }, ["batch app", "web app"]],
  ["one image of one task", { resource: "web", with: "log-image" }, ["batch app", "batch log", "web app"]],
  ["the same, the other way round", { resource: "log-image", with: "web" }, ["batch app", "batch log", "web app"]],
  ["one container of one task", { resource: "web", with: "web-app" }, ["batch app", "batch log", "web log"]],
  ["of the policy that says it", { resource: "web", policy: IMAGES }, ["batch app", "batch log"]],
  ["of another policy", { resource: "web", policy: "ecs-task-capacity-architecture" }, ALL],
  ["with something that it is not about", { resource: "web", with: "batch" }, ALL],
  ["a name must be another thing than the first", { resource: "web", with: "web" }, ALL],
  ["another name", { resource: "we" }, ALL],
  ["another case", { resource: "WEB" }, ALL],
  ["everything", { resource: "*" }, []],
];

describe("exemptions: what they cover", () => {
  for (const operation of OPERATIONS) {
    it(`nothing without one: ${operation}`, () => assert.deepEqual(pairs(run(wrong()[operation](), { goesOn: true })), ALL));
    for (const [what, exemption, left] of COVERS) {
      it(`${what}: ${operation}`, () => {
        const said = run(wrong()[operation](), exempting({ ...exemption, reason: REASON }));
        assert.deepEqual(pairs(said), left);
      });
    }
  }

  it("a resource that the user wrote, by the name of the component", () => {
    const stack = new StackBuilder();
    const component = stack.add("awsxImage", "img", {});
    const image = stack.add("dockerBuild", "77f0-container", { platforms: ["linux/arm64"], push: true, tags: ["me/app:1"] }, { parent: component });
    stack.add("task", "task", { containerDefinitions: json([{ name: "web", image: image.get("ref") }]), requiresCompatibilities: ["FARGATE"] });
    assert.equal(denials(run(stack.laterPreview())).length, 1);
    assert.deepEqual(denials(run(stack.laterPreview(), exempting({ resource: "img", reason: REASON }))), []);
  });

  it("what is only suspected, by either policy's name", () => {
    const stack = new StackBuilder();
    stack.add("dockerBuild", "image", { platforms: ["linux/arm64"], push: true, tags: ["me/app:1"] });
    stack.add("task", "task", { containerDefinitions: json([{ name: "web", image: "me/app:2" }]), requiresCompatibilities: ["FARGATE"] });
    const suspected = (policy: string): number =>
      saidBy(run(stack.laterPreview(), exempting({ resource: "task", policy, reason: REASON })), "architecture-suspected").length;
    assert.deepEqual(["architecture-suspected", IMAGES, "ec2-ami-instance-type-architecture"].map(suspected), [0, 0, 1]);
  });

  it("AMI and type, by template or by what uses it", () => {
    const stack = new StackBuilder();
    const template = stack.add("launchTemplate", "template", { imageId: "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id", instanceType: "m7g.large" });
    stack.add("group", "group", { launchTemplate: { id: template.get("id"), version: "$Latest" }, maxSize: 1 });
    assert.equal(denials(run(stack.laterPreview())).length, 1);
    for (const resource of ["template", "group"]) {
      assert.deepEqual(denials(run(stack.laterPreview(), exempting({ resource, reason: REASON }))), [], resource);
    }
    assert.deepEqual(denials(run(stack.laterPreview(), exempting({ resource: "group", with: "m7g.large", reason: REASON }))), []);
    assert.equal(denials(run(stack.laterPreview(), exempting({ resource: "group", with: "m5.large", reason: REASON }))).length, 1);
  });
});

describe("exemptions: until when", () => {
  const exemption: Exemption = { place: "exemptions[0]", resource: "web", with: undefined, policy: undefined, reason: REASON, until: "2026-11-21" };

  for (const [today, isOver] of [["2026-11-20", false], ["2026-11-21", false], ["2026-11-22", true], ["2027-01-01", true]] as const) {
    it(`the last day counts: on ${today} it is ${isOver ? "over" : "in force"}`, () => {
      assert.equal(new Exemptions([exemption], today).isOver(exemption), isOver);
      assert.equal(new Exemptions([exemption], today).isOver({ ...exemption, until: undefined }), false);
    });
  }

  for (const operation of OPERATIONS) {
    it(`one that is over exempts nothing and says so twice: at the finding, and for itself; ${operation}`, () => {
      const said = run(wrong()[operation](), exempting({ resource: "web", reason: REASON, until: "2020-02-29" }));
      assert.deepEqual(pairs(said), ALL);
      const ended = said.filter(({ message }) => message.includes("Its exemption (exemptions[0]) ended on 2020-02-29."));
      assert.deepEqual(ended.map(({ urn }) => urn.split("::").at(-1)), ["web", "web"]);
      assert.deepEqual(saidBy(said, SETTINGS).map(({ message, level }) => [level, message.split(":")[0]]), [["advisory", "An exemption has ended"]]);
    });
  }

  it("one that holds goes before one that is over", () => {
    const said = run(wrong().laterPreview(), exempting({ resource: "web", reason: REASON, until: "2020-01-01" }, { resource: "web", reason: REASON, until: "2999-12-31" }));
    assert.deepEqual(pairs(said), ["batch app", "batch log"]);
  });
});

describe("exemptions: mistakes", () => {
  const MISTAKES: readonly (readonly [exemption: unknown, problem: RegExp])[] = [
    [{ resource: "web" }, /exemptions\[0\] needs `reason`/],
    [{ resource: "web", reason: "" }, /needs `reason`/],
    [{ resource: "web", reason: "  " }, /needs `reason`/],
    [{ resource: "web", reason: 5 }, /needs `reason`/],
    [{ reason: REASON }, /needs `resource`/],
    [{ resource: ["web"], reason: REASON }, /needs `resource`/],
    ["web", /needs `resource`/],
    [null, /needs `resource`/],
    [{ resource: "web", reason: REASON, until: "tomorrow" }, /`until`: tomorrow, which is no day/],
    [{ resource: "web", reason: REASON, until: "2027-02-30" }, /`until`: 2027-02-30, which is no day/],
    [{ resource: "web", reason: REASON, until: "2027-1-1" }, /which is no day/],
    [{ resource: "web", reason: REASON, until: 2027 }, /takes `until`/],
    [{ resource: "web", reason: REASON, with: 5 }, /takes `with`/],
    [{ resource: "web", reason: REASON, policy: "ecs-task-images-architecture" }, /does not exist: ecs-task-images-architecture; did you mean ecs-task-image-architecture\?/],
    [{ resource: "web", reason: REASON, policy: "lunch" }, /does not exist: lunch\./],
  ];
  for (const [exemption, problem] of MISTAKES) {
    it(`${JSON.stringify(exemption)} exempts nothing`, () => {
      const said = run(wrong().laterPreview(), exempting(exemption as Raw));
      assert.deepEqual(pairs(said), ALL);
      assert.ok(saidBy(said, SETTINGS).some(({ message }) => problem.test(message)), JSON.stringify(saidBy(said, SETTINGS)));
    });
  }

  it("a mistake hides no other exemption", () => {
    assert.deepEqual(pairs(run(wrong().laterPreview(), exempting({ resource: "batch" }, { resource: "web", reason: REASON }))), ["batch app", "batch log"]);
  });
});

describe("exemptions: unused ones", () => {
  function unused(stack: StackBuilder, operation: (typeof OPERATIONS)[number], ...exemptions: readonly Raw[]): string[] {
    return saidBy(run(stack[operation](), exempting(...exemptions)), SETTINGS).map(({ message }) => message.split("\n")[0] ?? "");
  }

  for (const operation of OPERATIONS) {
    it(`are told, each once, with what is wrong: ${operation}`, () => {
      const texts = unused(wrong(), operation, { resource: "web", reason: REASON }, { resource: "old-*", reason: REASON }, { resource: "web", policy: "ec2-ami-instance-type-architecture", reason: REASON });
      assert.equal(texts.length, 2, texts.join("\n"));
      assert.match(texts[0]!, /exemptions\[1\].*`old-\*`, and no resource of this stack has such a name/);
      assert.match(texts[1]!, /exemptions\[2\].*`web`, and nothing is found about it/);
    });
  }

  it("one that may be needed later is not called unused", () => {
    const stack = new StackBuilder();
    stack.add("task", "web", { containerDefinitions: json([{ name: "web", image: "nginx" }]), requiresCompatibilities: ["FARGATE"] });
    assert.deepEqual(unused(stack, "firstPreview", { resource: "web", reason: REASON }), []);
    assert.equal(unused(stack, "firstPreview", { resource: "other", reason: REASON }).length, 1);
  });

  it("are not told where one configuration serves several stacks", () => {
    const options = { config: { [SETTINGS]: { exemptions: [{ resource: "old-*", reason: REASON }], unused: "ignore" } } };
    assert.deepEqual(saidBy(run(wrong().laterPreview(), options), SETTINGS), []);
  });
});

describe("exemptions: in the listing", () => {
  it("what is exempt stays visible, with reason and end", () => {
    const said = saidBy(run(wrong().laterPreview(), listed({ resource: "web", with: "app-image", reason: REASON, until: "2999-12-31" })), LISTING);
    assert.deepEqual(said.map(({ level, urn }) => [level, urn.split("::").at(-1)]), [["advisory", "web"]]);
    assert.equal(said[0]?.message, `Exempt until 2999-12-31: Container \`web-app\` cannot run: its image is built for linux/arm64, the task runs on X86_64. Reason: ${REASON}`);
  });

  it("is silent while the listing is off", () => {
    assert.deepEqual(saidBy(run(wrong().laterPreview(), listed({ resource: "*", reason: REASON }, { listing: "off" })), LISTING), []);
  });

  it("strict mode denies what is unknown, but nothing that is exempt", () => {
    const stack = new StackBuilder();
    stack.add("dockerBuild", "image", { platforms: ["linux/arm64"], push: true, tags: ["me/app:1"] });
    stack.add("task", "web", { containerDefinitions: json([{ name: "web", image: "me/app:1" }]), requiresCompatibilities: ["FARGATE"] });
    stack.add("task", "other", { containerDefinitions: json([{ name: "web", image: "nginx" }]), requiresCompatibilities: ["FARGATE"] });
    const strict = { listing: "all", enforcementLevel: "mandatory" };
    const denied = (...exemptions: Raw[]): string[] =>
      denials(run(stack.laterPreview(), { config: { [SETTINGS]: { exemptions }, [LISTING]: strict } })).map((each) => each.split(" ")[0] ?? "");
    const web = { resource: "web", reason: REASON };
    assert.deepEqual(denied(), [IMAGES, LISTING]);
    assert.deepEqual(denied(web), [LISTING]);
    assert.deepEqual(denied(web, { resource: "other", reason: REASON }), [LISTING], "only on request: an unknown is no finding");
    assert.deepEqual(denied(web, { resource: "other", policy: LISTING, reason: REASON }), []);
  });

  it("in a summary too", () => {
    const said = saidBy(run(wrong().laterPreview(), listed({ resource: "*", reason: REASON }, { listing: "summary" })), LISTING);
    assert.equal(said.filter(({ message }) => message.startsWith("Exempt: ")).length, 4);
  });
});
