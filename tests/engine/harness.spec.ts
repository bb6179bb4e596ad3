import assert from "node:assert/strict";
import path from "node:path";
import { describeEngine, stack } from "../support/engine";
import type { Stack, StackOptions } from "../support/engine";
import { UNKNOWN, playRecording } from "../support/protocol";
import type { RecordedResource, Recording } from "../support/protocol";

const PACK = path.join(__dirname, "fixtures", "pack");
const TASK = "aws:ecs/taskDefinition:TaskDefinition";

/** A program with one task definition; `more` goes before it, `args` and `options` into it. */
function taskProgram({ more = "", args = "", options = "" } = {}): { readonly text: string } {
  return {
    text: `
      import * as aws from "@pulumi/aws";
      import * as build from "@pulumi/docker-build";
      import * as docker from "@pulumi/docker";
      import * as pulumi from "@pulumi/pulumi";
      ${more}
      new aws.ecs.TaskDefinition("task", {
        family: "web", cpu: "256", memory: "512", requiresCompatibilities: ["FARGATE"], networkMode: "awsvpc",
        containerDefinitions: JSON.stringify([{ name: "web", image: "nginx" }]),
        ${args}
      }, { ${options} });`,
  };
}

function sent(resources: readonly RecordedResource[] | undefined, type: string): RecordedResource {
  const found = (resources ?? []).filter((resource) => resource.type === type);
  assert.equal(found.length, 1, `one ${type} is sent`);
  return found[0]!;
}

describeEngine("the engine harness", function () {
  const stacks: Stack[] = [];
  const make = async (options: StackOptions): Promise<Stack> => {
    const made = await stack(options);
    stacks.push(made);
    return made;
  };
  afterEach(() => {
    for (const made of stacks.splice(0)) {
      made.stop();
    }
  });

  it("previews a program and passes it", async () => {
    const s = await make({ program: taskProgram(), pack: PACK });
    const result = await s.preview();
    assert.equal(result.exitCode, 0, result.stdout + result.stderr);
    assert.deepEqual(
      result.violations.map(({ level, policy, resourceName }) => ({ level, policy, resourceName })),
      [{ level: "advisory", policy: "task-noticed", resourceName: "task" }],
    );
    assert.ok(!result.resources.some(({ type }) => type === TASK), "a preview makes nothing");
  });

  it("reports a mandatory violation of a stack, and up stops before the update", async () => {
    const s = await make({ program: taskProgram({ args: `family: "forbidden",` }), pack: PACK });
    for (const result of [await s.preview(), await s.up()]) {
      assert.notEqual(result.exitCode, 0);
      const denied = result.violations.filter(({ level }) => level === "mandatory");
      assert.deepEqual(denied.map(({ policy, resourceName, urn }) => ({ policy, resourceName, urn })), [
        { policy: "family-forbidden", resourceName: "task", urn: `urn:pulumi:test::app::${TASK}::task` },
      ]);
      assert.match(denied[0]!.message, /the family is forbidden$/);
      assert.match(result.stdout, /the family is forbidden/);
      assert.ok(!result.resources.some(({ type }) => type === TASK));
    }
  });

  it("hands the pack its configuration", async () => {
    const s = await make({ program: taskProgram(), pack: PACK, config: { "family-forbidden": { family: "web" }, "task-noticed": "disabled" } });
    const result = await s.preview();
    assert.notEqual(result.exitCode, 0);
    assert.deepEqual(result.violations.map(({ policy }) => policy), ["family-forbidden"]);
  });

  it("with up --skip-preview, a resource policy stops one resource and a stack policy comes too late", async () => {
    const small = await make({ program: taskProgram({ args: `cpu: "64",` }), pack: PACK });
    const stopped = await small.up({ skipPreview: true });
    assert.notEqual(stopped.exitCode, 0);
    assert.ok(!stopped.resources.some(({ type }) => type === TASK));
    const forbidden = await make({ program: taskProgram({ args: `family: "forbidden",` }), pack: PACK });
    const late = await forbidden.up({ skipPreview: true });
    assert.notEqual(late.exitCode, 0);
    assert.ok(late.resources.some(({ type }) => type === TASK));
  });

  it("keeps the state between runs, and analyzes it", async () => {
    const s = await make({ program: taskProgram(), pack: PACK });
    const up = await s.up();
    assert.equal(up.exitCode, 0, up.stdout + up.stderr);
    assert.equal(up.resources.find(({ type }) => type === TASK)?.outputs.arn, "arn:aws:ecs:us-east-1:123456789012:task-definition/web:1");
    assert.match((await s.preview()).stdout, /unchanged/);
    const analyzed = await s.policyAnalyze();
    assert.equal(analyzed.exitCode, 0, analyzed.stderr);
    assert.deepEqual(analyzed.violations.map(({ policy, resourceName }) => `${policy} ${resourceName}`), ["task-noticed task"]);
    s.setProgram(taskProgram({ args: `family: "forbidden",` }));
    assert.notEqual((await s.preview()).exitCode, 0, "a changed program is previewed against the state");
  });

  it("runs with no account, login or Docker of the caller's", async () => {
    process.env.AWS_PROFILE = "mine";
    process.env.DOCKER_HOST = "tcp://mine";
    try {
      const text = `import * as pulumi from "@pulumi/pulumi";
        export const seen = Object.keys(process.env).filter((name) => /^(AWS_|DOCKER_|PULUMI_ACCESS_TOKEN)/.test(name)).join();
        export const region = new pulumi.Config("aws").require("region");`;
      const s = await make({ program: { text }, stackConfig: { "aws:region": "eu-west-1" } });
      const result = await s.up();
      assert.deepEqual(result.resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs, { seen: "", region: "eu-west-1" });
    } finally {
      delete process.env.AWS_PROFILE;
      delete process.env.DOCKER_HOST;
    }
  });

  it("honors --target and ignoreChanges", async () => {
    const two = (image: string): { readonly text: string } =>
      taskProgram({
        more: `new aws.ecr.Repository("other");`,
        args: `containerDefinitions: JSON.stringify([{ name: "web", image: "${image}" }]),`,
        options: `ignoreChanges: ["containerDefinitions"]`,
      });
    const s = await make({ program: two("nginx"), pack: PACK });
    const targeted = await s.up({ target: [`urn:pulumi:test::app::${TASK}::task`] });
    assert.equal(targeted.exitCode, 0, targeted.stdout + targeted.stderr);
    assert.deepEqual(targeted.resources.filter(({ type }) => type.startsWith("aws:")).map(({ name }) => name), ["task"]);
    s.setProgram(two("httpd"));
    const recorded = await s.record("preview");
    assert.match(String(sent(recorded.analyze, TASK).properties?.containerDefinitions), /nginx/);
    assert.deepEqual(sent(recorded.analyze, TASK).options?.ignoreChanges, ["containerDefinitions"]);
  });

  it("runs YAML programs through the official host", async () => {
    const text = [
      "resources:",
      "  repo: { type: aws:ecr:Repository }",
      "  task:",
      "    type: aws:ecs:TaskDefinition",
      "    properties: { family: forbidden, containerDefinitions: { 'fn::toJSON': [{ name: web, image: '${repo.repositoryUrl}:v1' }] } }",
    ].join("\n");
    const s = await make({ program: { text }, pack: PACK });
    const result = await s.preview();
    assert.deepEqual(result.violations.filter(({ level }) => level === "mandatory").map(({ policy }) => policy), ["family-forbidden"], result.stdout);
  });

  describe("the stand-in providers", () => {
    it("answer a first preview of AWS resources as the bridged provider does", async () => {
      const more = `
        const service = new aws.ecs.Service("service", { taskDefinition: "web" });
        const template = new aws.ec2.LaunchTemplate("template", { imageId: "ami-1" });
        new aws.autoscaling.Group("group", { minSize: 0, maxSize: 1, launchTemplate: { version: "$Latest" } });
        new aws.ec2.Ami("ami", {});`;
      const s = await make({ program: taskProgram({ more, args: "cpu: undefined, networkMode: undefined," }) });
      const { analyze, analyzeStack } = await s.record("preview");
      const given = sent(analyze, "aws:ecs/service:Service").properties!;
      const answered = sent(analyzeStack, "aws:ecs/service:Service").properties!;
      assert.ok(!("launchType" in given), "what was left out is absent in the inputs");
      assert.equal(answered.launchType, UNKNOWN, "and unknown in the outputs");
      assert.match(String(given.name), /^service-/, "auto-names are known");
      const task = sent(analyzeStack, TASK).properties!;
      assert.deepEqual([task.networkMode, task.arn, "cpu" in task, "runtimePlatform" in task], [UNKNOWN, UNKNOWN, false, false]);
      const template = sent(analyzeStack, "aws:ec2/launchTemplate:LaunchTemplate").properties!;
      assert.deepEqual([template.imageId, template.latestVersion, template.defaultVersion, "instanceType" in template], ["ami-1", UNKNOWN, UNKNOWN, false]);
      const group = sent(analyzeStack, "aws:autoscaling/group:Group").properties!;
      assert.deepEqual(group.launchTemplate, { id: UNKNOWN, name: UNKNOWN, version: "$Latest" });
      assert.equal(sent(analyze, "aws:ec2/ami:Ami").properties!.architecture, "x86_64");
    });

    it("give docker.Image its three shapes, with the platform of the building machine", async () => {
      const more = `new docker.Image("image", { imageName: "registry.example/app:v1", build: { context: "app" } });
        new docker.Image("stated", { imageName: "registry.example/app:v2", build: { context: "app", platform: "linux/amd64" } });`;
      const s = await make({ program: taskProgram({ more }), host: "linux/arm64" });
      const image = (resources: readonly RecordedResource[] | undefined, name: string): Readonly<Record<string, unknown>> =>
        resources!.find((resource) => resource.type === "docker:index/image:Image" && resource.name === name)!.properties!;
      const first = await s.record("preview");
      assert.equal((image(first.analyze, "image").build as Record<string, unknown>).platform, "linux/arm64");
      assert.equal((image(first.analyze, "stated").build as Record<string, unknown>).platform, "linux/amd64");
      assert.deepEqual(image(first.analyzeStack, "image"), image(first.analyze, "image"), "a preview echoes the inputs");
      const update = await s.record("up");
      const later = await s.record("preview");
      for (const { analyzeStack } of [update, later]) {
        const built = image(analyzeStack, "image");
        assert.deepEqual([built.platform, "build" in built, "__inputs" in built], ["linux/arm64", false, false]);
        assert.match(String(built.repoDigest), /^registry\.example\/app@sha256:[0-9a-f]{64}$/);
      }
    });

    it("build docker-build.Image at the preview when everything is known", async () => {
      const more = `const repo = new aws.ecr.Repository("repo");
        new build.Image("known", { tags: ["registry.example/app:v1"], push: true, context: { location: "app" } });
        new build.Image("unknown", { tags: [repo.repositoryUrl], push: true, context: { location: "app" } });`;
      const s = await make({ program: taskProgram({ more }) });
      const { analyzeStack } = await s.record("preview");
      const images = analyzeStack!.filter(({ type }) => type === "docker-build:index:Image");
      assert.match(String(images.find(({ name }) => name === "known")!.properties!.ref), /^registry\.example\/app:v1@sha256:/);
      assert.equal(images.find(({ name }) => name === "unknown")!.properties!.ref, UNKNOWN);
      assert.ok(images.every(({ properties }) => !("platforms" in properties!)));
      assert.deepEqual(images.find(({ name }) => name === "unknown")!.propertyDependencies, { tags: ["urn:pulumi:test::app::aws:ecr/repository:Repository::repo"] });
    });

    for (const [what, program, message] of [
      ["a misspelt architecture", taskProgram({ args: `runtimePlatform: { cpuArchitecture: "arm64" },` }), /expected runtimePlatform.cpuArchitecture to be one of/],
      ["containers that are no JSON", taskProgram({ args: `containerDefinitions: "[",` }), /container_definitions is invalid/],
      ["a malformed platform", taskProgram({ more: `new build.Image("i", { push: false, context: { location: "app" }, platforms: ["linux/*" as any] });` }), /wildcards not yet supported/],
      ["a missing Dockerfile", taskProgram({ more: `new docker.Image("i", { imageName: "r.example/a:v1", build: { context: "nowhere" } });` }), /could not open dockerfile/],
    ] as const) {
      it(`refuse ${what}, as the real provider's Check does`, async () => {
        const result = await (await make({ program })).preview();
        assert.notEqual(result.exitCode, 0);
        assert.match(result.stdout, message);
      });
    }

    it("accept what the real docker-build accepts, also a platform nobody has heard of", async () => {
      const more = `new build.Image("i", { push: false, context: { location: "app" }, platforms: ["linux/abacus" as any, "linux/arm64/v8" as any] });`;
      assert.equal((await (await make({ program: taskProgram({ more }) })).preview()).exitCode, 0);
    });

    it("read what exists outside of the stack, and answer functions", async () => {
      const more = `const found = aws.ec2.getAmiOutput({ owners: ["amazon"], mostRecent: true, filters: [{ name: "architecture", values: ["arm64"] }] });
        const template = aws.ec2.LaunchTemplate.get("there", "lt-1234567890");
        export const architecture = found.architecture;
        export const id = template.id;`;
      const result = await (await make({ program: taskProgram({ more }) })).up();
      assert.deepEqual(result.resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs, { architecture: "arm64", id: "lt-1234567890" }, result.stdout);
    });

    it("make an awsx image only once its repository exists", async () => {
      const text = `
        import * as awsx from "@pulumi/awsx";
        const repo = new awsx.ecr.Repository("repo");
        const image = new awsx.ecr.Image("app", { repositoryUrl: repo.url, context: "./app", platform: "linux/arm64" });
        new awsx.ecs.FargateTaskDefinition("task", { container: { name: "web", image: image.imageUri, memory: 512 } });`;
      const s = await make({ program: { text } });
      const builds = ({ analyzeStack }: Recording): readonly RecordedResource[] => analyzeStack!.filter(({ type }) => type === "docker-build:index:Image");
      const first = await s.record("preview");
      assert.equal(builds(first).length, 0);
      const task = sent(first.analyzeStack, TASK);
      assert.equal(task.properties!.containerDefinitions, UNKNOWN);
      assert.ok(task.propertyDependencies!.containerDefinitions!.some((urn) => urn.endsWith("::awsx:ecr:Image::app")));
      for (const recorded of [await s.record("up"), await s.record("preview")]) {
        const built = builds(recorded)[0]!;
        assert.deepEqual(built.properties!.platforms, ["linux/arm64"]);
        assert.match(String(built.parent), /::awsx:ecr:Image::app$/);
        assert.match(String(sent(recorded.analyzeStack, TASK).properties!.containerDefinitions), /"image":"[^"]*\/repo-[0-9a-f]+@sha256:/);
      }
    });
  });

  it("plays a recording to the pack's process with the same result as the engine's", async () => {
    const program = taskProgram({ args: `family: "forbidden", cpu: "64",` });
    const s = await make({ program, pack: PACK });
    const seen = (list: readonly { readonly level: string; readonly policy: string; readonly urn: string }[]): string[] =>
      list.map(({ level, policy, urn }) => `${level} ${policy} ${urn}`).sort();
    const onEngine = await s.preview();
    const played = await playRecording(PACK, await s.record("preview"));
    assert.equal(played.length, 3);
    assert.deepEqual(seen(played), seen(onEngine.violations));
  });
});
