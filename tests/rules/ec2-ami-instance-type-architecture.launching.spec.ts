import assert from "node:assert/strict";
import {
  addStarter,
  addTask,
  ARM_AMI,
  judged,
  on,
  fargate,
  fromElsewhere,
  Program,
  selection,
  SOME_AMI,
  X86_AMI,
  x86Pool,
  type Found,
  type Made,
  type Operation,
} from "../support/capacity-builder";
import { text, type Input, type Inputs } from "../support/outputs";

const POLICY = "ec2-ami-instance-type-architecture";
const OPERATIONS: readonly Operation[] = ["first preview", "update"];
const GRAVITON = selection({ cpuManufacturers: ["amazon-web-services"] });
const INTEL_AMD = selection({ cpuManufacturers: ["intel", "amd"] });
const M7G = { instanceType: "m7g.large" };
const M5 = { instanceType: "m5.large" };

/** `denied at NAME: TYPES` for each finding, `open` where something could not be determined, or `passes`. */
function verdictOf({ findings, undetermined }: Found): string {
  const own = findings.flatMap((finding) => (finding.kind === "ami-on-instance-type" ? `${finding.certainty} at ${finding.subject.name}: ${finding.types}` : []));
  if (own.length > 0) {
    return own.sort().join("; ");
  }
  return undetermined.some(({ policy }) => policy === POLICY) ? "open" : "passes";
}

type Row = readonly [what: string, build: (program: Program) => void, verdict: string, atPreview?: string];

function template(program: Program, imageId: Input, more: Inputs = {}, name = "template"): Made {
  return program.add("aws:ec2/launchTemplate:LaunchTemplate", name, { imageId, ...more });
}
function nativeTemplate(program: Program, imageId: Input, more: Inputs = {}, name = "template"): Made {
  return program.add("aws-native:ec2:LaunchTemplate", name, { launchTemplateData: { imageId, ...more } });
}
function group(program: Program, inputs: Inputs): void {
  program.add("aws:autoscaling/group:Group", "group", { minSize: 1, maxSize: 2, ...inputs });
}
function nativeGroup(program: Program, inputs: Inputs): void {
  program.add("aws-native:autoscaling:AutoScalingGroup", "group", { minSize: "1", maxSize: "2", ...inputs });
}
/** How overrides, fleets and policies name a template. */
function specification(made: Made, version: Input = "$Latest"): Inputs {
  return { launchTemplateId: made.get(made.type.startsWith("aws-native") ? "launchTemplateId" : "id"), version };
}
/** The same by a name, which is known at a preview. */
function named(made: Made): Inputs {
  return { launchTemplateName: made.get("name"), version: "$Latest" };
}
function policy(base: Inputs, ...overrides: readonly Inputs[]): Inputs {
  return { mixedInstancesPolicy: { launchTemplate: { launchTemplateSpecification: base, overrides } } };
}
function instance(program: Program, inputs: Inputs, name = "instance"): Made {
  return program.add("aws:ec2/instance:Instance", name, inputs);
}
function ami(program: Program, architecture: string | undefined): Made {
  return program.add("aws:ec2/ami:Ami", "image", { architecture, name: "golden" });
}
const WRONG_INSTANCE = "certain at instance: m7g.large";
const WRONG_GROUP = "certain at group: m7g.large";

const GROUPS: readonly Row[] = [
  ["the template's own type", (p) => group(p, { launchTemplate: { id: template(p, X86_AMI, M7G).get("id"), version: "$Latest" } }), "certain at template: m7g.large"],
  ["the template's own type, by name", (p) => group(p, { launchTemplate: { name: template(p, X86_AMI, M7G).get("name"), version: "$Latest" } }), "certain at template: m7g.large"],
  ["the template's own type, right", (p) => group(p, { launchTemplate: { id: template(p, ARM_AMI, M7G).get("id"), version: "$Latest" } }), "passes"],
  ["an override without a template", (p) => group(p, policy(specification(template(p, X86_AMI)), M5, M7G)), WRONG_GROUP],
  ["two overrides without a template", (p) => group(p, policy(specification(template(p, X86_AMI)), M7G, { instanceType: "c7g.large" })), "certain at group: m7g.large, c7g.large"],
  ["overrides that replace a wrong type", (p) => group(p, policy(specification(template(p, ARM_AMI, M5)), M7G)), "passes"],
  ["overrides that replace a right type", (p) => group(p, policy(specification(template(p, X86_AMI, M5)), M7G)), WRONG_GROUP],
  ["an override with a right template of its own", (p) => group(p, policy(specification(template(p, X86_AMI)), M5, { ...M7G, launchTemplateSpecification: specification(template(p, ARM_AMI, {}, "arm")) })), "passes", "open"],
  ["an override with a wrong template of its own", (p) => group(p, policy(specification(template(p, ARM_AMI)), { ...M7G, launchTemplateSpecification: specification(template(p, X86_AMI, {}, "other")) })), WRONG_GROUP, "open"],
  ["an override with a right template, by name", (p) => group(p, policy(named(template(p, X86_AMI)), M5, { ...M7G, launchTemplateSpecification: named(template(p, ARM_AMI, {}, "arm")) })), "passes"],
  ["an override with a wrong template, by name", (p) => group(p, policy(named(template(p, ARM_AMI)), { ...M7G, launchTemplateSpecification: named(template(p, X86_AMI, {}, "other")) })), WRONG_GROUP],
  ["a policy without overrides", (p) => group(p, policy(specification(template(p, X86_AMI, M7G)))), "certain at template: m7g.large"],
  ["attributes that contradict the AMI", (p) => group(p, policy(specification(template(p, X86_AMI)), { instanceRequirements: GRAVITON })), "certain at group: "],
  ["attributes that contradict the AMI, the other way", (p) => group(p, policy(specification(template(p, ARM_AMI)), { instanceRequirements: INTEL_AMD })), "certain at group: "],
  ["attributes that leave it to the AMI", (p) => group(p, policy(specification(template(p, ARM_AMI)), { instanceRequirements: selection() })), "passes"],
  ["attributes of a template", (p) => group(p, { launchTemplate: { id: template(p, ARM_AMI, { instanceRequirements: INTEL_AMD }).get("id"), version: "$Latest" } }), "certain at template: "],
  ["allowed types of the other architecture", (p) => group(p, policy(specification(template(p, X86_AMI)), { instanceRequirements: selection({ allowedInstanceTypes: ["m7g.*", "c8g*"] }) })), "certain at group: "],
  ["allowed types of both architectures", (p) => group(p, policy(specification(template(p, X86_AMI)), { instanceRequirements: selection({ allowedInstanceTypes: ["m7*"] }) })), "passes"],
  ["manufacturers of both architectures", (p) => group(p, policy(specification(template(p, X86_AMI)), { instanceRequirements: selection({ cpuManufacturers: ["intel", "amazon-web-services"] }) })), "passes"],
  ["an AMI id alone", (p) => group(p, policy(specification(template(p, SOME_AMI)), M5, M7G)), "open"],
  ["a template of another stack", (p) => group(p, { launchTemplate: { id: "lt-0123456789abcdef0", version: "$Latest" } }), "open"],
  ["a launch configuration", (p) => group(p, { launchConfiguration: p.add("aws:ec2/launchConfiguration:LaunchConfiguration", "configuration", { imageId: ami(p, "x86_64").get("id"), ...M7G }).get("name") }), "certain at configuration: m7g.large"],
];

const NATIVE: readonly Row[] = [
  ["a native template", (p) => nativeGroup(p, { launchTemplate: specification(nativeTemplate(p, X86_AMI, M7G)) }), "certain at template: m7g.large"],
  ["a native template, right", (p) => nativeGroup(p, { launchTemplate: specification(nativeTemplate(p, ARM_AMI, M7G)) }), "passes"],
  ["a native override", (p) => nativeGroup(p, policy(specification(nativeTemplate(p, X86_AMI)), M5, M7G)), WRONG_GROUP],
  ["a native override with an AMI", (p) => nativeGroup(p, policy(specification(nativeTemplate(p, X86_AMI)), M5, { ...M7G, imageId: ARM_AMI })), "passes"],
  ["a native override with a wrong AMI", (p) => nativeGroup(p, policy(specification(nativeTemplate(p, ARM_AMI)), { ...M7G, imageId: X86_AMI })), WRONG_GROUP],
  ["native attributes", (p) => nativeGroup(p, policy(specification(nativeTemplate(p, X86_AMI)), { instanceRequirements: GRAVITON })), "certain at group: "],
  ["a native instance", (p) => p.add("aws-native:ec2:Instance", "instance", { imageId: X86_AMI, ...M7G }), WRONG_INSTANCE],
  ["a native instance, right", (p) => p.add("aws-native:ec2:Instance", "instance", { imageId: ARM_AMI, ...M7G }), "passes"],
  ["a native instance of a template", (p) => p.add("aws-native:ec2:Instance", "instance", { launchTemplate: specification(nativeTemplate(p, X86_AMI, M5)), ...M7G }), WRONG_INSTANCE],
  ["a native launch configuration", (p) => p.add("aws-native:autoscaling:LaunchConfiguration", "configuration", { imageId: ARM_AMI, ...M5 }), "certain at configuration: m5.large"],
  ["a native fleet", (p) => p.add("aws-native:ec2:Ec2Fleet", "fleet", { launchTemplateConfigs: [{ launchTemplateSpecification: specification(nativeTemplate(p, X86_AMI)), overrides: [M7G] }] }), "certain at fleet: m7g.large"],
  ["a native spot fleet", (p) => p.add("aws-native:ec2:SpotFleet", "fleet", { spotFleetRequestConfigData: { launchSpecifications: [{ imageId: X86_AMI, ...M7G }] } }), "certain at fleet: m7g.large"],
  ["a native spot fleet with a template", (p) => p.add("aws-native:ec2:SpotFleet", "fleet", { spotFleetRequestConfigData: { launchTemplateConfigs: [{ launchTemplateSpecification: specification(nativeTemplate(p, X86_AMI)), overrides: [M5, M7G] }] } }), "certain at fleet: m7g.large"],
  ["a native spot fleet, right", (p) => p.add("aws-native:ec2:SpotFleet", "fleet", { spotFleetRequestConfigData: { launchSpecifications: [{ imageId: ARM_AMI, ...M7G }, { imageId: X86_AMI, ...M5 }] } }), "passes"],
  ["a native node group", (p) => p.add("aws-native:eks:Nodegroup", "nodes", { instanceTypes: ["m7g.large"], launchTemplate: { id: nativeTemplate(p, X86_AMI).get("launchTemplateId"), version: "$Latest" } }), "certain at nodes: m7g.large"],
];

const FLEETS: readonly Row[] = [
  ["a fleet's override", (p) => p.add("aws:ec2/fleet:Fleet", "fleet", { launchTemplateConfigs: [{ launchTemplateSpecification: specification(template(p, X86_AMI)), overrides: [M5, M7G] }] }), "certain at fleet: m7g.large"],
  ["a fleet without overrides", (p) => p.add("aws:ec2/fleet:Fleet", "fleet", { launchTemplateConfigs: [{ launchTemplateSpecification: specification(template(p, X86_AMI, M7G)) }] }), "certain at template: m7g.large"],
  ["a fleet's attributes", (p) => p.add("aws:ec2/fleet:Fleet", "fleet", { launchTemplateConfigs: [{ launchTemplateSpecification: specification(template(p, X86_AMI)), overrides: [{ instanceRequirements: GRAVITON }] }] }), "certain at fleet: "],
  ["a fleet of two templates, right", (p) => p.add("aws:ec2/fleet:Fleet", "fleet", { launchTemplateConfigs: [{ launchTemplateSpecification: named(template(p, X86_AMI)), overrides: [M5] }, { launchTemplateSpecification: named(template(p, ARM_AMI, {}, "arm")), overrides: [M7G] }] }), "passes"],
  ["a fleet of two templates, mixed up", (p) => p.add("aws:ec2/fleet:Fleet", "fleet", { launchTemplateConfigs: [{ launchTemplateSpecification: named(template(p, X86_AMI)), overrides: [M7G] }, { launchTemplateSpecification: named(template(p, ARM_AMI, {}, "arm")), overrides: [M5] }] }), "certain at fleet: m5.large; certain at fleet: m7g.large"],
  ["a spot fleet's specification", (p) => p.add("aws:ec2/spotFleetRequest:SpotFleetRequest", "fleet", { launchSpecifications: [{ ami: ARM_AMI, ...M7G }, { ami: X86_AMI, ...M7G }] }), "certain at fleet: m7g.large"],
  ["a spot fleet's specifications, right", (p) => p.add("aws:ec2/spotFleetRequest:SpotFleetRequest", "fleet", { launchSpecifications: [{ ami: ARM_AMI, ...M7G }, { ami: X86_AMI, ...M5 }] }), "passes"],
  ["a spot fleet's override", (p) => p.add("aws:ec2/spotFleetRequest:SpotFleetRequest", "fleet", { launchTemplateConfigs: [{ launchTemplateSpecification: { id: template(p, ARM_AMI).get("id"), version: "$Latest" }, overrides: [M5, M7G] }] }), "certain at fleet: m5.large"],
  ["a spot instance request", (p) => p.add("aws:ec2/spotInstanceRequest:SpotInstanceRequest", "request", { ami: ARM_AMI, ...M5 }), "certain at request: m5.large"],
  ["a spot instance request, right", (p) => p.add("aws:ec2/spotInstanceRequest:SpotInstanceRequest", "request", { ami: ARM_AMI, ...M7G }), "passes"],
  ["a node group's types", (p) => p.add("aws:eks/nodeGroup:NodeGroup", "nodes", { instanceTypes: ["m5.large", "m7g.large"], launchTemplate: { id: template(p, X86_AMI).get("id"), version: "$Latest" } }), "certain at nodes: m7g.large"],
  ["a node group whose types replace the template's", (p) => p.add("aws:eks/nodeGroup:NodeGroup", "nodes", { instanceTypes: ["m7g.large"], launchTemplate: { id: template(p, ARM_AMI).get("id"), version: "$Latest" } }), "passes"],
  ["a node group with the template's type", (p) => p.add("aws:eks/nodeGroup:NodeGroup", "nodes", { launchTemplate: { id: template(p, X86_AMI, M7G).get("id"), version: "$Latest" } }), "certain at template: m7g.large"],
  ["a node group without a template: EKS chooses the AMI", (p) => p.add("aws:eks/nodeGroup:NodeGroup", "nodes", { instanceTypes: ["m7g.large"], amiType: "AL2023_ARM_64_STANDARD" }), "passes"],
];

const INSTANCES: readonly Row[] = [
  ["its own AMI and type", (p) => instance(p, { ami: X86_AMI, ...M7G }), WRONG_INSTANCE],
  ["a template's AMI, its own type", (p) => instance(p, { launchTemplate: { id: template(p, X86_AMI).get("id"), version: "$Latest" }, ...M7G }), WRONG_INSTANCE],
  ["its own AMI, a template's type", (p) => instance(p, { launchTemplate: { id: template(p, undefined, M7G).get("id"), version: "$Latest" }, ami: X86_AMI }), "certain at template: m7g.large"],
  ["its own type in place of a template's wrong one", (p) => instance(p, { launchTemplate: { id: template(p, ARM_AMI, M5).get("id"), version: "$Latest" }, ...M7G }), "passes"],
  ["its own AMI in place of a template's wrong one", (p) => instance(p, { launchTemplate: { id: template(p, X86_AMI, M7G).get("id"), version: "$Latest" }, ami: ARM_AMI }), "passes"],
  ["a template's AMI and type", (p) => instance(p, { launchTemplate: { id: template(p, X86_AMI, M7G).get("id"), version: "$Latest" } }), "certain at template: m7g.large"],
  ["an AMI that the stack makes", (p) => instance(p, { ami: ami(p, "x86_64").get("id"), ...M7G }), WRONG_INSTANCE],
  ["an AMI that the stack makes, right", (p) => instance(p, { ami: ami(p, "arm64").get("id"), ...M7G }), "passes"],
  ["an AMI that says nothing is x86_64", (p) => instance(p, { ami: ami(p, undefined).get("id"), ...M7G }), WRONG_INSTANCE],
  ["a copy of an AMI", (p) => instance(p, { ami: p.add("aws:ec2/amiCopy:AmiCopy", "copy", { name: "copy", sourceAmiId: ami(p, "x86_64").get("id"), sourceAmiRegion: "us-east-1" }).get("id"), ...M7G }), WRONG_INSTANCE],
  ["an AMI made from an instance, by its AMI", (p) => instance(p, { ami: p.add("aws:ec2/amiFromInstance:AmiFromInstance", "image", { name: "image", sourceInstanceId: instance(p, { ami: X86_AMI, ...M5 }, "builder").get("id") }).get("id"), ...M7G }), WRONG_INSTANCE],
  ["an AMI made from an instance, by its type", (p) => instance(p, { ami: p.add("aws:ec2/amiFromInstance:AmiFromInstance", "image", { name: "image", sourceInstanceId: instance(p, { ami: SOME_AMI, ...M5 }, "builder").get("id") }).get("id"), ...M7G }), WRONG_INSTANCE],
  ["an AMI made from an instance of another stack", (p) => instance(p, { ami: p.add("aws:ec2/amiFromInstance:AmiFromInstance", "image", { name: "image", sourceInstanceId: "i-0123456789abcdef0" }).get("id"), ...M5 }), "open"],
];

const VERSIONS: readonly Row[] = [
  ["$Latest", (p) => instance(p, { launchTemplate: { id: template(p, X86_AMI).get("id"), version: "$Latest" }, ...M7G }), WRONG_INSTANCE],
  ["$Default of a new template", (p) => instance(p, { launchTemplate: { id: template(p, X86_AMI).get("id"), version: "$Default" }, ...M7G }), WRONG_INSTANCE],
  ["none, which is $Default", (p) => instance(p, { launchTemplate: { id: template(p, X86_AMI).get("id") }, ...M7G }), WRONG_INSTANCE],
  ["the template's own output", (p) => {
    const made = template(p, X86_AMI);
    instance(p, { launchTemplate: { id: made.get("id"), version: text`${made.get("latestVersion")}` }, ...M7G });
  }, WRONG_INSTANCE],
  ["the first of a new template", (p) => instance(p, { launchTemplate: { id: template(p, X86_AMI).get("id"), version: "1" }, ...M7G }), WRONG_INSTANCE],
  ["another one, which the stack does not describe", (p) => instance(p, { launchTemplate: { id: template(p, X86_AMI).get("id"), version: "7" }, ...M7G }), "open"],
];

/** A template that contradicts itself, while something else of the stack may or may not use it. */
function besides(...others: readonly ((program: Program, made: Made) => void)[]): (program: Program) => void {
  return (program) => {
    const made = template(program, X86_AMI, M7G);
    for (const add of others) {
      add(program, made);
    }
  };
}
const WRONG_TEMPLATE = "certain at template: m7g.large";
const LATEST = { version: "$Latest" };

const UNUSED: readonly Row[] = [
  ["nothing", besides(), WRONG_TEMPLATE],
  ["an instance without a template", besides((p) => instance(p, { ami: X86_AMI, ...M5 })), WRONG_TEMPLATE],
  ["an instance of a template by an id, while this one's is not known", besides((p) => instance(p, { launchTemplate: { id: "lt-0123456789abcdef0", ...LATEST } })), WRONG_TEMPLATE, "open"],
  ["an instance of a template by another name", besides((p) => instance(p, { launchTemplate: { name: "another", ...LATEST } })), WRONG_TEMPLATE],
  ["an instance of a template that is not known", besides((p) => instance(p, { launchTemplate: { id: fromElsewhere("lt-0123456789abcdef0"), ...LATEST } })), WRONG_TEMPLATE, "open"],
  ["an instance of a template whose name is not known", besides((p) => instance(p, { launchTemplate: { name: fromElsewhere("another"), ...LATEST } })), WRONG_TEMPLATE, "open"],
  ["a group of which nothing is known", besides((p) => group(p, { mixedInstancesPolicy: fromElsewhere("") })), "open", "open"],
  ["a group that replaces its type", besides((p, made) => group(p, policy(named(made), M5))), "passes"],
  ["an older version of it", besides((p, made) => group(p, { launchTemplate: { name: made.get("name"), version: "7" } })), "open"],
];

const SECTIONS: Readonly<Record<string, readonly Row[]>> = {
  "groups, with overrides and attributes": GROUPS,
  "the same in aws-native": NATIVE,
  "fleets, spot requests and node groups": FLEETS,
  "instances, with templates and AMIs of the stack": INSTANCES,
  "versions of a template": VERSIONS,
  "a template that contradicts itself, beside": UNUSED,
};

function programOf(build: (program: Program) => void): Program {
  const program = new Program();
  build(program);
  return program;
}

describe(`${POLICY}: ways to launch`, () => {
  for (const [section, rows] of Object.entries(SECTIONS)) {
    describe(section, () => {
      for (const [what, build, verdict, atPreview] of rows) {
        it(`${what}: ${verdict}`, () => {
          const found = OPERATIONS.map((operation) => judged(programOf(build).recording(operation)));
          assert.deepEqual(found.map(verdictOf), [atPreview ?? verdict, verdict]);
          for (const { findings, early } of found) {
            const known = new Set(findings.map(({ subject, kind }) => `${kind} ${subject.urn}`));
            assert.deepEqual(early.filter(({ subject, kind }) => !known.has(`${kind} ${subject.urn}`)), [], "what is denied early is denied late too");
          }
        });
      }
    });
  }
});

describe(`${POLICY}: hosts that no task uses`, () => {
  const bastion = { ...M7G, userData: "#!/bin/bash\nsysctl -w net.ipv4.ip_forward=1\n" };
  const places = { "on Fargate": on(fargate()), "on a group": on(x86Pool()) };

  for (const [where, place] of Object.entries(places)) {
    for (const [image, isWrong] of [[X86_AMI, true], [ARM_AMI, false], [SOME_AMI, false]] as const) {
      it(`are judged alone: a service ${where}, ${image}, ${isWrong ? "wrong" : "right"}`, () => {
        for (const operation of OPERATIONS) {
          const program = programOf((p) => {
            const placement = place(p);
            addStarter(p, addTask(p, { cpu: "X86_64" }, "amd64"), placement);
            instance(p, { ami: image, ...bastion }, "bastion");
          });
          const { said } = judged(program.recording(operation));
          assert.deepEqual([...new Set(said.filter(({ level }) => level === "mandatory").map(({ policy: name, urn }) => `${name} ${urn}`))], isWrong ? [`${POLICY} urn:pulumi:test::app::aws:ec2/instance:Instance::bastion`] : []);
        }
      });
    }
  }
});
