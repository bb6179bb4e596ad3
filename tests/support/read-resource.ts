/** Single resources for the readers, and their facts in a form that reads well in a table. */

import type { Resource } from "../../policies/read/resource";
import { UNKNOWN } from "./values";

export const THIS_URN = "urn:pulumi:test::app::type::it";

export interface Told {
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly from?: Readonly<Record<string, readonly string[]>>;
}

/** A resource as it is in the analysis of the stack, seen before at its registration. */
export function resourceOf(type: string, inputs: Readonly<Record<string, unknown>>, { outputs = {}, from = {} }: Told = {}): Resource {
  return {
    urn: THIS_URN,
    type,
    name: "it",
    ancestors: [],
    scope: "default us-east-1",
    inputs,
    outputs: { ...inputs, ...outputs },
    propertyDependencies: from,
    ignoreChanges: [],
    unseen: false,
  };
}

/** Facts as plain values: the value itself, `?` for what is not known, nothing for what was left out. */
export function plainly(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(plainly);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  switch ((value as { state?: unknown }).state) {
    case "known":
      return plainly((value as { value: unknown }).value);
    case "unknown":
      return "?";
    case "absent":
      return undefined;
    default:
      return plainFields(value);
  }
}

function plainFields(value: object): Record<string, unknown> {
  const fields = Object.entries(value).map(([key, inner]) => [key, plainly(inner)] as const);
  return Object.fromEntries(fields.filter(([, inner]) => inner !== undefined));
}

/** Anything that a property may hold although no provider would take it. */
export const GARBAGE: readonly unknown[] = [
  null,
  0,
  -1,
  Number.NaN,
  true,
  "",
  "text",
  "[]",
  [],
  {},
  [[]],
  [null],
  [undefined],
  [{}],
  [[{}]],
  { "": "" },
  [UNKNOWN],
  [{ capacityProvider: 7, weight: "many", base: {} }],
  { launchTemplate: 7, overrides: "none", instanceRequirements: [], launchTemplateSpecification: [[]] },
  { launchTemplate: { overrides: [null, 7, "x", { instanceType: [] }], launchTemplateSpecification: null } },
  { instanceLaunchTemplate: { instanceRequirements: { cpuManufacturers: { a: 1 }, allowedInstanceTypes: "m5.*" } } },
  { ecsParameters: 7, ecsTaskParameters: [], type: {}, value: "all" },
  { constructor: "x", toString: "y", hasOwnProperty: 1 },
  JSON.parse('{"__proto__": {"instanceType": "m7g.large"}}'),
  UNKNOWN,
  `arn:aws:ecs:us-east-1:1:cluster/${UNKNOWN}`,
];
