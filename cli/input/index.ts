/** Reads a file as the stack that it holds. What it is shows in its shape, never in its name. */

import { isObject } from "../../policies/platform/object";
import { BadInput } from "../bad-input";
import { parseJson } from "../source";
import { Fields } from "./fields";
import { readPlan } from "./plan";
import { readPreview } from "./preview";
import type { SavedStack } from "./snapshot";
import { readDeployment } from "./state";

const KINDS = "`pulumi stack export`, `pulumi preview --json` or `pulumi preview --save-plan`";

/** Files that Pulumi writes too, but that do not hold a stack as it can be judged. */
const OTHERS: readonly (readonly [key: string, problem: string])[] = [
  ["checkpoint", "this looks like a checkpoint out of a backend; use what `pulumi stack export` writes"],
  ["resourcePreEvent", "this looks like an event of an event log"],
  ["runtime", "this looks like a Pulumi project"],
];

const EVENT_LOG =
  "this looks like an event log, which does not tell what is made from what; use what `pulumi preview --json` prints (without PULUMI_ENABLE_STREAMING_JSON_PREVIEW)";

/** The first event of a log, each of which is a line of its own. */
const EVENT = /^\s*\{"sequence":\s*\d+,\s*"timestamp":/;

/**
 * @param text the whole file
 * @param file its name, for errors
 * @throws BadInput if it is nothing that can be judged, with the place that is wrong
 */
export function readInput(text: string, file: string): SavedStack {
  if (EVENT.test(text.slice(0, 200))) {
    throw new BadInput(file, "", EVENT_LOG);
  }
  const raw = parseJson(text, file);
  const whole = Fields.of(raw, file, "$");
  const has = (key: string): boolean => isObject(raw) && Object.hasOwn(raw, key);
  if (has("deployment")) {
    return readDeployment(whole);
  }
  if (has("resourcePlans")) {
    return readPlan(whole);
  }
  if (has("steps") || has("changeSummary")) {
    return readPreview(whole);
  }
  const [, problem] = OTHERS.find(([key]) => has(key)) ?? [];
  throw new BadInput(file, "$", problem ?? `this is not what ${KINDS} writes`);
}
