/** Lists what could not be determined, from all policies. Mandatory with its listing on, it is the strict mode. */

import type { OptionError, Options, OptionsSchema } from "../options/read";
import type { RuleMetadata } from "./rule";

/** `off`: nothing. `summary`: one message for the stack. `all`: one message for each resource. */
export type Listing = "off" | "summary" | "all";

/** The listing that the options ask for; off for anything that is no listing. */
export function readListing({ listing }: Options): Listing {
  return listing === "summary" || listing === "all" ? listing : "off";
}

/** A listing that there is not. */
export function listingErrors({ listing }: Options): OptionError[] {
  const isListing = listing === undefined || listing === null || listing === "off" || readListing({ listing }) !== "off";
  return isListing ? [] : [{ option: "listing", problem: 'must be "off", "summary" or "all"' }];
}

export const UNDETERMINED_SCHEMA: OptionsSchema = {
  listing: {
    type: "string",
    enum: ["off", "summary", "all"],
    default: "off",
    description: "What to list: nothing, one message for the whole stack, or one for each resource.",
  },
};

export const architectureUndetermined: RuleMetadata = {
  name: "architecture-undetermined",
  displayName: "What could not be checked",
  description: "The CPU architecture of these parts could not be determined.",
  level: "advisory",
  severity: "low",
  tags: ["aws", "cpu-architecture"],
  remediation: "Each entry says what would make it known.",
};
