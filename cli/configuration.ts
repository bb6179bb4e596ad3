/**
 * The file of `--config`, in the format of `--policy-pack-config`: for each policy a level, or an object with level and
 * options; `all` for the level of the rest.
 * Source: pulumi/pulumi, pkg/resource/analyzer/config.go (parsePolicyPackConfig, applyConfig).
 */

import { hint, type Options } from "../policies/options/read";
import { isObject } from "../policies/platform/object";
import type { RuleMetadata } from "../policies/rules/rule";
import { POLICY_NAMES, type PolicyName } from "../policies/stack/finding";
import { BadInput, keyInPath } from "./bad-input";
import { parseJson } from "./source";

export type Level = "advisory" | "mandatory" | "disabled";

export interface Configuration {
  levelOf(rule: RuleMetadata): Level;
  optionsOf(policy: PolicyName): Options;
}

interface Entry {
  readonly level: Level | undefined;
  readonly options: Options;
}

const LEVELS: Readonly<Record<string, Level>> = {
  advisory: "advisory",
  mandatory: "mandatory",
  disabled: "disabled",
  // No policy of the pack repairs anything; the engine takes what is left after a repair for mandatory.
  remediate: "mandatory",
};

function readLevel(raw: unknown, file: string, path: string): Level {
  const level = typeof raw === "string" && Object.hasOwn(LEVELS, raw) ? LEVELS[raw] : undefined;
  if (level === undefined) {
    throw new BadInput(file, path, `must be a level: ${Object.keys(LEVELS).join(", ")}`);
  }
  return level;
}

function readEntry(raw: unknown, file: string, path: string): Entry {
  if (!isObject(raw)) {
    return typeof raw === "string" ? { level: readLevel(raw, file, path), options: {} } : fail(file, path, "must be a level, or an object with `enforcementLevel` and options");
  }
  const { enforcementLevel, ...options } = raw;
  return { level: enforcementLevel === undefined ? undefined : readLevel(enforcementLevel, file, `${path}.enforcementLevel`), options };
}

function fail(file: string, path: string, problem: string): never {
  throw new BadInput(file, path, problem);
}

function readEntries(raw: unknown, file: string): Map<string, Entry> {
  if (!isObject(raw)) {
    return fail(file, "$", "must be an object: for each policy a level, or an object with level and options");
  }
  const entries = new Map<string, Entry>();
  for (const [key, value] of Object.entries(raw)) {
    const path = `$${keyInPath(key)}`;
    if (key === "environments") {
      fail(file, path, "cannot be had without Pulumi Cloud; write what they hold into this file");
    }
    if (key !== "all" && !POLICY_NAMES.some((name) => name === key)) {
      fail(file, path, `there is no such policy${hint(key, [...POLICY_NAMES, "all"])}`);
    }
    entries.set(key, readEntry(value, file, path));
  }
  return entries;
}

/** @throws BadInput that says which entry is wrong */
export function readConfiguration(text: string, file: string): Configuration {
  const entries = text.trim() === "" ? new Map<string, Entry>() : readEntries(parseJson(text, file), file);
  const all = entries.get("all")?.level;
  return {
    levelOf: ({ name, level }) => entries.get(name)?.level ?? all ?? level,
    optionsOf: (policy) => entries.get(policy)?.options ?? {},
  };
}

/** Nothing is configured: every policy has its own level and no options. */
export const NO_CONFIGURATION: Configuration = readConfiguration("", "");
