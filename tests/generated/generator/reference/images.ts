/** Images against the platform of their task, and against each other. */

import { tagOf } from "../names";
import type { App, Builder, HostOs, Phase, Spelled, Task, World } from "../world";
import { linksOf, missingLinks, offerAt, type Link } from "./links";
import { fits, runsNowhere, shareNothing } from "./platforms";
import { isFargateOnly, isRegisteredFirst, kindOf, launchersOf, MISSPELLED, osOf, statedArch, waysOf, type Way } from "./starts";
import { only, together, type Expected, type Judged } from "./verdict";

const IMAGES = "ecs-task-image-architecture";
const VALID = "ecs-task-runtime-platform-valid";

/** An image that a task runs, with platforms that are known. */
export interface Offered {
  readonly link: Link;
  readonly offer: readonly Spelled[];
}

export function offeredTo(world: World, app: App, task: Task, phase: Phase): Offered[] {
  return linksOf(world, app, task, phase).flatMap((link) => {
    const offer = offerAt(world, app, link.builder, phase);
    return offer === undefined ? [] : [{ link, offer }];
  });
}

export function inferredOf(links: readonly Link[], builders: readonly Builder[]): Expected["inferred"] {
  // What an index or a copy is made from is linked too, in one way or another.
  const isDeep = builders.some(({ kind }) => kind === "index" || kind === "pulled, tagged, pushed");
  if (isDeep || links.some(({ certainty }) => certainty === "either")) {
    return "either";
  }
  return links.some(({ certainty }) => certainty === "inferred") ? "yes" : "no";
}

/** Whether what is said waits for the end of an update: links through other images are told late. */
function whenOf(app: App, task: Task, links: readonly Link[], isEarly: boolean): Expected["when"] {
  const isPlain = links.every(({ builder, isEarly: linked }) => linked && builder.kind !== "index" && builder.kind !== "pulled, tagged, pushed");
  return isEarly && isPlain && !isRegisteredFirst(app, task) ? "early" : "any";
}

function imageOnTask(app: App, task: Task, { link, offer }: Offered, ways: readonly Way[], os: HostOs): Judged {
  const failing = ways.filter(({ arch }) => (arch === undefined ? runsNowhere(offer, os) : fits(offer, { os, arch }) === "never"));
  const kinds = ways.map(({ because }) => `image × task: ${because}`);
  const isFilledIn = link.builder.kind === "docker" && link.builder.platforms.length === 0;
  const counted = only(...kinds, `link ${link.kind}`, `built by ${link.builder.kind}`, ...(isFilledIn ? ["image × task: a platform that the provider filled in"] : []));
  // There is no Windows on arm64, which another policy says.
  const isNoHost = os === "windows" && ways.some(({ arch }) => arch === "arm64");
  if (failing.length === 0 || isNoHost) {
    return counted;
  }
  // What is told early of an image that others are joined or copied into hangs on what those are known to be by then.
  const isDeep = link.builder.kind === "index" || link.builder.kind === "pulled, tagged, pushed";
  const certain = failing.filter(({ isOpen, isEarly }) => !isOpen && (link.isOnlyEarly !== true || (isEarly && !isDeep)));
  const expected: Expected = {
    policy: IMAGES,
    // Denied early, it is said at whichever of both is registered second.
    at: isRegisteredFirst(app, task) ? [task.name, link.builder.name, tagOf(link.builder)] : [task.name],
    naming: [task.name, link.builder.name],
    saying: "cannot run: ",
    certainty: certain.length > 0 && !link.isOpen ? "must" : "may",
    inferred: inferredOf([link], [link.builder]),
    when: whenOf(app, task, [link], failing.some(({ isEarly }) => isEarly)),
    // A task that is started in several ways is judged for each.
    times: failing.length,
  };
  return together([counted, { denials: [expected], kinds: ["disagreement: image × task"] }]);
}

/** Images of which no machine runs both; each pair is right to name, one is said. */
function imagesOfOneTask(task: Task, offered: readonly Offered[], ways: readonly Way[], os: HostOs, phase: Phase): Judged {
  // As long as nothing is known to start the task, it has no preference.
  const isEarly = phase === "update" && ways.every((way) => !way.isEarly);
  const way = ways.find(({ arch }) => arch === undefined) ?? (isEarly ? { isOpen: true } : undefined);
  if (way === undefined || offered.length < 2) {
    return only();
  }
  const usable = offered.filter(({ offer }) => !runsNowhere(offer, os));
  const pairs = usable.flatMap((one, index) => usable.slice(index + 1).filter((other) => shareNothing(one.offer, other.offer, os)).map((other) => [one, other] as const));
  if (pairs.length === 0) {
    return only("images of one task");
  }
  const named = pairs.flat();
  const inferred = new Set(pairs.map((pair) => inferredOf(pair.map(({ link }) => link), pair.map(({ link }) => link.builder))));
  const expected: Expected = {
    policy: IMAGES,
    at: [task.name, ...named.map(({ link }) => link.builder.name)],
    naming: pairs.length === 1 ? [task.name, ...named.map(({ link }) => link.builder.name)] : [task.name],
    saying: "cannot run on the same machine",
    certainty: way.isOpen || pairs.every((pair) => pair.some(({ link }) => link.isOpen || link.isOnlyEarly)) ? "may" : "must",
    inferred: inferred.size === 1 ? ([...inferred][0] ?? "either") : "either",
    when: "any",
    // One is enough; which one an update comes across first hangs on the order of registration, and an image that is
    // only concluded then may be part of another one.
    times: pairs.length,
  };
  return { denials: [expected], kinds: ["images of one task", "disagreement: images of one task"] };
}

function runtimePlatform(app: App, task: Task): Judged {
  const misspelled = [task.cpu, task.os].flatMap((word) => MISSPELLED[word ?? ""] ?? []);
  const isWindows = osOf(task) === "windows";
  const problems: Judged[] = misspelled.map((meant) => invalid(task, meant, "early", "a misspelling"));
  if (isWindows && statedArch(task) === "arm64") {
    problems.push(invalid(task, "Windows tasks run on X86_64 only", "early", "Windows on ARM64"));
  }
  const onFargate = isFargateOnly(task) || launchersOf(app, task).some((launcher) => kindOf(app, launcher) === "fargate");
  if (isWindows && task.os === "WINDOWS_SERVER_2016_FULL" && onFargate) {
    problems.push(invalid(task, "it does not offer WINDOWS_SERVER_2016_FULL", isFargateOnly(task) ? "early" : "any", "Windows that Fargate lacks"));
  }
  return together(problems);
}

/** @param phrase what tells one problem of the task from another */
function invalid(task: Task, phrase: string, when: Expected["when"], kind: string): Judged {
  const expected: Expected = { policy: VALID, at: [task.name], naming: [task.name], saying: phrase, certainty: "must", inferred: "no", when };
  return { denials: [expected], kinds: [`runtimePlatform: ${kind}`, "disagreement: runtimePlatform"] };
}

/** What is wrong with a task's images, and with what it asks for. */
export function judgeTask(world: World, app: App, task: Task, phase: Phase): Judged {
  const os = osOf(task);
  const missing = only(...missingLinks(world, app, task, phase).map((kind) => `link ${kind}`));
  const ways = waysOf(app, task, phase);
  if (os === "invalid" || ways.length === 0) {
    return together([missing, runtimePlatform(app, task), anything(app, task)]);
  }
  const offered = offeredTo(world, app, task, phase);
  return together([
    missing,
    ...offered.map((each) => imageOnTask(app, task, each, ways, os)),
    imagesOfOneTask(task, offered, ways, os, phase),
    runtimePlatform(app, task),
  ]);
}

/** A task that ECS refuses may also be said not to run its images: which ones, nobody has to say. */
function anything(app: App, task: Task): Judged {
  const denials = app.builders.map((builder): Expected => ({ policy: IMAGES, at: [task.name, builder.name, tagOf(builder)], naming: [task.name, builder.name], certainty: "may", inferred: "either", when: "any", times: 2 }));
  return { denials, kinds: [] };
}
