/**
 * What `pulumi stack export` writes.
 * Source: pulumi/pulumi, sdk/go/common/apitype/core.go (UntypedDeployment, DeploymentV3).
 */

import type { Fields } from "./fields";
import { readState, stackOf, type SavedStack } from "./snapshot";

/** The versions of the format that hold what is read here. */
const VERSIONS: readonly unknown[] = [3, 4];

/** @throws BadInput if it is no deployment, with the place that is wrong */
export function readDeployment(whole: Fields): SavedStack {
  if (!VERSIONS.includes(whole.raw("version"))) {
    return whole.fail("version", `must be ${VERSIONS.join(" or ")}: another format is not known here`);
  }
  // What is marked as deleted is about to go: something else has taken its place.
  const resources = whole.within("deployment").items("resources").filter((fields) => fields.raw("delete") !== true);
  return stackOf(resources.map(readState), { kind: "stack export", gap: undefined });
}
