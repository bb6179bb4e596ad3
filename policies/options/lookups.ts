/** The option `lookups` of `cpu-architecture-settings`: what may be asked of AWS and of registries, and within which bounds. */

import { isObject } from "../platform/object";
import { hint, type OptionsReader } from "./read";

/** The AWS services that are asked. */
export const LOOKUP_SERVICES = ["ec2", "ssm", "ecr"] as const;
export type LookupService = (typeof LOOKUP_SERVICES)[number];

export interface Mirror {
  /** `docker.io`, or any other registry as references name it. */
  readonly registry: string;
  /** Base URL of the registry that is asked in its place; a path is put before the repository. */
  readonly url: string;
}

export interface LookupOptions {
  /** AMIs by id, and those that SSM parameters hold. */
  readonly amis: boolean;
  readonly instanceTypes: boolean;
  readonly images: boolean;
  /** At most so long for one look-up, and for all of a run together. */
  readonly timeoutSeconds: number;
  readonly totalSeconds: number;
  /** At most so many requests in a run, and so many at once. */
  readonly maxRequests: number;
  readonly concurrency: number;
  readonly mirrors: readonly Mirror[];
  /** Hosts to which a registry may send for a token, besides its own. */
  readonly tokenHosts: readonly string[];
  readonly endpoints: Readonly<Partial<Record<LookupService, string>>>;
}

const NUMBERS = {
  timeoutSeconds: { type: "number", minimum: 0.1, maximum: 60, default: 5 },
  totalSeconds: { type: "number", minimum: 0.1, maximum: 600, default: 20 },
  maxRequests: { type: "integer", minimum: 1, maximum: 10_000, default: 500 },
  concurrency: { type: "integer", minimum: 1, maximum: 64, default: 8 },
} as const;

const SWITCHES = ["amis", "instanceTypes", "images"] as const;

const text = { type: "string", minLength: 1 };
const url = { type: "string", pattern: "^https?://" };

function optional(properties: Readonly<Record<string, unknown>>, required: readonly string[] = []): Readonly<Record<string, unknown>> {
  return { type: "object", properties, required, additionalProperties: false };
}

export const LOOKUPS_SCHEMA: Readonly<Record<string, unknown>> = {
  ...optional({
    ...Object.fromEntries(SWITCHES.map((name) => [name, { type: "boolean" }])),
    ...NUMBERS,
    mirrors: { type: "array", items: optional({ registry: text, url }, ["registry", "url"]) },
    tokenHosts: { type: "array", items: text },
    endpoints: optional(Object.fromEntries(LOOKUP_SERVICES.map((name) => [name, url]))),
  }),
  description: "What to ask AWS and registries where the stack does not tell (docs/lookups.md): AMIs by id or SSM parameter, instance types, images. Off unless switched on.",
  default: {},
};

type Fields = Readonly<Record<string, unknown>>;

/** Reads the fields of the option; each mistake is told, and costs only its field. */
class Reading {
  constructor(
    private readonly reader: OptionsReader,
    readonly place: string,
    readonly fields: Fields,
  ) {}

  field(name: string): unknown {
    return Object.hasOwn(this.fields, name) ? (this.fields[name] ?? undefined) : undefined;
  }

  tell(name: string, problem: string): void {
    this.reader.fail(`${this.place}.${name}`, problem);
  }

  /** Tells a mistake, and what holds in its place. */
  fail<T>(name: string, problem: string, otherwise: T): T {
    this.tell(name, problem);
    return otherwise;
  }

  boolean(name: string): boolean {
    const value = this.field(name);
    return value === undefined || typeof value === "boolean" ? value === true : this.fail(name, "must be true or false", false);
  }

  number(name: keyof typeof NUMBERS): number {
    const value = this.field(name);
    const { type, minimum, maximum, default: otherwise } = NUMBERS[name];
    if (value === undefined) {
      return otherwise;
    }
    const fits = typeof value === "number" && value >= minimum && value <= maximum && (type === "number" || Number.isInteger(value));
    return fits ? value : this.fail(name, `must be ${type === "integer" ? "a whole number" : "a number"} from ${String(minimum)} to ${String(maximum)}`, otherwise);
  }

  url(name: string): string | undefined {
    const value = this.field(name);
    const parsed = typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
    if (value === undefined || (parsed !== undefined && /^https?:$/.test(parsed.protocol) && parsed.username === "" && parsed.password === "")) {
      return parsed === undefined ? undefined : String(value).replace(/\/+$/, "");
    }
    this.tell(name, "must be a URL that begins with https:// or http:// and holds no credentials");
    return undefined;
  }

  list(name: string): readonly unknown[] {
    const value = this.field(name);
    return value === undefined || Array.isArray(value) ? ((value ?? []) as unknown[]) : this.fail(name, "must be a list", []);
  }

  inner(name: string, fields: unknown): Reading | undefined {
    if (isObject(fields)) {
      return new Reading(this.reader, `${this.place}.${name}`, fields);
    }
    this.tell(name, "must be an object");
    return undefined;
  }

  /** Tells fields that there are not. */
  only(names: readonly string[]): this {
    for (const name of Object.keys(this.fields).filter((each) => !names.includes(each))) {
      const meant = hint(name, names);
      this.tell(name, `is no option${meant === "" ? `; there are ${names.join(", ")}` : meant}`);
    }
    return this;
  }
}

function readMirrors(reading: Reading): Mirror[] {
  return reading.list("mirrors").flatMap((raw, index): Mirror[] => {
    const entry = reading.inner(`mirrors[${String(index)}]`, raw)?.only(["registry", "url"]);
    const registry = entry?.field("registry");
    const mirror = entry?.url("url");
    if (entry !== undefined && (typeof registry !== "string" || registry === "" || mirror === undefined)) {
      entry.tell("registry", "and `url` are both needed");
    }
    return typeof registry === "string" && registry !== "" && mirror !== undefined ? [{ registry: registry.toLowerCase(), url: mirror }] : [];
  });
}

function readHosts(reading: Reading): string[] {
  return reading.list("tokenHosts").flatMap((raw, index) => {
    const isHost = typeof raw === "string" && /^[\w.-]+(:\d+)?$/.test(raw);
    return isHost ? [raw.toLowerCase()] : reading.fail(`tokenHosts[${String(index)}]`, "must be the name of a host", []);
  });
}

function readEndpoints(reading: Reading): LookupOptions["endpoints"] {
  const raw = reading.field("endpoints");
  const entry = raw === undefined ? undefined : reading.inner("endpoints", raw)?.only(LOOKUP_SERVICES);
  return Object.fromEntries(LOOKUP_SERVICES.flatMap((service) => {
    const endpoint = entry?.url(service);
    return endpoint === undefined ? [] : [[service, endpoint]];
  }));
}

/** @returns undefined where no look-up is switched on */
export function readLookups(raw: unknown, reader: OptionsReader): LookupOptions | undefined {
  if (raw === undefined || raw === null) {
    return undefined;
  }
  if (!isObject(raw)) {
    reader.fail("lookups", "must be an object");
    return undefined;
  }
  const reading = new Reading(reader, "lookups", raw).only([...SWITCHES, ...Object.keys(NUMBERS), "mirrors", "tokenHosts", "endpoints"]);
  const options: LookupOptions = {
    amis: reading.boolean("amis"),
    instanceTypes: reading.boolean("instanceTypes"),
    images: reading.boolean("images"),
    timeoutSeconds: reading.number("timeoutSeconds"),
    totalSeconds: reading.number("totalSeconds"),
    maxRequests: reading.number("maxRequests"),
    concurrency: reading.number("concurrency"),
    mirrors: readMirrors(reading),
    tokenHosts: readHosts(reading),
    endpoints: readEndpoints(reading),
  };
  return options.amis || options.instanceTypes || options.images ? options : undefined;
}
