/** What a policy is, apart from Pulumi: its metadata and a judgement, which is a pure function of the stack. */

import type { Judgement, PolicyName } from "../stack/finding";
import type { Stack } from "../stack/stack";

export interface RuleMetadata {
  readonly name: PolicyName;
  readonly displayName: string;
  /** One sentence: the CLI prints it above every message of the policy. */
  readonly description: string;
  readonly level: "advisory" | "mandatory";
  readonly severity: "low" | "medium" | "high" | "critical";
  readonly tags: readonly string[];
  readonly remediation: string;
}

export interface Rule extends RuleMetadata {
  /** Judges everything in a stack. */
  readonly judge: (stack: Stack) => Judgement;
  /**
   * Judges what one resource, just registered, makes certain: nothing that is registered later may overturn it.
   * Left out where one resource is never evidence enough.
   */
  readonly judgeResource?: (stack: Stack, urn: string) => Judgement;
}

/** A judgement that says nothing. */
export const NOTHING: Judgement = { findings: [], undetermined: [] };

export function mergeJudgements(judgements: readonly Judgement[]): Judgement {
  return {
    findings: judgements.flatMap(({ findings }) => findings),
    undetermined: judgements.flatMap(({ undetermined }) => undetermined),
    comparisons: () => judgements.flatMap(({ comparisons }) => comparisons?.() ?? []),
  };
}

/** The remedy for what is computed: nothing in the options can say it. */
export const STATE_OR_UPDATE = "state it in the program, or run the update with the pack: what is computed by then is checked there";
