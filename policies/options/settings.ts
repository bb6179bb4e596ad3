/** The options of `cpu-architecture-settings`, which serve all policies: declared facts and exemptions. */

import type { Declarations } from "../stack/declarations";
import { POLICY_NAMES } from "../stack/finding";
import { readDeclarations } from "./declared";
import { Exemptions, readExemptions } from "./exemptions";
import { LOOKUPS_SCHEMA, readLookups, type LookupOptions } from "./lookups";
import { OptionsReader, unknownOptions, type OptionError, type Options, type OptionsSchema } from "./read";

export interface Settings {
  readonly declarations: Declarations;
  readonly exemptions: Exemptions;
  /** False: entries that this stack has no use for are not told, since other stacks may have. */
  readonly tellsUnused: boolean;
  /** What may be asked outside of the stack; undefined: nothing. */
  readonly lookups: LookupOptions | undefined;
  readonly errors: readonly OptionError[];
}

const text = { type: "string", minLength: 1 };
const architectures = { type: "array", minItems: 1, items: { type: "string", enum: ["x86_64", "arm64"] } };
const typeArchitectures = { type: "array", minItems: 1, items: { type: "string", enum: ["x86_64", "arm64", "i386"] } };
const platforms = { type: "array", minItems: 1, items: text };
const texts = { type: "array", minItems: 1, items: text };

/** A list of entries; what is not named as optional is required. */
function listOf(properties: Readonly<Record<string, unknown>>, description: string, optional: readonly string[] = []): Readonly<Record<string, unknown>> {
  const required = Object.keys(properties).filter((key) => !optional.includes(key));
  return { type: "array", description, default: [], items: { type: "object", properties, required, additionalProperties: false } };
}

export const SETTINGS_SCHEMA: OptionsSchema = {
  amis: listOf(
    { id: text, architecture: { type: "string", enum: ["x86_64", "arm64", "i386"] }, region: text },
    "AMIs by id or SSM parameter path (* stands for anything), everywhere or in one region.",
    ["region"],
  ),
  images: listOf({ reference: text, platforms }, "Images that the stack does not build, by reference (* stands for anything)."),
  instanceTypes: listOf({ type: text, architectures: typeArchitectures }, "Instance types that are too new or too rare to be known (* stands for anything)."),
  capacityProviders: listOf({ name: text, architectures }, "Capacity providers whose instances the stack does not tell, by name (* stands for anything)."),
  clusters: listOf({ name: text, architectures }, "Clusters by name (* stands for anything), with what all of their EC2 instances are."),
  codeBuildProjects: listOf(
    { project: text, pushes: texts, platforms },
    "What CodeBuild projects of the stack push, where their buildspec does not tell; without `platforms`, they build for their environment type (* stands for anything).",
    ["platforms"],
  ),
  emulation: listOf(
    { hosts: text, platforms },
    "Hosts that run foreign platforms by emulation: the name of a capacity provider, group, launch template or instance (* stands for anything).",
  ),
  exemptions: listOf(
    { resource: text, with: text, policy: { type: "string", description: "name of a policy", enum: [...POLICY_NAMES] }, reason: text, until: { type: "string", description: "the last day, as 2027-01-31", pattern: "^\\d{4}-\\d{2}-\\d{2}$" } },
    "Findings that you accept: about the resource with this URN or name (* stands for anything), and about `with` too if that is given; of one policy or all; up to and including the day `until`, by UTC.",
    ["with", "policy", "until"],
  ),
  lookups: LOOKUPS_SCHEMA,
  unused: {
    type: "string",
    enum: ["report", "ignore"],
    default: "report",
    description: "Whether to tell of declared facts and exemptions that this stack has no use for. Choose `ignore` where one configuration serves several stacks.",
  },
};

function readTellsUnused(options: Options, reader: OptionsReader): boolean {
  const { unused } = options;
  if (unused !== undefined && unused !== null && unused !== "report" && unused !== "ignore") {
    reader.fail("unused", 'must be "report" or "ignore"');
  }
  return unused !== "ignore";
}

/**
 * Reads the options. Mistakes are told, and the rest still counts.
 * @param today `2026-11-21`, by UTC: exemptions may have ended
 */
export function readSettings(options: Options, today: string): Settings {
  const reader = new OptionsReader(options);
  const declarations = readDeclarations(reader);
  const exemptions = new Exemptions(readExemptions(reader), today);
  const tellsUnused = readTellsUnused(options, reader);
  const lookups = readLookups(options["lookups"], reader);
  return { declarations, exemptions, tellsUnused, lookups, errors: [...reader.errors, ...unknownOptions(options, SETTINGS_SCHEMA)] };
}
