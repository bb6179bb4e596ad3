/** Images and task definitions of awsx in its versions, and of docker 3, which awsx 1 and classic build with. */

import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describeEngine } from "../support/engine";
import type { Program, Result, Stack } from "../support/engine";
import { assertPassed, fargateTask, fargateTaskOf, IMAGES, judgedAtUpdate, judgedTogether, platform, program, TASK, withStack } from "./judged";
import type { Part } from "./judged";

const LISTING = { "architecture-undetermined": { listing: "all" } };

/** An image of awsx in a new repository, and what runs it: an expression that may use `image`. */
function awsxPart(title: string, id: string, user: string): Part {
  return {
    title,
    names: [`\`${id}-img\``, `${id}-user`],
    notMade: TASK,
    body: (wrong) => `
      const repository = new awsx.ecr.Repository("${id}-repo");
      const image = new awsx.ecr.Image("${id}-img", { repositoryUrl: repository.url, imageTag: "${id}", context: "./app", platform: "${platform(wrong)}" });
      const container = { name: "app", image: image.imageUri, cpu: 128, memory: 512, essential: true };
      ${user}`,
  };
}

const X86_64 = `runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "LINUX" }`;

const NEW_REPOSITORY: readonly Part[] = [
  awsxPart("a plain task definition", "plain", fargateTaskOf("plain-user", "image.imageUri")),
  awsxPart("awsx FargateTaskDefinition", "ftd", `new awsx.ecs.FargateTaskDefinition("ftd-user", { container });`),
  awsxPart("awsx EC2TaskDefinition", "etd", `new awsx.ecs.EC2TaskDefinition("etd-user", { container, ${X86_64} });`),
  awsxPart(
    "awsx EC2Service",
    "es",
    `new awsx.ecs.EC2Service("es-user", { cluster: "arn:aws:ecs:us-east-1:123456789012:cluster/web", networkConfiguration: { subnets: ["subnet-1"] }, taskDefinitionArgs: { container, ${X86_64} } });`,
  ),
  awsxPart(
    "awsx FargateService with several containers",
    "fs",
    `new awsx.ecs.FargateService("fs-user", { cluster: "arn:aws:ecs:us-east-1:123456789012:cluster/web", networkConfiguration: { subnets: ["subnet-1"] },
       taskDefinitionArgs: { containers: { app: container, log: { name: "log", image: "fluent/fluent-bit:3.2", cpu: 64, memory: 128 } } } });`,
  ),
];

/** A repository that exists already: the build is registered at the first preview. */
const KNOWN_REPOSITORY: readonly Part[] = [
  {
    title: "awsx Image in a repository of another stack",
    names: ["`there-img`", "there-task"],
    notMade: TASK,
    body: (wrong) => `
      const image = new awsx.ecr.Image("there-img", { repositoryUrl: "123456789012.dkr.ecr.us-east-1.amazonaws.com/there", imageTag: "there", context: "./app", platform: "${platform(wrong)}" });
      ${fargateTaskOf("there-task", "image.imageUri")}`,
  },
  {
    title: "a docker-build Image in awsx FargateTaskDefinition",
    names: ["own-image", "own-user"],
    notMade: TASK,
    body: (wrong) => `
      const image = new build.Image("own-image", { push: true, tags: ["registry.example.com/own:1"], context: { location: "app" }, platforms: ["${platform(wrong)}"] });
      new awsx.ecs.FargateTaskDefinition("own-user", { container: { name: "app", image: image.ref, cpu: 128, memory: 512, essential: true } });`,
  },
];

/** docker 3 runs the docker command itself; this one says yes to everything and knows one image. */
function installDocker({ dir }: Stack): void {
  const file = path.join(dir, "bin", "docker");
  writeFileSync(file, `#!/bin/sh\ncase "$1" in version) echo '{"Client":{"Version":"27.0.0"}}';; image) echo sha256:${"ab".repeat(32)};; login) cat > /dev/null;; esac\n`);
  chmodSync(file, 0o755);
}

/** Asserts that a wrong program is not denied at all, since no resource tells of its build, and that the listing says what is open. */
async function assertListed(text: Program, part: string, why: string, awsx: "1.0" | "3.9" = "3.9"): Promise<void> {
  const lists = ({ violations, stdout }: Result): void => {
    const listed = violations.filter(({ policy }) => policy === "architecture-undetermined");
    assert.ok(listed.some(({ message }) => message.includes(part) && message.includes(why)), `${part}: ${why}\n${stdout}`);
  };
  await withStack({ program: text, config: LISTING, awsx }, async (made) => {
    installDocker(made);
    assertPassed(await made.preview());
    const up = await made.up();
    assertPassed(up);
    lists(up);
    const preview = await made.preview();
    assertPassed(preview);
    lists(preview);
  });
}

describeEngine("awsx and docker 3 on the engine", () => {
  judgedAtUpdate("awsx 3 Image in a new repository", IMAGES, NEW_REPOSITORY);
  judgedAtUpdate("awsx 2.19 Image in a new repository, built by docker", IMAGES, NEW_REPOSITORY.slice(0, 2), { awsx: "2.19" });
  judgedTogether("awsx with what is known", IMAGES, KNOWN_REPOSITORY);

  it("awsx 1 Image builds without a resource: not denied, and listed", async () => {
    const { body } = awsxPart("", "old", fargateTaskOf("old-user", "image.imageUri"));
    await assertListed(program(body(true)), "the image of container `web`", "no resource of this stack pushes it", "1.0");
  });

  it("docker 3 Image does not tell how it builds: not denied, and listed", async () => {
    const text = program(`
      const legacy = require("docker-classic"); // @pulumi/docker 3, as awsx installs it
      const image = new legacy.Image("web-image", { imageName: "registry.example.com/web:1", build: { context: "app", extraOptions: ["--platform", "linux/arm64"] }, skipPush: false });
      ${fargateTaskOf("web-task", "image.imageName")}`);
    await assertListed(text, "the platform of docker Image `web-image`", "docker 3 does not tell a policy how it builds");
  });

  it("awsx classic builds within the program: not denied, and listed", async () => {
    const text = program(`
      import * as classic from "@pulumi/awsx/classic";
      const existing = new aws.ecr.Repository("existing");
      const built = classic.ecr.buildAndPushImage("pushed", { context: "app", extraOptions: ["--platform", "linux/arm64"] });
      const fromPath = classic.ecs.Image.fromPath(existing, "app").image("from-path", existing);
      ${fargateTask("web-task", `pulumi.jsonStringify([{ name: "built", image: built.imageValue }, { name: "path", image: fromPath }])`)}
      new classic.ecs.FargateTaskDefinition("classic-task", { container: { image: new classic.ecr.Repository("third").buildAndPushImage("app") } });`);
    await assertListed(text, "the image of container `built`", "no resource of this stack pushes it");
  });
});
