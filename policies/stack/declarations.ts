/**
 * Facts that the stack cannot tell and the user declared in the options of `cpu-architecture-settings`.
 */

import type { Ec2Architecture } from "../platform/ec2";
import type { Platform } from "../platform/platform";

export interface Declarations {
  /** The architecture of an AMI, by id (`ami-…`) or SSM parameter path, or undefined. */
  readonly ami: (idOrPath: string) => Ec2Architecture | undefined;
  /** The platforms of an image that the stack does not build, by reference, or undefined. */
  readonly image: (reference: string) => readonly Platform[] | undefined;
  /** The architectures of an instance type that the naming rule does not know, or undefined. */
  readonly instanceType: (type: string) => readonly Ec2Architecture[] | undefined;
  /**
   * True if hosts run images of a foreign platform by emulation (binfmt, QEMU, Rosetta).
   * @param names the capacity provider, group, template or instance, any of which may be declared
   */
  readonly emulates: (names: readonly string[], platform: Platform) => boolean;
  /** True if any hosts are declared to emulate the platform: ones that are not known may be among them. */
  readonly emulatesSomewhere: (platform: Platform) => boolean;
}

export const NOTHING_DECLARED: Declarations = {
  ami: () => undefined,
  image: () => undefined,
  instanceType: () => undefined,
  emulates: () => false,
  emulatesSomewhere: () => false,
};
