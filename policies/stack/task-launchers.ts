/**
 * Where a task definition runs: what starts its tasks, and on which kind of capacity.
 * Source: Amazon ECS API (CreateService, RunTask) and developer guide, capacity-launch-type-comparison.
 */

import { ABSENT, known, unknown, valueOf, type Fact, type Known, type Unknown } from "./fact";
import type { Cluster, ClusterCapacity, StrategyItem, TaskDefinition, TaskLauncher } from "./model";
import { shortName } from "./scope";
import type { Stack } from "./stack";

/** A kind of capacity. `other`: EC2, Managed Instances or EXTERNAL, none of which has a default architecture. */
export type Capacity = "fargate" | "other";

/** Every cluster may use them, and no other provider can have such a name. */
export const FARGATE_PROVIDERS: ReadonlySet<string> = new Set(["FARGATE", "FARGATE_SPOT"]);

/** The kind that a strategy uses. One strategy never mixes Fargate with other kinds, so one known name decides. */
function capacityOfStrategy(items: readonly StrategyItem[]): Known<Capacity> | Unknown {
  const names = items.flatMap(({ provider }) => (provider.state === "known" ? provider.value : []));
  if (names.some((name) => FARGATE_PROVIDERS.has(name))) {
    return known("fargate");
  }
  return names.length > 0 ? known("other") : unknown("the capacity provider strategy is not known");
}

interface Capacities {
  readonly byCluster: ReadonlyMap<Cluster, readonly ClusterCapacity[]>;
  /** True if some resource describes the capacity of a cluster that is not known: it may be any. */
  readonly someAreLoose: boolean;
}

function indexCapacities(stack: Stack): Capacities {
  const byCluster = new Map<Cluster, ClusterCapacity[]>();
  let someAreLoose = false;
  for (const capacity of stack.all("cluster capacity")) {
    const cluster = stack.resolve("cluster", capacity.cluster, capacity.scope);
    if (cluster !== undefined) {
      const capacities = byCluster.get(cluster) ?? [];
      capacities.push(capacity);
      byCluster.set(cluster, capacities);
    } else {
      someAreLoose ||= capacity.cluster.value.state !== "known";
    }
  }
  return { byCluster, someAreLoose };
}

/** What a cluster's capacity providers are, where exactly one resource of the stack says so. */
export function capacityOfCluster(stack: Stack, cluster: Cluster): ClusterCapacity | undefined {
  const [capacity, ...others] = stack.memo(indexCapacities).byCluster.get(cluster) ?? [];
  return others.length === 0 ? capacity : undefined;
}

/**
 * The strategy that a launcher uses: its own, else the default of its cluster, if that is in the stack. A daemon has
 * none: it runs on every EC2 instance of the cluster, and never on Fargate.
 */
export function strategyOf(stack: Stack, launcher: TaskLauncher): { items: Fact<readonly StrategyItem[]>; from: readonly string[] | undefined } {
  if (launcher.schedulingStrategy.state === "unknown") {
    return { items: launcher.schedulingStrategy, from: undefined };
  }
  if (valueOf(launcher.schedulingStrategy) === "DAEMON") {
    return { items: ABSENT, from: undefined };
  }
  if (launcher.strategy.state !== "absent") {
    return { items: launcher.strategy, from: launcher.strategyFrom };
  }
  const cluster = stack.resolve("cluster", launcher.cluster, launcher.scope);
  if (cluster === undefined) {
    return { items: unknown("its cluster is not part of this stack"), from: undefined };
  }
  const capacity = capacityOfCluster(stack, cluster);
  if (capacity !== undefined) {
    return { items: capacity.defaultStrategy, from: capacity.defaultStrategyFrom };
  }
  const { byCluster, someAreLoose } = stack.memo(indexCapacities);
  const mayHaveOne = byCluster.has(cluster) || someAreLoose;
  return { items: mayHaveOne ? unknown("the cluster's default capacity provider strategy is not known") : ABSENT, from: undefined };
}

/** The kind of capacity that a launcher puts its tasks on. */
export function capacityOf(stack: Stack, launcher: TaskLauncher): Known<Capacity> | Unknown {
  const { launchType } = launcher;
  if (launchType.state === "known") {
    return known(launchType.value === "FARGATE" ? "fargate" : "other");
  }
  if (launchType.state === "unknown") {
    return launchType;
  }
  const { items } = strategyOf(stack, launcher);
  if (items.state === "known" && items.value.length > 0) {
    return capacityOfStrategy(items.value);
  }
  return items.state === "unknown" ? items : known("other");
}

/** `web:3` or `arn:…:task-definition/web:3` without its revision; undefined where there is none. */
function withoutRevision(text: string): string | undefined {
  return /^(.+):\d{1,9}$/.exec(text)?.[1];
}

/**
 * The task definition that a launcher starts. Besides its ARN, ECS takes its family (the newest revision), family and
 * revision, and for rules and schedules the ARN without the revision.
 */
export function taskStartedBy(stack: Stack, { taskDefinition, scope }: TaskLauncher): TaskDefinition | undefined {
  const exact = stack.resolve("task definition", taskDefinition, scope);
  const text = valueOf(taskDefinition.value);
  if (exact !== undefined || text === undefined) {
    return exact;
  }
  const family = withoutRevision(text) ?? text;
  const named = stack.resolve("task definition", { value: known(shortName(family)), from: undefined }, scope);
  const arn = named === undefined ? undefined : valueOf(named.arn);
  const isThisRevision = arn !== undefined && (arn.endsWith(`/${text}`) || withoutRevision(arn) === text);
  return isThisRevision ? named : undefined;
}

function indexLaunchers(stack: Stack): Map<TaskDefinition, TaskLauncher[]> {
  const index = new Map<TaskDefinition, TaskLauncher[]>();
  for (const launcher of stack.all("task launcher")) {
    const task = taskStartedBy(stack, launcher);
    if (task !== undefined) {
      const launchers = index.get(task) ?? [];
      launchers.push(launcher);
      index.set(task, launchers);
    }
  }
  return index;
}

/**
 * What starts tasks of a task definition. Empty as long as the stack is not complete: while resources are registered,
 * launchers follow their task definition.
 */
export function launchersOf(stack: Stack, task: TaskDefinition): readonly TaskLauncher[] {
  if (stack.phase !== "complete") {
    return [];
  }
  return stack.memo(indexLaunchers).get(task) ?? [];
}

/** True if the task definition allows nothing but Fargate: ECS then refuses every other way to run it. */
export function isFargateOnly(task: TaskDefinition): boolean {
  const compatibilities = valueOf(task.requiresCompatibilities);
  return compatibilities !== undefined && compatibilities.length > 0 && compatibilities.every((each) => each === "FARGATE");
}
