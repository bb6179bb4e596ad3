import { hex, knownString } from "../../values";
import type { Value, Values } from "../../values";

/** What tells one AWS resource type from another, as far as it shows in what a policy gets. */
export interface AwsType {
  /** What becomes known only when it is made; `arn` is always one of them. */
  readonly computed?: readonly string[];
  /**
   * Optional and computed (terraform-provider-aws: internal/service): left out by the program, it is unknown at a
   * preview. A dot goes into a block, only where the block was given; `*` goes into each entry of a list.
   */
  readonly optionalComputed?: readonly string[];
  /** The name is made up when left out, and known at a preview already. */
  readonly autoName?: "name" | "lowercase";
  /** Inputs whose change needs a new resource; `all` but the tags. */
  readonly replace?: readonly string[] | "all";
  /** Computed values that a change makes unknown again at a preview. */
  readonly changing?: readonly string[];
  readonly arn?: (name: string, urn: string) => string;
  readonly id?: (resource: { readonly name: string; readonly urn: string; readonly arn: string }) => string;
  readonly values?: (resource: { readonly name: string; readonly urn: string }) => Values;
}

export const REGION = "us-east-1";
export const ACCOUNT = "123456789012";
export const REGISTRY = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
const PUBLIC_REGISTRY = "public.ecr.aws/a1b2c3d4";

const arnIn = (service: string, resource: string) => (name: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}${name}`;
const byName = (resource: { readonly name: string }): string => resource.name;
const byArn = (resource: { readonly arn: string }): string => resource.arn;
const byPrefix = (prefix: string) => (resource: { readonly urn: string }) => `${prefix}-${hex(resource.urn, 17)}`;

/** Types that are not listed are played with an ARN, an id and the inputs. */
export const AWS_TYPES: Readonly<Record<string, AwsType>> = {
  "aws:ecs/taskDefinition:TaskDefinition": {
    computed: ["arnWithoutRevision", "revision"],
    optionalComputed: ["networkMode", "enableFaultInjection"],
    replace: "all",
    arn: (family) => `${arnIn("ecs", "task-definition/")(family)}:1`,
    id: byName,
    values: ({ name }) => ({ arnWithoutRevision: arnIn("ecs", "task-definition/")(name), revision: 1 }),
  },
  "aws:ecs/service:Service": {
    optionalComputed: ["cluster", "iamRole", "launchType", "platformVersion", "triggers"],
    autoName: "name",
    replace: ["name", "cluster", "launchType", "schedulingStrategy"],
    arn: arnIn("ecs", "service/"),
    id: byArn,
  },
  "aws:ecs/taskSet:TaskSet": { computed: ["taskSetId", "stabilityStatus", "status"], optionalComputed: ["launchType", "platformVersion"], replace: "all" },
  "aws:ecs/cluster:Cluster": { optionalComputed: ["settings"], autoName: "name", replace: ["name"], arn: arnIn("ecs", "cluster/"), id: byArn },
  "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": { replace: ["clusterName"] },
  "aws:ecs/capacityProvider:CapacityProvider": {
    optionalComputed: ["autoScalingGroupProvider.managedScaling", "autoScalingGroupProvider.managedTerminationProtection", "autoScalingGroupProvider.managedDraining"],
    autoName: "name",
    replace: ["name", "autoScalingGroupProvider"],
    arn: arnIn("ecs", "capacity-provider/"),
    id: byArn,
  },
  "aws:ecr/repository:Repository": {
    computed: ["repositoryUrl", "registryId"],
    autoName: "lowercase",
    replace: ["name"],
    arn: arnIn("ecr", "repository/"),
    id: byName,
    values: ({ name }) => ({ repositoryUrl: `${REGISTRY}/${name}`, registryId: ACCOUNT }),
  },
  "aws:ecrpublic/repository:Repository": {
    computed: ["repositoryUri", "registryId"],
    replace: ["repositoryName"],
    id: byName,
    values: ({ name }) => ({ repositoryUri: `${PUBLIC_REGISTRY}/${name}`, registryId: ACCOUNT }),
  },
  "aws:ec2/launchTemplate:LaunchTemplate": {
    computed: ["latestVersion"],
    optionalComputed: ["defaultVersion", "namePrefix"],
    autoName: "name",
    replace: ["name", "namePrefix"],
    changing: ["latestVersion"],
    arn: (_name, urn) => arnIn("ec2", "launch-template/lt-")(hex(urn, 17)),
    id: byPrefix("lt"),
    values: () => ({ latestVersion: 1, defaultVersion: 1 }),
  },
  "aws:ec2/launchConfiguration:LaunchConfiguration": {
    optionalComputed: ["namePrefix", "ebsOptimized"],
    autoName: "name",
    replace: "all",
    id: byName,
  },
  "aws:ec2/instance:Instance": {
    computed: ["instanceState", "privateIp", "publicIp"],
    optionalComputed: ["ami", "instanceType", "availabilityZone", "subnetId", "launchTemplate.id", "launchTemplate.name"],
    replace: ["ami", "availabilityZone", "subnetId"],
    arn: (_name, urn) => arnIn("ec2", "instance/i-")(hex(urn, 17)),
    id: byPrefix("i"),
  },
  "aws:ec2/ami:Ami": { replace: ["architecture", "name"], autoName: "name", id: byPrefix("ami") },
  "aws:ec2/amiCopy:AmiCopy": { optionalComputed: ["architecture"], replace: "all", autoName: "name", id: byPrefix("ami") },
  "aws:ec2/amiFromInstance:AmiFromInstance": { computed: ["architecture"], replace: "all", autoName: "name", id: byPrefix("ami") },
  "aws:ec2/securityGroup:SecurityGroup": { autoName: "name", id: byPrefix("sg") },
  "aws:ec2/vpc:Vpc": { id: byPrefix("vpc") },
  "aws:ec2/subnet:Subnet": { id: byPrefix("subnet") },
  "aws:ec2/fleet:Fleet": { replace: ["launchTemplateConfigs"], id: byPrefix("fleet") },
  "aws:autoscaling/group:Group": {
    optionalComputed: [
      "availabilityZones",
      "defaultCooldown",
      "desiredCapacity",
      "healthCheckType",
      "serviceLinkedRoleArn",
      "vpcZoneIdentifiers",
      "launchTemplate.id",
      "launchTemplate.name",
      "launchTemplate.version",
      "mixedInstancesPolicy.instancesDistribution",
      "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.launchTemplateId",
      "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.launchTemplateName",
      "mixedInstancesPolicy.launchTemplate.overrides.*.launchTemplateSpecification.launchTemplateId",
      "mixedInstancesPolicy.launchTemplate.overrides.*.launchTemplateSpecification.launchTemplateName",
    ],
    autoName: "name",
    replace: ["name"],
    arn: arnIn("autoscaling", "autoScalingGroup:00000000-0000-0000-0000-000000000000:autoScalingGroupName/"),
    id: byName,
  },
  "aws:cloudwatch/logGroup:LogGroup": { autoName: "name", replace: ["name"], arn: arnIn("logs", "log-group:"), id: byName },
  "aws:iam/role:Role": {
    computed: ["uniqueId"],
    autoName: "name",
    replace: ["name"],
    arn: (name) => `arn:aws:iam::${ACCOUNT}:role/${name}`,
    id: byName,
  },
  "aws:iam/instanceProfile:InstanceProfile": { autoName: "name", arn: (name) => `arn:aws:iam::${ACCOUNT}:instance-profile/${name}`, id: byName },
  "aws:lambda/function:Function": {
    computed: ["version", "invokeArn", "qualifiedArn"],
    optionalComputed: ["architectures", "codeSha256"],
    autoName: "name",
    replace: ["name", "packageType"],
    arn: arnIn("lambda", "function:"),
    id: byName,
  },
  "aws:ssm/parameter:Parameter": { computed: ["version"], replace: ["name"], arn: arnIn("ssm", "parameter/"), id: byName },
  "aws:batch/jobDefinition:JobDefinition": { computed: ["revision"], autoName: "name", arn: arnIn("batch", "job-definition/") },
  "aws:batch/computeEnvironment:ComputeEnvironment": { computed: ["ecsClusterArn", "status"], autoName: "name", arn: arnIn("batch", "compute-environment/") },
  "aws:eks/cluster:Cluster": { computed: ["endpoint", "certificateAuthority"], autoName: "name", arn: arnIn("eks", "cluster/"), id: byName },
  "aws:eks/nodeGroup:NodeGroup": {
    computed: ["status"],
    optionalComputed: ["amiType", "capacityType", "diskSize", "instanceTypes", "releaseVersion", "version", "launchTemplate.id", "launchTemplate.name"],
    arn: arnIn("eks", "nodegroup/"),
  },
  "aws:codebuild/project:Project": { autoName: "name", arn: arnIn("codebuild", "project/") },
};

/** Outputs of a resource once it exists. */
export function awsOutputs(type: string, name: string, urn: string, inputs: Values): { readonly id: string; readonly outputs: Values } {
  const known: AwsType = AWS_TYPES[type] ?? {};
  const called = knownString(inputs.family ?? inputs.name ?? inputs.repositoryName) ?? name;
  const arn = (known.arn ?? arnIn(type.split(/[:/]/)[1] ?? "service", `${type.split(":").at(-1) ?? ""}/`))(called, urn);
  const id = (known.id ?? (() => `${name}-${hex(urn, 7)}`))({ name: called, urn, arn });
  const values: Values = known.values?.({ name: called, urn }) ?? {};
  const computed = Object.fromEntries((known.computed ?? []).map((key): [string, Value] => [key, values[key] ?? `${key}-${called}`]));
  // What was optional and left out has some value afterwards; only where it could matter is it the true one.
  const optional = Object.fromEntries(Object.entries(values).filter(([key]) => !(key in inputs)));
  return { id, outputs: { ...inputs, ...defaultsOfAws(type, inputs), ...optional, ...computed, arn, id } };
}

/** What AWS itself decides where the program left it out. */
function defaultsOfAws(type: string, inputs: Values): Values {
  const missing = (values: Values): Values => Object.fromEntries(Object.entries(values).filter(([key]) => !(key in inputs)));
  switch (type) {
    case "aws:ecs/service:Service":
      return missing({ cluster: arnIn("ecs", "cluster/")("default"), launchType: "capacityProviderStrategies" in inputs ? "" : "EC2", platformVersion: "" });
    case "aws:ecs/taskDefinition:TaskDefinition":
      return missing({ networkMode: "bridge", enableFaultInjection: false });
    case "aws:lambda/function:Function":
      return missing({ architectures: ["x86_64"] });
    case "aws:ec2/instance:Instance":
      return missing({ availabilityZone: `${REGION}a`, subnetId: "subnet-1" });
    case "aws:autoscaling/group:Group":
      return missing({ desiredCapacity: inputs.minSize ?? 0, healthCheckType: "EC2" });
    case "aws:ec2/amiCopy:AmiCopy":
    case "aws:ec2/amiFromInstance:AmiFromInstance":
      return missing({ architecture: "x86_64" });
    default:
      return {};
  }
}
