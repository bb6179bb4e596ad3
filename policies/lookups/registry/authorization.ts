/**
 * How a registry is satisfied that wants to know who asks.
 * Sources: RFC 7235 (WWW-Authenticate), distribution (docs: token authentication, OAuth2 tokens), OCI distribution-spec.
 */

import type { Turn } from "../budget";
import { LookupFailure } from "../failure";
import { isObject } from "../../platform/object";
import type { Login } from "./credentials";
import { send } from "./http";
import { parseJson } from "./manifest";

/** What a registry wants: user and password, or a token from a service. */
export type Challenge = { readonly kind: "basic" } | { readonly kind: "bearer"; readonly realm: string; readonly service: string | undefined };

export function parseChallenge(header: string): Challenge | undefined {
  const [, scheme = "", rest = ""] = /^\s*(\w+)\s*(.*)$/s.exec(header) ?? [];
  const parameters = new Map([...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name.toLowerCase(), value]));
  if (scheme.toLowerCase() === "basic") {
    return { kind: "basic" };
  }
  const realm = parameters.get("realm");
  return scheme.toLowerCase() === "bearer" && realm !== undefined ? { kind: "bearer", realm, service: parameters.get("service") } : undefined;
}

export function basic({ user, password }: { readonly user: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${user}:${password}`, "utf8").toString("base64")}`;
}

/** Docker Hub's registry has its token service elsewhere. */
const TOKEN_HOSTS: Readonly<Record<string, string>> = { "registry-1.docker.io": "auth.docker.io" };

/** True if a registry may send to that host for a token: its own, one above or below it in the same domain, or a named one. */
function isTrusted(registry: URL, realm: URL, tokenHosts: readonly string[]): boolean {
  const isRelated = realm.hostname === registry.hostname || registry.hostname.endsWith(`.${realm.hostname}`) || realm.hostname.endsWith(`.${registry.hostname}`);
  return isRelated || TOKEN_HOSTS[registry.hostname] === realm.hostname || tokenHosts.includes(realm.host) || tokenHosts.includes(realm.hostname);
}

function realmOf(text: string, registry: URL, tokenHosts: readonly string[]): URL {
  const realm = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = realm?.protocol === "https:" || (realm?.protocol === "http:" && registry.protocol === "http:");
  if (realm === undefined || !isSafe) {
    throw new LookupFailure("its registry sends for a token to a place that is not safe");
  }
  if (!isTrusted(registry, realm, tokenHosts)) {
    throw new LookupFailure(`its registry sends to ${realm.host} for a token, which tokenHosts of lookups does not name`);
  }
  return realm;
}

/**
 * A token to read a repository.
 * @param login undefined: as anybody may
 * @throws LookupFailure if there is none
 */
export async function tokenFor(
  { realm, service }: Challenge & { readonly kind: "bearer" },
  at: { readonly registry: URL; readonly repository: string; readonly login: Login | undefined; readonly tokenHosts: readonly string[] },
  turn: Turn,
): Promise<string> {
  const url = realmOf(realm, at.registry, at.tokenHosts);
  const asked = { ...(service === undefined ? {} : { service }), scope: `repository:${at.repository}:pull` };
  const { login } = at;
  const isExchange = login !== undefined && "identityToken" in login;
  if (!isExchange) {
    Object.entries(asked).forEach(([name, value]) => url.searchParams.set(name, value));
  }
  const form = isExchange ? new URLSearchParams({ grant_type: "refresh_token", refresh_token: login.identityToken, client_id: "cpu-architecture", ...asked }) : undefined;
  const { status, text } = await send({ url: url.href, ...(form === undefined ? {} : { form }), authorization: login === undefined || isExchange ? undefined : basic(login) }, turn);
  if (status !== 200) {
    throw new LookupFailure(status === 429 ? "its registry limits the rate of requests" : status >= 500 ? `its registry's token service answered HTTP ${String(status)}` : "its registry refused to give a token");
  }
  const answer = parseJson(text);
  const token: unknown = isObject(answer) ? (answer["token"] ?? answer["access_token"]) : undefined;
  if (typeof token !== "string" || token === "" || /[^\x21-\x7e]/.test(token)) {
    throw new LookupFailure("its registry's token service gave no token");
  }
  return token;
}
