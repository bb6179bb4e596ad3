// What becomes of stacks whose gaps look-ups fill: through the real policies, with a real registry and moto.
import assert from "node:assert/strict";
import { DescribeImagesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { withEnvironment } from "../support/built-pack";
import { cannotRun } from "../support/cannot-run";
import { denials, run, runAwaiting, saidBy, type Violation } from "../support/in-process";
import { Publisher, startFront, startMoto, startRegistry, type Front, type Server } from "../support/lookups/servers";
import type { Recording } from "../support/protocol";
import { imageDigest } from "../support/values";
import { json, StackBuilder, type Inputs, type Made } from "../support/stack-builder";

const AMD64 = { os: "linux", architecture: "amd64" };
const ARM64 = { os: "linux", architecture: "arm64" };
const IMAGES = "ecs-task-image-architecture";
const AMIS = "ec2-ami-instance-type-architecture";
const FARGATE: Inputs = { requiresCompatibilities: ["FARGATE"] };
const ON_ARM: Inputs = { ...FARGATE, runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" } };
/** Windows, for x86_64; moto's list has it from AWS. */
const X86_AMI = "ami-12c6146b";

describe("a stack with look-ups", function () {
  this.timeout(120_000);
  const started: Server[] = [];
  let registry: Front;
  let aws: Front;
  let armAmis: readonly string[] = [];
  let armDigest = "";
  let otherDigest = "";
  let host = "";

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
    host = `127.0.0.1:${String(registry.port)}`;
    const ec2 = new EC2Client({ region: "us-east-1", endpoint: moto.url, credentials: { accessKeyId: "testing", secretAccessKey: "testing" } });
    const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Filters: [{ Name: "architecture", Values: ["arm64"] }] }));
    armAmis = Images.flatMap(({ ImageId }) => ImageId ?? []);
    const publisher = new Publisher(real.url);
    await publisher.index("sidecar", "1", [AMD64, ARM64], { isAttested: true });
    await publisher.image("x86-only", "1", AMD64);
    armDigest = (await publisher.image("built", "1", ARM64)).digest;
    otherDigest = (await publisher.image("built", "2", { ...ARM64, variant: "v8" })).digest;
    for (let index = 0; index < 20; index += 1) {
      await publisher.index(`app${String(index)}`, "1", [AMD64, ARM64]);
    }
  });

  after(() => started.forEach(({ stop }) => stop()));

  beforeEach(() => {
    registry.seen.length = 0;
    aws.seen.length = 0;
    registry.behavior = () => false;
    aws.behavior = () => false;
  });

  /** @param pushed digests that the registry really has, by those that the stack's builds would have */
  function play(stack: StackBuilder, operation: "firstPreview" | "laterPreview" | "update" = "laterPreview", more: object = {}, pushed: Readonly<Record<string, string>> = {}): Promise<Violation[]> {
    const lookups = { amis: true, instanceTypes: true, images: true, timeoutSeconds: 20, totalSeconds: 40, endpoints: { ec2: aws.url, ssm: aws.url }, ...more };
    const text = Object.entries(pushed).reduce((all, [made, real]) => all.replaceAll(made, real), JSON.stringify(stack[operation]()));
    const recording = JSON.parse(text) as Recording;
    const config = { "cpu-architecture-settings": { lookups }, "architecture-undetermined": { listing: "all" } };
    return withEnvironment({ AWS_ACCESS_KEY_ID: "testing", AWS_SECRET_ACCESS_KEY: "testing", AWS_REGION: "us-east-1" }, () => runAwaiting(recording, { config, goesOn: true }));
  }

  function task(stack: StackBuilder, name: string, images: readonly unknown[], inputs: Inputs): Made {
    return stack.add("task", name, { containerDefinitions: json(images.map((image, index) => ({ name: `c${String(index)}`, image }))), ...inputs });
  }

  const listing = (said: readonly Violation[]): string => saidBy(said, "architecture-undetermined").map(({ message }) => message).join("\n");

  it("denies a public image without the task's platform, and passes one with several", async () => {
    const stack = new StackBuilder();
    task(stack, "wrong", [`${host}/x86-only:1`, `${host}/sidecar:1`], ON_ARM);
    task(stack, "right", [`${host}/x86-only:1`, `${host}/sidecar:1`], FARGATE);
    const said = await play(stack);
    assert.deepEqual(denials(said), [`${IMAGES} @ wrong`]);
    assert.ok(said[0]?.message.includes(`(looked up: registry ${host}, today)`), said[0]?.message);
    assert.match(said[0]?.message ?? "", /use an image that exists for linux\/arm64 instead of `[\d.:]+\/x86-only:1`/);
  });

  it("denies an AMI that does not run on its type; and knows by its digest what a build has pushed", async () => {
    const stack = new StackBuilder();
    stack.add("instance", "wrong-type", { ami: X86_AMI, instanceType: "m7g.large" });
    stack.add("instance", "right-type", { ami: armAmis[0], instanceType: "m7g.large" });
    const unstated = stack.add("dockerBuild", "unstated", { push: true, tags: [`${host}/built:1`] });
    const misstated = stack.add("dockerBuild", "misstated", { push: true, tags: [`${host}/built:2`], platforms: ["linux/amd64"] });
    task(stack, "of-build", [unstated.get("ref")], FARGATE);
    task(stack, "of-misstated", [misstated.get("ref")], FARGATE);
    const said = await play(stack, "laterPreview", {}, { [imageDigest("unstated")]: armDigest, [imageDigest("misstated")]: otherDigest });
    assert.deepEqual(denials(said).sort(), [`${AMIS} @ wrong-type`, `${IMAGES} @ of-build`, `${IMAGES} @ of-misstated`]);
    const told = said.find(({ urn }) => urn.endsWith("of-misstated"))?.message ?? "";
    assert.ok(told.includes(`image  linux/arm64  docker-build Image \`misstated\`, platforms: ["linux/amd64"] (looked up: registry ${host}, today)`), told);
    assert.deepEqual(denials(await play(stack, "firstPreview")), [`${AMIS} @ wrong-type`], "a build that is part of the update counts as it is stated");
    assert.match(said.find(({ policy }) => policy === AMIS)?.message ?? "", /ami: "ami-12c6146b" \(looked up: EC2 DescribeImages, us-east-1, today\)/);
  });

  it("lets a declaration and what the stack states go before", async () => {
    const stack = new StackBuilder();
    stack.add("instance", "declared", { ami: X86_AMI, instanceType: "m7g.large" });
    const said = await runAwaiting(stack.laterPreview(), { config: { "cpu-architecture-settings": { amis: [{ id: "ami-*", architecture: "arm64" }], lookups: { amis: true, endpoints: { ec2: aws.url } } } } });
    assert.deepEqual(said, []);
    assert.equal(aws.seen.length, 0);
  });

  it("never asks by tag for what this update may push, nor for a parameter that it may set", async () => {
    const stack = new StackBuilder();
    const repository = stack.add("repository", "app");
    stack.add("dockerBuild", "image", { push: true, tags: [`${host}/x86-only:1`], platforms: ["linux/arm64"] });
    task(stack, "built-here", [`${host}/x86-only:1`], ON_ARM);
    stack.add("launchTemplate", "template", { imageId: "resolve:ssm:/golden/ami", instanceType: "m7g.large" });
    stack.add("ssmParameter", "parameter", { name: "/golden/ami", value: repository.get("arn") });
    const said = await play(stack, "firstPreview");
    assert.deepEqual(denials(said), []);
    // What was built at a preview has a digest, under which nothing is pushed yet.
    assert.deepEqual([...registry.seen, ...aws.seen].map(({ path }) => path).filter((path) => !path.includes("/manifests/sha256:")), []);
  });

  it("asks at a registration for what nothing later can change, and denies there", async () => {
    const stack = new StackBuilder();
    stack.add("instance", "wrong-type", { ami: X86_AMI, instanceType: "m7g.large" });
    task(stack, "by-digest", [`${host}/built@${armDigest}`], FARGATE);
    task(stack, "by-tag", [`${host}/x86-only:1`], ON_ARM);
    const said = await play(stack, "update");
    const places = said.filter(({ level }) => level === "mandatory").map(({ phase, urn }) => `${phase} ${urn.split("::").at(-1) ?? ""}`);
    assert.deepEqual(places, ["resource wrong-type", "resource by-digest", "stack by-tag"]);
    assert.equal(aws.seen.length, 1, "what was asked at the resource is not asked again");
  });

  it("denies nothing and says why, within its bound, while the network is cut", async () => {
    const stack = new StackBuilder();
    stack.add("instance", "wrong-type", { ami: X86_AMI, instanceType: "m7g.large" });
    task(stack, "wrong", [`${host}/x86-only:1`], ON_ARM);
    [registry.behavior, aws.behavior] = [() => true, () => true];
    const start = Date.now();
    const said = await play(stack, "laterPreview", { timeoutSeconds: 1, totalSeconds: 2 });
    assert.ok(Date.now() - start < 10_000);
    assert.deepEqual(denials(said), []);
    assert.match(listing(said), /an AMI id alone does not tell its architecture, and it could not be looked up: no answer within 1 s/);
    assert.match(listing(said), /no resource of this stack pushes it, and it could not be looked up: no answer within 1 s/);
  });

  it("waits for nothing, and asks nobody, where look-ups are off", () => {
    const stack = new StackBuilder();
    stack.add("instance", "wrong-type", { ami: X86_AMI, instanceType: "m7g.large" });
    task(stack, "wrong", [`${host}/x86-only:1`], ON_ARM);
    assert.deepEqual(run(stack.laterPreview(), { config: { "cpu-architecture-settings": { lookups: { amis: false, timeoutSeconds: 1 } } } }), []);
    assert.deepEqual([registry.seen.length, aws.seen.length], [0, 0]);
  });

  it("asks once for each thing: 200 tasks on 20 images, 100 instances on 10 AMIs", async () => {
    const stack = new StackBuilder();
    for (let index = 0; index < 200; index += 1) {
      task(stack, `task${String(index)}`, [`${host}/app${String(index % 20)}:1`], ON_ARM);
    }
    for (let index = 0; index < 100; index += 1) {
      stack.add("instance", `instance${String(index)}`, { ami: armAmis[index % 10], instanceType: "m7g.large" });
    }
    assert.deepEqual((await play(stack)).filter(({ level }) => level === "mandatory"), []);
    console.log(`        requests: ${String(registry.seen.length)} to the registry, ${String(aws.seen.length)} to EC2`);
    assert.deepEqual([registry.seen.length, aws.seen.length], [20, 1]);
  });
});
