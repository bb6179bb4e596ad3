/** Collects what is likely but not certain, from all policies. */

import type { RuleMetadata } from "./rule";

export const architectureSuspected: RuleMetadata = {
  name: "architecture-suspected",
  displayName: "Likely disagreements about the CPU architecture",
  description: "Parts of this stack probably disagree about the CPU architecture.",
  level: "advisory",
  severity: "medium",
  tags: ["aws", "cpu-architecture"],
  remediation: "Look at both sides; state the platform, or declare the fact in cpu-architecture-settings.",
};
