/**
 * A task that states an architecture needs an instance that has it; a task that states none needs images that run on
 * every architecture that it can land on.
 */

import { fits, HOST_ARCHITECTURES, type Fit, type HostArchitecture } from "../platform/fit";
import { attributesOf, placementOf, reachOf, type Machine, type Reach } from "../stack/capacity";
import { AGREE, outcomeOf, unknownOutcome, type Comparison, type Outcome } from "../stack/comparison";
import type { Certainty, Finding, InstancesSide, Judgement, Undetermined } from "../stack/finding";
import { emulates, mayBeEmulated } from "../stack/emulation";
import { groupBy } from "../stack/group-by";
import { offeredBy, type Offered } from "../stack/image-sides";
import { imagesOf, offerOf } from "../stack/images";
import type { TaskDefinition, TaskLauncher } from "../stack/model";
import type { Stack } from "../stack/stack";
import { capacityOf, isFargateOnly, taskStartedBy } from "../stack/task-launchers";
import { requirementFor, type Requirement } from "../stack/task-platform";
import { mergeJudgements, NOTHING, type Rule } from "./rule";

const POLICY = "ecs-task-capacity-architecture";

/** One launcher of one task definition, outside Fargate, that is known to start tasks. */
interface Placement {
  readonly stack: Stack;
  readonly task: TaskDefinition;
  readonly launcher: TaskLauncher;
  readonly requirement: Requirement;
  readonly reach: Reach;
}

/** A machine as a place for the tasks. */
interface Seat {
  readonly machine: Machine;
  /** Whether its operating system is the task's. */
  readonly system: "same" | "other" | "unknown";
  /** What the placement constraints say of it. */
  readonly admitted: "yes" | "no" | "unknown";
}

function systemOf({ os }: Machine, wanted: Requirement["host"]["os"]): Seat["system"] {
  if (os === undefined || wanted === undefined) {
    return "unknown";
  }
  return os === wanted ? "same" : "other";
}

function findSeats({ task, launcher, reach, requirement }: Placement): Seat[] {
  return reach.machines.map((machine) => ({
    machine,
    system: systemOf(machine, requirement.host.os),
    admitted: placementOf(task, launcher, attributesOf(machine)),
  }));
}

/** Launchers on the same instances mostly ask for the same of them; what few ask for is not kept. */
const MAX_KEPT = 20;

function seatsByReach(): WeakMap<Reach, Map<string, readonly Seat[]>> {
  return new WeakMap();
}

function seatsOf(placement: Placement): readonly Seat[] {
  const { stack, task, launcher, reach, requirement } = placement;
  const kept = stack.memo(seatsByReach);
  const ofReach = kept.get(reach) ?? new Map<string, readonly Seat[]>();
  kept.set(reach, ofReach);
  const key = JSON.stringify([task.placementConstraints, launcher.placementConstraints, requirement.host.os]);
  const seats = ofReach.get(key) ?? findSeats(placement);
  if (ofReach.size < MAX_KEPT) {
    ofReach.set(key, seats);
  }
  return seats;
}

function isOpenTo({ system, admitted }: Seat): boolean {
  return system !== "other" && admitted !== "no";
}

/** The provider, group or instance that a machine comes from. */
function originOf({ chain }: Machine): string {
  return chain[0]?.urn ?? "";
}

/** Machines of the same origin as one side: a group with three types is one thing to repair. */
function sidesOf(machines: readonly Machine[]): InstancesSide[] {
  return [...groupBy(machines, originOf).values()].map((group) => ({
    architectures: [...new Set(group.flatMap(({ architectures }) => architectures))].sort(),
    os: group.every(({ os }) => os === group[0]?.os) ? group[0]?.os : undefined,
    chain: group[0]?.chain ?? [],
    text: [...new Set(group.map(({ text }) => text))].filter((text) => text !== "").join("; "),
  }));
}

/** The architectures that the placement constraints leave, whatever the capacity is. */
function architecturesAdmitted({ task, launcher }: Placement): HostArchitecture[] {
  return HOST_ARCHITECTURES.filter((architecture) => placementOf(task, launcher, { architecture }) !== "no");
}

/** A finding about what constraints leave, for an image or, without one, for what the task asks for. */
function constraintFinding({ task, launcher, requirement }: Placement, image: Offered | undefined, admitted: readonly HostArchitecture[]): Finding {
  return {
    kind: "task-on-constraint",
    policy: POLICY,
    subject: task.subject,
    certainty: image?.certainty ?? "certain",
    because: image?.because ?? "",
    task,
    requirement,
    image: image?.side,
    launchers: [launcher],
    admitted,
  };
}

/** How sure it is that no instance fits, when none of those that are known does; undefined if others may well. */
function certaintyOfNone({ machines, openBecause, isLikelyAll }: Reach): Pick<Finding, "certainty" | "because"> | undefined {
  if (!isLikelyAll || machines.length === 0) {
    return undefined;
  }
  const doubt = openBecause ?? (machines.every((machine) => machine.doubt !== undefined) ? machines[0]?.doubt : undefined);
  return doubt === undefined ? { certainty: "certain", because: "" } : { certainty: "suspected", because: doubt };
}

/** Some instance must have the architecture, and all of them must be known to say that none has. */
function judgePinned(placement: Placement, architecture: HostArchitecture): Judgement {
  const { task, launcher, requirement, reach } = placement;
  const seats = seatsOf(placement);
  const possible = seats.filter((seat) => isOpenTo(seat) && (seat.machine.architectures.length === 0 || seat.machine.architectures.includes(architecture)));
  const certainty = possible.length > 0 ? undefined : certaintyOfNone(reach);
  if (certainty === undefined) {
    const isSupplied = possible.some(({ machine }) => machine.architectures.length > 0);
    const undetermined = isSupplied ? [] : openCapacity(placement, seats);
    return { findings: [], undetermined, comparisons: () => [withCapacity(placement, isSupplied ? AGREE : openOutcome(undetermined))] };
  }
  const left = seats.filter(isOpenTo);
  const finding: Finding = {
    kind: "task-on-capacity",
    policy: POLICY,
    subject: launcher.subject,
    ...certainty,
    task,
    requirement,
    launchers: [launcher],
    instances: sidesOf((left.length > 0 ? left : seats).map(({ machine }) => machine)),
  };
  return { findings: [finding], undetermined: [], comparisons: () => [withCapacity(placement, outcomeOf([finding]) ?? AGREE)] };
}

/** The capacity of a launcher, with what was concluded of its task there. */
function withCapacity({ task, launcher, requirement, reach }: Placement, outcome: Outcome): Comparison {
  return { of: "task and capacity", task, launcher, requirement, capacity: "instances", instances: sidesOf(reach.machines), outcome };
}

function openOutcome([entry]: readonly Undetermined[]): Outcome {
  return unknownOutcome(entry?.why ?? "the instances are not known in full");
}

/** Whether the image runs on the machine, taken to have the task's operating system: it would not be placed there else. */
function fitOn(image: Offered, { architectures, os }: Machine, { host }: Requirement): Fit {
  const [architecture, ...others] = architectures;
  const system = host.os ?? os;
  return architecture === undefined || others.length > 0 ? "maybe" : fits(image.side.platforms, { architecture, ...(system === undefined ? {} : { os: system }) });
}

/** Machines of the same origin on which the image does not run, with the least doubt that tasks are put on one. */
interface Failure {
  readonly seats: readonly Seat[];
  readonly certainty: Certainty;
  readonly because: string;
}

/**
 * Why it is not certain that tasks are put on the machine. An x86 machine with an AMI that tells nothing may be a
 * Windows one, where a Linux task is not put as long as others are left for it.
 */
function doubtOf({ machine, system }: Seat, isOnly: boolean, { host }: Requirement): string | undefined {
  if (machine.doubt !== undefined) {
    return machine.doubt;
  }
  if (host.os === undefined) {
    return "the task's operating system is not known";
  }
  return system !== "same" && !isOnly ? "their AMI may be for another operating system than the task" : undefined;
}

function failuresOf({ stack, requirement, reach }: Placement, seats: readonly Seat[], image: Offered): Failure[] {
  const failing = seats.filter(({ machine }) => fitOn(image, machine, requirement) === "cannot run" && !emulates(stack, machine, image.side.platforms));
  const isOnly = reach.isLikelyAll && failing.length === seats.length;
  const groups = groupBy(
    failing.filter(({ admitted }) => admitted === "yes"),
    ({ machine }) => originOf(machine),
  );
  return [...groups.values()].map((group) => {
    const doubts = group.map((seat) => doubtOf(seat, isOnly, requirement));
    const [doubt] = doubts.includes(undefined) ? [] : doubts;
    return doubt === undefined ? { seats: group, certainty: image.certainty, because: image.because } : { seats: group, certainty: "suspected", because: doubt };
  });
}

function imageFindings(placement: Placement, seats: readonly Seat[], image: Offered): Finding[] {
  return failuresOf(placement, seats, image).flatMap(({ seats: group, certainty, because }) =>
    sidesOf(group.map(({ machine }) => machine)).map((instances): Finding => ({
      kind: "image-on-capacity",
      policy: POLICY,
      subject: placement.task.subject,
      certainty,
      because,
      task: placement.task,
      launchers: [placement.launcher],
      image: image.side,
      instances,
    })),
  );
}

/** The task states none, and neither does a constraint: each of its images must run wherever it can land. */
function judgeUnpinned(placement: Placement, images: readonly Offered[]): Judgement {
  const { requirement } = placement;
  const admitted = seatsOf(placement).filter((seat) => seat.admitted !== "no");
  const ofItsSystem = admitted.filter(isOpenTo);
  const seats = ofItsSystem.length > 0 ? ofItsSystem : admitted;
  const findings = images.flatMap((image) => imageFindings(placement, seats, image));
  const isChoosy = images.some(({ side }) => HOST_ARCHITECTURES.some((architecture) => fits(side.platforms, { ...requirement.host, architecture }) === "cannot run"));
  const undetermined = findings.length > 0 || !isChoosy ? [] : openCapacity(placement, admitted);
  const ofNone = images.length === 0 ? unknownOutcome("which platforms its images are for is not known") : AGREE;
  const ofTask = outcomeOf(findings) ?? (undetermined.length > 0 ? openOutcome(undetermined) : ofNone);
  return { findings, undetermined, comparisons: () => [withCapacity(placement, ofTask), ...imageComparisons(placement, seats, images, findings)] };
}

/** Each image with the instances of each origin: what was found of them, or whether it runs on all of them. */
function imageComparisons(placement: Placement, seats: readonly Seat[], images: readonly Offered[], findings: readonly Finding[]): Comparison[] {
  const { task, launcher, requirement } = placement;
  const groups = [...groupBy(seats, ({ machine }) => originOf(machine)).values()];
  return images.flatMap((image) =>
    groups.flatMap((group) =>
      sidesOf(group.map(({ machine }) => machine)).map((instances): Comparison => {
        const own = findings.filter((each) => each.kind === "image-on-capacity" && each.image === image.side && each.instances.chain[0]?.urn === instances.chain[0]?.urn);
        const runs = group.every(({ machine }) => fitOn(image, machine, requirement) === "runs");
        const { containers, image: { subject }, platforms } = image.side;
        const outcome = outcomeOf(own) ?? (runs ? AGREE : unknownOutcome("whether it runs on these instances is not known"));
        return { of: "image and capacity", task, launcher, image: { containers, subject, platforms }, instances, outcome };
      }),
    ),
  );
}

/** A constraint that leaves one architecture says what the task definition does not. */
function byConstraint(placement: Placement, architecture: HostArchitecture): Placement {
  const { requirement } = placement;
  const source = { how: "stated", text: `a placement constraint leaves linux/${architecture} only` } as const;
  return { ...placement, requirement: { ...requirement, host: { ...requirement.host, architecture }, source } };
}

/** Constraints come first: what they leave is known whatever the capacity is. */
function judgePlacement(placement: Placement): Judgement {
  const { stack, task, launcher, requirement } = placement;
  const admitted = architecturesAdmitted(placement);
  const { architecture } = requirement.host;
  if (admitted.length === 0 || (architecture !== undefined && !admitted.includes(architecture))) {
    return constrained(placement, [constraintFinding(placement, undefined, admitted)]);
  }
  if (architecture !== undefined) {
    return judgePinned(placement, architecture);
  }
  const images = imagesOf(stack, task).links.flatMap((link) => (link.certainty === "possible" ? [] : (offeredBy(link, offerOf(stack, link.image)) ?? [])));
  const [only, ...others] = admitted;
  if (only === undefined || others.length > 0) {
    return judgeUnpinned(placement, images);
  }
  const pinned = byConstraint(placement, only);
  const failing = images.filter(
    ({ side }) => fits(side.platforms, pinned.requirement.host) === "cannot run" && !mayBeEmulated(stack, task, { ...pinned.requirement, launchers: [launcher] }, side.platforms),
  );
  return failing.length > 0
    ? constrained(placement, failing.map((image) => constraintFinding(placement, image, admitted)))
    : judgePinned(pinned, only);
}

/** Constraints alone decide: whatever the capacity is, the tasks cannot be placed. */
function constrained(placement: Placement, findings: readonly Finding[]): Judgement {
  return { findings, undetermined: [], comparisons: () => [withCapacity(placement, outcomeOf(findings) ?? AGREE)] };
}

const KEEP_OR_DECLARE = "keep the capacity in the same stack, or declare it under `capacityProviders` or `clusters` of cpu-architecture-settings";
const CONSTRAINT_UNKNOWN = "a placement constraint could not be evaluated";

function openEntry({ subject }: TaskDefinition, launcher: TaskLauncher, why: string): Undetermined {
  const { kind, name } = launcher.subject.madeBy ?? launcher.subject;
  const part = `the instances that ${kind} \`${name}\` can use`;
  const remedy = why === CONSTRAINT_UNKNOWN ? "write it with attribute:ecs.cpu-architecture or attribute:ecs.instance-type" : KEEP_OR_DECLARE;
  return { policy: POLICY, subject, part, why, remedy };
}

function openCapacity({ task, launcher, reach }: Placement, seats: readonly Seat[]): Undetermined[] {
  const left = seats.filter(isOpenTo);
  const vague = left.find(({ machine }) => machine.architectures.length !== 1);
  const whys = [
    reach.openBecause,
    vague === undefined ? undefined : `the architecture of the instances of ${vague.machine.chain.map(({ kind, name }) => `${kind} \`${name}\``)[0] ?? "a group"} is not known`,
    seats.some(({ admitted }) => admitted === "unknown") ? CONSTRAINT_UNKNOWN : undefined,
    seats.length > 0 && left.length === 0 ? "no instance is known to be of the task's operating system" : undefined,
  ];
  const why = whys.find((each) => each !== undefined);
  return why === undefined ? [] : [openEntry(task, launcher, why)];
}

/** True if tasks are known to be started: an unknown count may be none. */
function startsTasks({ desiredCount }: TaskLauncher): boolean {
  return desiredCount.state === "absent" || (desiredCount.state === "known" && desiredCount.value > 0);
}

/** A launcher of which nothing is judged, with what is known of where it runs. */
function notJudged(task: TaskDefinition, launcher: TaskLauncher, capacity: "Fargate" | "instances" | "unknown", outcome: Outcome, requirement?: Requirement): Comparison {
  return { of: "task and capacity", task, launcher, requirement, capacity, instances: [], outcome };
}

/** Where it cannot be told on what the tasks run. */
function openLauncher(task: TaskDefinition, launcher: TaskLauncher, why: string): Judgement {
  return { findings: [], undetermined: [openEntry(task, launcher, why)], comparisons: () => [notJudged(task, launcher, "unknown", unknownOutcome(why))] };
}

/** Fargate has machines of each architecture, so it agrees with whatever is asked for, as far as that is known. */
function onFargate(task: TaskDefinition, launcher: TaskLauncher, requirement: Requirement | undefined): Judgement {
  const outcome = requirement?.host.architecture === undefined ? unknownOutcome("what the task asks for is not known") : AGREE;
  return { ...NOTHING, comparisons: () => [notJudged(task, launcher, "Fargate", outcome, requirement)] };
}

function judgeLauncher(stack: Stack, launcher: TaskLauncher): Judgement {
  const task = taskStartedBy(stack, launcher);
  if (task === undefined) {
    return NOTHING;
  }
  const requirement = requirementFor(stack, task, launcher);
  if (isFargateOnly(task)) {
    return onFargate(task, launcher, requirement);
  }
  if (!startsTasks(launcher)) {
    return { ...NOTHING, comparisons: () => [notJudged(task, launcher, "unknown", unknownOutcome("it is not known to start any tasks"))] };
  }
  if (task.requiresCompatibilities.state === "unknown") {
    return openLauncher(task, launcher, "it is not known whether the task definition allows anything but Fargate");
  }
  const capacity = capacityOf(stack, launcher);
  if (capacity.state !== "known") {
    return openLauncher(task, launcher, capacity.why);
  }
  if (capacity.value !== "other") {
    return onFargate(task, launcher, requirement);
  }
  const isUnread = task.cpuArchitecture.state !== "absent" && requirement?.host.architecture === undefined;
  if (requirement === undefined || isUnread) {
    return { ...NOTHING, comparisons: () => [notJudged(task, launcher, "instances", unknownOutcome("what the task asks for is not known"))] };
  }
  return judgePlacement({ stack, task, launcher, requirement, reach: reachOf(stack, launcher) });
}

/** What several launchers of one task definition have in common is said once, and names them all. */
function fold(findings: readonly Finding[]): Finding[] {
  const folded = new Map<string, { readonly finding: Finding; readonly launchers: TaskLauncher[] }>();
  for (const finding of findings) {
    if (finding.kind !== "task-on-capacity" && finding.kind !== "image-on-capacity" && finding.kind !== "task-on-constraint") {
      continue;
    }
    const sides = finding.kind === "image-on-capacity" ? [finding.instances] : finding.kind === "task-on-capacity" ? finding.instances : [];
    const image = finding.kind === "task-on-capacity" ? undefined : finding.image?.image.subject.urn;
    const key = [finding.kind, finding.certainty, finding.task.subject.urn, image ?? "", ...sides.map(({ chain }) => chain[0]?.urn ?? "")].join(" ");
    const group = folded.get(key) ?? { finding, launchers: [] };
    group.launchers.push(...finding.launchers);
    folded.set(key, group);
  }
  return [...folded.values()].map(({ finding, launchers }) => ({ ...finding, launchers }) as Finding);
}

function judge(stack: Stack): Judgement {
  const all = mergeJudgements(stack.all("task launcher").map((launcher) => judgeLauncher(stack, launcher)));
  return { ...all, findings: fold(all.findings) };
}

export const ecsTaskCapacityArchitecture: Rule = {
  name: POLICY,
  displayName: "ECS tasks find instances of their architecture",
  description: "An ECS task must be able to run on the instances that its service can place it on.",
  level: "mandatory",
  severity: "high",
  tags: ["aws", "ecs", "ec2", "graviton", "cpu-architecture"],
  remediation: "Add instances of the task's architecture, change the task's architecture, or build its images for every architecture it can land on.",
  judge,
};
