/** Places in what the engine sends, and how values at them are replaced. */

import type { RecordedResource, Recording } from "../../../support/protocol";

export type Path = readonly (string | number)[];

/** A value of one resource: the same path leads to it in its inputs and in its outputs, where they have it. */
export interface Place {
  readonly urn: string;
  readonly type: string;
  readonly path: Path;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function pathsIn(value: unknown, at: Path = []): Path[] {
  const inner: [string | number, unknown][] = Array.isArray(value) ? [...(value as readonly unknown[]).entries()] : isPlain(value) ? Object.entries(value) : [];
  return [...(at.length === 0 ? [] : [at]), ...inner.flatMap(([key, each]) => pathsIn(each, [...at, key]))];
}

/** Every place of a recording, also the inner ones. */
export function placesOf({ analyze, analyzeStack = [] }: Recording): Place[] {
  const inputs = new Map(analyze.map(({ urn, properties }) => [urn, properties]));
  return analyzeStack.flatMap(({ urn = "", type, properties }) => {
    const paths = [...pathsIn(inputs.get(urn)), ...pathsIn(properties)].map((path) => [path.join("\n"), path] as const);
    return [...new Map(paths).values()].map((path) => ({ urn, type, path }));
  });
}

/** What takes the place of a value; `undefined` removes it. */
export type Replacement = (value: unknown) => unknown;

function replaced(value: unknown, [key, ...rest]: Path, by: Replacement): unknown {
  if (key === undefined) {
    return value === undefined ? undefined : by(value);
  }
  if (Array.isArray(value)) {
    return (value as readonly unknown[]).map((item, index) => (index === key ? (replaced(item, rest, by) ?? null) : item));
  }
  if (!isPlain(value) || !(key in value)) {
    return value;
  }
  const inner = replaced(value[key], rest, by);
  return Object.fromEntries(Object.entries(value).flatMap(([name, each]) => (name !== key ? [[name, each]] : inner === undefined ? [] : [[name, inner]])));
}

/** The recording with one value replaced, in the inputs and in the outputs. */
export function replaceAt(recording: Recording, { urn, path }: Place, inputs: Replacement, outputs: Replacement): Recording {
  const at = (resource: RecordedResource, by: Replacement): RecordedResource =>
    resource.urn === urn ? { ...resource, properties: replaced(resource.properties ?? {}, path, by) as Readonly<Record<string, unknown>> } : resource;
  return {
    ...recording,
    analyze: recording.analyze.map((resource) => at(resource, inputs)),
    analyzeStack: (recording.analyzeStack ?? []).map((resource) => at(resource, outputs)),
  };
}
