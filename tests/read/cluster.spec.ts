import assert from "node:assert/strict";
import { partsOf } from "../../policies/read";
import { GARBAGE, plainly, resourceOf, THIS_URN, type Told } from "../support/read-resource";
import { UNKNOWN } from "../support/values";

type Facts = Readonly<Record<string, unknown>>;

const ARN = "arn:aws:ecs:us-east-1:123456789012:cluster/main";
const GROUP = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:autoScalingGroupName/web";
const STRATEGY = [{ capacityProvider: "arm", weight: 1, base: 2 }];
const READ_STRATEGY = [{ provider: "arm", weight: 1, base: 2 }];
const PROVIDER = "aws:ecs/capacityProvider:CapacityProvider";

function factsOf(type: string, inputs: Facts, told: Told = {}): Facts[] {
  return partsOf(resourceOf(type, inputs, told)).map((part) => {
    const { subject: _subject, scope: _scope, ...facts } = plainly(part) as Record<string, unknown>;
    return facts;
  });
}

function managed(instanceRequirements?: Facts): Facts {
  return { managedInstancesProvider: { instanceLaunchTemplate: { ec2InstanceProfileArn: "arn", ...(instanceRequirements === undefined ? {} : { instanceRequirements }) } } };
}

type Row = readonly [what: string, type: string, inputs: Facts, told: Told, facts: readonly Facts[]];

const ROWS: readonly Row[] = [
  ["a cluster", "aws:ecs/cluster:Cluster", { name: "main" }, { outputs: { arn: ARN } }, [{ is: "cluster", arn: ARN, name: "main" }]],
  ["a new cluster", "aws:ecs/cluster:Cluster", { name: "main-1a2b3c4" }, { outputs: { arn: UNKNOWN } }, [{ is: "cluster", arn: "?", name: "main-1a2b3c4" }]],
  [
    "a native cluster",
    "aws-native:ecs:Cluster",
    { clusterName: "main", capacityProviders: ["arm", "FARGATE"], defaultCapacityProviderStrategy: STRATEGY },
    { outputs: { arn: ARN } },
    [
      { is: "cluster", arn: ARN, name: "main" },
      { is: "cluster capacity", cluster: { value: ARN, from: [THIS_URN] }, providers: ["arm", "FARGATE"], providersFrom: [], defaultStrategy: READ_STRATEGY, defaultStrategyFrom: [] },
    ],
  ],
  [
    "a new native cluster without capacity",
    "aws-native:ecs:Cluster",
    { clusterName: "main" },
    {},
    [
      { is: "cluster", arn: "?", name: "main" },
      { is: "cluster capacity", cluster: { value: "?", from: [THIS_URN] }, providersFrom: [], defaultStrategyFrom: [] },
    ],
  ],
  [
    "cluster capacity providers",
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    { clusterName: "main", capacityProviders: ["arm"], defaultCapacityProviderStrategies: STRATEGY },
    { from: { capacityProviders: ["urn:provider"], defaultCapacityProviderStrategies: ["urn:provider"] } },
    [{ is: "cluster capacity", cluster: { value: "main", from: [] }, providers: ["arm"], providersFrom: ["urn:provider"], defaultStrategy: READ_STRATEGY, defaultStrategyFrom: ["urn:provider"] }],
  ],
  [
    "cluster capacity providers without a default",
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    { clusterName: "main", capacityProviders: ["arm"], defaultCapacityProviderStrategies: [] },
    {},
    [{ is: "cluster capacity", cluster: { value: "main", from: [] }, providers: ["arm"], providersFrom: [], defaultStrategyFrom: [] }],
  ],
  [
    "native associations",
    "aws-native:ecs:ClusterCapacityProviderAssociations",
    { cluster: "main", capacityProviders: ["arm"], defaultCapacityProviderStrategy: STRATEGY },
    {},
    [{ is: "cluster capacity", cluster: { value: "main", from: [] }, providers: ["arm"], providersFrom: [], defaultStrategy: READ_STRATEGY, defaultStrategyFrom: [] }],
  ],
  ["a provider of a group", PROVIDER, { name: "arm", autoScalingGroupProvider: { autoScalingGroupArn: GROUP } }, { outputs: { arn: "arn:p" } }, [{ is: "capacity provider", arn: "arn:p", name: "arm", group: { value: GROUP, from: [] } }]],
  ["a provider of a new group", PROVIDER, { name: "arm", autoScalingGroupProvider: { autoScalingGroupArn: UNKNOWN } }, { from: { autoScalingGroupProvider: ["urn:group"] } }, [{ is: "capacity provider", arn: "?", name: "arm", group: { value: "?", from: ["urn:group"] } }]],
  ["a provider as Terraform keeps it", PROVIDER, { name: "arm", autoScalingGroupProvider: [{ autoScalingGroupArn: GROUP }] }, {}, [{ is: "capacity provider", arn: "?", name: "arm", group: { value: GROUP, from: [] } }]],
  ["a native provider of a group", "aws-native:ecs:CapacityProvider", { name: "arm", autoScalingGroupProvider: { autoScalingGroupArn: GROUP } }, {}, [{ is: "capacity provider", arn: "?", name: "arm", group: { value: GROUP, from: [] } }]],
  ["Managed Instances (aws 7)", PROVIDER, { name: "m", cluster: "main", ...managed({ cpuManufacturers: ["intel"], allowedInstanceTypes: ["m5.*"], excludedInstanceTypes: ["m5.large"] }) }, {}, [{ is: "capacity provider", arn: "?", name: "m", managed: { cpuManufacturers: ["intel"], allowedInstanceTypes: ["m5.*"], excludedInstanceTypes: ["m5.large"] } }]],
  ["Managed Instances without limits", PROVIDER, { name: "m", ...managed() }, {}, [{ is: "capacity provider", arn: "?", name: "m", managed: {} }]],
  ["Managed Instances with a limit that is not known", PROVIDER, { name: "m", ...managed({ cpuManufacturers: [UNKNOWN] }) }, {}, [{ is: "capacity provider", arn: "?", name: "m", managed: { cpuManufacturers: "?" } }]],
  ["Managed Instances that are not known", PROVIDER, { name: "m", managedInstancesProvider: UNKNOWN }, {}, [{ is: "capacity provider", arn: "?", name: "m", managed: "?" }]],
  ["native Managed Instances", "aws-native:ecs:CapacityProvider", { name: "m", clusterName: "main", ...managed({ cpuManufacturers: ["amazon-web-services"] }) }, {}, [{ is: "capacity provider", arn: "?", name: "m", managed: { cpuManufacturers: ["amazon-web-services"] } }]],
];

describe("reading clusters and capacity providers", () => {
  for (const [what, type, inputs, told, facts] of ROWS) {
    it(what, () => {
      assert.deepEqual(factsOf(type, inputs, told), facts);
    });
  }

  it("a strategy that was dropped because it is not known is not left out", () => {
    const [capacity] = factsOf("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders", { clusterName: "main" }, { from: { defaultCapacityProviderStrategies: ["urn:provider"], capacityProviders: ["urn:provider"] } });
    const { defaultStrategy, providers } = capacity ?? {};
    assert.deepEqual({ defaultStrategy, providers }, { defaultStrategy: "?", providers: "?" });
  });

  it("takes any garbage without a fault", () => {
    for (const type of new Set(ROWS.map(([, each]) => each))) {
      for (const property of ["name", "clusterName", "cluster", "capacityProviders", "defaultCapacityProviderStrategy", "defaultCapacityProviderStrategies", "autoScalingGroupProvider", "managedInstancesProvider"]) {
        for (const value of GARBAGE) {
          assert.ok(partsOf(resourceOf(type, { [property]: value })).length > 0);
        }
      }
    }
  });
});
