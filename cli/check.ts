/** Judges saved stacks with all policies, each at the level that the configuration gives it. */

import { RULES } from "../policies/catalogue";
import { faultOf, Judging, type StackMember } from "../policies/judging";
import { isOfInterest } from "../policies/read";
import { partsOfUrn } from "../policies/read/subject";
import type { RuleMetadata } from "../policies/rules/rule";
import { comparisonsIn, countUndetermined, faultStatements, speakersOf, type SaidComparison, type Speaker, type Statement } from "../policies/saying";
import type { Certainty, PolicyName } from "../policies/stack/finding";
import type { Configuration, Level } from "./configuration";
import type { InputKind, SavedStack } from "./input/snapshot";
import { linkableResources, linkStacks, type Linkable } from "./linking";

/** What a policy says, with the level that it has here. */
export interface Report {
  readonly policy: PolicyName;
  readonly level: "advisory" | "mandatory";
  readonly severity: RuleMetadata["severity"];
  readonly kind: Statement["kind"];
  /** Of a finding; undefined for a fault, or what is only listed. */
  readonly certainty: Certainty | undefined;
  /** Undefined: it is about the stack or its configuration. */
  readonly resource: { readonly urn: string; readonly type: string; readonly name: string } | undefined;
  readonly message: string;
  /** The same for the same thing in every run. */
  readonly key: string;
}

/** A policy, with the level that it has here. */
export interface Judge {
  readonly rule: RuleMetadata;
  readonly level: Level;
}

export interface CheckedStack {
  /** As the user named it; `-` for standard input. */
  readonly file: string;
  readonly stack: string | undefined;
  readonly project: string | undefined;
  readonly kind: InputKind;
  /** Why the file may not hold all resources of the stack; undefined if it does. */
  readonly gap: string | undefined;
  /** How many resources it has, and how many of them have to do with the architecture. */
  readonly resources: number;
  readonly judged: number;
  /** How many parts could not be determined, listed or not. */
  readonly undetermined: number;
  readonly reports: readonly Report[];
  /** The line of each resource that something is said of, where a report wants it and the file tells it. */
  readonly lines?: ReadonlyMap<string, number>;
  /** All policies, in the pack's order, also those that are disabled. */
  readonly judges: readonly Judge[];
  /** What the rules compared; made when it is asked for, as few reports show it. */
  readonly comparisons: () => readonly SaidComparison[];
}

type Listener = (statement: Statement) => void;

/** Listens to one policy. A fault of the pack is said, and goes no further. */
function listen({ rule, says }: Speaker, judging: Judging, configuration: Configuration, verdicts: Parameters<Speaker["says"]>[2], hear: Listener): void {
  try {
    for (const statement of says(judging, configuration.optionsOf(rule.name), verdicts)) {
      hear(statement);
    }
  } catch (error) {
    for (const statement of faultStatements(judging, faultOf(error, `running ${rule.name}`))) {
      hear(statement);
    }
  }
}

function reportOf({ kind, certainty, text, key, urn = "", isAdvice }: Statement, rule: RuleMetadata, level: Report["level"]): Report {
  return {
    policy: rule.name,
    level: isAdvice ? "advisory" : level,
    severity: rule.severity,
    kind,
    certainty,
    resource: urn === "" ? undefined : { urn, ...partsOfUrn(urn) },
    message: text,
    key,
  };
}

/** A stack that was judged alone, and may be linked to others before its policies speak. */
export interface JudgedStack extends Linkable, Pick<CheckedStack, "file" | "kind" | "gap" | "judged"> {
  readonly resourceCount: number;
}

/**
 * Judges a stack alone. What is handed back does not hold the file's contents.
 * @param file the name that the stack has in the report
 * @param isLinked whether other stacks are checked with it
 */
export async function judgeStack(file: string, saved: SavedStack, configuration: Configuration, isLinked: boolean): Promise<JudgedStack> {
  const { stack, project, kind, gap, references, read } = saved;
  const members = saved.members.map(({ urn, type, name, parent }): StackMember => ({ urn, type, name, parent }));
  const judging = new Judging(RULES.judging);
  const settings = RULES.settings.rule;
  if (configuration.levelOf(settings) !== "disabled") {
    judging.configure(() => configuration.optionsOf(settings.name));
  }
  const judge = (): unknown => (gap === undefined ? judging.judgeComplete(members, read) : judging.judgePartial(members, read, gap));
  if (judging.looksUp) {
    await judging.lookingUp(judge);
    judging.close();
  } else {
    judge();
  }
  const judged = members.filter(({ type }) => isOfInterest(type)).length;
  const resources = isLinked && gap === undefined ? linkableResources(members, read) : [];
  return { file, stack, project, kind, gap, references, judging, judged, resourceCount: members.length, resources };
}

/** What the policies say of a stack. */
function speak({ judging, file, stack, project, kind, gap, judged, resourceCount }: JudgedStack, configuration: Configuration): CheckedStack {
  const reports: Report[] = [];
  const judges: Judge[] = [];
  for (const speaker of speakersOf(RULES)) {
    const level = configuration.levelOf(speaker.rule);
    judges.push({ rule: speaker.rule, level });
    if (level !== "disabled") {
      listen(speaker, judging, configuration, () => judging.latest, (statement) => reports.push(reportOf(statement, speaker.rule, level)));
    }
  }
  return { file, stack, project, kind, gap, resources: resourceCount, judged, undetermined: countUndetermined(judging), reports, judges, comparisons: () => comparisonsIn(judging) };
}

/** Links the stacks, and says what is to say of each, in their order. */
export function checkStacks(stacks: readonly JudgedStack[], configuration: Configuration): CheckedStack[] {
  if (stacks.length > 1) {
    linkStacks(stacks);
  }
  return stacks.map((stack) => speak(stack, configuration));
}

/** True if something denies. */
export function isDenied(checked: readonly CheckedStack[]): boolean {
  return checked.some(({ reports }) => reports.some(({ level }) => level === "mandatory"));
}
