import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** A port of a container; naming a target group instead of numbers is what awsx adds to ECS. */
interface PortMapping {
  readonly containerPort?: number | undefined;
  readonly hostPort?: number | undefined;
  readonly protocol?: string | undefined;
  readonly targetGroup?: { readonly arn: pulumi.Input<string>; readonly port: pulumi.Input<number | undefined> } | undefined;
}

interface Container {
  readonly [property: string]: unknown;
  readonly name?: string | undefined;
  readonly portMappings?: readonly PortMapping[] | undefined;
  readonly logConfiguration?: unknown;
}

/**
 * The containers by name. Of one single container nothing but its name need be known, of several all must be: a
 * difference of the real component that shows in what a service waits for.
 */
export type Containers = pulumi.Output<Readonly<Record<string, pulumi.Input<Container>>>>;

/** @throws Error unless a component is given either one or several */
export function containersOf({ container, containers }: pulumi.Inputs): Containers {
  if ((container === undefined) === (containers === undefined)) {
    throw new Error("Exactly one of [container] or [containers] must be provided");
  }
  if (containers !== undefined) {
    return pulumi.output(containers as Record<string, Container>);
  }
  const one = container as pulumi.Inputs;
  return pulumi.output(one.name as pulumi.Input<string | undefined>).apply((name) => ({ [name ?? "container"]: one }));
}

/** The JSON text of all containers, sorted by name; each logs to the group unless it says otherwise. */
export function definitions(containers: Containers, logGroup: aws.cloudwatch.LogGroup | undefined): pulumi.Output<string> {
  const logs = logGroup === undefined ? pulumi.output(undefined) : pulumi.output({ group: logGroup.name, region: aws.getRegionOutput({}, { parent: logGroup }).region });
  return containers.apply((byName) => {
    const sorted = Object.entries(byName).sort(([a], [b]) => a.localeCompare(b));
    const made = sorted.map(([name, container]) => pulumi.all([container, logs]).apply(([known, logsTo]) => definition(name, known as Container, logsTo)));
    return pulumi.all(made).apply((list) => JSON.stringify(list));
  });
}

function definition(name: string, container: Container, logs: { readonly group: string; readonly region: string } | undefined): pulumi.Output<object> {
  const logConfiguration = logs && {
    logDriver: "awslogs",
    options: { "awslogs-group": logs.group, "awslogs-region": logs.region, "awslogs-stream-prefix": name },
  };
  return pulumi.output(container.portMappings?.map(ports)).apply((portMappings) => ({
    ...container,
    portMappings,
    name,
    logConfiguration: container.logConfiguration ?? logConfiguration,
  }));
}

function ports({ targetGroup, ...mapping }: PortMapping): pulumi.Output<object> {
  return pulumi.output(targetGroup?.port).apply((port) => ({
    ...mapping,
    containerPort: mapping.containerPort ?? mapping.hostPort ?? port,
    hostPort: mapping.hostPort ?? port ?? mapping.containerPort,
  }));
}

/** What the service gets from the target groups that the containers name. */
export function loadBalancers(containers: Containers): pulumi.Output<aws.types.output.ecs.ServiceLoadBalancer[]> {
  return containers.apply((byName) => {
    const each = Object.entries(byName).map(([containerName, container]) =>
      pulumi.output((container as Container).portMappings).apply((mappings) => balanced(containerName, (mappings ?? []) as readonly PortMapping[])),
    );
    return pulumi.all(each).apply((lists) => lists.flat());
  });
}

function balanced(containerName: string, mappings: readonly PortMapping[]): pulumi.Output<aws.types.output.ecs.ServiceLoadBalancer[]> {
  const groups = mappings.flatMap(({ targetGroup }) => (targetGroup === undefined ? [] : [targetGroup]));
  return pulumi.all(
    groups.map(({ arn, port }) => pulumi.all([arn, port]).apply(([targetGroupArn, containerPort]) => ({ containerName, containerPort: containerPort ?? 0, targetGroupArn }))),
  );
}
