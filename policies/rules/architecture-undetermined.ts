/** Lists what could not be determined, from all policies. Mandatory with its listing on, it is the strict mode. */

import type { RuleMetadata } from "./rule";

/** `off`: nothing. `summary`: one message for the stack. `all`: one message for each resource. */
export type Listing = "off" | "summary" | "all";

/** The listing that the options ask for; off for anything that is no listing. */
export function readListing(options: Readonly<Record<string, unknown>>): Listing {
  const listing = options["listing"];
  return listing === "summary" || listing === "all" ? listing : "off";
}

export const UNDETERMINED_SCHEMA: Readonly<Record<string, Record<string, unknown>>> = {
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
