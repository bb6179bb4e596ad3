/**
 * Links between stacks that are checked together: what one of them refers to by a value that is known, and that only the
 * other can mean. docs/check.md, "Several stacks", tells the rule.
 *
 * Two stacks at a time are one model, seen from the one that refers. The danger is two environments that are called alike
 * everywhere, in other accounts or regions. So names are comparable within one stack only, and what may cross is:
 * - ARNs with a region and an account, ids that EC2 makes up, and digests of images: they are the same nowhere else;
 * - tags of images, only where the one stack reads the outputs of the other through a StackReference.
 * None of these crosses if the own stack has it too, or a third one: then it is not clear which is meant.
 * What is said of one stack alone stays as it is; a link adds findings about the two, and never a mere suspicion.
 */

import { isFault, type Judging, type ReadResource, type StackMember, type Verdict } from "../policies/judging";
import { parseImageReference, tagKey } from "../policies/platform/image-reference";
import { isObject } from "../policies/platform/object";
import { isOfInterest, partsOf } from "../policies/read";
import type { Resource } from "../policies/read/resource";
import { known, unknown, valueOf, type Fact } from "../policies/stack/fact";
import type { Finding, PolicyName, Undetermined } from "../policies/stack/finding";
import type { Image, Part, Reference, TaskDefinition } from "../policies/stack/model";

/** A resource as its own stack sees it, and as another one does. */
interface LinkableResource {
  readonly own: ReadResource;
  readonly foreign: ReadResource;
}

/** A stack, as far as links need to know it. */
export interface Linkable {
  readonly stack: string | undefined;
  readonly project: string | undefined;
  readonly references: readonly string[];
  /** Its resources that matter; empty where some of its resources are missing, for they may be any. */
  readonly resources: readonly LinkableResource[];
  /** What was judged of it alone. */
  readonly judging: Judging;
}

/** What the rules say with another stack at hand. */
interface Told {
  readonly policy: PolicyName;
  readonly findings: readonly Finding[];
  readonly undetermined: readonly Undetermined[];
}

/** Marks what belongs to the other stack of a pair: its URNs, and the scope of its names. Types and names stay readable in it. */
const OTHER = "other|";

/**
 * True for what AWS makes up once: an ARN of an account's region, or an id. The account of zeros is what local stand-ins
 * for AWS have, each the same things. Source: AWS General Reference, ARN format; EC2 user guide, resource IDs (17 signs).
 */
function isUnique(value: string): boolean {
  const [, account] = /^arn:aws[\w-]*:[\w-]+:[\w-]+:(\d{12}):./.exec(value) ?? [];
  return account === undefined ? /^[a-z]{1,8}-[0-9a-f]{17}$/.test(value) : account !== "000000000000";
}

function isDigest(value: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(value);
}

/** What a stack has, by the values that others can name it by. */
interface Identities {
  /** ARNs, ids and digests. */
  readonly unique: ReadonlySet<string>;
  /** `repository:tag` of what it pushes. */
  readonly tags: ReadonlySet<string>;
  /** Every text that it names something by, of those three kinds. */
  readonly named: ReadonlySet<string>;
}

/** Longer texts are no references of images. */
const MAX_REFERENCE = 500;

function keysOfReference(text: string): string[] {
  const reference = text.length > MAX_REFERENCE ? undefined : parseImageReference(text);
  return reference === undefined ? [] : [tagKey(reference), reference.digest].filter((key) => key !== undefined);
}

/** All texts within a part, as they are, and what they name if they are references of images. */
function textsIn(raw: unknown, found: Set<string>): void {
  if (typeof raw === "string") {
    found.add(raw);
    keysOfReference(raw).forEach((key) => found.add(key));
  } else if (Array.isArray(raw)) {
    raw.forEach((item) => textsIn(item, found));
  } else if (isObject(raw)) {
    Object.values(raw).forEach((value) => textsIn(value, found));
  }
}

/** The facts by which other resources name a part, whatever it is. */
function idsOf(part: Part): string[] {
  const { arn, id } = part as { arn?: Fact<string>; id?: Fact<string> };
  return [arn, id].flatMap((fact) => (fact === undefined ? [] : (valueOf(fact) ?? [])));
}

function identitiesOf(resources: readonly LinkableResource[]): Identities {
  const [unique, tags, named] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const part of resources.flatMap(({ own }) => own.parts)) {
    idsOf(part).filter(isUnique).forEach((id) => unique.add(id));
    if (part.is === "image") {
      [valueOf(part.digest) ?? ""].filter(isDigest).forEach((digest) => unique.add(digest));
      part.targets.forEach((target) => tags.add(tagKey(target) ?? ""));
    }
    textsIn(part, named);
  }
  return { unique, tags, named };
}

/** True if one stack reads the outputs of the other: the last parts of the name that its program gives are those of the other. */
function refersTo({ project, references }: Linkable, other: Linkable): boolean {
  return references.some((name) => {
    const [stack = "", ...front] = name.split("/").reverse();
    const ofProject = front.length >= 2 ? front[0] : project;
    return stack === other.stack && ofProject === other.project;
  });
}

function isSameStack(one: Linkable, other: Linkable): boolean {
  return one.stack === other.stack && one.project === other.project;
}

interface Pair {
  readonly own: Identities;
  readonly others: Identities;
  /** True if the own stack reads the outputs of the other. */
  readonly isConnected: boolean;
  /** What more than one stack has. */
  readonly shared: ReadonlySet<string>;
  /** `project/stack` of the other. */
  readonly otherName: string;
}

/** True if the own stack names something that the other has. */
function isLinked({ own, others, isConnected, shared }: Pair): boolean {
  const isMeant = (key: string): boolean => own.named.has(key) && !shared.has(key);
  return [...others.unique].some(isMeant) || (isConnected && [...others.tags].some(isMeant));
}

/** The resource with its URN, those of its neighbours and the scope of its names marked as the other stack's. */
function ofOther(resource: Resource): Resource {
  const mark = (urn: string): string => `${OTHER}${urn}`;
  const made = resource.propertyDependencies && Object.entries(resource.propertyDependencies);
  return {
    ...resource,
    urn: mark(resource.urn),
    ancestors: resource.ancestors.map(mark),
    scope: mark(resource.scope),
    propertyDependencies: made && Object.fromEntries(made.map(([key, urns]) => [key, urns.map(mark)])),
  };
}

const PRIVATE = "it means something in the other stack only";

/** A reference of the other stack that must not lead to what the own stack pushes: that is looked at from the other side. */
function withoutOwnTags(fact: Fact<string>, { own }: Pair): Fact<string> {
  return fact.state === "known" && keysOfReference(fact.value).some((key) => own.tags.has(key)) ? unknown(PRIVATE) : fact;
}

function shownImage(image: Image, pair: Pair): Image {
  const { own, isConnected, shared } = pair;
  const isShown = (key: string | undefined): boolean => key === undefined || !own.named.has(key) || (isConnected && !shared.has(key));
  const digest = valueOf(image.digest);
  const sources = image.sources?.map((source): Reference => ({ ...source, value: withoutOwnTags(source.value, pair) }));
  return {
    ...image,
    targets: image.targets.filter((target) => isShown(tagKey(target))),
    digest: digest !== undefined && (!isDigest(digest) || shared.has(digest)) ? unknown(PRIVATE) : image.digest,
    ...(sources === undefined ? {} : { sources }),
  };
}

function shownTask(task: TaskDefinition, pair: Pair): TaskDefinition {
  const { containers } = task;
  return containers.state === "known" ? { ...task, containers: known(containers.value.map((each) => ({ ...each, image: withoutOwnTags(each.image, pair) }))) } : task;
}

/** An ARN or id that may be the same elsewhere, told apart from others' without becoming unknown. */
function ownId(fact: Fact<string> | undefined, { shared }: Pair): Fact<string> | undefined {
  return fact?.state === "known" && (!isUnique(fact.value) || shared.has(fact.value)) ? known(`${OTHER}${fact.value}`) : fact;
}

/** A part of the other stack as the own stack may see it. */
function shown(part: Part, pair: Pair): Part {
  const { arn, id } = part as { arn?: Fact<string>; id?: Fact<string> };
  const ids = { ...(arn === undefined ? {} : { arn: ownId(arn, pair) }), ...(id === undefined ? {} : { id: ownId(id, pair) }) };
  return { ...shownKind(part, pair), ...ids } as Part;
}

function shownKind(part: Part, pair: Pair): Part {
  switch (part.is) {
    case "image":
      return shownImage(part, pair);
    case "task definition":
      return shownTask(part, pair);
    case "ami":
      // Messages tell of it as a source only, by its name.
      return { ...part, subject: { ...part.subject, name: `${part.subject.name} in stack ${pair.otherName}` } };
    default:
      return part;
  }
}

function isOfOther(urn: string): boolean {
  return urn.startsWith(OTHER);
}

/** The URNs of all subjects of a finding. */
function urnsIn(raw: unknown, found: Set<string>, seen = new Set<unknown>()): Set<string> {
  if (typeof raw !== "object" || raw === null || seen.has(raw)) {
    return found;
  }
  seen.add(raw);
  for (const [key, value] of Object.entries(raw)) {
    if (key === "urn" && typeof value === "string" && value.includes("urn:pulumi:")) {
      found.add(value);
    }
    urnsIn(value, found, seen);
  }
  return found;
}

/**
 * The finding as the stack of its subject says it: URNs without their mark, and each resource of the other stack with the
 * name of that stack. What was one object stays one, for messages compare them.
 */
function settled<T>(raw: T, isAtHome: (urn: string) => boolean, nameOf: (urn: string) => string, made = new Map<unknown, unknown>()): T {
  if (typeof raw === "string") {
    return (raw.startsWith(`${OTHER}urn:`) ? raw.slice(OTHER.length) : raw) as T;
  }
  if (typeof raw !== "object" || raw === null) {
    return raw;
  }
  if (!made.has(raw)) {
    const copy: unknown[] | Record<string, unknown> = Array.isArray(raw) ? [] : {};
    made.set(raw, copy);
    const { urn, kind } = raw as { urn?: unknown; kind?: unknown };
    const isForeign = typeof urn === "string" && typeof kind === "string" && urn.includes("urn:pulumi:") && !isAtHome(urn);
    Object.assign(copy, Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, settled(value as unknown, isAtHome, nameOf, made)])), isForeign ? { stack: nameOf(urn) } : {});
  }
  return made.get(raw) as T;
}

function nameOf({ project, stack }: Linkable): string {
  return `${project ?? ""}/${stack ?? ""}`;
}

/** Findings that the own stack takes part in, each with the stack that it stands in. */
function crossing(findings: readonly Finding[], own: Linkable, other: Linkable): { at: Linkable; finding: Finding }[] {
  return findings.flatMap((finding) => {
    const urns = [...urnsIn(finding, new Set())];
    if (finding.certainty === "suspected" || urns.every(isOfOther)) {
      return [];
    }
    const isForeign = isOfOther(finding.subject.urn);
    const isAtHome = (urn: string): boolean => isOfOther(urn) === isForeign;
    return [{ at: isForeign ? other : own, finding: settled(finding, isAtHome, (urn) => nameOf(isOfOther(urn) ? other : own)) }];
  });
}

function tell(verdicts: ReadonlyMap<PolicyName, Verdict>): Told[] {
  return [...verdicts].flatMap(([policy, verdict]) => (isFault(verdict) ? [] : [{ policy, ...verdict }]));
}

function entryOf({ policy, subject, part }: Undetermined): string {
  return [policy, subject.urn, part].join("|");
}

/** Judges one stack with another at hand. */
function link(own: Linkable, other: Linkable, pair: Pair): void {
  const foreign = other.resources.map(({ foreign: resource }) => ({ ...resource, parts: resource.parts.map((part) => shown(part, pair)) }));
  const told = tell(own.judging.judgeParts([...own.resources.map((resource) => resource.own), ...foreign]));
  for (const { policy, findings, undetermined } of told) {
    const crossed = crossing(findings, own, other);
    for (const stack of [own, other]) {
      stack.judging.addFindings(policy, crossed.filter(({ at }) => at === stack).map(({ finding }) => finding));
    }
    const open = new Map(undetermined.filter(({ subject }) => !isOfOther(subject.urn)).map((entry) => [entryOf(entry), settled(entry, (urn) => !isOfOther(urn), () => nameOf(other))]));
    own.judging.setUndetermined(policy, (before) => {
      const known = new Set(before.map(entryOf));
      return [...before.filter((entry) => open.has(entryOf(entry))), ...[...open].filter(([key]) => !known.has(key)).map(([, entry]) => entry)];
    });
  }
}

/** What more than one of the stacks has. */
function sharedBy(all: readonly Identities[]): ReadonlySet<string> {
  const [once, more] = [new Set<string>(), new Set<string>()];
  for (const key of all.flatMap(({ unique, tags }) => [...unique, ...tags])) {
    (once.has(key) ? more : once).add(key);
  }
  return more;
}

/** Reads the resources of a stack that matter, once for itself and once for others. What cannot be read is told by its own stack. */
export function linkableResources<Member extends StackMember>(members: readonly Member[], read: (member: Member) => Resource): LinkableResource[] {
  return members
    .filter(({ type }) => isOfInterest(type))
    .sort((a, b) => (a.urn < b.urn ? -1 : 1))
    .flatMap((member) => {
      try {
        const resource = read(member);
        const parent = member.parent?.urn;
        const own = { urn: resource.urn, parent, parts: partsOf(resource) };
        return [{ own, foreign: { urn: `${OTHER}${resource.urn}`, parent: parent === undefined ? undefined : `${OTHER}${parent}`, parts: partsOf(ofOther(resource)) } }];
      } catch {
        return [];
      }
    });
}

/**
 * Links each two stacks of which one names something that only the other has, and adds what that tells to what was judged
 * of each alone. A stack that is given twice, or two that are called alike, are linked with nothing: which of them is
 * meant is not known.
 */
export function linkStacks(stacks: readonly Linkable[]): void {
  const single = stacks.filter((stack) => stacks.every((other) => other === stack || !isSameStack(stack, other)));
  const all = single.filter(({ resources }) => resources.length > 0).map((stack) => ({ stack, identities: identitiesOf(stack.resources) }));
  const shared = sharedBy(all.map(({ identities }) => identities));
  for (const { stack, identities } of all) {
    for (const other of all.filter((each) => each.stack !== stack)) {
      const pair: Pair = { own: identities, others: other.identities, isConnected: refersTo(stack, other.stack), shared, otherName: nameOf(other.stack) };
      if (isLinked(pair)) {
        link(stack, other.stack, pair);
      }
    }
  }
}
