import assert from "node:assert/strict";
import {
  addStarter,
  addTask,
  ARM_AMI,
  armPool,
  fargate,
  group,
  judged,
  launchType,
  mixed,
  on,
  onEc2,
  override,
  pool,
  Program,
  SOME_AMI,
  startedBy,
  template,
  X86_AMI,
  x86Pool,
  type Made,
  type Operation,
  type Placement,
} from "../support/capacity-builder";
import { base64, text, type Input } from "../support/outputs";
import { verdictOf, type Verdict } from "../support/capacity-rows";

const OPERATIONS: readonly Operation[] = ["first preview", "update"];

function check(what: string, build: (program: Program) => void, verdict: Verdict, says: readonly RegExp[] = []): void {
  for (const operation of OPERATIONS) {
    it(`${what}: ${verdict}, ${operation}`, () => {
      const program = new Program();
      build(program);
      const found = judged(program.recording(operation));
      assert.equal(verdictOf(found), verdict);
      const message = found.said.map((each) => each.message).join("\n");
      for (const pattern of says) {
        assert.match(message, pattern);
      }
    });
  }
}

describe("ecs-task-capacity-architecture: how a task definition is named", () => {
  const names: Readonly<Record<string, (task: Made) => Input>> = {
    "its ARN": (task) => task.get("arn"),
    "its ARN without revision": (task) => task.get("arnWithoutRevision"),
    "its family": (task) => task.get("family"),
    "family and revision": (task) => text`${task.get("family")}:${task.get("revision")}`,
  };
  for (const [how, nameOf] of Object.entries(names)) {
    check(
      how,
      (program) => {
        const { cluster, strategy } = on(x86Pool())(program);
        const task = addTask(program, { cpu: "ARM64" }, "arm64");
        program.add("aws:ecs/service:Service", "service", { cluster, taskDefinition: nameOf(task), desiredCount: 1, capacityProviderStrategies: strategy });
      },
      "denied: tasks",
    );
  }
  check(
    "an older revision, which the stack does not describe",
    (program) => {
      const { cluster, strategy } = on(x86Pool())(program);
      const task = addTask(program, { cpu: "ARM64" }, "arm64");
      program.add("aws:ecs/service:Service", "service", { cluster, taskDefinition: "app:7", desiredCount: 1, capacityProviderStrategies: strategy });
      program.add("aws:s3/bucket:Bucket", "unrelated", { tags: { task: task.get("arn") } });
    },
    "passes",
  );
});

describe("ecs-task-capacity-architecture: several starters of one task definition", () => {
  function together(task: Parameters<typeof addTask>[1], images: string, ...places: readonly ((program: Program) => Placement)[]): (program: Program) => void {
    return (program) => {
      const placements = places.map((place) => place(program));
      const made = addTask(program, task, images);
      for (const placement of placements) {
        addStarter(program, made, placement);
      }
    };
  }

  check("Fargate and EC2, an image for both", together({}, "amd64+arm64", launchType("FARGATE"), onEc2(armPool())), "passes");
  check("Fargate and Graviton, an x86 image", together({}, "amd64", launchType("FARGATE"), on(armPool())), "denied: image", [/service `service2`/]);
  check("Fargate and Graviton, an Arm image", together({}, "arm64", launchType("FARGATE"), on(armPool())), "denied: image on task");
  check("x86 and Graviton, an image for both", together({}, "amd64+arm64", on(x86Pool()), on(armPool())), "passes");
  check("a service that fits, a schedule that does not", together({ cpu: "ARM64" }, "arm64", on(armPool()), startedBy("schedule", on(x86Pool()))), "denied: tasks", [/schedule `schedule`/]);

  it("is said once for services on the same capacity, and names them all", () => {
    for (const operation of OPERATIONS) {
      const program = new Program();
      const placement = on(armPool())(program);
      const task = addTask(program, {}, "amd64");
      addStarter(program, task, placement);
      addStarter(program, task, placement);
      const denials = judged(program.recording(operation)).said.filter(({ level }) => level === "mandatory");
      assert.equal(denials.length, 1);
      assert.match(denials[0]?.message ?? "", /`service`.*`service2`/);
    }
  });
});

describe("ecs-task-capacity-architecture: what is said once", () => {
  /** `kind of image: who starts it on what` for each finding of the policy. */
  function said(build: (program: Program) => void): string[] {
    const program = new Program();
    build(program);
    return judged(program.recording("update")).findings.flatMap((finding) => {
      if (finding.kind !== "image-on-capacity" && finding.kind !== "task-on-capacity" && finding.kind !== "task-on-constraint") {
        return [];
      }
      const image = finding.kind === "task-on-capacity" ? undefined : finding.image?.image.subject.name;
      const instances = finding.kind === "task-on-constraint" ? [] : [finding.instances].flat();
      const on = instances.map(({ chain, architectures, text: stated }) => `${chain[0]?.name ?? "?"} ${architectures.join("+")} (${stated})`);
      return `${finding.kind} of ${image ?? "the task"}: ${finding.launchers.map(({ subject }) => subject.name).join(", ")} on ${on.join(", ") || "nothing"}`;
    });
  }

  function starting(task: Parameters<typeof addTask>[1], images: string | readonly string[], ...places: readonly (readonly [how: (program: Program) => Placement, times: number])[]): (program: Program) => void {
    return (program) => {
      const placements = places.flatMap(([place, times]) => {
        const placement = place(program);
        return Array.from({ length: times }, () => placement);
      });
      const made = addTask(program, task, images);
      for (const placement of placements) {
        addStarter(program, made, placement);
      }
    };
  }

  const X86_TEXT = `instanceType: "m5.large", imageId: "${X86_AMI}"`;
  const ARM_TEXT = `instanceType: "m7g.large" ("g" after the number = Graviton), imageId: "${ARM_AMI}"`;
  const twoTypes = (first: string, second: string): ReturnType<typeof pool> => pool(group(mixed(template(SOME_AMI), override(first), override(second))));
  const CPU = "attribute:ecs.cpu-architecture";

  const rows: readonly (readonly [what: string, build: (program: Program) => void, lines: readonly string[]])[] = [
    ["services on one group", starting({}, "amd64", [on(armPool()), 2]), [`image-on-capacity of web: service, service2 on pool arm64 (${ARM_TEXT})`]],
    ["services on groups of their own", starting({}, "amd64", [on(armPool()), 1], [on(armPool()), 1]), [`image-on-capacity of web: service on pool arm64 (${ARM_TEXT})`, `image-on-capacity of web: service2 on pool2 arm64 (${ARM_TEXT})`]],
    ["two images", starting({}, ["amd64", "amd64"], [on(armPool()), 2]), [`image-on-capacity of web: service, service2 on pool arm64 (${ARM_TEXT})`, `image-on-capacity of web2: service, service2 on pool arm64 (${ARM_TEXT})`]],
    ["two groups of one service", starting({}, "amd64", [on(armPool(), armPool()), 1]), [`image-on-capacity of web: service on pool arm64 (${ARM_TEXT})`, `image-on-capacity of web: service on pool2 arm64 (${ARM_TEXT})`]],
    ["tasks that fit on none of two groups", starting({ cpu: "ARM64" }, "arm64", [on(x86Pool(), x86Pool()), 2]), [`task-on-capacity of the task: service, service2 on pool amd64 (${X86_TEXT}), pool2 amd64 (${X86_TEXT})`]],
    ["tasks that fit on none of groups of their own", starting({ cpu: "ARM64" }, "arm64", [on(x86Pool()), 1], [on(x86Pool()), 1]), [`task-on-capacity of the task: service on pool amd64 (${X86_TEXT})`, `task-on-capacity of the task: service2 on pool2 amd64 (${X86_TEXT})`]],
    ["a group of two types", starting({}, "arm64", [on(twoTypes("m5.large", "c5.large")), 1]), [`image-on-capacity of web: service on pool amd64 (overrides[0].instanceType: "m5.large"; overrides[1].instanceType: "c5.large")`]],
    ["a group with one type that fits", starting({}, "arm64", [on(twoTypes("m7g.large", "c5.large")), 1]), ['image-on-capacity of web: service on pool amd64 (overrides[1].instanceType: "c5.large")']],
    ["constraints that leave another architecture", starting({ cpu: "ARM64", constraint: `${CPU} == x86_64` }, "arm64", [on(x86Pool()), 2]), ["task-on-constraint of the task: service, service2 on nothing"]],
    ["constraints that leave one for which the image is not", starting({ constraint: `${CPU} == x86_64` }, "arm64", [on(x86Pool()), 2]), ["task-on-constraint of web: service, service2 on nothing"]],
    ["the same for two images", starting({ constraint: `${CPU} == x86_64` }, ["arm64", "arm64"], [on(x86Pool()), 1]), ["task-on-constraint of web: service on nothing", "task-on-constraint of web2: service on nothing"]],
  ];
  for (const [what, build, lines] of rows) {
    it(what, () => {
      assert.deepEqual(said(build), lines);
    });
  }
});

/** A stack of aws-native alone: cluster with default strategy, provider, group, template. */
function native(image: Input, type: string, cpuArchitecture: string | undefined, platform: string, reference: "arn" | "name"): (program: Program) => void {
  return (program) => {
    const template = program.add("aws-native:ec2:LaunchTemplate", "template", { launchTemplateData: { imageId: image, instanceType: type } });
    const group = program.add("aws-native:autoscaling:AutoScalingGroup", "group", {
      minSize: "1",
      maxSize: "3",
      launchTemplate: { launchTemplateId: template.get("launchTemplateId"), version: template.get("latestVersionNumber") },
    });
    const groupReference = reference === "arn" ? text`arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:autoScalingGroupName/${group.get("autoScalingGroupName")}` : group.get("autoScalingGroupName");
    const provider = program.add("aws-native:ecs:CapacityProvider", "pool", { name: "pool", autoScalingGroupProvider: { autoScalingGroupArn: groupReference } });
    const strategy = [{ capacityProvider: provider.get("name"), weight: 1 }];
    const cluster = program.add("aws-native:ecs:Cluster", "cluster", { capacityProviders: [provider.get("name")], defaultCapacityProviderStrategy: strategy });
    const web = program.add("docker-build:index:Image", "web", { tags: ["123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1"], platforms: [platform], push: true, context: { location: "." } });
    const task = program.add("aws-native:ecs:TaskDefinition", "task", {
      containerDefinitions: [{ name: "app", image: web.get("ref") }],
      runtimePlatform: cpuArchitecture === undefined ? undefined : { cpuArchitecture },
    });
    program.add("aws-native:ecs:Service", "service", { cluster: cluster.get("arn"), taskDefinition: task.get("taskDefinitionArn"), desiredCount: 1 });
  };
}

describe("ecs-task-capacity-architecture: the whole chain in aws-native", () => {
  for (const reference of ["arn", "name"] as const) {
    describe(`the group by its ${reference}`, () => {
      check("x86 instances, an Arm task", native(X86_AMI, "m5.large", "ARM64", "linux/arm64", reference), "denied: tasks", [/`pool`.*`group`.*`template`/]);
      check("x86 instances, an Arm image", native(X86_AMI, "m5.large", undefined, "linux/arm64", reference), "denied: image", [/`pool`.*`group`.*`template`/]);
      check("Graviton throughout", native(ARM_AMI, "m7g.large", "ARM64", "linux/arm64", reference), "passes");
      check("Graviton, nothing stated", native(ARM_AMI, "m7g.large", undefined, "linux/arm64", reference), "passes");
    });
  }
});

describe("ecs-task-capacity-architecture: names in two regions", () => {
  function inRegion(program: Program, region: string, image: string, type: string): { cluster: Made; provider: Made } {
    const add = (token: string, name: string, inputs: Parameters<Program["add"]>[2]): Made => program.add(token, `${name}-${region}`, { region, ...inputs });
    const cluster = add("aws:ecs/cluster:Cluster", "cluster", { name: "main" });
    const userData = base64(text`#!/bin/bash\necho ECS_CLUSTER=${cluster.get("name")} >> /etc/ecs/ecs.config\n`);
    const template = add("aws:ec2/launchTemplate:LaunchTemplate", "template", { imageId: image, instanceType: type, userData });
    const group = add("aws:autoscaling/group:Group", "group", { name: `group-${region}`, maxSize: 2, minSize: 1, launchTemplate: { id: template.get("id"), version: "$Latest" } });
    const provider = add("aws:ecs/capacityProvider:CapacityProvider", "pool", { name: "pool", autoScalingGroupProvider: { autoScalingGroupArn: group.get("arn") } });
    return { cluster, provider };
  }

  function twoRegions(region: string, inputs: (made: { cluster: Made; provider: Made }) => Parameters<Program["add"]>[2]): (program: Program) => void {
    return (program) => {
      const east = inRegion(program, "us-east-1", X86_AMI, "m5.large");
      const west = inRegion(program, "us-west-2", ARM_AMI, "m7g.large");
      const task = program.add("aws:ecs/taskDefinition:TaskDefinition", "task", { region, family: "app", runtimePlatform: { cpuArchitecture: "ARM64" }, containerDefinitions: "[]" });
      program.add("aws:ecs/service:Service", "service", { region, cluster: "main", taskDefinition: task.get("arn"), desiredCount: 1, ...inputs(region === "us-east-1" ? east : west) });
    };
  }
  const byStrategy = ({ provider }: { provider: Made }): Parameters<Program["add"]>[2] => ({ capacityProviderStrategies: [{ capacityProvider: provider.get("name"), weight: 1 }] });

  check("the x86 one", twoRegions("us-east-1", byStrategy), "denied: tasks");
  check("the Graviton one", twoRegions("us-west-2", byStrategy), "passes");
  check("the x86 one, joined by user data", twoRegions("us-east-1", () => ({ launchType: "EC2" })), "suspected: tasks");
  check("the Graviton one, joined by user data", twoRegions("us-west-2", () => ({ launchType: "EC2" })), "passes");
});

describe("ecs-task-capacity-architecture: a strategy of Fargate and others", () => {
  check("ECS takes no such strategy; Fargate's default is kept", (program) => {
    const placement = on(fargate(), x86Pool())(program);
    addStarter(program, addTask(program, {}, "amd64"), placement);
  }, "passes");
});

describe("ecs-task-capacity-architecture: services on one cluster", () => {
  const ON_GRAVITON = "attribute:ecs.instance-type =~ m7g.*";
  const ON_X86 = "attribute:ecs.instance-type =~ m5.*";
  for (const [first, second] of [[ON_GRAVITON, ON_X86], [ON_X86, ON_GRAVITON]] as const) {
    for (const operation of OPERATIONS) {
      it(`each has its own constraint, ${first} before ${second}: ${operation}`, () => {
        const program = new Program();
        const { cluster, launchType: type } = onEc2(x86Pool(), armPool())(program);
        const tasks = [first, second].map((constraint) => {
          const task = addTask(program, {}, "amd64");
          addStarter(program, task, { cluster, launchType: type, constraint });
          return { constraint, task };
        });
        const { findings } = judged(program.recording(operation));
        const wrong = tasks.find(({ constraint }) => constraint === ON_GRAVITON);
        assert.deepEqual(findings.map(({ kind, subject }) => [kind, subject.name]), [["image-on-capacity", wrong?.task.name]]);
      });
    }
  }
});
