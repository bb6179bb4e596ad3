/** Values of a program that are made from outputs of other resources, known or not yet: what `apply` and `all` give. */

import { isKnown, UNKNOWN, type Value, type Values } from "./values";

/** How far an operation has come. */
export interface Progress {
  readonly isPreview: boolean;
  /** Outputs of the resources registered so far, by URN. */
  readonly outputs: ReadonlyMap<string, Values>;
}

/** A value that is made from outputs of resources. */
export interface Output {
  /** URNs, as the SDK would list them. */
  readonly from: readonly string[];
  readonly at: (progress: Progress) => Value;
}

/** JSON in which any part may be an `Output`; what is undefined is left out. */
export type Input = null | boolean | number | string | undefined | Output | readonly Input[] | Inputs;
export interface Inputs {
  readonly [name: string]: Input;
}

function isOutput(input: Input): input is Output {
  return typeof input === "object" && input !== null && !Array.isArray(input) && "from" in input && typeof input.at === "function";
}

export function resolve(input: Input, progress: Progress): Value {
  if (isOutput(input)) {
    return input.at(progress);
  }
  if (Array.isArray(input)) {
    return (input as readonly Input[]).map((each) => resolve(each, progress));
  }
  return typeof input === "object" && input !== null ? resolveAll(input as Inputs, progress) : (input ?? null);
}

export function resolveAll(inputs: Inputs, progress: Progress): Values {
  const values: Record<string, Value> = {};
  for (const [key, value] of Object.entries(inputs)) {
    if (value !== undefined) {
      values[key] = resolve(value, progress);
    }
  }
  return values;
}

export function sourcesOf(input: Input): string[] {
  if (isOutput(input)) {
    return [...input.from];
  }
  const parts: readonly Input[] = typeof input === "object" && input !== null ? Object.values<Input>(input as Inputs) : [];
  return [...new Set(parts.flatMap(sourcesOf))];
}

/** What `apply`, `all` and `interpolate` give: unknown as a whole as long as a part is. */
export function applied(parts: readonly Input[], make: (known: readonly Value[]) => Value): Output {
  return {
    from: sourcesOf(parts),
    at: (progress) => {
      const known = parts.map((part) => resolve(part, progress));
      return isKnown(known) ? make(known) : UNKNOWN;
    },
  };
}

function asText(value: Value | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** text`echo ${cluster.get("name")}` */
export function text(words: TemplateStringsArray, ...parts: readonly Input[]): Output {
  return applied(parts, (known) => words.map((word, index) => word + (index < known.length ? asText(known[index]) : "")).join(""));
}

export function json(input: Input): Output {
  return applied([input], ([known]) => JSON.stringify(known));
}

export function base64(input: Input): Output {
  return applied([input], ([known]) => Buffer.from(asText(known)).toString("base64"));
}
