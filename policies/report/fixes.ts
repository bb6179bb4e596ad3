/** The ways out of a disagreement, each as the line to type in the user's own resource type. */

import { fits, HOST_ARCHITECTURES, type Host, type HostArchitecture } from "../platform/fit";
import { formatPlatform } from "../platform/platform";
import { formatCpuArchitecture } from "../platform/runtime-platform";
import type { ImageSide } from "../stack/finding";
import type { Image, TaskDefinition } from "../stack/model";
import { describe, named } from "./words";

/** The builds whose platforms decide: the image itself, or what it is joined or copied from. */
export function buildsOf({ image, builds }: ImageSide): readonly Image[] {
  return builds.length > 0 ? builds : [image];
}

function listLine(wanted: readonly string[]): string {
  return `platforms: [${wanted.map((platform) => `"${platform}"`).join(", ")}]`;
}

/** True if the platform is that of the CodeBuild project's own machine, not one that a command states. */
function isOfCodeBuild({ subject, source }: Image): boolean {
  return subject.kind === "CodeBuild project" && source.how === "default";
}

/** True if its resource type builds for one platform at a time, and more are wanted. */
function mustBeReplaced({ statedBy }: Image, wanted: readonly string[]): boolean {
  return wanted.length > 1 && (statedBy === "platform" || statedBy === "build.platform");
}

/** The line that states platforms in the image's own resource type; of several, the first where it takes but one. */
export function platformLine(image: Image, wanted: readonly string[]): string {
  const [only = "linux/amd64", ...others] = wanted;
  switch (image.statedBy) {
    case "platforms":
      return listLine(wanted);
    case "sources":
      return `a source that is built for ${wanted.join(" and ")}`;
    case "--platform":
      return isOfCodeBuild(image) && others.length === 0 ? codeBuildLine(only) : `--platform ${wanted.join(",")}`;
    case "build.platform":
      return `build: { platform: "${only}" }`;
    case "platform":
      return `platform: "${only}"`;
    case "declaration":
      return `an image that exists for ${wanted.join(" and ")}`;
  }
}

/** Source: AWS CodeBuild user guide, build-env-ref-compute-types. */
function codeBuildLine(platform: string): string {
  return `environment: { type: "${platform === "linux/arm64" ? "ARM_CONTAINER" : "LINUX_CONTAINER"}" }, with a build image for it`;
}

/** `build the image for the task, in docker-build Image `web`: platforms: ["linux/amd64"]` */
export function buildFix(what: string, image: Image, wanted: readonly string[]): string {
  if (image.statedBy === "declaration") {
    const platforms = wanted.join(" and ");
    return image.subject.kind === "image"
      ? `use an image that exists for ${platforms} instead of ${named(image.subject.name)}, or correct the declaration if it does`
      : `${what}, in ${describe(image.subject)}: for ${platforms}; and declare that`;
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
  return `${what}, in ${describe(task.subject)}: ${isInService ? `taskDefinitionArgs: { ${line} }` : line}`;
}

/** The Linux architecture that all the images run on, if there is one. */
export function commonArchitecture(images: readonly ImageSide[]): HostArchitecture | undefined {
  return HOST_ARCHITECTURES.find((architecture) => images.every((image) => fits(image.platforms, { os: "linux", architecture }) === "runs"));
}

/** True if the image has platforms, and all of them of that operating system. */
export function isAllOf({ platforms }: Pick<ImageSide, "platforms">, os: string): boolean {
  return platforms.length > 0 && platforms.every((platform) => platform.os === os);
}

/** The platforms to build for where tasks may land on both architectures. */
export const BOTH = HOST_ARCHITECTURES.map((architecture) => formatPlatform({ os: "linux", architecture }));
