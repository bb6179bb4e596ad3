import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { createHash } from "node:crypto";

/** A property value as the engine sends it, decoded from protobuf. */
export type Value = null | boolean | number | string | readonly Value[] | Values;
export interface Values {
  readonly [name: string]: Value;
}

/** What stands for any value that is not known yet (pulumi: sdk/go/common/resource/plugin/rpc.go, UnknownStringValue). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function toStruct(values: object): Struct {
  // JSON drops what is undefined, which protobuf would refuse.
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(values)) as Record<string, null>);
}

export function fromStruct(struct: Struct | undefined): Values {
  return struct === undefined ? {} : (struct.toJavaScript());
}

export function isObject(value: Value | undefined): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isMissing(value: Value | undefined): value is null | undefined {
  return value === undefined || value === null;
}

/** The value when it is a known string. */
export function knownString(value: Value | undefined): string | undefined {
  return typeof value === "string" && value !== UNKNOWN ? value : undefined;
}

/** Whether nothing in the value, at any depth, is unknown. */
export function isKnown(value: Value): boolean {
  return !JSON.stringify(value).includes(UNKNOWN);
}

export function isSame(a: Value | undefined, b: Value | undefined): boolean {
  return canonical(a ?? null) === canonical(b ?? null);
}

function canonical(value: Value): string {
  return JSON.stringify(value, (_key, inner: Value) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}

/** A stable stand-in for something random: the same text gives the same hexadecimal digits. */
export function hex(text: string, length: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}

export function imageDigest(text: string): string {
  return `sha256:${hex(text, 64)}`;
}

/** Splits `registry:5000/name:tag@digest` into the repository and the tag. */
export function splitReference(reference: string): { readonly repository: string; readonly tag: string | undefined } {
  const withoutDigest = reference.split("@")[0] ?? reference;
  const colon = withoutDigest.lastIndexOf(":");
  return colon > withoutDigest.lastIndexOf("/")
    ? { repository: withoutDigest.slice(0, colon), tag: withoutDigest.slice(colon + 1) }
    : { repository: withoutDigest, tag: undefined };
}
