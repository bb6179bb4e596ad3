/** Images that commands and CodeBuild projects build and push, each wrong and repaired. */

import assert from "node:assert/strict";
import { describeEngine } from "../support/engine";
import { assertPassed, fargateTaskOf, IMAGES, judgedAtUpdate, judgedTogether, platform, program, TASK, withStack } from "./judged";
import type { Part } from "./judged";

const R = "registry.example.com";

interface CommandPart {
  readonly title: string;
  /** Names the command, the task definition and the repository. */
  readonly id: string;
  readonly create: (platform: string) => string;
  /** The platforms of the two versions, where they are not one. */
  readonly platforms?: { readonly wrong: string; readonly right: string };
  readonly more?: string;
}

/** A local command that makes `registry.example.com/ID:1`, and a task definition that runs it. */
function part({ title, id, create, platforms, more = "" }: CommandPart): Part {
  const chosen = (wrong: boolean): string => (platforms === undefined ? platform(wrong) : wrong ? platforms.wrong : platforms.right);
  return {
    title,
    names: [`${id}-push`, `${id}-task`],
    notMade: TASK,
    body: (wrong) => `
      const push = new command.local.Command("${id}-push", { create: ${JSON.stringify(create(chosen(wrong)))}, ${more} });
      ${fargateTaskOf(`${id}-task`, `"${R}/${id}:1"`, "dependsOn: [push]")}`,
  };
}

/** Builds one image for amd64 and one for a platform, then joins them. */
const halves = (id: string, other: string): string =>
  `docker buildx build --platform linux/arm64 -t ${R}/${id}:a --push . && docker buildx build --platform ${other} -t ${R}/${id}:b --push .`;

const COMMANDS: readonly Part[] = [
  part({ title: "docker build and push", id: "docker", create: (p) => `docker build --platform ${p} -t ${R}/docker:1 . && docker push ${R}/docker:1` }),
  part({ title: "podman", id: "podman", create: (p) => `podman build --platform ${p} -t ${R}/podman:1 . && podman push ${R}/podman:1` }),
  part({ title: "nerdctl", id: "nerdctl", create: (p) => `nerdctl build --platform=${p} -t ${R}/nerdctl:1 . && nerdctl push ${R}/nerdctl:1` }),
  part({ title: "finch", id: "finch", create: (p) => `finch build --platform ${p} -t ${R}/finch:1 . && finch push ${R}/finch:1` }),
  part({ title: "buildah", id: "buildah", create: (p) => `buildah bud --platform ${p} -t ${R}/buildah:1 . && buildah push ${R}/buildah:1 docker://${R}/buildah:1` }),
  part({
    title: "several platforms with --push",
    id: "several",
    platforms: { wrong: "linux/arm64,linux/arm/v7", right: "linux/arm64,linux/amd64" },
    create: (p) => `docker buildx build --platform ${p} -t ${R}/several:1 --push .`,
  }),
  part({
    title: "several platforms with --output",
    id: "output",
    platforms: { wrong: "linux/arm64,linux/arm/v7", right: "linux/arm64,linux/amd64" },
    create: (p) => `docker buildx build --platform ${p} --output type=image,name=${R}/output:1,push=true .`,
  }),
  part({
    title: "docker buildx imagetools create",
    id: "imagetools",
    create: (p) => `${halves("imagetools", p)} && docker buildx imagetools create -t ${R}/imagetools:1 ${R}/imagetools:a ${R}/imagetools:b`,
  }),
  part({
    title: "docker manifest create, annotate and push",
    id: "manifest",
    platforms: { wrong: "arm64", right: "amd64" },
    create: (p) =>
      `${halves("manifest", `linux/${p}`)} && docker manifest create ${R}/manifest:1 ${R}/manifest:a ${R}/manifest:b && docker manifest annotate --arch arm64 ${R}/manifest:1 ${R}/manifest:a && docker manifest annotate --arch ${p} ${R}/manifest:1 ${R}/manifest:b && docker manifest push ${R}/manifest:1`,
  }),
  part({
    title: "docker pull, tag and push",
    id: "mirror",
    create: (p) => `docker pull --platform ${p} nginx:1.27 && docker tag nginx:1.27 ${R}/mirror:1 && docker push ${R}/mirror:1`,
  }),
  part({ title: "crane copy", id: "crane", create: (p) => `crane copy --platform ${p} nginx:1.27 ${R}/crane:1` }),
  part({
    title: "skopeo copy",
    id: "skopeo",
    platforms: { wrong: "arm64", right: "amd64" },
    create: (p) => `skopeo copy --override-os linux --override-arch ${p} docker://nginx:1.27 docker://${R}/skopeo:1`,
  }),
  part({ title: "ko", id: "ko", create: (p) => `KO_DOCKER_REPO=${R}/ko ko build --bare --platform ${p} -t 1 ./cmd/web` }),
  {
    title: "DOCKER_DEFAULT_PLATFORM in the environment",
    names: ["environment-push", "environment-task"],
    notMade: TASK,
    body: (wrong) => `
      const push = new command.local.Command("environment-push", { create: "docker build -t ${R}/environment:1 . && docker push ${R}/environment:1",
        environment: { DOCKER_DEFAULT_PLATFORM: "${platform(wrong)}" } });
      ${fargateTaskOf("environment-task", `"${R}/environment:1"`, "dependsOn: [push]")}`,
  },
  {
    title: "a command on another machine",
    names: ["remote-push", "remote-task"],
    notMade: TASK,
    body: (wrong) => `
      const push = new command.remote.Command("remote-push", { connection: { host: "builder.example.com", user: "build" },
        create: "docker build --platform ${platform(wrong)} -t ${R}/remote:1 . && docker push ${R}/remote:1", update: "docker build --platform ${platform(wrong)} -t ${R}/remote:1 . && docker push ${R}/remote:1" });
      ${fargateTaskOf("remote-task", `"${R}/remote:1"`, "dependsOn: [push]")}`,
  },
  {
    title: "a copy of another command's image",
    names: ["first-push", "copied-task"],
    notMade: TASK,
    body: (wrong) => `
      const first = new command.local.Command("first-push", { create: "docker build --platform ${platform(wrong)} -t ${R}/first:1 . && docker push ${R}/first:1" });
      const copy = new command.local.Command("copy", { create: "crane copy ${R}/first:1 ${R}/copied:1" }, { dependsOn: [first] });
      ${fargateTaskOf("copied-task", `"${R}/copied:1"`, "dependsOn: [copy]")}`,
  },
];

const project = (name: string, type: string, commands: readonly string[], options = ""): string => {
  const buildspec = ["version: 0.2", "phases:", "  build:", "    commands:", ...commands.map((line) => `      - ${line}`), ""].join("\\n");
  return `new aws.codebuild.Project("${name}", { serviceRole: "arn:aws:iam::123456789012:role/builder", artifacts: { type: "NO_ARTIFACTS" },
    environment: { type: "${type}", computeType: "BUILD_GENERAL1_SMALL", image: "aws/codebuild/standard:7.0", privilegedMode: true },
    source: { type: "NO_SOURCE", buildspec: pulumi.interpolate\`${buildspec}\` } }, { ${options} })`;
};

/** AWS's own recipe for an image of two architectures: one project on each kind of machine, and one that joins. */
const recipe = (id: string, image: string): string => `
  const amd = ${project(`${id}-amd64`, "LINUX_CONTAINER", [`docker build -t ${R}/${id}:amd64 .`, `docker push ${R}/${id}:amd64`])};
  const arm = ${project(`${id}-arm64`, "ARM_CONTAINER", [`docker build -t ${R}/${id}:arm64 .`, `docker push ${R}/${id}:arm64`])};
  const joined = ${project(`${id}-manifest`, "LINUX_CONTAINER", [`docker manifest create ${R}/${id}:1 ${R}/${id}:amd64 ${R}/${id}:arm64`, `docker manifest push ${R}/${id}:1`], "dependsOn: [amd, arm]")};
  ${fargateTaskOf(`${id}-task`, `"${image}"`, "dependsOn: [joined]")}`;

const CODEBUILD: readonly Part[] = [
  {
    title: "an inline buildspec, the machine's platform",
    names: ["builder", "codebuild-task"],
    notMade: TASK,
    body: (wrong) => `
      const builder = ${project("builder", wrong ? "ARM_CONTAINER" : "LINUX_CONTAINER", [`docker build -t ${R}/codebuild:1 .`, `docker push ${R}/codebuild:1`])};
      ${fargateTaskOf("codebuild-task", `"${R}/codebuild:1"`, "dependsOn: [builder]")}`,
  },
  {
    title: "an inline buildspec, a stated platform",
    names: ["stated-builder", "stated-task"],
    notMade: TASK,
    body: (wrong) => `
      const builder = ${project("stated-builder", "LINUX_CONTAINER", [`docker buildx build --platform ${platform(wrong)} -t ${R}/stated:1 --push .`])};
      ${fargateTaskOf("stated-task", `"${R}/stated:1"`, "dependsOn: [builder]")}`,
  },
  {
    title: "two projects and a manifest: the task runs the arm64 tag, then the manifest's",
    names: ["multi-arm64", "multi-task"],
    notMade: TASK,
    body: (wrong) => recipe("multi", `${R}/multi:${wrong ? "arm64" : "1"}`),
  },
];

const REPOSITORY = (id: string): string => `
  const repository = new aws.ecr.Repository("${id}");
  const reference = pulumi.interpolate\`\${repository.repositoryUrl}:1\`;`;

const NEW_REPOSITORY: readonly Part[] = [
  ...["docker buildx build --push", "podman build", "buildah bud"].map((tool): Part => {
    const id = `new-${tool.split(" ")[0] ?? ""}`;
    const push = tool.endsWith("--push") ? "" : ` && ${tool.split(" ")[0] ?? ""} push \${reference}`;
    return {
      title: `${tool} to a repository that is new`,
      names: [`${id}-push`, `${id}-task`],
      notMade: TASK,
      body: (wrong) => `${REPOSITORY(id)}
        const push = new command.local.Command("${id}-push", { create: pulumi.interpolate\`${tool} --platform ${platform(wrong)} -t \${reference} .${push}\` });
        ${fargateTaskOf(`${id}-task`, "reference", "dependsOn: [push]")}`,
    };
  }),
  {
    title: "the reference in the command's environment",
    names: ["new-env-push", "new-env-task"],
    notMade: TASK,
    body: (wrong) => `${REPOSITORY("new-env")}
      const push = new command.local.Command("new-env-push", { create: "docker build --platform ${platform(wrong)} -t $IMAGE . && docker push $IMAGE", environment: { IMAGE: reference } });
      ${fargateTaskOf("new-env-task", "reference", "dependsOn: [push]")}`,
  },
  {
    title: "a CodeBuild project that pushes to a repository that is new",
    names: ["new-builder", "new-codebuild-task"],
    notMade: TASK,
    body: (wrong) => `${REPOSITORY("new-codebuild")}
      const builder = ${project("new-builder", wrong ? "ARM_CONTAINER" : "LINUX_CONTAINER", ["docker build -t ${reference} .", "docker push ${reference}"])};
      ${fargateTaskOf("new-codebuild-task", "reference", "dependsOn: [builder]")}`,
  },
];

describeEngine("commands and CodeBuild on the engine", () => {
  judgedTogether("commands with names that are known", IMAGES, COMMANDS);
  judgedTogether("CodeBuild projects with names that are known", IMAGES, CODEBUILD);
  judgedAtUpdate("commands and projects with a repository that is new", IMAGES, NEW_REPOSITORY);

  it("a command whose `update` differs from its `create` tells nothing, and is listed", async () => {
    const text = program(`
      const push = new command.local.Command("push", { create: "docker build --platform linux/arm64 -t ${R}/web:1 . && docker push ${R}/web:1",
        update: "docker build --platform linux/amd64 -t ${R}/web:1 . && docker push ${R}/web:1" });
      ${fargateTaskOf("web-task", `"${R}/web:1"`, "dependsOn: [push]")}`);
    await withStack({ program: text, config: { "architecture-undetermined": { listing: "all" } } }, async (made) => {
      const preview = await made.preview();
      assertPassed(preview);
      assertPassed(await made.up({ skipPreview: true }));
      const listed = preview.violations.filter(({ policy }) => policy === "architecture-undetermined");
      assert.ok(listed.some(({ message }) => message.includes("its `create` and `update` differ")), preview.stdout);
    });
  });
});
