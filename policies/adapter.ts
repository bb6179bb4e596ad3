/**
 * From rules to the SDK's policies. Everything that the SDK does to a policy is handled here, once:
 * - a policy that throws would fail the whole preview and hide every other finding, so nothing throws;
 * - what one resource makes certain is denied while it is registered, and not said again for the stack;
 * - a stack is read and judged once, however many policies ask.
 */

import { isDryRun } from "@pulumi/pulumi/runtime";
import type {
  PolicyResource,
  ReportViolation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import { isOfInterest, partsOf } from "./read";
import type { Properties, Resource } from "./read/resource";
import { textOf, undeterminedSummary, undeterminedText } from "./report/text";
import { readListing } from "./rules/architecture-undetermined";
import { readSettings, type ReadSettings } from "./rules/cpu-architecture-settings";
import type { Rule, RuleMetadata } from "./rules/rule";
import { keyOf, type Finding, type Judgement, type PolicyName, type Undetermined } from "./stack/finding";
import { groupBy } from "./stack/group-by";
import { Stack } from "./stack/stack";

/** A policy with both callbacks: the SDK takes any object, its types know one or the other. */
export type Policy = ResourceValidationPolicy & StackValidationPolicy;

/** A fault of the pack: where it happened, never what was being read. */
interface Fault {
  readonly fault: string;
}

type Verdict = Judgement | Fault;

/** File and line of an error. Its stack begins with its message, which may look like anything, also like a place. */
function placeOf(error: Error): string | undefined {
  const stack: unknown = error.stack;
  const frames = typeof stack === "string" ? stack.replace(error.message, "").split("\n") : [];
  const frame = frames.find((line) => /^\s+at /.test(line)) ?? "";
  return /([^\\/\s(]+:\d+):\d+\)?$/.exec(frame)?.[1];
}

/** Name and place of an error. Its message may quote the value that was read, a secret perhaps, so it is left out. */
function faultOf(error: unknown, doing: string): Fault {
  const name = error instanceof Error ? error.constructor.name : typeof error;
  const place = error instanceof Error ? placeOf(error) : undefined;
  return { fault: `${name} while ${doing}${place === undefined ? "" : ` (${place})`}` };
}

/** The raw values behind the SDK's proxy, which throws when an unknown value is read through it. */
function rawProperties(props: object): Properties {
  const raw: Record<string, unknown> = {};
  for (const key of Object.keys(props)) {
    raw[key] = Object.getOwnPropertyDescriptor(props, key)?.value as unknown;
  }
  return raw;
}

/**
 * Provider and region: what makes names comparable. The engine has one default provider for each version of a package
 * (`default_7_48_0`), so a component brings its own; all of them are configured alike.
 */
function scopeOf(provider: { readonly urn: string; readonly type: string; readonly name: string } | undefined, props: Properties): string {
  const region = props["region"];
  const isDefault = provider !== undefined && /^default(_[\w.-]*)?$/.test(provider.name);
  return `${isDefault ? `${provider.type} default` : (provider?.urn ?? "")} ${typeof region === "string" ? region : ""}`;
}

/** Sorted: the engine's lists come from sets, in another order each time. */
function urnsOf(resources: readonly PolicyResource[]): string[] {
  return resources.map(({ urn }) => urn).sort();
}

/** Everything that is known in this process, for all policies together. */
class Session {
  private settings: ReadSettings = readSettings({});
  /** The inputs of each resource, from its registration to the analysis of the stack. */
  private readonly registered = new Map<string, Properties>();
  private readonly parents = new Map<string, string>();
  private registering: Stack | undefined;
  private readonly said = new Set<string>();
  /** The policies that have had their turn at the resource or stack at hand: a second turn means another one. */
  private turn: { urn: string | undefined; taken: Set<PolicyName> } | undefined;
  private verdicts = new Map<PolicyName, Verdict>();

  constructor(private readonly rules: readonly Rule[]) {}

  configure(settings: ReadSettings): void {
    this.settings = settings;
    this.registering = undefined;
  }

  /** Judges a resource, the first time a policy asks about it, and returns the verdict of that policy. */
  resource(policy: PolicyName, args: ResourceValidationArgs): Verdict | undefined {
    if (this.isNewTurn(policy, args.urn)) {
      this.verdicts = new Map();
      this.verdicts = this.judgeRegistration(args);
    }
    return this.verdicts.get(policy);
  }

  /** Judges the stack, the first time a policy asks, and returns the verdicts of all rules. */
  stack(policy: PolicyName, args: StackValidationArgs): ReadonlyMap<PolicyName, Verdict> {
    if (this.isNewTurn(policy, undefined)) {
      this.verdicts = new Map();
      this.verdicts = this.judgeStack(args.resources);
    }
    return this.verdicts;
  }

  /** True the first time that something is said in this process. */
  isNews(key: string): boolean {
    const news = !this.said.has(key);
    this.said.add(key);
    return news;
  }

  private isNewTurn(policy: PolicyName, urn: string | undefined): boolean {
    const isSame = this.turn?.urn === urn && this.turn?.taken.has(policy) === false;
    if (!isSame || this.turn === undefined) {
      this.turn = { urn, taken: new Set() };
    }
    this.turn.taken.add(policy);
    return !isSame;
  }

  private judgeRegistration(args: ResourceValidationArgs): Map<PolicyName, Verdict> {
    if (args.opts.parent !== undefined) {
      this.parents.set(args.urn, args.opts.parent);
    }
    if (!isOfInterest(args.type)) {
      return new Map();
    }
    const inputs = rawProperties(args.props);
    this.registered.set(args.urn, inputs);
    // At a preview the analysis of the stack follows, and knows more.
    if (isDryRun()) {
      return new Map();
    }
    this.registering ??= new Stack("registration", this.settings.declarations);
    const stack = this.registering;
    const resource: Resource = {
      urn: args.urn,
      type: args.type,
      name: args.name,
      ancestors: this.ancestorsOf(args.urn),
      scope: scopeOf(args.provider, inputs),
      inputs,
      outputs: undefined,
      propertyDependencies: undefined,
      ignoreChanges: args.opts.ignoreChanges,
      unseen: false,
    };
    stack.add(args.urn, args.opts.parent, partsOf(resource));
    return this.judgeAll((rule) => rule.judgeResource?.(stack, args.urn));
  }

  private judgeStack(resources: readonly PolicyResource[]): Map<PolicyName, Verdict> {
    for (const { urn, parent } of resources) {
      if (parent !== undefined) {
        this.parents.set(urn, parent.urn);
      }
    }
    const stack = new Stack("complete", this.settings.declarations);
    const ofInterest = resources.filter(({ type }) => isOfInterest(type)).sort((a, b) => (a.urn < b.urn ? -1 : 1));
    const faults = new Map<PolicyName, Verdict>();
    for (const resource of ofInterest) {
      try {
        stack.add(resource.urn, resource.parent?.urn, partsOf(this.completeResource(resource)));
      } catch (error) {
        faults.set("architecture-suspected", faultOf(error, `reading a resource of type ${resource.type}`));
      }
    }
    return new Map([...faults, ...this.judgeAll((rule) => rule.judge(stack))]);
  }

  private completeResource(resource: PolicyResource): Resource {
    const outputs = rawProperties(resource.props);
    const inputs = this.registered.get(resource.urn);
    const dependencies = Object.entries(resource.propertyDependencies).map(([key, made]) => [key, urnsOf(made)] as const);
    return {
      urn: resource.urn,
      type: resource.type,
      name: resource.name,
      ancestors: this.ancestorsOf(resource.urn),
      scope: scopeOf(resource.provider, inputs ?? outputs),
      inputs,
      outputs,
      propertyDependencies: Object.fromEntries(dependencies),
      ignoreChanges: resource.opts.ignoreChanges,
      unseen: inputs === undefined && this.registered.size > 0,
    };
  }

  private judgeAll(judge: (rule: Rule) => Judgement | undefined): Map<PolicyName, Verdict> {
    const verdicts = new Map<PolicyName, Verdict>();
    for (const rule of this.rules) {
      try {
        const judgement = judge(rule);
        if (judgement !== undefined) {
          verdicts.set(rule.name, judgement);
        }
      } catch (error) {
        verdicts.set(rule.name, faultOf(error, `judging ${rule.name}`));
      }
    }
    return verdicts;
  }

  /** The resources that one lies in, the nearest first. A circle or an endless line of parents is cut. */
  private ancestorsOf(urn: string): string[] {
    const ancestors: string[] = [];
    for (let at = this.parents.get(urn); at !== undefined && ancestors.length < 20 && !ancestors.includes(at); at = this.parents.get(at)) {
      ancestors.push(at);
    }
    return ancestors;
  }
}

/**
 * Reports a fault of the pack, once, as advice, whatever level the policy has. The SDK's declared type takes a text only;
 * 1.21 also takes an object that carries its own level (its server.js, makeReportViolationFun; a test holds it).
 */
function reportFault(session: Session, report: ReportViolation, { fault }: Fault): void {
  if (!session.isNews(fault)) {
    return;
  }
  const message = `cpu-architecture could not finish: ${fault}. This is a fault of the policy pack; other findings are not affected.`;
  (report as unknown as (violation: object) => void)({ message, enforcementLevel: "advisory" });
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

function reportNews(session: Session, findings: readonly Finding[], report: ReportViolation): void {
  for (const finding of bySubject(findings)) {
    if (session.isNews(keyOf(finding))) {
      report(textOf(finding), finding.subject.urn);
    }
  }
}

function metadataOf(rule: RuleMetadata, schema?: Readonly<Record<string, Record<string, unknown>>>): Omit<Policy, "validateResource" | "validateStack"> {
  return {
    name: rule.name,
    displayName: rule.displayName,
    description: rule.description,
    enforcementLevel: rule.level,
    severity: rule.severity,
    tags: [...rule.tags],
    remediationSteps: rule.remediation,
    ...(schema === undefined ? {} : { configSchema: { properties: schema } }),
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
      const verdict = session.stack(rule.name, args).get(rule.name);
      if (isFault(verdict)) {
        reportFault(session, report, verdict);
      } else if (verdict !== undefined) {
        reportNews(session, verdict.findings.filter(isSure), report);
      }
    }),
  };
}

function settingsPolicy(session: Session, rule: RuleMetadata, schema: Readonly<Record<string, Record<string, unknown>>>): Policy {
  let isConfigured = false;
  const configure = (config: object): ReadSettings => {
    const settings = readSettings(config as Readonly<Record<string, unknown>>);
    if (!isConfigured) {
      session.configure(settings);
      isConfigured = true;
    }
    return settings;
  };
  return {
    ...metadataOf(rule, schema),
    validateResource: guarded(session, rule.name, (args: ResourceValidationArgs) => {
      if (!isConfigured) {
        configure(args.getConfig<object>());
      }
    }),
    validateStack: guarded(session, rule.name, (args: StackValidationArgs, report) => {
      for (const { option, problem } of configure(args.getConfig<object>()).errors) {
        const subject = { urn: "", kind: "options", name: rule.name };
        report(textOf({ kind: "configuration-error", policy: rule.name, subject, certainty: "certain", because: "", option, problem }));
      }
    }),
  };
}

function suspectedPolicy(session: Session, rule: RuleMetadata): StackValidationPolicy {
  return {
    ...metadataOf(rule),
    validateStack: guarded(session, rule.name, (args: StackValidationArgs, report) => {
      const verdicts = session.stack(rule.name, args);
      const own = verdicts.get(rule.name);
      if (isFault(own)) {
        reportFault(session, report, own);
      }
      reportNews(session, findingsIn(verdicts.values()).filter((finding) => !isSure(finding)), report);
    }),
  };
}

function undeterminedPolicy(session: Session, rule: RuleMetadata, schema: Readonly<Record<string, Record<string, unknown>>>): StackValidationPolicy {
  return {
    ...metadataOf(rule, schema),
    validateStack: guarded(session, rule.name, (args: StackValidationArgs, report) => {
      const entries = bySubject(undeterminedIn(session.stack(rule.name, args).values()));
      const listing = readListing(args.getConfig<Readonly<Record<string, unknown>>>());
      if (listing === "off" || entries.length === 0) {
        return;
      }
      if (listing === "summary") {
        report(undeterminedSummary(entries));
        return;
      }
      for (const [urn, group] of groupBy(entries, ({ subject }) => subject.urn)) {
        report(undeterminedText(group), urn);
      }
    }),
  };
}

export interface PackRules {
  readonly settings: { readonly rule: RuleMetadata; readonly schema: Readonly<Record<string, Record<string, unknown>>> };
  readonly judging: readonly Rule[];
  readonly suspected: RuleMetadata;
  readonly undetermined: { readonly rule: RuleMetadata; readonly schema: Readonly<Record<string, Record<string, unknown>>> };
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
