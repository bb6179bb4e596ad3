/** Which machines are started, and whether their AMI boots on their types. */

import type { AmiKind, HostArch, HostOs, Machines, Phase, Template, TypesKind, Version } from "../world";
import { only, together, type Expected, type Judged } from "./verdict";

const POLICY = "ec2-ami-instance-type-architecture";

interface AmiFacts {
  readonly arch: HostArch | undefined;
  /** Undefined where nobody tells. */
  readonly os: HostOs | undefined;
  /** False for a parameter of one's own: its name says what somebody meant it to be. */
  readonly isCertain: boolean;
  /** Its id is known only once it is made. */
  readonly isOfStack?: true;
}

const AMIS: Readonly<Record<AmiKind, AmiFacts>> = {
  "x86 Linux": { arch: "amd64", os: "linux", isCertain: true },
  "arm64 Linux": { arch: "arm64", os: "linux", isCertain: true },
  "x86 Windows": { arch: "amd64", os: "windows", isCertain: true },
  "x86 Bottlerocket": { arch: "amd64", os: "linux", isCertain: true },
  "arm64 Bottlerocket": { arch: "arm64", os: "linux", isCertain: true },
  id: { arch: undefined, os: undefined, isCertain: true },
  "x86 of the stack": { arch: "amd64", os: undefined, isCertain: true, isOfStack: true },
  "arm64 of the stack": { arch: "arm64", os: undefined, isCertain: true, isOfStack: true },
  "copy of arm64": { arch: "arm64", os: undefined, isCertain: true, isOfStack: true },
  "own arm64 parameter": { arch: "arm64", os: undefined, isCertain: false },
  outside: { arch: undefined, os: undefined, isCertain: true },
};

/** One way in which machines are started: an AMI with types, and the resources that say them. */
export interface Start {
  readonly ami: AmiKind | undefined;
  readonly amiAt: string;
  readonly types: TypesKind | undefined;
  readonly typesAt: string;
  /** It is open whether this is what is started: at a first preview one of several templates has no id yet. */
  readonly isOpen: boolean;
  /** The kind of place that says it. */
  readonly via: string;
  /** Both are the template's own. */
  readonly isOfTemplate: boolean;
}

/** Of a version, whether the template's resource describes it. A template that is new, or not changed since, has one. */
function isDescribed(version: Version): boolean {
  return version !== "9";
}

/** A template is told from others by its id, which a first preview does not know, or by its name. */
function startOf(base: Template | undefined, own: { ami?: AmiKind | undefined; types?: TypesKind | undefined }, at: string, via: string, isOpen: boolean): Start {
  const ami = own.ami ?? base?.ami;
  const types = own.types ?? base?.types;
  return {
    ami,
    amiAt: own.ami === undefined && base !== undefined ? base.name : at,
    types,
    typesAt: own.types === undefined && base !== undefined ? base.name : at,
    isOpen,
    via,
    isOfTemplate: base !== undefined && own.ami === undefined && own.types === undefined,
  };
}

/** Undefined where it is not known how machines are started. */
export function startsOf({ name, starter }: Machines, phase: Phase): readonly Start[] | undefined {
  switch (starter.is) {
    case "group":
      return isDescribed(starter.version) ? [startOf(starter.template, {}, name, "template", false)] : undefined;
    case "mixed group":
    case "fleet": {
      const { template, overrides } = starter;
      const isUnclear = phase === "firstPreview" && overrides.some((each) => each.template !== undefined);
      const via = starter.is === "fleet" ? "fleet" : "overrides";
      if (overrides.length === 0) {
        return [startOf(template, {}, name, via, false)];
      }
      return overrides.map((override) => startOf(override.template ?? template, { types: override.types }, name, via, isUnclear));
    }
    case "configured group": {
      const { ami, type, name: at } = starter.configuration;
      return [startOf(undefined, { ami, types: type }, at, "configuration", false)];
    }
    case "instance": {
      // What it says itself is known, whatever version of its template it uses.
      const template = isDescribed(starter.version) ? starter.template : undefined;
      return [startOf(template, { ami: starter.ami, types: starter.type }, name, "instance", false)];
    }
    case "spot fleet": {
      // Of several AMIs a first preview does not tell which is made by the stack.
      const isUnclear = phase === "firstPreview" && starter.specifications.length > 1 && starter.specifications.some(({ ami }) => AMIS[ami].isOfStack === true);
      return starter.specifications.map(({ ami, type }) => startOf(undefined, { ami, types: type }, name, "spot fleet", isUnclear));
    }
    case "node group":
      return starter.types.length === 0 ? [startOf(starter.template, {}, name, "node group", false)] : starter.types.map((types) => startOf(starter.template, { types }, name, "node group", false));
    case "template alone":
      return [startOf(starter.template, {}, name, "template alone", false)];
  }
}

function archsOf(types: TypesKind | undefined): readonly HostArch[] | undefined {
  if (types === undefined) {
    return undefined;
  }
  return types.is === "selection" ? types.archs : types.arch === undefined ? undefined : [types.arch];
}

/** The AMI does not boot on any of the types that may be started with it. */
export function contradictsItself({ ami, types }: Start): boolean {
  const arch = ami === undefined ? undefined : AMIS[ami].arch;
  const archs = archsOf(types);
  return arch !== undefined && archs !== undefined && !archs.includes(arch);
}

/** A machine as a place for tasks. */
export interface Machine {
  /** Undefined where it is not known. */
  readonly arch: HostArch | undefined;
  readonly os: HostOs | undefined;
  readonly isOpen: boolean;
}

/** A machine boots nothing but what its AMI is for, so the AMI decides; where it tells nothing for certain, a single type does. */
export function machineOf(start: Start): Machine {
  const ami = start.ami === undefined ? undefined : AMIS[start.ami];
  const archs = archsOf(start.types);
  const ofTypes = archs?.length === 1 ? archs[0] : undefined;
  const ofAmi = isCertain(start) ? ami?.arch : undefined;
  const ofBoth = contradictsItself(start) && isCertain(start) ? undefined : (ofAmi ?? ofTypes);
  // Where it is not known yet which template is meant, neither is its AMI.
  const arch = start.isOpen ? (ofTypes ?? ofBoth) : ofBoth;
  // Of templates that are not told apart the operating systems may still agree; there is no Windows on arm64.
  const os = start.isOpen && arch === "arm64" ? "linux" : ami?.os;
  return { arch, os: os ?? (arch === "arm64" ? "linux" : undefined), isOpen: start.isOpen };
}

function isCertain({ ami }: Start): boolean {
  return ami !== undefined && AMIS[ami].isCertain;
}

/** Only what needs no other resource, and no id that is computed, is known to be denied before anything is created. */
function isPlain(start: Start): boolean {
  return start.amiAt === start.typesAt && !start.isOfTemplate && start.ami !== undefined && AMIS[start.ami].isOfStack !== true;
}

function denialOf(starts: readonly Start[]): Expected[] {
  const [first] = starts;
  if (first === undefined) {
    return [];
  }
  return [
    {
      policy: POLICY,
      at: [first.typesAt],
      naming: [...new Set([first.typesAt, first.amiAt])],
      saying: "EC2 refuses to start",
      certainty: starts.every(({ isOpen }) => isOpen) ? "may" : "must",
      inferred: "no",
      when: starts.every(isPlain) ? "early" : "any",
      // Two AMIs that the same resource names are two pairs.
      times: new Set(starts.map(({ ami }, index) => (ami !== undefined && AMIS[ami].isOfStack === true ? index : ami))).size,
    },
  ];
}

/** True if a first preview does not tell which of several templates is started with what. */
export function isAmbiguous({ starter }: Machines): boolean {
  return (starter.is === "mixed group" || starter.is === "fleet") && starter.overrides.some(({ template }) => template !== undefined);
}

/**
 * Every AMI and type that do not go together, one denial for each pair of resources that say them.
 * @param isAnythingUsed true if other machines may be started from any template of the stack, with other types
 */
export function judgeMachines(machines: Machines, phase: Phase, isAnythingUsed: boolean): Judged {
  const isOpen = machines.starter.is === "template alone" && isAnythingUsed;
  const starts = (startsOf(machines, phase) ?? []).map((start) => ({ ...start, isOpen: start.isOpen || isOpen }));
  const kinds = starts.map(({ via }) => `AMI × type: ${via}`);
  const failing = starts.filter((start) => contradictsItself(start) && isCertain(start));
  const byPlaces = new Map<string, Start[]>();
  for (const start of failing) {
    const key = `${start.typesAt} ${start.amiAt}`;
    byPlaces.set(key, [...(byPlaces.get(key) ?? []), start]);
  }
  const denials = [...byPlaces.values()].flatMap(denialOf);
  return together([only(...kinds), { denials, kinds: denials.map(() => "disagreement: AMI × type") }, unused(machines)]);
}

/** A template that contradicts itself, of which nothing is known to start this version: that may be said of itself. */
function unused({ starter }: Machines): Judged {
  if (starter.is === "group" || starter.is === "instance") {
    const { template } = starter;
    const isOther = template !== undefined && !isDescribed(starter.version) && contradictsItself(startOf(template, {}, template.name, "", false));
    return isOther ? only("AMI × type: a version that is not described") : only();
  }
  return only();
}
