/**
 * Findings as text. The CLI prints policy, level, resource and the policy's description above each message, so a
 * message starts with the consequence, shows both sides with where each comes from, and ends with the ways out.
 */

import { fits, HOST_ARCHITECTURES, type Host, type HostArchitecture } from "../platform/fit";
import { formatCpuArchitecture } from "../platform/runtime-platform";
import type {
  AmiOnInstanceType,
  ConfigurationError,
  DeclaredImageOnTask,
  Finding,
  ImageOnCapacity,
  ImageOnTask,
  ImageSide,
  ImagesOfOneTask,
  InstancesSide,
  PlatformNotStated,
  RuntimePlatformInvalid,
  TaskOnCapacity,
  TaskOnConstraint,
  Undetermined,
} from "../stack/finding";
import type { Image, PlatformProperty, Source, TaskDefinition, TaskLauncher } from "../stack/model";
import type { Requirement } from "../stack/task-platform";
import { describe, describeInFull, hostPlatform, listed, named, plain, platforms, rows } from "./words";

function containersOf(names: readonly string[]): string {
  if (names.length === 0) {
    return "A container";
  }
  return `Container${names.length > 1 ? "s" : ""} ${listed(names.map(named))}`;
}

/** The property's text, with a note where the provider may have filled it in from the building machine. */
function stated(source: Source): string {
  switch (source.how) {
    case "filled in":
      return `${source.text} (may be this machine's default)`;
    case "declared":
      return `${source.text} (declared in cpu-architecture-settings)`;
    default:
      return source.text;
  }
}

/** Where an image's platforms come from: itself, or the builds that it is joined or copied from. */
function imageOrigin({ image, builds, source }: ImageSide): string {
  const own = describe(image.subject);
  if (builds.length === 0) {
    return `${own}, ${plain(stated(source))}`;
  }
  return `${own}, made from ${listed(builds.map(({ subject }) => describe(subject)))}`;
}

/** What starts the task definition, folded into one phrase. */
function startedBy({ launchers }: Requirement): string {
  const [first, ...others] = launchers;
  if (first === undefined) {
    return "";
  }
  return `, started by ${describe(first.subject)}${others.length > 0 ? ` and ${String(others.length)} more` : ""}`;
}

function taskOrigin(task: TaskDefinition, requirement: Requirement): string {
  return `${describeInFull(task.subject)}, ${plain(stated(requirement.source))}${startedBy(requirement)}`;
}

/** How ECS spells what the task runs on, for the headline. */
function runsOn({ host }: Requirement): string {
  const architecture = host.architecture === undefined ? undefined : formatCpuArchitecture(host.architecture);
  return host.os === "windows" ? `Windows${architecture === undefined ? "" : ` on ${architecture}`}` : (architecture ?? "Linux");
}

/** The line that states a platform in the image's own resource type. */
function statePlatform(property: PlatformProperty, platform: string): string {
  switch (property) {
    case "platforms":
      return `platforms: ["${platform}"]`;
    case "sources":
      return `add a source that is built for ${platform}`;
    case "--platform":
      return `--platform ${platform}`;
    default:
      return `${property}: "${platform}"`;
  }
}

/** The Linux architecture that all the images run on, if there is one. */
function commonArchitecture(images: readonly ImageSide[]): HostArchitecture | undefined {
  return HOST_ARCHITECTURES.find((architecture) => images.every((image) => fits(image.platforms, { os: "linux", architecture }) === "runs"));
}

function buildFor(image: Image, host: Host): string {
  return `build ${describe(image.subject)} for the task: ${statePlatform(image.statedBy, hostPlatform({ os: host.os ?? "linux", architecture: host.architecture ?? "amd64" }))}`;
}

function runAs(architecture: HostArchitecture): string {
  return `run the task on the image's platform: runtimePlatform: { cpuArchitecture: "${formatCpuArchitecture(architecture)}", operatingSystemFamily: "LINUX" }`;
}

function fixes(lines: readonly string[]): string[] {
  return lines.length === 1 ? [`Fix: ${lines[0] ?? ""}`] : ["Fix one side:", ...lines.map((line) => `  - ${line}`)];
}

function note(finding: Finding): string[] {
  if (finding.because === "") {
    return [];
  }
  const lead = finding.certainty === "inferred" ? "Inferred" : "Not certain";
  return [`${lead}: ${plain(finding.because)}.`];
}

function imageOnTask(finding: ImageOnTask): string[] {
  const { task, image, requirement } = finding;
  const offered = platforms(image.platforms);
  const would = finding.certainty === "suspected" ? "may not run" : "cannot run";
  const builds = image.builds.length > 0 ? image.builds : [image.image];
  const other = commonArchitecture([image]);
  return [
    `${containersOf(image.containers)} ${would}: its image is built for ${offered}, the task runs on ${runsOn(requirement)}.`,
    ...rows([
      ["image", offered, imageOrigin(image)],
      ["task", hostPlatform(requirement.host), taskOrigin(task, requirement)],
    ]),
    `The task would fail to pull the image, or start, print "exec format error" and stop.`,
    ...note(finding),
    ...fixes([...builds.slice(0, 2).map((build) => buildFor(build, requirement.host)), ...(other === undefined ? [] : [runAs(other)])]),
  ];
}

function declaredImageOnTask(finding: DeclaredImageOnTask): string[] {
  const offered = platforms(finding.platforms);
  return [
    `${containersOf(finding.containers)} cannot run: its image exists for ${offered} only, the task runs on ${runsOn(finding.requirement)}.`,
    ...rows([
      ["image", offered, `${plain(finding.reference)} (declared in cpu-architecture-settings)`],
      ["task", hostPlatform(finding.requirement.host), taskOrigin(finding.task, finding.requirement)],
    ]),
    ...fixes([`use an image that exists for ${hostPlatform(finding.requirement.host)}`, "change runtimePlatform of the task to what the image offers"]),
  ];
}

function imagesOfOneTask(finding: ImagesOfOneTask): string[] {
  const { images } = finding;
  const [, second] = images;
  return [
    `The containers of this task cannot run on the same machine: their images share no platform.`,
    ...rows(images.map((image) => [containersOf(image.containers).toLowerCase(), platforms(image.platforms), imageOrigin(image)] as const)),
    "A task has exactly one CPU architecture and operating system; sidecars cannot have another one.",
    ...note(finding),
    `Fix: build both for the same platform, for example ${describe(second.image.subject)}: ${statePlatform(second.image.statedBy, platforms(images[0].platforms.slice(0, 1)))}`,
  ];
}

function servicesOf(launchers: readonly TaskLauncher[]): string {
  return listed(launchers.map(({ subject }) => describe(subject)));
}

/** `capacity provider `x`, Auto Scaling group `y`, launch template `z`` with the types and AMIs that decide. */
function chainOf({ chain, text }: InstancesSide): string {
  const path = chain.map(describe).join(", ");
  return text === "" ? path : `${path}: ${plain(text)}`;
}

function instanceRow(side: InstancesSide): readonly [string, string, string] {
  return ["instances", listed(side.architectures.map((architecture) => `linux/${architecture}`)), chainOf(side)];
}

const MAX_SIDES = 3;

function taskOnCapacity(finding: TaskOnCapacity): string[] {
  const { task, requirement, launchers, instances } = finding;
  const only = finding.certainty === "suspected" ? "None of the instances in this stack has" : "No instance has";
  const architecture = runsOn(requirement);
  const others = [...new Set(instances.flatMap((side) => side.architectures))].map(formatCpuArchitecture);
  return [
    `${only} the architecture of the tasks that ${servicesOf(launchers)} would start: they would stay PENDING.`,
    ...rows([
      ["tasks", hostPlatform(requirement.host), `${describeInFull(task.subject)}, ${plain(stated(requirement.source))}`],
      ...instances.slice(0, MAX_SIDES).map(instanceRow),
    ]),
    ...note(finding),
    ...fixes([
      `add instances of ${architecture}: ${architecture === "ARM64" ? "Graviton types with an arm64 AMI" : "x86 types with an x86_64 AMI"}`,
      `or set runtimePlatform.cpuArchitecture: "${listed(others)}", with images built for it`,
    ]),
  ];
}

function imageOnCapacity(finding: ImageOnCapacity): string[] {
  const { image, instances, launchers } = finding;
  const would = finding.certainty === "suspected" ? "may not run" : "cannot run";
  const offered = platforms(image.platforms);
  const architecture = instances.architectures[0] ?? "amd64";
  const own = commonArchitecture([image]);
  return [
    `${containersOf(image.containers)} ${would} where ${servicesOf(launchers)} may put it: its image is built for ${offered}, and some instances are ${architecture}.`,
    ...rows([["image", offered, imageOrigin(image)], ["task", "not set", `${describeInFull(finding.task.subject)} has no runtimePlatform.cpuArchitecture, so ECS picks any instance`], instanceRow(instances)]),
    ...note(finding),
    ...fixes([
      ...(own === undefined ? [] : [`keep the task on ${formatCpuArchitecture(own)} instances, if there are any: runtimePlatform.cpuArchitecture: "${formatCpuArchitecture(own)}"`]),
      `build the image for linux/${architecture} too: ${statePlatform(image.image.statedBy, `linux/${architecture}`)}`,
    ]),
  ];
}

function taskOnConstraint(finding: TaskOnConstraint): string[] {
  const { task, requirement, image, launchers, admitted } = finding;
  const left = admitted.length === 0 ? "no instance at all" : `${listed(admitted.map((architecture) => `linux/${architecture}`))} instances only`;
  const asks = image === undefined ? `the task asks for ${requirement === undefined ? "another one" : runsOn(requirement)}` : `its image is built for ${platforms(image.platforms)}`;
  return [
    `The tasks that ${servicesOf(launchers)} would start cannot run: placement constraints leave ${left}, and ${asks}.`,
    ...rows([
      ...(image === undefined ? [] : [["image", platforms(image.platforms), imageOrigin(image)] as const]),
      ...(requirement === undefined ? [] : [["task", hostPlatform(requirement.host), `${describeInFull(task.subject)}, ${plain(stated(requirement.source))}`] as const]),
      ["constraint", left, `placementConstraints of ${describe(task.subject)} or ${servicesOf(launchers)}`],
    ]),
    ...note(finding),
    ...fixes(["change the constraint on attribute:ecs.cpu-architecture", image === undefined ? "change runtimePlatform.cpuArchitecture" : "build the image for the instances that are left"]),
  ];
}

const EC2_NAMES: Readonly<Record<string, string>> = { x86_64: "an x86 type", arm64: "a Graviton type" };

function amiOnInstanceType(finding: AmiOnInstanceType): string[] {
  const { ami, amiAt, typesAt, template, types, typeArchitectures, usedBy } = finding;
  const where = template === undefined || template.subject === amiAt || template.subject === typesAt ? "" : `, through ${describe(template.subject)}`;
  const architectures = listed(typeArchitectures);
  const fix = EC2_NAMES[ami.architecture] ?? `a type of ${ami.architecture}`;
  return [
    `EC2 refuses to start ${types === "" ? "any instance" : types} here: the AMI is ${ami.architecture}, the instance type is ${architectures}.`,
    ...rows([
      ["AMI", ami.architecture, `${describe(amiAt)}, ${plain(stated(ami.source))}${where}`],
      ["instance type", architectures, `${describe(typesAt)}, ${plain(stated(finding.typeSource))}`],
    ]),
    ...(usedBy.length > 0 ? [`Used by ${listed(usedBy.map(describe))}.`] : []),
    ...note(finding),
    ...fixes([`use the AMI for ${architectures}, if there is one`, `use ${fix} instead${types === "" ? "" : ` of ${types}`}`]),
  ];
}

function runtimePlatformInvalid(finding: RuntimePlatformInvalid): string[] {
  const { problem } = finding;
  switch (problem.of) {
    case "windows on arm64":
      return [
        "ECS would reject this task definition: Windows tasks run on X86_64 only.",
        `  task  runtimePlatform: { operatingSystemFamily: "${plain(problem.operatingSystemFamily)}", cpuArchitecture: "ARM64" }`,
        ...fixes(['set cpuArchitecture: "X86_64"', 'set operatingSystemFamily: "LINUX", with Linux images']),
      ];
    case "windows on fargate":
      return [
        `Fargate would not start this task: it has no ${plain(problem.operatingSystemFamily)}.`,
        `  task  runtimePlatform.operatingSystemFamily: "${plain(problem.operatingSystemFamily)}"`,
        ...fixes(["use a 2019, 2022 or 2025 version", "run the task on EC2"]),
      ];
    default:
      return [
        `ECS would reject this task definition: ${problem.of} is "${plain(problem.value)}". Did you mean "${problem.meant}"?`,
        `  task  runtimePlatform.${problem.of}: "${plain(problem.value)}"`,
        `Fix: runtimePlatform.${problem.of}: "${problem.meant}"`,
      ];
  }
}

function platformNotStated({ image, tasks }: PlatformNotStated): string[] {
  const users = tasks.map(({ task, requirement }) => describe(task.subject) + (requirement === undefined ? "" : ` (${runsOn(requirement)})`));
  const wanted = tasks.find(({ requirement }) => requirement !== undefined)?.requirement;
  const platform = wanted === undefined ? "linux/amd64" : hostPlatform({ os: "linux", ...wanted.host });
  return [
    `${describe(image.subject)} does not say for which platform it is built, so the building machine decides:`,
    "linux/arm64 on an Apple laptop, linux/amd64 on most CI runners.",
    `It is run by ${listed(users)}.`,
    `Fix: ${statePlatform(image.statedBy, platform)}`,
  ];
}

function configurationError({ option, problem }: ConfigurationError): string[] {
  return [`Option ${plain(option)} ${plain(problem)}.`];
}

function linesOf(finding: Finding): string[] {
  switch (finding.kind) {
    case "image-on-task":
      return imageOnTask(finding);
    case "declared-image-on-task":
      return declaredImageOnTask(finding);
    case "images-of-one-task":
      return imagesOfOneTask(finding);
    case "ami-on-instance-type":
      return amiOnInstanceType(finding);
    case "task-on-capacity":
      return taskOnCapacity(finding);
    case "image-on-capacity":
      return imageOnCapacity(finding);
    case "task-on-constraint":
      return taskOnConstraint(finding);
    case "runtime-platform-invalid":
      return runtimePlatformInvalid(finding);
    case "platform-not-stated":
      return platformNotStated(finding);
    case "configuration-error":
      return configurationError(finding);
  }
}

/** A finding as a message of at most ten lines. */
export function textOf(finding: Finding): string {
  return linesOf(finding).join("\n");
}

/** What could not be determined about one resource, one line for each part. */
export function undeterminedText(entries: readonly Undetermined[]): string {
  return entries.map(({ part, why, remedy }) => `Not checked: ${plain(part)}, because ${plain(why)}. To make it known: ${remedy}.`).join("\n");
}

const MAX_SUMMARY = 5;

/** What could not be determined in the whole stack, in a few lines. */
export function undeterminedSummary(entries: readonly Undetermined[]): string {
  const shown = entries.slice(0, MAX_SUMMARY).map(({ subject, part, why }) => `  ${describe(subject)}: ${plain(part)}, because ${plain(why)}`);
  const more = entries.length > MAX_SUMMARY ? [`  and ${String(entries.length - MAX_SUMMARY)} more; listing: "all" shows each`] : [];
  return [`${String(entries.length)} parts of this stack could not be checked:`, ...shown, ...more].join("\n");
}
