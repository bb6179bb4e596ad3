/** What the rules compared and what they concluded of it, as the map of a stack shows it. */

import assert from "node:assert/strict";
import { formatPlatforms } from "../../policies/platform/build-command";
import type { ComparedImage, Comparison, Outcome } from "../../policies/stack/comparison";
import type { Requirement } from "../../policies/stack/task-platform";
import {
  ARM_AMI,
  armPool,
  constrained,
  fromElsewhere,
  group,
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
  Program,
  programOf,
  service,
  SOME_AMI,
  template,
  X86_AMI,
  x86Pool,
  type Task,
} from "../support/capacity-builder";
import { json } from "../support/outputs";

function outcomeText(outcome: Outcome): string {
  switch (outcome.is) {
    case "agree":
      return "agree";
    case "disagree":
      return `disagree (${outcome.finding.kind})`;
    case "unknown":
      return `unknown: ${outcome.why}`;
  }
}

function imageText({ containers, subject, reference, platforms }: ComparedImage): string {
  return `${containers.join("+") || "some container"}: ${subject?.name ?? reference ?? "?"} ${platforms === undefined ? "?" : formatPlatforms(platforms)}`;
}

function requirementText(requirement: Requirement | undefined): string {
  return `${requirement?.host.os ?? "any"}/${requirement?.host.architecture ?? "any"}`;
}

/** One line for each comparison. */
function lineOf(comparison: Comparison): string {
  const outcome = outcomeText(comparison.outcome);
  switch (comparison.of) {
    case "image and task":
      return `${imageText(comparison.image)} – task ${requirementText(comparison.requirement)}: ${outcome}`;
    case "task and capacity": {
      const instances = comparison.instances.map(({ chain, architectures }) => `${chain[0]?.name ?? "?"} ${architectures.join("+") || "?"}`);
      return `task ${requirementText(comparison.requirement)} – ${[`${comparison.capacity} of ${comparison.launcher.subject.name}`, ...instances].join(", ")}: ${outcome}`;
    }
    case "image and capacity":
      return `${imageText(comparison.image)} – ${comparison.instances.chain[0]?.name ?? "?"} ${comparison.instances.architectures.join("+") || "?"} of ${comparison.launcher.subject.name}: ${outcome}`;
    case "AMI and instance type":
      return `${comparison.amiArchitecture ?? "?"} AMI of ${comparison.amiAt.name} – ${comparison.types} ${comparison.typeArchitectures.join("+") || "?"} of ${comparison.typesAt.name}, for ${comparison.usedBy.map(({ name }) => name).join("+") || "nothing"}: ${outcome}`;
  }
}

type Row = readonly [what: string, build: Program | ((program: Program) => void), ...lines: readonly string[]];

const ARM: Task = { cpu: "ARM64" };
const CPU = "attribute:ecs.cpu-architecture";

function single(task: object): (program: Program) => void {
  return (program) => void program.add("aws:ecs/taskDefinition:TaskDefinition", "task", { family: "app", containerDefinitions: json([{ name: "app", image: "nginx:1.27" }]), ...task });
}

const ROWS: readonly Row[] = [
  ["Fargate, all right", programOf(ARM, "arm64", launchType("FARGATE")),
    "app: web linux/arm64 – task linux/arm64: agree",
    "task linux/arm64 – Fargate of service: agree",
  ],
  ["Fargate, a wrong image", programOf({}, "arm64", launchType("FARGATE")),
    "app: web linux/arm64 – task linux/amd64: disagree (image-on-task)",
    "task linux/amd64 – Fargate of service: agree",
  ],
  ["Fargate, an image from elsewhere", programOf({}, "elsewhere", launchType("FARGATE")),
    "app: public.ecr.aws/nginx/nginx:1.27 ? – task linux/amd64: unknown: no resource of this stack pushes it",
    "task linux/amd64 – Fargate of service: agree",
  ],
  ["Fargate only, which nothing starts", single({ requiresCompatibilities: ["FARGATE"] }),
    "app: nginx:1.27 ? – task linux/amd64: unknown: no resource of this stack pushes it",
  ],
  ["an architecture that is not known yet, on Fargate", (program) => {
    single({ runtimePlatform: { cpuArchitecture: fromElsewhere("ARM64") }, requiresCompatibilities: ["FARGATE"] })(program);
    program.add("aws:ecs/service:Service", "service", { taskDefinition: "app", launchType: "FARGATE" });
  },
    "app: nginx:1.27 ? – task linux/arm64: unknown: no resource of this stack pushes it",
    "task linux/arm64 – Fargate of service: agree",
  ],
  ["a variant that only some CPUs run", programOf(ARM, "linux/arm/v7", launchType("FARGATE")),
    "app: web linux/arm/v7 – task linux/arm64: unknown: they may disagree, which is not certain: whether it runs depends on the very CPU, which the stack does not tell",
    "task linux/arm64 – Fargate of service: agree",
  ],
  ["a group, all right", programOf(ARM, "arm64", on(armPool())),
    "app: web linux/arm64 – task linux/arm64: agree",
    "task linux/arm64 – instances of service, pool arm64: agree",
    'arm64 AMI of template – instanceType: "m7g.large" ("g" after the number = Graviton) arm64 of template, for group: agree',
  ],
  ["a group of the other architecture", programOf(ARM, "arm64", on(x86Pool())),
    "app: web linux/arm64 – task linux/arm64: agree",
    "task linux/arm64 – instances of service, pool amd64: disagree (task-on-capacity)",
    'x86_64 AMI of template – instanceType: "m5.large" x86_64 of template, for group: agree',
  ],
  ["two groups, one of which fits", programOf(ARM, "arm64", on(x86Pool(), armPool())),
    "app: web linux/arm64 – task linux/arm64: agree",
    "task linux/arm64 – instances of service, pool amd64, pool2 arm64: agree",
    'x86_64 AMI of template – instanceType: "m5.large" x86_64 of template, for group: agree',
    'arm64 AMI of template2 – instanceType: "m7g.large" ("g" after the number = Graviton) arm64 of template2, for group2: agree',
  ],
  ["a group elsewhere", programOf(ARM, "arm64", on(poolElsewhere())),
    "app: web linux/arm64 – task linux/arm64: agree",
    "task linux/arm64 – instances of service: unknown: a capacity provider of the strategy is not part of this stack",
  ],
  ["instances that others may join", programOf(ARM, "arm64", onEc2(x86Pool())),
    "app: web linux/arm64 – task linux/arm64: agree",
    "task linux/arm64 – instances of service, pool amd64: unknown: they may disagree, which is not certain: other instances may join the cluster",
    'x86_64 AMI of template – instanceType: "m5.large" x86_64 of template, for group: agree',
  ],
  ["a task that asks for nothing, all right", programOf({}, "arm64", on(armPool())),
    "task linux/any – instances of service, pool arm64: agree",
    "app: web linux/arm64 – pool arm64 of service: agree",
    'arm64 AMI of template – instanceType: "m7g.large" ("g" after the number = Graviton) arm64 of template, for group: agree',
  ],
  ["a task that asks for nothing, an image for both", programOf({}, "amd64+arm64", on(armPool(), x86Pool())),
    "task linux/any – instances of service, pool arm64, pool2 amd64: agree",
    "app: web linux/amd64,linux/arm64 – pool arm64 of service: agree",
    "app: web linux/amd64,linux/arm64 – pool2 amd64 of service: agree",
    'arm64 AMI of template – instanceType: "m7g.large" ("g" after the number = Graviton) arm64 of template, for group: agree',
    'x86_64 AMI of template2 – instanceType: "m5.large" x86_64 of template2, for group2: agree',
  ],
  ["a task that asks for nothing, a group of the other architecture", programOf({}, "amd64", on(armPool())),
    "task linux/any – instances of service, pool arm64: disagree (image-on-capacity)",
    "app: web linux/amd64 – pool arm64 of service: disagree (image-on-capacity)",
    'arm64 AMI of template – instanceType: "m7g.large" ("g" after the number = Graviton) arm64 of template, for group: agree',
  ],
  ["a task that asks for nothing, one of two groups wrong", programOf({}, "amd64", on(armPool(), x86Pool())),
    "task linux/any – instances of service, pool arm64, pool2 amd64: disagree (image-on-capacity)",
    "app: web linux/amd64 – pool arm64 of service: disagree (image-on-capacity)",
    "app: web linux/amd64 – pool2 amd64 of service: agree",
    'arm64 AMI of template – instanceType: "m7g.large" ("g" after the number = Graviton) arm64 of template, for group: agree',
    'x86_64 AMI of template2 – instanceType: "m5.large" x86_64 of template2, for group2: agree',
  ],
  ["a task that asks for nothing, a group of which nothing is known", programOf({}, "amd64", on(pool(plainGroup(SOME_AMI, "q9x.large")))),
    "task linux/any – instances of service, pool ?: unknown: the architecture of the instances of capacity provider `pool` is not known",
    "app: web linux/amd64 – pool ? of service: unknown: whether it runs on these instances is not known",
    '? AMI of template – instanceType: "q9x.large" ? of template, for group: unknown: an AMI id alone does not tell its architecture',
  ],
  ["a task that asks for nothing, Managed Instances", programOf({}, "amd64", on(managed())),
    "task linux/any – instances of service, managed amd64+arm64: unknown: the architecture of the instances of capacity provider `managed` is not known",
    "app: web linux/amd64 – managed amd64+arm64 of service: unknown: whether it runs on these instances is not known",
  ],
  ["a task that asks for nothing, an image from elsewhere", programOf({}, "elsewhere", on(armPool())),
    "app: public.ecr.aws/nginx/nginx:1.27 ? – task linux/any: unknown: no resource of this stack pushes it",
    "task linux/any – instances of service, pool arm64: unknown: which platforms its images are for is not known",
    'arm64 AMI of template – instanceType: "m7g.large" ("g" after the number = Graviton) arm64 of template, for group: agree',
  ],
  ["two images that share no platform", programOf({}, ["amd64", "arm64"], on(armPool())),
    "app: web linux/amd64 – task linux/any: disagree (images-of-one-task)",
    "sidecar1: web2 linux/arm64 – task linux/any: disagree (images-of-one-task)",
    "task linux/any – instances of service, pool arm64: disagree (image-on-capacity)",
    "app: web linux/amd64 – pool arm64 of service: disagree (image-on-capacity)",
    "sidecar1: web2 linux/arm64 – pool arm64 of service: agree",
    'arm64 AMI of template – instanceType: "m7g.large" ("g" after the number = Graviton) arm64 of template, for group: agree',
  ],
  ["a constraint that leaves nothing", programOf(ARM, "arm64", constrained(`${CPU} == x86_64`, on(armPool()))),
    "app: web linux/arm64 – task linux/arm64: agree",
    "task linux/arm64 – instances of service, pool arm64: disagree (task-on-constraint)",
    'arm64 AMI of template – instanceType: "m7g.large" ("g" after the number = Graviton) arm64 of template, for group: agree',
  ],
  ["a constraint that leaves one architecture", programOf({}, "arm64", constrained(`${CPU} == arm64`, on(armPool()))),
    "task linux/arm64 – instances of service, pool arm64: agree",
    'arm64 AMI of template – instanceType: "m7g.large" ("g" after the number = Graviton) arm64 of template, for group: agree',
  ],
  ["a constraint that leaves the wrong one", programOf({}, "amd64", constrained(`${CPU} == arm64`, on(armPool()))),
    "task linux/any – instances of service, pool arm64: disagree (task-on-constraint)",
    'arm64 AMI of template – instanceType: "m7g.large" ("g" after the number = Graviton) arm64 of template, for group: agree',
  ],
  ["no tasks", programOf(ARM, "arm64", service({ desiredCount: 0 }, on(x86Pool()))),
    "app: web linux/arm64 – task linux/arm64: agree",
    "task any/any – unknown of service: unknown: it is not known to start any tasks",
    'x86_64 AMI of template – instanceType: "m5.large" x86_64 of template, for group: agree',
  ],
  ["a template, right", plainGroup(ARM_AMI, "m7g.large"),
    'arm64 AMI of template – instanceType: "m7g.large" ("g" after the number = Graviton) arm64 of template, for group: agree',
  ],
  ["a template, wrong", plainGroup(X86_AMI, "m7g.large"),
    'x86_64 AMI of template – instanceType: "m7g.large" ("g" after the number = Graviton) arm64 of template, for group: disagree (ami-on-instance-type)',
  ],
  ["an AMI by its id", plainGroup(SOME_AMI, "m7g.large"),
    '? AMI of template – instanceType: "m7g.large" ("g" after the number = Graviton) arm64 of template, for group: unknown: an AMI id alone does not tell its architecture',
  ],
  ["an AMI whose name tells its architecture", plainGroup("resolve:ssm:/my/golden-image-arm64", "m5.large"),
    "arm64 AMI of template – instanceType: \"m5.large\" x86_64 of template, for group: unknown: they may disagree, which is not certain: the AMI's architecture is guessed from its name",
  ],
  ["overrides, one of which is wrong", group(mixed(template(X86_AMI), override("m5.large"), override("m7g.large"))),
    'x86_64 AMI of template – overrides[0].instanceType: "m5.large" x86_64 of group, for group: agree',
    'x86_64 AMI of template – overrides[1].instanceType: "m7g.large" ("g" after the number = Graviton) arm64 of group, for group: disagree (ami-on-instance-type)',
  ],
  ["a wrong template that something else replaces", (program) => {
    const made = template(X86_AMI, "m7g.large")(program);
    program.add("aws:ec2/instance:Instance", "instance", { instanceType: "m5.large", launchTemplate: { name: made.get("name"), version: "$Latest" } });
  },
    'x86_64 AMI of template – instanceType: "m7g.large" ("g" after the number = Graviton) arm64 of template, for nothing: unknown: nothing in this stack is known to start them together',
    'x86_64 AMI of template – instanceType: "m5.large" x86_64 of instance, for instance: agree',
  ],
];

describe("what the rules compared", () => {
  for (const [what, build, ...lines] of ROWS) {
    it(what, () => {
      const program = build instanceof Program ? build : new Program();
      if (typeof build === "function") {
        build(program);
      }
      assert.deepEqual(judged(program.recording("update")).comparisons.map(lineOf), lines);
    });
  }
});
