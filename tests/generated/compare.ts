/** What the pack's real policies say of a generated world, compared with the reference. */

import { run, type Violation } from "../support/in-process";
import type { Recording } from "../support/protocol";
import { judge } from "./generator/reference";
import type { Expected } from "./generator/reference/verdict";
import { render } from "./generator/render";
import type { Phase, World } from "./generator/world";

export function isDenial({ level }: Violation): boolean {
  return level === "mandatory";
}

export function nameOf({ urn }: Violation): string {
  return urn.split("::").at(-1) ?? "";
}

function matches(violation: Violation, { policy, at, naming, saying = "" }: Expected): boolean {
  const { message } = violation;
  return violation.policy === policy && at.includes(nameOf(violation)) && naming.every((name) => message.includes(`\`${name}\``)) && message.includes(saying);
}

function describe(violation: Violation): string {
  return `${violation.policy} @ ${nameOf(violation)} (${violation.phase}): ${violation.message.replaceAll("\n", " | ").slice(0, 500)}`;
}

function describeExpected({ policy, at, naming, saying }: Expected): string {
  return `${policy} @ ${at.join(" or ")}, naming ${naming.join(", ")}${saying === undefined ? "" : `, saying "${saying}"`}`;
}

/** What is wrong with how a denial is said. */
function wrongly(violation: Violation, { inferred, when }: Expected, phase: Phase): string[] {
  const saysInferred = violation.message.includes("\nInferred: ");
  const problems: string[] = [];
  if (inferred !== "either" && saysInferred !== (inferred === "yes")) {
    problems.push(`${saysInferred ? "says that it is inferred" : "does not say that it is inferred"}: ${describe(violation)}`);
  }
  if (phase === "update" && when === "early" && violation.phase !== "resource") {
    problems.push(`late: ${describe(violation)}`);
  }
  return problems;
}

/** The narrowest expectation first: more names and a phrase tell more. */
function byDetail(one: Expected, other: Expected): number {
  return other.naming.length - one.naming.length || (other.saying ?? "").length - (one.saying ?? "").length;
}

/**
 * Compares every denial with what is expected.
 * @returns what is wrong, as sentences; nothing if all agree
 */
export function differences(said: readonly Violation[], expected: readonly Expected[], phase: Phase): string[] {
  const left = new Set(said.filter(isDenial));
  const problems: string[] = [];
  for (const each of [...expected].sort(byDetail)) {
    const found = [...left].filter((violation) => matches(violation, each)).slice(0, each.times ?? 1);
    for (const violation of found) {
      left.delete(violation);
      problems.push(...wrongly(violation, each, phase));
    }
    if (found.length === 0 && each.certainty === "must") {
      problems.push(`missed: ${describeExpected(each)}`);
    }
  }
  return [...problems, ...[...left].map((violation) => `not expected: ${describe(violation)}`), ...faults(said)];
}

/** The pack says so when it fails itself. */
export function faults(said: readonly Violation[]): string[] {
  return said.filter(({ message }) => message.includes("could not finish") || message.startsWith("An option of")).map(describe);
}

export interface Compared {
  readonly problems: readonly string[];
  readonly kinds: readonly string[];
  readonly recording: Recording;
}

/** One world in one operation. At an update the pack goes on after a denial, where the engine would stop. */
export function compare(world: World, phase: Phase, recording: Recording = render(world).recording(phase)): Compared {
  const { denials, kinds } = judge(world, phase);
  const said = run(recording, { goesOn: true });
  return { problems: differences(said, denials, phase), kinds, recording };
}
