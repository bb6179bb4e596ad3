/**
 * What the name of an AMI's SSM parameter tells about the AMI. An id (`ami-…`) tells nothing.
 * Sources: Amazon ECS developer guide (retrieve-ecs-optimized_AMI, retrieve-ecs-optimized_windows_AMI, bottlerocket), the
 * public parameters of Amazon Linux, Ubuntu, Debian, SLES, Deep Learning AMIs and Amazon EKS.
 */

import type { Ec2Architecture } from "./ec2";
import type { HostOs } from "./fit";

/** What an `imageId` holds. */
export type ImageId = { readonly kind: "ami"; readonly id: string } | { readonly kind: "ssm"; readonly path: string };

const RESOLVE = "resolve:ssm:";

/** Source: EC2 API, RequestLaunchTemplateData.ImageId (an id, or `resolve:ssm:` with name, version, label or ARN). */
export function parseImageId(text: string): ImageId | undefined {
  if (text.startsWith(RESOLVE)) {
    return { kind: "ssm", path: text.slice(RESOLVE.length) };
  }
  return /^ami-[0-9a-z]{1,40}$/.test(text) ? { kind: "ami", id: text } : undefined;
}

export interface AmiOfPath {
  readonly architecture: Ec2Architecture;
  readonly os?: HostOs;
  /** False for a parameter of one's own: its name says what somebody meant it to be. */
  readonly certain: boolean;
}

const PUBLIC = "/aws/service/";

/** Public too, but the rest of the path is the seller's wording. */
const MARKETPLACE = "/aws/service/marketplace/";

/** Public parameters in which x86_64 has no segment of its own; arm64 has one. */
const X86_WITHOUT_TOKEN = [
  /^\/aws\/service\/ecs\/optimized-ami\/amazon-linux(-2|-2022|-2023)?(\/kernel-[\d.]{1,8})?(\/(gpu|inf|neuron))?\/(recommended|ami-|amzn2?-ami-|al\d{4}-ami-)/,
  /^\/aws\/service\/eks\/optimized-ami\/[^/]+\/amazon-linux-2(-gpu)?\/(recommended|ami-|amazon-eks-)/,
];

/** Windows AMIs exist for x86_64 only. */
const WINDOWS = [/^\/aws\/service\/ami-windows-latest\//, /^\/aws\/service\/ecs\/optimized-ami\/windows_server\//];

/** Linux AMIs, by the part of the path after `/aws/service/`. */
const LINUX = /^\/aws\/service\/(ecs|eks|bottlerocket|ami-amazon-linux-latest|canonical|debian|suse|deeplearning|neuron)\//;

/** The parameter's path, without the ARN around it and the version or label after it. */
function pathOf(text: string): string {
  const marker = ":parameter/";
  const at = text.indexOf(marker);
  const path = text.startsWith("arn:") && at >= 0 ? text.slice(at + marker.length - 1) : text;
  const colon = path.indexOf(":");
  return colon < 0 ? path : path.slice(0, colon);
}

/** The parameter that a text after `resolve:ssm:` names, and whether it wants a version or label of it that exists. */
export function parameterOf(text: string): { readonly names: readonly string[]; readonly isPinned: boolean; readonly isPublic: boolean } {
  const path = pathOf(text);
  const isArn = text.startsWith("arn:");
  // In an ARN every name has a slash before it, also one that begins with none.
  return { names: isArn ? [path, path.slice(1)] : [path], isPinned: !text.endsWith(path), isPublic: path.startsWith(PUBLIC) };
}

/** The architectures that the path's words name. */
function tokensOf(path: string): Set<Ec2Architecture> {
  const words = path.toLowerCase().split(/[/.]|-(?!64)/);
  const found = new Set<Ec2Architecture>();
  for (const word of words) {
    if (word === "arm64" || word === "aarch64") {
      found.add("arm64");
    } else if (word === "x86_64" || word === "amd64" || word === "x86-64") {
      found.add("x86_64");
    }
  }
  return found;
}

/**
 * The AMI that an SSM parameter names, given as in `resolve:ssm:…`: path or ARN, with or without version or label.
 *
 * @returns undefined where the path does not tell: a parameter of one's own without an architecture in its name, or a
 * public one that is not known here
 */
export function amiFromSsmPath(text: string): AmiOfPath | undefined {
  const path = pathOf(text);
  const isPublic = path.startsWith(PUBLIC) && !path.startsWith(MARKETPLACE);
  if (WINDOWS.some((pattern) => pattern.test(path))) {
    return { architecture: "x86_64", os: "windows", certain: true };
  }
  const [token, ...others] = tokensOf(path);
  const withoutToken = X86_WITHOUT_TOKEN.some((pattern) => pattern.test(path)) ? ("x86_64" as const) : undefined;
  const architecture = others.length > 0 ? undefined : (token ?? withoutToken);
  if (architecture === undefined) {
    return undefined;
  }
  return { architecture, certain: isPublic, ...(LINUX.test(path) ? { os: "linux" as const } : {}) };
}
