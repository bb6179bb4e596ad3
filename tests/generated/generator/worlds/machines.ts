/** AMIs, instance types, and what starts machines with them. */

import * as fc from "fast-check";
import type { AmiKind, HostArch, Machines, Override, Provider, Starter, Template, TypesKind, Version } from "../world";
import { mostly, often, oneOf, seldom } from "./chances";

export const AMI = often<AmiKind>(
  [8, "x86 Linux"],
  [8, "arm64 Linux"],
  [3, "x86 Bottlerocket"],
  [3, "arm64 Bottlerocket"],
  [2, "x86 Windows"],
  [6, "id"],
  [2, "x86 of the stack"],
  [2, "arm64 of the stack"],
  [2, "copy of arm64"],
  [1, "own arm64 parameter"],
  [1, "outside"],
);

type OneType = TypesKind & { readonly is: "type" };

function typed(type: string, arch: HostArch | undefined): OneType {
  return { is: "type", type, arch };
}

function selected(limits: Readonly<Record<string, readonly string[]>>, ...archs: readonly HostArch[]): TypesKind {
  return { is: "selection", limits, archs };
}

/** Names that mislead who looks for a "g": g5 is a graphics series on x86, g5g the same on Graviton. */
export const TYPE = oneOf<OneType>(
  typed("m5.large", "amd64"),
  typed("m7g.large", "arm64"),
  typed("c6gn.xlarge", "arm64"),
  typed("t4g.small", "arm64"),
  typed("t3.small", "amd64"),
  typed("g5.xlarge", "amd64"),
  typed("g5g.xlarge", "arm64"),
  typed("c7i-flex.large", "amd64"),
  typed("q9z.large", undefined),
);

const SELECTION = oneOf<TypesKind>(
  selected({ cpuManufacturers: ["amazon-web-services"] }, "arm64"),
  selected({ cpuManufacturers: ["intel", "amd"] }, "amd64"),
  selected({ allowedInstanceTypes: ["m7g.*", "c7g.*"] }, "arm64"),
  selected({ allowedInstanceTypes: ["m5.*"] }, "amd64"),
  selected({}, "amd64", "arm64"),
);

const TYPES: fc.Arbitrary<TypesKind> = fc.oneof({ weight: 5, arbitrary: TYPE }, { weight: 1, arbitrary: SELECTION });

/** Names come later. */
const TEMPLATE: fc.Arbitrary<Template> = fc.record({ name: fc.constant(""), ami: mostly(AMI, 10), types: mostly(TYPES, 8) });

const VERSION = often<Version>([10, "$Latest"], [3, "output"], [2, "$Default"], [2, "none"], [1, "1"], [1, "9"]);
const BY = often<"id" | "name">([3, "id"], [1, "name"]);
const OVERRIDE: fc.Arbitrary<Override> = fc.record({ types: TYPES, template: seldom(TEMPLATE, 4) });

const GROUP: fc.Arbitrary<Starter> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ is: fc.constant("group" as const), template: TEMPLATE, version: VERSION, by: BY }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant("mixed group" as const), template: TEMPLATE, by: BY, overrides: fc.array(OVERRIDE, { minLength: 1, maxLength: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant("configured group" as const), configuration: fc.record({ name: fc.constant(""), ami: AMI, type: TYPE }) }) },
);

const INSTANCE: fc.Arbitrary<Starter> = fc.record({
  is: fc.constant("instance" as const),
  ami: mostly(AMI, 4),
  type: mostly(TYPE, 5),
  template: seldom(TEMPLATE, 2),
  version: VERSION,
});

const OTHER: fc.Arbitrary<Starter> = fc.oneof(
  fc.record({ is: fc.constant("fleet" as const), template: TEMPLATE, overrides: fc.array(OVERRIDE, { maxLength: 2 }) }),
  fc.record({ is: fc.constant("spot fleet" as const), specifications: fc.array(fc.record({ ami: AMI, type: TYPE }), { minLength: 1, maxLength: 2 }) }),
  fc.record({ is: fc.constant("node group" as const), template: TEMPLATE, types: fc.array(TYPE, { maxLength: 2 }) }),
  fc.record({ is: fc.constant("template alone" as const), template: TEMPLATE }),
);

const MAX_SIZE = oneOf(4, 4, 4, 4, 4, 4, 0);

/** Gives the machines their name, and what belongs to them names that begin with it. */
export function named(name: string, machines: Machines): Machines {
  const template = (each: Template, suffix = ""): Template => ({ ...each, name: `${name}-template${suffix}` });
  const overrides = (list: readonly Override[]): Override[] =>
    list.map((each, index) => ({ ...each, template: each.template === undefined ? undefined : template(each.template, String(index + 1)) }));
  const { starter } = machines;
  switch (starter.is) {
    case "mixed group":
    case "fleet":
      return { ...machines, name, starter: { ...starter, template: template(starter.template), overrides: overrides(starter.overrides) } };
    case "configured group":
      return { ...machines, name, starter: { ...starter, configuration: { ...starter.configuration, name: `${name}-configuration` } } };
    case "instance":
      return { ...machines, name, starter: { ...starter, template: starter.template === undefined ? undefined : template(starter.template) } };
    case "spot fleet":
      return { ...machines, name };
    case "group":
    case "node group":
    case "template alone":
      return { ...machines, name, starter: { ...starter, template: template(starter.template) } };
  }
}

function machines(starter: fc.Arbitrary<Starter>): fc.Arbitrary<Machines> {
  return fc.record({ name: fc.constant(""), starter, maxSize: MAX_SIZE });
}

export const ANY_MACHINES = machines(fc.oneof(GROUP, INSTANCE, OTHER));
/** Machines that can join a cluster. */
export const JOINING = machines(fc.oneof({ weight: 1, arbitrary: GROUP }, { weight: 1, arbitrary: INSTANCE }));

const GROUP_PROVIDER = fc.record({ is: fc.constant("group" as const), machines: machines(GROUP), by: often<"arn" | "name">([3, "arn"], [1, "name"]) });
const MANAGED_PROVIDER = oneOf<Provider["of"]>(
  { is: "managed", limits: { cpuManufacturers: ["amazon-web-services"] }, archs: ["arm64"] },
  { is: "managed", limits: { cpuManufacturers: ["intel"] }, archs: ["amd64"] },
  { is: "managed", limits: undefined, archs: ["amd64", "arm64"] },
);

export function providers(prefix: string): fc.Arbitrary<Provider[]> {
  const one = fc.oneof({ weight: 5, arbitrary: GROUP_PROVIDER }, { weight: 1, arbitrary: MANAGED_PROVIDER });
  return fc.array(one, { maxLength: 3 }).map((list) =>
    list.map((of, index): Provider => {
      const name = `${prefix}-pool${index + 1}`;
      return { name, of: of.is === "group" ? { ...of, machines: named(`${name}-group`, of.machines) } : of };
    }),
  );
}
