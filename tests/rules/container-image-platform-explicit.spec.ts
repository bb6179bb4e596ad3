import assert from "node:assert/strict";
import { denials, run, saidBy } from "../support/in-process";
import { json, OPERATIONS, outside, StackBuilder, text, type Inputs, type Made } from "../support/stack-builder";

const POLICY = "container-image-platform-explicit";

function task(stack: StackBuilder, name: string, image: unknown, inputs: Inputs = { requiresCompatibilities: ["FARGATE"] }): Made {
  return stack.add("task", name, { containerDefinitions: json([{ name: "web", image }]), ...inputs });
}

function builtBy(stack: StackBuilder, inputs: Inputs): Made {
  return stack.add("dockerBuild", "image", { push: true, tags: [text`${stack.add("repository", "app").get("repositoryUrl")}:1`], ...inputs });
}

describe(POLICY, () => {
  for (const [what, inputs, isSaid] of [
    ["no platforms", {}, true],
    ["an empty list", { platforms: [] }, true],
    ["null", { platforms: null }, true],
    ["one platform", { platforms: ["linux/amd64"] }, false],
    ["platforms that are not known", { platforms: outside().value }, false],
    ["a platform that is not known", { platforms: [outside().value] }, false],
    ["a platform nobody has heard of", { platforms: ["linux/quantum"] }, false],
  ] as const) {
    for (const operation of OPERATIONS) {
      it(`docker-build with ${what}, ${operation}: ${isSaid ? "said, as advice, at the image" : "silent"}`, () => {
        const stack = new StackBuilder();
        const image = builtBy(stack, inputs);
        task(stack, "task", image.get("ref"));
        const said = run(stack[operation]());
        assert.deepEqual(said.map(({ policy, level, phase, urn }) => [policy, level, phase, urn]), isSaid ? [[POLICY, "advisory", "stack", image.urn]] : []);
      });
    }
  }

  it("is said once for all tasks that run it, and names what they ask for", () => {
    const stack = new StackBuilder();
    const image = builtBy(stack, {});
    task(stack, "one", image.get("ref"), { runtimePlatform: { cpuArchitecture: "ARM64" } });
    task(stack, "two", image.get("ref"));
    task(stack, "three", image.get("ref"), {});
    for (const operation of OPERATIONS) {
      const said = saidBy(run(stack[operation]()), POLICY);
      assert.equal(said.length, 1);
      assert.match(said[0]!.message, /task definition `one` \(ARM64\)/);
      assert.match(said[0]!.message, /task definition `two` \(X86_64\)/);
      assert.match(said[0]!.message, /Fix: build it for both, .*: platforms: \["linux\/amd64", "linux\/arm64"\]$/m);
    }
  });

  it("names the component that the user wrote, once its build is there", () => {
    const stack = new StackBuilder();
    task(stack, "task", stack.awsxImage("img", stack.add("repository", "app"), {}).get("imageUri"));
    assert.deepEqual(saidBy(run(stack.firstPreview()), POLICY), []);
    assert.match(saidBy(run(stack.laterPreview()), POLICY)[0]!.message, /^awsx ecr\.Image `img` states no platform[\s\S]*Fix: in awsx ecr\.Image `img`: platform: "linux\/amd64"$/m);
  });

  for (const [what, program] of [
    ["an image that no task runs", (stack: StackBuilder) => { builtBy(stack, {}); }],
    ["a docker image: stated and filled in look alike", (stack: StackBuilder) => { task(stack, "task", stack.add("docker", "image", { imageName: "me/app:1", build: { context: "." } }).get("imageName")); }],
    ["an image that is only possibly meant", (stack: StackBuilder) => { stack.add("dockerBuild", "image", { push: true, tags: ["me/app:1"] }); task(stack, "task", "me/app:2"); }],
  ] as const) {
    it(`is silent about ${what}`, () => {
      for (const operation of OPERATIONS) {
        const stack = new StackBuilder();
        program(stack);
        assert.deepEqual(run(stack[operation]()), []);
      }
    });
  }

  it("finds the build behind an index", () => {
    const stack = new StackBuilder();
    const image = builtBy(stack, {});
    task(stack, "task", stack.add("dockerBuildIndex", "index", { sources: [image.get("ref")], tag: "me/app:all", push: true }).get("ref"));
    for (const operation of OPERATIONS) {
      const said = run(stack[operation]());
      assert.deepEqual(denials(said), []);
      assert.deepEqual(saidBy(said, POLICY).map(({ urn }) => urn), [image.urn]);
    }
  });
});
