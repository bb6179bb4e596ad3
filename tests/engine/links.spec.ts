/** The ways in which a task definition names an image of its stack: with each of them a wrong image is denied. */

import { describeEngine } from "../support/engine";
import { assertDenied, assertPassed, fargateTask, fargateTaskOf, IMAGES, judgedTogether, platform, program, TASK, withStack } from "./judged";
import type { Part } from "./judged";

const R = "registry.example.com";

const build = (name: string, reference: string, platforms: string, options = ""): string =>
  `new build.Image("${name}", { push: true, tags: [${reference}], context: { location: "app" }, platforms: ["${platforms}"] }, { ${options} })`;

interface LinkPart {
  readonly title: string;
  /** Names the image, the task definition and the repository. */
  readonly id: string;
  /** The tag that the image pushes, as the program writes it; `registry/ID:1` when left out. */
  readonly pushes?: string;
  /** What the container runs: an expression that may use `image`. */
  readonly runs: string;
}

function link({ title, id, pushes = `${R}/${id}:1`, runs }: LinkPart): Part {
  return {
    title,
    names: [`${id}-image`, `${id}-task`],
    notMade: TASK,
    body: (wrong) => `
      const image = ${build(`${id}-image`, `"${pushes}"`, platform(wrong))};
      ${fargateTaskOf(`${id}-task`, runs, "dependsOn: [image]")}`,
  };
}

const BY_REFERENCE: readonly Part[] = [
  link({ title: "a tag with a digest", id: "ref", runs: "image.ref" }),
  link({ title: "a digest alone", id: "digest", runs: `pulumi.interpolate\`${R}/digest@\${image.digest}\`` }),
  link({ title: "a tag, in words", id: "tag", runs: `"${R}/tag:1"` }),
  link({ title: "no tag on either side", id: "tagless", pushes: `${R}/tagless`, runs: `"${R}/tagless"` }),
  link({ title: "no tag in the task, latest on the image", id: "latest", pushes: `${R}/latest:latest`, runs: `"${R}/latest"` }),
  link({ title: "latest in the task, no tag on the image", id: "untagged", pushes: `${R}/untagged`, runs: `"${R}/untagged:latest"` }),
  link({ title: "a short name of Docker Hub and the full one", id: "hub", pushes: "docker.io/me/hub:1", runs: `"me/hub:1"` }),
  {
    title: "docker Image by its name",
    names: ["named-image", "named-task"],
    notMade: TASK,
    body: (wrong) => `
      const image = new docker.Image("named-image", { imageName: "${R}/named:1", build: { context: "app", platform: "${platform(wrong)}" } });
      ${fargateTaskOf("named-task", "image.imageName")}`,
  },
  {
    title: "docker Image by its digest, in a text of its own",
    names: ["hashed-image", "hashed-task"],
    notMade: TASK,
    body: (wrong) => `
      const image = new docker.Image("hashed-image", { imageName: "${R}/hashed:1", build: { context: "app", platform: "${platform(wrong)}" } });
      ${fargateTask("hashed-task", `image.repoDigest.apply((ref) => JSON.stringify([{ name: "web", image: ref }]))`)}`,
  },
  {
    title: "one of several tags of a repository",
    names: ["shop-web", "shop-task"],
    notMade: TASK,
    body: (wrong) => `
      const web = ${build("shop-web", `"${R}/shop:web"`, platform(wrong))};
      const other = ${build("shop-arm", `"${R}/shop:arm"`, "linux/arm64")};
      ${fargateTaskOf("shop-task", `"${R}/shop:web"`, "dependsOn: [web, other]")}`,
  },
  {
    title: "through functions and several applies",
    names: ["applied-image", "applied-task"],
    notMade: TASK,
    body: (wrong) => `
      const image = ${build("applied-image", `"${R}/applied:1"`, platform(wrong))};
      const containers = (reference: pulumi.Input<string>) => pulumi.all([reference, pulumi.output("web")]).apply(([image, name]) => [{ name, image }]);
      ${fargateTask("applied-task", `containers(image.ref.apply((ref) => ref.trim())).apply((list) => JSON.stringify(list))`)}`,
  },
  {
    title: "the way the module cloudposse/ecs-container-definition writes them: every key, and nulls",
    names: ["verbose-image", "verbose-task"],
    notMade: TASK,
    body: (wrong) => `
      const image = ${build("verbose-image", `"${R}/verbose:1"`, platform(wrong))};
      ${fargateTask(
        "verbose-task",
        `pulumi.jsonStringify([{ command: null, cpu: 256, dependsOn: null, disableNetworking: null, dnsSearchDomains: null, dnsServers: null, dockerLabels: null,
          entryPoint: null, environment: [{ name: "image", value: "nginx:1" }], environmentFiles: null, essential: true, extraHosts: null, firelensConfiguration: null,
          healthCheck: null, image: image.ref, interactive: null, links: null, linuxParameters: null, logConfiguration: null, memory: 512, memoryReservation: 128,
          mountPoints: [], name: "web", portMappings: [], privileged: null, pseudoTerminal: null, readonlyRootFilesystem: false, repositoryCredentials: null,
          resourceRequirements: null, restartPolicy: null, secrets: null, startTimeout: 30, stopTimeout: 30, systemControls: null, ulimits: null, user: null,
          versionConsistency: null, volumesFrom: [], workingDirectory: null }])`,
      )}`,
  },
];

/** A right application and another container, whose image is wrong or right. `containers` uses `app.ref` and `other.ref`. */
function beside(title: string, id: string, containers: string, more = ""): Part {
  return {
    title,
    names: [`${id}-other`, `${id}-task`],
    notMade: TASK,
    body: (wrong) => `
      const app = ${build(`${id}-app`, `"${R}/${id}-app:1"`, "linux/amd64")};
      const other = ${build(`${id}-other`, `"${R}/${id}-other:1"`, platform(wrong))};
      const logs = new aws.cloudwatch.LogGroup("${id}-logs");
      ${fargateTask(`${id}-task`, `pulumi.jsonStringify([${containers}])`, more)}`,
  };
}

const APP = `{ name: "app", image: app.ref, essential: true, dependsOn: [{ containerName: "other", condition: "START" }],
  logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": logs.name } } }`;

const BY_PLACE: readonly Part[] = [
  beside(
    "a FireLens log router",
    "firelens",
    `{ name: "app", image: app.ref, logConfiguration: { logDriver: "awsfirelens", options: { Name: "cloudwatch", log_group_name: logs.name } } },
     { name: "other", image: other.ref, essential: true, firelensConfiguration: { type: "fluentbit", options: { "enable-ecs-log-metadata": "true" } } }`,
  ),
  beside(
    "an App Mesh proxy",
    "envoy",
    `${APP}, { name: "other", image: other.ref, essential: true, user: "1337" }`,
    `proxyConfiguration: { type: "APPMESH", containerName: "other", properties: { AppPorts: "8080", EgressIgnoredIPs: "169.254.170.2", IgnoredUID: "1337", ProxyEgressPort: "15001", ProxyIngressPort: "15000" } }`,
  ),
  beside(
    "a container that only prepares",
    "init",
    `{ name: "other", image: other.ref, essential: false, command: ["migrate"] }, { name: "app", image: app.ref, dependsOn: [{ containerName: "other", condition: "SUCCESS" }] }`,
  ),
  {
    title: "one wrong image of three, with log group, role and an order of containers",
    names: ["three-b", "three-task"],
    notMade: TASK,
    body: (wrong) => `
      const repository = new aws.ecr.Repository("three");
      const image = (name: string, platform: any) => new build.Image("three-" + name, { push: true, tags: [pulumi.interpolate\`\${repository.repositoryUrl}:\${name}\`], context: { location: "app" }, platforms: [platform] });
      const images = [image("a", "linux/amd64"), image("b", "${platform(wrong)}"), image("c", "linux/amd64")];
      const logs = new aws.cloudwatch.LogGroup("three");
      const role = new aws.iam.Role("three", { assumeRolePolicy: "{}" });
      ${fargateTask(
        "three-task",
        `pulumi.jsonStringify(images.map((each, index) => ({ name: "c" + index, image: each.ref, environment: [{ name: "ROLE", value: role.arn }],
          dependsOn: index === 0 ? [] : [{ containerName: "c" + (index - 1), condition: "HEALTHY" }],
          logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": logs.name } } })))`,
        "executionRoleArn: role.arn",
      )}`,
  },
  {
    title: "two images that share no platform, on EC2",
    names: ["pair-app", "pair-log", "pair-task"],
    notMade: TASK,
    body: (wrong) => `
      const app = ${build("pair-app", `"${R}/pair-app:1"`, "linux/arm64")}, log = ${build("pair-log", `"${R}/pair-log:1"`, wrong ? "linux/amd64" : "linux/arm64")};
      new aws.ecs.TaskDefinition("pair-task", { family: "pair", requiresCompatibilities: ["EC2"],
        containerDefinitions: pulumi.jsonStringify([{ name: "app", image: app.ref, memory: 64 }, { name: "log", image: log.ref, memory: 64 }]) });`,
  },
];

const NEW_REPOSITORY: readonly Part[] = [
  {
    title: "docker-build Image by its ref",
    names: ["fresh-image", "fresh-task"],
    notMade: TASK,
    body: (wrong) => `
      const repository = new aws.ecr.Repository("fresh");
      const image = ${build("fresh-image", "pulumi.interpolate`${repository.repositoryUrl}:1`", platform(wrong))};
      ${fargateTaskOf("fresh-task", "image.ref")}`,
  },
  {
    title: "docker Image by its digest",
    names: ["fresh-docker", "docker-task"],
    notMade: TASK,
    body: (wrong) => `
      const repository = new aws.ecr.Repository("docker");
      const image = new docker.Image("fresh-docker", { imageName: repository.repositoryUrl, build: { context: "app", platform: "${platform(wrong)}" } });
      ${fargateTaskOf("docker-task", "image.repoDigest")}`,
  },
  {
    title: "docker RegistryImage that builds, by its name",
    names: ["fresh-pushed", "pushed-task"],
    notMade: TASK,
    body: (wrong) => `
      const repository = new aws.ecr.Repository("pushed");
      const image = new docker.RegistryImage("fresh-pushed", { name: pulumi.interpolate\`\${repository.repositoryUrl}:1\`, build: { context: "app", platform: "${platform(wrong)}" } as any });
      ${fargateTaskOf("pushed-task", "image.name")}`,
  },
  {
    title: "only the repository is named, and one image is pushed to it",
    names: ["only-image", "only-task"],
    notMade: TASK,
    body: (wrong) => `
      const repository = new aws.ecr.Repository("only");
      const reference = pulumi.interpolate\`\${repository.repositoryUrl}:latest\`;
      const image = ${build("only-image", "reference", platform(wrong))};
      ${fargateTaskOf("only-task", "reference", "dependsOn: [image]")}`,
  },
  {
    title: "only a public repository is named, without a tag",
    names: ["public-image", "public-task"],
    notMade: TASK,
    body: (wrong) => `
      const repository = new aws.ecrpublic.Repository("public", { repositoryName: "public" });
      const image = ${build("public-image", "repository.repositoryUri", platform(wrong))};
      ${fargateTaskOf("public-task", "repository.repositoryUri", "dependsOn: [image]")}`,
  },
  {
    title: "inside components, passed on by them",
    names: ["inner-image", "inner-task"],
    notMade: TASK,
    body: (wrong) => `
      class Built extends pulumi.ComponentResource {
        readonly reference: pulumi.Output<string>;
        constructor(name: string, options: object) {
          super("my:image:Built", name, {}, options);
          const repository = new aws.ecr.Repository("inner", {}, { parent: this });
          this.reference = ${build("inner-image", "repository.repositoryUrl", platform(wrong), "parent: this")}.ref;
          this.registerOutputs({ reference: this.reference });
        }
      }
      class Release extends pulumi.ComponentResource {
        readonly images: pulumi.Output<Record<string, string>>;
        constructor(name: string) {
          super("my:image:Release", name, {});
          this.images = pulumi.output({ web: new Built(name + "-built", { parent: this }).reference });
          this.registerOutputs({ images: this.images });
        }
      }
      const release = new Release("release");
      ${fargateTaskOf("inner-task", `release.images.apply((images) => images["web"])`)}`,
  },
];

describeEngine("links between tasks and images on the engine", () => {
  judgedTogether("by a reference that is known", IMAGES, BY_REFERENCE);
  judgedTogether("in any place of the task definition", IMAGES, BY_PLACE);
  judgedTogether("by a repository that is new", IMAGES, NEW_REPOSITORY);

  it("by a repository that exists: a second deployment is judged by its known reference", async () => {
    const text = (wrong: boolean): ReturnType<typeof program> =>
      program(`
        const repository = new aws.ecr.Repository("web");
        const reference = pulumi.interpolate\`\${repository.repositoryUrl}:${wrong ? "2" : "1"}\`;
        const image = ${build("web-image", "reference", platform(wrong))};
        ${fargateTaskOf("web-task", "reference", "dependsOn: [image]")}`);
    await withStack({ program: text(false) }, async (made) => {
      assertPassed(await made.up());
      made.setProgram(text(true));
      assertDenied(await made.preview(), IMAGES, ["web-image", "web-task"]);
      assertDenied(await made.up(), IMAGES, ["web-image", "web-task"]);
      assertDenied(await made.up({ skipPreview: true }), IMAGES, ["web-image", "web-task"]);
      made.setProgram(text(false));
      assertPassed(await made.up());
    });
  });
});
