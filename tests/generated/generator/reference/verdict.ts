/** What the reference says of a world: expected denials, and what kinds of links and judgements it is about. */

/** A denial as a reader would see it. */
export interface Expected {
  readonly policy: string;
  /** The names of resources at which it may be reported. */
  readonly at: readonly string[];
  /** Names that the message must mention. */
  readonly naming: readonly string[];
  /** A phrase that tells one denial about the same resources from another. */
  readonly saying?: string;
  /** `may`: design.md leaves it open, for the reason given in the code. */
  readonly certainty: "must" | "may";
  /** Whether the message has to say what it inferred. */
  readonly inferred: "yes" | "no" | "either";
  /** At an update: `early` is denied before the resource is created, `any` may wait for the whole stack. */
  readonly when: "early" | "any";
  /** How often it may be said; once, if nothing else is given. */
  readonly times?: number;
}

export interface Judged {
  readonly denials: readonly Expected[];
  /** The kinds of links and judgements that were met, once for each pair. */
  readonly kinds: readonly string[];
}

export const NOTHING: Judged = { denials: [], kinds: [] };

export function together(parts: readonly Judged[]): Judged {
  return { denials: parts.flatMap(({ denials }) => denials), kinds: parts.flatMap(({ kinds }) => kinds) };
}

export function only(...kinds: readonly string[]): Judged {
  return { denials: [], kinds };
}
