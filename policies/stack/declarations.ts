/**
 * Facts that the stack cannot tell and the user declared in the options of `cpu-architecture-settings`.
 */

import type { Ec2Architecture } from "../platform/ec2";
import type { HostArchitecture } from "../platform/fit";
import type { Platform } from "../platform/platform";

/** The options that hold declared facts; each is a list of entries. */
export const DECLARED_OPTIONS = ["amis", "images", "instanceTypes", "capacityProviders", "clusters", "codeBuildProjects", "emulation"] as const;
export type DeclaredOption = (typeof DECLARED_OPTIONS)[number];

/** A declared fact, with the entry that says it: `amis[0]`. */
export interface Declared<T> {
  readonly value: T;
  readonly place: string;
}

/** What a CodeBuild project is declared to push. */
export interface DeclaredProject {
  /** A pattern for the project's name. */
  readonly project: string;
  /** What it builds for; undefined: for its own environment type. */
  readonly platforms: readonly Platform[] | undefined;
}

/** One entry of an option: the names that it is about are those that match its pattern. */
export interface DeclaredEntry {
  readonly option: DeclaredOption;
  readonly place: string;
  readonly pattern: string;
  /** True if the entry holds in one region only. */
  readonly isRegional: boolean;
}

/** Of several entries that match a name, the first one counts. */
export interface Declarations {
  /** An AMI by id (`ami-…`) or SSM parameter path; an entry for a region says nothing where the region is not known. */
  readonly ami: (idOrPath: string, region: string | undefined) => Declared<Ec2Architecture> | undefined;
  /** An image that the stack does not build, by reference. */
  readonly image: (reference: string) => Declared<readonly Platform[]> | undefined;
  /** An instance type that the naming rule does not know. */
  readonly instanceType: (type: string) => Declared<readonly Ec2Architecture[]> | undefined;
  /** What the instances of a capacity provider are, by its name. */
  readonly capacityProvider: (name: string) => Declared<readonly HostArchitecture[]> | undefined;
  /** What all instances of a cluster are, by its name. */
  readonly cluster: (name: string) => Declared<readonly HostArchitecture[]> | undefined;
  /** The CodeBuild projects that are declared to push an image. */
  readonly projectsPushing: (reference: string) => readonly Declared<DeclaredProject>[];
  /**
   * The entry by which hosts run images of a foreign platform by emulation (binfmt, QEMU, Rosetta).
   * @param names the capacity provider, group, template or instance, any of which may be declared
   */
  readonly emulation: (names: readonly string[], platform: Platform) => Declared<true> | undefined;
  /** All entries by which a host emulates something. */
  readonly emulationsOf: (name: string) => readonly Declared<unknown>[];
  /** True if any hosts are declared to emulate the platform: ones that are not known may be among them. */
  readonly emulatesSomewhere: (platform: Platform) => boolean;
  /** All entries without a mistake in them. */
  readonly entries: readonly DeclaredEntry[];
}
