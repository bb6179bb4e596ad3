/**
 * What `pulumi preview --json` prints: the stack as it is after the update.
 * Source: pulumi/pulumi, pkg/display/json.go (PreviewDigest), pkg/backend/display/json.go (ShowPreviewDigest),
 * pkg/backend/display/display.go (shouldShow); tried with CLI 3.258.
 *
 * Each step is written down before it runs. So a resource that is created or updated has no outputs here, although the
 * provider may know some by then. A text that is computed later is the engine's stand-in for unknowns; a secret is the
 * text `[secret]`, whatever options the command has.
 */

import { HIDDEN } from "../../policies/read/raw";
import type { Properties } from "../../policies/read/resource";
import type { Fields } from "./fields";
import { readState, stackOf, withoutHidden, type SavedResource, type SavedStack } from "./snapshot";

/** Steps after which the resource is in the stack, as its `newState` says. */
const LIVE: ReadonlySet<string> = new Set(["same", "create", "update", "replace", "create-replacement", "import", "import-replacement"]);

/**
 * Steps that leave nothing in the stack that another step does not tell of. What is only read is not sent to policy packs
 * either; what is refreshed has a step of its own after that.
 */
const NOT_LIVE: ReadonlySet<string> = new Set(["delete", "delete-replaced", "discard", "discard-replaced", "remove-pending-replace", "refresh", "read", "read-replacement", "diff"]);

/**
 * Outputs that tell which resource it is, and so stay as they are when it is updated. Without them an update would look
 * like a resource that is created.
 */
const STAYS: ReadonlySet<string> = new Set(["id", "arn", "taskDefinitionArn", "launchTemplateId", "repositoryUrl", "repositoryUri", "architecture"]);

const SECRET = "[secret]";

function outputsAfter(op: string, state: SavedResource, before: Properties): Properties {
  switch (op) {
    case "same":
      return before;
    case "update":
      return { ...Object.fromEntries(Object.entries(before).filter(([key]) => STAYS.has(key))), ...state.outputs };
    default:
      return state.outputs;
  }
}

function textOf(text: string): string {
  return text === SECRET ? HIDDEN : text;
}

/** The resource that a step leaves in the stack. */
function resourceAfter(op: string, step: Fields): SavedResource[] {
  const fields = step.within("newState");
  if (fields.raw("external") === true || fields.raw("delete") === true) {
    return [];
  }
  const state = readState(fields);
  const old = step.within("oldState");
  // One that `--target` leaves out of its first update counts as the same, but is not there, and has no properties.
  const unseen = op === "same" && fields.raw("custom") === true && old.text("id") === undefined;
  return [withoutHidden({ ...state, outputs: outputsAfter(op, state, old.object("outputs")), unseen }, textOf)];
}

/** How many resources the summary counts that have no step, and whether there are steps that are not known here. */
function gapOf(whole: Fields, ops: readonly string[]): string | undefined {
  if (whole.items("diagnostics").some((each) => each.text("severity") === "error") || !whole.has("changeSummary")) {
    return "the preview failed, so that it may not hold the whole stack";
  }
  if (ops.some((op) => !LIVE.has(op) && !NOT_LIVE.has(op))) {
    return "the preview has steps of a kind that is not known here";
  }
  const shown = (op: string): number => ops.filter((each) => each === op).length;
  const summary = whole.within("changeSummary");
  const missing = summary.keys().reduce((sum, op) => sum + Math.max(0, summary.count(op) - shown(op)), 0);
  return missing === 0 ? undefined : `the preview leaves out ${missing} of its resources: \`pulumi preview --json --show-sames\` shows all`;
}

function referencesIn(steps: readonly Fields[]): string[] {
  const states = steps.map((step) => step.within("newState")).filter((state) => state.raw("type") === "pulumi:pulumi:StackReference");
  return states.flatMap((state) => state.within("inputs").text("name") ?? []);
}

/** @throws BadInput if it is no preview, with the place that is wrong */
export function readPreview(whole: Fields): SavedStack {
  const steps = whole.items("steps");
  const ops = steps.map((step) => step.required("op"));
  const resources = new Map<string, SavedResource>();
  for (const [index, step] of steps.entries()) {
    const op = ops[index] ?? "";
    for (const resource of LIVE.has(op) ? resourceAfter(op, step) : []) {
      resources.set(resource.urn, resource);
    }
  }
  return stackOf([...resources.values()], {
    kind: "preview",
    gap: gapOf(whole, ops),
    textOf,
    config: whole.object("config"),
    references: referencesIn(steps),
  });
}
