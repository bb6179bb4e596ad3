/** Which task definition something starts, on which kind of capacity, and what such tasks ask of a machine. */

import assert from "node:assert/strict";
import { ABSENT, known, unknown, type Fact } from "../../policies/stack/fact";
import type { Cluster, ClusterCapacity, Part, Reference, StrategyItem, Subject, TaskDefinition, TaskLauncher } from "../../policies/stack/model";
import { Stack, type Phase } from "../../policies/stack/stack";
import { capacityOf, capacityOfCluster, isFargateOnly, launchersOf, strategyOf, taskStartedBy } from "../../policies/stack/task-launchers";
import { requirementFor, requirementsOf } from "../../policies/stack/task-platform";
import { NOTHING_DECLARED } from "../support/model-parts";

const ARN = "arn:aws:ecs:us-east-1:111122223333:task-definition/web:12";
const LATER = unknown("it is computed during the update");

function subject(name: string): Subject {
  return { urn: `urn:${name}`, kind: "thing", name };
}

function names(value: Fact<string>, from: readonly string[] = []): Reference {
  return { value, from };
}

function strategy(...providers: Fact<string>[]): Fact<readonly StrategyItem[]> {
  return known(providers.map((provider) => ({ provider, weight: known(1), base: ABSENT })));
}

const FARGATE = strategy(known("FARGATE_SPOT"));
const POOL = strategy(known("pool"));

function launcher(parts: Partial<TaskLauncher> = {}, name = "service"): TaskLauncher {
  return {
    is: "task launcher",
    subject: subject(name),
    scope: "here",
    taskDefinition: names(known(ARN)),
    cluster: names(known("main")),
    launchType: ABSENT,
    strategy: ABSENT,
    strategyFrom: undefined,
    placementConstraints: known([]),
    schedulingStrategy: ABSENT,
    desiredCount: ABSENT,
    deploymentController: ABSENT,
    ...parts,
  };
}

function cluster(name: string): Cluster {
  return { is: "cluster", subject: subject(name), scope: "here", arn: ABSENT, name: known(name) };
}

function capacity(name: string, of: Reference, defaultStrategy: Fact<readonly StrategyItem[]>): ClusterCapacity {
  return { is: "cluster capacity", subject: subject(name), scope: "here", cluster: of, providers: known([]), providersFrom: undefined, defaultStrategy, defaultStrategyFrom: undefined };
}

function task(parts: Partial<TaskDefinition> = {}, name = "web"): TaskDefinition {
  return {
    is: "task definition",
    subject: subject(name),
    scope: "here",
    family: known(name),
    arn: known(ARN),
    cpuArchitecture: ABSENT,
    operatingSystemFamily: ABSENT,
    requiresCompatibilities: ABSENT,
    containers: known([]),
    containersFrom: [],
    placementConstraints: known([]),
    ...parts,
  };
}

function stackOf(parts: readonly Part[], phase: Phase = "complete"): Stack {
  const stack = new Stack(phase, NOTHING_DECLARED);
  parts.forEach((part) => stack.add(part.subject.urn, undefined, [part]));
  return stack;
}

const MAIN = cluster("main");
const OF_MAIN = names(known("main"));
const OF_SOME = names(LATER);
const NO_DEFAULT = unknown("the cluster's default capacity provider strategy is not known");

describe("the kind of capacity that tasks are put on", () => {
  for (const [what, parts, others, kind] of [
    ["launch type FARGATE", { launchType: known("FARGATE") }, [], known("fargate")],
    ["launch type EC2", { launchType: known("EC2") }, [], known("other")],
    ["launch type EXTERNAL, whatever the cluster's default", { launchType: known("EXTERNAL") }, [MAIN, capacity("capacity", OF_MAIN, FARGATE)], known("other")],
    ["a launch type that is not known", { launchType: LATER }, [MAIN], LATER],
    ["a strategy with Fargate", { strategy: FARGATE }, [], known("fargate")],
    ["a strategy with another provider", { strategy: POOL }, [], known("other")],
    ["a strategy of which one name is known: it never mixes kinds", { strategy: strategy(LATER, known("FARGATE")) }, [], known("fargate")],
    ["a strategy of which no name is known", { strategy: strategy(LATER) }, [], unknown("the capacity provider strategy is not known")],
    ["a strategy without items", { strategy: strategy() }, [], known("other")],
    ["a strategy that is not known", { strategy: LATER }, [MAIN], LATER],
    ["its own strategy before the cluster's default", { strategy: POOL }, [MAIN, capacity("capacity", OF_MAIN, FARGATE)], known("other")],
    ["the cluster's default", {}, [MAIN, capacity("capacity", OF_MAIN, FARGATE)], known("fargate")],
    ["a cluster's default that is left out", {}, [MAIN, capacity("capacity", OF_MAIN, ABSENT)], known("other")],
    ["a cluster's default that is not known", {}, [MAIN, capacity("capacity", OF_MAIN, LATER)], LATER],
    ["a cluster without a default", {}, [MAIN], known("other")],
    ["a cluster of another stack", {}, [cluster("other")], unknown("its cluster is not part of this stack")],
    ["a cluster beside one whose default is told", {}, [MAIN, cluster("other"), capacity("capacity", names(known("other")), FARGATE)], known("other")],
    ["a cluster beside one of another stack whose default is told", {}, [MAIN, capacity("capacity", names(known("elsewhere")), FARGATE)], known("other")],
    ["a default of some cluster, which may be this one", {}, [MAIN, capacity("capacity", OF_SOME, FARGATE)], NO_DEFAULT],
    ["the same, and a default of another stack's cluster after it", {}, [MAIN, capacity("capacity", OF_SOME, FARGATE), capacity("second", names(known("elsewhere")), FARGATE)], NO_DEFAULT],
    ["a default of its own, and one of some cluster", {}, [MAIN, capacity("capacity", OF_MAIN, FARGATE), capacity("second", OF_SOME, POOL)], known("fargate")],
    ["two defaults for one cluster", {}, [MAIN, capacity("capacity", OF_MAIN, FARGATE), capacity("second", OF_MAIN, POOL)], NO_DEFAULT],
    ["a daemon, which never runs on Fargate", { schedulingStrategy: known("DAEMON") }, [MAIN, capacity("capacity", OF_MAIN, FARGATE)], known("other")],
    ["no daemon", { schedulingStrategy: known("REPLICA") }, [MAIN, capacity("capacity", OF_MAIN, FARGATE)], known("fargate")],
    ["what may be a daemon", { schedulingStrategy: LATER }, [MAIN, capacity("capacity", OF_MAIN, FARGATE)], LATER],
  ] as const) {
    it(`${what}: ${kind.state === "known" ? kind.value : kind.why}`, () => {
      const it = launcher(parts);
      assert.deepEqual(capacityOf(stackOf([...others, it]), it), kind);
    });
  }

  it("what may be a daemon may have no strategy, also where it states one", () => {
    assert.deepEqual(strategyOf(stackOf([MAIN]), launcher({ schedulingStrategy: LATER, strategy: FARGATE, strategyFrom: ["urn:pool"] })), { items: LATER, from: undefined });
  });

  it("two resources that describe one cluster's capacity do not tell which of them holds", () => {
    const first = capacity("first", OF_MAIN, FARGATE);
    assert.equal(capacityOfCluster(stackOf([MAIN, first]), MAIN), first);
    assert.equal(capacityOfCluster(stackOf([MAIN, first, capacity("second", OF_MAIN, POOL)]), MAIN), undefined);
  });
});

describe("the task definition that is started", () => {
  const CREATED = task({ arn: LATER });
  for (const [what, text, definition, isIt] of [
    ["its ARN", known(ARN), task(), true],
    ["its ARN without the revision", known(ARN.replace(/:12$/, "")), task(), true],
    ["its family", known("web"), task(), true],
    ["its family while it is being created", known("web"), CREATED, true],
    ["its family and revision", known("web:12"), task(), true],
    ["another revision", known("web:11"), task(), false],
    ["the end of its revision", known("web:2"), task(), false],
    ["another family with the same revision", known("api:12"), task(), false],
    ["an ARN of another account", known(ARN.replace("111122223333", "444455556666")), task(), false],
    ["an ARN of another account without the revision", known("arn:aws:ecs:us-east-1:444455556666:task-definition/web"), task(), false],
    ["some revision while it is being created", known("web:12"), CREATED, false],
    ["what is not known, and made from nothing in the stack", LATER, task(), false],
    ["nothing", ABSENT, task(), false],
  ] as const) {
    it(`${what}: ${isIt ? "this one" : "another one"}`, () => {
      const it = launcher({ taskDefinition: names(text) });
      assert.equal(taskStartedBy(stackOf([definition, it]), it), isIt ? definition : undefined);
    });
  }

  it("what is not known is the one that it is made from", () => {
    const definition = task({ arn: LATER });
    assert.equal(taskStartedBy(stackOf([definition]), launcher({ taskDefinition: names(LATER, ["urn:web"]) })), definition);
  });

  it("has all its launchers once the stack is complete, and none before: others may follow", () => {
    const definition = task();
    const [service, schedule, other] = [launcher(), launcher({}, "schedule"), launcher({ taskDefinition: names(known("elsewhere")) }, "other")];
    assert.deepEqual(launchersOf(stackOf([definition, service, other, schedule]), definition), [service, schedule]);
    assert.deepEqual(launchersOf(stackOf([definition, other]), definition), []);
    for (const phase of ["registration", "partial"] as const) {
      assert.deepEqual(launchersOf(stackOf([definition, service], phase), definition), [], phase);
    }
  });

  for (const [compatibilities, isOnly] of [
    [known(["FARGATE"]), true],
    [known(["FARGATE", "EC2"]), false],
    [known(["EC2"]), false],
    [known([]), false],
    [ABSENT, false],
    [LATER, false],
  ] as const) {
    it(`requiresCompatibilities ${JSON.stringify(compatibilities)} ${isOnly ? "allows nothing but Fargate" : "allows more than Fargate"}`, () => {
      assert.equal(isFargateOnly(task({ requiresCompatibilities: compatibilities })), isOnly);
    });
  }
});

const DEFAULT = "default: runtimePlatform.cpuArchitecture is not set, so Fargate uses X86_64";
const NO_PREFERENCE = "default: runtimePlatform.cpuArchitecture is not set: no preference outside Fargate";
const ON_FARGATE = launcher({ launchType: known("FARGATE") }, "fargate");
const ON_EC2 = launcher({ launchType: known("EC2") }, "ec2");
const SOMEWHERE = launcher({ launchType: LATER }, "somewhere");
const ONLY_FARGATE = { requiresCompatibilities: known(["FARGATE"]) };
const NOT_STARTED = "nothing in this stack is known to start it, so it is not known whether it runs on Fargate";

/** `linux/amd64 of fargate (default: …)` for each way in which the tasks run, and why there may be others. */
function asked(definition: TaskDefinition, launchers: readonly TaskLauncher[]): string[] {
  const { requirements, why } = requirementsOf(stackOf([definition, ...launchers]), definition);
  const ways = requirements.map(({ host, source, launchers: by }) => {
    const platform = Object.values({ os: "any", architecture: "any", ...host }).join("/");
    return [platform, ...by.map(({ subject: { name } }) => name), `(${source.how}: ${source.text})`].join(" ");
  });
  return why === undefined ? ways : [...ways, `? ${why}`];
}

describe("what tasks ask of a machine", () => {
  for (const [what, parts, launchers, ways] of [
    ["what is stated, wherever they run", { cpuArchitecture: known("ARM64") }, [ON_FARGATE, ON_EC2], ['linux/arm64 fargate ec2 (stated: runtimePlatform.cpuArchitecture: "ARM64")']],
    ["Windows", { cpuArchitecture: known("X86_64"), operatingSystemFamily: known("WINDOWS_SERVER_2022_CORE") }, [ON_EC2], ['windows/amd64 ec2 (stated: runtimePlatform.cpuArchitecture: "X86_64")']],
    ["an operating system that is not known", { cpuArchitecture: known("ARM64"), operatingSystemFamily: LATER }, [ON_EC2], ['any/arm64 ec2 (stated: runtimePlatform.cpuArchitecture: "ARM64")']],
    ["an operating system that ECS may have learned", { operatingSystemFamily: known("PLAN9") }, [ON_EC2], [`any/any ec2 (${NO_PREFERENCE})`]],
    ["an architecture that ECS may have learned", { cpuArchitecture: known("RISCV64") }, [ON_EC2], [`linux/any ec2 (${NO_PREFERENCE})`, "? its cpuArchitecture is not one that ECS has"]],
    ["an architecture that is not known", { cpuArchitecture: LATER }, [ON_EC2], [`linux/any ec2 (${NO_PREFERENCE})`, `? its cpuArchitecture is not known: ${LATER.why}`]],
    ["nothing, on Fargate: x86", {}, [ON_FARGATE], [`linux/amd64 fargate (${DEFAULT})`]],
    ["nothing, on Fargate with Windows", { operatingSystemFamily: known("WINDOWS_SERVER_2022_CORE") }, [ON_FARGATE], [`windows/amd64 fargate (${DEFAULT})`]],
    ["nothing, on EC2: anything", {}, [ON_EC2], [`linux/any ec2 (${NO_PREFERENCE})`]],
    ["nothing, on both", {}, [ON_EC2, ON_FARGATE], [`linux/amd64 fargate (${DEFAULT})`, `linux/any ec2 (${NO_PREFERENCE})`]],
    ["nothing, on what is not known", {}, [SOMEWHERE], [`linux/any (${NO_PREFERENCE})`, `? ${LATER.why}`]],
    ["nothing, on Fargate and what is not known", {}, [SOMEWHERE, ON_FARGATE], [`linux/amd64 fargate (${DEFAULT})`, `? ${LATER.why}`]],
    ["nothing, and not started", {}, [], [`linux/any (${NO_PREFERENCE})`, `? ${NOT_STARTED}`]],
    ["nothing, and allowed on Fargate only", ONLY_FARGATE, [], [`linux/amd64 (${DEFAULT})`]],
    ["nothing, allowed on Fargate only, whatever the launcher says", ONLY_FARGATE, [SOMEWHERE, ON_EC2], [`linux/amd64 somewhere ec2 (${DEFAULT})`]],
  ] as const) {
    it(what, () => assert.deepEqual(asked(task(parts), launchers), ways));
  }

  it("an operating system that is not known is left out: it can be either", () => {
    const definition = task({ operatingSystemFamily: known("PLAN9"), cpuArchitecture: known("ARM64") });
    assert.deepEqual(requirementsOf(stackOf([definition]), definition).requirements.map(({ host }) => host), [{ architecture: "arm64" }]);
  });

  it("each launcher's tasks ask for what their own capacity makes of it", () => {
    const definition = task();
    const stack = stackOf([definition, ON_FARGATE, ON_EC2]);
    assert.deepEqual([ON_FARGATE, ON_EC2, SOMEWHERE].map((by) => requirementFor(stack, definition, by)?.host), [{ os: "linux", architecture: "amd64" }, { os: "linux" }, undefined]);
  });
});
