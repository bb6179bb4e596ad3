import * as aws from "@pulumi/aws";
import * as dockerBuild from "@pulumi/docker-build";
import * as pulumi from "@pulumi/pulumi";

const repository = new aws.ecr.Repository("web");

// Built on a Mac with Apple silicon, so somebody wrote down its platform.
const image = new dockerBuild.Image("web", {
  context: { location: "./app" },
  platforms: ["linux/arm64"],
  tags: [pulumi.interpolate`${repository.repositoryUrl}:v1`],
  push: true,
});

const cluster = new aws.ecs.Cluster("web");

// The repair: the task asks for the architecture that its image is built for.
const task = new aws.ecs.TaskDefinition("web", {
  family: "web",
  requiresCompatibilities: ["FARGATE"],
  networkMode: "awsvpc",
  cpu: "256",
  memory: "512",
  runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
  containerDefinitions: pulumi.jsonStringify([{ name: "web", image: image.ref, portMappings: [{ containerPort: 80 }] }]),
});

new aws.ecs.Service("web", {
  cluster: cluster.arn,
  launchType: "FARGATE",
  desiredCount: 1,
  taskDefinition: task.arn,
  networkConfiguration: { subnets: ["subnet-0123456789abcdef0"], assignPublicIp: true },
});
