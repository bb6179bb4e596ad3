/** Messages about tasks and the instances that they can land on. */

import { formatEc2Architecture } from "../platform/ec2";
import type { HostArchitecture } from "../platform/fit";
import { formatCpuArchitecture } from "../platform/runtime-platform";
import type { ImageOnCapacity, ImageSide, InstancesSide, TaskOnCapacity, TaskOnConstraint } from "../stack/finding";
import type { Subject, TaskDefinition, TaskLauncher } from "../stack/model";
import type { Requirement } from "../stack/task-platform";
import { architectureOf, BOTH, buildFix, buildsOf, runtimePlatformFix } from "./fixes";
import { containersOf, failure, imageRow, instancePlatforms, instancesRow, note, runsOn, RUNS_IT, starters, systemName, taskRow, unpinnedTaskRow } from "./sides";
import { describe, fixes, listed, platforms, rows, type Row } from "./words";

/** Rows for instances; one less where a line below says why it is not certain. */
const MAX_SIDES = 3;
const STUCK = 'The tasks would wait in PROVISIONING, or ECS would report that it is "unable to place a task".';

function linux(architectures: readonly HostArchitecture[]): string {
  return listed(architectures.map((architecture) => `linux/${architecture}`));
}

/** Why none of the instances will do: they run another operating system, or constraints bar those that would. */
type Obstacle = "architecture" | "system" | "constraints";

function obstacleOf({ requirement: { host }, instances }: TaskOnCapacity): Obstacle {
  const isOther = ({ os }: InstancesSide): boolean => os !== undefined && host.os !== undefined && os !== host.os;
  if (instances.every(isOther)) {
    return "system";
  }
  const isFit = (side: InstancesSide): boolean => !isOther(side) && side.architectures.some((architecture) => architecture === host.architecture);
  return instances.some(isFit) ? "constraints" : "architecture";
}

/** The instances, as many as there is room for, and the others by the names of what they belong to. */
function instancesRows(instances: readonly InstancesSide[], max: number): Row[] {
  if (instances.length <= max) {
    return instances.map(instancesRow);
  }
  const others = instances.slice(max - 1);
  const cells = [...new Set(others.map(instancePlatforms))];
  const names = others.flatMap(({ chain }) => chain.slice(0, 1).map(describe));
  return [...instances.slice(0, max - 1).map(instancesRow), ["instances", listed(cells), listed(names)]];
}

/** Resources with placement constraints: those of a task definition and of what starts it count together. */
function constrainedBy(task: TaskDefinition, launchers: readonly TaskLauncher[]): Subject[] {
  const isConstrained = ({ placementConstraints: all }: TaskDefinition | TaskLauncher): boolean => all.state === "known" && all.value.length > 0;
  return [task, ...launchers].filter(isConstrained).map(({ subject }) => subject);
}

function constraintsText(owners: readonly Subject[]): string {
  return `placementConstraints of ${listed(owners.map(describe))}${owners.length > 1 ? " together" : ""}`;
}

/** How to start instances that the task can use, in the resource that says which are started: the last of the first chain. */
function startFixes({ requirement, instances }: TaskOnCapacity, obstacle: Obstacle): string[] {
  return instances.slice(0, 1).flatMap(({ chain, text }) => chain.slice(-1).map((at) => startFix(requirement, obstacle, at, text)));
}

function startFix(requirement: Requirement, obstacle: Obstacle, at: Subject, text: string): string {
  const wanted = runsOn(requirement, obstacle === "system");
  const where = ` in ${describe(at)}`;
  if (at.kind === "capacity provider" || at.kind === "cluster") {
    return `start ${wanted} instances${where}${text.startsWith("declared ") ? `, or correct ${at.kind === "cluster" ? "clusters" : "capacityProviders"} of cpu-architecture-settings` : ""}`;
  }
  const isArm = requirement.host.architecture === "arm64";
  const ami = obstacle === "system" ? `a ${wanted} AMI` : isArm ? "an arm64 AMI" : "an x86_64 AMI";
  return `start ${wanted} instances: ${isArm ? "Graviton types" : "x86 types"} with ${ami}${where}`;
}

/** How to let the tasks run on the first of the instances: by the constraint, where that is what asks for another. */
function moveFixes({ task, launchers, instances }: TaskOnCapacity): string[] {
  return instances.slice(0, 1).flatMap(({ architectures, os = "linux" }) =>
    architectures.slice(0, 1).map((architecture) =>
      task.cpuArchitecture.state === "absent"
        ? constraintFix(constrainedBy(task, launchers), architecture)
        : `${runtimePlatformFix("run the tasks on these instances", task, { os, architecture })}, with images for ${os}/${architecture}`,
    ),
  );
}

const OBSTACLES: Readonly<Record<Obstacle, (finding: TaskOnCapacity) => string>> = {
  architecture: ({ requirement, instances }) => {
    const found = [...new Set(instances.flatMap(({ architectures }) => architectures))].sort();
    return `they need ${runsOn(requirement)}, the instances are ${listed(found.map(formatCpuArchitecture))}`;
  },
  system: ({ requirement, instances }) => {
    const found = [...new Set(instances.map(({ os = "linux" }) => systemName(os)))];
    return `they need ${runsOn(requirement, true)}, the instances run ${listed(found)}`;
  },
  constraints: () => "placement constraints bar every instance that could",
};

export function taskOnCapacity(finding: TaskOnCapacity): string[] {
  const { task, requirement, launchers, instances } = finding;
  const isSuspected = finding.certainty === "suspected";
  const obstacle = obstacleOf(finding);
  const owners = obstacle === "constraints" ? constrainedBy(task, launchers) : [];
  const constraints: Row[] = owners.length === 0 ? [] : [["constraints", "none left", constraintsText(owners)]];
  const room = MAX_SIDES - constraints.length - (isSuspected ? 1 : 0);
  return [
    `${isSuspected ? "No instance in this stack" : "No instance"} can run the tasks of ${starters(launchers)}: ${OBSTACLES[obstacle](finding)}.`,
    ...rows([taskRow(task, { ...requirement, launchers: [] }, obstacle === "system"), ...constraints, ...instancesRows(instances, room)]),
    STUCK,
    ...note(finding),
    ...fixes(
      obstacle === "constraints"
        ? [`change placementConstraints of ${listed(owners.map(describe))}`, "start instances that they admit"]
        : [...startFixes(finding, obstacle), ...moveFixes(finding)],
    ),
  ];
}

export function imageOnCapacity(finding: ImageOnCapacity): string[] {
  const { image, instances, launchers, task } = finding;
  const isSuspected = finding.certainty === "suspected";
  const isOne = image.containers.length <= 1;
  const own = architectureOf(image.platforms);
  const [build] = buildsOf(image);
  const isWindows = image.platforms.every(({ os }) => os === "windows");
  const imageFix = isWindows ? "use an image for Linux, with another base image in its Dockerfile" : buildFix("build the image for both architectures", build, BOTH);
  return [
    `${containersOf(image.containers)} ${isSuspected ? "may not run" : "cannot run"} where ${starters(launchers)} may put ${isOne ? "it: its" : "them: their"} image is built for ${platforms(image.platforms)}, instances are ${instancePlatforms(instances)}.`,
    ...rows([imageRow(image), unpinnedTaskRow(task), instancesRow(instances)]),
    `A task that lands there ${isSuspected ? "might" : "would"} ${failure(isWindows)}`,
    ...note(finding, RUNS_IT),
    ...fixes([
      imageFix,
      ...(own === undefined
        ? []
        : [runtimePlatformFix(`keep the task on ${formatCpuArchitecture(own)} instances, if it can reach any`, task, { os: "linux", architecture: own })]),
    ]),
  ];
}

/** ECS spells architectures in its attributes as EC2 does, in lower case. */
function constraintFix(owners: readonly Subject[], architecture: HostArchitecture): string {
  const expression = `attribute:ecs.cpu-architecture == ${formatEc2Architecture(architecture)}`;
  return `change the constraint in ${listed(owners.map(describe))}: expression: "${expression}"`;
}

/** Without an architecture that is wanted, any one will do. */
function constraintFixes({ requirement, image, task, launchers }: TaskOnConstraint): string[] {
  const owners = constrainedBy(task, launchers);
  const wanted = image === undefined ? requirement.host.architecture : architectureOf(image.platforms);
  if (wanted !== undefined) {
    return [constraintFix(owners, wanted)];
  }
  return image === undefined ? [`change the constraints in ${listed(owners.map(describe))}, so that they leave one architecture`] : [];
}

/** The image's way out, or the task's where no image is at fault. */
function constraintOtherFix({ task, admitted }: TaskOnConstraint, image: ImageSide | undefined): string[] {
  if (image === undefined) {
    return admitted
      .slice(0, 1)
      .map((architecture) => `${runtimePlatformFix("run the task on these instances", task, { os: "linux", architecture })}, with images for ${linux([architecture])}`);
  }
  const [build] = buildsOf(image);
  return [buildFix("build the image for these instances", build, admitted.map((architecture) => `linux/${architecture}`))];
}

/** What asks for another architecture than the constraints leave. */
function needOf(image: ImageSide | undefined, requirement: Requirement): string {
  if (image === undefined) {
    return requirement.host.architecture === undefined ? "they contradict each other" : `the task needs ${runsOn(requirement)}`;
  }
  const { containers } = image;
  const whose = containers.length === 0 ? "an image of the task" : `the image of ${containersOf(containers).replace("C", "c")}`;
  return `${whose} is built for ${platforms(image.platforms)}`;
}

export function taskOnConstraint(finding: TaskOnConstraint): string[] {
  const { task, requirement, image, launchers, admitted } = finding;
  const owners = constrainedBy(task, launchers);
  const left = admitted.length === 0 ? "no instance at all" : `only ${linux(admitted)} instances`;
  const constraints: Row = ["constraints", admitted.length === 0 ? "none" : linux(admitted), constraintsText(owners)];
  const sides = image === undefined ? [taskRow(task, { ...requirement, launchers: [] })] : [imageRow(image), unpinnedTaskRow(task)];
  return [
    `No instance can run the tasks of ${starters(launchers)}: placement constraints leave ${left}, ${needOf(image, requirement)}.`,
    ...rows([...sides, constraints]),
    image === undefined ? STUCK : `A task would ${failure(false)}`,
    ...note(finding, RUNS_IT),
    ...fixes([...constraintFixes(finding), ...constraintOtherFix(finding, image)]),
  ];
}
