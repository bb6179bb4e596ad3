/**
 * The grammar of the cluster query language of Amazon ECS.
 *
 * Source: Amazon ECS Developer Guide, "Create expressions to define container instances for Amazon ECS
 * tasks" (cluster-query-language).
 */

import { take, takeLiteral, type Cursor } from "./cursor";
import { compilePattern, type Pattern } from "./pattern";

export type ComparisonOperator = "==" | "!=" | "in" | "!in" | "=~" | "!~" | "exists" | "!exists" | "<" | "<=" | ">" | ">=";

/** `subject operator [argument]`, for example `attribute:ecs.cpu-architecture == arm64`. */
export interface Comparison {
  readonly kind: "comparison";
  readonly subject: string;
  readonly operator: ComparisonOperator;
  /** One value, several for `in` and `!in`, none for `exists` and `!exists`. */
  readonly values: readonly string[];
  /** The readings of the argument of `=~` and `!~`; undefined if the pattern is one we do not evaluate. */
  readonly patterns?: readonly Pattern[] | undefined;
}

/** A constraint as read from an expression. */
export type Constraint =
  | Comparison
  | { readonly kind: "not"; readonly operand: Constraint }
  /** Operands joined without parentheses; one connective fewer than operands. */
  | { readonly kind: "chain"; readonly operands: readonly Constraint[]; readonly connectives: readonly Connective[] };

export type Connective = "and" | "or";

/** ECS accepts expressions up to this length (API reference, `PlacementConstraint.expression`). */
const MAX_EXPRESSION_LENGTH = 2000;

/** Parentheses and negations deeper than this are not written by people. */
const MAX_DEPTH = 50;

const SUBJECT = /[A-Za-z0-9_.:/\\-]+/y;
const WORD = /[A-Za-z0-9_]+/y;
const SPACE = /\s*/y;
const SYMBOL_OPERATOR = /==|!=|=~|!~|<=|>=|<|>/y;
const NEGATED_WORD_OPERATOR = /!(?:in|exists)(?![A-Za-z0-9_])/y;

/** A value without quotes ends at white space, a parenthesis, a comma, or the next operator. */
const BARE_VALUE = /(?:[^\s'"()[\],&|!=<>]|\|(?!\|))+/y;
/** A pattern may also hold character classes, so brackets belong to it. */
const BARE_PATTERN = /(?:[^\s'"(),&|!=<>]|\|(?!\|))+/y;
const QUOTED_VALUE = /'[^'"]*'|"[^'"]*"/y;

const WORD_OPERATORS: ReadonlyMap<string, ComparisonOperator> = new Map<string, ComparisonOperator>([
  ["equals", "=="],
  ["not_equals", "!="],
  ["in", "in"],
  ["not_in", "!in"],
  ["matches", "=~"],
  ["not_matches", "!~"],
  ["exists", "exists"],
  ["not_exists", "!exists"],
  ["less_than", "<"],
  ["less_than_equal", "<="],
  ["greater_than", ">"],
  ["greater_than_equal", ">="],
]);

const RESERVED = new Set(["and", "or", "not", ...WORD_OPERATORS.keys()]);

/** Takes `word` unless it only begins a longer name, such as `order` or `not_in`. */
function takeKeyword(cursor: Cursor, word: string): boolean {
  const after = cursor.text.charAt(cursor.position + word.length);
  return !/[A-Za-z0-9_.:/\\-]/.test(after) && takeLiteral(cursor, word);
}

function skipSpace(cursor: Cursor): void {
  take(cursor, SPACE);
}

/**
 * Reads an expression of the cluster query language.
 *
 * @returns the constraint, or undefined for an expression that cannot be read with certainty; the caller
 *   must take that as "not known", never as "no constraint"
 */
export function parseConstraint(expression: string): Constraint | undefined {
  if (expression.length > MAX_EXPRESSION_LENGTH) {
    return undefined;
  }
  const cursor: Cursor = { text: expression, position: 0 };
  const constraint = readChain(cursor, 0);
  return cursor.position === expression.length ? constraint : undefined;
}

function readChain(cursor: Cursor, depth: number): Constraint | undefined {
  const first = readOperand(cursor, depth);
  if (first === undefined) {
    return undefined;
  }
  const operands = [first];
  const connectives: Connective[] = [];
  for (let connective = takeConnective(cursor); connective !== undefined; connective = takeConnective(cursor)) {
    const operand = readOperand(cursor, depth);
    if (operand === undefined) {
      return undefined;
    }
    connectives.push(connective);
    operands.push(operand);
  }
  return connectives.length === 0 ? first : { kind: "chain", operands, connectives };
}

function takeConnective(cursor: Cursor): Connective | undefined {
  if (takeLiteral(cursor, "&&") || takeKeyword(cursor, "and")) {
    return "and";
  }
  return takeLiteral(cursor, "||") || takeKeyword(cursor, "or") ? "or" : undefined;
}

/** One operand of a chain with the white space around it. */
function readOperand(cursor: Cursor, depth: number): Constraint | undefined {
  if (depth > MAX_DEPTH) {
    return undefined;
  }
  skipSpace(cursor);
  const operand = readBareOperand(cursor, depth);
  skipSpace(cursor);
  return operand;
}

function readBareOperand(cursor: Cursor, depth: number): Constraint | undefined {
  if (takeLiteral(cursor, "!") || takeKeyword(cursor, "not")) {
    const operand = readOperand(cursor, depth + 1);
    return operand && { kind: "not", operand };
  }
  if (takeLiteral(cursor, "(")) {
    const inner = readChain(cursor, depth + 1);
    return takeLiteral(cursor, ")") ? inner : undefined;
  }
  return readComparison(cursor);
}

function readComparison(cursor: Cursor): Comparison | undefined {
  const subject = take(cursor, SUBJECT);
  if (subject === undefined || RESERVED.has(subject)) {
    return undefined;
  }
  skipSpace(cursor);
  const operator = readOperator(cursor);
  skipSpace(cursor);
  switch (operator) {
    case undefined:
      return undefined;
    case "exists":
    case "!exists":
      return { kind: "comparison", subject, operator, values: [] };
    case "in":
    case "!in": {
      const values = readList(cursor);
      return values && { kind: "comparison", subject, operator, values };
    }
    case "=~":
    case "!~":
      return readMatch(cursor, subject, operator);
    default: {
      const value = readValue(cursor, BARE_VALUE);
      return value === undefined ? undefined : { kind: "comparison", subject, operator, values: [value] };
    }
  }
}

function readOperator(cursor: Cursor): ComparisonOperator | undefined {
  const symbol = take(cursor, NEGATED_WORD_OPERATOR) ?? take(cursor, SYMBOL_OPERATOR);
  return symbol === undefined ? WORD_OPERATORS.get(take(cursor, WORD) ?? "") : (symbol as ComparisonOperator);
}

function readValue(cursor: Cursor, bare: RegExp): string | undefined {
  const quoted = take(cursor, QUOTED_VALUE);
  const value = quoted === undefined ? take(cursor, bare) : quoted.slice(1, -1);
  return value !== undefined && (quoted !== undefined || !RESERVED.has(value)) ? value : undefined;
}

/** `[a, 'b', "c"]` */
function readList(cursor: Cursor): string[] | undefined {
  const values: string[] = [];
  if (!takeLiteral(cursor, "[")) {
    return undefined;
  }
  do {
    skipSpace(cursor);
    const value = readValue(cursor, BARE_VALUE);
    if (value === undefined) {
      return undefined;
    }
    values.push(value);
    skipSpace(cursor);
  } while (takeLiteral(cursor, ","));
  return takeLiteral(cursor, "]") ? values : undefined;
}

function readMatch(cursor: Cursor, subject: string, operator: "=~" | "!~"): Comparison | undefined {
  const value = readValue(cursor, BARE_PATTERN);
  return value === undefined ? undefined : { kind: "comparison", subject, operator, values: [value], patterns: patternsOf(value) };
}

/** Whether the language itself takes a backslash out of a value is not documented, so both readings count. */
function patternsOf(value: string): Pattern[] | undefined {
  const readings = value.includes("\\") ? [value, value.replace(/\\/g, "")] : [value];
  const patterns = readings.map(compilePattern);
  return patterns.every((pattern) => pattern !== undefined) ? patterns : undefined;
}
