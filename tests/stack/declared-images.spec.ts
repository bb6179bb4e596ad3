import assert from "node:assert/strict";
import { ABSENT, known } from "../../policies/stack/fact";
import { declaredImages } from "../../policies/stack/declared-images";
import type { Part } from "../../policies/stack/model";
import { imageBuilder, platforms, stackOf, subject } from "../support/stack-parts";

const ELSEWHERE = { images: [{ reference: "me/app:*", platforms: ["linux/arm64"] }] };

function pushing(project: string, parts: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return { codeBuildProjects: [{ project, pushes: ["me/app:*"], ...parts }] };
}

/** Each image as `name: platforms, how "text"`. */
function told(parts: readonly Part[], settings: Readonly<Record<string, unknown>>, reference = "me/app:1"): string[] {
  return declaredImages(stackOf(parts, { settings }), reference).map(
    (image) => `${image.subject.name}: ${image.platforms.state === "known" ? image.platforms.value.map(({ architecture }) => architecture).join() : "not known"}, ${image.source.how} "${image.source.text}"`,
  );
}

describe("an image that is declared", () => {
  it("is one that is surely pushed to that reference and nowhere else", () => {
    assert.deepEqual(declaredImages(stackOf([], { settings: ELSEWHERE }), "me/app:1"), [
      {
        is: "image",
        subject: { urn: "image me/app:1", kind: "image", name: "me/app:1" },
        scope: "",
        platforms: known(platforms("linux/arm64")),
        source: { how: "declared", text: "built elsewhere" },
        statedBy: "declaration",
        targets: [{ repository: "docker.io/me/app", tag: "1" }],
        moreTargets: false,
        targetsFrom: [],
        digest: ABSENT,
        pushed: known(true),
      },
    ]);
  });

  it("is the same one for the same reference, and another one for another", () => {
    const stack = stackOf([], { settings: ELSEWHERE });
    const [one, again, other] = ["me/app:1", "me/app:1", "me/app:2"].map((reference) => declaredImages(stack, reference)[0]);
    assert.equal(one, again);
    assert.notEqual(one?.subject.urn, other?.subject.urn);
  });

  it("by a pattern that also matches text that is no reference pushes to nothing", () => {
    const [image] = declaredImages(stackOf([], { settings: { images: [{ reference: "*", platforms: ["linux/arm64"] }] } }), "Not an image!");
    assert.deepEqual(image?.targets, []);
  });

  const fromProject = 'build: amd64, stated "environment of build"';
  const declared = 'me/app:1: arm64, declared "built elsewhere"';
  for (const [what, parts, settings, expected] of [
    ["is none, where nothing is declared", [imageBuilder("build")], {}, []],
    ["is what the project builds for", [imageBuilder("build")], pushing("build"), [fromProject]],
    ["is what the project is declared to build for", [imageBuilder("build")], pushing("build", { platforms: ["linux/arm64"] }), ['build: arm64, declared "what it pushes"']],
    ["is told by the project's name in AWS too", [imageBuilder("build", { name: known("web-build") })], pushing("web-*"), [fromProject]],
    ["is told by the project's name in the program, where the other is not known", [imageBuilder("build", { name: ABSENT })], pushing("build"), [fromProject]],
    ["is none, where the stack has no such project", [imageBuilder("build")], pushing("other"), []],
    ["is what the stack's project pushes, rather than one that is built elsewhere", [imageBuilder("build")], { ...pushing("build"), ...ELSEWHERE }, [fromProject]],
    ["is one that is built elsewhere, where the stack has no such project", [imageBuilder("build")], { ...pushing("other"), ...ELSEWHERE }, [declared]],
  ] as const) {
    it(what, () => assert.deepEqual(told(parts, settings), expected));
  }

  it("by a project names that project", () => {
    const [image] = declaredImages(stackOf([imageBuilder("build")], { settings: pushing("build") }), "me/app:1");
    assert.deepEqual([image?.subject, image?.statedBy], [subject("build"), "--platform"]);
  });
});
