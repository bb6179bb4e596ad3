/** Holds the declared facts that serve all policies, and tells which of them the stack contradicts or has no use for. */

import { contradictions, unusedDeclarations } from "../stack/declared-use";
import type { Exemption } from "../options/exemptions";
import type { OptionError } from "../options/read";
import type { Finding, Judgement, PolicyName } from "../stack/finding";
import type { Subject } from "../stack/model";
import type { Stack } from "../stack/stack";
import type { RuleMetadata } from "./rule";

const POLICY = "cpu-architecture-settings";

/** What is wrong with options is told for the stack, not at a resource. */
function optionsOf(policy: PolicyName): Subject {
  return { urn: "", kind: "options", name: policy };
}

function base(policy: PolicyName): { policy: PolicyName; subject: Subject; certainty: "certain"; because: string } {
  return { policy, subject: optionsOf(policy), certainty: "certain", because: "" };
}

/** Mistakes in the options of a policy. */
export function optionErrors(policy: PolicyName, errors: readonly OptionError[]): Judgement {
  return { findings: errors.map(({ option, problem }): Finding => ({ kind: "configuration-error", ...base(policy), option, problem })), undetermined: [] };
}

/** The declared facts that the stack contradicts, and those that it has no use for. */
export function judgeDeclarations(stack: Stack, tellsUnused: boolean): Judgement {
  const contradicted = contradictions(stack).map((each): Finding => ({ kind: "declaration-contradicted", ...base(POLICY), ...each }));
  const unused = (tellsUnused ? unusedDeclarations(stack) : []).map(({ place, pattern }): Finding => ({ kind: "declaration-unused", ...base(POLICY), place, pattern }));
  return { findings: [...contradicted, ...unused], undetermined: [] };
}

/** Exemptions that have ended, and those that no finding needs. */
export function exemptionFindings(over: readonly Exemption[], unused: readonly Exemption[], isNamed: (exemption: Exemption) => boolean): Judgement {
  const ended = over.map(({ place, resource, reason, until }): Finding => ({ kind: "exemption-over", ...base(POLICY), place, resource, reason, until: until ?? "" }));
  const idle = unused.map((each): Finding => ({ kind: "exemption-unused", ...base(POLICY), place: each.place, resource: each.resource, isNamed: isNamed(each) }));
  return { findings: [...ended, ...idle], undetermined: [] };
}

export const cpuArchitectureSettings: RuleMetadata = {
  name: POLICY,
  displayName: "Facts about CPU architectures that a stack cannot tell",
  description: "Holds facts and exemptions that the other policies use; reports mistakes in its own options only.",
  level: "advisory",
  severity: "low",
  tags: ["cpu-architecture"],
  remediation: "Correct the options of cpu-architecture-settings.",
};
