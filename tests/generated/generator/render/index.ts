/** A world as resources, and those as the engine describes them to a pack. */

import type { World } from "../world";
import { renderWanderer } from "./images";
import { renderMachines } from "./machines";
import type { Inputs } from "../../../support/outputs";
import { Program } from "./program";
import { renderApp } from "./tasks";

const STRANGERS: readonly (readonly [type: string, inputs: Inputs])[] = [
  ["aws:s3/bucket:Bucket", { forceDestroy: true }],
  ["aws:iam/role:Role", { assumeRolePolicy: '{"Version":"2012-10-17","Statement":[]}' }],
];

/** The program that makes the world. */
export function render(world: World): Program {
  const program = new Program(`linux/${world.host}`);
  for (const [type, inputs] of STRANGERS.slice(0, world.strangers)) {
    program.add(type, `s-${type.split(":").at(-1) ?? ""}`, inputs);
  }
  for (const app of world.apps) {
    renderApp(program, app);
  }
  for (const machines of world.machines) {
    renderMachines(program, machines);
  }
  for (let index = 0; index < world.wanderers; index++) {
    renderWanderer(program, index);
  }
  return program;
}
