/**
 * Which builders' images a task runs, as far as it is known in each kind of operation (design.md, "Links"): computed from
 * how the world's containers name their images, not from resources.
 */

import { builderOf, codeBuildArch, comesFirst, hasDigestOutput, hasReferenceOutput, repositoryOf, tagOf } from "../names";
import { pick, type App, type Builder, type Phase, type Repository, type Spelled, type Task, type Use, type World } from "../world";

export interface Link {
  readonly builder: Builder;
  readonly certainty: "seen" | "inferred" | "either";
  /** The names of the containers, where they are known. */
  readonly kind: string;
  /** Whether the resources registered before tell it already, at an update. */
  readonly isEarly: boolean;
  /** Not certain by the letter of design.md, and not excluded either. */
  readonly isOpen: boolean;
  /** Concluded while resources are registered, and given up when the whole stack is known. */
  readonly isOnlyEarly?: true;
}

/** The platforms that are known of an image; undefined where nobody states them, or nobody can know. */
export function offerOf(world: World, builder: Builder): readonly Spelled[] | undefined {
  const { kind, platforms } = builder;
  const first = platforms[0];
  switch (kind) {
    case "docker, build as text":
      return undefined;
    case "docker":
      return first === undefined ? [{ text: `linux/${world.host}`, os: "linux", architecture: world.host }] : [first];
    case "docker 3":
    case "registry image":
    case "pulled, tagged, pushed":
    case "awsx": {
      const all = kind === "awsx" ? platforms : platforms.slice(0, 1);
      return first === undefined ? undefined : all;
    }
    case "codebuild": {
      const arch = codeBuildArch(builder);
      return first === undefined ? [{ text: `linux/${arch}`, os: "linux", architecture: arch }] : platforms;
    }
    default:
      return first === undefined ? undefined : platforms;
  }
}

/** The offer at a first preview, where some properties are computed later. */
export function offerAt(world: World, app: App, builder: Builder, phase: Phase): readonly Spelled[] | undefined {
  const isText = ["command", "remote command", "codebuild"].includes(builder.kind);
  return isText && !isUrlKnown(repositoryOf(app, builder), phase) ? undefined : offerOf(world, builder);
}

export function isUrlKnown(repository: Repository, phase: Phase): boolean {
  return phase !== "firstPreview" || repository.kind === "literal" || repository.exists;
}

/** The images that a builder pushes to its repository: an index has its parts there too. */
function pushes(builder: Builder): number {
  if (builder.kind === "docker-build, local") {
    return 0;
  }
  return builder.kind === "index" ? 1 + Math.max(1, builder.platforms.length) : 1;
}

function buildersIn(app: App, repository: Repository): Builder[] {
  return app.builders.filter((builder) => repositoryOf(app, builder) === repository);
}

/** True if something of the world may push anywhere, as its destination is not known and made from no repository. */
export function somethingIsLoose(world: World, phase: Phase): boolean {
  const isLoose = (app: App, builder: Builder): boolean => builder.kind === "awsx" && !isUrlKnown(repositoryOf(app, builder), phase);
  return phase === "firstPreview" && (world.wanderers > 0 || world.apps.some((app) => app.builders.some((builder) => isLoose(app, builder))));
}

/** Whether the text of a container's image is known. */
function isTextKnown(app: App, use: Use, phase: Phase): boolean {
  const builder = builderOf(app, use);
  if (builder === undefined || use.how === "lookalike" || phase !== "firstPreview") {
    return true;
  }
  const isUrl = isUrlKnown(repositoryOf(app, builder), phase);
  return isUrl && (use.how === "output" || use.how === "digest" ? isOutputKnownEarly(builder, use.how) : true);
}

/** Outputs that a first preview knows where all inputs are known: docker-build builds then already. */
function isOutputKnownEarly(builder: Builder, how: "output" | "digest"): boolean {
  switch (builder.kind) {
    case "docker-build":
    case "docker-build, local":
    case "awsx":
    case "index":
      return true;
    case "docker-build, exports":
      // It has no reference, so `output` is its tag's text.
      return true;
    case "docker-build, late":
      return how === "output";
    case "docker":
    case "docker, build as text":
    case "registry image":
    case "pulled, tagged, pushed":
      return how === "output";
    case "docker 3":
    case "command":
    case "remote command":
    case "codebuild":
      return true;
  }
}

/** What a container's text says of the image: its digest, or its tag. */
function saysDigest(builder: Builder, use: Use, phase: Phase): boolean {
  if (use.how === "digest") {
    return hasDigestOutput(builder);
  }
  const isRef = ["docker-build", "docker-build, late", "awsx", "index"].includes(builder.kind);
  return use.how === "output" && isRef && !(builder.kind === "docker-build, late" && phase === "firstPreview");
}

/** `repository:tag@digest` names a tag too; `repository@digest` does not. */
function saysTag(builder: Builder, use: Use): boolean {
  if (use.how === "digest") {
    return builder.kind === "index" || !hasDigestOutput(builder);
  }
  return !(use.how === "output" && builder.kind === "awsx");
}

function isPushed({ kind }: Builder): boolean {
  return kind !== "docker-build, local";
}

function sameOffer(world: World, one: Builder, other: Builder): boolean {
  // An index tells its platforms through its parts, a copy through its source; neither is compared with another builder.
  const tells = ({ kind }: Builder): boolean => kind !== "index" && kind !== "pulled, tagged, pushed";
  const [left, right] = [one, other].map((builder) => offerOf(world, builder)?.map(normal).sort().join());
  return tells(one) && tells(other) && left !== undefined && left === right;
}

function normal({ os, architecture, variant }: Spelled): string {
  return `${os}/${architecture}/${variant ?? ""}`;
}

/** The builders that push what the builder pushes: `repository:tag`. */
function sameTag(app: App, builder: Builder): Builder[] {
  return buildersIn(app, repositoryOf(app, builder)).filter((other) => isPushed(other) && tagOf(other) === tagOf(builder));
}

/** How a task refers to images, besides by their texts. */
interface Dependence {
  readonly isDependedOn: (builder: Builder) => boolean;
  /** True if the builders are registered after the task. */
  readonly comesFirst: boolean;
}

function open(builders: readonly Builder[]): Link[] {
  return builders.map((builder) => ({ builder, certainty: "either", kind: "possible: several builders of one tag", isEarly: false, isOpen: true }));
}

/** Links by a reference with a tag that is known. */
function byTag(world: World, app: App, builder: Builder, phase: Phase, { isDependedOn, comesFirst: isFirst }: Dependence): Link[] {
  const pushed = sameTag(app, builder);
  const local = buildersIn(app, repositoryOf(app, builder)).filter((other) => !isPushed(other) && tagOf(other) === tagOf(builder) && isDependedOn(other));
  if (local.length > 0 && pushed.length + local.length > 1) {
    // The text means what the others push, the dependency the image that stays where it is built.
    return open([...pushed, ...local]);
  }
  const tagged = [...pushed, ...local];
  const [first] = tagged;
  if (first === undefined) {
    return [];
  }
  if (tagged.length > 1 && !tagged.every((each) => sameOffer(world, each, first))) {
    // What is registered second is judged before the third is.
    return phase === "update" && isFirst ? open(tagged) : [];
  }
  const certainty = somethingIsLoose(world, phase) ? "inferred" : "seen";
  const kind = certainty === "seen" ? "seen: tag" : "inferred: tag, though another destination is unknown";
  return tagged.map((each) => ({ builder: each, certainty, kind, isEarly: isPushed(each), isOpen: false }));
}

/** True if one image alone is pushed to the repository of the builder. */
function isAlone(app: App, builder: Builder): boolean {
  return buildersIn(app, repositoryOf(app, builder)).reduce((sum, each) => sum + pushes(each), 0) === 1 && pushes(builder) === 1;
}

/** Links by a digest that is known, where the builder tells the same one. */
function byDigest(app: App, builder: Builder, use: Use, phase: Phase): Link[] {
  const tagged = saysTag(builder, use) ? sameTag(app, builder) : [];
  const isEarly = tagged.length > 0 ? tagged.length === 1 && isPushed(builder) : isAlone(app, builder);
  // During an update the digest itself is not told before everything is registered.
  const isInferred = phase === "update" && isEarly;
  // Said early it is inferred; at the end, when digests are told, it is seen.
  const other = isPushed(builder) ? [] : byForeignDigest(app, builder, phase).map((link) => ({ ...link, isOpen: true }));
  return [...other, { builder, certainty: isInferred ? "either" : "seen", kind: isInferred ? "inferred: the only image of its repository, by digest" : "seen: digest", isEarly, isOpen: false }];
}

/**
 * During an update a digest that nobody tells means the only image that is pushed to its repository. Kinds whose digest is
 * never told are meant by that too.
 */
function byForeignDigest(app: App, builder: Builder, phase: Phase, isFirst = false): Link[] {
  const repository = repositoryOf(app, builder);
  const [alone, ...others] = buildersIn(app, repository).filter(isPushed);
  if (phase === "update" && isFirst && alone !== undefined) {
    // The first of them that is registered is alone for a while.
    return open([alone, ...others]).map((link) => ({ ...link, isOnlyEarly: true }));
  }
  if (phase !== "update" || alone === undefined || others.length > 0 || pushes(alone) !== 1) {
    return [];
  }
  return [{ builder: alone, certainty: "inferred", kind: "inferred: the only image of its repository, by digest", isEarly: true, isOpen: false, isOnlyEarly: true }];
}

/** Links of a container whose image is known as text. */
function byText(world: World, app: App, use: Use, phase: Phase, dependence: Dependence): Link[] {
  const builder = builderOf(app, use);
  if (builder === undefined || use.how === "lookalike" || use.how === "other tag" || use.how === "public") {
    return [];
  }
  if (use.how === "other digest") {
    return byForeignDigest(app, builder, phase, dependence.comesFirst);
  }
  if (saysDigest(builder, use, phase)) {
    return byDigest(app, builder, use, phase);
  }
  return byTag(world, app, builder, phase, dependence);
}

/** The builders whose outputs a container's image is made from. */
function isMadeFrom(app: App, use: Use, builder: Builder): boolean {
  const named = builderOf(app, use);
  if (named !== builder) {
    return false;
  }
  return use.how === "output" ? hasReferenceOutput(builder) : use.how === "digest" && hasDigestOutput(builder);
}

/** The repositories that a container's image is made from: those whose URL it has, and awsx's own. */
function madeFromRepository(app: App, use: Use): Repository | undefined {
  const builder = builderOf(app, use);
  if (builder === undefined || use.how === "lookalike") {
    return undefined;
  }
  const repository = repositoryOf(app, builder);
  const isReference = isMadeFrom(app, use, builder) && use.how === "output" && builder.kind !== "awsx";
  const isOwnDigest = use.how === "digest" && ["docker", "docker, build as text", "index"].includes(builder.kind);
  return repository.kind === "literal" || isReference || isOwnDigest ? undefined : repository;
}

/** What a pack can conclude of definitions that it does not know from what they are made from. */
function byDependency(world: World, app: App, task: Task, phase: Phase): Link[] {
  const named = app.builders.filter((builder) => task.containers.some((use) => isMadeFrom(app, use, builder)) && isRegistered(app, builder, phase));
  const links = named.map((builder): Link => ({ builder, certainty: "inferred", kind: builder.kind === "awsx" ? "inferred: made from an awsx image" : "inferred: made from the image", isEarly: false, isOpen: false }));
  for (const repository of new Set(task.containers.flatMap((use) => madeFromRepository(app, use) ?? []))) {
    const [alone, ...others] = buildersIn(app, repository).filter(isPushed);
    const isNew = !isUrlKnown(repository, phase);
    if (isNew && alone !== undefined && others.length === 0 && pushes(alone) === 1 && !somethingIsLoose(world, phase) && !named.includes(alone)) {
      links.push({ builder: alone, certainty: "inferred", kind: "inferred: the only image of a new repository", isEarly: false, isOpen: false });
    }
  }
  return links;
}

/** An awsx image has no build as long as its repository's URL is not known. */
function isRegistered(app: App, builder: Builder, phase: Phase): boolean {
  return builder.kind !== "awsx" || isUrlKnown(repositoryOf(app, builder), phase);
}

/** One link for each image; of several, what is sure of one of them is sure. */
function merged(links: readonly Link[]): Link[] {
  const byName = new Map<string, Link>();
  for (const link of links) {
    const before = byName.get(link.builder.name) ?? link;
    const { isOnlyEarly, ...always } = before;
    byName.set(link.builder.name, {
      ...always,
      certainty: before.certainty === link.certainty ? link.certainty : "either",
      isEarly: link.isEarly || before.isEarly,
      isOpen: link.isOpen && before.isOpen,
      ...(isOnlyEarly === true && link.isOnlyEarly === true ? { isOnlyEarly } : {}),
    });
  }
  return [...byName.values()];
}

/** Every image that the task is known to run. */
export function linksOf(world: World, app: App, task: Task, phase: Phase): Link[] {
  if (task.definitions === "unknown from outside") {
    return [];
  }
  const isOutside = task.definitions === "known from outside";
  const isIgnored = task.definitions === "changes ignored";
  const isPartKnown = phase !== "firstPreview" || !task.hasComputedPart;
  const isKnown = task.containers.map((use) => isTextKnown(app, use, phase));
  const isDependedOn = (builder: Builder): boolean => !isOutside && !isIgnored && task.containers.some((use) => isMadeFrom(app, use, builder));
  // A JSON text is unknown as a whole; structured definitions keep what is known. From elsewhere they come as one value.
  const isStructured = task.form === "aws-native" && !isOutside;
  if (!isStructured && !(isPartKnown && isKnown.every((each) => each))) {
    return isOutside || isIgnored ? [] : byDependency(world, app, task, phase);
  }
  const known = task.containers.filter((_use, index) => isKnown[index]).flatMap((use) => byText(world, app, use, phase, { isDependedOn, comesFirst: comesFirst(app, task) }));
  const hasUnknown = isKnown.includes(false);
  const computed = hasUnknown && !isIgnored ? byDependency(world, app, task, phase) : [];
  const linked = new Set(known.map(({ builder }) => builder));
  return merged([...known, ...computed.filter(({ builder }) => !linked.has(builder))]);
}

/** Why the containers that have no link have none; these are counted, and must never deny. */
export function missingLinks(world: World, app: App, task: Task, phase: Phase): string[] {
  const linked = new Set(linksOf(world, app, task, phase).map(({ builder }) => builder.name));
  const outside = task.definitions.endsWith("from outside") ? [`outside: definitions ${task.definitions}`] : [];
  const ignored = task.definitions === "changes ignored" && phase === "firstPreview" ? ["outside: changes are ignored"] : [];
  const dependsOn = task.dependsOn.flatMap((place) => pick(app.builders, place) ?? []).filter(({ name }) => !linked.has(name));
  const uses = task.containers.flatMap((use): string[] => {
    const builder = builderOf(app, use);
    if (builder === undefined) {
      return ["outside: a public image"];
    }
    if (linked.has(builder.name)) {
      return [];
    }
    switch (use.how) {
      case "other tag":
        return ["possible: another tag of its repository"];
      case "other digest":
        return ["possible: another digest of its repository"];
      case "lookalike":
        return ["possible: a name that looks alike"];
      default:
        return [reasonOf(world, app, builder, phase)];
    }
  });
  return [...outside, ...ignored, ...dependsOn.map(() => "possible: dependsOn alone"), ...uses];
}

function reasonOf(world: World, app: App, builder: Builder, phase: Phase): string {
  if (!isPushed(builder)) {
    return "possible: an image that is not pushed";
  }
  if (sameTag(app, builder).length > 1) {
    return "possible: several builders of one tag";
  }
  if (phase !== "firstPreview") {
    return "unknown: the image's reference";
  }
  return buildersIn(app, repositoryOf(app, builder)).length > 1 ? "possible: one of several images of a repository" : somethingIsLoose(world, phase) ? "possible: another destination is unknown" : "unknown: definitions made from nothing that tells";
}
