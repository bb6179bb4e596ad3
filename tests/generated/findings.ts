/** What the rules find, as data: the pairs that disagree, for properties that compare two runs. */

import { RULES } from "../../policies/catalogue";
import type { Rule } from "../../policies/rules/rule";
import type { Finding, Judgement } from "../../policies/stack/finding";
import { run, type Violation } from "../support/in-process";
import type { Recording } from "../support/protocol";

/** A disagreement between two parts of a stack. */
export interface Pair {
  /** The two parts by URN, and what about them disagrees. */
  readonly key: string;
  readonly kind: Finding["kind"];
  readonly isInferred: boolean;
  /** URNs of everything that leads from one part to the other. */
  readonly through: readonly string[];
}

export interface Found {
  readonly said: readonly Violation[];
  /** Of mandatory policies. */
  readonly pairs: readonly Pair[];
}

function pair(finding: Finding, parts: readonly string[], through: readonly string[] = []): Pair {
  return { key: [finding.kind, ...parts].join(" "), kind: finding.kind, isInferred: finding.certainty === "inferred", through };
}

/** A launcher finds no place for a task: because of a constraint, or because of the instances. */
function placeless(finding: Finding, task: string, launcher: string, through: readonly string[]): Pair {
  return { ...pair(finding, [], through), key: `no place ${task} ${launcher}` };
}

/** The pairs that a finding is about: what is folded in a message is unfolded. */
function pairsOf(finding: Finding): Pair[] {
  switch (finding.kind) {
    case "image-on-task":
      return [pair(finding, [finding.task.subject.urn, finding.image.image.subject.urn])];
    case "images-of-one-task":
      // Of several pairs of images one is enough to say; which one, hangs on what is known.
      return [pair(finding, [finding.task.subject.urn])];
    case "task-on-capacity":
      return finding.launchers.map(({ subject }) => placeless(finding, finding.task.subject.urn, subject.urn, finding.instances.flatMap(({ chain }) => chain.map(({ urn }) => urn))));
    case "image-on-capacity":
      return finding.launchers.map(({ subject }) => {
        const chain = finding.instances.chain.map(({ urn }) => urn);
        return pair(finding, [finding.task.subject.urn, subject.urn, finding.image.image.subject.urn, chain[0] ?? ""], chain);
      });
    case "task-on-constraint":
      return finding.launchers.map(({ subject }) =>
        finding.image === undefined ? placeless(finding, finding.task.subject.urn, subject.urn, []) : pair(finding, [finding.task.subject.urn, subject.urn, finding.image.image.subject.urn]),
      );
    case "ami-on-instance-type":
      return [pair(finding, [finding.amiAt.urn, finding.typesAt.urn], [finding.amiAt.urn, finding.typesAt.urn, ...finding.usedBy.map(({ urn }) => urn)])];
    case "runtime-platform-invalid":
      return [pair(finding, [finding.subject.urn, finding.problem.of])];
    default:
      return [];
  }
}

/** Plays a recording to the pack's policies, and keeps the disagreements that their rules deny. */
export function findIn(recording: Recording): Found {
  const judgements: Judgement[] = [];
  const keep = (judgement: Judgement): Judgement => {
    judgements.push(judgement);
    return judgement;
  };
  const judging = RULES.judging.map((rule): Rule => {
    const { judge, judgeResource } = rule;
    const watched: Rule = { ...rule, judge: (stack) => keep(judge(stack)) };
    return judgeResource === undefined ? watched : { ...watched, judgeResource: (stack, urn) => keep(judgeResource(stack, urn)) };
  });
  const said = run(recording, { goesOn: true, rules: { ...RULES, judging } });
  const mandatory = new Set(RULES.judging.filter(({ level }) => level === "mandatory").map(({ name }) => name));
  const certain = judgements.flatMap(({ findings }) => findings).filter(({ policy, certainty }) => certainty !== "suspected" && mandatory.has(policy));
  return { said, pairs: certain.flatMap(pairsOf) };
}
