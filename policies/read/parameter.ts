/** SSM parameters: `aws` and `aws-native`. Of what they hold, nothing is kept but a reference, which no message quotes. */

import type { Parameter } from "../stack/model";
import { name } from "./raw";
import { input, madeFrom, type Resource } from "./resource";
import { subjectOf } from "./subject";

/** `aws:ssm/parameter:Parameter`, whose value stands in one of two properties, and `aws-native:ssm:Parameter`. */
export function readParameter(resource: Resource): Parameter[] {
  const property = input(resource, "value") === undefined ? "insecureValue" : "value";
  // Then something else sets it, and what this resource says of it is old.
  if (resource.ignoreChanges.some((path) => path === property || path === "*")) {
    return [];
  }
  return [
    {
      is: "parameter",
      subject: subjectOf(resource, "SSM parameter"),
      scope: resource.scope,
      name: name(input(resource, "name")),
      held: { value: name(input(resource, property)), from: madeFrom(resource, property) },
    },
  ];
}
