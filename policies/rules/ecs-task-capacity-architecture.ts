/**
 * A task that states an architecture needs an instance that has it; a task that states none needs images that run on
 * every architecture that it can land on.
 */

import { fits, HOST_ARCHITECTURES, type Host, type HostArchitecture } from "../platform/fit";
import { parseOperatingSystemFamily } from "../platform/runtime-platform";
import { hostsOf, placementOf, reachOf, type Machine, type Reach } from "../stack/capacity";
import { valueOf } from "../stack/fact";
import type { Certainty, Finding, InstancesSide, Judgement, Undetermined } from "../stack/finding";
import { offeredBy, type Offered } from "../stack/image-sides";
import { imagesOf, offerOf } from "../stack/images";
import type { TaskDefinition, TaskLauncher } from "../stack/model";
import type { Stack } from "../stack/stack";
import { capacityOf, isFargateOnly } from "../stack/task-launchers";
import { requirementsOf, type Requirement } from "../stack/task-platform";
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

interface Located extends Machine {
  /** `unknown`: a constraint could not be evaluated. */
  readonly admitted: "yes" | "unknown";
}

/** The machines that the operating system and the placement constraints leave. */
function locatedMachines({ task, launcher, reach, requirement }: Placement): Located[] {
  const stated = task.operatingSystemFamily.state === "known" ? parseOperatingSystemFamily(task.operatingSystemFamily.value) : undefined;
  const os = stated ?? requirement.host.os;
  return reach.machines.flatMap((machine): Located[] => {
    if (os !== undefined && machine.os !== undefined && machine.os !== os) {
      return [];
    }
    const [architecture, ...others] = machine.architectures;
    const admitted = placementOf(task, launcher, {
      ...(architecture === undefined || others.length > 0 ? {} : { architecture }),
      ...(machine.os === undefined ? {} : { os: machine.os }),
      ...(machine.instanceType === undefined ? {} : { instanceType: machine.instanceType }),
    });
    return admitted === "no" ? [] : [{ ...machine, admitted }];
  });
}

/** Machines of the same origin as one side: a group with three types is one thing to repair. */
function sidesOf(machines: readonly Machine[]): InstancesSide[] {
  const groups = new Map<string, Machine[]>();
  for (const machine of machines) {
    const key = machine.chain[0]?.urn ?? "";
    const group = groups.get(key) ?? [];
    group.push(machine);
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => ({
    architectures: [...new Set(group.flatMap(({ architectures }) => architectures))].sort(),
    chain: group[0]?.chain ?? [],
    text: [...new Set(group.map(({ text }) => text))].filter((text) => text !== "").join("; "),
  }));
}

/** The architectures that the placement constraints leave, whatever the capacity is. */
function architecturesAdmitted({ task, launcher }: Placement): HostArchitecture[] {
  return HOST_ARCHITECTURES.filter((architecture) => placementOf(task, launcher, { architecture }) !== "no");
}

function constraintFinding(placement: Placement, image: Offered | undefined, admitted: readonly HostArchitecture[]): Finding {
  const { task, launcher, requirement } = placement;
  return {
    kind: "task-on-constraint",
    policy: POLICY,
    subject: task.subject,
    certainty: image?.certainty ?? "certain",
    because: image?.because ?? "",
    task,
    requirement: image === undefined ? requirement : undefined,
    image: image?.side,
    launchers: [launcher],
    admitted,
  };
}

/** The task states an architecture: some instance must have it, and all of them must be known to say that none has. */
function judgePinned(placement: Placement, architecture: HostArchitecture): Finding[] {
  const admitted = architecturesAdmitted(placement);
  if (!admitted.includes(architecture)) {
    return [constraintFinding(placement, undefined, admitted)];
  }
  const { task, launcher, requirement, reach } = placement;
  const machines = locatedMachines(placement);
  const allKnown = machines.length > 0 && machines.every(({ architectures }) => architectures.length > 0);
  if (!allKnown || machines.some(({ architectures }) => architectures.includes(architecture))) {
    return [];
  }
  return [
    {
      kind: "task-on-capacity",
      policy: POLICY,
      subject: launcher.subject,
      certainty: reach.openBecause === undefined ? "certain" : "suspected",
      because: reach.openBecause ?? "",
      task,
      requirement,
      launchers: [launcher],
      instances: sidesOf(machines),
    },
  ];
}

function isEmulated(stack: Stack, machine: Machine, image: Offered): boolean {
  const names = machine.chain.map(({ name }) => name);
  return image.side.platforms.some((platform) => stack.declarations.emulates(names, platform));
}

function cannotRun(image: Offered, machine: Machine, requirement: Requirement): boolean {
  const hosts = hostsOf(machine).map((host): Host => ({ ...host, ...(requirement.host.os === undefined ? {} : { os: requirement.host.os }) }));
  return hosts.length === 1 && hosts.every((host) => fits(image.side.platforms, host) === "cannot run");
}

function certaintyOn(machine: Located, image: Offered): { certainty: Certainty; because: string } {
  if (!machine.isUsed || machine.admitted === "unknown") {
    const because = machine.isUsed ? "a placement constraint could not be evaluated" : "it is not known whether tasks are put on these instances";
    return { certainty: "suspected", because };
  }
  return { certainty: image.certainty, because: image.because };
}

/** The task states none: each of its images must run wherever it can land. */
function judgeUnpinned(placement: Placement): Finding[] {
  const { stack, task, launcher, requirement } = placement;
  const images = imagesOf(stack, task).links.flatMap((link) => (link.certainty === "possible" ? [] : (offeredBy(link, offerOf(stack, link.image)) ?? [])));
  const admitted = architecturesAdmitted(placement);
  const machines = locatedMachines(placement);
  return images.flatMap((image): Finding[] => {
    const [only, ...others] = admitted;
    if (only !== undefined && others.length === 0 && fits(image.side.platforms, { os: "linux", ...requirement.host, architecture: only }) === "cannot run") {
      return [constraintFinding(placement, image, admitted)];
    }
    const failing = machines.filter((machine) => cannotRun(image, machine, requirement) && !isEmulated(stack, machine, image));
    return sidesOf(failing).map((instances): Finding => {
      const [worst] = failing
        .filter(({ chain }) => chain[0] === instances.chain[0])
        .map((machine) => certaintyOn(machine, image))
        .sort((a, b) => Number(a.certainty === "suspected") - Number(b.certainty === "suspected"));
      return {
        kind: "image-on-capacity",
        policy: POLICY,
        subject: task.subject,
        certainty: worst?.certainty ?? "suspected",
        because: worst?.because ?? "",
        task,
        launchers: [launcher],
        image: image.side,
        instances,
      };
    });
  });
}

function openCapacity({ task, launcher, reach }: Placement): Undetermined[] {
  const why = reach.openBecause ?? reach.machines.find(({ architectures }) => architectures.length === 0)?.text;
  const part = `the instances that ${launcher.subject.kind} \`${launcher.subject.name}\` can use`;
  return why === undefined
    ? []
    : [{ policy: POLICY, subject: task.subject, part, why, remedy: "keep the capacity in the same stack, or declare its AMIs and instance types in cpu-architecture-settings" }];
}

/** True if tasks are known to be started: an unknown count may be none. */
function startsTasks({ desiredCount }: TaskLauncher): boolean {
  return desiredCount.state === "absent" || (desiredCount.state === "known" && desiredCount.value > 0);
}

function judgeLauncher(stack: Stack, launcher: TaskLauncher): Judgement {
  const task = stack.resolve("task definition", launcher.taskDefinition, launcher.scope);
  if (task === undefined || isFargateOnly(task) || valueOf(capacityOf(stack, launcher)) !== "other" || !startsTasks(launcher)) {
    return NOTHING;
  }
  const requirement = requirementsOf(stack, task).requirements.find(({ launchers }) => launchers.includes(launcher));
  if (requirement === undefined || (task.cpuArchitecture.state !== "absent" && requirement.host.architecture === undefined)) {
    return NOTHING;
  }
  const placement: Placement = { stack, task, launcher, requirement, reach: reachOf(stack, launcher) };
  const { architecture } = requirement.host;
  return { findings: architecture === undefined ? judgeUnpinned(placement) : judgePinned(placement, architecture), undetermined: openCapacity(placement) };
}

/** What several launchers of one task definition have in common is said once, and names them all. */
function fold(findings: readonly Finding[]): Finding[] {
  const folded = new Map<string, Finding>();
  for (const finding of findings) {
    if (finding.kind !== "task-on-capacity" && finding.kind !== "image-on-capacity" && finding.kind !== "task-on-constraint") {
      continue;
    }
    const sides = finding.kind === "image-on-capacity" ? [finding.instances] : finding.kind === "task-on-capacity" ? finding.instances : [];
    const image = finding.kind === "task-on-capacity" ? undefined : finding.image?.image.subject.urn;
    const key = [finding.kind, finding.certainty, finding.task.subject.urn, image ?? "", ...sides.map(({ chain }) => chain[0]?.urn ?? "")].join(" ");
    const before = folded.get(key);
    const launchers = before !== undefined && "launchers" in before ? [...before.launchers, ...finding.launchers] : finding.launchers;
    folded.set(key, { ...(before ?? finding), launchers } as Finding);
  }
  return [...folded.values()];
}

function judge(stack: Stack): Judgement {
  const { findings, undetermined } = mergeJudgements(stack.all("task launcher").map((launcher) => judgeLauncher(stack, launcher)));
  return { findings: fold(findings), undetermined };
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
