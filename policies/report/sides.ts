/** The sides of a disagreement as rows of a message, always in the order image, task, instances; and the notes below. */

import type { Host, HostOs } from "../platform/fit";
import { formatCpuArchitecture } from "../platform/runtime-platform";
import { valueOf } from "../stack/fact";
import type { Finding, ImageSide, InstancesSide } from "../stack/finding";
import { groupBy } from "../stack/group-by";
import type { TaskDefinition, TaskLauncher } from "../stack/model";
import type { Requirement } from "../stack/task-platform";
import { describe, describeInFull, hostPlatform, listed, named, plain, platforms, stated, type Row } from "./words";

export function containersOf(names: readonly string[]): string {
  if (names.length === 0) {
    return "A container";
  }
  return `Container${names.length > 1 ? "s" : ""} ${listed(names.map(named))}`;
}

/** Where an image's platforms come from: itself, or the builds that it is joined or copied from. */
export function imageOrigin({ image, builds, source }: ImageSide): string {
  const [build, ...others] = builds;
  const own = describe(image.subject);
  if (build === undefined) {
    return `${own}, ${stated(source)}`;
  }
  const from = `${own}, made from ${listed(builds.map(({ subject }) => describe(subject)))}`;
  return others.length === 0 ? `${from}, ${stated(source)}` : from;
}

export function imageRow(side: ImageSide): Row {
  return ["image", platforms(side.platforms), imageOrigin(side)];
}

/** `3 schedules`, `1 more service`: those besides the one that is named. */
function counted(kind: string, count: number, isMore: boolean): string {
  return `${String(count)}${isMore ? " more" : ""} ${kind}${count === 1 ? "" : "s"}`;
}

/**
 * What starts a task definition, in one phrase: one or two by name; of more, the first by name and the others counted by
 * kind, as in ``service `web`, 2 more services and 3 schedules``.
 */
export function starters(launchers: readonly TaskLauncher[]): string {
  const subjects = [...new Map(launchers.map(({ subject }) => [subject.urn, subject])).values()];
  if (subjects.length < 3) {
    return listed(subjects.map(describe));
  }
  const first = subjects[0]?.kind;
  const others = [...groupBy(subjects.slice(1), ({ kind }) => kind)].sort(([a], [b]) => Number(b === first) - Number(a === first));
  return listed([...subjects.slice(0, 1).map(describe), ...others.map(([kind, all]) => counted(kind, all.length, kind === first))], Infinity);
}

/** True if the operating systems differ: then the architectures do not matter. */
export function differInSystem(image: Pick<ImageSide, "platforms">, { os }: Host): boolean {
  return os !== undefined && image.platforms.every((platform) => platform.os !== os);
}

/** What the task definition says of its operating system. */
function systemText({ operatingSystemFamily }: TaskDefinition): string {
  const family = valueOf(operatingSystemFamily);
  const property = "runtimePlatform.operatingSystemFamily";
  return family === undefined ? `${property} is not set; ECS uses LINUX then` : `${property}: "${plain(family)}"`;
}

/** What a task definition that asks for no architecture says of it. */
function unpinnedText({ cpuArchitecture }: TaskDefinition): string {
  return `runtimePlatform.cpuArchitecture is ${cpuArchitecture.state === "absent" ? "not set; ECS takes any instance then" : "not known"}`;
}

/** @param isSystem the disagreement is about the operating system */
export function taskRow(task: TaskDefinition, { host, source, launchers }: Requirement, isSystem = false): Row {
  const by = launchers.length === 0 ? "" : ` (started by ${starters(launchers)})`;
  const text = isSystem ? systemText(task) : host.architecture === undefined ? unpinnedText(task) : stated(source);
  return ["task", hostPlatform(host), `${describeInFull(task.subject)}${by}, ${text}`];
}

/** A task that takes any instance. */
export function unpinnedTaskRow(task: TaskDefinition): Row {
  const cell = task.cpuArchitecture.state === "absent" ? "not set" : "not known";
  return ["task", cell, `${describeInFull(task.subject)}, ${unpinnedText(task)}`];
}

/** `linux/amd64`, or the operating system alone where nothing else is known. */
export function instancePlatforms({ os = "linux", architectures }: InstancesSide): string {
  return architectures.length === 0 ? os : listed(architectures.map((architecture) => `${os}/${architecture}`));
}

/** The capacity provider, its group and its template, with the types and AMIs that decide. */
export function instancesRow(side: InstancesSide): Row {
  const path = side.chain.map(describe).join(", ");
  return ["instances", instancePlatforms(side), side.text === "" ? path : `${path}, ${plain(side.text)}`];
}

/** `Windows`, as Microsoft writes it. */
export function systemName(os: HostOs): string {
  return os === "windows" ? "Windows" : "Linux";
}

/** What the task runs on, for the headline: as ECS spells an architecture, or the operating system if that differs. */
export function runsOn({ host }: Requirement, isSystem = false): string {
  if (isSystem && host.os !== undefined) {
    return systemName(host.os);
  }
  const architecture = host.architecture === undefined ? "X86_64 or ARM64" : formatCpuArchitecture(host.architecture);
  return host.os === "windows" ? `Windows on ${architecture}` : architecture;
}

/** Why a finding is not plain to see: what was inferred, with what follows from it, or what keeps it from being certain. */
export function note({ certainty, because }: Finding, follows = "", doubt = ""): string[] {
  switch (certainty) {
    case "certain":
      return [];
    case "inferred":
      return [`Inferred: ${plain(because === "" ? "the image is made from others of this stack" : because)}${follows}.`];
    case "suspected":
      return [`Not certain: ${plain(because)}.${doubt}`];
  }
}

export const RUNS_IT = ", so the task runs this image";

/** What becomes of a task with an image that its machine does not run. */
export function failure(isSystem: boolean): string {
  return isSystem ? "fail to pull or to start the image, and stop." : 'fail to pull the image, or print "exec format error" and stop as soon as it starts.';
}
