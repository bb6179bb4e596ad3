/**
 * Which findings are the same one: it is said once, whatever it is judged from. And what a finding is about: the names
 * by which a user may exempt it.
 */

import assert from "node:assert/strict";
import { parsePlatform } from "../../policies/platform/platform";
import { ABSENT, known } from "../../policies/stack/fact";
import { keyOf, namesIn, POLICY_NAMES, type Finding, type FindingKind, type ImageSide, type InstancesSide } from "../../policies/stack/finding";
import type { Image, Reference, Source, Subject, TaskDefinition, TaskLauncher } from "../../policies/stack/model";
import type { Requirement } from "../../policies/stack/task-platform";

const SOURCE: Source = { how: "stated", text: "" };
const NOWHERE: Reference = { value: ABSENT, from: undefined };

function subject(name: string): Subject {
  return { urn: `urn:${name}`, kind: "thing", name };
}

function task(name: string): TaskDefinition {
  return {
    is: "task definition",
    subject: subject(name),
    scope: "here",
    family: known(name),
    arn: ABSENT,
    cpuArchitecture: ABSENT,
    operatingSystemFamily: ABSENT,
    requiresCompatibilities: ABSENT,
    containers: known([]),
    containersFrom: [],
    placementConstraints: ABSENT,
  };
}

function image(name: string): Image {
  return {
    is: "image",
    subject: subject(name),
    scope: "here",
    platforms: ABSENT,
    source: SOURCE,
    statedBy: "platforms",
    targets: [],
    moreTargets: false,
    targetsFrom: [],
    digest: ABSENT,
    pushed: known(true),
  };
}

function service(name: string): TaskLauncher {
  return {
    is: "task launcher",
    subject: subject(name),
    scope: "here",
    taskDefinition: NOWHERE,
    cluster: NOWHERE,
    launchType: ABSENT,
    strategy: ABSENT,
    strategyFrom: [],
    placementConstraints: ABSENT,
    schedulingStrategy: ABSENT,
    desiredCount: ABSENT,
    deploymentController: ABSENT,
  };
}

function side(name: string, platform = "linux/arm64", parts: Partial<ImageSide> = {}): ImageSide {
  return { image: image(name), platforms: [parsePlatform(platform)!], containers: [], builds: [], source: SOURCE, ...parts };
}

function needs(host: Requirement["host"], ...services: string[]): Requirement {
  return { host, source: SOURCE, launchers: services.map(service) };
}

function instances(...chain: string[]): InstancesSide {
  return { architectures: ["arm64"], chain: chain.map(subject), text: "m7g.large" };
}

type Of<Kind extends FindingKind> = Extract<Finding, { readonly kind: Kind }>;
type Own<Kind extends FindingKind> = Partial<Omit<Of<Kind>, "kind">>;

const BASE = { policy: POLICY_NAMES[1], subject: subject("web"), certainty: "certain", because: "" } as const;

/** One finding of a kind, with something about it changed. */
const MAKE: { readonly [Kind in FindingKind]: (own?: Own<Kind>) => Finding } = {
  "image-on-task": (own) => ({ ...BASE, kind: "image-on-task", task: task("web"), image: side("app"), requirement: needs({ os: "linux", architecture: "amd64" }), ...own }),
  "images-of-one-task": (own) => ({ ...BASE, kind: "images-of-one-task", task: task("web"), images: [side("app"), side("log", "linux/amd64")], ...own }),
  "ami-on-instance-type": (own) => ({
    ...BASE,
    kind: "ami-on-instance-type",
    ami: { architecture: "x86_64", source: SOURCE, certain: true },
    amiAt: subject("template"),
    types: "m7g.large",
    typeArchitectures: ["arm64"],
    typeSources: [SOURCE],
    typesAt: subject("group"),
    usedBy: [],
    ...own,
  }),
  "task-on-capacity": (own) => ({ ...BASE, kind: "task-on-capacity", task: task("web"), requirement: needs({ architecture: "amd64" }), launchers: [], instances: [instances("pool")], ...own }),
  "image-on-capacity": (own) => ({ ...BASE, kind: "image-on-capacity", task: task("web"), launchers: [], image: side("app", "linux/amd64"), instances: instances("pool"), ...own }),
  "task-on-constraint": (own) => ({ ...BASE, kind: "task-on-constraint", task: task("web"), requirement: needs({}), image: undefined, launchers: [], admitted: ["arm64"], ...own }),
  "runtime-platform-invalid": (own) => ({ ...BASE, kind: "runtime-platform-invalid", problem: { of: "cpuArchitecture", value: "arm", meant: "ARM64" }, ...own }),
  "platform-not-stated": (own) => ({ ...BASE, kind: "platform-not-stated", image: image("app"), tasks: [], ...own }),
  "configuration-error": (own) => ({ ...BASE, kind: "configuration-error", option: "amis", problem: "is no list", ...own }),
  "declaration-unused": (own) => ({ ...BASE, kind: "declaration-unused", place: "amis[0]", pattern: "ami-*", ...own }),
  "declaration-contradicted": (own) => ({ ...BASE, kind: "declaration-contradicted", place: "amis[0]", declared: "arm64", stated: "x86_64", source: SOURCE, winner: "stack", ...own }),
  "exemption-over": (own) => ({ ...BASE, kind: "exemption-over", place: "exemptions[0]", resource: "web", reason: "tested", until: "2024-12-31", ...own }),
  "exemption-unused": (own) => ({ ...BASE, kind: "exemption-unused", place: "exemptions[0]", resource: "web", isNamed: true, ...own }),
};

const KINDS = Object.keys(MAKE) as FindingKind[];

/** A finding, and what it becomes when something about it is told differently. */
function pair<Kind extends FindingKind>(kind: Kind, one: Own<Kind>, other: Own<Kind>): readonly [Finding, Finding] {
  const make = MAKE[kind] as (own?: Own<Kind>) => Finding;
  return [make(one), make(other)];
}

type Row = readonly [what: string, findings: readonly [Finding, Finding]];

const SAME: readonly Row[] = [
  ["an image on a task, told with and without the operating system", pair("image-on-task", { requirement: needs({ os: "linux", architecture: "amd64" }) }, { requirement: needs({ architecture: "amd64" }) })],
  ["an image on a task, told at either", pair("image-on-task", {}, { subject: subject("app") })],
  [
    "an image that runs nowhere, whatever the task asks for",
    pair("image-on-task", { image: side("app", "linux/s390x"), requirement: needs({ os: "linux", architecture: "amd64" }) }, { image: side("app", "linux/s390x"), requirement: needs({ architecture: "arm64" }) }),
  ],
  [
    "a Windows image on Linux, whatever the architecture",
    pair("image-on-task", { image: side("app", "windows/amd64"), requirement: needs({ os: "linux", architecture: "amd64" }) }, { image: side("app", "windows/amd64"), requirement: needs({ os: "linux" }) }),
  ],
  ["two images of a task, whichever comes first", pair("images-of-one-task", { images: [side("app"), side("log")] }, { images: [side("log"), side("app")] })],
  ["an AMI on a type, told at the template or the group", pair("ami-on-instance-type", { subject: subject("template") }, { subject: subject("group") })],
  ["a task on instances, with what it is launched by", pair("task-on-capacity", {}, { launchers: [service("service")] })],
  ["an image whose platform is not stated, told at the image or a task of it", pair("platform-not-stated", {}, { subject: subject("app"), tasks: [{ task: task("web"), requirement: undefined }] })],
  ["anything, once certain and once inferred", pair("task-on-constraint", {}, { certainty: "inferred", because: "it is so" })],
];

const DIFFERENT: readonly Row[] = [
  ["images on one task", pair("image-on-task", {}, { image: side("log") })],
  ["tasks with one image", pair("image-on-task", {}, { task: task("batch") })],
  [
    "architectures that one image lacks for ways to start one task",
    pair("image-on-task", { image: side("app", "windows/amd64"), requirement: needs({ architecture: "amd64" }) }, { image: side("app", "windows/amd64"), requirement: needs({ architecture: "arm64" }) }),
  ],
  ["operating systems, one of which a Windows image can run on", pair("image-on-task", { image: side("app", "windows/amd64"), requirement: needs({ os: "linux", architecture: "arm64" }) }, { image: side("app", "windows/amd64"), requirement: needs({ os: "windows", architecture: "arm64" }) })],
  ["an architecture and none", pair("image-on-task", {}, { requirement: needs({}) })],
  ["an image that runs nowhere, and one whose name ends in the architecture that it lacks", [MAKE["image-on-task"]({ image: side("apparm64", "linux/s390x") }), MAKE["image-on-task"]({ image: side("app", "linux/amd64"), requirement: needs({ os: "linux", architecture: "arm64" }) })]],
  ["pairs of images", pair("images-of-one-task", {}, { images: [side("app"), side("other")] })],
  ["tasks with the same two images", pair("images-of-one-task", {}, { subject: subject("batch"), task: task("batch") })],
  ["AMIs", pair("ami-on-instance-type", {}, { amiAt: subject("other") })],
  ["resources that name the types", pair("ami-on-instance-type", {}, { typesAt: subject("other") })],
  ["types", pair("ami-on-instance-type", {}, { types: "m6g.large" })],
  ["types, though names and types run on alike", pair("ami-on-instance-type", { typesAt: subject("group1"), types: "2" }, { typesAt: subject("group"), types: "12" })],
  ["tasks on the same instances", pair("task-on-capacity", {}, { task: task("batch") })],
  ["instances", pair("task-on-capacity", {}, { instances: [instances("pool2")] })],
  ["one group and two", pair("task-on-capacity", {}, { instances: [instances("pool"), instances("pool2")] })],
  ["instances and none that is known", pair("task-on-capacity", {}, { instances: [instances()] })],
  ["images on the same instances", pair("image-on-capacity", {}, { image: side("log") })],
  ["instances for one image", pair("image-on-capacity", {}, { instances: instances("pool2") })],
  ["instances and none that is known, for one image", pair("image-on-capacity", {}, { instances: instances() })],
  ["a task that a constraint keeps out, and its image", pair("task-on-constraint", {}, { image: side("app") })],
  ["images that a constraint keeps out", pair("task-on-constraint", { image: side("log") }, { image: side("app") })],
  ["tasks that a constraint keeps out", pair("task-on-constraint", {}, { task: task("batch") })],
  ["properties of a runtimePlatform", pair("runtime-platform-invalid", {}, { problem: { of: "operatingSystemFamily", value: "x", meant: "y" } })],
  ["the runtimePlatform of tasks", pair("runtime-platform-invalid", {}, { subject: subject("batch") })],
  ["images whose platform is not stated", pair("platform-not-stated", {}, { image: image("log") })],
  ["options", pair("configuration-error", {}, { option: "images" })],
  ["problems of an option", pair("configuration-error", {}, { problem: "is empty" })],
  ["policies with the same option", pair("configuration-error", {}, { policy: POLICY_NAMES[2] })],
  ["an option and a problem that run on alike", pair("configuration-error", { option: "a", problem: "bc" }, { option: "ab", problem: "c" })],
  ["declarations without a use", pair("declaration-unused", {}, { place: "amis[1]" })],
  ["contradicted declarations", pair("declaration-contradicted", {}, { place: "amis[1]" })],
  ["exemptions that are over", pair("exemption-over", {}, { place: "exemptions[1]" })],
  ["exemptions that nothing needs", pair("exemption-unused", {}, { place: "exemptions[1]" })],
];

describe("findings: the same one, come across twice", () => {
  for (const [what, [one, other]] of SAME) {
    it(`${one.kind}: ${what}`, () => assert.equal(keyOf(one), keyOf(other)));
  }
});

describe("findings: two that both have to be said", () => {
  for (const [what, [one, other]] of DIFFERENT) {
    it(`${one.kind}: ${what}`, () => assert.notEqual(keyOf(one), keyOf(other)));
  }

  // One memory holds what was said of all kinds, findings and others: `undetermined|urn`.
  for (const kind of KINDS) {
    it(`${kind}: its key begins with its kind`, () => assert.equal(keyOf(MAKE[kind]()).split("|")[0], kind));
  }
});

/** What else a finding is about than its own subject, `web`; texts in quotes. */
const ABOUT: readonly (readonly [finding: Finding, ...names: string[]])[] = [
  [MAKE["image-on-task"]({ image: side("app", "linux/arm64", { containers: ["main", "side"], builds: [image("arm"), image("x86")] }), requirement: needs({}, "service", "schedule") }), "app", "arm", "x86", "service", "schedule", "'main'", "'side'"],
  [MAKE["images-of-one-task"]({ images: [side("app", "linux/arm64", { containers: ["main"] }), side("log", "linux/amd64", { containers: ["router"] })] }), "app", "log", "'main'", "'router'"],
  [MAKE["ami-on-instance-type"]({ types: "m7g.large, t4g.small", usedBy: [subject("fleet")] }), "template", "group", "fleet", "'m7g.large'", "'t4g.small'"],
  [MAKE["task-on-capacity"]({ launchers: [service("service")], instances: [instances("pool", "group"), instances("pool2")] }), "service", "pool", "group", "pool2"],
  [MAKE["image-on-capacity"]({ launchers: [service("service")], image: side("app", "linux/amd64", { containers: ["main"] }), instances: instances("pool", "group") }), "app", "service", "pool", "group", "'main'"],
  [MAKE["task-on-constraint"]({ launchers: [service("service")] }), "service"],
  [MAKE["task-on-constraint"]({ image: side("app", "linux/amd64", { containers: ["main"] }) }), "app", "'main'"],
  [MAKE["platform-not-stated"]({ subject: subject("app"), tasks: [{ task: task("web"), requirement: undefined }, { task: task("batch"), requirement: undefined }] }), "app", "batch"],
  [MAKE["runtime-platform-invalid"]()],
  [MAKE["configuration-error"]()],
];

describe("findings: what a user may exempt them by", () => {
  for (const [finding, ...names] of ABOUT) {
    it(`${finding.kind}: ${["web", ...names].join(", ")}`, () => {
      const { subjects, texts } = namesIn(finding);
      const found = [...subjects.map(({ name }) => name), ...texts.map((text) => `'${text}'`)];
      assert.deepEqual([...new Set(found)].sort(), ["web", ...names].sort());
    });
  }
});
