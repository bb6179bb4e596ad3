import assert from "node:assert/strict";
import { formatPlatform } from "../../policies/platform/platform";
import { ABSENT, known } from "../../policies/stack/fact";
import { offerOf } from "../../policies/stack/images";
import type { Image, Part } from "../../policies/stack/model";
import { urnOf } from "../support/model-parts";
import { image, LATER, loose, platforms, reference, repository, stackOf, type StackOptions } from "../support/stack-parts";

const ARM = { platforms: known(platforms("linux/arm64")) };
const LOCAL = { pushed: known(false) };
const DIGEST = `sha256:${"ab".repeat(32)}`;
const NOT_BUILT = "not known: it is made from images that this stack does not build";

/** An image that is joined or copied from others: known references, or values made from the named resources. */
function made(name: string, targets: readonly string[], sources: Image["sources"], parts: Partial<Image> = {}): Image {
  return image(name, targets, { platforms: ABSENT, ...(sources === undefined ? {} : { sources }), ...parts });
}

const named = (text: string, ...from: readonly string[]): ReturnType<typeof reference> => reference(known(text), ...from);
const computed = (...from: readonly string[]): ReturnType<typeof reference> => reference(LATER, ...from);

/** What the image called `it` offers: `platforms from builds`, with a word where the sources are inferred. */
function offered(parts: readonly Part[], options: StackOptions = {}): string {
  const stack = stackOf(parts, options);
  const [it] = stack.at(urnOf("it"), "image");
  const offer = offerOf(stack, it!);
  const builds = offer.builds.map(({ subject }) => subject.name).join();
  const what = offer.platforms.state === "known" ? offer.platforms.value.map(formatPlatform).join() : `not known: ${offer.platforms.state === "unknown" ? offer.platforms.why : "not stated"}`;
  return `${what} from ${builds}${offer.inferred ? ", inferred" : ""}`;
}

type Row = readonly [what: string, parts: readonly Part[], expected: string, options?: StackOptions];

function rows(all: readonly Row[]): void {
  for (const [what, parts, expected, options] of all) {
    it(what, () => assert.equal(offered(parts, options), expected));
  }
}

const amd = image("amd", ["me/app:amd"]);
const arm = image("arm", ["me/app:arm"], ARM);

describe("what an image offers", () => {
  rows([
    ["what it is built for", [image("it", ["me/app:1"])], "linux/amd64 from it"],
    ["nothing that is known, where no platform is stated", [image("it", ["me/app:1"], { platforms: ABSENT })], "not known: not stated from it"],
    ["what it is built for, with an empty list of sources", [image("it", ["me/app:1"], { sources: [] })], "linux/amd64 from it"],
    ["all that it is joined from", [made("it", ["me/app:1"], [named("me/app:amd"), named("me/app:arm")]), amd, arm], "linux/amd64,linux/arm64 from amd,arm"],
    ["nothing for certain, if one of its sources is built elsewhere", [made("it", ["me/app:1"], [named("me/app:amd"), named("me/app:arm")]), amd], `${NOT_BUILT} from it`],
    ["nothing for certain, if the platforms of a source are not stated", [made("it", ["me/app:1"], [named("me/app:amd"), named("me/app:x")]), amd, image("x", ["me/app:x"], { platforms: ABSENT })], "not known: not stated from x"],
    ["what the builders of a source offer that build alike", [made("it", ["me/app:1"], [named("me/app:amd")]), amd, image("again", ["me/app:amd"])], "linux/amd64,linux/amd64 from amd,again"],
    ["nothing for certain, if different builders push a source", [made("it", ["me/app:1"], [named("me/app:amd")]), amd, image("again", ["me/app:amd"], ARM)], `${NOT_BUILT} from it`],
    ["nothing for certain, if a source is no reference", [made("it", ["me/app:1"], [named("Not an image!")])], `${NOT_BUILT} from it`],
  ]);
});

describe("what an image offers that is made from computed values", () => {
  rows([
    ["the one image that a source is made from", [made("it", ["me/app:1"], [computed("arm")]), arm, amd], "linux/arm64 from arm, inferred"],
    ["nothing for certain, if a source is made from two images", [made("it", ["me/app:1"], [computed("arm", "amd")]), arm, amd], `${NOT_BUILT} from it`],
    ["both images, if each of two sources is made from both", [made("it", ["me/app:1"], [computed("arm", "amd"), computed("arm", "amd")]), arm, amd], "linux/arm64,linux/amd64 from arm,amd, inferred"],
    ["a known source and a computed one", [made("it", ["me/app:1"], [named("me/app:amd"), computed("arm")]), arm, amd], "linux/amd64,linux/arm64 from amd,arm, inferred"],
    ["nothing for certain, if a source is made from nothing of the stack", [made("it", ["me/app:1"], [named("me/app:amd"), computed()]), amd], `${NOT_BUILT} from it`],
    ["nothing for certain, if all that a source is made from is the image itself", [repository("r"), loose("it", ["r"], { platforms: ABSENT, sources: [computed("r")] })], `${NOT_BUILT} from it`],
    ["nothing for certain, if all that a source can be is the image itself", [repository("r"), loose("it", ["r"], { platforms: ABSENT, sources: [named("elsewhere/app:1", "r")] })], `${NOT_BUILT} from it`],
    ["a source with a name that nothing pushes: the one image that it is made from", [made("it", ["me/app:1"], [named("elsewhere/app:1", "arm")]), arm], "linux/arm64 from arm, inferred"],
    ["a source with a name that nothing pushes: none of two that it is made from", [made("it", ["me/app:1"], [named("elsewhere/app:1", "arm", "amd")]), arm, amd], `${NOT_BUILT} from it`],
    ["what pushes the name of a source goes before what that is made from", [made("it", ["me/app:1"], [named("me/app:amd", "arm")]), arm, amd], "linux/amd64 from amd"],
    ["a source with its own name: what it is made from", [made("it", ["me/app:1"], [named("me/app:1", "arm")]), arm], "linux/arm64 from arm, inferred"],
  ]);
});

describe("what a copy offers that is made on the building machine", () => {
  const local = image("local", ["me/app:1"], { ...LOCAL, ...ARM });
  const pushed = image("pushed", ["me/app:1"]);
  const copy = made("it", ["me/copy:1"], [named("me/app:1")]);
  rows([
    ["the local image of that name", [copy, local], "linux/arm64 from local"],
    ["the local image of that name, not the pushed one", [copy, pushed, local], "linux/arm64 from local"],
    ["the pushed image, where none of that name is local", [copy, pushed], "linux/amd64 from pushed"],
    ["of two local images of that name it is not known which is meant", [copy, local, image("local2", ["me/app:1"], LOCAL)], `${NOT_BUILT} from it`],
    ["a local image that is named like its source is not its own source", [made("it", ["me/app:1"], [named("me/app:1")], LOCAL), pushed], "linux/amd64 from pushed"],
    ["a digest means what was pushed, whatever local image has the name", [made("it", ["me/copy:1"], [named(`me/app:1@${DIGEST}`)]), local, image("other", ["me/x:1"], { digest: known(DIGEST) })], "linux/amd64 from other"],
  ]);
});

describe("what copies of copies offer", () => {
  const copies = (count: number): Image[] =>
    Array.from({ length: count }, (_, index) => made(index === 0 ? "it" : `copy${index}`, [`me/app:${index}`], [named(index + 1 === count ? "me/app:arm" : `me/app:${index + 1}`)]));
  rows([
    ["the platforms of the build at the end", [...copies(3), arm], "linux/arm64 from arm"],
    ["they are inferred, if one of them on the way is", [made("it", ["me/app:1"], [named("me/app:2"), named("me/app:amd")]), made("copy", ["me/app:2"], [computed("arm")]), arm, amd], "linux/arm64,linux/amd64 from arm,amd, inferred"],
    ["nothing, where they are copied in a circle", [made("it", ["me/app:1"], [named("me/app:2")]), made("copy", ["me/app:2"], [named("me/app:1")])], "not known: it is a copy of itself from it"],
    ["the platforms of the build behind fifty copies", [...copies(50), arm], "linux/arm64 from arm"],
    ["nothing behind more copies", [...copies(51), arm], "not known: it is a copy of a copy too many times over from copy50"],
  ]);
});
