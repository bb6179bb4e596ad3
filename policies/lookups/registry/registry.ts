/**
 * What registries tell of images: the platforms that a reference can run on.
 * Source: OCI distribution-spec (pulling manifests and blobs).
 */

import { createHash } from "node:crypto";
import type { LookupOptions } from "../../options/lookups";
import type { ImageReference } from "../../platform/image-reference";
import type { Platform } from "../../platform/platform";
import type { Found } from "../../stack/outside";
import type { Turn } from "../budget";
import { LookupFailure, reasonOf } from "../failure";
import { basic, parseChallenge, tokenFor } from "./authorization";
import { DockerLogins, type Login } from "./credentials";
import { send, type Reply } from "./http";
import { MANIFEST_TYPES, readConfig, readManifest } from "./manifest";

/** Docker Hub's name in references, and the host of its registry. */
const DOCKER_HUB_HOST = "registry-1.docker.io";

/** A repository with where its registry is. */
interface Place {
  /** As references name it. */
  readonly registry: string;
  readonly repository: string;
  /** Base URL, without `/v2`. */
  readonly url: URL;
  readonly isMirror: boolean;
}

/** A login for registries of AWS accounts; undefined for every other registry. Rejects with LookupFailure. */
export type AccountLogin = (registry: string, scope: string, turn: Turn) => Promise<Login> | undefined;

/** What to send as `Authorization`, or why there is nothing to send. Holds credentials. */
interface Authorization {
  readonly header: string | undefined;
  readonly why?: string;
}

const ANONYMOUS: Authorization = { header: undefined };

/** Registries on this machine speak plain HTTP, as Docker takes them too. */
function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(host);
}

function placeOf({ repository: name }: ImageReference, mirrors: LookupOptions["mirrors"]): Place {
  const slash = name.indexOf("/");
  const [registry, repository] = [name.slice(0, slash), name.slice(slash + 1)];
  const mirror = mirrors.find((each) => each.registry === registry);
  const text = mirror?.url ?? `${isLoopback(registry) ? "http" : "https"}://${registry === "docker.io" ? DOCKER_HUB_HOST : registry}`;
  if (!URL.canParse(text)) {
    throw new LookupFailure("its registry is no host");
  }
  const url = new URL(text);
  const prefix = url.pathname.replace(/^\/|\/$/g, "");
  return { registry, repository: prefix === "" ? repository : `${prefix}/${repository}`, url, isMirror: mirror !== undefined };
}

function refusal(status: number, why: string | undefined): LookupFailure {
  switch (status) {
    case 401:
    case 403:
      return new LookupFailure(`its registry denied it: there is no such image, or other credentials are needed${why === undefined ? "" : ` (${why})`}`);
    case 404:
      return new LookupFailure("its registry has no such image");
    case 429:
      return new LookupFailure("its registry limits the rate of requests");
    default:
      return new LookupFailure(status >= 300 && status < 400 ? "its registry redirects for a manifest, which is not followed" : `its registry answered HTTP ${String(status)}`);
  }
}

/** @throws LookupFailure if the text is not what the digest names */
function checkDigest(text: string, digest: string): void {
  if (digest.startsWith("sha256:") && createHash("sha256").update(text).digest("hex") !== digest.slice("sha256:".length)) {
    throw new LookupFailure("its registry answered with something else than that digest names");
  }
}

const MAX_REDIRECTS = 3;

export class Registries {
  private readonly logins = new DockerLogins();
  /** By registry, repository and who asks. */
  private readonly authorizations = new Map<string, Promise<Authorization>>();
  /** By digest, which never means anything else. */
  private readonly configs = new Map<string, Promise<Platform>>();

  constructor(
    private readonly options: Pick<LookupOptions, "mirrors" | "tokenHosts">,
    private readonly accountLogin: AccountLogin,
  ) {}

  /**
   * The platforms that an image can run on.
   * @param scope of what runs it: who asks a registry of an AWS account
   * @throws LookupFailure where the registry does not tell
   */
  async platforms(reference: ImageReference, scope: string, turn: Turn): Promise<Found<readonly Platform[]>> {
    const place = placeOf(reference, this.options.mirrors);
    const name = reference.digest ?? reference.tag ?? "latest";
    const reply = await this.get(place, `manifests/${name}`, scope, turn, MANIFEST_TYPES);
    if (reference.digest !== undefined) {
      checkDigest(reply.text, reference.digest);
    }
    const manifest = readManifest(reply.text, reply.headers.get("content-type") ?? "");
    const value = "platforms" in manifest ? manifest.platforms : [await this.config(place, manifest.config, scope, turn)];
    return { state: "known", value, by: `registry ${place.registry}${place.isMirror ? ", by its mirror" : ""}, today` };
  }

  private config(place: Place, digest: string, scope: string, turn: Turn): Promise<Platform> {
    const config = this.configs.get(digest) ?? this.readConfig(place, digest, scope, turn);
    this.configs.set(digest, config);
    // What failed once may be there for another repository.
    config.catch(() => this.configs.delete(digest));
    return config;
  }

  private async readConfig(place: Place, digest: string, scope: string, turn: Turn): Promise<Platform> {
    let reply = await this.get(place, `blobs/${digest}`, scope, turn);
    for (let redirects = 0; reply.status >= 300 && reply.status < 400 && redirects < MAX_REDIRECTS; redirects += 1) {
      reply = await this.follow(place, reply, turn);
    }
    if (reply.status !== 200) {
      throw refusal(reply.status, undefined);
    }
    checkDigest(reply.text, digest);
    return readConfig(reply.text);
  }

  /** Blobs may lie with another host: it gets nothing but the address. */
  private async follow(place: Place, { headers }: Reply, turn: Turn): Promise<Reply> {
    const location = headers.get("location") ?? "";
    const target = URL.canParse(location, place.url.href) ? new URL(location, place.url.href) : undefined;
    if (target === undefined || (target.protocol !== "https:" && !(target.protocol === "http:" && place.url.protocol === "http:"))) {
      throw new LookupFailure("its registry redirects to a place that is not safe");
    }
    return send({ url: target.href }, turn);
  }

  /**
   * One request, and a second one once it is known whom the registry wants to hear from. Redirects are answers, too.
   * @throws LookupFailure for every other answer than the one that was asked for
   */
  private async get(place: Place, what: string, scope: string, turn: Turn, accept?: string): Promise<Reply> {
    const key = `${place.url.origin} ${place.repository} ${scope}`;
    const ask = { url: `${place.url.origin}/v2/${place.repository}/${what}`, ...(accept === undefined ? {} : { accept }) };
    const known = await (this.authorizations.get(key) ?? this.accountAuthorization(key, place, scope, turn));
    let reply = await send({ ...ask, authorization: known.header }, turn);
    if (reply.status === 401) {
      const header = await this.answerChallenge(reply, place, turn);
      if (header !== undefined) {
        this.authorizations.set(key, Promise.resolve({ header }));
        reply = await send({ ...ask, authorization: header }, turn);
      }
    }
    const isRedirect = reply.status >= 300 && reply.status < 400 && what.startsWith("blobs/");
    if (reply.status !== 200 && !isRedirect) {
      throw refusal(reply.status, known.why);
    }
    return reply;
  }

  /** Registries of AWS accounts want to know who asks from the start; without an answer, Docker's own login may do. */
  private accountAuthorization(key: string, { registry, isMirror }: Place, scope: string, turn: Turn): Promise<Authorization> {
    const login = isMirror ? undefined : this.accountLogin(registry, scope, turn);
    const authorization =
      login?.then(
        (found): Authorization => ({ header: "user" in found ? basic(found) : undefined }),
        (error: unknown): Authorization => ({ header: undefined, why: reasonOf(error) }),
      ) ?? Promise.resolve(ANONYMOUS);
    this.authorizations.set(key, authorization);
    return authorization;
  }

  private async answerChallenge(reply: Reply, { url, registry, repository, isMirror }: Place, turn: Turn): Promise<string | undefined> {
    const challenge = parseChallenge(reply.headers.get("www-authenticate") ?? "");
    // A mirror has credentials of its own, or none.
    const login = challenge === undefined ? undefined : await this.logins.of(isMirror ? url.host : registry, turn);
    if (challenge?.kind === "bearer") {
      return `Bearer ${await tokenFor(challenge, { registry: url, repository, login, tokenHosts: this.options.tokenHosts }, turn)}`;
    }
    return login === undefined || "identityToken" in login ? undefined : basic(login);
  }
}
