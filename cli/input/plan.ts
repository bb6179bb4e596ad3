/**
 * What `pulumi preview --save-plan` writes: the stack as it is after the update.
 * Source: pulumi/pulumi, sdk/go/common/apitype/plan.go (DeploymentPlanV1), pkg/resource/deploy/plan.go; tried with CLI 3.258.
 *
 * A plan tells the inputs of a resource only as their difference from before, so they are whole where it is created.
 * Of every other resource it tells what comes of it (`state`): the provider's answer, with stand-ins for what is computed.
 */

import type { Properties } from "../../policies/read/resource";
import { partsOfUrn } from "../../policies/read/subject";
import type { Fields } from "./fields";
import { isUrn, readCommon, stackOf, withoutHidden, type SavedResource, type SavedStack } from "./snapshot";

function inputsOf(goal: Fields, steps: readonly string[]): Properties | undefined {
  return steps.includes("create") ? goal.within("inputDiff").object("adds") : undefined;
}

function readPlanned(urn: string, plan: Fields): SavedResource[] {
  // What is deleted has no goal.
  if (!plan.has("goal")) {
    return [];
  }
  const goal = plan.within("goal");
  const inputs = inputsOf(goal, plan.texts("steps"));
  const outputs = plan.object("state");
  const isCustom = goal.raw("custom") === true;
  // A provider whose own configuration is computed is not asked: then nothing is known, rather than left out.
  const unseen = isCustom && inputs === undefined && Object.keys(outputs).length === 0;
  return [withoutHidden({ ...readCommon(goal, urn, partsOfUrn(urn).type), inputs, outputs, unseen })];
}

/** @throws BadInput if it is no plan, with the place that is wrong */
export function readPlan(whole: Fields): SavedStack {
  const plans = whole.within("resourcePlans");
  const resources = plans.keys().flatMap((urn) => (isUrn(urn) ? readPlanned(urn, plans.within(urn)) : plans.fail(urn, "is no URN of a resource")));
  return stackOf(resources, { kind: "plan", gap: undefined, config: whole.object("config") });
}
