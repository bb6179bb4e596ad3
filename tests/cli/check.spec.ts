import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as fc from "fast-check";
import { render } from "../generated/generator/render";
import { WORLDS } from "../generated/generator/worlds";
import { buildPack, ROOT } from "../support/built-pack";
import { listingAll, run, type RunOptions } from "../support/in-process";
import type { Recording } from "../support/protocol";
import { exportOf, type Exported } from "../support/saved-stack";
import { json, StackBuilder, text, type Inputs } from "../support/stack-builder";
import { Folder, inOwnProcess, inProcess, jsonReport } from "./support";

const FARGATE: Inputs = { requiresCompatibilities: ["FARGATE"] };
const FIXTURES = path.join("tests", "cli", "fixtures");
const RECORDED = path.join(FIXTURES, "fargate-arm64-image.json");
const ARM_AMI = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id";

function stackOf(platform: string): StackBuilder {
  const stack = new StackBuilder();
  const url = stack.add("repository", "app").get("repositoryUrl");
  const image = stack.add("dockerBuild", "image", { platforms: [platform], push: true, tags: [text`${url}:1`] });
  stack.add("task", "task", { containerDefinitions: json([{ name: "web", image: image.get("ref") }]), ...FARGATE });
  return stack;
}

/** An image that does not run on its task, an AMI that does not run on its type, and an image of which nothing is known. */
function severalThings(): StackBuilder {
  const stack = stackOf("linux/arm64");
  stack.add("instance", "instance", { ami: ARM_AMI, instanceType: "m5.large" });
  stack.add("dockerBuild", "unstated", { push: true, tags: ["me/unstated:1"] });
  stack.add("task", "other", { containerDefinitions: json([{ name: "web", image: "me/unstated:1" }]), ...FARGATE });
  return stack;
}

function exported(stack: StackBuilder): Exported {
  return exportOf(stack.update());
}

describe("check: a saved stack", () => {
  before(buildPack);

  for (const [format, golden] of [
    ["text", "fargate-arm64-image.txt"],
    ["json", "fargate-arm64-image.report.json"],
  ] as const) {
    it(`that the engine wrote, with one disagreement, as ${format} (UPDATE_GOLDEN=1 writes it anew)`, () => {
      const { code, stdout, stderr } = inOwnProcess({ args: ["check", "--format", format, RECORDED.replaceAll("\\", "/")] });
      const file = path.join(ROOT, FIXTURES, golden);
      if (process.env["UPDATE_GOLDEN"] !== undefined) {
        writeFileSync(file, stdout);
      }
      assert.equal(stdout, readFileSync(file, "utf8"));
      assert.deepEqual({ code, stderr }, { code: 1, stderr: "" });
    });
  }

  it("shows the message as the pack says it, under a line with level, policy and resource", async () => {
    const folder = new Folder();
    try {
      const file = folder.write("state.json", exported(stackOf("linux/arm64")));
      const { stdout } = await inProcess("check", file);
      const [denial] = run(asPreview(stackOf("linux/arm64").update()));
      assert.ok(denial !== undefined);
      const indented = denial.message.split("\n").map((line) => `    ${line}`);
      assert.ok(stdout.includes(["  [mandatory] ecs-task-image-architecture  (aws:ecs/taskDefinition:TaskDefinition: task)", ...indented, ""].join("\n")), stdout);
    } finally {
      folder.remove();
    }
  });
});

/** As if it were a preview: then the pack, as the command, judges the complete stack only. */
function asPreview(recording: Recording): Recording {
  return { ...recording, stack: { stack: "test", project: "app", organization: "organization", dryRun: true } };
}

/** Everything that is registered is in the stack, and the other way round: an export knows no other. */
function isWhole({ analyze, analyzeStack = [] }: Recording): boolean {
  return JSON.stringify(analyze.map(({ urn }) => urn).sort()) === JSON.stringify(analyzeStack.map(({ urn }) => urn).sort());
}

async function compare(recording: Recording, options: RunOptions, folder: Folder): Promise<number> {
  const file = folder.write("state.json", exportOf(recording));
  const config = folder.write("config.json", options.config ?? {});
  const { findings } = await jsonReport("--config", config, file);
  const said = run(asPreview(recording), options);
  assert.deepEqual(
    findings.map(({ policy, level, resource, message }) => ({ policy, level, urn: resource?.urn ?? "", message })),
    said.map(({ policy, level, urn, message }) => ({ policy, level, urn, message })),
  );
  return said.length;
}

describe("check: the same as the pack", function () {
  this.timeout(120_000);
  let folder: Folder;
  before(() => {
    folder = new Folder();
  });
  after(() => {
    folder.remove();
  });

  it("in generated stacks: the same policies, levels, resources and messages in the same order", async () => {
    const recordings = fc.sample(WORLDS, { numRuns: 200, seed: 20_261_121 }).map((world) => render(world).recording("update"));
    const whole = recordings.filter(isWhole);
    assert.ok(whole.length > 150, `only ${whole.length} stacks are whole`);
    let said = 0;
    for (const recording of whole) {
      said += await compare(recording, listingAll(), folder);
    }
    assert.ok(said > 500, `only ${said} messages`);
  });

  for (const [what, options] of [
    ["by default", {}],
    ["with everything listed", listingAll()],
    ["with exemptions, used, unused and over", {
      config: {
        "architecture-undetermined": { listing: "summary" },
        "cpu-architecture-settings": {
          exemptions: [
            { resource: "task", with: "image", reason: "emulated" },
            { resource: "instance", reason: "gone", until: "2020-01-01" },
            { resource: "nothing", reason: "never" },
          ],
        },
      },
    }],
    ["with declared facts and mistakes in options", {
      config: {
        "cpu-architecture-settings": { images: [{ reference: "me/unstated:*", platforms: ["linux/amd64"] }], amis: [{ id: "ami-1" }], imagse: [] },
        "ecs-task-image-architecture": { strict: true },
        "architecture-undetermined": { listing: "everything" },
      },
    }],
    ["with other levels", { config: { "ecs-task-image-architecture": { enforcementLevel: "advisory" }, "container-image-platform-explicit": { enforcementLevel: "mandatory" } } }],
  ] as const satisfies readonly (readonly [string, RunOptions])[]) {
    it(what, async () => {
      assert.ok((await compare(severalThings().update(), options, folder)) > 0);
    });
  }
});

describe("check: several stacks", () => {
  let folder: Folder;
  let bad: string;
  let good: string;
  before(() => {
    folder = new Folder();
    bad = folder.write("bad.json", exported(stackOf("linux/arm64")));
    good = folder.write("good.json", exported(stackOf("linux/amd64")));
  });
  after(() => {
    folder.remove();
  });

  it("are told one after the other, in the order in which they are given", async () => {
    const { code, stdout } = await inProcess("check", good, bad);
    const heads = stdout.split("\n").filter((line) => line.includes(": stack test of app, "));
    assert.deepEqual(heads.map((line) => line.split(":")[0]), [good, bad].map((file) => file.split(":")[0]));
    assert.ok(heads[0]!.startsWith(`${good}: `) && heads[1]!.startsWith(`${bad}: `), stdout);
    assert.ok(stdout.indexOf("[mandatory]") > stdout.indexOf(heads[1]!), "what is denied stands under its file");
    assert.match(stdout, /\nDenied: 1 mandatory, 0 advisory in 2 stacks\n$/);
    assert.equal(code, 1);
  });

  it("name the file of each finding in JSON", async () => {
    const { denied, stacks, findings } = await jsonReport(good, bad);
    assert.deepEqual(stacks.map(({ file, resources, judged }) => ({ file, resources, judged })), [good, bad].map((file) => ({ file, resources: 6, judged: 3 })));
    assert.deepEqual(findings.map(({ file, policy }) => ({ file, policy })), [{ file: bad, policy: "ecs-task-image-architecture" }]);
    assert.equal(denied, true);
  });

  it("are each judged alone: the same stack twice says the same twice", async () => {
    const { findings } = await jsonReport(bad, bad);
    assert.equal(findings.length, 2);
    assert.deepEqual(findings[0], findings[1]);
  });

  it("that agree pass", async () => {
    const { code, stdout } = await inProcess("check", good, good);
    assert.match(stdout, /\nPassed: 0 mandatory, 0 advisory in 2 stacks\n$/);
    assert.equal(code, 0);
  });

  it("of which one is bad input give no report, and each mistake is told", async () => {
    const broken = folder.write("broken.json", "{");
    const other = folder.write("other.json", "[]");
    const { code, stdout, stderr } = await inProcess("check", bad, broken, good, other);
    assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
    assert.deepEqual(stderr.split("\n").filter((line) => line !== "").map((line) => line.includes("broken.json") || line.includes("other.json")), [true, true]);
  });
});

describe("check: what counts as the stack", () => {
  let folder: Folder;
  before(() => {
    folder = new Folder();
  });
  after(() => {
    folder.remove();
  });

  async function findingsIn(saved: Exported): Promise<string[]> {
    const { findings } = await jsonReport(folder.write("state.json", saved));
    return findings.map(({ policy, resource }) => `${policy} @ ${resource?.name ?? ""}`);
  }

  function changed(change: (saved: Exported["deployment"]["resources"][number]) => object): Exported {
    const all = exported(stackOf("linux/arm64"));
    return { ...all, deployment: { ...all.deployment, resources: all.deployment.resources.map((saved) => ({ ...saved, ...change(saved) })) } };
  }

  it("is not what is about to be deleted", async () => {
    assert.deepEqual(await findingsIn(changed(() => ({}))), ["ecs-task-image-architecture @ task"]);
    assert.deepEqual(await findingsIn(changed(({ urn }) => (urn.endsWith("::task") ? { delete: true } : {}))), []);
  });

  it("is empty without resources", async () => {
    for (const deployment of [{}, { resources: [] }, { resources: null }, { manifest: {}, secrets_providers: { type: "passphrase" } }, null]) {
      const { code, stdout } = await inProcess("check", folder.write("empty.json", { version: 3, deployment }));
      assert.match(stdout, /empty\.json: an empty stack, 0 resources, 0 of them judged\n\nPassed: 0 mandatory, 0 advisory in 1 stack\n$/);
      assert.equal(code, 0);
    }
  });

  it("has regions: a name means what has it in the same region", async () => {
    const east = { provider: "east", providerRegion: "us-east-1" };
    const west = { provider: "west", providerRegion: "eu-west-1" };
    for (const [group, expected] of [[east, ["ec2-ami-instance-type-architecture @ machines"]], [west, []]] as const) {
      const stack = new StackBuilder();
      stack.add("launchTemplate", "machines", { name: "machines", imageId: ARM_AMI }, east);
      const launchTemplateSpecification = { launchTemplateName: "machines", version: "$Latest" };
      stack.add("group", "group", { mixedInstancesPolicy: { launchTemplate: { launchTemplateSpecification, overrides: [{ instanceType: "m5.large" }] } }, maxSize: 1 }, group);
      const { findings } = await jsonReport(folder.write("regions.json", exported(stack)));
      assert.deepEqual(findings.map(({ policy }) => `${policy} @ machines`), expected);
    }
  });

  it("names the component that the user wrote", async () => {
    const stack = new StackBuilder();
    const repository = stack.add("repository", "app");
    const image = stack.awsxImage("img", repository, { platforms: ["linux/arm64"] });
    stack.add("task", "task", { containerDefinitions: json([{ name: "web", image: image.get("imageUri") }]), ...FARGATE });
    const { findings } = await jsonReport(folder.write("awsx.json", exported(stack)));
    assert.deepEqual(findings.map(({ policy }) => policy), ["ecs-task-image-architecture"]);
    assert.match(findings[0]!.message, /awsx ecr\.Image `img`/);
  });
});
