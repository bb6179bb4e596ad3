import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { changedInputs } from "./provider";
import type { Checked, Created, Machine, Resource, StandIn } from "./provider";
import { UNKNOWN, hex, imageDigest, isKnown, isMissing, isObject, isSame, knownString, splitReference } from "../../values";
import type { Value, Values } from "../../values";

const IMAGE = "docker:index/image:Image";
const REGISTRY_IMAGE = "docker:index/registryImage:RegistryImage";
const REMOTE_IMAGE = "docker:index/remoteImage:RemoteImage";

/**
 * The docker provider 4.x and 5.x. Its Image is no bridged resource (pulumi-docker: provider/provider.go and image.go):
 * Check fills in the building machine's platform, a preview echoes the inputs, and a build leaves a flat object.
 */
export const docker: StandIn = {
  version: "5.2.0",
  check: (resource, machine) => (resource.type === IMAGE ? checkImage(resource, machine) : { inputs: resource.inputs }),
  diff: (resource, oldInputs) => {
    const changed = changedInputs(oldInputs, resource.inputs, isSame);
    return { changed, replace: resource.type === IMAGE ? [] : changed };
  },
  create: (resource, preview, machine) => (resource.type === IMAGE ? createImage(resource, preview, machine) : createOther(resource, preview)),
  update: (resource, _id, old, preview, machine) =>
    resource.type === IMAGE ? createImage(resource, preview, machine).outputs : { ...old, ...createOther(resource, preview).outputs },
  read: (resource, id) => ({ ...createOther(resource, false).outputs, name: id }),
  invoke: (token, args) =>
    token === "docker:index/getRegistryImage:getRegistryImage" || token === "docker:index/getRemoteImage:getRemoteImage"
      ? { id: imageDigest(JSON.stringify(args)), name: args.name ?? "", sha256Digest: imageDigest(JSON.stringify(args)), repoDigest: "" }
      : undefined,
};

function checkImage(resource: Resource, machine: Machine): Checked {
  const { build, buildOnPreview = false, ...rest } = resource.inputs;
  if (!isMissing(build) && !isObject(build)) {
    // An unknown build, or one given as a string, is left as it is.
    return { inputs: { ...rest, buildOnPreview, build } };
  }
  const given = isObject(build) ? build : {};
  const context = given.context ?? ".";
  const folder = knownString(context);
  const dockerfile = given.dockerfile ?? (folder === undefined ? UNKNOWN : path.posix.join(folder, "Dockerfile"));
  const file = knownString(dockerfile);
  if (file !== undefined && !existsSync(path.resolve(machine.programDir, file))) {
    return { inputs: resource.inputs, failures: [{ property: "build", reason: `could not open dockerfile at relative path ${JSON.stringify(file)}` }] };
  }
  const contextDigest = file === undefined ? {} : { contextDigest: hex(readFileSync(path.resolve(machine.programDir, file), "utf8"), 64) };
  const platform = isMissing(given.platform) ? `linux/${architectureOf(machine.host)}` : given.platform;
  return { inputs: { ...rest, buildOnPreview, build: { ...given, context, dockerfile, ...contextDigest, platform } } };
}

/** The provider fills in Go's name of its own architecture and always Linux. */
function architectureOf(host: string): string {
  return host.split("/")[1] ?? host;
}

function createImage(resource: Resource, preview: boolean, machine: Machine): Created {
  const { inputs } = resource;
  const buildsNow = !preview || (inputs.buildOnPreview === true && isKnown([inputs.imageName ?? "", inputs.build ?? ""]));
  if (!buildsNow) {
    return { id: "", outputs: inputs };
  }
  const name = knownString(inputs.imageName) ?? resource.name;
  const build = isObject(inputs.build) ? inputs.build : {};
  const registry = isObject(inputs.registry) ? inputs.registry : {};
  const digest = imageDigest(`${resource.urn} ${JSON.stringify(build)} ${machine.host}`);
  const pushed = inputs.skipPush !== true && !preview;
  return {
    id: name,
    outputs: {
      dockerfile: text(build.dockerfile),
      context: text(build.context),
      baseImageName: name,
      registryServer: text(registry.server),
      imageName: name,
      platform: text(build.platform),
      repoDigest: pushed ? `${splitReference(name).repository}@${digest}` : digest,
      __inputs: inputs,
    },
  };
}

function text(value: Value | undefined): string {
  return typeof value === "string" ? value : "";
}

function createOther(resource: Resource, preview: boolean): Created {
  const name = knownString(resource.inputs.name) ?? resource.name;
  const digest = imageDigest(name);
  const made: Record<string, Values> = {
    [REGISTRY_IMAGE]: { sha256Digest: digest },
    [REMOTE_IMAGE]: { imageId: digest, repoDigest: `${splitReference(name).repository}@${digest}` },
  };
  const computed = { id: hex(resource.urn, 12), ...made[resource.type] };
  const outputs = preview ? Object.fromEntries(Object.keys(computed).map((key) => [key, UNKNOWN])) : computed;
  return { id: preview ? "" : computed.id, outputs: { ...resource.inputs, ...outputs } };
}
