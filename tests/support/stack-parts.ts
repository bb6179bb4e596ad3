/**
 * Stacks of images, tasks and their capacity in few words, for tests of what the parts mean together; model-parts.ts makes
 * the parts one by one. A test that is about properties or operations uses stack-builder.ts instead.
 */

import { parseImageReference } from "../../policies/platform/image-reference";
import { parsePlatform, type Platform } from "../../policies/platform/platform";
import { readDeclarations } from "../../policies/options/declared";
import { OptionsReader, type Options } from "../../policies/options/read";
import { ABSENT, known, unknown, type Fact } from "../../policies/stack/fact";
import type {
  Ami,
  CapacityProvider,
  Cluster,
  ClusterCapacity,
  Container,
  Image,
  ImageBuilder,
  ImageComponent,
  Launch,
  Launcher,
  LaunchTemplate,
  Parameter,
  Part,
  Reference,
  Repository,
  StrategyItem,
  Subject,
  TaskDefinition,
  TaskLauncher,
} from "../../policies/stack/model";
import type { Outside } from "../../policies/stack/outside";
import { Stack, type Phase } from "../../policies/stack/stack";
import * as model from "./model-parts";
import { HERE, urnOf } from "./model-parts";

export const LATER = unknown("later");

export function subject(name: string): Subject {
  return { urn: urnOf(name), kind: "thing", name };
}

export function platforms(...texts: readonly string[]): Platform[] {
  return texts.map((text) => parsePlatform(text)!);
}

/** A value that names another resource: known, or made from the named resources. */
export function reference(value: Fact<string>, ...from: readonly string[]): Reference {
  return { value, from: from.map(urnOf) };
}

/** An image for one platform that is surely pushed. */
export function image(name: string, targets: readonly string[], parts: Partial<Image> = {}): Image {
  return {
    is: "image",
    subject: subject(name),
    scope: HERE,
    platforms: known(platforms("linux/amd64")),
    source: { how: "stated", text: `platforms of ${name}` },
    statedBy: "platforms",
    targets: targets.map((target) => parseImageReference(target)!),
    moreTargets: false,
    targetsFrom: [],
    digest: ABSENT,
    pushed: known(true),
    ...parts,
  };
}

/** An image whose destination is made from the named resources, and not known yet. */
export function loose(name: string, from: readonly string[], parts: Partial<Image> = {}): Image {
  return image(name, [], { moreTargets: true, targetsFrom: from.map(urnOf), ...parts });
}

export function component(name: string): ImageComponent {
  return { is: "image component", subject: subject(name), scope: HERE };
}

export function repository(name: string, url: Fact<string> = LATER): Repository {
  return { is: "repository", subject: subject(name), scope: HERE, url, name: known(name) };
}

export function imageBuilder(name: string, parts: Partial<ImageBuilder> = {}): ImageBuilder {
  return {
    is: "image builder",
    subject: subject(name),
    scope: HERE,
    name: known(name),
    platforms: known(platforms("linux/amd64")),
    source: { how: "stated", text: `environment of ${name}` },
    ...parts,
  };
}

/** Containers called `a`, `b`, `c` and so on, one for each image. */
export function containers(...images: readonly (string | Fact<string>)[]): Fact<readonly Container[]> {
  return known(images.map((each, index) => ({ index, name: known(String.fromCharCode(97 + index)), image: typeof each === "string" ? known(each) : each })));
}

export function task(run: Fact<readonly Container[]>, from: readonly string[] = [], parts: Partial<TaskDefinition> = {}): TaskDefinition {
  return {
    is: "task definition",
    subject: subject("task"),
    scope: HERE,
    family: known("task"),
    arn: LATER,
    cpuArchitecture: ABSENT,
    operatingSystemFamily: ABSENT,
    requiresCompatibilities: ABSENT,
    containers: run,
    containersFrom: from.map(urnOf),
    placementConstraints: known([]),
    ...parts,
  };
}

/** A launch of an AMI on an instance type. */
export function launch(ami: Fact<string>, type: Fact<string>, parts: Partial<Launch> = {}): Launch {
  return model.launch({ imageId: reference(ami), instanceType: type, imageProperty: "ami", ...parts });
}

/** A group or instance with these launches. */
export function launcher(name: string, launches: Fact<readonly Launch[]>, parts: Partial<Launcher> = {}): Launcher {
  return model.launcher(name, launches, parts);
}

export function launchTemplate(name: string, ami: Fact<string>, type: Fact<string>, parts: Partial<LaunchTemplate> = {}): LaunchTemplate {
  return model.template(name, { imageId: reference(ami), instanceType: type, ...parts });
}

export function ami(name: string, id: Fact<string>, parts: Partial<Ami> = {}): Ami {
  return model.ami(name, { id, name: known(name), ...parts });
}

export function parameter(name: string, held: Fact<string>): Parameter {
  return model.parameter(name, reference(held));
}

export function strategy(...providers: readonly Fact<string>[]): Fact<readonly StrategyItem[]> {
  return known(providers.map((provider) => model.item(provider)));
}

/** A service that names neither task definition nor cluster. */
export function taskLauncher(name: string, parts: Partial<TaskLauncher> = {}): TaskLauncher {
  return model.service({ subject: subject(name), taskDefinition: model.NOTHING_NAMED, cluster: model.NOTHING_NAMED, schedulingStrategy: ABSENT, ...parts });
}

export function cluster(name: string, called: Fact<string> = known(name)): Cluster {
  return model.cluster(name, { name: called });
}

/** What the providers of a cluster are, by the cluster's name. */
export function clusterCapacity(name: string, of: string, providers: readonly string[], parts: Partial<ClusterCapacity> = {}): ClusterCapacity {
  return model.capacity(reference(known(of)), { subject: subject(name), providers: known(providers), ...parts });
}

/** A capacity provider of the group with that name. */
export function capacityProvider(name: string, group: string, parts: Partial<CapacityProvider> = {}): CapacityProvider {
  return model.provider(name, { group: reference(known(group)), ...parts });
}

export interface StackOptions {
  readonly phase?: Phase;
  /** Options of `cpu-architecture-settings`. */
  readonly settings?: Options;
  readonly outside?: Outside;
  /** The parents of some parts, by name. */
  readonly parents?: Readonly<Record<string, string>>;
}

/** A stack of these parts; those of one name are one resource. */
export function stackOf(parts: readonly Part[], { phase = "complete", settings = {}, outside, parents = {} }: StackOptions = {}): Stack {
  const reader = new OptionsReader(settings);
  const declarations = readDeclarations(reader);
  if (reader.errors.length > 0) {
    throw new Error(JSON.stringify(reader.errors));
  }
  const stack = new Stack(phase, declarations, outside);
  for (const name of new Set(parts.map((part) => part.subject.name))) {
    const parent = parents[name];
    stack.add(urnOf(name), parent === undefined ? undefined : urnOf(parent), parts.filter((part) => part.subject.name === name));
  }
  return stack;
}
