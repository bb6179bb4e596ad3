import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { UNKNOWN } from "../support/protocol";
import { judge, REGISTRY, staysLinear, times, urn, type Options, type Part } from "./support";

const ARN = "arn:aws:ecs:us-east-1:123456789012";
const ARM = { runtimePlatform: { cpuArchitecture: "ARM64" } };
const FARGATE = { requiresCompatibilities: ["FARGATE"] };
const LISTED: Options = { "architecture-undetermined": { listing: "all" } };

function image(index: number, properties: object = {}): Part {
  return { type: "docker-build:index:Image", name: `image-${String(index)}`, properties: { tags: [`${REGISTRY}/app:v${String(index)}`], push: true, platforms: ["linux/arm64"], ...properties } };
}

function running(references: readonly string[]): string {
  return JSON.stringify(references.map((reference, index) => ({ name: `container-${String(index)}`, image: reference })));
}

function task(index: number, references: readonly string[], properties: object = {}, from: Part["from"] = {}): Part {
  const name = `task-${String(index)}`;
  return { type: "aws:ecs/taskDefinition:TaskDefinition", name, properties: { family: name, arn: `${ARN}:task-definition/${name}:1`, containerDefinitions: running(references), ...properties }, from };
}

function service(index: number, taskIndex: number, properties: object = {}): Part {
  return { type: "aws:ecs/service:Service", name: `service-${String(index)}`, properties: { taskDefinition: `${ARN}:task-definition/task-${String(taskIndex)}:1`, desiredCount: 1, ...properties } };
}

const CLUSTER: Part = { type: "aws:ecs/cluster:Cluster", name: "main", properties: { name: "main", arn: `${ARN}:cluster/main` } };

function clusterProviders(names: readonly string[]): Part {
  return { type: "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders", name: "main", properties: { clusterName: "main", capacityProviders: names } };
}

const X86_AMI = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id";

function template(index: number, properties: object = {}): Part {
  return { type: "aws:ec2/launchTemplate:LaunchTemplate", name: `template-${String(index)}`, properties: { id: `lt-${String(index)}`, imageId: X86_AMI, instanceType: "m7i.large", latestVersion: 1, ...properties } };
}

function groupArn(index: number): string {
  return `arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:autoScalingGroupName/group-${String(index)}`;
}

function group(index: number, properties: object): Part {
  return { type: "aws:autoscaling/group:Group", name: `group-${String(index)}`, properties: { name: `group-${String(index)}`, arn: groupArn(index), maxSize: 4, ...properties } };
}

function specification(id: string): object {
  return { launchTemplateSpecification: { launchTemplateId: id, version: "$Latest" } };
}

function overrides(count: number, own: (index: number) => object = () => ({})): object {
  return { mixedInstancesPolicy: { launchTemplate: { ...specification("lt-0"), overrides: times(count, (index) => ({ instanceType: `m7g.${String(index)}xlarge`, ...own(index) })) } } };
}

function provider(index: number): Part {
  return { type: "aws:ecs/capacityProvider:CapacityProvider", name: `provider-${String(index)}`, properties: { name: `provider-${String(index)}`, autoScalingGroupProvider: { autoScalingGroupArn: groupArn(index) } } };
}

function countsOf(parts: readonly Part[], options: Options = LISTED): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { kind } of judge(parts, options)) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** What is judged, the smaller of two sizes, and what is said of that size: nothing is cheap because nothing is seen. */
interface Shape {
  readonly title: string;
  readonly size: number;
  readonly stack: (size: number) => readonly Part[];
  readonly options?: (size: number) => Options;
  readonly says: (size: number) => Readonly<Record<string, number>>;
}

const SHAPES: readonly Shape[] = [
  {
    title: "images and tasks of one repository, with a tag for each",
    size: 1250,
    stack: (size) => times(size, (index) => [image(index), task(index, [`${REGISTRY}/app:v${String(index)}`], FARGATE)]).flat(),
    says: (size) => ({ "image-on-task": size }),
  },
  {
    title: "tasks whose tags nothing pushes, in a repository of many images",
    size: 250,
    stack: (size) => times(size, (index) => [image(index), task(index, [`${REGISTRY}/app:other-${String(index)}`], FARGATE)]).flat(),
    says: (size) => ({ "image-on-task": size * 20, undetermined: size }),
  },
  {
    title: "images that stay on the building machine",
    size: 1250,
    stack: (size) => times(size, (index) => [image(index, { push: false }), task(index, [`${REGISTRY}/app:other-${String(index)}`], FARGATE)]).flat(),
    says: (size) => ({ undetermined: size }),
  },
  {
    title: "containers of one task with one image",
    size: 5000,
    stack: (size) => [image(0), task(0, times(size, () => `${REGISTRY}/app:v0`), FARGATE)],
    says: () => ({ "image-on-task": 1 }),
  },
  {
    title: "containers of one task with an image each",
    size: 750,
    stack: (size) => {
      const images = times(size, (index) => image(index));
      return [...images, task(0, times(size, (index) => `${REGISTRY}/app:v${String(index)}`), FARGATE, { containerDefinitions: images.map(urn) })];
    },
    says: (size) => ({ "image-on-task": size }),
  },
  {
    title: "containers whose images are not known yet",
    size: 750,
    stack: (size) => {
      const images = times(size, (index) => image(index));
      return [...images, task(0, times(size, () => UNKNOWN), FARGATE, { containerDefinitions: images.map(urn) })];
    },
    says: (size) => ({ "image-on-task": size }),
  },
  {
    title: "services of one task definition",
    size: 1250,
    stack: (size) => [CLUSTER, task(0, ["nginx"], ARM), ...times(size, (index) => service(index, 0, { cluster: "main", capacityProviderStrategies: [{ capacityProvider: "provider-0", weight: 1 }] })), template(0), group(0, { launchTemplate: { id: "lt-0", version: "$Latest" } }), provider(0)],
    says: () => ({ "task-on-capacity": 1, undetermined: 1 }),
  },
  {
    title: "services of one cluster, a task definition each",
    size: 1250,
    stack: (size) => [CLUSTER, ...times(size, (index) => [task(index, ["nginx"], ARM), service(index, index, { cluster: "main", launchType: "EC2" })]).flat(), template(0), group(0, overrides(5)), provider(0), clusterProviders(["provider-0"])],
    says: (size) => ({ "ami-on-instance-type": 1, undetermined: size }),
  },
  {
    title: "items of a capacity provider strategy",
    size: 250,
    stack: (size) => [CLUSTER, task(0, ["nginx"], ARM), service(0, 0, { cluster: "main", capacityProviderStrategies: times(size, (index) => ({ capacityProvider: `provider-${String(index)}`, weight: 1 })) }), template(0), ...times(size, (index) => [group(index, { launchTemplate: { id: "lt-0", version: "$Latest" } }), provider(index)]).flat()],
    says: () => ({ "task-on-capacity": 1, undetermined: 1 }),
  },
  {
    title: "overrides of a mixed instances policy",
    size: 1250,
    stack: (size) => [template(0), group(0, overrides(size))],
    says: () => ({ "ami-on-instance-type": 1 }),
  },
  {
    title: "overrides with templates of their own that are not known yet",
    size: 750,
    stack: (size) => {
      const templates = times(size, (index) => template(index, { id: UNKNOWN }));
      return [...templates, { ...group(0, overrides(size, () => specification(UNKNOWN))), from: { mixedInstancesPolicy: templates.map(urn) } }];
    },
    says: () => ({ undetermined: 1 }),
  },
  {
    title: "templates of a fleet",
    size: 1250,
    stack: (size) => [...times(size, (index) => template(index)), { type: "aws:ec2/fleet:Fleet", name: "fleet", properties: { launchTemplateConfigs: times(size, (index) => ({ ...specification(`lt-${String(index)}`), overrides: [{ instanceType: "m7g.large" }] })) } }],
    says: (size) => ({ "ami-on-instance-type": size }),
  },
  {
    title: "exemptions with wildcards, all of them needed",
    size: 1250,
    stack: (size) => times(size, (index) => [image(index), task(index, [`${REGISTRY}/app:v${String(index)}`], FARGATE)]).flat(),
    options: (size) => ({ "cpu-architecture-settings": { exemptions: times(size, (index) => ({ resource: `*task-${String(index)}`, with: `image-${String(index)}`, reason: "known" })) } }),
    says: () => ({}),
  },
  {
    title: "exemptions with wildcards, none of them needed",
    size: 1250,
    stack: (size) => times(size, (index) => task(index, [`nginx:${String(index)}`], FARGATE)),
    options: (size) => ({ "cpu-architecture-settings": { exemptions: times(size, (index) => ({ resource: `*other-${String(index)}*`, reason: "known" })) } }),
    says: (size) => ({ "exemption-unused": size }),
  },
  {
    title: "declared images with wildcards",
    size: 1250,
    stack: (size) => times(size, (index) => task(index, [`nginx:v${String(index)}`], FARGATE)),
    options: (size) => ({ "cpu-architecture-settings": { images: times(size, (index) => ({ reference: `*nginx:v${String(index)}`, platforms: ["linux/arm64"] })) } }),
    says: (size) => ({ "image-on-task": size }),
  },
  {
    title: "declared AMIs and instance types with wildcards",
    size: 1250,
    stack: (size) => times(size, (index) => template(index, { imageId: `ami-${String(index)}`, instanceType: `z${String(index)}.large` })),
    options: (size) => ({ "cpu-architecture-settings": { amis: times(size, (index) => ({ id: `ami-${String(index)}`, architecture: "arm64" })), instanceTypes: times(size, (index) => ({ type: `z${String(index)}.*`, architectures: ["x86_64"] })) } }),
    says: (size) => ({ "ami-on-instance-type": size }),
  },
  {
    title: "images that one command pushes",
    size: 500,
    stack: (size) => [
      { type: "command:local:Command", name: "builds", properties: { create: times(size, (index) => `docker buildx build --platform linux/arm64 -t ${REGISTRY}/app:v${String(index)} --push .`).join("\n") } },
      ...times(size, (index) => task(index, [`${REGISTRY}/app:v${String(index)}`], FARGATE)),
    ],
    says: (size) => ({ "image-on-task": size }),
  },
];

/** The options of a shape, with everything listed unless it has options of its own. */
function optionsOf({ options }: Shape, size: number): Options {
  return options === undefined ? LISTED : options(size);
}

describe("a large stack takes time in proportion to its size", function () {
  this.timeout(120_000);
  for (const shape of SHAPES) {
    it(shape.title, () => {
      deepStrictEqual(Object.fromEntries(countsOf(shape.stack(8), optionsOf(shape, 8))), sayingOf(shape, 8));
      staysLinear((size) => judge(shape.stack(size), optionsOf(shape, size)), shape.size);
    });
  }
});

/** What is said of few images is not cut: only some of a repository's are told. */
function sayingOf({ says }: Shape, size: number): Readonly<Record<string, number>> {
  const said = says(size);
  const suspected = said["image-on-task"];
  return suspected === size * 20 ? { ...said, "image-on-task": size * size } : said;
}

describe("a stack of unusual shape", function () {
  this.timeout(120_000);

  it("has 20 MB of container definitions in one task", () => {
    const environment = [{ name: "TEXT", value: "x".repeat(20_000) }];
    const containers = times(1000, (index) => ({ name: `container-${String(index)}`, image: `${REGISTRY}/app:v0`, environment }));
    const containerDefinitions = JSON.stringify(containers);
    ok(containerDefinitions.length > 20_000_000);
    const [finding, ...others] = judge([image(0), task(0, [], { ...FARGATE, containerDefinitions })]);
    strictEqual(others.length, 0);
    ok((finding?.text.length ?? Infinity) < 5000, "the message stays short");
  });

  it("lies in 1,000 components, one in the other", () => {
    const ancestors = times(1000, (index) => `urn:pulumi:test::app::${"my:index:Component$".repeat(1000 - index)}my:index:Component::component-${String(index)}`);
    const parts = times(1000, (index) => ({ ...task(index, [`${REGISTRY}/app:v0`], FARGATE), ancestors: ancestors.slice(index) }));
    strictEqual(judge([image(0), ...parts]).length, 1000);
  });

  it("has properties that are nested 1,000 and 100,000 deep", () => {
    for (const depth of [1000, 100_000]) {
      const lists = "[".repeat(depth) + "]".repeat(depth);
      const objects = `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
      const deep: unknown = times(depth, () => 0).reduce<unknown>((inner) => ({ containerDefinitions: inner, image: [inner] }), {});
      const values: unknown[] = [lists, objects, `[{"image":${lists}}]`, deep, [deep]];
      const parts = values.flatMap((value, index) => [
        task(index, [], { ...FARGATE, containerDefinitions: value, runtimePlatform: value, placementConstraints: value }),
        service(index, index, { capacityProviderStrategies: value, deploymentController: value }),
        group(index, { mixedInstancesPolicy: value }),
        image(index, { platforms: value, exports: value }),
        { type: "command:local:Command", name: `command-${String(index)}`, properties: { create: value, environment: value, interpreter: value } },
        { type: "aws:codebuild/project:Project", name: `project-${String(index)}`, properties: { source: { buildspec: value }, environment: value } },
      ]);
      strictEqual(judge(parts, LISTED).filter(({ kind }) => kind !== "undetermined").length, 0);
    }
  });

  it("has a placement constraint of any length and depth", () => {
    const expressions = ["(".repeat(100_000), "!".repeat(100_000), "not ".repeat(400), `${"(".repeat(900)}a exists${")".repeat(900)}`, `attribute:ecs.instance-type =~ ${"(a*)*".repeat(300)}`, `attribute:ecs.instance-type =~ ${"(".repeat(49)}m7g.*${")*".repeat(49)}`];
    const constrained = expressions.map((expression, index) => service(index, 0, { cluster: "main", launchType: "EC2", placementConstraints: [{ type: "memberOf", expression }] }));
    const parts = [CLUSTER, task(0, ["nginx"], ARM), ...constrained, template(0), group(0, overrides(500)), provider(0), clusterProviders(["provider-0"])];
    strictEqual(judge(parts, LISTED).filter(({ kind }) => kind === "task-on-capacity").length, 0);
  });

  it("has more overrides and containers than a call takes arguments", () => {
    const many = 130_000;
    const launchTemplateConfigs = [{ ...specification("lt-0"), overrides: times(many, () => ({ instanceType: "m7g.large" })) }];
    strictEqual(judge([template(0), { type: "aws:ec2/fleet:Fleet", name: "fleet", properties: { launchTemplateConfigs } }]).length, 1);
    strictEqual(judge([image(0), task(0, times(many, () => `${REGISTRY}/app:v0`), FARGATE)]).length, 1);
  });
});
