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

/** `aws:ecs/taskSet:TaskSet`, `aws-native:ecs:TaskSet` */
export function readTaskSet(resource: Resource): TaskLauncher[] {
  const [asService] = readService(resource);
  return asService === undefined ? [] : [{ ...asService, subject: subjectOf(resource, "task set"), desiredCount: ABSENT, deploymentController: ABSENT }];
}

/** The block in which rule targets, schedules and pipes say how to run a task. */
function runTask(resource: Resource, kind: string, property: string, parameters: unknown, cluster: unknown, clusterProperty: string): TaskLauncher[] {
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
      cluster: { value: name(cluster), from: madeFrom(resource, clusterProperty) },
      launchType: name(field(parameters, "launchType")),
      strategy: strategyOf(strategy),
      strategyFrom: madeFrom(resource, property),
      placementConstraints: placementConstraintsOf(field(parameters, "placementConstraints")),
      schedulingStrategy: ABSENT,
      desiredCount: ABSENT,
      deploymentController: ABSENT,
    },
  ];
}

/** `aws:cloudwatch/eventTarget:EventTarget` */
export function readEventTarget(resource: Resource): TaskLauncher[] {
  return runTask(resource, "rule target", "ecsTarget", block(input(resource, "ecsTarget")), input(resource, "arn"), "arn");
}

/** `aws-native:events:Rule` holds its targets itself. */
export function readNativeRule(resource: Resource): TaskLauncher[] {
  const targets = list(input(resource, "targets"));
  return (targets.state === "known" ? targets.value : []).flatMap((target) =>
    runTask(resource, "rule", "targets", field(target, "ecsParameters"), field(target, "arn"), "targets"),
  );
}

/** `aws:scheduler/schedule:Schedule`, `aws-native:scheduler:Schedule` */
export function readSchedule(resource: Resource): TaskLauncher[] {
  const target = block(input(resource, "target"));
  return runTask(resource, "schedule", "target", block(field(target, "ecsParameters")), field(target, "arn"), "target");
}

/** `aws:pipes/pipe:Pipe`, `aws-native:pipes:Pipe`: the cluster is the pipe's target. */
export function readPipe(resource: Resource): TaskLauncher[] {
  const parameters = dig(block(input(resource, "targetParameters")), "ecsTaskParameters");
  return runTask(resource, "pipe", "targetParameters", block(parameters), input(resource, "target"), "target");
}
