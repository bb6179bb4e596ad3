/** The shell's expansions, as far as they can be done without running anything. */
import { isKnown, type Field } from "./options";
import type { DoubleQuotedChild, ParameterExpansionPart, ParsedScript, SyntaxNode, Word, WordPart } from "./parser";
import { UNKNOWN_TEXT } from "./reading";

/** What an expansion asks of the shell around it. */
export interface Expander {
  /** The value of a variable or a positional parameter; unknown parts are marked. */
  value(name: string): string;
  /** Runs a command substitution for its effects. Undefined stands for one that could not be parsed. */
  substitute(script: ParsedScript | undefined): string;
  /** An arithmetic text, which may assign variables. */
  arithmetic(text: string): void;
  /** Runs the substitutions anywhere inside a node for their effects. */
  effects(node: SyntaxNode): void;
  freshHole(): string;
  /** False after the script changed how words are split. */
  readonly splits: boolean;
}

interface Segment {
  readonly text: string;
  /** `quoted`: never split; `bare`: split at blanks; `many`: any number of words. */
  readonly kind: "quoted" | "bare" | "many";
}

/** One hole and nothing else. */
const ONE_HOLE = new RegExp(`^${UNKNOWN_TEXT}(?:\\{[0-9]+\\})?$`);

function parameter(part: ParameterExpansionPart, quoted: boolean, expander: Expander): Segment {
  expander.effects(part);
  if (part.index !== undefined || part.parameter === "@" || part.parameter === "*") {
    return { text: expander.freshHole(), kind: "many" };
  }
  const value = expander.value(part.parameter);
  const usesValue = part.operation === undefined
    || (part.operation.type === "Default" && /^:?[-=?]$/.test(part.operation.operator) && isKnown(value) && value !== "");
  const text = part.prefix === undefined && usesValue ? value : expander.freshHole();
  return { text, kind: quoted ? "quoted" : "bare" };
}

function simple(text: string, quoted: boolean, expander: Expander): Segment {
  const name = text.slice(1);
  if (name === "@" || name === "*") {
    return { text: expander.freshHole(), kind: "many" };
  }
  return { text: expander.value(name), kind: quoted ? "quoted" : "bare" };
}

function expandPart(part: WordPart | DoubleQuotedChild, quoted: boolean, expander: Expander): readonly Segment[] {
  switch (part.type) {
    case "Literal":
      return [{ text: part.value, kind: part.value.includes(UNKNOWN_TEXT) && !quoted ? "bare" : "quoted" }];
    case "SingleQuoted":
    case "AnsiCQuoted":
      return [{ text: part.value, kind: "quoted" }];
    case "DoubleQuoted":
    case "LocaleString":
      return [{ text: "", kind: "quoted" }, ...part.parts.flatMap((child) => expandPart(child, true, expander))];
    case "SimpleExpansion":
      return [simple(part.text, quoted, expander)];
    case "ParameterExpansion":
      return [parameter(part, quoted, expander)];
    case "CommandExpansion":
      return [{ text: expander.substitute(part.script), kind: quoted ? "quoted" : "bare" }];
    case "ArithmeticExpansion":
      expander.effects(part);
      expander.arithmetic(part.text);
      return [{ text: expander.freshHole(), kind: "quoted" }];
    case "ProcessSubstitution":
      expander.substitute(part.script);
      return [{ text: `/${expander.freshHole()}`, kind: "quoted" }];
    case "Glob":
    case "ExtendedGlob":
    case "BraceExpansion":
      expander.effects(part);
      return [{ text: expander.freshHole(), kind: "many" }];
  }
}

function segments(word: Word, expander: Expander): readonly Segment[] {
  if (word.parts === undefined) {
    const isHole = word.value.includes(UNKNOWN_TEXT);
    return [{ text: word.value, kind: isHole ? "bare" : "quoted" }];
  }
  return word.parts.flatMap((part) => expandPart(part, false, expander));
}

/** The value of a word where the shell does not split it, as in an assignment. */
export function expandValue(word: Word, expander: Expander): string {
  return segments(word, expander).map(({ text }) => text).join("");
}

/** The words that one word of the source becomes. */
export function expandWord(word: Word, expander: Expander): readonly Field[] {
  const fields: Field[] = [];
  let text = "";
  let started = false;
  let bare = false;
  const finish = (): void => {
    if (started) {
      fields.push({ text, loose: bare && ONE_HOLE.test(text) });
    }
    text = "";
    started = false;
    bare = false;
  };
  for (const segment of segments(word, expander)) {
    if (segment.kind !== "bare") {
      text += segment.text;
      started = true;
      bare ||= segment.kind === "many";
      continue;
    }
    // A file name pattern, or a changed IFS, makes other words of the value.
    const value = expander.splits && !/[*?[]/.test(segment.text) ? segment.text : expander.freshHole();
    value.split(/([ \t\n]+)/).forEach((piece, index) => {
      if (index % 2 === 1) {
        finish();
      } else if (piece !== "") {
        text += piece;
        started = true;
        bare = true;
      }
    });
  }
  finish();
  return fields;
}
