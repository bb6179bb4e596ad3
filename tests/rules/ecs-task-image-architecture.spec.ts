import assert from "node:assert/strict";
import { denials, listingAll, outcome, run, saidBy, type Outcome } from "../support/in-process";
import { json, OPERATIONS, outside, StackBuilder, text, type Inputs, type Made, type Value } from "../support/stack-builder";
import { imageDigest } from "../support/values";

const POLICY = "ecs-task-image-architecture";
const REGISTRY = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
const FARGATE: Inputs = { requiresCompatibilities: ["FARGATE"] };
const EC2: Inputs = { requiresCompatibilities: ["EC2"] };
const ARM64: Inputs = { runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" } };
const X86_64: Inputs = { runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "LINUX" } };

const WINDOWS_ON_ARM64: Inputs = { ...FARGATE, runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "WINDOWS_SERVER_2022_CORE" } };

/** Builds a stack. `platform` is what the image is built for: the wrong one, and then the one that fits. */
type Program = (stack: StackBuilder, platform: string) => void;

/** At the first preview, at later previews, during an update. */
type Outcomes = readonly [Outcome, Outcome, Outcome];

function containers(...images: readonly unknown[]): Value {
  return json(images.map((image, index) => ({ name: `c${index + 1}`, image })));
}

function task(stack: StackBuilder, images: readonly unknown[], inputs: Inputs = FARGATE): Made {
  return stack.add("task", "task", { containerDefinitions: containers(...images), ...inputs });
}

function built(stack: StackBuilder, name: string, tag: unknown, platform: string | readonly string[], inputs: Inputs = {}): Made {
  return stack.add("dockerBuild", name, { platforms: typeof platform === "string" ? [platform] : platform, push: true, tags: [tag], ...inputs });
}

function docker(stack: StackBuilder, name: string, imageName: unknown, platform: string): Made {
  return stack.add("docker", name, { imageName, build: { context: ".", platform } });
}

/** A repository that the stack creates, with its URL. */
function repository(stack: StackBuilder): { made: Made; url: Value } {
  const made = stack.add("repository", "app");
  return { made, url: made.get("repositoryUrl") };
}

function expect(what: string, wrong: Outcomes, program: Program): void {
  for (const [index, operation] of OPERATIONS.entries()) {
    it(`${what}: ${operation}, ${wrong[index]}`, () => {
      const stack = new StackBuilder();
      program(stack, "linux/arm64");
      const said = run(stack[operation]());
      assert.equal(outcome(said, POLICY), wrong[index], JSON.stringify(said, undefined, 1));
      assert.deepEqual(denials(said), wrong[index] === "denied" || wrong[index] === "inferred" ? [`${POLICY} @ task`] : []);
    });
    it(`${what}: ${operation}, repaired`, () => {
      const stack = new StackBuilder();
      program(stack, "linux/amd64");
      const said = run(stack[operation](), { goesOn: true });
      assert.deepEqual(said.filter(({ policy }) => policy !== "container-image-platform-explicit"), []);
    });
  }
}

describe(`${POLICY}: Express services`, () => {
  const express = (stack: StackBuilder, image: unknown): Made => stack.add("expressService", "task", { primaryContainer: { image } });

  expect("an image of a new repository: ECS may correct the service itself", ["suspected", "suspected", "suspected"], (stack, platform) => {
    const { url } = repository(stack);
    express(stack, built(stack, "image", text`${url}:1`, platform).get("ref"));
  });
  expect("an image by its tag", ["suspected", "suspected", "suspected"], (stack, platform) => {
    built(stack, "image", `${REGISTRY}/app:1`, platform);
    express(stack, `${REGISTRY}/app:1`);
  });
});

describe(`${POLICY}: links that are seen or inferred`, () => {
  expect("docker-build, by ref", ["inferred", "denied", "inferred"], (stack, platform) => {
    const { url } = repository(stack);
    task(stack, [built(stack, "image", text`${url}:1`, platform).get("ref")]);
  });
  expect("docker-build, by repository and digest", ["inferred", "denied", "inferred"], (stack, platform) => {
    const { url } = repository(stack);
    const image = built(stack, "image", text`${url}:1`, platform);
    task(stack, [text`${url}@${image.get("digest")}`]);
  });
  expect("docker-build, only by the new repository and a tag", ["inferred", "denied", "denied"], (stack, platform) => {
    const { url } = repository(stack);
    built(stack, "image", text`${url}:1`, platform);
    task(stack, [text`${url}:1`]);
  });
  expect("docker-build, no tag in the task: latest", ["inferred", "denied", "denied"], (stack, platform) => {
    const { url } = repository(stack);
    built(stack, "image", text`${url}:latest`, platform);
    task(stack, [url]);
  });
  expect("docker-build, everything known", ["denied", "denied", "denied"], (stack, platform) => {
    built(stack, "image", `${REGISTRY}/app:1`, platform);
    task(stack, [`${REGISTRY}/app:1`]);
  });
  expect("docker-build, everything known, by ref: it builds at the preview", ["denied", "denied", "inferred"], (stack, platform) => {
    task(stack, [built(stack, "image", `${REGISTRY}/app:1`, platform).get("ref")]);
  });
  expect("docker-build that does not build at the preview, by ref", ["inferred", "denied", "inferred"], (stack, platform) => {
    task(stack, [built(stack, "image", `${REGISTRY}/app:1`, platform, { buildOnPreview: false }).get("ref")]);
  });
  expect("docker-build by exports", ["denied", "denied", "denied"], (stack, platform) => {
    stack.add("dockerBuild", "image", { platforms: [platform], exports: [{ registry: { names: [`${REGISTRY}/app:1`] } }] });
    task(stack, [`${REGISTRY}/app:1`]);
  });
  expect("docker-build with several tags", ["inferred", "denied", "denied"], (stack, platform) => {
    const { url } = repository(stack);
    built(stack, "image", "", platform, { tags: [text`${url}:latest`, text`${url}:1`] });
    task(stack, [text`${url}:1`]);
  });
  expect("docker, by imageName", ["inferred", "denied", "denied"], (stack, platform) => {
    const { url } = repository(stack);
    task(stack, [docker(stack, "image", text`${url}:1`, platform).get("imageName")]);
  });
  expect("docker, by repoDigest", ["inferred", "denied", "inferred"], (stack, platform) => {
    const { url } = repository(stack);
    task(stack, [docker(stack, "image", text`${url}:1`, platform).get("repoDigest")]);
  });
  expect("docker, everything known", ["denied", "denied", "denied"], (stack, platform) => {
    docker(stack, "image", "me/app:1", platform);
    task(stack, ["docker.io/me/app:1"]);
  });
  expect("an index, by ref", ["inferred", "denied", "inferred"], (stack, platform) => {
    const { url } = repository(stack);
    const sources = [built(stack, "image", text`${url}:one`, platform).get("ref"), built(stack, "other", text`${url}:two`, "linux/arm/v7").get("ref")];
    task(stack, [stack.add("dockerBuildIndex", "index", { sources, tag: text`${url}:1`, push: true }).get("ref")]);
  });
  expect("awsx, which has no build before its repository exists", ["silent", "denied", "inferred"], (stack, platform) => {
    const { made } = repository(stack);
    task(stack, [stack.awsxImage("img", made, { platforms: [platform] }).get("imageUri")]);
  });
  expect("a structured task definition (aws-native)", ["inferred", "denied", "denied"], (stack, platform) => {
    const { url } = repository(stack);
    built(stack, "image", text`${url}:1`, platform);
    stack.add("nativeTask", "task", { containerDefinitions: [{ name: "c1", image: text`${url}:1` }], ...FARGATE });
  });
  expect("a provider that leaves out what it cannot compute yet", ["inferred", "denied", "inferred"], (stack, platform) => {
    const { url } = repository(stack);
    const image = built(stack, "image", text`${url}:1`, platform).get("ref");
    stack.add("task", "task", { containerDefinitions: containers(image), ...FARGATE }, { dropsUnknowns: true });
  });
  expect("a provider whose configuration is not known, so it has no outputs", ["denied", "denied", "denied"], (stack, platform) => {
    stack.add("dockerBuild", "image", { platforms: [platform], push: true, tags: [`${REGISTRY}/app:1`] }, { hasNoOutputs: true });
    stack.add("task", "task", { containerDefinitions: containers(`${REGISTRY}/app:1`), ...FARGATE }, { hasNoOutputs: true });
  });
  expect("a local image that is depended on, though not pushed", ["inferred", "denied", "denied"], (stack, platform) => {
    const { url } = repository(stack);
    task(stack, [stack.add("dockerBuild", "image", { platforms: [platform], tags: [text`${url}:1`] }).get("ref")]);
  });
  expect("two images in one repository, told apart by tag once it is known", ["silent", "denied", "denied"], (stack, platform) => {
    const { url } = repository(stack);
    built(stack, "image", text`${url}:1`, platform);
    built(stack, "other", text`${url}:2`, "linux/amd64");
    task(stack, [text`${url}:1`]);
  });
  expect("two images in one repository, told apart by digest only at the end of an update", ["inferred", "denied", "denied"], (stack, platform) => {
    const { url } = repository(stack);
    const image = built(stack, "image", text`${url}:1`, platform);
    built(stack, "other", text`${url}:2`, "linux/amd64");
    task(stack, [text`${url}@${image.get("digest")}`]);
  });
  expect("a builder with an unknown destination", ["inferred", "denied", "denied"], (stack, platform) => {
    built(stack, "image", `${REGISTRY}/app:1`, platform);
    built(stack, "other", text`${stack.add("bucket", "bucket").get("id")}/app:1`, "linux/arm64");
    task(stack, [`${REGISTRY}/app:1`]);
  });
});

describe(`${POLICY}: links that are not certain`, () => {
  expect("two builders of one tag for two platforms", ["suspected", "suspected", "suspected"], (stack, platform) => {
    built(stack, "image", `${REGISTRY}/app:1`, platform);
    built(stack, "other", `${REGISTRY}/app:1`, "linux/amd64");
    task(stack, [`${REGISTRY}/app:1`]);
  });
  expect("the same repository under another tag", ["suspected", "suspected", "suspected"], (stack, platform) => {
    built(stack, "image", `${REGISTRY}/app:1`, platform);
    task(stack, [`${REGISTRY}/app:2`]);
  });
  expect("another digest of the same repository", ["suspected", "suspected", "inferred"], (stack, platform) => {
    built(stack, "image", `${REGISTRY}/app:1`, platform);
    task(stack, [`${REGISTRY}/app@${imageDigest("something else")}`]);
  });
  expect("an image that is not pushed, and that nothing depends on", ["silent", "silent", "silent"], (stack, platform) => {
    stack.add("dockerBuild", "image", { platforms: [platform], push: false, tags: ["me/app:1"] });
    stack.add("docker", "second", { imageName: "me/app:1", skipPush: true, build: { platform } });
    task(stack, ["me/app:1"]);
  });
  expect("dependsOn alone", ["silent", "silent", "silent"], (stack, platform) => {
    const image = built(stack, "image", `${REGISTRY}/app:1`, platform);
    stack.add("task", "task", { containerDefinitions: containers("nginx"), ...FARGATE }, { dependsOn: [image] });
  });
  expect("an image with a similar name elsewhere", ["silent", "silent", "silent"], (stack, platform) => {
    built(stack, "app", `${REGISTRY}/app:1`, platform);
    task(stack, ["app:1", `${REGISTRY.replace("us-east-1", "eu-west-1")}/app:1`, `${REGISTRY.replace("1111", "9999")}/app:1`, `${REGISTRY}/app2:1`]);
  });
  expect("container definitions from outside of the stack", ["silent", "silent", "silent"], (stack, platform) => {
    built(stack, "image", `${REGISTRY}/app:1`, platform);
    stack.add("task", "task", { containerDefinitions: outside().value, ...FARGATE }, { propertyDependencies: { containerDefinitions: [] } });
  });
  expect("ignoreChanges on what is not known: its value is the old one", ["silent", "denied", "inferred"], (stack, platform) => {
    const { url } = repository(stack);
    const image = built(stack, "image", text`${url}:1`, platform).get("ref");
    stack.add("task", "task", { containerDefinitions: containers(image), ...FARGATE }, { ignoreChanges: ["containerDefinitions"] });
  });
  expect("an image that is no part of this deployment", ["silent", "silent", "silent"], (stack, platform) => {
    const image = stack.add("dockerBuild", "image", { platforms: [platform], push: true, tags: [`${REGISTRY}/app:1`] }, { isUntouched: true });
    task(stack, [text`${image.get("ref")}`]);
  });
  expect("a task definition that is no part of this deployment", ["silent", "silent", "silent"], (stack, platform) => {
    built(stack, "image", `${REGISTRY}/app:1`, platform);
    stack.add("task", "task", { containerDefinitions: containers(`${REGISTRY}/app:1`), ...FARGATE }, { isUntouched: true });
  });
  expect("a docker build that is a text", ["silent", "silent", "silent"], (stack) => {
    task(stack, [stack.add("docker", "image", { imageName: "me/app:1", build: "./app" }).get("imageName")]);
  });
  expect("a computed platform", ["silent", "silent", "silent"], (stack) => {
    built(stack, "image", `${REGISTRY}/app:1`, [outside().value as unknown as string]);
    task(stack, [`${REGISTRY}/app:1`]);
  });
  expect("a platform that nobody has heard of", ["silent", "silent", "silent"], (stack) => {
    built(stack, "image", `${REGISTRY}/app:1`, "linux/quantum");
    task(stack, [`${REGISTRY}/app:1`]);
  });
});

describe(`${POLICY}: an existing repository`, () => {
  for (const [what, expected, program] of [
    ["an image by tag", "denied", (stack: StackBuilder, url: Value) => task(stack, [(built(stack, "image", text`${url}:1`, "linux/arm64"), text`${url}:1`)])],
    ["another tag of it, pushed by nobody here", "suspected", (stack: StackBuilder, url: Value) => task(stack, [(built(stack, "image", text`${url}:1`, "linux/arm64"), text`${url}:old`)])],
    [
      "unknown definitions made from it alone: it may hold other images",
      "silent",
      (stack: StackBuilder, url: Value) => {
        built(stack, "image", text`${url}:1`, "linux/arm64");
        stack.add("task", "task", { containerDefinitions: { from: url.from, at: () => "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }, ...FARGATE });
      },
    ],
    [
      "unknown definitions made from it alone, and the only image has an unknown tag there",
      "silent",
      (stack: StackBuilder, url: Value) => {
        const reference = text`${url}:${outside().value}`;
        built(stack, "image", reference, "linux/arm64");
        task(stack, [reference]);
      },
    ],
  ] as const) {
    it(`${what}: ${expected}`, () => {
      const stack = new StackBuilder();
      const { made, url } = repository(stack);
      program(stack, url);
      assert.equal(outcome(run(stack.firstPreview([made])), POLICY), expected);
    });
  }

  it("a new one with two images, of which the definitions name none: silent", () => {
    const stack = new StackBuilder();
    const { url } = repository(stack);
    built(stack, "one", text`${url}:1`, "linux/arm64");
    built(stack, "two", text`${url}:2`, "linux/arm64");
    task(stack, [text`${url}:1`]);
    assert.equal(outcome(run(stack.firstPreview()), POLICY), "silent");
  });

  it("a new one, while another build may push anywhere: silent", () => {
    const stack = new StackBuilder();
    const { url } = repository(stack);
    built(stack, "one", text`${url}:1`, "linux/arm64");
    built(stack, "two", outside().value, "linux/amd64");
    task(stack, [text`${url}:1`]);
    assert.equal(outcome(run(stack.firstPreview()), POLICY), "silent");
  });

  it("a new one, whose only image a task names itself, next to one that it pulls: only that image counts", () => {
    const stack = new StackBuilder();
    const { url } = repository(stack);
    const image = built(stack, "one", text`${url}:1`, "linux/arm64");
    task(stack, [image.get("ref"), "nginx"]);
    assert.equal(saidBy(run(stack.firstPreview()), POLICY).length, 1);
  });
});

/** Image platforms, task inputs, outcome with everything known. */
const JUDGEMENTS: readonly (readonly [string, readonly string[], Inputs, Outcome])[] = [
  ["Fargate without a platform", ["linux/amd64"], FARGATE, "silent"],
  ["Fargate without a platform", ["linux/386"], FARGATE, "silent"],
  ["Fargate without a platform", ["linux/arm64"], FARGATE, "denied"],
  ["Fargate without a platform", ["linux/arm64", "linux/amd64"], FARGATE, "silent"],
  ["Fargate without a platform", ["linux/arm64", "linux/arm/v7"], FARGATE, "denied"],
  ["Fargate without a platform", ["linux/riscv64"], FARGATE, "denied"],
  ["Fargate without a platform", ["linux/amd64/v3"], FARGATE, "suspected"],
  ["Fargate without a platform", ["windows/amd64"], FARGATE, "denied"],
  ["ARM64", ["linux/arm64"], { ...FARGATE, ...ARM64 }, "silent"],
  ["ARM64", ["linux/arm64/v8"], { ...FARGATE, ...ARM64 }, "silent"],
  ["ARM64", ["linux/aarch64"], { ...FARGATE, ...ARM64 }, "silent"],
  ["ARM64", ["linux/amd64"], { ...FARGATE, ...ARM64 }, "denied"],
  ["ARM64", ["linux/386"], { ...FARGATE, ...ARM64 }, "denied"],
  ["ARM64", ["linux/arm/v7"], { ...FARGATE, ...ARM64 }, "suspected"],
  ["ARM64", ["linux/arm64/v9"], { ...FARGATE, ...ARM64 }, "suspected"],
  ["ARM64 on EC2", ["linux/amd64"], { ...EC2, ...ARM64 }, "denied"],
  ["X86_64 on EC2", ["linux/arm64"], { ...EC2, ...X86_64 }, "denied"],
  ["X86_64, nothing else said", ["linux/arm64"], X86_64, "denied"],
  ["architecture stated, no operating system", ["linux/arm64"], { runtimePlatform: { cpuArchitecture: "X86_64" } }, "denied"],
  ["nothing said", ["linux/arm64"], {}, "silent"],
  ["EC2, nothing said", ["linux/arm64"], EC2, "silent"],
  ["EC2, nothing said", ["linux/riscv64"], EC2, "denied"],
  ["EC2, nothing said", ["windows/amd64"], EC2, "denied"],
  ["EC2 and Fargate", ["linux/arm64"], { requiresCompatibilities: ["EC2", "FARGATE"] }, "silent"],
  ["an empty list of launch types", ["linux/arm64"], { requiresCompatibilities: [] }, "silent"],
  ["Windows", ["windows/amd64"], { ...FARGATE, runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "WINDOWS_SERVER_2022_CORE" } }, "silent"],
  ["Windows", ["linux/amd64"], { ...FARGATE, runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "WINDOWS_SERVER_2022_CORE" } }, "denied"],
  ["Windows, architecture left out", ["windows/amd64"], { ...FARGATE, runtimePlatform: { operatingSystemFamily: "WINDOWS_SERVER_2022_CORE" } }, "silent"],
  ["a Windows that there is not, which another policy denies", ["linux/arm64"], WINDOWS_ON_ARM64, "silent"],
  ["a Windows that there is not, which another policy denies", ["windows/amd64"], WINDOWS_ON_ARM64, "silent"],
  ["an operating system that nobody has heard of", ["linux/arm64"], { ...FARGATE, runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "PLAN9" } }, "denied"],
  ["an operating system that nobody has heard of", ["linux/amd64"], { ...FARGATE, runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "PLAN9" } }, "silent"],
  ["an architecture that nobody has heard of", ["linux/arm64"], { ...FARGATE, runtimePlatform: { cpuArchitecture: "RISCV64" } }, "silent"],
  ["no statement about the build", [], FARGATE, "silent"],
];

describe(`${POLICY}: what fits what`, () => {
  for (const [what, platforms, inputs, expected] of JUDGEMENTS) {
    it(`${what}, image for ${platforms.join(" and ") || "nothing stated"}: ${expected}`, () => {
      for (const operation of OPERATIONS) {
        const stack = new StackBuilder();
        built(stack, "image", `${REGISTRY}/app:1`, platforms);
        task(stack, [`${REGISTRY}/app:1`], inputs);
        const said = run(stack[operation]());
        assert.equal(outcome(said, POLICY), expected, `${operation} ${JSON.stringify(said)}`);
      }
    });
  }

  for (const [what, inputs, expected] of [
    ["a Fargate service", { launchType: "FARGATE" }, "denied"],
    ["a service with a Fargate strategy", { capacityProviderStrategies: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }] }, "denied"],
    ["an EC2 service", { launchType: "EC2" }, "silent"],
    ["a service of which the launch type is not known", { launchType: outside().value }, "silent"],
    ["a service in a cluster that is elsewhere", { cluster: "elsewhere" }, "silent"],
  ] as const) {
    it(`${what} starts a task definition that says nothing: ${expected}, once the stack is known`, () => {
      for (const operation of OPERATIONS) {
        const stack = new StackBuilder();
        built(stack, "image", `${REGISTRY}/app:1`, "linux/arm64");
        const definition = task(stack, [`${REGISTRY}/app:1`], {});
        stack.add("service", "service", { taskDefinition: definition.get("arn"), ...inputs });
        const said = run(stack[operation]());
        assert.equal(outcome(said, POLICY), expected, operation);
        assert.ok(saidBy(said, POLICY).every(({ phase, message }) => phase === "stack" && message.includes("started by service `service`")));
      }
    });
  }
});

describe(`${POLICY}: several containers and images`, () => {
  function sidecar(platforms: readonly [string, string], inputs: Inputs): StackBuilder {
    const stack = new StackBuilder();
    built(stack, "web", `${REGISTRY}/web:1`, platforms[0]);
    built(stack, "proxy", `${REGISTRY}/proxy:1`, platforms[1]);
    task(stack, [`${REGISTRY}/web:1`, `${REGISTRY}/proxy:1`, "nginx", `${REGISTRY}/web:1`], inputs);
    return stack;
  }

  for (const operation of OPERATIONS) {
    it(`${operation}: only the image that does not fit is named, with every container that runs it`, () => {
      const said = saidBy(run(sidecar(["linux/arm64", "linux/amd64"], FARGATE)[operation]()), POLICY);
      assert.equal(said.length, 1);
      assert.match(said[0]!.message, /^Containers `c1` and `c4` cannot run/);
      assert.doesNotMatch(said[0]!.message, /proxy/);
    });
    it(`${operation}: two images that do not fit are two findings`, () => {
      assert.equal(saidBy(run(sidecar(["linux/arm64", "linux/arm64"], FARGATE)[operation]()), POLICY).length, 2);
    });
    it(`${operation}: images that share no platform are denied where the task asks for none`, () => {
      for (const inputs of [EC2, {}]) {
        const said = saidBy(run(sidecar(["linux/arm64", "linux/amd64"], inputs)[operation]()), POLICY);
        assert.equal(said.length, 1);
        assert.match(said[0]!.message, /`web`[\s\S]*`proxy`|`proxy`[\s\S]*`web`/);
      }
      assert.deepEqual(denials(run(sidecar(["linux/arm64", "linux/arm64"], EC2)[operation]())), []);
    });
    it(`${operation}: one image for both and one for one share a platform`, () => {
      const stack = new StackBuilder();
      built(stack, "web", `${REGISTRY}/web:1`, ["linux/amd64", "linux/arm64"]);
      built(stack, "proxy", `${REGISTRY}/proxy:1`, "linux/arm64");
      task(stack, [`${REGISTRY}/web:1`, `${REGISTRY}/proxy:1`], EC2);
      assert.deepEqual(run(stack[operation]()), []);
    });
  }

  it("two builders of one tag for one platform are two findings: both have to be repaired", () => {
    for (const operation of OPERATIONS) {
      const stack = new StackBuilder();
      built(stack, "image", `${REGISTRY}/app:1`, "linux/arm64");
      built(stack, "again", `${REGISTRY}/app:1`, "linux/arm64");
      task(stack, [`${REGISTRY}/app:1`]);
      assert.deepEqual(denials(run(stack[operation]())), [`${POLICY} @ task`, `${POLICY} @ task`]);
    }
  });

  it("two task definitions with one image are two findings, each at its own", () => {
    for (const operation of OPERATIONS) {
      const stack = new StackBuilder();
      built(stack, "image", `${REGISTRY}/app:1`, "linux/arm64");
      for (const name of ["one", "two"]) {
        stack.add("task", name, { containerDefinitions: containers(`${REGISTRY}/app:1`), ...FARGATE });
      }
      assert.deepEqual(denials(run(stack[operation](), { goesOn: true })), [`${POLICY} @ one`, `${POLICY} @ two`]);
    }
  });
});

describe(`${POLICY}: during an update`, () => {
  it("denies the task definition before it is created, and the engine stops there", () => {
    const stack = new StackBuilder();
    const { url } = repository(stack);
    const image = built(stack, "image", text`${url}:1`, "linux/arm64");
    const definition = task(stack, [image.get("ref")]);
    stack.add("service", "service", { taskDefinition: definition.get("arn"), launchType: "FARGATE" });
    const said = run(stack.update());
    assert.deepEqual(said.map(({ phase, urn }) => [phase, urn]), [["resource", definition.urn]]);
  });

  it("denies the image where it is registered second", () => {
    const stack = new StackBuilder();
    task(stack, [`${REGISTRY}/app:1`]);
    const image = built(stack, "image", `${REGISTRY}/app:1`, "linux/arm64");
    assert.deepEqual(run(stack.update()).map(({ phase, urn }) => [phase, urn]), [["resource", image.urn]]);
  });

  it("says nothing twice when the policy is advisory and the stack is analyzed as well", () => {
    const stack = new StackBuilder();
    built(stack, "image", `${REGISTRY}/app:1`, "linux/arm64");
    task(stack, [`${REGISTRY}/app:1`]);
    assert.equal(run(stack.update(), { goesOn: true }).length, 1);
  });

  it("says nothing at a resource during a preview: the stack follows", () => {
    const stack = new StackBuilder();
    built(stack, "image", `${REGISTRY}/app:1`, "linux/arm64");
    task(stack, [`${REGISTRY}/app:1`]);
    assert.deepEqual(run(stack.laterPreview()).map(({ phase }) => phase), ["stack"]);
  });

  it("waits for the stack where a component's build may follow", () => {
    const stack = new StackBuilder();
    const { made, url } = repository(stack);
    built(stack, "image", text`${url}:1`, "linux/arm64");
    stack.add("awsxImage", "img", { repositoryUrl: made.get("repositoryUrl") });
    task(stack, [text`${url}@${imageDigest("image")}`]);
    const said = saidBy(run(stack.update()), POLICY);
    assert.deepEqual(said.map(({ phase }) => phase), ["stack"]);
  });
});

describe(`${POLICY}: messages`, () => {
  it("name the component that the user wrote", () => {
    const stack = new StackBuilder();
    const { made } = repository(stack);
    task(stack, [stack.awsxImage("img", made, { platforms: ["linux/arm64"] }).get("imageUri")]);
    const [violation] = saidBy(run(stack.laterPreview()), POLICY);
    assert.match(violation!.message, /awsx ecr\.Image `img`, platform: "linux\/arm64"/);
    assert.doesNotMatch(violation!.message, /img-container/);
  });

  it("tell a platform that may be this machine's default", () => {
    const own = `linux/${process.arch === "x64" ? "amd64" : process.arch}`;
    for (const [platform, isOwn] of [["linux/amd64", own === "linux/amd64"], ["linux/arm64", own === "linux/arm64"]] as const) {
      const stack = new StackBuilder();
      docker(stack, "image", "me/app:1", platform);
      task(stack, ["me/app:1"], { ...FARGATE, ...(platform === "linux/amd64" ? ARM64 : X86_64) });
      const [violation] = saidBy(run(stack.laterPreview()), POLICY);
      assert.equal(violation!.message.includes("may be this machine's default"), isOwn);
    }
  });

  it("have at most ten lines, and both ways out", () => {
    const stack = new StackBuilder();
    built(stack, "image", `${REGISTRY}/app:1`, "linux/arm64");
    task(stack, [`${REGISTRY}/app:1`]);
    const [violation] = saidBy(run(stack.laterPreview()), POLICY);
    assert.ok(violation!.message.split("\n").length <= 10);
    assert.match(violation!.message, /platforms: \["linux\/amd64"\]/);
    assert.match(violation!.message, /cpuArchitecture: "ARM64"/);
  });
});

describe(`${POLICY}: what could not be determined`, () => {
  /** A stack, and what its listing says. */
  const LISTED: readonly (readonly [string, Program, RegExp])[] = [
    ["an image from elsewhere", (stack) => task(stack, ["nginx:1"]), /the image of container `c1`, because no resource of this stack pushes it.*declare the image under `images`/],
    ["definitions from outside", (stack) => stack.add("task", "task", { containerDefinitions: outside().value, ...FARGATE }, { propertyDependencies: { containerDefinitions: [] } }), /containers' images, because it is computed/],
    ["no definitions", (stack) => stack.add("task", "task", FARGATE), /containers' images, because it has no container definitions/],
    ["a build without a platform", (stack) => { built(stack, "image", "me/app:1", []); task(stack, ["me/app:1"]); }, /the platform of docker-build Image `image`, because it does not say.*state `platforms` there/],
    ["a build that is a text", (stack) => { stack.add("docker", "image", { imageName: "me/app:1", build: "." }); task(stack, ["me/app:1"]); }, /docker Image `image`, because `build` is a text.*state `build.platform` there/],
    ["a task that nothing starts", (stack) => { built(stack, "image", "me/app:1", "linux/arm64"); task(stack, ["me/app:1"], {}); }, /its own architecture, because nothing in this stack is known to start it.*runtimePlatform.cpuArchitecture/],
    ["an awsx image before its repository exists", (stack) => task(stack, [stack.awsxImage("img", repository(stack).made, {}).get("imageUri")]), /containers' images/],
  ];
  for (const [what, program, expected] of LISTED) {
    it(`lists ${what}, when asked to`, () => {
      const stack = new StackBuilder();
      program(stack, "linux/arm64");
      assert.deepEqual(saidBy(run(stack.firstPreview()), "architecture-undetermined"), []);
      const said = saidBy(run(stack.firstPreview(), listingAll()), "architecture-undetermined");
      assert.match(said.map(({ message }) => message).join("\n"), expected);
      assert.deepEqual(said.map(({ urn }) => urn.endsWith("::task")), [true]);
    });
  }
});

describe(`${POLICY}: a manifest of images that other commands push`, () => {
  function recipe(second: string, joining: string): StackBuilder {
    const stack = new StackBuilder();
    const arm = stack.add("command", "arm", { create: "docker buildx build --platform linux/arm64 -t me/app:arm --push ." });
    const other = stack.add("command", "other", { create: `docker buildx build --platform ${second} -t me/app:amd --push .` });
    const manifest = stack.add("command", "manifest", { create: joining }, { dependsOn: [arm, other] });
    stack.add("task", "task", { containerDefinitions: json([{ name: "web", image: "me/app:1" }]), requiresCompatibilities: ["FARGATE"] }, { dependsOn: [manifest] });
    return stack;
  }
  for (const joining of ["docker manifest create me/app:1 me/app:arm me/app:amd && docker manifest push me/app:1", "docker buildx imagetools create -t me/app:1 me/app:arm me/app:amd"]) {
    it(`${joining}: is for what they are for together`, () => {
      for (const operation of OPERATIONS) {
        assert.deepEqual(run(recipe("linux/amd64", joining)[operation](), listingAll()), []);
        const said = run(recipe("linux/arm64", joining)[operation](), { goesOn: true });
        assert.deepEqual(denials(said), [`${POLICY} @ task`], operation);
        assert.match(said[0]?.message ?? "", /command `manifest`, made from command `arm` and command `other`/);
      }
    });
  }
});

describe(`${POLICY}: a task whose architecture cannot be read`, () => {
  function running(platform: string, cpuArchitecture: unknown): StackBuilder {
    const stack = new StackBuilder();
    stack.add("dockerBuild", "image", { platforms: [platform], push: true, tags: ["me/app:1"] });
    const runtimePlatform = cpuArchitecture === undefined ? {} : { runtimePlatform: { cpuArchitecture } };
    stack.add("task", "task", { containerDefinitions: json([{ name: "web", image: "me/app:1" }]), requiresCompatibilities: ["EC2"], ...runtimePlatform });
    return stack;
  }
  for (const [platform, cpuArchitecture, expected, why] of [
    ["linux/riscv64", "RISCV64", "silent", "ECS may have learned the word since"],
    ["linux/arm64", "RISCV64", "silent", "nor is it known that it is not for that"],
    ["linux/s390x", outside().value, "silent", "whatever it will be"],
    ["linux/s390x", undefined, "denied", "no instance that ECS has runs it"],
    ["windows/amd64", "RISCV64", "denied", "the operating system is known"],
  ] as const) {
    it(`${platform} on ${typeof cpuArchitecture === "string" ? cpuArchitecture : cpuArchitecture === undefined ? "none" : "an unknown one"}: ${expected}, ${why}`, () => {
      assert.equal(outcome(run(running(platform, cpuArchitecture).laterPreview()), POLICY), expected);
    });
  }
});
