/**
 * Images of the docker provider that live on the machine that runs Docker: pulled or built there, named, and pushed.
 * Source: pulumi/pulumi-docker, docs of RemoteImage, Tag and RegistryImage.
 */

import { parseImageReference } from "../platform/image-reference";
import { parsePlatform, type Platform } from "../platform/platform";
import { ABSENT, known, mapFact, unknown, type Fact } from "../stack/fact";
import type { Image, Reference } from "../stack/model";
import { block, field, name, text } from "./raw";
import { input, madeFrom, output, type Resource } from "./resource";
import { subjectOf } from "./subject";

type Named = Pick<Image, "targets" | "moreTargets" | "targetsFrom">;

function namedBy(resource: Resource, property: string): Named {
  const reference = mapFact(name(input(resource, property)), parseImageReference, "it is not an image reference");
  return {
    targets: reference.state === "known" ? [reference.value] : [],
    moreTargets: reference.state === "unknown",
    targetsFrom: madeFrom(resource, property),
  };
}

function onePlatform(raw: unknown): Fact<readonly Platform[]> {
  const platform = mapFact(name(raw), parsePlatform, "it names a platform that is not known here");
  return platform.state === "known" ? known([platform.value]) : platform;
}

function quoted(property: string, raw: unknown): string {
  const value = name(raw);
  return value.state === "known" ? `${property}: "${value.value}"` : property;
}

/** `docker:index/remoteImage:RemoteImage`: pulled from a registry or built, and never pushed by itself. */
export function readRemoteImage(resource: Resource): Image[] {
  const build = block(input(resource, "build"));
  const isBuilt = build !== undefined && build !== null;
  const stated = isBuilt ? field(build, "platform") : input(resource, "platform");
  const property = isBuilt ? "build.platform" : "platform";
  return [
    {
      is: "image",
      subject: subjectOf(resource, "docker RemoteImage"),
      scope: resource.scope,
      platforms: onePlatform(stated),
      source: { how: "stated", text: quoted(property, stated) },
      statedBy: property,
      ...namedBy(resource, "name"),
      moreTargets: false,
      digest: mapFact(text(output(resource, "repoDigest")), (value) => parseImageReference(value)?.digest, "it has no digest"),
      pushed: known(false),
    },
  ];
}

function copyOf(resource: Resource, property: string): Reference[] {
  return [{ value: text(input(resource, property)), from: madeFrom(resource, property) }];
}

/** `docker:index/tag:Tag`: another name for a local image. */
export function readTag(resource: Resource): Image[] {
  return [
    {
      is: "image",
      subject: subjectOf(resource, "docker Tag"),
      scope: resource.scope,
      platforms: unknown("the image that it names is not known"),
      source: { how: "stated", text: "sourceImage" },
      statedBy: "sources",
      sources: copyOf(resource, "sourceImage"),
      ...namedBy(resource, "targetImage"),
      moreTargets: false,
      digest: ABSENT,
      pushed: known(false),
    },
  ];
}

/** `docker:index/registryImage:RegistryImage`: builds and pushes, or pushes the local image of that name. */
export function readRegistryImage(resource: Resource): Image[] {
  const build = block(input(resource, "build"));
  const isBuilt = build !== undefined && build !== null;
  const stated = field(build, "platform");
  const shared = {
    is: "image" as const,
    subject: subjectOf(resource, "docker RegistryImage"),
    scope: resource.scope,
    ...namedBy(resource, "name"),
    digest: mapFact(text(output(resource, "sha256Digest")), (value) => (value.startsWith("sha256:") ? value : undefined), "it has no digest"),
    pushed: known(true),
  };
  return isBuilt
    ? [{ ...shared, platforms: onePlatform(stated), source: { how: "stated", text: quoted("build.platform", stated) }, statedBy: "build.platform" }]
    : [
        {
          ...shared,
          platforms: unknown("the local image that it pushes is not known"),
          source: { how: "stated", text: "name" },
          statedBy: "sources",
          sources: copyOf(resource, "name"),
        },
      ];
}
