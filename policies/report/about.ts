/** What the pack says of itself: Pulumi Cloud shows it. */

export const DISPLAY_NAME = "CPU architecture";

/** One sentence; PulumiPolicy.yaml and package.json have their own. */
export const DESCRIPTION = "Denies a stack whose ECS tasks, container images, AMIs and instance types disagree about the CPU architecture.";

export const TAGS: readonly string[] = ["aws", "ecs", "fargate", "ec2", "graviton", "arm64", "docker", "cpu-architecture"];

/** Markdown. */
export const README = `# CPU architecture

Stops a deployment whose parts disagree about the CPU: an ECS task definition's \`runtimePlatform\`, the platform that its container images are built for, and the AMI and instance types that it would run on. It says so at preview, instead of an \`exec format error\` after the deployment.

- It denies only what it knows. What cannot be told from the stack is listed by \`architecture-undetermined\`, on request.
- It asks no registry and no AWS account unless you switch that on, and quotes no secrets.
- Facts that a stack cannot tell, and exemptions with a reason, are options of \`cpu-architecture-settings\`. Disabling that policy loses them.
- To start softly, make the mandatory policies advisory first.

Each policy has a page in the folder docs/rules of the npm package \`pulumi-cpu-architecture\`.
`;
