// What generated stacks found, shrunk and kept: worlds on which the pack and the reference once disagreed, and values that,
// once unknown, added a denial.
import assert from "node:assert/strict";
import type { Recording } from "../support/protocol";
import { compare } from "./compare";
import { findIn } from "./findings";
import { replaceAt } from "./generator/mutations/places";
import { SENTINELS } from "./generator/mutations/unknowns";
import { render } from "./generator/render";
import { PHASES, type App, type Builder, type Launcher, type Machines, type Provider, type Spelled, type Task, type World } from "./generator/world";

const AMD64: Spelled = { text: "linux/amd64", os: "linux", architecture: "amd64" };
const ARM64: Spelled = { text: "linux/arm64", os: "linux", architecture: "arm64" };
const S390X: Spelled = { text: "linux/s390x", os: "linux", architecture: "s390x" };
const M5 = { is: "type", type: "m5.large", arch: "amd64" } as const;
const M7G = { is: "type", type: "m7g.large", arch: "arm64" } as const;

function builder(name: string, kind: Builder["kind"], platforms: readonly Spelled[], tag = "1"): Builder {
  return { name, kind, repository: 0, tag, platforms };
}

function task(parts: Partial<Task>): Task {
  return {
    name: "task",
    form: "aws",
    cpu: undefined,
    os: undefined,
    compatibilities: undefined,
    containers: [{ how: "tag", builder: 0 }],
    hasComputedPart: false,
    definitions: "own",
    dependsOn: [],
    comesFirst: false,
    constraint: undefined,
    ...parts,
  };
}

function service(parts: Partial<Launcher>): Launcher {
  return {
    name: "service",
    kind: "service",
    task: 0,
    taskBy: "arn",
    cluster: "own",
    where: { launchType: "EC2" },
    count: "two",
    isDaemon: false,
    leavesItToTaskSets: false,
    constraint: undefined,
    ...parts,
  };
}

function app(parts: Partial<App>): App {
  return {
    repositories: [{ name: "repository", kind: "ecr", exists: false }],
    builders: [builder("image", "docker-build", [AMD64])],
    tasks: [task({})],
    cluster: { name: "cluster", capacity: undefined, joined: [] },
    providers: [],
    launchers: [],
    ...parts,
  };
}

function world(apps: readonly App[], machines: readonly Machines[] = []): World {
  return { host: "amd64", apps, machines, wanderers: 0, strangers: 0 };
}

function pool(name: string, starter: Machines["starter"]): Provider {
  return { name, of: { is: "group", machines: { name: `${name}-group`, starter, maxSize: 4 }, by: "arn" } };
}

const X86: Task = task({ cpu: "X86_64" });

const WORLDS: Readonly<Record<string, World>> = {
  "a CodeBuild project that hides what it pushes to a new repository, beside another image of it": world([
    app({ builders: [builder("image", "docker-build, exports", [ARM64]), builder("other", "codebuild", [AMD64])], tasks: [X86] }),
  ]),
  "an image that is exported to a new repository": world([app({ builders: [builder("image", "docker-build, exports", [ARM64])], tasks: [X86] })]),
  "a template whose place every override takes": world([], [
    {
      name: "group",
      maxSize: 4,
      starter: { is: "mixed group", by: "id", template: { name: "base", ami: "x86 Linux", types: M7G }, overrides: [{ types: M5, template: { name: "own", ami: "x86 Linux", types: undefined } }] },
    },
  ]),
  "a spot fleet with an AMI of the stack and one of another": world([], [
    { name: "fleet", maxSize: 4, starter: { is: "spot fleet", specifications: [{ ami: "outside", type: M5 }, { ami: "copy of arm64", type: M7G }] } },
  ]),
  "an old version of a template for Windows": world([
    app({
      tasks: [task({ compatibilities: ["EC2"], containers: [{ how: "public" }] })],
      providers: [pool("pool", { is: "group", template: { name: "template", ami: "x86 Windows", types: undefined }, version: "9", by: "id" })],
      launchers: [service({ where: { strategy: [{ provider: 0, weight: 1, base: undefined }] }, constraint: { expression: "attribute:ecs.cpu-architecture == arm64", leaves: ["arm64"], isOnlyAboutCpu: true } })],
    }),
  ]),
  "an image that runs nowhere, of a task that a service starts on Fargate": world([
    app({ builders: [builder("image", "docker-build", [S390X])], launchers: [service({ where: { launchType: "FARGATE" } })] }),
  ]),
  "two images of one task, of which an update is told one twice": world([
    app({
      repositories: [{ name: "one", kind: "literal", exists: false }],
      builders: [builder("image", "docker-build", [AMD64]), builder("other", "docker", [ARM64], "2")],
      tasks: [task({ containers: [{ how: "other digest", builder: 1 }, { how: "tag", builder: 0 }, { how: "tag", builder: 1 }] })],
    }),
  ]),
};

describe("generated stacks: found before, agreement", () => {
  for (const [what, found] of Object.entries(WORLDS)) {
    for (const phase of PHASES) {
      it(`${what}: ${phase}`, () => {
        assert.deepEqual(compare(found, phase).problems, []);
      });
    }
  }
});

/** One value that becomes unknown: of which resource, by its name, and how inputs and outputs say it. */
interface Forgotten {
  readonly world: World;
  readonly name: string;
  readonly path: readonly (string | number)[];
  readonly output: unknown;
}

const ON_POOL = service({ where: { strategy: [{ provider: 0, weight: 1, base: undefined }, { provider: 1, weight: 0, base: 5 }] }, count: "two" });
const X86_POOL = pool("pool", { is: "group", template: { name: "template", ami: "x86 Linux", types: M5 }, version: "$Latest", by: "id" });
const ARM_POOL = pool("other", { is: "group", template: { name: "other-template", ami: "arm64 Linux", types: M7G }, version: "$Latest", by: "id" });
const ARM_IMAGE = builder("image", "docker-build", [ARM64]);
const TEXT = SENTINELS[0];

const FORGOTTEN: Readonly<Record<string, Forgotten>> = {
  "an item of a strategy, of which the output is null": {
    world: world([app({ builders: [ARM_IMAGE], providers: [X86_POOL, ARM_POOL], launchers: [ON_POOL] })]),
    name: "service",
    path: ["capacityProviderStrategies", 1],
    output: null,
  },
  "what the task definition may be started as": {
    world: world([
      app({
        tasks: [task({ cpu: "ARM64", compatibilities: ["FARGATE"], containers: [{ how: "public" }] })],
        providers: [X86_POOL],
        launchers: [service({ where: { strategy: [{ provider: 0, weight: 1, base: undefined }] } })],
      }),
    ]),
    name: "task",
    path: ["requiresCompatibilities"],
    output: TEXT,
  },
  "the capacity providers of a cluster, of which one is elsewhere": {
    world: world([
      app({
        builders: [ARM_IMAGE],
        providers: [pool("pool", { is: "group", template: { name: "template", ami: "x86 of the stack", types: M5 }, version: "$Latest", by: "id" })],
        cluster: { name: "cluster", capacity: { defaults: [{ provider: "elsewhere", weight: 1, base: undefined }] }, joined: [] },
        launchers: [service({})],
      }),
    ]),
    name: "cluster-capacity",
    path: ["capacityProviders"],
    output: TEXT,
  },
  "the name of a template that a group uses by name, with other types": {
    world: world([], [
      { name: "group", maxSize: 4, starter: { is: "mixed group", by: "name", template: { name: "base", ami: "x86 Linux", types: M7G }, overrides: [{ types: M5, template: undefined }] } },
    ]),
    name: "base",
    path: ["name"],
    output: TEXT,
  },
};

function urnOf({ analyzeStack = [] }: Recording, wanted: string): string {
  return analyzeStack.find(({ name }) => name === wanted)?.urn ?? "";
}

describe("generated stacks: found before, unknown values", () => {
  for (const [what, { world: found, name, path, output }] of Object.entries(FORGOTTEN)) {
    for (const phase of PHASES) {
      it(`${what}: ${phase}`, () => {
        const recording = render(found).recording(phase);
        const before = findIn(recording).pairs.map(({ key }) => key);
        const forgotten = replaceAt(recording, { urn: urnOf(recording, name), type: "", path }, () => TEXT, () => output);
        assert.notDeepEqual(forgotten, recording);
        assert.deepEqual(findIn(forgotten).pairs.map(({ key }) => key).filter((key) => !before.includes(key)), []);
      });
    }
  }
});
