// Look-ups on the real engine: a real registry, and moto in the place of AWS, which the program's provider names.
import assert from "node:assert/strict";
import { DescribeImagesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { describeEngine } from "../support/engine";
import type { Program, Result } from "../support/engine";
import { cannotRun } from "../support/cannot-run";
import { Publisher, startFront, startMoto, startRegistry, type Front, type Server } from "../support/lookups/servers";
import { assertPassed, denials, program, withStack } from "./judged";

const IMAGES = "ecs-task-image-architecture";
const AMIS = "ec2-ami-instance-type-architecture";
const X86_AMI = "ami-12c6146b";
const SECRET = "hunter2hunter2";

describeEngine("look-ups on the engine", function () {
  this.timeout(300_000);
  const started: Server[] = [];
  let registry: Front;
  let aws: Front;
  let armAmi = "";

  before(async function () {
    this.timeout(10 * 60_000);
    const [moto, real] = [await startMoto(), await startRegistry()];
    if ("missing" in moto) {
      return cannotRun(this, moto.missing);
    }
    if ("missing" in real) {
      return cannotRun(this, real.missing);
    }
    [registry, aws] = [await startFront(real.url), await startFront(moto.url)];
    started.push(moto, real, registry, aws);
    const config = { region: "us-east-1", endpoint: moto.url, credentials: { accessKeyId: "testing", secretAccessKey: "testing" } };
    const { Images = [] } = await new EC2Client(config).send(new DescribeImagesCommand({ Filters: [{ Name: "architecture", Values: ["arm64"] }] }));
    armAmi = Images[0]?.ImageId ?? "";
    await new SSMClient(config).send(new PutParameterCommand({ Name: "/golden/ami", Value: X86_AMI, Type: "String" }));
    const publisher = new Publisher(real.url);
    await publisher.image("x86-only", "1", { os: "linux", architecture: "amd64" });
    await publisher.index("sidecar", "1", [{ os: "linux", architecture: "amd64" }, { os: "linux", architecture: "arm64" }], { isAttested: true });
  });

  after(() => started.forEach(({ stop }) => stop()));

  /** Everything is known at a preview, as ids that `getAmi` finds are; wrong: nothing runs on what it is put on. */
  function stackOf(isWrong: boolean): Program {
    const [type, cpu] = isWrong ? ["m7g.large", "ARM64"] : ["m7i.large", "X86_64"];
    return program(`
      const provider = new aws.Provider("elsewhere", { region: "us-east-1", accessKey: "AKIAELSEWHERE", secretKey: "${SECRET}", skipCredentialsValidation: true,
        endpoints: [{ ec2: "${aws.url}", ssm: "${aws.url}" }] });
      const found = pulumi.output("${X86_AMI}");
      new aws.ec2.Instance("by-id", { ami: found, instanceType: "${type}" }, { provider });
      new aws.ec2.Instance("fits", { ami: "${armAmi}", instanceType: "m7g.large" }, { provider });
      const template = new aws.ec2.LaunchTemplate("by-parameter", { imageId: "resolve:ssm:/golden/ami", instanceType: "${type}" }, { provider });
      new aws.autoscaling.Group("group", { minSize: 0, maxSize: 1, vpcZoneIdentifiers: ["subnet-1"], launchTemplate: { id: template.id, version: "$Latest" } }, { provider });
      new aws.ecs.TaskDefinition("vendor", { family: "vendor", cpu: "256", memory: "512", networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"],
        runtimePlatform: { cpuArchitecture: "${cpu}", operatingSystemFamily: "LINUX" },
        containerDefinitions: JSON.stringify([{ name: "app", image: "127.0.0.1:${String(registry.port)}/x86-only:1" }, { name: "log", image: "127.0.0.1:${String(registry.port)}/sidecar:1" }]) });
    `);
  }

  function previewOf(isWrong: boolean, lookups: object | undefined): Promise<Result> {
    const config = { ...(lookups === undefined ? {} : { "cpu-architecture-settings": { lookups } }), "architecture-undetermined": { listing: "all" } };
    return withStack({ program: stackOf(isWrong), config }, (made) => made.preview());
  }

  function listing({ violations }: Result): string {
    return violations.flatMap(({ policy, message }) => (policy === "architecture-undetermined" ? [message] : [])).join("\n");
  }

  const ON = { amis: true, instanceTypes: true, images: true, timeoutSeconds: 15, totalSeconds: 60 };

  it("off: nothing is known and nobody is asked", async () => {
    const result = await previewOf(true, undefined);
    assertPassed(result);
    assert.deepEqual([registry.seen.length, aws.seen.length], [0, 0]);
    assert.match(listing(result), /an AMI id alone does not tell its architecture/);
    assert.match(listing(result), /no resource of this stack pushes it/);
  });

  it("on: denies what does not run, by the provider's own way to AWS, and tells who said so", async () => {
    const result = await previewOf(true, ON);
    assert.deepEqual(denials(result).map(({ policy, resourceName }) => `${policy} @ ${resourceName}`).sort(), [`${AMIS} @ by-id`, `${AMIS} @ by-parameter`, `${IMAGES} @ vendor`], result.stdout);
    const messages = denials(result).map(({ message }) => message).join("\n");
    assert.match(messages, /\(looked up: EC2 DescribeImages, us-east-1, today\)/);
    assert.match(messages, /\(looked up: SSM GetParameters and EC2 DescribeImages, us-east-1, today\)/);
    assert.match(messages, /\(looked up: registry 127\.0\.0\.1:\d+, today\)/);
    assert.ok(aws.seen.every(({ authorization }) => authorization?.includes("Credential=AKIAELSEWHERE/") === true));
    assert.ok(!`${result.stdout}${result.stderr}`.includes(SECRET));
  });

  it("on: passes what runs, and leaves nothing open", async () => {
    const result = await previewOf(false, ON);
    assertPassed(result);
    assert.equal(listing(result), "");
  });

  it("on, with the network cut: what was denied is undetermined, the preview passes, within the bound", async () => {
    [registry.behavior, aws.behavior] = [() => true, () => true];
    const start = Date.now();
    const result = await previewOf(true, { ...ON, timeoutSeconds: 1, totalSeconds: 2 });
    console.log(`        a preview with the network cut took ${String(Math.round((Date.now() - start) / 1000))} s`);
    assertPassed(result);
    assert.match(listing(result), /an AMI id alone does not tell its architecture, and it could not be looked up: (no answer within 1 s|all look-ups together may take 2 s)/);
    assert.match(listing(result), /its SSM parameter path does not tell an architecture, and it could not be looked up: (no answer within 1 s|all look-ups together may take 2 s)/);
    assert.match(listing(result), /no resource of this stack pushes it, and it could not be looked up: (no answer within 1 s|all look-ups together may take 2 s)/);
  });
});
