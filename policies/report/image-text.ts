/** Messages about images that do not run on their task, or not together. */

import { fits } from "../platform/fit";
import { formatPlatform } from "../platform/platform";
import type { ImageOnTask, ImageSide, ImagesOfOneTask, PlatformNotStated } from "../stack/finding";
import type { Image, TaskDefinition } from "../stack/model";
import type { Requirement } from "../stack/task-platform";
import { BOTH, buildFix, buildsOf, commonArchitecture, isAllOf, platformLine, runtimePlatformFix } from "./fixes";
import { containersOf, imageOrigin, imageRow, note, OF_IMAGE, OF_IMAGES, runsOn, taskRow } from "./sides";
import { describe, describeInFull, fixes, hostPlatform, listed, named, plain, platforms, rows, type Row } from "./words";

/** The platforms to build for so that the image runs on the task: both, where the task asks for no architecture. */
function wantedFor({ host }: Requirement): readonly string[] {
  return host.architecture === undefined ? BOTH : [hostPlatform({ os: host.os ?? "linux", architecture: host.architecture })];
}

/** The task's way out: the platform on which the image does run. */
function taskFix(task: TaskDefinition, side: Pick<ImageSide, "platforms">): string[] {
  if (isAllOf(side, "windows")) {
    return [`${runtimePlatformFix("run the task on Windows", task, { os: "windows", architecture: "amd64" })}, or the version that the image is made for`];
  }
  const architecture = commonArchitecture([{ ...side } as ImageSide]);
  return architecture === undefined ? [] : [runtimePlatformFix("run the task where the image runs", task, { os: "linux", architecture })];
}

/** The image's ways out. A Dockerfile is for one operating system, so no platform turns one into the other. */
function imageFixes(side: ImageSide, requirement: Requirement): string[] {
  const os = requirement.host.os ?? "linux";
  if (side.platforms.every((platform) => platform.os !== os)) {
    return [`use an image for ${os === "windows" ? "Windows" : "Linux"}: another base image in the Dockerfile, built for ${listed(wantedFor(requirement))}`];
  }
  const [build = side.image, ...others] = buildsOf(side);
  if (others.length > 0) {
    return [`add an image for ${listed(wantedFor(requirement))} to those that ${describe(side.image.subject)} is made from`];
  }
  return [buildFix("build the image for the task", build, wantedFor(requirement))];
}

const FAILURE = 'fail to pull the image, or start, print "exec format error" and stop.';

/** What was written down is likelier meant than what was left out: that side's fix comes last. */
function inOrder(image: ImageSide, requirement: Requirement, imageSide: readonly string[], taskSide: readonly string[]): string[] {
  const isTaskLikelier = image.source.how === "stated" && requirement.source.how === "default";
  return isTaskLikelier ? [...taskSide, ...imageSide] : [...imageSide, ...taskSide];
}

export function imageOnTask(finding: ImageOnTask): string[] {
  const { task, image, requirement } = finding;
  const isSuspected = finding.certainty === "suspected";
  const dependsOnCpu = fits(image.platforms, requirement.host) === "maybe";
  return [
    `${containersOf(image.containers)} ${isSuspected ? "may not run" : "cannot run"}: ${image.containers.length > 1 ? "their" : "its"} image is built for ${platforms(image.platforms)}, the task runs on ${runsOn(requirement)}.`,
    ...rows([imageRow(image), taskRow(task, requirement)]),
    `The task ${isSuspected ? "might" : "would"} ${FAILURE}`,
    ...note(finding, ...(dependsOnCpu ? [] : [OF_IMAGE])),
    ...fixes(inOrder(image, requirement, imageFixes(image, requirement), taskFix(task, image))),
  ];
}

function imageOfRow(side: ImageSide): Row {
  return [side.containers.length === 0 ? "image" : `image of ${listed(side.containers.map(named))}`, platforms(side.platforms), imageOrigin(side)];
}

/** Each image built for what the other one is built for. */
function alignFixes([left, right]: ImagesOfOneTask["images"]): string[] {
  const systems = new Set([...left.platforms, ...right.platforms].map(({ os }) => os));
  if (systems.size > 1) {
    return [`use images of one operating system, or two task definitions: ${describe(left.image.subject)} and ${describe(right.image.subject)} share none`];
  }
  return [
    [right, left],
    [left, right],
  ].flatMap(([side, other]) => {
    const [build] = side === undefined ? [] : buildsOf(side);
    const [wanted] = other?.platforms ?? [];
    return build === undefined || wanted === undefined ? [] : [buildFix(`build both for ${formatPlatform(wanted)}`, build, [formatPlatform(wanted)])];
  });
}

export function imagesOfOneTask(finding: ImagesOfOneTask): string[] {
  const { task, images } = finding;
  const [left, right] = images;
  const names = [...left.containers, ...right.containers];
  const who = names.length < 2 ? "The containers of this task" : containersOf(names);
  return [
    `${who} cannot run on the same machine: their images share no platform, one is built for ${platforms(left.platforms)}, the other for ${platforms(right.platforms)}.`,
    ...rows([...images.map(imageOfRow), ["task", "not set", describeInFull(task.subject)]]),
    "All containers of a task run on one machine, so a sidecar cannot have another architecture or operating system.",
    ...note(finding, OF_IMAGES),
    ...fixes(alignFixes(images)),
  ];
}

/** The line to type in the image's resource, which the CLI names above the message. */
function statement(image: Image, wanted: readonly string[]): string {
  const [only, ...others] = wanted;
  if (only === undefined) {
    return `${platformLine(image, BOTH.slice(0, 1))} for x86 instances, linux/arm64 for Graviton`;
  }
  return others.length > 0 ? buildFix("build it for both", image, wanted) : platformLine(image, wanted);
}

export function platformNotStated({ image, tasks }: PlatformNotStated): string[] {
  const wanted = [...new Set(tasks.flatMap(({ requirement }) => (requirement?.host.architecture === undefined ? [] : wantedFor(requirement))))].sort();
  const users = tasks.map(({ task, requirement }) => describe(task.subject) + (requirement === undefined ? "" : ` (${runsOn(requirement)})`));
  return [
    `${describe(image.subject)} does not say for which platform it is built, so the machine that builds it decides whether it runs:`,
    "linux/arm64 on an Apple laptop, linux/amd64 on most CI runners.",
    ...rows([
      ["image", "not set", `${describe(image.subject)}, ${plain(image.source.text)}`],
      ["task", wanted.length === 0 ? "not set" : listed(wanted), listed(users)],
    ]),
    ...fixes([statement(image, wanted)]),
  ];
}
