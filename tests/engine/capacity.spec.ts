import { describeEngine } from "../support/engine";
import { assertPassed, judgedOnTheEngine, program, withStack } from "./judged";

const CAPACITY = "ecs-task-capacity-architecture";
const ECS = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023";
const X86 = `${ECS}/recommended/image_id`;
const ARM = `${ECS}/arm64/recommended/image_id`;

/** An image for linux/amd64, a task without an architecture and a pool function. */
const SHARED = `
  const image = new build.Image("app-image", { push: true, tags: ["registry.example.com/app:1"], context: { location: "app" }, platforms: ["linux/amd64"] });
  const task = (name: string, more: object = {}) => new aws.ecs.TaskDefinition(name, { family: name, requiresCompatibilities: ["EC2"],
    containerDefinitions: pulumi.jsonStringify([{ name: "app", image: image.ref, memory: 64 }]), ...more });
  const cluster = new aws.ecs.Cluster("cluster", { name: "fleet" });
  const pool = (name: string, imageId: string, instanceType: string) => {
    const template = new aws.ec2.LaunchTemplate(name + "-template", { imageId, instanceType });
    const group = new aws.autoscaling.Group(name + "-group", { minSize: 0, maxSize: 2, vpcZoneIdentifiers: ["subnet-1"], launchTemplate: { id: template.id, version: "$Latest" } });
    return new aws.ecs.CapacityProvider(name, { autoScalingGroupProvider: { autoScalingGroupArn: group.arn } });
  };
`;

describeEngine("tasks × capacity on the engine", function () {
  judgedOnTheEngine({
    title: "service → cluster default strategy → capacity provider → group → launch template",
    policy: CAPACITY,
    names: ["app-image", "app-task", "pool-template"],
    program: (wrong) =>
      program(`${SHARED}
        const provider = pool("pool", "${wrong ? ARM : X86}", "${wrong ? "m7g.large" : "m7i.large"}");
        new aws.ecs.ClusterCapacityProviders("providers", { clusterName: cluster.name, capacityProviders: [provider.name],
          defaultCapacityProviderStrategies: [{ capacityProvider: provider.name, weight: 1 }] });
        new aws.ecs.Service("app", { cluster: cluster.arn, taskDefinition: task("app-task").arn, desiredCount: 1 });`),
  });

  judgedOnTheEngine({
    title: "a task that states an architecture which no instance has",
    policy: CAPACITY,
    names: ["app", "app-task", "pool"],
    program: (wrong) =>
      program(`${SHARED}
        const provider = pool("pool", "${wrong ? ARM : X86}", "${wrong ? "t4g.large" : "t3.large"}");
        const pinned = task("app-task", { runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "LINUX" } });
        new aws.ecs.Service("app", { cluster: cluster.arn, taskDefinition: pinned.arn, desiredCount: 1, capacityProviderStrategies: [{ capacityProvider: provider.name, weight: 1 }] });`),
  });

  judgedOnTheEngine({
    title: "a mixed instances policy with an arm64 template for one override",
    policy: CAPACITY,
    names: ["app-image", "app-task", "group"],
    program: (wrong) =>
      program(`${SHARED}
        const intel = new aws.ec2.LaunchTemplate("intel", { imageId: "${X86}" });
        const arm = new aws.ec2.LaunchTemplate("arm", { imageId: "${ARM}" });
        const group = new aws.autoscaling.Group("group", { minSize: 0, maxSize: 2, vpcZoneIdentifiers: ["subnet-1"], mixedInstancesPolicy: { launchTemplate: {
          launchTemplateSpecification: { launchTemplateId: intel.id, version: "$Latest" },
          overrides: [{ instanceType: "m7i.large" }, { instanceType: "m7g.large", launchTemplateSpecification: { launchTemplateId: arm.id, version: "$Latest" } }] } } });
        const provider = new aws.ecs.CapacityProvider("pool", { autoScalingGroupProvider: { autoScalingGroupArn: group.arn } });
        const app = task("app-task", ${wrong ? "{}" : `{ runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "LINUX" } }`});
        new aws.ecs.Service("app", { cluster: cluster.arn, taskDefinition: app.arn, desiredCount: 1, capacityProviderStrategies: [{ capacityProvider: provider.name, weight: 1 }] });`),
  });

  judgedOnTheEngine({
    title: "a DAEMON on a cluster of both architectures",
    policy: CAPACITY,
    names: ["app-image", "agent-task", "arm"],
    program: (wrong) =>
      program(`${SHARED}
        const providers = [pool("intel", "${X86}", "m7i.large"), pool("arm", "${ARM}", "m7g.large")];
        new aws.ecs.ClusterCapacityProviders("providers", { clusterName: cluster.name, capacityProviders: providers.map((each) => each.name) });
        const agent = task("agent-task"${wrong ? "" : `, { placementConstraints: [{ type: "memberOf", expression: "attribute:ecs.cpu-architecture == x86_64" }] }`});
        new aws.ecs.Service("agent", { cluster: cluster.arn, taskDefinition: agent.arn, launchType: "EC2", schedulingStrategy: "DAEMON" });`),
  });

  judgedOnTheEngine({
    title: "a task that EventBridge starts on EC2",
    policy: CAPACITY,
    names: ["app-image", "job-task", "pool"],
    program: (wrong) =>
      program(`${SHARED}
        const provider = pool("pool", "${wrong ? ARM : X86}", "${wrong ? "m7g.large" : "m7i.large"}");
        const rule = new aws.cloudwatch.EventRule("nightly", { scheduleExpression: "rate(1 day)" });
        new aws.cloudwatch.EventTarget("job", { rule: rule.name, arn: cluster.arn, ecsTarget: { taskDefinitionArn: task("job-task").arn,
          capacityProviderStrategies: [{ capacityProvider: provider.name, weight: 1 }] } });`),
  });

  judgedOnTheEngine({
    title: "Managed Instances of one manufacturer",
    policy: CAPACITY,
    names: ["app", "app-task", "managed"],
    program: (wrong) =>
      program(`${SHARED}
        const provider = new aws.ecs.CapacityProvider("managed", { cluster: cluster.name, managedInstancesProvider: { infrastructureRoleArn: "arn:aws:iam::123456789012:role/infra",
          instanceLaunchTemplate: { ec2InstanceProfileArn: "arn:aws:iam::123456789012:instance-profile/ecs", networkConfiguration: { subnets: ["subnet-1"] },
            instanceRequirements: { vcpuCount: { min: 2 }, memoryMib: { min: 2048 }, cpuManufacturers: ["${wrong ? "amazon-web-services" : "intel"}"] } } } });
        const pinned = task("app-task", { requiresCompatibilities: ["MANAGED_INSTANCES"], runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "LINUX" } });
        new aws.ecs.Service("app", { cluster: cluster.arn, taskDefinition: pinned.arn, desiredCount: 1, capacityProviderStrategies: [{ capacityProvider: provider.name, weight: 1 }] });`),
  });

  judgedOnTheEngine({
    title: "Bottlerocket instances that join the cluster by their settings",
    policy: CAPACITY,
    names: ["app-image", "app-task", "rocket"],
    program: (wrong) =>
      program(`${SHARED}
        new aws.ec2.Instance("rocket", { instanceType: "${wrong ? "c7g.large" : "c7i.large"}",
          launchTemplate: { id: new aws.ec2.LaunchTemplate("rocket-template", { imageId: "resolve:ssm:/aws/service/bottlerocket/aws-ecs-2/${wrong ? "arm64" : "x86_64"}/latest/image_id",
            userData: Buffer.from('[settings.ecs]\\ncluster = "fleet"\\n').toString("base64") }).id, version: "$Latest" } });
        new aws.ecs.Service("app", { cluster: cluster.arn, taskDefinition: task("app-task").arn, desiredCount: 1, launchType: "EC2" });`),
  });

  it("a Fargate service beside a Graviton NAT instance has nothing to do with it", async () => {
    const body = program(`${SHARED}
      new aws.ec2.Instance("nat", { instanceType: "t4g.nano", launchTemplate: { id: new aws.ec2.LaunchTemplate("nat-template", { imageId: "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64" }).id, version: "$Latest" } });
      const fargate = task("app-task", { requiresCompatibilities: ["FARGATE"], cpu: "256", memory: "512", networkMode: "awsvpc" });
      new aws.ecs.Service("app", { cluster: cluster.arn, taskDefinition: fargate.arn, desiredCount: 1, launchType: "FARGATE", networkConfiguration: { subnets: ["subnet-1"] } });`);
    await withStack({ program: body }, async (made) => {
      assertPassed(await made.up());
      assertPassed(await made.preview());
    });
  });
});
