import { changedInputs } from "./provider";
import type { Created, Resource, StandIn } from "./provider";
import { UNKNOWN, isSame } from "../../values";

/**
 * The command provider. Nothing is run: a policy sees what a command is given, and its output is an empty text.
 */
export const command: StandIn = {
  version: "4.5.0",
  check: (resource) => ({ inputs: resource.inputs }),
  diff: (resource, oldInputs) => {
    const changed = changedInputs(oldInputs, resource.inputs, isSame);
    return { changed, replace: changed.filter((name) => name === "triggers") };
  },
  create,
  update: (resource, _id, _old, preview) => create(resource, preview).outputs,
  read: (resource) => resource.inputs,
  invoke: (token, args) => (token === "command:local:run" ? { ...args, stdout: "", stderr: "" } : undefined),
};

function create(resource: Resource, preview: boolean): Created {
  const printed = preview ? UNKNOWN : "";
  return { id: preview ? "" : resource.name, outputs: { ...resource.inputs, stdout: printed, stderr: printed } };
}
