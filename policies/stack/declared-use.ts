/**
 * Which declared facts the stack has a use for, and which it contradicts. A fact is of use if it is about a name that
 * occurs in the stack; while some names are not known yet, a fact that is about none may still be about one of those.
 */

import { formatPlatform } from "../platform/platform";
import { formatEc2Architecture } from "../platform/ec2";
import type { HostArchitecture } from "../platform/fit";
import { tagKey } from "../platform/image-reference";
import { instanceTypeArchitectures } from "../platform/instance-type";
import { isWhollyKnown, machinesInStack, reachOfCluster, type Reach } from "./capacity";
import type { Declared, DeclaredEntry, DeclaredOption } from "./declarations";
import { projectsDeclared } from "./declared-images";
import { known, valueOf, type Fact } from "./fact";
import { offerOf } from "./images";
import { architectureInStack, declaredAmi } from "./launches";
import type { Launch, Reference, Source, StrategyItem, Subject } from "./model";
import { regionOf, shortName } from "./scope";
import type { Stack } from "./stack";

/** A name of the stack that a declared fact may be about. */
interface Name {
  readonly fact: Fact<string>;
  readonly scope: string;
  readonly subject: Subject;
}

/** A name of which the stack may say something else than what is declared. */
interface StatedName extends Name {
  /** The property that it stands in. */
  readonly property: string;
  /** Of an AMI: what it is made from. */
  readonly from?: readonly string[] | undefined;
}

/** All names of one kind, and whether there are others that are not known. */
interface Names<Of extends Name = Name> {
  readonly names: readonly Of[];
  readonly mayBeMore: boolean;
}

function namesOf<Of extends Name>(names: readonly Of[], mayBeMore = false): Names<Of> {
  return { names: names.filter(({ fact }) => fact.state === "known"), mayBeMore: mayBeMore || names.some(({ fact }) => fact.state === "unknown") };
}

/** Every launch of the stack: of templates themselves, and of what starts instances with its own values. */
function launchesOf(stack: Stack): { readonly launches: readonly { readonly launch: Launch; readonly subject: Subject; readonly scope: string }[]; readonly mayBeMore: boolean } {
  const launchers = stack.all("launcher");
  return {
    launches: launchers.flatMap(({ launches, subject, scope }) => (valueOf(launches) ?? []).map((launch) => ({ launch, subject, scope }))),
    mayBeMore: launchers.some(({ launches }) => launches.state === "unknown"),
  };
}

function amisOf(stack: Stack): Names<StatedName> {
  const { launches, mayBeMore } = launchesOf(stack);
  const name = (reference: Reference, subject: Subject, scope: string, property: string): StatedName => ({ fact: reference.value, from: reference.from, subject, scope, property });
  return namesOf(
    [
      ...stack.all("launch template").map(({ imageId, subject, scope }) => name(imageId, subject, scope, "imageId")),
      ...launches.flatMap(({ launch, subject, scope }) => (launch.imageId === undefined ? [] : [name(launch.imageId, subject, scope, launch.imageProperty)])),
      ...stack.all("ami").flatMap(({ copyOf, subject, scope }) => (copyOf === undefined ? [] : [name(copyOf, subject, scope, "sourceAmiId")])),
    ],
    mayBeMore,
  );
}

/** Those, and what the stack's own SSM parameters hold, by which an AMI may be named. It may be a secret: never told of. */
function amisMeant(stack: Stack): Names {
  const named = amisOf(stack);
  const held = namesOf(stack.all("parameter").map(({ held: { value }, subject, scope }) => ({ fact: value, subject, scope })));
  return { names: [...named.names, ...held.names], mayBeMore: named.mayBeMore || held.mayBeMore };
}

function typesOf(stack: Stack): Names<StatedName> {
  const { launches, mayBeMore } = launchesOf(stack);
  return namesOf(
    [
      ...stack.all("launch template").map(({ instanceType, subject, scope }) => ({ fact: instanceType, subject, scope, property: "instanceType" })),
      ...launches.map(({ launch, subject, scope }) => ({ fact: launch.instanceType, subject, scope, property: "instanceType" })),
    ],
    mayBeMore,
  );
}

/** The images that containers run, those that the stack pushes, and those that it makes them from. */
function imagesOf(stack: Stack): Names {
  const tasks = stack.all("task definition");
  const run = tasks.flatMap(({ containers, subject, scope }) => (valueOf(containers) ?? []).map(({ image }): Name => ({ fact: image, subject, scope })));
  const pushed = stack.all("image").flatMap(({ targets, subject, scope }) =>
    targets.flatMap((target) => tagKey(target) ?? []).map((tag): Name => ({ fact: known(tag), subject, scope })),
  );
  const sources = stack.all("image").flatMap(({ sources: from, subject, scope }) => (from ?? []).map(({ value }): Name => ({ fact: value, subject, scope })));
  return namesOf([...run, ...pushed, ...sources], tasks.some(({ containers }) => containers.state === "unknown"));
}

function named(items: Fact<readonly StrategyItem[]>, subject: Subject, scope: string): Name[] {
  return (valueOf(items) ?? []).map(({ provider }) => ({ fact: provider, subject, scope }));
}

function providersOf(stack: Stack): Names {
  const launchers = stack.all("task launcher");
  const clusters = stack.all("cluster capacity");
  const isHidden = launchers.some(({ strategy }) => strategy.state === "unknown") || clusters.some(({ defaultStrategy }) => defaultStrategy.state === "unknown");
  return namesOf(
    [
      ...launchers.flatMap(({ strategy, subject, scope }) => named(strategy, subject, scope)),
      ...clusters.flatMap(({ defaultStrategy, subject, scope }) => named(defaultStrategy, subject, scope)),
      ...stack.all("capacity provider").map(({ name, subject, scope }) => ({ fact: name, subject, scope })),
    ],
    isHidden,
  );
}

function clustersOf(stack: Stack): Names {
  return namesOf([
    ...stack.all("task launcher").map(({ cluster, subject, scope }) => ({ fact: cluster.value, subject, scope })),
    ...stack.all("cluster").map(({ name, subject, scope }) => ({ fact: name, subject, scope })),
  ]);
}

/** The hosts by the names that they have in the program and in AWS. */
function hostsOf(stack: Stack): Names {
  const parts = [...stack.all("launcher"), ...stack.all("launch template"), ...stack.all("capacity provider")];
  const own = parts.flatMap(({ name, subject, scope }): Name[] => [known(subject.name), name].map((fact) => ({ fact, subject, scope })));
  const providers = providersOf(stack);
  return namesOf([...own, ...providers.names], providers.mayBeMore);
}

/** The places of all entries that some name is looked up in. */
function placesUsed(names: Names, lookUp: (text: string, name: Name) => readonly (Declared<unknown> | undefined)[]): Set<string> {
  return new Set(names.names.flatMap((name) => lookUp(valueOf(name.fact) ?? "", name).flatMap((declared) => declared?.place ?? [])));
}

/** The names that the entries of an option may be about, and the places of those that are about one. */
function usesOf(stack: Stack, option: DeclaredOption): { readonly places: ReadonlySet<string>; readonly mayBeMore: boolean; readonly regionsOpen: boolean } {
  const { declarations } = stack;
  const use = (names: Names, lookUp: (text: string, name: Name) => readonly (Declared<unknown> | undefined)[]): ReturnType<typeof usesOf> => ({
    places: placesUsed(names, lookUp),
    mayBeMore: names.mayBeMore,
    regionsOpen: names.names.some(({ scope }) => regionOf(scope) === undefined),
  });
  switch (option) {
    case "amis":
      return use(amisMeant(stack), (text, { scope }) => [declaredAmi(stack, text, scope)]);
    case "images":
      return use(imagesOf(stack), (text) => [declarations.image(text)]);
    case "instanceTypes":
      return use(typesOf(stack), (text) => [declarations.instanceType(text)]);
    case "capacityProviders":
      return use(providersOf(stack), (text, { subject }) => [declarations.capacityProvider(shortName(text)), declarations.capacityProvider(subject.name)]);
    case "clusters":
      return use(clustersOf(stack), (text, { subject }) => [declarations.cluster(shortName(text)), declarations.cluster(subject.name)]);
    case "codeBuildProjects":
      return use(imagesOf(stack), (text) => declarations.projectsPushing(text).filter((declared) => projectsDeclared(stack, declared).length > 0));
    case "emulation":
      return use(hostsOf(stack), (text) => declarations.emulationsOf(text));
  }
}

/** The declared facts that are about nothing in the stack; none where there is nothing at all to be about. */
export function unusedDeclarations(stack: Stack): readonly DeclaredEntry[] {
  const { entries } = stack.declarations;
  const options = [...new Set(entries.map(({ option }) => option))];
  return options.flatMap((option) => {
    const { places, mayBeMore, regionsOpen } = usesOf(stack, option);
    return mayBeMore ? [] : entries.filter((entry) => entry.option === option && !places.has(entry.place) && !(entry.isRegional && regionsOpen));
  });
}

/** A declared fact of which the stack says something else. */
export interface Contradiction {
  /** The resource by which the stack says it. */
  readonly subject: Subject;
  readonly place: string;
  readonly declared: string;
  readonly stated: string;
  readonly source: Source;
  /** Which of the two counts. */
  readonly winner: "stack" | "declaration";
}

function inWords(values: readonly string[]): string {
  return [...new Set(values)].sort().join(" and ");
}

/** `contradiction` where both are known and differ as sets of words. */
function compare(subject: Subject, declared: Declared<readonly string[]> | undefined, stated: readonly string[] | undefined, source: Source, winner: Contradiction["winner"]): Contradiction[] {
  const [one, other] = [inWords(declared?.value ?? []), inWords(stated ?? [])];
  return declared === undefined || stated === undefined || stated.length === 0 || one === other ? [] : [{ subject, place: declared.place, declared: one, stated: other, source, winner }];
}

function stated(property: string, text: string): Source {
  return { how: "stated", text: `${property}: "${text}"` };
}

function amiContradictions(stack: Stack): Contradiction[] {
  return amisOf(stack).names.flatMap(({ fact, from, scope, subject, property }) => {
    const text = valueOf(fact) ?? "";
    const declared = declaredAmi(stack, text, scope);
    const own = declared === undefined ? undefined : architectureInStack(stack, { value: fact, from }, scope);
    return compare(subject, declared === undefined ? undefined : { ...declared, value: [declared.value] }, own === undefined ? undefined : [own], stated(property, text), "declaration");
  });
}

function typeContradictions(stack: Stack): Contradiction[] {
  return typesOf(stack).names.flatMap(({ fact, subject, property }) => {
    const type = valueOf(fact) ?? "";
    return compare(subject, stack.declarations.instanceType(type), instanceTypeArchitectures(type), stated(property, type), "declaration");
  });
}

/** An image that the stack builds, and that is declared as if it were built elsewhere. */
function imageContradictions(stack: Stack): Contradiction[] {
  return stack.all("image").flatMap((image) =>
    image.targets.flatMap((target) => {
      const tag = tagKey(target);
      const declared = tag === undefined ? undefined : stack.declarations.image(tag);
      const platforms = declared === undefined ? undefined : valueOf(offerOf(stack, image).platforms);
      return compare(image.subject, declared === undefined ? undefined : { ...declared, value: declared.value.map(formatPlatform) }, platforms?.map(formatPlatform), image.source, "stack");
    }),
  );
}

/** Instances that a provider or cluster is known to have, and that are not declared; or declared ones that it has not. */
function reachContradictions(subject: Subject, declared: Declared<readonly HostArchitecture[]> | undefined, reachIn: () => Reach): Contradiction[] {
  if (declared === undefined) {
    return [];
  }
  const reach = reachIn();
  const machines = reach.machines.filter(({ architectures, doubt }) => architectures.length === 1 && doubt === undefined);
  const found = [...new Set(machines.flatMap(({ architectures }) => architectures))];
  const outside = found.filter((architecture) => !declared.value.includes(architecture));
  // Of instances that are not all known, others may be those that are declared.
  if (outside.length === 0 && !isWhollyKnown(reach)) {
    return [];
  }
  const told = outside.length === 0 ? found : outside;
  const text = machines.find(({ architectures }) => architectures.some((architecture) => told.includes(architecture)))?.text ?? "";
  return compare(subject, { ...declared, value: declared.value.map(formatEc2Architecture) }, told.map(formatEc2Architecture), { how: "stated", text }, "stack");
}

function hostContradictions(stack: Stack): Contradiction[] {
  const { declarations } = stack;
  return [
    ...stack.all("capacity provider").flatMap((provider) => {
      const { subject, name } = provider;
      return reachContradictions(subject, declarations.capacityProvider(valueOf(name) ?? subject.name), () => machinesInStack(stack, provider));
    }),
    ...stack.all("cluster").flatMap((cluster) => {
      const { subject, name } = cluster;
      return reachContradictions(subject, declarations.cluster(valueOf(name) ?? subject.name), () => reachOfCluster(stack, cluster));
    }),
  ];
}

/** One contradiction for each entry and resource. */
export function contradictions(stack: Stack): readonly Contradiction[] {
  if (stack.declarations.entries.length === 0) {
    return [];
  }
  const all = [...amiContradictions(stack), ...typeContradictions(stack), ...imageContradictions(stack), ...hostContradictions(stack)];
  return [...new Map(all.map((each) => [`${each.place} ${each.subject.urn}`, each])).values()];
}
