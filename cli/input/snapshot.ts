/** The resources of one stack out of a file, whatever its format, as the engine would tell policies of them. */

import type { StackMember } from "../../policies/judging";
import { isOfInterest } from "../../policies/read";
import { Parents, scopeOf, type ProviderAt } from "../../policies/read/place";
import type { Properties, Resource } from "../../policies/read/resource";
import { partsOfUrn } from "../../policies/read/subject";
import type { Fields } from "./fields";
import { decode, decodeAll, isHidden, type TextReader } from "./value";

/** What a file is. */
export type InputKind = "stack export" | "preview" | "plan";

/** One resource, checked as far as anything reads it. Its properties are as they were saved. */
export interface SavedResource extends StackMember {
  /** Undefined: the file does not tell them, only what came of them. */
  readonly inputs: Properties | undefined;
  readonly outputs: Properties;
  /** `URN::ID`; undefined for resources without one. */
  readonly provider: string | undefined;
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly ignoreChanges: readonly string[];
  /** True: nothing that the file says of it can be relied on. */
  readonly unseen: boolean;
}

export interface SavedStack {
  readonly kind: InputKind;
  /** Names out of the URNs; undefined for an empty stack. */
  readonly stack: string | undefined;
  readonly project: string | undefined;
  readonly members: readonly StackMember[];
  /** Reads one of the members in full. */
  readonly read: (member: StackMember) => Resource;
  /** Why resources of the stack may be missing from the file; undefined if it holds all of them. */
  readonly gap: string | undefined;
  /** The stacks that it refers to, by the names that the program gave. */
  readonly references: readonly string[];
}

/** The fields that a resource has in every format that holds it whole. */
export function readCommon(fields: Fields, urn: string, type: string): SavedResource {
  const parent = fields.text("parent");
  return {
    urn,
    type,
    name: partsOfUrn(urn).name,
    parent: parent === undefined || parent === "" ? undefined : { urn: parent },
    inputs: undefined,
    outputs: {},
    provider: fields.text("provider"),
    propertyDependencies: fields.textLists("propertyDependencies"),
    ignoreChanges: fields.texts("ignoreChanges"),
    unseen: false,
  };
}

export function isUrn(text: string): boolean {
  return /^urn:pulumi:[^:]+::[^:]+::.+::./s.test(text);
}

/**
 * The state of a resource as exports and previews write it.
 * Source: pulumi/pulumi, sdk/go/common/apitype/core.go (ResourceV3).
 */
export function readState(fields: Fields): SavedResource {
  const urn = fields.required("urn");
  if (!isUrn(urn)) {
    return fields.fail("urn", "is no URN of a resource");
  }
  return { ...readCommon(fields, urn, fields.required("type")), inputs: fields.object("inputs"), outputs: fields.object("outputs") };
}

/**
 * A policy pack sees secrets in plain text. At a preview, what is hidden must not lead to anything by what it is made from,
 * where the pack would look at what it says.
 */
export function withoutHidden(resource: SavedResource, textOf: TextReader = (text) => text): SavedResource {
  const { type, inputs, outputs } = resource;
  if (!isOfInterest(type)) {
    return resource;
  }
  const made = Object.entries(resource.propertyDependencies);
  return { ...resource, propertyDependencies: Object.fromEntries(made.map(([key, urns]) => [key, isHidden((inputs ?? outputs)[key], textOf) ? [] : urns])) };
}

export interface SnapshotOptions {
  readonly kind: InputKind;
  readonly gap: string | undefined;
  /** What a text in a property stands for, where that is not itself. */
  readonly textOf?: TextReader;
  /** The configuration of the stack, as far as the file tells: `aws:region`. */
  readonly config?: Properties;
  /** Names of stacks that are referred to by what is no resource of the file. */
  readonly references?: readonly string[];
}

const STACK_REFERENCE = "pulumi:pulumi:StackReference";

function nameOfReference({ type, inputs, outputs }: SavedResource): string[] {
  const name = inputs?.["name"] ?? outputs["name"];
  return type === STACK_REFERENCE && typeof name === "string" ? [name] : [];
}

/** Only what is in the stack counts as a dependency, as in what the engine tells. */
class Snapshot {
  private readonly parents = new Parents();
  private readonly byUrn = new Map<string, SavedResource>();
  private readonly providers = new Map<string, ProviderAt>();
  private readonly textOf: TextReader;

  constructor(
    readonly resources: readonly SavedResource[],
    private readonly options: SnapshotOptions,
  ) {
    this.textOf = options.textOf ?? ((text) => text);
    for (const resource of resources) {
      this.byUrn.set(resource.urn, resource);
      this.parents.add(resource.urn, resource.parent?.urn);
      if (resource.type.startsWith("pulumi:providers:")) {
        this.providers.set(resource.urn, this.readProvider(resource));
      }
    }
  }

  read({ urn }: StackMember): Resource {
    const saved = this.byUrn.get(urn);
    if (saved === undefined) {
      throw new Error("no member of this stack");
    }
    const inputs = saved.inputs && decodeAll(saved.inputs, this.textOf);
    const outputs = decodeAll(saved.outputs, this.textOf);
    const dependencies = Object.entries(saved.propertyDependencies).map(([key, made]) => [key, made.filter((each) => this.byUrn.has(each)).sort()] as const);
    return {
      urn,
      type: saved.type,
      name: saved.name,
      ancestors: this.parents.above(urn),
      scope: scopeOf(this.providerOf(saved), inputs ?? outputs),
      inputs,
      outputs,
      propertyDependencies: Object.fromEntries(dependencies),
      ignoreChanges: saved.ignoreChanges,
      unseen: saved.unseen,
    };
  }

  private readProvider({ urn, type, name, inputs, outputs }: SavedResource): ProviderAt {
    return { urn, type, name, region: decode((inputs ?? outputs)["region"], this.textOf) };
  }

  /** The provider of a resource. Previews do not show the default ones: these are configured by the stack's configuration. */
  private providerOf({ provider = "" }: SavedResource): ProviderAt | undefined {
    const urn = provider.slice(0, Math.max(provider.lastIndexOf("::"), 0));
    const found = this.providers.get(urn);
    if (found !== undefined || !isUrn(urn)) {
      return found;
    }
    const { type, name } = partsOfUrn(urn);
    const isDefault = name === "default" || name.startsWith("default_");
    return { urn, type, name, region: isDefault ? this.options.config?.[`${type.slice(type.lastIndexOf(":") + 1)}:region`] : undefined };
  }
}

/** A stack of these resources. */
export function stackOf(resources: readonly SavedResource[], options: SnapshotOptions): SavedStack {
  const snapshot = new Snapshot(resources, options);
  const [, stack, project] = /^urn:pulumi:([^:]+)::([^:]+)::/.exec(resources[0]?.urn ?? "") ?? [];
  const references = [...(options.references ?? []), ...resources.flatMap(nameOfReference)];
  return { kind: options.kind, stack, project, members: resources, read: (member) => snapshot.read(member), gap: options.gap, references: [...new Set(references)] };
}
