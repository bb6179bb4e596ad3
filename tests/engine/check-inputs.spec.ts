// What the real CLI writes of a stack, in every format that the command reads: it denies what the pack denies at the same
// preview, as far as the format tells, and never more.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { run } from "../../cli/main";
import { describeEngine, type Program, type Stack } from "../support/engine";
import { denials, fargateTask, fargateTaskOf, platform, program, withStack } from "./judged";

interface Checked {
  readonly code: number;
  readonly denied: readonly string[];
  readonly messages: readonly string[];
  readonly notes: readonly string[];
}

/** What is denied: the policy with the task definition, or else the resource: an update says a finding at the image that comes later. */
function denied({ policy, urn, message }: { readonly policy: string; readonly urn: string; readonly message: string }): string {
  return `${policy} ${/task definition `([^`]+)`/.exec(message)?.[1] ?? urn.replace(/.*::/, "")}`;
}

async function check(...files: readonly string[]): Promise<Checked> {
  const [stdout, notes]: [string[], string[]] = [[], []];
  const code = await run(["check", "--format", "json", ...files], { write: (text) => stdout.push(text), note: (line) => notes.push(line) });
  assert.notEqual(stdout.length, 0, notes.join("\n"));
  const { findings } = JSON.parse(stdout.join("")) as { findings: { policy: string; level: string; message: string; resource: { urn: string } | null }[] };
  const mandatory = findings.filter(({ level }) => level === "mandatory");
  return { code, notes, denied: mandatory.map(({ policy, resource, message }) => denied({ policy, urn: resource?.urn ?? "", message })).sort(), messages: mandatory.map(({ message }) => message) };
}

/** Runs a command of the CLI that must succeed, and keeps what it prints. */
async function kept(made: Stack, name: string, args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await made.pulumi(args);
  assert.equal(exitCode, 0, stdout + stderr);
  const file = path.join(made.dir, name);
  writeFileSync(file, stdout);
  return file;
}

async function planned(made: Stack): Promise<string> {
  const file = path.join(made.dir, "plan.json");
  await kept(made, "plan.out", ["preview", "--stack", "test", "--save-plan", file, "--show-secrets"]);
  return file;
}

function previewed(made: Stack, ...args: readonly string[]): Promise<string> {
  return kept(made, "preview.json", ["preview", "--stack", "test", "--json", ...args]);
}

const ECS_AMI = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id";

/** Disagreements of each kind of link: through what is computed, through known values, in a secret, on instances. */
function several(wrong: boolean, family = "web"): Program {
  return program(`
    const repository = new aws.ecr.Repository("repository");
    const computed = new build.Image("computed", { push: true, tags: [pulumi.interpolate\`\${repository.repositoryUrl}:1\`], context: { location: "app" }, platforms: ["${platform(wrong)}"] });
    ${fargateTaskOf("computed-task", "computed.ref")}
    const known = new build.Image("known", { push: true, tags: ["registry.example.com/known:1"], context: { location: "app" }, platforms: ["${platform(wrong)}"] });
    ${fargateTaskOf("known-task", '"registry.example.com/known:1"', "dependsOn: [known]")}
    ${fargateTaskOf("by-digest-task", "known.ref")}
    ${fargateTask("secret-task", 'pulumi.secret(JSON.stringify([{ name: "web", image: "registry.example.com/known:1" }]))')}
    const moved = new docker.Image("moved", { imageName: "registry.example.com/moved:1", build: { context: "app", platform: "${platform(wrong)}" } });
    ${fargateTaskOf("moved-task", "moved.imageName")}
    const europe = new aws.Provider("europe", { region: "eu-west-1" });
    new aws.ec2.Instance("instance", { ami: "${ECS_AMI}", instanceType: "${wrong ? "m5.large" : "m7g.large"}" }, { provider: europe });
    const template = new aws.ec2.LaunchTemplate("template", { imageId: "${ECS_AMI}", instanceType: "m5.large" });
    new aws.autoscaling.Group("group", { minSize: 1, maxSize: 1, mixedInstancesPolicy: { launchTemplate: {
      launchTemplateSpecification: { launchTemplateId: template.id, version: "$Latest" }, overrides: [{ instanceType: "${wrong ? "m5.large" : "m7g.large"}" }] } } });
    const cluster = new aws.ecs.Cluster("cluster", {});
    const capacity = new aws.ecs.ClusterCapacityProviders("capacity", { clusterName: cluster.name, capacityProviders: ["FARGATE"], defaultCapacityProviderStrategies: [{ capacityProvider: "FARGATE", weight: 1 }] });
    const task = new aws.ecs.TaskDefinition("task", { family: "${family}", requiresCompatibilities: ["EC2", "FARGATE"], containerDefinitions: pulumi.jsonStringify([{ name: "web", image: known.ref }]) });
    new aws.ecs.Service("service", { cluster: cluster.arn, taskDefinition: task.arn, desiredCount: 1 }, { dependsOn: [capacity] });
    aws.ec2.LaunchTemplate.get("elsewhere", "lt-0123456789abcdef0");
    export const secret = pulumi.secret("hunter2");
  `);
}

/** True if all of the one are in the other. */
function isAmong(some: readonly string[], all: readonly string[]): boolean {
  return some.every((each) => all.includes(each));
}

async function packDenials(made: Stack): Promise<string[]> {
  return denials(await made.preview()).map(denied).sort();
}

describeEngine("check reads what the CLI writes at a preview", function () {
  this.timeout(240_000);

  it("of a new stack: a preview and a plan deny what the pack denies; repaired, nothing", async () => {
    await withStack({ program: several(true) }, async (made) => {
      const pack = await packDenials(made);
      assert.ok(pack.length >= 7, pack.join("\n"));
      const preview = await check(await previewed(made));
      assert.deepEqual(preview.notes, []);
      assert.ok(isAmong(preview.denied, pack), preview.denied.join("\n"));
      // A secret is not shown, and the digest of an image that is built at a preview neither.
      const hidden = pack.filter((each) => !preview.denied.includes(each)).map((each) => each.replace(/.* /, ""));
      assert.deepEqual(hidden, ["by-digest-task", "secret-task", "task"]);
      const plan = await check(await planned(made));
      assert.deepEqual({ denied: plan.denied, code: plan.code }, { denied: pack, code: 1 });
      made.setProgram(several(false));
      assert.deepEqual(await packDenials(made), []);
      assert.deepEqual((await check(await previewed(made))).denied, []);
      assert.deepEqual((await check(await planned(made))).denied, []);
    });
  });

  it("of a stack that is deployed: unchanged, changed, refreshed and targeted, never more than the pack", async () => {
    await withStack({ program: several(true) }, async (made) => {
      await kept(made, "up.out", ["up", "--stack", "test", "--yes", "--skip-preview"]);
      const pack = await packDenials(made);
      const shown = pack.filter((each) => !each.endsWith(" secret-task"));
      assert.deepEqual((await check(await previewed(made, "--show-sames"))).denied, shown, "unchanged");
      // A plan tells no inputs of what is there already: that the service left its launch type out is not to be seen.
      const isPlanned = (each: string): boolean => !each.endsWith(" task");
      assert.deepEqual((await check(await planned(made))).denied, pack.filter(isPlanned), "unchanged, planned");
      const half = await check(await previewed(made));
      assert.deepEqual(half.denied, [], "nothing is denied of what is not told");
      assert.match(half.notes.join("\n"), /the preview leaves out \d+ of its resources: `pulumi preview --json --show-sames` shows all/);

      made.setProgram(several(true, "other"));
      const changed = await packDenials(made);
      for (const args of [[], ["--show-sames"], ["--show-sames", "--refresh"], ["--show-sames", "--show-replacement-steps"]]) {
        const found = (await check(await previewed(made, ...args))).denied;
        assert.ok(isAmong(found, changed), `${args.join(" ")}: ${found.join("\n")}`);
        assert.equal(found.length > 0, args.length > 0, args.join(" "));
      }
      assert.deepEqual((await check(await planned(made))).denied, changed.filter(isPlanned), "changed, planned");

      made.setProgram(several(false));
      for (const args of [[], ["--show-sames"]]) {
        assert.deepEqual((await check(await previewed(made, ...args))).denied, [], `repaired ${args.join(" ")}`);
      }
      assert.deepEqual((await check(await planned(made))).denied, []);
      const target = "**known**";
      const targeted = denials(await made.preview({ target: [target] })).map(denied);
      assert.ok(isAmong((await check(await previewed(made, "--show-sames", "--target", target))).denied, targeted));
    });
  });

  it("says of an event log and a checkpoint what to use instead", async () => {
    await withStack({ program: program('new aws.ecs.Cluster("cluster", {});') }, async (made) => {
      const { stdout } = await made.pulumi(["preview", "--stack", "test", "--json"], { PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" });
      const log = path.join(made.dir, "log.json");
      writeFileSync(log, stdout);
      const notes: string[] = [];
      const checkpoint = path.join(made.dir, "state", ".pulumi", "stacks", "app", "test.json");
      assert.ok(readFileSync(checkpoint, "utf8").includes("checkpoint"));
      assert.equal(await run(["check", log, checkpoint], { write: (text) => assert.fail(text), note: (line) => notes.push(line) }), 2);
      assert.match(notes.join("\n"), /log\.json: this looks like an event log.*\n.*test\.json: at \$: this looks like a checkpoint/);
    });
  });
});

/** The stack that others read: images and a cluster with one kind of instance. */
function platformStack(wrong: boolean): Program {
  return program(`
    const image = new build.Image("image", { push: true, tags: ["registry.example.com/shared:1"], context: { location: "app" }, platforms: ["${platform(wrong)}"] });
    export const tag = "registry.example.com/shared:1";
    export const ref = image.ref;
  `);
}

function consumer(reference: boolean): Program {
  const source = reference ? 'new pulumi.StackReference("organization/app/test").getOutput("tag")' : '"registry.example.com/shared:1"';
  const digest = reference ? 'new pulumi.StackReference("again", { name: "organization/app/test" }).getOutput("ref")' : '"registry.example.com/shared:2"';
  return program(`${fargateTaskOf("by-tag", source)}\n${fargateTaskOf("by-digest", digest)}`);
}

describeEngine("check links stacks that read each other", function () {
  this.timeout(240_000);

  for (const wrong of [true, false]) {
    it(wrong ? "denies an image of the one on a task of the other" : "passes once the image is repaired", async () => {
      await withStack({ program: platformStack(wrong) }, async (made) => {
        const images = path.join(made.dir, "images.json");
        const web = path.join(made.dir, "web.json");
        await kept(made, "up.out", ["up", "--stack", "test", "--yes", "--skip-preview"]);
        await kept(made, "export.out", ["stack", "export", "--stack", "test", "--file", images]);
        made.setProgram(consumer(true));
        await kept(made, "init.out", ["stack", "init", "web"]);
        const preview = await kept(made, "preview.json", ["preview", "--stack", "web", "--json"]);
        await kept(made, "up.out", ["up", "--stack", "web", "--yes", "--skip-preview"]);
        await kept(made, "export.out", ["stack", "export", "--stack", "web", "--file", web]);
        for (const file of [web, preview]) {
          assert.deepEqual((await check(file)).denied, [], "alone, it does not tell");
          const { messages, ...linked } = await check(file, images);
          assert.deepEqual(linked.denied.map((each) => each.replace(/.* /, "")), wrong ? ["by-digest", "by-tag"] : []);
          assert.ok(messages.every((message) => message.includes("docker-build Image `image` in stack app/test")), messages.join("\n"));
        }
        // Without a StackReference a tag is only a name.
        made.setProgram(consumer(false));
        await kept(made, "up.out", ["up", "--stack", "web", "--yes", "--skip-preview"]);
        await kept(made, "export.out", ["stack", "export", "--stack", "web", "--file", web]);
        assert.deepEqual((await check(images, web)).denied, []);
      });
    });
  }
});
