/**
 * Images as their registry holds them: those that nothing in the stack builds, and what a build of the stack has really
 * pushed.
 */

import type { ImageReference } from "../platform/image-reference";
import type { Platform } from "../platform/platform";
import { ABSENT, known, valueOf } from "./fact";
import type { Image, Source } from "./model";
import { lookedUp, type Answer, type Found } from "./outside";
import type { Stack } from "./stack";

/** What a look-up of an image came to: the image, or why there is none; neither where it was not asked for. */
export interface LookedUpImage {
  readonly image: Image | undefined;
  readonly answer: Answer<readonly Platform[]> | undefined;
}

function imageOf(text: string, target: ImageReference, scope: string, found: Found<readonly Platform[]>): Image {
  return {
    is: "image",
    subject: { urn: `image ${text}`, kind: "image", name: text },
    scope,
    platforms: known(found.value),
    source: lookedUp("built elsewhere", found),
    statedBy: "registry",
    targets: [target],
    moreTargets: false,
    targetsFrom: [],
    digest: target.digest === undefined ? ABSENT : known(target.digest),
    pushed: known(true),
  };
}

function imagesByReference(): Map<string, LookedUpImage> {
  return new Map();
}

/** The image that a reference names in its registry: the same one for the same reference. */
export function imageInRegistry(stack: Stack, text: string, target: ImageReference, scope: string): LookedUpImage {
  const all = stack.memo(imagesByReference);
  const key = `${scope} ${text}`;
  const answer = stack.outside.image(target, scope);
  const looked = all.get(key) ?? { image: answer?.state === "known" ? imageOf(text, target, scope, answer) : undefined, answer };
  all.set(key, looked);
  return looked;
}

/** What a build of the stack is known to have pushed, by its digest; undefined where that is not known. */
export function pushedBefore(stack: Stack, image: Image): { readonly platforms: readonly Platform[]; readonly source: Source } | undefined {
  const digest = valueOf(image.digest);
  const [target] = image.targets;
  if (!stack.outside.knowsImages || digest === undefined || target === undefined || image.statedBy === "registry" || valueOf(image.pushed) === false) {
    return undefined;
  }
  const answer = stack.outside.image({ repository: target.repository, digest }, image.scope);
  return answer?.state === "known" ? { platforms: answer.value, source: lookedUp(image.source.text, answer) } : undefined;
}

function imagesByDigest(): Map<string, Map<Image, Image>> {
  return new Map();
}

/** The image with the digest that it was pushed under, which its resource does not tell while it is registered. */
export function withDigest(stack: Stack, image: Image, digest: string): Image {
  if (!stack.outside.knowsImages || image.digest.state === "known") {
    return image;
  }
  const all = stack.memo(imagesByDigest);
  const ofDigest = all.get(digest) ?? new Map<Image, Image>();
  all.set(digest, ofDigest);
  const same = ofDigest.get(image) ?? { ...image, digest: known(digest) };
  ofDigest.set(image, same);
  return same;
}
