import assert from "node:assert/strict";
import * as fc from "fast-check";
import { RULES } from "../policies/catalogue";
import { isOfInterest } from "../policies/read";
import { COMPUTED, UNKNOWN_SENTINELS } from "../policies/read/raw";
import type { Rule } from "../policies/rules/rule";
import { denials, listingAll, run, saidBy, type RunOptions, type Violation } from "./support/in-process";
import type { RecordedResource, Recording } from "./support/protocol";
import { json, OPERATIONS, outside, StackBuilder, text, TYPES, type Inputs, type Made } from "./support/stack-builder";
import { UNKNOWN } from "./support/values";

const ARM_AMI = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id";
const SECRET = "hunter2-s3cr3t";
const FARGATE: Inputs = { requiresCompatibilities: ["FARGATE"] };

/** A stack in which every policy that denies has something to say, and every reader something to read. */
function everything(): StackBuilder {
  const stack = new StackBuilder();
  const repository = stack.add("repository", "app");
  const url = repository.get("repositoryUrl");
  const web = stack.add("dockerBuild", "web", { platforms: ["linux/arm64"], push: true, tags: [text`${url}:web`], context: { location: "." } });
  const api = stack.add("docker", "api", { imageName: "me/api:1", build: { context: ".", platform: "linux/arm64" } });
  stack.add("dockerBuild", "unstated", { push: true, exports: [{ registry: { names: ["me/unstated:1"] } }] });
  const index = stack.add("dockerBuildIndex", "index", { sources: [web.get("ref")], tag: "me/all:1", push: true });
  const images = [web.get("ref"), api.get("imageName"), "me/unstated:1", index.get("ref"), "nginx"];
  const container = (image: unknown, at: number): object => ({ name: `c${at}`, image, cpu: 256, environment: [{ name: "KEY", value: "value" }] });
  const task = stack.add("task", "task", {
    containerDefinitions: json(images.map(container)),
    runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "LINUX" },
    placementConstraints: [{ type: "memberOf", expression: "attribute:ecs.instance-type == m5.large" }],
    ...FARGATE,
  });
  stack.add("nativeTask", "native", { containerDefinitions: images.map(container), ...FARGATE });
  stack.add("task", "misspelled", { containerDefinitions: json([{ name: "c", image: "nginx" }]), runtimePlatform: { cpuArchitecture: "arm64" }, ...FARGATE });
  const cluster = stack.add("cluster", "cluster");
  stack.add("clusterProviders", "providers", { clusterName: cluster.get("name"), capacityProviders: ["FARGATE"], defaultCapacityProviderStrategies: [{ capacityProvider: "FARGATE", weight: 1 }] });
  stack.add("service", "service", { taskDefinition: task.get("arn"), cluster: cluster.get("arn"), desiredCount: 1, launchType: "FARGATE" });
  const template = stack.add("launchTemplate", "template", { imageId: ARM_AMI, instanceType: "m5.large", userData: "ZWNobyAx" });
  stack.add("group", "group", { launchTemplate: { id: template.get("id"), version: "$Latest" }, maxSize: 2, minSize: 0 });
  const launchTemplateSpecification = { launchTemplateId: template.get("id"), version: "$Latest" };
  stack.add("group", "mixed", { mixedInstancesPolicy: { launchTemplate: { launchTemplateSpecification, overrides: [{ instanceType: "c5.large" }, { instanceType: "c7g.large" }] } }, maxSize: 2 });
  const ami = stack.add("ami", "golden", { architecture: "arm64" });
  stack.add("amiCopy", "copy", { sourceAmiId: ami.get("id"), sourceAmiRegion: "us-east-1" });
  stack.add("instance", "instance", { ami: ami.get("id"), instanceType: "m5.large", launchTemplate: { name: "elsewhere" } });
  stack.add("launchConfiguration", "configuration", { imageId: ARM_AMI, instanceType: "m5.large" });
  stack.add("command", "command", { create: "docker buildx build --platform linux/arm64 -t me/command:1 --push .", environment: { A: "b" } });
  stack.awsxImage("img", repository, { platforms: ["linux/arm64"] });
  return stack;
}

/** What was said, apart from the order in which several things were said of one resource. */
function sorted(said: readonly Violation[]): string[] {
  return said.map(({ policy, level, urn, message, phase }) => JSON.stringify([policy, level, phase, urn, message])).sort();
}

function texts(said: readonly Violation[]): string {
  return said.map(({ message }) => message).join("\n");
}

function denialKeys(said: readonly Violation[]): Set<string> {
  return new Set(said.filter(({ level }) => level === "mandatory").map(({ policy, urn }) => `${policy} ${urn}`));
}

function faults(said: readonly Violation[]): Violation[] {
  return said.filter(({ message }) => message.includes("This is a fault of the policy pack"));
}

const goesOn: RunOptions = { ...listingAll(), goesOn: true };

describe("the stack of these tests", () => {
  for (const operation of OPERATIONS) {
    it(`has something for every policy to say: ${operation}`, () => {
      const said = run(everything()[operation](), goesOn);
      for (const policy of ["ecs-task-image-architecture", "ec2-ami-instance-type-architecture", "ecs-task-runtime-platform-valid", "container-image-platform-explicit", "architecture-undetermined"]) {
        assert.ok(saidBy(said, policy).length > 0, `${policy}\n${texts(said)}`);
      }
      assert.deepEqual(faults(said), []);
    });
    it(`says each thing once: ${operation}`, () => {
      const said = run(everything()[operation](), goesOn).map(({ policy, urn, message }) => `${policy} ${urn} ${message}`);
      assert.deepEqual(said.filter((each, index) => said.indexOf(each) !== index), []);
    });
  }
});

/** Values that `containerDefinitions` must not have. */
const BAD_DEFINITIONS: readonly (readonly [string, unknown])[] = [
  ["a text that is no JSON", "{{containers}}"],
  ["an empty text", ""],
  ["half of a list", '[{"name":"web","image":"me/app:1"}'],
  ["a JSON null", "null"],
  ["a JSON number", "7"],
  ["a JSON text", '"me/app:1"'],
  ["a JSON object", '{"name":"web","image":"me/app:1"}'],
  ["a list of null", "[null]"],
  ["a list of numbers", "[1,2]"],
  ["a list of texts", '["me/app:1"]'],
  ["a list of lists", '[[{"image":"me/app:1"}]]'],
  ["a container without an image", '[{"name":"web"}]'],
  ["a container without anything", "[{}]"],
  ["an image that is null", '[{"name":"web","image":null}]'],
  ["an image that is a number", '[{"name":"web","image":5}]'],
  ["an image that is an object", '[{"name":"web","image":{"a":1}}]'],
  ["an image that is a list", '[{"name":"web","image":["me/app:1"]}]'],
  ["an image that is empty", '[{"name":"web","image":""}]'],
  ["an image that is no reference", '[{"name":"web","image":"not an image!"}]'],
  ["a name that is a number", '[{"name":7,"image":"nginx"}]'],
  ["a name that is an object", '[{"name":{},"image":"nginx"}]'],
  ["keys of every object", '[{"__proto__":{"image":"me/app:1"},"constructor":"me/app:1"}]'],
  ["a megabyte of text", "x".repeat(1_000_000)],
  ["a megabyte of brackets", "[".repeat(1_000_000)],
  ["a megabyte of image", JSON.stringify([{ name: "web", image: "a".repeat(1_000_000) }])],
  ["a megabyte of name", JSON.stringify([{ name: "a".repeat(1_000_000), image: "nginx" }])],
  ["a number", 7],
  ["true", true],
  ["null", null],
  ["nothing", undefined],
  ["an object", { name: "web", image: "me/app:1" }],
];

describe("malformed container definitions", () => {
  for (const [what, definitions] of BAD_DEFINITIONS) {
    for (const operation of OPERATIONS) {
      it(`${what}, made from an image that does not fit: no exception, no denial, listed; ${operation}`, () => {
        const stack = new StackBuilder();
        const image = stack.add("dockerBuild", "image", { platforms: ["linux/arm64"], push: true, tags: ["me/app:1"] });
        const inputs = definitions === undefined ? {} : { containerDefinitions: definitions };
        stack.add("task", "task", { ...inputs, ...FARGATE }, definitions === undefined || definitions === null ? {} : { propertyDependencies: { containerDefinitions: [image.urn] } });
        const said = run(stack[operation](), goesOn);
        assert.deepEqual(faults(said), []);
        assert.deepEqual(denials(said), []);
        assert.ok(saidBy(said, "architecture-undetermined").some(({ urn }) => urn.endsWith("::task")), "listed");
        assert.ok(said.every(({ message }) => message.length < 5000));
      });
    }
  }

  it("one bad container hides no good one", () => {
    const stack = new StackBuilder();
    stack.add("dockerBuild", "image", { platforms: ["linux/arm64"], push: true, tags: ["me/app:1"] });
    stack.add("task", "task", { containerDefinitions: JSON.stringify([null, 5, {}, { image: 7 }, { name: "web", image: "me/app:1" }]), ...FARGATE });
    for (const operation of OPERATIONS) {
      assert.deepEqual(denials(run(stack[operation]())), ["ecs-task-image-architecture @ task"]);
    }
  });
});

type Path = readonly (string | number)[];

function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== "object" || value === null) {
    return at.length === 0 ? [] : [at];
  }
  const below = Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...at, Array.isArray(value) ? Number(key) : key]));
  return at.length === 0 ? below : [at, ...below];
}

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) {
    return by;
  }
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => (index === key ? replaced(item, rest, by) : item));
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, name === key ? replaced(inner, rest, by) : inner]));
}

type Where = "analyze" | "analyzeStack";

/** The recording with a value at a path of one resource, in its inputs, its outputs, or both. */
function withValue(recording: Recording, urn: string, path: Path, by: unknown, where: readonly Where[]): Recording {
  const change = (resources: readonly RecordedResource[], which: Where): readonly RecordedResource[] =>
    resources.map((each) => (each.urn === urn && where.includes(which) ? { ...each, properties: replaced(each.properties, path, by) as Inputs } : each));
  return { ...recording, analyze: change(recording.analyze, "analyze"), analyzeStack: change(recording.analyzeStack ?? [], "analyzeStack") };
}

/** Every property of every resource that is read, at any depth. */
function places(recording: Recording): { urn: string; path: Path }[] {
  const all = [...recording.analyze, ...(recording.analyzeStack ?? [])].filter(({ type }) => isOfInterest(type));
  const found = all.flatMap(({ urn = "", properties }) => pathsOf(properties).map((path) => ({ urn, path })));
  return [...new Map(found.map((place) => [JSON.stringify(place), place])).values()];
}

const WHERE: readonly (readonly Where[])[] = [["analyze", "analyzeStack"], ["analyze"], ["analyzeStack"]];

/** Properties of which the unknown may bring in an inference. */
const INFERRING = /^(containerDefinitions|tags|imageName|tag|exports)$/;

describe("unknown values (law 2)", () => {
  for (const operation of OPERATIONS) {
    for (const where of WHERE) {
      it(`at every property of every resource, in ${where.join(" and ")}, deny nothing new: ${operation}`, () => {
        const recording = everything()[operation]();
        const before = denialKeys(run(recording, goesOn));
        const all = places(recording);
        assert.ok(all.length > 100);
        for (const { urn, path } of all) {
          const said = run(withValue(recording, urn, path, UNKNOWN, where), goesOn);
          assert.deepEqual(faults(said), []);
          const added = said.filter(({ level, policy, urn: at, message }) => {
            const isNew = level === "mandatory" && !before.has(`${policy} ${at}`);
            return isNew && !(INFERRING.test(String(path[0])) && message.includes("\nInferred: "));
          });
          assert.deepEqual(added, [], `${urn} ${path.join(".")}`);
        }
      }).timeout(60_000);
    }
  }

  it("of every kind are the same unknown", () => {
    const recording = everything().laterPreview();
    for (const { urn, path } of places(recording).filter((_place, index) => index % 7 === 0)) {
      const [first, ...others] = UNKNOWN_SENTINELS.map((sentinel) => sorted(run(withValue(recording, urn, path, sentinel, WHERE[0]!), goesOn)));
      for (const other of others) {
        assert.deepEqual(other, first, `${urn} ${path.join(".")}`);
      }
    }
  }).timeout(60_000);
});

/** Values of every wrong type. */
const WRONG: readonly unknown[] = [null, 0, -1, 1e308, true, "", "x", "\u0000", [], [[]], [null], {}, { a: 1 }, { __proto__: null, constructor: 1 }, "x".repeat(100_000)];

describe("values of wrong types", () => {
  for (const operation of OPERATIONS) {
    it(`at every property of every resource: no fault; ${operation}`, () => {
      const recording = everything()[operation]();
      for (const [number, { urn, path }] of places(recording).entries()) {
        for (const wrong of WRONG.filter((_value, index) => (index + number) % 3 === 0)) {
          assert.deepEqual(faults(run(withValue(recording, urn, path, wrong, WHERE[0]!), goesOn)), [], `${urn} ${path.join(".")} ${JSON.stringify(wrong).slice(0, 50)}`);
        }
      }
    }).timeout(120_000);
  }

  it("for every type that is read, with any properties at all: no fault", () => {
    const types = [...Object.values(TYPES).map(({ token }) => token), "aws:ecs/taskSet:TaskSet", "aws:cloudwatch/eventTarget:EventTarget", "aws-native:events:Rule", "aws:scheduler/schedule:Schedule", "aws:pipes/pipe:Pipe", "aws-native:ecs:Cluster", "aws:ecs/capacityProvider:CapacityProvider", "aws-native:ec2:LaunchTemplate", "aws:ec2/fleet:Fleet", "aws:ec2/spotFleetRequest:SpotFleetRequest", "aws:eks/nodeGroup:NodeGroup", "aws:ec2/spotInstanceRequest:SpotInstanceRequest"].filter(isOfInterest);
    const keys = [...new Set(places(everything().update()).flatMap(({ path }) => path.filter((key) => typeof key === "string")))];
    const more = ["launchTemplateConfigs", "overrides", "targets", "ecsParameters", "ecsTarget", "target", "targetParameters", "ecsTaskParameters", "instanceRequirements", "cpuManufacturers", "managedInstancesProvider", "autoScalingGroupProvider", "launchTemplateData", "instanceTypes", "launchSpecifications", "region", "__proto__"];
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ depthSize: "small" }, fc.constantFrom(UNKNOWN, "a", "", "linux/arm64", 5, null, true, ARM_AMI, "m5.large"), fc.array(tie("tree"), { maxLength: 3 }), fc.dictionary(fc.constantFrom(...keys, ...more), tie("tree"), { maxKeys: 4 })),
    }));
    const resource = fc.record({ type: fc.constantFrom(...types), properties: fc.dictionary(fc.constantFrom(...keys, ...more), tree, { maxKeys: 8 }) });
    fc.assert(
      fc.property(fc.array(resource, { minLength: 1, maxLength: 5 }), fc.boolean(), (resources, dryRun) => {
        const all = resources.map((each, index) => ({ ...each, name: `r${index}`, urn: `urn:pulumi:test::app::${each.type}::r${index}` })) as RecordedResource[];
        const said = run({ stack: { stack: "test", project: "app", organization: "o", dryRun }, analyze: all, analyzeStack: all }, goesOn);
        assert.deepEqual(faults(said), []);
      }),
      { numRuns: 500 },
    );
  }).timeout(60_000);

  it("getters among the properties are never run", () => {
    let calls = 0;
    const trap = Object.defineProperty({}, "containerDefinitions", {
      enumerable: true,
      get: () => {
        calls += 1;
        return "[]";
      },
    });
    for (const operation of OPERATIONS) {
      const said = run(everything()[operation](), { ...goesOn, properties: ({ name }) => (name === "task" ? trap : undefined) });
      assert.deepEqual(faults(said), []);
      assert.ok(said.length > 0);
    }
    assert.equal(calls, 0);
  });
});

describe("order and strangers (law 3)", () => {
  for (const operation of OPERATIONS) {
    it(`the order in which the engine sends the stack changes nothing: ${operation}`, () => {
      const recording = everything()[operation]();
      const expected = sorted(run(recording, goesOn));
      fc.assert(
        fc.property(fc.shuffledSubarray([...recording.analyzeStack!], { minLength: recording.analyzeStack!.length }), fc.integer(), (shuffled, seed) => {
          const turned = shuffled.map((each) => ({
            ...each,
            dependencies: [...(each.dependencies ?? [])].reverse(),
            propertyDependencies: Object.fromEntries(Object.entries(each.propertyDependencies ?? {}).map(([key, urns]) => [key, seed % 2 === 0 ? [...urns].reverse() : urns]).reverse()),
            properties: Object.fromEntries(Object.entries(each.properties ?? {}).reverse()),
          }));
          assert.deepEqual(sorted(run({ ...recording, analyzeStack: turned }, goesOn)), expected);
        }),
        { numRuns: 40 },
      );
    }).timeout(30_000);

    it(`messages come sorted by resource within each policy: ${operation}`, () => {
      const said = run(everything()[operation](), goesOn).filter(({ phase }) => phase === "stack");
      for (const policy of new Set(said.map((each) => each.policy))) {
        const urns = saidBy(said, policy).map(({ urn }) => urn);
        assert.deepEqual(urns, [...urns].sort(), policy);
      }
    });

    it(`three images that share no platform are told alike in every order: ${operation}`, () => {
      const stack = new StackBuilder();
      const url = stack.add("repository", "app").get("repositoryUrl");
      const images = ["linux/amd64", "linux/arm64", "linux/riscv64", "linux/arm64"].map((platform, index) => stack.add("dockerBuild", `image${index}`, { platforms: [platform], push: true, tags: [text`${url}:${index}`] }).get("ref"));
      stack.add("task", "task", { containerDefinitions: json(images.map((image, index) => ({ name: `c${index}`, image }))) });
      const recording = stack[operation]();
      const expected = sorted(run(recording, { goesOn: true }));
      for (const turn of [1, 2, 3, 4]) {
        const turned = recording.analyzeStack!.map((each) => ({
          ...each,
          propertyDependencies: Object.fromEntries(Object.entries(each.propertyDependencies ?? {}).map(([key, urns]) => [key, [...urns.slice(turn), ...urns.slice(0, turn)]])),
        }));
        assert.deepEqual(sorted(run({ ...recording, analyzeStack: [...turned].reverse() }, { goesOn: true })), expected);
      }
    });

    it(`unrelated resources change nothing: ${operation}`, () => {
      const recording = everything()[operation]();
      const strangers = new StackBuilder();
      strangers.add("bucket", "stranger");
      strangers.add("repository", "stranger");
      strangers.add("dockerBuild", "stranger", { platforms: ["linux/arm64"], push: true, tags: ["somebody/else:1"] });
      strangers.add("task", "stranger", { containerDefinitions: json([{ name: "c", image: "somebody/else:1" }]), runtimePlatform: { cpuArchitecture: "ARM64" }, ...FARGATE });
      strangers.add("instance", "stranger", { ami: ARM_AMI, instanceType: "m7g.large" });
      strangers.add("launchTemplate", "stranger", { imageId: ARM_AMI, instanceType: "m7g.large" });
      strangers.add("cluster", "stranger");
      const more = strangers[operation]();
      const both = (first: Recording, second: Recording): Recording => ({ ...first, analyze: [...first.analyze, ...second.analyze], analyzeStack: [...first.analyzeStack!, ...second.analyzeStack!] });
      const expected = sorted(run(recording, { goesOn: true }));
      assert.deepEqual(sorted(run(both(recording, more), { goesOn: true })), expected);
      assert.deepEqual(sorted(run(both(more, recording), { goesOn: true })), expected);
    });
  }
});

describe("secrets (law 8)", () => {
  /** Secrets wherever a program may put them; the findings are made of what stands beside them. */
  function withSecrets(): StackBuilder {
    const stack = new StackBuilder();
    const url = stack.add("repository", "app").get("repositoryUrl");
    const web = stack.add("dockerBuild", "web", {
      platforms: ["linux/arm64"],
      push: true,
      tags: [text`${url}:web`],
      buildArgs: { TOKEN: SECRET },
      secrets: { npm: SECRET },
      registries: [{ address: "me.example", username: SECRET, password: SECRET }],
      exports: [{ registry: { names: ["me/app:1"] } }, { local: { dest: SECRET } }],
    });
    stack.add("docker", "api", { imageName: "me/api:1", registry: { server: "me.example", password: SECRET }, build: { context: ".", platform: "linux/arm64", args: { TOKEN: SECRET } } });
    const secretly = (image: unknown): object => ({
      name: "web",
      image,
      command: ["--token", SECRET],
      environment: [{ name: "TOKEN", value: SECRET }, { name: SECRET, value: "x" }],
      secrets: [{ name: "T", valueFrom: SECRET }],
      healthCheck: { command: [SECRET] },
      dockerLabels: { [SECRET]: SECRET },
      logConfiguration: { options: { token: SECRET } },
      repositoryCredentials: { credentialsParameter: SECRET },
      entryPoint: { wrong: SECRET },
    });
    stack.add("task", "task", { containerDefinitions: json([secretly(web.get("ref")), secretly("me/api:1"), secretly("nginx")]), ...FARGATE });
    stack.add("nativeTask", "native", { containerDefinitions: [secretly(web.get("ref")), secretly("nginx")], ...FARGATE });
    stack.add("task", "bad", { containerDefinitions: `[{"environment": "${SECRET}", broken`, ...FARGATE });
    stack.add("task", "worse", { containerDefinitions: json([secretly({ wrong: SECRET }), SECRET, { name: "x", image: `not an image ${SECRET}!` }]), ...FARGATE });
    const userData = Buffer.from(`#!/bin/bash\nexport TOKEN=${SECRET}\necho ECS_CLUSTER=web >> /etc/ecs/ecs.config\n`).toString("base64");
    stack.add("launchTemplate", "template", { imageId: ARM_AMI, instanceType: "m5.large", userData });
    stack.add("launchConfiguration", "configuration", { imageId: ARM_AMI, instanceType: "m5.large", userData: `TOKEN=${SECRET}`, userDataBase64: userData });
    stack.add("instance", "instance", { ami: ARM_AMI, instanceType: "m5.large", userData: `TOKEN=${SECRET}` });
    stack.add("group", "group", { launchTemplate: { id: SECRET, version: SECRET }, tags: [{ key: SECRET, value: SECRET }] });
    stack.add("command", "command", { create: `docker login -p ${SECRET} && docker buildx build --build-arg T=${SECRET} --platform linux/arm64 -t me/cmd:1 --push . && echo ${SECRET} | sh`, environment: { TOKEN: SECRET }, triggers: [SECRET] });
    stack.add("task", "runs", { containerDefinitions: json([secretly("me/cmd:1")]), ...FARGATE });
    stack.add("bucket", "bucket", { policy: SECRET });
    return stack;
  }

  for (const operation of OPERATIONS) {
    it(`no message has one: ${operation}`, () => {
      for (const listing of ["all", "summary"]) {
        const said = run(withSecrets()[operation](), { goesOn: true, config: { "architecture-undetermined": { listing } } });
        assert.ok(saidBy(said, "ecs-task-image-architecture").length >= 3, "there is something to say");
        assert.ok(saidBy(said, "ec2-ami-instance-type-architecture").length >= 2);
        assert.ok(!texts(said).includes(SECRET), texts(said));
        assert.deepEqual(faults(said), []);
      }
    });
  }

  it("nor when any one property is a secret of the wrong type", () => {
    const recording = everything().laterPreview();
    // Names, tags and the like are told: they are what a message is for.
    const isTold = (path: Path): boolean => /^(name|family|image|imageName|tags|tag|exports|sources|platform|platforms|cpuArchitecture|operatingSystemFamily|imageId|instanceType|version|baseImageName)$/.test(String(path.at(-1))) || path.some((key) => /^(tags|sources|names|platforms)$/.test(String(key)));
    for (const { urn, path } of places(recording)) {
      const value = isTold(path) ? { wrong: SECRET } : SECRET;
      assert.ok(!texts(run(withValue(recording, urn, path, value, WHERE[0]!), goesOn)).includes(SECRET), `${urn} ${path.join(".")}`);
    }
  }).timeout(60_000);
});

const ODD_NAMES: readonly string[] = ["", " ", "a\nb", "a\r\nb\tc", "`a`", "a::b", "$(rm -rf)", "\u001b[31mred", "naïve-Ünïcode-名前-🐳", "\u202Egnp.exe", "__proto__", "constructor", "a".repeat(10_000), "]8;;http://x\u0007", "\ud800", "%s %d", "<b>&"];

describe("odd names", () => {
  for (const name of ODD_NAMES) {
    it(`${JSON.stringify(name).slice(0, 40)}: every finding is there, on lines of bearable length`, () => {
      for (const operation of OPERATIONS) {
        const stack = new StackBuilder();
        const image = stack.add("dockerBuild", name, { platforms: ["linux/arm64"], push: true, tags: ["me/app:1"] });
        stack.add("task", name, { containerDefinitions: json([{ name, image: image.get("ref") }]), family: name, ...FARGATE });
        stack.add("launchTemplate", name, { imageId: ARM_AMI, instanceType: "m5.large" });
        const said = run(stack[operation](), goesOn);
        assert.deepEqual(faults(said), []);
        assert.equal(said.filter(({ level }) => level === "mandatory").length, 2, texts(said));
        for (const { message } of said) {
          assert.ok(message.split("\n").length <= 12, message);
          assert.ok(message.split("\n").every((line) => line.length < 1000));
          assert.doesNotMatch(message, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
        }
      }
    });
  }
});

describe("hostile shapes of a stack", () => {
  const token = TYPES.task.token;

  function resource(name: string, parts: Partial<RecordedResource> = {}): RecordedResource {
    const properties = { containerDefinitions: JSON.stringify([{ name: "c", image: "me/app:1" }]), ...FARGATE };
    return { type: token, name, urn: `urn:pulumi:test::app::${token}::${name}`, properties, ...parts };
  }

  const IMAGE = resource("image", { type: TYPES.dockerBuild.token, properties: { platforms: ["linux/arm64"], push: true, tags: ["me/app:1"] } });

  function bothPhases(...resources: RecordedResource[]): Recording[] {
    return [true, false].map((dryRun) => ({ stack: { stack: "test", project: "app", organization: "o", dryRun }, analyze: resources, analyzeStack: resources }));
  }

  for (const [what, resources] of [
    ["a parent that is not there", [resource("task", { parent: "urn:pulumi:test::app::x:y:Z::nowhere" })]],
    ["a resource that is its own parent", [resource("task", { parent: `urn:pulumi:test::app::${token}::task` })]],
    ["parents in a circle", [resource("task", { parent: "b" }), resource("b", { urn: "b", parent: "c" }), resource("c", { urn: "c", parent: `urn:pulumi:test::app::${token}::task` })]],
    ["an awsx image as its own parent", [resource("task"), resource("awsx", { type: "awsx:ecr:Image", urn: "awsx", parent: "awsx", properties: { imageUri: "me/app:1" } })]],
    ["a line of a hundred parents", [resource("task", { parent: "p0" }), ...Array.from({ length: 100 }, (_unused, index) => resource("p", { urn: `p${index}`, type: "x:y:Z", properties: {}, parent: `p${index + 1}` }))]],
    ["one URN twice, alike", [resource("task"), resource("task")]],
    ["a URN that is nonsense", [resource("task", { urn: "nonsense" })]],
    ["a URN that is empty", [resource("task", { urn: "" })]],
    ["dependencies on nothing and itself", [resource("task", { dependencies: ["nowhere", `urn:pulumi:test::app::${token}::task`], propertyDependencies: { containerDefinitions: ["nowhere", `urn:pulumi:test::app::${token}::task`], constructor: [], __proto__: [] as never } })]],
  ] as const) {
    it(`${what}: no fault, and the denial is there`, () => {
      for (const recording of bothPhases(IMAGE, ...resources)) {
        const said = run(recording, goesOn);
        assert.deepEqual(faults(said), []);
        const tasks = new Set(resources.filter(({ type }) => type === token).map(({ urn }) => urn));
        assert.equal(denials(said).length, tasks.size, texts(said));
      }
    });
  }

  it("the last of several registrations under one URN counts", () => {
    const first = resource("image", { ...IMAGE, properties: { platforms: ["linux/arm64"], push: true, tags: [UNKNOWN] } });
    const second = resource("image", { ...IMAGE, properties: { platforms: ["linux/amd64"], push: true, tags: ["me/app:1"] } });
    for (const recording of bothPhases(first, second, resource("task"))) {
      assert.deepEqual(run(recording, { goesOn: true }), []);
    }
  });

  it("an image that is registered again with known tags is no longer one that may push anywhere", () => {
    const unknownTags = resource("other", { type: IMAGE.type, properties: { platforms: ["linux/amd64"], push: true, tags: [UNKNOWN] } });
    const knownTags = resource("other", { type: IMAGE.type, properties: { platforms: ["linux/amd64"], push: true, tags: ["me/other:1"] } });
    for (const recording of bothPhases(IMAGE, unknownTags, knownTags, resource("task"))) {
      const said = run(recording, { goesOn: true });
      assert.equal(denials(said).length, 1);
      assert.doesNotMatch(texts(said), /Inferred/);
    }
  });

  it("an empty stack says nothing", () => assert.deepEqual(run({ analyze: [], analyzeStack: [] }, goesOn), []));

  it("images made from each other in a circle end", () => {
    const index = (name: string, source: string): RecordedResource => resource(name, { type: TYPES.dockerBuildIndex.token, properties: { sources: [source], tag: `me/${name}:1`, push: true } });
    for (const recording of bothPhases(index("app", "me/other:1"), index("other", "me/app:1"), resource("task"))) {
      const said = run(recording, goesOn);
      assert.deepEqual(faults(said), []);
      assert.deepEqual(denials(said), []);
    }
  });
});

describe("a fault of the pack", () => {
  const MESSAGE = `cannot read ${SECRET}`;

  function planted(where: "judge" | "judgeResource" | "both", error: () => unknown, name: Rule["name"] = "ecs-task-runtime-platform-valid"): RunOptions {
    const fail = (): never => {
      throw error();
    };
    const judging = RULES.judging.map((rule): Rule => (rule.name !== name ? rule : { ...rule, ...(where === "judgeResource" ? {} : { judge: fail }), ...(where === "judge" ? {} : { judgeResource: fail }) }));
    return { ...goesOn, rules: { ...RULES, judging } };
  }

  const ERRORS: readonly (readonly [string, () => unknown])[] = [
    ["an Error", () => new Error(MESSAGE)],
    ["a TypeError", () => new TypeError(MESSAGE)],
    ["an error whose message looks like a stack", () => new Error(`x\n    at ${SECRET} (${SECRET}:12:34)\n    at ${SECRET}:1:2`)],
    ["an error of JSON.parse", () => { try { return JSON.parse(`{"${SECRET}": ${SECRET}`) as unknown; } catch (error) { return error; } }],
    ["a text", () => MESSAGE],
    ["nothing", () => undefined],
    ["null", () => null],
    ["an object", () => ({ message: MESSAGE, stack: MESSAGE })],
    ["an error without a stack", () => Object.assign(new Error(MESSAGE), { stack: undefined })],
    ["an error whose stack is a number", () => Object.assign(new Error(MESSAGE), { stack: 7 })],
  ];

  for (const [what, error] of ERRORS) {
    for (const where of ["judge", "judgeResource", "both"] as const) {
      for (const operation of OPERATIONS) {
        it(`${what}, thrown in ${where}: said once, as advice, without its message; ${operation}`, () => {
          const said = run(everything()[operation](), planted(where, error));
          const expected = where === "judgeResource" && operation !== "update" ? 0 : 1;
          assert.equal(faults(said).length, expected, texts(faults(said)));
          for (const fault of faults(said)) {
            assert.deepEqual([fault.policy, fault.level], ["ecs-task-runtime-platform-valid", "advisory"]);
            assert.match(fault.message, /while judging ecs-task-runtime-platform-valid/);
          }
          assert.ok(!texts(said).includes(SECRET), texts(said));
        });
      }
    }
  }

  for (const { name } of RULES.judging) {
    for (const operation of OPERATIONS) {
      it(`in ${name} takes no finding of another policy with it: ${operation}`, () => {
        const others = (said: readonly Violation[]): string[] => sorted(said.filter(({ policy }) => policy !== name && policy !== "architecture-undetermined" && policy !== "architecture-suspected"));
        const without = others(run(everything()[operation](), { ...goesOn }));
        assert.deepEqual(others(run(everything()[operation](), planted("both", () => new Error(MESSAGE), name))), without);
      });
    }
  }

  for (const operation of OPERATIONS) {
    it(`in reading one resource is said once, and the rest is judged: ${operation}`, () => {
      const unreadable = new Proxy({}, {
        ownKeys: () => {
          throw new RangeError(MESSAGE);
        },
      });
      const said = run(everything()[operation](), { ...goesOn, properties: ({ name }) => (name === "misspelled" ? unreadable : undefined) });
      const expected = [...denialKeys(run(everything()[operation](), goesOn))].filter((key) => !key.endsWith("::misspelled"));
      assert.deepEqual([...denialKeys(said)].sort(), expected.sort());
      assert.ok(faults(said).length > 0);
      assert.equal(new Set(texts(faults(said)).split("\n")).size, faults(said).length);
      assert.ok(faults(said).every(({ level, message }) => level === "advisory" && message.includes("RangeError")));
      assert.ok(!texts(said).includes(SECRET));
    });
  }
});

describe("growth", () => {
  /** Seconds for each resource in a stack of `count` groups; the better of two. */
  function cost(program: (stack: StackBuilder, index: number, shared: Made) => void, count: number, operation: (typeof OPERATIONS)[number]): number {
    const stack = new StackBuilder();
    const shared = stack.add("repository", "shared");
    for (let index = 0; index < count; index += 1) {
      program(stack, index, shared);
    }
    const recording = stack[operation]();
    const times = [1, 2].map(() => {
      const start = process.cpuUsage();
      run(recording, { goesOn: true });
      const { user, system } = process.cpuUsage(start);
      return user + system;
    });
    return Math.min(...times) / recording.analyzeStack!.length;
  }

  for (const [what, perGroup, program] of [
    ["strangers", 1, (stack: StackBuilder, index: number) => stack.add("bucket", `b${index}`)],
    [
      "images with tasks and services of their own",
      4,
      (stack: StackBuilder, index: number) => {
        const url = stack.add("repository", `r${index}`).get("repositoryUrl");
        const image = stack.add("dockerBuild", `i${index}`, { platforms: ["linux/amd64"], push: true, tags: [text`${url}:1`] });
        const task = stack.add("task", `t${index}`, { containerDefinitions: json([{ name: "web", image: image.get("ref") }]), ...FARGATE });
        stack.add("service", `s${index}`, { taskDefinition: task.get("arn"), launchType: "FARGATE" });
      },
    ],
    [
      "images of one repository, with tasks that name one each",
      2,
      (stack: StackBuilder, index: number, shared: Made) => {
        const image = stack.add("dockerBuild", `i${index}`, { platforms: ["linux/amd64"], push: true, tags: [text`${shared.get("repositoryUrl")}:${index}`] });
        stack.add("task", `t${index}`, { containerDefinitions: json([{ name: "web", image: image.get("ref") }]), ...FARGATE });
      },
    ],
    [
      "templates, groups and instances",
      3,
      (stack: StackBuilder, index: number) => {
        const template = stack.add("launchTemplate", `l${index}`, { imageId: ARM_AMI, instanceType: "m7g.large" });
        stack.add("group", `g${index}`, { launchTemplate: { id: template.get("id"), version: "$Latest" } });
        stack.add("instance", `x${index}`, { ami: ARM_AMI, instanceType: "m7g.large" });
      },
    ],
  ] as const) {
    for (const operation of OPERATIONS) {
      it(`10,000 resources cost as much each as 2,500: ${what}; ${operation}`, () => {
        const [small, large] = [2500, 10_000].map((resources) => cost(program, Math.round(resources / perGroup), operation)) as [number, number];
        assert.ok(large < 3 * small, `${small.toFixed(1)} µs each, then ${large.toFixed(1)} µs`);
      }).timeout(120_000);
    }
  }
});

describe("the reason for an unknown", () => {
  it("is told in the listing", () => {
    const stack = new StackBuilder();
    stack.add("task", "task", { containerDefinitions: outside().value, ...FARGATE });
    assert.ok(texts(run(stack.laterPreview(), goesOn)).includes(COMPUTED));
  });
});
