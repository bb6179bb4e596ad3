/**
 * Which images the containers of a task definition run, and what those images are built for.
 *
 * A link is *seen* where known values are equal, *inferred* where the only sensible reading of the dependencies
 * makes it so, and *possible* where it merely may be; only the first two can deny (docs/architecture.md, "Links").
 */

import { parseImageReference, tagKey, type ImageReference } from "../platform/image-reference";
import { formatPlatform, type Platform } from "../platform/platform";
import { known, unknown, valueOf, type Fact } from "./fact";
import { declaredImages } from "./declared-images";
import { groupBy } from "./group-by";
import { imageInRegistry, pushedBefore, withDigest } from "./looked-up-images";
import type { Container, Image, Reference, Source, TaskDefinition } from "./model";
import { unknownAfter } from "./outside";
import type { Stack } from "./stack";

export type LinkCertainty = "seen" | "inferred" | "possible";

export interface ImageLink {
  readonly image: Image;
  readonly certainty: LinkCertainty;
  /** Why the link is not plain to see; empty for a seen one. */
  readonly because: string;
}

/** A link with the containers that it is about; none where it is not known which of them runs the image. */
export interface ContainerLink extends ImageLink {
  readonly containers: readonly Container[];
}

/** A container whose image the stack does not tell. */
export interface OpenContainer {
  readonly container: Container | undefined;
  readonly why: string;
  /** The image's text, where it is known and merely built elsewhere. */
  readonly reference?: string;
}

export interface TaskImages {
  readonly links: readonly ContainerLink[];
  readonly open: readonly OpenContainer[];
}

interface Resolution {
  readonly links: readonly ImageLink[];
  /** Why no link is certain; undefined where one is. */
  readonly why: string | undefined;
}

const ELSEWHERE = "no resource of this stack pushes it";

function seen(image: Image): ImageLink {
  return { image, certainty: "seen", because: "" };
}

function possible(images: readonly Image[], because: string): ImageLink[] {
  return images.map((image) => ({ image, certainty: "possible", because }));
}

function isPushed(image: Image): boolean {
  return valueOf(image.pushed) !== false;
}

function isSurelyPushed(image: Image): boolean {
  return valueOf(image.pushed) === true;
}

/** Some images of a repository are enough to suspect it; a repository may have thousands. */
const MAX_POSSIBLE = 20;

function firstPushed(images: Iterable<Image>, max: number): Image[] {
  const found: Image[] = [];
  for (const image of images) {
    if (isPushed(image)) {
      found.push(image);
    }
    if (found.length === max) {
      break;
    }
  }
  return found;
}

/** True if there is another image than this one among them; any at all, where none is given. */
function hasOther(images: Iterable<Image>, than?: Image): boolean {
  for (const image of images) {
    if (image !== than) {
      return true;
    }
  }
  return false;
}

/** Two builders of one tag are no contradiction if they build for the same platforms. */
function buildAlike(images: readonly Image[]): boolean {
  const offers = images.map((image) => {
    const platforms = valueOf(image.platforms);
    return platforms === undefined ? undefined : platforms.map(formatPlatform).sort().join();
  });
  return offers[0] !== undefined && offers.every((offer) => offer === offers[0]);
}

function localDependencies(): WeakMap<readonly string[], boolean> {
  return new WeakMap();
}

/** True if some of the resources are images that stay on the building machine. */
function dependsOnLocal(stack: Stack, from: readonly string[]): boolean {
  const found = stack.memo(localDependencies);
  const depends = found.get(from) ?? from.some((urn) => stack.at(urn, "image").some((image) => !isPushed(image)));
  found.set(from, depends);
  return depends;
}

/** The images of a tag. One that stays on the building machine is meant only if it is depended on. */
function imagesMeantBy(stack: Stack, tag: string, from: readonly string[]): readonly Image[] {
  return dependsOnLocal(stack, from) ? stack.imagesTagged(tag).filter((image) => isPushed(image) || stack.isAmong(image.subject.urn, from)) : stack.imagesPushedAs(tag);
}

/** The images that push this very tag. */
function byTag(stack: Stack, reference: ImageReference, from: readonly string[]): Resolution {
  const tag = tagKey(reference);
  const pushing = tag === undefined ? [] : imagesMeantBy(stack, tag, from);
  const [image] = pushing;
  if (image === undefined) {
    return { links: [], why: ELSEWHERE };
  }
  if (pushing.length > 1 && !buildAlike(pushing)) {
    const because = "several resources push this tag";
    return { links: possible(pushing, because), why: because };
  }
  if (!pushing.some((each) => isSurelyPushed(each) || stack.isAmong(each.subject.urn, from))) {
    const because = "it is not known whether it is pushed";
    return { links: possible(pushing, because), why: because };
  }
  if (stack.phase === "partial") {
    const because = "a resource that is not told of may push this tag too";
    return { links: possible(pushing, because), why: because };
  }
  const rival = stack.somethingPushesAnywhere(image) || hasOther(stack.imagesThatMayPushTo(reference.repository), image);
  const because = "nothing else is known to push this tag, though the destination of another image is not known yet";
  return {
    links: pushing.map((each) => (rival ? { image: each, certainty: "inferred", because } : seen(each))),
    why: undefined,
  };
}

/**
 * While resources are registered, digests are not told. A reference by digest then means the only image that is
 * pushed to its repository: a digest is computed from an image that was registered before.
 */
function soleImageOf(stack: Stack, reference: ImageReference, digest: string): Resolution {
  const tag = tagKey(reference);
  const tagged = tag === undefined ? firstPushed(stack.imagesPushedTo(reference.repository), 2) : stack.imagesPushedAs(tag);
  const others = stack.somethingPushesAnywhere() || hasOther(stack.imagesThatMayPushTo(reference.repository));
  const [image] = tagged;
  if (image === undefined) {
    const pushed = firstPushed(stack.imagesPushedTo(reference.repository), MAX_POSSIBLE);
    return { links: possible(pushed, "it is pushed to the same repository"), why: ELSEWHERE };
  }
  if (tagged.length > 1 || others || !isSurelyPushed(image)) {
    const because = "several images of this stack may be pushed to its repository, or none";
    return { links: possible(tagged, because), why: because };
  }
  const because = "it is the only image of this stack that is pushed to the repository";
  return { links: [{ image: withDigest(stack, image, digest), certainty: "inferred", because }], why: undefined };
}

function byDigest(stack: Stack, reference: ImageReference, digest: string): Resolution {
  const same = stack.imagesWithDigest(digest);
  if (same.length > 0) {
    return { links: same.map(seen), why: undefined };
  }
  if (stack.phase === "registration") {
    return soleImageOf(stack, reference, digest);
  }
  const related = possible(firstPushed(stack.imagesPushedTo(reference.repository), MAX_POSSIBLE), "it is pushed to the same repository, but not known to have this digest");
  return { links: related, why: "no image of this stack is known to have this digest" };
}

/** What the user declared about an image that the stack does not build; otherwise, what was found. */
function orDeclared(stack: Stack, text: string, found: Resolution): Resolution {
  if (found.links.some(({ certainty }) => certainty !== "possible")) {
    return found;
  }
  const declared = declaredImages(stack, text);
  if (declared.length > 1 && !buildAlike(declared)) {
    const because = "several builders are declared to push it";
    return { links: possible(declared, because), why: because };
  }
  return declared.length === 0 ? found : { links: declared.map(seen), why: undefined };
}

/**
 * True if what the registry holds now is what will be run: a digest never changes, and a tag only if this update pushes
 * it. While resources are registered, any later one may.
 */
function isSettled(stack: Stack, { repository, digest }: ImageReference, why: string | undefined): boolean {
  return digest !== undefined || (why === ELSEWHERE && stack.phase === "complete" && !hasOther(stack.imagesThatMayPushTo(repository)));
}

/** What its registry tells of an image that nothing in the stack builds and nobody declared; otherwise, what was found. */
function orLookedUp(stack: Stack, text: string, reference: ImageReference, found: Resolution, scope: string): Resolution {
  if (!stack.outside.knowsImages || found.why === undefined || !isSettled(stack, reference, found.why)) {
    return found;
  }
  const { image, answer } = imageInRegistry(stack, text, reference, scope);
  if (image === undefined) {
    return { ...found, why: unknownAfter(found.why, answer) };
  }
  const because = "nothing in the stack is known to push this tag, though the destination of an image is not known yet";
  const rival = reference.digest === undefined && stack.somethingPushesAnywhere();
  return { links: [rival ? { image, certainty: "inferred", because } : seen(image)], why: undefined };
}

/**
 * The images that a known reference names.
 * @param scope of what asks; undefined for a name that may also mean an image of the building machine, which no registry
 * can tell of
 */
function imagesNamed(stack: Stack, text: string, from: readonly string[], scope: string | undefined): Resolution {
  const reference = parseImageReference(text);
  if (reference === undefined) {
    return { links: [], why: "it is not an image reference" };
  }
  const found = reference.digest === undefined ? byName(stack, reference, from) : byDigest(stack, reference, reference.digest);
  const declared = orDeclared(stack, text, found);
  return scope === undefined ? declared : orLookedUp(stack, text, reference, declared, scope);
}

/** The images that push the tag, else those that may be meant because they push another one to its repository. */
function byName(stack: Stack, reference: ImageReference, from: readonly string[]): Resolution {
  const tagged = byTag(stack, reference, from);
  if (tagged.links.length > 0) {
    return tagged;
  }
  const related = [stack.imagesPushedTo(reference.repository), stack.imagesThatMayPushTo(reference.repository)].flatMap((images) => firstPushed(images, MAX_POSSIBLE));
  return { links: possible([...new Set(related)], "it is pushed to the same repository, under another tag"), why: tagged.why };
}

/** The only image that is pushed to a repository which this deployment creates: the repository holds nothing else. */
function soleImageOfNewRepository(stack: Stack, urn: string): ImageLink | undefined {
  const [repository] = stack.at(urn, "repository");
  if (repository?.url.state !== "unknown") {
    return undefined;
  }
  const images = firstPushed(stack.imagesMadeFor(urn), 2);
  const [image] = images;
  if (image === undefined || images.length > 1 || !isSurelyPushed(image) || stack.somethingPushesAnywhere()) {
    return undefined;
  }
  return { image, certainty: "inferred", because: `it is the only image pushed to the new repository \`${repository.subject.name}\`` };
}

/** The builds of a resource; of one that makes several different images it is not known which is meant. */
function imagesBeneath(stack: Stack, urn: string): readonly Image[] {
  if (stack.at(urn, "image component").length > 0) {
    return stack.children(urn, "image");
  }
  const images = stack.at(urn, "image");
  return images.length <= 1 || buildAlike(images) ? images.slice(0, 1) : [];
}

/**
 * The images that a value which is not known yet is made from: those named, the builds beneath a component, and
 * the only image of a new repository, unless an image of that repository is named itself.
 */
export function imagesMadeInto(stack: Stack, from: readonly string[]): readonly ImageLink[] {
  const found = stack.memo(linksBySources);
  const links = found.get(from) ?? findImagesMadeInto(stack, from);
  found.set(from, links);
  return links;
}

/** One list of resources may stand behind thousands of values. */
function linksBySources(): WeakMap<readonly string[], readonly ImageLink[]> {
  return new WeakMap();
}

function findImagesMadeInto(stack: Stack, from: readonly string[]): readonly ImageLink[] {
  const links = new Map<Image, ImageLink>();
  for (const image of from.flatMap((urn) => imagesBeneath(stack, urn))) {
    links.set(image, { image, certainty: "inferred", because: "the container definitions are made from this image" });
  }
  for (const urn of from) {
    const link = soleImageOfNewRepository(stack, urn);
    if (link !== undefined && !links.has(link.image)) {
      links.set(link.image, link);
    }
  }
  return [...links.values()];
}

function resolveContainer(stack: Stack, container: Container, from: readonly string[], scope: string): { links: ContainerLink[]; open: OpenContainer[] } {
  if (container.image.state !== "known") {
    const why = container.image.state === "unknown" ? container.image.why : "the container has no image";
    return { links: [], open: [{ container, why }] };
  }
  const { links, why } = imagesNamed(stack, container.image.value, from, scope);
  return {
    links: links.map((link) => ({ ...link, containers: [container] })),
    open: why === undefined ? [] : [{ container, why, reference: container.image.value }],
  };
}

/** One entry for each image, with all the containers that run it. */
function mergeByImage(links: readonly ContainerLink[]): ContainerLink[] {
  const order = new Map<Image, number>();
  const keyOf = ({ image, certainty }: ContainerLink): string => {
    const position = order.get(image) ?? order.size;
    order.set(image, position);
    return `${String(position)} ${certainty}`;
  };
  return [...groupBy(links, keyOf).values()].flatMap((group) => group.slice(0, 1).map((first) => ({ ...first, containers: group.flatMap(({ containers }) => containers) })));
}

/** Every image that the containers of a task definition run, as far as the stack tells. */
export function imagesOf(stack: Stack, task: TaskDefinition): TaskImages {
  const from = task.containersFrom ?? [];
  if (task.containers.state !== "known") {
    const why = task.containers.state === "unknown" ? task.containers.why : "it has no container definitions";
    const computed = task.containers.state === "unknown" ? imagesMadeInto(stack, from) : [];
    const links = computed.map((link) => ({ ...link, containers: [] }));
    return { links, open: links.length > 0 ? [] : [{ container: undefined, why }] };
  }
  const each = task.containers.value.map((container) => resolveContainer(stack, container, from, task.scope));
  const nameless = task.containers.value.filter((container) => container.image.state === "unknown");
  const linked = new Set(each.flatMap(({ links }) => links).filter(({ certainty }) => certainty !== "possible").map(({ image }) => image));
  const computed = nameless.length === 0 ? [] : imagesMadeInto(stack, from).filter(({ image }) => !linked.has(image));
  // Some of them are then made into something else: a variable that names another image, perhaps.
  const areTooMany = computed.length > nameless.length;
  const made = areTooMany ? possible(computed.map(({ image }) => image), "the container definitions are made from more images than they have containers for") : computed;
  const isOpen = areTooMany || made.length === 0;
  return {
    links: mergeByImage([...each.flatMap(({ links }) => links), ...made.map((link) => ({ ...link, containers: nameless.length === 1 ? nameless : [] }))]),
    open: each.flatMap(({ open }) => open).filter(({ container }) => isOpen || container?.image.state !== "unknown"),
  };
}

/** What an image offers, with the builds that decide it. */
export interface Offer {
  readonly platforms: Fact<readonly Platform[]>;
  /** The images whose platforms these are: the image itself, or what it is joined or copied from. */
  readonly builds: readonly Image[];
  /** Where the platforms come from, if not from those images: the registry that holds what was pushed. */
  readonly source?: Source;
  /** False where a source is only inferred; undefined sources make the platforms unknown. */
  readonly inferred: boolean;
}

/** Images copied from images copied from images … end somewhere; longer chains are not followed. */
const MAX_COPIES = 50;

/** Offers found so far on the way through copies and joins; an image on its own way is a circle. */
type Offers = Map<Image, Offer>;

/** On the machine that runs Docker a name means the local image of that name, pushed or not. */
function localImagesNamed(stack: Stack, image: Image, text: string): ImageLink[] {
  const reference = parseImageReference(text);
  const tag = reference === undefined || reference.digest !== undefined ? undefined : tagKey(reference);
  const local = tag === undefined ? [] : stack.imagesTagged(tag).filter((each) => each !== image && !isPushed(each));
  return local.length === 1 ? local.map(seen) : [];
}

/** The images that a source names; where its value is known but names none, the only image that it is made from. */
function sourceLinks(stack: Stack, image: Image, { value, from }: Reference): readonly ImageLink[] {
  const made = imagesMadeInto(stack, from ?? []);
  if (value.state !== "known") {
    return made;
  }
  const local = localImagesNamed(stack, image, value.value);
  const named = local.length > 0 ? local : imagesNamed(stack, value.value, from ?? [], undefined).links;
  const certain = named.filter((link) => link.certainty !== "possible" && link.image !== image);
  return certain.length > 0 || made.length !== 1 ? certain : made;
}

function offerOfSources(stack: Stack, image: Image, sources: readonly Reference[], found: Offers): Offer {
  const links = sources.map((source) => sourceLinks(stack, image, source));
  const builds = [...new Set(links.flat().map((link) => link.image))].filter((source) => source !== image);
  const nameless = sources.filter(({ value }) => value.state !== "known").length;
  const allKnown = links.every((each) => each.length > 0) && (nameless === 0 || builds.length === sources.length);
  if (!allKnown || builds.length === 0) {
    return { platforms: unknown("it is made from images that this stack does not build"), builds: [image], inferred: false };
  }
  const offers = builds.map((build) => offerAt(stack, build, found));
  const platforms: Platform[] = [];
  for (const offer of offers) {
    if (offer.platforms.state !== "known") {
      return { ...offer, platforms: offer.platforms };
    }
    for (const platform of offer.platforms.value) {
      platforms.push(platform);
    }
  }
  const inferred = offers.some((offer) => offer.inferred) || links.flat().some(({ certainty }) => certainty === "inferred");
  return { platforms: known(platforms), builds: offers.flatMap((offer) => offer.builds), inferred };
}

function offerAt(stack: Stack, image: Image, found: Offers): Offer {
  const before = found.get(image);
  if (before !== undefined) {
    return before;
  }
  if (image.sources === undefined || image.sources.length === 0) {
    return { platforms: image.platforms, builds: [image], inferred: false };
  }
  found.set(image, { platforms: unknown("it is a copy of itself"), builds: [image], inferred: false });
  if (found.size > MAX_COPIES) {
    return { platforms: unknown("it is a copy of a copy too many times over"), builds: [image], inferred: false };
  }
  const offer = offerOfSources(stack, image, image.sources, found);
  found.set(image, offer);
  return offer;
}

/**
 * The platforms of an image: what it pushed, where the registry tells; else its own, or those of the images it is joined
 * or copied from together.
 */
export function offerOf(stack: Stack, image: Image): Offer {
  const pushed = pushedBefore(stack, image);
  return pushed === undefined ? offerAt(stack, image, new Map()) : { platforms: known(pushed.platforms), builds: [image], source: pushed.source, inferred: false };
}
