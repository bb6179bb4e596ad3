import { describeEngine } from "../support/engine";
import { judgedOnTheEngine, program } from "./judged";

const IMAGES = "ecs-task-image-architecture";
const TASK = "aws:ecs/taskDefinition:TaskDefinition";

const platform = (wrong: boolean): string => (wrong ? "linux/arm64" : "linux/amd64");

const task = (image: string, options = ""): string => `
  new aws.ecs.TaskDefinition("web-task", { family: "web", cpu: "256", memory: "512", networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"],
    containerDefinitions: pulumi.jsonStringify([{ name: "web", image: ${image} }]) }, { ${options} });`;

describeEngine("builders of images on the engine", function () {
  judgedOnTheEngine({
    title: "docker-build Index of two images",
    policy: IMAGES,
    names: ["joined", "web-task"],
    program: (wrong) =>
      program(`
        const half = (name: string, platform: any) => new build.Image(name, { push: true, tags: ["registry.example.com/web:" + name], context: { location: "app" }, platforms: [platform] });
        const index = new build.Index("joined", { tag: "registry.example.com/web:2", sources: [half("one", "linux/arm64").ref, half("two", "${platform(wrong)}").ref] });
        ${task("index.ref")}`),
  });

  judgedOnTheEngine({
    title: "docker RegistryImage that builds",
    policy: IMAGES,
    names: ["pushed", "web-task"],
    notMade: TASK,
    program: (wrong) =>
      program(`
        const image = new docker.RegistryImage("pushed", { name: "registry.example.com/web:1", build: { context: "app", platform: "${platform(wrong)}" } as any });
        ${task("image.name")}`),
  });

  judgedOnTheEngine({
    title: "docker RemoteImage → Tag → RegistryImage",
    policy: IMAGES,
    names: ["pushed", "pulled", "web-task"],
    program: (wrong) =>
      program(`
        const pulled = new docker.RemoteImage("pulled", { name: "nginx:1.27", platform: "${platform(wrong)}" });
        const tag = new docker.Tag("tag", { sourceImage: pulled.name, targetImage: "registry.example.com/nginx:1.27" });
        const pushed = new docker.RegistryImage("pushed", { name: tag.targetImage });
        ${task("pushed.name")}`),
  });

  judgedOnTheEngine({
    title: "docker buildx build in a command, to a repository that is new",
    policy: IMAGES,
    names: ["push", "web-task"],
    atPreview: false,
    notMade: TASK,
    program: (wrong) =>
      program(`
        const repository = new aws.ecr.Repository("web");
        const reference = pulumi.interpolate\`\${repository.repositoryUrl}:1\`;
        const push = new command.local.Command("push", { create: pulumi.interpolate\`docker buildx build --platform ${platform(wrong)} -t \${reference} --push .\` });
        ${task("reference", "dependsOn: [push]")}`),
  });

  judgedOnTheEngine({
    title: "pull, tag and push in a command, with literal names",
    policy: IMAGES,
    names: ["mirror", "web-task"],
    notMade: TASK,
    program: (wrong) =>
      program(`
        const mirror = new command.local.Command("mirror", { create: "docker pull --platform ${platform(wrong)} nginx:1.27 && docker tag nginx:1.27 registry.example.com/nginx:1.27 && docker push registry.example.com/nginx:1.27" });
        ${task(`"registry.example.com/nginx:1.27"`, "dependsOn: [mirror]")}`),
  });

  judgedOnTheEngine({
    title: "DOCKER_DEFAULT_PLATFORM in a command's environment",
    policy: IMAGES,
    names: ["push", "web-task"],
    notMade: TASK,
    program: (wrong) =>
      program(`
        const push = new command.local.Command("push", { create: "docker build -t registry.example.com/web:1 . && docker push registry.example.com/web:1",
          environment: { DOCKER_DEFAULT_PLATFORM: "${platform(wrong)}" } });
        ${task(`"registry.example.com/web:1"`, "dependsOn: [push]")}`),
  });

  judgedOnTheEngine({
    title: "finch build and push in a command",
    policy: IMAGES,
    names: ["push", "web-task"],
    notMade: TASK,
    program: (wrong) =>
      program(`
        const push = new command.local.Command("push", { create: "finch build --platform ${platform(wrong)} -t registry.example.com/web:1 . && finch push registry.example.com/web:1" });
        ${task(`"registry.example.com/web:1"`, "dependsOn: [push]")}`),
  });

  judgedOnTheEngine({
    title: "a CodeBuild project with an inline buildspec",
    policy: IMAGES,
    names: ["builder", "web-task"],
    notMade: TASK,
    program: (wrong) =>
      program(`
        const builder = new aws.codebuild.Project("builder", { serviceRole: "arn:aws:iam::123456789012:role/builder", artifacts: { type: "NO_ARTIFACTS" },
          environment: { type: "${wrong ? "ARM_CONTAINER" : "LINUX_CONTAINER"}", computeType: "BUILD_GENERAL1_SMALL", image: "aws/codebuild/standard:7.0", privilegedMode: true },
          source: { type: "NO_SOURCE", buildspec: "version: 0.2\\nphases:\\n  build:\\n    commands:\\n      - docker build -t registry.example.com/web:1 .\\n      - docker push registry.example.com/web:1\\n" } });
        ${task(`"registry.example.com/web:1"`, "dependsOn: [builder]")}`),
  });

  judgedOnTheEngine({
    title: "an aws-native task with containers as they are, and an asset's image",
    policy: IMAGES,
    names: ["asset", "web-task"],
    notMade: "aws-native:ecs:TaskDefinition",
    program: (wrong) =>
      program(`
        class NativeTask extends pulumi.CustomResource { constructor(name: string, args: object) { super("aws-native:ecs:TaskDefinition", name, { taskDefinitionArn: undefined, ...args }); } }
        const asset = new build.Image("asset", { push: true, tags: ["registry.example.com/assets:4f2c"], context: { location: "app" }, platforms: ["${platform(wrong)}"] });
        new NativeTask("web-task", { family: "web", cpu: "256", memory: "512", networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"],
          containerDefinitions: [{ name: "log", image: "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable" }, { name: "web", image: asset.ref }] });`),
  });
});
