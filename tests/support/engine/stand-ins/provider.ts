import type { Values } from "../../values";

/** One resource as a provider sees it. */
export interface Resource {
  readonly type: string;
  /** The name in the program. */
  readonly name: string;
  readonly urn: string;
  readonly inputs: Values;
}

/** The machine and folder the provider pretends to run in. */
export interface Machine {
  /** The platform of the machine that builds images, such as `linux/arm64`. */
  readonly host: string;
  /** The folder of the Pulumi program: build contexts and Dockerfiles are looked up in it. */
  readonly programDir: string;
}

/** Why a provider's Check refuses an input. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

export interface Checked {
  readonly inputs: Values;
  readonly failures?: readonly Failure[];
}

export interface Created {
  /** Empty at a preview. */
  readonly id: string;
  readonly outputs: Values;
}

/** How a provider answers a change: the inputs that changed, and which of them need a new resource. */
export interface Difference {
  readonly changed: readonly string[];
  readonly replace: readonly string[];
}

/**
 * A stand-in for a real provider: no cloud and no daemon behind it, but the same answers to the engine, as far as
 * they matter to a policy.
 */
export interface StandIn {
  /** The version it says it is. */
  readonly version: string;
  check(resource: Resource, machine: Machine): Checked;
  diff(resource: Resource, oldInputs: Values): Difference;
  create(resource: Resource, preview: boolean, machine: Machine): Created;
  update(resource: Resource, id: string, old: Values, preview: boolean, machine: Machine): Values;
  /** What a resource that exists outside of the stack looks like. */
  read(resource: Resource, id: string): Values;
  /** Answers a function; undefined when it is none of the ones played here. */
  invoke(token: string, args: Values): Values | undefined;
}

/** The top-level inputs that differ. */
export function changedInputs(oldInputs: Values, newInputs: Values, isSame: (a: Values[string] | undefined, b: Values[string] | undefined) => boolean): string[] {
  const names = new Set([...Object.keys(oldInputs), ...Object.keys(newInputs)]);
  return [...names].filter((name) => !name.startsWith("__") && !isSame(oldInputs[name], newInputs[name])).sort();
}
