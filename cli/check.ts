/** Judges one saved stack with all policies, each at the level that the configuration gives it. */

import { RULES } from "../policies/catalogue";
import { faultOf, Judging } from "../policies/judging";
import { isOfInterest } from "../policies/read";
import { partsOfUrn } from "../policies/read/subject";
import type { RuleMetadata } from "../policies/rules/rule";
import { countUndetermined, faultStatements, speakersOf, type Speaker, type Statement } from "../policies/saying";
import type { Certainty, PolicyName } from "../policies/stack/finding";
import type { Configuration, Level } from "./configuration";
import type { SavedStack } from "./input/snapshot";

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

/** @param file the name that the stack has in the report */
export function checkStack(file: string, saved: SavedStack, configuration: Configuration): CheckedStack {
  const { members, stack, project } = saved;
  const judging = new Judging(RULES.judging);
  let isJudged = false;
  const verdicts = (): Judging["latest"] => {
    if (!isJudged) {
      isJudged = true;
      if (saved.gap === undefined) {
        judging.judgeComplete(members, saved.read);
      } else {
        judging.judgePartial(members, saved.read, saved.gap);
      }
    }
    return judging.latest;
  };
  const reports: Report[] = [];
  const judges: Judge[] = [];
  for (const speaker of speakersOf(RULES)) {
    const level = configuration.levelOf(speaker.rule);
    judges.push({ rule: speaker.rule, level });
    if (level !== "disabled") {
      listen(speaker, judging, configuration, verdicts, (statement) => reports.push(reportOf(statement, speaker.rule, level)));
    }
  }
  const judged = members.filter(({ type }) => isOfInterest(type)).length;
  return { file, stack, project, resources: members.length, judged, undetermined: countUndetermined(judging), reports, judges };
}

/** True if something denies. */
export function isDenied(checked: readonly CheckedStack[]): boolean {
  return checked.some(({ reports }) => reports.some(({ level }) => level === "mandatory"));
}
