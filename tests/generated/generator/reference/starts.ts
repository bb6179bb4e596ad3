/** Where tasks run: what starts them, on which kind of capacity, and what they ask of it. */

import { comesFirst, countOf, isByFamily, isDaemon, strategyItems, taskOf } from "../names";
import type { App, HostArch, HostOs, Item, Launcher, Phase, Task } from "../world";

export type Kind = "fargate" | "elsewhere than Fargate" | "unknown";

export function launchersOf(app: App, task: Task): Launcher[] {
  return app.launchers.filter((launcher) => taskOf(app, launcher) === task);
}

/** A family is known at once, but of which account and revision the task definition will be is not. */
export function isLinkOpen(app: App, launcher: Launcher, phase: Phase): boolean {
  return isByFamily(app, launcher) && phase === "firstPreview";
}

/** The strategy that is used: the launcher's own, or the cluster's default; undefined where it is not known. */
export function itemsOf(app: App, launcher: Launcher): readonly Item[] | undefined {
  const { where } = launcher;
  if (isDaemon(launcher)) {
    return [];
  }
  if (where !== "nothing said") {
    return "strategy" in where ? strategyItems(app, where.strategy) : [];
  }
  if (launcher.cluster === "elsewhere") {
    return undefined;
  }
  return app.cluster.capacity === undefined ? [] : strategyItems(app, app.cluster.capacity.defaults);
}

export function kindOf(app: App, launcher: Launcher): Kind {
  const { where } = launcher;
  if (where !== "nothing said" && "launchType" in where) {
    return where.launchType === "FARGATE" ? "fargate" : "elsewhere than Fargate";
  }
  const items = itemsOf(app, launcher);
  if (items === undefined) {
    return "unknown";
  }
  return items.some(({ provider }) => provider === "FARGATE" || provider === "FARGATE_SPOT") ? "fargate" : "elsewhere than Fargate";
}

export function isFargateOnly({ compatibilities }: Task): boolean {
  return compatibilities !== undefined && compatibilities.length > 0 && compatibilities.every((each) => each === "FARGATE");
}

/** ECS takes two words, and these spellings are known to be mistakes for them. */
export const MISSPELLED: Readonly<Record<string, string>> = { arm64: "ARM64", x86_64: "X86_64", linux: "LINUX" };

export function statedArch({ cpu }: Task): HostArch | "none" | "invalid" {
  if (cpu === undefined) {
    return "none";
  }
  return cpu === "ARM64" ? "arm64" : cpu === "X86_64" ? "amd64" : "invalid";
}

export function osOf({ os }: Task): HostOs | "invalid" {
  if (os === undefined || os === "LINUX") {
    return "linux";
  }
  return os.startsWith("WINDOWS_SERVER_") ? "windows" : "invalid";
}

/** One way in which a task runs; several launchers may share it. */
export interface Way {
  /** Undefined: no preference. */
  readonly arch: HostArch | undefined;
  readonly launchers: readonly Launcher[];
  readonly because: "stated" | "the default of Fargate" | "nothing is stated";
  /** True if the task definition alone tells it. */
  readonly isEarly: boolean;
  /** True if it hangs on a launcher of which it is open whether it is this task's. */
  readonly isOpen: boolean;
}

/** Every way in which the task runs. Empty where its `runtimePlatform` is no valid one. */
export function waysOf(app: App, task: Task, phase: Phase): Way[] {
  const stated = statedArch(task);
  const launchers = launchersOf(app, task);
  if (stated === "invalid" || osOf(task) === "invalid") {
    return [];
  }
  if (stated !== "none") {
    return [{ arch: stated, launchers, because: "stated", isEarly: true, isOpen: false }];
  }
  if (isFargateOnly(task)) {
    return [{ arch: "amd64", launchers, because: "the default of Fargate", isEarly: true, isOpen: false }];
  }
  const onFargate = launchers.filter((launcher) => kindOf(app, launcher) === "fargate");
  const elsewhere = launchers.filter((launcher) => kindOf(app, launcher) === "elsewhere than Fargate");
  const isOpen = (list: readonly Launcher[]): boolean => list.every((launcher) => isLinkOpen(app, launcher, phase));
  const ways: Way[] = [];
  if (onFargate.length > 0) {
    ways.push({ arch: "amd64", launchers: onFargate, because: "the default of Fargate", isEarly: false, isOpen: isOpen(onFargate) });
  }
  if (elsewhere.length > 0 || onFargate.length === 0) {
    ways.push({ arch: undefined, launchers: elsewhere, because: "nothing is stated", isEarly: false, isOpen: elsewhere.length > 0 && isOpen(elsewhere) && onFargate.length > 0 });
  }
  return ways;
}

/** True if tasks are known to be started. */
export function startsTasks(launcher: Launcher): boolean {
  return countOf(launcher) !== "none";
}

/** True if the builders are registered after the task. */
export function isRegisteredFirst(app: App, task: Task): boolean {
  return comesFirst(app, task);
}
