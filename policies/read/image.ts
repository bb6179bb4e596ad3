/**
 * Container images of the docker and docker-build providers, and the components that make them.
 * What each provider puts where: docs/images.md, which the tests compare with this file.
 */

import { parseImageReference, type ImageReference } from "../platform/image-reference";
import { parsePlatform, type Platform } from "../platform/platform";
import { ABSENT, known, mapFact, unknown, type Fact } from "../stack/fact";
import type { How, Image, ImageComponent, Reference, Source } from "../stack/model";
import { boolean, field, isUnknown, list, name, object, text } from "./raw";
import { input, madeFrom, output, type Resource } from "./resource";
import { subjectOf } from "./subject";

/** What an image pushes, as far as it is told. */
interface Targets {
  readonly targets: readonly ImageReference[];
  readonly moreTargets: boolean;
}

/** GOARCH words for Node's. Source: nodejs.org, process.arch; go.dev, internal/goarch. */
const GOARCH: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };

/** What the docker provider fills in on this machine: `linux/` and the architecture, on every operating system. */
function platformOfThisMachine(): string {
  return `linux/${GOARCH[process.arch] ?? process.arch}`;
}

/** Several platforms, known only if each is. An empty list is no statement: the builder decides. */
function platformsOf(items: readonly unknown[]): Fact<readonly Platform[]> {
  if (items.length === 0) {
    return ABSENT;
  }
  const platforms: Platform[] = [];
  for (const item of items) {
    const platform = mapFact(text(item), parsePlatform, "it names a platform that is not known here");
    if (platform.state !== "known") {
      return platform.state === "unknown" ? platform : unknown("a platform of the list is missing");
    }
    platforms.push(platform.value);
  }
  return known(platforms);
}

function quoted(items: readonly unknown[]): string {
  return JSON.stringify(items.filter((item) => typeof item === "string" && item.length < 60 && !isUnknown(item)));
}

/** The references among the items; those not known may be anything. */
function targetsOf(items: readonly unknown[]): Targets {
  const references = items.map((item) => mapFact(name(item), parseImageReference, "it is not an image reference"));
  return {
    targets: references.flatMap((reference) => (reference.state === "known" ? reference.value : [])),
    moreTargets: references.some((reference) => reference.state === "unknown"),
  };
}

const UNKNOWN_TARGETS: Targets = { targets: [], moreTargets: true };

function targetsOfList(raw: unknown): Targets {
  const items = list(raw);
  return items.state === "known" ? targetsOf(items.value) : items.state === "absent" ? targetsOf([]) : UNKNOWN_TARGETS;
}

function digestOf(raw: unknown): Fact<string> {
  return mapFact(text(raw), (value) => (value.startsWith("sha256:") ? value : parseImageReference(value)?.digest), "it has no digest");
}

/**
 * The platform of a docker `Image` 4 or 5. The provider fills `build.platform` in when it is missing, but not when
 * `build` is a text. After a build the outputs hold `platform` itself, and no `build`.
 * Source: pulumi/pulumi-docker, provider/provider.go (Check) and provider/image.go.
 */
function dockerPlatform(resource: Resource): Fact<readonly Platform[]> {
  const build = input(resource, "build");
  const stated = name(field(build, "platform"));
  if (stated.state === "known") {
    return platformsOf([stated.value]);
  }
  if (typeof build === "string" && !isUnknown(build)) {
    return unknown("`build` is a text, which does not tell the platform");
  }
  const built = name(output(resource, "platform"));
  const isHidden = build === undefined || isUnknown(build) || stated.state === "unknown";
  return isHidden && built.state === "known" ? platformsOf([built.value]) : unknown("its build platform is computed during the update");
}

function dockerSource(platforms: Fact<readonly Platform[]>, resource: Resource): Source {
  const stated = name(field(input(resource, "build"), "platform"));
  const built = name(output(resource, "platform"));
  const value = stated.state === "known" ? stated.value : built.state === "known" ? built.value : "";
  const how: How = value === platformOfThisMachine() ? "filled in" : "stated";
  return { how, text: platforms.state === "known" ? `build.platform: "${value}"` : "build.platform" };
}

/** `docker:index/image:Image` (4.x and 5.x) */
export function readDockerImage(resource: Resource): Image[] {
  const platforms = dockerPlatform(resource);
  const skipPush = boolean(input(resource, "skipPush"));
  const pushed = mapFact(skipPush, (skip) => !skip, "");
  return [
    {
      is: "image",
      subject: subjectOf(resource, "docker Image"),
      scope: resource.scope,
      platforms,
      source: dockerSource(platforms, resource),
      statedBy: "build.platform",
      ...targetsOf([input(resource, "imageName")]),
      targetsFrom: madeFrom(resource, "imageName"),
      digest: digestOf(output(resource, "repoDigest")),
      pushed: pushed.state === "absent" ? known(true) : pushed,
    },
  ];
}

/** The names and the pushing of one item of `exports`, which replaces `tags` and `push`. */
function readExport(raw: unknown): { targets: Targets; pushed: Fact<boolean> } {
  for (const kind of ["registry", "image"]) {
    const options = object(field(raw, kind));
    if (options.state === "known") {
      const push = boolean(options.value["push"]);
      return { targets: targetsOfList(options.value["names"]), pushed: push.state === "absent" ? known(kind === "registry") : push };
    }
  }
  const isElse = object(raw).state === "known" && ["oci", "docker", "local", "tar", "cacheonly"].some((kind) => field(raw, kind) !== undefined);
  return isElse ? { targets: targetsOf([]), pushed: known(false) } : { targets: UNKNOWN_TARGETS, pushed: unknown("its exports are not known") };
}

/** What several properties are made from together; undefined where the engine does not say. */
function madeFromAny(resource: Resource, keys: readonly string[]): readonly string[] | undefined {
  const each = keys.map((key) => madeFrom(resource, key));
  return each.every((from) => from === undefined) ? undefined : each.flatMap((from) => from ?? []);
}

function anyPushed(facts: readonly Fact<boolean>[]): Fact<boolean> {
  if (facts.some((fact) => fact.state === "known" && fact.value)) {
    return known(true);
  }
  return facts.find((fact) => fact.state === "unknown") ?? known(false);
}

/** Where a docker-build `Image` pushes: `tags` with `push`, and `exports`. */
function dockerBuildTargets(resource: Resource): Targets & { pushed: Fact<boolean> } {
  const exported = list(input(resource, "exports"));
  const exports = exported.state === "known" ? exported.value.map(readExport) : [];
  const tags = targetsOfList(input(resource, "tags"));
  const pushed = anyPushed([boolean(input(resource, "push")), ...exports.map((each) => each.pushed)]);
  return {
    targets: [...tags.targets, ...exports.flatMap((each) => each.targets.targets)],
    moreTargets: tags.moreTargets || exported.state === "unknown" || exports.some((each) => each.targets.moreTargets),
    pushed: exported.state === "unknown" ? exported : pushed,
  };
}

/** `docker-build:index:Image`. Nothing is filled in: without `platforms` the builder's own platform is built. */
export function readDockerBuildImage(resource: Resource): Image[] {
  const items = list(input(resource, "platforms"));
  const madeForUser = subjectOf(resource, "docker-build Image");
  const property = madeForUser.madeBy === undefined ? "platforms" : "platform";
  const value = items.state === "known" ? (property === "platforms" ? quoted(items.value) : quoted(items.value).slice(1, -1)) : "";
  return [
    {
      is: "image",
      subject: madeForUser,
      scope: resource.scope,
      platforms: items.state === "known" ? platformsOf(items.value) : items,
      source: { how: "stated", text: value === "" ? property : `${property}: ${value}` },
      statedBy: property,
      ...dockerBuildTargets(resource),
      targetsFrom: madeFromAny(resource, ["tags", "exports"]),
      digest: digestOf(output(resource, "digest")),
    },
  ];
}

/** `docker-build:index:Index`: joins images that were built before. */
export function readDockerBuildIndex(resource: Resource): Image[] {
  const items = list(input(resource, "sources"));
  const from = madeFrom(resource, "sources");
  const values: Fact<string>[] = items.state === "known" ? items.value.map(text) : [items.state === "unknown" ? items : unknown("it has no sources")];
  const sources: Reference[] = values.map((value) => ({ value, from }));
  const push = boolean(input(resource, "push"));
  return [
    {
      is: "image",
      subject: subjectOf(resource, "docker-build Index"),
      scope: resource.scope,
      platforms: unknown("its sources are not known"),
      source: { how: "stated", text: "sources" },
      statedBy: "sources",
      sources,
      ...targetsOf([input(resource, "tag")]),
      targetsFrom: madeFrom(resource, "tag"),
      digest: digestOf(output(resource, "ref")),
      pushed: push.state === "absent" ? known(true) : push,
    },
  ];
}

/** The value of an option such as `--platform linux/arm64` or `--platform=linux/arm64`; the last one counts. */
function optionValue(options: readonly unknown[], option: string): unknown {
  return options.reduce<unknown>((found, word, index) => {
    if (word === option) {
      return options[index + 1];
    }
    return typeof word === "string" && word.startsWith(`${option}=`) ? word.slice(option.length + 1) : found;
  }, undefined);
}

/** What docker 3 says of a build: the option `--platform`, and else a variable of the build's environment. */
function legacyBuild(resource: Resource): Pick<Image, "platforms" | "source"> {
  const build = object(input(resource, "build"));
  const options = build.state === "known" ? list(build.value["extraOptions"]) : ABSENT;
  if (build.state !== "known" || options.state === "unknown") {
    return { platforms: unknown("docker 3 does not tell a policy how it builds"), source: { how: "stated", text: "build" } };
  }
  const option = optionValue(options.state === "known" ? options.value : [], "--platform");
  const stated = option ?? field(build.value["env"], "DOCKER_DEFAULT_PLATFORM");
  if (stated === undefined) {
    return { platforms: ABSENT, source: { how: "stated", text: "build.extraOptions" } };
  }
  const value = quoted([stated]).slice(1, -1);
  const text = option === undefined ? `build.env.DOCKER_DEFAULT_PLATFORM: ${value}` : `build.extraOptions: --platform ${value}`;
  return { platforms: platformsOf([stated]), source: { how: "stated", text } };
}

/**
 * `docker:image:Image`, the component of docker 3, which builds within the program and has no children. Its own SDKs do
 * not send its arguments, so all that a policy gets are its outputs: `baseImageName` is what the program calls the
 * image, `imageName` the same with the image's id in the tag. It pushes both. Where the arguments are sent, the platform
 * is in `build.extraOptions` or in `build.env.DOCKER_DEFAULT_PLATFORM`, and the option wins.
 * Source: `@pulumi/docker` 3.6.1, image.js and docker.js.
 */
export function readDockerComponent(resource: Resource): Image[] {
  const named = [input(resource, "imageName"), output(resource, "baseImageName"), output(resource, "imageName")];
  const { targets } = targetsOf([...new Set(named)].filter((raw) => !isUnknown(raw)));
  const skipPush = boolean(input(resource, "skipPush"));
  return [
    {
      is: "image",
      subject: subjectOf(resource, "docker Image"),
      scope: resource.scope,
      ...legacyBuild(resource),
      statedBy: "--platform",
      targets,
      moreTargets: targets.length === 0,
      targetsFrom: madeFrom(resource, "imageName"),
      digest: unknown("docker 3 does not tell the digest"),
      pushed: skipPush.state === "known" ? known(!skipPush.value) : known(true),
    },
  ];
}

/**
 * `awsx:ecr:Image`. From 2.0 on its build is its child; 1.x builds within the provider, and no resource tells of it.
 * Source: pulumi/pulumi-awsx, awsx/ecr/image.ts at v1.0.3, v2.19.0 and v2.20.0.
 */
export function readImageComponent(resource: Resource): ImageComponent[] {
  return [{ is: "image component", subject: subjectOf(resource, "image component"), scope: resource.scope }];
}
