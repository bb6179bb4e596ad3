/** What the pack finds in a stack, as data: what `run` says of it is text made of this. */

import { runtime } from "@pulumi/pulumi";
import { RULES } from "../../policies/catalogue";
import { unknownOptions } from "../../policies/options/read";
import type { Cover, Exemption } from "../../policies/options/exemptions";
import { listingErrors } from "../../policies/rules/architecture-undetermined";
import { optionErrors } from "../../policies/rules/cpu-architecture-settings";
import { faultOf, type Verdict } from "../../policies/judging";
import { Session } from "../../policies/session";
import { keyOf, type Finding, type PolicyName, type Undetermined } from "../../policies/stack/finding";
import { policyResources, resourceArgs, type RunOptions } from "./in-process";
import type { Recording } from "./protocol";

export interface Found {
  /** All findings of all policies, with the exemption that covers each. */
  readonly findings: readonly { readonly finding: Finding; readonly cover: Cover | undefined }[];
  /** What could not be determined, with the exemption that covers it. */
  readonly undetermined: readonly { readonly entry: Undetermined; readonly exemption: Exemption | undefined }[];
  readonly faults: readonly string[];
}

type Config = NonNullable<RunOptions["config"]>;

/** Mistakes in the options of the policies that share none. */
function ownOptionErrors(config: Config): Finding[] {
  const policies = [...RULES.judging, RULES.suspected].map(({ name }) => ({ name, schema: {} }));
  const { rule, schema } = RULES.undetermined;
  return [...policies, { name: rule.name, schema }].flatMap(({ name, schema: known }) => {
    const options = config[name] ?? {};
    const listing = name === rule.name ? listingErrors(options) : [];
    return optionErrors(name, [...unknownOptions(options, known), ...listing]).findings;
  });
}

function guarded(name: PolicyName, action: () => Verdict | undefined): Verdict | undefined {
  try {
    return action();
  } catch (error) {
    return faultOf(error, `running ${name}`);
  }
}

/** Plays one operation to a session of its own, as the adapter does, and keeps what it finds. */
export function findIn(recording: Recording, { config = {}, rules = RULES, properties }: RunOptions = {}): Found {
  void runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, "app", "test", recording.stack?.dryRun === true);
  const session = new Session(rules.judging);
  session.configure(() => structuredClone(config[rules.settings.rule.name] ?? {}));
  const names = rules.judging.map(({ name }): PolicyName => name);
  const verdicts: Verdict[] = [];
  for (const resource of recording.analyze) {
    const args = resourceArgs(resource, properties);
    verdicts.push(...names.flatMap((name) => guarded(name, () => session.resource(name, args)) ?? []));
  }
  const resources = policyResources(recording.analyzeStack ?? [], properties);
  verdicts.push(...session.stack(rules.settings.rule.name, { resources } as never).values(), session.settingsVerdict());
  const judgements = verdicts.flatMap((verdict) => ("fault" in verdict ? [] : [verdict]));
  const findings = [...judgements.flatMap((judgement) => judgement.findings), ...ownOptionErrors(config)];
  // What is found again is not said again: a finding of a resource before the same one of the stack.
  const news = new Map([...findings].reverse().map((finding) => [keyOf(finding), finding]));
  return {
    findings: [...news.values()].map((finding) => ({ finding, cover: session.exemptionOf(finding) })),
    undetermined: judgements.flatMap(({ undetermined }) => undetermined).map((entry) => ({ entry, exemption: session.exemptionOfUndetermined(entry) })),
    faults: verdicts.flatMap((verdict) => ("fault" in verdict ? [verdict.fault] : [])),
  };
}
