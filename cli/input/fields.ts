/** Checks the fields of the objects of a file. Errors name the place and what belongs there, never what stands there. */

import { isObject } from "../../policies/platform/object";
import { BadInput, keyInPath } from "../bad-input";

/** One object of a file. Every method throws BadInput where the field is of another kind; null counts as left out. */
export class Fields {
  private constructor(
    private readonly file: string,
    private readonly path: string,
    private readonly fields: Readonly<Record<string, unknown>>,
  ) {}

  /** @param path its place in the file, such as `$.steps[3]` */
  static of(raw: unknown, file: string, path: string): Fields {
    if (!isObject(raw)) {
      throw new BadInput(file, path, "must be an object");
    }
    return new Fields(file, path, raw);
  }

  has(key: string): boolean {
    return this.raw(key) !== undefined;
  }

  raw(key: string): unknown {
    return Object.hasOwn(this.fields, key) ? (this.fields[key] ?? undefined) : undefined;
  }

  text(key: string): string | undefined {
    const raw = this.raw(key);
    return raw === undefined || typeof raw === "string" ? raw : this.fail(key, "must be a text");
  }

  required(key: string): string {
    return this.text(key) ?? this.fail(key, "is missing");
  }

  /** A whole number from 0. */
  count(key: string): number {
    const raw = this.raw(key);
    return typeof raw === "number" && Number.isInteger(raw) && raw >= 0 ? raw : this.fail(key, "must be a number");
  }

  object(key: string): Readonly<Record<string, unknown>> {
    const raw = this.raw(key);
    return raw === undefined || isObject(raw) ? (raw ?? {}) : this.fail(key, "must be an object");
  }

  /** The object of a key as fields; one without fields where it is left out. */
  within(key: string): Fields {
    return Fields.of(this.object(key), this.file, this.pathOf(key));
  }

  list(key: string): readonly unknown[] {
    const raw = this.raw(key);
    return raw === undefined || Array.isArray(raw) ? ((raw ?? []) as unknown[]) : this.fail(key, "must be a list");
  }

  /** The items of a list, each of which must be an object. */
  items(key: string): Fields[] {
    return this.list(key).map((raw, index) => Fields.of(raw, this.file, `${this.pathOf(key)}[${index}]`));
  }

  texts(key: string): readonly string[] {
    const items = this.list(key);
    return items.every((item) => typeof item === "string") ? items : this.fail(key, "must be a list of texts");
  }

  /** Lists of texts by key. */
  textLists(key: string): Readonly<Record<string, readonly string[]>> {
    const own = this.within(key);
    return Object.fromEntries(Object.keys(own.fields).map((each) => [each, own.texts(each)]));
  }

  /** The keys of this object. */
  keys(): readonly string[] {
    return Object.keys(this.fields);
  }

  fail(key: string, problem: string): never {
    throw new BadInput(this.file, this.pathOf(key), problem);
  }

  private pathOf(key: string): string {
    return `${this.path}${keyInPath(key)}`;
  }
}
