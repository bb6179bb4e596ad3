import { urnOf } from "../tests/support/protocol";
import type { RecordedResource } from "../tests/support/protocol";

const ACCOUNT = "123456789012";
const REGION = "eu-central-1";

/**
 * A stack of the given size that a pack has no complaint about: services, each an image, a task definition, a service, and
 * instances to run on, and about as many resources that have nothing to do with architectures. The same size gives the
 * same stack.
 */
export function generateStack(size: number): RecordedResource[] {
  const resources: RecordedResource[] = [];
  for (let index = 0; resources.length < size; index++) {
    resources.push(...serviceResources(index));
  }
  return resources.slice(0, size);
}

function serviceResources(index: number): RecordedResource[] {
  return [...unrelatedResources(index), ...taskResources(index), ...capacityResources(index)];
}

function unrelatedResources(index: number): RecordedResource[] {
  const document = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }],
  };
  return [
    { type: "aws:cloudwatch/logGroup:LogGroup", name: `logs-${index}`, properties: { name: `logs-${index}`, retentionInDays: 30 } },
    {
      type: "aws:iam/role:Role",
      name: `role-${index}`,
      properties: { name: `role-${index}`, path: "/", maxSessionDuration: 3600, assumeRolePolicy: JSON.stringify(document) },
    },
    {
      type: "aws:s3/bucket:Bucket",
      name: `bucket-${index}`,
      properties: { bucket: `bucket-${index}`, forceDestroy: false, tags: { team: `team-${index % 7}`, stage: "production" } },
    },
    {
      type: "aws:ec2/securityGroup:SecurityGroup",
      name: `group-${index}`,
      properties: {
        name: `group-${index}`,
        egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
        ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.0.0/8"] }],
      },
    },
    {
      type: "aws:sqs/queue:Queue",
      name: `queue-${index}`,
      properties: { name: `queue-${index}`, visibilityTimeoutSeconds: 30, messageRetentionSeconds: 345_600 },
    },
  ];
}

function taskResources(index: number): RecordedResource[] {
  const isArm = index % 2 === 0;
  const reference = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/app-${index}:v1`;
  const image = urnOf("docker-build:index:Image", `image-${index}`);
  const task = urnOf("aws:ecs/taskDefinition:TaskDefinition", `task-${index}`);
  const arn = `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/task-${index}:1`;
  const containers = [
    {
      name: "app",
      image: reference,
      portMappings: [{ containerPort: 8080 }],
      environment: Array.from({ length: 10 }, (_, at) => ({ name: `SETTING_${at}`, value: `value ${at} of service ${index}` })),
    },
  ];
  return [
    {
      type: "docker-build:index:Image",
      name: `image-${index}`,
      properties: { tags: [reference], push: true, platforms: [isArm ? "linux/arm64" : "linux/amd64"], context: { location: "./app" } },
    },
    {
      type: "aws:ecs/taskDefinition:TaskDefinition",
      name: `task-${index}`,
      properties: {
        arn,
        family: `task-${index}`,
        cpu: "256",
        memory: "512",
        networkMode: "awsvpc",
        requiresCompatibilities: ["FARGATE"],
        runtimePlatform: { cpuArchitecture: isArm ? "ARM64" : "X86_64", operatingSystemFamily: "LINUX" },
        containerDefinitions: JSON.stringify(containers),
      },
      dependencies: [image],
      propertyDependencies: { containerDefinitions: [image] },
    },
    {
      type: "aws:ecs/service:Service",
      name: `service-${index}`,
      properties: { name: `service-${index}`, taskDefinition: arn, launchType: "FARGATE", desiredCount: 2 },
      dependencies: [task],
      propertyDependencies: { taskDefinition: [task] },
    },
  ];
}

function capacityResources(index: number): RecordedResource[] {
  const isArm = index % 2 === 0;
  const template = urnOf("aws:ec2/launchTemplate:LaunchTemplate", `template-${index}`);
  const parameter = `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${isArm ? "arm64" : "x86_64"}`;
  return [
    {
      type: "aws:ec2/launchTemplate:LaunchTemplate",
      name: `template-${index}`,
      properties: { id: `lt-${index}`, imageId: `resolve:ssm:${parameter}`, instanceType: isArm ? "m7g.large" : "m7i.large", latestVersion: 1 },
    },
    {
      type: "aws:autoscaling/group:Group",
      name: `instances-${index}`,
      properties: { name: `instances-${index}`, minSize: 0, maxSize: 4, launchTemplate: { id: `lt-${index}`, version: "$Latest" } },
      dependencies: [template],
      propertyDependencies: { launchTemplate: [template] },
    },
  ];
}
