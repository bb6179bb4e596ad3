/**
 * Reading of untrusted values: JSON-like data in which any part may be Pulumi's stand-in for "computed later".
 * Nothing here throws, whatever the input.
 */

import { isObject } from "../platform/object";
import { ABSENT, known, unknown, type Fact } from "../stack/fact";

/**
 * The strings that stand for a value that is not known yet, one for each kind of value.
 * Source: pulumi/pulumi, sdk/go/common/resource/plugin/rpc.go (UnknownBoolValue and its siblings).
 */
export const UNKNOWN_SENTINELS: readonly string[] = [
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
];

/** Any known sentinel; what the reader itself uses for "not known". */
export const UNKNOWN: string = UNKNOWN_SENTINELS[0] ?? "";

/** The reason given for a value that the engine has not computed yet. */
export const COMPUTED = "it is computed during the update";

/** Stands for a secret that is encrypted where a stack was saved: not known either, for another reason. */
export const ENCRYPTED = `${UNKNOWN} encrypted`;

/** Stands for a secret that is left out where a stack was saved. */
export const HIDDEN = `${UNKNOWN} hidden`;

const REASONS: ReadonlyMap<unknown, string> = new Map([
  [ENCRYPTED, "it is a secret that the saved stack holds encrypted (`pulumi stack export --show-secrets` writes it in plain text)"],
  [HIDDEN, "it is a secret, which a preview in JSON does not show"],
]);

/** Why a value is not known. */
function whyUnknown(raw: unknown): string {
  return REASONS.get(raw) ?? COMPUTED;
}

/** True for a value that is not known yet, also if only a part of a string is. */
export function isUnknown(raw: unknown): boolean {
  return typeof raw === "string" && raw.length >= UNKNOWN.length && UNKNOWN_SENTINELS.some((sentinel) => raw.includes(sentinel));
}

/** The value of an own key; undefined where there is none or `raw` is no object. An unknown object has unknown fields. */
export function field(raw: unknown, key: string): unknown {
  if (isUnknown(raw)) {
    return REASONS.has(raw) ? raw : UNKNOWN;
  }
  return isObject(raw) && Object.hasOwn(raw, key) ? raw[key] : undefined;
}

/** `field` along a path of keys such as `runtimePlatform.cpuArchitecture`. */
export function dig(raw: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((at, key) => field(at, key), raw);
}

function read<T>(raw: unknown, take: (raw: unknown) => T | undefined, kind: string): Fact<T> {
  if (raw === undefined || raw === null) {
    return ABSENT;
  }
  if (isUnknown(raw)) {
    return unknown(whyUnknown(raw));
  }
  const value = take(raw);
  return value === undefined ? unknown(`it is not ${kind}`) : known(value);
}

/** A text. Numbers are taken as their digits: AWS account ids and versions are often written so. */
export function text(raw: unknown): Fact<string> {
  return read(raw, (value) => (typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined), "a text");
}

/** A text that must not be empty: the providers treat an empty string as left out. */
export function name(raw: unknown): Fact<string> {
  const fact = text(raw);
  return fact.state === "known" && fact.value === "" ? ABSENT : fact;
}

export function boolean(raw: unknown): Fact<boolean> {
  return read(raw, (value) => (typeof value === "boolean" ? value : undefined), "true or false");
}

export function number(raw: unknown): Fact<number> {
  return read(raw, (value) => (typeof value === "number" && Number.isFinite(value) ? value : undefined), "a number");
}

/** The items, each still raw. */
export function list(raw: unknown): Fact<readonly unknown[]> {
  return read(raw, (value) => (Array.isArray(value) ? (value as unknown[]) : undefined), "a list");
}

/** The fields, each still raw. */
export function object(raw: unknown): Fact<Readonly<Record<string, unknown>>> {
  return read(raw, (value) => (isObject(value) ? value : undefined), "an object");
}

/** A list of texts, known only if every item is. */
export function textList(raw: unknown): Fact<readonly string[]> {
  const items = list(raw);
  if (items.state !== "known") {
    return items;
  }
  const values: string[] = [];
  for (const item of items.value) {
    const value = text(item);
    if (value.state !== "known") {
      return unknown(value.state === "unknown" ? value.why : "an item of the list is missing");
    }
    values.push(value.value);
  }
  return known(values);
}

/** JSON in a string; a value that is structured already is taken as it is. */
export function json(raw: unknown): Fact<unknown> {
  if (typeof raw !== "string") {
    return raw === undefined || raw === null ? ABSENT : known(raw);
  }
  try {
    return known(JSON.parse(raw) as unknown);
  } catch {
    return unknown(isUnknown(raw) ? whyUnknown(raw) : "it is not JSON");
  }
}

/** A single block that a provider may also hold as a list of one (Terraform's MaxItems 1). */
export function block(raw: unknown): unknown {
  return Array.isArray(raw) && raw.length === 1 ? (raw as unknown[])[0] : raw;
}
