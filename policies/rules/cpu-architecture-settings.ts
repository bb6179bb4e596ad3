/** The declared facts that serve all policies, and the mistakes made in declaring them. */

import { parseEc2Architecture, type Ec2Architecture } from "../platform/ec2";
import { parsePlatform, samePlatform, type Platform } from "../platform/platform";
import { matchesWildcard } from "../platform/wildcard";
import type { Declarations } from "../stack/declarations";
import type { RuleMetadata } from "./rule";

/** The options as the user wrote them; nothing is certain about their shape. */
export type Settings = Readonly<Record<string, unknown>>;

export interface ReadSettings {
  readonly declarations: Declarations;
  /** One sentence for each mistake: option and problem. */
  readonly errors: readonly { readonly option: string; readonly problem: string }[];
}

interface Entry<T> {
  readonly pattern: string;
  readonly value: T;
}

const OPTIONS = ["amis", "images", "instanceTypes", "emulation"] as const;
type Option = (typeof OPTIONS)[number];

/** The key that names what an entry is about, and the key that says what it is. */
const ENTRY_KEYS: Readonly<Record<Option, { readonly key: string; readonly value: string }>> = {
  amis: { key: "id", value: "architecture" },
  images: { key: "reference", value: "platforms" },
  instanceTypes: { key: "type", value: "architectures" },
  emulation: { key: "hosts", value: "platforms" },
};

function textsOf(value: unknown): readonly string[] | undefined {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  return items.length > 0 && items.every((item): item is string => typeof item === "string") ? items : undefined;
}

/** Every text turned into a value; undefined if one of them cannot be. */
function all<T>(texts: readonly string[] | undefined, parse: (text: string) => T | undefined): readonly T[] | undefined {
  const values = (texts ?? []).flatMap((text) => parse(text) ?? []);
  return values.length === texts?.length ? values : undefined;
}

class SettingsReader {
  readonly errors: { option: string; problem: string }[] = [];

  constructor(private readonly settings: Settings) {}

  entries<T>(option: Option, parse: (text: string) => T | undefined): Entry<readonly T[]>[] {
    const raw = this.settings[option];
    if (raw === undefined || raw === null) {
      return [];
    }
    if (!Array.isArray(raw)) {
      this.errors.push({ option, problem: "must be a list" });
      return [];
    }
    return raw.flatMap((item: unknown, index) => this.entry(option, `${option}[${String(index)}]`, item, parse));
  }

  private entry<T>(option: Option, place: string, item: unknown, parse: (text: string) => T | undefined): Entry<readonly T[]>[] {
    const { key, value } = ENTRY_KEYS[option];
    const fields = (typeof item === "object" && item !== null ? item : {}) as Record<string, unknown>;
    const pattern = fields[key];
    const values = all(textsOf(fields[value]), parse);
    if (typeof pattern !== "string" || pattern === "") {
      this.errors.push({ option: place, problem: `needs \`${key}\`, a text in which * stands for anything` });
      return [];
    }
    if (values === undefined) {
      this.errors.push({ option: place, problem: `needs \`${value}\`, spelled as AWS or Docker spells it` });
      return [];
    }
    return [{ pattern, value: values }];
  }
}

/** The first entry that matches decides, so narrow patterns go before wide ones. */
function lookUp<T>(entries: readonly Entry<T>[]): (text: string) => T | undefined {
  return (text) => entries.find(({ pattern }) => matchesWildcard(pattern, text))?.value;
}

/** Reads the options of `cpu-architecture-settings`. Mistakes are told, and the rest still counts. */
export function readSettings(settings: Settings): ReadSettings {
  const reader = new SettingsReader(settings);
  const amis = lookUp(reader.entries<Ec2Architecture>("amis", parseEc2Architecture));
  const images = lookUp(reader.entries<Platform>("images", parsePlatform));
  const instanceTypes = lookUp(reader.entries<Ec2Architecture>("instanceTypes", parseEc2Architecture));
  const emulation = reader.entries<Platform>("emulation", parsePlatform);
  const emulates = (names: readonly string[], platform: Platform): boolean =>
    emulation.some(({ pattern, value }) => names.some((name) => matchesWildcard(pattern, name)) && value.some((each) => samePlatform(each, platform)));
  const emulatesSomewhere = (platform: Platform): boolean => emulation.some(({ value }) => value.some((each) => samePlatform(each, platform)));
  const unheardOf = Object.keys(settings).filter((key) => !(OPTIONS as readonly string[]).includes(key));
  const errors = [...reader.errors, ...unheardOf.map((option) => ({ option, problem: `is no option; there are ${OPTIONS.join(", ")}` }))];
  return { declarations: { ami: (text) => amis(text)?.[0], image: images, instanceType: instanceTypes, emulates, emulatesSomewhere }, errors };
}

function listOf(properties: Readonly<Record<string, unknown>>, description: string): Record<string, unknown> {
  return {
    type: "array",
    description,
    default: [],
    items: { type: "object", properties, required: Object.keys(properties), additionalProperties: false },
  };
}

const text = { type: "string" };
const texts = { type: "array", items: { type: "string" } };

export const SETTINGS_SCHEMA: Readonly<Record<string, Record<string, unknown>>> = {
  amis: listOf({ id: text, architecture: { type: "string", enum: ["x86_64", "arm64", "i386"] } }, "AMIs by id or SSM parameter path (* stands for anything)."),
  images: listOf({ reference: text, platforms: texts }, "Images that the stack does not build, by reference (* stands for anything)."),
  instanceTypes: listOf({ type: text, architectures: texts }, "Instance types that are too new or too rare to be known (* stands for anything)."),
  emulation: listOf(
    { hosts: text, platforms: texts },
    "Hosts that run foreign platforms by emulation: the name of a capacity provider, group, launch template or instance (* stands for anything).",
  ),
};

export const cpuArchitectureSettings: RuleMetadata = {
  name: "cpu-architecture-settings",
  displayName: "Facts about CPU architectures that a stack cannot tell",
  description: "Holds facts that the other policies use; reports mistakes in its own options only.",
  level: "advisory",
  severity: "low",
  tags: ["cpu-architecture"],
  remediation: "Correct the options of cpu-architecture-settings.",
};
