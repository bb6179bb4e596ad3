import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { changedInputs } from "./provider";
import type { Checked, Created, Failure, Machine, Resource, StandIn } from "./provider";
import { UNKNOWN, hex, imageDigest, isKnown, isObject, isSame, knownString, splitReference } from "../../values";
import type { Value, Values } from "../../values";

const IMAGE = "docker-build:index:Image";

/**
 * The docker-build provider (pulumi-docker-build: provider/internal/image.go): a platform that was left out stays left
 * out, and an image whose inputs are all known is built at the preview already.
 */
export const dockerBuild: StandIn = {
  version: "0.0.22",
  check: (resource, machine) => (resource.type === IMAGE ? checkImage(resource, machine) : { inputs: resource.inputs }),
  diff: (resource, oldInputs) => ({ changed: changedInputs(oldInputs, resource.inputs, isSame), replace: [] }),
  create: (resource, preview) => (resource.type === IMAGE ? createImage(resource, preview) : createIndex(resource, preview)),
  update: (resource, _id, _old, preview) => (resource.type === IMAGE ? createImage(resource, preview) : createIndex(resource, preview)).outputs,
  read: (resource, id) => ({ ...resource.inputs, ref: id, digest: imageDigest(id) }),
  invoke: () => undefined,
};

function checkImage(resource: Resource, machine: Machine): Checked {
  return { inputs: resource.inputs, failures: [...platformFailures(resource.inputs.platforms), ...fileFailures(resource.inputs, machine)] };
}

function platformFailures(platforms: Value | undefined): Failure[] {
  if (!Array.isArray(platforms)) {
    return [];
  }
  return (platforms as readonly Value[]).flatMap((platform, index) => {
    const reason = typeof platform === "string" && platform !== UNKNOWN ? refusedPlatform(platform) : undefined;
    return reason === undefined ? [] : [{ property: `platforms[${index}]`, reason }];
  });
}

const SYSTEMS = "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris windows zos".split(" ");
const ARCHITECTURES =
  "386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc riscv riscv64 s390 s390x sparc sparc64 wasm i386 x86_64 x86-64 aarch64 armhf armel".split(" ");

/**
 * Why buildx refuses a platform, or undefined. It splits at commas, knows the word `local`, and looks at the names only
 * where a single word must be told to be a system or an architecture: `linux/foo` passes
 * (docker/buildx: util/platformutil, containerd/platforms: Parse).
 */
function refusedPlatform(text: string): string | undefined {
  return text
    .split(",")
    .filter((one) => one !== "local")
    .map((one) => {
      const parts = one.split("/");
      if (one.includes("*")) {
        return `"${one}": wildcards not yet supported: invalid argument`;
      }
      if (parts.length > 3 || !parts.every((part) => /^[A-Za-z0-9_.-]+(\([A-Za-z0-9_.+-]*\))?$/.test(part))) {
        return `"${one}" is an invalid component of platform specifier: invalid argument`;
      }
      const [only = ""] = parts;
      const isName = parts.length > 1 || [...SYSTEMS, ...ARCHITECTURES].includes(only.toLowerCase().split("(")[0] ?? "");
      return isName ? undefined : `"${one}": unknown operating system or architecture: invalid argument`;
    })
    .find((reason) => reason !== undefined);
}

function fileFailures(inputs: Values, machine: Machine): Failure[] {
  const context = isObject(inputs.context) ? inputs.context : {};
  const dockerfile = isObject(inputs.dockerfile) ? inputs.dockerfile : {};
  if (!isKnown([context, dockerfile])) {
    return [];
  }
  const folder = knownString(context.location) ?? ".";
  if (isRemote(folder)) {
    return [];
  }
  const root = path.resolve(machine.programDir, folder);
  if (!existsSync(root) || !statSync(root).isDirectory()) {
    return [{ property: "context.location", reason: `${JSON.stringify(folder)}: not a valid directory or URL` }];
  }
  const inline = knownString(dockerfile.inline);
  const file = knownString(dockerfile.location);
  const place = file === undefined ? path.join(root, "Dockerfile") : path.resolve(machine.programDir, file);
  if (inline !== undefined || isRemote(file ?? "")) {
    return [];
  }
  if (!existsSync(place)) {
    return [{ property: "dockerfile.location", reason: `open ${file ?? path.join(folder, "Dockerfile")}: no such file or directory` }];
  }
  return /^\s*FROM\s/im.test(readFileSync(place, "utf8")) ? [] : [{ property: "dockerfile", reason: "dockerfile parse error: file with no instructions" }];
}

function isRemote(place: string): boolean {
  return place === "-" || /^(https?:|git@|git:|ssh:|github\.com\/)/.test(place);
}

function createImage(resource: Resource, preview: boolean): Created {
  const { inputs } = resource;
  const tags = Array.isArray(inputs.tags) ? (inputs.tags as readonly Value[]) : [];
  const firstTag = knownString(tags[0]);
  if (preview && !isKnown(inputs)) {
    return { id: "", outputs: { ...inputs, ref: UNKNOWN, digest: UNKNOWN, contextHash: UNKNOWN } };
  }
  const contextHash = hex(JSON.stringify([inputs.context ?? null, inputs.dockerfile ?? null]), 64);
  if (preview && inputs.buildOnPreview === false) {
    return { id: "", outputs: { ...inputs, ref: firstTag ?? UNKNOWN, digest: UNKNOWN, contextHash } };
  }
  const digest = imageDigest(`${resource.urn} ${JSON.stringify([inputs.platforms ?? null, contextHash])}`);
  const ref = firstTag === undefined ? "" : withDigest(firstTag, digest);
  return { id: preview ? "" : digest, outputs: { ...inputs, ref, digest, contextHash } };
}

function createIndex(resource: Resource, preview: boolean): Created {
  const tag = knownString(resource.inputs.tag);
  const known = !preview || isKnown(resource.inputs);
  const ref = known && tag !== undefined ? withDigest(tag, imageDigest(resource.urn)) : UNKNOWN;
  return { id: preview ? "" : (tag ?? resource.name), outputs: { ...resource.inputs, ref } };
}

function withDigest(tag: string, digest: string): string {
  const { repository, tag: name } = splitReference(tag);
  return `${repository}:${name ?? "latest"}@${digest}`;
}
