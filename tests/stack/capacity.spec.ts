/** On which instances tasks can land: each with what leads to it and what it is known by, and why there may be others. */

import assert from "node:assert/strict";
import { attributesOf, isWhollyKnown, placementOf, reachOf, type Machine, type Reach } from "../../policies/stack/capacity";
import { ABSENT, known, unknown, type Fact } from "../../policies/stack/fact";
import type { Launch, Launcher, Part, StrategyItem, TaskDefinition, TaskLauncher } from "../../policies/stack/model";
import { ami, capacity, cluster, item, LATER, launch, launcher, limited, madeFrom, named, provider, service, stackOf, subjectOf, template, urnOf, useOf, type About } from "../support/model-parts";

const X86_AMI = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id";
const SOME_AMI = "ami-0123456789abcdef0";

/** `arm64 linux of pool > group: instanceType: "m7g.large"; perhaps: why it is not certain`. */
function machineText({ architectures, os, chain, text, doubt, isManaged }: Machine): string {
  const what = [architectures.length === 0 ? "?" : architectures.join("+"), ...(os === undefined ? [] : [os]), ...(isManaged ? ["managed"] : [])].join(" ");
  return `${what} of ${chain.map(({ name }) => name).join(" > ")}: ${text}${doubt === undefined ? "" : `; perhaps: ${doubt}`}`;
}

/** A line for each machine, and one that begins with `open` if there may be others. */
function linesOf({ machines, openBecause }: Reach): string[] {
  return [...machines.map(machineText), ...(openBecause === undefined ? [] : [`open: ${openBecause}`])];
}

const M5 = { instanceType: known("m5.large") };
const M7G = { instanceType: known("m7g.large") };
const M5_TEXT = 'instanceType: "m5.large"';
const M7G_TEXT = 'instanceType: "m7g.large" ("g" after the number = Graviton)';

/** The group `NAME-group` with a capacity provider of that name. */
function pool(name: string, how: Partial<Launch>, more: Partial<Launcher> = {}): Part[] {
  return [launcher(`${name}-group`, launch(how), more), provider(name, { group: madeFrom(`${name}-group`) })];
}
function configuration(name: string, how: Partial<Launch>, more: Partial<Launcher> = {}): Launcher {
  return launcher(name, launch(how), { subject: subjectOf("launch configuration", name), ...more });
}
const POOLS = [...pool("x86", M5), ...pool("arm", M7G)];
const X86_LINE = `amd64 of x86 > x86-group: ${M5_TEXT}`;
const ARM_LINE = `arm64 linux of arm > arm-group: ${M7G_TEXT}`;

function strategy(...items: readonly StrategyItem[]): Partial<TaskLauncher> {
  return { strategy: known(items) };
}

type Row = readonly [what: string, it: Partial<TaskLauncher>, parts: readonly Part[], lines: readonly string[], about?: About];

/** One service on one group. */
function onPool(what: string, parts: readonly Part[], lines: readonly string[], about?: About): Row {
  return [what, strategy(item("pool")), parts, lines, about ?? {}];
}

const NO_GROUP = "open: the group of capacity provider `pool` is not part of this stack";
const NO_CONFIGURATION = "open: a launch configuration is not part of this stack";
const GROUP_ARN = "arn:aws:autoscaling:us-east-1:1:autoScalingGroup:1:autoScalingGroupName/";

const GROUPS: readonly Row[] = [
  onPool("an AMI and a type", pool("pool", { imageId: named(X86_AMI), ...M5 }), [`amd64 linux of pool > pool-group: ${M5_TEXT}, imageId: "${X86_AMI}"`]),
  onPool("an AMI from an instance, not known yet: its property alone says nothing", [...pool("pool", { imageId: madeFrom("baked"), imageProperty: "ami", ...M5 }), launcher("builder", launch({ imageId: named(X86_AMI) })), ami("baked", { fromInstance: madeFrom("builder") })], [`amd64 linux of pool > pool-group: ${M5_TEXT}`]),
  onPool("an AMI without a type", pool("pool", { imageId: named(X86_AMI) }), [`amd64 linux of pool > pool-group: imageId: "${X86_AMI}"`]),
  onPool("an AMI that was looked up: by whom", pool("pool", { imageId: named(SOME_AMI) }), [`arm64 linux of pool > pool-group: imageId: "${SOME_AMI}" (looked up: EC2)`], { outside: { ami: () => ({ state: "known", value: { architecture: "arm64", os: "linux" }, by: "EC2" }) } }),
  onPool("a template's AMI and type", [...pool("pool", { template: useOf(madeFrom("web")) }), template("web", { imageId: named(X86_AMI), ...M5 })], [`amd64 linux of pool > pool-group > web: ${M5_TEXT}, imageId: "${X86_AMI}"`]),
  onPool("neither AMI nor type", pool("pool", {}), ["? of pool > pool-group: "]),
  onPool("no instances", pool("pool", M5, { maxSize: known(0) }), []),
  onPool("a number of instances that is not known", pool("pool", M5, { maxSize: LATER }), [`amd64 of pool > pool-group: ${M5_TEXT}; perhaps: it is not known whether the group has any instances`]),
  onPool("a group that says nothing of its instances", [launcher("pool-group", known([])), provider("pool", { group: named("pool-group") })], ["open: it is not known how a group starts its instances"]),
  onPool("a group of which nothing is known", [launcher("pool-group", LATER), provider("pool", { group: named("pool-group") })], ["open: it is not known how a group starts its instances"]),
  onPool("a launch configuration", [...pool("pool", {}, { launchConfiguration: named("web") }), configuration("web", M5)], [`amd64 of pool > pool-group > web: ${M5_TEXT}`]),
  onPool("a launch configuration elsewhere", pool("pool", {}, { launchConfiguration: named("web") }), [NO_CONFIGURATION]),
  onPool("a launch configuration with the name of its group", [launcher("web", known([]), { launchConfiguration: named("web") }), configuration("web-configuration", M5, { name: known("web") }), provider("pool", { group: named("web") })], [`amd64 of pool > web > web-configuration: ${M5_TEXT}`]),
  onPool("a launch configuration with the name that a group's ARN ends with", [launcher("web", known([]), { launchConfiguration: named("web") }), configuration("web-configuration", M5, { name: known("web") }), provider("pool", { group: named(`${GROUP_ARN}web`) })], [`amd64 of pool > web > web-configuration: ${M5_TEXT}`]),
  onPool("a launch configuration elsewhere with the name of a group here", [launcher("web", known([]), { launchConfiguration: named("web") }), provider("pool", { group: named("web") })], [NO_CONFIGURATION]),
  onPool("a group by its ARN, which only ends with its name here", [launcher("web", launch(M5)), provider("pool", { group: named(`${GROUP_ARN}web`) })], [`amd64 of pool > web: ${M5_TEXT}`]),
  onPool("a group elsewhere", [provider("pool", { group: named(`${GROUP_ARN}web`) })], [NO_GROUP]),
  onPool("a group elsewhere, by its name", [provider("pool", { group: named("web") })], [NO_GROUP]),
  onPool("a provider that says nothing", [provider("pool")], [NO_GROUP]),
];

const NO_CHOICE = "open: which Managed Instances may be chosen is not known";
const MANAGED_LIMITS = limited({ cpuManufacturers: known(["amazon-web-services"]), allowedInstanceTypes: known(["m7g.*"]), excludedInstanceTypes: known([]) });

const MANAGED: readonly Row[] = [
  onPool("all that limits the choice", [provider("pool", { managed: MANAGED_LIMITS })], ['arm64 linux managed of pool: cpuManufacturers: ["amazon-web-services"], allowedInstanceTypes: ["m7g.*"]']),
  onPool("no limits", [provider("pool", { managed: limited({}) })], ["amd64+arm64 linux managed of pool: "]),
  onPool("limits that are not known", [provider("pool", { managed: LATER })], [NO_CHOICE]),
  onPool("one limit that is not known", [provider("pool", { managed: limited({ cpuManufacturers: known(["intel"]), allowedInstanceTypes: LATER }) })], [NO_CHOICE]),
  onPool("limits that leave nothing", [provider("pool", { managed: limited({ cpuManufacturers: known(["intel"]), allowedInstanceTypes: known(["m7g.*"]) }) })], [NO_CHOICE]),
];

const COVERED = "; perhaps: the base of another capacity provider may take all tasks";
const WEIGHTS = "; perhaps: the weights of the capacity provider strategy are not known";
const ONE_TASK = { desiredCount: known(1) };
const NO_COUNT = { desiredCount: ABSENT };
const ZERO = { weight: known(0) };

const STRATEGIES: readonly Row[] = [
  ["two weights", strategy(item("x86"), item("arm")), POOLS, [X86_LINE, ARM_LINE]],
  ["two weights, for what starts any number of tasks", { ...strategy(item("x86"), item("arm", { base: known(0) })), ...NO_COUNT }, POOLS, [X86_LINE, ARM_LINE]],
  ["weights of which one is 0", strategy(item("x86"), item("arm", ZERO)), POOLS, [X86_LINE]],
  ["weights that are all 0", strategy(item("x86", ZERO), item("arm", ZERO)), POOLS, ["open: all weights of the capacity provider strategy are zero"]],
  ["a base that takes all tasks", { ...strategy(item("x86", { base: known(1) }), item("arm")), ...ONE_TASK }, POOLS, [X86_LINE, ARM_LINE + COVERED]],
  ["a base that leaves tasks", strategy(item("x86", { base: known(1) }), item("arm")), POOLS, [X86_LINE, ARM_LINE]],
  ["a base, for what starts any number of tasks", { ...strategy(item("x86", { base: known(1) }), item("arm")), ...NO_COUNT }, POOLS, [X86_LINE, ARM_LINE + COVERED]],
  ["a base that is not known: its own item is used whatever it is", { ...strategy(item("x86", { base: LATER }), item("arm")), ...ONE_TASK }, POOLS, [X86_LINE, ARM_LINE + COVERED]],
  ["two bases, each of which takes all tasks", { ...strategy(item("x86", { base: known(2) }), item("arm", { base: known(2) }), item("other")), ...ONE_TASK }, [...POOLS, ...pool("other", M5)], [X86_LINE, ARM_LINE, `amd64 of other > other-group: ${M5_TEXT}${COVERED}`]],
  ["a weight that is not known", strategy(item("x86"), item("arm", { weight: LATER })), POOLS, [X86_LINE, ARM_LINE + WEIGHTS]],
  ["no weight, and a base that is not known", strategy(item("x86"), item("arm", { weight: ABSENT, base: LATER })), POOLS, [X86_LINE + COVERED, ARM_LINE + WEIGHTS]],
  ["a doubt about the group, before that about the weight", strategy(item("x86"), item("arm", { weight: LATER })), [...pool("x86", M5), ...pool("arm", M7G, { maxSize: LATER })], [X86_LINE, `${ARM_LINE}; perhaps: it is not known whether the group has any instances`]],
  ["one of two providers elsewhere", strategy(item("x86"), item("elsewhere")), POOLS, [X86_LINE, "open: a capacity provider of the strategy is not part of this stack"]],
];

const PROVIDER_ELSEWHERE = "open: a capacity provider of the strategy is not part of this stack";

/** Names that are not known yet, of providers that are made from these resources. */
function computed(from: readonly string[] | undefined, ...items: readonly StrategyItem[]): Partial<TaskLauncher> {
  return { ...strategy(...items), strategyFrom: from?.map(urnOf) };
}

const NAMES: readonly Row[] = [
  ["one, from one provider", computed(["network", "arm"], item(LATER)), POOLS, [ARM_LINE]],
  ["one, from one of two providers", computed(["x86", "arm"], item(LATER)), POOLS, [PROVIDER_ELSEWHERE]],
  ["one, from nothing here", computed([], item(LATER)), POOLS, [PROVIDER_ELSEWHERE]],
  ["one, from resources that the engine does not tell", computed(undefined, item(LATER)), POOLS, [PROVIDER_ELSEWHERE]],
  ["one beside a known one: the other provider", computed(["x86", "arm"], item("x86"), item(LATER)), POOLS, [X86_LINE, ARM_LINE]],
  ["one beside a known one that all of them is made from", computed(["x86"], item("x86"), item(LATER)), POOLS, [X86_LINE, PROVIDER_ELSEWHERE]],
  ["two, from two providers: which is which is not known", computed(["x86", "arm"], item(LATER), item(LATER)), POOLS, [PROVIDER_ELSEWHERE]],
  ["two, from one provider", computed(["arm"], item(LATER), item(LATER)), POOLS, [PROVIDER_ELSEWHERE]],
];

const DECLARED_TEXT = "declared in cpu-architecture-settings, in the pack's configuration";

function declaredProvider(name: string, ...value: readonly ("amd64" | "arm64")[]): About {
  return { declared: { capacityProvider: (asked) => (asked === name ? { value, place: "capacityProviders[0]" } : undefined) } };
}
function declaredCluster(name: string, ...value: readonly ("amd64" | "arm64")[]): About {
  return { declared: { cluster: (asked) => (asked === name ? { value, place: "clusters[0]" } : undefined) } };
}
const ANY_PROVIDER: About = { declared: { capacityProvider: () => ({ value: ["arm64"], place: "capacityProviders[0]" }) } };
const ANY_CLUSTER: About = { declared: { cluster: () => ({ value: ["arm64"], place: "clusters[0]" }) } };
const UNKNOWN_GROUP = [launcher("pool-group", known([launch(M5), launch({})])), provider("pool", { group: named("pool-group"), name: known("pool-1a2b") })];
const ELSEWHERE = strategy(item("arn:aws:ecs:us-east-1:1:capacity-provider/shared"));
const ON_CLUSTER = { launchType: known("EC2"), cluster: named("arn:aws:ecs:us-east-1:1:cluster/web-1a2b") };
const WEB = cluster("web", { name: known("web-1a2b"), arn: ON_CLUSTER.cluster.value });
const PROVIDERS = (...names: readonly string[]): Part => capacity(ON_CLUSTER.cluster, { providers: known(names) });
const DECLARED_BOTH = [`amd64 of web-1a2b: ${DECLARED_TEXT}`, `arm64 linux of web-1a2b: ${DECLARED_TEXT}`];

const DECLARED: readonly Row[] = [
  ["a provider elsewhere, by the name in its ARN", ELSEWHERE, [], [`amd64 of shared: ${DECLARED_TEXT}`, `arm64 linux of shared: ${DECLARED_TEXT}`], declaredProvider("shared", "amd64", "arm64")],
  ["a provider whose name is not known is none that is declared", computed([], item(LATER)), [], [PROVIDER_ELSEWHERE], ANY_PROVIDER],
  ["a provider some of whose instances tell nothing, by its name", strategy(item("pool-1a2b")), UNKNOWN_GROUP, [`amd64 of pool: ${DECLARED_TEXT}`], declaredProvider("pool-1a2b", "amd64")],
  ["a provider all of whose instances are known", strategy(item("x86")), POOLS, [X86_LINE], ANY_PROVIDER],
  ["a provider whose name is not known, by its name in the program", computed(["pool"], item(LATER)), [provider("pool", { name: LATER })], [`arm64 linux of pool: ${DECLARED_TEXT}`], declaredProvider("pool", "arm64")],
  ["a cluster elsewhere, by the name in its ARN", ON_CLUSTER, [], DECLARED_BOTH, declaredCluster("web-1a2b", "amd64", "arm64")],
  ["a cluster by its name in the program", ON_CLUSTER, [WEB], DECLARED_BOTH, declaredCluster("web", "amd64", "arm64")],
  ["a cluster that is not known yet, by its name", { ...ON_CLUSTER, cluster: madeFrom("web") }, [WEB], DECLARED_BOTH, declaredCluster("web-1a2b", "amd64", "arm64")],
  ["a cluster that is not known yet, nor its name, by that in the program", { ...ON_CLUSTER, cluster: madeFrom("web") }, [cluster("web", { name: LATER })], [`arm64 linux of web: ${DECLARED_TEXT}`], declaredCluster("web", "arm64")],
  ["a cluster elsewhere whose name is not known is none that is declared", { ...ON_CLUSTER, cluster: madeFrom() }, [], ["open: its cluster is not part of this stack"], ANY_CLUSTER],
  ["another cluster", ON_CLUSTER, [WEB], ["open: other instances may join the cluster"], declaredCluster("other", "arm64")],
  ["a cluster of a strategy with a provider elsewhere", { ...ON_CLUSTER, ...ELSEWHERE, launchType: ABSENT }, [WEB], DECLARED_BOTH, declaredCluster("web", "amd64", "arm64")],
  ["a cluster, beside the instances that are known", ON_CLUSTER, [WEB, PROVIDERS("x86"), ...POOLS], [X86_LINE, `arm64 linux of web-1a2b: ${DECLARED_TEXT}`], declaredCluster("web", "amd64", "arm64")],
  ["a cluster, in place of instances that tell nothing", ON_CLUSTER, [WEB, PROVIDERS("pool-1a2b"), ...UNKNOWN_GROUP], [`amd64 of pool > pool-group: ${M5_TEXT}`, `arm64 linux of web-1a2b: ${DECLARED_TEXT}`], declaredCluster("web", "amd64", "arm64")],
  ["a cluster, beside instances that there may be none of", ON_CLUSTER, [WEB, PROVIDERS("pool"), ...pool("pool", M5, { maxSize: LATER })], [`amd64 of pool > pool-group: ${M5_TEXT}; perhaps: it is not known whether the group has any instances`, ...DECLARED_BOTH], declaredCluster("web", "amd64", "arm64")],
];

const JOINED: Partial<Launcher> = { userData: known("#!/bin/bash\necho ECS_CLUSTER=web-1a2b >> /etc/ecs/ecs.config\n") };
const MAYBE_JOINED: Partial<Launcher> = { userData: known("#!/bin/bash\nif [ -f /x ]; then echo ECS_CLUSTER=web-1a2b >> /etc/ecs/ecs.config; fi\n") };
const OTHERS = "open: other instances may join the cluster";
const MAYBE_ANOTHER = "; perhaps: their user data may name another cluster";
const NOT_YET = "; perhaps: their user data is not known yet, and is made from the cluster";
const HOST_LINE = `amd64 of host: ${M5_TEXT}`;

function onCluster(what: string, parts: readonly Part[], ...lines: readonly string[]): Row {
  return [what, ON_CLUSTER, [WEB, ...parts], [...lines, OTHERS]];
}
/** A group of overrides, each with a template of that user data. */
function groupOfTemplates(...userData: readonly (Partial<Launcher> | undefined)[]): Part[] {
  const templates = userData.flatMap((data, index) => (data === undefined ? [] : [template(`template${String(index)}`, { userData: data.userData ?? ABSENT, userDataFrom: data.userDataFrom })]));
  const launches = userData.map((data, index) => launch({ ...M5, template: data === undefined ? undefined : useOf(madeFrom(`template${String(index)}`)) }));
  return [...templates, launcher("host", known(launches))];
}
function hostOf(index: number): string {
  return `amd64 of host > template${String(index)}: ${M5_TEXT}`;
}

const JOINS: readonly Row[] = [
  onCluster("an instance", [launcher("host", launch(M5), JOINED)], HOST_LINE),
  onCluster("an instance in another region, of a cluster called the same", [launcher("host", launch(M5), { ...JOINED, scope: "default eu-west-1" })]),
  onCluster("an instance that joins under a condition", [launcher("host", launch(M5), MAYBE_JOINED)], HOST_LINE + MAYBE_ANOTHER),
  onCluster("an instance that joins under a condition, and may not be there", [launcher("host", launch(M5), { ...MAYBE_JOINED, maxSize: LATER })], `${HOST_LINE}; perhaps: it is not known whether the group has any instances`),
  onCluster("two instances", [launcher("host", launch(M5), JOINED), launcher("other", launch(M7G), JOINED)], HOST_LINE, `arm64 linux of other: ${M7G_TEXT}`),
  onCluster("user data that names no cluster", [launcher("host", launch(M5), { userData: known("#!/bin/bash\n") })]),
  onCluster("user data that is not known, made from the cluster", [launcher("host", launch(M5), { userData: LATER, userDataFrom: ["network", "web"].map(urnOf) })], HOST_LINE + NOT_YET),
  onCluster("user data that is not known, made from two clusters", [cluster("other"), launcher("host", launch(M5), { userData: LATER, userDataFrom: ["web", "other"].map(urnOf) })]),
  onCluster("user data that is not known, made from something else", [launcher("host", launch(M5), { userData: LATER, userDataFrom: [urnOf("network")] })]),
  onCluster("user data that is not known, made from nothing here", [launcher("host", launch(M5), { userData: LATER })]),
  onCluster("a group of which nothing is known", [launcher("host", LATER)]),
  onCluster("two templates that name the cluster", groupOfTemplates(JOINED, JOINED), hostOf(0), hostOf(1)),
  onCluster("two templates that name the cluster, one under a condition", groupOfTemplates(JOINED, MAYBE_JOINED), hostOf(0) + MAYBE_ANOTHER, hostOf(1) + MAYBE_ANOTHER),
  onCluster("two templates of which one names it", groupOfTemplates(JOINED, {})),
  onCluster("two templates of which one is elsewhere", groupOfTemplates(JOINED, undefined)),
  onCluster("a launch configuration joins through its group", [configuration("configuration", M5, JOINED), launcher("host", known([]), { launchConfiguration: madeFrom("configuration") })], `amd64 of host > configuration: ${M5_TEXT}`),
  onCluster("a launch configuration joins through a group of the same name", [configuration("configuration", M5, { ...JOINED, name: known("host") }), launcher("host", known([]), { launchConfiguration: named("host") })], `amd64 of host > configuration: ${M5_TEXT}`),
  onCluster("a launch configuration that nothing uses", [configuration("configuration", M5, JOINED)]),
  onCluster("a launch configuration elsewhere", [launcher("host", known([]), { ...JOINED, launchConfiguration: named("elsewhere") })]),
  onCluster("a group of a provider that names the cluster too: once", [...pool("pool", M5, JOINED), PROVIDERS("pool")], `amd64 of pool > pool-group: ${M5_TEXT}`),
  onCluster("providers that are not known, by what they are made from", [...POOLS, capacity(ON_CLUSTER.cluster, { providers: LATER, providersFrom: ["network", "arm"].map(urnOf) })], ARM_LINE),
  onCluster("providers that are not known, made from what is not told", [...POOLS, capacity(ON_CLUSTER.cluster, { providers: LATER })]),
  onCluster("providers that are known, whatever else they are made from", [...POOLS, capacity(ON_CLUSTER.cluster, { providers: known(["x86"]), providersFrom: ["x86", "arm"].map(urnOf) })], X86_LINE),
  onCluster("Managed Instances take no tasks of a launch type", [provider("pool", { managed: limited({}) }), PROVIDERS("pool")]),
  onCluster("a provider elsewhere", [PROVIDERS("elsewhere")]),
];

const NOT_PART = ["open: the capacity of this launch type is not part of the stack"];
const BESIDE = [WEB, launcher("host", launch(M5), JOINED)];

const LAUNCH_TYPES: readonly Row[] = [
  ["EC2", ON_CLUSTER, BESIDE, [HOST_LINE, OTHERS]],
  ["EC2, whatever strategy is the cluster's default", ON_CLUSTER, [...BESIDE, capacity(ON_CLUSTER.cluster, { defaultStrategy: known([item("elsewhere")]) })], [HOST_LINE, OTHERS]],
  ["nothing stated: EC2", { ...ON_CLUSTER, launchType: ABSENT }, BESIDE, [HOST_LINE, OTHERS]],
  ["FARGATE", { ...ON_CLUSTER, launchType: known("FARGATE") }, BESIDE, NOT_PART],
  ["EXTERNAL", { ...ON_CLUSTER, launchType: known("EXTERNAL") }, BESIDE, NOT_PART],
  ["one that is not known", { ...ON_CLUSTER, launchType: LATER }, BESIDE, NOT_PART],
  ["one that is not known, beside a strategy", { ...ON_CLUSTER, launchType: LATER, ...strategy(item("x86")) }, [...BESIDE, ...POOLS], NOT_PART],
  ["a strategy that is not known", { ...ON_CLUSTER, launchType: ABSENT, strategy: LATER }, BESIDE, NOT_PART],
  ["EC2 on a cluster elsewhere", ON_CLUSTER, [], ["open: its cluster is not part of this stack"]],
  ["task sets that decide", { ...ON_CLUSTER, deploymentController: known("EXTERNAL") }, BESIDE, ["open: its task sets decide where tasks run"]],
  ["task sets that may decide", { ...ON_CLUSTER, deploymentController: LATER }, BESIDE, ["open: it is not known whether its task sets decide where tasks run"]],
  ["deployments by CodeDeploy", { ...ON_CLUSTER, deploymentController: known("CODE_DEPLOY") }, BESIDE, [HOST_LINE, OTHERS]],
];

const TABLES: Readonly<Record<string, readonly Row[]>> = {
  "a group": GROUPS,
  "Managed Instances": MANAGED,
  "a strategy": STRATEGIES,
  "provider names that are not known yet": NAMES,
  "what is declared": DECLARED,
  "what joins a cluster": JOINS,
  "a launch type": LAUNCH_TYPES,
};

function reached(it: Partial<TaskLauncher>, parts: readonly Part[], about: About = {}): Reach {
  return reachOf(stackOf(parts, about), service(it));
}

describe("the instances that tasks can land on", () => {
  for (const [about, rows] of Object.entries(TABLES)) {
    describe(`by ${about}`, () => {
      for (const [what, it_, parts, lines, more] of rows) {
        it(what, () => {
          assert.deepEqual(linesOf(reached(it_, parts, more)), lines);
        });
      }
    });
  }
});

describe("whether the instances that are known are likely all", () => {
  for (const [what, it_, parts, isLikelyAll] of [
    ["a cluster that says nothing of providers", ON_CLUSTER, [WEB], true],
    ["a cluster with providers of this stack", ON_CLUSTER, [WEB, PROVIDERS("x86", "arm"), ...POOLS], true],
    ["a cluster with Fargate beside them, where no instances are", ON_CLUSTER, [WEB, PROVIDERS("x86", "FARGATE", "FARGATE_SPOT"), ...POOLS], true],
    ["a cluster with a provider elsewhere", ON_CLUSTER, [WEB, PROVIDERS("x86", "shared"), ...POOLS], false],
    ["a cluster whose providers are not known", ON_CLUSTER, [WEB, capacity(ON_CLUSTER.cluster, { providers: LATER })], false],
    ["a strategy of providers of this stack", strategy(item("x86"), item("arm")), POOLS, true],
    ["a strategy with a provider elsewhere", strategy(item("x86"), item("shared")), POOLS, false],
  ] as const) {
    it(`${what}: ${isLikelyAll ? "yes" : "no"}`, () => {
      assert.equal(reached(it_, parts).isLikelyAll, isLikelyAll);
    });
  }
});

describe("what is declared of instances elsewhere", () => {
  it("is told of the provider or cluster that it is declared for, each by a URN of its own", () => {
    const chains = [
      reached(ELSEWHERE, [], declaredProvider("shared", "arm64")),
      reached(ON_CLUSTER, [], declaredCluster("web-1a2b", "arm64")),
    ].flatMap(({ machines }) => machines.flatMap(({ chain }) => chain));
    assert.deepEqual(chains, [
      { urn: "capacity provider arn:aws:ecs:us-east-1:1:capacity-provider/shared", kind: "capacity provider", name: "shared" },
      { urn: "cluster web-1a2b", kind: "cluster", name: "web-1a2b" },
    ]);
  });
});

describe("whether all instances and their architectures are known", () => {
  const machine = (...architectures: Machine["architectures"]): Machine => ({ architectures, os: undefined, instanceType: undefined, amiId: undefined, chain: [], text: "", doubt: undefined, isManaged: false });
  for (const [what, machines, openBecause, expected] of [
    ["no instances", [], undefined, true],
    ["known ones", [machine("arm64"), machine("amd64", "arm64")], undefined, true],
    ["known ones that others may join", [machine("arm64")], "others may join", false],
    ["one that is known, and one that is not", [machine("arm64"), machine()], undefined, false],
  ] as const) {
    it(`${what}: ${expected ? "yes" : "no"}`, () => {
      assert.equal(isWhollyKnown({ machines, openBecause, isLikelyAll: true }), expected);
    });
  }

  it("an instance that can be of two architectures has neither as an attribute", () => {
    assert.deepEqual([machine("arm64"), machine("amd64", "arm64"), machine()].map((each) => attributesOf(each).architecture), ["arm64", undefined, undefined]);
  });
});

describe("what placement constraints say of an instance", () => {
  const task = (placementConstraints: TaskDefinition["placementConstraints"]): TaskDefinition => ({
    is: "task definition",
    subject: subjectOf("task definition", "task"),
    scope: "",
    family: LATER,
    arn: LATER,
    cpuArchitecture: ABSENT,
    operatingSystemFamily: ABSENT,
    requiresCompatibilities: ABSENT,
    containers: LATER,
    containersFrom: undefined,
    placementConstraints,
  });
  const on = (...expressions: readonly (string | Fact<string>)[]): TaskDefinition["placementConstraints"] => known(expressions.map((expression) => ({ expression: typeof expression === "string" ? known(expression) : expression })));
  const ARM = "attribute:ecs.cpu-architecture == arm64";
  const X86 = "attribute:ecs.cpu-architecture == x86_64";
  const OWN = "attribute:stack == blue";

  for (const [what, ofTask, ofLauncher, expected] of [
    ["none", on(), on(), "yes"],
    ["one that admits it", on(ARM), on(), "yes"],
    ["one of the task that does not", on(X86), on(ARM), "no"],
    ["one of the service that does not", on(ARM), on(X86), "no"],
    ["one that does not, beside one that nobody can answer", on(OWN), on(X86), "no"],
    ["one that nobody can answer", on(ARM), on(OWN), "unknown"],
    ["one whose expression is not known", on(ARM, LATER), on(), "unknown"],
    ["some that are not known", unknown("because"), on(ARM), "unknown"],
    ["some that are not known, beside one that does not", unknown("because"), on(X86), "no"],
  ] as const) {
    it(`${what}: ${expected}`, () => {
      assert.equal(placementOf(task(ofTask), service({ placementConstraints: ofLauncher }), { architecture: "arm64" }), expected);
    });
  }
});
