/** Everything that is wrong with a world, as far as it can be known in an operation. */

import type { App, Machines, Phase, World } from "../world";
import { judgeCapacity } from "./capacity";
import { judgeTask } from "./images";
import { isAmbiguous, judgeMachines } from "./machines";
import { together, type Judged } from "./verdict";

function machinesOf(app: App): Machines[] {
  return [...app.cluster.joined, ...app.providers.flatMap(({ of }) => (of.is === "group" ? [of.machines] : []))];
}

/** What a pack must and may deny of the world in that operation, and nothing else. */
export function judge(world: World, phase: Phase): Judged {
  const all = [...world.apps.flatMap(machinesOf), ...world.machines];
  const isAnythingUsed = phase === "firstPreview" && all.some(isAmbiguous);
  const ofApps = world.apps.flatMap((app) => [
    ...app.tasks.map((task) => judgeTask(world, app, task, phase)),
    ...app.tasks.map((task) => judgeCapacity(world, app, task, phase)),
  ]);
  return together([...ofApps, ...all.map((machines) => judgeMachines(machines, phase, isAnythingUsed))]);
}
