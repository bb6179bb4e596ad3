/** The ways out of a disagreement, each as the line to type in the user's own resource type. */

import { fits, HOST_ARCHITECTURES, type Host, type HostArchitecture } from "../platform/fit";
import { formatPlatform, type Platform } from "../platform/platform";
import { formatCpuArchitecture } from "../platform/runtime-platform";
import type { ImageSide } from "../stack/finding";
import type { Image, TaskDefinition } from "../stack/model";
import { describe, named } from "./words";

/** The builds whose platforms decide: the image itself, or what it is joined or copied from. */
export function buildsOf({ image, builds: [first, ...others] }: ImageSide): readonly [Image, ...Image[]] {
  return first === undefined ? [image] : [first, ...others];
}

function listLine(wanted: readonly string[]): string {
  return `platforms: [${wanted.map((platform) => `"${platform}"`).join(", ")}]`;
}

/** True if the platform is that of the CodeBuild project's own machine, not one that a command states. */
function isOfCodeBuild({ subject, source }: Image): boolean {
  return subject.kind === "CodeBuild project" && source.how === "default";
}

/** Of the kinds of images that are told their platform by `--platform`, docker 3's is the one of this name. */
const DOCKER_3 = "docker Image";

/** True if its resource type builds for one platform at a time, and more are wanted. */
function mustBeReplaced({ statedBy, subject }: Image, wanted: readonly string[]): boolean {
  return wanted.length > 1 && (statedBy === "platform" || statedBy === "build.platform" || subject.kind === DOCKER_3);
}

/** The option of a command, or how CodeBuild and docker 3 are told. */
function optionLine(image: Image, wanted: readonly string[]): string {
  const value = wanted.join(",");
  if (image.subject.kind === DOCKER_3) {
    return `build: { extraOptions: ["--platform", "${value}"] }`;
  }
  return isOfCodeBuild(image) && wanted.length === 1 ? codeBuildLine(value) : `--platform ${value}`;
}

/** The line that states platforms in the image's own resource type, which takes several if several are wanted. */
export function platformLine(image: Image, wanted: readonly string[]): string {
  switch (image.statedBy) {
    case "build.platform":
      return `build: { platform: "${wanted.join()}" }`;
    case "platform":
      return `platform: "${wanted.join()}"`;
    case "--platform":
      return optionLine(image, wanted);
    default:
      return listLine(wanted);
  }
}

/** Source: AWS CodeBuild user guide, build-env-ref-compute-types. */
function codeBuildLine(platform: string): string {
  const [type, machine] = platform === "linux/arm64" ? ["ARM_CONTAINER", "arm64"] : ["LINUX_CONTAINER", "x86_64"];
  return `environment.type: "${type}", and in environment.image a CodeBuild image for ${machine}`;
}

/** `build the image for the task, in docker-build Image `web`: platforms: ["linux/amd64"]` */
export function buildFix(what: string, image: Image, wanted: readonly string[]): string {
  if (image.statedBy === "registry") {
    return `use an image that exists for ${wanted.join(" and ")} instead of ${named(image.subject.name)}`;
  }
  if (image.statedBy === "declaration") {
    const platforms = wanted.join(" and ");
    return image.subject.kind === "image"
      ? `use an image that exists for ${platforms} instead of ${named(image.subject.name)}, or, if this one does, say so under images of cpu-architecture-settings in the pack's configuration`
      : `${what}, in ${describe(image.subject)}, and declare so in codeBuildProjects of cpu-architecture-settings: ${listLine(wanted)}`;
  }
  return mustBeReplaced(image, wanted)
    ? `${what}: replace ${describe(image.subject)} by a docker-build Image with ${listLine(wanted)}`
    : `${what}, in ${describe(image.subject)}: ${platformLine(image, wanted)}`;
}

/** The fix that sets what a task runs on, in the task definition or in the component that makes it. */
export function runtimePlatformFix(what: string, task: TaskDefinition, host: Required<Host>): string {
  const family = host.os === "windows" ? "WINDOWS_SERVER_2022_CORE" : "LINUX";
  const line = `runtimePlatform: { cpuArchitecture: "${formatCpuArchitecture(host.architecture)}", operatingSystemFamily: "${family}" }`;
  if (task.subject.kind === "Express service") {
    return `${what}: give ${describe(task.subject)} a task definition with ${line}`;
  }
  const isInService = /^awsx ecs\.(Fargate|EC2)Service$/.test(task.subject.madeBy?.kind ?? "");
  return `${what}, in ${describe(task.subject)}: ${isInService ? `taskDefinitionArgs.${line}` : line}`;
}

/** The architecture of the Linux machines that an image of these platforms runs on, if there is one. */
export function architectureOf(offer: readonly Platform[]): HostArchitecture | undefined {
  return HOST_ARCHITECTURES.find((architecture) => fits(offer, { os: "linux", architecture }) === "runs");
}

/** The platforms to build for where tasks may land on both architectures. */
export const BOTH = HOST_ARCHITECTURES.map((architecture) => formatPlatform({ os: "linux", architecture }));
