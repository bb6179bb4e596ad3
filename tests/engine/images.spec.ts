import assert from "node:assert/strict";
import { describeEngine } from "../support/engine";
import { assertDenied, assertPassed, denials, judgedOnTheEngine, program, withStack } from "./judged";

const IMAGES = "ecs-task-image-architecture";
const TASK = "aws:ecs/taskDefinition:TaskDefinition";

/** A Fargate task definition without runtimePlatform, which makes it X86_64. */
function task(containers: string, more = "", options = ""): string {
  return `const task = new aws.ecs.TaskDefinition("web-task", {
    family: "web", cpu: "256", memory: "512", networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"],
    containerDefinitions: ${containers}, ${more}
  }, { ${options} });`;
}

const platform = (wrong: boolean): string => (wrong ? "linux/arm64" : "linux/amd64");

describeEngine("images × tasks on the engine", function () {
  judgedOnTheEngine({
    title: "docker Image by its name, a literal",
    policy: IMAGES,
    names: ["web-image", "web-task", "web"],
    notMade: TASK,
    program: (wrong) =>
      program(`
        const image = new docker.Image("web-image", { imageName: "registry.example.com/web:1", build: { context: "app", platform: "${platform(wrong)}" } });
        ${task(`pulumi.jsonStringify([{ name: "web", image: image.imageName }])`)}`),
  });

  judgedOnTheEngine({
    title: "docker Image by its digest",
    policy: IMAGES,
    names: ["web-image", "web-task"],
    notMade: TASK,
    program: (wrong) =>
      program(`
        const image = new docker.Image("web-image", { imageName: "registry.example.com/web:1", build: { context: "app", platform: "${platform(wrong)}" } });
        ${task(`image.repoDigest.apply((ref) => JSON.stringify([{ name: "web", image: ref }]))`)}`),
  });

  judgedOnTheEngine({
    title: "docker Image without a platform, on an arm64 machine",
    policy: IMAGES,
    names: ["web-image", "web-task"],
    notMade: TASK,
    host: "linux/arm64",
    program: (wrong) =>
      program(`
        const image = new docker.Image("web-image", { imageName: "registry.example.com/web:1", build: { context: "app"${wrong ? "" : `, platform: "linux/amd64"`} } });
        ${task(`pulumi.jsonStringify([{ name: "web", image: image.imageName }])`)}`),
  });

  judgedOnTheEngine({
    title: "docker-build Image of a new repository, by its ref",
    policy: IMAGES,
    names: ["web-image", "web-task"],
    notMade: TASK,
    program: (wrong) =>
      program(`
        const repository = new aws.ecr.Repository("web");
        const image = new build.Image("web-image", { push: true, tags: [pulumi.interpolate\`\${repository.repositoryUrl}:1\`], context: { location: "app" },
          platforms: ${wrong ? `["linux/arm64"]` : `["linux/arm64", "linux/amd64"]`} });
        ${task(`pulumi.jsonStringify([{ name: "web", image: image.ref }])`)}`),
  });

  judgedOnTheEngine({
    title: "only the new repository is named",
    policy: IMAGES,
    names: ["web-image", "web-task"],
    notMade: TASK,
    program: (wrong) =>
      program(`
        const repository = new aws.ecr.Repository("web");
        const reference = pulumi.interpolate\`\${repository.repositoryUrl}:latest\`;
        const image = new build.Image("web-image", { push: true, tags: [reference], context: { location: "app" }, platforms: ["${platform(wrong)}"] });
        ${task(`pulumi.jsonStringify([{ name: "web", image: reference }])`, "", "dependsOn: [image]")}`),
  });

  judgedOnTheEngine({
    title: "literal tags, no dependency at all",
    policy: IMAGES,
    names: ["web-image", "web-task"],
    program: (wrong) =>
      program(`
        new build.Image("web-image", { push: true, tags: ["registry.example.com/shop:web"], context: { location: "app" }, platforms: ["${platform(wrong)}"] });
        new build.Image("arm-image", { push: true, tags: ["registry.example.com/shop:arm"], context: { location: "app" }, platforms: ["linux/arm64"] });
        ${task(`JSON.stringify([{ name: "web", image: "registry.example.com/shop:web" }])`)}`),
  });

  judgedOnTheEngine({
    title: "one wrong image of three",
    policy: IMAGES,
    names: ["image-b", "web-task"],
    notMade: TASK,
    program: (wrong) =>
      program(`
        const repository = new aws.ecr.Repository("web");
        const image = (name: string, platform: any) => new build.Image("image-" + name, { push: true,
          tags: [pulumi.interpolate\`\${repository.repositoryUrl}:\${name}\`], context: { location: "app" }, platforms: [platform] });
        const a = image("a", "linux/amd64"), b = image("b", "${platform(wrong)}"), c = image("c", "linux/amd64");
        const log = new aws.cloudwatch.LogGroup("web");
        ${task(`pulumi.jsonStringify([a, b, c].map((each, index) => ({ name: "c" + index, image: each.ref,
          logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": log.name } } })))`)}`),
  });

  judgedOnTheEngine({
    title: "an image inside a component, passed on by it",
    policy: IMAGES,
    names: ["web-image", "web-task"],
    notMade: TASK,
    program: (wrong) =>
      program(`
        class Built extends pulumi.ComponentResource {
          readonly reference: pulumi.Output<string>;
          constructor(name: string) {
            super("my:image:Built", name, {});
            const repository = new aws.ecr.Repository("web", {}, { parent: this });
            const image = new build.Image("web-image", { push: true, tags: [repository.repositoryUrl], context: { location: "app" }, platforms: ["${platform(wrong)}"] }, { parent: this });
            this.reference = image.ref;
            this.registerOutputs({ reference: this.reference });
          }
        }
        const built = new Built("built");
        ${task(`pulumi.jsonStringify([{ name: "web", image: built.reference }])`)}`),
  });

  judgedOnTheEngine({
    title: "awsx Image and FargateService",
    policy: IMAGES,
    names: ["`img`", "svc"],
    atPreview: false,
    notMade: TASK,
    program: (wrong) =>
      program(`
        const repository = new awsx.ecr.Repository("repo");
        const image = new awsx.ecr.Image("img", { repositoryUrl: repository.url, context: "./app", platform: "${platform(wrong)}" });
        const cluster = new aws.ecs.Cluster("cluster");
        new awsx.ecs.FargateService("svc", { cluster: cluster.arn, networkConfiguration: { subnets: ["subnet-1"], securityGroups: ["sg-1"] },
          taskDefinitionArgs: { container: { name: "app", image: image.imageUri, cpu: 128, memory: 512, essential: true } } });`),
  });

  judgedOnTheEngine({
    title: "an Auto Scaling launch type decides nothing, the service's FARGATE does",
    policy: IMAGES,
    names: ["web-image", "web-task"],
    program: (wrong) =>
      program(`
        const cluster = new aws.ecs.Cluster("cluster");
        const image = new build.Image("web-image", { push: true, tags: ["registry.example.com/web:1"], context: { location: "app" }, platforms: ["linux/arm64"] });
        const task = new aws.ecs.TaskDefinition("web-task", { family: "web", cpu: "256", memory: "512", networkMode: "awsvpc",
          containerDefinitions: pulumi.jsonStringify([{ name: "web", image: image.ref }]) });
        new aws.ecs.Service("web", { cluster: cluster.arn, taskDefinition: task.arn, desiredCount: 1, launchType: "${wrong ? "FARGATE" : "EC2"}",
          networkConfiguration: { subnets: ["subnet-1"] } });`),
  });

  judgedOnTheEngine({
    title: "a sidecar that shares no platform with the application",
    policy: IMAGES,
    names: ["app-image", "log-image"],
    notMade: TASK,
    program: (wrong) =>
      program(`
        const image = (name: string, platform: any) => new build.Image(name + "-image", { push: true, tags: ["registry.example.com/" + name + ":1"], context: { location: "app" }, platforms: [platform] });
        const app = image("app", "linux/arm64"), log = image("log", "${wrong ? "linux/amd64" : "linux/arm64"}");
        new aws.ecs.TaskDefinition("web-task", { family: "web", requiresCompatibilities: ["EC2"],
          containerDefinitions: pulumi.jsonStringify([{ name: "app", image: app.ref, memory: 64 }, { name: "log", image: log.ref, memory: 64 }]) });`),
  });

  judgedOnTheEngine({
    title: "a YAML program",
    policy: IMAGES,
    names: ["web-image", "web-task"],
    notMade: TASK,
    program: (wrong) => ({
      text: `
resources:
  web-image:
    type: docker-build:Image
    properties:
      push: true
      tags: ["registry.example.com/web:1"]
      context: { location: app }
      platforms: ["${platform(wrong)}"]
  web-task:
    type: aws:ecs:TaskDefinition
    properties:
      family: web
      cpu: "256"
      memory: "512"
      networkMode: awsvpc
      requiresCompatibilities: [FARGATE]
      containerDefinitions:
        fn::toJSON:
          - name: web
            image: \${web-image.ref}
`,
    }),
  });

  it("a build given as a text tells nothing, and is listed", async () => {
    const text = program(`
      const image = new docker.Image("web-image", { imageName: "registry.example.com/web:1", build: "app" as any });
      ${task(`pulumi.jsonStringify([{ name: "web", image: image.imageName }])`)}`);
    await withStack({ program: text, host: "linux/arm64", config: { "architecture-undetermined": { listing: "all" } } }, async (made) => {
      const preview = await made.preview();
      assertPassed(preview);
      const listed = preview.violations.filter(({ policy }) => policy === "architecture-undetermined");
      assert.ok(listed.some(({ message }) => message.includes("`build` is a text")), preview.stdout);
    });
  });

  it("a property in ignoreChanges keeps its old value, so the new image is not its image", async () => {
    const body = (wrong: boolean, options: string): ReturnType<typeof program> =>
      program(`
        const repository = new aws.ecr.Repository("web");
        const image = new build.Image("${wrong ? "arm" : "amd"}-image", { push: true, tags: [pulumi.interpolate\`\${repository.repositoryUrl}:${wrong ? "arm" : "amd"}\`], context: { location: "app" }, platforms: ["${platform(wrong)}"] });
        ${task(`pulumi.jsonStringify([{ name: "web", image: image.ref }])`, "", options)}`);
    await withStack({ program: body(false, "") }, async (made) => {
      assertPassed(await made.up());
      made.setProgram(body(true, `ignoreChanges: ["containerDefinitions"]`));
      assertPassed(await made.preview());
      made.setProgram(body(true, ""));
      assertDenied(await made.preview(), IMAGES, ["arm-image", "web-task"]);
    });
  });

  it("with --target, what is not part of the deployment says nothing", async () => {
    const body = program(`
      new aws.ecr.Repository("other");
      const image = new build.Image("web-image", { push: true, tags: ["registry.example.com/web:1"], context: { location: "app" }, platforms: ["linux/arm64"] });
      ${task(`pulumi.jsonStringify([{ name: "web", image: image.ref }])`)}`);
    await withStack({ program: body }, async (made) => {
      assertPassed(await made.preview({ target: ["**::other"] }));
      assert.equal(denials(await made.preview()).length, 1);
    });
  });

  it("policy analyze denies what was deployed without the pack", async () => {
    const body = program(`
      const image = new build.Image("web-image", { push: true, tags: ["registry.example.com/web:1"], context: { location: "app" }, platforms: ["linux/arm64"] });
      ${task(`pulumi.jsonStringify([{ name: "web", image: image.ref }])`)}`);
    await withStack({ program: body, config: { [IMAGES]: "advisory" } }, async (made) => {
      assertPassed(await made.up());
      const analyzed = await made.policyAnalyze();
      assert.ok(analyzed.violations.some(({ policy, level }) => policy === IMAGES && level === "advisory"), analyzed.stdout);
    });
  });

  it("a policy made advisory by --policy-pack-config lets the deployment pass, and still says it", async () => {
    const body = program(`
      const image = new docker.Image("web-image", { imageName: "registry.example.com/web:1", build: { context: "app", platform: "linux/arm64" } });
      ${task(`pulumi.jsonStringify([{ name: "web", image: image.imageName }])`)}`);
    await withStack({ program: body, config: { [IMAGES]: "advisory" } }, async (made) => {
      const up = await made.up();
      assertPassed(up);
      assert.ok(up.violations.some(({ policy, level }) => policy === IMAGES && level === "advisory"), up.stdout);
    });
  });
});
