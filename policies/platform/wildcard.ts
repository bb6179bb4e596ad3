/**
 * Matches a text against a pattern in which `*` stands for any text. Works in time proportional to pattern × text at
 * worst, whatever they are: no regular expression is made from user input.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resumeAt = 0;
  let p = 0;
  while (at < text.length) {
    if (p < pattern.length && pattern[p] === "*") {
      star = p;
      resumeAt = at;
      p += 1;
    } else if (p < pattern.length && pattern[p] === text[at]) {
      p += 1;
      at += 1;
    } else if (star >= 0) {
      p = star + 1;
      resumeAt += 1;
      at = resumeAt;
    } else {
      return false;
    }
  }
  while (pattern[p] === "*") {
    p += 1;
  }
  return p === pattern.length;
}

/** The texts between the stars of a pattern, the longest one. */
function longestPiece(pattern: string): string {
  return pattern.split("*").reduce((longest, piece) => (piece.length > longest.length ? piece : longest), "");
}

/** How much a pattern tells of the texts that match it: the length of its longest text without a star. */
export function precisionOf(pattern: string): number {
  return longestPiece(pattern).length;
}

/** Lengths of the pieces of text by which patterns are filed. */
const SIZES = [8, 4, 2, 1] as const;

function windowsOf(text: string, size: number): string[] {
  return Array.from({ length: Math.max(0, text.length - size + 1) }, (_, at) => text.slice(at, at + size));
}

/**
 * Entries that are named by patterns, filed so that a look-up need not try them all: a pattern without a star by itself,
 * another one by the rarest piece of its longest text, which each text that matches it must hold.
 */
export class PatternIndex<T> {
  private readonly exact = new Map<string, number[]>();
  private readonly byPiece = new Map<string, number[]>();
  private readonly sizes = new Set<number>();
  /** Patterns of stars alone. */
  private readonly always: number[] = [];
  private readonly patterns: readonly string[];

  constructor(
    private readonly entries: readonly T[],
    patternOf: (entry: T) => string,
  ) {
    this.patterns = entries.map(patternOf);
    const windows = this.patterns.map((pattern) => this.windowsOfPattern(pattern));
    const counts = new Map<string, number>();
    for (const window of windows.flat()) {
      counts.set(window, (counts.get(window) ?? 0) + 1);
    }
    this.patterns.forEach((pattern, index) => {
      const [first, ...others] = windows[index] ?? [];
      if (!pattern.includes("*")) {
        file(this.exact, pattern, index);
      } else if (first === undefined) {
        this.always.push(index);
      } else {
        const rarest = others.reduce((best, window) => ((counts.get(window) ?? 0) < (counts.get(best) ?? 0) ? window : best), first);
        this.sizes.add(rarest.length);
        file(this.byPiece, rarest, index);
      }
    });
  }

  private windowsOfPattern(pattern: string): string[] {
    const piece = pattern.includes("*") ? longestPiece(pattern) : "";
    const size = SIZES.find((each) => each <= piece.length);
    return size === undefined ? [] : windowsOf(piece, size);
  }

  /** The entries whose pattern matches one of the texts, in the order in which they were given. */
  matching(texts: readonly string[]): T[] {
    const found = new Set<number>();
    for (const text of texts) {
      (this.exact.get(text) ?? []).forEach((index) => found.add(index));
      this.always.forEach((index) => found.add(index));
      const pieces = [...this.sizes].flatMap((size) => windowsOf(text, size));
      for (const index of new Set(pieces.flatMap((piece) => this.byPiece.get(piece) ?? []))) {
        if (!found.has(index) && matchesWildcard(this.patterns[index] ?? "", text)) {
          found.add(index);
        }
      }
    }
    return [...found].sort((a, b) => a - b).map((index) => this.entries[index] as T);
  }
}

function file(map: Map<string, number[]>, key: string, index: number): void {
  const items = map.get(key);
  if (items === undefined) {
    map.set(key, [index]);
  } else {
    items.push(index);
  }
}
