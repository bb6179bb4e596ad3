/**
 * Patterns: the part of java.util.regex.Pattern whose meaning is the same everywhere, run without
 * backtracking, so that no pattern takes long.
 */

import { take, takeLiteral, type Cursor } from "./cursor";

/** Groups deeper than this are not written by people. */
const MAX_DEPTH = 50;

/** A pattern as a program: all positions it may be in are followed at once, so time is linear in the text. */
export type Pattern = readonly Instruction[];

type Instruction =
  | { readonly kind: "character"; readonly accepts: (character: string) => boolean }
  | { readonly kind: "fork"; readonly to: readonly number[] }
  | { readonly kind: "start" }
  | { readonly kind: "end" }
  | { readonly kind: "found" };

/** A piece of a program whose jumps are relative to its own first instruction and may lead just behind it. */
type Fragment = readonly Instruction[];

/**
 * Literals, `.`, classes of characters and ranges, `\d`, `\w`, escaped punctuation, groups, alternatives,
 * anchors, and the quantifiers `*`, `+`, `?` and their lazy forms.
 *
 * @returns undefined for any pattern with something else in it
 */
export function compilePattern(text: string): Pattern | undefined {
  const cursor: Cursor = { text, position: 0 };
  const body = readAlternatives(cursor, 0);
  return body !== undefined && cursor.position === text.length ? [...relocated(body, 0), { kind: "found" }] : undefined;
}

function relocated(fragment: Fragment, offset: number): Instruction[] {
  return fragment.map((instruction) =>
    instruction.kind === "fork" ? { kind: "fork", to: instruction.to.map((target) => target + offset) } : instruction,
  );
}

/** Appends a fragment in place, which keeps a long sequence linear. */
function append(target: Instruction[], fragment: Fragment): void {
  target.push(...relocated(fragment, target.length));
}

function readAlternatives(cursor: Cursor, depth: number): Fragment | undefined {
  const alternatives: Fragment[] = [];
  do {
    const sequence = readSequence(cursor, depth);
    if (sequence === undefined) {
      return undefined;
    }
    alternatives.push(sequence);
  } while (takeLiteral(cursor, "|"));
  return alternatives.length === 1 ? alternatives[0] : eitherOf(alternatives);
}

/** A fork to every alternative; each but the last ends with a jump behind them all. */
function eitherOf(alternatives: readonly Fragment[]): Fragment {
  const total = 1 + alternatives.reduce((sum, { length }) => sum + length + 1, 0);
  const starts: number[] = [];
  const body: Instruction[] = [];
  for (const alternative of alternatives) {
    starts.push(1 + body.length);
    body.push(...relocated(alternative, 1 + body.length), { kind: "fork", to: [total] });
  }
  return [{ kind: "fork", to: starts }, ...body];
}

function readSequence(cursor: Cursor, depth: number): Fragment | undefined {
  const sequence: Instruction[] = [];
  while (cursor.position < cursor.text.length && !/[|)]/.test(cursor.text.charAt(cursor.position))) {
    const atom = readAtom(cursor, depth);
    const repeated = atom && readQuantifier(cursor, atom);
    if (repeated === undefined) {
      return undefined;
    }
    append(sequence, repeated);
  }
  return sequence;
}

/** A possessive quantifier (`*+`) or a doubled one leaves its sign behind, which is no atom. */
function readQuantifier(cursor: Cursor, atom: Fragment): Fragment | undefined {
  const sign = take(cursor, /[*+?]/y);
  const { length } = atom;
  if (sign !== undefined) {
    takeLiteral(cursor, "?");
  }
  switch (sign) {
    case "*":
      return [{ kind: "fork", to: [1, length + 2] }, ...relocated(atom, 1), { kind: "fork", to: [0] }];
    case "+":
      return [...atom, { kind: "fork", to: [0, length + 1] }];
    case "?":
      return [{ kind: "fork", to: [1, length + 1] }, ...relocated(atom, 1)];
    default:
      return atom;
  }
}

function readAtom(cursor: Cursor, depth: number): Fragment | undefined {
  if (takeLiteral(cursor, "(")) {
    return readGroup(cursor, depth + 1);
  }
  if (takeLiteral(cursor, "[")) {
    return readClass(cursor);
  }
  if (takeLiteral(cursor, "^")) {
    return [{ kind: "start" }];
  }
  if (takeLiteral(cursor, "$")) {
    return [{ kind: "end" }];
  }
  if (takeLiteral(cursor, ".")) {
    return [{ kind: "character", accepts: () => true }];
  }
  const accepts = readEscape(cursor) ?? readLiteral(cursor);
  return accepts && [{ kind: "character", accepts }];
}

function readGroup(cursor: Cursor, depth: number): Fragment | undefined {
  if (depth > MAX_DEPTH) {
    return undefined;
  }
  takeLiteral(cursor, "?:");
  const inner = readAlternatives(cursor, depth);
  return takeLiteral(cursor, ")") ? inner : undefined;
}

function oneOf(pattern: RegExp): (character: string) => boolean {
  return (character) => pattern.test(character);
}

function exactly(wanted: string): (character: string) => boolean {
  return (character) => character === wanted;
}

function readEscape(cursor: Cursor): ((character: string) => boolean) | undefined {
  const escape = take(cursor, /\\[dw.*+?^$|()[\]{}/:_-]/y);
  switch (escape) {
    case undefined:
      return undefined;
    case "\\d":
      return oneOf(/[0-9]/);
    case "\\w":
      return oneOf(/[A-Za-z0-9_]/);
    default:
      return exactly(escape.slice(1));
  }
}

function readLiteral(cursor: Cursor): ((character: string) => boolean) | undefined {
  const literal = take(cursor, /[A-Za-z0-9_:/@#%~;,=-]/y);
  return literal === undefined ? undefined : exactly(literal);
}

/** `[abc]`, `[a-z0-9]`, `[^x]`, after the opening bracket. Nested and intersected classes are not read. */
function readClass(cursor: Cursor): Fragment | undefined {
  const negated = takeLiteral(cursor, "^");
  const members: ((character: string) => boolean)[] = [];
  while (!takeLiteral(cursor, "]")) {
    const member = readRange(cursor) ?? readEscape(cursor) ?? readClassLiteral(cursor);
    if (member === undefined) {
      return undefined;
    }
    members.push(member);
  }
  if (members.length === 0) {
    return undefined;
  }
  return [{ kind: "character", accepts: (character) => members.some((member) => member(character)) !== negated }];
}

function readRange(cursor: Cursor): ((character: string) => boolean) | undefined {
  const [first, , last] = take(cursor, /[a-z]-[a-z]|[A-Z]-[A-Z]|[0-9]-[0-9]/y) ?? "";
  if (first === undefined || last === undefined || first > last) {
    return undefined;
  }
  return (character) => character >= first && character <= last;
}

/** A hyphen is a member of a class only at one of its ends. */
function readClassLiteral(cursor: Cursor): ((character: string) => boolean) | undefined {
  const literal = take(cursor, /[A-Za-z0-9_.:/@#%~*+?$|(),](?!-[^\]])|-(?=\])/y);
  return literal === undefined ? undefined : exactly(literal);
}

/**
 * Runs a pattern over a value.
 *
 * @param extent `whole`: the value as written, from its first to its last character; `anywhere`: any part of
 *   the value, whatever the case of its letters
 */
export function runPattern(pattern: Pattern, value: string, extent: "whole" | "anywhere"): boolean {
  let active = new Set<number>();
  for (let position = 0; position <= value.length; position += 1) {
    if (position === 0 || extent === "anywhere") {
      active.add(0);
    }
    const reached = follow(pattern, active, position === 0, position === value.length);
    if (reached.has(pattern.length - 1) && (extent === "anywhere" || position === value.length)) {
      return true;
    }
    active = step(pattern, reached, spellings(value.charAt(position), extent));
  }
  return false;
}

function spellings(character: string, extent: "whole" | "anywhere"): readonly string[] {
  return extent === "whole" ? [character] : [character, character.toLowerCase(), character.toUpperCase()];
}

/** All instructions that can be reached without taking a character. */
function follow(pattern: Pattern, from: ReadonlySet<number>, atStart: boolean, atEnd: boolean): Set<number> {
  const reached = new Set<number>();
  const open = [...from];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    const instruction = pattern[index];
    if (instruction === undefined || reached.has(index)) {
      continue;
    }
    reached.add(index);
    if (instruction.kind === "fork") {
      open.push(...instruction.to);
    } else if ((instruction.kind === "start" && atStart) || (instruction.kind === "end" && atEnd)) {
      open.push(index + 1);
    }
  }
  return reached;
}

function step(pattern: Pattern, reached: ReadonlySet<number>, characters: readonly string[]): Set<number> {
  const next = new Set<number>();
  for (const index of reached) {
    const instruction = pattern[index];
    if (instruction?.kind === "character" && characters.some(instruction.accepts)) {
      next.add(index + 1);
    }
  }
  return next;
}
