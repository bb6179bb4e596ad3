/** The words that all messages share: how resources, platforms and lists are written. */

import type { Host } from "../platform/fit";
import { formatPlatform, type Platform } from "../platform/platform";
import type { Subject } from "../stack/model";

const MAX_NAME = 160;

/** A text of the user's on one line and of bearable length, whatever it holds. */
export function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what must not reach a terminal
  const oneLine = text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ");
  return oneLine.length > MAX_NAME ? `${oneLine.slice(0, MAX_NAME)}…` : oneLine;
}

/** A name in backticks. */
export function named(name: string): string {
  return `\`${plain(name)}\``;
}

/** ``docker-build Image `web` ``, or the component that made it: ``awsx ecr.Image `img` ``. */
export function describe(subject: Subject): string {
  const { kind, name } = subject.madeBy ?? subject;
  return `${kind} ${named(name)}`;
}

/** The resource itself, and the component that made it where the name alone would not be found in the program. */
export function describeInFull(subject: Subject): string {
  const own = `${subject.kind} ${named(subject.name)}`;
  return subject.madeBy === undefined ? own : `${own} of ${describe(subject)}`;
}

/** `a`, `a and b`, `a, b and 3 more` */
export function listed(items: readonly string[], max = 3): string {
  if (items.length <= 1) {
    return items.join("");
  }
  const shown = items.length > max ? items.slice(0, max - 1) : items.slice(0, -1);
  const last = items.length > max ? `${String(items.length - shown.length)} more` : (items.at(-1) ?? "");
  return `${shown.join(", ")} and ${last}`;
}

/** `linux/amd64 and linux/arm64` */
export function platforms(all: readonly Platform[]): string {
  return listed([...new Set(all.map(formatPlatform))].sort(), 5);
}

/** A host as a platform: `linux/amd64`, or what is known of it. */
export function hostPlatform(host: Host): string {
  return `${host.os ?? "any OS"}/${host.architecture ?? "any"}`;
}

/** Rows of a small table, with the columns lined up: what, platform, where from. */
export function rows(cells: readonly (readonly [string, string, string])[]): string[] {
  const width = (column: 0 | 1): number => Math.max(...cells.map((row) => row[column].length));
  return cells.map(([what, platform, where]) => `  ${what.padEnd(width(0))}  ${platform.padEnd(width(1))}  ${where}`);
}
