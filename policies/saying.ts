/**
 * What each policy says of what was judged: which findings are its own, what was said before, what is exempt, and what
 * is only advice whatever level the policy has. The pack and the command share it.
 */

import type { Exemption } from "./options/exemptions";
import { unknownOptions, type OptionError, type Options, type OptionsSchema } from "./options/read";
import { isFault, type Fault, type Judging, type Verdict } from "./judging";
import type * as Text from "./report/text";
import { listingErrors, readListing } from "./rules/architecture-undetermined";
import { optionErrors } from "./rules/cpu-architecture-settings";
import type { Rule, RuleMetadata } from "./rules/rule";
import type { Comparison } from "./stack/comparison";
import { keyOf, type Certainty, type Finding, type FindingKind, type PolicyName, type Undetermined } from "./stack/finding";
import { groupBy } from "./stack/group-by";

/** Loaded for the first thing that is said: most previews have nothing to say. */
function texts(): typeof Text {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require("./report/text") as typeof Text;
}

/** One thing that a policy says. */
export interface Statement {
  readonly kind: FindingKind | "undetermined" | "exempt" | "fault";
  readonly text: string;
  /** The same for the same thing in every run, whatever the words of its text are. */
  readonly key: string;
  /** The resource that it is said of; empty or undefined for the stack. */
  readonly urn: string | undefined;
  /** Of a finding. */
  readonly certainty: Certainty | undefined;
  /** True: advice, whatever level the policy has. */
  readonly isAdvice: boolean;
}

type Verdicts = ReadonlyMap<PolicyName, Verdict>;

/**
 * A policy that speaks of a complete stack. It speaks while it is listened to, so that what it said before something
 * goes wrong is not lost.
 */
export interface Speaker {
  readonly rule: RuleMetadata;
  /** Undefined: it has no options. */
  readonly schema: OptionsSchema | undefined;
  /** @param verdicts judges the stack, if that is not done yet */
  readonly says: (judging: Judging, options: Options, verdicts: () => Verdicts) => Iterable<Statement>;
}

export interface PackRules {
  readonly settings: { readonly rule: RuleMetadata; readonly schema: OptionsSchema };
  readonly judging: readonly Rule[];
  readonly suspected: RuleMetadata;
  readonly undetermined: { readonly rule: RuleMetadata; readonly schema: OptionsSchema };
}

/** A fault of the pack, once: our mistake must not stop a deployment. */
export function* faultStatements(judging: Judging, { fault }: Fault): Iterable<Statement> {
  if (judging.isNews(fault)) {
    yield { kind: "fault", text: texts().faultText(fault), key: `fault|${fault}`, urn: undefined, certainty: undefined, isAdvice: true };
  }
}

function findingsIn(verdicts: Iterable<Verdict>): Finding[] {
  return [...verdicts].flatMap((verdict) => (isFault(verdict) ? [] : verdict.findings));
}

function undeterminedIn(verdicts: Iterable<Verdict>): Undetermined[] {
  return [...verdicts].flatMap((verdict) => (isFault(verdict) ? [] : verdict.undetermined));
}

function isSure({ certainty }: Finding): boolean {
  return certainty !== "suspected";
}

function bySubject<T extends { readonly subject: { readonly urn: string } }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (a.subject.urn < b.subject.urn ? -1 : a.subject.urn > b.subject.urn ? 1 : 0));
}

/** What was not said before and is not exempt. */
function* findingStatements(judging: Judging, findings: readonly Finding[]): Iterable<Statement> {
  for (const finding of bySubject(findings)) {
    const cover = judging.exemptionOf(finding);
    if ((cover === undefined || cover.isOver) && judging.isNews(keyOf(finding))) {
      yield { kind: finding.kind, text: texts().textOf(finding, cover?.exemption), key: keyOf(finding), urn: finding.subject.urn, certainty: finding.certainty, isAdvice: false };
    }
  }
}

/** What a policy that judges is sure of. */
export function* sureStatements(judging: Judging, verdict: Verdict | undefined): Iterable<Statement> {
  if (isFault(verdict)) {
    yield* faultStatements(judging, verdict);
  } else if (verdict !== undefined) {
    yield* findingStatements(judging, verdict.findings.filter(isSure));
  }
}

/** Mistakes in the options of a policy that only holds its level, or little more: advice, for its level is for findings. */
function* optionStatements(judging: Judging, policy: PolicyName, errors: readonly OptionError[]): Iterable<Statement> {
  for (const finding of optionErrors(policy, errors).findings) {
    if (judging.isNews(keyOf(finding))) {
      yield { kind: finding.kind, text: texts().textOf(finding), key: keyOf(finding), urn: undefined, certainty: undefined, isAdvice: true };
    }
  }
}

function settingsSpeaker({ rule, schema }: PackRules["settings"]): Speaker {
  return {
    rule,
    schema,
    *says(judging, options, verdicts) {
      judging.configure(() => options);
      verdicts();
      const verdict = judging.settingsVerdict();
      yield* isFault(verdict) ? faultStatements(judging, verdict) : findingStatements(judging, verdict.findings);
    },
  };
}

function judgingSpeaker(rule: Rule): Speaker {
  return {
    rule,
    schema: undefined,
    *says(judging, options, verdicts) {
      yield* optionStatements(judging, rule.name, unknownOptions(options, {}));
      yield* sureStatements(judging, verdicts().get(rule.name));
    },
  };
}

function suspectedSpeaker(rule: RuleMetadata): Speaker {
  return {
    rule,
    schema: undefined,
    *says(judging, options, verdicts) {
      yield* optionStatements(judging, rule.name, unknownOptions(options, {}));
      const all = verdicts();
      const own = all.get(rule.name);
      if (isFault(own)) {
        yield* faultStatements(judging, own);
      }
      yield* findingStatements(judging, findingsIn(all.values()).filter((finding) => !isSure(finding)));
    },
  };
}

function exemptStatement(what: Finding | Undetermined, exemption: Exemption): Statement {
  const key = "kind" in what ? keyOf(what) : `${what.policy}|${what.subject.urn}|${what.part}`;
  return { kind: "exempt", text: texts().exemptText(what, exemption), key: `exempt|${key}`, urn: what.subject.urn, certainty: undefined, isAdvice: true };
}

/** What is exempt: findings, and entries of the listing. */
function exemptIn(judging: Judging, findings: readonly Finding[], entries: readonly Undetermined[]): Statement[] {
  const ofFindings = findings.flatMap((finding) => {
    const cover = judging.exemptionOf(finding);
    return cover === undefined || cover.isOver ? [] : [exemptStatement(finding, cover.exemption)];
  });
  const ofEntries = entries.flatMap((entry) => {
    const exemption = judging.exemptionOfUndetermined(entry);
    return exemption === undefined ? [] : [exemptStatement(entry, exemption)];
  });
  return [...ofFindings, ...ofEntries];
}

function listed(text: string, urn?: string): Statement {
  return { kind: "undetermined", text, key: `undetermined|${urn ?? ""}`, urn, certainty: undefined, isAdvice: false };
}

/** Lists what could not be determined, at the policy's level, and what is exempt, as advice: exempt things never deny. */
function undeterminedSpeaker({ rule, schema }: PackRules["undetermined"]): Speaker {
  return {
    rule,
    schema,
    *says(judging, options, verdicts) {
      yield* optionStatements(judging, rule.name, [...unknownOptions(options, schema), ...listingErrors(options)]);
      const all = [...verdicts().values()];
      const listing = readListing(options);
      if (listing === "off") {
        return;
      }
      const entries = bySubject(undeterminedIn(all));
      const open = entries.filter((entry) => judging.exemptionOfUndetermined(entry) === undefined);
      if (listing === "summary" && open.length > 0) {
        yield listed(texts().undeterminedSummary(open));
      }
      for (const [urn, group] of listing === "all" ? groupBy(open, ({ subject }) => subject.urn) : []) {
        yield listed(texts().undeterminedText(group), urn);
      }
      yield* exemptIn(judging, bySubject(findingsIn(all)), entries);
    },
  };
}

/** How many parts of what was judged could not be determined, and are not exempt. */
export function countUndetermined(judging: Judging): number {
  return undeterminedIn(judging.latest.values()).filter((entry) => judging.exemptionOfUndetermined(entry) === undefined).length;
}

/** A comparison that a rule made, and whether an exemption covers what was found. */
export interface SaidComparison {
  readonly comparison: Comparison;
  readonly isExempt: boolean;
}

/** What the rules compared in what was judged last, in their order. */
export function comparisonsIn(judging: Judging): SaidComparison[] {
  const all = [...judging.latest.values()].flatMap((verdict) => (isFault(verdict) ? [] : (verdict.comparisons?.() ?? [])));
  return all.map((comparison) => {
    const { outcome } = comparison;
    const cover = outcome.is === "disagree" ? judging.exemptionOf(outcome.finding) : undefined;
    return { comparison, isExempt: cover !== undefined && !cover.isOver };
  });
}

/** All policies, in the order in which they speak: settings first, collectors last. */
export function speakersOf(rules: PackRules): Speaker[] {
  return [settingsSpeaker(rules.settings), ...rules.judging.map(judgingSpeaker), suspectedSpeaker(rules.suspected), undeterminedSpeaker(rules.undetermined)];
}
