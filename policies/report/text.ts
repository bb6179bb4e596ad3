/**
 * Findings as text. The CLI prints policy, level, resource and the policy's description above each message, so a
 * message starts with the consequence, shows both sides with where each comes from, and ends with the ways out.
 */

import type { Exemption } from "../options/exemptions";
import type {
  ConfigurationError,
  DeclarationContradicted,
  DeclarationUnused,
  ExemptionOver,
  ExemptionUnused,
  Finding,
  RuntimePlatformInvalid,
  Undetermined,
} from "../stack/finding";
import { amiOnInstanceType } from "./ami-text";
import { imageOnCapacity, taskOnCapacity, taskOnConstraint } from "./capacity-text";
import { imageOnTask, imagesOfOneTask, platformNotStated } from "./image-text";
import { describe, describeInFull, fixes, plain, rows, stated } from "./words";

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
        ...fixes([`${where}: runtimePlatform.${problem.of}: "${problem.meant}"`]),
      ];
  }
}

function configurationError({ policy, option, problem }: ConfigurationError): string[] {
  const end = /[.?]$/.test(problem) ? "" : ".";
  return [`An option of ${policy} has no effect: ${plain(option)} ${plain(problem)}${end}`];
}

function declarationUnused({ place, pattern }: DeclarationUnused): string[] {
  return [
    `A declared fact is not used: ${place} of cpu-architecture-settings (in the pack's configuration) is about \`${plain(pattern)}\`, and nothing in this stack has such a name.`,
    ...fixes(["remove it, correct it, or put it before a wider one that matches first", 'where one configuration serves several stacks, set unused: "ignore"']),
  ];
}

function declarationContradicted({ place, declared, stated: told, source, subject, winner }: DeclarationContradicted): string[] {
  const counts = winner === "stack" ? "What the stack says counts, so the declaration has no effect here." : "The declaration counts.";
  return [
    `A declared fact is contradicted by the stack: ${place} says ${declared}, ${describe(subject)} says ${told}.`,
    ...rows([
      ["declared", declared, `${place} of cpu-architecture-settings`],
      ["stack", told, `${describe(subject)}, ${stated(source)}`],
    ]),
    counts,
    ...fixes([`correct or remove ${place}`, `correct ${describe(subject)}, if the declaration is right`]),
  ];
}

function exemptionOver({ place, resource, until, reason }: ExemptionOver): string[] {
  return [
    `An exemption has ended: ${place} of cpu-architecture-settings, in the pack's configuration, for \`${plain(resource)}\`, held until ${plain(until)} and exempts nothing since.`,
    ...fixes([`repair what it was for, and remove ${place}`, `set a later day, until: "YYYY-MM-DD", if its reason still holds: ${plain(reason)}`]),
  ];
}

function exemptionUnused({ place, resource, isNamed }: ExemptionUnused): string[] {
  const why = isNamed ? "nothing is found about it" : "no resource of this stack has such a name";
  return [
    `An exemption is not used: ${place} of cpu-architecture-settings (in the pack's configuration) is for \`${plain(resource)}\`, and ${why}.`,
    ...fixes(["remove it, or correct its names", 'where one configuration serves several stacks, set unused: "ignore"']),
  ];
}

function linesOf(finding: Finding): string[] {
  switch (finding.kind) {
    case "image-on-task":
      return imageOnTask(finding);
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
    case "declaration-unused":
      return declarationUnused(finding);
    case "declaration-contradicted":
      return declarationContradicted(finding);
    case "exemption-over":
      return exemptionOver(finding);
    case "exemption-unused":
      return exemptionUnused(finding);
  }
}

/** Where to read more, and why an exemption does not help any more. */
function more({ policy }: Finding, ended: Exemption | undefined): string {
  const page = `More: docs/rules/${policy}.md in pulumi-cpu-architecture.`;
  return ended?.until === undefined ? page : `${page} Its exemption (${ended.place}) ended on ${plain(ended.until)}.`;
}

/**
 * A finding as a message of at most ten lines.
 * @param ended an exemption that would cover the finding, if its time were not over
 */
export function textOf(finding: Finding, ended?: Exemption): string {
  return [...linesOf(finding), more(finding, ended)].join("\n");
}

/** Why something could not be determined, for those who do not see at which resource it is said. */
function notChecked({ subject, part, why }: Undetermined): string {
  return `Not checked in ${describe(subject)}: ${plain(part)}, because ${plain(why)}.`;
}

/** A finding, or something that could not be determined, that is exempt: one line that says what, why and until when. */
export function exemptText(what: Finding | Undetermined, { reason, until }: Exemption): string {
  const text = "kind" in what ? linesOf(what).slice(0, 1).join("") : notChecked(what);
  return `Exempt${until === undefined ? "" : ` until ${plain(until)}`}: ${text} Reason: ${plain(reason)}`;
}

/** What could not be determined about one resource, one line for each part. */
export function undeterminedText(entries: readonly Undetermined[]): string {
  return entries.map((entry) => `${notChecked(entry)} To make it known: ${plain(entry.remedy)}.`).join("\n");
}

const MAX_SUMMARY = 5;

/** What could not be determined in the whole stack, in a few lines. */
export function undeterminedSummary(entries: readonly Undetermined[]): string {
  const shown = entries.slice(0, MAX_SUMMARY).map(({ subject, part, why }) => `  ${describe(subject)}: ${plain(part)}, because ${plain(why)}`);
  const rest = entries.length > MAX_SUMMARY ? [`  and ${String(entries.length - MAX_SUMMARY)} more`] : [];
  const count = entries.length === 1 ? "1 part of this stack could not be checked:" : `${String(entries.length)} parts of this stack could not be checked:`;
  return [count, ...shown, ...rest, 'To see each with what would make it known, set listing: "all" for architecture-undetermined.'].join("\n");
}

/** A fault of the pack, by its name and place, in one line. */
export function faultText(fault: string): string {
  const effect = "What it was looking at is not checked; other findings are not affected.";
  const remedy = "This is a fault of the policy pack, not of your program: report this line to whoever maintains the pack.";
  return `cpu-architecture could not finish: ${plain(fault)}. ${effect} ${remedy}`;
}
