/**
 * What the policies have to say, as data. `report/` makes text of it.
 */

import type { Ec2Architecture } from "../platform/ec2";
import { fits, type HostArchitecture, type HostOs } from "../platform/fit";
import type { Platform } from "../platform/platform";
import type { Comparison } from "./comparison";
import type { AmiArchitecture, Image, Source, Subject, TaskDefinition, TaskLauncher } from "./model";
import type { Requirement } from "./task-platform";

/** All policies, in their order. The first holds options, the last two collect; the others judge. */
export const POLICY_NAMES = [
  "cpu-architecture-settings",
  "ecs-task-image-architecture",
  "ecs-task-capacity-architecture",
  "ec2-ami-instance-type-architecture",
  "ecs-task-runtime-platform-valid",
  "container-image-platform-explicit",
  "architecture-suspected",
  "architecture-undetermined",
] as const;

export type PolicyName = (typeof POLICY_NAMES)[number];

/**
 * `certain` and `inferred` findings are their policy's own, and an inferred one says what was inferred. `suspected`
 * ones go to `architecture-suspected`, which never denies by default.
 */
export type Certainty = "certain" | "inferred" | "suspected";

interface Base {
  readonly policy: PolicyName;
  /** The resource that the finding is reported at: the one that a person would change first. */
  readonly subject: Subject;
  readonly certainty: Certainty;
  /** Why it is not certain, or what was inferred; empty for a certain one. */
  readonly because: string;
}

/** One side of an image's disagreement: the image, or the build that its platforms come from. */
export interface ImageSide {
  readonly image: Image;
  readonly platforms: readonly Platform[];
  /** The names of the containers that run it; empty where that is not known. */
  readonly containers: readonly string[];
  /** The builds it is joined or copied from, if it is. */
  readonly builds: readonly Image[];
  readonly source: Source;
}

/** An image of a container does not run on the task's platform. */
export interface ImageOnTask extends Base {
  readonly kind: "image-on-task";
  readonly task: TaskDefinition;
  readonly image: ImageSide;
  readonly requirement: Requirement;
}

/** Two images of one task share no platform. */
export interface ImagesOfOneTask extends Base {
  readonly kind: "images-of-one-task";
  readonly task: TaskDefinition;
  readonly images: readonly [ImageSide, ImageSide];
}

/** An AMI does not run on an instance type that it is launched with. */
export interface AmiOnInstanceType extends Base {
  readonly kind: "ami-on-instance-type";
  readonly ami: AmiArchitecture;
  /** The resource that names the AMI. */
  readonly amiAt: Subject;
  /** The types that cannot boot it, or the selection that leaves no type that can. */
  readonly types: string;
  readonly typeArchitectures: readonly Ec2Architecture[];
  /** Where each of the types is stated, or the one selection. */
  readonly typeSources: readonly [Source, ...Source[]];
  /** The resource that names the types. */
  readonly typesAt: Subject;
  /** What is started with it: the subject, or resources that use the subject. */
  readonly usedBy: readonly Subject[];
}

/** Instances of one group, fleet or provider, as one side of a disagreement. */
export interface InstancesSide {
  readonly architectures: readonly HostArchitecture[];
  /** The operating system, where it is known and the same for all. */
  readonly os?: HostOs | undefined;
  /** From the capacity provider or group down to the template. */
  readonly chain: readonly Subject[];
  /** The types and AMIs, as they are stated. */
  readonly text: string;
}

/** No instance that a service can use has the architecture that its task asks for. */
export interface TaskOnCapacity extends Base {
  readonly kind: "task-on-capacity";
  readonly task: TaskDefinition;
  readonly requirement: Requirement;
  readonly launchers: readonly TaskLauncher[];
  readonly instances: readonly InstancesSide[];
}

/** A task without a stated architecture may land on instances that cannot run one of its images. */
export interface ImageOnCapacity extends Base {
  readonly kind: "image-on-capacity";
  readonly task: TaskDefinition;
  readonly launchers: readonly TaskLauncher[];
  readonly image: ImageSide;
  readonly instances: InstancesSide;
}

/** A placement constraint admits no instance of the architecture that the task asks for, or that its image needs. */
export interface TaskOnConstraint extends Base {
  readonly kind: "task-on-constraint";
  readonly task: TaskDefinition;
  readonly requirement: Requirement;
  /** The image that needs another architecture than the constraints leave, where the task itself asks for none. */
  readonly image: ImageSide | undefined;
  readonly launchers: readonly TaskLauncher[];
  /** The architectures that the constraints admit. */
  readonly admitted: readonly HostArchitecture[];
}

/** A `runtimePlatform` that ECS rejects. */
export interface RuntimePlatformInvalid extends Base {
  readonly kind: "runtime-platform-invalid";
  readonly problem:
    | { readonly of: "cpuArchitecture" | "operatingSystemFamily"; readonly value: string; readonly meant: string }
    | { readonly of: "windows on arm64"; readonly operatingSystemFamily: string }
    | { readonly of: "windows on fargate"; readonly operatingSystemFamily: string };
}

/** An image that ECS runs is built for whatever the building machine is. */
export interface PlatformNotStated extends Base {
  readonly kind: "platform-not-stated";
  readonly image: Image;
  readonly tasks: readonly { readonly task: TaskDefinition; readonly requirement: Requirement | undefined }[];
}

/** A mistake in the options of a policy. */
export interface ConfigurationError extends Base {
  readonly kind: "configuration-error";
  readonly option: string;
  readonly problem: string;
}

/** A declared fact that is about nothing in the stack. */
export interface DeclarationUnused extends Base {
  readonly kind: "declaration-unused";
  /** `amis[0]` */
  readonly place: string;
  readonly pattern: string;
}

/** A declared fact that the stack contradicts. */
export interface DeclarationContradicted extends Base {
  readonly kind: "declaration-contradicted";
  readonly place: string;
  /** What is declared: `arm64`. */
  readonly declared: string;
  /** What the stack says: `x86_64`. */
  readonly stated: string;
  /** Where the stack says it. */
  readonly source: Source;
  /** Which of the two counts. */
  readonly winner: "stack" | "declaration";
}

/** An exemption that has ended, so that it exempts nothing any more. */
export interface ExemptionOver extends Base {
  readonly kind: "exemption-over";
  readonly place: string;
  readonly resource: string;
  readonly reason: string;
  readonly until: string;
}

/** An exemption that no finding needs. */
export interface ExemptionUnused extends Base {
  readonly kind: "exemption-unused";
  readonly place: string;
  readonly resource: string;
  /** False: not even a resource has such a name. */
  readonly isNamed: boolean;
}

export type Finding =
  | ImageOnTask
  | ImagesOfOneTask
  | AmiOnInstanceType
  | TaskOnCapacity
  | ImageOnCapacity
  | TaskOnConstraint
  | RuntimePlatformInvalid
  | PlatformNotStated
  | ConfigurationError
  | DeclarationUnused
  | DeclarationContradicted
  | ExemptionOver
  | ExemptionUnused;

export type FindingKind = Finding["kind"];

/** Something that could not be judged: `architecture-undetermined` lists it. */
export interface Undetermined {
  readonly policy: PolicyName;
  readonly subject: Subject;
  /** What could not be compared: "container `web`", "the AMI". */
  readonly part: string;
  readonly why: string;
  /** The one thing that would make it known. */
  readonly remedy: string;
}

export interface Judgement {
  readonly findings: readonly Finding[];
  readonly undetermined: readonly Undetermined[];
  /** What was compared, with each outcome; left out by rules that compare no two parts. Told only when asked: a preview never asks. */
  readonly comparisons?: () => readonly Comparison[];
}

/** The architecture that the image lacks; none where it runs nowhere at all, whatever the task asks for. */
function lackedBy({ image, requirement: { host } }: ImageOnTask): string {
  const runsNowhere = fits(image.platforms, host.os === undefined ? {} : { os: host.os }) === "cannot run";
  return runsNowhere ? "" : (host.architecture ?? "");
}

/** The same finding, however often it is come across, has the same key. */
export function keyOf(finding: Finding): string {
  const parts: string[] = [finding.kind, finding.subject.urn];
  switch (finding.kind) {
    case "image-on-task":
      return ["image-on-task", finding.task.subject.urn, finding.image.image.subject.urn, lackedBy(finding)].join("|");
    case "images-of-one-task":
      parts.push(...finding.images.map(({ image }) => image.subject.urn).sort());
      break;
    case "ami-on-instance-type":
      return ["ami-on-instance-type", finding.amiAt.urn, finding.typesAt.urn, finding.types].join("|");
    case "task-on-capacity":
      parts.push(finding.task.subject.urn, ...finding.instances.map(({ chain }) => chain[0]?.urn ?? ""));
      break;
    case "image-on-capacity":
      parts.push(finding.image.image.subject.urn, finding.instances.chain[0]?.urn ?? "");
      break;
    case "task-on-constraint":
      parts.push(finding.task.subject.urn, finding.image?.image.subject.urn ?? "");
      break;
    case "runtime-platform-invalid":
      parts.push(finding.problem.of);
      break;
    case "platform-not-stated":
      return ["platform-not-stated", finding.image.subject.urn].join("|");
    case "configuration-error":
      parts.push(finding.policy, finding.option, finding.problem);
      break;
    case "declaration-unused":
    case "declaration-contradicted":
    case "exemption-over":
    case "exemption-unused":
      parts.push(finding.place);
      break;
  }
  return parts.join("|");
}

/** Everything that a finding is about: its resources, and the names of containers that are none. */
export interface NamesInFinding {
  readonly subjects: readonly Subject[];
  readonly texts: readonly string[];
}

function ofImage({ image, builds, containers }: ImageSide): NamesInFinding {
  return { subjects: [image.subject, ...builds.map(({ subject }) => subject)], texts: containers };
}

function ofLaunchers(launchers: readonly TaskLauncher[]): Subject[] {
  return launchers.map(({ subject }) => subject);
}

function together(task: TaskDefinition, images: readonly ImageSide[], others: readonly Subject[] = []): NamesInFinding {
  const ofImages = images.map(ofImage);
  return { subjects: [task.subject, ...ofImages.flatMap(({ subjects }) => subjects), ...others], texts: ofImages.flatMap(({ texts }) => texts) };
}

/** What a finding is about, by the names that a user may call it. */
export function namesIn(finding: Finding): NamesInFinding {
  switch (finding.kind) {
    case "image-on-task":
      return together(finding.task, [finding.image], ofLaunchers(finding.requirement.launchers));
    case "images-of-one-task":
      return together(finding.task, finding.images);
    case "ami-on-instance-type":
      return { subjects: [finding.subject, finding.amiAt, finding.typesAt, ...finding.usedBy], texts: finding.types.split(", ") };
    case "task-on-capacity":
      return together(finding.task, [], [...ofLaunchers(finding.launchers), ...finding.instances.flatMap(({ chain }) => chain)]);
    case "image-on-capacity":
      return together(finding.task, [finding.image], [...ofLaunchers(finding.launchers), ...finding.instances.chain]);
    case "task-on-constraint":
      return together(finding.task, finding.image === undefined ? [] : [finding.image], ofLaunchers(finding.launchers));
    case "platform-not-stated":
      return { subjects: [finding.image.subject, ...finding.tasks.map(({ task }) => task.subject)], texts: [] };
    default:
      return { subjects: [finding.subject], texts: [] };
  }
}
