/**
 * A stand-in for the parts of Pulumi Cloud that publishing a policy pack and requiring it of a stack need: one
 * organization, whose default policy group holds every stack. Nothing is kept on disk.
 *
 * The paths and bodies are those of the CLI's own client (pulumi: pkg/backend/httpstate/client/client.go and
 * sdk/go/common/apitype/policy.go). What the real service checks of them beyond that is not known here.
 */

import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

export const ORGANIZATION = "acme";
const TOKEN = "pul-0000";

type Json = Readonly<Record<string, unknown>>;

/** One policy as the CLI publishes it. */
export interface PublishedPolicy {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly enforcementLevel: string;
  readonly severity?: string;
  readonly tags?: readonly string[];
  readonly remediationSteps?: string;
  readonly url?: string;
  readonly configSchema?: { readonly type: string; readonly properties?: Json; readonly required?: readonly string[] };
}

/** What the CLI publishes of a pack before it uploads the archive. */
export interface PublishedPack {
  readonly name: string;
  readonly displayName: string;
  readonly versionTag: string;
  readonly policies: readonly PublishedPolicy[];
  readonly description?: string;
  readonly readme?: string;
  readonly provider?: string;
  readonly tags?: readonly string[];
  readonly runtime?: string;
}

interface Held {
  readonly pack: PublishedPack;
  archive?: Buffer;
  isComplete: boolean;
}

interface Enabled {
  readonly name: string;
  readonly versionTag: string;
  readonly config: Json;
}

interface GroupChange {
  readonly addPolicyPack?: { readonly name: string; readonly versionTag?: string; readonly config?: Json };
  readonly removePolicyPack?: { readonly name: string };
}

/** A running service. */
export interface PulumiService {
  /** The variables that make the CLI use it, logged in. */
  readonly environment: Readonly<Record<string, string>>;
  /** The packs whose publication is complete, in order, with their archives. */
  published(): readonly { readonly pack: PublishedPack; readonly archive: Buffer }[];
  /** Requests that nothing answered, as `GET /path`: parts of the service that the CLI misses. */
  readonly unanswered: readonly string[];
  readonly stop: () => Promise<void>;
}

/** An answer: a status with a body, or a body alone, which is a 200. Undefined is a 404. */
type Answer = { readonly status: number; readonly body?: unknown } | undefined;
/** Gets what the groups of its path matched. */
type Handler = (body: Buffer, ...parts: string[]) => Answer;

const ok = (body: unknown = {}): Answer => ({ status: 200, body });
const parse = (body: Buffer): unknown => JSON.parse(body.toString("utf8"));

class State {
  readonly packs: Held[] = [];
  readonly stacks = new Map<string, Json>();
  readonly enabled = new Map<string, Enabled>();
  address = "";
  private updates = 0;

  find(name: string, version: string): Held | undefined {
    return this.packs.find(({ pack }) => pack.name === name && pack.versionTag === version);
  }

  complete(): readonly Held[] {
    return this.packs.filter(({ isComplete, archive }) => isComplete && archive !== undefined);
  }

  publish(pack: PublishedPack): Answer {
    if (this.find(pack.name, pack.versionTag) !== undefined) {
      return { status: 409, body: { code: 409, message: `Policy Pack ${pack.name} ${pack.versionTag} already exists` } };
    }
    this.packs.push({ pack, isComplete: false });
    return ok({ version: this.packs.length, uploadURI: `${this.address}/archive/${pack.name}/${pack.versionTag}`, requiredHeaders: { "x-upload": "yes" } });
  }

  enable({ addPolicyPack, removePolicyPack }: GroupChange): Answer {
    if (removePolicyPack !== undefined) {
      this.enabled.delete(removePolicyPack.name);
    }
    if (addPolicyPack !== undefined) {
      const { name, versionTag = "", config = {} } = addPolicyPack;
      const wanted = this.complete().filter(({ pack }) => pack.name === name && (versionTag === "" || pack.versionTag === versionTag)).at(-1);
      if (wanted === undefined) {
        return undefined;
      }
      this.enabled.set(name, { name, versionTag: wanted.pack.versionTag, config });
    }
    return ok();
  }

  required(): readonly Json[] {
    return [...this.enabled.values()].map(({ name, versionTag, config }) => ({
      name,
      version: 1,
      versionTag,
      displayName: name,
      packLocation: `${this.address}/archive/${name}/${versionTag}`,
      config,
    }));
  }

  createUpdate(): Answer {
    this.updates += 1;
    return ok({ updateID: `update-${this.updates}`, requiredPolicies: this.required() });
  }
}

const NAME = "([^/]+)";
const STACK = `/api/stacks/${NAME}/${NAME}/${NAME}`;

/** Method and path, with what answers it. */
function routes(state: State): readonly (readonly [method: string, path: RegExp, handler: Handler])[] {
  const route = (method: string, path: string, handler: Handler): readonly [string, RegExp, Handler] => [method, new RegExp(`^${path}$`), handler];
  const packs = `/api/orgs/${ORGANIZATION}/policypacks`;
  return [
    route("GET", "/api/capabilities", () => ok({ capabilities: [{ capability: "stack-policy-packs" }] })),
    route("GET", "/api/user", () => ok({ id: "1", githubLogin: "tester", name: "Tester", organizations: [{ githubLogin: ORGANIZATION, name: ORGANIZATION }] })),
    route("GET", "/api/user/organizations/default", () => ok({ gitHubLogin: ORGANIZATION })),
    route("POST", packs, (body) => state.publish(parse(body) as PublishedPack)),
    route("GET", packs, () => ok({ policyPacks: state.complete().map(({ pack }) => ({ name: pack.name, displayName: pack.displayName, versions: [1], versionTags: [pack.versionTag] })) })),
    route("POST", `${packs}/${NAME}/versions/${NAME}/complete`, (_body, name, version) => {
      const held = state.find(name, version);
      if (held?.archive === undefined) {
        return undefined;
      }
      held.isComplete = true;
      return ok();
    }),
    route("GET", `${packs}/${NAME}/versions/${NAME}/schema`, (_body, name, version) => {
      const held = state.find(name, version);
      const schemas = held?.pack.policies.flatMap((policy) => (policy.configSchema === undefined ? [] : [[policy.name, policy.configSchema] as const]));
      return schemas === undefined ? undefined : ok({ configSchema: Object.fromEntries(schemas) });
    }),
    route("PATCH", `/api/orgs/${ORGANIZATION}/policygroups/default-policy-group`, (body) => state.enable(parse(body) as GroupChange)),
    route("HEAD", `/api/stacks/${NAME}/${NAME}`, (_body, owner, project) => ([...state.stacks.keys()].some((name) => name.startsWith(`${owner}/${project}/`)) ? ok() : undefined)),
    route("POST", `/api/stacks/${NAME}/${NAME}`, (body, owner, project) => {
      const { stackName, tags } = parse(body) as { stackName: string; tags?: Json };
      state.stacks.set(`${owner}/${project}/${stackName}`, { id: stackName, orgName: owner, projectName: project, stackName, tags, activeUpdate: "", version: 0 });
      return ok();
    }),
    route("GET", STACK, (_body, ...names) => (state.stacks.has(names.join("/")) ? ok(state.stacks.get(names.join("/"))) : undefined)),
    route("GET", `${STACK}/export`, () => ok({ version: 3, deployment: { manifest: { time: "2026-01-01T00:00:00Z", magic: "", version: "" } } })),
    route("GET", `${STACK}/policypacks`, () => ok({ requiredPolicies: state.required() })),
    route("POST", `${STACK}/(?:preview|update)`, () => state.createUpdate()),
    route("POST", `${STACK}/update/${NAME}`, () => ok({ version: 1, token: "lease" })),
    route("POST", `${STACK}/update/${NAME}/renew_lease`, () => ok({ token: "lease" })),
    route("POST", `${STACK}/update/${NAME}/(?:events/batch|complete)`, () => ok()),
    route("PATCH", `${STACK}/update/${NAME}/checkpoint(?:verbatim)?`, () => ok()),
  ];
}

/** The archive itself lies with an object store, which knows the address but no token. */
function storeRoutes(state: State): readonly (readonly [method: string, path: RegExp, handler: Handler])[] {
  const archive = new RegExp(`^/archive/${NAME}/${NAME}$`);
  return [
    ["PUT", archive, (body, name, version) => {
      const held = state.find(name, version);
      if (held === undefined || held.isComplete) {
        return undefined;
      }
      held.archive = body;
      return ok();
    }],
    ["GET", archive, (_body, name, version) => {
      const held = state.find(name, version);
      return held?.archive === undefined ? undefined : ok(held.archive);
    }],
  ];
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  const body = Buffer.concat(chunks);
  return request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
}

function send(response: ServerResponse, answer: Answer): void {
  const { status, body } = answer ?? { status: 404, body: { code: 404, message: "Not Found" } };
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body ?? {}));
  response.writeHead(status, { "content-type": Buffer.isBuffer(body) ? "application/gzip" : "application/json", "content-length": bytes.length });
  response.end(bytes);
}

/** Starts a service on a free port of this machine. */
export async function startPulumiService(): Promise<PulumiService> {
  const state = new State();
  const api = routes(state);
  const store = storeRoutes(state);
  const unanswered: string[] = [];
  const server: Server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const place = new URL(request.url ?? "/", "http://service").pathname;
      const isApi = place.startsWith("/api/");
      if (isApi && !["token " + TOKEN, "update-token lease"].includes(request.headers.authorization ?? "")) {
        send(response, { status: 401, body: { code: 401, message: "Unauthorized" } });
        return;
      }
      const route = (isApi ? api : store).find(([method, pattern]) => method === request.method && pattern.test(place));
      if (route === undefined) {
        unanswered.push(`${request.method ?? ""} ${place}`);
      }
      send(response, route?.[2](body, ...(route[1].exec(place)?.slice(1) ?? [])));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  state.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    environment: { PULUMI_BACKEND_URL: state.address, PULUMI_ACCESS_TOKEN: TOKEN },
    published: () => state.complete().map(({ pack, archive }) => ({ pack, archive: archive! })),
    unanswered,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
