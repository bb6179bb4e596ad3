/**
 * Reads the options of a policy as the user wrote them. The engine checks them against the schema too, but not in every
 * way in which a pack is run, and it never tells a mistyped option: so nothing is taken for granted here, and a mistake
 * costs only the entry that it is in.
 */

import { nearest } from "../platform/nearest";
import { isObject } from "../platform/object";

/** The options as the user wrote them; nothing is certain about their shape. */
export type Options = Readonly<Record<string, unknown>>;

/** A JSON schema for each option, by name. */
export type OptionsSchema = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What is wrong with an option, as one sentence: `amis[0]` `needs …`. */
export interface OptionError {
  readonly option: string;
  readonly problem: string;
}

/** One entry of an option that is a list. */
export interface Entry {
  /** `amis[0]` */
  readonly place: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** `; did you mean …?`, where a known word is written almost like that. */
export function hint(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant === undefined ? "" : `; did you mean ${meant}?`;
}

/** Options that the policy does not have. */
export function unknownOptions(options: Options, schema: OptionsSchema): OptionError[] {
  const names = Object.keys(schema);
  return Object.keys(options)
    .filter((option) => !Object.hasOwn(schema, option))
    .map((option) => {
      const meant = hint(option, names);
      const others = names.length === 0 ? "; this policy has none" : `; there are ${names.join(", ")}`;
      return { option, problem: `is no option${meant === "" ? others : meant}` };
    });
}

/** Reads lists of entries and collects the mistakes in them. */
export class OptionsReader {
  readonly errors: OptionError[] = [];

  constructor(private readonly options: Options) {}

  /** The entries of a list. What is no object has no fields, and is found wanting by whoever reads them. */
  entries(option: string): Entry[] {
    const raw = Object.hasOwn(this.options, option) ? this.options[option] : undefined;
    if (raw === undefined || raw === null) {
      return [];
    }
    if (!Array.isArray(raw)) {
      this.fail(option, "must be a list");
      return [];
    }
    return raw.map((item: unknown, index) => ({ place: `${option}[${String(index)}]`, fields: isObject(item) ? item : {} }));
  }

  /** A text that must be there and not empty. */
  required({ place, fields }: Entry, key: string, what: string): string | undefined {
    const value = fields[key];
    if (typeof value === "string" && value.trim() !== "") {
      return value;
    }
    this.fail(place, `needs \`${key}\`, ${what}`);
    return undefined;
  }

  /** A text that may be left out. `false`: it is there, but no text. */
  optional({ place, fields }: Entry, key: string, what: string): string | undefined | false {
    const value = fields[key];
    if (value === undefined || value === null) {
      return undefined;
    }
    if (typeof value === "string" && value.trim() !== "") {
      return value;
    }
    this.fail(place, `takes \`${key}\`, ${what}`);
    return false;
  }

  /** One text or several, each of which must be a word that `parse` knows. */
  values<T>({ place, fields }: Entry, key: string, parse: (text: string) => T | undefined, what: string): readonly T[] | undefined {
    const raw = fields[key];
    const items: unknown[] = Array.isArray(raw) ? raw : [raw];
    const values = items.map((item) => (typeof item === "string" ? parse(item) : undefined));
    if (items.length > 0 && values.every((value) => value !== undefined)) {
      return values;
    }
    this.fail(place, `needs \`${key}\`, ${what}`);
    return undefined;
  }

  fail(option: string, problem: string): void {
    this.errors.push({ option, problem });
  }
}
