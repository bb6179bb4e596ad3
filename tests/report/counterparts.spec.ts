import assert from "node:assert/strict";
import { _InstanceType } from "@aws-sdk/client-ec2";
import { amiFromSsmPath } from "../../policies/platform/ami";
import { instanceTypeArchitectures } from "../../policies/platform/instance-type";
import { counterpartParameter, counterpartType } from "../../policies/report/counterparts";

const ARCHITECTURES = ["x86_64", "arm64"] as const;

/** x86_64, arm64 */
const PAIRS: readonly (readonly [string, string])[] = [
  ["/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended", "/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended"],
  ["/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id", "/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id"],
  ["/aws/service/ecs/optimized-ami/amazon-linux-2/kernel-5.10/recommended/image_id", "/aws/service/ecs/optimized-ami/amazon-linux-2/kernel-5.10/arm64/recommended/image_id"],
  ["/aws/service/bottlerocket/aws-ecs-2/x86_64/latest/image_id", "/aws/service/bottlerocket/aws-ecs-2/arm64/latest/image_id"],
  ["/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64", "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"],
  ["/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2", "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-arm64-gp2"],
  ["/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id", "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id"],
  ["/aws/service/debian/release/12/latest/amd64", "/aws/service/debian/release/12/latest/arm64"],
  [
    "/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/x86_64/standard/recommended/image_id",
    "/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/arm64/standard/recommended/image_id",
  ],
];

/** AMIs without a twin, or of which it is not known. */
const ALONE = [
  "/aws/service/ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id",
  "/aws/service/ecs/optimized-ami/amazon-linux-2023/neuron/recommended",
  "/aws/service/ecs/optimized-ami/amazon-linux-2023/al2023-ami-ecs-hvm-2023.0.20250101-kernel-6.1-x86_64",
  "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended:3",
  "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-ECS_Optimized/image_id",
  "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-ebs",
  "/golden/x86_64/latest",
  "arn:aws:ssm:us-east-1::parameter/aws/service/debian/release/12/latest/amd64",
  "",
];

describe("counterparts of AMIs", () => {
  for (const pair of PAIRS) {
    for (const path of pair) {
      for (const [index, wanted] of ARCHITECTURES.entries()) {
        it(`${path} for ${wanted}`, () => {
          assert.equal(counterpartParameter(path, wanted), pair[index]);
          assert.equal(amiFromSsmPath(counterpartParameter(path, wanted)!)?.architecture, wanted);
        });
      }
    }
  }

  for (const path of ALONE) {
    it(`${path}: none`, () => {
      assert.deepEqual(ARCHITECTURES.map((wanted) => counterpartParameter(path, wanted)), [undefined, undefined]);
    });
  }

  it("knows no AMI for macOS and 32 bits", () => {
    assert.equal(counterpartParameter(PAIRS[0]![0], "i386"), undefined);
    assert.equal(counterpartType("t3.small", "arm64_mac"), undefined);
  });
});

describe("counterparts of instance types", () => {
  for (const [type, x86, arm] of [
    ["t3.small", "t3.small", "t4g.small"],
    ["t4g.micro", "t3.micro", "t4g.micro"],
    ["t2.nano", "t3.nano", "t4g.nano"],
    ["m5.large", "m6i.large", "m6g.large"],
    ["c7g.large", "c7i.large", "c7g.large"],
    ["r8g.16xlarge", "r7i.16xlarge", "r7g.16xlarge"],
    ["m6g.medium", undefined, undefined],
    ["p5.48xlarge", undefined, undefined],
    ["large", undefined, undefined],
  ] as const) {
    it(`${type}: ${x86 ?? "none"}, ${arm ?? "none"}`, () => {
      assert.deepEqual(ARCHITECTURES.map((wanted) => counterpartType(type, wanted)), [x86, arm]);
    });
  }

  it("exist, and have the architecture, for every type that EC2 has", () => {
    const all = Object.values(_InstanceType) as string[];
    const suggested = all.flatMap((type) => ARCHITECTURES.flatMap((wanted) => [[counterpartType(type, wanted), wanted] as const]));
    const known = suggested.flatMap(([type, wanted]) => (type === undefined ? [] : [[type, wanted] as const]));
    assert.ok(known.length > 300, String(known.length));
    assert.deepEqual([...new Set(known.map(([type]) => type))].filter((type) => !all.includes(type)), []);
    assert.deepEqual(known.filter(([type, wanted]) => instanceTypeArchitectures(type)?.includes(wanted) !== true), []);
  });
});
