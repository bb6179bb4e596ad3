/** What starts ECS tasks: services, task sets, rule targets, schedules and pipes. */

import { ABSENT, known, unknown, type Fact } from "../stack/fact";
import type { StrategyItem, TaskLauncher } from "../stack/model";
import { block, dig, field, list, name, number } from "./raw";
import { input, madeFrom, type Resource } from "./resource";
import { subjectOf } from "./subject";
import { placementConstraintsOf } from "./task-definition";

/** A capacity provider strategy; an empty one is none. */
export function strategyOf(raw: unknown): Fact<readonly StrategyItem[]> {
  const items = list(raw);
  if (items.state !== "known" || items.value.length === 0) {
    return items.state === "unknown" ? items : ABSENT;
  }
  return known(
    items.value.map((item) => {
      const provider = name(field(item, "capacityProvider"));
      return {
        provider: provider.state === "absent" ? unknown("the capacity provider has no name") : provider,
        weight: number(field(item, "weight")),
        base: number(field(item, "base")),
      };
    }),
  );
}

/** The property that holds the strategy: plural in `aws`, singular in `aws-native`. */
function strategyProperty(resource: Resource): string {
  return resource.type.startsWith("aws-native:") ? "capacityProviderStrategy" : "capacityProviderStrategies";
}

/** `aws:ecs/service:Service`, `aws-native:ecs:Service` */
export function readService(resource: Resource): TaskLauncher[] {
  const strategy = strategyProperty(resource);
  return [
    {
      is: "task launcher",
      subject: subjectOf(resource, "service"),
      scope: resource.scope,
      taskDefinition: { value: name(input(resource, "taskDefinition")), from: madeFrom(resource, "taskDefinition") },
      cluster: { value: name(input(resource, "cluster")), from: madeFrom(resource, "cluster") },
      launchType: name(input(resource, "launchType")),
      strategy: strategyOf(input(resource, strategy)),
      strategyFrom: madeFrom(resource, strategy),
      placementConstraints: placementConstraintsOf(input(resource, "placementConstraints")),
      schedulingStrategy: name(input(resource, "schedulingStrategy")),
      desiredCount: number(input(resource, "desiredCount")),
      deploymentController: name(field(block(input(resource, "deploymentController")), "type")),
    },
  ];
}

/** A count of tasks that says no more than whether there are any: none if the value is the one that means so. */
function countUnless(fact: Fact<string>, meansNone: string): Fact<number> {
  if (fact.state !== "known") {
    return fact;
  }
  return fact.value === meansNone ? known(0) : ABSENT;
}

/** `aws:ecs/taskSet:TaskSet`, `aws-native:ecs:TaskSet`: `scale` is a share of the service's tasks, all if left out. */
export function readTaskSet(resource: Resource): TaskLauncher[] {
  const share = number(field(block(input(resource, "scale")), "value"));
  const desiredCount = share.state === "known" ? countUnless(known(String(share.value)), "0") : share;
  return readService(resource).map((asService) => ({ ...asService, subject: subjectOf(resource, "task set"), desiredCount, deploymentController: ABSENT }));
}

/** The block in which rule targets, schedules and pipes say how to run a task. */
function runTask(
  resource: Resource,
  kind: string,
  property: string,
  parameters: unknown,
  cluster: { readonly value: unknown; readonly property: string },
  desiredCount: Fact<number> = ABSENT,
): TaskLauncher[] {
  if (parameters === undefined || parameters === null) {
    return [];
  }
  const strategy = field(parameters, "capacityProviderStrategies") ?? field(parameters, "capacityProviderStrategy");
  return [
    {
      is: "task launcher",
      subject: subjectOf(resource, kind),
      scope: resource.scope,
      taskDefinition: { value: name(field(parameters, "taskDefinitionArn")), from: madeFrom(resource, property) },
      cluster: { value: name(cluster.value), from: madeFrom(resource, cluster.property) },
      launchType: name(field(parameters, "launchType")),
      strategy: strategyOf(strategy),
      strategyFrom: madeFrom(resource, property),
      placementConstraints: placementConstraintsOf(field(parameters, "placementConstraints")),
      schedulingStrategy: ABSENT,
      desiredCount,
      deploymentController: ABSENT,
    },
  ];
}

/** `aws:cloudwatch/eventTarget:EventTarget` */
export function readEventTarget(resource: Resource): TaskLauncher[] {
  return runTask(resource, "rule target", "ecsTarget", block(input(resource, "ecsTarget")), { value: input(resource, "arn"), property: "arn" });
}

/** `aws-native:events:Rule` holds its targets itself. */
export function readNativeRule(resource: Resource): TaskLauncher[] {
  const targets = list(input(resource, "targets"));
  const count = countUnless(name(input(resource, "state")), "DISABLED");
  return (targets.state === "known" ? targets.value : []).flatMap((target) =>
    runTask(resource, "rule", "targets", field(target, "ecsParameters"), { value: field(target, "arn"), property: "targets" }, count),
  );
}

/** `aws:scheduler/schedule:Schedule`, `aws-native:scheduler:Schedule` */
export function readSchedule(resource: Resource): TaskLauncher[] {
  const target = block(input(resource, "target"));
  const count = countUnless(name(input(resource, "state")), "DISABLED");
  return runTask(resource, "schedule", "target", block(field(target, "ecsParameters")), { value: field(target, "arn"), property: "target" }, count);
}

/** `aws:pipes/pipe:Pipe`, `aws-native:pipes:Pipe`: the cluster is the pipe's target. */
export function readPipe(resource: Resource): TaskLauncher[] {
  const parameters = dig(block(input(resource, "targetParameters")), "ecsTaskParameters");
  const count = countUnless(name(input(resource, "desiredState")), "STOPPED");
  return runTask(resource, "pipe", "targetParameters", block(parameters), { value: input(resource, "target"), property: "target" }, count);
}
