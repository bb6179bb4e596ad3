/** What AMIs and instance types come to, told by AWS: an answer, none yet, or the reason for none. No network: AWS is a table here. */

import assert from "node:assert/strict";
import { partsOf } from "../../policies/read";
import { textOf } from "../../policies/report/text";
import { ec2AmiInstanceTypeArchitecture } from "../../policies/rules/ec2-ami-instance-type-architecture";
import { lookedUp, NOTHING_OUTSIDE, unknownAfter, type Answer, type Outside, type OutsideAmi } from "../../policies/stack/outside";
import { Stack } from "../../policies/stack/stack";
import type { Ec2Architecture } from "../../policies/platform/ec2";
import { resourceOf, THIS_URN } from "../support/read-resource";
import { NOTHING_DECLARED } from "../support/model-parts";

const AMI = "ami-0123456789abcdef0";
const PARAMETER = "resolve:ssm:/golden/ami";
const BY = "EC2 DescribeImages, us-east-1, today";
const FAILED = { state: "unknown", why: "access was denied" } as const;
const X86: Answer<OutsideAmi> = { state: "known", value: { architecture: "x86_64", os: "linux" }, by: BY };
const ARM_TYPE: Answer<readonly Ec2Architecture[]> = { state: "known", value: ["arm64"], by: "EC2 DescribeInstanceTypes, us-east-1, today" };

/** What the policy says of one instance: the text of a finding, or why it is open. */
function said(ami: string, instanceType: string, outside: Partial<Outside>): string[] {
  const stack = new Stack("complete", NOTHING_DECLARED, { ...NOTHING_OUTSIDE, ...outside });
  stack.add(THIS_URN, undefined, partsOf(resourceOf("aws:ec2/instance:Instance", { ami, instanceType })));
  const { findings, undetermined } = ec2AmiInstanceTypeArchitecture.judge(stack);
  return [...findings.map((finding) => textOf(finding)), ...undetermined.map(({ why }) => `open: ${why}`)];
}

describe("an AMI that only AWS can tell", () => {
  it("is what AWS tells, and the message says who said so", () => {
    const [text, ...others] = said(AMI, "m7g.large", { ami: () => X86 });
    assert.deepEqual(others, []);
    assert.ok(text?.includes(`ami: "${AMI}" (looked up: ${BY})`), text);
  });

  it("fits, if AWS tells so", () => assert.deepEqual(said(AMI, "m5.large", { ami: () => X86 }), []));

  for (const [what, ami, outside, why] of [
    ["an id without an answer", AMI, {}, "an AMI id alone does not tell its architecture"],
    ["an id with a failed look-up", AMI, { ami: () => FAILED }, "an AMI id alone does not tell its architecture, and it could not be looked up: access was denied"],
    ["a parameter without an answer", PARAMETER, {}, "its SSM parameter path does not tell an architecture"],
    ["a parameter with a failed look-up", PARAMETER, { ami: () => FAILED }, "its SSM parameter path does not tell an architecture, and it could not be looked up: access was denied"],
  ] as const) {
    it(`stays open: ${what}`, () => assert.deepEqual(said(ami, "m7g.large", outside), [`open: ${why}`]));
  }
});

describe("an instance type that only AWS can tell", () => {
  it("is what AWS tells, and the message says who said so", () => {
    const [text, ...others] = said(AMI, "q9.large", { ami: () => X86, instanceType: () => ARM_TYPE });
    assert.deepEqual(others, []);
    assert.match(text ?? "", /instanceType: "q9\.large" \(looked up: EC2 DescribeInstanceTypes, us-east-1, today\)/);
  });

  for (const [answer, why] of [
    [undefined, "this instance type is not known here"],
    [FAILED, "this instance type is not known here, and it could not be looked up: access was denied"],
  ] as const) {
    it(`stays open: ${why}`, () => assert.deepEqual(said(AMI, "q9.large", { ami: () => X86, instanceType: () => answer }), [`open: ${why}`]));
  }
});

describe("facts from outside", () => {
  it("are told with the reason for which they are none", () => {
    assert.equal(unknownAfter("it is not known", undefined), "it is not known");
    assert.equal(unknownAfter("it is not known", X86), "it is not known");
    assert.equal(unknownAfter("it is not known", FAILED), "it is not known, and it could not be looked up: access was denied");
  });

  it("are told with the property that they are about, and who said so", () => {
    assert.deepEqual(lookedUp("ami", { state: "known", value: 1, by: BY }), { how: "looked up", text: "ami", by: BY });
  });

  it("are none where nobody is asked", () => {
    const { knowsImages, ami, instanceType, image } = NOTHING_OUTSIDE;
    const answers = [ami({ kind: "ami", id: AMI }, "here"), instanceType("q9.large", "here"), image({ repository: "docker.io/library/nginx", tag: "1" }, "here")];
    assert.deepEqual([knowsImages, ...answers], [false, undefined, undefined, undefined]);
  });
});
