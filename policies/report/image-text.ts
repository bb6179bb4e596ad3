/** Messages about images that do not run on their task, or not together. */

import { fits } from "../platform/fit";
import { formatPlatform } from "../platform/platform";
import { formatCpuArchitecture } from "../platform/runtime-platform";
import type { ImageOnTask, ImageSide, ImagesOfOneTask, PlatformNotStated } from "../stack/finding";
import type { Image, TaskDefinition } from "../stack/model";
import type { Requirement } from "../stack/task-platform";
import { architectureOf, BOTH, buildFix, buildsOf, platformLine, runtimePlatformFix } from "./fixes";
import { containersOf, differInSystem, failure, imageOrigin, imageRow, note, runsOn, RUNS_IT, systemName, taskRow, unpinnedTaskRow } from "./sides";
import { describe, fixes, hostPlatform, listed, named, plain, platforms, rows, type Row } from "./words";

/** The platforms to build for so that the image runs on the task: both, where the task asks for no architecture. */
function wantedFor({ host }: Requirement): readonly string[] {
  return host.architecture === undefined ? BOTH : [hostPlatform({ os: host.os ?? "linux", architecture: host.architecture })];
}

/** The task's way out: the platform on which the image does run, if ECS has it. */
function taskFix(task: TaskDefinition, { platforms: offer }: ImageSide): string[] {
  const architecture = architectureOf(offer);
  if (architecture !== undefined) {
    return [runtimePlatformFix(`run the task on ${formatCpuArchitecture(architecture)}`, task, { os: "linux", architecture })];
  }
  const windows = { os: "windows", architecture: "amd64" } as const;
  return fits(offer, windows) === "runs" ? [`${runtimePlatformFix("run the task on Windows", task, windows)}, or the version that the image is made for`] : [];
}

/** The image's ways out. A Dockerfile is for one operating system, so no platform turns one into the other. */
function imageFixes(side: ImageSide, requirement: Requirement): string[] {
  const { os } = requirement.host;
  if (os !== undefined && differInSystem(side, requirement.host)) {
    return [`use an image for ${systemName(os)}: another base image in the Dockerfile, built for ${listed(wantedFor(requirement))}`];
  }
  const [build, ...others] = buildsOf(side);
  if (others.length > 0) {
    return [`add an image for ${listed(wantedFor(requirement))} to those that ${describe(side.image.subject)} is made from`];
  }
  return [buildFix("build the image for the task", build, wantedFor(requirement))];
}

/** What was written down is likelier meant than what was left out: that side's fix comes last. */
function inOrder(image: ImageSide, requirement: Requirement, imageSide: readonly string[], taskSide: readonly string[]): string[] {
  const isTaskLikelier = image.source.how === "stated" && requirement.source.how === "default";
  return isTaskLikelier ? [...taskSide, ...imageSide] : [...imageSide, ...taskSide];
}

export function imageOnTask(finding: ImageOnTask): string[] {
  const { task, image, requirement } = finding;
  const isSuspected = finding.certainty === "suspected";
  const isSystem = differInSystem(image, requirement.host);
  // A doubt about the CPU is none about the image.
  const isOfImage = task.doubt === undefined && fits(image.platforms, requirement.host) === "cannot run";
  return [
    `${containersOf(image.containers)} ${isSuspected ? "may not run" : "cannot run"}: ${image.containers.length > 1 ? "their" : "its"} image is built for ${platforms(image.platforms)}, the task runs on ${runsOn(requirement, isSystem)}.`,
    ...rows([imageRow(image), taskRow(task, requirement, isSystem)]),
    `The task ${isSuspected ? "might" : "would"} ${failure(isSystem)}`,
    ...note(finding, RUNS_IT, isOfImage ? " The task may run another image." : ""),
    ...fixes(inOrder(image, requirement, imageFixes(image, requirement), taskFix(task, image))),
  ];
}

function imageOfRow(side: ImageSide): Row {
  const of = side.containers.length === 0 ? "" : ` of ${listed(side.containers.map(named))}`;
  return [`image${of}`, platforms(side.platforms), imageOrigin(side)];
}

/** Each image built for what the other one is built for. */
function alignFixes([left, right]: ImagesOfOneTask["images"]): string[] {
  const systems = new Set([...left.platforms, ...right.platforms].map(({ os }) => os));
  if (systems.size > 1) {
    return [`give each operating system a task definition of its own, or use images of one: ${describe(left.image.subject)} and ${describe(right.image.subject)} share none`];
  }
  return [...alignFix(right, left), ...alignFix(left, right)];
}

/** The image built for what the other one is built for too. */
function alignFix(side: ImageSide, other: ImageSide): string[] {
  const [build] = buildsOf(side);
  return other.platforms.slice(0, 1).map((wanted) => buildFix(`build both for ${formatPlatform(wanted)}`, build, [formatPlatform(wanted)]));
}

export function imagesOfOneTask(finding: ImagesOfOneTask): string[] {
  const { task, images } = finding;
  const [left, right] = images;
  const names = [...left.containers, ...right.containers];
  const who = names.length < 2 ? "The containers of this task" : containersOf(names);
  return [
    `${who} cannot run on the same machine: their images share no platform, one is built for ${platforms(left.platforms)}, the other for ${platforms(right.platforms)}.`,
    ...rows([...images.map(imageOfRow), unpinnedTaskRow(task)]),
    "All containers of a task run on one machine, so a sidecar cannot have another architecture or operating system.",
    ...note(finding, ", so the task runs both images"),
    ...fixes(alignFixes(images)),
  ];
}

/** The line to type in the image's resource. */
function statement(image: Image, wanted: readonly string[]): string {
  if (wanted.length > 1) {
    return buildFix("build it for both", image, wanted);
  }
  const line = `in ${describe(image.subject)}: ${platformLine(image, wanted.length === 0 ? BOTH.slice(0, 1) : wanted)}`;
  return wanted.length === 0 ? `${line} for x86 instances, linux/arm64 for Graviton` : line;
}

export function platformNotStated({ image, tasks }: PlatformNotStated): string[] {
  const wanted = [...new Set(tasks.flatMap(({ requirement }) => (requirement?.host.architecture === undefined ? [] : wantedFor(requirement))))].sort();
  const users = tasks.map(({ task, requirement }) => describe(task.subject) + (requirement === undefined ? "" : ` (${runsOn(requirement)})`));
  return [
    `${describe(image.subject)} states no platform, so the machine that builds decides whether the image runs:`,
    "it is for linux/arm64 from an Apple laptop, for linux/amd64 from most CI runners.",
    ...rows([
      ["image", "not set", `${describe(image.subject)}, ${plain(image.source.text)}`],
      ["task", wanted.length === 0 ? "not set" : listed(wanted), listed(users)],
    ]),
    ...fixes([statement(image, wanted)]),
  ];
}
