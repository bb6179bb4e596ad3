/** Shell scripts: from text to commands. Expansions are not followed, functions not called. */

import { EXPANSION } from "./effect";

/** Where a command's output goes. */
export interface Sink {
  readonly append: boolean;
  readonly target: string;
}

export interface ShellCommand {
  words: string[];
  sink?: Sink;
  /** A here-document or here-string. */
  input?: string;
  /** Not every run of the script comes here. */
  conditional: boolean;
  /** The output goes to the next command. */
  pipes: boolean;
  /** Inside braces, parentheses, a condition or a loop. */
  nested: boolean;
  /** The index of the first command of the group that ends here. */
  closes?: number;
}

const MAX_GROUP_DEPTH = 50;

const OPENING_WORDS = new Set(["if", "while", "until", "for", "case", "select"]);
const CLOSING_WORDS = new Set(["fi", "done", "esac", "}"]);
const PASSING_WORDS = new Set(["then", "else", "elif", "do", "!"]);

interface HereDocument {
  readonly command: ShellCommand;
  readonly delimiter: string;
  readonly literal: boolean;
  readonly stripTabs: boolean;
}

interface Group {
  readonly start: number;
  readonly conditional: boolean;
  readonly parenthesis: boolean;
}

interface ShellReader {
  readonly text: string;
  position: number;
  readonly commands: ShellCommand[];
  current: ShellCommand;
  readonly groups: Group[];
  hereDocuments: HereDocument[];
  /** The next command runs only if the one before did well, or badly. */
  afterCondition: boolean;
  /** A function's name has been read; its body runs only when called. */
  functionName: boolean;
  tooDeep: boolean;
}

/** The commands of a script in their order; undefined if they are nested too deeply. */
export function readShell(text: string): ShellCommand[] | undefined {
  const current = { words: [], conditional: false, pipes: false, nested: false };
  const reader: ShellReader = { text, position: 0, commands: [], current, groups: [], hereDocuments: [], afterCondition: false, functionName: false, tooDeep: false };
  while (reader.position < text.length && !reader.tooDeep) {
    readToken(reader);
  }
  endCommand(reader);
  return reader.tooDeep ? undefined : reader.commands;
}

function readToken(reader: ShellReader): void {
  const character = reader.text.charAt(reader.position);
  if (character === "\n") {
    reader.position += 1;
    endCommand(reader);
    readHereDocuments(reader);
  } else if (character === " " || character === "\t" || reader.text.startsWith("\\\n", reader.position)) {
    reader.position += character === "\\" ? 2 : 1;
  } else if (character === "#") {
    reader.position = endOfLine(reader.text, reader.position);
  } else if (character === "<" || character === ">" || reader.text.startsWith("&>", reader.position)) {
    readRedirection(reader, "");
  } else if (/[;&|()]/.test(character)) {
    readSeparator(reader, character);
  } else {
    readCommandWord(reader);
  }
}

function endOfLine(text: string, position: number): number {
  const end = text.indexOf("\n", position);
  return end === -1 ? text.length : end;
}

function endCommand(reader: ShellReader): void {
  const { current } = reader;
  if (current.words.length > 0 || current.sink !== undefined || current.pipes || current.closes !== undefined) {
    reader.commands.push(current);
    reader.afterCondition = false;
  }
  reader.current = newCommand(reader);
}

function newCommand(reader: ShellReader): ShellCommand {
  const conditional = reader.afterCondition || reader.groups.some((group) => group.conditional);
  return { words: [], conditional, pipes: false, nested: reader.groups.length > 0 };
}

function readSeparator(reader: ShellReader, character: string): void {
  const doubled = reader.text.charAt(reader.position + 1) === character;
  switch (character) {
    case "(":
      readOpeningParenthesis(reader);
      return;
    case ")":
      reader.position += 1;
      closeGroup(reader, reader.groups.at(-1)?.parenthesis === true);
      return;
    default:
      reader.position += doubled ? 2 : 1;
      reader.current.pipes = character === "|" && !doubled;
      endCommand(reader);
      reader.afterCondition = doubled && character !== ";";
      reader.current = newCommand(reader);
  }
}

/** A list `a=(…)` or arithmetic `((…))` is passed over; `name()` starts a function, else a group begins. */
function readOpeningParenthesis(reader: ShellReader): void {
  const { current, text, position } = reader;
  const isList = text.charAt(position - 1) === "=";
  if (isList || (current.words.length === 0 && text.charAt(position + 1) === "(")) {
    reader.position = endOfBrackets(text, position, "(", ")");
  } else if (current.words.length > 0) {
    reader.position += /^\([ \t]*\)/.exec(text.slice(position, position + 8))?.[0].length ?? 1;
    reader.functionName = true;
    current.words = [];
  } else {
    reader.position += 1;
    openGroup(reader, true, reader.functionName);
  }
}

function openGroup(reader: ShellReader, parenthesis: boolean, conditional: boolean): void {
  endCommand(reader);
  reader.groups.push({ start: reader.commands.length, conditional: conditional || reader.afterCondition, parenthesis });
  reader.tooDeep = reader.groups.length > MAX_GROUP_DEPTH;
  reader.functionName = false;
  reader.current = newCommand(reader);
}

/** Ends a group, or (at the `)` of a pattern in `case`, or of a function's name) only a command. */
function closeGroup(reader: ShellReader, isGroup: boolean): void {
  endCommand(reader);
  const group = isGroup ? reader.groups.pop() : undefined;
  reader.current = newCommand(reader);
  if (group !== undefined) {
    reader.current.closes = group.start;
  }
}

function readCommandWord(reader: ShellReader): void {
  const start = reader.position;
  const word = readWord(reader);
  const raw = reader.text.slice(start, reader.position);
  if (/^[0-9]+$/.test(raw) && /^[<>]/.test(reader.text.slice(reader.position, reader.position + 1))) {
    readRedirection(reader, raw);
    return;
  }
  const { current } = reader;
  const opensFunction = reader.functionName && raw === "{";
  if (current.words.length > 0 && !opensFunction) {
    current.words.push(word);
  } else if (OPENING_WORDS.has(raw) || raw === "{") {
    current.words = [];
    openGroup(reader, false, raw !== "{" || reader.functionName);
  } else if (CLOSING_WORDS.has(raw)) {
    closeGroup(reader, true);
  } else if (raw === "function") {
    reader.functionName = true;
  } else if (!PASSING_WORDS.has(raw) && !/^[A-Za-z_][A-Za-z0-9_]*\+?=/.test(raw)) {
    current.words.push(word);
  }
}

/** `> file`, `>> file`, `&> file`, `2> file`, `>&2`, `< file`, `<<EOF`, `<<< text` */
function readRedirection(reader: ShellReader, descriptor: string): void {
  const operator = /^(?:&>>?|>>|>\||>&|>|<<<|<<-?|<&|<>|<)/.exec(reader.text.slice(reader.position, reader.position + 3))?.[0] ?? "<";
  reader.position += operator.length;
  while (/[ \t]/.test(reader.text.charAt(reader.position))) {
    reader.position += 1;
  }
  const start = reader.position;
  const target = readWord(reader);
  if (operator === "<<" || operator === "<<-") {
    const literal = /["'\\]/.test(reader.text.slice(start, reader.position));
    reader.hereDocuments.push({ command: reader.current, delimiter: target, literal, stripTabs: operator === "<<-" });
  } else if (operator === "<<<") {
    reader.current.input = target;
  } else if (operator.includes(">") && operator !== "<>" && /^1?$/.test(descriptor) && !(operator === ">&" && /^(?:[0-9]|-$)/.test(target))) {
    reader.current.sink = { append: operator.endsWith(">>"), target };
  }
}

function readHereDocuments(reader: ShellReader): void {
  for (const { command, delimiter, literal, stripTabs } of reader.hereDocuments) {
    const lines: string[] = [];
    while (reader.position < reader.text.length) {
      const end = endOfLine(reader.text, reader.position);
      const line = reader.text.slice(reader.position, end);
      const content = stripTabs ? line.replace(/^\t+/, "") : line;
      reader.position = end + 1;
      if (content === delimiter) {
        break;
      }
      lines.push(content);
    }
    command.input = literal ? lines.join("\n") : expanded(lines.join("\n"));
  }
  reader.hereDocuments = [];
}

/** One word, its quotes resolved and each expansion replaced by `EXPANSION`. */
function readWord(reader: ShellReader): string {
  const pieces: string[] = [];
  while (reader.position < reader.text.length && !/[ \t\n;&|()<>]/.test(reader.text.charAt(reader.position))) {
    pieces.push(readPiece(reader));
  }
  // `>(…)` and `<(…)` stand for a file that is made at run time.
  if (pieces.length === 0 && reader.text.charAt(reader.position) === "(") {
    reader.position = endOfBrackets(reader.text, reader.position, "(", ")");
    return EXPANSION;
  }
  return pieces.join("");
}

function readPiece(reader: ShellReader): string {
  const character = reader.text.charAt(reader.position);
  switch (character) {
    case "'": {
      const end = reader.text.indexOf("'", reader.position + 1);
      const start = reader.position + 1;
      reader.position = end === -1 ? reader.text.length : end + 1;
      return reader.text.slice(start, end === -1 ? undefined : end);
    }
    case '"':
      reader.position += 1;
      return readExpandable(reader, '"');
    case "\\": {
      const next = reader.text.charAt(reader.position + 1);
      reader.position += 2;
      return next === "\n" ? "" : next;
    }
    case "$":
    case "`":
      return readExpansion(reader, false);
    default:
      reader.position += 1;
      return character;
  }
}

/** The text of a here-document whose delimiter is not quoted. */
function expanded(text: string): string {
  return readExpandable({ text, position: 0 }, undefined);
}

type Scanner = Pick<ShellReader, "text" | "position">;

/** Text in which expansions and escapes count, up to and with the closing mark. */
function readExpandable(scanner: Scanner, closing: string | undefined): string {
  const pieces: string[] = [];
  while (scanner.position < scanner.text.length) {
    const character = scanner.text.charAt(scanner.position);
    if (character === closing) {
      scanner.position += 1;
      break;
    }
    if (character === "$" || character === "`") {
      pieces.push(readExpansion(scanner, true));
    } else if (character === "\\" && /[$`"\\\n]/.test(scanner.text.charAt(scanner.position + 1))) {
      const next = scanner.text.charAt(scanner.position + 1);
      pieces.push(next === "\n" ? "" : next);
      scanner.position += 2;
    } else {
      pieces.push(character);
      scanner.position += 1;
    }
  }
  return pieces.join("");
}

/** `$name`, `${…}`, `$(…)`, a command in backticks; outside double quotes also `$'…'`. */
function readExpansion(scanner: Scanner, quoted: boolean): string {
  const { text, position } = scanner;
  if (text.charAt(position) === "`") {
    scanner.position = endOfQuotation(text, position + 1, "`");
    return EXPANSION;
  }
  const next = text.charAt(position + 1);
  if (next === "(") {
    scanner.position = endOfBrackets(text, position + 1, "(", ")");
  } else if (next === "{") {
    scanner.position = endOfBrackets(text, position + 1, "{", "}");
  } else if (next === "'" && !quoted) {
    scanner.position = endOfQuotation(text, position + 2, "'");
  } else if (/[A-Za-z0-9_@*#?!$-]/.test(next)) {
    scanner.position += 2;
    while (/[A-Za-z_]/.test(next) && /[A-Za-z0-9_]/.test(text.charAt(scanner.position))) {
      scanner.position += 1;
    }
  } else {
    scanner.position += 1;
    return "$";
  }
  return EXPANSION;
}

/** The position behind the closing mark, escaped marks passed over. */
function endOfQuotation(text: string, start: number, mark: string): number {
  let position = start;
  while (position < text.length && text.charAt(position) !== mark) {
    position += text.charAt(position) === "\\" ? 2 : 1;
  }
  return Math.min(position + 1, text.length);
}

/** The position behind the bracket that closes the one at `start`; brackets in quotation marks do not count. */
function endOfBrackets(text: string, start: number, opening: string, closing: string): number {
  let depth = 0;
  let position = start;
  while (position < text.length) {
    const character = text.charAt(position);
    if (character === "'" || character === '"') {
      position = endOfQuotation(text, position + 1, character);
      continue;
    }
    depth += character === opening ? 1 : 0;
    depth -= character === closing ? 1 : 0;
    position += character === "\\" ? 2 : 1;
    if (depth === 0) {
      return position;
    }
  }
  return text.length;
}
