// Look-ups of images in distribution's own registry, and through a front that asks for tokens, delays, cuts and refuses.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Desk } from "../../policies/lookups/desk";
import type { LookupOptions } from "../../policies/options/lookups";
import { parseImageReference } from "../../policies/platform/image-reference";
import { formatPlatform } from "../../policies/platform/platform";
import { cannotRun } from "../support/cannot-run";
import { answerWith, Publisher, selfSigned, startFront, startRegistry, type Behavior, type Front, type Server } from "../support/lookups/servers";
import { withEnvironment } from "../support/built-pack";

const AMD64 = { os: "linux", architecture: "amd64" };
const ARM64 = { os: "linux", architecture: "arm64", variant: "v8" };
const OPTIONS: LookupOptions = { amis: false, instanceTypes: false, images: true, timeoutSeconds: 5, totalSeconds: 20, maxRequests: 500, concurrency: 8, mirrors: [], tokenHosts: [], endpoints: {} };
const SECRET = "hunter2-secret";
const LOGIN = `Basic ${Buffer.from(`me:${SECRET}`).toString("base64")}`;

describe("images in a registry", function () {
  this.timeout(60_000);
  const started: Server[] = [];
  const folder = mkdtempSync(path.join(tmpdir(), "cpu-architecture-lookups-"));
  let registry: Server;
  let front: Front;
  let byDigest = "";

  before(async function () {
    this.timeout(120_000);
    const real = await startRegistry();
    if ("missing" in real) {
      return cannotRun(this, real.missing);
    }
    registry = real;
    front = await startFront(registry.url);
    started.push(registry, front);
    const publisher = new Publisher(registry.url);
    await publisher.index("team/app", "multi", [AMD64, ARM64], { isAttested: true });
    await publisher.index("team/app", "list", [AMD64, ARM64], { type: "application/vnd.docker.distribution.manifest.list.v2+json" });
    byDigest = (await publisher.image("team/app", "arm", ARM64)).digest;
    await publisher.image("team/app", "amd", AMD64, { type: "application/vnd.docker.distribution.manifest.v2+json" });
    await publisher.image("team/app", "chart", AMD64, { configType: "application/vnd.cncf.helm.config.v1+json" });
  });

  after(() => {
    started.forEach(({ stop }) => stop());
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    front.behavior = () => false;
    front.seen.length = 0;
  });

  /** What is told of each image, as one line: its platforms, or why there are none. */
  async function asked(names: readonly string[], options: Partial<LookupOptions> = {}, host = `127.0.0.1:${String(front.port)}`): Promise<string[]> {
    const desk = new Desk({ ...OPTIONS, ...options }, () => undefined);
    const ask = (): (ReturnType<Desk["outside"]["image"]>)[] => names.map((name) => desk.outside.image(parseImageReference(host === "" ? name : `${host}/team/app${name}`)!, "pulumi:providers:aws default us-east-1"));
    assert.deepEqual(ask(), names.map(() => undefined));
    assert.equal(await desk.answer(), true);
    const answers = ask();
    assert.equal(await desk.answer(), false, "every question is asked once");
    return answers.map((answer) => (answer?.state === "known" ? answer.value.map(formatPlatform).join(" ") : (answer?.why ?? "not answered")));
  }

  it("tells their platforms: indexes, lists, single images, by tag and digest", async () => {
    assert.deepEqual(await asked([":multi", ":list", ":arm", ":amd", `@${byDigest}`, `:moved@${byDigest}`]), [
      "linux/amd64 linux/arm64", "linux/amd64 linux/arm64", "linux/arm64", "linux/amd64", "linux/arm64", "linux/arm64",
    ]);
  });

  it("asks one thing once: an index takes one request, a single image two", async () => {
    await asked([":multi", ":multi", ":arm", `@${byDigest}`, `:a@${byDigest}`]);
    const paths = front.seen.map((each) => each.path);
    assert.deepEqual([...paths].sort(), [...new Set(paths)].sort());
    assert.deepEqual(paths.filter((each) => each.includes("/manifests/")).length, 3);
  });

  it("tells nothing of what is no image, or not there", async () => {
    assert.deepEqual(await asked([":chart", ":none"]), ["its registry holds something that is no image as known here", "its registry has no such image"]);
  });

  const refusals: readonly (readonly [what: string, behavior: Behavior, why: RegExp, options?: Partial<LookupOptions>])[] = [
    ["401 without a challenge", answerWith(401), /^its registry denied it: there is no such image, or other credentials are needed$/],
    ["403", answerWith(403, {}, SECRET), /^its registry denied it/],
    ["429 that asks for too long a pause", answerWith(429, { "retry-after": "600" }), /^its registry limits the rate of requests$/],
    ["500 each time", answerWith(500, {}, SECRET), /^its registry answered HTTP 500$/],
    ["a redirect of a manifest", answerWith(302, { location: "http://127.0.0.1:1/" }), /^its registry redirects for a manifest, which is not followed$/],
    ["a page of some proxy", answerWith(200, { "content-type": "text/html" }, `<p>${SECRET}`), /^its registry (holds something|answered with something else)/],
    ["something else than the digest", answerWith(200, { "content-type": "application/vnd.oci.image.index.v1+json" }, "{}"), /^its registry (holds something|answered with something else)/],
    ["an answer without end", (_request, response) => { response.writeHead(200); const more = setInterval(() => response.write("x".repeat(1_000_000)), 1); response.on("close", () => clearInterval(more)); return true; }, /^its registry's answer is too long$/],
    ["a connection that is cut", (request) => { request.socket.destroy(); return true; }, /^it cannot be reached/],
    ["no answer at all", () => true, /^no answer within 0\.3 s$/, { timeoutSeconds: 0.3 }],
    ["a token service elsewhere", answerWith(401, { "www-authenticate": 'Bearer realm="http://tokens.example.com/t"' }), /^its registry sends to tokens\.example\.com for a token, which tokenHosts of lookups does not name$/],
    ["a token service that is a file", answerWith(401, { "www-authenticate": 'Bearer realm="file:///etc/passwd"' }), /to a place that is not safe$/],
  ];
  for (const [what, behavior, why, options] of refusals) {
    it(`tells nothing, and why, within the bound: ${what}`, async () => {
      front.behavior = behavior;
      const start = Date.now();
      const [told = "", other = ""] = await asked([":arm", `@${byDigest}`], options);
      assert.match(told, why);
      assert.match(other, why);
      assert.ok(!told.includes(SECRET));
      assert.ok(Date.now() - start < 12_000);
    });
  }

  it("tells nothing where nobody listens", async () => {
    assert.match((await asked([":arm"], {}, "127.0.0.1:1"))[0] ?? "", /^it cannot be reached/);
  });

  it("tries again what passes", async () => {
    let failures = 2;
    front.behavior = (request, response) => failures-- > 0 && answerWith(503)(request, response);
    assert.deepEqual(await asked([":multi"]), ["linux/amd64 linux/arm64"]);
    assert.equal(front.seen.length, 3);
  });

  describe("with a token", () => {
    /** Wants a token, which its own service gives to whom `isAllowed` says. */
    function tokens(isAllowed: (authorization: string | undefined) => boolean): Behavior {
      return (request, response) => {
        const url = new URL(request.url ?? "", front.url);
        if (url.pathname === "/token") {
          assert.equal(url.searchParams.get("scope"), "repository:team/app:pull");
          assert.equal(url.searchParams.get("service"), "test");
          return answerWith(isAllowed(request.headers.authorization) ? 200 : 401, { "content-type": "application/json" }, JSON.stringify({ token: "t0ken" }))(request, response);
        }
        return request.headers.authorization === "Bearer t0ken" ? false : answerWith(401, { "www-authenticate": `Bearer realm="${front.url}/token",service="test"` })(request, response);
      };
    }

    function dockerConfig(config: object): string {
      const place = mkdtempSync(path.join(folder, "docker-"));
      writeFileSync(path.join(place, "config.json"), JSON.stringify(config));
      return place;
    }

    it("as anybody may", async () => {
      front.behavior = tokens((authorization) => authorization === undefined);
      assert.deepEqual(await withEnvironment({ DOCKER_CONFIG: dockerConfig({}) }, () => asked([":arm"])), ["linux/arm64"]);
    });

    it("by Docker's config file", async () => {
      front.behavior = tokens((authorization) => authorization === LOGIN);
      const auth = Buffer.from(`me:${SECRET}`).toString("base64");
      assert.deepEqual(await withEnvironment({ DOCKER_CONFIG: dockerConfig({ auths: { [`127.0.0.1:${String(front.port)}`]: { auth } } }) }, () => asked([":arm"])), ["linux/arm64"]);
    });

    it("by a credential helper", async function () {
      if (process.platform === "win32") {
        return cannotRun(this, "the helper of this test is a shell script");
      }
      const programs = path.join(folder, "bin");
      mkdirSync(programs, { recursive: true });
      const helper = path.join(programs, "docker-credential-testing");
      writeFileSync(helper, `#!/bin/sh\nread -r host\n[ "$1 $host" = "get 127.0.0.1:${String(front.port)}" ] && printf '{"ServerURL":"%s","Username":"me","Secret":"${SECRET}"}' "$host"\n`);
      chmodSync(helper, 0o755);
      front.behavior = tokens((authorization) => authorization === LOGIN);
      const DOCKER_CONFIG = dockerConfig({ credsStore: "testing" });
      assert.deepEqual(await withEnvironment({ DOCKER_CONFIG, PATH: `${programs}${path.delimiter}${process.env["PATH"] ?? ""}` }, () => asked([":arm"])), ["linux/arm64"]);
    });

    it("not with what is refused, nor with a helper that is not there; and says no secret", async () => {
      front.behavior = tokens(() => false);
      const auth = Buffer.from(`me:${SECRET}`).toString("base64");
      for (const config of [{ auths: { [`127.0.0.1:${String(front.port)}`]: { auth } } }, { credsStore: "not-there" }, { credsStore: "../../bin/sh" }]) {
        assert.deepEqual(await withEnvironment({ DOCKER_CONFIG: dockerConfig(config) }, () => asked([":arm"])), ["its registry refused to give a token"]);
      }
    });
  });

  it("follows a blob to another host, which gets no credentials; and contacts nobody else", async () => {
    const store = await startFront(registry.url);
    try {
      front.behavior = (request, response) => {
        if (request.headers.authorization === undefined) {
          return answerWith(401, { "www-authenticate": 'Basic realm="test"' })(request, response);
        }
        return request.url?.includes("/blobs/") === true && answerWith(307, { location: `${store.url}${request.url}` })(request, response);
      };
      const place = mkdtempSync(path.join(folder, "docker-"));
      writeFileSync(path.join(place, "config.json"), JSON.stringify({ auths: { [`127.0.0.1:${String(front.port)}`]: { auth: Buffer.from(`me:${SECRET}`).toString("base64") } } }));
      assert.deepEqual(await withEnvironment({ DOCKER_CONFIG: place }, () => asked([":arm"])), ["linux/arm64"]);
      assert.ok(front.seen.some(({ authorization }) => authorization === LOGIN));
      assert.deepEqual(store.seen.map(({ method, authorization }) => [method, authorization]), [["GET", undefined]]);
    } finally {
      store.stop();
    }
  });

  it("asks a mirror in place of the registry, with credentials of its own only", async () => {
    const place = mkdtempSync(path.join(folder, "docker-"));
    writeFileSync(path.join(place, "config.json"), JSON.stringify({ auths: { "https://index.docker.io/v1/": { auth: Buffer.from(`me:${SECRET}`).toString("base64") } } }));
    front.behavior = (request, response) => request.headers.authorization === undefined && front.seen.length === 1 && answerWith(401, { "www-authenticate": 'Basic realm="test"' })(request, response);
    const told = await withEnvironment({ DOCKER_CONFIG: place }, () => asked(["team/app:arm"], { mirrors: [{ registry: "docker.io", url: front.url }] }, ""));
    assert.deepEqual(told, ["its registry denied it: there is no such image, or other credentials are needed"]);
    assert.deepEqual(await asked(["team/app:arm"], { mirrors: [{ registry: "docker.io", url: front.url }] }, ""), ["linux/arm64"]);
    assert.ok(front.seen.every(({ authorization }) => authorization === undefined));
  });

  it("speaks TLS with whom this machine trusts, and with nobody else", async function () {
    const tls = selfSigned(folder);
    if (tls === undefined) {
      return cannotRun(this, "tests of TLS need `openssl` on PATH");
    }
    const safe = await startFront(registry.url, tls);
    try {
      const options = { mirrors: [{ registry: "registry.example.com", url: safe.url }] };
      assert.deepEqual(await asked(["registry.example.com/team/app:arm"], options, ""), ["its certificate is not trusted"]);
      // Node reads whom it trusts when it starts.
      const script = `const { Desk } = require(${JSON.stringify(path.join(__dirname, "..", "..", "policies", "lookups", "desk"))});
        const desk = new Desk(${JSON.stringify({ ...OPTIONS, ...options })}, () => undefined);
        const ask = () => desk.outside.image({ repository: "registry.example.com/team/app", tag: "arm" }, "");
        ask(); desk.answer().then(() => console.log(JSON.stringify(ask())));`;
      const child = spawn(process.execPath, ["-r", "ts-node/register/transpile-only", "-e", script], { env: { ...process.env, NODE_EXTRA_CA_CERTS: tls.file }, stdio: ["ignore", "pipe", "inherit"] });
      let output = "";
      child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
      await new Promise((resolve) => child.once("close", resolve));
      assert.deepEqual(JSON.parse(output), { state: "known", value: [{ os: "linux", architecture: "arm64" }], by: "registry registry.example.com, by its mirror, today" });
    } finally {
      safe.stop();
    }
  });
});
