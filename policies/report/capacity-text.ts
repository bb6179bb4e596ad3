/** Messages about tasks and the instances that they can land on. */

import type { HostArchitecture } from "../platform/fit";
import { formatCpuArchitecture } from "../platform/runtime-platform";
import type { ImageOnCapacity, TaskOnCapacity, TaskOnConstraint } from "../stack/finding";
import { BOTH, buildFix, buildsOf, commonArchitecture, isAllOf, runtimePlatformFix } from "./fixes";
import { containersOf, imageRow, instancesRow, note, OF_IMAGE, runsOn, servicesOf, taskRow, unpinnedTaskRow } from "./sides";
import { describe, fixes, listed, platforms, rows, type Row } from "./words";

const MAX_SIDES = 3;
const STUCK = 'The tasks would wait in PROVISIONING, or ECS would report that it is "unable to place a task".';

function linux(architectures: readonly HostArchitecture[]): string {
  return listed(architectures.map((architecture) => `linux/${architecture}`));
}

/** What to start so that tasks of an architecture have somewhere to run. */
function instancesOf(architecture: string): string {
  return architecture === "ARM64" ? "Graviton types with an arm64 AMI" : "x86 types with an x86_64 AMI";
}

export function taskOnCapacity(finding: TaskOnCapacity): string[] {
  const { task, requirement, launchers, instances } = finding;
  const wanted = runsOn(requirement);
  const found = [...new Set(instances.flatMap(({ architectures }) => architectures))].sort();
  const [other] = found;
  const template = instances[0]?.chain.at(-1);
  const only = finding.certainty === "suspected" ? "No instance in this stack" : "No instance";
  return [
    `${only} can run the tasks of ${servicesOf(launchers)}: they need ${wanted}, the instances are ${listed(found.map(formatCpuArchitecture))}.`,
    ...rows([taskRow(task, { ...requirement, launchers: [] }), ...instances.slice(0, MAX_SIDES).map(instancesRow)]),
    STUCK,
    ...note(finding),
    ...fixes([
      `start ${wanted} instances: ${instancesOf(wanted)}${template === undefined ? "" : ` in ${describe(template)}`}`,
      ...(other === undefined
        ? []
        : [`${runtimePlatformFix("run the tasks on these instances", task, { os: requirement.host.os ?? "linux", architecture: other })}, with images for ${linux([other])}`]),
    ]),
  ];
}

export function imageOnCapacity(finding: ImageOnCapacity): string[] {
  const { image, instances, launchers, task } = finding;
  const isSuspected = finding.certainty === "suspected";
  const isOne = image.containers.length <= 1;
  const own = commonArchitecture([image]);
  const [build = image.image] = buildsOf(image);
  const imageFix = isAllOf(image, "windows")
    ? "use an image for Linux, with another base image in its Dockerfile"
    : buildFix("build the image for both architectures", build, BOTH);
  return [
    `${containersOf(image.containers)} ${isSuspected ? "may not run" : "cannot run"} where ${servicesOf(launchers)} may put ${isOne ? "it: its" : "them: their"} image is built for ${platforms(image.platforms)}, and instances are ${linux(instances.architectures)}.`,
    ...rows([imageRow(image), unpinnedTaskRow(task), instancesRow(instances)]),
    `A task that lands there ${isSuspected ? "might" : "would"} fail to pull the image, or start, print "exec format error" and stop.`,
    ...note(finding, ...(isSuspected ? [] : [OF_IMAGE])),
    ...fixes([
      imageFix,
      ...(own === undefined
        ? []
        : [runtimePlatformFix(`keep the task on ${formatCpuArchitecture(own)} instances, if it can reach any`, task, { os: "linux", architecture: own })]),
    ]),
  ];
}

/** ECS spells architectures in its attributes as EC2 does, in lower case. */
function constraintFor(architecture: HostArchitecture): string {
  return `expression: "attribute:ecs.cpu-architecture == ${architecture === "amd64" ? "x86_64" : "arm64"}"`;
}

export function taskOnConstraint(finding: TaskOnConstraint): string[] {
  const { task, requirement, image, launchers, admitted } = finding;
  const left = admitted.length === 0 ? "no instance at all" : `only ${linux(admitted)} instances`;
  const wanted = image === undefined ? requirement?.host.architecture : commonArchitecture([image]);
  const needs = image === undefined ? `the task needs ${requirement === undefined ? "another architecture" : runsOn(requirement)}` : `its image is built for ${platforms(image.platforms)}`;
  const [admittedOne] = admitted;
  const [build] = image === undefined ? [] : buildsOf(image);
  const sides: Row[] = [
    ...(image === undefined ? [] : [imageRow(image)]),
    requirement === undefined ? unpinnedTaskRow(task) : taskRow(task, { ...requirement, launchers: [] }),
    ["constraints", admitted.length === 0 ? "none" : linux(admitted), `placementConstraints of ${describe(task.subject)} and ${servicesOf(launchers)} together`],
  ];
  const otherSide = build === undefined
    ? (admittedOne === undefined ? [] : [`${runtimePlatformFix("run the task on these instances", task, { os: "linux", architecture: admittedOne })}, with images for ${linux([admittedOne])}`])
    : [buildFix("build the image for these instances", build, admitted.map((architecture) => `linux/${architecture}`))];
  return [
    `No instance can run the tasks of ${servicesOf(launchers)}: placement constraints leave ${left}, ${needs}.`,
    ...rows(sides),
    image === undefined ? STUCK : 'A task would fail to pull the image, or start, print "exec format error" and stop.',
    ...note(finding, OF_IMAGE),
    ...fixes([`change the constraint${wanted === undefined ? " on attribute:ecs.cpu-architecture" : `: ${constraintFor(wanted)}`}`, ...otherSide]),
  ];
}
