/**
 * Known values that become unknown, in every way in which the engine says so: the sentinel in place of a whole property, a
 * field, an item or a part of a text; a property that is left out or null although the engine names what it is made from;
 * and a field that a provider answers with null while its input is not known. A null without any of that is no unknown: it
 * is how an SDK says that the program left something out.
 */

import * as fc from "fast-check";
import type { Recording } from "../../../support/protocol";
import { placesOf, replaceAt, type Place } from "./places";

/** For texts, booleans, numbers, lists, assets, archives and objects (pulumi: sdk/go/common/resource/plugin/rpc.go). */
export const SENTINELS: readonly [string, ...string[]] = [
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
];

export interface Forgetting {
  /** Which place, modulo their number. */
  readonly place: number;
  readonly as: "unknown" | "absent" | "null" | "part";
  readonly sentinel: string;
}

export const FORGETTING: fc.Arbitrary<Forgetting> = fc.record({
  place: fc.nat({ max: 100_000 }),
  as: fc.constantFrom("unknown", "unknown", "unknown", "absent", "null", "part"),
  sentinel: fc.constantFrom(SENTINELS[0], SENTINELS[0], ...SENTINELS),
});

/** What the property is made from, if the engine says nothing of it: something that has nothing to do with the CPU. */
const STRANGER = "urn:pulumi:test::app::aws:s3/bucket:Bucket::made-of";

function withDependency(recording: Recording, { urn, path }: Place): Recording {
  const key = String(path[0]);
  return {
    ...recording,
    analyzeStack: (recording.analyzeStack ?? []).map((resource) =>
      resource.urn === urn ? { ...resource, propertyDependencies: { [key]: [STRANGER], ...resource.propertyDependencies } } : resource,
    ),
  };
}

/** The middle third of a text, not known. */
function partly(sentinel: string): (value: unknown) => unknown {
  return (value) => {
    if (typeof value !== "string" || value.length < 3) {
      return sentinel;
    }
    const third = Math.floor(value.length / 3);
    return value.slice(0, third) + sentinel + value.slice(-third);
  };
}

function forget(recording: Recording, place: Place, { as, sentinel }: Forgetting): Recording {
  const unknown = (): unknown => sentinel;
  // What is left out of a registration during an update is left out: its dependencies are told only later.
  if (as === "unknown" || recording.stack?.dryRun !== true) {
    return replaceAt(recording, place, unknown, unknown);
  }
  if (as === "part") {
    return replaceAt(recording, place, partly(sentinel), partly(sentinel));
  }
  const isWhole = place.path.length === 1;
  const nothing = as === "null" ? () => null : () => undefined;
  return isWhole ? withDependency(replaceAt(recording, place, nothing, nothing), place) : replaceAt(recording, place, unknown, () => null);
}

export interface Forgotten {
  readonly recording: Recording;
  readonly places: readonly Place[];
}

/** The recording with some of its values not known any more. */
export function forgetSome(recording: Recording, forgettings: readonly Forgetting[]): Forgotten {
  const all = placesOf(recording);
  const places: Place[] = [];
  let forgotten = recording;
  for (const forgetting of forgettings) {
    const place = all[forgetting.place % all.length];
    if (place !== undefined) {
      places.push(place);
      forgotten = forget(forgotten, place, forgetting);
    }
  }
  return { recording: forgotten, places };
}
