import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { policies } from "../../policies";
import { buildPack, PACK, ROOT, withEnvironment } from "../support/built-pack";
import { run, type RunOptions, type Violation } from "../support/in-process";
import { PackProcess, playRecording, type Diagnostic, type PackConfig, type Recording } from "../support/protocol";
import { json, OPERATIONS, StackBuilder, text, type Inputs } from "../support/stack-builder";
import { UNKNOWN } from "../support/values";

const FAULTY = path.join(__dirname, "fixtures", "faulty-pack");
const HOOK = path.join(__dirname, "fixtures", "loaded-modules.js");
const ARM_AMI = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id";
const FARGATE: Inputs = { requiresCompatibilities: ["FARGATE"] };
const SECRET = "hunter2-s3cr3t";
/** How a secret value looks on the wire. Source: pulumi/pulumi, sdk/go/common/resource/sig. */
const secret = (value: unknown): object => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });

/** Plays a recording to the pack's process, which is told as the engine's language host tells it whether it is a preview. */
function play(recording: Recording, config: PackConfig = {}, pack = PACK): Promise<readonly Diagnostic[]> {
  return withEnvironment({ PULUMI_NODEJS_DRY_RUN: String(recording.stack?.dryRun === true) }, () => playRecording(pack, recording, config));
}

function deniedTask(): StackBuilder {
  const stack = new StackBuilder();
  const url = stack.add("repository", "app").get("repositoryUrl");
  const image = stack.add("dockerBuild", "image", { platforms: ["linux/arm64"], push: true, tags: [text`${url}:1`] });
  stack.add("task", "task", { containerDefinitions: json([{ name: "web", image: image.get("ref") }]), ...FARGATE });
  return stack;
}

function severalThings(): StackBuilder {
  const stack = deniedTask();
  stack.add("task", "misspelled", { containerDefinitions: json([{ name: "web", image: "nginx" }]), runtimePlatform: { cpuArchitecture: "arm64" }, ...FARGATE });
  stack.add("launchTemplate", "template", { imageId: ARM_AMI, instanceType: "m5.large" });
  stack.add("instance", "instance", { ami: ARM_AMI, instanceType: "m5.large" });
  stack.add("dockerBuild", "unstated", { push: true, tags: ["me/unstated:1"] });
  stack.add("task", "second", { containerDefinitions: json([{ name: "web", image: "me/unstated:1" }, { name: "old", image: "me/unstated:0" }]), ...FARGATE });
  stack.awsxImage("img", stack.add("repository", "other"), { platforms: ["linux/amd64"] });
  stack.add("bucket", "bucket");
  return stack;
}

function comparable(said: readonly (Diagnostic | Violation)[], descriptions: ReadonlyMap<string, string>): unknown[] {
  return said.map(({ phase, policy, level, urn, message }) => [phase, policy, level, urn, message.replace(`${descriptions.get(policy) ?? ""}\n`, "")]);
}

describe("the pack's process", function () {
  this.timeout(120_000);
  before(buildPack);

  it("tells its policies in order, with levels, descriptions and options", async () => {
    const pack = await PackProcess.start(PACK);
    try {
      const info = await pack.info();
      const told = info.getPoliciesList();
      const LEVELS = ["advisory", "mandatory"];
      assert.equal(info.getName(), "cpu-architecture");
      assert.deepEqual([info.getDisplayname(), info.getProvider()], ["CPU architecture", "aws"]);
      assert.match(info.getReadme(), /^# CPU architecture\n[\s\S]*architecture-undetermined/);
      assert.ok(info.getDescription() !== "" && info.getTagsList().length > 0);
      assert.deepEqual(told.map((policy) => [policy.getName(), LEVELS[policy.getEnforcementlevel()]]), [
        ["cpu-architecture-settings", "advisory"],
        ["ecs-task-image-architecture", "mandatory"],
        ["ecs-task-capacity-architecture", "mandatory"],
        ["ec2-ami-instance-type-architecture", "mandatory"],
        ["ecs-task-runtime-platform-valid", "mandatory"],
        ["container-image-platform-explicit", "advisory"],
        ["architecture-suspected", "advisory"],
        ["architecture-undetermined", "advisory"],
      ]);
      const options = told.map((policy) => [policy.getName(), Object.keys(policy.getConfigschema()?.getProperties()?.toJavaScript() ?? {}).sort()] as const);
      assert.deepEqual(options.filter(([, keys]) => keys.length > 0), [
        ["cpu-architecture-settings", ["amis", "capacityProviders", "clusters", "codeBuildProjects", "emulation", "exemptions", "images", "instanceTypes", "lookups", "unused"]],
        ["architecture-undetermined", ["listing"]],
      ]);
      // An entry without a level would turn a mandatory policy into an advisory one.
      assert.equal(info.getInitialconfigMap().getLength(), 0);
      for (const policy of told) {
        assert.match(policy.getDescription(), /\.$/);
        assert.ok(policy.getDisplayname() !== "" && policy.getRemediationSteps() !== "" && policy.getTagsList().length > 0);
      }
    } finally {
      pack.stop();
    }
  });

  describe("says what the policies say in this process", () => {
    const descriptions = new Map(policies.map(({ name, description }) => [name, description]));
    const LISTING = { "architecture-undetermined": { listing: "all" } };
    for (const operation of OPERATIONS) {
      for (const [what, config, options] of [
        ["by default", {}, {}],
        ["with everything listed", LISTING, { config: LISTING }],
        ["with policies disabled", { "ecs-task-image-architecture": "disabled", "cpu-architecture-settings": "disabled" }, { disabled: ["ecs-task-image-architecture", "cpu-architecture-settings"] }],
      ] as readonly (readonly [string, PackConfig, RunOptions])[]) {
        it(`${operation}, ${what}`, async () => {
          const recording = severalThings()[operation]();
          const expected = run(recording, { ...options, goesOn: true });
          assert.ok(expected.length >= 3);
          assert.deepEqual(comparable(await play(recording, config), descriptions), comparable(expected, descriptions));
        });
      }
    }
  });

  it("denies a task definition during an update before it is created, and says it once", async () => {
    const said = await play(deniedTask().update());
    assert.deepEqual(said.map(({ phase, level, policy, resourceName }) => [phase, level, policy, resourceName]), [["resource", "mandatory", "ecs-task-image-architecture", "task"]]);
  });

  it("waits for the stack during a preview", async () => {
    const said = await play(deniedTask().firstPreview());
    assert.deepEqual(said.map(({ phase, level, resourceName }) => [phase, level, resourceName]), [["stack", "mandatory", "task"]]);
  });

  for (const level of ["advisory", "mandatory"] as const) {
    it(`says a finding at the level that the user gives the policy: ${level}`, async () => {
      const said = await play(deniedTask().update(), { "ecs-task-image-architecture": level });
      assert.deepEqual(said.map((each) => each.level), [level]);
    });
  }

  it("is strict where the listing is mandatory", async () => {
    const stack = new StackBuilder();
    stack.add("task", "task", { containerDefinitions: json([{ name: "web", image: "nginx" }]), ...FARGATE });
    const said = await play(stack.laterPreview(), { "architecture-undetermined": { enforcementLevel: "mandatory", listing: "all" } });
    assert.deepEqual(said.map(({ policy, level }) => [policy, level]), [["architecture-undetermined", "mandatory"]]);
    const declared = await play(stack.laterPreview(), {
      "architecture-undetermined": { enforcementLevel: "mandatory", listing: "all" },
      "cpu-architecture-settings": { images: [{ reference: "nginx", platforms: ["linux/amd64", "linux/arm64"] }] },
    });
    assert.deepEqual(declared, []);
  });

  it("reads through secrets on the wire, and tells none", async () => {
    const definitions = JSON.stringify([{ name: "web", image: "me/app:1", environment: [{ name: "TOKEN", value: SECRET }] }]);
    const stack = new StackBuilder();
    stack.add("dockerBuild", "image", { platforms: ["linux/arm64"], push: true, tags: [secret("me/app:1")], buildArgs: secret({ TOKEN: SECRET }) });
    stack.add("task", "task", { containerDefinitions: secret(definitions), ...FARGATE });
    stack.add("task", "unknown", { containerDefinitions: secret(UNKNOWN), ...FARGATE });
    stack.add("task", "broken", { containerDefinitions: secret(`{${SECRET}`), ...FARGATE });
    for (const operation of OPERATIONS) {
      const said = await play(stack[operation](), { "architecture-undetermined": { listing: "all" } });
      assert.equal(said.filter(({ level }) => level === "mandatory").length, 1);
      assert.ok(!JSON.stringify(said).includes(SECRET));
    }
  });

  it("answers for malformed input of any size, and denies what stands beside it", async () => {
    const stack = deniedTask();
    const definitions = ["x".repeat(1_000_000), "[".repeat(1_000_000), "null", '[{"__proto__":{"image":"a"}}]', '"'];
    definitions.forEach((containerDefinitions, index) => stack.add("task", `bad${index}`, { containerDefinitions, ...FARGATE }));
    stack.add("task", "polluting", JSON.parse('{"__proto__":{"containerDefinitions":"[]"},"constructor":1,"requiresCompatibilities":{"__proto__":["FARGATE"]}}') as Inputs);
    for (const operation of OPERATIONS) {
      const said = await play(stack[operation](), { "architecture-undetermined": { listing: "all" } });
      assert.deepEqual(said.filter(({ level }) => level === "mandatory").map(({ resourceName }) => resourceName), ["task"]);
      for (const index of definitions.keys()) {
        assert.ok(said.some(({ policy, resourceName }) => policy === "architecture-undetermined" && resourceName === `bad${index}`));
      }
      assert.ok(!said.some(({ message }) => message.includes("fault of the policy pack")));
    }
  });

  it("tells mistakes in the options, as advice", async () => {
    const said = await play(new StackBuilder().laterPreview(), { "cpu-architecture-settings": { amis: [{ id: "ami-1" }], typo: 1 } });
    assert.deepEqual(said.map(({ policy, level }) => [policy, level]), [["cpu-architecture-settings", "advisory"], ["cpu-architecture-settings", "advisory"]]);
  });

  describe("a fault of the pack", () => {
    for (const operation of OPERATIONS) {
      it(`is said once, as advice, though its policy is mandatory, and other findings stay: ${operation}`, async () => {
        // This holds the form of reportViolation that takes an object with a level of its own, which the SDK does not document.
        const said = await play(severalThings()[operation](), { "ecs-task-runtime-platform-valid": "mandatory" }, FAULTY);
        const faults = said.filter(({ message }) => message.includes("fault of the policy pack"));
        assert.deepEqual(faults.map(({ policy, level }) => [policy, level]), [["ecs-task-runtime-platform-valid", "advisory"]]);
        assert.match(faults[0]!.message, /^cpu-architecture could not finish: TypeError while judging ecs-task-runtime-platform-valid/);
        assert.ok(!JSON.stringify(said).includes(SECRET));
        assert.deepEqual(said.filter(({ level }) => level === "mandatory").map(({ policy, resourceName }) => [policy, resourceName]), [["ecs-task-image-architecture", "task"]]);
      });
    }
  });
});

describe("what the pack's process loads", function () {
  this.timeout(120_000);
  before(buildPack);

  /** The packages among the modules that were loaded until the process ended. */
  async function packagesLoaded(recording: Recording, pack = PACK): Promise<Set<string>> {
    const folder = mkdtempSync(path.join(tmpdir(), "loaded-modules-"));
    const file = path.join(folder, "modules.json");
    try {
      await withEnvironment({ NODE_OPTIONS: `--require ${JSON.stringify(HOOK)}`, TEST_LOADED_MODULES: file }, () => play(recording, {}, pack));
      for (let tries = 0; tries < 100 && !existsSync(file); tries += 1) {
        await sleep(50);
      }
      const modules = JSON.parse(readFileSync(file, "utf8")) as string[];
      return new Set(modules.flatMap((name) => /.*node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(name)?.[1]?.replaceAll("\\", "/") ?? []).filter((name) => !name.startsWith(".")));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** Calls with a copy of a plain pack that finds the same SDK as the pack under test, which may be an older one. */
  async function withPlainPack<T>(use: (pack: string) => Promise<T>): Promise<T> {
    const cache = path.join(PACK, "node_modules", ".cache");
    mkdirSync(cache, { recursive: true });
    const folder = mkdtempSync(path.join(cache, "plain-pack-"));
    try {
      cpSync(path.join(ROOT, "tests", "engine", "fixtures", "pack"), folder, { recursive: true });
      return await use(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it("is no provider's SDK, no cloud SDK and no parser, for a stack that needs none", async () => {
    const packages = await packagesLoaded(severalThings().laterPreview());
    assert.ok(packages.has("@pulumi/policy") && packages.has("@pulumi/pulumi"), [...packages].join());
    // The SDK itself loads a few packages, a YAML parser among them: a pack of three plain policies shows which.
    const plain = await withPlainPack((pack) => packagesLoaded(severalThings().laterPreview(), pack));
    assert.ok(plain.has("@pulumi/policy") && plain.has("@pulumi/pulumi"), [...plain].join());
    assert.deepEqual([...packages].filter((name) => !plain.has(name)), []);
  });

  it("is the shell parser once there is a command to read", async () => {
    const stack = new StackBuilder();
    stack.add("command", "command", { create: "docker build -t me/app:1 . && docker push me/app:1" });
    const packages = await packagesLoaded(stack.laterPreview());
    assert.ok(packages.has("unbash"), [...packages].join());
  });
});
