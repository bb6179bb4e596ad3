/** Tasks against the machines that they can land on. */

import { countOf, hasExternalController, isByFamily, isDaemon } from "../names";
import { pick, type App, type Constraint, type HostArch, type HostOs, type Item, type Launcher, type Machines, type Phase, type Provider, type Task, type World } from "../world";
import { inferredOf, offeredTo, type Offered } from "./images";
import { machineOf, startsOf, type Machine } from "./machines";
import { fits } from "./platforms";
import { isFargateOnly, isLinkOpen, itemsOf, kindOf, launchersOf, osOf, startsTasks, statedArch } from "./starts";
import { only, together, type Expected, type Judged } from "./verdict";

const POLICY = "ecs-task-capacity-architecture";
const BOTH: readonly HostArch[] = ["amd64", "arm64"];

/** A machine with what it belongs to. */
interface Seat extends Machine {
  /** The provider, group or instance that a message names first. */
  readonly origin: string;
  /** Every architecture that it can have. */
  readonly archs: readonly HostArch[];
  /** True if it is certain that tasks are put there. */
  readonly isUsed: boolean;
}

interface Reach {
  readonly seats: readonly Seat[];
  /** True if there are no others. */
  readonly isClosed: boolean;
  readonly kinds: readonly string[];
}

const OPEN: Reach = { seats: [], isClosed: false, kinds: [] };

function seatsOf(machines: Machines, origin: string, phase: Phase, isUsed: boolean): Reach {
  if (machines.maxSize === 0 && isGroup(machines)) {
    return { seats: [], isClosed: true, kinds: ["capacity: a group of maxSize 0"] };
  }
  const starts = startsOf(machines, phase);
  // How it is started is not known: a machine of any architecture.
  const all: readonly Machine[] = starts?.map(machineOf) ?? [{ arch: undefined, os: undefined, isOpen: false }];
  return { seats: all.map((machine) => ({ ...machine, origin, archs: machine.arch === undefined ? [] : [machine.arch], isUsed })), isClosed: true, kinds: [] };
}

function isGroup({ starter }: Machines): boolean {
  return starter.is === "group" || starter.is === "mixed group" || starter.is === "configured group";
}

function ofProvider({ name, of }: Provider, phase: Phase, isUsed: boolean): Reach {
  if (of.is === "managed") {
    const isOne = of.archs.length === 1;
    const seat: Seat = { arch: isOne ? of.archs[0] : undefined, os: "linux", isOpen: false, origin: name, archs: of.archs, isUsed };
    return { seats: [seat], isClosed: true, kinds: [isOne ? "capacity: restricted Managed Instances" : "capacity: unrestricted Managed Instances"] };
  }
  return seatsOf(of.machines, name, phase, isUsed);
}

/** Whether an item is given tasks: for certain, perhaps, or never. Undefined for all: ECS may refuse such a strategy. */
function useOf(items: readonly Item[], item: Item, launcher: Launcher): "used" | "perhaps" | "unused" {
  if (items.length === 1 || (item.base ?? 0) > 0) {
    return "used";
  }
  if ((item.weight ?? 0) === 0) {
    return "unused";
  }
  // Whether more tasks are started than the bases of others take is known only where their number is.
  const isBeyond = (base: number): boolean => base === 0 || (countOf(launcher) === "two" && base < 2);
  return items.every((other) => other === item || isBeyond(other.base ?? 0)) ? "used" : "perhaps";
}

function ofStrategy(app: App, items: readonly Item[], launcher: Launcher, phase: Phase): Reach {
  const uses = items.map((item) => useOf(items, item, launcher));
  if (uses.every((use) => use === "unused")) {
    return { ...OPEN, kinds: ["capacity: all weights are zero"] };
  }
  const kinds = uses.includes("unused") ? ["capacity: an item of weight 0"] : [];
  const reaches = items.flatMap((item, index): Reach[] => {
    const use = uses[index];
    // Names are only comparable within one provider.
    const provider = typeof item.provider === "number" && launcher.kind !== "native service" ? app.providers[item.provider] : undefined;
    if (use === "unused") {
      return [];
    }
    return [provider === undefined ? { ...OPEN, kinds: ["capacity: a provider of another stack"] } : ofProvider(provider, phase, use === "used")];
  });
  return {
    seats: reaches.flatMap(({ seats }) => seats),
    isClosed: reaches.every(({ isClosed }) => isClosed),
    kinds: [...kinds, ...reaches.flatMap((reach) => reach.kinds)],
  };
}

/** Launch type EC2: the groups of the cluster's providers, and what joins it by user data. Never closed. */
function ofCluster(app: App, phase: Phase): Reach {
  const groups = app.cluster.capacity === undefined ? [] : app.providers.filter(({ of }) => of.is === "group").map((provider) => ofProvider(provider, phase, true));
  const joined = app.cluster.joined.map((machines) => seatsOf(machines, machines.name, phase, true));
  return { seats: [...groups, ...joined].flatMap(({ seats }) => seats), isClosed: false, kinds: ["capacity: launch type EC2", ...(joined.length > 0 ? ["capacity: joined by user data"] : [])] };
}

function reachOf(app: App, launcher: Launcher, phase: Phase): Reach {
  const { where } = launcher;
  if (hasExternalController(launcher)) {
    return { ...OPEN, kinds: ["capacity: left to task sets"] };
  }
  if (where !== "nothing said" && "launchType" in where) {
    const isElsewhere = where.launchType === "EXTERNAL" || launcher.cluster === "elsewhere";
    return isElsewhere ? { ...OPEN, kinds: [where.launchType === "EXTERNAL" ? "capacity: EXTERNAL" : "capacity: a cluster of another stack"] } : ofCluster(app, phase);
  }
  const items = itemsOf(app, launcher);
  if (items === undefined) {
    return OPEN;
  }
  if (items.length > 0) {
    return ofStrategy(app, items, launcher, phase);
  }
  return launcher.cluster === "elsewhere" ? { ...OPEN, kinds: ["capacity: a cluster of another stack"] } : ofCluster(app, phase);
}

/** What a constraint says of machines of one architecture: a custom attribute is nobody's to know. */
function admits(constraints: readonly Constraint[], arch: HostArch | undefined): "yes" | "no" | "unknown" {
  const answers = constraints.map(({ leaves, isOnlyAboutCpu }) => {
    if (leaves !== undefined && (arch === undefined ? leaves.length === 0 : !leaves.includes(arch))) {
      return "no";
    }
    const isEvery = leaves === undefined || leaves.length === 2 || arch !== undefined;
    return isOnlyAboutCpu && isEvery ? "yes" : "unknown";
  });
  return answers.includes("no") ? "no" : answers.includes("unknown") ? "unknown" : "yes";
}

interface Placement {
  readonly world: World;
  readonly app: App;
  readonly task: Task;
  readonly os: HostOs;
  readonly launcher: Launcher;
  readonly phase: Phase;
  readonly constraints: readonly Constraint[];
}

/** A denial, with what has to be equal for several launchers to share it. */
interface Single {
  readonly key: string;
  readonly launcher: Launcher;
  readonly expected: Expected;
}

interface Singles {
  readonly singles: readonly Single[];
  readonly kinds: readonly string[];
}

function base(placement: Placement, naming: readonly string[], saying: string): Expected {
  const { app, task, launcher, phase } = placement;
  return { policy: POLICY, at: [task.name, launcher.name], naming: [task.name, ...naming], saying, certainty: isLinkOpen(app, launcher, phase) ? "may" : "must", inferred: "no", when: "any" };
}

function onConstraint(placement: Placement, image: Offered | undefined): Single {
  const { launcher } = placement;
  const expected = base(placement, image === undefined ? [] : [image.link.builder.name], "placement constraints leave");
  const inferred = image === undefined ? "no" : inferredOf([image.link], [image.link.builder]);
  const certainty = image?.link.isOpen === true ? "may" : expected.certainty;
  return { key: `constraint ${image?.link.builder.name ?? ""}`, launcher, expected: { ...expected, certainty, inferred } };
}

function isOpenTo({ os }: Seat, wanted: HostOs): boolean {
  return os === undefined || os === wanted;
}

/** The task has an architecture, by itself or by a constraint: some machine must have it. */
function pinned(placement: Placement, arch: HostArch, { seats, isClosed }: Reach): Singles {
  const { os, constraints } = placement;
  const possible = seats.filter((seat) => isOpenTo(seat, os) && (seat.archs.length === 0 || seat.archs.includes(arch)) && admits(constraints, seat.arch) !== "no");
  const kinds = [isClosed ? "task × capacity: closed" : "task × capacity: open"];
  if (!isClosed || seats.length === 0 || possible.length > 0) {
    return { singles: [], kinds };
  }
  const origins = [...new Set(seats.map(({ origin }) => origin))].sort();
  const certain = base(placement, [], "run the tasks of");
  // Of machines that may get no tasks at all, it is enough to suspect it.
  const isUnsure = seats.some(({ isOpen }) => isOpen) || !seats.some(({ isUsed }) => isUsed);
  const expected = isUnsure ? { ...certain, certainty: "may" as const } : certain;
  return { singles: [{ key: `capacity ${origins.join()}`, launcher: placement.launcher, expected }], kinds: [...kinds, "disagreement: task × capacity"] };
}

/** Whether the image is known not to run on the machine, taken to have the task's operating system. */
function isKnownToFail({ offer }: Offered, { arch }: Seat, os: HostOs): boolean {
  return arch !== undefined && fits(offer, { os, arch }) === "never";
}

/** The task has none: each of its images must run wherever it can land. */
function unpinned(placement: Placement, images: readonly Offered[], { seats, isClosed }: Reach): Singles {
  const { os, constraints, launcher } = placement;
  const admitted = seats.filter((seat) => admits(constraints, seat.arch) !== "no");
  const ofSystem = admitted.filter((seat) => isOpenTo(seat, os));
  const left = ofSystem.length > 0 ? ofSystem : admitted;
  const singles = images.flatMap((image) => {
    const failing = left.filter((seat) => isKnownToFail(image, seat, os));
    const isEverywhere = isClosed && failing.length === left.length;
    const certain = failing.filter((seat) => admits(constraints, seat.arch) === "yes");
    return [...new Set(certain.map(({ origin }) => origin))].flatMap((origin): Single[] => {
      const own = certain.filter((seat) => seat.origin === origin);
      // Where tasks may be put elsewhere, an x86 machine that may run Windows is no certain place for Linux tasks. Where the
      // stack has no other place, whether those of other stacks count is left open.
      const isPlace = own.some((seat) => seat.isUsed && !seat.isOpen && (seat.os === os || isEverywhere));
      const isLikely = own.some((seat) => seat.isUsed && (seat.isOpen || seat.os === os || failing.length === left.length));
      if (!isPlace && !isLikely) {
        return [];
      }
      const inferred = inferredOf([image.link], [image.link.builder]);
      const expected = base(placement, [image.link.builder.name, origin], " may put ");
      // Where no machine has the task's operating system, there is more amiss than this.
      const certainty = isPlace && ofSystem.length > 0 && !image.link.isOpen ? expected.certainty : "may";
      return [{ key: `image ${image.link.builder.name} ${origin}`, launcher, expected: { ...expected, certainty, inferred } }];
    });
  });
  const kinds = images.length === 0 || seats.length === 0 ? [] : [isClosed ? "image × capacity: closed" : "image × capacity: open"];
  return { singles, kinds: [...kinds, ...singles.map(() => "disagreement: image × capacity")] };
}

/** What constraints leave is known whatever the capacity is. */
function judgePlacement(placement: Placement): Singles {
  const { world, app, task, os, launcher, phase, constraints } = placement;
  const arch = statedArch(task);
  const reach = reachOf(app, launcher, phase);
  const leaves = BOTH.filter((each) => admits(constraints, each) !== "no");
  const kinds = [...reach.kinds, ...(constraints.length > 0 ? ["constraint"] : []), ...(isDaemon(launcher) ? ["capacity: a daemon"] : [])];
  const with_ = (found: Singles): Singles => ({ ...found, kinds: [...kinds, ...found.kinds] });
  if (leaves.length === 0 || (arch !== "none" && arch !== "invalid" && !leaves.includes(arch))) {
    return with_({ singles: [onConstraint(placement, undefined)], kinds: ["disagreement: task × constraint"] });
  }
  if (arch !== "none" && arch !== "invalid") {
    return with_(pinned(placement, arch, reach));
  }
  const images = offeredTo(world, app, task, phase).filter(({ link }) => !link.isOnlyEarly);
  const [one, other] = leaves;
  // There is no Windows on arm64: what is wrong with such a task may be said in several ways.
  if (os === "windows" && one === "arm64") {
    const either = [...images.map((image) => onConstraint(placement, image)), ...pinned(placement, one, { ...reach, isClosed: true }).singles];
    return with_({ singles: either.map((single) => ({ ...single, expected: { ...single.expected, certainty: "may" } })), kinds: [] });
  }
  if (one === undefined || other !== undefined) {
    return with_(unpinned(placement, images, reach));
  }
  const failing = images.filter(({ offer }) => fits(offer, { os, arch: one }) === "never");
  if (failing.length > 0 && failing.every(({ link }) => link.isOpen)) {
    const either = [...failing.map((image) => onConstraint(placement, image)), ...pinned(placement, one, reach).singles];
    return with_({ singles: either.map((single) => ({ ...single, expected: { ...single.expected, certainty: "may" } })), kinds: [] });
  }
  return failing.length > 0 ? with_({ singles: failing.map((image) => onConstraint(placement, image)), kinds: ["disagreement: image × constraint"] }) : with_(pinned(placement, one, reach));
}

/** What several launchers of a task have in common is said once. */
function folded(singles: readonly Single[]): Expected[] {
  const groups = new Map<string, Single[]>();
  for (const single of singles) {
    const key = single.key;
    groups.set(key, [...(groups.get(key) ?? []), single]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) {
      return [];
    }
    const certainty = group.some(({ expected }) => expected.certainty === "must") ? "must" : "may";
    return [{ ...first.expected, at: [...new Set(group.flatMap(({ expected }) => expected.at))], certainty }];
  });
}

/** What is wrong with where a task's launchers put it. */
export function judgeCapacity(world: World, app: App, task: Task, phase: Phase): Judged {
  const os = osOf(task);
  const launchers = launchersOf(app, task);
  const stopped = launchers.filter((launcher) => !startsTasks(launcher));
  const links = launchers.map((launcher) => (isByFamily(app, launcher) ? "link seen: the family of the task" : phase === "firstPreview" ? "link seen: made from the task" : "link seen: the ARN of the task"));
  const counted = only(...stopped.map(() => "capacity: no task is started"), ...launchers.map(({ kind }) => `started by a ${kind}`), ...links);
  if (os === "invalid" || statedArch(task) === "invalid" || (os === "windows" && statedArch(task) === "arm64")) {
    return together([counted, refused(app, task, launchers)]);
  }
  if (isFargateOnly(task)) {
    return counted;
  }
  const found = launchers
    .filter((launcher) => startsTasks(launcher) && kindOf(app, launcher) === "elsewhere than Fargate")
    .map((launcher) => {
      const own = launcher.kind === "task set" ? undefined : launcher.constraint;
      const constraints = [task.constraint, own].filter((each) => each !== undefined);
      return judgePlacement({ world, app, task, os, launcher, phase, constraints });
    });
  return together([counted, { denials: folded(found.flatMap(({ singles }) => singles)), kinds: found.flatMap(({ kinds }) => kinds) }]);
}

/** A task that ECS refuses may also be said to find no place. */
function refused(app: App, task: Task, launchers: readonly Launcher[]): Judged {
  const at = [task.name, ...launchers.map(({ name }) => name)];
  const named = [...app.builders.map(({ name }) => name), ""];
  const denials = named.map((name): Expected => ({ policy: POLICY, at, naming: [task.name, ...(name === "" ? [] : [name])], certainty: "may", inferred: "either", when: "any", times: 9 }));
  return { denials, kinds: [] };
}

export function pickTask(app: App, launcher: Launcher): Task | undefined {
  return pick(app.tasks, launcher.task);
}
