import { changedInputs } from "./provider";
import type { Created, Resource, StandIn } from "./provider";
import { UNKNOWN, hex, isSame } from "../../values";
import type { Values } from "../../values";

/** The random provider, with values that are the same at every run. */
export const random: StandIn = {
  version: "4.21.0",
  check: (resource) => ({ inputs: resource.inputs }),
  diff: (resource, oldInputs) => {
    const changed = changedInputs(oldInputs, resource.inputs, isSame);
    return { changed, replace: changed };
  },
  create,
  update: (resource, _id, old) => ({ ...old, ...resource.inputs }),
  read: (resource) => resource.inputs,
  invoke: () => undefined,
};

function create(resource: Resource, preview: boolean): Created {
  const text = hex(resource.urn, 8);
  const made: Readonly<Record<string, Values>> = {
    "random:index/randomString:RandomString": { result: text },
    "random:index/randomPassword:RandomPassword": { result: text, bcryptHash: text },
    "random:index/randomId:RandomId": { hex: text, dec: "1", b64Std: text, b64Url: text },
    "random:index/randomUuid:RandomUuid": { result: `${text}-0000-4000-8000-000000000000` },
    "random:index/randomInteger:RandomInteger": { result: 1 },
    "random:index/randomPet:RandomPet": {},
  };
  const values: Values = { ...made[resource.type], id: text };
  const outputs = preview ? Object.fromEntries(Object.keys(values).map((key) => [key, UNKNOWN])) : values;
  return { id: preview ? "" : text, outputs: { ...resource.inputs, ...outputs } };
}
