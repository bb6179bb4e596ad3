/**
 * Images that shell commands build and push: `command:local:Command` and `command:remote:Command`.
 * Of a command, nothing but the tool, the platform and the image references it pushes is ever kept.
 */

import { readCommand, type CommandImage, type CommandReading, type PlatformReading } from "../platform/build-command";
import { parseImageReference } from "../platform/image-reference";
import type { Platform } from "../platform/platform";
import { ABSENT, known, unknown, type Fact } from "../stack/fact";
import type { Image, Reference, Source, Subject } from "../stack/model";
import { isUnknown, object, text, textList } from "./raw";
import { input, madeFrom, type Resource } from "./resource";
import { partsOfUrn, subjectOf } from "./subject";

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables by name; one that is not known yet is present without a value. */
export function environmentOf(raw: unknown): Environment {
  const variables = object(raw);
  if (variables.state !== "known") {
    return {};
  }
  return Object.fromEntries(
    Object.entries(variables.value).map(([key, value]) => {
      const fact = text(value);
      return [key, fact.state === "known" ? fact.value : undefined];
    }),
  );
}

function platformsOf(reading: PlatformReading): Fact<readonly Platform[]> {
  switch (reading.kind) {
    case "known":
      return known(reading.platforms);
    case "not-stated":
      return ABSENT;
    case "unknown":
      return unknown(reading.why);
  }
}

/** Images that the command moves or joins and did not make: what they hold is decided where they were built. */
function sourcesOf(reading: PlatformReading, from: readonly string[] | undefined): readonly Reference[] | undefined {
  return reading.kind === "unknown" ? reading.images?.map((image) => ({ value: known(image), from })) : undefined;
}

export interface PushedBy {
  readonly resource: Resource;
  readonly subject: Subject;
  /** The property that the text stands in. */
  readonly property: string;
  /** What an image is built for where the command does not say. */
  readonly otherwise: { readonly platforms: Fact<readonly Platform[]>; readonly source: Source | undefined };
}

function imageOf(image: CommandImage, { resource, subject, property, otherwise }: PushedBy): Image {
  const reference = image.reference === undefined ? undefined : parseImageReference(image.reference);
  const from = madeFrom(resource, property);
  const isStated = image.platforms.kind !== "not-stated";
  const sources = sourcesOf(image.platforms, from);
  return {
    is: "image",
    subject,
    scope: resource.scope,
    platforms: isStated ? platformsOf(image.platforms) : otherwise.platforms,
    source: isStated || otherwise.source === undefined ? { how: "stated", text: `${image.tool}, ${image.how}` } : otherwise.source,
    statedBy: "--platform",
    ...(sources === undefined ? {} : { sources }),
    targets: reference === undefined ? [] : [reference],
    moreTargets: reference === undefined,
    targetsFrom: from,
    digest: unknown("a command does not tell the digest of what it pushes"),
    pushed: known(true),
  };
}

/** Something that pushes what it pushes, but cannot be read. */
export function opaqueImage(by: PushedBy, why: string): Image {
  return { ...imageOf({ reference: undefined, platforms: { kind: "not-stated" }, how: "", tool: "" }, by), platforms: unknown(why) };
}

/** The images that a reading pushes, and one more for what it may push beyond. */
export function imagesPushed(reading: CommandReading, by: PushedBy): Image[] {
  const images = reading.pushes.map((image) => imageOf(image, by));
  const mayPushMore = reading.opaque !== undefined && images.length > 0;
  return mayPushMore ? [...images, opaqueImage(by, reading.opaque)] : images;
}

/** True if a property is made from an ECR repository: then what it says may well push there. */
export function namesRepository(resource: Resource, property: string): boolean {
  return (madeFrom(resource, property) ?? []).some((urn) => /^aws(-native)?:ecr(public)?[:/]/.test(partsOfUrn(urn).type));
}

/** A shell that reads commands as they are; anything else, such as Python, is not read. */
function isShell(resource: Resource): boolean {
  const interpreter = textList(input(resource, "interpreter"));
  const [program] = interpreter.state === "known" ? interpreter.value : [];
  return interpreter.state === "absent" || (program !== undefined && /(^|\/)(ba|da|z|k)?sh$/.test(program));
}

/** `command:local:Command`, `command:remote:Command` */
export function readCommandResource(resource: Resource): Image[] {
  const create = input(resource, "create");
  const by: PushedBy = { resource, subject: subjectOf(resource, "command"), property: "create", otherwise: { platforms: ABSENT, source: undefined } };
  if (create === undefined || create === null || !isShell(resource)) {
    return [];
  }
  if (typeof create !== "string" || create === "" || (isUnknown(create) && create.length < 40)) {
    return namesRepository(resource, "create") ? [opaqueImage(by, "the command is computed during the update")] : [];
  }
  const environment = environmentOf(input(resource, "environment"));
  const created = readCommand(create, environment);
  const images = imagesPushed(created, by);
  const update = input(resource, "update");
  const updated = typeof update === "string" ? readCommand(update, environment) : undefined;
  return updated === undefined || isSame(created, updated) ? images : images.map((image) => ({ ...image, platforms: unknown("its `create` and `update` differ") }));
}

function isSame(left: CommandReading, right: CommandReading): boolean {
  return JSON.stringify(left.pushes) === JSON.stringify(right.pushes);
}
