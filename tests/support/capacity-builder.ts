/**
 * Small ECS stacks in one line each: a task, its images, and what it runs on. A stack is written once and played in two
 * ways, by the stand-ins for the real providers: as a first preview, where everything that AWS decides is unknown, and as
 * an update, where everything is known.
 */

import { RULES } from "../../policies/catalogue";
import type { Rule } from "../../policies/rules/rule";
import type { Comparison } from "../../policies/stack/comparison";
import type { Finding, Judgement, Undetermined } from "../../policies/stack/finding";
import { aws } from "./engine/stand-ins/aws";
import { awsNative } from "./engine/stand-ins/aws-native";
import { dockerBuild } from "./engine/stand-ins/docker-build";
import type { Machine, StandIn } from "./engine/stand-ins/provider";
import { run, type Violation } from "./in-process";
import { base64, json, resolve, sourcesOf, text, type Input, type Inputs, type Output } from "./outputs";
import type { RecordedResource, Recording } from "./protocol";
import { UNKNOWN, type Values } from "./values";

// ---------------------------------------------------------------------------------------------------------
// Programs
// ---------------------------------------------------------------------------------------------------------

export interface Made {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly get: (output: string) => Output;
}

interface Entry extends Made {
  readonly inputs: Inputs;
}

export type Operation = "first preview" | "update";

const STAND_INS: Readonly<Record<string, StandIn>> = { aws, "aws-native": awsNative, "docker-build": dockerBuild };
const MACHINE: Machine = { host: "linux/amd64", programDir: "." };

/** A value from another stack: not known at a preview of this one, and made from nothing in it. */
export function fromElsewhere(value: string): Output {
  return { from: [], at: ({ isPreview }) => (isPreview ? UNKNOWN : value) };
}

function standInFor(type: string): StandIn {
  const standIn = STAND_INS[type.split(":")[0] ?? ""];
  if (standIn === undefined) {
    throw new Error(`nobody plays ${type}`);
  }
  return standIn;
}

export class Program {
  private readonly entries: Entry[] = [];
  private readonly counts = new Map<string, number>();

  add(type: string, name: string, inputs: Inputs): Made {
    const urn = `urn:pulumi:test::app::${type}::${name}`;
    const get = (output: string): Output => ({ from: [urn], at: ({ outputs }) => outputs.get(urn)?.[output] ?? null });
    const made: Made = { type, name, urn, get };
    this.entries.push({ ...made, inputs });
    return made;
  }

  /** `pool`, `pool2`, `pool3` … */
  nameFor(kind: string): string {
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    return count === 1 ? kind : `${kind}${count}`;
  }

  /** What the engine tells a pack. Inputs that the real provider refuses are a mistake in the test. */
  recording(operation: Operation): Recording {
    const isPreview = operation === "first preview";
    const outputs = new Map<string, Values>();
    const analyze: RecordedResource[] = [];
    const analyzeStack: RecordedResource[] = [];
    for (const { type, name, urn, inputs } of this.entries) {
      const standIn = standInFor(type);
      const checked = standIn.check({ type, name, urn, inputs: resolve(inputs, { isPreview, outputs }) as Values }, MACHINE);
      const refused = type.startsWith("docker-build:") ? [] : (checked.failures ?? []);
      if (refused.length > 0) {
        throw new Error(`${name}: ${JSON.stringify(refused)}`);
      }
      const created = standIn.create({ type, name, urn, inputs: checked.inputs }, isPreview, MACHINE);
      outputs.set(urn, { id: isPreview ? UNKNOWN : created.id, ...created.outputs });
      const made = Object.entries(inputs).map(([key, value]) => [key, sourcesOf(value)] as const);
      const propertyDependencies = Object.fromEntries(made.filter(([, from]) => from.length > 0));
      const common = { type, name, urn };
      analyze.push({ ...common, properties: checked.inputs });
      analyzeStack.push({ ...common, properties: created.outputs, propertyDependencies, dependencies: [...new Set(Object.values(propertyDependencies).flat())] });
    }
    return { stack: { stack: "test", project: "app", organization: "organization", dryRun: isPreview }, analyze, analyzeStack };
  }
}

// ---------------------------------------------------------------------------------------------------------
// What the policies find
// ---------------------------------------------------------------------------------------------------------

export interface Found {
  /** Of the whole stack. */
  readonly findings: readonly Finding[];
  /** Of single resources, while they were registered. */
  readonly early: readonly Finding[];
  readonly undetermined: readonly Undetermined[];
  /** Of the whole stack: what was compared, and what was concluded. */
  readonly comparisons: readonly Comparison[];
  readonly said: readonly Violation[];
}

/** Plays a recording to the pack's policies, through the SDK's proxy, and keeps what the rules say as data. */
export function judged(recording: Recording, settings: Readonly<Record<string, unknown>> = {}): Found {
  const late: Judgement[] = [];
  const early: Judgement[] = [];
  const watched = RULES.judging.map((rule): Rule => {
    const { judge, judgeResource } = rule;
    const watching: Rule = {
      ...rule,
      judge: (stack) => {
        const judgement = judge(stack);
        late.push(judgement);
        return judgement;
      },
    };
    return judgeResource === undefined
      ? watching
      : {
          ...watching,
          judgeResource: (stack, urn) => {
            const judgement = judgeResource(stack, urn);
            early.push(judgement);
            return judgement;
          },
        };
  });
  const said = run(recording, { rules: { ...RULES, judging: watched }, goesOn: true, config: { "cpu-architecture-settings": settings } });
  const faults = said.filter(({ message }) => message.includes("could not finish") || message.startsWith("Option "));
  if (faults.length > 0) {
    throw new Error(faults.map(({ message }) => message).join("\n"));
  }
  return {
    findings: late.flatMap(({ findings }) => findings),
    early: early.flatMap(({ findings }) => findings),
    undetermined: late.flatMap(({ undetermined }) => undetermined),
    comparisons: late.flatMap(({ comparisons }) => comparisons?.() ?? []),
    said,
  };
}

// ---------------------------------------------------------------------------------------------------------
// Parts of a stack, each written as what adds it to a program
// ---------------------------------------------------------------------------------------------------------

export type Part<T = Made> = (program: Program) => T;

export const X86_AMI = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id";
export const ARM_AMI = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id";
export const WINDOWS_AMI = "resolve:ssm:/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-ECS_Optimized/image_id";
export const BOTTLEROCKET_ARM_AMI = "resolve:ssm:/aws/service/bottlerocket/aws-ecs-2/arm64/latest/image_id";
/** An id tells nothing of what is in it. */
export const SOME_AMI = "ami-0123456789abcdef0";

/** Attribute-based selection, or a type. */
export type Types = string | Inputs | undefined;

function typesOf(types: Types): Inputs {
  return typeof types === "object" ? { instanceRequirements: types } : { instanceType: types };
}

/** Selection by attributes, as launch templates and overrides take it. */
export function selection(limits: Inputs = {}): Inputs {
  return { vcpuCount: { min: 2 }, memoryMib: { min: 4096 }, ...limits };
}

export function template(ami?: Input, types?: Types, more: Inputs = {}): Part {
  return (program) => program.add("aws:ec2/launchTemplate:LaunchTemplate", program.nameFor("template"), { imageId: ami, ...typesOf(types), ...more });
}

export function configuration(ami: Input, type: string, more: Inputs = {}): Part {
  return (program) => program.add("aws:ec2/launchConfiguration:LaunchConfiguration", program.nameFor("configuration"), { imageId: ami, instanceType: type, ...more });
}

/** An override of a group or fleet: a type or selection, and a template of its own if it has one. */
export interface Override {
  readonly types: Types;
  readonly template: Part | undefined;
}

export function override(types: Types, own?: Part): Override {
  return { types, template: own };
}

/** A mixed instances policy. */
export interface Mixed {
  readonly base: Part;
  readonly overrides: readonly Override[];
}

export function mixed(base: Part, ...overrides: readonly Override[]): Mixed {
  return { base, overrides };
}

function specification(made: Made): Inputs {
  return { launchTemplateId: made.get("id"), version: "$Latest" };
}

/** The overrides with the templates that they name, which are registered first. */
export function overridesOf(program: Program, overrides: readonly Override[]): Inputs[] {
  return overrides.map(({ types, template: own }) => ({ ...typesOf(types), launchTemplateSpecification: own === undefined ? undefined : specification(own(program)) }));
}

function launching(program: Program, how: Part | Mixed): Inputs {
  if (typeof how !== "function") {
    const base = how.base(program);
    return { mixedInstancesPolicy: { launchTemplate: { launchTemplateSpecification: specification(base), overrides: overridesOf(program, how.overrides) } } };
  }
  const made = how(program);
  return made.type.includes("launchConfiguration") ? { launchConfiguration: made.get("name") } : { launchTemplate: { id: made.get("id"), version: "$Latest" } };
}

export function group(how: Part | Mixed, more: Inputs = {}): Part {
  return (program) => {
    const inputs = launching(program, how);
    return program.add("aws:autoscaling/group:Group", program.nameFor("group"), { minSize: 1, maxSize: 4, ...inputs, ...more });
  };
}

/** A group whose one launch template has that AMI and type. */
export function plainGroup(ami: Input, types: Types, more: Inputs = {}): Part {
  return group(template(ami, types), more);
}

const PROVIDER = "aws:ecs/capacityProvider:CapacityProvider";

/** An entry of a capacity provider strategy. */
export interface Item {
  readonly provider: Part<Input>;
  /** Left out of the program if it is null. */
  readonly weight: number | null;
  readonly base: number | undefined;
}

function item(provider: Part<Input>, weight: number | null, base?: number): Item {
  return { provider, weight, base };
}

/** A capacity provider of an Auto Scaling group, as an entry of a strategy. */
export function pool(of: Part, weight: number | null = 1, base?: number): Item {
  return item((program) => program.add(PROVIDER, program.nameFor("pool"), { autoScalingGroupProvider: { autoScalingGroupArn: of(program).get("arn") } }).get("name"), weight, base);
}

/** x86 or Graviton, AMI and type in agreement: `x86Pool(0)` has weight 0. */
export function x86Pool(weight?: number | null, base?: number): Item {
  return pool(plainGroup(X86_AMI, "m5.large"), weight, base);
}
export function armPool(weight?: number | null, base?: number): Item {
  return pool(plainGroup(ARM_AMI, "m7g.large"), weight, base);
}

/** Managed Instances. */
export function managed(limits?: Inputs, weight: number | null = 1, base?: number): Item {
  const requirements = limits === undefined ? undefined : selection(limits);
  return item((program) => {
    const launch = { ec2InstanceProfileArn: "arn:aws:iam::123456789012:instance-profile/ecs", instanceRequirements: requirements };
    return program.add(PROVIDER, program.nameFor("managed"), { managedInstancesProvider: { instanceLaunchTemplate: launch } }).get("name");
  }, weight, base);
}

/** A provider that another stack has made; only its name is here. */
export function poolElsewhere(name: Input = "shared-pool", weight: number | null = 1, base?: number): Item {
  return item(() => name, weight, base);
}

export function fargate(name: "FARGATE" | "FARGATE_SPOT" = "FARGATE", weight = 1): Item {
  return item(() => name, weight);
}

/** The group of a provider that another stack has made. */
export function poolOfGroupElsewhere(weight = 1): Item {
  const arn = fromElsewhere("arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:autoScalingGroupName/shared");
  return item((program) => program.add(PROVIDER, program.nameFor("pool"), { autoScalingGroupProvider: { autoScalingGroupArn: arn } }).get("name"), weight);
}

// ---------------------------------------------------------------------------------------------------------
// Where tasks run
// ---------------------------------------------------------------------------------------------------------

/** What a service, task set, rule, schedule or pipe says of the place for its tasks. */
export interface Placement {
  readonly cluster: Output | string | undefined;
  readonly launchType?: string | undefined;
  readonly strategy?: readonly Inputs[] | undefined;
  readonly constraint?: string | undefined;
  /** Further inputs of a service. */
  readonly more?: Inputs;
  /** What starts the tasks; a service if nothing is said. */
  readonly starter?: Starter;
}

export type Starter = "service" | "task set" | "rule target" | "schedule" | "pipe";

/** Where tasks run: adds cluster and capacity. */
export type Where = Part<Placement>;

function strategyOf(program: Program, items: readonly Item[]): Inputs[] {
  return items.map(({ provider, weight, base }) => ({ capacityProvider: provider(program), weight: weight ?? undefined, base }));
}

function newCluster(program: Program): Made {
  return program.add("aws:ecs/cluster:Cluster", program.nameFor("cluster"), {});
}

function providersOf(program: Program, cluster: Made, names: readonly Input[], defaults: readonly Inputs[] | undefined): void {
  program.add("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders", program.nameFor("providers"), {
    clusterName: cluster.get("name"),
    capacityProviders: names,
    defaultCapacityProviderStrategies: defaults,
  });
}

/** The service's own strategy. */
export function on(...items: readonly Item[]): Where {
  return (program) => {
    const cluster = newCluster(program);
    const strategy = strategyOf(program, items);
    providersOf(program, cluster, strategy.map(({ capacityProvider }) => capacityProvider), undefined);
    return { cluster: cluster.get("arn"), strategy };
  };
}

/** Neither launch type nor strategy: the default strategy of the cluster. */
export function byDefault(...items: readonly Item[]): Where {
  return (program) => {
    const cluster = newCluster(program);
    const strategy = strategyOf(program, items);
    providersOf(program, cluster, strategy.map(({ capacityProvider }) => capacityProvider), strategy);
    return { cluster: cluster.get("arn") };
  };
}

/** The service's own strategy, on a cluster with another default. */
export function onInsteadOf(defaults: readonly Item[], ...items: readonly Item[]): Where {
  return (program) => {
    const placement = byDefault(...defaults)(program);
    return { ...placement, strategy: strategyOf(program, items) };
  };
}

/** What belongs to a cluster: pools by being its capacity providers, all else by its user data. */
export type Member = Item | ((program: Program, cluster: Made) => void);

function withMembers(program: Program, members: readonly Member[], launchType: string | undefined): Placement {
  const cluster = newCluster(program);
  const pools = members.flatMap((member) => (typeof member === "function" ? [] : strategyOf(program, [member])));
  if (pools.length > 0) {
    providersOf(program, cluster, pools.map(({ capacityProvider }) => capacityProvider), undefined);
  }
  for (const member of members) {
    if (typeof member === "function") {
      member(program, cluster);
    }
  }
  return { cluster: cluster.get("arn"), launchType };
}

/** Launch type EC2 on a cluster with these members. */
export function onEc2(...members: readonly Member[]): Where {
  return (program) => withMembers(program, members, "EC2");
}

/** Neither launch type nor strategy, on a cluster without a default strategy: EC2. */
export function onEc2Unsaid(...members: readonly Member[]): Where {
  return (program) => withMembers(program, members, undefined);
}

export function launchType(launchType: string): Where {
  return (program) => ({ cluster: newCluster(program).get("arn"), launchType });
}

/** A cluster that another stack has made. */
export function clusterElsewhere(launchType: string | undefined, ...items: readonly Item[]): Where {
  return (program) => ({
    cluster: fromElsewhere("arn:aws:ecs:us-east-1:123456789012:cluster/shared"),
    launchType,
    strategy: items.length === 0 ? undefined : strategyOf(program, items),
  });
}

/** The same, with further inputs of the service. */
export function service(more: Inputs, where: Where): Where {
  return (program) => {
    const placement = where(program);
    return { ...placement, more: { ...placement.more, ...more } };
  };
}

export function daemon(where: Where): Where {
  return service({ schedulingStrategy: "DAEMON", desiredCount: undefined }, where);
}

/** The same, with a `memberOf` constraint. */
export function constrained(expression: string, where: Where): Where {
  return (program) => ({ ...where(program), constraint: expression });
}

/** The same, started by something else than a service. */
export function startedBy(starter: Starter, where: Where): Where {
  return (program) => ({ ...where(program), starter });
}

// ---------------------------------------------------------------------------------------------------------
// Instances that join a cluster by their user data
// ---------------------------------------------------------------------------------------------------------

/** How user data names the cluster. */
export type Joining = "shell" | "heredoc" | "cloud-config" | "bottlerocket";

function userDataFor(cluster: Made, how: Joining): Output {
  const name = cluster.get("name");
  switch (how) {
    case "shell":
      return text`#!/bin/bash\necho "ECS_CLUSTER=${name}" >> /etc/ecs/ecs.config\n`;
    case "heredoc":
      return text`#!/bin/bash\ncat <<'CONFIG' >> /etc/ecs/ecs.config\nECS_CLUSTER=${name}\nECS_ENABLE_TASK_IAM_ROLE=true\nCONFIG\n`;
    case "cloud-config":
      return text`#cloud-config\nwrite_files:\n  - path: /etc/ecs/ecs.config\n    content: |\n      ECS_CLUSTER=${name}\n`;
    case "bottlerocket":
      return text`[settings.ecs]\ncluster = "${name}"\n`;
  }
}

/** A plain instance. */
export function instance(ami: Input, type: string, how: Joining = "shell", more: Inputs = {}): Member {
  return (program, cluster) => {
    program.add("aws:ec2/instance:Instance", program.nameFor("instance"), { ami, instanceType: type, userData: userDataFor(cluster, how), ...more });
  };
}

/** A group without a capacity provider; its launch template names the cluster, in base64. */
export function joiningGroup(ami: Input, types: Types, how: Joining = "shell", more: Inputs = {}): Member {
  return (program, cluster) => {
    group(template(ami, types, { userData: base64(userDataFor(cluster, how)) }), more)(program);
  };
}

/** The same with a launch configuration, which takes plain text. */
export function joiningConfiguration(ami: Input, type: string, how: Joining = "shell"): Member {
  return (program, cluster) => {
    group(configuration(ami, type, { userData: userDataFor(cluster, how) }))(program);
  };
}

/** An instance in base64, whose user data also has something that is known only during the update. */
export function instanceWithComputedData(ami: Input, type: string): Member {
  return (program, cluster) => {
    const userData = text`#!/bin/bash\necho "ECS_CLUSTER=${cluster.get("name")}" >> /etc/ecs/ecs.config\nmount ${cluster.get("arn")} /data\n`;
    program.add("aws:ec2/instance:Instance", program.nameFor("instance"), { ami, instanceType: type, userDataBase64: base64(userData) });
  };
}

/** An instance of another cluster. */
export function instanceOfAnother(ami: Input, type: string): Member {
  return (program) => {
    const other = newCluster(program);
    program.add("aws:ec2/instance:Instance", program.nameFor("instance"), { ami, instanceType: type, userData: userDataFor(other, "shell") });
  };
}

/** An instance that no cluster knows: a NAT or bastion host. */
export function bystander(ami: Input, type: string): Member {
  return (program) => {
    program.add("aws:ec2/instance:Instance", program.nameFor("bastion"), { ami, instanceType: type, userData: "#!/bin/bash\nsysctl -w net.ipv4.ip_forward=1\n" });
  };
}

// ---------------------------------------------------------------------------------------------------------
// Tasks
// ---------------------------------------------------------------------------------------------------------

export interface Task {
  readonly cpu?: "X86_64" | "ARM64";
  readonly os?: string;
  /** A `memberOf` constraint of the task definition. */
  readonly constraint?: string;
  readonly requires?: readonly string[];
}

/** `amd64`, `amd64+arm64` for one image of both; `elsewhere` for one that the stack does not build. */
export type Images = string | readonly string[];

const ELSEWHERE = "public.ecr.aws/nginx/nginx:1.27";

function platformOf(word: string): string {
  return word.includes("/") ? word : `linux/${word}`;
}

function imageOf(program: Program, words: string): Input {
  if (words === "elsewhere") {
    return ELSEWHERE;
  }
  const name = program.nameFor("web");
  const repository = program.add("aws:ecr/repository:Repository", `${name}-repository`, {});
  return program
    .add("docker-build:index:Image", name, {
      tags: [text`${repository.get("repositoryUrl")}:latest`],
      platforms: words.split("+").map(platformOf),
      push: true,
      context: { location: "./app" },
    })
    .get("ref");
}

export function addTask(program: Program, task: Task, images: Images): Made {
  const containers = (typeof images === "string" ? [images] : images).map((words, index) => ({
    name: index === 0 ? "app" : `sidecar${String(index)}`,
    image: imageOf(program, words),
    memory: 256,
  }));
  const platform = task.cpu === undefined && task.os === undefined ? undefined : { cpuArchitecture: task.cpu, operatingSystemFamily: task.os };
  return program.add("aws:ecs/taskDefinition:TaskDefinition", program.nameFor("task"), {
    family: program.nameFor("app"),
    containerDefinitions: json(containers),
    runtimePlatform: platform,
    requiresCompatibilities: task.requires,
    placementConstraints: task.constraint === undefined ? undefined : [{ type: "memberOf", expression: task.constraint }],
  });
}

function constraintsOf({ constraint }: Placement): Inputs[] | undefined {
  return constraint === undefined ? undefined : [{ type: "memberOf", expression: constraint }];
}

/** What starts the tasks. */
export function addStarter(program: Program, task: Made, placement: Placement): Made {
  const starter = placement.starter ?? "service";
  const { cluster, launchType: type, strategy, more } = placement;
  const where = { launchType: type, capacityProviderStrategies: strategy, placementConstraints: constraintsOf(placement) };
  const run = { taskDefinitionArn: task.get("arn"), ...where };
  const add = (token: string, inputs: Inputs): Made => program.add(token, program.nameFor(starter.replace(" ", "-")), { ...inputs, ...more });
  switch (starter) {
    case "service":
      return add("aws:ecs/service:Service", { cluster, taskDefinition: task.get("arn"), desiredCount: 2, ...where });
    case "task set":
      return add("aws:ecs/taskSet:TaskSet", { service: "blue-green", cluster, taskDefinition: task.get("arn"), launchType: type, capacityProviderStrategies: strategy });
    case "rule target":
      return add("aws:cloudwatch/eventTarget:EventTarget", { rule: "nightly", arn: cluster, roleArn: "arn:aws:iam::123456789012:role/run", ecsTarget: run });
    case "schedule":
      return add("aws:scheduler/schedule:Schedule", {
        scheduleExpression: "rate(1 day)",
        flexibleTimeWindow: { mode: "OFF" },
        target: { arn: cluster, roleArn: "arn:aws:iam::123456789012:role/run", ecsParameters: run },
      });
    case "pipe":
      return add("aws:pipes/pipe:Pipe", {
        source: "arn:aws:sqs:us-east-1:123456789012:jobs",
        roleArn: "arn:aws:iam::123456789012:role/run",
        target: cluster,
        targetParameters: { ecsTaskParameters: run },
      });
  }
}

/** A stack with one task, its images and the capacity that something starts it on. */
export function programOf(task: Task, images: Images, where: Where): Program {
  const program = new Program();
  const placement = where(program);
  addStarter(program, addTask(program, task, images), placement);
  return program;
}
