import assert from "node:assert/strict";
import {
  ARM_AMI,
  armPool,
  clusterElsewhere,
  constrained,
  fargate,
  fromElsewhere,
  group,
  instance,
  joiningGroup,
  judged,
  launchType,
  managed,
  mixed,
  on,
  onEc2,
  override,
  plainGroup,
  pool,
  poolElsewhere,
  programOf,
  selection,
  SOME_AMI,
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
const CPU = "attribute:ecs.cpu-architecture";
const OPERATIONS: readonly Operation[] = ["first preview", "update"];

/** Pools come with a `group` and a `template`; the second ones are named `pool2`, `group2` and `template2`. */
type Row = readonly [hosts: string, platforms: string, task: Task, images: Images, where: Where, without: Verdict, withIt: Verdict, why: string];

const SILENCED: readonly Row[] = [
  ["pool", "linux/amd64", ANY, "amd64", on(armPool()), "denied: image", "passes", "named by its capacity provider"],
  ["group", "linux/amd64", ANY, "amd64", on(armPool()), "denied: image", "passes", "named by its group"],
  ["template", "linux/amd64", ANY, "amd64", on(armPool()), "denied: image", "passes", "named by its launch template"],
  ["po*", "linux/amd64", ANY, "amd64", on(armPool()), "denied: image", "passes", "named with a wildcard"],
  ["*", "linux/arm64", ANY, "arm64", on(x86Pool()), "denied: image", "passes", "x86 hosts that emulate Arm"],
  ["instance", "linux/amd64", ANY, "amd64", onEc2(instance(SOME_AMI, "t4g.small")), "denied: image", "open", "the instance emulates, others may join"],
  ["group", "linux/amd64", ANY, "amd64", onEc2(joiningGroup(ARM_AMI, "m7g.large")), "denied: image", "open", "the group emulates, others may join"],
  ["pool2", "linux/amd64", ANY, "amd64", on(x86Pool(), armPool()), "denied: image", "passes", "the half that needs it emulates"],
  ["pool", "linux/amd64", ARM, "amd64", on(armPool()), "denied: image on task", "passes", "the pinned task lands on hosts that emulate"],
  ["pool2", "linux/amd64", ARM, "amd64", on(x86Pool(), armPool()), "denied: image on task", "passes", "a task for Arm lands on the half that emulates"],
  ["pool", "linux/amd64", ANY, ["amd64", "arm64"], on(armPool()), "denied: containers, image", "passes", "one natively, one by emulation"],
  ["pool", "linux/amd64", ARM, "amd64+s390x", on(armPool()), "denied: image on task", "passes", "one of the image's platforms is enough"],
  ["*", "linux/s390x", ANY, "s390x", on(armPool(), x86Pool()), "denied: image, image on task", "passes", "what no instance runs, all emulate"],
  ["*", "linux/amd64", ANY, "amd64", constrained(`${CPU} == arm64`, on(armPool())), "denied: constraint", "passes", "what the constraint leaves emulates"],
  ["*", "linux/amd64", ARM, "amd64", launchType("EXTERNAL"), "denied: image on task", "open", "hosts that are not in the stack may be the ones"],
  ["*", "linux/amd64", ARM, "amd64", clusterElsewhere("EC2"), "denied: image on task", "open", "hosts that are not in the stack may be the ones"],
  ["shared-*", "linux/amd64", ARM, "amd64", on(poolElsewhere("shared-pool")), "denied: image on task", "open", "a provider of another stack, by its name"],
  ["shared", "linux/amd64", ARM, "amd64", on(poolElsewhere(fromElsewhere("shared"))), "denied: image on task", "open", "a provider of another stack"],
];

const STAYS: readonly Row[] = [
  ["pool", "linux/arm64", ANY, "amd64", on(armPool()), "denied: image", "denied: image", "another platform is emulated"],
  ["other", "linux/amd64", ANY, "amd64", on(armPool()), "denied: image", "denied: image", "other hosts emulate"],
  ["pool", "linux/amd64", ANY, "amd64", on(x86Pool(), armPool()), "denied: image", "denied: image", "the wrong half emulates"],
  ["pool", "linux/amd64", X86, "amd64", on(armPool()), "denied: tasks", "denied: tasks", "emulation changes no placement"],
  ["*", "linux/amd64", X86, "amd64", on(armPool()), "denied: tasks", "denied: tasks", "emulation changes no placement"],
  ["*", "linux/arm64", ARM, "arm64", onEc2(x86Pool()), "suspected: tasks", "suspected: tasks", "emulation changes no placement"],
  ["*", "linux/arm64", X86, "amd64", constrained(`${CPU} == arm64`, on(x86Pool(), armPool())), "denied: constraint", "denied: constraint", "emulation changes no placement"],
  ["*", "linux/arm64", ANY, "arm64", constrained(`${CPU} == arm64`, on(x86Pool())), "denied: tasks", "denied: tasks", "emulation changes no placement"],
  ["*", "linux/arm64", ANY, "amd64", on(pool(plainGroup(X86_AMI, "m7g.large"))), "denied: AMI", "denied: AMI", "an AMI boots natively or not at all"],
  ["*", "linux/arm64", ANY, "amd64", on(pool(group(mixed(template(ARM_AMI), override("m5.large"))))), "denied: AMI", "denied: AMI", "an AMI boots natively or not at all"],
  ["*", "linux/amd64", ANY, "amd64", on(managed({ cpuManufacturers: ["amazon-web-services"] })), "denied: image", "denied: image", "nothing can be installed on Managed Instances"],
  ["*", "linux/amd64", ARM, "amd64", on(managed()), "denied: image on task", "denied: image on task", "nothing can be installed on Managed Instances"],
  ["*", "linux/amd64", ARM, "amd64", on(fargate()), "denied: image on task", "denied: image on task", "nothing can be installed on Fargate"],
  ["*", "linux/arm64", ANY, "arm64", launchType("FARGATE"), "denied: image on task", "denied: image on task", "nothing can be installed on Fargate"],
  ["*", "linux/amd64", { ...ARM, requires: ["FARGATE"] }, "amd64", launchType("FARGATE"), "denied: image on task", "denied: image on task", "nothing can be installed on Fargate"],
  ["pool", "linux/amd64", ARM, "amd64", on(armPool(), armPool()), "denied: image on task", "denied: image on task", "only one of two pools emulates"],
  ["pool", "linux/amd64", ARM, "amd64", on(armPool(), pool(plainGroup(SOME_AMI, selection()))), "denied: image on task", "denied: image on task", "a pool of instances that may be Arm does not emulate"],
  ["pool", "linux/s390x", ANY, "s390x", on(armPool(), x86Pool()), "denied: image, image on task", "denied: image, image on task", "a task for any instances may land on those that do not emulate"],
  ["other-*", "linux/amd64", ARM, "amd64", on(poolElsewhere("shared-pool")), "denied: image on task", "denied: image on task", "the provider of another stack is another one"],
];

function check(rows: readonly Row[]): void {
  for (const [hosts, platforms, task, images, where, without, withIt, why] of rows) {
    it(`${hosts} emulates ${platforms}, ${task.cpu ?? "any"} task, ${[images].flat().join(" and ")} image: ${without} → ${withIt} (${why})`, () => {
      for (const operation of OPERATIONS) {
        const recording = programOf(task, images, where).recording(operation);
        assert.equal(verdictOf(judged(recording)), without, `${operation}, nothing declared`);
        const found = judged(recording, { emulation: [{ hosts, platforms: [platforms] }] });
        assert.equal(verdictOf(found), withIt, `${operation}, declared`);
        if (!withIt.startsWith("denied")) {
          assert.deepEqual(found.early, [], "nor is it denied while resources are registered");
        }
      }
    });
  }
}

describe("ecs-task-capacity-architecture: declared emulation", () => {
  describe("silences what it makes possible", () => {
    check(SILENCED);
  });
  describe("and nothing else", () => {
    check(STAYS);
  });
});
