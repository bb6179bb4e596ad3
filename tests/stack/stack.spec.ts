import assert from "node:assert/strict";
import { ABSENT, known, mapFact, orElse, unknown, valueOf, type Fact } from "../../policies/stack/fact";
import type { Cluster, Image, ImageComponent, Repository, Subject, TaskDefinition } from "../../policies/stack/model";
import { Stack, type Phase } from "../../policies/stack/stack";
import { parseImageReference } from "../../policies/platform/image-reference";
import { NOTHING_DECLARED } from "../support/model-parts";

const REPOSITORY = "111122223333.dkr.ecr.us-east-1.amazonaws.com/app";

function subject(name: string): Subject {
  return { urn: `urn:${name}`, kind: "thing", name };
}

function cluster(name: string, parts: Partial<Cluster> = {}): Cluster {
  return { is: "cluster", subject: subject(name), scope: "here", arn: ABSENT, name: known(name), ...parts };
}

function image(name: string, references: readonly string[], parts: Partial<Image> = {}): Image {
  return {
    is: "image",
    subject: subject(name),
    scope: "here",
    platforms: ABSENT,
    source: { how: "stated", text: "" },
    statedBy: "platforms",
    targets: references.map((reference) => parseImageReference(reference)!),
    moreTargets: false,
    targetsFrom: [],
    digest: ABSENT,
    pushed: known(true),
    ...parts,
  };
}

function repository(name: string, url: Fact<string>): Repository {
  return { is: "repository", subject: subject(name), scope: "here", url, name: known("app") };
}

function component(name: string): ImageComponent {
  return { is: "image component", subject: subject(name), scope: "here" };
}

function task(name: string, ...images: string[]): TaskDefinition {
  return {
    is: "task definition",
    subject: subject(name),
    scope: "here",
    family: known(name),
    arn: unknown("later"),
    cpuArchitecture: ABSENT,
    operatingSystemFamily: ABSENT,
    requiresCompatibilities: ABSENT,
    containers: known(images.map((reference, index) => ({ index, name: ABSENT, image: known(reference) }))),
    containersFrom: [],
    placementConstraints: known([]),
  };
}

type Part = Parameters<Stack["add"]>[2][number];

function stackOf(parts: readonly Part[], phase: Phase = "complete"): Stack {
  const stack = new Stack(phase, NOTHING_DECLARED);
  for (const part of parts) {
    stack.add(part.subject.urn, undefined, [part]);
  }
  return stack;
}

function names(parts: Iterable<Part>): string[] {
  return [...parts].map(({ subject: { name } }) => name).sort();
}

describe("facts", () => {
  it("keep being known, unknown or absent through what is made of them", () => {
    const upper = (text: string): string | undefined => (text === "" ? undefined : text.toUpperCase());
    assert.deepEqual(mapFact(known("a"), upper, "why"), known("A"));
    assert.deepEqual(mapFact(known(""), upper, "why"), unknown("why"));
    assert.deepEqual(mapFact(unknown("because"), upper, "why"), unknown("because"));
    assert.deepEqual(mapFact(ABSENT, upper, "why"), ABSENT);
    assert.deepEqual([known(1), unknown(""), ABSENT].map((fact: Fact<number>) => valueOf(fact)), [1, undefined, undefined]);
    assert.deepEqual(orElse(ABSENT, known(2)), known(2));
    assert.deepEqual(orElse(unknown("w"), known(2)), unknown("w"));
    assert.deepEqual(orElse(known(1), known(2)), known(1));
  });
});

describe("the resource that a reference names", () => {
  const ARN = "arn:aws:ecs:us-east-1:111122223333:cluster/web";

  for (const [what, parts, value, from, scope, found] of [
    ["by its ARN, from any scope", [cluster("web", { arn: known(ARN) })], known(ARN), undefined, "there", "web"],
    ["by its name, in its scope", [cluster("web")], known("web"), undefined, "here", "web"],
    ["not by its name from another scope", [cluster("web")], known("web"), undefined, "there", undefined],
    ["not by another name", [cluster("web")], known("we"), undefined, "here", undefined],
    ["not by the name of another kind of thing", [task("web")], known("web"), undefined, "here", undefined],
    ["by the name of its scope, if two scopes have that name", [cluster("web"), { ...cluster("web2", { name: known("web") }), scope: "there" }], known("web"), undefined, "there", "web2"],
    ["none of two with one name", [cluster("web"), cluster("web2", { name: known("web") })], known("web"), undefined, "here", undefined],
    ["by what an unknown value is made from", [cluster("web"), cluster("other")], unknown(""), ["urn:web"], "here", "web"],
    ["by what it is made from, if that is named twice", [cluster("web")], unknown(""), ["urn:web", "urn:web"], "here", "web"],
    ["by the only one of that kind among what it is made from", [cluster("web"), task("t")], unknown(""), ["urn:t", "urn:web", "urn:nothing"], "here", "web"],
    ["none of two that it is made from", [cluster("web"), cluster("other")], unknown(""), ["urn:web", "urn:other"], "here", undefined],
    ["nothing while the engine does not say what it is made from", [cluster("web")], unknown(""), undefined, "here", undefined],
    ["a known value beats what it is made from", [cluster("web"), cluster("other")], known("web"), ["urn:other"], "here", "web"],
    ["a known value that is elsewhere is not what it is made from", [cluster("web")], known("elsewhere"), ["urn:web"], "here", undefined],
    ["nothing, if it is left out", [cluster("web")], ABSENT, ["urn:web"], "here", undefined],
  ] as const) {
    it(what, () => {
      const resolved = stackOf(parts).resolve("cluster", { value, from }, scope);
      assert.equal(resolved?.subject.name, found);
    });
  }
});

describe("a reference that is one of several in its property", () => {
  it("names what its value says, but not what the property is made from: that may be another one's", () => {
    const stack = stackOf([cluster("web")]);
    const named = (value: Fact<string>): string | undefined => stack.resolve("cluster", { value, from: ["urn:web"], isOneOfSeveral: true }, "here")?.subject.name;
    assert.deepEqual([named(known("web")), named(unknown(""))], ["web", undefined]);
  });
});

describe("a stack", () => {
  it("is empty until something in it has to do with the CPU", () => {
    const stack = stackOf([]);
    assert.ok(stack.isEmpty);
    stack.add("urn:bucket", undefined, []);
    assert.ok(stack.isEmpty);
    stack.add("urn:c", undefined, [cluster("c")]);
    assert.ok(!stack.isEmpty);
  });
});

describe("images that stay on the building machine", () => {
  it("have their tag, and are in no repository", () => {
    const stack = stackOf([image("local", ["me/app:1"], { pushed: known(false) }), image("pushed", ["me/app:2"]), image("maybe", ["me/app:3"], { pushed: unknown("later") })]);
    const [first, ...others] = ["1", "2", "3"].map((tag) => `docker.io/me/app:${tag}`);
    assert.deepEqual([names(stack.imagesTagged(first!)), names(stack.imagesPushedAs(first!))], [["local"], []]);
    assert.deepEqual(others.map((tag) => names(stack.imagesPushedAs(tag))), [["pushed"], ["maybe"]]);
    assert.deepEqual(names(stack.imagesPushedTo("docker.io/me/app")), ["maybe", "pushed"]);
  });
});

describe("a resource that is added again", () => {
  it("takes the place of what was known of it, in every index", () => {
    const stack = stackOf([
      image("a", ["me/old:1"], { digest: known("sha256:1") }),
      cluster("c", { name: known("old") }),
      task("t", "me/old:1"),
      image("a", ["me/new:1"], { digest: known("sha256:2") }),
      cluster("c", { name: known("new") }),
      task("t", "me/new:1"),
    ]);
    assert.deepEqual(names(stack.imagesTagged("docker.io/me/old:1")), []);
    assert.deepEqual(names(stack.imagesTagged("docker.io/me/new:1")), ["a"]);
    assert.deepEqual(names(stack.imagesPushedTo("docker.io/me/old")), []);
    assert.deepEqual(names(stack.imagesWithDigest("sha256:1")), []);
    assert.deepEqual(names(stack.imagesWithDigest("sha256:2")), ["a"]);
    assert.equal(stack.resolve("cluster", { value: known("old"), from: undefined }, "here"), undefined);
    assert.equal(stack.resolve("cluster", { value: known("new"), from: undefined }, "here")?.subject.name, "c");
    assert.deepEqual([stack.all("image").length, stack.all("cluster").length, stack.all("task definition").length], [1, 1, 1]);
    assert.deepEqual(names(stack.tasksConcernedBy(image("x", ["me/old:1"]))), []);
  });

  it("may turn into nothing", () => {
    const stack = stackOf([cluster("c")]);
    stack.add("urn:c", undefined, []);
    assert.deepEqual(stack.all("cluster"), []);
    assert.equal(stack.resolve("cluster", { value: known("c"), from: undefined }, "here"), undefined);
  });

  it("is forgotten as one that may push anywhere, before and after somebody asked", () => {
    for (const asks of [true, false]) {
      const stack = stackOf([image("a", [], { moreTargets: true })]);
      if (asks) {
        assert.ok(stack.somethingPushesAnywhere());
      }
      stack.add("urn:a", undefined, [image("a", ["me/a:1"])]);
      assert.ok(!stack.somethingPushesAnywhere());
    }
  });
});

describe("images whose destination is not known", () => {
  const loose = (name: string, targetsFrom: readonly string[] | undefined): Image => image(name, [], { moreTargets: true, targetsFrom });

  it("push to the repositories that it is made from, else anywhere", () => {
    const repo = repository("repo", known(REPOSITORY));
    for (const [from, anywhere, there] of [
      [["urn:repo"], false, ["i"]],
      [["urn:nothing"], true, []],
      [[], true, []],
      [undefined, true, []],
      [["urn:nothing", "urn:repo"], false, ["i"]],
    ] as const) {
      for (const parts of [[repo, loose("i", from)], [loose("i", from), repo]]) {
        const stack = stackOf(parts);
        assert.equal(stack.somethingPushesAnywhere(), anywhere);
        assert.equal(stack.somethingPushesAnywhere(stack.all("image")[0]), false, "apart from itself");
        assert.deepEqual(names(stack.imagesMadeFor("urn:repo")), there);
        assert.deepEqual(names(stack.imagesThatMayPushTo(REPOSITORY)), there);
      }
    }
  });

  it("push to the repository behind the name that they are given by another image, and a circle of names ends", () => {
    const loose = (name: string, ...from: string[]): Image => image(name, [], { moreTargets: true, targetsFrom: from.map((each) => `urn:${each}`) });
    const local = { ...loose("tag", "repository"), moreTargets: false };
    const stack = stackOf([repository("repository", unknown("later")), local, loose("pushed", "tag"), loose("one", "other"), loose("other", "one")]);
    assert.deepEqual(names(stack.imagesMadeFor("urn:repository")), ["pushed"]);
    assert.equal(stack.somethingPushesAnywhere(), true);
  });

  it("may push to a repository that is known by its name only", () => {
    const stack = stackOf([repository("repo", unknown("new")), loose("i", ["urn:repo"])]);
    assert.deepEqual(names(stack.imagesThatMayPushTo(REPOSITORY)), ["i"]);
    assert.deepEqual(names(stack.imagesThatMayPushTo(REPOSITORY.replace("/app", "/other"))), []);
    assert.deepEqual(names(stack.imagesThatMayPushTo("public.ecr.aws/alias/app")), ["i"]);
    assert.deepEqual(names(stack.imagesThatMayPushTo("public.ecr.aws/app/other")), []);
  });

  it("may push to a repository of that name in full, not to one whose name ends alike", () => {
    const nested = { ...repository("repo", unknown("new")), name: known("team/app") };
    const inTeam = REPOSITORY.replace("/app", "/team/app");
    for (const [repo, there, elsewhere] of [
      [nested, inTeam, REPOSITORY],
      [repository("repo", unknown("new")), REPOSITORY, inTeam],
    ] as const) {
      const stack = stackOf([repo, loose("i", ["urn:repo"])]);
      assert.deepEqual([names(stack.imagesThatMayPushTo(there)), names(stack.imagesThatMayPushTo(elsewhere))], [["i"], []]);
    }
  });

  it("push nowhere else than to a URL that is known: another account has a repository of the same name", () => {
    const stack = stackOf([repository("repo", known(REPOSITORY)), loose("i", ["urn:repo"])]);
    assert.deepEqual(names(stack.imagesThatMayPushTo(REPOSITORY.replace("111122223333", "444455556666"))), []);
  });

  it("may push anywhere, if they are called after an image whose name is known: that is not the name they will have", () => {
    for (const local of [image("tag", ["me/app:1"], { targetsFrom: ["urn:repo"], pushed: known(false) }), image("tag", [], { targetsFrom: undefined, pushed: known(false) })]) {
      const stack = stackOf([repository("repo", known(REPOSITORY)), local, loose("pushed", ["urn:tag"])]);
      assert.deepEqual([names(stack.imagesMadeFor("urn:repo")), stack.somethingPushesAnywhere()], [[], true]);
    }
  });

  it("may push to any repository where not even a name is known", () => {
    const stack = stackOf([{ ...repository("repo", unknown("new")), name: unknown("new") }, loose("i", ["urn:repo"])]);
    assert.deepEqual(names(stack.imagesThatMayPushTo(REPOSITORY)), ["i"]);
  });

  it("a component may push anywhere until its build is there, whichever comes first", () => {
    for (const buildFirst of [true, false]) {
      const stack = new Stack("registration", NOTHING_DECLARED);
      if (!buildFirst) {
        stack.add("urn:c", undefined, [component("c")]);
        assert.ok(stack.somethingPushesAnywhere());
      }
      stack.add("urn:i", "urn:c", [image("i", ["me/a:1"])]);
      if (buildFirst) {
        stack.add("urn:c", undefined, [component("c")]);
      }
      assert.ok(!stack.somethingPushesAnywhere());
      assert.deepEqual(names(stack.children("urn:c", "image")), ["i"]);
    }
  });
});

describe("a component", () => {
  it("may push anywhere while it has other children, but no build", () => {
    const stack = new Stack("registration", NOTHING_DECLARED);
    stack.add("urn:repo", "urn:c", [repository("repo", unknown("new"))]);
    stack.add("urn:c", undefined, [component("c")]);
    assert.ok(stack.somethingPushesAnywhere());
    assert.deepEqual([names(stack.children("urn:c", "image")), names(stack.children("urn:c", "repository"))], [[], ["repo"]]);
  });

  it("has its build also where the parent was told before what the build is", () => {
    const stack = new Stack("registration", NOTHING_DECLARED);
    stack.add("urn:c", undefined, [component("c")]);
    stack.add("urn:i", "urn:c", []);
    stack.add("urn:i", undefined, [image("i", ["me/a:1"])]);
    assert.ok(!stack.somethingPushesAnywhere());
  });

  it("is not settled by the build of another one, nor by one without a parent", () => {
    const stack = new Stack("registration", NOTHING_DECLARED);
    stack.add("urn:c", undefined, [component("c")]);
    stack.add("urn:i", "urn:other", [image("i", ["me/a:1"])]);
    stack.add("urn:j", undefined, [image("j", ["me/b:1"])]);
    assert.ok(stack.somethingPushesAnywhere());
  });
});

describe("the tasks that an image, just added, concerns", () => {
  const DIGEST = `me/app@sha256:${"a".repeat(64)}`;

  for (const [what, tasks, images, concerned] of [
    ["those that name its tag", [task("one", "me/app:1"), task("two", "me/app:2"), task("other", "me/other:1")], ["me/app:1"], ["one"]],
    ["those that name one of its tags, once", [task("one", "me/app:1", "me/app:2")], ["me/app:1", "me/app:2"], ["one"]],
    ["those that name its tag and a digest", [task("one", DIGEST.replace("@", ":1@"))], ["me/app:1"], ["one"]],
    ["those that name a digest of its repository", [task("one", DIGEST)], ["me/app:1"], ["one"]],
    ["none that names no reference", [task("one", "not a reference!")], ["me/app:1"], []],
  ] as const) {
    it(what, () => {
      const added = image("added", images);
      assert.deepEqual(names(stackOf([...tasks, added], "registration").tasksConcernedBy(added)), concerned);
    });
  }

  it("no longer those that name a digest, once it is not alone in the repository", () => {
    const added = image("added", ["me/app:2"]);
    assert.deepEqual(names(stackOf([task("one", DIGEST), image("first", ["me/app:1"]), added]).tasksConcernedBy(added)), []);
  });

  it("those that name a digest, if it is pushed without a tag", () => {
    const added = image("added", [DIGEST]);
    assert.deepEqual(names(stackOf([task("one", DIGEST), task("other", "me/app:1"), added]).tasksConcernedBy(added)), ["one"]);
  });
});

describe("what is found out once", () => {
  it("is found out again after something was added", () => {
    const stack = stackOf([cluster("a")]);
    const count = (of: Stack): object => ({ clusters: of.all("cluster").length });
    assert.equal(stack.memo(count), stack.memo(count));
    stack.add("urn:b", undefined, [cluster("b")]);
    assert.deepEqual(stack.memo(count), { clusters: 2 });
  });
});
