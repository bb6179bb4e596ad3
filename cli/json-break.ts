/**
 * Where a text stops being JSON. The messages of `JSON.parse` differ between versions of Node, lack the position where
 * it is needed most, and quote what stands there, which may be a secret. So the place is found here, without a word of
 * the text.
 */

import { keyInPath } from "./bad-input";

export interface JsonBreak {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** `$.deployment.resources[3].inputs`: the value that it is in. */
  readonly path: string;
  /** True if the text just ends. */
  readonly isCutOff: boolean;
}

type Expected = "value" | "value or ]" | "key" | "key or }" | "colon" | "comma or ]" | "comma or }" | "end";

interface Frame {
  readonly is: "list" | "object";
  index: number;
  key: string;
}

/** Deeper places are told by their outer part. */
const MAX_PATH = 8;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

class JsonScanner {
  private at = 0;
  private expected: Expected = "value";
  private readonly frames: Frame[] = [];

  constructor(private readonly text: string) {}

  /** The first place that is no JSON; undefined if all of it is. */
  firstBreak(): JsonBreak | undefined {
    for (;;) {
      this.skipSpace();
      if (this.expected === "end") {
        return this.at === this.text.length ? undefined : this.here();
      }
      if (!this.step()) {
        return this.here();
      }
    }
  }

  private here(): JsonBreak {
    let line = 1;
    let start = 0;
    for (let end = this.text.indexOf("\n"); end !== -1 && end < this.at; end = this.text.indexOf("\n", start)) {
      line += 1;
      start = end + 1;
    }
    const shown = this.frames.slice(0, MAX_PATH).map(({ is, index, key }) => (is === "list" ? `[${index}]` : key === "" ? "" : keyInPath(key)));
    return {
      line,
      column: this.at - start + 1,
      path: `$${shown.join("")}${this.frames.length > MAX_PATH ? "…" : ""}`,
      isCutOff: this.at >= this.text.length,
    };
  }

  private skipSpace(): void {
    while (" \t\r\n".includes(this.text.charAt(this.at)) && this.at < this.text.length) {
      this.at += 1;
    }
  }

  /** Takes the next sign or word. False: it cannot stand here. */
  private step(): boolean {
    const sign = this.text.charAt(this.at);
    switch (this.expected) {
      case "colon":
        return sign === ":" && this.take("value");
      case "key or }":
        return sign === "}" ? this.close() : this.takeKey();
      case "key":
        return this.takeKey();
      case "comma or }":
        return sign === "}" ? this.close() : sign === "," && this.take("key");
      case "comma or ]":
        return sign === "]" ? this.close() : sign === "," && this.nextItem();
      case "value or ]":
        return sign === "]" ? this.close() : this.takeValue(sign);
      default:
        return this.takeValue(sign);
    }
  }

  private take(expected: Expected): true {
    this.at += 1;
    this.expected = expected;
    return true;
  }

  private open(is: Frame["is"]): true {
    this.frames.push({ is, index: 0, key: "" });
    return this.take(is === "list" ? "value or ]" : "key or }");
  }

  private close(): true {
    this.frames.pop();
    this.at += 1;
    return this.afterValue();
  }

  private nextItem(): true {
    const frame = this.frames.at(-1);
    if (frame !== undefined) {
      frame.index += 1;
    }
    return this.take("value");
  }

  private afterValue(): true {
    const frame = this.frames.at(-1);
    this.expected = frame === undefined ? "end" : frame.is === "list" ? "comma or ]" : "comma or }";
    return true;
  }

  private takeValue(sign: string): boolean {
    if (sign === "{" || sign === "[") {
      return this.open(sign === "[" ? "list" : "object");
    }
    return (sign === '"' ? this.takeString() : this.takeMatch(NUMBER) || this.takeMatch(WORD)) && this.afterValue();
  }

  private takeKey(): boolean {
    const start = this.at + 1;
    if (this.text.charAt(this.at) !== '"' || !this.takeString()) {
      return false;
    }
    const frame = this.frames.at(-1);
    if (frame !== undefined) {
      frame.key = this.text.slice(start, this.at - 1);
    }
    this.expected = "colon";
    return true;
  }

  private takeMatch(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const isThere = pattern.test(this.text);
    this.at = isThere ? pattern.lastIndex : this.at;
    return isThere;
  }

  /** By hand: a regular expression over a string of megabytes runs out of stack. */
  private takeString(): boolean {
    this.at += 1;
    while (this.at < this.text.length) {
      const code = this.text.charCodeAt(this.at);
      if (code === 0x22) {
        this.at += 1;
        return true;
      }
      if (code < 0x20 || (code === 0x5c && !this.takeMatch(ESCAPE))) {
        return false;
      }
      this.at += code === 0x5c ? 0 : 1;
    }
    return false;
  }
}

/** The first place of a text that is no JSON; undefined if all of it is. */
export function findBreak(text: string): JsonBreak | undefined {
  return new JsonScanner(text).firstBreak();
}
