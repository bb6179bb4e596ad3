/** Runs the pack's real policies in this process, on what the engine would send, through the SDK's own proxy. */

import * as sdk from "@pulumi/policy";
import type { PolicyResource, ReportViolation, ResourceValidationArgs, StackValidationArgs } from "@pulumi/policy";
import { runtime } from "@pulumi/pulumi";
import { policiesOf, type PackRules, type Policy } from "../../policies/adapter";
import { RULES } from "../../policies/catalogue";
import type { RecordedResource, Recording } from "./protocol";

export interface Violation {
  readonly phase: "resource" | "stack";
  readonly policy: string;
  readonly level: string;
  /** Of the resource that it is shown at; empty for the stack. */
  readonly urn: string;
  readonly message: string;
}

export interface RunOptions {
  /** Options by policy name, with an `enforcementLevel` of their own if wanted. */
  readonly config?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly rules?: PackRules;
  /** Goes on after a denial at a resource, where the engine would end the update. */
  readonly goesOn?: boolean;
  /** Properties of a resource in place of the recorded ones: such as no recording can hold. */
  readonly properties?: (resource: RecordedResource) => object | undefined;
  /** Policies that the user has disabled. */
  readonly disabled?: readonly string[];
}

const LISTING_ALL = { "architecture-undetermined": { listing: "all" } } as const;

/** The options under which everything that could not be determined is listed. */
export function listingAll(config: RunOptions["config"] = {}): RunOptions {
  return { config: { ...LISTING_ALL, ...config } };
}

/** What the SDK wraps properties in. It is exported, but left out of the type declarations. */
export const { unknownCheckingProxy } = sdk as unknown as { unknownCheckingProxy: (properties: object) => object };

function wrapped(properties: RecordedResource["properties"]): Record<string, unknown> {
  return unknownCheckingProxy(structuredClone(properties ?? {})) as Record<string, unknown>;
}

type Options = ResourceValidationArgs["opts"];

function optionsOf({ parent, options }: RecordedResource): Options {
  return {
    protect: options?.protect ?? false,
    ignoreChanges: [...(options?.ignoreChanges ?? [])],
    aliases: [],
    additionalSecretOutputs: [],
    customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
    ...(parent === undefined ? {} : { parent }),
  };
}

function providerOf({ provider }: RecordedResource): object {
  return provider === undefined ? {} : { provider: { type: provider.type, urn: provider.urn, name: provider.name, props: wrapped(provider.properties) } };
}

const noConfig: StackValidationArgs["getConfig"] = () => ({}) as never;

function never(): never {
  throw new Error("no policy of the pack says that it is not applicable");
}

export function resourceArgs(resource: RecordedResource, properties: RunOptions["properties"]): ResourceValidationArgs {
  return {
    type: resource.type,
    name: resource.name,
    urn: resource.urn ?? "",
    props: properties?.(resource) ?? wrapped(resource.properties),
    opts: optionsOf(resource),
    stackTags: new Map(),
    isType: () => false,
    asType: () => undefined,
    getConfig: noConfig,
    notApplicable: never,
    ...providerOf(resource),
  };
}

/** As the SDK does: resources that are not in the stack fall out of the lists, the keys stay. */
export function policyResources(resources: readonly RecordedResource[], properties: RunOptions["properties"]): PolicyResource[] {
  const made = resources.map((resource) => ({
    type: resource.type,
    name: resource.name,
    urn: resource.urn ?? "",
    props: properties?.(resource) ?? wrapped(resource.properties),
    opts: optionsOf(resource),
    isType: () => false,
    asType: () => undefined,
    dependencies: [] as PolicyResource[],
    propertyDependencies: {},
    ...providerOf(resource),
  })) as PolicyResource[];
  const byUrn = new Map(made.map((resource) => [resource.urn, resource]));
  const found = (urns: readonly string[]): PolicyResource[] => urns.flatMap((urn) => byUrn.get(urn) ?? []);
  for (const [index, resource] of resources.entries()) {
    const target = made[index] as { parent?: PolicyResource; dependencies: PolicyResource[]; propertyDependencies: Record<string, PolicyResource[]> };
    const parent = resource.parent === undefined ? undefined : byUrn.get(resource.parent);
    if (parent !== undefined) {
      target.parent = parent;
    }
    target.dependencies = found(resource.dependencies ?? []);
    target.propertyDependencies = Object.fromEntries(Object.entries(resource.propertyDependencies ?? {}).map(([key, urns]) => [key, found(urns)]));
  }
  return made;
}

/** The SDK's `reportViolation`, with the form that takes an object and carries a level of its own. */
function reporter(policy: Policy, options: RunOptions, phase: Violation["phase"], resourceUrn: string, said: Violation[]): ReportViolation {
  const level = options.config?.[policy.name]?.["enforcementLevel"] ?? policy.enforcementLevel;
  return (given: unknown, urn?: string) => {
    const own = typeof given === "object" && given !== null ? (given as { message?: string; enforcementLevel?: string; urn?: string }) : undefined;
    said.push({
      phase,
      policy: policy.name,
      level: own?.enforcementLevel ?? (typeof level === "string" ? level : "advisory"),
      urn: own?.urn ?? urn ?? resourceUrn,
      message: own?.message ?? String(given),
    });
  };
}

function isDenial({ level }: Violation): boolean {
  return level === "mandatory";
}

/**
 * Plays one operation to fresh policies. Callbacks run in the SDK's order: all policies for each resource, then for the
 * stack. Properties are decoded once for all policies, not for each of them as the SDK does: no policy changes them.
 * Yields what each callback returns.
 */
function* play(recording: Recording, options: RunOptions): Generator<unknown, Violation[], undefined> {
  const isPreview = recording.stack?.dryRun === true;
  void runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, "app", "test", isPreview);
  const policies = policiesOf(options.rules ?? RULES).filter(({ name }) => options.disabled?.includes(name) !== true) as Policy[];
  const getConfig = (policy: Policy): typeof noConfig => () => {
    const { enforcementLevel: _, ...config } = structuredClone(options.config?.[policy.name] ?? {});
    return config as never;
  };
  const said: Violation[] = [];
  for (const resource of recording.analyze) {
    const args = resourceArgs(resource, options.properties);
    for (const policy of policies) {
      const validate = policy.validateResource as ((args: ResourceValidationArgs, report: ReportViolation) => unknown) | undefined;
      yield validate?.({ ...args, getConfig: getConfig(policy) }, reporter(policy, options, "resource", resource.urn ?? "", said));
    }
    if (!isPreview && options.goesOn !== true && said.some(isDenial)) {
      return said;
    }
  }
  if (recording.analyzeStack !== undefined) {
    const resources = policyResources(recording.analyzeStack, options.properties);
    for (const policy of policies) {
      const args: StackValidationArgs = { resources, getConfig: getConfig(policy), stackTags: new Map(), notApplicable: never };
      yield policy.validateStack(args, reporter(policy, options, "stack", "", said));
    }
  }
  return said;
}

/** Plays one operation to fresh policies that wait for nothing. */
export function run(recording: Recording, options: RunOptions = {}): Violation[] {
  const callbacks = play(recording, options);
  for (;;) {
    const { done, value } = callbacks.next();
    if (done === true) {
      return value;
    }
    if (value !== undefined) {
      throw new Error("a policy waits for something");
    }
  }
}

/** Plays one operation to fresh policies, and waits for each as the SDK does. */
export async function runAwaiting(recording: Recording, options: RunOptions = {}): Promise<Violation[]> {
  const callbacks = play(recording, options);
  for (;;) {
    const { done, value } = callbacks.next();
    if (done === true) {
      return value;
    }
    await value;
  }
}

/** The denials, as `policy @ resource name`. */
export function denials(said: readonly Violation[]): string[] {
  return said.filter(isDenial).map(({ policy, urn }) => `${policy} @ ${urn.split("::").slice(3).join("::")}`);
}

/** What one policy said. */
export function saidBy(said: readonly Violation[], policy: string): Violation[] {
  return said.filter((violation) => violation.policy === policy);
}

/** What came of it for one policy. `inferred`: a denial that says what it inferred. */
export type Outcome = "denied" | "inferred" | "suspected" | "silent";

export function outcome(said: readonly Violation[], policy: string): Outcome {
  const denied = saidBy(said, policy).filter(isDenial);
  if (denied.length > 0) {
    return denied.every(({ message }) => message.includes("\nInferred: ")) ? "inferred" : "denied";
  }
  return saidBy(said, "architecture-suspected").length > 0 ? "suspected" : "silent";
}
