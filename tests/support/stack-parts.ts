/**
 * Parts of a stack with the least that they need, for tests of what the stack's parts mean together. A test that is about
 * properties or operations uses stack-builder.ts instead.
 */

import { parseImageReference } from "../../policies/platform/image-reference";
import { parsePlatform, type Platform } from "../../policies/platform/platform";
import { readDeclarations } from "../../policies/options/declared";
import { OptionsReader, type Options } from "../../policies/options/read";
import { ABSENT, known, unknown, type Fact } from "../../policies/stack/fact";
import type { Container, Image, ImageBuilder, ImageComponent, Part, Reference, Repository, Subject, TaskDefinition } from "../../policies/stack/model";
import type { Outside } from "../../policies/stack/outside";
import { Stack, type Phase } from "../../policies/stack/stack";

export const SCOPE = "aws us-east-1";
export const LATER = unknown("later");

export function urnOf(name: string): string {
  return `urn:${name}`;
}

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
    scope: SCOPE,
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
  return { is: "image component", subject: subject(name), scope: SCOPE };
}

export function repository(name: string, url: Fact<string> = LATER): Repository {
  return { is: "repository", subject: subject(name), scope: SCOPE, url, name: known(name) };
}

export function imageBuilder(name: string, parts: Partial<ImageBuilder> = {}): ImageBuilder {
  return {
    is: "image builder",
    subject: subject(name),
    scope: SCOPE,
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
    scope: SCOPE,
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
