/** How sure findings are, and why they are not certain, word for word. */

import assert from "node:assert/strict";
import {
  addStarter,
  addTask,
  ARM_AMI,
  armPool,
  fromElsewhere,
  instance,
  instanceWithComputedData,
  judged,
  on,
  onEc2,
  plainGroup,
  pool,
  Program,
  programOf,
  service,
  SOME_AMI,
  startedBy,
  X86_AMI,
  x86Pool,
  type Made,
  type Operation,
  type Task,
} from "../support/capacity-builder";
import { base64, json, text, type Input, type Inputs } from "../support/outputs";

/** `kind at resource: certainty: because` for each finding of the whole stack. */
function certainties(program: Program, operation: Operation): string[] {
  return judged(program.recording(operation)).findings.map(({ kind, subject, certainty, because }) => `${kind} at ${subject.name}: ${certainty}${because === "" ? "" : `: ${because}`}`);
}

/** Lines, one a finding; those of an operation alone begin with its name in brackets. */
type Row = readonly [what: string, build: Program | ((program: Program) => void), ...lines: readonly string[]];

const ARM: Task = { cpu: "ARM64" };
const REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com";
const APP = `${REGISTRY}/app`;
const ARM_ON_FARGATE: Inputs = { requiresCompatibilities: ["FARGATE"], runtimePlatform: { cpuArchitecture: "ARM64" } };

function taskOf(program: Program, images: readonly Input[], more: Inputs = ARM_ON_FARGATE): Made {
  const containers = images.map((image, index) => ({ name: `c${String(index)}`, image }));
  return program.add("aws:ecs/taskDefinition:TaskDefinition", "task", { family: "app", containerDefinitions: json(containers), ...more });
}

function built(program: Program, name: string, platform: string, more: Inputs = {}): Made {
  return program.add("docker-build:index:Image", name, { push: true, platforms: [platform], tags: [`${APP}:1`], context: { location: "./app" }, ...more });
}

/** An instance that joins the cluster if something is so. */
function conditional(program: Program, cluster: Made): void {
  const userData = text`#!/bin/bash\nif [ -f /x ]; then echo ECS_CLUSTER=${cluster.get("name")} >> /etc/ecs/ecs.config; fi\n`;
  program.add("aws:ec2/instance:Instance", "instance", { ami: SOME_AMI, instanceType: "t4g.small", userDataBase64: base64(userData) });
}

const IMAGES: readonly Row[] = [
  ["a tag that one image pushes", (p) => { built(p, "web", "linux/amd64"); taskOf(p, [`${APP}:1`]); },
    "image-on-task at task: certain",
  ],
  ["an image's own output", (p) => { taskOf(p, [built(p, "web", "linux/amd64").get("ref")]); },
    "image-on-task at task: certain",
  ],
  ["a tag that two images push alike", (p) => { built(p, "web", "linux/amd64"); built(p, "again", "linux/amd64"); taskOf(p, [`${APP}:1`]); },
    "image-on-task at task: certain",
    "image-on-task at task: certain",
  ],
  ["a tag that two images push for different platforms", (p) => { built(p, "web", "linux/amd64"); built(p, "other", "linux/arm64"); taskOf(p, [`${APP}:1`]); },
    "image-on-task at task: suspected: several resources push this tag",
  ],
  ["another tag of the repository", (p) => { built(p, "web", "linux/amd64"); taskOf(p, [`${APP}:2`]); },
    "image-on-task at task: suspected: it is pushed to the same repository, under another tag",
  ],
  ["a tag, while another image may go anywhere", (p) => { built(p, "web", "linux/amd64"); built(p, "other", "linux/arm64", { tags: [fromElsewhere(`${REGISTRY}/other:1`)] }); taskOf(p, [`${APP}:1`]); },
    "[first preview] image-on-task at task: inferred: nothing else is known to push this tag, though the destination of another image is not known yet",
    "[update] image-on-task at task: certain",
  ],
  ["a tag of an image of which it is not known whether it is pushed", (p) => { built(p, "web", "linux/amd64", { push: fromElsewhere("true") }); taskOf(p, [`${APP}:1`]); },
    "image-on-task at task: suspected: it is not known whether it is pushed",
  ],
  ["a digest of the repository", (p) => { built(p, "web", "linux/amd64"); taskOf(p, [`${APP}@sha256:${"0".repeat(64)}`]); },
    "image-on-task at task: suspected: it is pushed to the same repository, but not known to have this digest",
  ],
  ["the only image of a new repository", (p) => {
    const repository = p.add("aws:ecr/repository:Repository", "repository", {});
    built(p, "web", "linux/amd64", { tags: [text`${repository.get("repositoryUrl")}:1`] });
    taskOf(p, [text`${repository.get("repositoryUrl")}:1`]);
  },
    "[first preview] image-on-task at task: inferred: it is the only image pushed to the new repository `repository`",
    "[update] image-on-task at task: certain",
  ],
  ["one of two images of a new repository", (p) => {
    const repository = p.add("aws:ecr/repository:Repository", "repository", {});
    built(p, "web", "linux/amd64", { tags: [text`${repository.get("repositoryUrl")}:1`] });
    built(p, "other", "linux/arm64", { tags: [text`${repository.get("repositoryUrl")}:2`] });
    taskOf(p, [text`${repository.get("repositoryUrl")}:1`]);
  },
    "[update] image-on-task at task: certain",
  ],
  ["a variant that only some CPUs run", (p) => { taskOf(p, [built(p, "web", "linux/arm/v7").get("ref")]); },
    "image-on-task at task: suspected: whether it runs depends on the very CPU, which the stack does not tell",
  ],
  ["a variant, for a Windows task", (p) => { taskOf(p, [built(p, "web", "linux/arm/v7").get("ref")], { requiresCompatibilities: ["FARGATE"], runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "WINDOWS_SERVER_2022_CORE" } }); },
    "image-on-task at task: certain",
  ],
  ["two images that share no platform", (p) => { taskOf(p, [built(p, "web", "linux/amd64", { tags: [`${APP}:1`] }).get("ref"), built(p, "other", "linux/arm64", { tags: [`${APP}:2`] }).get("ref")], { requiresCompatibilities: ["EC2"] }); },
    "images-of-one-task at task: certain",
  ],
  ["two images that share no platform, by their tags", (p) => {
    built(p, "web", "linux/amd64", { tags: [`${APP}:1`] });
    built(p, "other", "linux/arm64", { tags: [`${APP}:2`] });
    taskOf(p, [`${APP}:1`, `${APP}:2`], { requiresCompatibilities: ["EC2"] });
  },
    "images-of-one-task at task: certain",
  ],
  ["three images, of which the last two share none", (p) => {
    taskOf(p, [["one", "linux/386"], ["two", "linux/amd64"], ["three", "linux/arm64"]].map(([name, platform]) => built(p, name ?? "", platform ?? "", { tags: [`${APP}:${name ?? ""}`] }).get("ref")), { requiresCompatibilities: ["EC2"] });
  },
    "images-of-one-task at task: certain",
  ],
  ["two images that may be meant", (p) => {
    built(p, "web", "linux/amd64", { tags: [`${APP}:1`] });
    built(p, "other", "linux/arm64", { tags: [`${REGISTRY}/other:1`] });
    taskOf(p, [`${APP}:2`, `${REGISTRY}/other:2`], { requiresCompatibilities: ["EC2"] });
  }],
];

const MAYBE_EMPTY = pool(plainGroup(X86_AMI, "m5.large", { maxSize: fromElsewhere("1") }));

const CAPACITY: readonly Row[] = [
  ["all groups known", programOf(ARM, "arm64", on(x86Pool())),
    "task-on-capacity at service: certain",
  ],
  ["instances that others may join", programOf(ARM, "arm64", onEc2(x86Pool())),
    "task-on-capacity at service: suspected: other instances may join the cluster",
  ],
  ["the base of another provider may take all tasks", programOf({}, "amd64", service({ desiredCount: 1 }, on(x86Pool(0, 1), armPool(1)))),
    "image-on-capacity at task: suspected: the base of another capacity provider may take all tasks",
  ],
  ["the base takes what a schedule starts", programOf({}, "amd64", startedBy("schedule", on(x86Pool(0, 1), armPool(1)))),
    "image-on-capacity at task: suspected: the base of another capacity provider may take all tasks",
  ],
  ["a weight that is not known", (p) => {
    const { cluster, strategy = [] } = on(x86Pool(), armPool())(p);
    const [first = {}, second = {}] = strategy;
    addStarter(p, addTask(p, {}, "amd64"), { cluster, strategy: [first, { ...second, weight: fromElsewhere("1") }] });
  },
    "image-on-capacity at task: suspected: the weights of the capacity provider strategy are not known",
  ],
  ["a group of which it is not known whether it has instances", programOf({}, "amd64", on(pool(plainGroup(ARM_AMI, "m7g.large", { maxSize: fromElsewhere("1") })))),
    "[first preview] image-on-capacity at task: suspected: it is not known whether the group has any instances",
    "[update] image-on-capacity at task: certain",
  ],
  ["a group that may have no instances, and none but it", programOf(ARM, "arm64", on(MAYBE_EMPTY)),
    "[first preview] task-on-capacity at service: suspected: it is not known whether the group has any instances",
    "[update] task-on-capacity at service: certain",
  ],
  ["a group that may have no instances, beside one that has", programOf(ARM, "arm64", on(x86Pool(), MAYBE_EMPTY)),
    "task-on-capacity at service: certain",
  ],
  ["user data that is computed", programOf({}, "amd64", onEc2(instanceWithComputedData(SOME_AMI, "t4g.small"))),
    "[first preview] image-on-capacity at task: suspected: their user data is not known yet, and is made from the cluster",
    "[update] image-on-capacity at task: certain",
  ],
  ["user data that names the cluster under a condition", programOf({}, "amd64", onEc2(conditional)),
    "image-on-capacity at task: suspected: their user data may name another cluster",
  ],
  ["an AMI that may be for Windows", programOf({ os: "LINUX" }, "arm64", onEc2(x86Pool(), instance(SOME_AMI, "m5.large"))),
    "[first preview] image-on-capacity at task: inferred: the container definitions are made from this image",
    "[first preview] image-on-capacity at task: inferred: the container definitions are made from this image",
    "[update] image-on-capacity at task: certain",
    "[update] image-on-capacity at task: certain",
  ],
  ["an AMI that may be for Windows, and no other instance", programOf({ os: "LINUX" }, "arm64", on(pool(plainGroup(SOME_AMI, "m5.large")))),
    "[first preview] image-on-capacity at task: inferred: the container definitions are made from this image",
    "[update] image-on-capacity at task: certain",
  ],
  ["an AMI that may be for Windows, and one that fits", programOf({ os: "LINUX" }, "arm64", on(pool(plainGroup(SOME_AMI, "m5.large")), armPool())),
    "image-on-capacity at task: suspected: their AMI may be for another operating system than the task",
  ],
  ["a task whose operating system is not known", (p) => {
    const placement = on(armPool())(p);
    const task = taskOf(p, [built(p, "web", "linux/amd64").get("ref")], { runtimePlatform: { operatingSystemFamily: fromElsewhere("LINUX") } });
    addStarter(p, task, placement);
  },
    "[first preview] image-on-capacity at task: suspected: the task's operating system is not known",
    "[update] image-on-capacity at task: certain",
  ],
  ["an AMI whose name tells its architecture", (p) => { plainGroup("resolve:ssm:/my/golden-image-arm64", "m5.large")(p); },
    "ami-on-instance-type at template: suspected: the AMI's architecture is guessed from its name",
  ],
  ["a public AMI", (p) => { plainGroup(X86_AMI, "m7g.large")(p); },
    "ami-on-instance-type at template: certain",
  ],
];

const TABLES: Readonly<Record<string, readonly Row[]>> = { "an image": IMAGES, "instances": CAPACITY };

describe("how sure a finding is", () => {
  for (const [about, rows] of Object.entries(TABLES)) {
    describe(`about ${about}`, () => {
      for (const [what, build, ...lines] of rows) {
        for (const operation of ["first preview", "update"] as const) {
          it(`${what}, ${operation}`, () => {
            const program = build instanceof Program ? build : new Program();
            if (typeof build === "function") {
              build(program);
            }
            const mark = `[${operation}] `;
            const expected = lines.filter((line) => !line.startsWith("[") || line.startsWith(mark));
            assert.deepEqual(certainties(program, operation), expected.map((line) => line.replace(mark, "")));
          });
        }
      }
    });
  }
});
