/**
 * Facts from outside of the stack, which AWS or a registry told because the user switched look-ups on. What is asked
 * for here is looked up after the judgement that asked, and is there when it judges again; so judging stays a function
 * of what is known, and no rule knows where a fact comes from.
 */

import type { ImageId } from "../platform/ami";
import type { Ec2Architecture } from "../platform/ec2";
import type { HostOs } from "../platform/fit";
import type { ImageReference } from "../platform/image-reference";
import type { Platform } from "../platform/platform";
import type { Source } from "./model";

/** What a look-up found. */
export interface Found<T> {
  readonly state: "known";
  readonly value: T;
  /** Who said so, when: `EC2 DescribeImages, us-east-1, today`. */
  readonly by: string;
}

/** `why` is the end of the sentence "it could not be looked up: …", and quotes no credentials. */
export type Answer<T> = Found<T> | { readonly state: "unknown"; readonly why: string };

export interface OutsideAmi {
  readonly architecture: Ec2Architecture;
  readonly os: HostOs;
}

/** A role that is assumed with the credentials before it. */
export interface AwsRole {
  readonly arn: string;
  readonly sessionName: string | undefined;
  readonly externalId: string | undefined;
}

/** How AWS is reached, as a provider of the stack is configured. What it leaves out comes from the environment. */
export interface AwsAccess {
  readonly profile: string | undefined;
  /** Never shown. */
  readonly keys: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string | undefined } | undefined;
  readonly roles: readonly AwsRole[];
  /** A role that is assumed with the token in a file, as CI runners have it. */
  readonly webIdentity: { readonly arn: string; readonly sessionName: string | undefined; readonly tokenFile: string } | undefined;
  readonly configFile: string | undefined;
  readonly credentialsFile: string | undefined;
  readonly endpoints: Readonly<Partial<Record<"ec2" | "ssm" | "ecr" | "sts", string>>>;
  readonly useFips: boolean;
  readonly useDualstack: boolean;
}

/** Each returns undefined where nothing was asked: such look-ups are off, or the answer is not there yet. */
export interface Outside {
  /** True if images are looked up at all. */
  readonly knowsImages: boolean;
  /** An AMI by its id, or by the SSM parameter that holds the id. */
  readonly ami: (image: ImageId, scope: string) => Answer<OutsideAmi> | undefined;
  readonly instanceType: (type: string, scope: string) => Answer<readonly Ec2Architecture[]> | undefined;
  /** What an image in a registry can run on. The scope tells who asks, for registries of AWS accounts. */
  readonly image: (reference: ImageReference, scope: string) => Answer<readonly Platform[]> | undefined;
}

export const NOTHING_OUTSIDE: Outside = { knowsImages: false, ami: () => undefined, instanceType: () => undefined, image: () => undefined };

/** A reason with what came of the look-up: why something is not known, though it was looked up. */
export function unknownAfter(why: string, answer: Answer<unknown> | undefined): string {
  return answer?.state === "unknown" ? `${why}, and it could not be looked up: ${answer.why}` : why;
}

/** Where a fact that was looked up comes from: the property, and who was asked. */
export function lookedUp(text: string, { by }: Found<unknown>): Source {
  return { how: "looked up", text, by };
}
