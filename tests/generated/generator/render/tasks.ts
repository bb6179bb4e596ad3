/** Task definitions, their clusters, and what starts them. */

import { ACCOUNT, comesFirst, countOf, hasExternalController, isByFamily, isClusterByName, isDaemon, strategyItems, taskOf } from "../names";
import { pick, type App, type Constraint, type Item, type Launcher, type Provider, type Task } from "../world";
import { imageOf, renderBuilders, renderRepositories, type RenderedImages } from "./images";
import { joining, renderMachines } from "./machines";
import { applied, json, type Input, type Inputs } from "../../../support/outputs";
import { UNKNOWN_OUTSIDE, type Made, type Program } from "./program";

const NATIVE = "aws-native:ecs:TaskDefinition";

function constraints(constraint: Constraint | undefined): Inputs[] | undefined {
  return constraint === undefined ? undefined : [{ type: "memberOf", expression: constraint.expression }];
}

function definitionsOf(images: RenderedImages, task: Task, logs: Made | undefined): Input {
  const containers = task.containers.map((use, index) => ({
    name: `c${String(index + 1)}`,
    image: imageOf(images, use),
    memory: 256,
    environment: [{ name: "STAGE", value: "production" }, ...(logs === undefined || index > 0 ? [] : [{ name: "LOGS", value: logs.get("arn") }])],
  }));
  if (task.definitions === "unknown from outside") {
    return UNKNOWN_OUTSIDE;
  }
  const own = task.form === "aws-native" ? containers : json(containers);
  return task.definitions === "known from outside" ? unlinked(own) : own;
}

/** The same value, as another stack would give it. */
function unlinked(input: Input): Input {
  return { from: [], at: applied([input], ([known]) => known ?? null).at };
}

function renderTask(program: Program, images: RenderedImages, task: Task): Made {
  const isNative = task.form === "aws-native";
  const logs = task.hasComputedPart ? program.add("aws:cloudwatch/logGroup:LogGroup", `${task.name}-logs`, {}) : undefined;
  const inputs: Inputs = {
    family: task.name,
    containerDefinitions: definitionsOf(images, task, logs),
    runtimePlatform: task.cpu === undefined && task.os === undefined ? undefined : { cpuArchitecture: task.cpu, operatingSystemFamily: task.os },
    requiresCompatibilities: task.compatibilities,
    placementConstraints: constraints(task.constraint),
  };
  return program.add(isNative ? NATIVE : "aws:ecs/taskDefinition:TaskDefinition", task.name, inputs, {
    ignoreChanges: task.definitions === "changes ignored" ? ["containerDefinitions"] : [],
    fromOutside: task.definitions.endsWith("from outside") ? ["containerDefinitions"] : [],
    dependsOn: task.dependsOn.flatMap((place) => pick(images.builders, place)?.made ?? []),
  });
}

function renderProvider(program: Program, { name, of }: Provider): Made {
  const type = "aws:ecs/capacityProvider:CapacityProvider";
  if (of.is === "managed") {
    const instanceRequirements = of.limits === undefined ? undefined : { vcpuCount: { min: 1 }, memoryMib: { min: 1024 }, ...of.limits };
    const instanceLaunchTemplate = { ec2InstanceProfileArn: `arn:aws:iam::${ACCOUNT}:instance-profile/ecs`, instanceRequirements };
    return program.add(type, name, { name, managedInstancesProvider: { instanceLaunchTemplate } });
  }
  const group = renderMachines(program, of.machines);
  return program.add(type, name, { name, autoScalingGroupProvider: { autoScalingGroupArn: group.get(of.by) } });
}

function strategy(app: App, providers: readonly Made[], items: readonly Item[]): Inputs[] {
  return strategyItems(app, items).map(({ provider, weight, base }) => ({
    capacityProvider: typeof provider === "number" ? providers[provider]?.get("name") : provider === "elsewhere" ? "shared-pool" : provider,
    weight,
    base,
  }));
}

function renderCluster(program: Program, app: App, providers: readonly Made[]): Made {
  const { name, capacity, joined } = app.cluster;
  const cluster = program.add("aws:ecs/cluster:Cluster", name, { name });
  if (capacity !== undefined) {
    const defaults = strategy(app, providers, capacity.defaults);
    const elsewhere = defaults.flatMap(({ capacityProvider }) => (typeof capacityProvider === "string" ? [capacityProvider] : []));
    program.add("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders", `${name}-capacity`, {
      clusterName: cluster.get("name"),
      capacityProviders: [...providers.map((provider) => provider.get("name")), ...elsewhere],
      defaultCapacityProviderStrategies: defaults.length === 0 ? undefined : defaults,
    });
  }
  for (const machines of joined) {
    renderMachines(program, machines, joining(cluster.get("name")));
  }
  return cluster;
}

function clusterOf(launcher: Launcher, cluster: Made): Input {
  if (launcher.cluster === "elsewhere") {
    return `arn:aws:ecs:us-east-1:${ACCOUNT}:cluster/elsewhere`;
  }
  return isClusterByName(launcher) ? cluster.get("name") : cluster.get("arn");
}

function renderLauncher(program: Program, app: App, launcher: Launcher, tasks: readonly Made[], providers: readonly Made[], cluster: Made): void {
  const { name, kind, where } = launcher;
  const task = taskOf(app, launcher);
  const made = tasks[app.tasks.indexOf(task)];
  const taskDefinition = isByFamily(app, launcher) ? task.name : made?.get(made.type === NATIVE ? "taskDefinitionArn" : "arn");
  const items = where !== "nothing said" && "strategy" in where ? strategy(app, providers, where.strategy) : undefined;
  const launchType = where !== "nothing said" && "launchType" in where ? where.launchType : undefined;
  const placementConstraints = constraints(launcher.constraint);
  const own = clusterOf(launcher, cluster);
  const run = { taskDefinitionArn: taskDefinition, launchType, capacityProviderStrategies: items, placementConstraints };
  const isStopped = countOf(launcher) === "none";
  const count = countOf(launcher) === "absent" ? undefined : isStopped ? 0 : 2;
  const roleArn = `arn:aws:iam::${ACCOUNT}:role/run`;
  switch (kind) {
    case "service":
    case "native service":
      program.add(kind === "service" ? "aws:ecs/service:Service" : "aws-native:ecs:Service", name, {
        [kind === "service" ? "name" : "serviceName"]: name,
        cluster: own,
        taskDefinition,
        launchType,
        [kind === "service" ? "capacityProviderStrategies" : "capacityProviderStrategy"]: items,
        desiredCount: count,
        placementConstraints,
        schedulingStrategy: isDaemon(launcher) ? "DAEMON" : undefined,
        deploymentController: hasExternalController(launcher) ? { type: "EXTERNAL" } : undefined,
      });
      break;
    case "task set":
      program.add("aws:ecs/taskSet:TaskSet", name, {
        service: "blue-green",
        cluster: own,
        taskDefinition,
        launchType,
        capacityProviderStrategies: items,
        scale: isStopped ? { unit: "PERCENT", value: 0 } : undefined,
      });
      break;
    case "rule target":
      program.add("aws:cloudwatch/eventTarget:EventTarget", name, { rule: "nightly", arn: own, roleArn, ecsTarget: run });
      break;
    case "schedule":
      program.add("aws:scheduler/schedule:Schedule", name, {
        scheduleExpression: "rate(1 day)",
        flexibleTimeWindow: { mode: "OFF" },
        state: isStopped ? "DISABLED" : undefined,
        target: { arn: own, roleArn, ecsParameters: run },
      });
      break;
    case "pipe":
      program.add("aws:pipes/pipe:Pipe", name, {
        source: `arn:aws:sqs:us-east-1:${ACCOUNT}:jobs`,
        roleArn,
        desiredState: isStopped ? "STOPPED" : undefined,
        target: own,
        targetParameters: { ecsTaskParameters: run },
      });
      break;
  }
}

/** An application: repositories, builders, tasks, cluster with its capacity, and what starts the tasks. */
export function renderApp(program: Program, app: App): void {
  const repositories = renderRepositories(program, app);
  const unbuilt: RenderedImages = { app, repositories, builders: [] };
  const early = app.tasks.map((task) => (comesFirst(app, task) ? renderTask(program, unbuilt, task) : undefined));
  const images = renderBuilders(program, app, repositories);
  const tasks = app.tasks.map((task, index) => early[index] ?? renderTask(program, images, task));
  const providers = app.providers.map((provider) => renderProvider(program, provider));
  const cluster = renderCluster(program, app, providers);
  for (const launcher of app.launchers) {
    renderLauncher(program, app, launcher, tasks, providers, cluster);
  }
}
