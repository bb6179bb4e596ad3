import { existsSync, readFileSync } from "node:fs";

/** How strictly a violated policy is held. */
export type Level = "advisory" | "mandatory" | "remediate" | "disabled";

/** What a policy said, as the engine reports it. */
export interface Violation {
  readonly level: Level;
  readonly policy: string;
  readonly resourceName: string;
  readonly urn: string;
  /** Description and message of the policy, without colors. */
  readonly message: string;
}

/** One resource of a stack's saved state. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly id?: string;
  readonly parent?: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

interface PolicyEvent {
  readonly resourceUrn?: string;
  readonly message: string;
  readonly policyName: string;
  readonly enforcementLevel: string;
}

/** Reads the policy events of a log with one JSON event a line, each once. */
export function readViolations(log: string): readonly Violation[] {
  const found = log
    .split("\n")
    .filter((line) => line.includes('"policyEvent"'))
    .map((line) => (JSON.parse(line) as { policyEvent: PolicyEvent }).policyEvent)
    .map(toViolation);
  return [...new Map(found.map((violation) => [JSON.stringify(violation), violation])).values()];
}

function toViolation(event: PolicyEvent): Violation {
  const urn = event.resourceUrn ?? "";
  return {
    level: event.enforcementLevel as Level,
    policy: event.policyName,
    resourceName: nameOf(urn),
    urn,
    message: withoutColors(event.message).trim(),
  };
}

/** Removes the engine's color tags and terminal escapes. */
function withoutColors(text: string): string {
  return text.replace(/<\{%[^%]*%\}>/g, "").replace(/\u001b\[[0-9;]*m/g, "");
}

export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** The resources in a state file of the file backend or of `pulumi stack export`; none when there is no file. */
export function readState(file: string): readonly StateResource[] {
  if (!existsSync(file)) {
    return [];
  }
  const state = JSON.parse(readFileSync(file, "utf8")) as { checkpoint?: { latest?: { resources?: RawResource[] } | null } };
  return (state.checkpoint?.latest?.resources ?? []).map((resource) => ({
    ...resource,
    name: nameOf(resource.urn),
    inputs: resource.inputs ?? {},
    outputs: resource.outputs ?? {},
  }));
}

type RawResource = Omit<StateResource, "name" | "inputs" | "outputs"> & Partial<Pick<StateResource, "inputs" | "outputs">>;
