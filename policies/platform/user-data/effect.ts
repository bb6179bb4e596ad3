/** What user data does to the configuration of the ECS agent, and which cluster follows from it. */

/** Which cluster user data names. */
export type ClusterReading =
  /**
   * A cluster's name or ARN. Not certain where another configuration may win or the statement may not be
   * executed: Windows scripts, statements under a condition, files that are not known to be the agent's.
   */
  | { readonly cluster: string; readonly certain: boolean }
  /** User data decides the cluster, but not readably. `why` is a clause for a message, free of user data. */
  | { readonly cluster: undefined; readonly why: string };

export const WHY = {
  compressed: "the user data is compressed",
  tooLong: "the user data is longer than EC2 accepts",
  elsewhere: "the user data includes text from elsewhere",
  unread: "the user data mentions the cluster in a way that cannot be read",
  notYet: "the cluster's name in the user data is not known yet",
  computed: "the user data computes the cluster's name on the instance",
  conditional: "the cluster's name depends on a condition in the user data",
  rewritten: "a command in the user data changes the agent's configuration in a way that cannot be read",
  noName: "what the user data gives as the cluster is not the name of one",
  disagreement: "the parts of the user data name different clusters",
} as const;

export type Why = (typeof WHY)[keyof typeof WHY];

/** Pulumi's stand-in for a value that is not known yet. */
export const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The cluster that the agent joins when it is told none. */
const DEFAULT_CLUSTER = "default";

/** What a statement does to the configuration of the ECS agent. */
export type Effect =
  /** Names the cluster; `EXPANSION` in the value stands for text that the shell fills in. */
  | { readonly kind: "name"; readonly value: string; readonly certain: boolean }
  /** Names a cluster in a file that is not known to be the agent's. */
  | { readonly kind: "name-elsewhere"; readonly value: string }
  /** Starts the configuration anew. */
  | { readonly kind: "clear"; readonly certain: boolean }
  /** Configures the agent without naming a cluster. */
  | { readonly kind: "configure" }
  /** May do anything. */
  | { readonly kind: "unreadable"; readonly why: Why };

/** Stands for the text that a variable or a command gives at run time; scripts themselves cannot hold it. */
export const EXPANSION = "\0";

/** The state after some effects: a named cluster, a reason why there is no answer, or neither. */
export interface Settled {
  readonly name?: { readonly value: string; readonly certain: boolean };
  readonly elsewhere?: string;
  readonly why?: Why;
  /** The agent is configured, with or without a name. */
  readonly configured?: boolean;
}

export function settled(effects: readonly Effect[]): Settled {
  return effects.reduce<Settled>(afterEffect, {});
}

function afterEffect(state: Settled, effect: Effect): Settled {
  switch (effect.kind) {
    case "configure":
      return { ...state, configured: true };
    case "unreadable":
      return { configured: true, why: effect.why };
    case "name-elsewhere":
      return { ...state, elsewhere: effect.value };
    case "clear":
      if (effect.certain) {
        return { configured: true };
      }
      return { ...state, configured: true, ...(state.name && { name: { ...state.name, certain: false } }) };
    case "name":
      return afterName(state, effect.value, effect.certain);
  }
}

function afterName(state: Settled, value: string, certain: boolean): Settled {
  if (certain || (state.name === undefined && state.why === undefined)) {
    return { configured: true, name: { value, certain } };
  }
  return state.why !== undefined || state.name?.value === value ? state : { configured: true, why: WHY.conditional };
}

/** The answer of all parts of a document; which of them runs last is not known. */
export function combined(states: readonly Settled[]): ClusterReading | undefined {
  const named = states.map(namedReading).filter((reading) => reading !== undefined);
  const [first, ...others] = named;
  if (first === undefined) {
    return states.some((state) => state.configured === true) ? { cluster: DEFAULT_CLUSTER, certain: false } : undefined;
  }
  const unread = named.find((reading) => reading.cluster === undefined);
  if (unread !== undefined) {
    return unread;
  }
  if (others.some((other) => other.cluster !== first.cluster)) {
    return { cluster: undefined, why: WHY.disagreement };
  }
  return named.find((reading) => reading.cluster !== undefined && reading.certain) ?? first;
}

function namedReading({ name, elsewhere, why }: Settled): ClusterReading | undefined {
  if (why !== undefined) {
    return { cluster: undefined, why };
  }
  if (name !== undefined) {
    return readName(name.value, name.certain);
  }
  return elsewhere === undefined ? undefined : readName(elsewhere, false);
}

/** Names have up to 255 letters, digits, underscores and hyphens (API reference, `CreateCluster`). */
const CLUSTER_NAME = /^(?:arn:aws[a-z-]{0,20}:ecs:[a-z0-9-]{1,40}:[0-9]{12}:cluster\/)?[A-Za-z0-9_-]{1,255}$/;

function readName(value: string, certain: boolean): ClusterReading {
  if (value.includes(UNKNOWN_VALUE)) {
    return { cluster: undefined, why: WHY.notYet };
  }
  if (value.includes(EXPANSION)) {
    return { cluster: undefined, why: WHY.computed };
  }
  // Whether quotation marks inside the file belong to the value depends on the version of ecs-init.
  const unquoted = /^(["'])(.*)\1$/.exec(value)?.[2];
  const cluster = unquoted ?? value;
  if (cluster === "") {
    return { cluster: DEFAULT_CLUSTER, certain: false };
  }
  return CLUSTER_NAME.test(cluster) ? { cluster, certain: certain && unquoted === undefined } : { cluster: undefined, why: WHY.noName };
}

/** The variable, not a longer name that begins with it (`ECS_CLUSTER_NAME`). */
export const MENTION = /ECS_CLUSTER(?![A-Za-z0-9_])/;

export const AGENT_CONFIGURATION = "/etc/ecs/ecs.config";

/** The agent's file; perhaps the agent's file; another file; no file at all. */
export function targetOf(path: string): "agent" | "unsure" | "other" | "none" {
  const normal = path.replace(/\/{2,}/g, "/");
  if (normal === AGENT_CONFIGURATION) {
    return "agent";
  }
  if (normal.startsWith("/dev/")) {
    return "none";
  }
  return normal.includes(EXPANSION) || normal.includes(UNKNOWN_VALUE) || /^(?:\.\/|(?:\.\.\/)+(?:etc\/)?ecs\/)?ecs\.config$/.test(normal)
    ? "unsure"
    : "other";
}

/** The effects of lines written to the agent's configuration file. */
export function configurationEffects(content: string, certain: boolean): Effect[] {
  const effects: Effect[] = [{ kind: "configure" }];
  for (const line of content.split("\n").filter((each) => !each.trimStart().startsWith("#"))) {
    const [key, value] = splitAssignment(line);
    if (key === "ECS_CLUSTER") {
      effects.push({ kind: "name", value, certain });
    } else if (key.includes(EXPANSION)) {
      effects.push({ kind: "unreadable", why: WHY.computed });
    } else if (key.includes(UNKNOWN_VALUE)) {
      effects.push({ kind: "unreadable", why: WHY.notYet });
    } else if (/\bECS_CLUSTER$/.test(key)) {
      effects.push({ kind: "unreadable", why: WHY.unread });
    }
  }
  return effects;
}

/** `key=value` without the white space around them; a line without `=` is all key. */
export function splitAssignment(line: string): [key: string, value: string] {
  const at = line.indexOf("=");
  return at === -1 ? [line.trim(), ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}
