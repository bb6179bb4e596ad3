/**
 * Stacks as the engine would describe them to a pack, written as one writes a program: resources with inputs, some
 * of which are made from outputs of other resources. A stack is rendered for three kinds of operation, because each
 * shows a pack something else:
 * - `firstPreview`: resources are about to be created, so what their providers compute is not known;
 * - `laterPreview`: everything exists and is known;
 * - `update`: inputs are known when a resource is registered, for what they are made from exists by then.
 */

import type { RecordedResource, Recording } from "./protocol";
import { imageDigest, UNKNOWN } from "./values";

/** A value that is made from outputs of resources. */
export interface Value {
  /** The resources that it is made from, as the SDK would list them. */
  readonly from: readonly string[];
  /** The value, or the sentinel if it waits for a resource that is about to be created. */
  readonly at: (operation: Operation) => unknown;
}

interface Operation {
  readonly isCreating: (urn: string) => boolean;
}

/** Inputs: JSON in which any part may be a `Value`. */
export type Inputs = Readonly<Record<string, unknown>>;

export interface Made {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly get: (output: string) => Value;
}

export interface MadeOptions {
  readonly parent?: Made;
  readonly ignoreChanges?: readonly string[];
  readonly dependsOn?: readonly Made[];
  /** Its provider leaves out of its outputs what it cannot compute yet, instead of saying that it is unknown. */
  readonly dropsUnknowns?: boolean;
  /** The provider's own configuration is not known, so the engine never asks it: no outputs at a preview. */
  readonly hasNoOutputs?: boolean;
  /** Registered by nothing in this run: kept from before by `--target` or `--refresh`. */
  readonly isUntouched?: boolean;
  /** URNs by property, in place of those that its inputs are made from. */
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
  /** Another provider than the package's default one: another account or region. */
  readonly provider?: string;
  /** The region that its provider is configured for. */
  readonly providerRegion?: string;
}

interface TypeSpec {
  readonly token: string;
  /** What the provider's Check adds to the inputs. */
  readonly check?: (inputs: Inputs, name: string) => Inputs;
  /** What the provider computes, once the resource exists. */
  readonly computed: (inputs: Inputs, name: string) => Readonly<Record<string, unknown>>;
  /** Optional and computed: not known at first if the program leaves them out, with what they become. */
  readonly filledIn?: Readonly<Record<string, unknown>>;
  /** Blocks with parts of that kind. */
  readonly filledInBlocks?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Outputs of an existing resource that are nothing like its inputs. */
  readonly outputs?: (inputs: Inputs, computed: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
  /** Computed outputs that are known at once if all inputs are. */
  readonly knownWithInputs?: (inputs: Inputs) => readonly string[];
  /** Computed outputs that are absent, not unknown, before it exists. */
  readonly absentAtFirst?: readonly string[];
  /** A component of a provider: its inputs are never sent. */
  readonly isComponent?: boolean;
}

const ACCOUNT = "111122223333";

function arn(service: string, resource: string): string {
  return `arn:aws:${service}:us-east-1:${ACCOUNT}:${resource}`;
}

function textAt(inputs: Inputs, key: string): string {
  const value = inputs[key];
  return typeof value === "string" ? value : "";
}

function autoNamed(inputs: Inputs, name: string): Inputs {
  return { name: `${name}-1a2b3c4`, ...inputs };
}

/** The repository of a reference without its tag. */
function repositoryOf(reference: string): string {
  const colon = reference.lastIndexOf(":");
  return colon > reference.lastIndexOf("/") ? reference.slice(0, colon) : reference;
}

function dockerCheck(inputs: Inputs): Inputs {
  const build = inputs["build"];
  if (typeof build === "string") {
    return { buildOnPreview: false, ...inputs };
  }
  const filled = { platform: "linux/amd64", ...(build as object | undefined) };
  return { buildOnPreview: false, ...inputs, build: filled };
}

/** Outputs of a docker `Image` after a build: flat, without `build`. */
function dockerOutputs(inputs: Inputs, computed: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const build = typeof inputs["build"] === "object" ? (inputs["build"] as Inputs) : {};
  return {
    baseImageName: inputs["imageName"],
    context: build["context"] ?? ".",
    dockerfile: build["dockerfile"] ?? "Dockerfile",
    imageName: inputs["imageName"],
    platform: build["platform"] ?? "",
    registryServer: "",
    ...computed,
  };
}

function firstTag(inputs: Inputs): string {
  const tags = inputs["tags"];
  return Array.isArray(tags) && typeof tags[0] === "string" ? tags[0] : "";
}

const AUTO_SCALING_TEMPLATE = { id: "lt-filled-in", name: "filled-in", version: "$Default" };

export const TYPES = {
  repository: {
    token: "aws:ecr/repository:Repository",
    check: autoNamed,
    computed: (inputs) => ({
      arn: arn("ecr", `repository/${textAt(inputs, "name")}`),
      id: textAt(inputs, "name"),
      repositoryUrl: `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/${textAt(inputs, "name")}`,
    }),
  },
  task: {
    token: "aws:ecs/taskDefinition:TaskDefinition",
    check: (inputs, name) => ({ family: name, ...inputs }),
    computed: (inputs) => ({ arn: arn("ecs", `task-definition/${textAt(inputs, "family")}:1`), id: textAt(inputs, "family"), revision: 1 }),
    filledIn: { networkMode: "bridge" },
  },
  expressService: {
    token: "aws:ecs/expressGatewayService:ExpressGatewayService",
    computed: (_inputs, name) => ({ serviceArn: arn("ecs", `service/default/${name}`) }),
  },
  nativeTask: {
    token: "aws-native:ecs:TaskDefinition",
    computed: (_inputs, name) => ({ taskDefinitionArn: arn("ecs", `task-definition/${name}:1`) }),
  },
  service: {
    token: "aws:ecs/service:Service",
    check: autoNamed,
    computed: (inputs) => ({ arn: arn("ecs", `service/${textAt(inputs, "name")}`), id: arn("ecs", `service/${textAt(inputs, "name")}`) }),
    filledIn: { cluster: arn("ecs", "cluster/default"), launchType: "EC2", platformVersion: "", iamRole: "" },
  },
  taskSet: {
    token: "aws:ecs/taskSet:TaskSet",
    computed: (_inputs, name) => ({ arn: arn("ecs", `task-set/${name}`), taskSetId: `ecs-svc/${name}` }),
  },
  eventTarget: {
    token: "aws:cloudwatch/eventTarget:EventTarget",
    computed: (inputs, name) => ({ id: `${textAt(inputs, "rule")}-${name}`, targetId: name }),
  },
  schedule: {
    token: "aws:scheduler/schedule:Schedule",
    check: autoNamed,
    computed: (inputs) => ({ arn: arn("scheduler", `schedule/default/${textAt(inputs, "name")}`), id: textAt(inputs, "name") }),
  },
  pipe: {
    token: "aws:pipes/pipe:Pipe",
    check: autoNamed,
    computed: (inputs) => ({ arn: arn("pipes", `pipe/${textAt(inputs, "name")}`), id: textAt(inputs, "name") }),
  },
  cluster: {
    token: "aws:ecs/cluster:Cluster",
    check: autoNamed,
    computed: (inputs) => ({ arn: arn("ecs", `cluster/${textAt(inputs, "name")}`), id: arn("ecs", `cluster/${textAt(inputs, "name")}`) }),
    filledIn: { settings: [] },
  },
  clusterProviders: {
    token: "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    computed: (inputs) => ({ id: textAt(inputs, "clusterName") }),
  },
  capacityProvider: {
    token: "aws:ecs/capacityProvider:CapacityProvider",
    check: autoNamed,
    computed: (inputs) => ({ arn: arn("ecs", `capacity-provider/${textAt(inputs, "name")}`), id: textAt(inputs, "name") }),
  },
  launchTemplate: {
    token: "aws:ec2/launchTemplate:LaunchTemplate",
    check: autoNamed,
    computed: (inputs) => ({ arn: arn("ec2", `launch-template/lt-${textAt(inputs, "name")}`), id: `lt-${textAt(inputs, "name")}`, latestVersion: 7 }),
    filledIn: { defaultVersion: 1 },
  },
  launchConfiguration: {
    token: "aws:ec2/launchConfiguration:LaunchConfiguration",
    check: autoNamed,
    computed: (inputs) => ({ arn: arn("autoscaling", textAt(inputs, "name")), id: textAt(inputs, "name") }),
  },
  instance: {
    token: "aws:ec2/instance:Instance",
    computed: (_inputs, name) => ({ arn: arn("ec2", `instance/i-${name}`), id: `i-${name}` }),
    filledIn: { ami: "ami-filledin", instanceType: "m1.small" },
    filledInBlocks: { launchTemplate: { id: "lt-filled-in", name: "filled-in" } },
  },
  group: {
    token: "aws:autoscaling/group:Group",
    check: autoNamed,
    computed: (inputs) => ({ arn: arn("autoscaling", `group/${textAt(inputs, "name")}`), id: textAt(inputs, "name") }),
    filledInBlocks: { launchTemplate: AUTO_SCALING_TEMPLATE },
  },
  nodeGroup: {
    token: "aws:eks/nodeGroup:NodeGroup",
    computed: (_inputs, name) => ({ arn: arn("eks", `nodegroup/${name}`), id: name }),
  },
  ami: {
    token: "aws:ec2/ami:Ami",
    check: (inputs, name) => ({ name, architecture: "x86_64", ...inputs }),
    computed: (_inputs, name) => ({ arn: arn("ec2", `image/ami-${name}`), id: `ami-${name}` }),
  },
  ssmParameter: {
    token: "aws:ssm/parameter:Parameter",
    check: autoNamed,
    computed: (inputs) => ({ arn: arn("ssm", `parameter${textAt(inputs, "name")}`), id: textAt(inputs, "name"), version: 1 }),
  },
  amiCopy: {
    token: "aws:ec2/amiCopy:AmiCopy",
    check: (inputs, name) => ({ name, ...inputs }),
    computed: (_inputs, name) => ({ arn: arn("ec2", `image/ami-${name}`), id: `ami-${name}` }),
    filledIn: { architecture: "" },
  },
  amiFromInstance: {
    token: "aws:ec2/amiFromInstance:AmiFromInstance",
    check: (inputs, name) => ({ name, ...inputs }),
    computed: (_inputs, name) => ({ arn: arn("ec2", `image/ami-${name}`), id: `ami-${name}` }),
    filledIn: { architecture: "" },
  },
  docker: {
    token: "docker:index/image:Image",
    check: dockerCheck,
    computed: (inputs, name) => ({ repoDigest: `${repositoryOf(textAt(inputs, "imageName"))}@${imageDigest(name)}` }),
    outputs: dockerOutputs,
    absentAtFirst: ["repoDigest"],
  },
  remoteImage: {
    token: "docker:index/remoteImage:RemoteImage",
    computed: (inputs, name) => ({ imageId: imageDigest(name), repoDigest: `${repositoryOf(textAt(inputs, "name"))}@${imageDigest(name)}` }),
  },
  registryImage: {
    token: "docker:index/registryImage:RegistryImage",
    computed: (_inputs, name) => ({ sha256Digest: imageDigest(name) }),
  },
  /** The component of docker 3, whose own inputs are its outputs too. */
  docker3: {
    token: "docker:image:Image",
    computed: (inputs) => ({ baseImageName: textAt(inputs, "imageName"), imageName: `${textAt(inputs, "imageName")}-${imageDigest("id").slice(7)}` }),
  },
  dockerBuild: {
    token: "docker-build:index:Image",
    computed: (inputs, name) => ({ contextHash: "abc", digest: imageDigest(name), ref: firstTag(inputs) === "" ? "" : `${firstTag(inputs)}@${imageDigest(name)}` }),
    knownWithInputs: (inputs) => (inputs["buildOnPreview"] === false ? [] : ["contextHash", "digest", "ref"]),
  },
  dockerBuildIndex: {
    token: "docker-build:index:Index",
    computed: (inputs, name) => ({ ref: `${textAt(inputs, "tag")}@${imageDigest(name)}` }),
  },
  awsxImage: {
    token: "awsx:ecr:Image",
    computed: (inputs, name) => ({ imageUri: `${textAt(inputs, "repositoryUrl")}@${imageDigest(`${name}-container`)}` }),
    isComponent: true,
  },
  awsxFargateService: {
    token: "awsx:ecs:FargateService",
    computed: () => ({}),
    isComponent: true,
  },
  command: {
    token: "command:local:Command",
    computed: () => ({ stdout: "done", stderr: "" }),
  },
  project: {
    token: "aws:codebuild/project:Project",
    check: autoNamed,
    computed: (inputs) => ({ arn: arn("codebuild", `project/${textAt(inputs, "name")}`), id: textAt(inputs, "name") }),
  },
  bucket: {
    token: "aws:s3/bucket:Bucket",
    computed: (_inputs, name) => ({ arn: `arn:aws:s3:::${name}`, id: name }),
  },
} as const satisfies Record<string, TypeSpec>;

export type TypeName = keyof typeof TYPES;

function isValue(raw: unknown): raw is Value {
  return typeof raw === "object" && raw !== null && "from" in raw && "at" in raw && typeof raw.at === "function";
}

function resolve(raw: unknown, operation: Operation): unknown {
  if (isValue(raw)) {
    return raw.at(operation);
  }
  if (Array.isArray(raw)) {
    return raw.map((item) => resolve(item, operation));
  }
  if (typeof raw === "object" && raw !== null) {
    return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, resolve(value, operation)]));
  }
  return raw;
}

function sourcesOf(raw: unknown): readonly string[] {
  if (isValue(raw)) {
    return raw.from;
  }
  return typeof raw === "object" && raw !== null ? [...new Set(Object.values(raw).flatMap(sourcesOf))] : [];
}

function isKnown(raw: unknown): boolean {
  return !JSON.stringify(raw ?? null).includes(UNKNOWN);
}

/** What `make` makes of parts, unknown as a whole as long as one of them is: as `apply`, `interpolate` and `all` do. */
function made(parts: readonly unknown[], make: (known: readonly unknown[]) => unknown): Value {
  return {
    from: sourcesOf(parts),
    at: (operation) => {
      const known = parts.map((part) => resolve(part, operation));
      return isKnown(known) ? make(known) : UNKNOWN;
    },
  };
}

/** A text with values in it: text`${repository.get("repositoryUrl")}:1` */
export function text(words: TemplateStringsArray, ...parts: readonly unknown[]): Value {
  return made(parts, (known) => words.map((word, index) => word + (index < known.length ? String(known[index]) : "")).join(""));
}

/** `jsonStringify` */
export function json(value: unknown): Value {
  return made([value], ([known]) => JSON.stringify(known));
}

/** A value that comes from outside of the stack (`.get()`, a StackReference): known or not, it is made from nothing here. */
export function outside(value?: unknown): { readonly value: Value; readonly property: readonly string[] } {
  return { value: { from: [], at: () => value ?? UNKNOWN }, property: [] };
}

const OPERATION_OF_EXISTING: Operation = { isCreating: () => false };

interface Entry {
  readonly made: Made;
  /** Its name in the program, from which its provider makes names and ids. */
  readonly name: string;
  readonly spec: TypeSpec;
  readonly inputs: Inputs;
  readonly options: MadeOptions;
  /** Registered only while none of these is about to be created. */
  readonly after: readonly string[];
}

function providerOf(token: string, { provider: chosen, providerRegion }: MadeOptions): NonNullable<RecordedResource["provider"]> {
  const name = chosen ?? "default";
  const type = `pulumi:providers:${token.split(":")[0] ?? ""}`;
  return { type, urn: `urn:pulumi:test::app::${type}::${name}`, name, properties: providerRegion === undefined ? {} : { region: providerRegion } };
}

function withBlocks(spec: TypeSpec, outputs: Record<string, unknown>, isCreating: boolean): void {
  for (const [key, parts] of Object.entries(spec.filledInBlocks ?? {})) {
    const block = outputs[key];
    if (typeof block === "object" && block !== null) {
      const missing = Object.entries(parts).filter(([part]) => !(part in block));
      outputs[key] = { ...block, ...Object.fromEntries(missing.map(([part, value]) => [part, isCreating ? UNKNOWN : value])) };
    }
  }
}

/** The computed outputs as they are known in an operation. */
function computedAt(entry: Entry, operation: Operation): Record<string, unknown> {
  const { name, made: { urn }, spec, inputs } = entry;
  const resolved = checked(entry, operation);
  const eventual = spec.computed(checked(entry, OPERATION_OF_EXISTING), name);
  if (!operation.isCreating(urn)) {
    return { ...eventual };
  }
  const early = isKnown(resolved) ? (spec.knownWithInputs?.(inputs) ?? []) : [];
  return Object.fromEntries(Object.entries(eventual).map(([key, value]) => [key, early.includes(key) ? value : UNKNOWN]));
}

function checked({ spec, inputs, name }: Entry, operation: Operation): Inputs {
  const resolved = resolve(inputs, operation) as Inputs;
  return spec.check === undefined ? resolved : spec.check(resolved, name);
}

function outputsAt(entry: Entry, operation: Operation): Record<string, unknown> {
  const { made: { urn }, spec, options } = entry;
  const isCreating = operation.isCreating(urn);
  if (isCreating && options.hasNoOutputs === true) {
    return {};
  }
  const inputs = checked(entry, operation);
  const computed = computedAt(entry, operation);
  if (isCreating) {
    for (const key of spec.absentAtFirst ?? []) {
      delete computed[key];
    }
  }
  if (spec.isComponent === true) {
    return computed;
  }
  if (!isCreating && spec.outputs !== undefined) {
    return { ...spec.outputs(inputs, computed) };
  }
  const filledIn = Object.entries(spec.filledIn ?? {}).map(([key, value]) => [key, isCreating ? UNKNOWN : value] as const);
  const outputs: Record<string, unknown> = { ...Object.fromEntries(filledIn), ...inputs, ...computed };
  withBlocks(spec, outputs, isCreating);
  return options.dropsUnknowns === true ? Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== UNKNOWN)) : outputs;
}

function dependenciesOf({ inputs, options }: Entry): Readonly<Record<string, readonly string[]>> {
  const own = Object.entries(inputs).map(([key, value]) => [key, sourcesOf(value)] as const);
  return options.propertyDependencies ?? Object.fromEntries(own.filter(([, from]) => from.length > 0));
}

export class StackBuilder {
  private readonly entries: Entry[] = [];

  /** @param called what resources are called in the end, by their names in the program: each gets another name */
  constructor(readonly called: (name: string) => string = (name) => name) {}

  /** Adds a resource. They are registered in the order in which they are added. */
  add(type: TypeName, name: string, inputs: Inputs = {}, options: MadeOptions = {}): Made {
    return this.addAfter(type, name, inputs, options, []);
  }

  /**
   * `awsx.ecr.Image`: a component of a provider. Its build is registered by the provider, once the repository's URL
   * is known: at the first preview there is none.
   */
  awsxImage(name: string, repository: Made, build: Inputs, options: MadeOptions = {}): Made {
    const url = repository.get("repositoryUrl");
    const component = this.add("awsxImage", name, { repositoryUrl: url }, options);
    const inputs = { push: true, tags: [text`${url}:latest`], ...build };
    const child = this.addAfter("dockerBuild", `${name}-container`, inputs, { parent: component }, [repository.urn]);
    const uri = component.get("imageUri");
    return { ...component, get: (output) => (output === "imageUri" ? { ...uri, from: [component.urn, child.urn] } : component.get(output)) };
  }

  private addAfter(type: TypeName, name: string, inputs: Inputs, options: MadeOptions, after: readonly string[]): Made {
    const spec: TypeSpec = TYPES[type];
    const parent = options.parent === undefined ? "" : `${options.parent.type}$`;
    const called = this.called(name);
    const urn = `urn:pulumi:test::app::${parent}${spec.token}::${called}`;
    const get = (output: string): Value => ({
      from: [urn],
      at: (operation) => {
        const outputs: Record<string, unknown> = { ...outputsAt(entry, operation), ...computedAt(entry, operation) };
        return outputs[output];
      },
    });
    const resource: Made = { urn, type: spec.token, name: called, get };
    const entry: Entry = { made: resource, name, spec, inputs, options, after };
    this.entries.push(entry);
    return resource;
  }

  /** A preview in which everything is new, apart from the resources that exist already. */
  firstPreview(existing: readonly Made[] = []): Recording {
    return this.render({ isCreating: (urn) => !existing.some((each) => each.urn === urn) }, true);
  }

  /** A preview in which everything exists and nothing changes, apart from the resources that are about to be replaced. */
  laterPreview(changing: readonly Made[] = []): Recording {
    return this.render({ isCreating: (urn) => changing.some((each) => each.urn === urn) }, true);
  }

  /** An update that creates everything. */
  update(): Recording {
    return this.render(OPERATION_OF_EXISTING, false);
  }

  private render(operation: Operation, dryRun: boolean): Recording {
    const registered = this.entries.filter(({ after }) => !after.some(operation.isCreating));
    return {
      stack: { stack: "test", project: "app", organization: "organization", dryRun },
      analyze: registered
        .filter(({ options }) => options.isUntouched !== true)
        .map((entry) => ({ ...this.common(entry), properties: entry.spec.isComponent === true ? {} : checked(entry, operation) })),
      analyzeStack: registered.map((entry) => {
        const propertyDependencies = dependenciesOf(entry);
        const explicit = (entry.options.dependsOn ?? []).map(({ urn }) => urn);
        return {
          ...this.common(entry),
          properties: outputsAt(entry, operation),
          propertyDependencies,
          dependencies: [...new Set([...explicit, ...Object.values(propertyDependencies).flat()])],
        };
      }),
    };
  }

  private common({ made: { urn, type, name }, options }: Entry): RecordedResource {
    return {
      urn,
      type,
      name,
      ...(options.parent === undefined ? {} : { parent: options.parent.urn }),
      options: { ignoreChanges: options.ignoreChanges ?? [] },
      provider: providerOf(type, options),
    };
  }
}

/** The three operations that every stack is tried in. */
export const OPERATIONS = ["firstPreview", "laterPreview", "update"] as const;
