/** Changes that mean nothing: another order, resources that have nothing to do with the others, other names. */

import type { RecordedResource, Recording } from "../../../support/protocol";
import { hex } from "../../../support/values";

/** The items in another order; the same salt gives the same one. */
export function shuffled<T>(items: readonly T[], salt: string, textOf: (item: T, index: number) => string): T[] {
  return items
    .map((item, index) => ({ item, key: hex(`${salt} ${textOf(item, index)}`, 16) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ item }) => item);
}

function shuffleDependencies(resource: RecordedResource, salt: string): RecordedResource {
  const lists = Object.entries(resource.propertyDependencies ?? {}).map(([key, urns]) => [key, shuffled(urns, salt, (urn) => urn)] as const);
  return { ...resource, propertyDependencies: Object.fromEntries(lists), dependencies: shuffled(resource.dependencies ?? [], salt, (urn) => urn) };
}

/** The stack in another order, and at a preview the registrations too: during an update that order is what it is. */
export function shuffle(recording: Recording, salt: string): Recording {
  const inOrder = (list: readonly RecordedResource[]): RecordedResource[] => shuffled(list, salt, ({ urn = "" }) => urn);
  const isPreview = recording.stack?.dryRun === true;
  return {
    ...recording,
    analyze: isPreview ? inOrder(recording.analyze) : recording.analyze,
    analyzeStack: inOrder(recording.analyzeStack ?? []).map((resource) => shuffleDependencies(resource, salt)),
  };
}

function stranger(type: string, name: string, properties: Readonly<Record<string, unknown>>): RecordedResource {
  return { type, name, urn: `urn:pulumi:test::app::${type}::${name}`, properties, propertyDependencies: {}, dependencies: [], options: {} };
}

/** Resources of all kinds, also of those that a pack looks at, that no other resource has anything to do with. */
const STRANGERS: readonly (readonly RecordedResource[])[] = [
  [stranger("aws:s3/bucket:Bucket", "x-bucket", { arn: "arn:aws:s3:::x", id: "x", bucket: "x" })],
  [stranger("aws:iam/role:Role", "x-role", { arn: "arn:aws:iam::123456789012:role/x", id: "x", assumeRolePolicy: "{}" })],
  [stranger("aws:lambda/function:Function", "x-function", { architectures: ["arm64"], packageType: "Image", imageUri: "x" })],
  [stranger("kubernetes:apps/v1:Deployment", "x-deployment", { spec: { template: { spec: { nodeSelector: { "kubernetes.io/arch": "arm64" } } } } })],
  [stranger("aws:ecr/repository:Repository", "x-repository", { arn: "arn:aws:ecr:us-east-1:123456789012:repository/x", name: "x", repositoryUrl: "123456789012.dkr.ecr.us-east-1.amazonaws.com/x" })],
  [stranger("docker-build:index:Image", "x-image", { platforms: ["linux/arm64"], push: true, tags: ["registry.example.com/x:1"], ref: "registry.example.com/x:1@sha256:00", digest: "sha256:00" })],
  [stranger("aws:ecs/cluster:Cluster", "x-cluster", { name: "x-cluster", arn: "arn:aws:ecs:us-east-1:123456789012:cluster/x-cluster" })],
  // A group of which the template is not told might have any.
  [
    stranger("aws:ec2/launchTemplate:LaunchTemplate", "x-template", { id: "lt-x", name: "x-template", latestVersion: 1, defaultVersion: 1, instanceType: "m7g.large" }),
    stranger("aws:autoscaling/group:Group", "x-group", { name: "x-group", arn: "arn:x", maxSize: 2, launchTemplate: { id: "lt-x", version: "$Latest" } }),
  ],
  [stranger("random:index/randomPet:RandomPet", "x-pet", {})],
];

/** The recording with strangers among its resources. */
export function addStrangers(recording: Recording, salt: string): Recording {
  const some = shuffled(STRANGERS, salt, (_set, index) => String(index)).slice(0, 4).flat();
  return { ...recording, analyze: [...some.slice(0, 2), ...recording.analyze, ...some.slice(2)], analyzeStack: [...some, ...(recording.analyzeStack ?? [])] };
}

/** What the resources are called instead, in an order that has nothing to do with their own. */
export function newNames({ analyzeStack = [] }: Recording, salt: string): ReadonlyMap<string, string> {
  return new Map(analyzeStack.map(({ urn = "", name }) => [urn, `${hex(`${salt} ${urn}`, 6)}-${name}`]));
}

/** The recording with other names in the program; names of AWS stay. */
export function rename(recording: Recording, names: ReadonlyMap<string, string>): Recording {
  const urns = new Map([...names].map(([urn, name]) => [urn, `${urn.slice(0, urn.lastIndexOf("::"))}::${name}`]));
  const to = (urn: string): string => urns.get(urn) ?? urn;
  const renamed = (resource: RecordedResource): RecordedResource => ({
    ...resource,
    urn: to(resource.urn ?? ""),
    name: names.get(resource.urn ?? "") ?? resource.name,
    ...(resource.parent === undefined ? {} : { parent: to(resource.parent) }),
    dependencies: (resource.dependencies ?? []).map(to),
    propertyDependencies: Object.fromEntries(Object.entries(resource.propertyDependencies ?? {}).map(([key, list]) => [key, list.map(to)])),
  });
  return { ...recording, analyze: recording.analyze.map(renamed), analyzeStack: (recording.analyzeStack ?? []).map(renamed) };
}
