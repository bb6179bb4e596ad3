/**
 * What the policies know of a stack: plain facts, one kind for each part that has to do with the CPU. Nothing here
 * knows Pulumi's properties; the readers made these facts from them.
 */

import type { Ec2Architecture } from "../platform/ec2";
import type { HostOs } from "../platform/fit";
import type { ImageReference } from "../platform/image-reference";
import type { Platform } from "../platform/platform";
import type { Fact } from "./fact";

/** The resource that a fact is about, as messages name it. */
export interface Subject {
  readonly urn: string;
  /** What kind of thing it is, in the user's words: `task definition`, `docker-build Image`. */
  readonly kind: string;
  readonly name: string;
  /** The component that the user wrote, where the resource itself was made by a provider: `awsx ecr.Image`. */
  readonly madeBy?: { readonly kind: string; readonly name: string };
  /** `project/stack`, of a resource of another stack than the one that it is told of in. */
  readonly stack?: string;
}

/** A value that names another resource. */
export interface Reference {
  readonly value: Fact<string>;
  /** The resources the value is made from; undefined where the engine does not say. */
  readonly from: readonly string[] | undefined;
  /** The property holds other such values too, and the engine does not say which of them is made from what. */
  readonly isOneOfSeveral?: true;
}

/** How a fact came about; messages say it. */
export type How =
  /** Written in the program. */
  | "stated"
  /** Put in by the provider, from the machine that runs it. */
  | "filled in"
  /** What AWS does where nothing is written. */
  | "default"
  /** From the options of `cpu-architecture-settings`. */
  | "declared"
  /** From AWS or a registry. */
  | "looked up";

/** Where a fact comes from: a property, with the value as the user wrote it. */
export interface Source {
  readonly how: How;
  /** `platforms: ["linux/arm64"]`: what a reader of the message looks for in the program. */
  readonly text: string;
  /** Of what was looked up: who said so, when. */
  readonly by?: string;
}

interface Base {
  readonly subject: Subject;
  /** Provider and region (scope.ts): names are only comparable within one. */
  readonly scope: string;
}

export interface Container {
  /** Its place in the list, from 0. */
  readonly index: number;
  readonly name: Fact<string>;
  readonly image: Fact<string>;
}

/** A `memberOf` placement constraint's expression; other constraints have nothing to do with the CPU. */
export interface PlacementConstraint {
  readonly expression: Fact<string>;
}

export interface TaskDefinition extends Base {
  readonly is: "task definition";
  readonly family: Fact<string>;
  readonly arn: Fact<string>;
  readonly cpuArchitecture: Fact<string>;
  readonly operatingSystemFamily: Fact<string>;
  readonly requiresCompatibilities: Fact<readonly string[]>;
  readonly containers: Fact<readonly Container[]>;
  /** The resources that the container definitions are made from. */
  readonly containersFrom: readonly string[] | undefined;
  readonly placementConstraints: Fact<readonly PlacementConstraint[]>;
  /** Why nothing about where its tasks run is certain, though it is stated or has a default; then nothing denies. */
  readonly doubt?: string;
}

/** The property, or else, by which a user says for which platform an image is built; or who told of one that is built elsewhere. */
export type PlatformProperty = "build.platform" | "platforms" | "platform" | "sources" | "--platform" | "declaration" | "registry";

/** Something that makes or moves a container image: a build, an index of builds, a push of an image made before. */
export interface Image extends Base {
  readonly is: "image";
  /** What it is built for. Absent: not stated, so the builder's machine decides. */
  readonly platforms: Fact<readonly Platform[]>;
  readonly source: Source;
  /** Where the platform is stated for this kind of image. */
  readonly statedBy: PlatformProperty;
  /** Images that it is joined or copied from, instead of a build: its platforms are theirs together. */
  readonly sources?: readonly Reference[];
  /** Known references that it pushes to. */
  readonly targets: readonly ImageReference[];
  /** True if it may push to references that are not known. */
  readonly moreTargets: boolean;
  /** The resources that its targets are made from. */
  readonly targetsFrom: readonly string[] | undefined;
  /** `sha256:...` of what it pushed. */
  readonly digest: Fact<string>;
  /** False: it stays on the building machine. */
  readonly pushed: Fact<boolean>;
}

/** A CodeBuild project; what it pushes may be declared in the options. */
export interface ImageBuilder extends Base {
  readonly is: "image builder";
  readonly name: Fact<string>;
  /** What it builds for where nothing is stated: the platform of its machines. */
  readonly platforms: Fact<readonly Platform[]>;
  readonly source: Source;
}

/** An ECR repository. */
export interface Repository extends Base {
  readonly is: "repository";
  /** `123456789012.dkr.ecr.us-east-1.amazonaws.com/app`; not known while the repository is being created. */
  readonly url: Fact<string>;
  readonly name: Fact<string>;
}

/** An AMI that the stack makes. */
export interface Ami extends Base {
  readonly is: "ami";
  readonly id: Fact<string>;
  readonly architecture: Fact<string>;
  /** The AMI that it is copied from, if it is. */
  readonly copyOf?: Reference;
  /** The instance that it is made from, if it is: it boots what the instance booted. */
  readonly fromInstance?: Reference;
  readonly name: Fact<string>;
}

/** An SSM parameter that the stack sets. */
export interface Parameter extends Base {
  readonly is: "parameter";
  readonly name: Fact<string>;
  /** Never quoted: it may be a secret. */
  readonly held: Reference;
}

/** Attribute-based instance type selection. Source: EC2 API, InstanceRequirements. */
export interface InstanceRequirements {
  readonly cpuManufacturers: Fact<readonly string[]>;
  readonly allowedInstanceTypes: Fact<readonly string[]>;
  readonly excludedInstanceTypes: Fact<readonly string[]>;
}

export interface LaunchTemplate extends Base {
  readonly is: "launch template";
  readonly id: Fact<string>;
  readonly name: Fact<string>;
  readonly imageId: Reference;
  readonly instanceType: Fact<string>;
  readonly requirements: Fact<InstanceRequirements>;
  readonly userData: Fact<string>;
  /** What the user data is made from: a cluster's name, as a rule. */
  readonly userDataFrom: readonly string[] | undefined;
  /** True if `$Default` is the newest version: the template is new, or moves its default along. */
  readonly latestVersion: Fact<string>;
  readonly defaultVersion: Fact<string>;
  readonly updateDefaultVersion: Fact<boolean>;
}

/** How a group, fleet or instance names a launch template. */
export interface TemplateUse {
  readonly id: Reference;
  readonly name: Reference;
  readonly version: Fact<string>;
}

/** One way in which something starts instances: its own values replace the template's. */
export interface Launch {
  readonly template: TemplateUse | undefined;
  /** The template of the whole group or fleet, where this launch has one of its own instead. */
  readonly replaced?: TemplateUse;
  readonly imageId: Reference | undefined;
  readonly instanceType: Fact<string>;
  readonly requirements: Fact<InstanceRequirements>;
  /** Where it stands, for messages: `mixedInstancesPolicy.launchTemplate.overrides[1]`. Empty: the resource itself. */
  readonly at: string;
  /** The property names that hold the AMI and the type here. */
  readonly imageProperty: string;
}

/** Anything that starts EC2 instances: instance, launch configuration, Auto Scaling group, fleets, spot requests. */
export interface Launcher extends Base {
  readonly is: "launcher";
  readonly id: Fact<string>;
  readonly arn: Fact<string>;
  readonly name: Fact<string>;
  readonly launches: Fact<readonly Launch[]>;
  /** A group's launch configuration, which then holds the launches. */
  readonly launchConfiguration: Reference | undefined;
  readonly maxSize: Fact<number>;
  readonly userData: Fact<string>;
  readonly userDataFrom: readonly string[] | undefined;
}

export interface StrategyItem {
  readonly provider: Fact<string>;
  readonly weight: Fact<number>;
  readonly base: Fact<number>;
}

/** What starts tasks of a task definition. */
export interface TaskLauncher extends Base {
  readonly is: "task launcher";
  readonly taskDefinition: Reference;
  readonly cluster: Reference;
  readonly launchType: Fact<string>;
  readonly strategy: Fact<readonly StrategyItem[]>;
  /** The resources that the strategy's provider names are made from. */
  readonly strategyFrom: readonly string[] | undefined;
  readonly placementConstraints: Fact<readonly PlacementConstraint[]>;
  /** `REPLICA` or `DAEMON`; absent for what is no service. */
  readonly schedulingStrategy: Fact<string>;
  readonly desiredCount: Fact<number>;
  /** `ECS`, `CODE_DEPLOY` or `EXTERNAL` (its task sets hold everything then). */
  readonly deploymentController: Fact<string>;
}

export interface Cluster extends Base {
  readonly is: "cluster";
  readonly arn: Fact<string>;
  readonly name: Fact<string>;
}

/** The capacity providers of a cluster, and the strategy used where a service has none. */
export interface ClusterCapacity extends Base {
  readonly is: "cluster capacity";
  readonly cluster: Reference;
  readonly providers: Fact<readonly string[]>;
  readonly providersFrom: readonly string[] | undefined;
  readonly defaultStrategy: Fact<readonly StrategyItem[]>;
  readonly defaultStrategyFrom: readonly string[] | undefined;
}

export interface CapacityProvider extends Base {
  readonly is: "capacity provider";
  readonly arn: Fact<string>;
  readonly name: Fact<string>;
  /** The group of an Auto Scaling group provider. */
  readonly group: Reference | undefined;
  /** Managed Instances: which instances may be chosen. */
  readonly managed: Fact<InstanceRequirements>;
}

/** A component of a provider whose builds are its children. */
export interface ImageComponent extends Base {
  readonly is: "image component";
}

export type Part =
  | TaskDefinition
  | Image
  | ImageBuilder
  | Repository
  | Ami
  | Parameter
  | LaunchTemplate
  | Launcher
  | TaskLauncher
  | Cluster
  | ClusterCapacity
  | CapacityProvider
  | ImageComponent;

/** An AMI's architecture with the reason for it. */
export interface AmiArchitecture {
  readonly architecture: Ec2Architecture;
  readonly os?: HostOs;
  readonly source: Source;
  readonly certain: boolean;
}
