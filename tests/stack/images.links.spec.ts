import assert from "node:assert/strict";
import { ABSENT, known, unknown, type Fact } from "../../policies/stack/fact";
import { imagesOf } from "../../policies/stack/images";
import type { Part, TaskDefinition } from "../../policies/stack/model";
import { component, containers, image, imageBuilder, LATER, loose, platforms, repository, stackOf, task, type StackOptions } from "../support/stack-parts";

const ARM = { platforms: known(platforms("linux/arm64")) };
const BOTH = { platforms: known(platforms("linux/amd64", "linux/arm64")) };
const BOTH_TURNED = { platforms: known(platforms("linux/arm64", "linux/amd64")) };
const UNSURE = { pushed: unknown("later") };
const LOCAL = { pushed: known(false) };
const DIGEST = `sha256:${"ab".repeat(32)}`;

const SEVERAL = "several resources push this tag";
const NOT_KNOWN_IF_PUSHED = "it is not known whether it is pushed";
const NOT_TOLD_OF = "a resource that is not told of may push this tag too";
const ANOTHER_DESTINATION = "nothing else is known to push this tag, though the destination of another image is not known yet";
const ELSEWHERE = "no resource of this stack pushes it";
const OTHER_TAG = "it is pushed to the same repository, under another tag";
const MADE_FROM = "the container definitions are made from this image";
const OPEN_ELSEWHERE = `a: ${ELSEWHERE}`;

/** Every link as `certainty image [containers]: because`, and every open container as `container: why`. */
function found(parts: readonly Part[], of: TaskDefinition, options: StackOptions = {}): { links: string[]; open: string[] } {
  const name = (fact: Fact<string> | undefined): string => (fact?.state === "known" ? fact.value : "?");
  const { links, open } = imagesOf(stackOf(parts, options), of);
  return {
    links: links.map((link) => `${link.certainty} ${link.image.subject.name} [${link.containers.map((each) => name(each.name)).join()}]${link.because === "" ? "" : `: ${link.because}`}`),
    open: open.map(({ container, why }) => `${name(container?.name)}: ${why}`),
  };
}

type Row = readonly [what: string, parts: readonly Part[], of: TaskDefinition, links: readonly string[], open: readonly string[], options?: StackOptions];

function rows(all: readonly Row[]): void {
  for (const [what, parts, of, links, open, options] of all) {
    it(what, () => assert.deepEqual(found(parts, of, options), { links, open }));
  }
}

const one = task(containers("me/app:1"));
const oneFrom = (...from: readonly string[]): TaskDefinition => task(containers("me/app:1"), from);

describe("the images that push the tag of a container", () => {
  const app = image("app", ["me/app:1"]);
  rows([
    ["the only one is seen", [app], one, ["seen app [a]"], []],
    ["none: it comes from elsewhere", [], one, [], [OPEN_ELSEWHERE]],
    ["text that is no reference names nothing", [app], task(containers("Not an image!")), [], ["a: it is not an image reference"]],
    ["two for the same platforms, in whatever order, do not contradict each other", [image("x", ["me/app:1"], BOTH), image("y", ["me/app:1"], BOTH_TURNED)], one, ["seen x [a]", "seen y [a]"], []],
    ["of two for different platforms each is possible", [app, image("y", ["me/app:1"], ARM)], one, [`possible app [a]: ${SEVERAL}`, `possible y [a]: ${SEVERAL}`], [`a: ${SEVERAL}`]],
    [
      "of two whose platforms are not stated each is possible: their builders may differ",
      [image("x", ["me/app:1"], { platforms: ABSENT }), image("y", ["me/app:1"], { platforms: ABSENT })],
      one,
      [`possible x [a]: ${SEVERAL}`, `possible y [a]: ${SEVERAL}`],
      [`a: ${SEVERAL}`],
    ],
    ["one that is perhaps not pushed is possible", [image("x", ["me/app:1"], UNSURE)], one, [`possible x [a]: ${NOT_KNOWN_IF_PUSHED}`], [`a: ${NOT_KNOWN_IF_PUSHED}`]],
    ["one that is perhaps not pushed is meant where the containers are made from it", [image("x", ["me/app:1"], UNSURE)], oneFrom("x"), ["seen x [a]"], []],
    ["of two alike it is enough that one is surely pushed", [image("x", ["me/app:1"], UNSURE), app], one, ["seen x [a]", "seen app [a]"], []],
    ["nothing is certain while resources are not told of", [app], one, [`possible app [a]: ${NOT_TOLD_OF}`], [`a: ${NOT_TOLD_OF}`], { phase: "partial" }],
  ]);
});

describe("images that stay on the building machine", () => {
  const local = image("local", ["me/app:1"], LOCAL);
  rows([
    ["are not what a container runs", [local], one, [], [OPEN_ELSEWHERE]],
    ["are not what a container runs, whatever else it is made from", [local, repository("r")], oneFrom("r"), [], [OPEN_ELSEWHERE]],
    ["are meant where the containers are made from them: something pushes them that is not seen", [local], oneFrom("local"), ["seen local [a]"], []],
    ["are meant where the containers are made from them and from other things", [local, repository("r")], oneFrom("r", "local"), ["seen local [a]"], []],
    [
      "are meant where the containers are made from a command that makes several images",
      [image("command", ["me/other:1"]), image("command", ["me/app:1"], LOCAL)],
      oneFrom("command"),
      ["seen command [a]"],
      [],
    ],
    [
      "count beside what is pushed, and others that nothing is made from do not",
      [local, image("unused", ["me/app:1"], LOCAL), image("pushed", ["me/app:1"], ARM)],
      oneFrom("local"),
      [`possible local [a]: ${SEVERAL}`, `possible pushed [a]: ${SEVERAL}`],
      [`a: ${SEVERAL}`],
    ],
  ]);
});

describe("images whose destination is not known yet", () => {
  const ecr = "111122223333.dkr.ecr.us-east-1.amazonaws.com/app";
  const run = task(containers(`${ecr}:1`));
  const app = image("app", [`${ecr}:1`]);
  rows([
    ["one for the same repository may push the tag too", [app, repository("app-repository", known(ecr)), loose("other", ["app-repository"])], run, [`inferred app [a]: ${ANOTHER_DESTINATION}`], []],
    ["one for another repository may not", [app, repository("web"), loose("other", ["web"])], run, ["seen app [a]"], []],
    ["one for any repository may", [app, loose("other", [])], run, [`inferred app [a]: ${ANOTHER_DESTINATION}`], []],
    [
      "that the image itself may push to more places is no doubt",
      [repository("app-repository", known(ecr)), image("itself", [`${ecr}:1`], { moreTargets: true, targetsFrom: ["urn:app-repository"] })],
      run,
      ["seen itself [a]"],
      [],
    ],
    ["one for the same repository is possible where nothing pushes the tag", [repository("app-repository", known(ecr)), loose("other", ["app-repository"])], run, [`possible other [a]: ${OTHER_TAG}`], [OPEN_ELSEWHERE]],
    ["one that stays on the building machine is not", [repository("app-repository", known(ecr)), loose("other", ["app-repository"], LOCAL)], run, [], [OPEN_ELSEWHERE]],
  ]);
});

describe("images that are pushed under another tag of the repository", () => {
  const many = Array.from({ length: 25 }, (_, index) => image(`x${index}`, [`me/app:v${index}`]));
  rows([
    ["are possible", [image("x", ["me/app:2"])], one, [`possible x [a]: ${OTHER_TAG}`], [OPEN_ELSEWHERE]],
    ["are possible once, however many of its tags they push", [image("x", ["me/app:2", "me/app:3"])], one, [`possible x [a]: ${OTHER_TAG}`], [OPEN_ELSEWHERE]],
    ["twenty of them are enough", many, one, many.slice(0, 20).map(({ subject }) => `possible ${subject.name} [a]: ${OTHER_TAG}`), [OPEN_ELSEWHERE]],
  ]);
});

describe("a container that names a digest", () => {
  const byDigest = task(containers(`me/app@${DIGEST}`));
  const byBoth = task(containers(`me/app:1@${DIGEST}`));
  const app = image("app", ["me/app:1"]);
  const old = image("old", ["me/app:0"]);
  const NOT_KNOWN = "no image of this stack is known to have this digest";
  const SAME = "it is pushed to the same repository, but not known to have this digest";
  const ONLY = "it is the only image of this stack that is pushed to the repository";
  const SEVERAL_OR_NONE = "several images of this stack may be pushed to its repository, or none";
  const registering: StackOptions = { phase: "registration" };
  rows([
    ["runs the image that has it, wherever that is pushed", [image("x", ["me/elsewhere:1"], { digest: known(DIGEST) }), app], byDigest, ["seen x [a]"], []],
    ["runs another image than those of the repository, if they have other digests", [app], byDigest, [`possible app [a]: ${SAME}`], [`a: ${NOT_KNOWN}`]],
    ["runs another image than those of other repositories", [image("x", ["me/web:1"])], byDigest, [], [`a: ${NOT_KNOWN}`]],
    ["while resources are registered: the only image of its repository", [app], byDigest, [`inferred app [a]: ${ONLY}`], [], registering],
    ["while resources are registered: the only image of its tag", [old, app], byBoth, [`inferred app [a]: ${ONLY}`], [], registering],
    ["while resources are registered: no image of another tag", [old], byBoth, ["possible old [a]: it is pushed to the same repository"], [OPEN_ELSEWHERE], registering],
    ["while resources are registered: none for sure of two", [old, app], byDigest, [`possible old [a]: ${SEVERAL_OR_NONE}`, `possible app [a]: ${SEVERAL_OR_NONE}`], [`a: ${SEVERAL_OR_NONE}`], registering],
    ["while resources are registered: none that is perhaps not pushed", [image("x", ["me/app:1"], UNSURE)], byDigest, [`possible x [a]: ${SEVERAL_OR_NONE}`], [`a: ${SEVERAL_OR_NONE}`], registering],
    ["while resources are registered: none for sure beside one that may be pushed anywhere", [app, loose("other", [])], byDigest, [`possible app [a]: ${SEVERAL_OR_NONE}`], [`a: ${SEVERAL_OR_NONE}`], registering],
    [
      "while resources are registered: none for sure beside one that may be pushed to its repository",
      [app, repository("me/app", known("docker.io/me/app")), loose("other", ["me/app"])],
      byDigest,
      [`possible app [a]: ${SEVERAL_OR_NONE}`],
      [`a: ${SEVERAL_OR_NONE}`],
      registering,
    ],
  ]);
});

describe("a container whose image is declared", () => {
  const arm = { images: [{ reference: "me/app:*", platforms: ["linux/arm64"] }] };
  const SEVERAL_DECLARED = "several builders are declared to push it";
  const pushes = { codeBuildProjects: [{ project: "build*", pushes: ["me/app:*"] }] };
  rows([
    ["runs it, where nothing in the stack pushes it", [], one, ["seen me/app:1 [a]"], [], { settings: arm }],
    ["runs it rather than an image that is merely possible", [image("x", ["me/app:2"])], one, ["seen me/app:1 [a]"], [], { settings: arm }],
    ["runs what the stack pushes all the same", [image("x", ["me/app:1"])], one, ["seen x [a]"], [], { settings: arm }],
    ["runs it only if the declaration is about it", [], task(containers("me/web:1")), [], [OPEN_ELSEWHERE], { settings: arm }],
    ["runs what the declared project pushes", [imageBuilder("build")], one, ["seen build [a]"], [], { settings: pushes }],
    ["runs either of what two declared projects push that build alike", [imageBuilder("build"), imageBuilder("build2")], one, ["seen build [a]", "seen build2 [a]"], [], { settings: pushes }],
    [
      "runs none for sure of what two declared projects push that build for different platforms",
      [imageBuilder("build"), imageBuilder("build2", ARM)],
      one,
      [`possible build [a]: ${SEVERAL_DECLARED}`, `possible build2 [a]: ${SEVERAL_DECLARED}`],
      [`a: ${SEVERAL_DECLARED}`],
      { settings: pushes },
    ],
  ]);
});

describe("containers that are computed, and what they are made from", () => {
  const later = (...from: readonly string[]): TaskDefinition => task(LATER, from);
  const app = image("app", ["me/app:1"]);
  const inferredApp = `inferred app []: ${MADE_FROM}`;
  const ofNew = "inferred x []: it is the only image pushed to the new repository `app`";
  rows([
    ["an image", [app], later("app"), [inferredApp], []],
    ["nothing that tells of images", [app], later("other"), [], ["?: later"]],
    ["definitions that are left out are not made from anything", [app], task(ABSENT, ["app"]), [], ["?: it has no container definitions"]],
    ["the builds beneath a component", [component("c"), app, image("x", ["me/x:1"])], later("c"), [inferredApp], [], { parents: { app: "c", x: "other" } }],
    ["a component that has no builds yet", [component("c")], later("c"), [], ["?: later"]],
    ["one of several images that a command makes alike", [image("app", ["me/app:1"]), image("app", ["me/app:2"])], later("app"), [inferredApp], []],
    ["several different images that a command makes: not known which", [image("app", ["me/app:1"]), image("app", ["me/app:2"], ARM)], later("app"), [], ["?: later"]],
    ["a new repository with one image", [repository("app"), loose("x", ["app"])], later("app"), [ofNew], []],
    ["a new repository without images", [repository("app")], later("app"), [], ["?: later"]],
    ["a new repository with several images", [repository("app"), loose("x", ["app"]), loose("y", ["app"])], later("app"), [], ["?: later"]],
    ["a new repository with an image that is perhaps not pushed", [repository("app"), loose("x", ["app"], UNSURE)], later("app"), [], ["?: later"]],
    ["a new repository while another image may be pushed anywhere", [repository("app"), loose("x", ["app"]), loose("y", [])], later("app"), [], ["?: later"]],
    ["a repository that exists already may hold other images", [repository("app", known("r.example/app")), loose("x", ["app"])], later("app"), [], ["?: later"]],
    ["a new repository and its image: the image is told once", [repository("app"), loose("x", ["app"])], later("app", "x"), [`inferred x []: ${MADE_FROM}`], []],
  ]);
});

describe("some containers whose image is computed", () => {
  const x = image("x", ["me/x:1"]);
  const y = image("y", ["me/y:1"]);
  const TOO_MANY = "the container definitions are made from more images than they have containers for";
  const inferred = (name: string, of: string): string => `inferred ${name} [${of}]: ${MADE_FROM}`;
  rows([
    ["the one runs what the definitions are made from", [x], task(containers(LATER), ["x"]), [inferred("x", "a")], []],
    ["of two it is not known which runs it", [x], task(containers(LATER, LATER), ["x"]), [inferred("x", "")], []],
    [
      "one runs none for sure of two images: the other may be meant for a variable",
      [x, y],
      task(containers(LATER), ["x", "y"]),
      [`possible x [a]: ${TOO_MANY}`, `possible y [a]: ${TOO_MANY}`],
      ["a: later"],
    ],
    ["two run the two images that the definitions are made from", [x, y], task(containers(LATER, LATER), ["x", "y"]), [inferred("x", ""), inferred("y", "")], []],
    ["it runs what no other container names", [x, y], task(containers("me/x:1", LATER), ["x", "y"]), ["seen x [a]", inferred("y", "b")], []],
    ["nothing is left for it to run", [x], task(containers("me/x:1", LATER), ["x"]), ["seen x [a]"], ["b: later"]],
    [
      "it may run what another container only possibly runs",
      [x],
      task(containers("me/x:2", LATER), ["x"]),
      [`possible x [a]: ${OTHER_TAG}`, inferred("x", "b")],
      [OPEN_ELSEWHERE],
    ],
    ["a container without an image is not one of them", [x], task(containers(ABSENT, LATER), ["x"]), [inferred("x", "b")], ["a: the container has no image"]],
    ["with nothing that they are made from they stay open", [x], task(containers("me/x:1", LATER)), ["seen x [a]"], ["b: later"]],
    ["with all images known, what else the definitions are made from is not run", [x, y], task(containers("me/x:1"), ["x", "y"]), ["seen x [a]"], []],
    ["containers of one image are told together", [x, y], task(containers("me/x:1", "me/y:1", "me/x:1")), ["seen x [a,c]", "seen y [b]"], []],
  ]);
});
