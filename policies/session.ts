/**
 * What is known in this process, for all policies together: the options, the resources registered so far, and what
 * was said already. A stack is read and judged once, however many policies ask.
 */

import { isDryRun } from "@pulumi/pulumi/runtime";
import type { PolicyResource, ResourceValidationArgs, StackValidationArgs } from "@pulumi/policy";
import { namesResource, type Cover, type Exemption } from "./options/exemptions";
import type { Options } from "./options/read";
import { readSettings, type Settings } from "./options/settings";
import { isOfInterest, partsOf } from "./read";
import { isUnknown } from "./read/raw";
import type { Properties, Resource } from "./read/resource";
import { exemptionFindings, judgeDeclarations, optionErrors } from "./rules/cpu-architecture-settings";
import { mergeJudgements, NOTHING, type Rule } from "./rules/rule";
import type { Finding, Judgement, PolicyName, Undetermined } from "./stack/finding";
import { scopeIn } from "./stack/scope";
import { Stack } from "./stack/stack";

/** A fault of the pack: where it happened, never what was being read. */
export interface Fault {
  readonly fault: string;
}

export type Verdict = Judgement | Fault;

/** File and line of an error. Its stack begins with its message, which may look like anything, also like a place. */
function placeOf(error: Error): string | undefined {
  const stack: unknown = error.stack;
  const frames = typeof stack === "string" ? stack.replace(error.message, "").split("\n") : [];
  const frame = frames.find((line) => /^\s+at /.test(line)) ?? "";
  return /([^\\/\s(]+:\d+):\d+\)?$/.exec(frame)?.[1];
}

/** Name and place of an error. Its message may quote the value that was read, a secret perhaps, so it is left out. */
export function faultOf(error: unknown, doing: string): Fault {
  const name = error instanceof Error ? error.constructor.name : typeof error;
  const place = error instanceof Error ? placeOf(error) : undefined;
  return { fault: `${name} while ${doing}${place === undefined ? "" : ` (${place})`}` };
}

/** A raw value behind the SDK's proxy, which throws when an unknown value is read through it. */
function rawProperty(props: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(props, key)?.value as unknown;
}

function rawProperties(props: object): Properties {
  const raw: Record<string, unknown> = {};
  for (const key of Object.keys(props)) {
    raw[key] = rawProperty(props, key);
  }
  return raw;
}

interface Provider {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly props: object;
}

function knownText(raw: unknown): string | undefined {
  return typeof raw === "string" && !isUnknown(raw) ? raw : undefined;
}

/**
 * Provider and region: what makes names comparable. The engine has one default provider for each version of a package
 * (`default_7_48_0`), so a component brings its own; all of them are configured alike. A resource's own region goes
 * before its provider's.
 */
function scopeOf(provider: Provider | undefined, props: Properties): string {
  if (provider === undefined) {
    return scopeIn("", knownText(props["region"]) ?? "");
  }
  const isDefault = /^default(_[\w.-]*)?$/.test(provider.name);
  const region = knownText(props["region"]) ?? knownText(rawProperty(provider.props, "region")) ?? "";
  return scopeIn(isDefault ? `${provider.type} default` : provider.urn, region);
}

/** Sorted: the engine's lists come from sets, in another order each time. */
function urnsOf(resources: readonly PolicyResource[]): string[] {
  return resources.map(({ urn }) => urn).sort();
}

/** `2026-11-21`, by UTC. */
function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** Everything that is known in this process, for all policies together. */
export class Session {
  private settings: Settings = readSettings({}, today());
  /** The inputs of each resource, from its registration to the analysis of the stack. */
  private readonly registered = new Map<string, Properties>();
  private readonly parents = new Map<string, string>();
  private registering: Stack | undefined;
  private readonly said = new Set<string>();
  /** The policies that have had their turn at the resource or stack at hand: a second turn means another one. */
  private turn: { urn: string | undefined; taken: Set<PolicyName> } | undefined;
  private verdicts = new Map<PolicyName, Verdict>();
  /** The stack that was analyzed last, with the names of all of its resources. */
  private complete: { readonly stack: Stack; readonly resources: readonly PolicyResource[] } | undefined;
  private isConfigured = false;
  private readonly usedExemptions = new Set<Exemption>();

  constructor(private readonly rules: readonly Rule[]) {}

  /** Takes the options of `cpu-architecture-settings`, the first time that they are told. */
  configure(options: () => Options): void {
    if (!this.isConfigured) {
      this.isConfigured = true;
      this.settings = readSettings(options(), today());
      this.registering = undefined;
    }
  }

  /** The exemption that covers a finding, and whether its time is over. */
  exemptionOf(finding: Finding): Cover | undefined {
    const cover = this.settings.exemptions.of(finding);
    if (cover !== undefined && !cover.isOver) {
      this.usedExemptions.add(cover.exemption);
    }
    return cover;
  }

  /** The exemption that covers what could not be determined, as long as it holds. */
  exemptionOfUndetermined(entry: Undetermined): Exemption | undefined {
    const cover = this.settings.exemptions.ofUndetermined(entry);
    if (cover === undefined || cover.isOver) {
      return undefined;
    }
    this.usedExemptions.add(cover.exemption);
    return cover.exemption;
  }

  /** What is wrong with the options of `cpu-architecture-settings`, as far as the options or the whole stack tell. */
  settingsVerdict(): Verdict {
    const { errors, exemptions, tellsUnused } = this.settings;
    try {
      const declared = this.complete === undefined || this.complete.stack.isEmpty ? NOTHING : judgeDeclarations(this.complete.stack, tellsUnused);
      const over = exemptions.all.filter((each) => exemptions.isOver(each));
      const unused = tellsUnused ? exemptions.all.filter((each) => !exemptions.isOver(each) && this.isUnused(each)) : [];
      return mergeJudgements([optionErrors("cpu-architecture-settings", errors), declared, exemptionFindings(over, unused, (each) => this.namesSome(each))]);
    } catch (error) {
      return faultOf(error, "judging cpu-architecture-settings");
    }
  }

  private namesSome(exemption: Exemption): boolean {
    return this.complete?.resources.some((resource) => namesResource(exemption, resource)) === true;
  }

  /** True if it covers nothing, and nothing that it may cover later is still open. */
  private isUnused(exemption: Exemption): boolean {
    const { findings, undetermined } = mergeJudgements([...this.verdicts.values()].filter((verdict): verdict is Judgement => !("fault" in verdict)));
    for (const finding of findings) {
      this.exemptionOf(finding);
    }
    for (const entry of undetermined) {
      this.exemptionOfUndetermined(entry);
    }
    const isOfAll = exemption.policy === undefined || exemption.policy === "architecture-suspected" || exemption.policy === "container-image-platform-explicit";
    const isOpen = undetermined.some(({ policy }) => isOfAll || exemption.policy === policy);
    return !this.usedExemptions.has(exemption) && !(isOpen && this.namesSome(exemption));
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
    // Nothing is registered any more: what was known while it was is not needed, and in a large stack it is much.
    this.registering = undefined;
    const stack = new Stack("complete", this.settings.declarations);
    this.complete = { stack, resources };
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

