/** What starts EC2 instances, in `aws` and `aws-native`: templates, configurations, instances, groups and fleets. */

import { ABSENT, known, type Fact } from "../stack/fact";
import type { Ami, InstanceRequirements, Launch, LaunchTemplate, Launcher, Reference, TemplateUse } from "../stack/model";
import { block, boolean, dig, field, list, name, number, object, text, textList } from "./raw";
import { input, madeFrom, output, type Resource } from "./resource";
import { subjectOf } from "./subject";

/** Attribute-based selection. Source: EC2 API, InstanceRequirements. */
export function requirementsOf(raw: unknown): Fact<InstanceRequirements> {
  const fields = object(block(raw));
  if (fields.state !== "known") {
    return fields;
  }
  return known({
    cpuManufacturers: textList(fields.value["cpuManufacturers"]),
    allowedInstanceTypes: textList(fields.value["allowedInstanceTypes"]),
    excludedInstanceTypes: textList(fields.value["excludedInstanceTypes"]),
  });
}

/** A top-level property, and whether it names several AMIs or templates: which of them is made from what is not told. */
interface Place {
  readonly property: string;
  readonly isOneOfSeveral: boolean;
}

function only(property: string): Place {
  return { property, isOneOfSeveral: false };
}

/** A nested value with what its top-level property is made from. */
function nested(resource: Resource, { property, isOneOfSeveral }: Place, raw: unknown): Reference {
  const from = madeFrom(resource, property);
  return isOneOfSeveral ? { value: name(raw), from, isOneOfSeveral } : { value: name(raw), from };
}

/**
 * How a launch template is named. `launchTemplate` says `id` and `name`, a specification `launchTemplateId` and
 * `launchTemplateName`.
 */
function templateUse(resource: Resource, place: Place, raw: unknown): TemplateUse | undefined {
  const specification = block(raw);
  if (specification === undefined || specification === null) {
    return undefined;
  }
  const id = field(specification, "id") ?? field(specification, "launchTemplateId");
  const templateName = field(specification, "name") ?? field(specification, "launchTemplateName");
  return {
    id: nested(resource, place, id),
    name: nested(resource, place, templateName),
    version: text(field(specification, "version")),
  };
}

/** `aws:ec2/launchTemplate:LaunchTemplate`, and `aws-native`'s, which keeps everything in `launchTemplateData`. */
export function readLaunchTemplate(resource: Resource): LaunchTemplate[] {
  const isNative = resource.type.startsWith("aws-native:");
  const property = (key: string): unknown => (isNative ? field(input(resource, "launchTemplateData"), key) : input(resource, key));
  const from = (key: string): readonly string[] | undefined => madeFrom(resource, isNative ? "launchTemplateData" : key);
  return [
    {
      is: "launch template",
      subject: subjectOf(resource, "launch template"),
      scope: resource.scope,
      id: text(output(resource, isNative ? "launchTemplateId" : "id")),
      name: name(input(resource, isNative ? "launchTemplateName" : "name")),
      imageId: { value: name(property("imageId")), from: from("imageId") },
      instanceType: name(property("instanceType")),
      requirements: requirementsOf(property("instanceRequirements")),
      userData: name(property("userData")),
      userDataFrom: from("userData"),
      latestVersion: text(output(resource, isNative ? "latestVersionNumber" : "latestVersion")),
      defaultVersion: text(output(resource, isNative ? "defaultVersionNumber" : "defaultVersion")),
      updateDefaultVersion: boolean(input(resource, "updateDefaultVersion")),
    },
  ];
}

function launcher(resource: Resource, kind: string, parts: Partial<Launcher> & Pick<Launcher, "launches">): Launcher[] {
  return [
    {
      is: "launcher",
      subject: subjectOf(resource, kind),
      scope: resource.scope,
      id: text(output(resource, "id")),
      arn: text(output(resource, "arn")),
      name: name(input(resource, "name")),
      launchConfiguration: undefined,
      maxSize: ABSENT,
      userData: ABSENT,
      userDataFrom: undefined,
      ...parts,
    },
  ];
}

/** User data in whichever of its two properties it is. */
function userDataOf(resource: Resource): Pick<Launcher, "userData" | "userDataFrom"> {
  const plain = name(input(resource, "userData"));
  const property = plain.state === "absent" ? "userDataBase64" : "userData";
  return { userData: name(input(resource, property)), userDataFrom: madeFrom(resource, property) };
}

/** `aws:ec2/launchConfiguration:LaunchConfiguration`, `aws-native:autoscaling:LaunchConfiguration` */
export function readLaunchConfiguration(resource: Resource): Launcher[] {
  const launch: Launch = {
    template: undefined,
    imageId: { value: name(input(resource, "imageId")), from: madeFrom(resource, "imageId") },
    instanceType: name(input(resource, "instanceType")),
    requirements: ABSENT,
    at: "",
    imageProperty: "imageId",
  };
  return launcher(resource, "launch configuration", { launches: known([launch]), ...userDataOf(resource) });
}

/** `aws:ec2/instance:Instance` and spot requests say `ami`, `aws-native:ec2:Instance` says `imageId`. */
function readOneInstance(resource: Resource, kind: string): Launcher[] {
  const imageProperty = resource.type.startsWith("aws-native:") ? "imageId" : "ami";
  const launch: Launch = {
    template: templateUse(resource, only("launchTemplate"), input(resource, "launchTemplate")),
    imageId: { value: name(input(resource, imageProperty)), from: madeFrom(resource, imageProperty) },
    instanceType: name(input(resource, "instanceType")),
    requirements: ABSENT,
    at: "",
    imageProperty,
  };
  return launcher(resource, kind, { launches: known([launch]), ...userDataOf(resource) });
}

export function readInstance(resource: Resource): Launcher[] {
  return readOneInstance(resource, "instance");
}

/** `aws:ec2/spotInstanceRequest:SpotInstanceRequest` */
export function readSpotInstanceRequest(resource: Resource): Launcher[] {
  return readOneInstance(resource, "spot instance request");
}

/** What one override of a group or fleet starts; it takes from the base what it does not say itself. */
function overrideLaunch(resource: Resource, place: Place, base: TemplateUse | undefined, raw: unknown, at: string): Launch {
  const own = templateUse(resource, place, field(raw, "launchTemplateSpecification"));
  const imageId = name(field(raw, "imageId"));
  return {
    template: own ?? base,
    ...(own === undefined || base === undefined ? {} : { replaced: base }),
    imageId: imageId.state === "absent" ? undefined : { value: imageId, from: madeFrom(resource, place.property) },
    instanceType: name(field(raw, "instanceType")),
    requirements: requirementsOf(field(raw, "instanceRequirements")),
    at,
    imageProperty: "imageId",
  };
}

/** A template with its overrides, which replace the template's own type as soon as there are any. */
function launchesWithOverrides(resource: Resource, place: Place, base: TemplateUse | undefined, overrides: unknown, at: string): Fact<readonly Launch[]> {
  const items = list(overrides);
  if (items.state === "unknown") {
    return items;
  }
  if (items.state === "absent" || items.value.length === 0) {
    return known([overrideLaunch(resource, place, base, undefined, "")]);
  }
  return known(items.value.map((raw, index) => overrideLaunch(resource, place, base, raw, `${at}[${String(index)}]`)));
}

/** How many templates a template with overrides names. */
function countTemplates(raw: unknown): number {
  const overrides = list(field(raw, "overrides"));
  const items = overrides.state === "known" ? overrides.value : [];
  const named = [raw, ...items].map((each) => block(field(each, "launchTemplateSpecification")));
  return named.filter((each) => each !== undefined && each !== null).length;
}

function groupLaunches(resource: Resource): Fact<readonly Launch[]> {
  const mixed = object(block(input(resource, "mixedInstancesPolicy")));
  if (mixed.state === "unknown") {
    return mixed;
  }
  if (mixed.state === "known") {
    const template = block(mixed.value["launchTemplate"]);
    const place = { property: "mixedInstancesPolicy", isOneOfSeveral: countTemplates(template) > 1 };
    const base = templateUse(resource, place, field(template, "launchTemplateSpecification"));
    return launchesWithOverrides(resource, place, base, field(template, "overrides"), "overrides");
  }
  const raw = input(resource, "launchTemplate");
  const template = templateUse(resource, only("launchTemplate"), raw);
  return template === undefined ? known([]) : launchesWithOverrides(resource, only("launchTemplate"), template, undefined, "");
}

/** `aws:autoscaling/group:Group`, `aws-native:autoscaling:AutoScalingGroup` */
export function readAutoScalingGroup(resource: Resource): Launcher[] {
  const isNative = resource.type.startsWith("aws-native:");
  const property = isNative ? "launchConfigurationName" : "launchConfiguration";
  const configuration = name(input(resource, property));
  const maxSize = input(resource, "maxSize");
  return launcher(resource, "Auto Scaling group", {
    name: name(input(resource, isNative ? "autoScalingGroupName" : "name")),
    launches: groupLaunches(resource),
    launchConfiguration: configuration.state === "absent" ? undefined : { value: configuration, from: madeFrom(resource, property) },
    maxSize: number(typeof maxSize === "string" && /^\d{1,6}$/.test(maxSize) ? Number(maxSize) : maxSize),
  });
}

/** A list of template configurations: where it stands, what it holds, and the top-level property that it is part of. */
interface FleetProperty {
  readonly name: string;
  readonly raw: unknown;
  readonly top: string;
}

/** The launches of the template configurations that fleets have; one whole list that is not known hides them all. */
function fleetLaunches(resource: Resource, property: FleetProperty): Fact<readonly Launch[]> {
  const items = list(property.raw);
  if (items.state !== "known") {
    return items.state === "absent" ? known([]) : items;
  }
  const launches: Launch[] = [];
  const templates = items.value.reduce<number>((sum, raw) => sum + countTemplates(raw), 0);
  const place = { property: property.top, isOneOfSeveral: templates > 1 };
  for (const [index, raw] of items.value.entries()) {
    const base = templateUse(resource, place, field(raw, "launchTemplateSpecification"));
    const at = `${property.name}[${String(index)}].overrides`;
    const found = launchesWithOverrides(resource, place, base, field(raw, "overrides"), at);
    if (found.state !== "known") {
      return found;
    }
    for (const launch of found.value) {
      launches.push(launch);
    }
  }
  return known(launches);
}

/** `aws:ec2/fleet:Fleet`, `aws-native:ec2:Ec2Fleet` */
export function readFleet(resource: Resource): Launcher[] {
  const property = "launchTemplateConfigs";
  return launcher(resource, "EC2 fleet", { launches: fleetLaunches(resource, { name: property, raw: input(resource, property), top: property }) });
}

/**
 * `aws:ec2/spotFleetRequest:SpotFleetRequest`: launch specifications of its own, or launch templates.
 * `aws-native:ec2:SpotFleet` has the same within `spotFleetRequestConfigData`, and says `imageId`.
 */
export function readSpotFleet(resource: Resource): Launcher[] {
  const isNative = resource.type.startsWith("aws-native:");
  const config = isNative ? "spotFleetRequestConfigData" : undefined;
  const property = (key: string): FleetProperty =>
    config === undefined ? { name: key, raw: input(resource, key), top: key } : { name: `${config}.${key}`, raw: field(input(resource, config), key), top: config };
  const { name: place, raw: rawSpecifications, top } = property("launchSpecifications");
  const specifications = list(rawSpecifications);
  const templates = fleetLaunches(resource, property("launchTemplateConfigs"));
  if (specifications.state === "unknown" || templates.state !== "known") {
    return launcher(resource, "spot fleet", { launches: specifications.state === "unknown" ? specifications : templates });
  }
  const imageProperty = isNative ? "imageId" : "ami";
  const items = specifications.state === "known" ? specifications.value : [];
  const own = items.map((raw, index): Launch => ({
    template: undefined,
    imageId: nested(resource, { property: top, isOneOfSeveral: items.length > 1 }, field(raw, imageProperty)),
    instanceType: name(field(raw, "instanceType")),
    requirements: requirementsOf(field(raw, "instanceRequirements")),
    at: `${place}[${String(index)}]`,
    imageProperty,
  }));
  return launcher(resource, "spot fleet", { launches: known([...own, ...templates.value]) });
}

/**
 * `aws:eks/nodeGroup:NodeGroup`, `aws-native:eks:Nodegroup`: types of the group with the template's AMI. Without a
 * template, EKS chooses the AMI by `amiType`, which is not judged here.
 */
export function readEksNodeGroup(resource: Resource): Launcher[] {
  const template = templateUse(resource, only("launchTemplate"), input(resource, "launchTemplate"));
  const types = list(input(resource, "instanceTypes"));
  if (template === undefined || types.state === "unknown") {
    return launcher(resource, "EKS node group", { launches: types.state === "unknown" ? types : known([]) });
  }
  const raw = types.state === "known" && types.value.length > 0 ? types.value.map((type) => ({ instanceType: type })) : undefined;
  return launcher(resource, "EKS node group", {
    launches: launchesWithOverrides(resource, only("launchTemplate"), template, raw, "instanceTypes"),
  });
}

/** `aws:ec2/ami:Ami`, `aws:ec2/amiCopy:AmiCopy`, `aws:ec2/amiFromInstance:AmiFromInstance` */
export function readAmi(resource: Resource): Ami[] {
  const isCopy = resource.type.includes("amiCopy");
  const architecture = resource.type.includes("ec2/ami:") ? input(resource, "architecture") : output(resource, "architecture");
  const base = {
    is: "ami" as const,
    subject: subjectOf(resource, "AMI"),
    scope: resource.scope,
    id: text(output(resource, "id")),
    architecture: name(architecture),
    name: name(input(resource, "name")),
  };
  const source = (property: string): Reference => ({ value: name(input(resource, property)), from: madeFrom(resource, property) });
  if (isCopy) {
    return [{ ...base, copyOf: source("sourceAmiId") }];
  }
  return [resource.type.includes("amiFromInstance") ? { ...base, fromInstance: source("sourceInstanceId") } : base];
}

/** The Managed Instances part of a capacity provider. */
export function managedRequirementsOf(raw: unknown): Fact<InstanceRequirements> {
  const provider = block(raw);
  if (provider === undefined || provider === null) {
    return ABSENT;
  }
  const requirements = requirementsOf(dig(block(field(provider, "instanceLaunchTemplate")), "instanceRequirements"));
  return requirements.state === "absent" ? known({ cpuManufacturers: ABSENT, allowedInstanceTypes: ABSENT, excludedInstanceTypes: ABSENT }) : requirements;
}
