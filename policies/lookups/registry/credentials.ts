/**
 * Credentials for registries, from Docker's config file and the credential helpers that it names.
 * Sources: docker/cli (cli/config/configfile, docs of `docker login`), docker/docker-credential-helpers (README).
 */

import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { isObject } from "../../platform/object";
import type { Turn } from "../budget";

/** User and password, or a token that is exchanged for one. Never shown. */
export type Login = { readonly user: string; readonly password: string } | { readonly identityToken: string };

/** What a helper calls the user whose password is an identity token. Source: docker/cli, cli/config/credentials. */
const TOKEN_USER = "<token>";

/** Docker Hub's key in the file, from the days of the first API. */
const DOCKER_HUB_KEY = "https://index.docker.io/v1/";

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(raw: unknown): Fields {
  return isObject(raw) ? raw : {};
}

function textOf(raw: unknown): string | undefined {
  return typeof raw === "string" && raw !== "" ? raw : undefined;
}

/** A key of the file without scheme and path, which old versions wrote. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, "").split("/")[0] ?? "";
}

function entryFor(entries: Fields, key: string): unknown {
  return Object.hasOwn(entries, key) ? entries[key] : Object.entries(entries).find(([each]) => hostOf(each) === hostOf(key))?.[1];
}

function loginOf(user: string, secret: string): Login {
  return user === TOKEN_USER ? { identityToken: secret } : { user, password: secret };
}

function loginIn(raw: unknown): Login | undefined {
  const entry = fieldsOf(raw);
  const identityToken = textOf(entry["identitytoken"]);
  if (identityToken !== undefined) {
    return { identityToken };
  }
  const [user = "", ...rest] = Buffer.from(textOf(entry["auth"]) ?? "", "base64").toString("utf8").split(":");
  const password = rest.join(":").replace(/\0+$/, "");
  return user === "" || password === "" ? undefined : { user, password };
}

/** Longer answers of a helper are none. */
const MAX_ANSWER = 64 * 1024;

/** What `docker-credential-NAME get` answers; undefined where it has nothing, or is not there. */
async function askHelper(helper: string, server: string, turn: Turn): Promise<Login | undefined> {
  // The name becomes part of a program's name.
  if (!/^[\w][\w.-]{0,60}$/.test(helper)) {
    return undefined;
  }
  const text = await new Promise<string>((resolve) => {
    const child = spawn(`docker-credential-${helper}`, ["get"], { stdio: ["pipe", "pipe", "ignore"], signal: turn.signal, windowsHide: true });
    let answer = "";
    child.on("error", () => resolve(""));
    child.stdin.on("error", () => undefined);
    child.stdout.on("data", (chunk: Buffer) => {
      answer = (answer + chunk.toString("utf8")).slice(0, MAX_ANSWER);
    });
    child.on("close", (code) => resolve(code === 0 ? answer : ""));
    child.stdin.end(server);
  });
  try {
    const found = fieldsOf(JSON.parse(text));
    const [user, secret] = [textOf(found["Username"]), textOf(found["Secret"])];
    return user === undefined || secret === undefined ? undefined : loginOf(user, secret);
  } catch {
    return undefined;
  }
}

async function readDockerConfig(): Promise<Fields> {
  const folder = process.env["DOCKER_CONFIG"] ?? path.join(homedir(), ".docker");
  try {
    return fieldsOf(JSON.parse(await readFile(path.join(folder, "config.json"), "utf8")));
  } catch {
    return {};
  }
}

/** The logins of the machine's user; the file is read once. */
export class DockerLogins {
  private config: Promise<Fields> | undefined;

  /** @param registry as references name it: `docker.io`, `ghcr.io`, `localhost:5000` */
  async of(registry: string, turn: Turn): Promise<Login | undefined> {
    this.config ??= readDockerConfig();
    const config = await this.config;
    const key = registry === "docker.io" ? DOCKER_HUB_KEY : registry;
    const helper = textOf(entryFor(fieldsOf(config["credHelpers"]), key)) ?? textOf(config["credsStore"]);
    const fromHelper = helper === undefined ? undefined : await askHelper(helper, key, turn);
    return fromHelper ?? loginIn(entryFor(fieldsOf(config["auths"]), key));
  }
}
