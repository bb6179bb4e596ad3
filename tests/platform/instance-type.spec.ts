import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { _InstanceType } from "@aws-sdk/client-ec2";
import fc from "fast-check";
import { describeInstanceType, instanceTypeArchitectures, patternArchitectures, requirementArchitectures } from "../../policies/platform/instance-type";

interface Capture {
  readonly captured: string;
  readonly source: string;
  /** Architectures (`i386+x86_64`) → family → sizes with spaces between. */
  readonly types: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const capture = JSON.parse(readFileSync(path.join(__dirname, "fixtures", "describe-instance-types.json"), "utf8")) as Capture;

const captured = new Map<string, string>(
  Object.entries(capture.types).flatMap(([architectures, families]) =>
    Object.entries(families).flatMap(([family, sizes]) => sizes.split(" ").map((size) => [`${family}.${size}`, architectures] as const)),
  ),
);

const sdkTypes: readonly string[] = Object.values(_InstanceType);

/** The instance types that @pulumi/aws lists, read as text: loading the SDK takes seconds. */
function pulumiTypes(): string[] {
  const file = path.join(path.dirname(require.resolve("@pulumi/aws/package.json")), "types", "enums", "ec2", "index.d.ts");
  const body = /export declare const InstanceType: \{([\s\S]*?)\n\};/.exec(readFileSync(file, "utf8"))?.[1] ?? "";
  return [...body.matchAll(/: "([^"]+)";/g)].flatMap(([, type]) => type ?? []);
}

describe("instance type → architectures", () => {
  it("agrees with EC2 on every type that it describes", () => {
    const wrong = [...captured].filter(([type, architectures]) => [...(instanceTypeArchitectures(type) ?? [])].sort().join("+") !== architectures);
    assert.ok(captured.size > 1300);
    assert.deepEqual(wrong, []);
  });

  it("classifies the whole list of the EC2 SDK", () => {
    const unknown = sdkTypes.filter((type) => instanceTypeArchitectures(type) === undefined);
    const version = (JSON.parse(readFileSync(require.resolve("@aws-sdk/client-ec2/package.json"), "utf8")) as { version: string }).version;
    const wrong = sdkTypes.filter((type) => captured.has(type) && captured.get(type) !== [...(instanceTypeArchitectures(type) ?? [])].sort().join("+"));
    const onlyInSdk = sdkTypes.filter((type) => !captured.has(type));
    const onlyCaptured = [...captured.keys()].filter((type) => !sdkTypes.includes(type));
    console.log(`        ${String(sdkTypes.length - unknown.length)} of ${String(sdkTypes.length)} types of @aws-sdk/client-ec2 ${version} classified, ${String(wrong.length)} wrong in ${String(captured.size)} described (${capture.captured})`);
    console.log(`        only in the SDK: ${String(onlyInSdk.length)} (${[...new Set(onlyInSdk.map((type) => type.split(".")[0]))].join(" ")})`);
    console.log(`        only described: ${onlyCaptured.join(" ") || "none"}`);
    assert.ok(sdkTypes.length > 1400);
    assert.deepEqual(unknown, []);
  });

  it("classifies every type that @pulumi/aws lists", () => {
    const types = pulumiTypes();
    assert.ok(types.length > 1300, `${String(types.length)} types found`);
    assert.deepEqual(types.filter((type) => instanceTypeArchitectures(type) === undefined), []);
  });

  for (const [type, architectures] of [
    ["g4dn.xlarge", "x86_64"],
    ["g5.xlarge", "x86_64"],
    ["g5g.xlarge", "arm64"],
    ["g6e.xlarge", "x86_64"],
    ["gr6.4xlarge", "x86_64"],
    ["a1.large", "arm64"],
    ["im4gn.large", "arm64"],
    ["is4gen.medium", "arm64"],
    ["x2gd.medium", "arm64"],
    ["c7gn.large", "arm64"],
    ["hpc7g.4xlarge", "arm64"],
    ["m7i-flex.large", "x86_64"],
    ["u-6tb1.metal", "x86_64"],
    ["u7in-16tb.224xlarge", "x86_64"],
    ["p6e-gb200.36xlarge", "arm64"],
    ["p6-b200.48xlarge", "x86_64"],
    ["m12g.large", "arm64"],
    ["m12i.large", "x86_64"],
    ["t2.micro", "i386+x86_64"],
    ["t2.large", "x86_64"],
    ["mac1.metal", "x86_64_mac"],
    ["mac2.metal", "arm64_mac"],
    ["mac-m4.metal", "arm64_mac"],
  ] as const) {
    it(`${type} is ${architectures}`, () => {
      assert.equal(instanceTypeArchitectures(type)?.join("+"), architectures);
    });
  }

  for (const type of ["trn3.48xlarge", "trn3p.48xlarge", "p7.48xlarge", "inf3.large", "q1.large", "g8.large", "m9.large", "a2.large", "p7-gb999.large", "zz9-gb300.large", "m9gi.large", "mac3.metal", "m7g", "", ".", "m7g.", ".large", "ml.m7g.large", "db.t4g.micro", "M7G.LARGE", "m7g.large ", "7mg.large", "-m7g.large", "m7g_.large", "m7g.Large", "m7g.large.x", "u-6tb.metal", "xu-6tb1.metal", "u-6tb1x.metal", "mac", "mac12.metal"]) {
    it(`does not guess ${JSON.stringify(type)}`, () => {
      assert.equal(instanceTypeArchitectures(type), undefined);
    });
  }

  it("never throws, and takes no time to speak of for long text", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        instanceTypeArchitectures(text);
        describeInstanceType(text);
        patternArchitectures(text);
      }),
    );
    for (const text of ["m".repeat(1_000_000), "m7".repeat(500_000), `m7${"g".repeat(1_000_000)}.large`, `${"-".repeat(1_000_000)}.x`]) {
      assert.equal(instanceTypeArchitectures(text), undefined);
      assert.equal(patternArchitectures(text).length, 2);
    }
  });

  it("explains Graviton, and only Graviton, by its letter", () => {
    assert.equal(describeInstanceType("c7g.large"), '"g" after the number = Graviton');
    assert.equal(describeInstanceType("g5.xlarge"), '"g" before the number = graphics, not Graviton');
    assert.equal(describeInstanceType("m7i.large"), undefined);
    assert.equal(describeInstanceType("nonsense"), undefined);
    assert.equal(describeInstanceType("a1.large"), undefined);
    assert.equal(describeInstanceType("p6e-gb200.36xlarge"), undefined);
  });
});

describe("allowedInstanceTypes patterns", () => {
  for (const [pattern, architectures] of [
    ["m5.8xlarge", "x86_64"],
    ["m7g.*", "arm64"],
    ["m7g*", "arm64"],
    ["c8gd*.*", "arm64"],
    ["m7*", "x86_64+arm64"],
    ["c5*.*", "x86_64+arm64"],
    ["r*", "x86_64+arm64"],
    ["*3*", "x86_64+arm64"],
    ["*", "x86_64+arm64"],
    ["m5a.*", "x86_64"],
    ["a1.*", "arm64"],
    ["g5g*", "arm64"],
    ["trn3.*", "x86_64+arm64"],
    ["p9g*", "x86_64+arm64"],
    ["m7g-x*", "x86_64+arm64"],
    ["mac2.metal", "x86_64+arm64"],
    ["", "x86_64+arm64"],
  ] as const) {
    it(`${pattern} can be ${architectures}`, () => {
      assert.equal(patternArchitectures(pattern).join("+"), architectures);
    });
  }

  it("never leaves out an architecture that a matching type has", () => {
    const families = [...new Set(sdkTypes.map((type) => type.split(".")[0] ?? ""))];
    for (const family of families) {
      for (let length = 1; length <= family.length; length += 1) {
        const possible = patternArchitectures(`${family.slice(0, length)}*`);
        for (const type of sdkTypes.filter((each) => each.startsWith(family.slice(0, length)))) {
          for (const architecture of instanceTypeArchitectures(type) ?? []) {
            const isServer = architecture === "x86_64" || architecture === "arm64";
            assert.ok(!isServer || possible.includes(architecture), `${family.slice(0, length)}* leaves out ${type}`);
          }
        }
      }
    }
  });

  for (const [requirements, architectures] of [
    [{}, "i386+x86_64+arm64"],
    [{ cpuManufacturers: [] }, "i386+x86_64+arm64"],
    [{ cpuManufacturers: ["amazon-web-services"] }, "arm64"],
    [{ cpuManufacturers: ["intel"] }, "i386+x86_64"],
    [{ cpuManufacturers: ["intel", "amd"] }, "i386+x86_64"],
    [{ cpuManufacturers: ["intel", "amazon-web-services"] }, "i386+x86_64+arm64"],
    [{ cpuManufacturers: ["somebody-new"] }, "i386+x86_64+arm64"],
    [{ allowedInstanceTypes: ["t2.*"] }, "i386+x86_64"],
    [{ allowedInstanceTypes: ["t2.micro"] }, "i386+x86_64"],
    [{ allowedInstanceTypes: ["t2.large"] }, "x86_64"],
    [{ allowedInstanceTypes: ["t2"] }, "x86_64"],
    [{ allowedInstanceTypes: ["t2.large", "t2.micro"] }, "i386+x86_64"],
    [{ allowedInstanceTypes: ["mac2.*"] }, undefined],
    [{ cpuManufacturers: ["apple"] }, undefined],
    [{ cpuManufacturers: ["apple", "intel"] }, undefined],
    [{ allowedInstanceTypes: ["m5.*", "c5.large", "r5a.*"] }, "x86_64"],
    [{ allowedInstanceTypes: ["m7g.*", "c7g.*"] }, "arm64"],
    [{ allowedInstanceTypes: ["m7*"] }, "x86_64+arm64"],
    [{ cpuManufacturers: ["intel"], allowedInstanceTypes: ["m7*"] }, "x86_64"],
    [{ cpuManufacturers: ["intel"], allowedInstanceTypes: ["m7g.*"] }, undefined],
  ] as const) {
    it(`${JSON.stringify(requirements)} can be ${architectures ?? "nothing"}`, () => {
      assert.equal(requirementArchitectures(requirements)?.join("+"), architectures);
    });
  }
});
