/**
 * What is known in this process, for all policies together: besides what is judged, the resources registered so far. A
 * stack is read and judged once, however many policies ask. Only here the SDK's resources become plain ones.
 */

import { isDryRun } from "@pulumi/pulumi/runtime";
import type { PolicyResource, ResourceValidationArgs, StackValidationArgs } from "@pulumi/policy";
import { Judging, type Verdict } from "./judging";
import { isOfInterest } from "./read";
import { Parents, scopeOf, type ProviderAt } from "./read/place";
import { readAwsAccess } from "./read/provider";
import type { Properties, Resource } from "./read/resource";
import type { PolicyName } from "./stack/finding";

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

function providerAt(provider: ResourceValidationArgs["provider"]): ProviderAt | undefined {
  return provider && { urn: provider.urn, type: provider.type, name: provider.name, region: rawProperty(provider.props, "region") };
}

/** Sorted: the engine's lists come from sets, in another order each time. */
function urnsOf(resources: readonly PolicyResource[]): string[] {
  return resources.map(({ urn }) => urn).sort();
}

/** Everything that is known in this process, for all policies together. */
export class Session extends Judging {
  /** The inputs of each resource, from its registration to the analysis of the stack. */
  private readonly registered = new Map<string, Properties>();
  private readonly parents = new Parents();
  /** The policies that have had their turn at the resource or stack at hand: a second turn means another one. */
  private turn: { urn: string | undefined; taken: Set<PolicyName> } | undefined;

  /** The same as `resource`, with what was looked up. */
  async resourceLookedUp(policy: PolicyName, args: ResourceValidationArgs): Promise<Verdict | undefined> {
    if (this.isNewTurn(policy, args.urn)) {
      this.forget();
      await this.lookingUp(() => this.judgeRegistration(args));
    }
    return this.latest.get(policy);
  }

  /** The same as `stack`, with what was looked up. */
  async stackLookedUp(policy: PolicyName, args: StackValidationArgs): Promise<ReadonlyMap<PolicyName, Verdict>> {
    if (this.isNewTurn(policy, undefined)) {
      this.forget();
      await this.lookingUp(() => this.judgeStack(args));
    }
    return this.latest;
  }

  /** Judges a resource, the first time a policy asks about it, and returns the verdict of that policy. */
  resource(policy: PolicyName, args: ResourceValidationArgs): Verdict | undefined {
    if (this.isNewTurn(policy, args.urn)) {
      this.forget();
      this.judgeRegistration(args);
    }
    return this.latest.get(policy);
  }

  /** Judges the stack, the first time a policy asks, and returns the verdicts of all rules. */
  stack(policy: PolicyName, args: StackValidationArgs): ReadonlyMap<PolicyName, Verdict> {
    if (this.isNewTurn(policy, undefined)) {
      this.forget();
      this.judgeStack(args);
    }
    return this.latest;
  }

  private judgeStack(args: StackValidationArgs): void {
    for (const { urn, parent } of args.resources) {
      this.parents.add(urn, parent?.urn);
    }
    this.judgeComplete(args.resources, (resource) => this.completeResource(resource));
  }

  /** The scope of a resource; with look-ups on, how its provider reaches AWS is kept for what lies in it. */
  private scopeOf(provider: ResourceValidationArgs["provider"], properties: Properties): string {
    const scope = scopeOf(providerAt(provider), properties);
    if (this.looksUp && provider !== undefined && /^pulumi:providers:aws(-native)?$/.test(provider.type)) {
      this.noteAccess(scope, () => readAwsAccess(rawProperties(provider.props)));
    }
    return scope;
  }

  private isNewTurn(policy: PolicyName, urn: string | undefined): boolean {
    const isSame = this.turn?.urn === urn && this.turn?.taken.has(policy) === false;
    if (!isSame || this.turn === undefined) {
      this.turn = { urn, taken: new Set() };
    }
    this.turn.taken.add(policy);
    return !isSame;
  }

  private judgeRegistration(args: ResourceValidationArgs): void {
    this.parents.add(args.urn, args.opts.parent);
    if (!isOfInterest(args.type)) {
      return;
    }
    const inputs = rawProperties(args.props);
    this.registered.set(args.urn, inputs);
    // At a preview the analysis of the stack follows, and knows more.
    if (isDryRun()) {
      return;
    }
    const resource: Resource = {
      urn: args.urn,
      type: args.type,
      name: args.name,
      ancestors: this.parents.above(args.urn),
      scope: this.scopeOf(args.provider, inputs),
      inputs,
      outputs: undefined,
      propertyDependencies: undefined,
      ignoreChanges: args.opts.ignoreChanges,
      unseen: false,
    };
    this.judgeRegistered(resource, args.opts.parent);
  }

  private completeResource(resource: PolicyResource): Resource {
    const outputs = rawProperties(resource.props);
    const inputs = this.registered.get(resource.urn);
    const dependencies = Object.entries(resource.propertyDependencies).map(([key, made]) => [key, urnsOf(made)] as const);
    return {
      urn: resource.urn,
      type: resource.type,
      name: resource.name,
      ancestors: this.parents.above(resource.urn),
      scope: this.scopeOf(resource.provider, inputs ?? outputs),
      inputs,
      outputs,
      propertyDependencies: Object.fromEntries(dependencies),
      ignoreChanges: resource.opts.ignoreChanges,
      unseen: inputs === undefined && this.registered.size > 0,
    };
  }
}
