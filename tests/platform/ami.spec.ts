import assert from "node:assert/strict";
import fc from "fast-check";
import { amiFromSsmPath, parameterOf, parseImageId } from "../../policies/platform/ami";
import { formatEc2Architecture, hostArchitecture, parseEc2Architecture, platformArchitecture } from "../../policies/platform/ec2";

const ecs = "/aws/service/ecs/optimized-ami";
const latest = "/aws/service/ami-amazon-linux-latest";

const PATHS: readonly (readonly [string, string])[] = [
  [`${ecs}/amazon-linux-2023/recommended/image_id`, "x86_64 linux"],
  [`${ecs}/amazon-linux-2023/recommended`, "x86_64 linux"],
  [`${ecs}/amazon-linux-2023/arm64/recommended/image_id`, "arm64 linux"],
  [`${ecs}/amazon-linux-2023/gpu/recommended/image_id`, "x86_64 linux"],
  [`${ecs}/amazon-linux-2023/neuron/recommended/image_id`, "x86_64 linux"],
  [`${ecs}/amazon-linux-2/recommended/image_id`, "x86_64 linux"],
  [`${ecs}/amazon-linux-2/kernel-5.10/recommended/image_id`, "x86_64 linux"],
  [`${ecs}/amazon-linux-2/kernel-5.10/arm64/recommended/image_id`, "arm64 linux"],
  [`${ecs}/amazon-linux-2/arm64/recommended`, "arm64 linux"],
  [`${ecs}/amazon-linux-2/amzn2-ami-ecs-hvm-2.0.20181112-x86_64-ebs`, "x86_64 linux"],
  [`${ecs}/amazon-linux-2022/arm64/recommended`, "arm64 linux"],
  [`${ecs}/amazon-linux/recommended`, "x86_64 linux"],
  [`${ecs}/windows_server/2019/english/full/recommended/image_id`, "x86_64 windows"],
  ["/aws/service/ami-windows-latest/Windows_Server-2022-English-Core-ECS_Optimized/image_id", "x86_64 windows"],
  ["/aws/service/ami-windows-latest/Windows_Server-2025-English-Full-EKS_Optimized-1.33/image_id", "x86_64 windows"],
  ["/aws/service/bottlerocket/aws-ecs-2/x86_64/latest/image_id", "x86_64 linux"],
  ["/aws/service/bottlerocket/aws-ecs-2/arm64/1.20.0/image_id", "arm64 linux"],
  ["/aws/service/bottlerocket/aws-k8s-1.31-nvidia/arm64/latest/image_id", "arm64 linux"],
  [`${latest}/al2023-ami-kernel-default-x86_64`, "x86_64 linux"],
  [`${latest}/al2023-ami-kernel-6.1-arm64`, "arm64 linux"],
  [`${latest}/al2023-ami-minimal-kernel-default-arm64`, "arm64 linux"],
  [`${latest}/amzn2-ami-kernel-5.10-hvm-arm64-gp2`, "arm64 linux"],
  [`${latest}/amzn2-ami-hvm-x86_64-ebs`, "x86_64 linux"],
  ["/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id", "x86_64 linux"],
  ["/aws/service/canonical/ubuntu/server/focal/stable/current/arm64/hvm/ebs-gp2/ami-id", "arm64 linux"],
  ["/aws/service/debian/release/12/latest/amd64", "x86_64 linux"],
  ["/aws/service/debian/release/bookworm/latest/arm64", "arm64 linux"],
  ["/aws/service/suse/sles/15-sp6/arm64/latest", "arm64 linux"],
  ["/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-24.04/latest/ami-id", "x86_64 linux"],
  ["/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/x86_64/standard/recommended/image_id", "x86_64 linux"],
  ["/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/arm64/standard/recommended/image_id", "arm64 linux"],
  ["/aws/service/eks/optimized-ami/1.29/amazon-linux-2/recommended/image_id", "x86_64 linux"],
  ["/aws/service/eks/optimized-ami/1.29/amazon-linux-2-gpu/recommended/image_id", "x86_64 linux"],
  ["/aws/service/eks/optimized-ami/1.29/amazon-linux-2-arm64/recommended/image_id", "arm64 linux"],
  ["/golden/arm64/base", "arm64 guessed"],
  ["/golden/web-x86_64", "x86_64 guessed"],
  ["/golden/aarch64/base", "arm64 guessed"],
  ["/golden/web-x86-64", "x86_64 guessed"],
  ["/aws/service/marketplace/prod-abc/arm64-build", "arm64 guessed"],
];

const UNTOLD = [
  "/golden/base",
  "/golden/warm64",
  "/golden/arm64/x86_64",
  `${ecs}/amazon-linux-2027/recommended/image_id`,
  "/aws/service/eks/optimized-ami/1.33/amazon-linux-2027/recommended/image_id",
  `${ecs}/amazon-linux-2023/riscv/recommended/image_id`,
  "/aws/service/bottlerocket/aws-ecs-2/latest/image_id",
  "/aws/service/something-new/image_id",
  `${latest}/al2023-ami-kernel-default`,
  "",
  ":",
  "arn:aws:ssm:us-east-1::document/x",
  `arn:aws:x${ecs}/amazon-linux-2023/arm64/recommended`,
  `/x:parameter${ecs}/amazon-linux-2023/arm64/recommended`,
  ":/golden/arm64",
];

function told(text: string): string | undefined {
  const ami = amiFromSsmPath(text);
  return ami && `${ami.architecture} ${ami.certain ? (ami.os ?? "") : "guessed"}`;
}

describe("SSM parameter → architecture", () => {
  for (const [parameter, expected] of PATHS) {
    for (const [form, text] of [
      ["", parameter],
      [" with a version", `${parameter}:42`],
      [" with a label", `${parameter}:prod`],
      [" as an ARN", `arn:aws:ssm:us-east-1::parameter${parameter}`],
      [" as an ARN with a version", `arn:aws-cn:ssm:cn-north-1::parameter${parameter}:7`],
    ] as const) {
      it(`${parameter}${form} is ${expected}`, () => {
        assert.equal(told(text), expected);
      });
    }
  }

  for (const parameter of UNTOLD) {
    it(`does not guess ${JSON.stringify(parameter)}`, () => {
      assert.equal(told(parameter), undefined);
    });
  }

  it("never throws, and long text costs no time to speak of", () => {
    fc.assert(fc.property(fc.string(), (text) => void amiFromSsmPath(text)));
    for (const text of ["/".repeat(1_000_000), "-".repeat(1_000_000), `${ecs}/${"a-".repeat(500_000)}`, "arn:".repeat(250_000)]) {
      assert.equal(told(text), undefined);
    }
  });
});

describe("image ids", () => {
  it("tells parameters from ids", () => {
    assert.deepEqual(parseImageId("ami-0123456789abcdef0"), { kind: "ami", id: "ami-0123456789abcdef0" });
    assert.deepEqual(parseImageId("resolve:ssm:/a:1"), { kind: "ssm", path: "/a:1" });
    for (const text of ["", "ami-", "AMI-0123", "my-ami-0123", "/aws/service/x", "ami-0123\n", "resolve:dynamo:x"]) {
      assert.equal(parseImageId(text), undefined, text);
    }
  });
});

describe("the parameter that is named", () => {
  for (const [text, names, isPinned, isPublic] of [
    ["/golden/base", ["/golden/base"], false, false],
    ["/golden/base:42", ["/golden/base"], true, false],
    ["golden:prod", ["golden"], true, false],
    ["/aws/service/debian/release/12/latest/arm64", ["/aws/service/debian/release/12/latest/arm64"], false, true],
    ["arn:aws:ssm:us-east-1:111122223333:parameter/golden", ["/golden", "golden"], false, false],
    ["arn:aws:ssm:us-east-1:111122223333:parameter/golden/base:7", ["/golden/base", "golden/base"], true, false],
    ["arn:aws:ssm:us-east-1::parameter/aws/service/x", ["/aws/service/x", "aws/service/x"], false, true],
  ] as const) {
    it(text, () => assert.deepEqual(parameterOf(text), { names, isPinned, isPublic }));
  }
});

describe("EC2's words", () => {
  for (const [text, expected] of [
    ["x86_64", "x86_64"],
    ["X86_64", "x86_64"],
    ["amd64", "x86_64"],
    ["x8664", "x86_64"],
    ["arm64", "arm64"],
    ["aarch64", "arm64"],
    ["i386", "i386"],
    ["arm64_mac", "arm64_mac"],
    ["x86_64_mac", "x86_64_mac"],
    [" x86_64\n", "x86_64"],
    ["arm", undefined],
    ["", undefined],
    ["constructor", undefined],
    ["riscv64", undefined],
  ] as const) {
    it(`${JSON.stringify(text)} is ${expected ?? "not known"}`, () => {
      assert.equal(parseEc2Architecture(text), expected);
    });
  }

  it("says on which of them ECS places tasks", () => {
    assert.deepEqual((["i386", "x86_64", "arm64", "x86_64_mac", "arm64_mac"] as const).map(hostArchitecture), [undefined, "amd64", "arm64", undefined, undefined]);
    assert.deepEqual((["amd64", "arm64"] as const).map(formatEc2Architecture), ["x86_64", "arm64"]);
  });

  it("has a GOARCH word for all but macOS", () => {
    assert.deepEqual((["i386", "x86_64", "arm64", "x86_64_mac", "arm64_mac"] as const).map(platformArchitecture), ["386", "amd64", "arm64", undefined, undefined]);
  });
});
