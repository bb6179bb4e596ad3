/**
 * A value of the stack as far as it is known. *Unknown* is a value to handle, not an error: at preview many
 * values are computed later, and malformed input tells nothing either.
 */
export type Fact<T> = Known<T> | Unknown | Absent;

export interface Known<T> {
  readonly state: "known";
  readonly value: T;
}

export interface Unknown {
  readonly state: "unknown";
  /** Why, as the end of the sentence "… is not known: ". Never quotes a value. */
  readonly why: string;
}

/** The program left it out. */
export interface Absent {
  readonly state: "absent";
}

export const ABSENT: Absent = { state: "absent" };

export function known<T>(value: T): Known<T> {
  return { state: "known", value };
}

export function unknown(why: string): Unknown {
  return { state: "unknown", why };
}

/** The value, if it is known. */
export function valueOf<T>(fact: Fact<T>): T | undefined {
  return fact.state === "known" ? fact.value : undefined;
}

/** Applies a partial function to a known value; a result of undefined means that the value cannot be read. */
export function mapFact<T, U>(fact: Fact<T>, read: (value: T) => U | undefined, why: string): Fact<U> {
  if (fact.state !== "known") {
    return fact;
  }
  const value = read(fact.value);
  return value === undefined ? unknown(why) : known(value);
}

/** The fact itself, or what holds where the program left the value out. */
export function orElse<T>(fact: Fact<T>, whenAbsent: Fact<T>): Fact<T> {
  return fact.state === "absent" ? whenAbsent : fact;
}
