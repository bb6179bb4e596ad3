/** Small helpers to say how often something is generated. */

import * as fc from "fast-check";

/** One of the values; a value that is given several times is that much more likely. The first is what shrinks to. */
export function oneOf<T>(...values: readonly [T, ...T[]]): fc.Arbitrary<T> {
  return fc.integer({ min: 0, max: values.length - 1 }).map((index) => values[index] as T);
}

/** Values with how often they come, in whatever unit. The first is what shrinks to. */
export function often<T>(...chances: readonly (readonly [times: number, value: T])[]): fc.Arbitrary<T> {
  return fc.oneof(...chances.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));
}

/** True once in so many times. */
export function onceIn(times: number): fc.Arbitrary<boolean> {
  return fc.integer({ min: 0, max: times - 1 }).map((value) => value === times - 1);
}

/** The value once in so many times, else undefined. */
export function seldom<T>(value: fc.Arbitrary<T>, times: number): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
}

/** Undefined once in so many times, else the value. */
export function mostly<T>(value: fc.Arbitrary<T>, times: number): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 1, arbitrary: fc.constant(undefined) }, { weight: times - 1, arbitrary: value });
}

/** A place in a list, counted modulo its length. */
export const PLACE = fc.nat({ max: 5 });
