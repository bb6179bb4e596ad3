import assert from "node:assert/strict";
import { partsOf } from "../../policies/read";
import { GARBAGE, plainly, resourceOf, THIS_URN } from "../support/read-resource";
import { UNKNOWN } from "../support/values";

const SERVICE = "aws:ecs/service:Service";
const TASK = "arn:aws:ecs:us-east-1:123456789012:task-definition/app:1";
const CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/main";
const STRATEGY = [
  { capacityProvider: "x86", weight: 1, base: 1 },
  { capacityProvider: "arm", weight: 3 },
];
const READ_STRATEGY = [
  { provider: "x86", weight: 1, base: 1 },
  { provider: "arm", weight: 3 },
];
const CONSTRAINTS = [{ type: "memberOf", expression: "attribute:ecs.cpu-architecture == arm64" }, { type: "distinctInstance" }];
const READ_CONSTRAINTS = [{ expression: "attribute:ecs.cpu-architecture == arm64" }];

type Facts = Readonly<Record<string, unknown>>;

/** What every launcher says that says nothing. */
const NOTHING_SAID: Facts = { is: "task launcher", scope: "default us-east-1", placementConstraints: [] };

function factsOf(type: string, inputs: Facts, from: Readonly<Record<string, readonly string[]>> = {}): Facts[] {
  return partsOf(resourceOf(type, inputs, { from })).map((part) => plainly(part) as Facts);
}

type Row = readonly [what: string, type: string, inputs: Facts, kind: string, facts: Facts];

const ROWS: readonly Row[] = [
  ["a service", SERVICE, { cluster: CLUSTER, taskDefinition: TASK, launchType: "EC2", desiredCount: 2, schedulingStrategy: "REPLICA" }, "service", { cluster: CLUSTER, taskDefinition: TASK, launchType: "EC2", desiredCount: 2, schedulingStrategy: "REPLICA" }],
  ["a service with a strategy", SERVICE, { taskDefinition: TASK, capacityProviderStrategies: STRATEGY, placementConstraints: CONSTRAINTS }, "service", { taskDefinition: TASK, strategy: READ_STRATEGY, placementConstraints: READ_CONSTRAINTS }],
  ["a service whose controller is external", SERVICE, { deploymentController: { type: "EXTERNAL" } }, "service", { deploymentController: "EXTERNAL" }],
  ["a block that is a list of one", SERVICE, { deploymentController: [{ type: "CODE_DEPLOY" }] }, "service", { deploymentController: "CODE_DEPLOY" }],
  ["empty texts and lists, which are left out", SERVICE, { cluster: "", launchType: "", capacityProviderStrategies: [], placementConstraints: [] }, "service", {}],
  ["a daemon", SERVICE, { taskDefinition: TASK, schedulingStrategy: "DAEMON", launchType: "EC2" }, "service", { taskDefinition: TASK, schedulingStrategy: "DAEMON", launchType: "EC2" }],
  ["an item without a name", SERVICE, { capacityProviderStrategies: [{ weight: 1 }] }, "service", { strategy: [{ provider: "?", weight: 1 }] }],
  ["a native service", "aws-native:ecs:Service", { cluster: CLUSTER, taskDefinition: TASK, capacityProviderStrategy: STRATEGY, placementConstraints: CONSTRAINTS, desiredCount: 2, schedulingStrategy: "REPLICA" }, "service", { cluster: CLUSTER, taskDefinition: TASK, strategy: READ_STRATEGY, placementConstraints: READ_CONSTRAINTS, desiredCount: 2, schedulingStrategy: "REPLICA" }],
  ["a native service with the other provider's word", "aws-native:ecs:Service", { capacityProviderStrategies: STRATEGY }, "service", {}],
  ["a task set", "aws:ecs/taskSet:TaskSet", { service: "web", cluster: CLUSTER, taskDefinition: TASK, launchType: "EC2" }, "task set", { cluster: CLUSTER, taskDefinition: TASK, launchType: "EC2" }],
  ["a task set with a share", "aws:ecs/taskSet:TaskSet", { taskDefinition: TASK, capacityProviderStrategies: STRATEGY, scale: { unit: "PERCENT", value: 50 } }, "task set", { taskDefinition: TASK, strategy: READ_STRATEGY }],
  ["a task set without a share", "aws:ecs/taskSet:TaskSet", { taskDefinition: TASK, scale: { unit: "PERCENT", value: 0 } }, "task set", { taskDefinition: TASK, desiredCount: 0 }],
  ["a native task set", "aws-native:ecs:TaskSet", { cluster: CLUSTER, taskDefinition: TASK, capacityProviderStrategy: STRATEGY }, "task set", { cluster: CLUSTER, taskDefinition: TASK, strategy: READ_STRATEGY }],
  ["a rule target", "aws:cloudwatch/eventTarget:EventTarget", { arn: CLUSTER, ecsTarget: { taskDefinitionArn: TASK, launchType: "EC2", placementConstraints: CONSTRAINTS } }, "rule target", { cluster: CLUSTER, taskDefinition: TASK, launchType: "EC2", placementConstraints: READ_CONSTRAINTS }],
  ["a rule target with a strategy", "aws:cloudwatch/eventTarget:EventTarget", { arn: CLUSTER, ecsTarget: { taskDefinitionArn: TASK, capacityProviderStrategies: STRATEGY } }, "rule target", { cluster: CLUSTER, taskDefinition: TASK, strategy: READ_STRATEGY }],
  ["a native rule", "aws-native:events:Rule", { targets: [{ arn: CLUSTER, id: "run", ecsParameters: { taskDefinitionArn: TASK, launchType: "EC2", capacityProviderStrategy: STRATEGY } }] }, "rule", { cluster: CLUSTER, taskDefinition: TASK, launchType: "EC2", strategy: READ_STRATEGY }],
  ["a native rule that is switched off", "aws-native:events:Rule", { state: "DISABLED", targets: [{ arn: CLUSTER, id: "run", ecsParameters: { taskDefinitionArn: TASK } }] }, "rule", { cluster: CLUSTER, taskDefinition: TASK, desiredCount: 0 }],
  ["a schedule", "aws:scheduler/schedule:Schedule", { target: { arn: CLUSTER, ecsParameters: { taskDefinitionArn: TASK, capacityProviderStrategies: STRATEGY, placementConstraints: CONSTRAINTS } } }, "schedule", { cluster: CLUSTER, taskDefinition: TASK, strategy: READ_STRATEGY, placementConstraints: READ_CONSTRAINTS }],
  ["a schedule that is switched off", "aws:scheduler/schedule:Schedule", { state: "DISABLED", target: { arn: CLUSTER, ecsParameters: { taskDefinitionArn: TASK } } }, "schedule", { cluster: CLUSTER, taskDefinition: TASK, desiredCount: 0 }],
  ["a schedule that is switched on", "aws:scheduler/schedule:Schedule", { state: "ENABLED", target: { arn: CLUSTER, ecsParameters: { taskDefinitionArn: TASK } } }, "schedule", { cluster: CLUSTER, taskDefinition: TASK }],
  ["a native schedule", "aws-native:scheduler:Schedule", { target: { arn: CLUSTER, ecsParameters: { taskDefinitionArn: TASK, capacityProviderStrategy: STRATEGY } } }, "schedule", { cluster: CLUSTER, taskDefinition: TASK, strategy: READ_STRATEGY }],
  ["a pipe", "aws:pipes/pipe:Pipe", { target: CLUSTER, targetParameters: { ecsTaskParameters: { taskDefinitionArn: TASK, launchType: "EC2", placementConstraints: CONSTRAINTS } } }, "pipe", { cluster: CLUSTER, taskDefinition: TASK, launchType: "EC2", placementConstraints: READ_CONSTRAINTS }],
  ["a pipe that is stopped", "aws:pipes/pipe:Pipe", { desiredState: "STOPPED", target: CLUSTER, targetParameters: { ecsTaskParameters: { taskDefinitionArn: TASK } } }, "pipe", { cluster: CLUSTER, taskDefinition: TASK, desiredCount: 0 }],
  ["a native pipe", "aws-native:pipes:Pipe", { target: CLUSTER, targetParameters: { ecsTaskParameters: { taskDefinitionArn: TASK, capacityProviderStrategy: STRATEGY } } }, "pipe", { cluster: CLUSTER, taskDefinition: TASK, strategy: READ_STRATEGY }],
];

/** What runs no tasks. */
const NO_TASKS: readonly (readonly [string, string, Facts])[] = [
  ["a rule target that is no cluster", "aws:cloudwatch/eventTarget:EventTarget", { arn: "arn:aws:lambda:us-east-1:1:function:f" }],
  ["a native rule without targets", "aws-native:events:Rule", {}],
  ["a native rule with another target", "aws-native:events:Rule", { targets: [{ arn: "arn:aws:lambda:us-east-1:1:function:f", id: "f" }] }],
  ["a schedule of a function", "aws:scheduler/schedule:Schedule", { target: { arn: "arn:aws:lambda:us-east-1:1:function:f" } }],
  ["a pipe to a queue", "aws:pipes/pipe:Pipe", { target: "arn:aws:sqs:us-east-1:1:q", targetParameters: { sqsQueueParameters: {} } }],
];

/** Where each reads from: resource type, property, and which facts are not known as long as it is not. */
const DEPENDING: readonly (readonly [string, Facts, string, readonly string[]])[] = [
  [SERVICE, {}, "taskDefinition", ["taskDefinition"]],
  [SERVICE, {}, "cluster", ["cluster"]],
  [SERVICE, {}, "launchType", ["launchType"]],
  [SERVICE, {}, "capacityProviderStrategies", ["strategy"]],
  [SERVICE, {}, "placementConstraints", ["placementConstraints"]],
  [SERVICE, {}, "schedulingStrategy", ["schedulingStrategy"]],
  [SERVICE, {}, "desiredCount", ["desiredCount"]],
  [SERVICE, {}, "deploymentController", ["deploymentController"]],
  ["aws-native:ecs:Service", {}, "capacityProviderStrategy", ["strategy"]],
  ["aws:ecs/taskSet:TaskSet", {}, "scale", ["desiredCount"]],
  ["aws:cloudwatch/eventTarget:EventTarget", { arn: CLUSTER }, "ecsTarget", ["taskDefinition", "launchType", "strategy", "placementConstraints"]],
  ["aws:scheduler/schedule:Schedule", {}, "target", ["cluster", "taskDefinition", "launchType", "strategy", "placementConstraints"]],
  ["aws:scheduler/schedule:Schedule", { target: { arn: CLUSTER, ecsParameters: { taskDefinitionArn: TASK } } }, "state", ["desiredCount"]],
  ["aws:pipes/pipe:Pipe", { target: CLUSTER }, "targetParameters", ["taskDefinition", "launchType", "strategy", "placementConstraints"]],
  ["aws:pipes/pipe:Pipe", { targetParameters: { ecsTaskParameters: {} } }, "target", ["cluster"]],
];

describe("reading what starts tasks", () => {
  for (const [what, type, inputs, kind, facts] of ROWS) {
    it(what, () => {
      const [read, ...others] = factsOf(type, inputs);
      assert.deepEqual(others, []);
      const { subject, taskDefinition, cluster, ...rest } = read as Record<string, Record<string, unknown>>;
      assert.equal(subject?.["kind"], kind);
      const values = { taskDefinition: taskDefinition?.["value"], cluster: cluster?.["value"] };
      const found = Object.fromEntries(Object.entries({ ...rest, ...values }).filter(([key, value]) => value !== undefined && key !== "strategyFrom"));
      assert.deepEqual(found, { ...NOTHING_SAID, ...facts });
    });
  }

  for (const [what, type, inputs] of NO_TASKS) {
    it(`nothing: ${what}`, () => {
      assert.deepEqual(partsOf(resourceOf(type, inputs)), []);
    });
  }

  it("a native rule starts as many tasks as it has targets for", () => {
    const target = { arn: CLUSTER, ecsParameters: { taskDefinitionArn: TASK } };
    assert.equal(partsOf(resourceOf("aws-native:events:Rule", { targets: [target, { arn: "f" }, target] })).length, 2);
  });

  for (const [type, others, property, facts] of DEPENDING) {
    it(`${type}: ${property} that is not known`, () => {
      const cases = {
        "the sentinel": factsOf(type, { ...others, [property]: UNKNOWN }),
        "dropped, with dependencies": factsOf(type, { ...others, [property]: undefined }, { [property]: [THIS_URN] }),
      };
      for (const [how, [read]] of Object.entries(cases)) {
        for (const fact of facts) {
          const value = read?.[fact];
          const unknown = typeof value === "object" ? (value as { value?: unknown }).value : value;
          assert.equal(unknown, "?", `${fact}, ${how}`);
        }
      }
    });
  }

  it("takes any garbage without a fault, and knows nothing from it", () => {
    for (const type of new Set(ROWS.map(([, each]) => each))) {
      for (const property of ["cluster", "taskDefinition", "capacityProviderStrategies", "capacityProviderStrategy", "placementConstraints", "deploymentController", "desiredCount", "scale", "ecsTarget", "targets", "target", "targetParameters", "state"]) {
        for (const value of GARBAGE) {
          for (const part of partsOf(resourceOf(type, { [property]: value }))) {
            assert.equal(part.is, "task launcher");
            assert.ok(!("launchType" in part) || part.launchType.state !== "known");
          }
        }
      }
    }
  });
});
