/**
 * What a task definition asks of the machine that its tasks run on.
 * Source: Amazon ECS Developer Guide, task_definition_parameters (Fargate: X86_64 and LINUX where nothing is set;
 * EC2, Managed Instances, EXTERNAL: no preference).
 */

import type { Host, HostOs } from "../platform/fit";
import { parseCpuArchitecture, parseOperatingSystemFamily } from "../platform/runtime-platform";
import type { Source, TaskDefinition, TaskLauncher } from "./model";
import type { Stack } from "./stack";
import { capacityOf, isFargateOnly, launchersOf } from "./task-launchers";

/** One way in which tasks of the definition run, with what it asks for. */
export interface Requirement {
  /** An architecture that is left out is no preference. */
  readonly host: Host;
  readonly source: Source;
  /** What starts tasks in this way; empty if nothing in the stack is known to. */
  readonly launchers: readonly TaskLauncher[];
}

export interface TaskRequirements {
  readonly requirements: readonly Requirement[];
  /** Why the architecture is not known in full; undefined if it is. */
  readonly why: string | undefined;
}

const FARGATE_DEFAULT: Source = { how: "default", text: "runtimePlatform.cpuArchitecture is not set, so Fargate uses X86_64" };

/** The operating system; ECS uses Linux where none is set. Undefined while it is not known, and for one that is not known here. */
function osOf({ operatingSystemFamily: family }: TaskDefinition): HostOs | undefined {
  if (family.state === "absent") {
    return "linux";
  }
  return family.state === "known" ? parseOperatingSystemFamily(family.value) : undefined;
}

function withoutArchitecture(task: TaskDefinition, launchers: readonly TaskLauncher[]): Requirement {
  const os = osOf(task);
  return {
    host: os === undefined ? {} : { os },
    source: { how: "default", text: "runtimePlatform.cpuArchitecture is not set: no preference outside Fargate" },
    launchers,
  };
}

function stated(stack: Stack, task: TaskDefinition, text: string): TaskRequirements {
  const architecture = parseCpuArchitecture(text);
  const launchers = launchersOf(stack, task);
  if (architecture === undefined) {
    return { requirements: [withoutArchitecture(task, launchers)], why: "its cpuArchitecture is not one that ECS has" };
  }
  const { host } = withoutArchitecture(task, launchers);
  const source: Source = { how: "stated", text: `runtimePlatform.cpuArchitecture: "${text}"` };
  return { requirements: [{ host: { ...host, architecture }, source, launchers }], why: undefined };
}

/** Nothing is stated: Fargate has a default, everything else has no preference. */
function byLauncher(stack: Stack, task: TaskDefinition): TaskRequirements {
  const launchers = launchersOf(stack, task);
  const onFargate: TaskLauncher[] = [];
  const elsewhere: TaskLauncher[] = [];
  let why: string | undefined;
  for (const launcher of launchers) {
    const capacity = capacityOf(stack, launcher);
    if (capacity.state === "known") {
      (capacity.value === "fargate" ? onFargate : elsewhere).push(launcher);
    } else {
      why ??= capacity.why;
    }
  }
  const requirements: Requirement[] = [];
  const fargateOnly = isFargateOnly(task);
  const none = withoutArchitecture(task, elsewhere);
  if (fargateOnly || onFargate.length > 0) {
    const host: Host = { ...none.host, architecture: "amd64" };
    requirements.push({ host, source: FARGATE_DEFAULT, launchers: fargateOnly ? launchers : onFargate });
  }
  if (!fargateOnly && (elsewhere.length > 0 || onFargate.length === 0)) {
    requirements.push(none);
  }
  if (!fargateOnly && launchers.length === 0) {
    why = "nothing in this stack is known to start it, so it is not known whether it runs on Fargate";
  }
  return { requirements, why: fargateOnly ? undefined : why };
}

/** Everything that a task definition asks for, one entry for each way in which it is started. */
export function requirementsOf(stack: Stack, task: TaskDefinition): TaskRequirements {
  const found = stack.memo(requirementsByTask);
  const requirements = found.get(task) ?? findRequirements(stack, task);
  found.set(task, requirements);
  return requirements;
}

function requirementsByTask(): Map<TaskDefinition, TaskRequirements> {
  return new Map();
}

/** The requirement of the tasks that one launcher starts. */
export function requirementFor(stack: Stack, task: TaskDefinition, launcher: TaskLauncher): Requirement | undefined {
  const found = stack.memo(requirementsByLauncher);
  const ofTask = found.get(task) ?? new Map(requirementsOf(stack, task).requirements.flatMap((each) => each.launchers.map((by) => [by, each] as const)));
  found.set(task, ofTask);
  return ofTask.get(launcher);
}

function requirementsByLauncher(): Map<TaskDefinition, ReadonlyMap<TaskLauncher, Requirement>> {
  return new Map();
}

function findRequirements(stack: Stack, task: TaskDefinition): TaskRequirements {
  const { cpuArchitecture } = task;
  switch (cpuArchitecture.state) {
    case "known":
      return stated(stack, task, cpuArchitecture.value);
    case "unknown":
      return { requirements: [withoutArchitecture(task, launchersOf(stack, task))], why: `its cpuArchitecture is not known: ${cpuArchitecture.why}` };
    case "absent":
      return byLauncher(stack, task);
  }
}
