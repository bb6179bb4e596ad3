// What look-ups cost who does not use them: nothing is loaded and nobody is contacted; and who does: only who is named.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildPack, PACK, withEnvironment } from "../support/built-pack";
import { answerWith, startFront } from "../support/lookups/servers";
import { playRecording, type Diagnostic, type PackConfig } from "../support/protocol";
import { json, StackBuilder } from "../support/stack-builder";

const HOOK = path.join(__dirname, "fixtures", "connections.js");

interface Done {
  readonly said: readonly Diagnostic[];
  /** `host:port` of each connection that the process opened. */
  readonly connections: readonly string[];
  readonly lookUpModules: readonly string[];
  readonly awsModules: readonly string[];
}

/** @param registry the host of the image that the stack runs */
async function play(config: PackConfig, registry: string): Promise<Done> {
  const folder = mkdtempSync(path.join(tmpdir(), "connections-"));
  const file = path.join(folder, "connections.json");
  const stack = new StackBuilder();
  stack.add("instance", "instance", { ami: "ami-0123456789abcdef0", instanceType: "m7g.large" });
  stack.add("task", "task", { containerDefinitions: json([{ name: "app", image: `${registry}/app:1` }]), requiresCompatibilities: ["FARGATE"] });
  try {
    const environment = { NODE_OPTIONS: `--require ${JSON.stringify(HOOK)}`, TEST_CONNECTIONS: file, AWS_ACCESS_KEY_ID: "testing", AWS_SECRET_ACCESS_KEY: "testing", AWS_REGION: "us-east-1", PULUMI_NODEJS_DRY_RUN: "true" };
    const said = await withEnvironment(environment, () => playRecording(PACK, stack.laterPreview(), config));
    for (let tries = 0; tries < 100 && !existsSync(file); tries += 1) {
      await sleep(50);
    }
    const { connections, modules } = JSON.parse(readFileSync(file, "utf8")) as { connections: string[]; modules: string[] };
    return { said, connections, lookUpModules: modules.filter((name) => /policies[\\/]lookups[\\/]/.test(name)), awsModules: modules.filter((name) => /@aws-sdk[\\/]/.test(name)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("what look-ups contact and load", function () {
  this.timeout(120_000);
  before(buildPack);

  it("nobody and nothing, by default", async () => {
    const { connections, lookUpModules, awsModules } = await play({}, "registry.example.com");
    assert.deepEqual({ connections, lookUpModules, awsModules }, { connections: [], lookUpModules: [], awsModules: [] });
  });

  it("the registry that a reference names, and no AWS SDK, for images", async () => {
    const front = await startFront("http://127.0.0.1:9");
    front.behavior = answerWith(404);
    try {
      const host = `127.0.0.1:${String(front.port)}`;
      const { connections, lookUpModules, awsModules, said } = await play({ "cpu-architecture-settings": { lookups: { images: true } }, "architecture-undetermined": { listing: "all" } }, host);
      assert.ok(lookUpModules.length > 0);
      assert.deepEqual([new Set(connections), awsModules], [new Set([host]), []]);
      assert.ok(said.some(({ message }) => message.includes("no resource of this stack pushes it, and it could not be looked up: its registry has no such image")), JSON.stringify(said));
      assert.ok(said.every(({ level }) => level === "advisory"));
    } finally {
      front.stop();
    }
  });

  it("the endpoint that is named, and no registry, for AMIs", async () => {
    const front = await startFront("http://127.0.0.1:9");
    front.behavior = answerWith(403, {}, "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>hunter2</Message></Error></Errors></Response>");
    try {
      const { connections, awsModules, said } = await play({ "cpu-architecture-settings": { lookups: { amis: true, timeoutSeconds: 20, endpoints: { ec2: front.url } } }, "architecture-undetermined": { listing: "all" } }, "registry.example.com");
      assert.ok(awsModules.length > 0);
      assert.deepEqual(new Set(connections), new Set([`127.0.0.1:${String(front.port)}`]));
      assert.ok(said.some(({ message }) => message.includes("an AMI id alone does not tell its architecture, and it could not be looked up: AWS denied it")), JSON.stringify(said));
      assert.ok(!JSON.stringify(said).includes("hunter2"));
    } finally {
      front.stop();
    }
  });
});
