/** The sides of a disagreement as rows of a message, always in the order image, task, instances; and the notes below. */

import { formatCpuArchitecture } from "../platform/runtime-platform";
import type { Finding, ImageSide, InstancesSide } from "../stack/finding";
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

/** What starts the task definition, folded into one phrase. */
function startedBy(launchers: readonly TaskLauncher[]): string {
  const [first, ...others] = launchers;
  if (first === undefined) {
    return "";
  }
  return ` (started by ${describe(first.subject)}${others.length > 0 ? ` and ${String(others.length)} more` : ""})`;
}

export function taskRow(task: TaskDefinition, { host, source, launchers }: Requirement): Row {
  return ["task", hostPlatform(host), `${describeInFull(task.subject)}${startedBy(launchers)}, ${stated(source)}`];
}

/** A task that takes any instance. */
export function unpinnedTaskRow(task: TaskDefinition): Row {
  return ["task", "not set", `${describeInFull(task.subject)}, runtimePlatform.cpuArchitecture is not set; ECS takes any instance then`];
}

/** The capacity provider, its group and its template, with the types and AMIs that decide. */
export function instancesRow({ architectures, chain, text }: InstancesSide): Row {
  const path = chain.map(describe).join(", ");
  return ["instances", listed(architectures.map((architecture) => `linux/${architecture}`)), text === "" ? path : `${path}: ${plain(text)}`];
}

/** How ECS spells what the task runs on, for the headline. */
export function runsOn({ host }: Requirement): string {
  const architecture = host.architecture === undefined ? undefined : formatCpuArchitecture(host.architecture);
  if (host.os === "windows") {
    return "Windows";
  }
  return architecture ?? "X86_64 or ARM64";
}

export function servicesOf(launchers: readonly TaskLauncher[]): string {
  return listed(launchers.map(({ subject }) => describe(subject)));
}

/** What a link that is not plain to see means for the finding. */
interface Meaning {
  readonly inferred: string;
  readonly suspected: string;
}

export const OF_IMAGE: Meaning = { inferred: ", so the task runs this image", suspected: " The task may run another image." };
export const OF_IMAGES: Meaning = { inferred: ", so the task runs both images", suspected: " The task may run other images." };
const NOTHING: Meaning = { inferred: "", suspected: "" };

/** Why a finding is not plain to see: what was inferred, or what keeps it from being certain. */
export function note({ certainty, because }: Finding, meaning: Meaning = NOTHING): string[] {
  switch (certainty) {
    case "certain":
      return [];
    case "inferred":
      return [`Inferred: ${plain(because === "" ? "the image is made from others of this stack" : because)}${meaning.inferred}.`];
    case "suspected":
      return [`Not certain: ${plain(because)}.${meaning.suspected}`];
  }
}
