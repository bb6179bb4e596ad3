/**
 * What stands on the other side of an AMI or an instance type: the public SSM parameter of the same AMI for the other
 * architecture, and an instance type of much the same size. Only pairs that are known to exist.
 * Sources: Amazon ECS developer guide (retrieve-ecs-optimized_AMI, Bottlerocket metadata), the public parameters of
 * Amazon Linux, Ubuntu, Debian and Amazon EKS, and the EC2 instance types list.
 */

import type { Ec2Architecture } from "../platform/ec2";

interface Pair {
  /** Groups: what comes before and after the architecture. */
  readonly pattern: RegExp;
  readonly x86_64: string;
  readonly arm64: string;
}

const PAIRS: readonly Pair[] = [
  {
    pattern: /^(\/aws\/service\/ecs\/optimized-ami\/amazon-linux-(?:2023|2|2\/kernel-5\.10)\/)(arm64\/)?(recommended(?:\/image_id)?)$/,
    x86_64: "",
    arm64: "arm64/",
  },
  { pattern: /^(\/aws\/service\/bottlerocket\/aws-(?:ecs|k8s)-[0-9.]+\/)(x86_64|arm64)(\/latest\/image_id)$/, x86_64: "x86_64", arm64: "arm64" },
  {
    pattern: /^(\/aws\/service\/ami-amazon-linux-latest\/al2023-ami-(?:minimal-)?kernel-(?:default|6\.1|6\.12)-)(x86_64|arm64)()$/,
    x86_64: "x86_64",
    arm64: "arm64",
  },
  {
    pattern: /^(\/aws\/service\/ami-amazon-linux-latest\/amzn2-ami-(?:kernel-5\.10-)?hvm-)(x86_64|arm64)(-gp2)$/,
    x86_64: "x86_64",
    arm64: "arm64",
  },
  {
    pattern: /^(\/aws\/service\/canonical\/ubuntu\/server\/(?:20|22|24)\.04\/stable\/current\/)(amd64|arm64)(\/hvm\/ebs-gp[23]\/ami-id)$/,
    x86_64: "amd64",
    arm64: "arm64",
  },
  { pattern: /^(\/aws\/service\/debian\/release\/1[123]\/latest\/)(amd64|arm64)()$/, x86_64: "amd64", arm64: "arm64" },
  {
    pattern: /^(\/aws\/service\/eks\/optimized-ami\/1\.\d\d\/amazon-linux-2023\/)(x86_64|arm64)(\/standard\/recommended\/image_id)$/,
    x86_64: "x86_64",
    arm64: "arm64",
  },
];

/** The public parameter that holds the same AMI for another architecture; undefined where it is not known to exist. */
export function counterpartParameter(path: string, architecture: Ec2Architecture): string | undefined {
  if (architecture !== "x86_64" && architecture !== "arm64") {
    return undefined;
  }
  for (const pair of PAIRS) {
    const [whole, before = "", , after = ""] = pair.pattern.exec(path) ?? [];
    if (whole !== undefined) {
      return `${before}${pair[architecture]}${after}`;
    }
  }
  return undefined;
}

/** Sizes that both the Intel and the Graviton members of a general family have. */
const SHARED_SIZES = new Set(["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"]);
const BURSTABLE_SIZES = new Set(["nano", "micro", "small", "medium", "large", "xlarge", "2xlarge"]);

/** An instance type of another architecture and much the same size; undefined where none is known to exist. */
export function counterpartType(type: string, architecture: Ec2Architecture): string | undefined {
  if (architecture !== "x86_64" && architecture !== "arm64") {
    return undefined;
  }
  const [, burstable, family, generation, size = ""] = /^(?:(t)[234](?:a|g)?|([mcr])([3-8])[a-z]{0,2})\.([a-z0-9]{1,10})$/.exec(type) ?? [];
  if (burstable !== undefined) {
    return BURSTABLE_SIZES.has(size) ? `${architecture === "arm64" ? "t4g" : "t3"}.${size}` : undefined;
  }
  if (family === undefined || !SHARED_SIZES.has(size)) {
    return undefined;
  }
  return `${family}${Number(generation) >= 7 ? "7" : "6"}${architecture === "arm64" ? "g" : "i"}.${size}`;
}
