/** Images of a task as sides of a disagreement: what they offer, and how sure that is. */

import { valueOf } from "./fact";
import type { Certainty, ImageSide } from "./finding";
import type { ContainerLink, Offer } from "./images";
import type { Container } from "./model";

/** An image that a task runs, with platforms that are known. */
export interface Offered {
  readonly link: ContainerLink;
  readonly side: ImageSide;
  readonly certainty: Certainty;
  readonly because: string;
}

/** The containers' names; a container without one is named by its place. */
export function containerNames(containers: readonly Container[]): string[] {
  return containers.map((container) => valueOf(container.name) ?? `number ${String(container.index + 1)}`);
}

/** How sure a finding about a link can be: as sure as the link itself, and as the link to what it is joined from. */
function certaintyOf(link: ContainerLink, offer: Offer): Certainty {
  if (link.certainty === "possible") {
    return "suspected";
  }
  return link.certainty === "inferred" || offer.inferred ? "inferred" : "certain";
}

/** The image as a side of a finding; undefined where its platforms are not known. */
export function offeredBy(link: ContainerLink, offer: Offer): Offered | undefined {
  if (offer.platforms.state !== "known") {
    return undefined;
  }
  const [first] = offer.builds;
  const isItself = offer.builds.length === 1 && first === link.image;
  return {
    link,
    side: {
      image: link.image,
      platforms: offer.platforms.value,
      containers: containerNames(link.containers),
      builds: isItself ? [] : offer.builds,
      source: offer.source ?? (first === undefined ? link.image.source : first.source),
    },
    certainty: certaintyOf(link, offer),
    because: link.because,
  };
}
