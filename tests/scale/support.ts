// Judges large stacks in this process, without the SDK, and compares what a stack costs with what one four times as large
// does. Processor time, not the clock: other processes of the machine must not decide.

import { deepStrictEqual, ok } from "node:assert";
import { RULES } from "../../policies/catalogue";
import { Judging } from "../../policies/judging";
import type { Properties, Resource } from "../../policies/read/resource";
import { speakersOf, type Statement } from "../../policies/saying";
import { urnOf } from "../support/protocol";

/** A resource of a stack whose values are all known, as long as no sentinel stands in its place. */
export interface Part {
  readonly type: string;
  readonly name: string;
  readonly properties: Properties;
  /** URNs by property. */
  readonly from?: Readonly<Record<string, readonly string[]>>;
  /** URNs of what it lies in, the nearest first. */
  readonly ancestors?: readonly string[];
}

export type Options = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export const REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com";

/** The same for every number below a count. */
export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

export function urn({ type, name }: Pick<Part, "type" | "name">): string {
  return urnOf(type, name);
}

function resourceOf(part: Part): Resource {
  return {
    urn: urn(part),
    type: part.type,
    name: part.name,
    ancestors: part.ancestors ?? [],
    scope: "aws us-east-1",
    inputs: part.properties,
    outputs: part.properties,
    propertyDependencies: part.from ?? {},
    ignoreChanges: [],
    unseen: false,
  };
}

/** Everything that the policies say of a stack, one resource listed as undetermined after the other. */
export function judge(parts: readonly Part[], options: Options = {}): Statement[] {
  const judging = new Judging(RULES.judging);
  const members = parts.map((part) => ({ urn: urn(part), type: part.type, name: part.name, part }));
  let verdicts: ReturnType<Judging["judgeComplete"]> | undefined;
  const statements = speakersOf(RULES).flatMap((speaker) =>
    [...speaker.says(judging, options[speaker.rule.name] ?? {}, () => (verdicts ??= judging.judgeComplete(members, ({ part }) => resourceOf(part))))],
  );
  deepStrictEqual(
    statements.filter(({ kind }) => kind === "fault").map(({ text }) => text),
    [],
  );
  return statements;
}

/** Milliseconds of processor time that an action takes. */
export function processorTime(action: () => void): number {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Four times the work may take four times as long, and what caches, memory and other work on the machine make of it. */
const FOUR_TIMES = 4 * 2.5;
/** Less than that is the noise of a garbage collection. */
const NOISE = 15;
/** A run may be disturbed; one that is quick enough proves it. */
const TRIES = 3;

/**
 * @param work does something of a size
 * @param size of the smaller of the two
 * @throws AssertionError if four times the size takes far more than four times as long
 */
export function staysLinear(work: (size: number) => void, size: number): void {
  work(Math.ceil(size / 4));
  const small = Math.max(NOISE, processorTime(() => work(size)));
  let large = Infinity;
  for (let tries = 0; tries < TRIES && large > small * FOUR_TIMES; tries += 1) {
    large = Math.min(large, processorTime(() => work(size * 4)));
  }
  ok(large <= small * FOUR_TIMES, `${String(size)}: ${small.toFixed(0)} ms, ${String(size * 4)}: ${large.toFixed(0)} ms`);
}
