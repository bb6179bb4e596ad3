/**
 * Where images run on machines of another architecture, because the user says that the hosts emulate it. Emulation starts
 * foreign programs; it does not change which instances a task is placed on, or what an AMI boots on.
 */

import type { HostArchitecture } from "../platform/fit";
import type { Platform } from "../platform/platform";
import { reachOf, type Machine } from "./capacity";
import { valueOf, type Fact } from "./fact";
import type { Subject, TaskDefinition, TaskLauncher } from "./model";
import type { Stack } from "./stack";
import { capacityOf, isFargateOnly, strategyOf } from "./task-launchers";
import type { Requirement } from "./task-platform";

function isDeclaredFor(stack: Stack, names: readonly string[], platforms: readonly Platform[]): boolean {
  return platforms.some((platform) => stack.declarations.emulation(names, platform) !== undefined);
}

/** The names that something in AWS has of its own, as far as it is part of the stack. */
function namesInAws(stack: Stack, { urn }: Subject): readonly Fact<string>[] {
  return [...stack.at(urn, "capacity provider"), ...stack.at(urn, "launcher"), ...stack.at(urn, "launch template")].map(({ name }) => name);
}

/**
 * True if the machine is declared to run one of the platforms by emulation, by any of the names on the way to it: those in
 * the program, and those in AWS, of which one that is not known yet may be a declared one. On Managed Instances nothing can
 * be installed.
 */
export function emulates(stack: Stack, { isManaged, chain }: Machine, platforms: readonly Platform[]): boolean {
  if (isManaged) {
    return false;
  }
  const inAws = chain.flatMap((subject) => namesInAws(stack, subject));
  if (inAws.some(({ state }) => state === "unknown") && platforms.some((platform) => stack.declarations.emulatesSomewhere(platform))) {
    return true;
  }
  return isDeclaredFor(stack, [...chain.map(({ name }) => name), ...inAws.flatMap((name) => valueOf(name) ?? [])], platforms);
}

/** The capacity providers of a launcher that are not part of the stack; they may be declared by their names. */
function providersElsewhere(stack: Stack, launcher: TaskLauncher): string[] {
  const names = (valueOf(strategyOf(stack, launcher).items) ?? []).flatMap(({ provider }) => valueOf(provider) ?? []);
  return names.filter((name) => stack.resolve("capacity provider", { value: { state: "known", value: name }, from: undefined }, launcher.scope) === undefined);
}

function mayEmulate(stack: Stack, launcher: TaskLauncher, architecture: HostArchitecture | undefined, platforms: readonly Platform[]): boolean {
  if (valueOf(capacityOf(stack, launcher)) === "fargate") {
    return false;
  }
  const machines = reachOf(stack, launcher).machines.filter(
    ({ architectures }) => architecture === undefined || architectures.length === 0 || architectures.includes(architecture),
  );
  return machines.every((machine) => emulates(stack, machine, platforms)) && providersElsewhere(stack, launcher).every((name) => isDeclaredFor(stack, [name], platforms));
}

/**
 * True if an image of these platforms, which does not run on the task's own, may run by emulation wherever the task is
 * put: some hosts are declared to emulate it, and none is known where the task may land that is not.
 */
export function mayBeEmulated(stack: Stack, task: TaskDefinition, { host, launchers }: Requirement, platforms: readonly Platform[]): boolean {
  if (isFargateOnly(task) || !platforms.some((platform) => stack.declarations.emulatesSomewhere(platform))) {
    return false;
  }
  return launchers.every((launcher) => mayEmulate(stack, launcher, host.architecture, platforms));
}
