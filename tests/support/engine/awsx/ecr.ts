import * as aws from "@pulumi/aws";
import * as docker from "@pulumi/docker";
import * as dockerBuild from "@pulumi/docker-build";
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { Shell, shortHash } from "./component";
import type { Component } from "./component";

const VERSION = process.env.CPU_ARCHITECTURE_AWSX_VERSION ?? "";

interface ImageArgs {
  readonly repositoryUrl: string;
  readonly registryId?: string;
  readonly imageName?: string;
  readonly imageTag?: string;
  readonly context?: string;
  readonly dockerfile?: string;
  readonly args?: Readonly<Record<string, string>>;
  readonly platform?: dockerBuild.Platform;
  readonly target?: string;
  readonly cacheFrom?: readonly string[];
}

/** How the version of awsx that is played builds: 2.20 and later, 2.0 to 2.19, and 1.x, which does it without a resource. */
const BUILDERS: Readonly<Record<string, (args: ImageArgs, parent: pulumi.Resource) => pulumi.Output<string>>> = {
  "1.0": buildWithin,
  "2.19": buildByDocker,
  "3.9": build,
};

/** `awsx.ecr.Image`: nothing is built before all its inputs are known, so a first preview shows no build. */
export function makeImage(name: string, inputs: pulumi.Inputs, options: pulumi.ComponentResourceOptions): Component {
  const shell = new Shell("awsx:ecr:Image", name, options);
  const imageUri = pulumi.output(inputs).apply((args) => (BUILDERS[VERSION] ?? build)(args as ImageArgs, shell));
  return shell.finish({ imageUri });
}

function build(args: ImageArgs, parent: pulumi.Resource): pulumi.Output<string> {
  const imageName = args.imageName ?? args.imageTag ?? `${shortHash(signature(args))}-container`;
  const tag = `${args.repositoryUrl}:${imageName}`;
  const registryId = args.registryId ?? args.repositoryUrl.replace(/^https:\/\//, "").split(".")[0] ?? "";
  const login = aws.ecr.getAuthorizationTokenOutput({ registryId }, { parent });
  const cacheFrom = (args.cacheFrom ?? [tag]).map((ref) => ({ registry: { ref } }));
  const image = new dockerBuild.Image(
    imageName,
    {
      tags: [tag],
      ...(args.args === undefined ? {} : { buildArgs: args.args }),
      cacheFrom,
      cacheTo: [{ inline: {} }],
      context: { location: args.context ?? "." },
      dockerfile: args.dockerfile === undefined ? {} : { location: args.dockerfile },
      platforms: args.platform === undefined ? [] : [args.platform],
      ...(args.target === undefined ? {} : { target: args.target }),
      push: true,
      registries: [{ address: login.proxyEndpoint, username: login.userName, password: login.password }],
    },
    { parent },
  );
  return pulumi.all([image.ref, image.digest]).apply(([ref, digest]) => (digest === "" ? ref : `${args.repositoryUrl}@${digest}`));
}

/** As awsx 2.19 did it: by the docker provider (pulumi-awsx v2.19.0, awsx/ecr/image.ts). */
function buildByDocker(args: ImageArgs, parent: pulumi.Resource): pulumi.Output<string> {
  const imageName = args.imageName ?? args.imageTag ?? `${shortHash(signature(args))}-container`;
  const { context, dockerfile, platform, target, args: buildArgs } = args;
  const given = Object.entries({ context, dockerfile, platform, target, args: buildArgs }).filter(([, value]) => value !== undefined);
  const image = new docker.Image(imageName, { imageName: `${args.repositoryUrl}:${imageName}`, build: Object.fromEntries(given) }, { parent });
  return image.repoDigest;
}

/** As awsx 1.x did it: by the docker command, within the provider; nothing is registered (pulumi-awsx v1.0.3). */
function buildWithin(args: ImageArgs): pulumi.Output<string> {
  return pulumi.output(`${args.repositoryUrl}:${createHash("sha256").update(signature(args)).digest("hex")}`);
}

/** What the name of an unnamed image is made from. */
function signature({ context = ".", dockerfile, args = {} }: ImageArgs): string {
  const file = dockerfile === undefined ? "" : `;dockerfile=${dockerfile}`;
  const given = Object.entries(args).map(([key, value]) => `;arg[${key}]=${value}`);
  return context + file + given.join("") + pulumi.getStack();
}

/** `awsx.ecr.Repository`: a repository and its life cycle policy. */
export function makeRepository(name: string, inputs: pulumi.Inputs, options: pulumi.ComponentResourceOptions): Component {
  const shell = new Shell("awsx:ecr:Repository", name, options);
  const { lifecyclePolicy: _rules, ...args } = inputs;
  const repository = new aws.ecr.Repository(name.toLowerCase(), args, { parent: shell });
  const policy = {
    rules: [
      {
        rulePriority: 1,
        description: "remove untagged images",
        selection: { tagStatus: "untagged", countType: "imageCountMoreThan", countNumber: 1 },
        action: { type: "expire" },
      },
    ],
  } as const;
  const lifecyclePolicy = new aws.ecr.LifecyclePolicy(name.toLowerCase(), { repository: repository.name, policy: { rules: [...policy.rules] } }, { parent: shell });
  shell.finish({ repository, lifecyclePolicy });
  return { resource: shell, outputs: { repository, lifecyclePolicy, url: repository.repositoryUrl } };
}
