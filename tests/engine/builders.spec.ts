/** Resources that build, copy or join images, each wrong and repaired. Commands: commands.spec.ts; awsx: awsx.spec.ts. */

import assert from "node:assert/strict";
import { describeEngine } from "../support/engine";
import { assertDenied, assertPassed, fargateTaskOf, IMAGES, judgedAtUpdate, judgedOnTheEngine, judgedTogether, platform, program, TASK, withStack } from "./judged";
import type { Part } from "./judged";

const build = (name: string, reference: string, platforms: string): string =>
  `new build.Image("${name}", { push: true, tags: [${reference}], context: { location: "app" }, platforms: ${platforms} })`;

/** No SDK of aws-native is installed. */
const NATIVE_TASK = `class NativeTask extends pulumi.CustomResource {
  constructor(name: string, args: object, options: object = {}) { super("aws-native:ecs:TaskDefinition", name, { taskDefinitionArn: undefined, ...args }, options); }
}`;

const nativeTask = (name: string, containers: string, options = ""): string => `new NativeTask("${name}", { family: "${name}", cpu: "256", memory: "512",
  networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"], containerDefinitions: ${containers} }, { ${options} });`;

const BUILDERS: readonly Part[] = [
  {
    title: "docker-build Image that pushes by `exports`",
    names: ["exported", "exports-task"],
    notMade: TASK,
    body: (wrong) => `
      const image = new build.Image("exported", { push: false, exports: [{ registry: { names: ["registry.example.com/exported:1"] } }], context: { location: "app" }, platforms: ["${platform(wrong)}"] });
      ${fargateTaskOf("exports-task", `"registry.example.com/exported:1"`, "dependsOn: [image]")}`,
  },
  {
    title: "docker-build Index by its ref, a tag with a digest",
    names: ["joined", "index-task"],
    notMade: TASK,
    body: (wrong) => `
      const one = ${build("index-one", `"registry.example.com/index:one"`, `["linux/arm64"]`)};
      const two = ${build("index-two", `"registry.example.com/index:two"`, `["${platform(wrong)}"]`)};
      const index = new build.Index("joined", { tag: "registry.example.com/index:both", sources: [one.ref, two.ref] });
      ${fargateTaskOf("index-task", "index.ref")}`,
  },
  {
    title: "docker-build Index by its tag",
    names: ["tagged-index", "index-tag-task"],
    notMade: TASK,
    body: (wrong) => `
      const one = ${build("tag-one", `"registry.example.com/tagged:one"`, `["linux/arm64"]`)};
      const two = ${build("tag-two", `"registry.example.com/tagged:two"`, `["${platform(wrong)}"]`)};
      const index = new build.Index("tagged-index", { tag: "registry.example.com/tagged:both", sources: [one.ref, two.ref] });
      ${fargateTaskOf("index-tag-task", `"registry.example.com/tagged:both"`, "dependsOn: [index]")}`,
  },
  {
    title: "docker-build Index by its digest alone",
    names: ["digest-index", "index-digest-task"],
    notMade: TASK,
    body: (wrong) => `
      const one = ${build("digest-one", `"registry.example.com/halves:one"`, `["linux/arm64"]`)};
      const two = ${build("digest-two", `"registry.example.com/halves:two"`, `["${platform(wrong)}"]`)};
      const index = new build.Index("digest-index", { tag: "registry.example.com/whole:1", sources: [one.ref, two.ref] });
      ${fargateTaskOf("index-digest-task", `index.ref.apply((ref) => ref.replace(/:[^:@]*@/, "@"))`)}`,
  },
  {
    title: "docker RegistryImage that builds",
    names: ["pushed", "registry-task"],
    notMade: TASK,
    body: (wrong) => `
      const image = new docker.RegistryImage("pushed", { name: "registry.example.com/registry:1", build: { context: "app", platform: "${platform(wrong)}" } as any });
      ${fargateTaskOf("registry-task", "image.name")}`,
  },
  {
    title: "docker RemoteImage that builds → RegistryImage that does not",
    names: ["built-here", "remote-task"],
    notMade: TASK,
    body: (wrong) => `
      const local = new docker.RemoteImage("built-here", { name: "registry.example.com/remote:1", build: { context: "app", platform: "${platform(wrong)}" } });
      const image = new docker.RegistryImage("pushed-on", { name: local.name });
      ${fargateTaskOf("remote-task", "image.name")}`,
  },
  {
    title: "docker RemoteImage → Tag → RegistryImage",
    names: ["pulled", "chain-task"],
    notMade: TASK,
    body: (wrong) => `
      const pulled = new docker.RemoteImage("pulled", { name: "nginx:1.27", platform: "${platform(wrong)}" });
      const tag = new docker.Tag("tag", { sourceImage: pulled.name, targetImage: "registry.example.com/nginx:1.27" });
      const image = new docker.RegistryImage("copied", { name: tag.targetImage });
      ${fargateTaskOf("chain-task", "image.name")}`,
  },
  {
    // Its destination comes from the Tag, so it counts as pushing anywhere: what else is known stays certain enough.
    title: "docker RemoteImage → Tag → RegistryImage in a repository that is new",
    names: ["fresh-pulled", "fresh-task"],
    notMade: TASK,
    body: (wrong) => `
      const repository = new aws.ecr.Repository("fresh");
      const pulled = new docker.RemoteImage("fresh-pulled", { name: "nginx:1.29", platform: "${platform(wrong)}" });
      const tag = new docker.Tag("fresh-tag", { sourceImage: pulled.name, targetImage: pulumi.interpolate\`\${repository.repositoryUrl}:1\` });
      const image = new docker.RegistryImage("fresh-copied", { name: tag.targetImage });
      ${fargateTaskOf("fresh-task", "image.name")}`,
  },
  {
    title: "an aws-native task with containers as they are",
    names: ["native-image", "native-task"],
    notMade: "aws-native:ecs:TaskDefinition",
    body: (wrong) => `
      ${NATIVE_TASK}
      const image = ${build("native-image", `"registry.example.com/native:1"`, `["${platform(wrong)}"]`)};
      ${nativeTask("native-task", `[{ name: "log", image: "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable" }, { name: "web", image: image.ref }]`)}`,
  },
  {
    // What @pulumi/cdk makes of ContainerImage.fromAsset (pulumi-cdk: src/synthesizer.ts, src/interop.ts), which is not installed.
    title: "an asset of @pulumi/cdk",
    names: ["staging/asset", "cdk-task"],
    notMade: "aws-native:ecs:TaskDefinition",
    body: (wrong) => `
      ${NATIVE_TASK}
      class CdkConstruct extends pulumi.ComponentResource { constructor(name: string, type: string, options = {}) { super("cdk:construct:" + type, name, {}, options); this.registerOutputs({}); } }
      const staging = new CdkConstruct("staging", "StagingStack");
      const repository = new aws.ecr.Repository("app/asset", { imageTagMutability: "IMMUTABLE" }, { parent: staging });
      const asset = new build.Image("staging/asset", { push: true, tags: [pulumi.interpolate\`\${repository.repositoryUrl}:4f2c\`], context: { location: "app" }, platforms: ["${platform(wrong)}"] }, { parent: staging });
      const construct = new CdkConstruct("app/web", "aws-ecs/FargateTaskDefinition");
      ${nativeTask("cdk-task", `[{ name: "web", image: asset.ref, essential: true }]`, "parent: construct, dependsOn: [staging]")}`,
  },
  {
    // docker 3's own SDKs do not send these arguments; a component of one's own may be made so that they are sent.
    title: "docker 3 Image whose arguments are sent",
    names: ["legacy", "legacy-task"],
    notMade: TASK,
    body: (wrong) => `
      class LegacyImage extends pulumi.ComponentResource { constructor(name: string, args: object) { super("docker:image:Image", name, args); this.registerOutputs({}); } }
      const image = new LegacyImage("legacy", { imageName: "registry.example.com/legacy:1", build: { context: "app", extraOptions: ["--platform", "${platform(wrong)}"] } });
      ${fargateTaskOf("legacy-task", `"registry.example.com/legacy:1"`, "dependsOn: [image]")}`,
  },
];

/** A text that is known only when something was made. */
const later = (text: string): string => `parameter.arn.apply(() => "${text}")`;
const PARAMETER = (name: string): string => `const parameter = new aws.ssm.Parameter("${name}", { type: "String", value: "x" });`;

const COMPUTED: readonly Part[] = [
  {
    title: "docker Image with a computed platform",
    names: ["later-docker", "later-docker-task"],
    notMade: TASK,
    body: (wrong) => `${PARAMETER("p1")}
      const image = new docker.Image("later-docker", { imageName: "registry.example.com/l1:1", build: { context: "app", platform: ${later(platform(wrong))} } });
      ${fargateTaskOf("later-docker-task", "image.imageName")}`,
  },
  {
    title: "docker-build Image with computed platforms",
    names: ["later-build", "later-build-task"],
    notMade: TASK,
    body: (wrong) => `${PARAMETER("p2")}
      const image = new build.Image("later-build", { push: true, tags: ["registry.example.com/l2:1"], context: { location: "app" }, platforms: [${later(platform(wrong))} as any] });
      ${fargateTaskOf("later-build-task", "image.ref")}`,
  },
  {
    title: "docker-build Index with a computed source",
    names: ["later-index", "later-index-task"],
    notMade: TASK,
    body: (wrong) => `${PARAMETER("p3")}
      const arm = ${build("later-arm", `"registry.example.com/l3:arm"`, `["linux/arm64"]`)};
      const other = ${build("later-other", `"registry.example.com/l3:other"`, `["${platform(wrong)}"]`)};
      const index = new build.Index("later-index", { tag: "registry.example.com/l3:1", sources: [${later("registry.example.com/l3:arm")}, ${later("registry.example.com/l3:other")}] }, { dependsOn: [arm, other] });
      ${fargateTaskOf("later-index-task", "index.ref")}`,
  },
  {
    title: "docker RegistryImage with a computed platform",
    names: ["later-registry", "later-registry-task"],
    notMade: TASK,
    body: (wrong) => `${PARAMETER("p4")}
      const image = new docker.RegistryImage("later-registry", { name: "registry.example.com/l4:1", build: { context: "app", platform: ${later(platform(wrong))} } as any });
      ${fargateTaskOf("later-registry-task", "image.name")}`,
  },
  {
    title: "docker RemoteImage → Tag → RegistryImage with computed names",
    names: ["later-pulled", "later-chain-task"],
    notMade: TASK,
    body: (wrong) => `${PARAMETER("p5")}
      const pulled = new docker.RemoteImage("later-pulled", { name: ${later("nginx:1.28")}, platform: "${platform(wrong)}" });
      const tag = new docker.Tag("later-tag", { sourceImage: ${later("nginx:1.28")}, targetImage: ${later("registry.example.com/l5:1")} }, { dependsOn: [pulled] });
      const image = new docker.RegistryImage("later-copied", { name: ${later("registry.example.com/l5:1")} }, { dependsOn: [tag] });
      ${fargateTaskOf("later-chain-task", "image.name")}`,
  },
];

describeEngine("builders of images on the engine", () => {
  judgedTogether("of which a first preview knows", IMAGES, BUILDERS);
  judgedAtUpdate("of which a first preview cannot know", IMAGES, COMPUTED);

  judgedOnTheEngine({
    title: "docker Image without a platform, on an arm64 machine",
    policy: IMAGES,
    names: ["web-image", "web-task"],
    notMade: TASK,
    host: "linux/arm64",
    program: (wrong) =>
      program(`
        const image = new docker.Image("web-image", { imageName: "registry.example.com/web:1", build: { context: "app"${wrong ? "" : `, platform: "linux/amd64"`} } });
        ${fargateTaskOf("web-task", "image.imageName")}`),
  });

  it("a build given as a text tells nothing, and is listed", async () => {
    const text = program(`
      const image = new docker.Image("web-image", { imageName: "registry.example.com/web:1", build: "app" as any });
      ${fargateTaskOf("web-task", "image.imageName")}`);
    await withStack({ program: text, host: "linux/arm64", config: { "architecture-undetermined": { listing: "all" } } }, async (made) => {
      const preview = await made.preview();
      assertPassed(preview);
      const listed = preview.violations.filter(({ policy }) => policy === "architecture-undetermined");
      assert.ok(listed.some(({ message }) => message.includes("`build` is a text")), preview.stdout);
    });
  });

  it("a docker-build Index in a new repository is known at preview as far as it goes: by its sources", async () => {
    const text = (wrong: boolean): ReturnType<typeof program> =>
      program(`
        const repository = new aws.ecr.Repository("web");
        const half = (name: string, platform: any) => new build.Image(name, { push: true, tags: [pulumi.interpolate\`\${repository.repositoryUrl}:\${name}\`], context: { location: "app" }, platforms: [platform] });
        const index = new build.Index("joined", { tag: pulumi.interpolate\`\${repository.repositoryUrl}:both\`, sources: [half("one", "linux/arm64").ref, half("two", "${platform(wrong)}").ref] });
        ${fargateTaskOf("web-task", "index.ref")}`);
    await withStack({ program: text(true) }, async (made) => {
      assertDenied(await made.preview(), IMAGES, ["joined", "web-task"]);
      const up = await made.up({ skipPreview: true });
      assertDenied(up, IMAGES, ["joined", "web-task"]);
      made.setProgram(text(false));
      assertPassed(await made.up());
    });
  });
});
