/**
 * What a manifest tells of the platforms of an image.
 * Sources: OCI image-spec (image-index.md, manifest.md, config.md, media-types.md), distribution (Image Manifest Version 2,
 * Schema 2), BuildKit (docs/attestations/attestation-storage.md).
 */

import { isObject } from "../../platform/object";
import { parsePlatform, type Platform } from "../../platform/platform";
import { LookupFailure } from "../failure";

const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
const DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

/** For the header `Accept`: the kinds of manifests that are read here. */
export const MANIFEST_TYPES = [OCI_INDEX, DOCKER_LIST, OCI_MANIFEST, DOCKER_MANIFEST].join(", ");

const CONFIG_TYPES: readonly unknown[] = ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];

/** A manifest: the platforms that it lists, or where the only one is described. */
export type Manifest = { readonly platforms: readonly Platform[] } | { readonly config: string };

const ODD = "its registry holds something that is no image as known here";

function odd(): never {
  throw new LookupFailure(ODD);
}

function field(raw: unknown, key: string): unknown {
  return isObject(raw) && Object.hasOwn(raw, key) ? raw[key] : undefined;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return odd();
  }
}

/** `{ os, architecture, variant }`, as entries of an index and configs have it. */
function platformOf(raw: unknown): Platform {
  const words = ["os", "architecture", "variant"].map((key) => field(raw, key));
  const [os, architecture, variant] = words;
  if (typeof os !== "string" || typeof architecture !== "string" || !words.every((word) => word === undefined || (typeof word === "string" && !word.includes("/")))) {
    return odd();
  }
  const end = typeof variant === "string" && variant !== "" ? `/${variant}` : "";
  return parsePlatform(`${os}/${architecture}${end}`) ?? odd();
}

/** BuildKit keeps provenance and SBOM beside the images, as manifests for no platform. */
function isAttestation(entry: unknown): boolean {
  const platform = field(entry, "platform");
  return field(field(entry, "annotations"), "vnd.docker.reference.type") !== undefined || (field(platform, "os") === "unknown" && field(platform, "architecture") === "unknown");
}

function platformsOf(entries: readonly unknown[]): readonly Platform[] {
  const images = entries.filter((entry) => !isAttestation(entry));
  if (images.length === 0) {
    return odd();
  }
  return images.map((entry) => {
    const type = field(entry, "mediaType");
    return type === OCI_MANIFEST || type === DOCKER_MANIFEST ? platformOf(field(entry, "platform")) : odd();
  });
}

/**
 * Reads a manifest. Whatever is older or newer than these kinds, and whatever is not understood in full, tells nothing.
 * @param contentType of the answer; a manifest's own `mediaType` goes before it
 * @throws LookupFailure for anything else than an image
 */
export function readManifest(text: string, contentType: string): Manifest {
  const manifest = parseJson(text);
  const type = field(manifest, "mediaType") ?? contentType.split(";")[0]?.trim();
  if (field(manifest, "schemaVersion") !== 2) {
    return odd();
  }
  if (type === OCI_INDEX || type === DOCKER_LIST) {
    const entries = field(manifest, "manifests");
    return Array.isArray(entries) ? { platforms: platformsOf(entries) } : odd();
  }
  const config = field(manifest, "config");
  const digest = field(config, "digest");
  const isImage = (type === OCI_MANIFEST || type === DOCKER_MANIFEST) && CONFIG_TYPES.includes(field(config, "mediaType"));
  return isImage && typeof digest === "string" && /^sha256:[0-9a-f]{64}$/.test(digest) ? { config: digest } : odd();
}

/** The platform in the config of an image. @throws LookupFailure where it names none that is known */
export function readConfig(text: string): Platform {
  return platformOf(parseJson(text));
}
