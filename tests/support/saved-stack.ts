/** What an update would leave behind, as `pulumi stack export` writes it. */

import type { RecordedResource, Recording } from "./protocol";

/** One entry of `deployment.resources`. */
export interface Saved {
  readonly urn: string;
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface Exported {
  readonly version: number;
  readonly deployment: { readonly [field: string]: unknown; readonly resources: readonly Saved[] };
}

const STACK_TYPE = "pulumi:pulumi:Stack";

function urnOf({ urn, type, name }: RecordedResource): string {
  return urn ?? `urn:pulumi:test::app::${type}::${name}`;
}

/** The id that a provider has in references to it. */
const PROVIDER_ID = "0a1b2c3d-0000-4000-8000-000000000000";

function providersOf(resources: readonly RecordedResource[]): Saved[] {
  const all = resources.flatMap(({ provider }) => (provider === undefined ? [] : [[provider.urn, provider] as const]));
  return [...new Map(all).values()].map(({ urn, type, properties }) => ({ urn, custom: true, id: PROVIDER_ID, type, inputs: properties, outputs: properties }));
}

/** @param resources of an update: what was registered with which inputs, and what came of it */
export function exportOf({ analyze, analyzeStack = [] }: Recording): Exported {
  const inputs = new Map(analyze.map((resource) => [urnOf(resource), resource.properties]));
  const resources = analyzeStack.map((resource): Saved => {
    const { type, parent, properties, dependencies, propertyDependencies, options, provider } = resource;
    return {
      urn: urnOf(resource),
      custom: true,
      type,
      inputs: inputs.get(urnOf(resource)),
      outputs: properties,
      ...(parent === undefined ? {} : { parent }),
      ...(dependencies === undefined ? {} : { dependencies }),
      ...(propertyDependencies === undefined ? {} : { propertyDependencies }),
      ...(provider === undefined ? {} : { provider: `${provider.urn}::${PROVIDER_ID}` }),
      ...(options?.ignoreChanges === undefined ? {} : { ignoreChanges: options.ignoreChanges }),
    };
  });
  const stack: Saved = { urn: `urn:pulumi:test::app::${STACK_TYPE}::app-test`, custom: false, type: STACK_TYPE };
  return { version: 3, deployment: { manifest: { time: "2026-11-21T08:47:08Z", magic: "", version: "v3.258.0" }, resources: [stack, ...providersOf(analyzeStack), ...resources] } };
}

/** How a saved stack marks a secret. Source: pulumi/pulumi, sdk/go/common/resource/sig. */
function secret(fields: object): object {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ...fields };
}

/** A secret as `pulumi stack export --show-secrets` writes it: the value as JSON. */
export function plainSecret(value: unknown): object {
  return secret({ plaintext: JSON.stringify(value) });
}

/** A secret as `pulumi stack export` writes it. */
export function encryptedSecret(): object {
  return secret({ ciphertext: "v1:MTIzNDU2Nzg5MDEy:c2VjcmV0IGJ5dGVz" });
}

/** The export with properties of one resource in place of its own, in its inputs and its outputs. */
export function withProperties(exported: Exported, name: string, properties: object): Exported {
  const change = (saved: Saved): Saved =>
    saved.urn.endsWith(`::${name}`) && !saved.type.startsWith("pulumi:")
      ? { ...saved, inputs: { ...(saved["inputs"] as object), ...properties }, outputs: { ...(saved["outputs"] as object), ...properties } }
      : saved;
  return { ...exported, deployment: { ...exported.deployment, resources: exported.deployment.resources.map(change) } };
}
