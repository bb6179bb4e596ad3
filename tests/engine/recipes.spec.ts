// The files of docs/recipes.md: their commands are run as the CI, the hook or the service would run them.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { GITHUB_SHELL, readYaml, runAction } from "../support/action";
import { describeEngine } from "../support/engine";
import { compile } from "../support/engine/programs";
import { needsShell, RECIPES, runScript, stepsOf, workplace } from "../support/guide";
import type { Ended, Workplace } from "../support/guide";

const FILES = new Map(stepsOf(readFileSync(RECIPES, "utf8")).flatMap((step) => (step.kind === "file" ? [[step.name, step.text] as const] : [])));

function fileOf(name: string): string {
  const text = FILES.get(name);
  assert.ok(text !== undefined, `docs/recipes.md has no file ${name}`);
  return text;
}

/** A Fargate task that runs on X86_64, and an image for a platform. */
const program = (platform: string): string => `
  import * as aws from "@pulumi/aws";
  import * as dockerBuild from "@pulumi/docker-build";
  import * as pulumi from "@pulumi/pulumi";
  const image = new dockerBuild.Image("image", { context: { location: "./app" }, platforms: ["${platform}"], tags: ["registry.example.com/web:1"], push: true });
  new aws.ecs.TaskDefinition("web", { family: "web", cpu: "256", memory: "512", networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"],
    containerDefinitions: pulumi.jsonStringify([{ name: "web", image: image.ref }]) });`;
const RIGHT = program("linux/amd64");
const WRONG = program("linux/arm64");

function assertDenied({ exitCode, output }: Ended): void {
  assert.match(output, /\[mandatory\].*ecs-task-image-architecture/);
  assert.equal(exitCode, 1, output);
}

/** The pack took part and denied nothing. */
function assertPassed({ exitCode, output }: Ended): void {
  assert.match(output, /✅ cpu-architecture@/);
  assert.equal(exitCode, 0, output);
}

interface WorkflowStep {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly WorkflowStep[] }>>;
}

interface Pipeline {
  readonly default: { readonly before_script: readonly string[] };
  readonly [job: string]: { readonly script?: readonly string[]; readonly before_script?: readonly string[]; readonly artifacts?: { readonly reports: { readonly junit: string } } };
}

/** What no test runs: others' actions, and the installation, which the workplace has done already. */
const NOT_RUN = /^(actions\/(checkout|setup-node)|pulumi\/actions|github\/codeql-action\/upload-sarif)@v\d+$|^npm ci$/;

describeEngine("docs/recipes.md", () => {
  let place: Workplace;
  let stop = (): void => undefined;

  before(async function () {
    needsShell(this, "bash");
    place = await workplace();
    stop = () => place.stop();
    writeFileSync(path.join(place.stack.programDir, "policy-config.json"), "{}\n");
    assert.equal((await place.run("pulumi stack init prod")).exitCode, 0);
  });
  after(() => stop());

  function deploys(text: string): void {
    place.write({ kind: "file", name: "index.ts", text });
  }

  /** Runs the steps of a job until one fails. */
  async function job(file: string, name: string): Promise<Ended> {
    const { jobs } = readYaml(fileOf(file)) as Workflow;
    let output = "";
    for (const step of jobs[name]?.steps ?? assert.fail(name)) {
      if (NOT_RUN.test(step.uses ?? step.run ?? "")) {
        continue;
      }
      const isOurs = step.uses?.startsWith("YOUR-ORG/cpu-architecture@") ?? false;
      assert.ok(isOurs || step.run !== undefined, `no test runs ${step.uses ?? "this step"}`);
      const folder = place.stack.programDir;
      const ended = isOurs ? await runAction(step.with ?? {}, folder, place.environment) : await runScript(step.run ?? "", folder, place.environment, GITHUB_SHELL);
      output += ended.output;
      if (ended.exitCode !== 0) {
        return { exitCode: ended.exitCode, output };
      }
    }
    return { exitCode: 0, output };
  }

  describe("GitHub Actions", () => {
    it("deploys what is right, and the check of the night passes", async () => {
      deploys(RIGHT);
      assertPassed(await job(".github/workflows/pulumi.yml", "deploy"));
      const { exitCode, output } = await job(".github/workflows/architecture.yml", "check");
      assert.equal(exitCode, 0, output);
      assert.match(output, /^Passed: 0 mandatory/m);
      const sarif = JSON.parse(readFileSync(path.join(place.stack.programDir, "architecture.sarif"), "utf8")) as { runs: { results: unknown[] }[] };
      assert.deepEqual(sarif.runs.map(({ results }) => results), [[]]);
    });

    it("denies a pull request that is wrong", async () => {
      deploys(WRONG);
      assertDenied(await job(".github/workflows/pulumi.yml", "preview"));
    });
  });

  describe("GitLab CI", () => {
    const pipeline = readYaml(fileOf(".gitlab-ci.yml")) as Pipeline;
    const scriptOf = (name: string): string => {
      const lines = [...pipeline.default.before_script, ...(pipeline[name]?.script ?? assert.fail(name))];
      return lines.filter((line) => !NOT_RUN.test(line)).join("\n");
    };

    it("denies a deployment that is wrong", async () => {
      deploys(WRONG);
      assertDenied(await place.run(scriptOf("deploy")));
    });

    it("previews with the same options as it deploys", () => {
      assert.equal(scriptOf("preview"), scriptOf("deploy").replace("up --yes", "preview"));
    });

    it("writes the findings of what is deployed where GitLab looks for them", async () => {
      deploys(WRONG);
      assert.equal((await place.run("pulumi up --yes --skip-preview --stack prod")).exitCode, 0);
      const { exitCode, output } = await place.run(scriptOf("architecture"));
      assert.equal(exitCode, 1, output);
      const report = readFileSync(path.join(place.stack.programDir, pipeline["architecture"]?.artifacts?.reports.junit ?? ""), "utf8");
      assert.match(report, /<failure/);
    });
  });

  it("the hook denies a push that is wrong", async () => {
    deploys(WRONG);
    const { repos } = readYaml(fileOf(".pre-commit-config.yaml")) as { repos: { hooks: { entry: string; stages: string[] }[] }[] };
    const hooks = repos.flatMap((repo) => repo.hooks);
    assert.deepEqual(hooks.map(({ stages }) => stages), [["pre-push"]]);
    assertDenied(await place.run(hooks[0]?.entry ?? ""));
  });

  it("Pulumi Deployments: the two variables make a plain preview and a plain update run the pack", async () => {
    const { operationContext } = JSON.parse(fileOf("deployment-settings.json")) as { operationContext: { environmentVariables: Record<string, string> } };
    deploys(WRONG);
    assertDenied(await place.run("pulumi preview --stack prod", operationContext.environmentVariables));
    assertDenied(await place.run("pulumi up --yes --skip-preview --stack prod", operationContext.environmentVariables));
  });

  describe("Automation API", () => {
    async function deploy(): Promise<Ended> {
      writeFileSync(path.join(place.stack.programDir, "deploy.js"), compile(fileOf("deploy.ts"), "deploy.ts"));
      return place.run("node deploy.js");
    }

    it("stops after a preview that is denied", async () => {
      deploys(WRONG);
      const ended = await deploy();
      assertDenied(ended);
      assert.match(ended.output, /^CommandError$/m);
      assert.doesNotMatch(ended.output, /^Updating/m);
    });

    it("updates what passed its preview", async () => {
      deploys(RIGHT);
      const ended = await deploy();
      assertPassed(ended);
      assert.match(ended.output, /^Updating/m);
    });
  });
});
