import assert from "node:assert/strict";
import { formatPlatform } from "../../policies/platform/platform";
import { ABSENT, known } from "../../policies/stack/fact";
import { imagesOf, offerOf } from "../../policies/stack/images";
import type { Image, Part } from "../../policies/stack/model";
import { NOTHING_OUTSIDE, type Outside } from "../../policies/stack/outside";
import { HERE, urnOf } from "../support/model-parts";
import { containers, image, loose, platforms, reference, repository, stackOf, task, type StackOptions } from "../support/stack-parts";

const DIGEST = `sha256:${"ab".repeat(32)}`;
const ELSEWHERE = "no resource of this stack pushes it";
const BY = "registry, today";
const ARM = { state: "known", value: platforms("linux/arm64"), by: BY } as const;

/** A registry that gives the same answer for all it is asked, and remembers what that was. */
function registry(answer: ReturnType<Outside["image"]>): { readonly outside: Outside; readonly asked: string[] } {
  const asked: string[] = [];
  const ask: Outside["image"] = ({ repository: name, tag, digest }, scope) => {
    asked.push(`${name}:${tag ?? ""}@${digest ?? ""} in ${scope}`);
    return answer;
  };
  return { outside: { ...NOTHING_OUTSIDE, knowsImages: true, image: ask }, asked };
}

function found(parts: readonly Part[], reference: string, options: StackOptions): { links: string[]; open: string[] } {
  const { links, open } = imagesOf(stackOf(parts, options), task(containers(reference)));
  return {
    links: links.map(({ certainty, image: { subject, statedBy }, because }) => `${certainty} ${subject.name} by ${statedBy}${because === "" ? "" : `: ${because}`}`),
    open: open.map(({ why }) => why),
  };
}

describe("a container whose image the stack does not push, with a registry that tells of it", () => {
  const SEEN = "seen me/app:1 by registry";
  const RIVAL = "inferred me/app:1 by registry: nothing in the stack is known to push this tag, though the destination of an image is not known yet";
  const ofDigest = `me/app@${DIGEST}`;
  const SEVERAL = "several resources push this tag";
  const OTHER_TAG = "it is pushed to the same repository, under another tag";
  const sameRepository = [repository("me/app", known("docker.io/me/app")), loose("x", ["me/app"])];
  for (const [what, parts, run, links, open, options] of [
    ["runs what the registry holds", [], "me/app:1", [SEEN], []],
    ["runs what the registry holds, not another tag of the stack", [image("x", ["me/app:2"])], "me/app:1", [SEEN], []],
    ["runs what the stack pushes, if it pushes the tag", [image("x", ["me/app:1"])], "me/app:1", ["seen x by platforms"], []],
    ["may run what something in the stack pushes whose destination is not known", [loose("x", [])], "me/app:1", [RIVAL], []],
    ["runs what has its digest, whatever the stack pushes", [loose("x", [])], ofDigest, [`seen ${ofDigest} by registry`], []],
    ["runs what is declared, rather than asking", [], "me/app:1", ["seen me/app:1 by declaration"], [], { settings: { images: [{ reference: "me/*", platforms: ["linux/arm64"] }] } }],
    ["is not settled while resources are registered: a later one may push the tag", [], "me/app:1", [], [ELSEWHERE], { phase: "registration" }],
    ["is settled by a digest, also while resources are registered", [], ofDigest, [`seen ${ofDigest} by registry`], [], { phase: "registration" }],
    ["is not settled while some resources are not told of", [], "me/app:1", [], [ELSEWHERE], { phase: "partial" }],
    ["is not settled if an image of the stack may push to its repository", sameRepository, "me/app:1", [`possible x by platforms: ${OTHER_TAG}`], [ELSEWHERE]],
    [
      "is not settled if several resources push the tag: the registry may hold what either pushed before",
      [image("x", ["me/app:1"]), image("y", ["me/app:1"], { platforms: known(platforms("linux/arm64")) })],
      "me/app:1",
      [`possible x by platforms: ${SEVERAL}`, `possible y by platforms: ${SEVERAL}`],
      [SEVERAL],
    ],
  ] as const) {
    it(what, () => assert.deepEqual(found(parts, run, { ...(options ?? {}), outside: registry(ARM).outside }), { links, open }));
  }

  it("stays open with the reason, if the registry does not tell", () => {
    const { outside } = registry({ state: "unknown", why: "it says no" });
    assert.deepEqual(found([], "me/app:1", { outside }), { links: [], open: [`${ELSEWHERE}, and it could not be looked up: it says no`] });
    const other = found([image("x", ["me/app:2"])], "me/app:1", { outside });
    assert.equal(other.links.length, 1, "what may be meant is told all the same");
  });

  it("stays open while the answer is not there yet", () => {
    assert.deepEqual(found([], "me/app:1", { outside: registry(undefined).outside }), { links: [], open: [ELSEWHERE] });
  });

  it("is asked for in the name of its task", () => {
    const { outside, asked } = registry(ARM);
    found([], "me/app:1", { outside });
    assert.deepEqual([...new Set(asked)], [`docker.io/me/app:1@ in ${HERE}`]);
  });

  it("nothing is asked where images are not looked up", () => {
    const { outside, asked } = registry(ARM);
    assert.deepEqual(found([], "me/app:1", { outside: { ...outside, knowsImages: false } }), { links: [], open: [ELSEWHERE] });
    assert.deepEqual(asked, []);
  });
});

describe("what an image offers, with a registry that tells what was pushed", () => {
  const offered = (it: Image, outside: Outside): string => {
    const offer = offerOf(stackOf([it], { outside }), it);
    const what = offer.platforms.state === "known" ? offer.platforms.value.map(formatPlatform).join() : "not known";
    return `${what} from ${offer.builds.map(({ subject }) => subject.name).join()}${offer.inferred ? ", inferred" : ""}${offer.source === undefined ? "" : ` (${offer.source.text}, ${offer.source.how}: ${offer.source.by ?? ""})`}`;
  };

  it("is what was pushed, rather than what its program states", () => {
    assert.equal(offered(image("it", ["me/app:1"], { digest: known(DIGEST) }), registry(ARM).outside), `linux/arm64 from it (platforms of it, looked up: ${BY})`);
  });

  it("is what its program states, as long as its digest is not known", () => {
    assert.equal(offered(image("it", ["me/app:1"]), registry(ARM).outside), "linux/amd64 from it");
  });

  it("a source is a name on the building machine, for which no registry is asked", () => {
    const { outside, asked } = registry(ARM);
    const copy = image("copy", ["me/copy:1"], { platforms: ABSENT, sources: [reference(known("me/app:1"))] });
    assert.equal(offered(copy, outside), "not known from copy");
    assert.deepEqual(asked, []);
    assert.equal(copy.subject.urn, urnOf("copy"));
  });
});
