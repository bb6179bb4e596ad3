/**
 * The resources of a saved stack, as `pulumi stack export` writes it.
 * Source: pulumi/pulumi, sdk/go/common/apitype/core.go (UntypedDeployment, DeploymentV3, ResourceV3), and
 * sdk/go/common/resource/sig for what marks a secret.
 */

import type { StackMember } from "../policies/judging";
import { isObject } from "../policies/platform/object";
import { Parents, scopeOf, type ProviderAt } from "../policies/read/place";
import { ENCRYPTED, UNKNOWN } from "../policies/read/raw";
import type { Properties, Resource } from "../policies/read/resource";
import { partsOfUrn } from "../policies/read/subject";
import { BadInput, keyInPath } from "./bad-input";

/** One resource, checked as far as anything reads it. Its properties are as they were saved. */
interface SavedResource extends StackMember {
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** `URN::ID`; undefined for resources without one. */
  readonly provider: string | undefined;
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly ignoreChanges: readonly string[];
}

export interface SavedStack {
  /** Names out of the URNs; undefined for an empty stack. */
  readonly stack: string | undefined;
  readonly project: string | undefined;
  readonly members: readonly StackMember[];
  /** Reads one of the members in full. */
  readonly read: (member: StackMember) => Resource;
}

/** The versions of the format that hold what is read here. */
const VERSIONS: readonly unknown[] = [3, 4];

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Deeper values are not known: no property that is read is nested so deep, and a deeper one could exhaust the stack. */
const MAX_DEPTH = 100;

function decodeSecret({ plaintext }: Readonly<Record<string, unknown>>, depth: number): unknown {
  if (typeof plaintext !== "string" || plaintext === "") {
    return ENCRYPTED;
  }
  try {
    return decode(JSON.parse(plaintext), depth + 1);
  } catch {
    return UNKNOWN;
  }
}

/** A saved value as policies get it: secrets in plain text, as far as they were saved so. */
function decode(raw: unknown, depth = 0): unknown {
  if (typeof raw !== "object" || raw === null) {
    return raw;
  }
  if (depth > MAX_DEPTH) {
    return UNKNOWN;
  }
  if (Array.isArray(raw)) {
    return raw.map((item: unknown) => decode(item, depth + 1));
  }
  const fields = raw as Readonly<Record<string, unknown>>;
  if (fields[SIGNATURE] === SECRET) {
    return decodeSecret(fields, depth);
  }
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, decode(value, depth + 1)]));
}

function decodeAll(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, decode(value)]));
}

/** Checks the fields of one object of the file. Its errors name the place and what belongs there, never what stands there. */
class Fields {
  private constructor(
    private readonly file: string,
    private readonly path: string,
    private readonly fields: Readonly<Record<string, unknown>>,
  ) {}

  static of(raw: unknown, file: string, path: string): Fields {
    if (!isObject(raw)) {
      throw new BadInput(file, path, "must be an object");
    }
    return new Fields(file, path, raw);
  }

  raw(key: string): unknown {
    return Object.hasOwn(this.fields, key) ? (this.fields[key] ?? undefined) : undefined;
  }

  text(key: string): string | undefined {
    const raw = this.raw(key);
    return raw === undefined || typeof raw === "string" ? raw : this.fail(key, "must be a text");
  }

  required(key: string): string {
    return this.text(key) ?? this.fail(key, "is missing");
  }

  object(key: string): Readonly<Record<string, unknown>> {
    const raw = this.raw(key);
    return raw === undefined || isObject(raw) ? (raw ?? {}) : this.fail(key, "must be an object");
  }

  list(key: string): readonly unknown[] {
    const raw = this.raw(key);
    return raw === undefined || Array.isArray(raw) ? ((raw ?? []) as unknown[]) : this.fail(key, "must be a list");
  }

  texts(key: string): readonly string[] {
    const items = this.list(key);
    return items.every((item) => typeof item === "string") ? items : this.fail(key, "must be a list of texts");
  }

  fail(key: string, problem: string): never {
    throw new BadInput(this.file, `${this.path}${keyInPath(key)}`, problem);
  }
}

function readDependencies(fields: Fields, file: string, path: string): Readonly<Record<string, readonly string[]>> {
  const raw = fields.object("propertyDependencies");
  const own = Fields.of(raw, file, `${path}.propertyDependencies`);
  return Object.fromEntries(Object.keys(raw).map((key) => [key, own.texts(key)]));
}

function readResource(raw: unknown, file: string, path: string): SavedResource | undefined {
  const fields = Fields.of(raw, file, path);
  // It is about to be deleted: something else has taken its place.
  if (fields.raw("delete") === true) {
    return undefined;
  }
  const urn = fields.required("urn");
  if (!/^urn:pulumi:[^:]+::[^:]+::.+::./s.test(urn)) {
    return fields.fail("urn", "is no URN of a resource");
  }
  const parent = fields.text("parent");
  return {
    urn,
    type: fields.required("type"),
    name: partsOfUrn(urn).name,
    parent: parent === undefined || parent === "" ? undefined : { urn: parent },
    inputs: fields.object("inputs"),
    outputs: fields.object("outputs"),
    provider: fields.text("provider"),
    propertyDependencies: readDependencies(fields, file, path),
    ignoreChanges: fields.texts("ignoreChanges"),
  };
}

function readProvider({ urn, type, name, inputs }: SavedResource): ProviderAt {
  return { urn, type, name, region: decode(inputs["region"]) };
}

/** The saved resources as the engine would tell policies of them: only what is in the stack counts as a dependency. */
class Deployment {
  private readonly parents = new Parents();
  private readonly byUrn = new Map<string, SavedResource>();
  private readonly providers = new Map<string, ProviderAt>();

  constructor(readonly resources: readonly SavedResource[]) {
    for (const resource of resources) {
      this.byUrn.set(resource.urn, resource);
      this.parents.add(resource.urn, resource.parent?.urn);
      if (resource.type.startsWith("pulumi:providers:")) {
        this.providers.set(resource.urn, readProvider(resource));
      }
    }
  }

  read({ urn }: StackMember): Resource {
    const saved = this.byUrn.get(urn);
    if (saved === undefined) {
      throw new Error("no member of this stack");
    }
    const inputs = decodeAll(saved.inputs);
    const dependencies = Object.entries(saved.propertyDependencies).map(([key, made]) => [key, made.filter((each) => this.byUrn.has(each)).sort()] as const);
    return {
      urn,
      type: saved.type,
      name: saved.name,
      ancestors: this.parents.above(urn),
      scope: scopeOf(this.providerOf(saved), inputs),
      inputs,
      outputs: decodeAll(saved.outputs),
      propertyDependencies: Object.fromEntries(dependencies),
      ignoreChanges: saved.ignoreChanges,
      unseen: false,
    };
  }

  private providerOf({ provider = "" }: SavedResource): ProviderAt | undefined {
    return this.providers.get(provider.slice(0, Math.max(provider.lastIndexOf("::"), 0)));
  }
}

/** @throws BadInput if it is no deployment, with the place that is wrong */
export function readDeployment(raw: unknown, file: string): SavedStack {
  const whole = Fields.of(raw, file, "$");
  if (!isObject(raw) || !Object.hasOwn(raw, "deployment")) {
    throw new BadInput(file, "$", "there is no `deployment`: this is not what `pulumi stack export` writes");
  }
  const version = whole.raw("version");
  if (!VERSIONS.includes(version)) {
    return whole.fail("version", `must be ${VERSIONS.join(" or ")}: another format is not known here`);
  }
  const list = Fields.of(whole.object("deployment"), file, "$.deployment").list("resources");
  const deployment = new Deployment(list.flatMap((each, index) => readResource(each, file, `$.deployment.resources[${index}]`) ?? []));
  const [, stack, project] = /^urn:pulumi:([^:]+)::([^:]+)::/.exec(deployment.resources[0]?.urn ?? "") ?? [];
  return { stack, project, members: deployment.resources, read: (member) => deployment.read(member) };
}
