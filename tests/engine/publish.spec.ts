import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { RULES } from "../../policies/catalogue";
import { describeEngine, stack } from "../support/engine";
import type { Program, Stack, Violation } from "../support/engine";
import { readViolations } from "../support/engine/events";
import { cloneProject, folderElsewhere, manifestOf, needsRegistry } from "../support/packed-project";
import { ORGANIZATION, startPulumiService } from "../support/pulumi-service";
import type { PublishedPolicy, PulumiService } from "../support/pulumi-service";
import { program } from "./judged";

const ROOT = path.join(__dirname, "..", "..");
const PACK = `${ORGANIZATION}/cpu-architecture`;
const STACK = `${ORGANIZATION}/app/test`;
const { version } = manifestOf(ROOT);

/** An image for a platform, on a Fargate task that states none, beside an image that nobody knows. */
function taskWithImage(platform: string): Program {
  return program(`
    const image = "registry.example/web:v1";
    new build.Image("web", { tags: [image], push: true, context: { location: "app" }, platforms: ["${platform}"] });
    new aws.ecs.TaskDefinition("web", {
      family: "web", cpu: "256", memory: "512", requiresCompatibilities: ["FARGATE"], networkMode: "awsvpc",
      containerDefinitions: JSON.stringify([{ name: "web", image }, { name: "sidecar", image: "registry.example/sidecar:v1" }]),
    });`);
}

/**
 * The whole way of an organization: publish from a clone, enable with a configuration, and a stack of the organization is
 * previewed by somebody who names no pack. Each test needs the ones before it.
 */
describeEngine("an organization of Pulumi Cloud, played by a stand-in", function () {
  this.timeout(240_000);
  const elsewhere = folderElsewhere();
  const home = path.join(elsewhere.folder, "home");
  const clone = path.join(elsewhere.folder, "clone");
  const configFile = path.join(elsewhere.folder, "config.json");
  let service: PulumiService;
  let made: Stack;
  const ends: (() => void | Promise<void>)[] = [() => elsewhere.remove()];

  before(async function () {
    needsRegistry(this);
    service = await startPulumiService();
    ends.push(() => service.stop());
    made = await stack({ program: taskWithImage("linux/arm64") });
    ends.push(() => made.stop());
    mkdirSync(clone);
    cloneProject(clone);
    writeFileSync(configFile, JSON.stringify({ "architecture-undetermined": { listing: "all" } }));
  });
  after(async () => {
    for (const end of ends.reverse()) {
      await end();
    }
  });

  /** Runs the CLI, logged in to the organization, with a home from which no module of this project can be found. */
  async function pulumi(...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await made.pulumi(args, { ...service.environment, PULUMI_HOME: home, npm_config_prefer_offline: "true" });
    assert.equal(exitCode, 0, `pulumi ${args.join(" ")}\n${stdout}\n${stderr}`);
    return stdout;
  }

  async function preview(...args: string[]): Promise<{ readonly exitCode: number; readonly output: string; readonly violations: readonly Violation[] }> {
    const log = path.join(elsewhere.folder, "events.json");
    const { exitCode, stdout, stderr } = await made.pulumi(["preview", "--stack", STACK, "--event-log", log, ...args], { ...service.environment, PULUMI_HOME: home, npm_config_prefer_offline: "true" });
    return { exitCode, output: stdout + stderr, violations: existsSync(log) ? readViolations(readFileSync(log, "utf8")) : [] };
  }

  it("publishes the pack from a clone, with all that is to know of its policies", async () => {
    const output = await pulumi("--cwd", clone, "policy", "publish", ORGANIZATION);
    assert.match(output, new RegExp(`Publishing "cpu-architecture" - version ${version} to "${ORGANIZATION}"`));
    const [{ pack } = assert.fail("nothing was published")] = service.published();
    assert.equal(pack.versionTag, version);
    for (const field of ["displayName", "description", "readme", "provider", "runtime"] as const) {
      assert.ok((pack[field] ?? "").length > 0, `the pack has a ${field}`);
    }
    const rules = [RULES.settings.rule, ...RULES.judging, RULES.suspected, RULES.undetermined.rule];
    const levels = new Map(rules.map(({ name, level }) => [name as string, level as string]));
    assert.deepEqual(new Map(pack.policies.map((policy) => [policy.name, policy.enforcementLevel])), levels);
    for (const policy of pack.policies) {
      assertDescribed(policy);
    }
    const options = new Map(pack.policies.map((policy) => [policy.name, Object.keys(policy.configSchema?.properties ?? {}).sort()]));
    for (const { rule, schema } of [RULES.settings, RULES.undetermined]) {
      assert.deepEqual(options.get(rule.name), ["enforcementLevel", ...Object.keys(schema)].sort(), rule.name);
    }
  });

  it("leaves the clone as it was", () => {
    assert.equal(readFileSync(path.join(clone, "package.json"), "utf8"), readFileSync(path.join(ROOT, "package.json"), "utf8"));
    assert.deepEqual(readdirSync(clone).filter((name) => /\.(tgz|orig)$/.test(name)), []);
  });

  it("is listed, and its configuration is checked against the published schemas", async () => {
    assert.match(await pulumi("policy", "ls", ORGANIZATION), new RegExp(`cpu-architecture +${version.replaceAll(".", "\\.")}`));
    await pulumi("policy", "validate-config", PACK, version, "--config", path.join(ROOT, "docs", "policy-config.example.json"));
    writeFileSync(configFile.replace("config", "wrong"), JSON.stringify({ "architecture-undetermined": { listing: "everything" } }));
    const { exitCode } = await made.pulumi(["policy", "validate-config", PACK, version, "--config", configFile.replace("config", "wrong")], { ...service.environment, PULUMI_HOME: home });
    assert.notEqual(exitCode, 0);
  });

  it("denies a stack of the organization, whose user names no pack, once it is enabled", async () => {
    await pulumi("stack", "init", STACK);
    assert.equal((await preview()).exitCode, 0, "not enabled yet");
    await pulumi("policy", "enable", PACK, "latest", "--config", configFile);
    const { exitCode, output, violations } = await preview();
    assert.notEqual(exitCode, 0, output);
    assert.deepEqual(violations.filter(({ level }) => level === "mandatory").map(({ policy, resourceName }) => `${policy} ${resourceName}`), ["ecs-task-image-architecture web"], output);
    assert.match(output, new RegExp(`cpu-architecture@v${version.replaceAll(".", "\\.")}`));
  });

  it("runs what was uploaded, installed without development dependencies and sources", () => {
    const installed = path.join(home, "policies", ORGANIZATION);
    const [name = assert.fail("nothing was installed")] = readdirSync(installed).filter((each) => !each.endsWith(".lock"));
    const folder = path.join(installed, name);
    assert.deepEqual([existsSync(path.join(folder, "index.ts")), existsSync(path.join(folder, "policies"))], [false, false]);
    assert.ok(existsSync(path.join(folder, "node_modules", "@pulumi", "policy")));
    for (const development of ["mocha", "@pulumi/aws", "@pulumi/docker-build", "eslint"]) {
      assert.ok(!existsSync(path.join(folder, "node_modules", development)), `${development} is not installed`);
    }
  });

  it("passes the repaired stack, with the configuration of the organization", async () => {
    made.setProgram(taskWithImage("linux/amd64"));
    const { exitCode, output, violations } = await preview();
    assert.equal(exitCode, 0, output);
    assert.deepEqual(violations.map(({ level, policy }) => `${level} ${policy}`), ["advisory architecture-undetermined"], "the listing is on");
  });

  it("stops an update of such a stack, and asks nothing of the service that the stand-in does not know", async () => {
    made.setProgram(taskWithImage("linux/arm64"));
    const { exitCode, stdout } = await made.pulumi(["up", "--yes", "--stack", STACK], { ...service.environment, PULUMI_HOME: home });
    assert.notEqual(exitCode, 0, stdout);
    assert.match(stdout, /ecs-task-image-architecture/);
    assert.deepEqual([...new Set(service.unanswered)], []);
  });
});

/** What Pulumi Cloud shows of a policy. */
function assertDescribed(policy: PublishedPolicy): void {
  assert.match(policy.description, /\w.*\.$/, `${policy.name} has a description`);
  assert.ok(policy.displayName.length > 0, `${policy.name} has a display name`);
  assert.match(policy.severity ?? "", /^(low|medium|high|critical)$/, `${policy.name} has a severity`);
  assert.equal(policy.configSchema?.type, "object", `${policy.name} has a schema of its options`);
}
