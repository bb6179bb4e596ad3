/** Findings to render: at least one of every kind, and one for every way in which a message of that kind can look. */
import type { Exemption } from "../../policies/options/exemptions";
import type { Finding, FindingKind, ImageSide, Undetermined } from "../../policies/stack/finding";
import type { Image, LaunchTemplate, Source, Subject, TaskDefinition, TaskLauncher } from "../../policies/stack/model";
import type { Requirement } from "../../policies/stack/task-platform";
import { parsePlatform, type Platform } from "../../policies/platform/platform";
import { ABSENT, known } from "../../policies/stack/fact";

function subject(kind: string, name: string, madeBy?: Subject["madeBy"]): Subject {
  const urn = `urn:pulumi:test::app::${kind}::${name}`;
  return madeBy === undefined ? { urn, kind, name } : { urn, kind, name, madeBy };
}

function platforms(...names: readonly string[]): Platform[] {
  return names.map((name) => parsePlatform(name)!);
}

const scope = "";

function task(name = "web", madeBy?: Subject["madeBy"]): TaskDefinition {
  return {
    is: "task definition",
    subject: subject("task definition", name, madeBy),
    scope,
    family: ABSENT,
    arn: ABSENT,
    cpuArchitecture: ABSENT,
    operatingSystemFamily: ABSENT,
    requiresCompatibilities: ABSENT,
    containers: ABSENT,
    containersFrom: undefined,
    placementConstraints: ABSENT,
  };
}

function launcher(kind: string, name: string): TaskLauncher {
  return {
    is: "task launcher",
    subject: subject(kind, name),
    scope,
    taskDefinition: { value: ABSENT, from: undefined },
    cluster: { value: ABSENT, from: undefined },
    launchType: ABSENT,
    strategy: ABSENT,
    strategyFrom: undefined,
    placementConstraints: ABSENT,
    schedulingStrategy: ABSENT,
    desiredCount: ABSENT,
    deploymentController: ABSENT,
  };
}

const WEB_SERVICE = launcher("service", "web-service");

const SETTINGS = "cpu-architecture-settings";
const OPTIONS = subject("options", SETTINGS);

function configurationError(option: string, problem: string): Finding {
  return { kind: "configuration-error", policy: SETTINGS, subject: OPTIONS, option, problem, certainty: "certain", because: "" };
}

interface ImageOptions {
  readonly kind?: string;
  readonly name?: string;
  readonly madeBy?: Subject["madeBy"];
  readonly statedBy?: Image["statedBy"];
  readonly source?: Source;
}

function image(platform: string, { kind = "docker-build Image", name = "img", madeBy, statedBy = "platforms", source }: ImageOptions = {}): Image {
  return {
    is: "image",
    subject: subject(kind, name, madeBy),
    scope,
    platforms: known(platforms(platform)),
    source: source ?? { how: "stated", text: `platforms: ["${platform}"]` },
    statedBy,
    targets: [],
    moreTargets: false,
    targetsFrom: undefined,
    digest: ABSENT,
    pushed: known(true),
  };
}

function side(made: Image, containers: readonly string[] = ["web"], offered?: readonly Platform[], builds: readonly Image[] = []): ImageSide {
  const own = made.platforms.state === "known" ? made.platforms.value : [];
  return { image: made, platforms: offered ?? own, containers, builds, source: builds[0]?.source ?? made.source };
}

const STATED_ARM: Requirement = {
  host: { os: "linux", architecture: "arm64" },
  source: { how: "stated", text: 'runtimePlatform.cpuArchitecture: "ARM64"' },
  launchers: [],
};
const STATED_X86: Requirement = {
  host: { os: "linux", architecture: "amd64" },
  source: { how: "stated", text: 'runtimePlatform.cpuArchitecture: "X86_64"' },
  launchers: [],
};
const FARGATE: Requirement = {
  host: { os: "linux", architecture: "amd64" },
  source: { how: "default", text: "runtimePlatform.cpuArchitecture is not set; Fargate uses X86_64 then" },
  launchers: [WEB_SERVICE],
};
const WINDOWS: Requirement = {
  host: { os: "windows", architecture: "amd64" },
  source: { how: "stated", text: 'runtimePlatform.cpuArchitecture: "X86_64"' },
  launchers: [],
};

const CERTAIN = { certainty: "certain", because: "" } as const;
const BY_DEPENDENCY = { certainty: "inferred", because: "the container definitions are made from it" } as const;

const POLICY = "ecs-task-image-architecture";

function onTask(made: ImageSide, requirement: Requirement, how: Pick<Finding, "certainty" | "because"> = CERTAIN, definition = task()): Finding {
  return { kind: "image-on-task", policy: POLICY, subject: definition.subject, task: definition, image: made, requirement, ...how };
}

const DOCKER_FILLED_IN = image("linux/arm64", {
  kind: "docker Image",
  statedBy: "build.platform",
  source: { how: "filled in", text: 'build.platform: "linux/arm64"' },
});
const AWSX_IMAGE = image("linux/arm64", {
  name: "77f0a1b2-container",
  madeBy: { kind: "awsx ecr.Image", name: "img" },
  statedBy: "platform",
  source: { how: "stated", text: 'platform: "linux/arm64"' },
});
const COMMAND = image("linux/arm64", {
  kind: "command",
  name: "push",
  statedBy: "--platform",
  source: { how: "stated", text: "docker build, --platform linux/arm64" },
});
const CODEBUILD = image("linux/arm64", {
  kind: "CodeBuild project",
  name: "build",
  statedBy: "--platform",
  source: { how: "default", text: 'environment.type: "ARM_CONTAINER", without --platform' },
});
const DECLARED = image("linux/amd64", {
  kind: "image",
  name: "public.ecr.aws/vendor/log-router:stable",
  statedBy: "declaration",
  source: { how: "declared", text: "built elsewhere" },
});
const DECLARED_BUILD = image("linux/arm64", {
  kind: "CodeBuild project",
  name: "build",
  statedBy: "declaration",
  source: { how: "declared", text: "what it pushes" },
});
const INDEX = image("linux/arm64", { kind: "docker-build Index", name: "joined", statedBy: "sources", source: { how: "stated", text: "sources" } });

const GROUP = subject("Auto Scaling group", "ecs-group");
const TEMPLATE = subject("launch template", "nodes");
const PROVIDER = subject("capacity provider", "spot");
const X86_INSTANCES = { architectures: ["amd64"], chain: [PROVIDER, GROUP, TEMPLATE], text: 'instanceType: "m5.large"' } as const;
const ARM_INSTANCES = { architectures: ["arm64"], chain: [PROVIDER, GROUP, TEMPLATE], text: 'instanceType: "m7g.large" ("g" after the number = Graviton)' } as const;

function template(): LaunchTemplate {
  return {
    is: "launch template",
    subject: TEMPLATE,
    scope,
    id: ABSENT,
    name: ABSENT,
    imageId: { value: ABSENT, from: undefined },
    instanceType: ABSENT,
    requirements: ABSENT,
    userData: ABSENT,
    userDataFrom: undefined,
    latestVersion: ABSENT,
    defaultVersion: ABSENT,
    updateDefaultVersion: ABSENT,
  };
}

function ami(architecture: "x86_64" | "arm64" | "i386", text: string, how: Source["how"] = "stated"): { architecture: typeof architecture; source: Source; certain: boolean } {
  return { architecture, source: { how, text }, certain: true };
}

const ECS_X86 = 'imageId: "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"';
const ECS_ARM = 'imageId: "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id"';

const ON_TEMPLATE = {
  kind: "ami-on-instance-type",
  policy: "ec2-ami-instance-type-architecture",
  subject: TEMPLATE,
  ami: ami("x86_64", ECS_X86),
  amiAt: TEMPLATE,
  types: "c7g.large",
  typeArchitectures: ["arm64"],
  typeSource: { how: "stated", text: 'instanceType: "c7g.large" ("g" after the number = Graviton)' },
  typesAt: TEMPLATE,
  template: template(),
  usedBy: [GROUP],
  ...CERTAIN,
} as const satisfies Finding;

const ON_CAPACITY = {
  kind: "task-on-capacity",
  policy: "ecs-task-capacity-architecture",
  subject: WEB_SERVICE.subject,
  task: task(),
  requirement: { ...STATED_ARM, launchers: [WEB_SERVICE] },
  launchers: [WEB_SERVICE],
  instances: [X86_INSTANCES],
  ...CERTAIN,
} as const satisfies Finding;

const IMAGE_ON_CAPACITY = {
  kind: "image-on-capacity",
  policy: "ecs-task-capacity-architecture",
  subject: task().subject,
  task: task(),
  launchers: [WEB_SERVICE],
  image: side(image("linux/amd64")),
  instances: ARM_INSTANCES,
  ...CERTAIN,
} as const satisfies Finding;

const ON_CONSTRAINT = {
  kind: "task-on-constraint",
  policy: "ecs-task-capacity-architecture",
  subject: task().subject,
  task: task(),
  requirement: STATED_X86,
  image: undefined,
  launchers: [WEB_SERVICE],
  admitted: ["arm64"],
  ...CERTAIN,
} as const satisfies Finding;

function invalid(problem: Extract<Finding, { kind: "runtime-platform-invalid" }>["problem"]): Finding {
  return { kind: "runtime-platform-invalid", policy: "ecs-task-runtime-platform-valid", subject: task().subject, problem, ...CERTAIN };
}

function notStated(made: Image, ...users: readonly (readonly [string, Requirement | undefined])[]): Finding {
  return {
    kind: "platform-not-stated",
    policy: "container-image-platform-explicit",
    subject: made.subject,
    image: made,
    tasks: users.map(([name, requirement]) => ({ task: task(name), requirement })),
    ...CERTAIN,
  };
}

const UNSTATED = { ...image("linux/amd64"), platforms: ABSENT, source: { how: "stated", text: "platforms" } } as const;

/** By kind: a new kind of finding does not compile without an entry. */
export const CASES: Readonly<Record<FindingKind, Readonly<Record<string, Finding>>>> = {
  "image-on-task": {
    "both stated": onTask(side(image("linux/amd64")), STATED_ARM),
    "the task is left to Fargate": onTask(side(image("linux/arm64")), FARGATE, BY_DEPENDENCY),
    "several containers, started several times": onTask(side(image("linux/arm64"), ["web", "worker"]), { ...FARGATE, launchers: [WEB_SERVICE, launcher("schedule", "nightly")] }),
    "the docker provider filled the platform in": onTask(side(DOCKER_FILLED_IN), FARGATE),
    "made by awsx": onTask(side(AWSX_IMAGE, []), FARGATE, BY_DEPENDENCY, task("svc", { kind: "awsx ecs.FargateService", name: "svc" })),
    "built by a command": onTask(side(COMMAND), STATED_X86),
    "built by CodeBuild": onTask(side(CODEBUILD), STATED_X86),
    "joined from two builds": onTask(
      side(INDEX, ["web"], platforms("linux/arm64", "linux/s390x"), [image("linux/arm64", { name: "arm" }), image("linux/s390x", { name: "z" })]),
      STATED_X86,
    ),
    "an image from elsewhere, declared": onTask(side(DECLARED, ["log"]), STATED_ARM),
    "a CodeBuild project with declared pushes": onTask(side(DECLARED_BUILD), STATED_X86),
    "a Windows image on Linux": onTask(side(image("windows/amd64")), FARGATE),
    "a Linux image on Windows": onTask(side(image("linux/amd64")), WINDOWS),
    "no instance runs it": onTask(side(image("linux/s390x")), { host: { os: "linux" }, source: { how: "default", text: "runtimePlatform.cpuArchitecture is not set: no preference outside Fargate" }, launchers: [] }),
    "another tag of its repository": onTask(side(image("linux/arm64")), STATED_X86, { certainty: "suspected", because: "it is pushed to the same repository, under another tag" }),
    "a variant of the architecture": onTask(side(image("linux/amd64/v3")), STATED_X86, { certainty: "suspected", because: "whether it runs depends on the very CPU, which the stack does not tell" }),
  },
  "images-of-one-task": {
    "a sidecar": {
      kind: "images-of-one-task",
      policy: POLICY,
      subject: task().subject,
      task: task(),
      images: [side(image("linux/arm64", { name: "app" }), ["App"]), side(image("linux/amd64", { name: "log" }), ["log"])],
      ...BY_DEPENDENCY,
    },
    "two operating systems": {
      kind: "images-of-one-task",
      policy: POLICY,
      subject: task().subject,
      task: task(),
      images: [side(image("linux/amd64", { name: "app" }), ["app"]), side(image("windows/amd64", { name: "iis" }), ["iis"])],
      ...CERTAIN,
    },
  },
  "ami-on-instance-type": {
    "a launch template": ON_TEMPLATE,
    "the arm64 AMI on an x86 type": {
      ...ON_TEMPLATE,
      ami: ami("arm64", ECS_ARM),
      types: "t3.small",
      typeArchitectures: ["x86_64"],
      typeSource: { how: "stated", text: 'instanceType: "t3.small"' },
      usedBy: [],
    },
    "overrides of a group": {
      ...ON_TEMPLATE,
      subject: GROUP,
      typesAt: GROUP,
      types: "m7g.large, c7g.large",
      typeSource: { how: "stated", text: 'overrides[0].instanceType: "m7g.large" ("g" after the number = Graviton)' },
      usedBy: [],
    },
    "a selection by attributes": {
      ...ON_TEMPLATE,
      types: "",
      typeSource: { how: "stated", text: 'instanceRequirements: { cpuManufacturers: ["amazon-web-services"] }' },
    },
    "a declared AMI": { ...ON_TEMPLATE, ami: ami("x86_64", 'imageId: "ami-0123456789abcdef0"', "declared"), types: "x8g.large", typeSource: { how: "stated", text: 'instanceType: "x8g.large" ("g" after the number = Graviton)' } },
    "an AMI of the stack": { ...ON_TEMPLATE, ami: ami("x86_64", "imageId, AMI `golden`") },
    "a Windows AMI": {
      ...ON_TEMPLATE,
      ami: { ...ami("x86_64", 'imageId: "resolve:ssm:/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-ECS_Optimized/image_id"'), os: "windows" },
    },
    "a parameter of one's own": {
      ...ON_TEMPLATE,
      ami: { ...ami("arm64", 'imageId: "resolve:ssm:/golden/arm64/latest"'), certain: false },
      types: "m5.large",
      typeArchitectures: ["x86_64"],
      typeSource: { how: "stated", text: 'instanceType: "m5.large"' },
      certainty: "suspected",
      because: "the AMI's architecture is guessed from its name",
    },
  },
  "task-on-capacity": {
    "one provider": ON_CAPACITY,
    "several providers and services": {
      ...ON_CAPACITY,
      launchers: [WEB_SERVICE, launcher("schedule", "nightly")],
      instances: [X86_INSTANCES, { ...X86_INSTANCES, chain: [subject("capacity provider", "base"), subject("Auto Scaling group", "base-group")], text: "" }],
    },
    "other instances may join": {
      ...ON_CAPACITY,
      requirement: STATED_X86,
      instances: [{ ...ARM_INSTANCES, chain: [GROUP, TEMPLATE] }],
      certainty: "suspected",
      because: "other instances may join the cluster",
    },
  },
  "image-on-capacity": {
    "an image for one architecture": IMAGE_ON_CAPACITY,
    "an image that cannot be built for two": { ...IMAGE_ON_CAPACITY, image: side(image("linux/amd64", { kind: "docker Image", statedBy: "build.platform", source: { how: "stated", text: 'build.platform: "linux/amd64"' } })), ...BY_DEPENDENCY },
    "a group that may not be used": { ...IMAGE_ON_CAPACITY, certainty: "suspected", because: "it is not known whether tasks are put on these instances" },
  },
  "task-on-constraint": {
    "the task": ON_CONSTRAINT,
    "an image of a task that states no architecture": { ...ON_CONSTRAINT, requirement: undefined, image: side(image("linux/amd64")), ...BY_DEPENDENCY },
    "constraints that contradict each other": { ...ON_CONSTRAINT, admitted: [] },
  },
  "runtime-platform-invalid": {
    "a misspelled architecture": invalid({ of: "cpuArchitecture", value: "arm64", meant: "ARM64" }),
    "a misspelled operating system": invalid({ of: "operatingSystemFamily", value: "linux", meant: "LINUX" }),
    "Windows on ARM64": invalid({ of: "windows on arm64", operatingSystemFamily: "WINDOWS_SERVER_2022_CORE" }),
    "Windows that Fargate lacks": invalid({ of: "windows on fargate", operatingSystemFamily: "WINDOWS_SERVER_2016_FULL" }),
  },
  "platform-not-stated": {
    "for Fargate": notStated(UNSTATED, ["web", FARGATE]),
    "for tasks of two architectures": notStated(UNSTATED, ["web", STATED_X86], ["worker", STATED_ARM]),
    "for a task of any architecture, by awsx": notStated(
      { ...AWSX_IMAGE, platforms: ABSENT, source: { how: "stated", text: "platform" } },
      ["web", undefined],
    ),
    "by a command": notStated({ ...COMMAND, platforms: ABSENT, source: { how: "stated", text: "docker build" } }, ["web", STATED_ARM]),
  },
  "configuration-error": {
    "an entry without its key": configurationError("amis[0]", "needs `id`, a text in which * stands for anything"),
    "a mistyped option": configurationError("exmptions", "is no option; did you mean exemptions?"),
    "an option of a policy that has none": { ...configurationError("exemptions", "is no option; this policy has none"), policy: POLICY },
    "an exemption without a reason": configurationError("exemptions[0]", "needs `reason`, a text that says why"),
    "an exemption of a policy that does not exist": configurationError(
      "exemptions[0]",
      "names a policy that does not exist: ecs-task-images-architecture; did you mean ecs-task-image-architecture?",
    ),
  },
  "declaration-unused": {
    "an AMI": { kind: "declaration-unused", policy: SETTINGS, subject: OPTIONS, place: "amis[1]", pattern: "ami-0123456789abcdef0", ...CERTAIN },
  },
  "declaration-contradicted": {
    "an image that the stack builds": {
      kind: "declaration-contradicted",
      policy: SETTINGS,
      subject: subject("docker-build Image", "img"),
      place: "images[0]",
      declared: "linux/arm64",
      stated: "linux/amd64",
      source: { how: "stated", text: 'platforms: ["linux/amd64"]' },
      winner: "stack",
      ...CERTAIN,
    },
    "a public AMI": {
      kind: "declaration-contradicted",
      policy: SETTINGS,
      subject: TEMPLATE,
      place: "amis[0]",
      declared: "arm64",
      stated: "x86_64",
      source: { how: "stated", text: 'imageId: "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"' },
      winner: "declaration",
      ...CERTAIN,
    },
  },
  "exemption-over": {
    "with its last day": { kind: "exemption-over", policy: SETTINGS, subject: OPTIONS, place: "exemptions[0]", resource: "legacy-*", until: "2026-10-31", ...CERTAIN },
  },
  "exemption-unused": {
    "for a resource that is there": { kind: "exemption-unused", policy: SETTINGS, subject: OPTIONS, place: "exemptions[0]", resource: "web", isNamed: true, ...CERTAIN },
    "for none": { kind: "exemption-unused", policy: SETTINGS, subject: OPTIONS, place: "exemptions[1]", resource: "old-batch-*", isNamed: false, ...CERTAIN },
  },
};

/** An exemption of the first example, in force or over. */
export const EXEMPTION: Exemption = {
  place: "exemptions[0]",
  resource: "web",
  with: "img",
  policy: POLICY,
  reason: "vendor binary, runs under emulation; ticket OPS-12",
  until: "2027-01-31",
};

export const UNDETERMINED: readonly Undetermined[] = [
  {
    policy: POLICY,
    subject: task().subject,
    part: "the image of container `log`",
    why: "no image of this stack is pushed with this tag",
    remedy: "declare the image under `images` of cpu-architecture-settings",
  },
  {
    policy: POLICY,
    subject: task().subject,
    part: "the platform of docker-build Image `img`",
    why: "it does not say for which platform it is built, so the builder decides",
    remedy: "state `platforms` there",
  },
  ...["a", "b", "c", "d"].map(
    (name): Undetermined => ({
      policy: "ec2-ami-instance-type-architecture",
      subject: subject("launch template", name),
      part: "its AMI",
      why: "an AMI id alone does not tell its architecture",
      remedy: "declare the AMI under `amis` of cpu-architecture-settings, or use resolve:ssm: with a public parameter",
    }),
  ),
];
