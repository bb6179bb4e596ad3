/**
 * On which instances the tasks of a service can land: from its strategy, launch type or cluster, through capacity
 * providers, Auto Scaling groups and launch templates, to machines with an architecture.
 * Sources: Amazon ECS API (CreateService: base and weight), developer guide (capacity providers, task-placement-constraints,
 * bootstrap_container_instance).
 */

import { platformArchitecture, type Ec2Architecture } from "../platform/ec2";
import type { Host, HostArchitecture, HostOs } from "../platform/fit";
import { requirementArchitectures } from "../platform/instance-type";
import { admits, parseConstraint, type Answer } from "../platform/placement";
import { clusterFromUserData } from "../platform/user-data";
import { valueOf, type Fact } from "./fact";
import { startsOf, templateUsed, type Start } from "./launches";
import type {
  CapacityProvider,
  Cluster,
  InstanceRequirements,
  Launcher,
  PlacementConstraint,
  StrategyItem,
  Subject,
  TaskDefinition,
  TaskLauncher,
} from "./model";
import type { Stack } from "./stack";
import { capacityOfCluster, strategyOf } from "./task-launchers";

/** A kind of instance that tasks may land on. */
export interface Machine {
  /** Every architecture that it can have; empty where that is not known. */
  readonly architectures: readonly HostArchitecture[];
  readonly os: HostOs | undefined;
  readonly instanceType: string | undefined;
  /** The resources that lead to it: capacity provider, group, template. */
  readonly chain: readonly Subject[];
  /** Where the architecture comes from, for messages. */
  readonly text: string;
  /** False if it is not known whether tasks are put there at all. */
  readonly isUsed: boolean;
}

export interface Reach {
  readonly machines: readonly Machine[];
  /** Why there may be other instances too; undefined if these are all. */
  readonly openBecause: string | undefined;
}

function open(why: string): Reach {
  return { machines: [], openBecause: why };
}

function hostArchitectures(architectures: readonly Ec2Architecture[]): HostArchitecture[] {
  const hosts = architectures.map(platformArchitecture).flatMap((word): HostArchitecture[] => (word === "amd64" || word === "arm64" ? [word] : []));
  return [...new Set(hosts)];
}

/** What one way of starting instances gives: the AMI decides, for an instance boots nothing else; else the type. */
function machineOf(start: Start, chain: readonly Subject[]): Machine {
  const ami = valueOf(start.ami.fact);
  const types = valueOf(start.types.fact);
  const contradicts = ami !== undefined && types !== undefined && !types.includes(ami.architecture);
  const fromAmi = ami?.certain === true && !contradicts ? hostArchitectures([ami.architecture]) : [];
  const fromTypes = contradicts ? [] : hostArchitectures(types ?? []);
  const stated = [start.types.source.text, ami === undefined ? "" : ami.source.text].filter((text) => text !== "" && text !== "imageId" && text !== "ami");
  return {
    architectures: fromAmi.length > 0 ? fromAmi : fromTypes,
    os: ami?.os,
    instanceType: start.types.type,
    chain: start.template === undefined ? chain : [...chain, start.template.subject],
    text: stated.join(", "),
    isUsed: true,
  };
}

/** The instances that a group, fleet or instance starts. */
export function machinesOf(stack: Stack, launcher: Launcher, through: readonly Subject[]): Reach {
  const maxSize = valueOf(launcher.maxSize);
  if (maxSize === 0) {
    return { machines: [], openBecause: undefined };
  }
  const chain = [...through, launcher.subject];
  if (launcher.launchConfiguration !== undefined) {
    const configuration = stack.resolve("launcher", launcher.launchConfiguration, launcher.scope);
    return configuration === undefined || configuration.launchConfiguration !== undefined
      ? open("a launch configuration is not part of this stack")
      : machinesOf(stack, configuration, chain);
  }
  const starts = startsOf(stack, launcher);
  if (starts.state !== "known" || starts.value.length === 0) {
    return open("it is not known how a group starts its instances");
  }
  const isUsed = launcher.maxSize.state !== "unknown";
  const machines = starts.value.map((start) => ({ ...machineOf(start, chain), isUsed }));
  return { machines, openBecause: undefined };
}

function managedMachine(provider: CapacityProvider, requirements: InstanceRequirements): Reach {
  const facts = [requirements.cpuManufacturers, requirements.allowedInstanceTypes, requirements.excludedInstanceTypes];
  if (facts.some(({ state }) => state === "unknown")) {
    return open("which Managed Instances may be chosen is not known");
  }
  const limits = {
    cpuManufacturers: valueOf(requirements.cpuManufacturers),
    allowedInstanceTypes: valueOf(requirements.allowedInstanceTypes),
    excludedInstanceTypes: valueOf(requirements.excludedInstanceTypes),
  };
  const options = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
  const possible = hostArchitectures(requirementArchitectures(options) ?? []);
  if (possible.length === 0) {
    return open("which Managed Instances may be chosen is not known");
  }
  const text = Object.entries(options).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return {
    machines: [{ architectures: possible, os: "linux", instanceType: undefined, chain: [provider.subject], text: text.join(", "), isUsed: true }],
    openBecause: undefined,
  };
}

function machinesOfProvider(stack: Stack, provider: CapacityProvider): Reach {
  if (provider.managed.state !== "absent") {
    return provider.managed.state === "known" ? managedMachine(provider, provider.managed.value) : open("which Managed Instances may be chosen is not known");
  }
  const group = provider.group === undefined ? undefined : stack.resolve("launcher", provider.group, provider.scope);
  return group === undefined ? open(`the group of capacity provider \`${provider.subject.name}\` is not part of this stack`) : machinesOf(stack, group, [provider.subject]);
}

function mergeReach(reaches: readonly Reach[]): Reach {
  return {
    machines: reaches.flatMap(({ machines }) => machines),
    openBecause: reaches.find(({ openBecause }) => openBecause !== undefined)?.openBecause,
  };
}

type Use = "used" | "unused" | "maybe";

/**
 * Which items of a strategy get tasks. A single item gets all; of several, one with neither weight nor base gets
 * none. That a base and weights are all zero is refused by ECS for some calls and not by others.
 */
function usesOf(items: readonly StrategyItem[]): Use[] {
  if (items.length === 1) {
    return ["used"];
  }
  const uses = items.map(({ weight, base }): Use => {
    if ((valueOf(weight) ?? 0) > 0 || (valueOf(base) ?? 0) > 0) {
      return "used";
    }
    return weight.state === "unknown" || base.state === "unknown" ? "maybe" : "unused";
  });
  return uses.includes("used") ? uses : uses.map(() => "maybe");
}

/** The provider that an item names; while its name is not known, the only one that the strategy is made from. */
function providerOf(stack: Stack, item: StrategyItem, from: readonly string[] | undefined, scope: string): CapacityProvider | undefined {
  return stack.resolve("capacity provider", { value: item.provider, from }, scope);
}

function reachOfStrategy(stack: Stack, items: readonly StrategyItem[], from: readonly string[] | undefined, scope: string): Reach {
  const uses = usesOf(items);
  return mergeReach(
    items.map((item, index): Reach => {
      const use = uses[index];
      if (use === "unused") {
        return { machines: [], openBecause: undefined };
      }
      const provider = providerOf(stack, item, from, scope);
      if (provider === undefined) {
        return open("a capacity provider of the strategy is not part of this stack");
      }
      const { machines, openBecause } = machinesOfProvider(stack, provider);
      return { machines: use === "used" ? machines : machines.map((machine) => ({ ...machine, isUsed: false })), openBecause };
    }),
  );
}

/** What joins clusters by its user data, by the cluster's name. */
function joinsByUserData(stack: Stack): Map<string, Launcher[]> {
  const joins = new Map<string, Launcher[]>();
  for (const launcher of stack.all("launcher")) {
    const cluster = clusterJoinedBy(stack, launcher);
    if (cluster !== undefined) {
      const launchers = joins.get(cluster) ?? [];
      launchers.push(launcher);
      joins.set(cluster, launchers);
    }
  }
  return joins;
}

/** The cluster's name; user data may also give its ARN, which ends in the name. */
function clusterNamedIn(userData: Fact<string>): string | undefined {
  const text = valueOf(userData);
  const reading = text === undefined ? undefined : clusterFromUserData(text);
  return reading?.cluster !== undefined && reading.certain ? reading.cluster.slice(reading.cluster.lastIndexOf("/") + 1) : undefined;
}

/** Its own user data, else that of the one template that all its launches use. A launch configuration joins through its group. */
function clusterJoinedBy(stack: Stack, launcher: Launcher): string | undefined {
  if (launcher.launchConfiguration !== undefined) {
    const configuration = stack.resolve("launcher", launcher.launchConfiguration, launcher.scope);
    return configuration === undefined ? undefined : clusterNamedIn(configuration.userData);
  }
  if (launcher.subject.kind === "launch configuration") {
    return undefined;
  }
  if (launcher.userData.state !== "absent") {
    return clusterNamedIn(launcher.userData);
  }
  const uses = (valueOf(launcher.launches) ?? []).map(({ template }) => template);
  const templates = new Set(uses.map((use) => (use === undefined ? undefined : templateUsed(stack, use, launcher.scope))));
  const [template, ...others] = templates;
  return template === undefined || others.length > 0 ? undefined : clusterNamedIn(template.userData);
}

/** The instances of a cluster, as far as the stack tells: those of its capacity providers, and those that join it. */
function reachOfCluster(stack: Stack, cluster: Cluster): Reach {
  const capacity = capacityOfCluster(stack, cluster);
  const names = valueOf(capacity?.providers ?? { state: "absent" });
  const named = (names ?? []).map((name) => stack.resolve("capacity provider", { value: { state: "known", value: name }, from: undefined }, cluster.scope));
  const madeFrom = names === undefined ? (capacity?.providersFrom ?? []).flatMap((urn) => stack.at(urn, "capacity provider")) : [];
  const providers = [...new Set([...named, ...madeFrom])].filter((provider) => provider !== undefined);
  // Tasks with a launch type run on Auto Scaling groups' instances, never on Managed Instances.
  const groups = providers.filter(({ managed }) => managed.state === "absent").map((provider) => machinesOfProvider(stack, provider));
  const name = valueOf(cluster.name);
  const joined = name === undefined ? [] : (stack.memo(joinsByUserData).get(name) ?? []).filter(({ scope }) => scope === cluster.scope);
  const known = new Set(groups.flatMap(({ machines }) => machines.flatMap(({ chain }) => chain.map(({ urn }) => urn))));
  const alone = joined.filter(({ subject }) => !known.has(subject.urn)).map((launcher) => machinesOf(stack, launcher, []));
  return { ...mergeReach([...groups, ...alone]), openBecause: "other instances may join the cluster" };
}

/** Every instance that the tasks of a launcher can land on, before placement constraints. */
export function reachOf(stack: Stack, launcher: TaskLauncher): Reach {
  if (valueOf(launcher.deploymentController) === "EXTERNAL") {
    return open("its task sets decide where tasks run");
  }
  const isDaemon = valueOf(launcher.schedulingStrategy) === "DAEMON";
  const launchType = launcher.launchType;
  const { items, from } = strategyOf(stack, launcher);
  if (launchType.state === "absent" && items.state === "known" && items.value.length > 0 && !isDaemon) {
    return reachOfStrategy(stack, items.value, from, launcher.scope);
  }
  const isEc2 = launchType.state === "known" ? launchType.value === "EC2" : launchType.state === "absent" && (isDaemon || items.state === "absent");
  const cluster = stack.resolve("cluster", launcher.cluster, launcher.scope);
  if (!isEc2) {
    return open("the capacity of this launch type is not known");
  }
  return cluster === undefined ? open("its cluster is not part of this stack") : reachOfCluster(stack, cluster);
}

/** What the constraints of a launcher and its task definition say of an instance. */
export function placementOf(task: TaskDefinition, launcher: TaskLauncher, instance: { architecture?: HostArchitecture; os?: HostOs; instanceType?: string }): Answer {
  const answers = [task.placementConstraints, launcher.placementConstraints].flatMap((constraints): Answer[] =>
    constraints.state === "known" ? constraints.value.map((constraint) => answerOf(constraint, instance)) : ["unknown"],
  );
  if (answers.includes("no")) {
    return "no";
  }
  return answers.includes("unknown") ? "unknown" : "yes";
}

function answerOf({ expression }: PlacementConstraint, instance: { architecture?: HostArchitecture; os?: HostOs; instanceType?: string }): Answer {
  const constraint = expression.state === "known" ? parseConstraint(expression.value) : undefined;
  return constraint === undefined ? "unknown" : admits(constraint, instance);
}

/** A machine as one host for each architecture it can have. */
export function hostsOf(machine: Machine): Host[] {
  const os = machine.os === undefined ? {} : { os: machine.os };
  return machine.architectures.map((architecture) => ({ ...os, architecture }));
}
