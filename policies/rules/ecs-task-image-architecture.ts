/** A container's image must run on the platform of its task; the images of one task must share a platform. */

import { parseImageReference } from "../platform/image-reference";
import { fits, shareNoHost, type Fit } from "../platform/fit";
import { formatPlatform } from "../platform/platform";
import { AGREE, outcomeOf, unknownOutcome, type Comparison, type Outcome } from "../stack/comparison";
import { mayBeEmulated } from "../stack/emulation";
import type { Finding, Judgement, Undetermined } from "../stack/finding";
import { groupBy } from "../stack/group-by";
import { containerNames, offeredBy, type Offered } from "../stack/image-sides";
import { imagesOf, offerOf, type ContainerLink, type Offer, type OpenContainer } from "../stack/images";
import type { TaskDefinition } from "../stack/model";
import type { Stack } from "../stack/stack";
import { requirementsOf, type Requirement } from "../stack/task-platform";
import { mergeJudgements, type Rule, STATE_OR_UPDATE } from "./rule";

const POLICY = "ecs-task-image-architecture";
const NOT_STATED = "it does not say for which platform it is built, so the builder decides";

/** True if the task states an architecture that cannot be read, and the image may be for that one: ECS may have learned it. */
function mayBeForIt({ cpuArchitecture }: TaskDefinition, { host: { architecture, os } }: Requirement, { side }: Offered): boolean {
  const isUnread = cpuArchitecture.state !== "absent" && architecture === undefined;
  return isUnread && side.platforms.some((platform) => os === undefined || platform.os === os);
}

function imageFinding(task: TaskDefinition, requirement: Requirement, fit: Fit, image: Offered): Finding[] {
  const { architecture, os } = requirement.host;
  // Windows on arm64 is no host: that is ecs-task-runtime-platform-valid's to say.
  const isHostKnown = architecture !== undefined && os !== undefined && !(os === "windows" && architecture === "arm64");
  if (fit === "runs" || (fit === "maybe" && !isHostKnown) || mayBeForIt(task, requirement, image)) {
    return [];
  }
  const doubtful = "whether it runs depends on the very CPU, which the stack does not tell";
  return [
    {
      kind: "image-on-task",
      policy: POLICY,
      subject: task.subject,
      certainty: fit === "maybe" ? "suspected" : image.certainty,
      because: fit === "maybe" ? doubtful : image.because,
      task,
      image: image.side,
      requirement,
    },
  ];
}

/** The first two images of each offer: others like them conflict with nothing else. */
function someOfEachOffer(images: readonly Offered[]): Offered[] {
  const groups = groupBy(images, ({ side }) => [...new Set(side.platforms.map(formatPlatform))].sort().join());
  const some = new Set([...groups.values()].flatMap((group) => group.slice(0, 2)));
  return images.filter((image) => some.has(image));
}

/** Two images of which no machine runs both; the first pair found is enough to repair the task. */
function conflict(task: TaskDefinition, requirement: Requirement, images: readonly Offered[]): Finding[] {
  const usable = images.filter(({ certainty, side }) => certainty !== "suspected" && fits(side.platforms, requirement.host) !== "cannot run");
  if (requirement.host.architecture !== undefined) {
    return [];
  }
  const some = someOfEachOffer(usable);
  for (const [index, left] of some.entries()) {
    const right = some.slice(index + 1).find((other) => shareNoHost([left.side.platforms, other.side.platforms], requirement.host.os));
    if (right !== undefined) {
      const inferred = [left, right].find(({ certainty }) => certainty === "inferred");
      return [
        {
          kind: "images-of-one-task",
          policy: POLICY,
          subject: task.subject,
          certainty: inferred === undefined ? "certain" : "inferred",
          because: inferred?.because ?? "",
          task,
          images: [left.side, right.side],
        },
      ];
    }
  }
  return [];
}

function undeterminedOf(task: TaskDefinition, part: string, why: string, remedy: string): Undetermined {
  return { policy: POLICY, subject: task.subject, part, why, remedy };
}

function openContainers(task: TaskDefinition, open: readonly OpenContainer[]): Undetermined[] {
  return open.map(({ container, why, reference }) =>
    undeterminedOf(
      task,
      container === undefined ? "its containers' images" : `the image of container \`${containerNames([container]).join()}\``,
      why,
      reference !== undefined && parseImageReference(reference) !== undefined
        ? "declare the image under `images` of cpu-architecture-settings"
        : STATE_OR_UPDATE,
    ),
  );
}

/** Images of which the platforms are not known, as entries of the listing. */
function openOffer(task: TaskDefinition, link: ContainerLink, offer: Offer): Undetermined[] {
  if (link.certainty === "possible") {
    return [];
  }
  const why = offer.platforms.state === "unknown" ? offer.platforms.why : NOT_STATED;
  const { statedBy, subject } = offer.builds[0] ?? link.image;
  const { kind, name } = subject.madeBy ?? subject;
  const remedy = statedBy === "sources" ? "declare what it is made from under `images` of cpu-architecture-settings" : `state \`${statedBy}\` there`;
  return [undeterminedOf(task, `the platform of ${kind} \`${name}\``, why, remedy)];
}

/** Where it is not certain where tasks run, nothing said about them is. */
function doubted({ doubt }: TaskDefinition, finding: Finding): Finding {
  return doubt === undefined ? finding : { ...finding, certainty: "suspected", because: doubt };
}

/** What was concluded of an image and a requirement. Without an architecture asked for, only the instances can tell. */
function outcomeFor(findings: readonly Finding[], image: Offered, requirement: Requirement, isEmulated: boolean): Outcome | undefined {
  const { link, side } = image;
  const own = findings.filter((finding) =>
    finding.kind === "image-on-task" ? finding.image === side && finding.requirement === requirement : finding.kind === "images-of-one-task" && finding.images.includes(side),
  );
  const found = outcomeOf(own);
  if (found !== undefined || link.certainty === "possible") {
    return found ?? unknownOutcome(link.because);
  }
  if (requirement.host.architecture === undefined) {
    return undefined;
  }
  if (fits(side.platforms, requirement.host) === "runs") {
    return AGREE;
  }
  return unknownOutcome(isEmulated ? "it may run by emulation, which is declared" : "the task's platform is not known in full");
}

function comparisonsOf(task: TaskDefinition, findings: readonly Finding[], requirements: readonly Requirement[], images: readonly Offered[], isEmulated: (image: Offered, requirement: Requirement) => boolean): Comparison[] {
  return requirements.flatMap((requirement) =>
    images.flatMap((image): Comparison[] => {
      const outcome = outcomeFor(findings, image, requirement, isEmulated(image, requirement));
      const { containers, image: { subject }, platforms } = image.side;
      return outcome === undefined ? [] : [{ of: "image and task", task, image: { containers, subject, platforms }, requirement, outcome }];
    }),
  );
}

/** Containers and images that tell no platform. */
function openComparisons(task: TaskDefinition, requirements: readonly Requirement[], open: readonly OpenContainer[], offers: readonly { readonly link: ContainerLink; readonly offer: Offer }[]): Comparison[] {
  const requirement = requirements.length === 1 ? requirements[0] : undefined;
  const ofContainers = open.map(({ container, why, reference }): Comparison => ({
    of: "image and task",
    task,
    image: { containers: container === undefined ? [] : containerNames([container]), subject: undefined, reference, platforms: undefined },
    requirement,
    outcome: unknownOutcome(why),
  }));
  const ofImages = offers.map(({ link, offer: { platforms } }): Comparison => ({
    of: "image and task",
    task,
    image: { containers: containerNames(link.containers), subject: link.image.subject, platforms: undefined },
    requirement,
    outcome: unknownOutcome(platforms.state === "unknown" ? platforms.why : NOT_STATED),
  }));
  return [...ofContainers, ...ofImages];
}

/** Judges one task definition against every image that its containers are known to run. */
export function judgeTask(stack: Stack, task: TaskDefinition): Judgement {
  const { links, open } = imagesOf(stack, task);
  const { requirements, why } = requirementsOf(stack, task);
  const offers = links.map((link) => ({ link, offer: offerOf(stack, link.image) }));
  const images = offers.flatMap(({ link, offer }) => offeredBy(link, offer) ?? []);
  const isEmulated = ({ side }: Offered, requirement: Requirement): boolean => mayBeEmulated(stack, task, requirement, side.platforms);
  const found = requirements.flatMap((requirement) => {
    const native = images.filter((image) => !isEmulated(image, requirement));
    return [
      ...native.flatMap((image) => imageFinding(task, requirement, fits(image.side.platforms, requirement.host), image)),
      ...conflict(task, requirement, native),
    ];
  });
  const findings = found.map((finding) => doubted(task, finding));
  const unknownOffers = offers.filter(({ offer }) => offer.platforms.state !== "known");
  const platform = why === undefined || images.length === 0 ? [] : [undeterminedOf(task, "its own architecture", why, "set runtimePlatform.cpuArchitecture")];
  return {
    findings,
    undetermined: [...openContainers(task, open), ...unknownOffers.flatMap(({ link, offer }) => openOffer(task, link, offer)), ...platform],
    comparisons: () => [...comparisonsOf(task, findings, requirements, images, isEmulated), ...openComparisons(task, requirements, open, unknownOffers)],
  };
}

/** The task definitions to look at again when a resource is registered: itself, or those that may run its images. */
function tasksConcernedBy(stack: Stack, urn: string): readonly TaskDefinition[] {
  const running = stack.at(urn, "image").flatMap((image) => stack.tasksConcernedBy(image));
  return [...new Set([...stack.at(urn, "task definition"), ...running])];
}

export const ecsTaskImageArchitecture: Rule = {
  name: POLICY,
  displayName: "Container images run on their ECS task's platform",
  description: "A container image must be built for the platform that its ECS task runs on.",
  level: "mandatory",
  severity: "high",
  tags: ["aws", "ecs", "fargate", "docker", "cpu-architecture"],
  remediation: "Build the image for the task's platform, or set runtimePlatform.cpuArchitecture to the image's.",
  judge: (stack) => mergeJudgements(stack.all("task definition").map((task) => judgeTask(stack, task))),
  judgeResource: (stack, urn) => mergeJudgements(tasksConcernedBy(stack, urn).map((task) => judgeTask(stack, task))),
};
