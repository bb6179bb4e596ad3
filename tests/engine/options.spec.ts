// Every option of the pack, given to the real engine by --policy-pack-config: right, wrong, mistyped, ended and unused.
import assert from "node:assert/strict";
import { describeEngine } from "../support/engine";
import type { Result, Violation } from "../support/engine";
import { assertDenied, assertPassed, denials, fargateTaskOf, program, withStack } from "./judged";

const SETTINGS = "cpu-architecture-settings";
const IMAGES = "ecs-task-image-architecture";
const CAPACITY = "ecs-task-capacity-architecture";
const AMIS = "ec2-ami-instance-type-architecture";
const LISTING = "architecture-undetermined";
const ARM_AMI = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id";

type Config = Readonly<Record<string, unknown>>;

/** Six things of which the stack tells one side only, and a pool of arm64 instances that an amd64 image is put on. */
const OPEN = program(`
  const arm = { runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" } };
  const onEc2 = (name: string, image: any, more: object = {}) => new aws.ecs.TaskDefinition(name, { family: name, requiresCompatibilities: ["EC2"],
    containerDefinitions: pulumi.jsonStringify([{ name: "app", image, memory: 64 }]), ...more });
  new aws.ec2.Instance("known-by-id", { ami: "ami-0123456789abcdef0", instanceType: "m7g.large" });
  const template = new aws.ec2.LaunchTemplate("new-type", { imageId: "${ARM_AMI}", instanceType: "x99.large" });
  new aws.autoscaling.Group("new-type-group", { minSize: 0, maxSize: 1, vpcZoneIdentifiers: ["subnet-1"], launchTemplate: { id: template.id, version: "$Latest" } });
  ${fargateTaskOf("vendor-task", `"registry.example.com/vendor:1"`)}
  ${fargateTaskOf("built-task", `"registry.example.com/built:1"`)}
  new aws.codebuild.Project("web-build", { name: "web-build", serviceRole: "arn:aws:iam::123456789012:role/builder", artifacts: { type: "NO_ARTIFACTS" },
    environment: { type: "ARM_CONTAINER", computeType: "BUILD_GENERAL1_SMALL", image: "aws/codebuild/amazonlinux-aarch64-standard:3.0", privilegedMode: true },
    source: { type: "GITHUB", location: "https://git.example.com/web.git" } });
  new aws.ecs.Service("on-shared-spot", { cluster: "main", taskDefinition: onEc2("spot-task", "registry.example.com/other:1", arm).arn, desiredCount: 1,
    capacityProviderStrategies: [{ capacityProvider: "shared-spot", weight: 1 }] });
  new aws.ecs.Service("on-legacy", { cluster: "legacy", launchType: "EC2", taskDefinition: onEc2("legacy-task", "registry.example.com/other:1", arm).arn, desiredCount: 1 });
  const armTemplate = new aws.ec2.LaunchTemplate("farm", { imageId: "${ARM_AMI}", instanceType: "m7g.large" });
  const farm = new aws.autoscaling.Group("farm-group", { minSize: 0, maxSize: 1, vpcZoneIdentifiers: ["subnet-1"], launchTemplate: { id: armTemplate.id, version: "$Latest" } });
  const farmProvider = new aws.ecs.CapacityProvider("farm-provider", { autoScalingGroupProvider: { autoScalingGroupArn: farm.arn } });
  const image = new build.Image("amd64-image", { push: true, tags: ["registry.example.com/amd64:1"], context: { location: "app" }, platforms: ["linux/amd64"] });
  new aws.ecs.Service("on-farm", { cluster: "main", taskDefinition: onEc2("farm-task", image.ref).arn, desiredCount: 1,
    capacityProviderStrategies: [{ capacityProvider: farmProvider.name, weight: 1 }] });
`);

/** Every kind of declared fact; wrong: as the stack does not fit, right: as it does. */
function declared(isWrong: boolean): Config {
  const [here, there] = isWrong ? ["x86_64", "x86_64"] : ["arm64", "arm64"];
  return {
    amis: [{ id: "ami-0123*", architecture: here }],
    instanceTypes: [{ type: "x99.*", architectures: [there] }],
    images: [{ reference: "registry.example.com/vendor:*", platforms: [isWrong ? "linux/arm64" : "linux/amd64"] }],
    codeBuildProjects: [{ project: "web-build", pushes: ["registry.example.com/built:*"], ...(isWrong ? {} : { platforms: ["linux/amd64"] }) }],
    capacityProviders: [{ name: "shared-spot", architectures: [here] }],
    clusters: [{ name: "legacy", architectures: [here] }],
    ...(isWrong ? {} : { emulation: [{ hosts: "farm-provider*", platforms: ["linux/amd64"] }] }),
  };
}

/** One wrong pair, and a container that the stack does not build. */
const WRONG = program(`
  const image = new build.Image("web-image", { push: true, tags: ["registry.example.com/web:1"], context: { location: "app" }, platforms: ["linux/arm64"] });
  ${fargateTaskOf("web-task", "image.ref")}
  ${fargateTaskOf("other-task", `"registry.example.com/other:1"`)}`);

async function previewOf(text: ReturnType<typeof program>, config: Config): Promise<Result> {
  return withStack({ program: text, config }, (made) => made.preview());
}

function said({ violations }: Result, policy: string): Violation[] {
  return violations.filter((violation) => violation.policy === policy);
}

const EXEMPTION = { resource: "web-task", with: "web-image", policy: IMAGES, reason: "vendor binary, tested", until: "2099-12-31" };

function exempting(exemption: Config, more: Config = {}): Config {
  return { [SETTINGS]: { exemptions: [exemption] }, ...more };
}

describeEngine("declared facts on the engine", () => {
  it("what the stack does not tell denies nothing, but for the image that lands on instances of another architecture", async () => {
    assertDenied(await previewOf(OPEN, {}), CAPACITY, ["amd64-image", "farm"]);
  });

  it("each kind of fact denies what it does not fit", async () => {
    const result = await previewOf(OPEN, { [SETTINGS]: declared(true) });
    const denied = denials(result).map(({ policy, resourceName }) => `${policy} ${resourceName}`);
    assert.deepEqual(denied.sort(), [
      `${AMIS} known-by-id`,
      `${AMIS} new-type`,
      `${CAPACITY} farm-task`,
      `${CAPACITY} on-legacy`,
      `${CAPACITY} on-shared-spot`,
      `${IMAGES} built-task`,
      `${IMAGES} vendor-task`,
    ], result.stdout);
    assert.deepEqual(said(result, SETTINGS), []);
    assert.notEqual(result.exitCode, 0);
  });

  it("and passes what it fits; hosts that emulate run the foreign image", async () => {
    const result = await previewOf(OPEN, { [SETTINGS]: declared(false) });
    assertPassed(result);
    assert.deepEqual(said(result, SETTINGS), [], result.stdout);
  });

  it("one that nothing uses is told, and not where one configuration serves several stacks", async () => {
    const amis = [{ id: "ami-0999*", architecture: "arm64" }];
    const [told, ...others] = said(await previewOf(OPEN, { [SETTINGS]: { amis }, [CAPACITY]: "advisory" }), SETTINGS);
    assert.deepEqual([told?.level, others], ["advisory", []]);
    assert.match(told?.message ?? "", /amis\[0\] of cpu-architecture-settings \(in the pack.s configuration\) is about `ami-0999\*`/);
    assert.deepEqual(said(await previewOf(OPEN, { [SETTINGS]: { amis, unused: "ignore" }, [CAPACITY]: "advisory" }), SETTINGS), []);
  });

  it("one that the stack contradicts is told", async () => {
    const result = await previewOf(WRONG, { [SETTINGS]: { images: [{ reference: "registry.example.com/web:1", platforms: ["linux/amd64"] }] } });
    assert.match(said(result, SETTINGS)[0]?.message ?? "", /images\[0\] says linux\/amd64, docker-build Image `web-image` says linux\/arm64/);
    assert.equal(denials(result).length, 1, "what the stack says counts");
  });
});

describeEngine("mistakes in options on the engine", () => {
  it("a mistyped option is told with what was meant, and costs nothing else", async () => {
    const result = await previewOf(WRONG, { [SETTINGS]: { exmptions: [EXEMPTION] }, [IMAGES]: { exemption: [] }, [LISTING]: { listings: "all" } });
    const texts = result.violations.filter(({ message }) => message.includes("has no effect")).map(({ policy, level, message }) => `${policy} ${level}: ${message}`);
    assert.equal(texts.length, 3, result.stdout);
    assert.match(texts.join("\n"), /cpu-architecture-settings advisory: [\s\S]*exmptions is no option; did you mean exemptions\?/);
    assert.match(texts.join("\n"), /ecs-task-image-architecture advisory: [\s\S]*exemption is no option; this policy has none/);
    assert.match(texts.join("\n"), /architecture-undetermined advisory: [\s\S]*listings is no option; did you mean listing\?/);
    assert.equal(denials(result).length, 1);
  });

  // The engine checks options against the pack's schema before it asks the pack anything.
  for (const [what, config, names] of [
    ["a wrong type", { [SETTINGS]: { amis: "ami-0123456789abcdef0" } }, /amis: Invalid type/],
    ["a value that does not exist", { [LISTING]: { listing: "everything" } }, /listing: listing must be one of the following/],
    ["an exemption without a reason", { [SETTINGS]: { exemptions: [{ resource: "web-task" }] } }, /exemptions\.0: reason is required/],
    ["a mistyped key of an entry", { [SETTINGS]: { amis: [{ id: "ami-1", architecture: "arm64", regions: "us-east-1" }] } }, /amis\.0: Additional property regions is not allowed/],
  ] as const) {
    it(`${what} is an error`, async () => {
      const { exitCode, stdout, stderr } = await previewOf(WRONG, config);
      assert.notEqual(exitCode, 0);
      assert.match(stdout + stderr, names);
    });
  }
});

describeEngine("exemptions on the engine", () => {
  it("the exempt finding denies neither preview nor update, and stays visible in the listing", async () => {
    await withStack({ program: WRONG, config: exempting(EXEMPTION, { [LISTING]: { listing: "all" } }) }, async (made) => {
      for (const result of [await made.preview(), await made.up({ skipPreview: true })]) {
        assertPassed(result);
        assert.deepEqual(said(result, SETTINGS), []);
        const texts = said(result, LISTING).map(({ message }) => message);
        assert.ok(texts.some((text) => /Exempt until 2099-12-31: (A container|Container `\w+`) cannot run/.test(text) && text.includes("Reason: vendor binary, tested")), texts.join("\n"));
      }
    });
  });

  it("one that is over denies again and says so, before anything is made", async () => {
    await withStack({ program: WRONG, config: exempting({ ...EXEMPTION, until: "2026-01-31" }) }, async (made) => {
      const preview = await made.preview();
      assertDenied(preview, IMAGES, ["web-task", "Its exemption (exemptions[0]) ended on 2026-01-31."]);
      assert.match(said(preview, SETTINGS)[0]?.message ?? "", /An exemption has ended/);
      const up = await made.up({ skipPreview: true });
      assertDenied(up, IMAGES, ["web-task", "ended on 2026-01-31"]);
    });
  });

  it("one that nothing needs is told", async () => {
    const result = await previewOf(WRONG, exempting({ resource: "old-*", reason: "gone" }));
    assert.match(said(result, SETTINGS)[0]?.message ?? "", /exemptions\[0\].*`old-\*`, and no resource of this stack has such a name/);
    assertDenied(result, IMAGES, ["web-task"]);
  });
});

describeEngine("the listing on the engine", () => {
  const asAdvice = { [IMAGES]: "advisory" };

  it("off, summary and all", async () => {
    const listed = async (listing: string): Promise<Violation[]> => said(await previewOf(WRONG, { ...asAdvice, [LISTING]: { listing } }), LISTING);
    assert.deepEqual(await listed("off"), []);
    const [summary, ...more] = await listed("summary");
    assert.match(summary?.message ?? "", /1 part of this stack could not be checked:\n +task definition `other-task`/);
    assert.deepEqual(more, []);
    assert.deepEqual((await listed("all")).map(({ resourceName }) => resourceName), ["other-task"]);
  });

  it("strict mode denies what could not be determined, until that is exempt or declared", async () => {
    const strict = { ...asAdvice, [LISTING]: { enforcementLevel: "mandatory", listing: "all" } };
    assertDenied(await previewOf(WRONG, strict), LISTING, ["other-task", "declare the image under `images`"]);
    assertPassed(await previewOf(WRONG, exempting({ resource: "other-task", policy: LISTING, reason: "no stable name" }, strict)));
    assertPassed(await previewOf(WRONG, { ...strict, [SETTINGS]: { images: [{ reference: "registry.example.com/other:1", platforms: ["linux/amd64"] }] } }));
  });
});
