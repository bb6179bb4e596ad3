import type { Failure } from "./provider";
import { UNKNOWN, isObject } from "../../values";
import type { Value, Values } from "../../values";

// Value lists of the AWS SDK's enums, which the Terraform provider checks letter by letter.
const CPU_ARCHITECTURES = ["X86_64", "ARM64"];
const OS_FAMILIES = [
  "WINDOWS_SERVER_2019_FULL",
  "WINDOWS_SERVER_2019_CORE",
  "WINDOWS_SERVER_2016_FULL",
  "WINDOWS_SERVER_2004_CORE",
  "WINDOWS_SERVER_2022_CORE",
  "WINDOWS_SERVER_2022_FULL",
  "WINDOWS_SERVER_2025_CORE",
  "WINDOWS_SERVER_2025_FULL",
  "WINDOWS_SERVER_20H2_CORE",
  "LINUX",
];
const COMPATIBILITIES = ["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"];
const NETWORK_MODES = ["bridge", "host", "awsvpc", "none"];
const AMI_ARCHITECTURES = ["i386", "x86_64", "arm64", "x86_64_mac", "arm64_mac"];
const LAMBDA_ARCHITECTURES = ["x86_64", "arm64"];

/**
 * What the AWS provider refuses before it talks to AWS, as far as architectures are concerned
 * (terraform-provider-aws: the ValidateFunc of each attribute). Anything else passes, as it does there.
 */
export function awsFailures(type: string, inputs: Values): readonly Failure[] {
  switch (type) {
    case "aws:ecs/taskDefinition:TaskDefinition":
      return taskDefinitionFailures(inputs);
    case "aws:ecs/service:Service":
      return oneOf(inputs.launchType, "launchType", COMPATIBILITIES);
    case "aws:ec2/ami:Ami":
      return oneOf(inputs.architecture, "architecture", AMI_ARCHITECTURES);
    case "aws:lambda/function:Function":
      return eachOf(inputs.architectures, "architectures", LAMBDA_ARCHITECTURES);
    case "aws:ec2/launchTemplate:LaunchTemplate":
      return "instanceType" in inputs && "instanceRequirements" in inputs
        ? [{ property: "instanceRequirements", reason: `"instance_requirements": conflicts with instance_type` }]
        : [];
    case "aws:autoscaling/group:Group":
      return groupFailures(inputs);
    default:
      return [];
  }
}

function taskDefinitionFailures(inputs: Values): Failure[] {
  const platform = isObject(inputs.runtimePlatform) ? inputs.runtimePlatform : {};
  return [
    ...oneOf(platform.cpuArchitecture, "runtimePlatform.cpuArchitecture", CPU_ARCHITECTURES),
    ...oneOf(platform.operatingSystemFamily, "runtimePlatform.operatingSystemFamily", OS_FAMILIES),
    ...oneOf(inputs.networkMode, "networkMode", NETWORK_MODES),
    ...eachOf(inputs.requiresCompatibilities, "requiresCompatibilities", COMPATIBILITIES),
    ...containerFailures(inputs.containerDefinitions),
    ...familyFailures(inputs.family),
  ];
}

function containerFailures(text: Value | undefined): Failure[] {
  const refuse = (why: string): Failure[] => [{ property: "containerDefinitions", reason: `ECS Task Definition container_definitions is invalid: ${why}` }];
  if (typeof text !== "string" || text.includes(UNKNOWN)) {
    return [];
  }
  try {
    const parsed = JSON.parse(text) as Value;
    if (!Array.isArray(parsed)) {
      return refuse("Error decoding JSON: the value is not an array of container definitions");
    }
    const odd = (parsed as readonly Value[]).findIndex((container) => !isObject(container));
    return odd < 0 ? [] : refuse(`invalid container definition supplied at index (${odd})`);
  } catch (error) {
    return refuse(`Error decoding JSON: ${String(error)}`);
  }
}

function familyFailures(family: Value | undefined): Failure[] {
  const refused = typeof family === "string" && family !== UNKNOWN && !/^[0-9A-Za-z_-]{1,255}$/.test(family);
  return refused ? [{ property: "family", reason: "invalid value for family: letters, numbers, hyphens and underscores only" }] : [];
}

function groupFailures(inputs: Values): Failure[] {
  const sources = ["launchConfiguration", "launchTemplate", "mixedInstancesPolicy"].filter((name) => name in inputs);
  return sources.length === 1
    ? []
    : [{ property: "launchTemplate", reason: "exactly one of `launch_configuration`, `launch_template`, `mixed_instances_policy` must be specified" }];
}

function oneOf(value: Value | undefined, property: string, allowed: readonly string[]): Failure[] {
  const refused = typeof value === "string" && value !== UNKNOWN && !allowed.includes(value);
  return refused ? [{ property, reason: `expected ${property} to be one of [${allowed.map((one) => `"${one}"`).join(" ")}], got ${value}` }] : [];
}

function eachOf(values: Value | undefined, property: string, allowed: readonly string[]): Failure[] {
  return Array.isArray(values) ? (values as readonly Value[]).flatMap((value, index) => oneOf(value, `${property}[${index}]`, allowed)) : [];
}
