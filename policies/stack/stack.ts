/**
 * All parts of a stack that are known so far, with indexes for the ways in which they refer to each other. It grows
 * while resources are registered and is complete when the engine analyzes the stack. Every question is answered
 * from an index, so that judging a stack takes time in proportion to its size.
 */

import { parseImageReference, tagKey } from "../platform/image-reference";
import type { Declarations } from "./declarations";
import { valueOf, type Fact } from "./fact";
import type { Image, ImageComponent, Part, Reference, Repository, TaskDefinition } from "./model";
import { NOTHING_OUTSIDE, type Outside } from "./outside";

/**
 * `registration`: more resources may follow, and computed values and dependencies are not told. `partial`: some resources
 * are not told of, and they may be any.
 */
export type Phase = "registration" | "partial" | "complete";

type PartOf<Is extends Part["is"]> = Extract<Part, { readonly is: Is }>;

/** A map from a key to everything that was filed under it. */
class Index<T> {
  private readonly entries = new Map<string, T[]>();

  add(key: string, item: T): void {
    const items = this.entries.get(key);
    if (items === undefined) {
      this.entries.set(key, [item]);
    } else {
      items.push(item);
    }
  }

  get(key: string): readonly T[] {
    return this.entries.get(key) ?? [];
  }
}

/** The texts by which other resources name a part: ARN and id as they are, names within their scope. */
function keysOf(part: Part): string[] {
  const fields = part as { arn?: Fact<string>; id?: Fact<string>; name?: Fact<string>; family?: Fact<string> };
  const keys = [fields.arn, fields.id].flatMap((fact) => (fact?.state === "known" ? fact.value : []));
  const names = [fields.name, fields.family].flatMap((fact) => (fact?.state === "known" ? `${part.scope} ${fact.value}` : []));
  return [...new Set([...keys, ...names])];
}

/** Of a repository whose name is not known; no repository is called so. */
const ANY_NAME = "";

/**
 * The names that the ECR repository of a reference can have: what follows the host, or, in the public gallery, what
 * follows the registry's alias too. Source: Amazon ECR Public user guide, public registries (registry_alias/name).
 */
function namesOf(repository: string): readonly string[] {
  const path = repository.slice(repository.indexOf("/") + 1);
  return repository.startsWith("public.ecr.aws/") ? [path.slice(path.indexOf("/") + 1)] : [path];
}

function mayBePushed({ pushed }: Image): boolean {
  return valueOf(pushed) !== false;
}

function partsAmong(): Map<Part["is"], WeakMap<readonly string[], readonly Part[]>> {
  return new Map();
}

function setsOfUrns(): WeakMap<readonly string[], ReadonlySet<string>> {
  return new WeakMap();
}

export class Stack {
  private readonly partsByUrn = new Map<string, ReadonlySet<Part>>();
  private readonly partsByKind = new Map<Part["is"], Set<Part>>();
  private readonly parents = new Map<string, string>();
  private readonly partsByParent = new Index<Part>();
  private readonly partsByKey = new Index<Part>();
  private readonly imagesByTag = new Index<Image>();
  /** Without those that stay on the building machine. */
  private readonly pushedByTag = new Index<Image>();
  private readonly pushedByRepository = new Index<Image>();
  private readonly imagesByDigest = new Index<Image>();
  private readonly imagesByRepository = new Index<Image>();
  /** By `repository:tag`, or by `repository` where the image is named by its digest alone. */
  private readonly tasksByImage = new Index<TaskDefinition>();
  private readonly repositoriesByUrl = new Index<Repository>();
  private readonly repositoriesByName = new Index<Repository>();
  private readonly looseByRepository = new Index<Image>();
  /**
   * Builders that may push to any repository. A component is one as long as its builds are not registered: they
   * follow later in the update.
   */
  private readonly pushingAnywhere = new Set<Image | ImageComponent>();
  /** Images with unknown targets that are not sorted into the two above yet. */
  private unsorted: Image[] = [];
  private readonly memos = new Map<(stack: Stack) => unknown, unknown>();

  constructor(
    readonly phase: Phase,
    readonly declarations: Declarations,
    readonly outside: Outside = NOTHING_OUTSIDE,
  ) {}

  /** Files what a resource is. A resource that is seen again takes the place of what was known of it. */
  add(urn: string, parent: string | undefined, parts: readonly Part[]): void {
    this.memos.clear();
    if (parent !== undefined) {
      this.parents.set(urn, parent);
    }
    for (const part of this.partsByUrn.get(urn) ?? []) {
      this.partsByKind.get(part.is)?.delete(part);
      this.pushingAnywhere.delete(part as Image | ImageComponent);
    }
    if (parts.length === 0 && !this.partsByUrn.has(urn)) {
      return;
    }
    this.partsByUrn.set(urn, new Set(parts));
    for (const part of parts) {
      const kind = this.partsByKind.get(part.is) ?? new Set();
      this.partsByKind.set(part.is, kind.add(part));
      if (parent !== undefined) {
        this.partsByParent.add(parent, part);
      }
      this.index(part);
    }
  }

  private index(part: Part): void {
    for (const key of keysOf(part)) {
      this.partsByKey.add(`${part.is} ${key}`, part);
    }
    switch (part.is) {
      case "image":
        this.indexImage(part);
        this.settleComponents(part.subject.urn);
        break;
      case "image component":
        if (this.children(part.subject.urn, "image").length === 0) {
          this.pushingAnywhere.add(part);
        }
        break;
      case "repository":
        this.indexRepository(part);
        break;
      case "task definition":
        this.indexTask(part);
        break;
      default:
        break;
    }
  }

  private indexImage(image: Image): void {
    for (const tag of new Set(image.targets.flatMap((target) => tagKey(target) ?? []))) {
      this.imagesByTag.add(tag, image);
      if (mayBePushed(image)) {
        this.pushedByTag.add(tag, image);
      }
    }
    for (const repository of new Set(image.targets.map((target) => target.repository))) {
      this.imagesByRepository.add(repository, image);
      if (mayBePushed(image)) {
        this.pushedByRepository.add(repository, image);
      }
    }
    const digest = valueOf(image.digest);
    if (digest !== undefined) {
      this.imagesByDigest.add(digest, image);
    }
    if (image.moreTargets) {
      this.unsorted.push(image);
    }
  }

  /** A component whose build is registered pushes what that build pushes, and nothing else. */
  private settleComponents(urn: string): void {
    const parent = this.parents.get(urn);
    for (const component of parent === undefined ? [] : this.at(parent, "image component")) {
      this.pushingAnywhere.delete(component);
    }
  }

  private indexTask(task: TaskDefinition): void {
    const images = (valueOf(task.containers) ?? []).flatMap((container) => valueOf(container.image) ?? []);
    const references = images.flatMap((image) => parseImageReference(image) ?? []);
    for (const key of new Set(references.map((reference) => tagKey(reference) ?? reference.repository))) {
      this.tasksByImage.add(key, task);
    }
  }

  private indexRepository(repository: Repository): void {
    const url = valueOf(repository.url);
    const name = valueOf(repository.name);
    if (url !== undefined) {
      this.repositoriesByUrl.add(url, repository);
    } else {
      this.repositoriesByName.add(name ?? ANY_NAME, repository);
    }
  }

  /** A resource seen twice leaves its first version in the indexes; only the last one counts. */
  private current<T extends Part>(parts: Iterable<T>): readonly T[] {
    return [...this.eachCurrent(parts)];
  }

  /** The same, one at a time: a repository may have thousands of images, of which a caller wants the first two. */
  private *eachCurrent<T extends Part>(parts: Iterable<T>): Iterable<T> {
    for (const part of parts) {
      if (this.partsByUrn.get(part.subject.urn)?.has(part) === true) {
        yield part;
      }
    }
  }

  /** The repositories that a destination is made from, also where it is the name that another image was given. */
  private repositoriesBehind(urns: readonly string[]): readonly string[] {
    const found: string[] = [];
    const queue = new Set(urns);
    // A set goes on to the items that are added on the way, and takes each once: a circle of names ends.
    for (const urn of queue) {
      if (this.at(urn, "repository").length > 0) {
        found.push(urn);
      }
      for (const { targets, targetsFrom } of this.at(urn, "image")) {
        (targets.length === 0 ? (targetsFrom ?? []) : []).forEach((each) => queue.add(each));
      }
    }
    return found;
  }

  /** Files the images whose targets are not known under the repositories that the targets are made from. */
  private sortLooseImages(): void {
    for (const image of this.eachCurrent(this.unsorted)) {
      const repositories = this.repositoriesBehind(image.targetsFrom ?? []);
      for (const urn of repositories) {
        this.looseByRepository.add(urn, image);
      }
      if (repositories.length === 0) {
        this.pushingAnywhere.add(image);
      }
    }
    this.unsorted = [];
  }

  /**
   * The task definitions that an image, just added, may be meant by: those that name one of its tags, and, as long as
   * it is alone in its repository, those that name a digest there.
   */
  tasksConcernedBy(image: Image): readonly TaskDefinition[] {
    const tags = image.targets.flatMap((target) => tagKey(target) ?? []);
    const alone = image.targets.map(({ repository }) => repository).filter((repository) => this.isAloneIn(repository, image));
    return this.current(new Set([...tags, ...alone].flatMap((key) => this.tasksByImage.get(key))));
  }

  private isAloneIn(repository: string, image: Image): boolean {
    for (const other of this.eachCurrent(this.imagesByRepository.get(repository))) {
      if (other !== image) {
        return false;
      }
    }
    return true;
  }

  /** What `make` finds out about the stack, found out once: until another part is added. */
  memo<T>(make: (stack: Stack) => T): T {
    if (!this.memos.has(make)) {
      this.memos.set(make, make(this));
    }
    return this.memos.get(make) as T;
  }

  /** True if it holds nothing that has to do with the CPU. */
  get isEmpty(): boolean {
    return this.partsByUrn.size === 0;
  }

  /** All parts of a kind, in the order in which they were added. */
  all<Is extends Part["is"]>(is: Is): readonly PartOf<Is>[] {
    return [...(this.partsByKind.get(is) ?? [])] as PartOf<Is>[];
  }

  /** The parts of a kind that a resource is: none, one, or several (one command may push several images). */
  at<Is extends Part["is"]>(urn: string, is: Is): readonly PartOf<Is>[] {
    return [...(this.partsByUrn.get(urn) ?? [])].filter((part): part is PartOf<Is> => part.is === is);
  }

  /** The parts of a kind that are direct children of a resource. */
  children<Is extends Part["is"]>(urn: string, is: Is): readonly PartOf<Is>[] {
    return this.current(this.partsByParent.get(urn)).filter((part): part is PartOf<Is> => part.is === is);
  }

  /**
   * The one part that a reference names: by a known ARN or id, by a known name within the same provider and region,
   * or, while its value is not known, because it is made from no other part of that kind, and nothing else of its
   * property can be meant. Undefined for everything that is elsewhere or ambiguous.
   * @param isMeant false for parts of the kind that the property cannot name, though they may have the same name
   */
  resolve<Is extends Part["is"]>(is: Is, reference: Reference, scope: string, isMeant: (part: PartOf<Is>) => boolean = () => true): PartOf<Is> | undefined {
    const found =
      reference.value.state === "known"
        ? this.named(is, reference.value.value, scope)
        : reference.value.state === "unknown" && reference.isOneOfSeveral !== true
          ? this.among(is, reference.from ?? [])
          : [];
    const [part, ...others] = new Set(found.filter(isMeant));
    return others.length === 0 ? part : undefined;
  }

  /** The parts of a kind among resources. One list of resources may stand behind thousands of references. */
  private among<Is extends Part["is"]>(is: Is, urns: readonly string[]): readonly PartOf<Is>[] {
    const found = this.memo(partsAmong);
    const ofKind = found.get(is) ?? new WeakMap<readonly string[], readonly Part[]>();
    found.set(is, ofKind);
    const parts = ofKind.get(urns) ?? urns.flatMap((urn) => this.at(urn, is));
    ofKind.set(urns, parts);
    return parts as readonly PartOf<Is>[];
  }

  /** True if a resource is one of those that a value is made from. */
  isAmong(urn: string, urns: readonly string[]): boolean {
    const sets = this.memo(setsOfUrns);
    const set = sets.get(urns) ?? new Set(urns);
    sets.set(urns, set);
    return set.has(urn);
  }

  private named<Is extends Part["is"]>(is: Is, key: string, scope: string): readonly PartOf<Is>[] {
    const exact = this.partsByKey.get(`${is} ${key}`);
    return this.current(exact.length > 0 ? exact : this.partsByKey.get(`${is} ${scope} ${key}`)) as readonly PartOf<Is>[];
  }

  imagesTagged(tag: string): readonly Image[] {
    return this.current(this.imagesByTag.get(tag));
  }

  /** Those of them that are not known to stay on the building machine. */
  imagesPushedAs(tag: string): readonly Image[] {
    return this.current(this.pushedByTag.get(tag));
  }

  imagesWithDigest(digest: string): readonly Image[] {
    return this.current(this.imagesByDigest.get(digest));
  }

  /** The images with a known target in the repository, without those that stay on the building machine. */
  imagesPushedTo(repository: string): Iterable<Image> {
    return this.eachCurrent(this.pushedByRepository.get(repository));
  }

  /** The images that push to a repository of the stack, as far as their targets are made from it. */
  imagesMadeFor(repositoryUrn: string): Iterable<Image> {
    this.sortLooseImages();
    return this.eachCurrent(this.looseByRepository.get(repositoryUrn));
  }

  /** True if something, other than one image, may push to any repository at all, as its destination is not known. */
  somethingPushesAnywhere(except?: Image): boolean {
    this.sortLooseImages();
    for (const part of this.pushingAnywhere) {
      if (part !== except) {
        return true;
      }
    }
    return false;
  }

  /** The images that may push to the repository though their targets are not known. */
  *imagesThatMayPushTo(repository: string): Iterable<Image> {
    const byName = [...namesOf(repository), ANY_NAME].flatMap((name) => this.repositoriesByName.get(name));
    for (const each of this.current([...this.repositoriesByUrl.get(repository), ...byName])) {
      yield* this.imagesMadeFor(each.subject.urn);
    }
  }
}
