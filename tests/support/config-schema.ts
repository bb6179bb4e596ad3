/**
 * The JSON schema of the file for `--policy-pack-config`, for editors: docs/policy-config.schema.json. It is made from the
 * schemas of the policies, so it says what they say.
 */

import { policies } from "../../policies";

const LEVELS = ["advisory", "mandatory", "disabled"];

/** The schema of the whole file: for each policy a level, or an object with level and options. */
export function configSchema(): object {
  const level = { description: "What comes of a finding.", enum: LEVELS };
  const properties = policies.map(({ name, description, configSchema: own }) => {
    const withOptions = { type: "object", properties: { enforcementLevel: level, ...own?.properties }, additionalProperties: false };
    return [name, { description, anyOf: [level, withOptions] }];
  });
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Configuration of the policy pack cpu-architecture",
    type: "object",
    properties: {
      all: { ...level, description: "The level of all policies that have no entry of their own." },
      environments: { description: "Pulumi ESC environments to take configuration from.", type: "array", items: { type: "string" } },
      ...Object.fromEntries(properties),
    },
    additionalProperties: false,
  };
}
