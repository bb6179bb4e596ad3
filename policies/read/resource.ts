/**
 * One resource as the readers see it: its inputs, as `Analyze` got them, and its outputs, as `AnalyzeStack` did.
 * Inputs tell what the program left out, which some outputs do not; outputs know what was computed.
 */

import { isObject } from "../platform/object";
import { isUnknown, UNKNOWN } from "./raw";

/** A bag of raw properties. */
export type Properties = Readonly<Record<string, unknown>>;

export interface Resource {
  readonly urn: string;
  /** Type token, such as `aws:ecs/taskDefinition:TaskDefinition`. */
  readonly type: string;
  readonly name: string;
  /** URNs of the resources that it lies in, the nearest first. */
  readonly ancestors: readonly string[];
  /** Provider and region: names are only comparable within one. */
  readonly scope: string;
  /** After the provider's Check; undefined if this process never saw them. */
  readonly inputs: Properties | undefined;
  /** Undefined while the resource is being registered. */
  readonly outputs: Properties | undefined;
  /** Which resources a top-level input is made from, by URN; undefined where the engine does not say (`Analyze`). */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>> | undefined;
  /** Property paths of the option `ignoreChanges`. */
  readonly ignoreChanges: readonly string[];
  /**
   * True if resources were seen at their registration, but not this one: it is not part of this deployment
   * (`--target`), or about to be deleted (`--refresh`). Nothing that is said of it can be relied on.
   */
  readonly unseen: boolean;
}

/** Deeper values are taken as they are: no property that we read is nested so deep. */
const MAX_MERGE_DEPTH = 12;

/**
 * The input, with what it does not know yet taken from the output. Keys that only the output has are computed
 * by the provider and were left out by the program, so they stay out.
 */
function merge(input: unknown, output: unknown, depth = 0): unknown {
  if (isUnknown(input)) {
    // A provider may answer null for what it cannot tell yet.
    return output ?? input;
  }
  if (depth >= MAX_MERGE_DEPTH) {
    return input;
  }
  if (Array.isArray(input) && Array.isArray(output) && input.length === output.length) {
    return input.map((item, index) => merge(item, output[index], depth + 1));
  }
  if (isObject(input) && isObject(output)) {
    return Object.fromEntries(Object.keys(input).map((key) => [key, merge(input[key], output[key], depth + 1)]));
  }
  return input;
}

function own(properties: Properties, key: string): unknown {
  return Object.hasOwn(properties, key) ? properties[key] : undefined;
}

/**
 * A top-level input property, raw: as the program gave it, completed from the outputs. A property that is
 * missing or null although it has dependencies was dropped because it is not known yet.
 */
export function input(resource: Resource, key: string): unknown {
  if (resource.unseen) {
    return UNKNOWN;
  }
  const output = resource.outputs === undefined ? undefined : own(resource.outputs, key);
  const value = resource.inputs === undefined ? output : merge(own(resource.inputs, key), output);
  const dependsOnOthers = resource.propertyDependencies !== undefined && Object.hasOwn(resource.propertyDependencies, key);
  return (value === undefined || value === null) && dependsOnOthers ? UNKNOWN : value;
}

/**
 * A property that the provider computes, raw. While the resource is being registered it is not known; neither is
 * one that the outputs lack, for providers drop outputs that they cannot compute yet.
 */
export function output(resource: Resource, key: string): unknown {
  const value = resource.outputs === undefined || resource.unseen ? undefined : own(resource.outputs, key);
  return value ?? UNKNOWN;
}

/** The resources that a top-level input is made from; undefined where the engine does not say. */
export function madeFrom(resource: Resource, key: string): readonly string[] | undefined {
  if (resource.propertyDependencies === undefined) {
    return undefined;
  }
  const ignored = resource.unseen || resource.ignoreChanges.some((path) => path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`) || path === "*");
  return ignored || !Object.hasOwn(resource.propertyDependencies, key) ? [] : (resource.propertyDependencies[key] ?? []);
}
