import { ACCOUNT, REGION, REGISTRY } from "./aws-resources";
import { changedInputs } from "./provider";
import type { Created, Resource, StandIn } from "./provider";
import { UNKNOWN, hex, isMissing, isSame, knownString } from "../../values";
import type { Value, Values } from "../../values";

const arn = (service: string, resource: string, name: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}/${name}`;

/** What AWS decides, by type; other types have an ARN. */
const READ_ONLY: Readonly<Record<string, (name: string) => Values>> = {
  "aws-native:ecs:TaskDefinition": (name) => ({ taskDefinitionArn: `${arn("ecs", "task-definition", name)}:1` }),
  "aws-native:ecs:Service": (name) => ({ serviceArn: arn("ecs", "service", name) }),
  "aws-native:ecr:Repository": (name) => ({ arn: arn("ecr", "repository", name), repositoryUri: `${REGISTRY}/${name}` }),
  "aws-native:ec2:LaunchTemplate": (name) => ({ launchTemplateId: `lt-${hex(name, 17)}`, latestVersionNumber: "1", defaultVersionNumber: "1" }),
  "aws-native:ec2:Instance": (name) => ({ instanceId: `i-${hex(name, 17)}` }),
};

/** The property that takes a made-up name when the program gives none. */
const NAMES: Readonly<Record<string, string>> = {
  "aws-native:ecs:TaskDefinition": "family",
  "aws-native:ecs:Service": "serviceName",
  "aws-native:ecs:Cluster": "clusterName",
  "aws-native:ecr:Repository": "repositoryName",
  "aws-native:ec2:LaunchTemplate": "launchTemplateName",
  "aws-native:autoscaling:AutoScalingGroup": "autoScalingGroupName",
};

/** The aws-native provider (AWS Cloud Control): inputs are echoed, read-only properties are unknown at a preview. */
export const awsNative: StandIn = {
  version: "1.38.0",
  check: (resource) => ({ inputs: named(resource) }),
  diff: (resource, oldInputs) => {
    const changed = changedInputs(oldInputs, resource.inputs, isSame);
    return { changed, replace: resource.type === "aws-native:ecs:TaskDefinition" ? changed.filter((name) => name !== "tags") : [] };
  },
  create,
  update: (resource, _id, old) => ({ ...old, ...resource.inputs }),
  read: (resource, id) => ({ ...resource.inputs, ...readOnly(resource.type, id) }),
  invoke: () => undefined,
};

function named(resource: Resource): Values {
  const key = NAMES[resource.type];
  return key === undefined || !isMissing(resource.inputs[key]) ? resource.inputs : { ...resource.inputs, [key]: `${resource.name}-${hex(resource.urn, 7)}`.toLowerCase() };
}

function readOnly(type: string, name: string): Values {
  return READ_ONLY[type]?.(name) ?? { arn: arn(type.split(":")[1] ?? "service", type.split(":").at(-1) ?? "", name) };
}

function create(resource: Resource, preview: boolean): Created {
  const key = NAMES[resource.type] ?? "name";
  const name = knownString(resource.inputs[key]) ?? resource.name;
  const decided = Object.entries(readOnly(resource.type, name)).map(([property, value]): [string, Value] => [property, preview ? UNKNOWN : value]);
  return { id: preview ? "" : name, outputs: { ...resource.inputs, ...Object.fromEntries(decided) } };
}
