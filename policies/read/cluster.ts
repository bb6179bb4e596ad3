/** ECS clusters and their capacity providers. */

import type { CapacityProvider, Cluster, ClusterCapacity } from "../stack/model";
import { block, field, name, text, textList } from "./raw";
import { input, madeFrom, output, type Resource } from "./resource";
import { managedRequirementsOf } from "./launch";
import { subjectOf } from "./subject";
import { strategyOf } from "./tasks";

function cluster(resource: Resource, nameProperty: string): Cluster {
  return {
    is: "cluster",
    subject: subjectOf(resource, "cluster"),
    scope: resource.scope,
    arn: text(output(resource, "arn")),
    name: name(input(resource, nameProperty)),
  };
}

/** `aws:ecs/cluster:Cluster` */
export function readCluster(resource: Resource): Cluster[] {
  return [cluster(resource, "name")];
}

/** `aws-native:ecs:Cluster` holds its capacity providers itself. */
export function readNativeCluster(resource: Resource): (Cluster | ClusterCapacity)[] {
  return [
    cluster(resource, "clusterName"),
    {
      is: "cluster capacity",
      subject: subjectOf(resource, "cluster"),
      scope: resource.scope,
      cluster: { value: name(output(resource, "arn")), from: [resource.urn] },
      providers: textList(input(resource, "capacityProviders")),
      providersFrom: madeFrom(resource, "capacityProviders"),
      defaultStrategy: strategyOf(input(resource, "defaultCapacityProviderStrategy")),
      defaultStrategyFrom: madeFrom(resource, "defaultCapacityProviderStrategy"),
    },
  ];
}

/** `aws:ecs/clusterCapacityProviders:ClusterCapacityProviders`, `aws-native:ecs:ClusterCapacityProviderAssociations` */
export function readClusterCapacityProviders(resource: Resource): ClusterCapacity[] {
  const isNative = resource.type.startsWith("aws-native:");
  const clusterProperty = isNative ? "cluster" : "clusterName";
  const strategy = isNative ? "defaultCapacityProviderStrategy" : "defaultCapacityProviderStrategies";
  return [
    {
      is: "cluster capacity",
      subject: subjectOf(resource, "cluster capacity providers"),
      scope: resource.scope,
      cluster: { value: name(input(resource, clusterProperty)), from: madeFrom(resource, clusterProperty) },
      providers: textList(input(resource, "capacityProviders")),
      providersFrom: madeFrom(resource, "capacityProviders"),
      defaultStrategy: strategyOf(input(resource, strategy)),
      defaultStrategyFrom: madeFrom(resource, strategy),
    },
  ];
}

/** `aws:ecs/capacityProvider:CapacityProvider`, `aws-native:ecs:CapacityProvider` */
export function readCapacityProvider(resource: Resource): CapacityProvider[] {
  const groupProvider = block(input(resource, "autoScalingGroupProvider"));
  const hasGroup = groupProvider !== undefined && groupProvider !== null;
  return [
    {
      is: "capacity provider",
      subject: subjectOf(resource, "capacity provider"),
      scope: resource.scope,
      arn: text(output(resource, "arn")),
      name: name(input(resource, "name")),
      group: hasGroup
        ? { value: name(field(groupProvider, "autoScalingGroupArn")), from: madeFrom(resource, "autoScalingGroupProvider") }
        : undefined,
      managed: managedRequirementsOf(input(resource, "managedInstancesProvider")),
    },
  ];
}
