/**
 * The map of a stack: which task runs which images on which capacity, with what the rules concluded of each pair, in the
 * words that a page shows. Nothing is judged here.
 */

import { containersOf, instancePlatforms } from "../../policies/report/sides";
import { describe, hostPlatform, listed, named, plain, platforms, stated } from "../../policies/report/words";
import type { SaidComparison } from "../../policies/saying";
import type { AmiWithType, ComparedImage, ImageWithCapacity, ImageWithTask, Outcome, TaskWithCapacity } from "../../policies/stack/comparison";
import { keyOf, type InstancesSide } from "../../policies/stack/finding";
import { groupBy } from "../../policies/stack/group-by";
import type { Subject } from "../../policies/stack/model";

export type Mark = "agree" | "disagree" | "unknown";

/** One end of a pair: what it is, its platform, and where that comes from. */
export interface Node {
  readonly title: string;
  readonly platform: string;
  readonly lines: readonly string[];
}

/** One pair with its mark. */
export interface Edge {
  readonly node: Node;
  readonly mark: Mark;
  /** Why it is not known; empty else. */
  readonly why: string;
  readonly isExempt: boolean;
  /** What a report about it is found by; undefined where there is none. */
  readonly key: string | undefined;
}

/** A task definition, with its images on one side and what it runs on on the other. */
export interface TaskOnMap {
  readonly node: Node;
  readonly images: readonly Edge[];
  readonly places: readonly Edge[];
  readonly mark: Mark;
}

/** An AMI, with the instance types that it is started on. */
export interface AmiOnMap {
  readonly node: Node;
  readonly types: readonly Edge[];
  readonly mark: Mark;
}

export interface StackMap {
  readonly tasks: readonly TaskOnMap[];
  readonly amis: readonly AmiOnMap[];
}

type Said<T> = Omit<SaidComparison, "comparison"> & { readonly comparison: T };

const WEIGHT: Readonly<Record<Mark, number>> = { disagree: 0, unknown: 1, agree: 2 };

/** The mark that asks for most attention. */
function worst(marks: readonly Mark[]): Mark {
  return [...marks].sort((a, b) => WEIGHT[a] - WEIGHT[b])[0] ?? "unknown";
}

function byWeight<T extends { readonly mark: Mark }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => WEIGHT[a.mark] - WEIGHT[b.mark]);
}

function edgeOf(node: Node, outcome: Outcome, isExempt: boolean): Edge {
  const finding = outcome.is === "agree" ? undefined : outcome.finding;
  return { node, mark: outcome.is, why: outcome.is === "unknown" ? plain(outcome.why) : "", isExempt, key: finding === undefined ? undefined : keyOf(finding) };
}

/** The same end may be compared several times, for each way to start a task or each type: it is drawn once, with its worst mark. */
function joinAlike(edges: readonly Edge[]): Edge[] {
  return [...groupBy(edges, ({ node }) => JSON.stringify([node.title, node.platform, node.lines])).values()].flatMap((alike) => byWeight(alike).slice(0, 1));
}

function imageNode({ containers, subject, reference, platforms: offered }: ComparedImage): Node {
  return {
    title: subject === undefined ? (reference === undefined ? "an image" : `image ${named(reference)}`) : describe(subject),
    platform: offered === undefined ? "platform not known" : platforms(offered),
    lines: containers.length === 0 ? [] : [containersOf(containers).replace("C", "c")],
  };
}

function isOf<T extends SaidComparison["comparison"]["of"]>(of: T) {
  return (said: SaidComparison): said is Said<Extract<SaidComparison["comparison"], { of: T }>> => said.comparison.of === of;
}

/** An image that nothing could be said of against its task alone is judged by the instances that the task reaches. */
function imageEdges(withTask: readonly Said<ImageWithTask>[], withCapacity: readonly Said<ImageWithCapacity>[]): Edge[] {
  const all = [...withTask, ...withCapacity];
  return joinByNode(all.map(({ comparison: { image, outcome }, isExempt }) => edgeOf(imageNode(image), outcome, isExempt)));
}

function joinByNode(edges: readonly Edge[]): Edge[] {
  return byWeight(joinAlike(edges));
}

function chainOf(chain: readonly Subject[]): string {
  return chain.map(describe).join(" → ");
}

/** The platform only where it is not the same for all. */
function instancesLines(side: InstancesSide, isOnly: boolean): string[] {
  const chain = chainOf(side.chain);
  return [isOnly ? chain : `${instancePlatforms(side)}: ${chain}`, plain(side.text)].filter((text) => text !== "");
}

const MAX_SIDES = 6;

function placeNode({ launcher, capacity, instances, requirement }: TaskWithCapacity): Node {
  const sides = instances.slice(0, MAX_SIDES).flatMap((side) => instancesLines(side, instances.length === 1));
  const more = instances.length > MAX_SIDES ? [`and ${String(instances.length - MAX_SIDES)} more`] : [];
  const by = `started by ${describe(launcher.subject)}`;
  switch (capacity) {
    case "Fargate":
      return { title: "Fargate", platform: hostPlatform(requirement?.host ?? {}), lines: [by] };
    case "instances":
      return { title: "EC2 instances", platform: platformOfAll(instances), lines: [by, ...sides, ...more] };
    case "unknown":
      return { title: "capacity not known", platform: "platform not known", lines: [by] };
  }
}

function platformOfAll(instances: readonly InstancesSide[]): string {
  const all = [...new Set(instances.filter(({ architectures }) => architectures.length > 0).map(instancePlatforms))].sort();
  return all.length === 0 ? "platform not known" : listed(all, 5);
}

function taskNode(subject: Subject, comparisons: readonly (ImageWithTask | TaskWithCapacity)[]): Node {
  const requirements = [...new Set(comparisons.flatMap(({ requirement }) => requirement ?? []))];
  const asked = [...new Set(requirements.map(({ host }) => (host.architecture === undefined ? "any architecture" : hostPlatform(host))))];
  const sources = [...new Set(requirements.map(({ source }) => stated(source)))];
  return { title: describe(subject), platform: asked.length === 0 ? "platform not known" : listed(asked, 5), lines: sources };
}

function tasksOf(said: readonly SaidComparison[]): TaskOnMap[] {
  const ofTasks = said.flatMap((each) => (each.comparison.of === "AMI and instance type" ? [] : [each as Said<Exclude<SaidComparison["comparison"], AmiWithType>>]));
  const groups = groupBy(ofTasks, ({ comparison }) => comparison.task.subject.urn);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) {
      return [];
    }
    const withTask = group.filter(isOf("image and task"));
    const withCapacity = group.filter(isOf("task and capacity"));
    const images = imageEdges(withTask, group.filter(isOf("image and capacity")));
    const places = joinByNode(withCapacity.map(({ comparison, isExempt }) => edgeOf(placeNode(comparison), comparison.outcome, isExempt)));
    const node = taskNode(first.comparison.task.subject, [...withTask, ...withCapacity].map(({ comparison }) => comparison));
    return [{ node, images, places, mark: worst([...images, ...places].map(({ mark }) => mark)) }];
  });
}

function typeNode({ types, typesAt, typeArchitectures, usedBy }: AmiWithType): Node {
  const users = usedBy.filter(({ urn }) => urn !== typesAt.urn);
  return {
    title: plain(types === "" ? "instance type" : types),
    platform: typeArchitectures.length === 0 ? "architecture not known" : listed(typeArchitectures),
    lines: [`in ${describe(typesAt)}`, ...(users.length === 0 ? [] : [`started by ${listed(users.map(describe), 5)}`])],
  };
}

function amisOf(said: readonly SaidComparison[]): AmiOnMap[] {
  const groups = groupBy(said.filter(isOf("AMI and instance type")), ({ comparison: { amiAt, ami } }) => `${amiAt.urn} ${ami}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) {
      return [];
    }
    const { amiAt, ami, amiArchitecture } = first.comparison;
    const types = joinByNode(group.map(({ comparison, isExempt }) => edgeOf(typeNode(comparison), comparison.outcome, isExempt)));
    const platform = amiArchitecture ?? "architecture not known";
    const node = { title: `AMI of ${describe(amiAt)}`, platform, lines: ami === "" ? [] : [plain(ami)] };
    return [{ node, types, mark: worst(types.map(({ mark }) => mark)) }];
  });
}

/** What disagrees comes first, then what is not known. */
export function mapOf(said: readonly SaidComparison[]): StackMap {
  return { tasks: byWeight(tasksOf(said)), amis: byWeight(amisOf(said)) };
}
