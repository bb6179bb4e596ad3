/** An image that ECS runs should say for which platform it is built, instead of leaving it to the building machine. */

import type { Finding, Judgement, PlatformNotStated } from "../stack/finding";
import { imagesOf, offerOf } from "../stack/images";
import type { Image } from "../stack/model";
import type { Stack } from "../stack/stack";
import { requirementsOf } from "../stack/task-platform";
import type { Rule } from "./rule";

const POLICY = "container-image-platform-explicit";

type Users = PlatformNotStated["tasks"];

/** The builds that state no platform, each with the task definitions that run what it builds. */
function unstatedBuilds(stack: Stack): Map<Image, Users[number][]> {
  const users = new Map<Image, Users[number][]>();
  for (const task of stack.all("task definition")) {
    const [requirement] = requirementsOf(stack, task).requirements.filter(({ host }) => host.architecture !== undefined);
    const links = imagesOf(stack, task).links.filter(({ certainty }) => certainty !== "possible");
    const builds = new Set(links.flatMap(({ image }) => offerOf(stack, image).builds));
    for (const build of builds) {
      if (build.platforms.state === "absent") {
        const tasks = users.get(build) ?? [];
        tasks.push({ task, requirement });
        users.set(build, tasks);
      }
    }
  }
  return users;
}

function judge(stack: Stack): Judgement {
  const findings = [...unstatedBuilds(stack)].map(([image, tasks]): Finding => ({
    kind: "platform-not-stated",
    policy: POLICY,
    subject: image.subject,
    certainty: "certain",
    because: "",
    image,
    tasks,
  }));
  return { findings, undetermined: [] };
}

export const containerImagePlatformExplicit: Rule = {
  name: POLICY,
  displayName: "Container images state their platform",
  description: "An image that ECS runs should state the platform it is built for.",
  level: "advisory",
  severity: "medium",
  tags: ["aws", "ecs", "docker", "cpu-architecture"],
  remediation: "State the platform of the build: platforms, platform or --platform, as its resource type calls it.",
  judge,
};
