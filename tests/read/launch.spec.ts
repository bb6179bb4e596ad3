import assert from "node:assert/strict";
import { partsOf } from "../../policies/read";
import { GARBAGE, plainly, resourceOf, type Told } from "../support/read-resource";
import { UNKNOWN } from "../support/values";

type Facts = Readonly<Record<string, unknown>>;

const GROUP = "aws:autoscaling/group:Group";
const NATIVE_GROUP = "aws-native:autoscaling:AutoScalingGroup";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const USER_DATA = "IyEvYmluL2Jhc2g=";

function factsOf(type: string, inputs: Facts, told: Told = {}): Facts[] {
  return partsOf(resourceOf(type, inputs, told)).map((part) => {
    const { subject: _subject, scope: _scope, ...facts } = plainly(part) as Record<string, unknown>;
    return facts;
  });
}

/** The launches of a launcher, as `AMI TYPE TEMPLATE (place)`; what is left out is `-`. */
function launchesOf(type: string, inputs: Facts, told: Told = {}): string[] | string {
  const [facts] = factsOf(type, inputs, told);
  const launches = facts?.["launches"] as readonly Record<string, unknown>[] | "?";
  return launches === "?" ? "?" : launches.map(launchText);
}

function launchText({ imageId, instanceType, requirements, template, at }: Record<string, unknown>): string {
  const use = template as { id: { value?: string }; name: { value?: string }; version?: string } | undefined;
  const limits = requirements as { cpuManufacturers?: string[] } | string | undefined;
  const selected = typeof limits === "object" ? `[${limits.cpuManufacturers?.join() ?? ""}]` : limits;
  const named = use === undefined ? "-" : `${use.id.value ?? use.name.value ?? "none"}:${use.version ?? "none"}`;
  return `${(imageId as { value?: string } | undefined)?.value ?? "-"} ${typeof instanceType === "string" ? instanceType : (selected ?? "-")} ${named} (${String(at)})`;
}

/** How both providers name a template: `id` and `name`, or with the long words of a specification. */
const SHORT = { id: "lt-1", version: "$Latest" };
const LONG = { launchTemplateId: "lt-1", version: "$Latest" };
const BY_NAME = { launchTemplateName: "web", version: "3" };
const SELECTION = { instanceRequirements: { vcpuCount: { min: 1 }, cpuManufacturers: ["intel"] } };

function policy(specification: Facts, overrides?: unknown): Facts {
  return { mixedInstancesPolicy: { launchTemplate: { launchTemplateSpecification: specification, ...(overrides === undefined ? {} : { overrides }) } } };
}

function config(launchTemplateSpecification: Facts, overrides?: unknown): Facts {
  return { launchTemplateSpecification, ...(overrides === undefined ? {} : { overrides }) };
}

type Row = readonly [what: string, type: string, inputs: Facts, launches: string[] | string];

const LAUNCHES: readonly Row[] = [
  ["an instance", "aws:ec2/instance:Instance", { ami: "ami-1", instanceType: "m5.large" }, ["ami-1 m5.large - ()"]],
  ["an instance of a template", "aws:ec2/instance:Instance", { launchTemplate: SHORT, instanceType: "m5.large" }, ["- m5.large lt-1:$Latest ()"]],
  ["an instance of a template by name", "aws:ec2/instance:Instance", { launchTemplate: { name: "web" } }, ["- - web:none ()"]],
  ["a native instance", "aws-native:ec2:Instance", { imageId: "ami-1", instanceType: "m5.large", launchTemplate: LONG }, ["ami-1 m5.large lt-1:$Latest ()"]],
  ["a native instance with the other provider's word", "aws-native:ec2:Instance", { ami: "ami-1" }, ["- - - ()"]],
  ["a spot instance request", "aws:ec2/spotInstanceRequest:SpotInstanceRequest", { ami: "ami-1", instanceType: "m5.large" }, ["ami-1 m5.large - ()"]],
  ["a launch configuration", "aws:ec2/launchConfiguration:LaunchConfiguration", { imageId: "ami-1", instanceType: "m5.large" }, ["ami-1 m5.large - ()"]],
  ["a native launch configuration", "aws-native:autoscaling:LaunchConfiguration", { imageId: "ami-1", instanceType: "m5.large" }, ["ami-1 m5.large - ()"]],
  ["a group of a template", GROUP, { launchTemplate: SHORT }, ["- - lt-1:$Latest ()"]],
  ["a group as Terraform keeps it", GROUP, { launchTemplate: [SHORT] }, ["- - lt-1:$Latest ()"]],
  ["a group of a launch configuration", GROUP, { launchConfiguration: "web" }, []],
  ["a native group of a template", NATIVE_GROUP, { launchTemplate: LONG }, ["- - lt-1:$Latest ()"]],
  ["a policy without overrides", GROUP, policy(LONG), ["- - lt-1:$Latest ()"]],
  ["a policy with no overrides in the list", GROUP, policy(LONG, []), ["- - lt-1:$Latest ()"]],
  ["overrides", GROUP, policy(LONG, [{ instanceType: "m5.large" }, { ...SELECTION, launchTemplateSpecification: BY_NAME }]), ["- m5.large lt-1:$Latest (overrides[0])", "- [intel] web:3 (overrides[1])"]],
  ["an override that is not known", GROUP, policy(LONG, [UNKNOWN, { instanceType: "m5.large" }]), ["? ? ?:? (overrides[0])", "- m5.large lt-1:$Latest (overrides[1])"]],
  ["overrides that are not known", GROUP, policy(LONG, UNKNOWN), "?"],
  ["a policy that is not known", GROUP, { mixedInstancesPolicy: UNKNOWN }, "?"],
  ["native overrides", NATIVE_GROUP, policy(LONG, [{ instanceType: "m7g.large", imageId: "ami-2" }, SELECTION]), ["ami-2 m7g.large lt-1:$Latest (overrides[0])", "- [intel] lt-1:$Latest (overrides[1])"]],
  ["a fleet", "aws:ec2/fleet:Fleet", { launchTemplateConfigs: [config(LONG, [{ instanceType: "m5.large" }]), config(BY_NAME)] }, ["- m5.large lt-1:$Latest (launchTemplateConfigs[0].overrides[0])", "- - web:3 ()"]],
  ["a native fleet", "aws-native:ec2:Ec2Fleet", { launchTemplateConfigs: [config(LONG, [SELECTION])] }, ["- [intel] lt-1:$Latest (launchTemplateConfigs[0].overrides[0])"]],
  ["a fleet that is not known", "aws:ec2/fleet:Fleet", { launchTemplateConfigs: UNKNOWN }, "?"],
  ["a spot fleet", "aws:ec2/spotFleetRequest:SpotFleetRequest", { launchSpecifications: [{ ami: "ami-1", instanceType: "m5.large" }, { ami: "ami-2", instanceType: "m7g.large" }] }, ["ami-1 m5.large - (launchSpecifications[0])", "ami-2 m7g.large - (launchSpecifications[1])"]],
  ["a spot fleet of templates", "aws:ec2/spotFleetRequest:SpotFleetRequest", { launchTemplateConfigs: [config(SHORT, [{ instanceType: "m5.large" }])] }, ["- m5.large lt-1:$Latest (launchTemplateConfigs[0].overrides[0])"]],
  ["a spot fleet that is not known", "aws:ec2/spotFleetRequest:SpotFleetRequest", { launchSpecifications: UNKNOWN }, "?"],
  ["a native spot fleet", "aws-native:ec2:SpotFleet", { spotFleetRequestConfigData: { launchSpecifications: [{ imageId: "ami-1", instanceType: "m5.large" }, { imageId: "ami-1", ...SELECTION }] } }, ["ami-1 m5.large - (spotFleetRequestConfigData.launchSpecifications[0])", "ami-1 [intel] - (spotFleetRequestConfigData.launchSpecifications[1])"]],
  ["a native spot fleet of templates", "aws-native:ec2:SpotFleet", { spotFleetRequestConfigData: { launchTemplateConfigs: [config(LONG, [{ instanceType: "m5.large" }])] } }, ["- m5.large lt-1:$Latest (spotFleetRequestConfigData.launchTemplateConfigs[0].overrides[0])"]],
  ["a native spot fleet that is not known", "aws-native:ec2:SpotFleet", { spotFleetRequestConfigData: UNKNOWN }, "?"],
  ["a node group", "aws:eks/nodeGroup:NodeGroup", { instanceTypes: ["m5.large", "m7g.large"], launchTemplate: SHORT }, ["- m5.large lt-1:$Latest (instanceTypes[0])", "- m7g.large lt-1:$Latest (instanceTypes[1])"]],
  ["a node group without types", "aws:eks/nodeGroup:NodeGroup", { launchTemplate: SHORT }, ["- - lt-1:$Latest ()"]],
  ["a node group without a template", "aws:eks/nodeGroup:NodeGroup", { instanceTypes: ["m5.large"] }, []],
  ["a native node group", "aws-native:eks:Nodegroup", { instanceTypes: ["m5.large"], launchTemplate: SHORT }, ["- m5.large lt-1:$Latest (instanceTypes[0])"]],
];

const FACTS: readonly (readonly [what: string, type: string, inputs: Facts, told: Told, facts: Facts])[] = [
  ["a launch template", TEMPLATE, { name: "web", imageId: "ami-1", instanceType: "m5.large", userData: USER_DATA, updateDefaultVersion: true }, { outputs: { id: "lt-1", latestVersion: 3, defaultVersion: 1 } }, { is: "launch template", id: "lt-1", name: "web", imageId: { value: "ami-1", from: [] }, instanceType: "m5.large", userData: USER_DATA, userDataFrom: [], latestVersion: "3", defaultVersion: "1", updateDefaultVersion: true }],
  ["a new launch template", TEMPLATE, { name: "web", ...SELECTION, userData: UNKNOWN }, { from: { userData: ["urn:cluster"] } }, { is: "launch template", id: "?", name: "web", imageId: { from: [] }, requirements: { cpuManufacturers: ["intel"] }, userData: "?", userDataFrom: ["urn:cluster"], latestVersion: "?", defaultVersion: "?" }],
  ["a native launch template", "aws-native:ec2:LaunchTemplate", { launchTemplateName: "web", launchTemplateData: { imageId: "ami-1", instanceType: "m5.large", userData: USER_DATA } }, { outputs: { launchTemplateId: "lt-1", latestVersionNumber: "3", defaultVersionNumber: "3" } }, { is: "launch template", id: "lt-1", name: "web", imageId: { value: "ami-1", from: [] }, instanceType: "m5.large", userData: USER_DATA, userDataFrom: [], latestVersion: "3", defaultVersion: "3" }],
  ["a native launch template that is not known", "aws-native:ec2:LaunchTemplate", { launchTemplateName: "web", launchTemplateData: UNKNOWN }, { from: { launchTemplateData: ["urn:ami"] } }, { is: "launch template", id: "?", name: "web", imageId: { value: "?", from: ["urn:ami"] }, instanceType: "?", requirements: "?", userData: "?", userDataFrom: ["urn:ami"], latestVersion: "?", defaultVersion: "?" }],
  ["an AMI", "aws:ec2/ami:Ami", { name: "golden", architecture: "arm64" }, { outputs: { id: "ami-1" } }, { is: "ami", id: "ami-1", architecture: "arm64", name: "golden" }],
  ["a new copy", "aws:ec2/amiCopy:AmiCopy", { name: "copy", sourceAmiId: "ami-1" }, {}, { is: "ami", id: "?", architecture: "?", name: "copy", copyOf: { value: "ami-1", from: [] } }],
  ["a copy", "aws:ec2/amiCopy:AmiCopy", { name: "copy", sourceAmiId: "ami-1" }, { outputs: { id: "ami-2", architecture: "arm64" } }, { is: "ami", id: "ami-2", architecture: "arm64", name: "copy", copyOf: { value: "ami-1", from: [] } }],
  ["an AMI made from an instance", "aws:ec2/amiFromInstance:AmiFromInstance", { name: "image", sourceInstanceId: UNKNOWN }, { from: { sourceInstanceId: ["urn:instance"] } }, { is: "ami", id: "?", architecture: "?", name: "image", fromInstance: { value: "?", from: ["urn:instance"] } }],
];

describe("reading what launches instances", () => {
  for (const [what, type, inputs, launches] of LAUNCHES) {
    it(what, () => {
      assert.deepEqual(launchesOf(type, inputs), launches);
    });
  }
  for (const [what, type, inputs, told, facts] of FACTS) {
    it(what, () => {
      assert.deepEqual(factsOf(type, inputs, told), [facts]);
    });
  }

  it("a group's size, as a number or as aws-native's text", () => {
    const sizes = [
      [GROUP, 0, 0],
      [GROUP, 3, 3],
      [GROUP, UNKNOWN, "?"],
      [NATIVE_GROUP, "0", 0],
      [NATIVE_GROUP, "12", 12],
      [NATIVE_GROUP, "many", "?"],
    ] as const;
    for (const [type, maxSize, read] of sizes) {
      assert.equal(factsOf(type, { maxSize })[0]?.["maxSize"], read, `${type} ${String(maxSize)}`);
    }
  });

  it("a group's name and launch configuration, in the words of each provider", () => {
    const [aws] = factsOf(GROUP, { name: "web", launchConfiguration: "lc" });
    const [native] = factsOf(NATIVE_GROUP, { autoScalingGroupName: "web", launchConfigurationName: "lc" });
    for (const facts of [aws, native]) {
      const { name, launchConfiguration } = facts ?? {};
      assert.deepEqual({ name, launchConfiguration }, { name: "web", launchConfiguration: { value: "lc", from: [] } });
    }
  });

  it("user data, from whichever property has it", () => {
    for (const type of ["aws:ec2/instance:Instance", "aws:ec2/launchConfiguration:LaunchConfiguration", "aws:ec2/spotInstanceRequest:SpotInstanceRequest"]) {
      for (const property of ["userData", "userDataBase64"]) {
        const [facts] = factsOf(type, { [property]: UNKNOWN }, { from: { [property]: ["urn:cluster"] } });
        const { userData, userDataFrom } = facts ?? {};
        assert.deepEqual({ userData, userDataFrom }, { userData: "?", userDataFrom: ["urn:cluster"] }, `${type} ${property}`);
      }
    }
  });

  it("takes any garbage without a fault, and never reads a type out of it", () => {
    const properties = ["imageId", "ami", "launchTemplate", "mixedInstancesPolicy", "launchTemplateConfigs", "launchSpecifications", "spotFleetRequestConfigData", "launchTemplateData", "instanceRequirements", "instanceTypes", "maxSize", "userData", "launchConfiguration"];
    for (const type of new Set([...LAUNCHES, ...FACTS].map(([, each]) => each))) {
      for (const property of properties) {
        for (const value of GARBAGE) {
          for (const part of partsOf(resourceOf(type, { [property]: value }))) {
            assert.ok(!JSON.stringify(part).includes("m7g.large"), `${type} ${property} ${JSON.stringify(value)}`);
          }
        }
      }
    }
  });
});
