/**
 * Look-ups of what a stack cannot tell: AMIs, SSM parameters and instance types from AWS, images from their registries.
 * Loaded only where the user switched them on (docs/lookups.md).
 */

import type { LookupOptions } from "../options/lookups";
import type { AccessOf } from "./aws-clients";
import { Desk } from "./desk";

export type { AccessOf } from "./aws-clients";
export type { Desk } from "./desk";

/** @param accessOf how the provider of a scope reaches AWS */
export function openDesk(options: LookupOptions, accessOf: AccessOf): Desk {
  return new Desk(options, accessOf);
}
