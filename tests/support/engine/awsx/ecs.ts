import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Shell, shortHash } from "./component";
import type { Component, Maker } from "./component";

type Compatibility = "FARGATE" | "EC2";
type Container = Readonly<Record<string, unknown>> & { readonly name?: string; readonly cpu?: number; readonly memory?: number };

const COMPONENT_NAMES = { FARGATE: "Fargate", EC2: "EC2" } as const;
const TASKS_MAY_ASSUME = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Action: "sts:AssumeRole", Principal: { Service: "ecs-tasks.amazonaws.com" }, Effect: "Allow", Sid: "" }],
});
const EXECUTION_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";

/** `awsx.ecs.FargateTaskDefinition` and `EC2TaskDefinition`. */
export function makeTaskDefinition(compatibility: Compatibility): Maker {
  return (name, inputs, options) => {
    const shell = new Shell(`awsx:ecs:${COMPONENT_NAMES[compatibility]}TaskDefinition`, name, options);
    const parent = shell;
    const logGroup = new aws.cloudwatch.LogGroup(name, {}, { parent });
    const taskRole = new aws.iam.Role(`${name}-task`, { assumeRolePolicy: TASKS_MAY_ASSUME }, { parent });
    const executionRole = new aws.iam.Role(`${name}-execution`, { assumeRolePolicy: TASKS_MAY_ASSUME }, { parent });
    new aws.iam.RolePolicyAttachment(`${name}-execution-${shortHash(EXECUTION_POLICY)}`, { role: executionRole.name, policyArn: EXECUTION_POLICY }, { parent });
    const containerDefinitions = definitions(inputs, logGroup, shell);
    const { container: _one, containers: _many, ...rest } = inputs;
    const taskDefinition = new aws.ecs.TaskDefinition(
      name,
      {
        networkMode: "awsvpc",
        ...(compatibility === "FARGATE" ? sizes(containerDefinitions) : {}),
        ...rest,
        requiresCompatibilities: [compatibility],
        taskRoleArn: taskRole.arn,
        executionRoleArn: executionRole.arn,
        family: rest.family ?? containerDefinitions.apply((text) => `${name}-${shortHash(pulumi.getStack() + text)}`),
        containerDefinitions,
      },
      { parent },
    );
    const outputs = { taskDefinition, logGroup, taskRole, executionRole, loadBalancers: [] };
    shell.finish({});
    return { resource: shell, outputs };
  };
}

/** The JSON text of all containers; it waits for the log group, the account and the region, as the real one does. */
function definitions(inputs: pulumi.Inputs, logGroup: aws.cloudwatch.LogGroup, parent: pulumi.Resource): pulumi.Output<string> {
  const given = pulumi.all([inputs.container, inputs.containers]) as pulumi.Output<[Container | undefined, Readonly<Record<string, Container>> | undefined]>;
  const region = aws.getRegionOutput({}, { parent });
  return pulumi.all([given, logGroup.name, region.region]).apply(([[one, many], group, where]) => {
    const containers = many ?? (one === undefined ? {} : { [one.name ?? "container"]: one });
    const named = Object.entries(containers)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, container]) => ({
        logConfiguration: {
          logDriver: "awslogs",
          options: { "awslogs-group": group, "awslogs-region": where, "awslogs-stream-prefix": name },
        },
        ...container,
        name,
      }));
    return JSON.stringify(named);
  });
}

/** The smallest Fargate size is enough here; like the real one it is known only once the containers are. */
function sizes(containerDefinitions: pulumi.Output<string>): { readonly cpu: pulumi.Output<string>; readonly memory: pulumi.Output<string> } {
  return { cpu: containerDefinitions.apply(() => "256"), memory: containerDefinitions.apply(() => "512") };
}

/** `awsx.ecs.FargateService` and `EC2Service`. */
export function makeService(compatibility: Compatibility): Maker {
  return (name, inputs, options): Component => {
    const shell = new Shell(`awsx:ecs:${COMPONENT_NAMES[compatibility]}Service`, name, options);
    const parent = shell;
    const { taskDefinition: existing, taskDefinitionArgs, assignPublicIp, continueBeforeSteadyState, useClusterDefaultCapacityProviderStrategy, ...rest } = inputs;
    const made = taskDefinitionArgs === undefined ? undefined : makeTaskDefinition(compatibility)(name, taskDefinitionArgs as pulumi.Inputs, { parent });
    const taskDefinition = made?.outputs.taskDefinition as aws.ecs.TaskDefinition | undefined;
    const chosen = taskDefinition?.arn ?? (existing as pulumi.Input<string> | undefined);
    if (chosen === undefined) {
      throw new Error("Either `taskDefinition` or `taskDefinitionArgs` must be provided.");
    }
    const usesProviders = rest.capacityProviderStrategies !== undefined || useClusterDefaultCapacityProviderStrategy !== undefined;
    const service = new aws.ecs.Service(
      name,
      {
        ...(compatibility === "FARGATE" ? { desiredCount: 1, networkConfiguration: network(name, assignPublicIp as pulumi.Input<boolean> | undefined, parent) } : {}),
        ...rest,
        ...(usesProviders ? {} : { launchType: compatibility }),
        waitForSteadyState: pulumi.output(continueBeforeSteadyState as boolean | undefined).apply((skip) => skip !== true),
        taskDefinition: chosen,
      },
      { parent },
    );
    shell.finish({});
    return { resource: shell, outputs: { service, ...(taskDefinition === undefined ? {} : { taskDefinition }) } };
  };
}

/** The subnets of the default VPC and a security group, which a service gets where the program says nothing. */
function network(name: string, assignPublicIp: pulumi.Input<boolean> = false, parent: pulumi.Resource): pulumi.Input<aws.types.input.ecs.ServiceNetworkConfiguration> {
  const vpc = aws.ec2.getVpcOutput({ default: true }, { parent });
  const subnets = aws.ec2.getSubnetsOutput({ filters: [{ name: "vpc-id", values: [vpc.id] }] }, { parent });
  const group = new aws.ec2.SecurityGroup(
    `${name}-sg`,
    {
      vpcId: vpc.id,
      ingress: [{ fromPort: 0, toPort: 0, protocol: "-1", cidrBlocks: ["0.0.0.0/0"], ipv6CidrBlocks: ["::/0"] }],
      egress: [{ fromPort: 0, toPort: 65535, protocol: "tcp", cidrBlocks: ["0.0.0.0/0"], ipv6CidrBlocks: ["::/0"] }],
    },
    { parent },
  );
  return { subnets: subnets.ids, assignPublicIp, securityGroups: [group.id] };
}
