/**
 * How many stacks are generated, and from which seed.
 * - `GENERATED_SEED`: another seed than the default one;
 * - `GENERATED_STACKS`: another number of stacks in all; each property gets its share.
 */

import * as fc from "fast-check";
import process from "node:process";

const DEFAULT_SEED = 20_261_121;
const DEFAULT_STACKS = 20_000;

export const SEED = Number(process.env["GENERATED_SEED"] ?? DEFAULT_SEED);
export const STACKS = Number(process.env["GENERATED_STACKS"] ?? DEFAULT_STACKS);

/** The stacks that have been generated so far. */
let generated = 0;

export function count(): number {
  return generated;
}

/**
 * Checks a property on its share of all stacks, counts them, and prints a shrunk counter-example with its seed.
 * @param share of all stacks, between 0 and 1
 * @param holds what is wrong with a value, as sentences; nothing if the property holds
 */
export function check<T>(share: number, values: fc.Arbitrary<T>, holds: (value: T) => readonly string[]): void {
  const numRuns = Math.max(1, Math.round(STACKS * share));
  const property = fc.property(values, (value) => {
    const problems = holds(value);
    if (problems.length > 0) {
      throw new Error(problems.slice(0, 5).join("\n"));
    }
  });
  const outcome = fc.check(property, { numRuns, seed: SEED, unbiased: true });
  generated += outcome.numRuns;
  if (outcome.failed) {
    const { seed, counterexample, counterexamplePath, errorInstance } = outcome;
    const problems = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
    throw new Error(`${problems}\nseed ${String(seed)}, path ${counterexamplePath ?? ""}\n${JSON.stringify(counterexample?.[0])}`);
  }
}

/** What a run prints at its end. */
export function print(title: string, lines: readonly string[]): void {
  console.log([`      ${title} (seed ${String(SEED)})`, ...lines.map((line) => `        ${line}`)].join("\n"));
}
