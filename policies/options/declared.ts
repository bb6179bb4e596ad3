/** The declared facts among the options of `cpu-architecture-settings`. */

import { hostArchitecture, parseEc2Architecture, type Ec2Architecture } from "../platform/ec2";
import type { HostArchitecture } from "../platform/fit";
import { parseImageReference, spellingsOf } from "../platform/image-reference";
import { formatPlatform, parsePlatform, samePlatform, type Platform } from "../platform/platform";
import { PatternIndex } from "../platform/wildcard";
import type { Declarations, Declared, DeclaredEntry, DeclaredOption, DeclaredProject } from "../stack/declarations";
import type { Entry, OptionsReader } from "./read";

/** The key of an entry that names what it is about, for each option. */
const NAMED_BY: Readonly<Record<DeclaredOption, string>> = {
  amis: "id",
  images: "reference",
  instanceTypes: "type",
  capacityProviders: "name",
  clusters: "name",
  codeBuildProjects: "project",
  emulation: "hosts",
};

const A_PATTERN = "a text in which * stands for anything";
const ARCHITECTURES = "as EC2 spells them: x86_64, arm64";
const PLATFORMS = "as Docker spells them: linux/amd64, linux/arm64";

/** An entry that is right, with what it says. */
interface Fact<T> extends DeclaredEntry {
  readonly value: T;
}

function parseHost(text: string): HostArchitecture | undefined {
  const architecture = parseEc2Architecture(text);
  return architecture === undefined ? undefined : hostArchitecture(architecture);
}

/** The entries of an option that have a pattern and a value. */
function factsOf<T>(reader: OptionsReader, option: DeclaredOption, valueOf: (entry: Entry) => T | undefined): Fact<T>[] {
  return reader.entries(option).flatMap((entry): Fact<T>[] => {
    const pattern = reader.required(entry, NAMED_BY[option], A_PATTERN);
    const value = pattern === undefined ? undefined : valueOf(entry);
    const { place, fields } = entry;
    return pattern === undefined || value === undefined ? [] : [{ option, place, pattern, value, isRegional: option === "amis" && fields["region"] !== undefined }];
  });
}

/** The first entry that matches counts, so narrow patterns go before wide ones. */
function lookUp<T>(facts: readonly Fact<T>[]): (name: string) => Declared<T> | undefined {
  const index = indexOf(facts);
  return (name) => index.matching([name])[0];
}

function indexOf<T>(facts: readonly Fact<T>[]): PatternIndex<Fact<T>> {
  return new PatternIndex(facts, ({ pattern }) => pattern);
}

/** An image reference as it is written, and as it may be written too. */
function writtenAs(text: string): readonly string[] {
  const reference = parseImageReference(text);
  return reference === undefined ? [text] : [text, ...spellingsOf(reference)];
}

interface AmiFact {
  readonly architecture: Ec2Architecture;
  readonly region: string | undefined;
}

function readAmi(reader: OptionsReader, entry: Entry): AmiFact | undefined {
  const [architecture] = reader.values(entry, "architecture", parseEc2Architecture, ARCHITECTURES) ?? [];
  const region = reader.optional(entry, "region", "the name of a region");
  return architecture === undefined || region === false ? undefined : { architecture, region };
}

interface ProjectFact extends DeclaredProject {
  /** Patterns for the references that it pushes. */
  readonly pushes: readonly string[];
}

function readProject(reader: OptionsReader, entry: Entry): ProjectFact | undefined {
  const pushes = reader.values(entry, "pushes", (text) => (text.trim() === "" ? undefined : text), "the image references that it pushes (* stands for anything)");
  const isStated = entry.fields["platforms"] !== undefined && entry.fields["platforms"] !== null;
  const platforms = isStated ? reader.values(entry, "platforms", parsePlatform, PLATFORMS) : undefined;
  const project = entry.fields["project"];
  return pushes === undefined || typeof project !== "string" || (isStated && platforms === undefined) ? undefined : { project, pushes, platforms };
}

/** The projects that push an image, by any of their patterns, in their order. */
function projectsBy(projects: readonly Fact<ProjectFact>[]): (names: readonly string[]) => readonly Fact<ProjectFact>[] {
  const pushes = projects.flatMap((project) => project.value.pushes.map((pattern) => ({ project, pattern })));
  const index = new PatternIndex(pushes, ({ pattern }) => pattern);
  return (names) => [...new Set(index.matching(names).map(({ project }) => project))];
}

function emulationBy(facts: readonly Fact<readonly Platform[]>[]): Pick<Declarations, "emulation" | "emulationsOf" | "emulatesSomewhere"> {
  const index = indexOf(facts);
  const emulated = new Set(facts.flatMap(({ value }) => value.map(formatPlatform)));
  return {
    emulation: (names, platform) => {
      const found = index.matching(names).find(({ value }) => value.some((each) => samePlatform(each, platform)));
      return found === undefined ? undefined : { value: true, place: found.place };
    },
    emulationsOf: (name) => index.matching([name]),
    emulatesSomewhere: (platform) => emulated.has(formatPlatform(platform)),
  };
}

/** Reads all declared facts; the reader collects the mistakes. */
export function readDeclarations(reader: OptionsReader): Declarations {
  const architectures = (entry: Entry): readonly Ec2Architecture[] | undefined => reader.values(entry, "architectures", parseEc2Architecture, ARCHITECTURES);
  const hosts = (entry: Entry): readonly HostArchitecture[] | undefined => reader.values(entry, "architectures", parseHost, ARCHITECTURES);
  const platforms = (entry: Entry): readonly Platform[] | undefined => reader.values(entry, "platforms", parsePlatform, PLATFORMS);
  const amis = factsOf(reader, "amis", (entry) => readAmi(reader, entry));
  const images = factsOf(reader, "images", platforms);
  const instanceTypes = factsOf(reader, "instanceTypes", architectures);
  const providers = factsOf(reader, "capacityProviders", hosts);
  const clusters = factsOf(reader, "clusters", hosts);
  const projects = factsOf(reader, "codeBuildProjects", (entry) => readProject(reader, entry));
  const emulation = factsOf(reader, "emulation", platforms);
  const [amiIndex, imageIndex, projectsPushing] = [indexOf(amis), indexOf(images), projectsBy(projects)];
  return {
    ami: (idOrPath, region) => {
      const found = amiIndex.matching([idOrPath]).find(({ value }) => value.region === undefined || value.region === region);
      return found === undefined ? undefined : { value: found.value.architecture, place: found.place };
    },
    image: (reference) => (images.length === 0 ? undefined : imageIndex.matching(writtenAs(reference))[0]),
    instanceType: lookUp(instanceTypes),
    capacityProvider: lookUp(providers),
    cluster: lookUp(clusters),
    projectsPushing: (reference) => (projects.length === 0 ? [] : projectsPushing(writtenAs(reference))),
    ...emulationBy(emulation),
    entries: [...amis, ...images, ...instanceTypes, ...providers, ...clusters, ...projects, ...emulation],
  };
}
