import { awsFailures } from "./aws-checks";
import { awsFunction } from "./aws-functions";
import { AWS_TYPES, awsOutputs } from "./aws-resources";
import type { AwsType } from "./aws-resources";
import { changedInputs } from "./provider";
import type { Created, Difference, Resource, StandIn } from "./provider";
import { UNKNOWN, hex, isMissing, isObject, isSame } from "../../values";
import type { Value, Values } from "../../values";

/**
 * The AWS provider, which is bridged from Terraform: a preview echoes what is known, and what AWS would decide is
 * unknown, also where the program left it out and AWS fills it in.
 */
export const aws: StandIn = {
  version: "7.48.0",
  check: (resource) => ({ inputs: withDefaults(resource), failures: awsFailures(resource.type, resource.inputs) }),
  diff,
  create,
  update: (resource, id, old, preview) => {
    const type = AWS_TYPES[resource.type] ?? {};
    // Inputs that the program took away are gone; what AWS decided stays as it was.
    const kept = Object.fromEntries(Object.entries(old).filter(([name]) => isComputed(type, name)));
    const changing = Object.fromEntries((type.changing ?? []).map((name): [string, Value] => [name, preview ? UNKNOWN : next(old[name])]));
    return { ...kept, ...resource.inputs, ...changing, id };
  },
  read: (resource, id) => ({ ...awsOutputs(resource.type, id, resource.urn, resource.inputs).outputs, id }),
  invoke: awsFunction,
};

function withDefaults(resource: Resource): Values {
  const { type, name, inputs } = resource;
  const made: Record<string, Value> = { ...inputs };
  const { autoName } = AWS_TYPES[type] ?? {};
  if (autoName !== undefined && isMissing(inputs.name) && isMissing(inputs.namePrefix)) {
    const text = `${name}-${hex(resource.urn, 7)}`;
    made.name = autoName === "lowercase" ? text.toLowerCase() : text;
  }
  if (type === "aws:ec2/ami:Ami" && isMissing(inputs.architecture)) {
    made.architecture = "x86_64";
  }
  if (type === "aws:ecs/service:Service" && isMissing(inputs.schedulingStrategy)) {
    made.schedulingStrategy = "REPLICA";
  }
  return made;
}

function diff(resource: Resource, oldInputs: Values): Difference {
  const { replace } = AWS_TYPES[resource.type] ?? {};
  const changed = changedInputs(oldInputs, resource.inputs, isSame);
  const harmless = ["tags", "tagsAll", "skipDestroy"];
  return { changed, replace: changed.filter((name) => (replace === "all" ? !harmless.includes(name) : (replace ?? []).includes(name))) };
}

function create(resource: Resource, preview: boolean): Created {
  const { type, name, urn, inputs } = resource;
  const { id, outputs } = awsOutputs(type, name, urn, inputs);
  if (!preview) {
    return { id, outputs };
  }
  const known: AwsType = AWS_TYPES[type] ?? {};
  const computed = ["arn", "id", ...(known.computed ?? [])];
  const previewed: Values = { ...inputs, ...Object.fromEntries(computed.map((key) => [key, UNKNOWN])) };
  return { id: "", outputs: (known.optionalComputed ?? []).reduce((values, path) => fillUnknown(values, path.split(".")) as Values, previewed) };
}

/** Puts "unknown" where a path leads to nothing, as long as every block on the way was given. */
function fillUnknown(value: Value, path: readonly string[]): Value {
  const [first, ...rest] = path;
  if (first === undefined) {
    return value;
  }
  if (first === "*") {
    return Array.isArray(value) ? (value as readonly Value[]).map((entry) => fillUnknown(entry, rest)) : value;
  }
  if (!isObject(value)) {
    return value;
  }
  const inner = value[first];
  if (rest.length === 0) {
    return isMissing(inner) ? { ...value, [first]: UNKNOWN } : value;
  }
  return isMissing(inner) ? value : { ...value, [first]: fillUnknown(inner, rest) };
}

function isComputed(type: AwsType, name: string): boolean {
  return name === "arn" || (type.computed ?? []).includes(name) || (type.optionalComputed ?? []).includes(name);
}

function next(value: Value | undefined): Value {
  return typeof value === "number" ? value + 1 : (value ?? null);
}
