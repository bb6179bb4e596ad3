/**
 * Findings as text. The CLI prints policy, level, resource and the policy's description above each message, so a
 * message starts with the consequence, shows both sides with where each comes from, and ends with the ways out.
 */

import type { ConfigurationError, Finding, RuntimePlatformInvalid, Undetermined } from "../stack/finding";
import { amiOnInstanceType } from "./ami-text";
import { imageOnCapacity, taskOnCapacity, taskOnConstraint } from "./capacity-text";
import { declaredImageOnTask, imageOnTask, imagesOfOneTask, platformNotStated } from "./image-text";
import { describe, describeInFull, fixes, plain } from "./words";

function runtimePlatformInvalid({ problem, subject }: RuntimePlatformInvalid): string[] {
  const where = `in ${describe(subject)}`;
  const row = (text: string): string => `  task  ${describeInFull(subject)}, ${text}`;
  switch (problem.of) {
    case "windows on arm64":
      return [
        "ECS would reject this task definition: Windows tasks run on X86_64 only.",
        row(`runtimePlatform: { operatingSystemFamily: "${plain(problem.operatingSystemFamily)}", cpuArchitecture: "ARM64" }`),
        ...fixes([`run it on x86, ${where}: runtimePlatform.cpuArchitecture: "X86_64"`, `run it on Linux with Linux images, ${where}: runtimePlatform.operatingSystemFamily: "LINUX"`]),
      ];
    case "windows on fargate":
      return [
        `Fargate would not start this task: it does not offer ${plain(problem.operatingSystemFamily)}.`,
        row(`runtimePlatform.operatingSystemFamily: "${plain(problem.operatingSystemFamily)}"`),
        ...fixes([
          `use a version that Fargate has and images for it, ${where}: runtimePlatform.operatingSystemFamily: "WINDOWS_SERVER_2022_${problem.operatingSystemFamily.endsWith("CORE") ? "CORE" : "FULL"}"`,
          `run the task on EC2, ${where}: requiresCompatibilities: ["EC2"]; and launchType: "EC2" in what starts it`,
        ]),
      ];
    default:
      return [
        `ECS would reject this task definition: ${problem.of} is "${plain(problem.value)}". Did you mean "${problem.meant}"?`,
        row(`runtimePlatform.${problem.of}: "${plain(problem.value)}"`),
        ...fixes([`${where}, runtimePlatform.${problem.of}: "${problem.meant}"`]),
      ];
  }
}

function configurationError({ option, problem }: ConfigurationError): string[] {
  return [`An option of cpu-architecture-settings has no effect: ${plain(option)} ${plain(problem)}.`];
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
  return entries.map(({ part, why, remedy }) => `Not checked: ${plain(part)}, because ${plain(why)}. To make it known: ${plain(remedy)}.`).join("\n");
}

const MAX_SUMMARY = 5;

/** What could not be determined in the whole stack, in a few lines. */
export function undeterminedSummary(entries: readonly Undetermined[]): string {
  const shown = entries.slice(0, MAX_SUMMARY).map(({ subject, part, why }) => `  ${describe(subject)}: ${plain(part)}, because ${plain(why)}`);
  const more = entries.length > MAX_SUMMARY ? [`  and ${String(entries.length - MAX_SUMMARY)} more; listing: "all" shows each`] : [];
  const count = entries.length === 1 ? "1 part of this stack could not be checked:" : `${String(entries.length)} parts of this stack could not be checked:`;
  return [count, ...shown, ...more].join("\n");
}
