import { describeEngine } from "../support/engine";
import { assertDenied, assertPassed, judgedOnTheEngine, program, withStack } from "./judged";

const AMI = "ec2-ami-instance-type-architecture";
const X86 = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id";
const ARM = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id";

const group = (name: string, use: string): string =>
  `new aws.autoscaling.Group("${name}", { minSize: 0, maxSize: 2, vpcZoneIdentifiers: ["subnet-1"], ${use} });`;

describeEngine("AMIs × instance types on the engine", function () {
  for (const [title, version] of [
    ["$Latest", `"$Latest"`],
    ["the template's own latestVersion", "template.latestVersion.apply(String)"],
    ["$Default of a new template", `"$Default"`],
  ] as const) {
    judgedOnTheEngine({
      title: `launch template used at ${title}`,
      policy: AMI,
      names: ["nodes", "t4g.small"],
      program: (wrong) =>
        program(`
          const template = new aws.ec2.LaunchTemplate("nodes", { imageId: "${wrong ? X86 : ARM}", instanceType: "t4g.small" });
          ${group("workers", `launchTemplate: { id: template.id, version: ${version} }`)}`),
    });
  }

  judgedOnTheEngine({
    title: "launch configuration",
    policy: AMI,
    names: ["nodes", "m7g.large"],
    notMade: "aws:ec2/launchConfiguration:LaunchConfiguration",
    program: (wrong) =>
      program(`
        const ami = new aws.ec2.Ami("golden", { architecture: "arm64", rootDeviceName: "/dev/xvda" });
        new aws.ec2.LaunchConfiguration("nodes", { imageId: "${wrong ? X86 : ARM}", instanceType: "m7g.large" });`),
  });

  judgedOnTheEngine({
    title: "an AMI of the stack on an instance",
    policy: AMI,
    names: ["box", "golden"],
    program: (wrong) =>
      program(`
        const ami = new aws.ec2.Ami("golden", { architecture: "arm64", rootDeviceName: "/dev/xvda" });
        new aws.ec2.Instance("box", { ami: ami.id, instanceType: "${wrong ? "t3.small" : "t4g.small"}" });`),
  });

  judgedOnTheEngine({
    title: "an instance that puts its own type on its template's AMI",
    policy: AMI,
    names: ["box", "base"],
    program: (wrong) =>
      program(`
        const template = new aws.ec2.LaunchTemplate("base", { imageId: "${ARM}", instanceType: "t4g.small" });
        new aws.ec2.Instance("box", { instanceType: "${wrong ? "t3.small" : "c7g.large"}", launchTemplate: { id: template.id, version: "$Latest" } });`),
  });

  judgedOnTheEngine({
    title: "one override of a mixed instances policy",
    policy: AMI,
    names: ["workers", "nodes", "m6i.large"],
    program: (wrong) =>
      program(`
        const template = new aws.ec2.LaunchTemplate("nodes", { imageId: "${ARM}", instanceType: "m6i.large" });
        ${group(
          "workers",
          `mixedInstancesPolicy: { launchTemplate: { launchTemplateSpecification: { launchTemplateId: template.id, version: "$Latest" },
            overrides: [{ instanceType: "m7g.large" }, { instanceType: "${wrong ? "m6i.large" : "m6g.large"}" }] } }`,
        )}`),
  });

  judgedOnTheEngine({
    // By name: of two ids that are both unknown at preview it is not known which template is which.
    title: "an override with a template of its own, by name",
    policy: AMI,
    names: ["workers", "intel-nodes", "c7g.large"],
    program: (wrong) =>
      program(`
        const arm = new aws.ec2.LaunchTemplate("arm-nodes", { imageId: "${ARM}" });
        const intel = new aws.ec2.LaunchTemplate("intel-nodes", { imageId: "${X86}" });
        ${group(
          "workers",
          `mixedInstancesPolicy: { launchTemplate: { launchTemplateSpecification: { launchTemplateName: arm.name, version: "$Latest" },
            overrides: [{ instanceType: "m7g.large" }, { instanceType: "${wrong ? "c7g.large" : "c7i.large"}", launchTemplateSpecification: { launchTemplateName: intel.name, version: "$Latest" } }] } }`,
        )}`),
  });

  judgedOnTheEngine({
    title: "a YAML program, by attributes",
    policy: AMI,
    names: ["nodes", "intel"],
    program: (wrong) => ({
      text: `
resources:
  nodes:
    type: aws:ec2:LaunchTemplate
    properties:
      imageId: ${ARM}
      instanceRequirements:
        vcpuCount: { min: 2 }
        memoryMib: { min: 2048 }
        cpuManufacturers: [${wrong ? "intel, amd" : "amazon-web-services"}]
`,
    }),
  });

  it("a template used at an old version is not judged by its newest, and is judged when it moves along", async () => {
    const body = (ami: string, version: string): ReturnType<typeof program> =>
      program(`
        const template = new aws.ec2.LaunchTemplate("nodes", { imageId: "${ami}", instanceType: "t4g.small", description: "${ami.slice(-30)}" });
        ${group("workers", `launchTemplate: { id: template.id, version: ${version} }`)}`);
    await withStack({ program: body(ARM, `"1"`) }, async (made) => {
      assertPassed(await made.up());
      made.setProgram(body(X86, `"1"`));
      assertPassed(await made.preview());
      made.setProgram(body(X86, `"$Latest"`));
      assertDenied(await made.preview(), AMI, ["nodes"]);
    });
  });

  it("an id that a look-up gave tells nothing, and a declared one does", async () => {
    const body = program(`
      const found = aws.ec2.getAmiOutput({ mostRecent: true, owners: ["amazon"], filters: [{ name: "name", values: ["al2023-ami-ecs-hvm-*-x86_64"] }] });
      new aws.ec2.LaunchTemplate("nodes", { imageId: found.id, instanceType: "t4g.small" });`);
    await withStack({ program: body }, async (made) => {
      assertPassed(await made.preview());
    });
    const config = { "cpu-architecture-settings": { amis: [{ id: "ami-*", architecture: "x86_64" }] } };
    await withStack({ program: body, config }, async (made) => {
      assertDenied(await made.preview(), AMI, ["nodes", "declared"]);
    });
  });
});
