/**
 * What the rules compared, and what they concluded: the pairs that agree and those that could not be told, besides the
 * findings. A map of the stack is drawn from it; nothing is reported from it.
 */

import type { Ec2Architecture } from "../platform/ec2";
import type { Platform } from "../platform/platform";
import type { Certainty, Finding, InstancesSide } from "./finding";
import type { Subject, TaskDefinition, TaskLauncher } from "./model";
import type { Requirement } from "./task-platform";

/** `disagree` is certain or inferred. What is only suspected is unknown, and says what is suspected. */
export type Outcome =
  | { readonly is: "agree" }
  | { readonly is: "disagree"; readonly finding: Finding }
  | { readonly is: "unknown"; readonly why: string; readonly finding?: Finding };

/** An image, or what is known of a container whose image no resource tells. */
export interface ComparedImage {
  /** The names of the containers that run it; empty where that is not known. */
  readonly containers: readonly string[];
  /** Undefined: no resource of the stack is known to make it. */
  readonly subject: Subject | undefined;
  /** The image's text, where it is known and no resource makes it. */
  readonly reference?: string | undefined;
  /** Undefined: not known. */
  readonly platforms: readonly Platform[] | undefined;
}

/** An image with what its task asks for. */
export interface ImageWithTask {
  readonly of: "image and task";
  readonly task: TaskDefinition;
  readonly image: ComparedImage;
  /** Undefined: neither that is known. */
  readonly requirement: Requirement | undefined;
  readonly outcome: Outcome;
}

/** What a task asks for with the capacity that something starts it on. */
export interface TaskWithCapacity {
  readonly of: "task and capacity";
  readonly task: TaskDefinition;
  readonly launcher: TaskLauncher;
  readonly requirement: Requirement | undefined;
  /** `unknown` where not even the kind is known. */
  readonly capacity: "Fargate" | "instances" | "unknown";
  readonly instances: readonly InstancesSide[];
  readonly outcome: Outcome;
}

/** An image with instances that its task, which asks for nothing, can land on. */
export interface ImageWithCapacity {
  readonly of: "image and capacity";
  readonly task: TaskDefinition;
  readonly launcher: TaskLauncher;
  readonly image: ComparedImage;
  readonly instances: InstancesSide;
  readonly outcome: Outcome;
}

/** An AMI with an instance type that it is started on. */
export interface AmiWithType {
  readonly of: "AMI and instance type";
  /** The resource that names the AMI, and how. */
  readonly amiAt: Subject;
  readonly ami: string;
  readonly amiArchitecture: Ec2Architecture | undefined;
  /** The resource that names the type, and how. */
  readonly typesAt: Subject;
  readonly types: string;
  readonly typeArchitectures: readonly Ec2Architecture[];
  /** What is started so. */
  readonly usedBy: readonly Subject[];
  readonly outcome: Outcome;
}

export type Comparison = ImageWithTask | TaskWithCapacity | ImageWithCapacity | AmiWithType;

export const AGREE: Outcome = { is: "agree" };

export function unknownOutcome(why: string): Outcome {
  return { is: "unknown", why };
}

/** What findings about a pair come to; undefined where there is none. */
export function outcomeOf(findings: readonly Finding[]): Outcome | undefined {
  const sure = findings.find(({ certainty }) => isSure(certainty));
  if (sure !== undefined) {
    return { is: "disagree", finding: sure };
  }
  const [suspected] = findings;
  return suspected === undefined ? undefined : { is: "unknown", why: `they may disagree, which is not certain: ${suspected.because}`, finding: suspected };
}

function isSure(certainty: Certainty): boolean {
  return certainty !== "suspected";
}
