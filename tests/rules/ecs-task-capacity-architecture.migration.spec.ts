import assert from "node:assert/strict";
import {
  armPool,
  ARM_AMI,
  constrained,
  fargate,
  group,
  instance,
  judged,
  managed,
  mixed,
  on,
  onEc2,
  override,
  plainGroup,
  pool,
  programOf,
  SOME_AMI,
  startedBy,
  template,
  X86_AMI,
  x86Pool,
  type Images,
  type Operation,
  type Task,
  type Where,
} from "../support/capacity-builder";
import { verdictOf, type Verdict } from "../support/capacity-rows";

const ANY: Task = {};
const X86: Task = { cpu: "X86_64" };
const ARM: Task = { cpu: "ARM64" };
const BOTH = "amd64+arm64";
const OPERATIONS: readonly Operation[] = ["first preview", "update"];

type Step = readonly [what: string, task: Task, images: Images, where: Where];

const ONE_GROUP = pool(group(mixed(template(X86_AMI), override("m5.large"))));
const ONE_MIXED_GROUP = pool(group(mixed(template(X86_AMI), override("m5.large"), override("m7g.large", template(ARM_AMI)))));

/** From x86 to Graviton, in the order in which nothing breaks. */
const MIGRATIONS: Readonly<Record<string, readonly Step[]>> = {
  "by the weights of two capacity providers": [
    ["x86 only", ANY, "amd64", on(x86Pool())],
    ["images for both", ANY, BOTH, on(x86Pool())],
    ["a Graviton pool that takes no tasks", ANY, BOTH, on(x86Pool(1), armPool(0))],
    ["a tenth of the tasks on Graviton", ANY, BOTH, on(x86Pool(9), armPool(1))],
    ["half of the tasks on Graviton", ANY, BOTH, on(x86Pool(1), armPool(1))],
    ["the task is pinned", ARM, BOTH, on(x86Pool(1), armPool(1))],
    ["the x86 pool takes no tasks", ARM, BOTH, on(x86Pool(0), armPool(1))],
    ["the x86 pool is gone", ARM, BOTH, on(armPool())],
    ["images for Graviton only", ARM, "arm64", on(armPool())],
    ["nothing needs to be stated any more", ANY, "arm64", on(armPool())],
  ],
  "of a task that states x86 from the start": [
    ["x86 only", X86, "amd64", on(x86Pool())],
    ["images for both", X86, BOTH, on(x86Pool())],
    ["a Graviton pool beside it", X86, BOTH, on(x86Pool(1), armPool(1))],
    ["pinned to the other one", ARM, BOTH, on(x86Pool(1), armPool(1))],
    ["the x86 pool is gone", ARM, BOTH, on(armPool())],
  ],
  "within one group": [
    ["x86 only", ANY, "amd64", on(ONE_GROUP)],
    ["images for both", ANY, BOTH, on(ONE_GROUP)],
    ["Graviton types with a template of their own", ANY, BOTH, on(ONE_MIXED_GROUP)],
    ["the task is pinned", ARM, BOTH, on(ONE_MIXED_GROUP)],
    ["Graviton types only", ARM, BOTH, on(pool(group(mixed(template(ARM_AMI), override("m7g.large")))))],
  ],
  "by a placement constraint": [
    ["x86 only", ANY, "amd64", on(x86Pool())],
    ["kept on x86", ANY, "amd64", constrained("attribute:ecs.cpu-architecture == x86_64", on(x86Pool()))],
    ["a Graviton pool beside it", ANY, "amd64", constrained("attribute:ecs.cpu-architecture == x86_64", on(x86Pool(), armPool()))],
    ["images for both", ANY, BOTH, constrained("attribute:ecs.cpu-architecture == x86_64", on(x86Pool(), armPool()))],
    ["moved", ANY, BOTH, constrained("attribute:ecs.cpu-architecture == arm64", on(x86Pool(), armPool()))],
    ["images for Graviton only", ANY, "arm64", constrained("attribute:ecs.cpu-architecture == arm64", on(x86Pool(), armPool()))],
  ],
  "of launch type EC2": [
    ["x86 only", X86, "amd64", onEc2(x86Pool())],
    ["images for both", ANY, BOTH, onEc2(x86Pool())],
    ["a Graviton pool beside it", ANY, BOTH, onEc2(x86Pool(), armPool())],
    ["the task is pinned", ARM, BOTH, onEc2(x86Pool(), armPool())],
    ["the x86 pool is gone", ARM, BOTH, onEc2(armPool())],
  ],
  "on Fargate": [
    ["x86 only", ANY, "amd64", on(fargate())],
    ["images for both", ANY, BOTH, on(fargate())],
    ["the task is pinned", ARM, BOTH, on(fargate())],
    ["images for Graviton only", ARM, "arm64", on(fargate())],
  ],
  "on Managed Instances": [
    ["x86 only", X86, "amd64", on(managed({ cpuManufacturers: ["intel", "amd"] }))],
    ["images for both", X86, BOTH, on(managed({ cpuManufacturers: ["intel", "amd"] }))],
    ["any instances", X86, BOTH, on(managed())],
    ["the task is pinned", ARM, BOTH, on(managed())],
    ["Graviton only", ARM, BOTH, on(managed({ cpuManufacturers: ["amazon-web-services"] }))],
  ],
};

type Mistake = readonly [what: string, task: Task, images: Images, where: Where, verdict: Verdict, says: readonly RegExp[]];

const MISTAKES: readonly Mistake[] = [
  ["Graviton takes tasks before the image is built for it", ANY, "amd64", on(x86Pool(9), armPool(1)), "denied: image", [/linux\/amd64/, /`web`/, /`pool2`.*`group2`.*`template2`/, /m7g\.large/]],
  ["x86 is gone before the image is built for Graviton", ANY, "amd64", on(armPool()), "denied: image", [/linux\/amd64/, /`pool`.*`group`.*`template`/, /m7g\.large/]],
  ["the task is pinned before there is a Graviton pool", ARM, BOTH, on(x86Pool()), "denied: tasks", [/ARM64/, /`service`/, /`pool`.*`group`.*`template`/, /m5\.large/]],
  ["the task is pinned while the Graviton pool takes no tasks", ARM, BOTH, on(x86Pool(1), armPool(0)), "denied: tasks", [/ARM64/, /`pool`.*`group`.*`template`/, /m5\.large/]],
  ["the task is pinned before the image is built for Graviton", ARM, "amd64", on(x86Pool(), armPool()), "denied: image on task", [/linux\/amd64/, /ARM64/]],
  ["the image is for Graviton only while x86 still takes tasks", ANY, "arm64", on(x86Pool(1), armPool(1)), "denied: image", [/linux\/arm64/, /`pool`.*`group`.*`template`/, /m5\.large/]],
  ["the image is for Graviton only before anything else", ANY, "arm64", on(x86Pool()), "denied: image", [/linux\/arm64/, /m5\.large/]],
  ["x86 is gone while the task is pinned to it", X86, BOTH, on(armPool()), "denied: tasks", [/X86_64/, /m7g\.large/]],
  ["x86 takes no tasks while the task is pinned to it", X86, BOTH, on(x86Pool(0), armPool(1)), "denied: tasks", [/X86_64/, /`pool2`/]],
  ["the Graviton pool is started with the x86 AMI", ANY, BOTH, on(x86Pool(), pool(plainGroup(X86_AMI, "m7g.large"))), "denied: AMI", [/x86_64/, /m7g\.large/]],
  ["Graviton types in a group of one template", ANY, BOTH, on(pool(group(mixed(template(X86_AMI), override("m5.large"), override("m7g.large"))))), "denied: AMI", [/x86_64/, /m7g\.large/]],
  ["Graviton types in a group before the image is built for them", ANY, "amd64", on(ONE_MIXED_GROUP), "denied: image", [/linux\/amd64/, /m7g\.large/]],
  ["the constraint moves before the image does", ANY, "amd64", constrained("attribute:ecs.cpu-architecture == arm64", on(x86Pool(), armPool())), "denied: constraint", [/linux\/amd64/, /linux\/arm64/]],
  ["the constraint moves before the capacity does", ANY, BOTH, constrained("attribute:ecs.cpu-architecture == arm64", on(x86Pool())), "denied: tasks", [/constraint/, /m5\.large/]],
  ["launch type EC2: the task is pinned before there are Graviton instances", ARM, BOTH, onEc2(x86Pool()), "suspected: tasks", [/ARM64/, /other instances may join/, /m5\.large/]],
  ["launch type EC2: a Graviton instance joins before the image is built for it", ANY, "amd64", onEc2(x86Pool(), instance(SOME_AMI, "m7g.large")), "denied: image", [/linux\/amd64/, /`instance`/, /m7g\.large/]],
  ["Fargate: the image moves before the task does", ANY, "arm64", on(fargate()), "denied: image on task", [/linux\/arm64/, /Fargate uses X86_64/]],
  ["Fargate: the task moves before the image does", ARM, "amd64", on(fargate()), "denied: image on task", [/linux\/amd64/, /ARM64/]],
  ["Managed Instances: the instances move before the task does", X86, BOTH, on(managed({ cpuManufacturers: ["amazon-web-services"] })), "denied: tasks", [/X86_64/, /`managed`/, /amazon-web-services/]],
  ["Managed Instances: the instances move before the image does", ANY, "amd64", on(managed({ cpuManufacturers: ["amazon-web-services"] })), "denied: image", [/linux\/amd64/, /`managed`/, /amazon-web-services/]],
  ["a schedule is forgotten on the old pool", ARM, BOTH, startedBy("schedule", on(x86Pool())), "denied: tasks", [/ARM64/, /schedule `schedule`/, /`pool`.*`group`.*`template`/]],
];

describe("ecs-task-capacity-architecture: from x86 to Graviton", () => {
  for (const [how, steps] of Object.entries(MIGRATIONS)) {
    describe(how, () => {
      for (const [index, [what, task, images, where]] of steps.entries()) {
        it(`step ${String(index)}: ${what}`, () => {
          for (const operation of OPERATIONS) {
            assert.equal(verdictOf(judged(programOf(task, images, where).recording(operation))), "passes", operation);
          }
        });
      }
    });
  }

  describe("in the wrong order", () => {
    for (const [what, task, images, where, verdict, says] of MISTAKES) {
      it(`${what}: ${verdict}`, () => {
        for (const operation of OPERATIONS) {
          const found = judged(programOf(task, images, where).recording(operation));
          assert.equal(verdictOf(found), verdict, operation);
          const level = verdict.startsWith("denied") ? "mandatory" : "advisory";
          const message = found.said.filter((each) => each.level === level).map((each) => each.message).join("\n");
          for (const pattern of says) {
            assert.match(message, pattern);
          }
        }
      });
    }
  });
});
