// The composite GitHub Action: its shape, and its steps run as a runner does. tests/engine/recipes.spec.ts runs it in a workflow.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ACTION, runAction } from "../support/action";
import { buildPack, ROOT } from "../support/built-pack";
import { needsShell } from "../support/guide";

const URN = "urn:pulumi:dev::shop::";
const IMAGE = `${URN}docker-build:index:Image::image`;

/** A saved stack: a Fargate task that runs on X86_64, and its image for a platform. */
function saved(platform: string): string {
  const image = { context: { location: "./app" }, platforms: [platform], tags: ["registry.example.com/web:1"], push: true };
  const task = { family: "web", requiresCompatibilities: ["FARGATE"], containerDefinitions: JSON.stringify([{ name: "web", image: "registry.example.com/web:1" }]) };
  const resources = [
    { urn: `${URN}pulumi:pulumi:Stack::shop-dev`, type: "pulumi:pulumi:Stack", custom: false },
    { urn: IMAGE, type: "docker-build:index:Image", custom: true, id: "1", inputs: image, outputs: image },
    { urn: `${URN}aws:ecs/taskDefinition:TaskDefinition::web`, type: "aws:ecs/taskDefinition:TaskDefinition", custom: true, id: "web", inputs: task, outputs: task },
  ];
  return JSON.stringify({ version: 3, deployment: { manifest: { time: "2026-01-01T00:00:00Z", magic: "", version: "" }, resources } });
}

describe("the GitHub Action", function () {
  this.timeout(60_000);
  let folder: string;

  before(function () {
    needsShell(this, "bash");
    buildPack();
  });
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "cpu-architecture-action-"));
    mkdirSync(path.join(folder, "states"));
    writeFileSync(path.join(folder, "states", "right.json"), saved("linux/amd64"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = (given: Readonly<Record<string, string>>): ReturnType<typeof runAction> => runAction(given, folder, process.env);

  it("describes itself, each input and each output, and names a shell for each step", () => {
    assert.equal(ACTION.runs.using, "composite");
    const described = [ACTION, ...Object.values(ACTION.inputs), ...Object.values(ACTION.outputs)];
    assert.deepEqual(described.filter(({ description }) => description.trim() === ""), []);
    assert.deepEqual(ACTION.runs.steps.map(({ shell, run: script }) => [shell, script !== undefined]), ACTION.runs.steps.map(() => ["bash", true]));
  });

  it("puts no expression into a script, where it could become a command", () => {
    assert.deepEqual(ACTION.runs.steps.filter(({ run: script = "" }) => script.includes("${{")), []);
  });

  it("uses each input", () => {
    const text = JSON.stringify(ACTION.runs);
    assert.deepEqual(Object.keys(ACTION.inputs).filter((name) => !text.includes(`inputs.${name}`)), []);
  });

  it("only makes the pack ready when there are no files", async () => {
    const { exitCode, output, outputs, summary } = await run({});
    assert.deepEqual({ exitCode, output, outputs, summary }, { exitCode: 0, output: "", outputs: { "policy-pack": ROOT }, summary: "" });
  });

  it("passes stacks that agree, also several by a pattern", async () => {
    writeFileSync(path.join(folder, "states", "second.json"), saved("linux/amd64"));
    const { exitCode, output } = await run({ files: "states/*.json" });
    assert.equal(exitCode, 0, output);
    assert.match(output, /^Passed: 0 mandatory, 0 advisory in 2 stacks$/m);
  });

  it("fails for a denial, with annotations, a summary and the reports asked for", async () => {
    writeFileSync(path.join(folder, "states", "wrong.json"), saved("linux/arm64"));
    const { exitCode, output, summary } = await run({ files: "states/right.json\nstates/wrong.json", reports: "sarif=a.sarif\njunit=b.xml\n" });
    assert.equal(exitCode, 1, output);
    assert.match(output, /^::error file=states\/wrong\.json,/m);
    assert.match(summary, /ecs-task-image-architecture/);
    assert.match(readFileSync(path.join(folder, "a.sarif"), "utf8"), /ecs-task-image-architecture/);
    assert.match(readFileSync(path.join(folder, "b.xml"), "utf8"), /<failure/);
  });

  it("takes levels and options from the configuration", async () => {
    writeFileSync(path.join(folder, "states", "wrong.json"), saved("linux/arm64"));
    writeFileSync(path.join(folder, "config.json"), JSON.stringify({ all: "advisory" }));
    const { exitCode, output } = await run({ files: "states/*.json", config: "config.json", format: "text" });
    assert.equal(exitCode, 0, output);
    assert.match(output, /^Passed: 0 mandatory, 1 advisory in 2 stacks$/m);
  });

  it("fails for a pattern that finds nothing", async () => {
    const { exitCode, output } = await run({ files: "no-states/*.json" });
    assert.equal(exitCode, 2, output);
  });

  for (const [input, files] of [
    ["files", "$(touch$IFS./taken)"],
    ["config", "$(touch ./taken)"],
    ["format", "text; touch ./taken"],
    ["reports", "text=a.txt; touch ./taken"],
  ] as const) {
    it(`takes no command from ${input}`, async () => {
      await run({ files: "states/right.json", [input]: files });
      assert.equal(existsSync(path.join(folder, "taken")), false);
    });
  }
});
