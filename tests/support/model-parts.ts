/** Parts of a stack as the readers make them, each with nothing stated but what a test is about. */

import { readDeclarations } from "../../policies/options/declared";
import { OptionsReader } from "../../policies/options/read";
import type { Declarations } from "../../policies/stack/declarations";
import { ABSENT, known, unknown, type Fact } from "../../policies/stack/fact";
import type { Ami, CapacityProvider, Cluster, ClusterCapacity, InstanceRequirements, Launch, Launcher, LaunchTemplate, Parameter, Part, Reference, StrategyItem, Subject, TaskLauncher, TemplateUse } from "../../policies/stack/model";
import { NOTHING_OUTSIDE, type Outside } from "../../policies/stack/outside";
import { Stack, type Phase } from "../../policies/stack/stack";

export const HERE = "default us-east-1";
/** As if all options of `cpu-architecture-settings` were left out. */
export const NOTHING_DECLARED: Declarations = readDeclarations(new OptionsReader({}));
export const LATER = unknown("it is computed during the update");

export function subjectOf(kind: string, name: string): Subject {
  return { urn: urnOf(name), kind, name };
}

export function urnOf(name: string): string {
  return `urn:${name}`;
}

/** A value as it is written. */
export function named(value: string): Reference {
  return { value: known(value), from: undefined };
}

/** A value that is not known yet, made from resources of these names. */
export function madeFrom(...names: readonly string[]): Reference {
  return { value: LATER, from: names.map(urnOf) };
}

export const NOTHING_NAMED: Reference = { value: ABSENT, from: undefined };

export function ami(name: string, parts: Partial<Ami> = {}): Ami {
  return { is: "ami", subject: subjectOf("AMI", name), scope: HERE, id: LATER, name: LATER, architecture: ABSENT, ...parts };
}

export function parameter(name: string, held: Reference, parts: Partial<Parameter> = {}): Parameter {
  return { is: "parameter", subject: subjectOf("SSM parameter", `parameter ${name}`), scope: HERE, name: known(name), held, ...parts };
}

export function limited(limits: Partial<InstanceRequirements>): Fact<InstanceRequirements> & { readonly state: "known" } {
  return known({ cpuManufacturers: ABSENT, allowedInstanceTypes: ABSENT, excludedInstanceTypes: ABSENT, ...limits });
}

export function template(name: string, parts: Partial<LaunchTemplate> = {}): LaunchTemplate {
  return {
    is: "launch template",
    subject: subjectOf("launch template", name),
    scope: HERE,
    id: LATER,
    name: known(name),
    imageId: NOTHING_NAMED,
    instanceType: ABSENT,
    requirements: ABSENT,
    userData: ABSENT,
    userDataFrom: undefined,
    latestVersion: LATER,
    defaultVersion: LATER,
    updateDefaultVersion: ABSENT,
    ...parts,
  };
}

/** The newest version of a template, unless something else is said. */
export function useOf(id: Reference, parts: Partial<TemplateUse> = {}): TemplateUse {
  return { id, name: NOTHING_NAMED, version: known("$Latest"), ...parts };
}

export function launch(parts: Partial<Launch>): Launch {
  return { template: undefined, imageId: undefined, instanceType: ABSENT, requirements: ABSENT, at: "", imageProperty: "imageId", ...parts };
}

/** What starts instances; `launches` may be one launch. */
export function launcher(name: string, launches: Launch | Fact<readonly Launch[]>, parts: Partial<Launcher> = {}): Launcher {
  return {
    is: "launcher",
    subject: subjectOf("Auto Scaling group", name),
    scope: HERE,
    id: LATER,
    arn: LATER,
    name: known(name),
    launches: "state" in launches ? launches : known([launches]),
    launchConfiguration: undefined,
    maxSize: known(3),
    userData: ABSENT,
    userDataFrom: undefined,
    ...parts,
  };
}

export function provider(name: string, parts: Partial<CapacityProvider> = {}): CapacityProvider {
  return { is: "capacity provider", subject: subjectOf("capacity provider", name), scope: HERE, arn: LATER, name: known(name), group: undefined, managed: ABSENT, ...parts };
}

export function cluster(name: string, parts: Partial<Cluster> = {}): Cluster {
  return { is: "cluster", subject: subjectOf("cluster", name), scope: HERE, arn: LATER, name: known(name), ...parts };
}

/** The capacity providers of a cluster. */
export function capacity(of: Reference, parts: Partial<ClusterCapacity> = {}): ClusterCapacity {
  return {
    is: "cluster capacity",
    subject: subjectOf("capacity providers", "providers"),
    scope: HERE,
    cluster: of,
    providers: ABSENT,
    providersFrom: undefined,
    defaultStrategy: ABSENT,
    defaultStrategyFrom: undefined,
    ...parts,
  };
}

export function item(name: string | Fact<string>, parts: Partial<StrategyItem> = {}): StrategyItem {
  return { provider: typeof name === "string" ? known(name) : name, weight: known(1), base: ABSENT, ...parts };
}

/** A service on cluster `cluster` that wants two tasks. */
export function service(parts: Partial<TaskLauncher> = {}): TaskLauncher {
  return {
    is: "task launcher",
    subject: subjectOf("service", "service"),
    scope: HERE,
    taskDefinition: named("app"),
    cluster: named("cluster"),
    launchType: ABSENT,
    strategy: ABSENT,
    strategyFrom: undefined,
    placementConstraints: known([]),
    schedulingStrategy: known("REPLICA"),
    desiredCount: known(2),
    deploymentController: ABSENT,
    ...parts,
  };
}

export interface About {
  readonly declared?: Partial<Declarations>;
  readonly outside?: Partial<Outside>;
  readonly phase?: Phase;
}

export function stackOf(parts: readonly Part[], { declared, outside, phase = "complete" }: About = {}): Stack {
  const stack = new Stack(phase, { ...NOTHING_DECLARED, ...declared }, { ...NOTHING_OUTSIDE, ...outside });
  for (const part of parts) {
    stack.add(part.subject.urn, undefined, [part]);
  }
  return stack;
}
