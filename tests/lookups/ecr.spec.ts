// Look-ups of images in an AWS account's registry: a token from moto's ECR, and distribution's own registry behind a front
// that lets nobody else in. Only the name of the registry's host is played: it leads to this machine.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { LookupOptions } from "../../policies/options/lookups";
import { cannotRun } from "../support/cannot-run";
import { answerWith, Publisher, selfSigned, startFront, startMoto, startRegistry, type Front, type Server } from "../support/lookups/servers";

const HOST = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
const OPTIONS: LookupOptions = { amis: false, instanceTypes: false, images: true, timeoutSeconds: 20, totalSeconds: 40, maxRequests: 500, concurrency: 8, mirrors: [], tokenHosts: [], endpoints: {} };
const DESK = path.join(__dirname, "..", "..", "policies", "lookups", "desk");

describe("images in an AWS account's registry", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(path.join(tmpdir(), "cpu-architecture-ecr-"));
  const started: Server[] = [];
  let ecr: Front;
  let registry: Front;
  let certificate = "";

  before(async function () {
    this.timeout(10 * 60_000);
    const tls = selfSigned(folder, HOST);
    if (tls === undefined) {
      return cannotRun(this, "tests of TLS need `openssl` on PATH");
    }
    certificate = tls.file;
    for (const server of [await startMoto(), await startRegistry()]) {
      if ("missing" in server) {
        return cannotRun(this, server.missing);
      }
      started.push(server);
    }
    const [moto, store] = started.map(({ url }) => url);
    ecr = await startFront(moto ?? "");
    registry = await startFront(store ?? "", tls);
    started.push(ecr, registry);
    const publisher = new Publisher(store ?? "");
    await publisher.index("team/app", "multi", [{ os: "linux", architecture: "amd64" }, { os: "linux", architecture: "arm64" }]);
    await publisher.image("team/app", "arm", { os: "linux", architecture: "arm64" });
  });

  after(() => {
    started.forEach(({ stop }) => stop());
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    ecr.behavior = () => false;
    ecr.seen.length = 0;
    registry.seen.length = 0;
    registry.behavior = (request, response) => {
      const isLoggedIn = request.headers.authorization === `Basic ${Buffer.from("AWS:123456789012-auth-token").toString("base64")}`;
      return !isLoggedIn && answerWith(401, { "www-authenticate": `Basic realm="https://${HOST}/",service="ecr.amazonaws.com"` })(request, response);
    };
  });

  /** What is told of tags of the registry's image, in a process that trusts the certificate: Node reads it when it starts. */
  async function asked(tags: readonly string[]): Promise<unknown> {
    const script = `
      const tls = require("node:tls");
      const connect = tls.connect;
      tls.connect = (options, ...rest) => connect(options.host === ${JSON.stringify(HOST)} ? { ...options, host: "127.0.0.1", port: ${String(registry.port)} } : options, ...rest);
      const { Desk } = require(${JSON.stringify(DESK)});
      const desk = new Desk(${JSON.stringify({ ...OPTIONS, endpoints: { ecr: ecr.url } })}, () => undefined);
      const ask = () => ${JSON.stringify(tags)}.map((tag) => desk.outside.image({ repository: "${HOST}/team/app", tag }, "scope"));
      ask();
      desk.answer().then(() => { console.log(JSON.stringify(ask())); desk.close(); });`;
    const keys = { AWS_ACCESS_KEY_ID: "AKIATESTING", AWS_SECRET_ACCESS_KEY: "testing", AWS_EC2_METADATA_DISABLED: "true", DOCKER_CONFIG: folder };
    const child = spawn(process.execPath, ["-r", "ts-node/register/transpile-only", "-e", script], { env: { ...process.env, ...keys, NODE_EXTRA_CA_CERTS: certificate }, stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
    await new Promise((resolve) => child.once("close", resolve));
    return JSON.parse(output);
  }

  it("are told with one token of its own region, for all of them", async () => {
    const by = `registry ${HOST}, today`;
    assert.deepEqual(await asked(["multi", "arm"]), [
      { state: "known", value: [{ os: "linux", architecture: "amd64" }, { os: "linux", architecture: "arm64" }], by },
      { state: "known", value: [{ os: "linux", architecture: "arm64" }], by },
    ]);
    assert.equal(ecr.seen.length, 1);
    assert.match(ecr.seen[0]?.authorization ?? "", /\/eu-west-1\/ecr\/aws4_request/);
  });

  it("are not known where the account gives no token, for the reason that AWS names", async () => {
    ecr.behavior = answerWith(400, { "content-type": "application/x-amz-json-1.1" }, JSON.stringify({ __type: "AccessDeniedException", message: "arn:aws:iam::123456789012:user/someone may not" }));
    const answers = (await asked(["arm"])) as { state: string; why: string }[];
    assert.deepEqual(answers.map(({ state }) => state), ["unknown"]);
    assert.match(answers[0]?.why ?? "", /denied/i);
    assert.ok(!JSON.stringify(answers).includes("someone"));
    assert.ok(registry.seen.every(({ authorization }) => authorization === undefined));
  });
});
