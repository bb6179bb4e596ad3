/**
 * Saved values as policies get them: secrets in plain text, as far as they were saved so.
 * Source: pulumi/pulumi, sdk/go/common/resource/sig for what marks a secret.
 */

import { ENCRYPTED, UNKNOWN } from "../../policies/read/raw";
import type { Properties } from "../../policies/read/resource";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** What both of the stand-ins for secrets begin with, and those for computed values do not. */
const UNREADABLE = `${UNKNOWN} `;

/** Deeper values are not known: no property that is read is nested so deep, and a deeper one could exhaust the stack. */
const MAX_DEPTH = 100;

/** What a text of the file stands for; most stand for themselves. */
export type TextReader = (text: string) => string;

function decodeSecret({ plaintext }: Readonly<Record<string, unknown>>, depth: number, textOf: TextReader): unknown {
  if (typeof plaintext !== "string" || plaintext === "") {
    return ENCRYPTED;
  }
  try {
    return decode(JSON.parse(plaintext), textOf, depth + 1);
  } catch {
    return UNKNOWN;
  }
}

/** True if a secret within the value cannot be read. */
export function isHidden(raw: unknown, textOf: TextReader): boolean {
  const value = decode(raw, textOf);
  return typeof value === "object" ? JSON.stringify(value).includes(UNREADABLE) : typeof value === "string" && value.startsWith(UNREADABLE);
}

/** Never throws, whatever the value is. */
export function decode(raw: unknown, textOf: TextReader, depth = 0): unknown {
  if (typeof raw !== "object" || raw === null) {
    return typeof raw === "string" ? textOf(raw) : raw;
  }
  if (depth > MAX_DEPTH) {
    return UNKNOWN;
  }
  if (Array.isArray(raw)) {
    return raw.map((item: unknown) => decode(item, textOf, depth + 1));
  }
  const fields = raw as Readonly<Record<string, unknown>>;
  if (fields[SIGNATURE] === SECRET) {
    return decodeSecret(fields, depth, textOf);
  }
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, decode(value, textOf, depth + 1)]));
}

export function decodeAll(properties: Properties, textOf: TextReader): Properties {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, decode(value, textOf)]));
}
