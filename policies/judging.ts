/**
 * Judging of plain resources, for all policies together: the options, what was judged, and what was said already. The
 * pack and the command share it, so nothing here knows the policy SDK.
 */

import type { Cover, Exemption } from "./options/exemptions";
import type { Options } from "./options/read";
import { readSettings, type Settings } from "./options/settings";
import { isOfInterest, partsOf } from "./read";
import type { Resource } from "./read/resource";
import type * as Lookups from "./lookups";
import type { Desk } from "./lookups";
import type { LookupOptions } from "./options/lookups";
import { exemptionFindings, judgeDeclarations, optionErrors } from "./rules/cpu-architecture-settings";
import { mergeJudgements, NOTHING, type Rule } from "./rules/rule";
import { keyOf, type Finding, type Judgement, type PolicyName, type Undetermined } from "./stack/finding";
import type { Part } from "./stack/model";
import type { Fact } from "./stack/fact";
import type { AwsAccess } from "./stack/outside";
import { Stack } from "./stack/stack";

/** A fault of the pack: where it happened, never what was being read. */
export interface Fault {
  readonly fault: string;
}

export type Verdict = Judgement | Fault;

export function isFault(verdict: Verdict | undefined): verdict is Fault {
  return verdict !== undefined && "fault" in verdict;
}

/** File and line of an error. Its stack begins with its message, which may look like anything, also like a place. */
function placeOf(error: Error): string | undefined {
  const stack: unknown = error.stack;
  const frames = typeof stack === "string" ? stack.replace(error.message, "").split("\n") : [];
  const frame = frames.find((line) => /^\s+at /.test(line)) ?? "";
  return /([^\\/\s(]+:\d+):\d+\)?$/.exec(frame)?.[1];
}

/** Name and place of an error. Its message may quote the value that was read, a secret perhaps, so it is left out. */
export function faultOf(error: unknown, doing: string): Fault {
  const name = error instanceof Error ? error.constructor.name : typeof error;
  const place = error instanceof Error ? placeOf(error) : undefined;
  return { fault: `${name} while ${doing}${place === undefined ? "" : ` (${place})`}` };
}

/** What a complete stack is told of each of its resources, before any is read. */
export interface StackMember {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly parent?: { readonly urn: string } | undefined;
}

/** A resource that matters, read. */
export interface ReadResource {
  readonly urn: string;
  readonly parent: string | undefined;
  readonly parts: readonly Part[];
}

/** `2026-11-21`, by UTC. */
function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** Adds the members that matter, in an order that does not depend on theirs. */
function fill<Member extends StackMember>(stack: Stack, members: readonly Member[], read: (member: Member) => Resource): { faults: Map<PolicyName, Verdict>; urns: string[] } {
  const ofInterest = members.filter(({ type }) => isOfInterest(type)).sort((a, b) => (a.urn < b.urn ? -1 : 1));
  const faults = new Map<PolicyName, Verdict>();
  for (const member of ofInterest) {
    try {
      stack.add(member.urn, member.parent?.urn, partsOf(read(member)));
    } catch (error) {
      faults.set("architecture-suspected", faultOf(error, `reading a resource of type ${member.type}`));
    }
  }
  return { faults, urns: ofInterest.map(({ urn }) => urn) };
}

/** Judged from both of its sides, a thing is said twice. */
function withoutRepetition({ findings, undetermined }: Judgement): Judgement {
  const entryOf = ({ subject, part, why }: Undetermined): string => [subject.urn, part, why].join("|");
  return {
    findings: [...new Map(findings.map((finding) => [keyOf(finding), finding])).values()],
    undetermined: [...new Map(undetermined.map((entry) => [entryOf(entry), entry])).values()],
  };
}

const UNDETERMINED: PolicyName = "architecture-undetermined";

/** True if something that is open, of one of these policies, may become a finding that the exemption is for. */
function mayCoverLater({ policy }: Exemption, open: ReadonlySet<PolicyName>): boolean {
  const isOfAll = policy === undefined || policy === "architecture-suspected" || policy === "container-image-platform-explicit";
  return isOfAll ? open.size > 0 : open.has(policy);
}

/** The scope of resources that the program's own configuration of AWS manages, in whichever region. */
const DEFAULT_AWS = "pulumi:providers:aws default ";

/** More often than this, nothing is asked that follows from answers. */
const MAX_ROUNDS = 5;

/** Loads the look-ups, with all that they need: nobody else pays for them. */
function openDesk(options: LookupOptions, accessOf: (scope: string) => Fact<AwsAccess> | undefined): Desk {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- only where they are switched on
  const lookups = require("./lookups") as typeof Lookups;
  return lookups.openDesk(options, accessOf);
}

/** The judgements over one stack, and what the options do to them. */
export class Judging {
  private settings: Settings = readSettings({}, today());
  private isConfigured = false;
  private registering: Stack | undefined;
  private readonly said = new Set<string>();
  private verdicts: ReadonlyMap<PolicyName, Verdict> = new Map<PolicyName, Verdict>();
  /** The stack that was analyzed last, with the names of all of its resources. */
  private complete: { readonly stack: Stack; readonly members: readonly StackMember[] } | undefined;
  private readonly usedExemptions = new Set<Exemption>();
  /** True if resources are missing from what was judged: what they would need must not be called unused. */
  private isPartial = false;

  private readonly accesses = new Map<string, Fact<AwsAccess>>();
  private opened: Desk | undefined;

  constructor(private readonly rules: readonly Rule[]) {}

  /** Takes the options of `cpu-architecture-settings`, the first time that they are told. */
  configure(options: () => Options): void {
    if (!this.isConfigured) {
      this.isConfigured = true;
      this.settings = readSettings(options(), today());
      this.registering = undefined;
    }
  }

  /** The exemption that covers a finding, and whether its time is over. */
  exemptionOf(finding: Finding): Cover | undefined {
    const cover = this.settings.exemptions.of(finding);
    if (cover !== undefined && !cover.isOver) {
      this.usedExemptions.add(cover.exemption);
    }
    return cover;
  }

  /** The exemption that covers what could not be determined, as long as it holds. */
  exemptionOfUndetermined(entry: Undetermined): Exemption | undefined {
    const cover = this.settings.exemptions.ofUndetermined(entry);
    if (cover === undefined || cover.isOver) {
      return undefined;
    }
    this.usedExemptions.add(cover.exemption);
    return cover.exemption;
  }

  /** What is wrong with the options of `cpu-architecture-settings`, as far as the options or the whole stack tell. */
  settingsVerdict(): Verdict {
    const { errors, tellsUnused } = this.settings;
    try {
      const declared = this.complete === undefined || this.complete.stack.isEmpty ? NOTHING : judgeDeclarations(this.complete.stack, tellsUnused);
      return mergeJudgements([optionErrors("cpu-architecture-settings", errors), declared, this.judgeExemptions()]);
    } catch (error) {
      return faultOf(error, "judging cpu-architecture-settings");
    }
  }

  /** True the first time that something is said. */
  isNews(key: string): boolean {
    const news = !this.said.has(key);
    this.said.add(key);
    return news;
  }

  /** The verdicts of all rules on what was judged last. */
  get latest(): ReadonlyMap<PolicyName, Verdict> {
    return this.verdicts;
  }

  /** True if the user wants AWS or registries to be asked. Then what judges has to wait for `lookingUp`. */
  get looksUp(): boolean {
    return this.settings.lookups !== undefined;
  }

  /** How AWS is reached by what lies in a scope. */
  noteAccess(scope: string, access: () => Fact<AwsAccess>): void {
    if (this.looksUp && !this.accesses.has(scope)) {
      this.accesses.set(scope, access());
    }
  }

  /** Judges, looks up what that left open, and judges again with the answers. Rejects only with what judging throws. */
  async lookingUp(judge: () => unknown): Promise<void> {
    judge();
    for (let round = 0; round < MAX_ROUNDS && (await this.desk?.answer()) === true; round += 1) {
      judge();
    }
  }

  /** Ends what look-ups keep open. */
  close(): void {
    this.opened?.close();
  }

  /** Where is asked what the stack cannot tell; undefined where nothing may be asked. */
  private get desk(): Desk | undefined {
    const { lookups } = this.settings;
    if (lookups !== undefined) {
      this.opened ??= openDesk(lookups, (scope) => this.accessOf(scope));
    }
    return this.opened;
  }

  /** What no AWS provider manages is asked for in the way of the default one. */
  private accessOf(scope: string): Fact<AwsAccess> | undefined {
    return this.accesses.get(scope) ?? [...this.accesses].find(([each]) => each.startsWith(DEFAULT_AWS))?.[1];
  }

  /** Nothing is judged until the next judgement is through. */
  protected forget(): void {
    this.verdicts = new Map();
  }

  /** Judges what a resource makes certain that was just registered. */
  protected judgeRegistered(resource: Resource, parent: string | undefined): void {
    this.registering ??= new Stack("registration", this.settings.declarations, this.desk?.outside);
    const stack = this.registering;
    stack.add(resource.urn, parent, partsOf(resource));
    this.verdicts = this.judgeAll((rule) => rule.judgeResource?.(stack, resource.urn));
  }

  /**
   * Judges a complete stack.
   * @param read reads a resource in full; only asked for types that matter, and a fault in it costs only that resource
   */
  judgeComplete<Member extends StackMember>(members: readonly Member[], read: (member: Member) => Resource): ReadonlyMap<PolicyName, Verdict> {
    // Nothing is registered any more: what was known while it was is not needed, and in a large stack it is much.
    this.registering = undefined;
    const stack = new Stack("complete", this.settings.declarations, this.desk?.outside);
    // Only their names are kept: whole members hold all that the stack is made of, and this stays until the process ends.
    this.complete = { stack, members: members.map(({ urn, type, name }) => ({ urn, type, name })) };
    const { faults } = fill(stack, members, read);
    this.verdicts = new Map([...faults, ...this.judgeAll((rule) => rule.judge(stack))]);
    return this.verdicts;
  }

  /**
   * Judges the resources of a stack among which others are missing, whatever those may be: as while resources are
   * registered, only what nothing else can overturn.
   * @param gap why some are missing; it is listed as not determined
   */
  judgePartial<Member extends StackMember>(members: readonly Member[], read: (member: Member) => Resource, gap: string): void {
    this.isPartial = true;
    const stack = new Stack("partial", this.settings.declarations, this.desk?.outside);
    const { faults, urns } = fill(stack, members, read);
    const verdicts = this.judgeAll((rule) => rule.judgeResource && withoutRepetition(mergeJudgements(urns.map((urn) => rule.judgeResource?.(stack, urn) ?? NOTHING))));
    const subject = { urn: members[0]?.urn ?? "", kind: "stack", name: members[0]?.name ?? "" };
    const missing = { policy: UNDETERMINED, subject, part: "its other resources", why: gap, remedy: "tell of all of them" };
    this.verdicts = new Map([...faults, ...verdicts, [UNDETERMINED, { findings: [], undetermined: [missing] }]]);
  }

  /** What the rules say of resources that are read already. It is not remembered. */
  judgeParts(resources: readonly ReadResource[]): ReadonlyMap<PolicyName, Verdict> {
    const stack = new Stack("complete", this.settings.declarations, this.desk?.outside);
    for (const { urn, parent, parts } of resources) {
      stack.add(urn, parent, parts);
    }
    return this.judgeAll((rule) => rule.judge(stack));
  }

  /** Adds findings to what was judged, as far as they are not there. */
  addFindings(policy: PolicyName, findings: readonly Finding[]): void {
    const added = new Map(findings.map((finding) => [keyOf(finding), finding]));
    this.amend((judgement, of) => {
      if (of !== policy || added.size === 0) {
        return judgement;
      }
      judgement.findings.forEach((each) => added.delete(keyOf(each)));
      return { ...judgement, findings: [...judgement.findings, ...added.values()] };
    });
  }

  /** What a policy could not determine, with more at hand: it takes the place of what that was before. */
  setUndetermined(policy: PolicyName, change: (before: readonly Undetermined[]) => readonly Undetermined[]): void {
    this.amend((judgement, of) => (of === policy ? { ...judgement, undetermined: change(judgement.undetermined) } : judgement));
  }

  private amend(change: (judgement: Judgement, policy: PolicyName) => Judgement): void {
    this.verdicts = new Map([...this.verdicts].map(([policy, verdict]) => [policy, isFault(verdict) ? verdict : change(verdict, policy)]));
  }

  private judgeAll(judge: (rule: Rule) => Judgement | undefined): Map<PolicyName, Verdict> {
    const verdicts = new Map<PolicyName, Verdict>();
    for (const rule of this.rules) {
      try {
        const judgement = judge(rule);
        if (judgement !== undefined) {
          verdicts.set(rule.name, judgement);
        }
      } catch (error) {
        verdicts.set(rule.name, faultOf(error, `judging ${rule.name}`));
      }
    }
    return verdicts;
  }

  /** The exemptions that are over, and those that nothing needs. Asking for what covers a thing marks that as used. */
  private judgeExemptions(): Judgement {
    const { exemptions, tellsUnused } = this.settings;
    if (exemptions.all.length === 0) {
      return NOTHING;
    }
    const { findings, undetermined } = mergeJudgements([...this.verdicts.values()].filter((verdict): verdict is Judgement => !isFault(verdict)));
    for (const finding of findings) {
      this.exemptionOf(finding);
    }
    for (const entry of undetermined) {
      this.exemptionOfUndetermined(entry);
    }
    const over = exemptions.all.filter((each) => exemptions.isOver(each));
    const named = exemptions.naming(this.complete?.members ?? []);
    const open = new Set(undetermined.map(({ policy }) => policy));
    // What covers nothing may still cover what is open of a resource that it names.
    const isIdle = (each: Exemption): boolean => !this.usedExemptions.has(each) && !(named.has(each) && mayCoverLater(each, open));
    const unused = tellsUnused && !this.isPartial ? exemptions.all.filter((each) => !exemptions.isOver(each) && isIdle(each)) : [];
    return exemptionFindings(over, unused, (each) => named.has(each));
  }
}
