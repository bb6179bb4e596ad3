/** An AMI must run on every instance type that it is launched with. */

import type { Ec2Architecture } from "../platform/ec2";
import { AGREE, outcomeOf, unknownOutcome, type Comparison, type Outcome } from "../stack/comparison";
import type { AmiOnInstanceType, Finding, Judgement, Undetermined } from "../stack/finding";
import { groupBy } from "../stack/group-by";
import { startsOf, templateAmi, templateTypes, templateUsed, type AmiSide, type Start, type TypesSide } from "../stack/launches";
import type { AmiArchitecture, LaunchTemplate, Launcher, Subject } from "../stack/model";
import type { Stack } from "../stack/stack";
import { mergeJudgements, NOTHING, type Rule, STATE_OR_UPDATE } from "./rule";

const POLICY = "ec2-ami-instance-type-architecture";

interface Mismatch {
  readonly ami: AmiArchitecture;
  readonly amiAt: Subject;
  readonly types: TypesSide;
  readonly architectures: readonly Ec2Architecture[];
}

/** The AMI and the types, where both are known and no machine of those types boots the AMI. */
function mismatchOf(ami: AmiSide, types: TypesSide): Mismatch | undefined {
  if (ami.fact.state !== "known" || types.fact.state !== "known" || types.fact.value.includes(ami.fact.value.architecture)) {
    return undefined;
  }
  return { ami: ami.fact.value, amiAt: ami.at, types, architectures: types.fact.value };
}

/** One finding for all types that the same resource launches with the same AMI. */
function findingsOf(mismatches: readonly Mismatch[], usedBy: readonly Subject[]): Finding[] {
  const groups = groupBy(mismatches, (mismatch) => [mismatch.amiAt.urn, mismatch.ami.source.text, mismatch.types.at.urn].join(" "));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [findingOf(first, group, usedBy)];
  });
}

function findingOf(first: Mismatch, group: readonly Mismatch[], usedBy: readonly Subject[]): AmiOnInstanceType {
  const types = [...new Set(group.flatMap(({ types: { type } }) => type ?? []))];
  const others = group.map((mismatch) => mismatch.types.source).filter(({ text }) => text !== first.types.source.text);
  return {
    kind: "ami-on-instance-type",
    policy: POLICY,
    subject: first.types.at,
    certainty: first.ami.certain ? "certain" : "suspected",
    because: first.ami.certain ? "" : "the AMI's architecture is guessed from its name",
    ami: first.ami,
    amiAt: first.amiAt,
    types: types.join(", "),
    typeArchitectures: [...new Set(group.flatMap(({ architectures }) => architectures))].sort(),
    typeSources: [first.types.source, ...others],
    typesAt: first.types.at,
    usedBy: usedBy.filter(({ urn }) => urn !== first.types.at.urn),
  };
}

function undeterminedOf(ami: AmiSide, types: TypesSide): Undetermined[] {
  const entries: Undetermined[] = [];
  if (ami.fact.state === "unknown") {
    const remedy = "declare the AMI under `amis` of cpu-architecture-settings, or use resolve:ssm: with a public parameter";
    entries.push({ policy: POLICY, subject: ami.at, part: "its AMI", why: ami.fact.why, remedy });
  }
  if (types.fact.state === "unknown") {
    const remedy = "declare the type under `instanceTypes` of cpu-architecture-settings, or state it";
    entries.push({ policy: POLICY, subject: types.at, part: "its instance types", why: types.fact.why, remedy });
  }
  return entries;
}

function judgeLauncher(stack: Stack, launcher: Launcher): Judgement {
  const starts = startsOf(stack, launcher);
  if (starts.state !== "known") {
    const why = starts.state === "unknown" ? starts.why : "";
    return { findings: [], undetermined: [{ policy: POLICY, subject: launcher.subject, part: "its AMI and instance types", why, remedy: STATE_OR_UPDATE }] };
  }
  const own = starts.value.filter((start) => !saysItsTemplate(start));
  const findings = findingsOf(own.flatMap(({ ami, types }) => mismatchOf(ami, types) ?? []), [launcher.subject]);
  return {
    findings,
    undetermined: dedupe(own.flatMap(({ ami, types }) => undeterminedOf(ami, types))),
    comparisons: () => own.map(({ ami, types }) => comparisonOf(ami, types, [launcher.subject], findings)),
  };
}

/** What was concluded of an AMI and a type: the finding that names both, or what is not known of either. */
function comparisonOf(ami: AmiSide, types: TypesSide, usedBy: readonly Subject[], findings: readonly Finding[]): Comparison {
  const own = mismatchOf(ami, types) === undefined ? [] : findings.filter((each) => each.kind === "ami-on-instance-type" && each.amiAt === ami.at && each.typesAt === types.at);
  return {
    of: "AMI and instance type",
    amiAt: ami.at,
    ami: ami.fact.state === "known" ? ami.fact.value.source.text : "",
    amiArchitecture: ami.fact.state === "known" ? ami.fact.value.architecture : undefined,
    typesAt: types.at,
    types: types.source.text,
    typeArchitectures: types.fact.state === "known" ? types.fact.value : [],
    usedBy,
    outcome: outcomeOf(own) ?? outcomeWithout(ami, types),
  };
}

/** Without a finding: both known is agreement, unless nothing starts them together. */
function outcomeWithout(ami: AmiSide, types: TypesSide): Outcome {
  const open = [ami.fact, types.fact].find((fact) => fact.state === "unknown");
  if (open?.state === "unknown") {
    return unknownOutcome(open.why);
  }
  return mismatchOf(ami, types) === undefined ? AGREE : unknownOutcome("nothing in this stack is known to start them together");
}

function dedupe(entries: readonly Undetermined[]): Undetermined[] {
  return [...new Map(entries.map((entry) => [`${entry.subject.urn} ${entry.part} ${entry.why}`, entry])).values()];
}

/** True if both the AMI and the type are the template's: then the template is judged, once for all that use it. */
function saysItsTemplate({ ami, types, template }: Start): boolean {
  return ami.at === template?.subject && types.at === template.subject;
}

/** Who starts instances from which template, and how: with its very AMI and type, or with values of their own. */
interface TemplateUsers {
  readonly asItIs: Map<LaunchTemplate, Subject[]>;
  readonly otherwise: Set<LaunchTemplate>;
  /** True if something may use any template, as its own is not known. */
  readonly anything: boolean;
  /** True if something uses a template whose id is not found: one of another stack, or one whose own id is not known. */
  readonly elsewhereById: boolean;
  /** The same for names. */
  readonly elsewhereByName: boolean;
}

function usersOfTemplates(stack: Stack): TemplateUsers {
  const users = { asItIs: new Map<LaunchTemplate, Subject[]>(), otherwise: new Set<LaunchTemplate>() };
  let [anything, elsewhereById, elsewhereByName] = [false, false, false];
  for (const launcher of stack.all("launcher")) {
    const starts = startsOf(stack, launcher);
    for (const start of starts.state === "known" ? starts.value : []) {
      if (start.template !== undefined && saysItsTemplate(start)) {
        const subjects = users.asItIs.get(start.template) ?? [];
        subjects.push(launcher.subject);
        users.asItIs.set(start.template, subjects);
      }
    }
    anything ||= launcher.launches.state === "unknown";
    const launches = launcher.launches.state === "known" ? launcher.launches.value : [];
    for (const use of launches.flatMap((launch) => [launch.template, launch.replaced])) {
      const template = use === undefined ? undefined : templateUsed(stack, use, launcher.scope);
      if (template !== undefined) {
        users.otherwise.add(template);
      } else if (use !== undefined && use.id.value.state !== "known" && use.name.value.state !== "known") {
        anything = true;
      } else {
        elsewhereById ||= use?.id.value.state === "known";
        elsewhereByName ||= use?.name.value.state === "known";
      }
    }
  }
  return { ...users, anything, elsewhereById, elsewhereByName };
}

/**
 * A template that contradicts itself. One that something uses is judged for what uses it as it is; one that
 * nothing in the stack uses is judged for itself, unless something might use it with other values.
 */
function judgeTemplate(stack: Stack, template: LaunchTemplate): Judgement {
  const ami = templateAmi(stack, template);
  const types = templateTypes(stack, template);
  if (ami === undefined || types === undefined) {
    return NOTHING;
  }
  const users = stack.memo(usersOfTemplates);
  const usedBy = users.asItIs.get(template) ?? [];
  const mayBeElsewhere = (users.elsewhereById && template.id.state !== "known") || (users.elsewhereByName && template.name.state !== "known");
  const isUnused = !users.otherwise.has(template) && !users.anything && !mayBeElsewhere;
  const mismatch = usedBy.length > 0 || isUnused ? mismatchOf(ami, types) : undefined;
  const findings = findingsOf(mismatch === undefined ? [] : [mismatch], usedBy);
  return { findings, undetermined: dedupe(undeterminedOf(ami, types)), comparisons: () => [comparisonOf(ami, types, usedBy, findings)] };
}

export const ec2AmiInstanceTypeArchitecture: Rule = {
  name: POLICY,
  displayName: "AMIs run on their instance types",
  description: "An AMI must run on every EC2 instance type that it is launched with.",
  level: "mandatory",
  severity: "high",
  tags: ["aws", "ec2", "graviton", "cpu-architecture"],
  remediation: "Use the AMI of the instance type's architecture, or an instance type of the AMI's.",
  judge: (stack) =>
    mergeJudgements([
      ...stack.all("launch template").map((template) => judgeTemplate(stack, template)),
      ...stack.all("launcher").map((launcher) => judgeLauncher(stack, launcher)),
    ]),
  judgeResource: (stack, urn) => mergeJudgements(stack.at(urn, "launcher").map((launcher) => judgeLauncher(stack, launcher))),
};
