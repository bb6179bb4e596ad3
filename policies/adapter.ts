/**
 * From rules to the SDK's policies. Everything that the SDK does to a policy is handled here, once:
 * - a policy that throws would fail the whole preview and hide every other finding, so nothing throws;
 * - what one resource makes certain is denied while it is registered, and not said again for the stack;
 * - a stack is read and judged once, however many policies ask.
 */

import type { ReportViolation, ResourceValidationArgs, ResourceValidationPolicy, StackValidationArgs, StackValidationPolicy } from "@pulumi/policy";
import type { Exemption } from "./options/exemptions";
import { unknownOptions, type OptionError, type Options, type OptionsSchema } from "./options/read";
import { exemptText, faultText, textOf, undeterminedSummary, undeterminedText } from "./report/text";
import { listingErrors, readListing } from "./rules/architecture-undetermined";
import { optionErrors } from "./rules/cpu-architecture-settings";
import type { Rule, RuleMetadata } from "./rules/rule";
import { faultOf, Session, type Fault, type Verdict } from "./session";
import { keyOf, type Finding, type PolicyName, type Undetermined } from "./stack/finding";
import { groupBy } from "./stack/group-by";

/** A policy with both callbacks: the SDK takes any object, its types know one or the other. */
export type Policy = ResourceValidationPolicy & StackValidationPolicy;

/**
 * Reports something as advice, whatever level the policy has. The SDK's declared type takes a text only; 1.21 also takes
 * an object that carries its own level (its server.js, makeReportViolationFun; a test holds it).
 */
function advise(report: ReportViolation, message: string, urn?: string): void {
  const violation = { message, enforcementLevel: "advisory", ...(urn === undefined ? {} : { urn }) };
  (report as unknown as (violation: object) => void)(violation);
}

/** Reports a fault of the pack, once: our mistake must not stop a deployment. */
function reportFault(session: Session, report: ReportViolation, { fault }: Fault): void {
  if (session.isNews(fault)) {
    advise(report, faultText(fault));
  }
}

function isFault(verdict: Verdict | undefined): verdict is Fault {
  return verdict !== undefined && "fault" in verdict;
}

/** Runs a callback of the SDK; whatever goes wrong in it is said, and goes no further. */
function guarded<Args>(session: Session, name: PolicyName, callback: (args: Args, report: ReportViolation) => void): (args: Args, report: ReportViolation) => void {
  return (args, report) => {
    try {
      callback(args, report);
    } catch (error) {
      reportFault(session, report, faultOf(error, `running ${name}`));
    }
  };
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

/** Reports what was not said before and is not exempt. */
function reportNews(session: Session, findings: readonly Finding[], report: ReportViolation): void {
  for (const finding of bySubject(findings)) {
    const cover = session.exemptionOf(finding);
    if ((cover === undefined || cover.isOver) && session.isNews(keyOf(finding))) {
      report(textOf(finding, cover?.exemption), finding.subject.urn);
    }
  }
}

/** Mistakes in the options of a policy that only holds its level, or little more: advice, for its level is for findings. */
function reportOptionErrors(session: Session, policy: PolicyName, errors: readonly OptionError[], report: ReportViolation): void {
  for (const finding of optionErrors(policy, errors).findings) {
    if (session.isNews(keyOf(finding))) {
      advise(report, textOf(finding));
    }
  }
}

function metadataOf(rule: RuleMetadata, schema?: OptionsSchema): Omit<Policy, "validateResource" | "validateStack"> {
  return {
    name: rule.name,
    displayName: rule.displayName,
    description: rule.description,
    enforcementLevel: rule.level,
    severity: rule.severity,
    tags: [...rule.tags],
    remediationSteps: rule.remediation,
    ...(schema === undefined ? {} : { configSchema: { properties: { ...schema } } }),
  };
}

/** A rule as a policy: what it is sure of, at the resource where one resource is enough, else for the stack. */
function judgingPolicy(session: Session, rule: Rule): Policy {
  return {
    ...metadataOf(rule),
    validateResource: guarded(session, rule.name, (args: ResourceValidationArgs, report) => {
      const verdict = session.resource(rule.name, args);
      if (isFault(verdict)) {
        reportFault(session, report, verdict);
      } else if (verdict !== undefined) {
        reportNews(session, verdict.findings.filter(isSure), (message) => {
          report(message);
        });
      }
    }),
    validateStack: guarded(session, rule.name, (args: StackValidationArgs, report) => {
      reportOptionErrors(session, rule.name, unknownOptions(args.getConfig<Options>(), {}), report);
      const verdict = session.stack(rule.name, args).get(rule.name);
      if (isFault(verdict)) {
        reportFault(session, report, verdict);
      } else if (verdict !== undefined) {
        reportNews(session, verdict.findings.filter(isSure), report);
      }
    }),
  };
}

function settingsPolicy(session: Session, rule: RuleMetadata, schema: OptionsSchema): Policy {
  return {
    ...metadataOf(rule, schema),
    validateResource: guarded(session, rule.name, (args: ResourceValidationArgs) => {
      session.configure(() => args.getConfig<Options>());
    }),
    validateStack: guarded(session, rule.name, (args: StackValidationArgs, report) => {
      session.configure(() => args.getConfig<Options>());
      session.stack(rule.name, args);
      const verdict = session.settingsVerdict();
      if (isFault(verdict)) {
        reportFault(session, report, verdict);
      } else {
        reportNews(session, verdict.findings, report);
      }
    }),
  };
}

function suspectedPolicy(session: Session, rule: RuleMetadata): StackValidationPolicy {
  return {
    ...metadataOf(rule),
    validateStack: guarded(session, rule.name, (args: StackValidationArgs, report) => {
      reportOptionErrors(session, rule.name, unknownOptions(args.getConfig<Options>(), {}), report);
      const verdicts = session.stack(rule.name, args);
      const own = verdicts.get(rule.name);
      if (isFault(own)) {
        reportFault(session, report, own);
      }
      reportNews(session, findingsIn(verdicts.values()).filter((finding) => !isSure(finding)), report);
    }),
  };
}

/** What is exempt: findings, and entries of the listing. */
function exemptIn(session: Session, findings: readonly Finding[], entries: readonly Undetermined[]): { readonly urn: string; readonly text: string }[] {
  const ofFindings = findings.flatMap((finding) => {
    const cover = session.exemptionOf(finding);
    return cover === undefined || cover.isOver ? [] : [{ urn: finding.subject.urn, text: exemptText(finding, cover.exemption) }];
  });
  const ofEntries = entries.flatMap((entry) => {
    const exemption: Exemption | undefined = session.exemptionOfUndetermined(entry);
    return exemption === undefined ? [] : [{ urn: entry.subject.urn, text: exemptText(entry, exemption) }];
  });
  return [...ofFindings, ...ofEntries];
}

/** Lists what could not be determined, at the policy's level, and what is exempt, as advice: exempt things never deny. */
function undeterminedPolicy(session: Session, rule: RuleMetadata, schema: OptionsSchema): StackValidationPolicy {
  return {
    ...metadataOf(rule, schema),
    validateStack: guarded(session, rule.name, (args: StackValidationArgs, report) => {
      const options = args.getConfig<Options>();
      reportOptionErrors(session, rule.name, [...unknownOptions(options, schema), ...listingErrors(options)], report);
      const verdicts = session.stack(rule.name, args).values();
      const listing = readListing(options);
      if (listing === "off") {
        return;
      }
      const all = [...verdicts];
      const entries = bySubject(undeterminedIn(all));
      const open = entries.filter((entry) => session.exemptionOfUndetermined(entry) === undefined);
      if (listing === "summary" && open.length > 0) {
        report(undeterminedSummary(open));
      }
      for (const [urn, group] of listing === "all" ? groupBy(open, ({ subject }) => subject.urn) : []) {
        report(undeterminedText(group), urn);
      }
      for (const { urn, text } of exemptIn(session, bySubject(findingsIn(all)), entries)) {
        advise(report, text, urn);
      }
    }),
  };
}

export interface PackRules {
  readonly settings: { readonly rule: RuleMetadata; readonly schema: OptionsSchema };
  readonly judging: readonly Rule[];
  readonly suspected: RuleMetadata;
  readonly undetermined: { readonly rule: RuleMetadata; readonly schema: OptionsSchema };
}

/** All policies of the pack, in the order in which the SDK runs them: settings first, collectors last. */
export function policiesOf(rules: PackRules): (Policy | StackValidationPolicy)[] {
  const session = new Session(rules.judging);
  return [
    settingsPolicy(session, rules.settings.rule, rules.settings.schema),
    ...rules.judging.map((rule) => judgingPolicy(session, rule)),
    suspectedPolicy(session, rules.suspected),
    undeterminedPolicy(session, rules.undetermined.rule, rules.undetermined.schema),
  ];
}
