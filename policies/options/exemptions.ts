/** Findings that the user has looked at and accepts, with a reason and, if wanted, an end. */

import { matchesWildcard, PatternIndex, precisionOf } from "../platform/wildcard";
import { namesIn, POLICY_NAMES, type Finding, type NamesInFinding, type PolicyName, type Undetermined } from "../stack/finding";
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

/** What a user may call a resource. */
function callNames({ urn, name, madeBy }: Named): string[] {
  return [...new Set([urn, name, madeBy?.name ?? name])];
}

function isNamed(pattern: string, named: Named): boolean {
  return callNames(named).some((each) => matchesWildcard(pattern, each));
}

/** True if the two names stand for two things: one name must not fulfil both patterns. */
function matchesBoth({ resource, with: other }: Exemption, subjects: readonly Subject[], texts: readonly string[]): boolean {
  return subjects.some(
    (subject) =>
      isNamed(resource, subject) &&
      (other === undefined || subjects.some((each) => each.urn !== subject.urn && isNamed(other, each)) || texts.some((text) => matchesWildcard(other, text))),
  );
}

function covers(exemption: Exemption, finding: Finding, { subjects, texts }: NamesInFinding): boolean {
  const policies: readonly PolicyName[] = finding.certainty === "suspected" ? [finding.policy, "architecture-suspected"] : [finding.policy];
  return (exemption.policy === undefined || policies.includes(exemption.policy)) && matchesBoth(exemption, subjects, texts);
}

/** True if the exemption is for what could not be determined about a resource. */
function coversUndetermined(exemption: Exemption, { subject }: Undetermined): boolean {
  return exemption.policy === "architecture-undetermined" && exemption.with === undefined && isNamed(exemption.resource, subject);
}

/** Of its two patterns the one that fewer things match. */
function narrowestPattern({ resource, with: other }: Exemption): string {
  return other !== undefined && precisionOf(other) > precisionOf(resource) ? other : resource;
}

export class Exemptions {
  private readonly byPattern: PatternIndex<Exemption>;
  private readonly byResource: PatternIndex<Exemption>;

  /** @param today `2026-11-21`, by UTC */
  constructor(
    readonly all: readonly Exemption[],
    private readonly today: string,
  ) {
    this.byPattern = new PatternIndex(all, narrowestPattern);
    this.byResource = new PatternIndex(all, ({ resource }) => resource);
  }

  isOver({ until }: Exemption): boolean {
    return until !== undefined && until < this.today;
  }

  /** The exemption that covers a finding: one that holds, before one that is over. */
  of(finding: Finding): Cover | undefined {
    if (this.all.length === 0) {
      return undefined;
    }
    const names = namesIn(finding);
    const candidates = this.byPattern.matching([...names.subjects.flatMap(callNames), ...names.texts]);
    return this.first(candidates, (exemption) => covers(exemption, finding, names));
  }

  ofUndetermined(entry: Undetermined): Cover | undefined {
    const candidates = this.all.length === 0 ? [] : this.byResource.matching(callNames(entry.subject));
    return this.first(candidates, (exemption) => coversUndetermined(exemption, entry));
  }

  /** The exemptions that name one of the resources. */
  naming(resources: readonly Named[]): ReadonlySet<Exemption> {
    return new Set(resources.flatMap((resource) => this.byResource.matching(callNames(resource))));
  }

  private first(candidates: readonly Exemption[], doesCover: (exemption: Exemption) => boolean): Cover | undefined {
    const holding = candidates.find((each) => !this.isOver(each) && doesCover(each));
    const exemption = holding ?? candidates.find(doesCover);
    return exemption === undefined ? undefined : { exemption, isOver: holding === undefined };
  }
}

export function readExemptions(reader: OptionsReader): Exemption[] {
  return reader.entries("exemptions").flatMap((entry) => readExemption(reader, entry));
}
