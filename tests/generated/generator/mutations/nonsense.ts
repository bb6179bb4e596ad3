/** What no program means and no engine should send: any JSON anywhere, odd texts, parents in a circle, resources twice. */

import * as fc from "fast-check";
import type { RecordedResource, Recording } from "../../../support/protocol";
import { placesOf, replaceAt } from "./places";
import { SENTINELS } from "./unknowns";

const ODD_TEXTS: readonly [string, ...string[]] = [
  "",
  " ",
  "\u0000",
  "\ud800",
  "\u202eevil",
  "__proto__",
  "constructor",
  "x".repeat(20_000),
  "@sha256:",
  "::::://///",
  `${"a/".repeat(3_000)}b:1`,
  "(".repeat(2_000),
  `[${"[".repeat(2_000)}`,
  "{\"a\":",
  "-1",
  "9".repeat(400),
  "docker build ".repeat(300),
  "attribute:ecs.cpu-architecture == ".repeat(200),
];

const JSON_VALUE: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 3, arbitrary: fc.constantFrom(...SENTINELS) },
  { weight: 2, arbitrary: fc.constantFrom(...ODD_TEXTS) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 0, 1e308, Number.MAX_SAFE_INTEGER, true, null, [], {}, [[]], [null], { "": "" }, ["", {}]) },
  { weight: 1, arbitrary: fc.constantFrom(...SENTINELS).map((sentinel) => [{ [sentinel]: [sentinel] }, sentinel]) },
);

export interface Nonsense {
  readonly place: number;
  readonly value: unknown;
  readonly also: "nothing" | "a parent in a circle" | "no such parent" | "the resource twice" | "no properties" | "no such dependencies";
}

export const NONSENSE: fc.Arbitrary<Nonsense> = fc.record({
  place: fc.nat({ max: 100_000 }),
  value: JSON_VALUE,
  also: fc.constantFrom("nothing", "nothing", "nothing", "a parent in a circle", "no such parent", "the resource twice", "no properties", "no such dependencies"),
});

function spoiled(resource: RecordedResource, also: Nonsense["also"], other: string): RecordedResource[] {
  switch (also) {
    case "nothing":
      return [resource];
    case "a parent in a circle":
      return [{ ...resource, parent: other }];
    case "no such parent":
      return [{ ...resource, parent: "urn:pulumi:test::app::a:b:C::nowhere" }];
    case "the resource twice":
      return [resource, resource];
    case "no properties":
      return [{ ...resource, properties: {} }];
    case "no such dependencies":
      return [{ ...resource, propertyDependencies: { containerDefinitions: ["", "urn:pulumi:test::app::a:b:C::nowhere"] } }];
  }
}

/** The recording with a value replaced by nonsense, in all that is sent or in the outputs alone. */
export function spoil(recording: Recording, { place, value, also }: Nonsense): Recording {
  const all = placesOf(recording);
  const at = all[place % all.length];
  if (at === undefined) {
    return recording;
  }
  const isInput = place % 3 !== 0;
  const changed = replaceAt(recording, at, (before) => (isInput ? value : before), () => value);
  const urns = (recording.analyzeStack ?? []).map(({ urn = "" }) => urn);
  const other = place % 2 === 0 ? at.urn : (urns[place % urns.length] ?? at.urn);
  const spoil = (list: readonly RecordedResource[]): RecordedResource[] =>
    list.flatMap((resource) => (resource.urn === at.urn ? spoiled(resource, also, other) : resource.urn === other && also === "a parent in a circle" ? [{ ...resource, parent: at.urn }] : [resource]));
  return { ...changed, analyze: spoil(changed.analyze), analyzeStack: spoil(changed.analyzeStack ?? []) };
}
