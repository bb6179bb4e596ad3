/** What could not be determined: which part of which resource, why, and what would make it known, word for word. */

import assert from "node:assert/strict";
import {
  addStarter,
  armPool,
  clusterElsewhere,
  constrained,
  fromElsewhere,
  group,
  judged,
  managed,
  mixed,
  on,
  onEc2,
  override,
  plainGroup,
  pool,
  poolElsewhere,
  poolOfGroupElsewhere,
  Program,
  programOf,
  selection,
  service,
  SOME_AMI,
  template,
  WINDOWS_AMI,
  X86_AMI,
  x86Pool,
  type Made,
  type Operation,
  type Task,
  type Where,
} from "../support/capacity-builder";
import { json, type Input, type Inputs } from "../support/outputs";

const REMEDIES: Readonly<Record<string, string>> = {
  "state it": "state it in the program, or run the update with the pack: what is computed by then is checked there",
  "declare the image": "declare the image under `images` of cpu-architecture-settings",
  "declare the capacity": "keep the capacity in the same stack, or declare it under `capacityProviders` or `clusters` of cpu-architecture-settings",
  "another constraint": "write it with attribute:ecs.cpu-architecture or attribute:ecs.instance-type",
  "state cpuArchitecture": "set runtimePlatform.cpuArchitecture",
  "declare the AMI": "declare the AMI under `amis` of cpu-architecture-settings, or use resolve:ssm: with a public parameter",
  "declare the type": "declare the type under `instanceTypes` of cpu-architecture-settings, or state it",
};

/** `resource: part: why: what to do`, where what to do is one of the above if it is. */
function listed(program: Program, operation: Operation): string[] {
  return judged(program.recording(operation)).undetermined.map(({ subject, part, why, remedy }) => {
    const [short] = Object.entries(REMEDIES).find(([, text]) => text === remedy) ?? [remedy];
    return `${subject.name}: ${part}: ${why}: ${short}`;
  });
}

/** Lines of the listing; those of an operation alone begin with its name in brackets. */
type Row = readonly [what: string, build: Program | ((program: Program) => void), ...lines: readonly string[]];

const ARM: Task = { cpu: "ARM64" };
const SHARED_IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/shared";

/** A task definition of one container, and what else is said of it. */
function taskOf(image: Input, more: Inputs = {}): (program: Program) => Made {
  return (program) => program.add("aws:ecs/taskDefinition:TaskDefinition", "task", { family: "app", containerDefinitions: json([{ name: "app", image }]), requiresCompatibilities: ["FARGATE"], ...more });
}

/** An image that is built with buildx, and pushed unless something else is said. */
function built(program: Program, name: string, more: Inputs): Made {
  return program.add("docker-build:index:Image", name, { push: true, context: { location: "./app" }, ...more });
}

function startedOn(where: Where, task: (program: Program) => Made): (program: Program) => void {
  return (program) => {
    const placement = where(program);
    addStarter(program, task(program), placement);
  };
}

function groupOf(inputs: Inputs): (program: Program) => Made {
  return (program) => program.add("aws:autoscaling/group:Group", "group", { minSize: 1, maxSize: 2, ...inputs });
}

/** A cluster of the stack whose default strategy is not known. */
function byDefaultElsewhere(program: Program): ReturnType<Where> {
  const cluster = program.add("aws:ecs/cluster:Cluster", "cluster", {});
  program.add("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders", "providers", {
    clusterName: cluster.get("name"),
    capacityProviders: [fromElsewhere("shared")],
    defaultCapacityProviderStrategies: [{ capacityProvider: fromElsewhere("shared"), weight: 1 }],
  });
  return { cluster: cluster.get("arn") };
}

const CAPACITY: readonly Row[] = [
  ["a cluster elsewhere", programOf({}, "amd64", clusterElsewhere(undefined)),
    "task: its own architecture: its cluster is not part of this stack: state cpuArchitecture",
    "task: the instances that service `service` can use: its cluster is not part of this stack: declare the capacity",
  ],
  ["a cluster elsewhere, for a task that states one", programOf(ARM, "arm64", clusterElsewhere(undefined)),
    "task: the instances that service `service` can use: its cluster is not part of this stack: declare the capacity",
  ],
  ["a provider elsewhere", programOf(ARM, "arm64", on(poolElsewhere())),
    "task: the instances that service `service` can use: a capacity provider of the strategy is not part of this stack: declare the capacity",
  ],
  ["a provider elsewhere beside one that does not fit", programOf(ARM, "arm64", on(x86Pool(), poolElsewhere())),
    "task: the instances that service `service` can use: a capacity provider of the strategy is not part of this stack: declare the capacity",
  ],
  ["a provider elsewhere beside one that fits", programOf(ARM, "arm64", on(armPool(), poolElsewhere()))],
  ["a provider of a group elsewhere", programOf(ARM, "arm64", on(poolOfGroupElsewhere())),
    "task: the instances that service `service` can use: the group of capacity provider `pool` is not part of this stack: declare the capacity",
  ],
  ["weights that are all 0", programOf({}, "amd64", on(x86Pool(0), x86Pool(0))),
    "task: the instances that service `service` can use: all weights of the capacity provider strategy are zero: declare the capacity",
  ],
  ["instances that others may join", programOf({}, "amd64", onEc2(x86Pool())),
    "task: the instances that service `service` can use: other instances may join the cluster: declare the capacity",
  ],
  ["instances that others may join, for an image of both", programOf({}, "amd64+arm64", onEc2(x86Pool()))],
  ["an instance type nobody has heard of", programOf({}, "amd64", on(pool(plainGroup(SOME_AMI, "q9x.large")))),
    "task: the instances that service `service` can use: the architecture of the instances of capacity provider `pool` is not known: declare the capacity",
    "template: its AMI: an AMI id alone does not tell its architecture: declare the AMI",
    "template: its instance types: this instance type is not known here: declare the type",
  ],
  ["the same for a task that states one", programOf(ARM, "arm64", on(pool(plainGroup(SOME_AMI, "q9x.large")))),
    "task: the instances that service `service` can use: the architecture of the instances of capacity provider `pool` is not known: declare the capacity",
    "template: its AMI: an AMI id alone does not tell its architecture: declare the AMI",
    "template: its instance types: this instance type is not known here: declare the type",
  ],
  ["the same for Windows beside it", programOf({ cpu: "X86_64", os: "LINUX" }, "amd64", on(pool(plainGroup(WINDOWS_AMI, "m5.large")), pool(plainGroup(SOME_AMI, "q9x.large")))),
    "task: the instances that service `service` can use: the architecture of the instances of capacity provider `pool2` is not known: declare the capacity",
    "template2: its AMI: an AMI id alone does not tell its architecture: declare the AMI",
    "template2: its instance types: this instance type is not known here: declare the type",
  ],
  ["a selection that tells nothing", programOf({}, "amd64", on(pool(plainGroup(SOME_AMI, selection())))),
    "task: the instances that service `service` can use: the architecture of the instances of capacity provider `pool` is not known: declare the capacity",
    "template: its AMI: an AMI id alone does not tell its architecture: declare the AMI",
  ],
  ["Managed Instances", programOf({}, "amd64", on(managed())),
    "task: the instances that service `service` can use: the architecture of the instances of capacity provider `managed` is not known: declare the capacity",
  ],
  ["a constraint on an attribute of one's own", programOf({}, "amd64", constrained("attribute:stack == blue", on(x86Pool()))),
    "task: the instances that service `service` can use: a placement constraint could not be evaluated: another constraint",
  ],
  ["the same for a task that states one", programOf(ARM, "arm64", constrained("attribute:stack == blue", on(armPool())))],
  ["only Windows instances for a Linux task", programOf({ os: "LINUX" }, "amd64", on(pool(plainGroup(WINDOWS_AMI, "m5.large")))),
    "task: the instances that service `service` can use: no instance is known to be of the task's operating system: declare the capacity",
  ],
  ["a launch type that is not known yet", programOf(ARM, "arm64", service({ launchType: fromElsewhere("EC2") }, onEc2(x86Pool()))),
    "[first preview] task: the instances that service `service` can use: it is computed during the update: declare the capacity",
  ],
  ["a strategy that is not known yet", programOf(ARM, "arm64", service({ capacityProviderStrategies: [{ capacityProvider: fromElsewhere("shared"), weight: 1 }] }, on(x86Pool()))),
    "[first preview] task: the instances that service `service` can use: the capacity provider strategy is not known: declare the capacity",
    "[update] task: the instances that service `service` can use: a capacity provider of the strategy is not part of this stack: declare the capacity",
  ],
  ["compatibilities that are not known yet", startedOn(on(armPool()), taskOf("nginx", { runtimePlatform: { cpuArchitecture: "ARM64" }, requiresCompatibilities: [fromElsewhere("EC2")] })),
    "[first preview] task: the image of container `app`: no resource of this stack pushes it: declare the image",
    "[first preview] task: the instances that service `service` can use: it is not known whether the task definition allows anything but Fargate: declare the capacity",
    "[update] task: the image of container `app`: no resource of this stack pushes it: declare the image",
  ],
  ["a launch configuration elsewhere", programOf(ARM, "arm64", on(pool(groupOf({ launchConfiguration: "shared-configuration" })))),
    "task: the instances that service `service` can use: a launch configuration is not part of this stack: declare the capacity",
  ],
  ["a group of which nothing is known", programOf(ARM, "arm64", on(pool(groupOf({ mixedInstancesPolicy: fromElsewhere("") })))),
    "task: the instances that service `service` can use: it is not known how a group starts its instances: declare the capacity",
    "[first preview] group: its AMI and instance types: it is computed during the update: state it",
    "[update] group: its AMI and instance types: it is not an object: state it",
  ],
  ["a group of a template elsewhere", programOf(ARM, "arm64", on(pool(groupOf({ launchTemplate: { id: fromElsewhere("lt-1"), version: "$Latest" } })))),
    "task: the instances that service `service` can use: the architecture of the instances of capacity provider `pool` is not known: declare the capacity",
    "group: its AMI: its launch template is not part of this stack: declare the AMI",
    "group: its instance types: its launch template is not part of this stack: declare the type",
  ],
  ["Managed Instances whose manufacturers are not known", programOf(ARM, "arm64", on(managed({ cpuManufacturers: [fromElsewhere("intel")] }))),
    "[first preview] task: the instances that service `service` can use: which Managed Instances may be chosen is not known: declare the capacity",
  ],
  ["Managed Instances of Apple", programOf(ARM, "arm64", on(managed({ cpuManufacturers: ["apple"] }))),
    "task: the instances that service `service` can use: which Managed Instances may be chosen is not known: declare the capacity",
  ],
  ["a default strategy elsewhere", programOf(ARM, "arm64", byDefaultElsewhere),
    "[first preview] task: the instances that service `service` can use: the capacity provider strategy is not known: declare the capacity",
    "[update] task: the instances that service `service` can use: a capacity provider of the strategy is not part of this stack: declare the capacity",
  ],
  ["no task is started", programOf(ARM, "arm64", service({ desiredCount: 0 }, on(poolElsewhere())))],
];

const IMAGES: readonly Row[] = [
  ["an image from elsewhere", taskOf("nginx:1.27"),
    "task: the image of container `app`: no resource of this stack pushes it: declare the image",
  ],
  ["an image that is computed", taskOf(fromElsewhere("nginx:1.27")),
    "[first preview] task: its containers' images: it is computed during the update: state it",
    "[update] task: the image of container `app`: no resource of this stack pushes it: declare the image",
  ],
  ["an image that is no reference", taskOf("Nginx latest"),
    "task: the image of container `app`: it is not an image reference: state it",
  ],
  ["a container without an image", taskOf("", { containerDefinitions: json([{ name: "app" }]) }),
    "task: the image of container `app`: the container has no image: state it",
  ],
  ["an image by a digest that nothing of the stack has", (program) => {
    built(program, "web", { tags: [`${SHARED_IMAGE}:1`], platforms: ["linux/arm64"] });
    taskOf(`${SHARED_IMAGE}@sha256:${"0".repeat(64)}`)(program);
  },
    "task: the image of container `app`: no image of this stack is known to have this digest: declare the image",
  ],
  ["an image of which another tag is pushed", (program) => {
    built(program, "web", { tags: [`${SHARED_IMAGE}:1`], platforms: ["linux/amd64"] });
    taskOf(`${SHARED_IMAGE}:2`)(program);
  },
    "task: the image of container `app`: no resource of this stack pushes it: declare the image",
  ],
  ["an image built without a platform", (program) => taskOf(built(program, "web", { tags: [`${SHARED_IMAGE}:1`] }).get("ref"))(program),
    "task: the platform of docker-build Image `web`: it does not say for which platform it is built, so the builder decides: state `platforms` there",
  ],
  ["an image whose platforms are computed", (program) => taskOf(built(program, "web", { tags: [`${SHARED_IMAGE}:1`], platforms: [fromElsewhere("linux/amd64")] }).get("ref"))(program),
    "[first preview] task: the platform of docker-build Image `web`: it is computed during the update: state `platforms` there",
  ],
  ["an index of images that are built elsewhere", (program) => taskOf(program.add("docker-build:index:Index", "index", { tag: `${SHARED_IMAGE}:1`, sources: ["nginx:1", "nginx:2"] }).get("ref"))(program),
    "task: the platform of docker-build Index `index`: it is made from images that this stack does not build: declare what it is made from under `images` of cpu-architecture-settings",
  ],
  ["a runtimePlatform that is not known yet", taskOf("nginx", { runtimePlatform: { cpuArchitecture: fromElsewhere("ARM64") } }),
    "[first preview] task: the image of container `app`: no resource of this stack pushes it: declare the image",
    "[first preview] task: its runtimePlatform: it is computed during the update: state it",
    "[update] task: the image of container `app`: no resource of this stack pushes it: declare the image",
  ],
  ["a task that nothing starts", (program) => taskOf(built(program, "web", { tags: [`${SHARED_IMAGE}:1`], platforms: ["linux/amd64"] }).get("ref"), { requiresCompatibilities: undefined })(program),
    "task: its own architecture: nothing in this stack is known to start it, so it is not known whether it runs on Fargate: state cpuArchitecture",
  ],
];

const AMIS: readonly Row[] = [
  ["an AMI by its id", plainGroup(SOME_AMI, "m5.large"),
    "template: its AMI: an AMI id alone does not tell its architecture: declare the AMI",
  ],
  ["the same id in two overrides", group(mixed(template(SOME_AMI), override("m5.large"), override("c5.large"))),
    "template: its AMI: an AMI id alone does not tell its architecture: declare the AMI",
  ],
  ["overrides of types nobody has heard of", group(mixed(template(X86_AMI), override("q9x.large"), override("q9y.large"))),
    "group: its instance types: this instance type is not known here: declare the type",
  ],
  ["an AMI that is computed", plainGroup(fromElsewhere("ami-1"), "m5.large"),
    "[first preview] template: its AMI: its AMI is computed during the update: declare the AMI",
    "[update] template: its AMI: an AMI id alone does not tell its architecture: declare the AMI",
  ],
  ["a type that is computed", group(template(X86_AMI, undefined, { instanceType: fromElsewhere("m5.large") })),
    "[first preview] template: its instance types: its instance type is computed during the update: declare the type",
  ],
  ["a template elsewhere", (program) => void program.add("aws:autoscaling/group:Group", "group", { minSize: 1, maxSize: 2, launchTemplate: { id: "lt-0123456789abcdef0", version: "$Latest" } }),
    "group: its AMI: its launch template is not part of this stack: declare the AMI",
    "group: its instance types: its launch template is not part of this stack: declare the type",
  ],
  ["an older version of a template", (program) => {
    const made = template(X86_AMI, "m7g.large")(program);
    program.add("aws:autoscaling/group:Group", "group", { minSize: 1, maxSize: 2, launchTemplate: { id: made.get("id"), version: "3" } });
  },
    "group: its AMI: it uses a version of its launch template that the stack does not describe: declare the AMI",
    "group: its instance types: it uses a version of its launch template that the stack does not describe: declare the type",
  ],
  ["neither AMI nor template", (program) => void program.add("aws:ec2/instance:Instance", "instance", { instanceType: "m5.large" }),
    "instance: its AMI: it states neither AMI nor launch template: declare the AMI",
  ],
  ["neither type nor template", (program) => void program.add("aws:ec2/instance:Instance", "instance", { ami: X86_AMI }),
    "instance: its instance types: it states neither instance type nor launch template: declare the type",
  ],
  ["a template without a type", (program) => {
    const made = template(X86_AMI)(program);
    program.add("aws:ec2/instance:Instance", "instance", { launchTemplate: { id: made.get("id"), version: "$Latest" } });
  },
    "instance: its instance types: neither it nor its launch template states the instance type: declare the type",
  ],
  ["a template without an AMI", (program) => {
    const made = template(undefined, "m5.large")(program);
    program.add("aws:ec2/instance:Instance", "instance", { launchTemplate: { id: made.get("id"), version: "$Latest" } });
  },
    "instance: its AMI: neither it nor its launch template states the AMI: declare the AMI",
  ],
  ["a group of nothing", (program) => void program.add("aws:autoscaling/group:Group", "group", { minSize: 1, maxSize: 2, launchConfiguration: fromElsewhere("lc") })],
];

const TABLES: Readonly<Record<string, readonly Row[]>> = { "the capacity": CAPACITY, "the images": IMAGES, "the AMIs and instance types": AMIS };

describe("the listing of what could not be determined", () => {
  for (const [about, rows] of Object.entries(TABLES)) {
    describe(about, () => {
      for (const [what, build, ...lines] of rows) {
        for (const operation of ["first preview", "update"] as const) {
          it(`${what}, ${operation}`, () => {
            const program = build instanceof Program ? build : new Program();
            if (typeof build === "function") {
              build(program);
            }
            const mark = `[${operation}] `;
            const expected = lines.filter((line) => !line.startsWith("[") || line.startsWith(mark));
            assert.deepEqual(listed(program, operation), expected.map((line) => line.replace(mark, "")));
          });
        }
      }
    });
  }
});
