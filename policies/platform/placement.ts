/**
 * Placement constraints of type `memberOf`: reads the cluster query language of Amazon ECS and says
 * whether an instance passes an expression, as far as that is known.
 *
 * Sources: Amazon ECS Developer Guide, "Create expressions to define container instances for Amazon ECS
 * tasks" (cluster-query-language) for the grammar, "Define which container instances Amazon ECS uses for
 * tasks" (task-placement-constraints) for the built-in attributes and their values.
 *
 * Where the documentation is silent (letter case, the order of `and` and `or` without parentheses, whether
 * a pattern must match the whole value), every likely reading is tried, and readings that differ give
 * `unknown`.
 */

import type { Comparison, Connective, Constraint } from "./placement/expression";
import { runPattern } from "./placement/pattern";

export { parseConstraint, type Comparison, type ComparisonOperator, type Constraint } from "./placement/expression";

/** The answer of Kleene's three-valued logic. */
export type Answer = "yes" | "no" | "unknown";

/** What is known of a container instance. A property that is left out is not known. */
export interface InstanceFacts {
  readonly architecture?: "amd64" | "arm64" | undefined;
  /** `m7g.large` */
  readonly instanceType?: string | undefined;
  readonly os?: "linux" | "windows" | undefined;
  /** `ami-0123456789abcdef0` */
  readonly amiId?: string | undefined;
}

/** Pulumi's stand-in for a value that is not known yet. */
const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What an attribute holds: a value, or at least a value that it does not hold. */
type AttributeValue = { readonly value: string } | { readonly otherThan: string };

/** Text that cannot be misread: no wildcard, no white space, no escape. */
const PLAIN = /^[A-Za-z0-9_.:/-]{1,128}$/;

const CPU_ARCHITECTURES = { amd64: "x86_64", arm64: "arm64" } as const;

/** The built-in attributes that depend on what we know of an instance; messages may quote these. */
const BUILT_IN: ReadonlyMap<string, (instance: InstanceFacts) => AttributeValue | undefined> = new Map([
  ["attribute:ecs.cpu-architecture", ({ architecture }) => held(architecture && CPU_ARCHITECTURES[architecture])],
  ["attribute:ecs.instance-type", ({ instanceType }) => held(instanceType)],
  ["attribute:ecs.os-type", ({ os }) => held(os)],
  ["attribute:ecs.os-family", ({ os }) => osFamily(os)],
  ["attribute:ecs.ami-id", ({ amiId }) => held(amiId)],
]);

function held(value: string | undefined): AttributeValue | undefined {
  return value !== undefined && PLAIN.test(value) && !value.includes(UNKNOWN_VALUE) ? { value } : undefined;
}

/** Linux has one family, Windows one for every release. */
function osFamily(os: InstanceFacts["os"]): AttributeValue | undefined {
  switch (os) {
    case undefined:
      return undefined;
    case "linux":
      return { value: "LINUX" };
    case "windows":
      return { otherThan: "LINUX" };
  }
}

/**
 * Says whether an instance passes a constraint.
 *
 * @returns `unknown` where the answer rests on something that is not known of the instance (also every
 *   custom attribute, task group and agent state) or on a point of the language that is not documented
 */
export function admits(constraint: Constraint, instance: InstanceFacts): Answer {
  switch (constraint.kind) {
    case "comparison":
      return compare(constraint, instance);
    case "not":
      return negate(admits(constraint.operand, instance));
    case "chain":
      return joined(
        constraint.operands.map((operand) => admits(operand, instance)),
        constraint.connectives,
      );
  }
}

function negate(answer: Answer): Answer {
  switch (answer) {
    case "yes":
      return "no";
    case "no":
      return "yes";
    case "unknown":
      return "unknown";
  }
}

function join(left: Answer, connective: Connective, right: Answer): Answer {
  const decisive = connective === "and" ? "no" : "yes";
  if (left === decisive || right === decisive) {
    return decisive;
  }
  return left === "unknown" ? left : right;
}

/** The answer on which all readings agree. */
function agreed(answers: readonly Answer[]): Answer {
  const [first, ...rest] = answers;
  return first !== undefined && rest.every((answer) => answer === first) ? first : "unknown";
}

/**
 * Which of `and` and `or` binds tighter is not documented. `and` first, from the left and from the right are
 * the readings that parsers commonly give.
 */
function joined(answers: readonly Answer[], connectives: readonly Connective[]): Answer {
  const backwards = joinInOrder([...answers].reverse(), [...connectives].reverse());
  return agreed([joinAndFirst(answers, connectives), joinInOrder(answers, connectives), backwards]);
}

function joinInOrder(answers: readonly Answer[], connectives: readonly Connective[]): Answer {
  return answers.reduce((left, right, index) => join(left, connectives[index - 1] ?? "and", right));
}

function joinAndFirst(answers: readonly Answer[], connectives: readonly Connective[]): Answer {
  let result: Answer = "no";
  let group: Answer = "yes";
  answers.forEach((answer, index) => {
    if (connectives[index - 1] === "or") {
      result = join(result, "or", group);
      group = "yes";
    }
    group = join(group, "and", answer);
  });
  return join(result, "or", group);
}

function compare(comparison: Comparison, instance: InstanceFacts): Answer {
  const attribute = BUILT_IN.get(comparison.subject)?.(instance);
  if (attribute === undefined) {
    return "unknown";
  }
  switch (comparison.operator) {
    case "exists":
      return "yes";
    case "!exists":
      return "no";
    case "==":
    case "in":
      return isOneOf(attribute, comparison.values);
    case "!=":
    case "!in":
      return negate(isOneOf(attribute, comparison.values));
    case "=~":
      return matches(attribute, comparison);
    case "!~":
      return negate(matches(attribute, comparison));
    case "<":
    case "<=":
    case ">":
    case ">=":
      return "unknown";
  }
}

function isOneOf(attribute: AttributeValue, values: readonly string[]): Answer {
  return values.map((value) => isEqual(attribute, value)).reduce((left, right) => join(left, "or", right), "no");
}

/** Equality is of text; whether letter case counts is not documented. */
function isEqual(attribute: AttributeValue, value: string): Answer {
  if (!PLAIN.test(value) || value.includes(UNKNOWN_VALUE)) {
    return "unknown";
  }
  if ("otherThan" in attribute) {
    return value.toLowerCase() === attribute.otherThan.toLowerCase() ? "no" : "unknown";
  }
  if (value === attribute.value) {
    return "yes";
  }
  return value.toLowerCase() === attribute.value.toLowerCase() ? "unknown" : "no";
}

/**
 * Certain if the pattern matches the whole value as written, or no part of the value even if letter case is
 * ignored: that holds whether ECS looks for a whole or a partial match.
 */
function matches(attribute: AttributeValue, comparison: Comparison): Answer {
  const { patterns, values } = comparison;
  if ("otherThan" in attribute || patterns === undefined || values.some((value) => value.includes(UNKNOWN_VALUE))) {
    return "unknown";
  }
  return agreed(
    patterns.map((pattern) => {
      if (runPattern(pattern, attribute.value, "whole")) {
        return "yes";
      }
      return runPattern(pattern, attribute.value, "anywhere") ? "unknown" : "no";
    }),
  );
}

// ---------------------------------------------------------------------------------------------------------
// Describing a constraint
// ---------------------------------------------------------------------------------------------------------

const MAX_DESCRIPTION_LENGTH = 200;

/**
 * A constraint in words for a message. Only comparisons of built-in attributes that bear on architecture,
 * type, system or AMI are quoted; all else becomes `…`.
 *
 * @returns for example `attribute:ecs.cpu-architecture == arm64 and …`; undefined if nothing can be quoted
 */
export function describe(constraint: Constraint): string | undefined {
  const text = describePart(constraint);
  if (text === undefined) {
    return undefined;
  }
  return text.length <= MAX_DESCRIPTION_LENGTH ? text : `${text.slice(0, MAX_DESCRIPTION_LENGTH)}…`;
}

function describePart(constraint: Constraint): string | undefined {
  switch (constraint.kind) {
    case "comparison":
      return describeComparison(constraint);
    case "not": {
      const operand = describePart(constraint.operand);
      return operand && `not (${operand})`;
    }
    case "chain":
      return describeChain(constraint.operands, constraint.connectives);
  }
}

function describeComparison({ subject, operator, values }: Comparison): string | undefined {
  if (!BUILT_IN.has(subject) || values.some((value) => value.includes(UNKNOWN_VALUE))) {
    return undefined;
  }
  switch (operator) {
    case "exists":
    case "!exists":
      return `${subject} ${operator}`;
    case "in":
    case "!in":
      return `${subject} ${operator} [${values.map(printable).join(", ")}]`;
    default:
      return `${subject} ${operator} ${values.map(printable).join("")}`;
  }
}

/** A value that would break the line of a message is left out. */
function printable(value: string): string {
  return /^[\x20-\x7e]*$/.test(value) ? value : "…";
}

function describeChain(operands: readonly Constraint[], connectives: readonly Connective[]): string | undefined {
  const parts = operands.map((operand) => {
    const text = describePart(operand);
    return text !== undefined && operand.kind === "chain" ? `(${text})` : text;
  });
  if (parts.every((part) => part === undefined)) {
    return undefined;
  }
  return parts.map((part, index) => `${index === 0 ? "" : ` ${connectives[index - 1] ?? ""} `}${part ?? "…"}`).join("");
}
