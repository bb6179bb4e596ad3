/** AMIs, templates, and what starts machines with them. */

import type { AmiKind, Machines, Override, Starter, Template, TypesKind, Version } from "../world";
import { base64, text, type Input, type Inputs } from "../../../support/outputs";
import { UNKNOWN_OUTSIDE, type Made, type Program } from "./program";

const PATHS: Readonly<Partial<Record<AmiKind, string>>> = {
  "x86 Linux": "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",
  "arm64 Linux": "/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id",
  "x86 Windows": "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-ECS_Optimized/image_id",
  "x86 Bottlerocket": "/aws/service/bottlerocket/aws-ecs-2/x86_64/latest/image_id",
  "arm64 Bottlerocket": "/aws/service/bottlerocket/aws-ecs-2/arm64/latest/image_id",
  "own arm64 parameter": "/golden/arm64/latest",
};

/** The AMI as the program names it; one of the stack's own is made for it. */
function amiOf(program: Program, owner: string, ami: AmiKind): Input {
  const path = PATHS[ami];
  if (path !== undefined) {
    return `resolve:ssm:${path}`;
  }
  switch (ami) {
    case "id":
      return "ami-0123456789abcdef0";
    case "outside":
      return UNKNOWN_OUTSIDE;
    case "x86 of the stack":
      return program.add("aws:ec2/ami:Ami", `${owner}-ami`, { rootDeviceName: "/dev/xvda" }).get("id");
    case "arm64 of the stack":
      return program.add("aws:ec2/ami:Ami", `${owner}-ami`, { architecture: "arm64", rootDeviceName: "/dev/xvda" }).get("id");
    case "copy of arm64": {
      const source = program.add("aws:ec2/ami:Ami", `${owner}-original`, { architecture: "arm64", rootDeviceName: "/dev/xvda" });
      const inputs = { sourceAmiId: source.get("id"), sourceAmiRegion: "us-east-1" };
      return program.add("aws:ec2/amiCopy:AmiCopy", `${owner}-ami`, inputs, {
        corrected: (outputs, isPreview) => (isPreview ? outputs : { ...outputs, architecture: "arm64" }),
      }).get("id");
    }
    default:
      throw new Error(`no such AMI: ${ami}`);
  }
}

function typesOf(types: TypesKind | undefined): Inputs {
  if (types === undefined) {
    return {};
  }
  return types.is === "type" ? { instanceType: types.type } : { instanceRequirements: { vcpuCount: { min: 2 }, memoryMib: { min: 4096 }, ...types.limits } };
}

/** User data by which a machine joins a cluster. */
export function joining(cluster: Input): Input {
  return text`#!/bin/bash\necho "ECS_CLUSTER=${cluster}" >> /etc/ecs/ecs.config\n`;
}

function renderTemplate(program: Program, { name, ami, types }: Template, userData: Input, version: Version = "$Latest"): Made {
  return program.add("aws:ec2/launchTemplate:LaunchTemplate", name, {
    name,
    imageId: ami === undefined ? undefined : amiOf(program, name, ami),
    ...typesOf(types),
    userData: userData === undefined ? undefined : base64(userData),
    updateDefaultVersion: version === "$Default" ? true : undefined,
  });
}

/** How `launchTemplate` names a template. */
function using(template: Made, by: "id" | "name", version: Version): Inputs {
  const versions: Readonly<Record<Version, Input>> = { $Latest: "$Latest", $Default: "$Default", none: undefined, output: template.get("latestVersion"), "1": "1", "9": "9" };
  return { ...(by === "id" ? { id: template.get("id") } : { name: template.get("name") }), version: versions[version] };
}

function specification(template: Made, by: "id" | "name" = "id"): Inputs {
  return { ...(by === "id" ? { launchTemplateId: template.get("id") } : { launchTemplateName: template.get("name") }), version: "$Latest" };
}

function renderOverrides(program: Program, overrides: readonly Override[], userData: Input): Inputs[] {
  return overrides.map(({ types, template }) => ({
    ...typesOf(types),
    launchTemplateSpecification: template === undefined ? undefined : specification(renderTemplate(program, template, userData)),
  }));
}

function renderGroup(program: Program, { name, maxSize }: Machines, inputs: Inputs): Made {
  return program.add("aws:autoscaling/group:Group", name, { name, minSize: 0, maxSize, ...inputs });
}

/**
 * What starts machines, with all that it needs.
 * @param userData of its own or of its templates
 */
export function renderMachines(program: Program, machines: Machines, userData?: Input): Made {
  const { starter } = machines;
  switch (starter.is) {
    case "group":
      return renderGroup(program, machines, { launchTemplate: using(renderTemplate(program, starter.template, userData, starter.version), starter.by, starter.version) });
    case "mixed group": {
      const launchTemplateSpecification = specification(renderTemplate(program, starter.template, userData), starter.by);
      const overrides = renderOverrides(program, starter.overrides, userData);
      return renderGroup(program, machines, { mixedInstancesPolicy: { launchTemplate: { launchTemplateSpecification, overrides } } });
    }
    case "configured group": {
      const { name, ami, type } = starter.configuration;
      const configuration = program.add("aws:ec2/launchConfiguration:LaunchConfiguration", name, { name, imageId: amiOf(program, name, ami), instanceType: type.type, userData });
      return renderGroup(program, machines, { launchConfiguration: configuration.get("name") });
    }
    default:
      return renderOther(program, machines.name, starter, userData);
  }
}

function renderOther(program: Program, name: string, starter: Exclude<Starter, { is: "group" | "mixed group" | "configured group" }>, userData: Input): Made {
  switch (starter.is) {
    case "instance": {
      const template = starter.template === undefined ? undefined : renderTemplate(program, starter.template, userData, starter.version);
      return program.add("aws:ec2/instance:Instance", name, {
        ami: starter.ami === undefined ? undefined : amiOf(program, name, starter.ami),
        instanceType: starter.type?.type,
        launchTemplate: template === undefined ? undefined : using(template, "id", starter.version),
        userData,
      });
    }
    case "fleet": {
      const launchTemplateSpecification = specification(renderTemplate(program, starter.template, userData));
      const overrides = renderOverrides(program, starter.overrides, userData);
      return program.add("aws:ec2/fleet:Fleet", name, {
        launchTemplateConfigs: [{ launchTemplateSpecification, overrides: overrides.length === 0 ? undefined : overrides }],
        targetCapacitySpecification: { defaultTargetCapacityType: "spot", totalTargetCapacity: 1 },
      });
    }
    case "spot fleet": {
      const launchSpecifications = starter.specifications.map(({ ami, type }, index) => ({ ami: amiOf(program, `${name}-${String(index + 1)}`, ami), instanceType: type.type }));
      return program.add("aws:ec2/spotFleetRequest:SpotFleetRequest", name, { iamFleetRole: "arn:aws:iam::123456789012:role/fleet", targetCapacity: 1, launchSpecifications });
    }
    case "node group": {
      const template = renderTemplate(program, starter.template, userData);
      const instanceTypes = starter.types.map(({ type }) => type);
      return program.add("aws:eks/nodeGroup:NodeGroup", name, {
        clusterName: "eks",
        launchTemplate: { id: template.get("id"), version: template.get("latestVersion") },
        instanceTypes: instanceTypes.length === 0 ? undefined : instanceTypes,
      });
    }
    case "template alone":
      return renderTemplate(program, starter.template, userData);
  }
}
