/**
 * From rules to the SDK's policies. Everything that the SDK does to a policy is handled here, once:
 * - a policy that throws would fail the whole preview and hide every other finding, so nothing throws;
 * - what one resource makes certain is denied while it is registered, and not said again for the stack;
 * - a stack is read and judged once, however many policies ask.
 */

import { isDryRun } from "@pulumi/pulumi/runtime";
import type { ReportViolation, ResourceValidationArgs, ResourceValidationPolicy, StackValidationArgs, StackValidationPolicy } from "@pulumi/policy";
import { faultOf } from "./judging";
import type { Options } from "./options/read";
import { faultStatements, speakersOf, sureStatements, type PackRules, type Speaker, type Statement } from "./saying";
import { Session } from "./session";
import type { PolicyName } from "./stack/finding";

export type { PackRules } from "./saying";

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

/** Reports each statement as soon as it is made. */
function tell(report: ReportViolation, statements: Iterable<Statement>): void {
  for (const { text, urn, isAdvice } of statements) {
    if (isAdvice) {
      advise(report, text, urn);
    } else {
      report(text, urn);
    }
  }
}

type Callback<Args> = (args: Args, report: ReportViolation) => void | Promise<void>;

/** Runs a callback of the SDK; whatever goes wrong in it is said, and goes no further. A promise is waited for by the SDK. */
function guarded<Args>(session: Session, name: PolicyName, callback: Callback<Args>): Callback<Args> {
  return (args, report) => {
    const fault = (error: unknown): void => tell(report, faultStatements(session, faultOf(error, `running ${name}`)));
    try {
      return callback(args, report)?.catch(fault);
    } catch (error) {
      fault(error);
      return undefined;
    }
  };
}

/** The policy as far as it speaks of a complete stack. */
function stackPolicy(session: Session, { rule, schema, says }: Speaker, isSettings: boolean): StackValidationPolicy {
  return {
    name: rule.name,
    displayName: rule.displayName,
    description: rule.description,
    enforcementLevel: rule.level,
    severity: rule.severity,
    tags: [...rule.tags],
    remediationSteps: rule.remediation,
    ...(schema === undefined ? {} : { configSchema: { properties: { ...schema } } }),
    validateStack: guarded(session, rule.name, (args: StackValidationArgs, report) => {
      const options = args.getConfig<Options>();
      const speak = (verdicts: Parameters<typeof says>[2]): void => tell(report, says(session, options, verdicts));
      if (isSettings) {
        session.configure(() => options);
      }
      if (session.looksUp) {
        return session.stackLookedUp(rule.name, args).then((verdicts) => speak(() => verdicts));
      }
      speak(() => session.stack(rule.name, args));
      return undefined;
    }),
  };
}

/** What a rule does at a resource: it says what it is sure of, where one resource is enough. */
function judgeAtResource(session: Session, name: PolicyName): Policy["validateResource"] {
  return guarded(session, name, (args: ResourceValidationArgs, report) => {
    // Without a URN: whichever resource the finding is filed under, this is the one that must not be made.
    const here: ReportViolation = (message) => {
      report(message);
    };
    // At a preview the analysis of the stack follows, and looks up more.
    if (session.looksUp && !isDryRun()) {
      return session.resourceLookedUp(name, args).then((verdict) => tell(here, sureStatements(session, verdict)));
    }
    tell(here, sureStatements(session, session.resource(name, args)));
    return undefined;
  });
}

/** What the settings do at a resource: they are read before any other policy is asked. */
function configureAtResource(session: Session, name: PolicyName): Policy["validateResource"] {
  return guarded(session, name, (args: ResourceValidationArgs) => {
    session.configure(() => args.getConfig<Options>());
  });
}

/** All policies of the pack, in the order in which the SDK runs them: settings first, collectors last. */
export function policiesOf(rules: PackRules): (Policy | StackValidationPolicy)[] {
  const session = new Session(rules.judging);
  const judging: readonly PolicyName[] = rules.judging.map(({ name }) => name);
  return speakersOf(rules).map((speaker) => {
    const { name } = speaker.rule;
    const isSettings = name === rules.settings.rule.name;
    const policy = stackPolicy(session, speaker, isSettings);
    if (isSettings) {
      return { ...policy, validateResource: configureAtResource(session, name) };
    }
    return judging.includes(name) ? { ...policy, validateResource: judgeAtResource(session, name) } : policy;
  });
}
