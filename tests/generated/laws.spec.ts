import assert from "node:assert/strict";
import * as fc from "fast-check";
import { listingAll, run, type Violation } from "../support/in-process";
import type { Recording } from "../support/protocol";
import { faults, isDenial } from "./compare";
import { findIn, type Pair } from "./findings";
import { NONSENSE, spoil } from "./generator/mutations/nonsense";
import type { Place } from "./generator/mutations/places";
import { plantSecrets, SECRET } from "./generator/mutations/secrets";
import { addStrangers, newNames, rename, shuffle } from "./generator/mutations/strangers";
import { FORGETTING, forgetSome } from "./generator/mutations/unknowns";
import { render } from "./generator/render";
import { PHASES, type Phase, type World } from "./generator/world";
import { WORLDS } from "./generator/worlds";
import { check, count, print, STACKS } from "./settings";

const PHASE: fc.Arbitrary<Phase> = fc.constantFrom(...PHASES);
const SALT = fc.nat({ max: 1_000_000 }).map(String);

interface Generated {
  readonly world: World;
  readonly phase: Phase;
}

function recordingOf({ world, phase }: Generated): Recording {
  return render(world).recording(phase);
}

/** What the engine says an image's reference or destination by; where those become unknown, the design infers. */
const DESTINATIONS = new Set(["containerDefinitions", "tags", "exports", "imageName", "name", "tag", "targetImage", "create", "source", "repositoryUrl", "repositoryUri", "ref", "digest", "repoDigest"]);

function isDeliberate(pair: Pair, places: readonly Place[]): boolean {
  return pair.isInferred && places.some(({ path }) => DESTINATIONS.has(String(path[0])));
}

/** Where an AMI contradicts its type, that alone is said, for nothing can be started; a denial takes another's place. */
function takesThePlaceOfAmi(pair: Pair, lost: readonly Pair[]): boolean {
  const isCapacity = pair.kind === "task-on-capacity" || pair.kind === "image-on-capacity";
  return isCapacity && lost.some(({ kind, through }) => kind === "ami-on-instance-type" && through.some((urn) => pair.through.includes(urn)));
}

/** Images that share no machine are not said beside an image that does not run on the task, but in its place. */
function takesThePlaceOfImage(pair: Pair, lost: readonly Pair[]): boolean {
  const task = pair.key.split(" ")[1] ?? "";
  return pair.kind === "images-of-one-task" && lost.some(({ kind, key }) => kind === "image-on-task" && key.includes(` ${task} `));
}

/** Nothing is said of the images of a task that asks for Windows on ARM64, beside that there is no such thing. */
function takesThePlaceOfInvalid(pair: Pair, lost: readonly Pair[]): boolean {
  const task = pair.key.split(" ")[1] ?? "";
  return lost.some(({ kind, key }) => kind === "runtime-platform-invalid" && key.includes(` ${task} `));
}

/** The version of a template that is about to get a new one: accepted, for no old number is ever computed. */
function isOfOldVersion(pair: Pair, places: readonly Place[]): boolean {
  return pair.through.length > 0 && places.some(({ path }) => path.at(-1) === "version" || (path.length === 1 && path[0] === "launchTemplate"));
}

/**
 * A command or buildspec that is not known as a whole, and not made from a repository, is not taken for a builder: then it
 * would be one of every image. So of two that push one tag for different platforms, which denies nothing, one is left.
 */
function hidesBuilder(pair: Pair, places: readonly Place[]): boolean {
  const isImage = pair.kind === "image-on-task" || pair.kind === "image-on-capacity" || pair.kind === "images-of-one-task" || pair.kind === "task-on-constraint";
  const isHidden = ({ type, path }: Place): boolean => (type.startsWith("command:") && path[0] === "create") || (type.startsWith("aws:codebuild/") && path[0] === "source");
  return isImage && places.some(isHidden);
}

/** The denials that unknown values add. */
function added(before: readonly Pair[], after: readonly Pair[], places: readonly Place[]): string[] {
  const known = new Set(before.map(({ key }) => key));
  const kept = new Set(after.map(({ key }) => key));
  const lost = before.filter(({ key }) => !kept.has(key));
  const takesAPlace = [takesThePlaceOfAmi, takesThePlaceOfImage, takesThePlaceOfInvalid];
  const isAccepted = [isDeliberate, isOfOldVersion, hidesBuilder];
  return after
    .filter((pair) => !known.has(pair.key))
    .filter((pair) => !takesAPlace.some((takes) => takes(pair, lost)) && !isAccepted.some((accepts) => accepts(pair, places)))
    .map(({ key }) => `added without ${places.map(({ urn, path }) => `${urn.split("::").at(-1) ?? ""} ${path.join(".")}`).join(", ")}: ${key}`);
}

/** Everything that is said, in an order of its own. */
function all(said: readonly Violation[]): string[] {
  return said.map(({ phase, policy, level, urn, message }) => [phase, policy, level, urn, message].join("\n")).sort();
}

function unlike(what: string, actual: readonly string[], expected: readonly string[]): string[] {
  const [more, less] = [actual.filter((each) => !expected.includes(each)), expected.filter((each) => !actual.includes(each))];
  return actual.length === expected.length && more.length === 0 ? [] : [...more.map((each) => `${what}: more: ${each}`), ...less.map((each) => `${what}: less: ${each}`)];
}

describe("generated stacks: the laws", function () {
  this.timeout(600_000);

  it("2: no value that becomes unknown adds a denial", () => {
    const cases = fc.record({ world: WORLDS, phase: PHASE, forgettings: fc.array(FORGETTING, { minLength: 1, maxLength: 6 }) });
    check(0.15, cases, ({ forgettings, ...generated }) => {
      const recording = recordingOf(generated);
      const { recording: forgotten, places } = forgetSome(recording, forgettings);
      const found = findIn(forgotten);
      return [...added(findIn(recording).pairs, found.pairs, places), ...faults(found.said)];
    });
  });

  it("3: the order of the resources, and others beside them, change nothing", () => {
    check(0.1, fc.record({ world: WORLDS, phase: PHASE, salt: SALT }), ({ salt, ...generated }) => {
      const recording = recordingOf(generated);
      const expected = all(run(recording, { goesOn: true }));
      const inOtherOrder = all(run(shuffle(recording, salt), { goesOn: true }));
      const amongStrangers = all(run(addStrangers(recording, salt), { goesOn: true }));
      return [...unlike("in another order", inOtherOrder, expected), ...unlike("among strangers", amongStrangers, expected)];
    });
  });

  it("3: other names in the program change the names only", () => {
    check(0.05, fc.record({ world: WORLDS, phase: PHASE, salt: SALT }), ({ salt, ...generated }) => {
      const recording = recordingOf(generated);
      const names = newNames(recording, salt);
      const keys = (pairs: readonly Pair[]): string[] => [...new Set(pairs.map(({ key }) => key))].sort();
      const back = (key: string): string => [...names].reduce((text, [urn, name]) => text.replaceAll(`::${name}`, `::${urn.split("::").at(-1) ?? ""}`), key);
      const renamed = keys(findIn(rename(recording, names)).pairs).map(back);
      return unlike("under other names", [...new Set(renamed)].sort(), keys(findIn(recording).pairs));
    });
  });

  it("4: nothing that is sent makes a policy throw or fail", () => {
    const cases = fc.record({ world: WORLDS, phase: PHASE, nonsense: fc.array(NONSENSE, { minLength: 1, maxLength: 4 }) });
    check(0.1, cases, ({ nonsense, ...generated }) => faults(run(nonsense.reduce(spoil, recordingOf(generated)), { ...listingAll(), goesOn: true })));
  });

  it("5: nothing is said twice, and of an awsx image not its inner build", () => {
    check(0.05, fc.record({ world: WORLDS, phase: PHASE }), (generated) => {
      const said = run(recordingOf(generated), { goesOn: true }).filter(isDenial);
      const messages = said.map(({ policy, message }) => `${policy} ${message}`);
      const twice = messages.filter((message, index) => messages.indexOf(message) !== index);
      return [...twice.map((message) => `twice: ${message}`), ...messages.filter((message) => /`[0-9a-f]{8}-container`/.test(message)).map((message) => `inner build: ${message}`)];
    });
  });

  it("8: no secret is ever passed on, and none changes what is said", () => {
    check(0.05, fc.record({ world: WORLDS, phase: PHASE }), (generated) => {
      const recording = recordingOf(generated);
      const said = run(plantSecrets(recording), { ...listingAll(), goesOn: true });
      const leaks = said.filter((violation) => JSON.stringify(violation).includes(SECRET)).map(({ policy, message }) => `leaks: ${policy}: ${message}`);
      const expected = all(run(recording, { ...listingAll(), goesOn: true }).filter(isDenial));
      return [...leaks, ...unlike("with secrets", all(said.filter(isDenial)), expected)];
    });
  });

  after(() => {
    print(`${String(count())} stacks in all, with those that the reference judges`, []);
  });

  it("are tried on as many stacks as asked for", () => {
    assert.ok(count() >= STACKS * 0.5, `${String(count())} stacks`);
  });
});
