/** Everything that a task can run on: combinations of task, images and capacity, with what is right to say of each. */

import {
  ARM_AMI,
  armPool,
  BOTTLEROCKET_ARM_AMI,
  byDefault,
  bystander,
  clusterElsewhere,
  configuration,
  constrained,
  daemon,
  fargate,
  fromElsewhere,
  group,
  instance,
  instanceOfAnother,
  instanceWithComputedData,
  joiningConfiguration,
  joiningGroup,
  launchType,
  managed,
  mixed,
  on,
  onEc2,
  onEc2Unsaid,
  onInsteadOf,
  override,
  plainGroup,
  pool,
  poolElsewhere,
  poolOfGroupElsewhere,
  selection,
  service,
  SOME_AMI,
  startedBy,
  template,
  WINDOWS_AMI,
  X86_AMI,
  x86Pool,
  type Found,
  type Images,
  type Task,
  type Where,
} from "./capacity-builder";
import { base64 } from "./outputs";

/** What is wrong, in one word for each kind of finding. */
const WORDS: Readonly<Record<string, string>> = {
  "task-on-capacity": "tasks",
  "image-on-capacity": "image",
  "task-on-constraint": "constraint",
  "image-on-task": "image on task",
  "images-of-one-task": "containers",
  "ami-on-instance-type": "AMI",
};

/**
 * `passes`: nothing to say. `open`: something about the tasks could not be determined. `denied: …` and `suspected: …`
 * with the kinds of findings.
 */
export type Verdict = string;

export function verdictOf({ findings, undetermined }: Found): Verdict {
  const kindsOf = (isSuspected: boolean): string =>
    [...new Set(findings.filter(({ certainty }) => (certainty === "suspected") === isSuspected).map(({ kind }) => WORDS[kind] ?? kind))].sort().join(", ");
  const [denied, suspected] = [kindsOf(false), kindsOf(true)];
  if (denied !== "") {
    return `denied: ${denied}`;
  }
  if (suspected !== "") {
    return `suspected: ${suspected}`;
  }
  return undetermined.some(({ policy }) => policy === "ecs-task-capacity-architecture" || policy === "ecs-task-image-architecture") ? "open" : "passes";
}

export type Row = readonly [task: Task, images: Images, where: Where, verdict: Verdict, why: string, atPreview?: Verdict];

export const ANY: Task = {};
export const X86: Task = { cpu: "X86_64" };
export const ARM: Task = { cpu: "ARM64" };
const WINDOWS: Task = { cpu: "X86_64", os: "WINDOWS_SERVER_2022_FULL" };
export const BOTH = "amd64+arm64";
const DENIED = "denied: ";

/** Instances of an AMI that tells nothing: the type decides. */
function poolOf(type: string, weight?: number): ReturnType<typeof pool> {
  return pool(plainGroup(SOME_AMI, type), weight);
}

/** A group that selects instances by attributes. */
function poolBy(ami: string, limits: Parameters<typeof selection>[0]): ReturnType<typeof pool> {
  return pool(plainGroup(ami, selection(limits)));
}

const GRAVITON = { cpuManufacturers: ["amazon-web-services"] };
const INTEL_AMD = { cpuManufacturers: ["intel", "amd"] };
const CPU = "attribute:ecs.cpu-architecture";
const TYPE = "attribute:ecs.instance-type";

const X86_MIXED = pool(group(mixed(template(X86_AMI), override("m5.large"), override("c5.large"))));
const SHADOWED = pool(group(mixed(template(ARM_AMI, "m5.large"), override("m7g.large"))));
const TWO_TEMPLATES = pool(group(mixed(template(X86_AMI, "m5.large"), override("m5.large"), override("m7g.large", template(ARM_AMI)))));
const ARM_BY_SELECTION = pool(group(mixed(template(ARM_AMI), override(selection(GRAVITON)))));
const NO_ARM_YET = pool(plainGroup(ARM_AMI, "m7g.large", { minSize: 0, maxSize: 0 }));

const FARGATE: readonly Row[] = [
  [ANY, "amd64", on(fargate()), "passes", "Fargate runs X86_64 where nothing is said"],
  [ANY, "arm64", on(fargate()), `${DENIED}image on task`, "Fargate runs X86_64 where nothing is said"],
  [ANY, BOTH, on(fargate()), "passes", "one of the platforms fits"],
  [ANY, "elsewhere", on(fargate()), "open", "what an image from elsewhere offers is not known"],
  [X86, "amd64", on(fargate()), "passes", "both say x86"],
  [X86, "arm64", on(fargate()), `${DENIED}image on task`, "an arm64 image on x86 hardware"],
  [X86, "linux/386", on(fargate()), "passes", "x86_64 runs 386"],
  [ARM, "amd64", on(fargate()), `${DENIED}image on task`, "an amd64 image on Arm hardware"],
  [ARM, "arm64", on(fargate()), "passes", "both say arm64"],
  [ARM, BOTH, on(fargate()), "passes", "one of the platforms fits"],
  [ARM, "elsewhere", on(fargate()), "open", "what an image from elsewhere offers is not known"],
  [ARM, "arm64", on(fargate("FARGATE_SPOT")), "passes", "Fargate Spot has Arm since 2024"],
  [ANY, "arm64", on(fargate("FARGATE_SPOT")), `${DENIED}image on task`, "Spot has the same default"],
  [ARM, "amd64", on(fargate(), fargate("FARGATE_SPOT", 3)), `${DENIED}image on task`, "both providers are Fargate"],
  [ANY, "amd64", launchType("FARGATE"), "passes", "the launch type says it too"],
  [ANY, "arm64", launchType("FARGATE"), `${DENIED}image on task`, "the launch type has the same default"],
  [ARM, "arm64", launchType("FARGATE"), "passes", "Fargate picks the hardware that the task states"],
  [ANY, "arm64", byDefault(fargate()), `${DENIED}image on task`, "the cluster's default strategy is Fargate"],
  [ARM, "arm64", byDefault(fargate("FARGATE_SPOT")), "passes", "the cluster's default strategy is Fargate"],
  [ANY, "arm64", clusterElsewhere("FARGATE"), `${DENIED}image on task`, "Fargate needs nothing of the cluster"],
  [ARM, "arm64", clusterElsewhere("FARGATE"), "passes", "Fargate needs nothing of the cluster"],
  [X86, ["amd64", "arm64"], launchType("FARGATE"), `${DENIED}image on task`, "a sidecar counts too"],
  [ANY, ["amd64", "arm64"], launchType("FARGATE"), `${DENIED}image on task`, "a sidecar counts too"],
  [X86, "amd64", constrained(`${CPU} == arm64`, on(fargate())), "passes", "Fargate ignores placement constraints"],
  [ANY, "arm64", startedBy("rule target", launchType("FARGATE")), `${DENIED}image on task`, "tasks of a rule have the same default"],
  [ANY, "arm64", startedBy("schedule", launchType("FARGATE")), `${DENIED}image on task`, "tasks of a schedule have the same default"],
  [ANY, "arm64", startedBy("pipe", on(fargate())), `${DENIED}image on task`, "tasks of a pipe have the same default"],
  [ANY, "arm64", startedBy("task set", on(fargate())), `${DENIED}image on task`, "tasks of a task set have the same default"],
  [ARM, "arm64", startedBy("schedule", launchType("FARGATE")), "passes", "Fargate picks the hardware that the task states"],
  [ARM, "amd64", service({ desiredCount: 0 }, on(fargate())), `${DENIED}image on task`, "no tasks yet, but none could ever run"],
  [WINDOWS, "windows/amd64", launchType("FARGATE"), "passes", "Fargate has Windows on x86"],
  [WINDOWS, "amd64", launchType("FARGATE"), `${DENIED}image on task`, "a Linux image on Windows"],
  [{ requires: ["FARGATE", "EC2"] }, "arm64", on(fargate()), `${DENIED}image on task`, "the service decides, not what would be allowed"],
];

/** A parameter of the user's own, whose name is all that tells of the architecture. */
const LIKELY_ARM_AMI = "resolve:ssm:/golden/arm64/image_id";

const TEMPLATES: readonly Row[] = [
  [ANY, "amd64", on(x86Pool()), "passes", "every instance is x86"],
  [ANY, "arm64", on(x86Pool()), `${DENIED}image`, "no preference, so it lands on x86"],
  [ANY, BOTH, on(x86Pool()), "passes", "one of the platforms fits"],
  [ANY, "elsewhere", on(x86Pool()), "open", "what an image from elsewhere offers is not known"],
  [ANY, "amd64", on(armPool()), `${DENIED}image`, "no preference, so it lands on Graviton"],
  [ANY, "arm64", on(armPool()), "passes", "every instance is arm64"],
  [ANY, BOTH, on(armPool()), "passes", "one of the platforms fits"],
  [ANY, ["amd64", "arm64"], on(armPool()), `${DENIED}containers, image`, "the two containers share no machine, and one does not run here"],
  [ANY, [BOTH, "arm64"], on(x86Pool()), `${DENIED}image`, "the sidecar does not run here"],
  [ANY, "linux/386", on(armPool()), `${DENIED}image`, "arm64 does not run 386"],
  [ANY, "linux/386", on(x86Pool()), "passes", "x86_64 runs 386"],
  [ANY, "linux/arm/v7", on(armPool()), "passes", "some Graviton generations run 32-bit Arm"],
  [ANY, "linux/arm/v7", on(x86Pool()), `${DENIED}image`, "x86 runs no Arm at all"],
  [X86, "amd64", on(x86Pool()), "passes", "all agree"],
  [X86, "amd64", on(armPool()), `${DENIED}tasks`, "no instance is x86"],
  [X86, BOTH, on(armPool()), `${DENIED}tasks`, "the image would run, the task is not placed"],
  [X86, "arm64", on(armPool()), `${DENIED}image on task, tasks`, "the task disagrees with both"],
  [X86, "elsewhere", on(armPool()), `${DENIED}tasks`, "whatever the image is, the task is not placed"],
  [X86, "arm64", on(x86Pool()), `${DENIED}image on task`, "the capacity is right, the image is not"],
  [ARM, "arm64", on(armPool()), "passes", "all agree"],
  [ARM, "arm64", on(x86Pool()), `${DENIED}tasks`, "no instance is arm64"],
  [ARM, BOTH, on(x86Pool()), `${DENIED}tasks`, "the image would run, the task is not placed"],
  [ARM, "amd64", on(x86Pool()), `${DENIED}image on task, tasks`, "the task disagrees with both"],
  [ARM, "elsewhere", on(armPool()), "open", "the capacity is right, the image is not known"],
  [ANY, "amd64", on(poolOf("m7g.large")), `${DENIED}image`, "the AMI tells nothing, the type does"],
  [ANY, "arm64", on(poolOf("m5.large")), `${DENIED}image`, "the AMI tells nothing, the type does"],
  [X86, "amd64", on(poolOf("m7g.large")), `${DENIED}tasks`, "the AMI tells nothing, the type does"],
  [ARM, "arm64", on(poolOf("m7g.large")), "passes", "the AMI tells nothing, the type does"],
  [ARM, "arm64", on(poolOf("g5.xlarge")), `${DENIED}tasks`, "the g of g5 is for graphics"],
  [ANY, "amd64", on(poolOf("g4dn.xlarge")), "passes", "the g of g4dn is for graphics"],
  [ANY, "amd64", on(poolOf("g5g.xlarge")), `${DENIED}image`, "g5g is graphics with Graviton"],
  [ANY, "amd64", on(poolOf("q9x.large")), "open", "a series that nobody has heard of"],
  [ARM, "arm64", on(poolOf("q9x.large")), "open", "a series that nobody has heard of"],
  [ANY, "amd64", on(pool(plainGroup(BOTTLEROCKET_ARM_AMI, "m7g.large"))), `${DENIED}image`, "Bottlerocket for arm64"],
  [ANY, "amd64", on(pool(plainGroup(X86_AMI, "m7g.large"))), `${DENIED}AMI`, "nothing starts, so nothing can be said of the tasks"],
  [ARM, "arm64", on(pool(plainGroup(X86_AMI, "m7g.large"))), `${DENIED}AMI`, "nothing starts, so nothing can be said of the tasks"],
  [ANY, "arm64", on(pool(plainGroup(LIKELY_ARM_AMI, "m5.large"))), `${DENIED}image`, "the AMI's name is a guess, the type is x86 whatever the AMI is"],
  [ANY, "amd64", on(pool(plainGroup(LIKELY_ARM_AMI, "m5.large"))), "suspected: AMI", "only the guess is against it"],
  [ANY, "amd64", on(poolBy(ARM_AMI, {})), `${DENIED}image`, "the AMI decides what attributes select"],
  [X86, "amd64", on(poolBy(ARM_AMI, {})), `${DENIED}tasks`, "the AMI decides what attributes select"],
  [ARM, "arm64", on(poolBy(ARM_AMI, {})), "passes", "the AMI decides what attributes select"],
  [ANY, "amd64", on(poolBy(SOME_AMI, {})), "open", "neither AMI nor attributes tell"],
  [X86, "amd64", on(poolBy(SOME_AMI, {})), "open", "neither AMI nor attributes tell"],
  [ANY, "amd64", on(poolBy(SOME_AMI, GRAVITON)), `${DENIED}image`, "AWS makes Arm CPUs only"],
  [X86, "amd64", on(poolBy(SOME_AMI, GRAVITON)), `${DENIED}tasks`, "AWS makes Arm CPUs only"],
  [ARM, "arm64", on(poolBy(SOME_AMI, INTEL_AMD)), `${DENIED}tasks`, "Intel and AMD make x86 CPUs only"],
  [ANY, "arm64", on(poolBy(SOME_AMI, INTEL_AMD)), `${DENIED}image`, "Intel and AMD make x86 CPUs only"],
  [X86, "amd64", on(poolBy(SOME_AMI, { allowedInstanceTypes: ["m7g.*", "c7g.*"] })), `${DENIED}tasks`, "every allowed type is Graviton"],
  [ANY, "arm64", on(poolBy(SOME_AMI, { allowedInstanceTypes: ["m7*"] })), "open", "m7i and m7g are both allowed"],
  [ARM, "arm64", on(poolBy(ARM_AMI, INTEL_AMD)), `${DENIED}AMI`, "no Intel CPU boots an arm64 AMI"],
  [ARM, "arm64", on(pool(plainGroup(X86_AMI, "m5.large", { minSize: 0, maxSize: 0 }))), "passes", "a group of nothing is put aside"],
  [ARM, "arm64", on(x86Pool(), NO_ARM_YET), `${DENIED}tasks`, "a group with maxSize 0 supplies nothing"],
  [ANY, "amd64", on(x86Pool(), NO_ARM_YET), "passes", "a group with maxSize 0 takes no tasks"],
  [ARM, "arm64", service({ desiredCount: 0 }, on(x86Pool())), "passes", "a service of no tasks needs no capacity"],
  [ANY, "arm64", service({ desiredCount: 0 }, on(x86Pool())), "passes", "a service of no tasks needs no capacity"],
  [ARM, "amd64", service({ desiredCount: 0 }, on(x86Pool())), `${DENIED}image on task`, "its image is wrong all the same"],
];

const GROUPS: readonly Row[] = [
  [ANY, "amd64", on(pool(group(configuration(SOME_AMI, "m7g.large")))), `${DENIED}image`, "the launch configuration's type is Graviton"],
  [X86, "amd64", on(pool(group(configuration(SOME_AMI, "m7g.large")))), `${DENIED}tasks`, "the launch configuration's type is Graviton"],
  [ARM, "arm64", on(pool(group(configuration(SOME_AMI, "m7g.large")))), "passes", "the launch configuration's type is Graviton"],
  [ANY, "arm64", on(pool(group(configuration(SOME_AMI, "m5.large")))), `${DENIED}image`, "the launch configuration's type is x86"],
  [ARM, BOTH, on(pool(group(configuration(SOME_AMI, "m5.large")))), `${DENIED}tasks`, "the launch configuration's type is x86"],
  [X86, "amd64", on(pool(group(configuration(SOME_AMI, "m5.large")))), "passes", "the launch configuration's type is x86"],
  [ARM, "arm64", on(pool(group(configuration(SOME_AMI, "m5.large", { name: "web" }), { name: "web" }))), `${DENIED}tasks`, "group and launch configuration may have the same name"],
  [ANY, "amd64", on(X86_MIXED), "passes", "every override is x86"],
  [ANY, "arm64", on(X86_MIXED), `${DENIED}image`, "every override is x86"],
  [ARM, "arm64", on(X86_MIXED), `${DENIED}tasks`, "every override is x86"],
  [ARM, "arm64", on(SHADOWED), "passes", "overrides replace the template's type"],
  [ANY, "amd64", on(SHADOWED), `${DENIED}image`, "overrides replace the template's type"],
  [X86, "amd64", on(SHADOWED), `${DENIED}tasks`, "overrides replace the template's type"],
  [ANY, BOTH, on(TWO_TEMPLATES), "passes", "the image runs on both halves of the group"],
  [ANY, "amd64", on(TWO_TEMPLATES), `${DENIED}image`, "half of the group is Graviton"],
  [ANY, "arm64", on(TWO_TEMPLATES), `${DENIED}image`, "half of the group is x86"],
  [ARM, "arm64", on(TWO_TEMPLATES), "passes", "half of the group is Graviton"],
  [X86, "amd64", on(TWO_TEMPLATES), "passes", "half of the group is x86"],
  [ANY, "amd64", on(pool(group(mixed(template(X86_AMI), override("m5.large"), override("m7g.large"))))), `${DENIED}AMI`, "an override without a template of its own takes the base's AMI"],
  [ARM, "arm64", on(ARM_BY_SELECTION), "passes", "AWS makes Arm CPUs only"],
  [X86, "amd64", on(ARM_BY_SELECTION), `${DENIED}tasks`, "AWS makes Arm CPUs only"],
  [ANY, "amd64", on(ARM_BY_SELECTION), `${DENIED}image`, "AWS makes Arm CPUs only"],
  [ANY, "amd64", on(pool(group(mixed(template(SOME_AMI), override(selection()))))), "open", "neither AMI nor attributes tell"],
  [ANY, "amd64", on(pool(group(mixed(template(X86_AMI), override(selection(GRAVITON)))))), `${DENIED}AMI`, "no Graviton boots an x86_64 AMI"],
];

const STRATEGIES: readonly Row[] = [
  [ANY, "amd64", on(x86Pool(), armPool()), `${DENIED}image`, "some tasks land on Graviton"],
  [ANY, "arm64", on(x86Pool(), armPool()), `${DENIED}image`, "some tasks land on x86"],
  [ANY, BOTH, on(x86Pool(), armPool()), "passes", "the image runs on both"],
  [ANY, "elsewhere", on(x86Pool(), armPool()), "open", "what an image from elsewhere offers is not known"],
  [ARM, "arm64", on(x86Pool(), armPool()), "passes", "some instances are arm64"],
  [X86, "amd64", on(x86Pool(), armPool()), "passes", "some instances are x86"],
  [ARM, "amd64", on(x86Pool(), armPool()), `${DENIED}image on task`, "the capacity is right, the image is not"],
  [ANY, "amd64", on(x86Pool(1), armPool(0)), "passes", "weight 0 takes no tasks"],
  [ANY, "arm64", on(x86Pool(1), armPool(0)), `${DENIED}image`, "all tasks land on x86"],
  [ARM, "arm64", on(x86Pool(1), armPool(0)), `${DENIED}tasks`, "weight 0 takes no tasks"],
  [X86, "amd64", on(x86Pool(1), armPool(0)), "passes", "weight 0 takes no tasks"],
  [ANY, "amd64", on(x86Pool(1), armPool(null)), "passes", "a weight that is left out is 0"],
  [ARM, "arm64", on(x86Pool(1), armPool(null)), `${DENIED}tasks`, "a weight that is left out is 0"],
  [ANY, "amd64", on(armPool(0)), `${DENIED}image`, "the only item is used whatever its weight"],
  [X86, "amd64", on(armPool(null)), `${DENIED}tasks`, "the only item is used whatever its weight"],
  [ARM, "arm64", on(armPool(0)), "passes", "the only item is used whatever its weight"],
  [ANY, "amd64", on(x86Pool(0), armPool(0)), "open", "several items of weight 0"],
  [ARM, "arm64", on(x86Pool(0), x86Pool(0)), "open", "several items of weight 0"],
  [ANY, "amd64", on(x86Pool(0, 1), armPool(1)), `${DENIED}image`, "the second of two tasks is beyond the base"],
  [ANY, "arm64", on(x86Pool(0, 1), armPool(1)), `${DENIED}image`, "the first task is the base"],
  [ANY, BOTH, on(x86Pool(0, 1), armPool(1)), "passes", "the image runs on both"],
  [ANY, "amd64", service({ desiredCount: 1 }, on(x86Pool(0, 1), armPool(1))), "suspected: image", "the base takes the only task, until the service is scaled"],
  [ARM, "arm64", service({ desiredCount: 1 }, on(x86Pool(0, 1), armPool(1))), "passes", "there is some capacity"],
  [X86, "amd64", on(armPool(0, 2), x86Pool(0)), `${DENIED}tasks`, "only the item with the base is used"],
  [ANY, "arm64", on(armPool(0, 2), x86Pool(0)), "passes", "only the item with the base is used"],
  [ANY, "amd64", startedBy("schedule", on(x86Pool(0, 1), armPool(1))), "suspected: image", "the base takes the task that a schedule starts"],
  [ARM, "arm64", byDefault(x86Pool()), `${DENIED}tasks`, "the cluster's default strategy is x86"],
  [ANY, "arm64", byDefault(x86Pool()), `${DENIED}image`, "the cluster's default strategy is x86"],
  [ANY, "amd64", byDefault(x86Pool()), "passes", "the cluster's default strategy is x86"],
  [X86, "amd64", byDefault(armPool()), `${DENIED}tasks`, "the cluster's default strategy is Graviton"],
  [ANY, "amd64", byDefault(x86Pool(), armPool()), `${DENIED}image`, "the cluster's default strategy is mixed"],
  [ANY, BOTH, byDefault(x86Pool(), armPool()), "passes", "the image runs on both"],
  [ARM, "arm64", byDefault(x86Pool(1), armPool(0)), `${DENIED}tasks`, "weight 0 of the default strategy takes no tasks"],
  [ANY, "amd64", onInsteadOf([armPool()], x86Pool()), "passes", "its own strategy, not the cluster's"],
  [ANY, "amd64", onInsteadOf([x86Pool()], armPool()), `${DENIED}image`, "its own strategy, not the cluster's"],
  [ARM, "arm64", onInsteadOf([armPool()], x86Pool()), `${DENIED}tasks`, "its own strategy, not the cluster's"],
  [ARM, "arm64", onInsteadOf([fargate()], x86Pool()), `${DENIED}tasks`, "its own strategy, not the cluster's"],
];

const MANAGED: readonly Row[] = [
  [ANY, "amd64", on(managed()), "open", "which architecture is chosen is not documented"],
  [ANY, BOTH, on(managed()), "passes", "the image runs on both"],
  [ARM, "arm64", on(managed()), "passes", "the task's architecture drives the choice"],
  [X86, "amd64", on(managed({})), "passes", "the task's architecture drives the choice"],
  [ARM, "amd64", on(managed()), `${DENIED}image on task`, "the capacity is right, the image is not"],
  [X86, "amd64", on(managed(GRAVITON)), `${DENIED}tasks`, "only Graviton may be chosen"],
  [ARM, "arm64", on(managed(GRAVITON)), "passes", "only Graviton may be chosen"],
  [ANY, "amd64", on(managed(GRAVITON)), `${DENIED}image`, "only Graviton may be chosen"],
  [ANY, "arm64", on(managed(GRAVITON)), "passes", "only Graviton may be chosen"],
  [ANY, BOTH, on(managed(GRAVITON)), "passes", "the image runs on both"],
  [ARM, "arm64", on(managed(INTEL_AMD)), `${DENIED}tasks`, "only x86 may be chosen"],
  [ANY, "arm64", on(managed(INTEL_AMD)), `${DENIED}image`, "only x86 may be chosen"],
  [X86, "amd64", on(managed(INTEL_AMD)), "passes", "only x86 may be chosen"],
  [X86, "amd64", on(managed({ allowedInstanceTypes: ["m7g.*"] })), `${DENIED}tasks`, "only Graviton is allowed"],
  [ANY, "arm64", on(managed({ allowedInstanceTypes: ["m5.*"] })), `${DENIED}image`, "only x86 is allowed"],
  [ARM, "arm64", on(managed({ allowedInstanceTypes: ["m7*"] })), "passes", "m7g is allowed"],
  [ANY, "arm64", on(managed({ allowedInstanceTypes: ["m7*"] })), "open", "m7i and m7g are both allowed"],
  [ANY, "arm64", on(managed({ excludedInstanceTypes: ["m7i.*"] })), "open", "an exclusion leaves other types of both"],
  [ANY, "amd64", on(managed(GRAVITON), managed(INTEL_AMD)), `${DENIED}image`, "one of the two is Graviton only"],
  [ARM, "arm64", on(managed(GRAVITON), managed(INTEL_AMD)), "passes", "one of the two is Graviton only"],
  [ARM, "arm64", on(managed(GRAVITON, 0), managed(INTEL_AMD)), `${DENIED}tasks`, "weight 0 takes no tasks"],
  [X86, "amd64", byDefault(managed(GRAVITON)), `${DENIED}tasks`, "the cluster's default strategy is Graviton only"],
  [ANY, "amd64", startedBy("schedule", on(managed(GRAVITON))), `${DENIED}image`, "tasks of a schedule too"],
  [WINDOWS, "windows/amd64", on(managed(INTEL_AMD)), `${DENIED}tasks`, "Managed Instances run Bottlerocket, which is Linux"],
];

const EC2: readonly Row[] = [
  [X86, "amd64", onEc2(instance(SOME_AMI, "m5.large")), "passes", "an instance that fits joins"],
  [X86, "amd64", onEc2(instance(SOME_AMI, "t4g.small")), "suspected: tasks", "other instances may join the cluster"],
  [ARM, "arm64", onEc2(instance(SOME_AMI, "m5.large")), "suspected: tasks", "other instances may join the cluster"],
  [ARM, "arm64", onEc2(instance(SOME_AMI, "t4g.small")), "passes", "an instance that fits joins"],
  [ANY, "amd64", onEc2(instance(SOME_AMI, "m5.large")), "open", "other instances may join the cluster"],
  [ANY, "amd64", onEc2(instance(SOME_AMI, "t4g.small")), `${DENIED}image`, "a reachable instance cannot run it"],
  [ANY, "arm64", onEc2(instance(SOME_AMI, "m5.large")), `${DENIED}image`, "a reachable instance cannot run it"],
  [ANY, BOTH, onEc2(instance(SOME_AMI, "t4g.small")), "passes", "the image runs on both"],
  [ANY, "amd64", onEc2(instance(X86_AMI, "m5.large"), instance(ARM_AMI, "m7g.large")), `${DENIED}image`, "one of the instances is Graviton"],
  [ANY, "arm64", onEc2(instance(X86_AMI, "m5.large"), instance(ARM_AMI, "m7g.large")), `${DENIED}image`, "one of the instances is x86"],
  [ARM, "arm64", onEc2(instance(X86_AMI, "m5.large"), instance(ARM_AMI, "m7g.large")), "passes", "one of the instances is Graviton"],
  [ANY, "amd64", onEc2(instance(SOME_AMI, "t4g.small", "shell", { userData: undefined, userDataBase64: base64("#!/bin/bash\necho ECS_CLUSTER=nobody >> /etc/ecs/ecs.config\n") })), "open", "it joins another cluster"],
  [ANY, "amd64", onEc2(instance(SOME_AMI, "t4g.small", "heredoc")), `${DENIED}image`, "user data in a heredoc"],
  [ANY, "amd64", onEc2(instance(SOME_AMI, "t4g.small", "cloud-config")), `${DENIED}image`, "user data of cloud-init"],
  [ANY, "amd64", onEc2(instance(BOTTLEROCKET_ARM_AMI, "t4g.small", "bottlerocket")), `${DENIED}image`, "Bottlerocket settings"],
  [ANY, "amd64", onEc2(joiningGroup(ARM_AMI, "m7g.large")), `${DENIED}image`, "base64 in a launch template"],
  [ANY, "arm64", onEc2(joiningGroup(X86_AMI, "m5.large", "heredoc")), `${DENIED}image`, "base64 in a launch template"],
  [ANY, "arm64", onEc2(joiningGroup(SOME_AMI, "m5.large", "cloud-config")), `${DENIED}image`, "base64 in a launch template"],
  [ANY, "amd64", onEc2(joiningGroup(BOTTLEROCKET_ARM_AMI, "m7g.large", "bottlerocket")), `${DENIED}image`, "base64 in a launch template"],
  [ARM, "arm64", onEc2(joiningGroup(X86_AMI, "m5.large", "bottlerocket")), "suspected: tasks", "other instances may join the cluster"],
  [ARM, "arm64", onEc2(joiningGroup(ARM_AMI, selection())), "passes", "the AMI decides what attributes select"],
  [ANY, "amd64", onEc2(joiningGroup(ARM_AMI, selection())), `${DENIED}image`, "the AMI decides what attributes select"],
  [ANY, "amd64", onEc2(joiningConfiguration(SOME_AMI, "m7g.large")), `${DENIED}image`, "plain text in a launch configuration"],
  [X86, "amd64", onEc2(joiningConfiguration(SOME_AMI, "m7g.large", "heredoc")), "suspected: tasks", "other instances may join the cluster"],
  [ANY, "amd64", onEc2(joiningGroup(ARM_AMI, "m7g.large", "shell", { minSize: 0, maxSize: 0 })), "open", "a group with maxSize 0 takes no tasks"],
  [ANY, "amd64", onEc2(instanceWithComputedData(SOME_AMI, "t4g.small")), `${DENIED}image`, "at first only known to be made from the cluster", "suspected: image"],
  [X86, "amd64", onEc2(x86Pool()), "passes", "a capacity provider of the cluster has it"],
  [ARM, "arm64", onEc2(x86Pool()), "suspected: tasks", "other instances may join the cluster"],
  [ANY, "arm64", onEc2(x86Pool()), `${DENIED}image`, "a reachable instance cannot run it"],
  [ANY, "amd64", onEc2(x86Pool()), "open", "other instances may join the cluster"],
  [ANY, BOTH, onEc2(x86Pool()), "passes", "the image runs on both"],
  [ANY, "amd64", onEc2(x86Pool(), armPool()), `${DENIED}image`, "one of the groups is Graviton"],
  [ARM, "arm64", onEc2(x86Pool(), armPool()), "passes", "one of the groups is Graviton"],
  [ANY, "amd64", onEc2(x86Pool(), instance(SOME_AMI, "t4g.small")), `${DENIED}image`, "the instance joins beside the group"],
  [ANY, "amd64", onEc2(x86Pool(), managed(GRAVITON)), "open", "launch type EC2 never runs on Managed Instances"],
  [ARM, "arm64", onEc2(x86Pool(), managed(GRAVITON)), "suspected: tasks", "launch type EC2 never runs on Managed Instances"],
  [X86, "amd64", onEc2(x86Pool(), bystander(SOME_AMI, "t4g.nano")), "passes", "a NAT host is no capacity"],
  [ANY, "amd64", onEc2(x86Pool(), bystander(SOME_AMI, "t4g.nano")), "open", "a NAT host is no capacity"],
  [ARM, "arm64", onEc2(bystander(SOME_AMI, "m5.large")), "open", "a NAT host is no capacity"],
  [ANY, "amd64", onEc2(x86Pool(), instanceOfAnother(SOME_AMI, "t4g.small")), "open", "an instance of another cluster"],
  [ANY, "amd64", onEc2Unsaid(armPool()), `${DENIED}image`, "without launch type and default strategy it is EC2"],
  [ARM, "arm64", onEc2Unsaid(x86Pool()), "suspected: tasks", "without launch type and default strategy it is EC2"],
  [ANY, "arm64", onEc2Unsaid(instance(SOME_AMI, "m5.large")), `${DENIED}image`, "not Fargate, so no default, and x86"],
  [ANY, "arm64", onEc2Unsaid(armPool()), "open", "not Fargate, so no default; other instances may join"],
  [ANY, "amd64", daemon(onEc2(x86Pool(), armPool())), `${DENIED}image`, "a daemon runs on every instance"],
  [ANY, BOTH, daemon(onEc2(x86Pool(), armPool())), "passes", "the image runs on both"],
  [ARM, "arm64", daemon(onEc2(x86Pool(), armPool())), "passes", "a daemon for the Graviton half"],
  [ARM, "arm64", daemon(onEc2(x86Pool())), "suspected: tasks", "other instances may join the cluster"],
  [ANY, "amd64", daemon(onEc2Unsaid(x86Pool(), armPool())), `${DENIED}image`, "a daemon runs on every instance"],
  [ANY, "amd64", daemon(byDefault(x86Pool(1), armPool(0))), `${DENIED}image`, "a daemon takes no part in strategies"],
  [ANY, "arm64", daemon(byDefault(fargate())), "open", "Fargate runs no daemons"],
  [ANY, "amd64", startedBy("rule target", onEc2(instance(SOME_AMI, "t4g.small"))), `${DENIED}image`, "tasks of a rule too"],
  [ARM, "arm64", startedBy("rule target", onEc2(x86Pool())), "suspected: tasks", "tasks of a rule too"],
  [ARM, "arm64", startedBy("rule target", on(x86Pool())), `${DENIED}tasks`, "tasks of a rule too"],
  [ARM, "arm64", startedBy("schedule", on(x86Pool())), `${DENIED}tasks`, "tasks of a schedule too"],
  [ANY, "amd64", startedBy("schedule", onEc2(armPool())), `${DENIED}image`, "tasks of a schedule too"],
  [ARM, "arm64", service({ state: "DISABLED" }, startedBy("schedule", on(x86Pool()))), "passes", "a schedule that is switched off starts nothing"],
  [ARM, "arm64", startedBy("pipe", on(x86Pool())), `${DENIED}tasks`, "tasks of a pipe too"],
  [ANY, "arm64", startedBy("pipe", byDefault(x86Pool())), `${DENIED}image`, "tasks of a pipe too, by the cluster's default"],
  [ARM, "arm64", service({ desiredState: "STOPPED" }, startedBy("pipe", on(x86Pool()))), "passes", "a pipe that is stopped starts nothing"],
  [ARM, "arm64", startedBy("task set", on(x86Pool())), `${DENIED}tasks`, "tasks of a task set too"],
  [ANY, "amd64", startedBy("task set", onEc2(armPool())), `${DENIED}image`, "tasks of a task set too"],
  [ARM, "arm64", startedBy("task set", on(armPool())), "passes", "all agree"],
  [ARM, "arm64", service({ scale: { unit: "PERCENT", value: 0 } }, startedBy("task set", on(x86Pool()))), "passes", "a task set of no tasks needs no capacity"],
];

const ELSEWHERE: readonly Row[] = [
  [ANY, "amd64", launchType("EXTERNAL"), "open", "hosts of one's own are not in the stack"],
  [ARM, "arm64", launchType("EXTERNAL"), "open", "hosts of one's own are not in the stack"],
  [ARM, "amd64", launchType("EXTERNAL"), `${DENIED}image on task`, "whatever the hosts are"],
  [ANY, ["amd64", "arm64"], launchType("EXTERNAL"), `${DENIED}containers`, "no host runs both"],
  [X86, "amd64", constrained(`${CPU} == arm64`, launchType("EXTERNAL")), `${DENIED}constraint`, "whatever the hosts are"],
  [ARM, "arm64", service({ deploymentController: { type: "EXTERNAL" } }, on(x86Pool())), "open", "its task sets decide"],
  [ARM, "arm64", clusterElsewhere("EC2"), "open", "the instances are not in the stack"],
  [ANY, "amd64", clusterElsewhere("EC2"), "open", "the instances are not in the stack"],
  [ARM, "amd64", clusterElsewhere("EC2"), `${DENIED}image on task`, "whatever the instances are"],
  [ANY, "arm64", clusterElsewhere(undefined), "open", "its default strategy is not in the stack"],
  [ARM, "arm64", clusterElsewhere(undefined, x86Pool()), `${DENIED}tasks`, "the service's own strategy is in the stack"],
  [ANY, "arm64", clusterElsewhere(undefined, x86Pool()), `${DENIED}image`, "the service's own strategy is in the stack"],
  [ARM, "arm64", clusterElsewhere(undefined, poolElsewhere()), "open", "the strategy is of another stack"],
  [ANY, "amd64", clusterElsewhere(undefined, poolElsewhere()), "open", "the strategy is of another stack"],
  [ANY, "amd64", on(poolElsewhere(fromElsewhere("shared"))), "open", "the strategy is of another stack"],
  [ARM, "arm64", on(poolElsewhere(), x86Pool()), "open", "the other provider may have Graviton"],
  [X86, "amd64", on(poolElsewhere(), x86Pool()), "passes", "some instances are x86"],
  [ANY, "amd64", on(poolElsewhere(), x86Pool()), "open", "the other provider may have Graviton"],
  [ANY, "arm64", on(poolElsewhere(), x86Pool()), `${DENIED}image`, "some tasks land on x86"],
  [ANY, BOTH, on(poolElsewhere(), x86Pool()), "passes", "the image runs on both"],
  [ARM, "arm64", on(poolElsewhere("shared", 0), x86Pool()), `${DENIED}tasks`, "weight 0 takes no tasks, wherever it is"],
  [ARM, "arm64", on(poolOfGroupElsewhere()), "open", "the group is of another stack"],
  [ANY, "amd64", on(poolOfGroupElsewhere()), "open", "the group is of another stack"],
  [ARM, "arm64", on(poolOfGroupElsewhere(), x86Pool()), "open", "the group of another stack may have Graviton"],
  [ANY, "amd64", byDefault(poolElsewhere()), "open", "the default strategy is of another stack"],
];

const CONSTRAINTS: readonly Row[] = [
  [ANY, "arm64", constrained(`${CPU} == arm64`, on(x86Pool(), armPool())), "passes", "only Graviton is left"],
  [ANY, "amd64", constrained(`${CPU} == arm64`, on(x86Pool(), armPool())), `${DENIED}constraint`, "only Graviton is left"],
  [X86, "amd64", constrained(`${CPU} == arm64`, on(x86Pool(), armPool())), `${DENIED}constraint`, "only Graviton is left"],
  [ARM, "arm64", constrained(`${CPU} == arm64`, on(x86Pool(), armPool())), "passes", "all agree"],
  [ANY, "amd64", constrained(`${CPU} == x86_64`, on(x86Pool(), armPool())), "passes", "only x86 is left"],
  [ARM, "arm64", constrained(`${CPU} == x86_64`, on(x86Pool(), armPool())), `${DENIED}constraint`, "only x86 is left"],
  [ANY, "amd64", constrained(`${CPU} != arm64`, on(x86Pool(), armPool())), "passes", "only x86 is left"],
  [ANY, "arm64", constrained(`${CPU} in [arm64]`, on(x86Pool(), armPool())), "passes", "only Graviton is left"],
  [ANY, "amd64", constrained(`not(${CPU} == x86_64)`, on(x86Pool(), armPool())), `${DENIED}constraint`, "only Graviton is left"],
  [{ constraint: `${CPU} == arm64` }, "amd64", on(x86Pool(), armPool()), `${DENIED}constraint`, "the task definition's constraint counts too"],
  [{ constraint: `${CPU} == arm64` }, "arm64", on(x86Pool(), armPool()), "passes", "the task definition's constraint counts too"],
  [{ constraint: `${CPU} == arm64` }, BOTH, constrained(`${CPU} == x86_64`, on(x86Pool(), armPool())), `${DENIED}constraint`, "together they leave nothing, whatever the capacity is"],
  [ARM, "arm64", constrained(`${CPU} == arm64`, on(x86Pool())), `${DENIED}tasks`, "no instance is arm64"],
  [ANY, BOTH, constrained(`${CPU} == arm64`, on(x86Pool())), `${DENIED}tasks`, "the constraint leaves no instance"],
  [ANY, "arm64", constrained(`${CPU} == arm64`, onEc2(x86Pool())), "suspected: tasks", "other instances may join the cluster"],
  [ANY, "arm64", constrained(`${CPU} == arm64`, onEc2(x86Pool(), armPool())), "passes", "only Graviton is left"],
  [ANY, "amd64", constrained(`${CPU} == arm64`, clusterElsewhere("EC2")), `${DENIED}constraint`, "whatever the instances are"],
  [ANY, "arm64", constrained(`${CPU} == arm64`, clusterElsewhere("EC2")), "open", "whether there is one is not known"],
  [ANY, "amd64", constrained(`${TYPE} =~ m7g.*`, on(x86Pool(), armPool())), `${DENIED}image`, "only the m7g instances are left"],
  [ANY, "arm64", constrained(`${TYPE} =~ m7g.*`, on(x86Pool(), armPool())), "passes", "only the m7g instances are left"],
  [X86, "amd64", constrained(`${TYPE} =~ m7g.*`, on(x86Pool(), armPool())), `${DENIED}tasks`, "only the m7g instances are left"],
  [ANY, "amd64", constrained(`${TYPE} in [m5.large, c5.large]`, on(x86Pool(), armPool())), "passes", "only the m5 instances are left"],
  [ANY, "amd64", constrained(`${CPU} = arm64`, on(x86Pool(), armPool())), "open", "an expression that cannot be read"],
  [ARM, "arm64", constrained(`${CPU} = arm64`, on(x86Pool())), `${DENIED}tasks`, "a constraint only takes instances away"],
  [ANY, "amd64", constrained("attribute:tier == web", on(x86Pool(), armPool())), "open", "who has a custom attribute is not known"],
  [ARM, "arm64", constrained("attribute:tier == web", on(armPool())), "passes", "who has a custom attribute is no question of the CPU"],
  [ANY, "amd64", constrained(`${CPU} == x86_64 and attribute:tier == web`, on(x86Pool(), armPool())), "passes", "whatever the tier, only x86 is left"],
  [ANY, "amd64", constrained("attribute:ecs.os-type == linux", on(armPool())), `${DENIED}image`, "the AMI is Linux"],
  [ANY, "amd64", constrained(`attribute:ecs.ami-id == ${SOME_AMI}`, on(poolOf("m7g.large"))), `${DENIED}image`, "every instance has that AMI"],
  [ANY, "amd64", constrained("attribute:ecs.ami-id == ami-0fedcba9876543210", on(x86Pool(), poolOf("m7g.large"))), "open", "what the other AMI is is not known"],
  [ANY, "amd64", service({ placementConstraints: [{ type: "distinctInstance" }] }, on(armPool())), `${DENIED}image`, "distinctInstance has nothing to do with it"],
  [ANY, "amd64", constrained(`${CPU} == arm64`, on(managed())), `${DENIED}constraint`, "Managed Instances know this attribute"],
  [ANY, "arm64", constrained(`${CPU} == arm64`, on(managed())), "passes", "Managed Instances know this attribute"],
  [ANY, "amd64", constrained(`${CPU} == arm64`, daemon(onEc2(x86Pool(), armPool()))), `${DENIED}constraint`, "a daemon for the Graviton half"],
  [ANY, "amd64", startedBy("rule target", constrained(`${CPU} == arm64`, onEc2(x86Pool(), armPool()))), `${DENIED}constraint`, "constraints of a rule count too"],
  [ANY, "amd64", startedBy("pipe", constrained(`${CPU} == x86_64`, onEc2(x86Pool(), armPool()))), "passes", "whatever joins, only x86 is left"],
];

const SYSTEMS: readonly Row[] = [
  [WINDOWS, "windows/amd64", on(pool(plainGroup(WINDOWS_AMI, "m5.large"))), "passes", "all agree"],
  [WINDOWS, "windows/amd64", on(x86Pool()), `${DENIED}tasks`, "the AMI is Linux"],
  [WINDOWS, "windows/amd64", on(poolOf("m5.large")), "passes", "what the AMI runs is not known"],
  [WINDOWS, "windows/amd64", on(armPool()), `${DENIED}tasks`, "there is no Windows on Graviton"],
  [WINDOWS, "amd64", on(pool(plainGroup(WINDOWS_AMI, "m5.large"))), `${DENIED}image on task`, "a Linux image on Windows"],
  [X86, "amd64", on(pool(plainGroup(WINDOWS_AMI, "m5.large"))), `${DENIED}tasks`, "the task is Linux, the AMI Windows"],
  [ANY, "arm64", onEc2(armPool(), pool(plainGroup(WINDOWS_AMI, "m5.large"))), "open", "Linux tasks are not put on Windows; other instances may join"],
  [ANY, "arm64", onEc2(armPool(), poolOf("m5.large")), "suspected: image", "the x86 instances are probably Linux, but not certainly"],
];

export const SECTIONS: Readonly<Record<string, readonly Row[]>> = {
  Fargate: FARGATE,
  "groups with launch templates": TEMPLATES,
  "launch configurations and mixed instances": GROUPS,
  "strategies, weights and bases": STRATEGIES,
  "Managed Instances": MANAGED,
  "launch type EC2": EC2,
  "capacity that is not in the stack": ELSEWHERE,
  "placement constraints": CONSTRAINTS,
  "operating systems": SYSTEMS,
};

export const ROWS = Object.values(SECTIONS).flat();
