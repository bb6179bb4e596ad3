/** Findings that the user has looked at and accepts, with a reason and, if wanted, an end. */

import { matchesWildcard } from "../platform/wildcard";
import { namesIn, POLICY_NAMES, type Finding, type PolicyName, type Undetermined } from "../stack/finding";
import type { Subject } from "../stack/model";
import { hint, type Entry, type OptionsReader } from "./read";

export interface Exemption {
  /** `exemptions[0]` */
  readonly place: string;
  /** URN or name of a resource that the finding is about; * stands for anything. */
  readonly resource: string;
  /** Something else that the finding must be about too: a resource, a container or an image reference. */
  readonly with: string | undefined;
  /** Undefined: all policies. */
  readonly policy: PolicyName | undefined;
  readonly reason: string;
  /** The last day on which it holds, `2027-01-31`, by UTC. */
  readonly until: string | undefined;
}

/** The exemption that covers something, and whether its time is over. */
export interface Cover {
  readonly exemption: Exemption;
  readonly isOver: boolean;
}

/** True for a day that is in the calendar. */
function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function readPolicy(reader: OptionsReader, entry: Entry): PolicyName | undefined | false {
  const policy = reader.optional(entry, "policy", "the name of a policy");
  if (policy === undefined || policy === false) {
    return policy;
  }
  const known = POLICY_NAMES.find((name) => name === policy);
  if (known === undefined) {
    reader.fail(entry.place, `names a policy that does not exist: ${policy}${hint(policy, POLICY_NAMES)}`);
    return false;
  }
  return known;
}

function readExemption(reader: OptionsReader, entry: Entry): Exemption[] {
  const resource = reader.required(entry, "resource", "the URN or name of a resource, in which * stands for anything");
  const reason = reader.required(entry, "reason", "a text that says why");
  const other = reader.optional(entry, "with", "the name of another resource, a container or an image reference");
  const policy = readPolicy(reader, entry);
  const until = reader.optional(entry, "until", "a day such as 2027-01-31");
  const isDated = until === undefined || (until !== false && isDay(until));
  if (!isDated && until !== false) {
    reader.fail(entry.place, `has \`until\`: ${until}, which is no day such as 2027-01-31`);
  }
  if (resource === undefined || reason === undefined || other === false || policy === false || until === false || !isDated) {
    return [];
  }
  return [{ place: entry.place, resource, with: other, policy, reason, until }];
}

type Named = Pick<Subject, "urn" | "name" | "madeBy">;

function isNamed(pattern: string, { urn, name, madeBy }: Named): boolean {
  return [urn, name, madeBy?.name ?? name].some((each) => matchesWildcard(pattern, each));
}

/** True if the two names stand for two things: one name must not fulfil both patterns. */
function matchesBoth({ resource, with: other }: Exemption, subjects: readonly Subject[], texts: readonly string[]): boolean {
  return subjects.some(
    (subject) =>
      isNamed(resource, subject) &&
      (other === undefined || subjects.some((each) => each.urn !== subject.urn && isNamed(other, each)) || texts.some((text) => matchesWildcard(other, text))),
  );
}

function covers(exemption: Exemption, finding: Finding): boolean {
  const { subjects, texts } = namesIn(finding);
  const policies: readonly PolicyName[] = finding.certainty === "suspected" ? [finding.policy, "architecture-suspected"] : [finding.policy];
  return (exemption.policy === undefined || policies.includes(exemption.policy)) && matchesBoth(exemption, subjects, texts);
}

/** True if the exemption is for what could not be determined about a resource. */
function coversUndetermined(exemption: Exemption, { subject }: Undetermined): boolean {
  return exemption.policy === "architecture-undetermined" && exemption.with === undefined && isNamed(exemption.resource, subject);
}

export class Exemptions {
  /** @param today `2026-11-21`, by UTC */
  constructor(
    readonly all: readonly Exemption[],
    private readonly today: string,
  ) {}

  isOver({ until }: Exemption): boolean {
    return until !== undefined && until < this.today;
  }

  /** The exemption that covers a finding: one that holds, before one that is over. */
  of(finding: Finding): Cover | undefined {
    return this.first((exemption) => covers(exemption, finding));
  }

  ofUndetermined(entry: Undetermined): Cover | undefined {
    return this.first((exemption) => coversUndetermined(exemption, entry));
  }

  private first(doesCover: (exemption: Exemption) => boolean): Cover | undefined {
    const covering = this.all.filter(doesCover);
    const exemption = covering.find((each) => !this.isOver(each)) ?? covering[0];
    return exemption === undefined ? undefined : { exemption, isOver: this.isOver(exemption) };
  }
}

/** True if the exemption's pattern names the resource. */
export function namesResource({ resource }: Exemption, names: Named): boolean {
  return isNamed(resource, names);
}

export function readExemptions(reader: OptionsReader): Exemption[] {
  return reader.entries("exemptions").flatMap((entry) => readExemption(reader, entry));
}
