/**
 * Stacks that get the pack to say everything that it can say: at least one of every kind of finding, and one for every
 * way in which a message of that kind can look.
 */
import { RULES } from "../../policies/catalogue";
import type { Rule } from "../../policies/rules/rule";
import type { FindingKind } from "../../policies/stack/finding";
import type { RunOptions } from "../support/in-process";
import { json, outside, text, type Inputs, type Made, type OPERATIONS, type StackBuilder, type Value } from "../support/stack-builder";
import { imageDigest } from "../support/values";

type Options = NonNullable<RunOptions["config"]>[string];

export interface Example {
  /** Adds the resources. Containers that are not to keep their names under another one are called `stack.called(…)`. */
  readonly stack: (stack: StackBuilder) => void;
  /** A later preview, in which everything is known, if nothing is said. */
  readonly operation?: (typeof OPERATIONS)[number];
  /** Options by policy name. */
  readonly config?: (called: StackBuilder["called"]) => Readonly<Record<string, Options>>;
  readonly run?: Pick<RunOptions, "rules" | "properties">;
}

/** What is said of a stack without being a finding of it. */
export type OtherKind = "exempt" | "undetermined" | "undetermined in the whole stack" | "fault";

const SETTINGS = "cpu-architecture-settings";
const LISTING = "architecture-undetermined";
const REGISTRY = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
const ELSEWHERE = "public.ecr.aws/vendor/log-router:stable";
const ECS_X86 = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id";
const ECS_ARM = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id";
const ECS_WINDOWS = "resolve:ssm:/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-ECS_Optimized/image_id";
const SOME_AMI = "ami-0123456789abcdef0";
/** Days far from any on which tests run. */
const LONG_PAST = "2024-12-31";
const FAR_OFF = "2099-12-31";

// ---------------------------------------------------------------------------------------------------------
// Parts of stacks
// ---------------------------------------------------------------------------------------------------------

const ON_FARGATE: Inputs = { requiresCompatibilities: ["FARGATE"] };
const ON_EC2: Inputs = { requiresCompatibilities: ["EC2"] };

function runtime(cpuArchitecture: unknown, operatingSystemFamily: unknown = "LINUX"): Inputs {
  return { runtimePlatform: { cpuArchitecture, operatingSystemFamily } };
}
const X86 = runtime("X86_64");
const ARM = runtime("ARM64");
const WINDOWS = runtime("X86_64", "WINDOWS_SERVER_2022_CORE");

/** The reference that an image of the stack is pushed to. */
function tagOf(name: string, tag = "1"): string {
  return `${REGISTRY}/${name}:${tag}`;
}

function built(stack: StackBuilder, name: string, platforms: readonly string[] | undefined, tag: unknown = tagOf(name)): Made {
  return stack.add("dockerBuild", name, { ...(platforms === undefined ? {} : { platforms }), push: true, tags: [tag] });
}

/** A task definition with a container `web`, and others after it. */
function task(stack: StackBuilder, name: string, image: unknown, inputs: Inputs = {}, others: Readonly<Record<string, unknown>> = {}): Made {
  const containers = Object.entries({ web: image, ...others }).map(([container, reference]) => ({ name: stack.called(container), image: reference }));
  return stack.add("task", name, { containerDefinitions: json(containers), ...inputs });
}

function service(stack: StackBuilder, name: string, definition: Made, inputs: Inputs = { launchType: "FARGATE" }): Made {
  return stack.add("service", name, { taskDefinition: definition.get("arn"), desiredCount: 2, ...inputs });
}

function schedule(stack: StackBuilder, name: string, definition: Made, inputs: Inputs = { launchType: "FARGATE" }): Made {
  const cluster = "arn:aws:ecs:us-east-1:111122223333:cluster/jobs";
  return stack.add("schedule", name, { scheduleExpression: "rate(1 day)", target: { arn: cluster, ecsParameters: { taskDefinitionArn: definition.get("arn"), ...inputs } } });
}

/** An image for one platform, pushed by tag, and a task that asks for another. */
function wrong(platform: string, inputs: Inputs): (stack: StackBuilder) => void {
  return (stack) => {
    built(stack, "img", [platform]);
    task(stack, "web", tagOf("img"), inputs);
  };
}

/** The repository's URL is not known at a first preview. */
function newRepository(stack: StackBuilder): Value {
  return stack.add("repository", "app").get("repositoryUrl");
}

function command(stack: StackBuilder, options: string): Made {
  return stack.add("command", "push", { create: `docker build ${options} -t ${tagOf("img")} . && docker push ${tagOf("img")}` });
}

function codeBuild(stack: StackBuilder, environmentType: string, options: string): Made {
  const commands = [`docker build ${options} -t ${tagOf("img")} .`, `docker push ${tagOf("img")}`];
  return stack.add("project", "build", {
    environment: { type: environmentType },
    source: { type: "CODEPIPELINE", buildspec: JSON.stringify({ version: 0.2, phases: { build: { commands } } }) },
  });
}

/** A project of which only the options say what it pushes. */
function silentProject(stack: StackBuilder, environment: Inputs): Made {
  return stack.add("project", "build", { environment, source: { type: "GITHUB" } });
}

interface Instances {
  readonly ami?: unknown;
  readonly type?: unknown;
  readonly template?: Inputs;
  readonly group?: Inputs;
}

const X86_INSTANCES: Instances = { ami: ECS_X86, type: "m5.large" };
const ARM_INSTANCES: Instances = { ami: ECS_ARM, type: "m7g.large" };

function template(stack: StackBuilder, name: string, { ami, type, template: more = {} }: Instances): Made {
  return stack.add("launchTemplate", name, { ...(ami === undefined ? {} : { imageId: ami }), ...(type === undefined ? {} : { instanceType: type }), ...more });
}

function group(stack: StackBuilder, name: string, instances: Instances): Made {
  const made = template(stack, `${name}-nodes`, instances);
  return stack.add("group", name, { minSize: 1, maxSize: 4, launchTemplate: { id: made.get("id"), version: "$Latest" }, ...instances.group });
}

/** A group whose mixed instances policy names one template and some overrides. */
function mixedGroup(stack: StackBuilder, name: string, base: Made, overrides: readonly Inputs[]): Made {
  const specification = { launchTemplateId: base.get("id"), version: "$Latest" };
  return stack.add("group", name, { minSize: 1, maxSize: 4, mixedInstancesPolicy: { launchTemplate: { launchTemplateSpecification: specification, overrides } } });
}

/** A capacity provider of a group, by its name as strategies call it. */
function pool(stack: StackBuilder, name: string, instances: Instances): Value {
  const arn = group(stack, `${name}-group`, instances).get("arn");
  return stack.add("capacityProvider", name, { name, autoScalingGroupProvider: { autoScalingGroupArn: arn } }).get("name");
}

function managed(stack: StackBuilder, name: string, requirements: Inputs): Value {
  return stack.add("capacityProvider", name, { name, managedInstancesProvider: { instanceLaunchTemplate: { instanceRequirements: requirements } } }).get("name");
}

function strategy(...providers: readonly unknown[]): Inputs {
  return { capacityProviderStrategies: providers.map((capacityProvider) => ({ capacityProvider, weight: 1 })) };
}

/** A constraint of a service or task definition. */
function constraint(expression: string): Inputs {
  return { placementConstraints: [{ type: "memberOf", expression }] };
}
const ONLY_ARM = constraint("attribute:ecs.cpu-architecture == arm64");
const ONLY_X86 = constraint("attribute:ecs.cpu-architecture == x86_64");

/** A service that can only use one pool. */
function onPool(taskInputs: Inputs, instances: Instances, serviceInputs: Inputs = {}): (stack: StackBuilder) => void {
  return (stack) => {
    service(stack, "web", task(stack, "web", ELSEWHERE, taskInputs), { ...strategy(pool(stack, "spot", instances)), ...serviceInputs });
  };
}

/** An image and a pool, and a service whose task says nothing of the architecture. */
function imageOnPool(image: (stack: StackBuilder) => unknown, instances: Instances = ARM_INSTANCES): (stack: StackBuilder) => void {
  return (stack) => {
    image(stack);
    service(stack, "web", task(stack, "web", tagOf("img"), ON_EC2), strategy(pool(stack, "spot", instances)));
  };
}

function onTemplate(instances: Instances): (stack: StackBuilder) => void {
  return (stack) => {
    group(stack, "ecs", instances);
  };
}

function settings(options: Options): (called: StackBuilder["called"]) => Readonly<Record<string, Options>> {
  return () => ({ [SETTINGS]: options });
}

/** A stack with a single task, which nothing is wrong with. */
function quiet(stack: StackBuilder): void {
  task(stack, "web", tagOf("img"), X86);
}

/** Options with a mistake in them, of `cpu-architecture-settings` if nothing else is said. */
function mistaken(options: Options, policy: string = SETTINGS): Example {
  return { stack: quiet, config: () => ({ [policy]: options }) };
}

// ---------------------------------------------------------------------------------------------------------
// Findings
// ---------------------------------------------------------------------------------------------------------

const IMAGE_ON_TASK: Readonly<Record<string, Example>> = {
  "both stated": { stack: wrong("linux/amd64", ARM) },
  "the task is left to Fargate": {
    operation: "firstPreview",
    stack: (stack) => {
      const image = built(stack, "img", ["linux/arm64"], text`${newRepository(stack)}:1`);
      service(stack, "web-service", task(stack, "web", image.get("ref")));
    },
  },
  "several containers, started several times": {
    stack: (stack) => {
      built(stack, "img", ["linux/arm64"]);
      const web = task(stack, "web", tagOf("img"), {}, { worker: tagOf("img") });
      service(stack, "web-service", web);
      schedule(stack, "nightly", web);
    },
  },
  "started by services and schedules": {
    stack: (stack) => {
      built(stack, "img", ["linux/arm64"]);
      const web = task(stack, "web", tagOf("img"));
      for (const name of ["a-service", "b-service", "c-service"]) {
        service(stack, name, web);
      }
      schedule(stack, "nightly", web);
    },
  },
  "started by many": {
    stack: (stack) => {
      built(stack, "img", ["linux/arm64"]);
      const web = task(stack, "web", tagOf("img"));
      const how = { taskDefinitionArn: web.get("arn"), launchType: "FARGATE" };
      for (const name of ["a-service", "b-service", "c-service"]) {
        service(stack, name, web);
      }
      for (const name of ["hourly", "nightly", "weekly"]) {
        schedule(stack, name, web);
      }
      stack.add("eventTarget", "on-upload", { rule: "upload", arn: "jobs", ecsTarget: how });
      stack.add("pipe", "from-queue", { source: "queue", target: "jobs", targetParameters: { ecsTaskParameters: how } });
      stack.add("taskSet", "green", { service: "web", cluster: "jobs", taskDefinition: web.get("arn"), launchType: "FARGATE" });
    },
  },
  "the docker provider filled the platform in": {
    stack: (stack) => {
      stack.add("docker", "img", { imageName: tagOf("img"), build: { context: "." } });
      task(stack, "web", tagOf("img"), { ...ON_FARGATE, ...ARM });
    },
  },
  "pulled and pushed by docker": {
    stack: (stack) => {
      const pulled = stack.add("remoteImage", "base", { name: tagOf("img"), platform: "linux/arm64" });
      stack.add("registryImage", "img", { name: pulled.get("name") });
      task(stack, "web", tagOf("img"), X86);
    },
  },
  "made by docker 3": {
    stack: (stack) => {
      stack.add("docker3", "img", { imageName: tagOf("img"), build: { context: ".", extraOptions: ["--platform", "linux/arm64"] } });
      task(stack, "web", tagOf("img"), X86);
    },
  },
  "made by awsx": {
    stack: (stack) => {
      const image = stack.awsxImage("img", stack.add("repository", "app"), { platforms: ["linux/arm64"] });
      const fargate = stack.add("awsxFargateService", "svc");
      const containers = json([{ name: stack.called("web"), image: image.get("imageUri") }]);
      const definition = stack.add("task", "svc", { containerDefinitions: containers, ...ON_FARGATE }, { parent: fargate });
      stack.add("service", "svc", { taskDefinition: definition.get("arn"), launchType: "FARGATE" }, { parent: fargate });
    },
  },
  "made by awsx, before it is pushed": {
    operation: "update",
    stack: (stack) => {
      const image = stack.awsxImage("img", stack.add("repository", "app"), { platforms: ["linux/arm64"] });
      task(stack, "web", image.get("imageUri"), X86);
    },
  },
  "built by a command": { stack: (stack) => { command(stack, "--platform linux/arm64"); task(stack, "web", tagOf("img"), X86); } },
  "built by CodeBuild": { stack: (stack) => { codeBuild(stack, "ARM_CONTAINER", ""); task(stack, "web", tagOf("img"), X86); } },
  "built by CodeBuild on x86": { stack: (stack) => { codeBuild(stack, "LINUX_CONTAINER", ""); task(stack, "web", tagOf("img"), ARM); } },
  "built by CodeBuild, with --platform": { stack: (stack) => { codeBuild(stack, "LINUX_CONTAINER", "--platform linux/arm64"); task(stack, "web", tagOf("img"), X86); } },
  "joined from two builds": {
    stack: (stack) => {
      const sources = [built(stack, "arm", ["linux/arm64"]).get("ref"), built(stack, "z", ["linux/s390x"]).get("ref")];
      const index = stack.add("dockerBuildIndex", "joined", { sources, tag: tagOf("img"), push: true });
      task(stack, "web", index.get("ref"), X86);
    },
  },
  "joined, known by its tag": {
    operation: "firstPreview",
    stack: (stack) => {
      const sources = [built(stack, "arm", ["linux/arm64"], text`${newRepository(stack)}:arm`).get("ref")];
      stack.add("dockerBuildIndex", "joined", { sources, tag: tagOf("img"), push: true });
      task(stack, "web", tagOf("img"), X86);
    },
  },
  "an image from elsewhere, declared": {
    stack: (stack) => { task(stack, "web", ELSEWHERE, ARM); },
    config: settings({ images: [{ reference: ELSEWHERE, platforms: ["linux/amd64"] }] }),
  },
  "a CodeBuild project with declared pushes": {
    stack: (stack) => { silentProject(stack, { type: "LINUX_CONTAINER" }); task(stack, "web", tagOf("img"), X86); },
    config: (called) => ({ [SETTINGS]: { codeBuildProjects: [{ project: called("build"), pushes: [tagOf("img")], platforms: ["linux/arm64"] }] } }),
  },
  "a Windows image on Linux": { stack: wrong("windows/amd64", ON_FARGATE) },
  "a Windows image on Linux, stated": { stack: wrong("windows/amd64", { ...ON_FARGATE, ...X86 }) },
  "a Linux image on Windows": { stack: wrong("linux/amd64", { ...ON_FARGATE, ...WINDOWS }) },
  "a Windows image of another architecture": { stack: wrong("windows/arm64", { ...ON_FARGATE, ...WINDOWS }) },
  "an operating system that is not known here": { stack: wrong("linux/arm64", runtime("X86_64", "PLAN9")) },
  "no instance runs it": { stack: wrong("linux/s390x", ON_EC2) },
  "no machine at all runs it": { stack: wrong("linux/s390x", { ...ON_EC2, runtimePlatform: { operatingSystemFamily: "PLAN9" } }) },
  "its exemption has ended": {
    stack: wrong("linux/amd64", ARM),
    config: (called) => ({ [SETTINGS]: { exemptions: [{ resource: called("web"), reason: "vendor binary, runs under emulation; ticket OPS-12", until: LONG_PAST }] } }),
  },
  "by a new repository": {
    operation: "firstPreview",
    stack: (stack) => {
      const url = newRepository(stack);
      built(stack, "img", ["linux/arm64"], text`${url}:1`);
      task(stack, "web", text`${url}:1`, X86);
    },
  },
  "next to an image whose destination is not known": {
    stack: (stack) => {
      built(stack, "img", ["linux/arm64"]);
      built(stack, "other", ["linux/arm64"], outside().value);
      task(stack, "web", tagOf("img"), X86);
    },
  },
  "another tag of its repository": { stack: (stack) => { built(stack, "img", ["linux/arm64"]); task(stack, "web", tagOf("img", "2"), X86); } },
  "another digest of its repository": { stack: (stack) => { built(stack, "img", ["linux/arm64"]); task(stack, "web", `${REGISTRY}/img@${imageDigest("old")}`, X86); } },
  "one of two builders of its tag": {
    stack: (stack) => {
      built(stack, "img", ["linux/arm64"]);
      built(stack, "other", ["linux/amd64"], tagOf("img"));
      task(stack, "web", tagOf("img"), X86);
    },
  },
  "a variant of the architecture": { stack: wrong("linux/amd64/v3", X86) },
  "an Express service": {
    stack: (stack) => {
      built(stack, "img", ["linux/arm64"]);
      stack.add("expressService", "web", { primaryContainer: { image: tagOf("img") } });
    },
  },
};

const IMAGES_OF_ONE_TASK: Readonly<Record<string, Example>> = {
  "a sidecar": {
    stack: (stack) => {
      built(stack, "app", ["linux/arm64"]);
      built(stack, "log", ["linux/amd64"]);
      task(stack, "web", tagOf("app"), {}, { log: tagOf("log") });
    },
  },
  "a sidecar, at the first preview": {
    operation: "firstPreview",
    stack: (stack) => {
      const url = newRepository(stack);
      const images = ["app", "log"].map((name) => built(stack, name, [name === "app" ? "linux/arm64" : "linux/amd64"], text`${url}:${name}`).get("ref"));
      task(stack, "web", images[0], {}, { log: images[1] });
    },
  },
  "a sidecar from elsewhere, declared": {
    stack: (stack) => {
      built(stack, "app", ["linux/arm64"]);
      task(stack, "web", tagOf("app"), {}, { log: ELSEWHERE });
    },
    config: settings({ images: [{ reference: "public.ecr.aws/vendor/*", platforms: ["linux/amd64"] }] }),
  },
  "of a task whose architecture is not known": {
    stack: (stack) => {
      built(stack, "app", ["linux/arm64"]);
      built(stack, "log", ["linux/amd64"]);
      task(stack, "web", tagOf("app"), { runtimePlatform: { cpuArchitecture: outside().value } }, { log: tagOf("log") });
    },
  },
  "two operating systems": {
    stack: (stack) => {
      built(stack, "app", ["linux/amd64"]);
      built(stack, "iis", ["windows/amd64"]);
      task(stack, "web", tagOf("app"), { runtimePlatform: { operatingSystemFamily: outside().value } }, { iis: tagOf("iis") });
    },
  },
};

const AMI_ON_INSTANCE_TYPE: Readonly<Record<string, Example>> = {
  "a launch template": { stack: onTemplate({ ami: ECS_X86, type: "c7g.large" }) },
  "the arm64 AMI on an x86 type": { stack: (stack) => { template(stack, "nodes", { ami: ECS_ARM, type: "t3.small" }); } },
  "overrides of a group": {
    stack: (stack) => {
      mixedGroup(stack, "ecs", template(stack, "nodes", { ami: ECS_X86, type: "m5.large" }), [{ instanceType: "m7g.large" }, { instanceType: "c7g.large" }]);
    },
  },
  "many overrides": {
    stack: (stack) => {
      const types = ["m7g", "c7g", "r7g", "m8g", "c8g", "r8g"].map((family) => ({ instanceType: `${family}.large` }));
      mixedGroup(stack, "ecs", template(stack, "nodes", { ami: ECS_X86 }), types);
    },
  },
  "types of an EKS node group": {
    stack: (stack) => {
      const made = template(stack, "nodes", { ami: ECS_ARM });
      stack.add("nodeGroup", "workers", { instanceTypes: ["m5.large"], launchTemplate: { id: made.get("id"), version: "$Latest" } });
    },
  },
  "an AMI of an instance, on the type of its template": {
    stack: (stack) => {
      const made = template(stack, "nodes", { type: "m7g.large" });
      stack.add("instance", "bastion", { ami: ECS_X86, launchTemplate: { id: made.get("id"), version: "$Latest" } });
    },
  },
  "an instance with a template, and an AMI and a type of its own": {
    stack: (stack) => {
      const made = template(stack, "nodes", { ami: ECS_ARM, type: "m7g.large" });
      stack.add("instance", "bastion", { ami: ECS_X86, instanceType: "t4g.small", launchTemplate: { id: made.get("id"), version: "$Latest" } });
    },
  },
  "a size that types of the other architecture do not have": { stack: onTemplate({ ami: ECS_X86, type: "t4g.metal" }) },
  "a selection by attributes": { stack: onTemplate({ ami: ECS_X86, template: { instanceRequirements: { cpuManufacturers: ["amazon-web-services"] } } }) },
  "a selection by attributes, of a parameter of one's own": {
    stack: onTemplate({ ami: "resolve:ssm:/golden/arm64/latest", template: { instanceRequirements: { allowedInstanceTypes: ["m5.*", "c5.*"] } } }),
  },
  "a declared AMI": {
    stack: onTemplate({ ami: SOME_AMI, type: "x8g.large" }),
    config: settings({ amis: [{ id: SOME_AMI, architecture: "x86_64" }] }),
  },
  "a declared AMI of 32 bits": {
    stack: onTemplate({ ami: SOME_AMI, template: { instanceRequirements: { cpuManufacturers: ["amazon-web-services"] } } }),
    config: settings({ amis: [{ id: SOME_AMI, architecture: "i386" }] }),
  },
  "a declared type": {
    stack: onTemplate({ ami: ECS_X86, type: "zz9.large" }),
    config: settings({ instanceTypes: [{ type: "zz9.*", architectures: ["arm64"] }] }),
  },
  "a declared type of 32 bits": {
    stack: onTemplate({ ami: ECS_X86, type: "zz9.large" }),
    config: settings({ instanceTypes: [{ type: "zz9.*", architectures: ["i386"] }] }),
  },
  "a declared AMI of 32 bits, on types of both architectures": {
    stack: onTemplate({ ami: SOME_AMI, template: { instanceRequirements: { allowedInstanceTypes: ["m7i.*", "m7g.*"] } } }),
    config: settings({ amis: [{ id: SOME_AMI, architecture: "i386" }] }),
  },
  "an old type that runs 32 bits too": { stack: onTemplate({ ami: ECS_ARM, type: "t2.micro" }) },
  "an AMI of the stack": {
    stack: (stack) => { group(stack, "ecs", { ami: stack.add("ami", "golden", { architecture: "x86_64" }).get("id"), type: "c7g.large" }); },
  },
  "a Windows AMI": { stack: onTemplate({ ami: ECS_WINDOWS, type: "c7g.large" }) },
  "a parameter of one's own": { stack: onTemplate({ ami: "resolve:ssm:/golden/arm64/latest", type: "m5.large" }) },
};

const TASK_ON_CAPACITY: Readonly<Record<string, Example>> = {
  "one provider": { stack: onPool(ARM, X86_INSTANCES) },
  "several providers and services": {
    stack: (stack) => {
      const web = task(stack, "web", ELSEWHERE, ARM);
      const pools = strategy(pool(stack, "spot", X86_INSTANCES), pool(stack, "base", { ami: SOME_AMI, type: "c5.large" }));
      service(stack, "web", web, pools);
      service(stack, "worker", web, pools);
    },
  },
  "more providers than are shown": {
    stack: (stack) => {
      const pools = ["a", "b", "c", "d", "e"].map((name) => pool(stack, `pool-${name}`, X86_INSTANCES));
      service(stack, "web", task(stack, "web", ELSEWHERE, ARM), strategy(...pools));
    },
  },
  "other instances may join": {
    stack: (stack) => {
      const cluster = stack.add("cluster", "shared");
      const userData = text`#!/bin/bash\necho "ECS_CLUSTER=${cluster.get("name")}" >> /etc/ecs/ecs.config\n`;
      stack.add("instance", "node", { ami: ECS_ARM, instanceType: "m7g.large", userData });
      service(stack, "web", task(stack, "web", ELSEWHERE, X86), { cluster: cluster.get("arn"), launchType: "EC2" });
    },
  },
  "Managed Instances": {
    stack: (stack) => {
      service(stack, "web", task(stack, "web", ELSEWHERE, ARM), strategy(managed(stack, "managed", { cpuManufacturers: ["intel"] })));
    },
  },
  "a declared provider of another stack": {
    stack: (stack) => { service(stack, "web", task(stack, "web", ELSEWHERE, ARM), strategy("shared")); },
    config: settings({ capacityProviders: [{ name: "shared", architectures: ["x86_64"] }] }),
  },
  "a declared cluster of another stack": {
    stack: (stack) => { service(stack, "web", task(stack, "web", ELSEWHERE, ARM), { cluster: "arn:aws:ecs:us-east-1:111122223333:cluster/shared", launchType: "EC2" }); },
    config: settings({ clusters: [{ name: "shared", architectures: ["x86_64"] }] }),
  },
  "a Windows task on Linux instances": { stack: onPool(WINDOWS, X86_INSTANCES) },
  "a Linux task on Windows instances": { stack: onPool(X86, { ami: ECS_WINDOWS, type: "m5.large" }) },
  "a Linux task on Windows instances that EC2 would not start": { stack: onPool(X86, { ami: ECS_WINDOWS, type: "m7g.large" }) },
  "instances of an AMI that is made from another one": {
    operation: "firstPreview",
    stack: (stack) => {
      const instance = stack.add("instance", "golden", { ami: ECS_X86, instanceType: "m5.large" });
      const ami = stack.add("amiFromInstance", "copy", { sourceInstanceId: instance.get("id") }).get("id");
      service(stack, "web", task(stack, "web", ELSEWHERE, ARM), strategy(pool(stack, "spot", { ami })));
    },
  },
  "an ARM64 task on Windows instances": { stack: onPool(ARM, { ami: ECS_WINDOWS, type: "m5.large" }) },
  "a Windows task on Windows instances that are not admitted": {
    stack: onPool(WINDOWS, { ami: ECS_WINDOWS, type: "m5.large" }, constraint("attribute:ecs.instance-type == r5.large")),
  },
  "an architecture that only a constraint asks for": { stack: onPool(ON_EC2, X86_INSTANCES, ONLY_ARM) },
  "a constraint on something else": { stack: onPool(X86, X86_INSTANCES, constraint("attribute:ecs.instance-type == r5.large")) },
};

const IMAGE_ON_CAPACITY: Readonly<Record<string, Example>> = {
  "an image for one architecture": { stack: imageOnPool((stack) => built(stack, "img", ["linux/amd64"])) },
  "images of several containers": {
    stack: (stack) => {
      built(stack, "img", ["linux/amd64"]);
      service(stack, "web", task(stack, "web", tagOf("img"), ON_EC2, { worker: tagOf("img") }), strategy(pool(stack, "spot", ARM_INSTANCES)));
    },
  },
  "an image that cannot be built for two": {
    operation: "firstPreview",
    stack: (stack) => {
      const image = stack.add("docker", "img", { imageName: text`${newRepository(stack)}:1`, build: { context: ".", platform: "linux/arm64" } });
      service(stack, "web", task(stack, "web", image.get("imageName"), ON_EC2), strategy(pool(stack, "spot", X86_INSTANCES)));
    },
  },
  "an image that CodeBuild builds": { stack: imageOnPool((stack) => codeBuild(stack, "LINUX_CONTAINER", "")) },
  "an image for Windows": { stack: imageOnPool((stack) => built(stack, "img", ["windows/amd64"]), { ami: SOME_AMI, type: "m7g.large" }) },
  "a group that may not be used": {
    stack: (stack) => {
      built(stack, "img", ["linux/amd64"]);
      const web = task(stack, "web", tagOf("img"), ON_EC2);
      const pools = strategy(pool(stack, "spot", { ...ARM_INSTANCES, group: { maxSize: outside().value } }), pool(stack, "base", X86_INSTANCES));
      service(stack, "web", web, pools);
    },
  },
  "several containers, on a group that may not be used": {
    stack: (stack) => {
      built(stack, "img", ["linux/amd64"]);
      const web = task(stack, "web", tagOf("img"), ON_EC2, { worker: tagOf("img") });
      service(stack, "web", web, strategy(pool(stack, "spot", { ...ARM_INSTANCES, group: { maxSize: outside().value } }), pool(stack, "base", X86_INSTANCES)));
    },
  },
};

const TASK_ON_CONSTRAINT: Readonly<Record<string, Example>> = {
  "the task": { stack: onPool(X86, X86_INSTANCES, ONLY_ARM) },
  "an image of a task that states no architecture": {
    stack: (stack) => {
      built(stack, "img", ["linux/amd64"]);
      service(stack, "web", task(stack, "web", tagOf("img"), ON_EC2), { ...strategy(pool(stack, "spot", X86_INSTANCES)), ...ONLY_ARM });
    },
  },
  "the same, at the first preview": {
    operation: "firstPreview",
    stack: (stack) => {
      const image = built(stack, "img", ["linux/arm64"], text`${newRepository(stack)}:1`);
      service(stack, "web", task(stack, "web", image.get("ref"), { ...ON_EC2, ...ONLY_X86 }), strategy(pool(stack, "spot", X86_INSTANCES)));
    },
  },
  "an image that no instance runs": {
    stack: (stack) => {
      built(stack, "img", ["linux/s390x"]);
      service(stack, "web", task(stack, "web", tagOf("img"), ON_EC2), { ...strategy(pool(stack, "spot", ARM_INSTANCES)), ...ONLY_ARM });
    },
  },
  "constraints that contradict each other": { stack: onPool({ ...X86, ...ONLY_X86 }, X86_INSTANCES, ONLY_ARM) },
  "constraints that contradict each other, of a task that states no architecture": { stack: onPool({ ...ON_EC2, ...ONLY_X86 }, X86_INSTANCES, ONLY_ARM) },
};

const RUNTIME_PLATFORM_INVALID: Readonly<Record<string, Example>> = {
  "a misspelled architecture": { stack: (stack) => { task(stack, "web", ELSEWHERE, runtime("arm64")); } },
  "a misspelled operating system": { stack: (stack) => { task(stack, "web", ELSEWHERE, runtime("ARM64", "linux")); } },
  "Windows on ARM64": { stack: (stack) => { task(stack, "web", ELSEWHERE, runtime("ARM64", "WINDOWS_SERVER_2022_CORE")); } },
  "Windows that Fargate lacks": { stack: (stack) => { task(stack, "web", ELSEWHERE, { ...ON_FARGATE, ...runtime("X86_64", "WINDOWS_SERVER_2016_FULL") }); } },
  "Windows Core that Fargate lacks": {
    stack: (stack) => { service(stack, "web", task(stack, "web", ELSEWHERE, runtime("X86_64", "WINDOWS_SERVER_20H2_CORE"))); },
  },
};

const PLATFORM_NOT_STATED: Readonly<Record<string, Example>> = {
  "for Fargate": { stack: (stack) => { built(stack, "img", undefined); task(stack, "web", tagOf("img"), ON_FARGATE); } },
  "for tasks of two architectures": {
    stack: (stack) => {
      built(stack, "img", undefined);
      task(stack, "web", tagOf("img"), X86);
      task(stack, "worker", tagOf("img"), ARM);
    },
  },
  "for tasks of two architectures, by docker 3": {
    stack: (stack) => {
      stack.add("docker3", "img", { imageName: tagOf("img"), build: { context: "." } });
      task(stack, "web", tagOf("img"), X86);
      task(stack, "worker", tagOf("img"), ARM);
    },
  },
  "for a task of any architecture, by awsx": {
    stack: (stack) => {
      const image = stack.awsxImage("img", stack.add("repository", "app"), {});
      task(stack, "web", image.get("imageUri"), ON_EC2);
    },
  },
  "for tasks of two architectures, by awsx": {
    stack: (stack) => {
      const image = stack.awsxImage("img", stack.add("repository", "app"), {});
      task(stack, "web", image.get("imageUri"), X86);
      task(stack, "worker", image.get("imageUri"), ARM);
    },
  },
  "by a command": { stack: (stack) => { command(stack, ""); task(stack, "web", tagOf("img"), ARM); } },
  "by docker's RegistryImage": {
    stack: (stack) => {
      stack.add("registryImage", "img", { name: tagOf("img"), build: { context: "." } });
      task(stack, "web", tagOf("img"), WINDOWS);
    },
  },
  "by docker's RemoteImage": {
    stack: (stack) => {
      const pulled = stack.add("remoteImage", "base", { name: tagOf("img") });
      stack.add("registryImage", "img", { name: pulled.get("name") });
      task(stack, "web", tagOf("img"), ON_FARGATE);
    },
  },
};

const CONFIGURATION_ERROR: Readonly<Record<string, Example>> = {
  "an entry without its key": mistaken({ amis: [{ architecture: "arm64" }] }),
  "an entry with a value that there is not": mistaken({ amis: [{ id: SOME_AMI, architecture: "arm" }] }),
  "platforms that there are not": mistaken({ images: [{ reference: ELSEWHERE, platforms: ["linux on arm"] }] }),
  "a text in the wrong place": mistaken({ exemptions: [{ resource: "web", reason: "tested", with: 7 }] }),
  "an entry that is no list": mistaken({ images: { reference: ELSEWHERE } }),
  "a day that there is not": mistaken({ exemptions: [{ resource: "web", reason: "tested", until: "31.12.2026" }] }),
  "a mistyped option": mistaken({ exmptions: [] }),
  "an option that there is not": mistaken({ registries: [] }),
  "an option of a policy that has none": mistaken({ exemptions: [] }, "ecs-task-image-architecture"),
  "a word that there is not": mistaken({ unused: "no" }),
  "a listing that there is not": mistaken({ listing: "everything" }, LISTING),
  "an exemption without a reason": mistaken({ exemptions: [{ resource: "web" }] }),
  "an exemption of a policy that does not exist": mistaken({ exemptions: [{ resource: "web", reason: "tested", policy: "ecs-task-images-architecture" }] }),
};

const DECLARATION_CONTRADICTED: Readonly<Record<string, Example>> = {
  "an image that the stack builds": {
    stack: (stack) => { built(stack, "img", ["linux/amd64"]); task(stack, "web", tagOf("img"), X86); },
    config: settings({ images: [{ reference: tagOf("img"), platforms: ["linux/arm64"] }] }),
  },
  "a public AMI": {
    stack: onTemplate({ ami: ECS_X86, type: "m7g.large" }),
    config: settings({ amis: [{ id: "/aws/service/ecs/*", architecture: "arm64" }] }),
  },
  "a capacity provider of the stack": {
    stack: onPool(X86, X86_INSTANCES),
    config: settings({ capacityProviders: [{ name: "spot", architectures: ["arm64"] }] }),
  },
};

/** By kind: a new kind of finding does not compile without an entry. */
export const CASES: Readonly<Record<FindingKind, Readonly<Record<string, Example>>>> = {
  "image-on-task": IMAGE_ON_TASK,
  "images-of-one-task": IMAGES_OF_ONE_TASK,
  "ami-on-instance-type": AMI_ON_INSTANCE_TYPE,
  "task-on-capacity": TASK_ON_CAPACITY,
  "image-on-capacity": IMAGE_ON_CAPACITY,
  "task-on-constraint": TASK_ON_CONSTRAINT,
  "runtime-platform-invalid": RUNTIME_PLATFORM_INVALID,
  "platform-not-stated": PLATFORM_NOT_STATED,
  "configuration-error": CONFIGURATION_ERROR,
  "declaration-unused": { "an AMI": { stack: onTemplate(X86_INSTANCES), config: settings({ amis: [{ id: SOME_AMI, architecture: "arm64" }] }) } },
  "declaration-contradicted": DECLARATION_CONTRADICTED,
  "exemption-over": { "with its last day": { stack: quiet, config: settings({ exemptions: [{ resource: "legacy-*", reason: "tested", until: LONG_PAST }] }) } },
  "exemption-unused": {
    "for a resource that is there": { stack: (stack) => { built(stack, "img", ["linux/amd64"]); quiet(stack); }, config: (called) => ({ [SETTINGS]: { exemptions: [{ resource: called("web"), reason: "tested" }] } }) },
    "for none": { stack: quiet, config: settings({ exemptions: [{ resource: "old-batch-*", reason: "tested" }] }) },
  },
};

// ---------------------------------------------------------------------------------------------------------
// What else is said
// ---------------------------------------------------------------------------------------------------------

const ALL: Options = { listing: "all" };

/** A stack of which one resource cannot be judged. */
function open(stack: Example["stack"], more: Omit<Example, "stack" | "config"> = {}, options: Options = {}): Example {
  return { stack, config: () => ({ [SETTINGS]: options, [LISTING]: ALL }), ...more };
}

function exempting(stack: Example["stack"], exemption: (called: StackBuilder["called"]) => Options): Example {
  const reason = "vendor binary, runs under emulation; ticket OPS-12";
  return { stack, config: (called) => ({ [SETTINGS]: { exemptions: [{ reason, ...exemption(called) }] }, [LISTING]: ALL }) };
}

const FROM_ELSEWHERE: Example["stack"] = (stack) => { task(stack, "web", ELSEWHERE, X86); };

const UNDETERMINED: Readonly<Record<string, Example>> = {
  "an image from elsewhere": open(FROM_ELSEWHERE),
  "container definitions that are computed": open((stack) => { stack.add("task", "web", { containerDefinitions: outside().value, ...X86 }); }),
  "an image that is computed": open((stack) => { stack.add("nativeTask", "web", { containerDefinitions: [{ name: stack.called("web"), image: outside().value }], ...X86 }); }),
  "a digest that no image of the stack has": open((stack) => { task(stack, "web", `${REGISTRY}/img@${imageDigest("old")}`, X86); }),
  "an image that is no reference": open((stack) => { task(stack, "web", "not a reference", X86); }),
  "two builders of its tag": open((stack) => {
    built(stack, "img", ["linux/amd64"]);
    built(stack, "other", ["linux/amd64", "linux/arm64"], tagOf("img"));
    task(stack, "web", tagOf("img"), X86);
  }),
  "a build without a platform": open((stack) => { built(stack, "img", undefined); task(stack, "web", tagOf("img"), X86); }),
  "an awsx image without a platform": open((stack) => {
    task(stack, "web", stack.awsxImage("img", stack.add("repository", "app"), {}).get("imageUri"), X86);
  }),
  "a platform that is not known here": open((stack) => { built(stack, "img", ["linux/quantum"]); task(stack, "web", tagOf("img"), X86); }),
  "a build that is a text": open((stack) => { stack.add("docker", "img", { imageName: tagOf("img"), build: "./app" }); task(stack, "web", tagOf("img"), X86); }),
  "a command without a platform": open((stack) => { command(stack, ""); task(stack, "web", tagOf("img"), X86); }),
  "a command whose platform is a variable": open((stack) => { command(stack, "--platform $PLATFORM"); task(stack, "web", tagOf("img"), X86); }),
  "an index of images from elsewhere": open((stack) => {
    stack.add("dockerBuildIndex", "joined", { sources: [ELSEWHERE], tag: tagOf("img"), push: true });
    task(stack, "web", tagOf("img"), X86);
  }),
  "a CodeBuild project of an environment that is computed": open(
    (stack) => { silentProject(stack, { type: outside().value }); task(stack, "web", tagOf("img"), X86); },
    {},
    { codeBuildProjects: [{ project: "*", pushes: [tagOf("img")] }] },
  ),
  "a task that nothing is known to start": open((stack) => { built(stack, "img", ["linux/amd64"]); task(stack, "web", tagOf("img")); }),
  "an architecture that is not one of ECS": open((stack) => { built(stack, "img", ["linux/amd64"]); task(stack, "web", tagOf("img"), runtime("RISCV64")); }),
  "a runtimePlatform that is computed": open((stack) => { built(stack, "img", ["linux/amd64"]); task(stack, "web", tagOf("img"), { runtimePlatform: outside().value }); }),
  "an AMI by its id": open(onTemplate({ ami: SOME_AMI, type: "m5.large" })),
  "an AMI by a parameter that does not tell": open(onTemplate({ ami: "resolve:ssm:/golden/latest", type: "m5.large" })),
  "an AMI that is computed": open(onTemplate({ ami: outside().value, type: "m5.large" })),
  "an instance type that is not known here": open(onTemplate({ ami: ECS_X86, type: "zz9.large" })),
  "an instance type that is computed": open(onTemplate({ ami: ECS_X86, type: outside().value })),
  "a launch template of another stack": open((stack) => { stack.add("group", "ecs", { minSize: 1, maxSize: 4, launchTemplate: { id: "lt-0123456789abcdef0", version: "$Latest" } }); }),
  "a group of which nothing is known": open((stack) => { stack.add("group", "ecs", { minSize: 1, maxSize: 4, mixedInstancesPolicy: outside().value }); }),
  "a cluster of another stack": open((stack) => {
    built(stack, "img", ["linux/amd64"]);
    service(stack, "web", task(stack, "web", tagOf("img"), X86), { cluster: "arn:aws:ecs:us-east-1:111122223333:cluster/shared", launchType: "EC2" });
  }),
  "a capacity provider of another stack": open((stack) => {
    built(stack, "img", ["linux/amd64"]);
    service(stack, "web", task(stack, "web", tagOf("img"), X86), strategy("shared"));
  }),
  "a constraint that cannot be evaluated": open((stack) => {
    built(stack, "img", ["linux/arm64"]);
    service(stack, "web", task(stack, "web", tagOf("img"), ON_EC2), { ...strategy(pool(stack, "spot", X86_INSTANCES)), ...constraint("attribute:rack == 7") });
  }),
};

function without(...names: readonly string[]): Example["stack"] {
  return (stack) => {
    for (const name of names) {
      task(stack, name, ELSEWHERE, X86);
    }
  };
}

/** A stack in which the rule that judges images fails. */
function failing(fail: () => never): Example {
  const judging = RULES.judging.map((rule): Rule => (rule.name === "ecs-task-image-architecture" ? { ...rule, judge: fail } : rule));
  return { stack: quiet, run: { rules: { ...RULES, judging } } };
}

/** An error as if the compiled pack had thrown it. */
function faulty(): TypeError {
  return Object.assign(new TypeError("a text that may quote a secret"), { stack: "TypeError: a text\n    at judge (/pack/dist/policies/rules/images.js:12:34)" });
}

const UNREADABLE = new Proxy({}, { ownKeys: () => { throw faulty(); } });

export const OTHERS: Readonly<Record<OtherKind, Readonly<Record<string, Example>>>> = {
  exempt: {
    "a finding": exempting(wrong("linux/amd64", ARM), (called) => ({ resource: called("web"), with: called("img"), until: FAR_OFF })),
    "a finding, for ever": exempting(wrong("linux/amd64", ARM), (called) => ({ resource: called("web") })),
    "what could not be determined": exempting(FROM_ELSEWHERE, (called) => ({ resource: called("web"), policy: LISTING, until: FAR_OFF })),
  },
  undetermined: UNDETERMINED,
  "undetermined in the whole stack": {
    "a single part": { stack: FROM_ELSEWHERE, config: () => ({ [LISTING]: { listing: "summary" } }) },
    "as many as are shown": { stack: without("a", "b", "c", "d", "e"), config: () => ({ [LISTING]: { listing: "summary" } }) },
    "more than are shown": { stack: without("a", "b", "c", "d", "e", "f", "g"), config: () => ({ [LISTING]: { listing: "summary" } }) },
  },
  fault: {
    "in a rule": failing(() => { throw faulty(); }),
    "in a rule, without a place": failing(() => { throw Object.assign(new RangeError("a text"), { stack: undefined }); }),
    "at a resource": { stack: quiet, run: { properties: ({ dependencies }) => (dependencies === undefined ? UNREADABLE : undefined) } },
    "in reading a resource of the stack": { stack: quiet, run: { properties: ({ dependencies }) => (dependencies === undefined ? undefined : UNREADABLE) } },
  },
};
