// Servers on this machine that look-ups ask in tests: moto for AWS, distribution's own registry, and a front before either
// that asks for tokens, delays, cuts and refuses.
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onPath } from "../../../scripts/pulumi-cli";
import { withLock } from "../../../scripts/lock";
import { lastLine, run } from "../../../scripts/run";
import { findPython, pythonIn } from "../engine/languages";

const MOTO = "moto[ec2,ecr,ssm,server]==5.2.5";
const CACHE = path.join(__dirname, "..", "..", "..", "node_modules", ".cache", "cpu-architecture");
const MINUTE = 60_000;

/** A server with its address; `missing` says in one line what keeps it from being run on this machine. */
export interface Server {
  readonly url: string;
  readonly stop: () => void;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits until a server answers at all. */
async function answers(url: string, child: ChildProcess): Promise<void> {
  for (const end = Date.now() + MINUTE; ; ) {
    try {
      await fetch(url);
      return;
    } catch (error) {
      if (Date.now() > end || child.exitCode !== null) {
        throw error;
      }
      await sleep(100);
    }
  }
}

/** The virtual environment with moto, made once; or what keeps it from being made. */
async function motoEnvironment(): Promise<{ readonly folder: string } | { readonly missing: string }> {
  const folder = path.join(CACHE, `moto-${createHash("sha256").update(MOTO).digest("hex").slice(0, 12)}`);
  const mark = path.join(folder, "complete");
  const base = existsSync(mark) ? "" : await findPython();
  if (base === undefined) {
    return { missing: "moto needs Python 3.10 or newer with its module venv (`python3` on PATH)" };
  }
  mkdirSync(CACHE, { recursive: true });
  return withLock(`${folder}.lock`, () => undefined, async () => {
    if (existsSync(mark)) {
      return { folder };
    }
    process.stderr.write("Installing moto for tests of look-ups; this happens once and takes about a minute.\n");
    rmSync(folder, { recursive: true, force: true });
    const made = await run(base, ["-m", "venv", folder], { limit: 20 * MINUTE });
    const pip = ["-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check", "--retries", "1", MOTO];
    const installed = made.ok ? await run(pythonIn(folder), pip, { limit: 20 * MINUTE }) : made;
    if (!installed.ok) {
      return { missing: `moto could not be installed with pip: ${lastLine(installed.output)}` };
    }
    writeFileSync(mark, "");
    return { folder };
  });
}

/** AWS as moto plays it, with its captured AMIs, public parameters and instance types. */
export async function startMoto(): Promise<Server | { readonly missing: string }> {
  const environment = await motoEnvironment();
  if ("missing" in environment) {
    return environment;
  }
  const port = await freePort();
  const child = spawn(pythonIn(environment.folder), ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const url = `http://127.0.0.1:${String(port)}`;
  await answers(`${url}/moto-api/`, child);
  return { url, stop: () => child.kill() };
}

/** The registry of the distribution project. */
export async function startRegistry(): Promise<Server | { readonly missing: string }> {
  const program = onPath("docker-registry") ?? onPath("registry");
  if (program === undefined) {
    return { missing: "tests of registries need distribution's registry (`docker-registry` on PATH; Debian's package docker-registry)" };
  }
  const folder = mkdtempSync(path.join(tmpdir(), "cpu-architecture-registry-"));
  const port = await freePort();
  const config = path.join(folder, "config.yml");
  writeFileSync(config, `version: 0.1\nlog: { level: error }\nstorage: { filesystem: { rootdirectory: ${JSON.stringify(path.join(folder, "data"))} } }\nhttp: { addr: "127.0.0.1:${String(port)}" }\n`);
  const child = spawn(program, ["serve", config], { stdio: "ignore" });
  const url = `http://127.0.0.1:${String(port)}`;
  await answers(`${url}/v2/`, child);
  return {
    url,
    stop: () => {
      child.once("exit", () => rmSync(folder, { recursive: true, force: true }));
      child.kill();
    },
  };
}

export function digestOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

async function expectStatus(response: Response, status: number): Promise<Response> {
  if (response.status !== status) {
    throw new Error(`HTTP ${String(response.status)} instead of ${String(status)}: ${await response.text()}`);
  }
  return response;
}

/** Puts manifests and blobs into a registry, by its own API. */
export class Publisher {
  constructor(private readonly url: string) {}

  async blob(repository: string, text: string): Promise<string> {
    const started = await expectStatus(await fetch(`${this.url}/v2/${repository}/blobs/uploads/`, { method: "POST" }), 202);
    const place = new URL(started.headers.get("location") ?? "", this.url);
    place.searchParams.set("digest", digestOf(text));
    await expectStatus(await fetch(place, { method: "PUT", body: text, headers: { "Content-Type": "application/octet-stream" } }), 201);
    return digestOf(text);
  }

  /** @returns the digest */
  async manifest(repository: string, tag: string, type: string, manifest: object): Promise<string> {
    const text = JSON.stringify(manifest);
    await expectStatus(await fetch(`${this.url}/v2/${repository}/manifests/${tag}`, { method: "PUT", body: text, headers: { "Content-Type": type } }), 201);
    return digestOf(text);
  }

  /** An image for one platform, as Docker pushes it. */
  async image(repository: string, tag: string, platform: object, more: { readonly configType?: string; readonly type?: string } = {}): Promise<{ digest: string; size: number }> {
    const configText = JSON.stringify({ ...platform, rootfs: { type: "layers", diff_ids: [] }, config: {} });
    const config = await this.blob(repository, configText);
    const type = more.type ?? "application/vnd.oci.image.manifest.v1+json";
    const configType = more.configType ?? (type.includes("docker") ? "application/vnd.docker.container.image.v1+json" : "application/vnd.oci.image.config.v1+json");
    const manifest = { schemaVersion: 2, mediaType: type, config: { mediaType: configType, digest: config, size: configText.length }, layers: [] };
    return { digest: await this.manifest(repository, tag, type, manifest), size: JSON.stringify(manifest).length };
  }

  /** An index of images for several platforms, with an attestation if wanted. */
  async index(repository: string, tag: string, platforms: readonly object[], more: { readonly isAttested?: boolean; readonly type?: string; readonly entries?: readonly object[] } = {}): Promise<string> {
    const type = more.type ?? "application/vnd.oci.image.index.v1+json";
    const mediaType = type.includes("docker") ? "application/vnd.docker.distribution.manifest.v2+json" : "application/vnd.oci.image.manifest.v1+json";
    const manifests: object[] = [];
    for (const [number, platform] of platforms.entries()) {
      manifests.push({ mediaType, ...(await this.image(repository, `${tag}-${String(number)}`, platform, { type: mediaType })), platform });
    }
    if (more.isAttested === true) {
      const attestation = await this.image(repository, `${tag}-attestation`, { os: "unknown", architecture: "unknown" });
      manifests.push({ mediaType, ...attestation, platform: { os: "unknown", architecture: "unknown" }, annotations: { "vnd.docker.reference.type": "attestation-manifest" } });
    }
    return this.manifest(repository, tag, type, { schemaVersion: 2, mediaType: type, manifests: [...manifests, ...(more.entries ?? [])] });
  }
}

/** What came to a front. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
}

/** What a front does with a request: true if it answered itself. */
export type Behavior = (request: http.IncomingMessage, response: http.ServerResponse) => boolean | Promise<boolean>;

export interface Front extends Server {
  readonly port: number;
  readonly seen: Seen[];
  behavior: Behavior;
}

function pass(target: URL, request: http.IncomingMessage, response: http.ServerResponse): void {
  const { authorization: _, host: __, ...headers } = request.headers;
  const onward = http.request({ host: target.hostname, port: target.port, path: request.url, method: request.method, headers: { ...headers, ...(request.headers.authorization?.startsWith("AWS4") === true ? { authorization: request.headers.authorization } : {}) } }, (reply) => {
    response.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(response);
  });
  onward.on("error", () => response.destroy());
  request.pipe(onward);
}

/** A server before another one, which passes on what its behavior lets through. @param tls key and certificate */
export async function startFront(target: string, tls?: { readonly key: string; readonly cert: string }): Promise<Front> {
  const seen: Seen[] = [];
  const handle = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    seen.push({ method: request.method ?? "", path: request.url ?? "", authorization: request.headers.authorization });
    void Promise.resolve(front.behavior(request, response)).then((isAnswered) => isAnswered || pass(new URL(target), request, response));
  };
  const server = tls === undefined ? http.createServer(handle) : https.createServer(tls, handle);
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const front: Front = {
    url: tls === undefined ? `http://127.0.0.1:${String(port)}` : `https://localhost:${String(port)}`,
    port,
    seen,
    behavior: () => false,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return front;
}

export function answerWith(status: number, headers: http.OutgoingHttpHeaders = {}, body = ""): Behavior {
  return (request, response) => {
    request.resume();
    response.writeHead(status, headers).end(body);
    return true;
  };
}

/** A key and a certificate for a host of this machine that nobody trusts yet; undefined without OpenSSL. */
export function selfSigned(folder: string, host = "localhost"): { readonly key: string; readonly cert: string; readonly file: string } | undefined {
  const [key, cert] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
  const args = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", `subjectAltName=DNS:${host},IP:127.0.0.1`, "-keyout", key, "-out", cert];
  const { status } = spawnSync("openssl", args, { stdio: "ignore" });
  return status === 0 ? { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8"), file: cert } : undefined;
}
