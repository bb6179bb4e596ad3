/**
 * On which instances the tasks of a service can land: from its strategy, launch type or cluster, through capacity
 * providers, Auto Scaling groups and launch templates, to machines with an architecture.
 * Sources: Amazon ECS API (CreateService: base and weight), developer guide (capacity providers, task-placement-constraints,
 * bootstrap_container_instance).
 */

import { hostArchitecture, type Ec2Architecture } from "../platform/ec2";
import type { HostArchitecture, HostOs } from "../platform/fit";
import { requirementArchitectures } from "../platform/instance-type";
import { admits, parseConstraint, type Answer } from "../platform/placement";
import type * as UserData from "../platform/user-data";
import { ABSENT, known, orElse, valueOf, type Fact } from "./fact";
import { limitsOf, startsOf, textOfLimits, type Start } from "./launches";
import type {
  CapacityProvider,
  Cluster,
  InstanceRequirements,
  LaunchTemplate,
  Launcher,
  PlacementConstraint,
  Reference,
  StrategyItem,
  Subject,
  TaskDefinition,
  TaskLauncher,
} from "./model";
import { shortName } from "./scope";
import type { Stack } from "./stack";
import { capacityOfCluster, FARGATE_PROVIDERS, strategyOf } from "./task-launchers";

/** A kind of instance that tasks may land on. */
export interface Machine {
  /** Every architecture that it can have; empty where that is not known. */
  readonly architectures: readonly HostArchitecture[];
  readonly os: HostOs | undefined;
  readonly instanceType: string | undefined;
  /** `ami-0123456789abcdef0` */
  readonly amiId: string | undefined;
  /** The resources that lead to it: capacity provider, group, template. */
  readonly chain: readonly Subject[];
  /** Where the architecture comes from, for messages. */
  readonly text: string;
  /** Why it is not certain that tasks are put there at all; undefined if it is. */
  readonly doubt: string | undefined;
  /** True for Managed Instances: AWS's own AMI, on which nothing can be installed. */
  readonly isManaged: boolean;
}

export interface Reach {
  readonly machines: readonly Machine[];
  /** Why there may be other instances too; undefined if these are all. */
  readonly openBecause: string | undefined;
  /** True if others are no more than possible; false if the stack says that there are others, elsewhere. */
  readonly isLikelyAll: boolean;
}

function open(why: string): Reach {
  return { machines: [], openBecause: why, isLikelyAll: false };
}

function closed(machines: readonly Machine[]): Reach {
  return { machines, openBecause: undefined, isLikelyAll: true };
}

function hostArchitectures(architectures: readonly Ec2Architecture[]): HostArchitecture[] {
  return [...new Set(architectures.flatMap((architecture) => hostArchitecture(architecture) ?? []))];
}

/**
 * An instance boots nothing but what its AMI is for, so the AMI decides; where it tells nothing for certain, the type does:
 * whatever the AMI turns out to be, no other instance starts.
 */
function architecturesOf(start: Start): HostArchitecture[] {
  const stated = valueOf(start.ami.fact);
  const ami = stated?.certain === true ? stated : undefined;
  const types = valueOf(start.types.fact);
  if (ami !== undefined && types?.includes(ami.architecture) === false) {
    return [];
  }
  const fromTypes = hostArchitectures(types ?? []);
  const fromAmi = ami === undefined ? [] : hostArchitectures([ami.architecture]);
  // A selection that leaves both is no machine that can be both: the AMI decides, and it is not known.
  return fromAmi.length > 0 || fromTypes.length > 1 ? fromAmi : fromTypes;
}

/** There is no Windows for Graviton (AWS Graviton getting started, os.md). */
const OS_OF_ARM: HostOs = "linux";

function machineOf(start: Start, chain: readonly Subject[], doubt: string | undefined): Machine {
  const architectures = architecturesOf(start);
  // Of no start is more than one architecture known.
  const isArm = architectures[0] === "arm64";
  const ami = valueOf(start.ami.fact);
  const sources = [start.types.source, ...(ami === undefined ? [] : [ami.source])].filter(({ text }) => text !== "" && text !== "imageId" && text !== "ami");
  const stated = sources.map(({ text, by }) => (by === undefined ? text : `${text} (looked up: ${by})`));
  return {
    architectures,
    os: start.os ?? (isArm ? OS_OF_ARM : undefined),
    instanceType: start.types.type,
    amiId: start.amiId,
    chain: start.template === undefined ? chain : [...chain, start.template.subject],
    text: stated.join(", "),
    doubt,
    isManaged: false,
  };
}

function isConfiguration({ subject: { kind } }: Launcher): boolean {
  return kind === "launch configuration";
}

/** A group may be called as its launch configuration is: names of the two are apart in AWS. */
function configurationNamed(stack: Stack, reference: Reference, scope: string): Launcher | undefined {
  return stack.resolve("launcher", reference, scope, isConfiguration);
}

/** The instances that a group, fleet or instance starts. */
export function machinesOf(stack: Stack, launcher: Launcher, through: readonly Subject[]): Reach {
  if (valueOf(launcher.maxSize) === 0) {
    return closed([]);
  }
  const chain = [...through, launcher.subject];
  const doubt = launcher.maxSize.state === "unknown" ? "it is not known whether the group has any instances" : undefined;
  let source = launcher;
  if (launcher.launchConfiguration !== undefined) {
    const configuration = configurationNamed(stack, launcher.launchConfiguration, launcher.scope);
    if (configuration === undefined) {
      return open("a launch configuration is not part of this stack");
    }
    source = configuration;
    chain.push(configuration.subject);
  }
  const starts = startsOf(stack, source);
  if (starts.state !== "known" || starts.value.length === 0) {
    return open("it is not known how a group starts its instances");
  }
  return closed(starts.value.map((start) => machineOf(start, chain, doubt)));
}

const MANAGED_UNKNOWN = "which Managed Instances may be chosen is not known";

function managedMachine(provider: CapacityProvider, requirements: InstanceRequirements): Reach {
  const limits = limitsOf(requirements);
  const possible = limits === undefined ? undefined : requirementArchitectures(limits);
  if (limits === undefined || possible === undefined) {
    return open(MANAGED_UNKNOWN);
  }
  return closed([
    {
      architectures: hostArchitectures(possible),
      os: "linux",
      instanceType: undefined,
      amiId: undefined,
      chain: [provider.subject],
      text: textOfLimits(limits),
      doubt: undefined,
      isManaged: true,
    },
  ]);
}

/** Instances of which nothing but the architecture is known, since it is declared: one kind for each architecture. */
function declaredMachines(chain: readonly Subject[], architectures: readonly HostArchitecture[]): Machine[] {
  return architectures.map((architecture) => ({
    architectures: [architecture],
    os: architecture === "arm64" ? OS_OF_ARM : undefined,
    instanceType: undefined,
    amiId: undefined,
    chain,
    text: "declared in cpu-architecture-settings, in the pack's configuration",
    doubt: undefined,
    isManaged: false,
  }));
}

/** A capacity provider outside of the stack, or one that tells nothing, as far as it is declared. */
function declaredProvider(stack: Stack, name: string, subject: Subject): Reach | undefined {
  const declared = stack.declarations.capacityProvider(name);
  return declared === undefined ? undefined : closed(declaredMachines([subject], declared.value));
}

/** True if every instance is known, and the architecture of each. */
export function isWhollyKnown({ machines, openBecause }: Reach): boolean {
  return openBecause === undefined && machines.every(({ architectures }) => architectures.length > 0);
}

/** What the stack knows of a provider's instances; what it does not know may be declared. */
function machinesOfProvider(stack: Stack, provider: CapacityProvider): Reach {
  const found = stack.memo(reachesOfProviders);
  const reach = found.get(provider) ?? findMachinesOfProvider(stack, provider);
  found.set(provider, reach);
  return reach;
}

function reachesOfProviders(): Map<CapacityProvider, Reach> {
  return new Map();
}

function findMachinesOfProvider(stack: Stack, provider: CapacityProvider): Reach {
  const reach = machinesInStack(stack, provider);
  const { subject, name } = provider;
  return isWhollyKnown(reach) ? reach : (declaredProvider(stack, valueOf(name) ?? subject.name, subject) ?? reach);
}

/** What the stack itself tells of a provider's instances, whatever is declared. */
export function machinesInStack(stack: Stack, provider: CapacityProvider): Reach {
  if (provider.managed.state !== "absent") {
    return provider.managed.state === "known" ? managedMachine(provider, provider.managed.value) : open(MANAGED_UNKNOWN);
  }
  const group = provider.group === undefined ? undefined : groupNamed(stack, provider.group, provider.scope);
  return group === undefined ? open(`the group of capacity provider \`${provider.subject.name}\` is not part of this stack`) : machinesOf(stack, group, [provider.subject]);
}

/** A capacity provider takes a group's ARN or its name, and the ARN ends with the name. */
function groupNamed(stack: Stack, reference: Reference, scope: string): Launcher | undefined {
  const isGroup = (each: Launcher): boolean => !isConfiguration(each);
  const exact = stack.resolve("launcher", reference, scope, isGroup);
  const [, groupName] = valueOf(reference.value)?.split(":autoScalingGroupName/") ?? [];
  return exact ?? (groupName === undefined ? undefined : stack.resolve("launcher", { value: known(groupName), from: undefined }, scope, isGroup));
}

function mergeReach(reaches: readonly Reach[]): Reach {
  const [only, ...others] = reaches;
  if (only !== undefined && others.length === 0) {
    return only;
  }
  return {
    machines: reaches.flatMap(({ machines }) => machines),
    openBecause: reaches.find(({ openBecause }) => openBecause !== undefined)?.openBecause,
    isLikelyAll: reaches.every(({ isLikelyAll }) => isLikelyAll),
  };
}

/** What an item of a strategy gets of the tasks; a doubt is the end of the sentence "… is not certain: ". */
type Use = "used" | "unused" | { readonly doubt: string };

const WEIGHT_UNKNOWN = "the weights of the capacity provider strategy are not known";

/** The items whose base may take all the tasks. */
function itemsThatMayCover(items: readonly StrategyItem[], count: Fact<number>): readonly StrategyItem[] {
  return items.filter((item) => {
    const base = orElse(item.base, known(0));
    const isBeyond = base.state === "known" && (base.value === 0 || (count.state === "known" && count.value > base.value));
    return !isBeyond;
  });
}

/**
 * Which items of a strategy get tasks. A single item gets all; of several, one with neither weight nor base gets none,
 * and a base takes as many tasks as it says before weights count.
 * @returns undefined if none is known to get any: all weights are zero, which ECS refuses for some calls only
 */
function usesOf(items: readonly StrategyItem[], count: Fact<number>): readonly Use[] | undefined {
  if (items.length === 1) {
    return ["used"];
  }
  const covering = itemsThatMayCover(items, count);
  const uses = items.map((item): Use => {
    const [weight, base] = [orElse(item.weight, known(0)), orElse(item.base, known(0))];
    if ((valueOf(base) ?? 0) > 0) {
      return "used";
    }
    if ((valueOf(weight) ?? 0) > 0) {
      const isCovered = covering.length > 1 || (covering.length === 1 && covering[0] !== item);
      return isCovered ? { doubt: "the base of another capacity provider may take all tasks" } : "used";
    }
    return weight.state === "unknown" || base.state === "unknown" ? { doubt: WEIGHT_UNKNOWN } : "unused";
  });
  return uses.every((use) => use === "unused") ? undefined : uses;
}

/**
 * The provider that an item names. One with a name that is not known yet is the one that the strategy is made from, unless
 * another item names that already.
 */
function providerOf(stack: Stack, items: readonly StrategyItem[], item: StrategyItem, from: readonly string[] | undefined, scope: string): CapacityProvider | undefined {
  const named = (each: StrategyItem): CapacityProvider | undefined => stack.resolve("capacity provider", { value: each.provider, from: undefined }, scope);
  if (item.provider.state === "known") {
    return named(item);
  }
  if (items.some((each) => each !== item && each.provider.state !== "known")) {
    return undefined;
  }
  const taken = new Set(items.map(named));
  const [provider, ...others] = (from ?? []).flatMap((urn) => stack.at(urn, "capacity provider")).filter((each) => !taken.has(each));
  return others.length === 0 ? provider : undefined;
}

/** A provider that is not part of the stack: declared by its name, or with the whole cluster. */
function reachElsewhere(stack: Stack, launcher: TaskLauncher, { provider }: StrategyItem): Reach {
  const reach = open("a capacity provider of the strategy is not part of this stack");
  const name = valueOf(provider);
  const declared = name === undefined ? undefined : declaredProvider(stack, shortName(name), { urn: `capacity provider ${name}`, kind: "capacity provider", name: shortName(name) });
  return declared ?? withDeclaredCluster(stack, launcher, reach);
}

/** Names of the cluster that a launcher puts its tasks on, as far as they are known. */
function namesOfCluster(stack: Stack, launcher: TaskLauncher): string[] {
  const stated = valueOf(launcher.cluster.value);
  const cluster = stack.resolve("cluster", launcher.cluster, launcher.scope);
  const own = cluster === undefined ? [] : [valueOf(cluster.name) ?? cluster.subject.name, cluster.subject.name];
  return [...(stated === undefined ? [] : [shortName(stated)]), ...own];
}

/** With all instances of the cluster declared, others are none but those: what the stack knows of them, and the rest. */
function withDeclaredCluster(stack: Stack, launcher: TaskLauncher, reach: Reach): Reach {
  const names = namesOfCluster(stack, launcher);
  const declared = names.map((name) => stack.declarations.cluster(name)).find((each) => each !== undefined);
  if (declared === undefined || isWhollyKnown(reach)) {
    return reach;
  }
  const told = reach.machines.filter(({ architectures }) => architectures.length > 0);
  const rest = declared.value.filter((architecture) => !told.some((machine) => machine.doubt === undefined && machine.architectures.includes(architecture)));
  const subject: Subject = { urn: `cluster ${names[0] ?? ""}`, kind: "cluster", name: names[0] ?? "" };
  return closed([...told, ...declaredMachines([subject], rest)]);
}

function reachOfStrategy(stack: Stack, launcher: TaskLauncher, items: readonly StrategyItem[], from: readonly string[] | undefined): Reach {
  const uses = usesOf(items, launcher.desiredCount);
  if (uses === undefined) {
    return open("all weights of the capacity provider strategy are zero");
  }
  return mergeReach(
    items.map((item, index): Reach => {
      const use = uses[index];
      if (use === undefined || use === "unused") {
        return closed([]);
      }
      const provider = providerOf(stack, items, item, from, launcher.scope);
      const reach = provider === undefined ? reachElsewhere(stack, launcher, item) : machinesOfProvider(stack, provider);
      return use === "used" ? reach : { ...reach, machines: reach.machines.map((machine) => ({ ...machine, doubt: machine.doubt ?? use.doubt })) };
    }),
  );
}

/** What joins a cluster by its user data. */
interface Join {
  readonly launcher: Launcher;
  /** Why that is not certain; undefined if it is. */
  readonly doubt: string | undefined;
}

/** By the cluster's name, or by its URN where the user data is only known to be made from it. */
function joinsByUserData(stack: Stack): Map<string, Join[]> {
  const joins = new Map<string, Join[]>();
  for (const launcher of stack.all("launcher")) {
    const joined = clusterJoinedBy(stack, launcher);
    if (joined !== undefined) {
      const others = joins.get(joined.cluster) ?? [];
      others.push({ launcher, doubt: joined.doubt });
      joins.set(joined.cluster, others);
    }
  }
  return joins;
}

interface Joined {
  readonly cluster: string;
  readonly doubt: string | undefined;
}

/** Loaded for the first user data: previews of stacks without any do not pay for it. */
function userDataReader(): typeof UserData {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require("../platform/user-data") as typeof UserData;
}

function clusterNamedIn(stack: Stack, userData: Fact<string>, from: readonly string[] | undefined): Joined | undefined {
  if (userData.state === "unknown") {
    const [cluster, ...others] = (from ?? []).filter((urn) => stack.at(urn, "cluster").length > 0);
    const doubt = "their user data is not known yet, and is made from the cluster";
    return cluster === undefined || others.length > 0 ? undefined : { cluster, doubt };
  }
  const reading = userData.state === "known" ? userDataReader().clusterFromUserData(userData.value) : undefined;
  if (reading?.cluster === undefined) {
    return undefined;
  }
  const name = shortName(reading.cluster);
  return { cluster: name, doubt: reading.certain ? undefined : "their user data may name another cluster" };
}

/** Its own user data, else that of its templates, if they agree. A launch configuration joins through its group. */
function clusterJoinedBy(stack: Stack, launcher: Launcher): Joined | undefined {
  if (launcher.launchConfiguration !== undefined) {
    const configuration = configurationNamed(stack, launcher.launchConfiguration, launcher.scope);
    return configuration === undefined ? undefined : clusterNamedIn(stack, configuration.userData, configuration.userDataFrom);
  }
  if (isConfiguration(launcher)) {
    return undefined;
  }
  if (launcher.userData.state !== "absent") {
    return clusterNamedIn(stack, launcher.userData, launcher.userDataFrom);
  }
  const starts = valueOf(startsOf(stack, launcher)) ?? [];
  const templates = new Set(starts.map(({ template }) => template));
  return agreed([...templates].map((template: LaunchTemplate | undefined) => template && clusterNamedIn(stack, template.userData, template.userDataFrom)));
}

function agreed(all: readonly (Joined | undefined)[]): Joined | undefined {
  const [first] = all;
  const isSame = all.every((each) => each?.cluster === first?.cluster);
  return isSame ? (all.find((each) => each?.doubt !== undefined) ?? first) : undefined;
}

function reachesOfClusters(): Map<Cluster, Reach> {
  return new Map();
}

/** What the stack itself tells of a cluster's instances, found out once for all services on it. */
export function reachOfCluster(stack: Stack, cluster: Cluster): Reach {
  const reaches = stack.memo(reachesOfClusters);
  const reach = reaches.get(cluster) ?? instancesOf(stack, cluster);
  reaches.set(cluster, reach);
  return reach;
}

/** The instances of a cluster, as far as the stack tells: those of its capacity providers, and those that join it. */
function instancesOf(stack: Stack, cluster: Cluster): Reach {
  const capacity = capacityOfCluster(stack, cluster);
  const names = valueOf(capacity?.providers ?? ABSENT);
  const named = (names ?? []).map((name) => stack.resolve("capacity provider", { value: known(name), from: undefined }, cluster.scope));
  const madeFrom = names === undefined ? (capacity?.providersFrom ?? []).flatMap((urn) => stack.at(urn, "capacity provider")) : [];
  const providers = [...new Set([...named, ...madeFrom])].filter((provider) => provider !== undefined);
  const ec2Names = (names ?? []).filter((name) => !FARGATE_PROVIDERS.has(name));
  const isLikelyAll = names === undefined ? capacity?.providers.state !== "unknown" : ec2Names.length <= providers.length;
  // Tasks with a launch type run on Auto Scaling groups' instances, never on Managed Instances.
  const groups = providers.filter(({ managed }) => managed.state === "absent").map((provider) => machinesOfProvider(stack, provider));
  const inGroups = new Set(groups.flatMap(({ machines }) => machines.flatMap(({ chain }) => chain.map(({ urn }) => urn))));
  const joins = stack.memo(joinsByUserData);
  const byName = (joins.get(valueOf(cluster.name) ?? "") ?? []).filter(({ launcher }) => launcher.scope === cluster.scope);
  const joined = [...byName, ...(joins.get(cluster.subject.urn) ?? [])].filter(({ launcher }) => !inGroups.has(launcher.subject.urn));
  const alone = joined.map(({ launcher, doubt }) => {
    const reach = machinesOf(stack, launcher, []);
    return { ...reach, machines: reach.machines.map((machine) => ({ ...machine, doubt: machine.doubt ?? doubt })) };
  });
  return { machines: mergeReach([...groups, ...alone]).machines, openBecause: "other instances may join the cluster", isLikelyAll };
}

/** Every instance that the tasks of a launcher can land on, before placement constraints. */
export function reachOf(stack: Stack, launcher: TaskLauncher): Reach {
  const controller = launcher.deploymentController;
  if (controller.state === "unknown" || valueOf(controller) === "EXTERNAL") {
    return open(controller.state === "unknown" ? "it is not known whether its task sets decide where tasks run" : "its task sets decide where tasks run");
  }
  const { launchType } = launcher;
  const { items, from } = strategyOf(stack, launcher);
  if (launchType.state === "absent" && items.state === "known") {
    return reachOfStrategy(stack, launcher, items.value, from);
  }
  const isEc2 = launchType.state === "known" ? launchType.value === "EC2" : launchType.state === "absent" && items.state === "absent";
  if (!isEc2) {
    return open("the capacity of this launch type is not part of the stack");
  }
  const cluster = stack.resolve("cluster", launcher.cluster, launcher.scope);
  const reach = cluster === undefined ? open("its cluster is not part of this stack") : reachOfCluster(stack, cluster);
  return withDeclaredCluster(stack, launcher, reach);
}

/** What a placement constraint may ask about an instance. */
export interface Attributes {
  readonly architecture?: HostArchitecture | undefined;
  readonly os?: HostOs | undefined;
  readonly instanceType?: string | undefined;
  readonly amiId?: string | undefined;
}

/** What is known of every instance of a kind. */
export function attributesOf({ architectures, os, instanceType, amiId }: Machine): Attributes {
  return { architecture: architectures.length === 1 ? architectures[0] : undefined, os, instanceType, amiId };
}

/** What the constraints of a launcher and its task definition say of an instance. */
export function placementOf(task: TaskDefinition, launcher: TaskLauncher, instance: Attributes): Answer {
  const answers = [task.placementConstraints, launcher.placementConstraints].flatMap((constraints): Answer[] =>
    constraints.state === "known" ? constraints.value.map((constraint) => answerOf(constraint, instance)) : ["unknown"],
  );
  if (answers.includes("no")) {
    return "no";
  }
  return answers.includes("unknown") ? "unknown" : "yes";
}

const constraints = new WeakMap<PlacementConstraint, { readonly read: ReturnType<typeof parseConstraint> }>();

/** A constraint is asked of every instance, and read once. */
function readConstraint(constraint: PlacementConstraint): ReturnType<typeof parseConstraint> {
  const { expression } = constraint;
  const found = constraints.get(constraint) ?? { read: expression.state === "known" ? parseConstraint(expression.value) : undefined };
  constraints.set(constraint, found);
  return found.read;
}

function answerOf(placement: PlacementConstraint, instance: Attributes): Answer {
  const constraint = readConstraint(placement);
  return constraint === undefined ? "unknown" : admits(constraint, instance);
}
