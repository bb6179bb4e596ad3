/** What becomes of images and builds when their registry tells what it holds; no network: the registry is a table here. */

import assert from "node:assert/strict";
import { parseImageReference, type ImageReference } from "../../policies/platform/image-reference";
import { formatPlatform, parsePlatform, type Platform } from "../../policies/platform/platform";
import { textOf } from "../../policies/report/text";
import { ecsTaskImageArchitecture } from "../../policies/rules/ecs-task-image-architecture";
import { ABSENT, known, unknown, valueOf } from "../../policies/stack/fact";
import { imagesOf, offerOf } from "../../policies/stack/images";
import { imageInRegistry, pushedBefore, withDigest } from "../../policies/stack/looked-up-images";
import type { Image, Subject, TaskDefinition } from "../../policies/stack/model";
import { NOTHING_OUTSIDE, type Answer, type Outside } from "../../policies/stack/outside";
import { Stack, type Phase } from "../../policies/stack/stack";
import { NOTHING_DECLARED } from "../support/model-parts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const OTHER_DIGEST = `sha256:${"b".repeat(64)}`;
const BY = "registry docker.io, today";

function subject(name: string): Subject {
  return { urn: `urn:${name}`, kind: "thing", name };
}

function build(parts: Partial<Image> = {}, name = "build"): Image {
  return {
    is: "image",
    subject: subject(name),
    scope: "here",
    platforms: known([parsePlatform("linux/amd64")!]),
    source: { how: "stated", text: 'platforms: ["linux/amd64"]' },
    statedBy: "platforms",
    targets: [parseImageReference("me/app:1")!],
    moreTargets: false,
    targetsFrom: [],
    digest: known(DIGEST),
    pushed: known(true),
    ...parts,
  };
}

function task(...images: string[]): TaskDefinition {
  return {
    is: "task definition",
    subject: subject("task"),
    scope: "here",
    family: known("task"),
    arn: unknown("later"),
    cpuArchitecture: known("ARM64"),
    operatingSystemFamily: ABSENT,
    requiresCompatibilities: ABSENT,
    containers: known(images.map((reference, index) => ({ index, name: known(`c${String(index)}`), image: known(reference) }))),
    containersFrom: [],
    placementConstraints: known([]),
  };
}

/** What an image is called by who asks for it: its digest goes before its tag. */
function called({ repository, tag, digest }: ImageReference): string {
  return digest === undefined ? `${repository}:${tag ?? ""}` : `${repository}@${digest}`;
}

type Answers = Readonly<Record<string, readonly string[] | "unknown">>;

function answer(told: Answers[string] | undefined): Answer<readonly Platform[]> | undefined {
  if (told === undefined) {
    return undefined;
  }
  return told === "unknown" ? { state: "unknown", why: "no answer within 1 s" } : { state: "known", value: told.map((text) => parsePlatform(text)!), by: BY };
}

/** Look-ups of images are on, and give these answers; `asked` holds the questions, with the scope that asks. */
function registry(answers: Answers, asked: string[] = []): Outside {
  return {
    ...NOTHING_OUTSIDE,
    knowsImages: true,
    image: (reference, scope) => {
      asked.push(`${called(reference)} for ${scope}`);
      return answer(answers[called(reference)]);
    },
  };
}

function stackOf(outside: Outside, parts: readonly (Image | TaskDefinition)[] = [], phase: Phase = "complete"): Stack {
  const stack = new Stack(phase, NOTHING_DECLARED, outside);
  parts.forEach((part) => stack.add(part.subject.urn, undefined, [part]));
  return stack;
}

/** `nginx: linux/amd64`: the images that the task's containers run for certain, and why the others are open. */
function images(outside: Outside, of: TaskDefinition, others: readonly Image[] = [], phase: Phase = "complete"): string[] {
  const stack = stackOf(outside, [...others, of], phase);
  const { links, open } = imagesOf(stack, of);
  const linked = links.map(({ image, certainty }) => `${image.subject.name}: ${(valueOf(offerOf(stack, image).platforms) ?? []).map(formatPlatform).join()}, ${certainty}`);
  return [...linked, ...open.map(({ why }) => `open: ${why}`)];
}

const NGINX = "docker.io/library/nginx:1";
const ELSEWHERE = "no resource of this stack pushes it";

describe("images that nothing in the stack builds", () => {
  const X86 = registry({ [NGINX]: ["linux/amd64"] });
  for (const [what, outside, of, others, found] of [
    ["are what their registry tells", X86, task("nginx:1"), [], ["nginx:1: linux/amd64, seen"]],
    ["with all their platforms", registry({ [NGINX]: ["linux/amd64", "linux/arm64"] }), task("nginx:1"), [], ["nginx:1: linux/amd64,linux/arm64, seen"]],
    ["by digest, where they are named so", registry({ [`docker.io/library/nginx@${DIGEST}`]: ["linux/arm64"] }), task(`nginx@${DIGEST}`), [], [`nginx@${DIGEST}: linux/arm64, seen`]],
    ["are one image for all containers that name it", X86, task("nginx:1", "nginx:1"), [], ["nginx:1: linux/amd64, seen"]],
    ["are several images by several names", registry({ [NGINX]: ["linux/amd64"], "docker.io/library/nginx:2": ["linux/arm64"] }), task("nginx:1", "nginx:2"), [], ["nginx:1: linux/amd64, seen", "nginx:2: linux/arm64, seen"]],
    ["stay open with the reason, where the look-up failed", registry({ [NGINX]: "unknown" }), task("nginx:1"), [], [`open: ${ELSEWHERE}, and it could not be looked up: no answer within 1 s`]],
    ["stay open as long as there is no answer", registry({}), task("nginx:1"), [], [`open: ${ELSEWHERE}`]],
    ["stay open where nobody is asked", NOTHING_OUTSIDE, task("nginx:1"), [], [`open: ${ELSEWHERE}`]],
    ["are inferred while a build may push anywhere", X86, task("nginx:1"), [build({ targets: [], moreTargets: true, targetsFrom: undefined })], ["nginx:1: linux/amd64, inferred"]],
  ] as const) {
    it(what, () => assert.deepEqual(images(outside, of, others), found));
  }

  it("are asked for by who runs them: registries of AWS accounts answer each differently", () => {
    const asked: string[] = [];
    images(registry({}, asked), { ...task("nginx:1"), scope: "there" });
    assert.deepEqual(asked, [`${NGINX} for there`]);
  });

  it("are not asked for by tag while resources are registered: any later one may push it", () => {
    const asked: string[] = [];
    images(registry({ [NGINX]: ["linux/amd64"] }, asked), task("nginx:1"), [], "registration");
    assert.deepEqual(asked, []);
  });

  it("are told as what the registry says, with who said so", () => {
    const of = task("nginx:1");
    const [finding, ...others] = ecsTaskImageArchitecture.judge(stackOf(X86, [of])).findings;
    assert.deepEqual(others, []);
    assert.deepEqual([finding?.kind, finding?.certainty, finding?.subject.name], ["image-on-task", "certain", "task"]);
    assert.match(textOf(finding!), /image `nginx:1`, built elsewhere \(looked up: registry docker\.io, today\)/);
  });
});

describe("an image in a registry, as a part like those of the stack", () => {
  const reference = (text: string): ImageReference => parseImageReference(text)!;
  const X86 = registry({ [NGINX]: ["linux/amd64"], [`docker.io/library/nginx@${DIGEST}`]: ["linux/arm64"] });

  for (const [text, digest] of [
    ["nginx:1", ABSENT],
    [`nginx@${DIGEST}`, known(DIGEST)],
  ] as const) {
    it(`${text.slice(0, 20)}: is pushed under that reference and no other`, () => {
      const image = imageInRegistry(stackOf(X86), text, reference(text), "here").image!;
      assert.deepEqual(image.subject, { urn: `image ${text}`, kind: "image", name: text });
      assert.deepEqual([image.is, image.scope, image.statedBy, image.pushed], ["image", "here", "registry", known(true)]);
      assert.deepEqual([image.targets, image.moreTargets, image.targetsFrom, image.digest], [[reference(text)], false, [], digest]);
    });
  }

  it("is the same object for the same reference and scope, and another one for another", () => {
    const stack = stackOf(X86);
    const found = (text: string, scope: string): Image => imageInRegistry(stack, text, reference(text), scope).image!;
    assert.equal(found("nginx:1", "here"), found("nginx:1", "here"));
    assert.notEqual(found("nginx:1", "here"), found("nginx:1", "there"));
    assert.notEqual(found("nginx:1", "here"), found(`nginx@${DIGEST}`, "here"));
    assert.equal(found("nginx:1", "there").scope, "there");
  });

  it("is none without an answer, which says why", () => {
    const failed = imageInRegistry(stackOf(registry({ [NGINX]: "unknown" })), "nginx:1", reference("nginx:1"), "here");
    assert.deepEqual(failed, { image: undefined, answer: { state: "unknown", why: "no answer within 1 s" } });
    assert.deepEqual(imageInRegistry(stackOf(registry({})), "nginx:1", reference("nginx:1"), "here"), { image: undefined, answer: undefined });
  });
});

const PUSHED = { [`docker.io/me/app@${DIGEST}`]: ["linux/arm64"] } as const;

describe("what a build of the stack has really pushed", () => {
  for (const [what, image, platforms] of [
    ["goes before what the build states", build(), ["linux/arm64"]],
    ["is asked by digest, not by a tag that may be another image by now", build({ digest: known(OTHER_DIGEST) }), ["linux/amd64"]],
    ["is not known before it has a digest", build({ digest: unknown("later") }), ["linux/amd64"]],
    ["is not known without a repository to ask", build({ targets: [] }), ["linux/amd64"]],
    ["is nothing where it stays on the building machine", build({ pushed: known(false) }), ["linux/amd64"]],
    ["counts where it is not known whether it is pushed: the registry has it", build({ pushed: unknown("later") }), ["linux/arm64"]],
  ] as const) {
    it(what, () => {
      const stack = stackOf(registry(PUSHED), [image]);
      assert.deepEqual((valueOf(offerOf(stack, image).platforms) ?? []).map(formatPlatform), platforms);
    });
  }

  for (const [what, outside] of [
    ["failed", registry({ [`docker.io/me/app@${DIGEST}`]: "unknown" })],
    ["has no answer yet", registry({})],
    ["was not wanted", { ...registry(PUSHED), knowsImages: false }],
  ] as const) {
    it(`counts as it is stated where the look-up ${what}`, () => {
      const stack = stackOf(outside, [build()]);
      assert.equal(pushedBefore(stack, build()), undefined);
      assert.deepEqual(valueOf(offerOf(stack, build()).platforms)?.map(formatPlatform), ["linux/amd64"]);
    });
  }

  it("is told with the property that states otherwise, and who was asked", () => {
    assert.deepEqual(pushedBefore(stackOf(registry(PUSHED)), build())?.source, { how: "looked up", text: 'platforms: ["linux/amd64"]', by: BY });
  });

  it("is asked for by the build's own scope", () => {
    const asked: string[] = [];
    pushedBefore(stackOf(registry({}, asked)), build({ scope: "there" }));
    assert.deepEqual(asked, [`docker.io/me/app@${DIGEST} for there`]);
  });

  it("is asked for nothing without a digest or a repository, nor of what the registry told itself", () => {
    const asked: string[] = [];
    const stack = stackOf(registry({}, asked));
    for (const parts of [{ digest: unknown("later") }, { targets: [] }, { pushed: known(false) }, { statedBy: "registry" }] as const) {
      assert.equal(pushedBefore(stack, build(parts)), undefined);
    }
    assert.deepEqual(asked, []);
  });
});

describe("a build whose digest only its use tells, while resources are registered", () => {
  const unbuilt = build({ digest: unknown("later") });
  const of = task(`me/app@${DIGEST}`);

  it("is what was pushed under that digest", () => {
    assert.deepEqual(images(registry(PUSHED), of, [unbuilt], "registration"), ["build: linux/arm64, inferred"]);
    assert.deepEqual(images(registry({}), of, [unbuilt], "registration"), ["build: linux/amd64, inferred"]);
    assert.deepEqual(images(NOTHING_OUTSIDE, of, [unbuilt], "registration"), ["build: linux/amd64, inferred"]);
  });

  it("is what the registry holds under each digest, where one task names two", () => {
    const two = task(`me/app@${DIGEST}`, `me/app@${OTHER_DIGEST}`);
    const both = registry({ ...PUSHED, [`docker.io/me/app@${OTHER_DIGEST}`]: ["linux/amd64"] });
    assert.deepEqual(images(both, two, [unbuilt], "registration"), ["build: linux/arm64, inferred", "build: linux/amd64, inferred"]);
  });

  it("is the same object for each use of it, and unchanged where nothing is looked up", () => {
    const stack = stackOf(registry(PUSHED), [unbuilt]);
    assert.equal(withDigest(stack, unbuilt, DIGEST), withDigest(stack, unbuilt, DIGEST));
    assert.deepEqual(withDigest(stack, unbuilt, DIGEST), { ...unbuilt, digest: known(DIGEST) });
    assert.equal(withDigest(stackOf(NOTHING_OUTSIDE), unbuilt, DIGEST), unbuilt);
  });

  it("keeps a digest that is known", () => {
    const own = build({ digest: known(OTHER_DIGEST) });
    assert.equal(withDigest(stackOf(registry(PUSHED)), own, DIGEST), own);
  });
});
