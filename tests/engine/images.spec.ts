/** Tasks and images in whole programs: services, YAML, and what the options of the CLI and of the pack change. */

import assert from "node:assert/strict";
import { describeEngine } from "../support/engine";
import { assertDenied, assertPassed, denials, fargateTaskOf, IMAGES, judgedOnTheEngine, platform, program, TASK, withStack } from "./judged";

/** A task definition that runs `image` by its reference. */
const runs = (reference: string, options = ""): string => fargateTaskOf("web-task", reference, options);

describeEngine("images × tasks on the engine", function () {
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
    title: "the launch type of the service decides where the task says nothing",
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

  it("a property in ignoreChanges keeps its old value, so the new image is not its image", async () => {
    const body = (wrong: boolean, options: string): ReturnType<typeof program> =>
      program(`
        const repository = new aws.ecr.Repository("web");
        const image = new build.Image("${wrong ? "arm" : "amd"}-image", { push: true, tags: [pulumi.interpolate\`\${repository.repositoryUrl}:${wrong ? "arm" : "amd"}\`], context: { location: "app" }, platforms: ["${platform(wrong)}"] });
        ${runs("image.ref", options)}`);
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
      ${runs("image.ref")}`);
    await withStack({ program: body }, async (made) => {
      assertPassed(await made.preview({ target: ["**::other"] }));
      assert.equal(denials(await made.preview()).length, 1);
    });
  });

  it("policy analyze denies what was deployed without the pack", async () => {
    const body = program(`
      const image = new build.Image("web-image", { push: true, tags: ["registry.example.com/web:1"], context: { location: "app" }, platforms: ["linux/arm64"] });
      ${runs("image.ref")}`);
    await withStack({ program: body, config: { [IMAGES]: "advisory" } }, async (made) => {
      assertPassed(await made.up());
      const analyzed = await made.policyAnalyze();
      assert.ok(analyzed.violations.some(({ policy, level }) => policy === IMAGES && level === "advisory"), analyzed.stdout);
    });
  });

  it("a policy made advisory by --policy-pack-config lets the deployment pass, and still says it", async () => {
    const body = program(`
      const image = new docker.Image("web-image", { imageName: "registry.example.com/web:1", build: { context: "app", platform: "linux/arm64" } });
      ${runs("image.imageName")}`);
    await withStack({ program: body, config: { [IMAGES]: "advisory" } }, async (made) => {
      const up = await made.up();
      assertPassed(up);
      assert.ok(up.violations.some(({ policy, level }) => policy === IMAGES && level === "advisory"), up.stdout);
    });
  });
});
