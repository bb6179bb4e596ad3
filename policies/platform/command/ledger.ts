/**
 * Keeps account of images while a command is read: which tags of the local stores were built or pulled for which
 * platforms, which manifest lists were put together, and what was pushed.
 */
import { parseImageReference } from "../image-reference";
import { isKnown } from "./options";
import {
  NOT_STATED,
  readingKey,
  unite,
  unknown,
  UNKNOWN_TEXT,
  type CommandImage,
  type CommandReading,
  type Opacity,
  type PlatformReading,
} from "./reading";

/** An image of a local store or a registry, whatever its names. */
export interface Made {
  readonly platforms: PlatformReading;
  readonly how: string;
  readonly tool: string;
  /** Number of the build that made it, if one did. */
  readonly build?: number;
}

/** More distinct platforms than this under unknown names, and every entry counts as replaceable. */
const MAX_WILD = 32;

/** A longer manifest list is not followed. */
const MAX_PARTS = 64;

/** Two spellings of one reference get one key; a reference that is not fully known is its own key. */
function referenceKey(reference: string): string {
  const parsed = isKnown(reference) ? parseImageReference(reference) : undefined;
  return parsed === undefined ? reference : `${parsed.repository}:${parsed.tag ?? ""}@${parsed.digest ?? ""}`;
}

/** A Pulumi output within a reference carries no name, so two such texts may be equal and mean different images. */
function isAmbiguous(reference: string): boolean {
  return reference.split(UNKNOWN_TEXT).slice(1).some((rest) => !rest.startsWith("{"));
}

/**
 * Images by reference. An image under a reference that is not known may have taken the place of any other entry,
 * so such writes are remembered, by what they wrote and when.
 */
class ReferenceTable {
  private readonly entries = new Map<string, { readonly made: Made; readonly at: number }>();
  private readonly wild = new Map<string, number>();
  private forgotten = false;
  private clock = 0;

  set(place: string, reference: string, made: Made): void {
    this.clock += 1;
    const key = `${place} ${referenceKey(reference)}`;
    const before = this.entries.get(key)?.made;
    const clash = before !== undefined && isAmbiguous(reference) && readingKey(before.platforms) !== readingKey(made.platforms);
    this.entries.set(key, { made: clash ? { ...made, platforms: unknown("the image may have been replaced") } : made, at: this.clock });
    if (!isKnown(reference)) {
      this.wild.set(this.wild.size < MAX_WILD ? readingKey(made.platforms) : "any", this.clock);
    }
  }

  /** Everything may be changed from here on. */
  forget(): void {
    this.entries.clear();
    this.forgotten = true;
  }

  get(place: string, reference: string): Made | "replaced" | undefined {
    const entry = this.entries.get(`${place} ${referenceKey(reference)}`);
    if (entry === undefined) {
      return this.forgotten || this.wild.size > 0 ? "replaced" : undefined;
    }
    const own = readingKey(entry.made.platforms);
    const overwritten = [...this.wild].some(([key, at]) => key !== own && at > entry.at);
    return overwritten ? "replaced" : entry.made;
  }
}

function resolve(found: Made | "replaced" | undefined, reference: string, tool: string): Made {
  if (found === undefined) {
    const platforms = isKnown(reference) ? unknown("the image is made elsewhere", reference) : unknown("the image is made elsewhere");
    return { platforms, how: "the image is made elsewhere", tool };
  }
  if (found === "replaced") {
    return { platforms: unknown("the image may have been replaced"), how: "the image may have been replaced", tool };
  }
  return found;
}

export class Ledger {
  private readonly local = new ReferenceTable();
  private readonly registry = new ReferenceTable();
  private readonly lists = new Map<string, Map<string, PlatformReading>>();
  private readonly pushes = new Map<string, CommandImage>();
  private readonly builds = new Map<string, { readonly image: CommandImage; readonly build: number; readonly store: string }>();
  private readonly pushedBuilds = new Set<number>();
  private buildCount = 0;
  private reason: Opacity | undefined;

  /** Above zero while a command is read that may not run, or not run to its end. */
  doubt = 0;

  opaque(reason: Opacity): void {
    this.reason ??= reason;
    this.local.forget();
    this.lists.clear();
  }

  /** What stays known of an image made under a condition: only what was so before as well. */
  private doubted(made: Made, before: Made | "replaced" | undefined): Made {
    const same = typeof before === "object" && readingKey(before.platforms) === readingKey(made.platforms);
    return this.doubt === 0 || same ? made : { ...made, platforms: unknown("it runs under a condition"), how: "it runs under a condition" };
  }

  setLocal(store: string, reference: string, made: Made): void {
    this.local.set(store, reference, this.doubted(made, this.local.get(store, reference)));
  }

  findLocal(store: string, reference: string, tool: string): Made {
    return resolve(this.local.get(store, reference), reference, tool);
  }

  /** The local store, and for what is not there the registry, as podman and buildah look. */
  findAnywhere(store: string, reference: string, tool: string): Made {
    const found = this.local.get(store, reference);
    return found === undefined ? this.findPushed(reference, tool) : resolve(found, reference, tool);
  }

  findPushed(reference: string, tool: string): Made {
    return resolve(this.registry.get("", reference), reference, tool);
  }

  /** Local images may all be others from here on; `docker load` does that. */
  forgetLocal(): void {
    this.local.forget();
  }

  /** Opens a build; its number goes into {@link Made}. */
  nextBuild(): number {
    this.buildCount += 1;
    return this.buildCount;
  }

  /** @param reference undefined for an image that got no name in the store */
  addBuild(store: string, reference: string | undefined, made: Made): void {
    const build = made.build ?? 0;
    const { platforms, how, tool } = this.doubted(made, undefined);
    const known = reference !== undefined && isKnown(reference) ? reference : undefined;
    const key = known === undefined ? `#${build} ${reference ?? ""}` : referenceKey(known);
    this.builds.set(key, { image: { reference: known, platforms, how, tool }, build, store });
  }

  push(reference: string | undefined, made: Made): void {
    const known = reference !== undefined && isKnown(reference) ? reference : undefined;
    const before = reference === undefined ? undefined : this.registry.get("", reference);
    const pushed = this.doubted(made, before);
    const { platforms, how, tool } = pushed;
    this.registry.set("", reference ?? UNKNOWN_TEXT, pushed);
    const key = known === undefined ? `? ${tool} ${how} ${readingKey(platforms)}` : referenceKey(known);
    this.pushes.delete(key);
    this.pushes.set(key, { reference: known, platforms, how, tool });
    if (made.build !== undefined && this.doubt === 0) {
      this.pushedBuilds.add(made.build);
    }
  }

  /** Adds a part to a manifest list, which is made if it is not there. */
  addToList(store: string, list: string, part: string, platforms: PlatformReading): void {
    const key = `${store} ${referenceKey(list)}`;
    const parts = this.lists.get(key) ?? new Map<string, PlatformReading>();
    const name = parts.size < MAX_PARTS ? referenceKey(part) : "";
    parts.set(name, this.doubt === 0 && name !== "" ? platforms : unknown("its parts are not all known"));
    this.lists.set(key, parts);
  }

  partOfList(store: string, list: string, part: string): PlatformReading | undefined {
    return this.lists.get(`${store} ${referenceKey(list)}`)?.get(referenceKey(part));
  }

  hasList(store: string, list: string): boolean {
    return this.lists.has(`${store} ${referenceKey(list)}`);
  }

  clearList(store: string, list: string): void {
    if (this.doubt === 0 && !isAmbiguous(list)) {
      this.lists.delete(`${store} ${referenceKey(list)}`);
    }
  }

  listPlatforms(store: string, list: string): PlatformReading {
    const parts = this.lists.get(`${store} ${referenceKey(list)}`);
    return parts === undefined || parts.size === 0 ? unknown("its parts are not all known") : unite([...parts.values()]);
  }

  /** The built image as the store holds it at the end, when other commands may push it. */
  private asLeft(store: string, image: CommandImage): CommandImage {
    const left = image.reference === undefined ? undefined : this.local.get(store, image.reference);
    const isSame = typeof left === "object" && readingKey(left.platforms) === readingKey(image.platforms);
    return image.reference === undefined || isSame ? image : { ...image, ...describe(unknown("the image may have been replaced"), "") };
  }

  result(): CommandReading {
    const builds = [...this.builds.values()]
      .filter(({ build }) => !this.pushedBuilds.has(build))
      .map(({ image, store }) => this.asLeft(store, image));
    const pushes = [...this.pushes.values()];
    return this.reason === undefined ? { pushes, builds } : { pushes, builds, opaque: this.reason };
  }
}

/** A reading with the words that go with it. */
export function describe(platforms: PlatformReading, how: string): Pick<Made, "platforms" | "how"> {
  switch (platforms.kind) {
    case "known":
      return { platforms, how };
    case "not-stated":
      return { platforms: NOT_STATED, how: "no --platform" };
    case "unknown":
      return { platforms, how: platforms.why };
  }
}
