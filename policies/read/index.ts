/** Which reader reads which resource type. A resource type without a reader has nothing to do with the CPU. */

import type { Part } from "../stack/model";
import { readCapacityProvider, readCluster, readClusterCapacityProviders, readNativeCluster } from "./cluster";
import type * as CodeBuild from "./codebuild";
import type * as Command from "./command";
import { readRegistryImage, readRemoteImage, readTag } from "./docker-local";
import { readDockerBuildImage, readDockerBuildIndex, readDockerComponent, readDockerImage, readImageComponent } from "./image";
import {
  readAmi,
  readAutoScalingGroup,
  readEksNodeGroup,
  readFleet,
  readInstance,
  readLaunchConfiguration,
  readLaunchTemplate,
  readSpotFleet,
  readSpotInstanceRequest,
} from "./launch";
import { readParameter } from "./parameter";
import { readNativeRepository, readPublicRepository, readRepository } from "./repository";
import type { Resource } from "./resource";
import { readExpressService, readTaskDefinition } from "./task-definition";
import { readEventTarget, readNativeRule, readPipe, readSchedule, readService, readTaskSet } from "./tasks";

type Reader = (resource: Resource) => readonly Part[];

// What reads shell is a third of the pack. Few stacks have commands or build projects, so it is loaded for the first one.
/* eslint-disable @typescript-eslint/no-require-imports */
const readCommandResource: Reader = (resource) => (require("./command") as typeof Command).readCommandResource(resource);
const readCodeBuildProject: Reader = (resource) => (require("./codebuild") as typeof CodeBuild).readCodeBuildProject(resource);
/* eslint-enable @typescript-eslint/no-require-imports */

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["aws:ecs/taskDefinition:TaskDefinition", readTaskDefinition],
  ["aws-native:ecs:TaskDefinition", readTaskDefinition],
  ["aws:ecs/expressGatewayService:ExpressGatewayService", readExpressService],
  ["aws-native:ecs:ExpressGatewayService", readExpressService],

  ["docker:index/image:Image", readDockerImage],
  ["docker:index/remoteImage:RemoteImage", readRemoteImage],
  ["docker:index/tag:Tag", readTag],
  ["docker:index/registryImage:RegistryImage", readRegistryImage],
  ["docker-build:index:Image", readDockerBuildImage],
  ["docker-build:index:Index", readDockerBuildIndex],
  ["command:local:Command", readCommandResource],
  ["command:remote:Command", readCommandResource],
  ["aws:codebuild/project:Project", readCodeBuildProject],
  ["awsx:ecr:Image", readImageComponent],
  ["docker:image:Image", readDockerComponent],
  ["aws:ecr/repository:Repository", readRepository],
  ["aws:ecrpublic/repository:Repository", readPublicRepository],
  ["aws-native:ecr:Repository", readNativeRepository],

  ["aws:ecs/service:Service", readService],
  ["aws-native:ecs:Service", readService],
  ["aws:ecs/taskSet:TaskSet", readTaskSet],
  ["aws-native:ecs:TaskSet", readTaskSet],
  ["aws:cloudwatch/eventTarget:EventTarget", readEventTarget],
  ["aws-native:events:Rule", readNativeRule],
  ["aws:scheduler/schedule:Schedule", readSchedule],
  ["aws-native:scheduler:Schedule", readSchedule],
  ["aws:pipes/pipe:Pipe", readPipe],
  ["aws-native:pipes:Pipe", readPipe],

  ["aws:ecs/cluster:Cluster", readCluster],
  ["aws-native:ecs:Cluster", readNativeCluster],
  ["aws:ecs/clusterCapacityProviders:ClusterCapacityProviders", readClusterCapacityProviders],
  ["aws-native:ecs:ClusterCapacityProviderAssociations", readClusterCapacityProviders],
  ["aws:ecs/capacityProvider:CapacityProvider", readCapacityProvider],
  ["aws-native:ecs:CapacityProvider", readCapacityProvider],

  ["aws:ec2/launchTemplate:LaunchTemplate", readLaunchTemplate],
  ["aws-native:ec2:LaunchTemplate", readLaunchTemplate],
  ["aws:ec2/launchConfiguration:LaunchConfiguration", readLaunchConfiguration],
  ["aws-native:autoscaling:LaunchConfiguration", readLaunchConfiguration],
  ["aws:ec2/instance:Instance", readInstance],
  ["aws-native:ec2:Instance", readInstance],
  ["aws:ec2/spotInstanceRequest:SpotInstanceRequest", readSpotInstanceRequest],
  ["aws:autoscaling/group:Group", readAutoScalingGroup],
  ["aws-native:autoscaling:AutoScalingGroup", readAutoScalingGroup],
  ["aws:ec2/fleet:Fleet", readFleet],
  ["aws-native:ec2:Ec2Fleet", readFleet],
  ["aws:ec2/spotFleetRequest:SpotFleetRequest", readSpotFleet],
  ["aws-native:ec2:SpotFleet", readSpotFleet],
  ["aws:eks/nodeGroup:NodeGroup", readEksNodeGroup],
  ["aws-native:eks:Nodegroup", readEksNodeGroup],
  ["aws:ec2/ami:Ami", readAmi],
  ["aws:ec2/amiCopy:AmiCopy", readAmi],
  ["aws:ec2/amiFromInstance:AmiFromInstance", readAmi],
  ["aws:ssm/parameter:Parameter", readParameter],
  ["aws-native:ssm:Parameter", readParameter],
]);

/** True if resources of this type are of interest to a policy. */
export function isOfInterest(type: string): boolean {
  return READERS.has(type);
}

/** What a resource says about the CPU. */
export function partsOf(resource: Resource): readonly Part[] {
  return READERS.get(resource.type)?.(resource) ?? [];
}
