import assert from "node:assert/strict";
import { compare } from "./compare";
import { render } from "./generator/render";
import { judge } from "./generator/reference";
import { PHASES } from "./generator/world";
import { WORLDS } from "./generator/worlds";
import { check, print, STACKS } from "./settings";

/** Every kind of link and judgement of the design, by the words of the reference; each has to come often enough. */
const KINDS: readonly string[] = [
  "link seen: tag",
  "link seen: digest",
  "link seen: the ARN of the task",
  "link seen: the family of the task",
  "link seen: made from the task",
  "link inferred: tag, though another destination is unknown",
  "link inferred: made from the image",
  "link inferred: made from an awsx image",
  "link inferred: the only image of a new repository",
  "link inferred: the only image of its repository, by digest",
  "link possible: another tag of its repository",
  "link possible: another digest of its repository",
  "link possible: a name that looks alike",
  "link possible: dependsOn alone",
  "link possible: several builders of one tag",
  "link possible: one of several images of a repository",
  "link possible: an image that is not pushed",
  "link possible: another destination is unknown",
  "link outside: definitions unknown from outside",
  "link outside: definitions known from outside",
  "link outside: changes are ignored",
  "link outside: a public image",
  "built by docker",
  "built by docker 3",
  "built by docker-build",
  "built by docker-build, exports",
  "built by docker-build, late",
  "built by docker-build, local",
  "built by awsx",
  "built by index",
  "built by registry image",
  "built by pulled, tagged, pushed",
  "built by command",
  "built by remote command",
  "built by codebuild",
  "image × task: stated",
  "image × task: the default of Fargate",
  "image × task: nothing is stated",
  "image × task: a platform that the provider filled in",
  "images of one task",
  "task × capacity: closed",
  "task × capacity: open",
  "image × capacity: closed",
  "image × capacity: open",
  "constraint",
  "capacity: launch type EC2",
  "capacity: joined by user data",
  "capacity: a daemon",
  "capacity: EXTERNAL",
  "capacity: a cluster of another stack",
  "capacity: a provider of another stack",
  "capacity: a group of maxSize 0",
  "capacity: an item of weight 0",
  "capacity: all weights are zero",
  "capacity: no task is started",
  "capacity: left to task sets",
  "capacity: restricted Managed Instances",
  "capacity: unrestricted Managed Instances",
  "started by a service",
  "started by a native service",
  "started by a task set",
  "started by a rule target",
  "started by a schedule",
  "started by a pipe",
  "AMI × type: template",
  "AMI × type: overrides",
  "AMI × type: configuration",
  "AMI × type: instance",
  "AMI × type: fleet",
  "AMI × type: spot fleet",
  "AMI × type: node group",
  "AMI × type: template alone",
  "AMI × type: a version that is not described",
  "runtimePlatform: a misspelling",
  "runtimePlatform: Windows on ARM64",
  "runtimePlatform: Windows that Fargate lacks",
  "disagreement: image × task",
  "disagreement: images of one task",
  "disagreement: task × capacity",
  "disagreement: image × capacity",
  "disagreement: task × constraint",
  "disagreement: image × constraint",
  "disagreement: AMI × type",
  "disagreement: runtimePlatform",
];

const ENOUGH = 200;
const SHARE = 0.5;
/** A smaller run than the default one cannot have as many of each. */
const SCALE = Math.min(1, STACKS / 20_000);

describe("generated stacks: the pack agrees with the reference", function () {
  this.timeout(600_000);
  const counts = new Map<string, number>();
  let [worlds, disagreeing] = [0, 0];

  it("at the first preview, at later previews and during an update", () => {
    check(SHARE, WORLDS, (world) => {
      const program = render(world);
      const compared = PHASES.map((phase) => ({ phase, ...compare(world, phase, program.recording(phase)) }));
      worlds += 1;
      disagreeing += judge(world, "laterPreview").denials.some(({ certainty }) => certainty === "must") ? 1 : 0;
      for (const kind of compared.flatMap(({ kinds }) => kinds)) {
        counts.set(kind, (counts.get(kind) ?? 0) + 1);
      }
      return compared.flatMap(({ phase, problems }) => problems.map((problem) => `${phase}: ${problem}`));
    });
  });

  it("on stacks of which enough disagree, about everything that the design names", () => {
    const rare = KINDS.filter((kind) => (counts.get(kind) ?? 0) < ENOUGH * SCALE);
    assert.deepEqual(rare, []);
    assert.ok(disagreeing >= 0.3 * worlds, `${String(disagreeing)} of ${String(worlds)} disagree`);
  });

  after(() => {
    const lines = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, times]) => `${String(times).padStart(7)}  ${kind}`);
    print(`${String(worlds)} stacks, of which ${String(disagreeing)} disagree; met in three operations`, lines);
  });
});
