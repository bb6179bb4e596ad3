import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Shell, shortHash } from "./component";
import type { Component, Maker } from "./component";
import { containersOf, definitions, loadBalancers } from "./containers";

type Compatibility = "FARGATE" | "EC2";

const COMPONENT_NAMES = { FARGATE: "Fargate", EC2: "EC2" } as const;
const TASKS_MAY_ASSUME = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Action: "sts:AssumeRole", Principal: { Service: "ecs-tasks.amazonaws.com" }, Effect: "Allow", Sid: "" }],
});
const EXECUTION_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";

/** `awsx.ecs.FargateTaskDefinition` and `EC2TaskDefinition`. */
export function makeTaskDefinition(compatibility: Compatibility): Maker {
  return (name, inputs, options) => {
    const parent = new Shell(`awsx:ecs:${COMPONENT_NAMES[compatibility]}TaskDefinition`, name, options);
    const { container: _one, containers: _many, logGroup: logs, taskRole: taskRoleArgs, executionRole: executionRoleArgs, ...rest } = inputs;
    const containers = containersOf(inputs);
    const logGroup = (logs as Choice | undefined)?.skip === true ? undefined : new aws.cloudwatch.LogGroup(name, {}, { parent });
    const taskRole = makeRole(`${name}-task`, taskRoleArgs as Choice | undefined, [], parent);
    const executionRole = makeRole(`${name}-execution`, executionRoleArgs as Choice | undefined, [EXECUTION_POLICY], parent);
    const containerDefinitions = definitions(containers, logGroup);
    const family = containerDefinitions.apply((text) => `${name}-${shortHash(pulumi.getStack() + text)}`);
    const taskDefinition = new aws.ecs.TaskDefinition(
      name,
      {
        networkMode: "awsvpc",
        ...(compatibility === "FARGATE" ? sizes(containerDefinitions) : {}),
        family,
        ...rest,
        requiresCompatibilities: [compatibility],
        ...(taskRole === undefined ? {} : { taskRoleArn: taskRole }),
        ...(executionRole === undefined ? {} : { executionRoleArn: executionRole }),
        containerDefinitions,
      },
      { parent },
    );
    parent.finish({});
    return { resource: parent, outputs: { taskDefinition, loadBalancers: loadBalancers(containers), ...(logGroup === undefined ? {} : { logGroup }) } };
  };
}

/** What a program may say of a role or log group that the component would make. */
interface Choice {
  readonly skip?: boolean;
  readonly roleArn?: string;
}

function makeRole(name: string, choice: Choice = {}, policies: readonly string[], parent: pulumi.Resource): pulumi.Input<string> | undefined {
  if (choice.skip === true || choice.roleArn !== undefined) {
    return choice.roleArn;
  }
  const role = new aws.iam.Role(name, { assumeRolePolicy: TASKS_MAY_ASSUME }, { parent });
  for (const policyArn of policies) {
    new aws.iam.RolePolicyAttachment(`${name}-${shortHash(policyArn)}`, { role: role.name, policyArn }, { parent });
  }
  return role.arn;
}

/** The smallest Fargate size is enough here; like the real one it is known only once the containers are. */
function sizes(containerDefinitions: pulumi.Output<string>): { readonly cpu: pulumi.Output<string>; readonly memory: pulumi.Output<string> } {
  return { cpu: containerDefinitions.apply(() => "256"), memory: containerDefinitions.apply(() => "512") };
}

/** `awsx.ecs.FargateService` and `EC2Service`. */
export function makeService(compatibility: Compatibility): Maker {
  return (name, inputs, options): Component => {
    const parent = new Shell(`awsx:ecs:${COMPONENT_NAMES[compatibility]}Service`, name, options);
    const { taskDefinition: existing, taskDefinitionArgs, assignPublicIp, continueBeforeSteadyState, useClusterDefaultCapacityProviderStrategy, ...rest } = inputs;
    const made = taskDefinitionArgs === undefined ? undefined : makeTaskDefinition(compatibility)(name, taskDefinitionArgs as pulumi.Inputs, { parent });
    const taskDefinition = made?.outputs.taskDefinition as aws.ecs.TaskDefinition | undefined;
    const chosen = taskDefinition?.arn ?? (existing as pulumi.Input<string> | undefined);
    if (chosen === undefined) {
      throw new Error("Either `taskDefinition` or `taskDefinitionArgs` must be provided.");
    }
    const usesProviders = rest.capacityProviderStrategies !== undefined || useClusterDefaultCapacityProviderStrategy !== undefined;
    const needsNetwork = compatibility === "FARGATE" && rest.networkConfiguration === undefined;
    const service = new aws.ecs.Service(
      name,
      {
        ...(compatibility === "FARGATE" ? { desiredCount: 1 } : {}),
        ...(made === undefined ? {} : { loadBalancers: made.outputs.loadBalancers as ReturnType<typeof loadBalancers> }),
        ...rest,
        ...(needsNetwork ? { networkConfiguration: network(name, assignPublicIp as pulumi.Input<boolean> | undefined, parent) } : {}),
        ...(usesProviders ? {} : { launchType: compatibility }),
        waitForSteadyState: pulumi.output(continueBeforeSteadyState as boolean | undefined).apply((skip) => skip !== true),
        taskDefinition: chosen,
      },
      { parent },
    );
    parent.finish({});
    return { resource: parent, outputs: { service, ...(taskDefinition === undefined ? {} : { taskDefinition }) } };
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
