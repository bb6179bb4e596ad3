import assert from "node:assert/strict";
import { ABSENT, known, unknown } from "../../policies/stack/fact";
import { contradictions, unusedDeclarations } from "../../policies/stack/declared-use";
import type { Part } from "../../policies/stack/model";
import {
  ami,
  capacityProvider,
  cluster,
  clusterCapacity,
  containers,
  image,
  imageBuilder,
  LATER,
  launch,
  launcher,
  launchTemplate,
  parameter,
  platforms,
  reference,
  stackOf,
  strategy,
  task,
  taskLauncher,
} from "../support/stack-parts";

type Settings = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

function unused(parts: readonly Part[], settings: Settings): string[] {
  return unusedDeclarations(stackOf(parts, { settings })).map(({ place }) => place);
}

/** The first entry of each option is about the name that the parts hold, the second about none. */
const ENTRIES = {
  amis: [{ id: "ami-0used", architecture: "arm64" }, { id: "ami-0other", architecture: "arm64" }],
  images: [{ reference: "me/used:*", platforms: ["linux/arm64"] }, { reference: "me/other:*", platforms: ["linux/arm64"] }],
  instanceTypes: [{ type: "q9z.*", architectures: ["arm64"] }, { type: "q8z.*", architectures: ["arm64"] }],
  capacityProviders: [{ name: "used", architectures: ["arm64"] }, { name: "other", architectures: ["arm64"] }],
  clusters: [{ name: "used", architectures: ["arm64"] }, { name: "other", architectures: ["arm64"] }],
  emulation: [{ hosts: "used", platforms: ["linux/arm64"] }, { hosts: "other", platforms: ["linux/arm64"] }],
  codeBuildProjects: [{ project: "build", pushes: ["me/used:*"] }, { project: "build", pushes: ["me/other:*"] }],
} as const;
type Option = keyof typeof ENTRIES;

const AMI = known("ami-0used");
const OTHER_AMI = known("ami-0abc");
const TYPE = known("q9z.large");
const OTHER_TYPE = known("m5.large");

describe("a declared fact is of use", () => {
  for (const [option, where, parts] of [
    ["amis", "for what an instance boots", [launcher("x", known([launch(AMI, OTHER_TYPE)]))]],
    ["amis", "for what a launch template names", [launchTemplate("x", AMI, OTHER_TYPE)]],
    ["amis", "for what an AMI is copied from", [ami("x", LATER, { copyOf: reference(AMI) }), ami("y", LATER)]],
    ["amis", "for what an SSM parameter of the stack holds", [parameter("x", AMI)]],
    ["instanceTypes", "for what an instance is", [launcher("x", known([launch(OTHER_AMI, TYPE)]))]],
    ["instanceTypes", "for what a launch template names", [launchTemplate("x", OTHER_AMI, TYPE)]],
    ["images", "for what a container runs", [task(containers("me/used:1"))]],
    ["images", "for what the stack pushes itself", [image("x", ["me/used:1"])]],
    ["images", "for what an image is joined from", [image("x", ["me/x:1"], { sources: [reference(known("me/used:1"))] })]],
    ["codeBuildProjects", "for what a container runs", [imageBuilder("build"), task(containers("me/used:1"))]],
    ["codeBuildProjects", "for what an image is joined from", [imageBuilder("build"), image("x", ["me/x:1"], { sources: [reference(known("me/used:1"))] })]],
    ["capacityProviders", "for one of the stack", [capacityProvider("used", "group")]],
    ["capacityProviders", "for one of the stack, by its name in AWS", [capacityProvider("x", "group", { name: known("used") })]],
    ["capacityProviders", "for one that a service names", [taskLauncher("x", { strategy: strategy(known("used")) })]],
    ["capacityProviders", "for one that a cluster's default strategy names", [clusterCapacity("x", "main", [], { defaultStrategy: strategy(known("used")) })]],
    ["clusters", "for one of the stack", [cluster("used")]],
    ["clusters", "for one of the stack, by its name in AWS", [cluster("x", known("used"))]],
    ["clusters", "for one that a service names by its ARN", [taskLauncher("x", { cluster: reference(known("arn:aws:ecs:us-east-1:111122223333:cluster/used")) })]],
    ["emulation", "for a group or instance", [launcher("used", known([]))]],
    ["emulation", "for a group or instance, by its name in AWS", [launcher("x", known([]), { name: known("used") })]],
    ["emulation", "for a launch template", [launchTemplate("used", OTHER_AMI, OTHER_TYPE)]],
    ["emulation", "for a launch template, by its name in AWS", [launchTemplate("x", OTHER_AMI, OTHER_TYPE, { name: known("used") })]],
    ["emulation", "for a capacity provider", [capacityProvider("used", "group", { name: known("x") })]],
    ["emulation", "for a capacity provider that a service names", [taskLauncher("x", { strategy: strategy(known("used")) })]],
  ] as const satisfies readonly (readonly [Option, string, readonly Part[]])[]) {
    it(`${option}: ${where}`, () => assert.deepEqual(unused(parts, { [option]: ENTRIES[option] }), [`${option}[1]`]));
  }

  it("codeBuildProjects: only if the stack has the project", () => {
    assert.deepEqual(unused([task(containers("me/used:1"))], { codeBuildProjects: ENTRIES.codeBuildProjects }), ["codeBuildProjects[0]", "codeBuildProjects[1]"]);
  });

  it("only by the entries of its own kind", () => {
    const parts = [task(containers("me/used:1")), launcher("x", known([launch(AMI, TYPE)]))];
    const { amis, images, instanceTypes } = ENTRIES;
    assert.deepEqual(unused(parts, { amis, images, instanceTypes }), ["amis[1]", "images[1]", "instanceTypes[1]"]);
  });

  it("not by a name that the program leaves out", () => {
    const wide: Settings = { amis: [{ id: "*", architecture: "arm64" }], instanceTypes: [{ type: "*", architectures: ["arm64"] }], images: [{ reference: "*", platforms: ["linux/arm64"] }] };
    const parts = [launcher("x", known([launch(ABSENT, ABSENT, { imageId: undefined })])), launchTemplate("y", ABSENT, ABSENT), task(containers(ABSENT))];
    assert.deepEqual(unused(parts, wide), ["amis[0]", "images[0]", "instanceTypes[0]"]);
  });

  it("not by an image that has a digest and no tag", () => {
    const wide: Settings = { images: [{ reference: "me/*", platforms: ["linux/arm64"] }] };
    assert.deepEqual(unused([image("x", [`me/used@sha256:${"ab".repeat(32)}`])], wide), ["images[0]"]);
  });
});

describe("no declared fact is called unused while it may be about a name that is not known yet", () => {
  const KNOWN = { launcher: launcher("a", known([launch(OTHER_AMI, OTHER_TYPE)])), task: task(containers("me/x:1")), service: taskLauncher("b", { strategy: strategy(known("x")) }) };
  for (const [option, what, parts] of [
    ["amis", "the AMI of an instance", [launcher("x", known([launch(LATER, OTHER_TYPE)]))]],
    ["amis", "the AMI of one of several instances", [KNOWN.launcher, launcher("x", known([launch(LATER, OTHER_TYPE)]))]],
    ["amis", "how a group starts instances", [KNOWN.launcher, launcher("x", LATER)]],
    ["amis", "what an SSM parameter holds", [KNOWN.launcher, parameter("x", LATER)]],
    ["instanceTypes", "how a group starts instances", [KNOWN.launcher, launcher("x", LATER)]],
    ["instanceTypes", "the type of a launch template", [launchTemplate("x", OTHER_AMI, LATER)]],
    ["images", "the containers of one of several tasks", [KNOWN.task, { ...task(LATER), subject: { urn: "urn:y", kind: "thing", name: "y" } }]],
    ["images", "the image of a container", [task(containers("me/x:1", LATER))]],
    ["images", "what an image is joined from", [image("x", ["me/x:1"], { sources: [reference(LATER)] })]],
    ["codeBuildProjects", "the image of a container", [task(containers(LATER))]],
    ["capacityProviders", "the strategy of one of several services", [KNOWN.service, taskLauncher("x", { strategy: LATER })]],
    ["capacityProviders", "the provider in a strategy", [taskLauncher("x", { strategy: strategy(known("x"), LATER) })]],
    ["capacityProviders", "the default strategy of a cluster", [KNOWN.service, clusterCapacity("x", "main", [], { defaultStrategy: LATER })]],
    ["capacityProviders", "the name of a provider", [capacityProvider("x", "group", { name: LATER })]],
    ["clusters", "the cluster of a service", [taskLauncher("x", { cluster: reference(LATER) })]],
    ["clusters", "the name of a cluster", [cluster("x", LATER)]],
    ["emulation", "the name of a group", [launcher("x", known([]), { name: LATER })]],
    ["emulation", "the name of a launch template", [launchTemplate("x", OTHER_AMI, OTHER_TYPE, { name: LATER })]],
    ["emulation", "the strategy of a service", [taskLauncher("x", { strategy: LATER })]],
  ] as const satisfies readonly (readonly [Option, string, readonly Part[]])[]) {
    it(`${option}: ${what}`, () => assert.deepEqual(unused(parts, { [option]: ENTRIES[option] }), []));
  }

  it("an entry for one region, while the region of a resource is not known", () => {
    const settings: Settings = { amis: [{ id: "ami-0used", architecture: "arm64", region: "eu-west-1" }, { id: "ami-0other", architecture: "arm64" }] };
    const at = (name: string, scope: string): Part => launcher(name, known([launch(AMI, OTHER_TYPE)]), { scope });
    assert.deepEqual(unused([at("x", "aws us-east-1")], settings), ["amis[0]", "amis[1]"]);
    assert.deepEqual(unused([at("x", "aws us-east-1"), at("y", "aws ")], settings), ["amis[1]"]);
    assert.deepEqual(unused([at("x", "aws us-east-1"), at("y", "aws eu-west-1")], settings), ["amis[1]"]);
  });

  it("a cluster without capacity providers of its own hides nothing", () => {
    const parts = [taskLauncher("x", { strategy: strategy(known("used")) }), clusterCapacity("y", "main", [], { defaultStrategy: ABSENT })];
    assert.deepEqual(unused(parts, { capacityProviders: ENTRIES.capacityProviders }), ["capacityProviders[1]"]);
  });
});

function contradicted(parts: readonly Part[], settings: Settings): string[] {
  return contradictions(stackOf(parts, { settings })).map(
    ({ place, declared, stated, subject, source, winner }) => `${place} says ${declared}; ${subject.name} says ${stated} (${source.how} as ${source.text}); ${winner} counts`,
  );
}

describe("a declared fact that the stack contradicts", () => {
  const X86 = known("resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id");
  const X86_IN_WORDS = `"${X86.value}"`;
  const armAmis: Settings = { amis: [{ id: "*", architecture: "arm64" }] };
  const armTypes: Settings = { instanceTypes: [{ type: "m5.*", architectures: ["arm64"] }] };
  const armImages: Settings = { images: [{ reference: "me/*", platforms: ["linux/arm64"] }] };
  for (const [what, parts, settings, expected] of [
    ["the AMI of an instance", [launcher("x", known([launch(X86, ABSENT)]))], armAmis, [`amis[0] says arm64; x says x86_64 (stated as ami: ${X86_IN_WORDS}); declaration counts`]],
    ["the AMI of a launch template", [launchTemplate("x", X86, ABSENT)], armAmis, [`amis[0] says arm64; x says x86_64 (stated as imageId: ${X86_IN_WORDS}); declaration counts`]],
    [
      "the AMI that another is copied from",
      [ami("x", known("ami-0x"), { architecture: known("x86_64") }), ami("copy", LATER, { copyOf: reference(known("ami-0x")) })],
      armAmis,
      ['amis[0] says arm64; copy says x86_64 (stated as sourceAmiId: "ami-0x"); declaration counts'],
    ],
    ["what an SSM parameter holds is never told: it may be a secret", [parameter("x", X86)], armAmis, []],
    ["an AMI of which the stack tells nothing", [launcher("x", known([launch(OTHER_AMI, ABSENT)]))], armAmis, []],
    ["an AMI that is not declared", [launcher("x", known([launch(X86, ABSENT)]))], { amis: [{ id: "ami-0other", architecture: "arm64" }] }, []],
    ["the type of an instance", [launcher("x", known([launch(ABSENT, OTHER_TYPE)]))], armTypes, ['instanceTypes[0] says arm64; x says x86_64 (stated as instanceType: "m5.large"); declaration counts']],
    ["the type of a launch template", [launchTemplate("x", ABSENT, OTHER_TYPE)], armTypes, ['instanceTypes[0] says arm64; x says x86_64 (stated as instanceType: "m5.large"); declaration counts']],
    ["a type that nobody has heard of", [launcher("x", known([launch(ABSENT, TYPE)]))], { instanceTypes: ENTRIES.instanceTypes }, []],
    ["an image that the stack pushes", [image("x", ["me/app:1"])], armImages, ["images[0] says linux/arm64; x says linux/amd64 (stated as platforms of x); stack counts"]],
    ["an image that the stack builds alike", [image("x", ["me/app:1"], { platforms: known(platforms("linux/arm64")) })], armImages, []],
    ["an image whose platforms are not known", [image("x", ["me/app:1"], { platforms: unknown("later") })], armImages, []],
    [
      "an image for the same platforms, whatever their order",
      [image("x", ["me/app:1"], { platforms: known(platforms("linux/amd64", "linux/arm64")) })],
      { images: [{ reference: "me/*", platforms: ["linux/arm64", "linux/amd64"] }] },
      [],
    ],
    [
      "an image for more platforms",
      [image("x", ["me/app:1"], { platforms: known(platforms("linux/arm64", "linux/amd64")) })],
      armImages,
      ["images[0] says linux/arm64; x says linux/amd64 and linux/arm64 (stated as platforms of x); stack counts"],
    ],
    ["is told once for each resource", [image("x", ["me/app:1", "me/app:2"])], armImages, ["images[0] says linux/arm64; x says linux/amd64 (stated as platforms of x); stack counts"]],
    [
      "is told for each of several resources",
      [image("x", ["me/app:1"]), image("y", ["me/app:2"])],
      armImages,
      ["images[0] says linux/arm64; x says linux/amd64 (stated as platforms of x); stack counts", "images[0] says linux/arm64; y says linux/amd64 (stated as platforms of y); stack counts"],
    ],
  ] as const satisfies readonly (readonly [string, readonly Part[], Settings, readonly string[]])[]) {
    it(what, () => assert.deepEqual(contradicted(parts, settings), expected));
  }
});

describe("declared instances that the stack contradicts", () => {
  const arm = launch(ABSENT, known("m7g.large"));
  const x86 = launch(ABSENT, known("m5.large"));
  const unclear = launch(OTHER_AMI, TYPE);
  const pool = (...launches: readonly ReturnType<typeof launch>[]): Part[] => [capacityProvider("pool", "group"), launcher("group", known(launches))];
  const declaring = (...architectures: readonly string[]): Settings => ({ capacityProviders: [{ name: "pool", architectures }] });
  const says = (declared: string, stated: string, type: string): string => `capacityProviders[0] says ${declared}; pool says ${stated} (stated as instanceType: "${type}.large"); stack counts`;
  /** Why a type has its architecture is said elsewhere. */
  const withoutReason = (line: string): string => line.replace(/(\.large") \([^)]*\)/, "$1");
  for (const [what, parts, settings, expected] of [
    ["others than declared", pool(arm), declaring("x86_64"), [says("x86_64", "arm64", "m7g")]],
    ["as declared", pool(arm), declaring("arm64"), []],
    ["both as declared", pool(arm, x86), declaring("arm64", "x86_64"), []],
    ["fewer than declared, where all are known", pool(arm), declaring("arm64", "x86_64"), [says("arm64 and x86_64", "arm64", "m7g")]],
    ["fewer than declared, while one is not known", pool(arm, unclear), declaring("arm64", "x86_64"), []],
    ["more than declared: the ones that are not declared are told", pool(arm, x86), declaring("arm64"), [says("arm64", "x86_64", "m5")]],
    ["none that is known", pool(unclear), declaring("arm64"), []],
    ["of a group that perhaps has no instances", [capacityProvider("pool", "group"), launcher("group", known([x86]), { maxSize: LATER })], declaring("arm64"), []],
    [
      "Managed Instances that may be either",
      [capacityProvider("pool", "group", { group: undefined, managed: known({ cpuManufacturers: ABSENT, allowedInstanceTypes: known(["m7g.*", "m5.*"]), excludedInstanceTypes: ABSENT }) })],
      declaring("arm64"),
      [],
    ],
    ["of a provider with another name", pool(arm), { capacityProviders: [{ name: "other", architectures: ["x86_64"] }] }, []],
    [
      "of a provider by its name in the program, where the other is not known",
      [capacityProvider("pool", "group", { name: LATER }), launcher("group", known([arm]))],
      declaring("x86_64"),
      [says("x86_64", "arm64", "m7g")],
    ],
    [
      "of a cluster",
      [cluster("main"), clusterCapacity("c", "main", ["pool"]), ...pool(arm)],
      { clusters: [{ name: "main", architectures: ["x86_64"] }] },
      ['clusters[0] says x86_64; main says arm64 (stated as instanceType: "m7g.large"); stack counts'],
    ],
    ["of a cluster that others may join: fewer than declared are none", [cluster("main"), clusterCapacity("c", "main", ["pool"]), ...pool(arm)], { clusters: [{ name: "main", architectures: ["arm64", "x86_64"] }] }, []],
  ] as const satisfies readonly (readonly [string, readonly Part[], Settings, readonly string[]])[]) {
    it(what, () => assert.deepEqual(contradicted(parts, settings).map(withoutReason), expected));
  }
});
