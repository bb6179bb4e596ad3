/**
 * Splits the arguments of a command-line tool into options and operands, the way of Go's pflag library, on which
 * docker, buildx, finch, nerdctl, podman, buildah, ko and crane are built: `--name value`, `--name=value`, `-n value`,
 * `-nvalue`, `-n=value`, clusters of one-letter switches, and `--` before operands.
 */
import { UNKNOWN_TEXT } from "./reading";

/** One word of a command after the shell's expansions. */
export interface Field {
  /** Unknown parts are marked with {@link UNKNOWN_TEXT}. */
  readonly text: string;
  /** True for an unknown, unquoted word: it may turn out to be several words, or none. */
  readonly loose: boolean;
}

export function isKnown(text: string): boolean {
  return !text.includes(UNKNOWN_TEXT);
}

export function startsUnknown(text: string): boolean {
  return text.startsWith(UNKNOWN_TEXT);
}

export interface OptionTable {
  /** Long names of the options that take a value. Options in neither list are read as switches. */
  readonly valued: ReadonlySet<string>;
  /** One-letter options and their long names. */
  readonly letters: Readonly<Record<string, string>>;
  /** True if options may not follow the first operand. */
  readonly operandsEnd?: boolean;
}

export interface Arguments {
  /** Values by long name, in order. A switch has the value `true` unless written `--switch=value`. */
  readonly options: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly Field[];
}

function add(options: Map<string, string[]>, name: string, value: string): void {
  const values = options.get(name);
  if (values === undefined) {
    options.set(name, [value]);
  } else {
    values.push(value);
  }
}

function longName(letter: string, table: OptionTable): string {
  return (Object.hasOwn(table.letters, letter) ? table.letters[letter] : undefined) ?? letter;
}

/** Reads a cluster such as `-qt name`. Returns true if the next word was used up as a value. */
function readLetters(cluster: string, next: Field | undefined, table: OptionTable, options: Map<string, string[]>): boolean {
  for (let at = 0; at < cluster.length; at += 1) {
    const letter = cluster.charAt(at);
    const name = longName(letter, table);
    const rest = cluster.slice(at + 1);
    if (table.valued.has(name)) {
      add(options, name, rest === "" ? (next?.text ?? "") : rest.replace(/^=/, ""));
      return rest === "";
    }
    if (rest.startsWith("=")) {
      add(options, name, rest.slice(1));
      return false;
    }
    add(options, name, "true");
  }
  return false;
}

/** Reads `name` or `name=value`, without its dashes. Returns true if the next word was used up as a value. */
function readLong(body: string, next: Field | undefined, table: OptionTable, options: Map<string, string[]>): boolean {
  const equals = body.indexOf("=");
  if (equals >= 0) {
    add(options, body.slice(0, equals), body.slice(equals + 1));
    return false;
  }
  const takesNext = table.valued.has(body);
  add(options, body, takesNext ? (next?.text ?? "") : "true");
  return takesNext;
}

/** `--$NAME`, `-$X`, `-q$X`: what option this is cannot be told, so it may be any. */
function hidesOption(word: string, table: OptionTable): boolean {
  if (!word.startsWith("-") || isKnown(word)) {
    return false;
  }
  if (word.startsWith("--")) {
    return !isKnown(word.split("=", 1).join());
  }
  return !table.valued.has(longName(word.charAt(1), table));
}

export function readArguments(words: readonly Field[], table: OptionTable): Arguments {
  const options = new Map<string, string[]>();
  const operands: Field[] = [];
  let at = 0;
  for (let word = words[at]; word !== undefined; word = words[at]) {
    at += 1;
    if (word.text === "--") {
      break;
    }
    if (hidesOption(word.text, table)) {
      operands.push({ text: UNKNOWN_TEXT, loose: true });
    } else if (word.text.startsWith("--")) {
      at += readLong(word.text.slice(2), words[at], table, options) ? 1 : 0;
    } else if (word.text.startsWith("-") && word.text.length > 1) {
      at += readLetters(word.text.slice(1), words[at], table, options) ? 1 : 0;
    } else {
      operands.push(word);
      if (table.operandsEnd === true) {
        break;
      }
    }
  }
  return { options, operands: [...operands, ...words.slice(at)] };
}

/** `--push`, `--push=true`, `--push=false`: the last one counts. */
export function readSwitch(read: Arguments, name: string): "on" | "off" | "unknown" {
  const value = read.options.get(name)?.at(-1);
  if (value === undefined) {
    return "off";
  }
  if (!isKnown(value)) {
    return "unknown";
  }
  return /^(0|f|false)$/i.test(value) ? "off" : "on";
}
