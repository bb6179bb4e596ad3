/**
 * What a reading of a shell command says about container images, and the few fixed texts that it is said with.
 * A command may hold secrets, so nothing here ever repeats its words, except image references and platforms.
 */
import { formatPlatform, type Platform } from "../platform";

/**
 * The text that stands for an unknown value inside a string: Pulumi writes it where an output is not known yet.
 * The shell's own unknowns (`$(...)`, unset variables) are marked with it as well.
 */
export const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Why a platform cannot be read. */
export type UnknownWhy =
  /** The platform is written, but with a variable or in words that name no platform. */
  | "the platform is not a plain text"
  /** A word that only the shell knows may hold any option. */
  | "an argument that is not known may hold options"
  | "DOCKER_DEFAULT_PLATFORM is not known"
  | "it runs under a condition"
  /** The image was in the local store, or in the registry, before this command. */
  | "the image is made elsewhere"
  /** A command in between, or an unknown name, may have changed the image. */
  | "the image may have been replaced"
  | "the tool picks the platform by itself"
  | "its parts are not all known";

/** The platforms of one image. */
export type PlatformReading =
  /** Stated in so many words. */
  | { readonly kind: "known"; readonly platforms: readonly [Platform, ...Platform[]] }
  /** Not stated: the machine that runs the command decides. */
  | { readonly kind: "not-stated" }
  /** `images` are the references looked for, where they are known and made elsewhere: the image is them together. */
  | { readonly kind: "unknown"; readonly why: UnknownWhy; readonly images?: readonly string[] };

export interface CommandImage {
  /** As the command writes it, or undefined if it has none or is not known before the command runs. */
  readonly reference: string | undefined;
  readonly platforms: PlatformReading;
  /** Fit for a message: `--platform linux/arm64`, `no --platform`, or why it is unknown. */
  readonly how: string;
  /** The tool that decided the platform: `docker build`, `podman pull`, ... */
  readonly tool: string;
}

/**
 * Why a command may do more to images than was read.
 * "a command that could not be followed" covers bad syntax and texts too long or too deep to read.
 */
export type Opacity =
  | "a program that may build or push images by itself"
  | "a program whose name is not known before it runs"
  | "a command that could not be followed"
  | "text that the shell makes while it runs"
  | "a container that may build or push images";

export interface CommandReading {
  /** In order; each known reference once, as its last push leaves it. */
  readonly pushes: readonly CommandImage[];
  /** Images built and not pushed by this command, one entry a tag, as they are in the local store at its end. */
  readonly builds: readonly CommandImage[];
  /** Set if the command may build or push more than is listed, under the listed names too: the first reason met. */
  readonly opaque?: Opacity;
}

export function unknown(why: UnknownWhy, ...images: readonly string[]): PlatformReading {
  return images.length === 0 ? { kind: "unknown", why } : { kind: "unknown", why, images };
}

export const NOT_STATED: PlatformReading = { kind: "not-stated" };

/** `linux/amd64,linux/arm64`: for messages, and to compare. */
export function formatPlatforms(platforms: readonly Platform[]): string {
  return [...new Set(platforms.map(formatPlatform))].sort().join(",");
}

/** Equal text for readings that say the same. */
export function readingKey(reading: PlatformReading): string {
  switch (reading.kind) {
    case "known":
      return formatPlatforms(reading.platforms);
    case "not-stated":
      return "";
    case "unknown":
      return `?${[reading.why, ...(reading.images ?? [])].join(" ")}`;
  }
}

/** An index of indexes of indexes can have any number of parts; of more than these, none is named. */
const MAX_IMAGES = 256;

/** The platforms of an index made of the given images. */
export function unite(readings: readonly PlatformReading[]): PlatformReading {
  const platforms = readings.flatMap((reading) => (reading.kind === "known" ? reading.platforms : []));
  const [first, ...rest] = platforms;
  if (first !== undefined && readings.every((reading) => reading.kind === "known")) {
    return { kind: "known", platforms: [first, ...rest] };
  }
  const [only, ...others] = readings;
  if (only !== undefined && others.length === 0) {
    return only;
  }
  const elsewhere = readings.map((reading) => (reading.kind === "unknown" ? (reading.images ?? []) : []));
  const images = new Set(elsewhere.flat());
  const areAllNamed = elsewhere.every((each) => each.length > 0) && images.size <= MAX_IMAGES;
  return areAllNamed ? unknown("its parts are not all known", ...images) : unknown("its parts are not all known");
}
