/** The words that all messages share: how resources, platforms and lists are written. */

import type { Host } from "../platform/fit";
import { formatPlatform, type Platform } from "../platform/platform";
import type { Source, Subject } from "../stack/model";

const MAX_NAME = 160;

/** Control and format characters, line ends and halves of surrogate pairs: nothing of it may reach a terminal or a log. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** A text of the user's on one line and of bearable length, whatever it holds. */
export function plain(text: string): string {
  const start = text.slice(0, MAX_NAME);
  return `${start.replaceAll(UNPRINTABLE, " ")}${text.length > MAX_NAME ? "…" : ""}`;
}

/** A name in backticks. */
export function named(name: string): string {
  return `\`${plain(name)}\``;
}

/** ``docker-build Image `web` ``, or the component that made it: ``awsx ecr.Image `img` ``. */
export function describe(subject: Subject): string {
  const { kind, name } = subject.madeBy ?? subject;
  return `${kind} ${named(name)}${subject.stack === undefined ? "" : ` in stack ${plain(subject.stack)}`}`;
}

/** The resource itself, and the component that made it where the name alone would not be found in the program. */
export function describeInFull(subject: Subject): string {
  return subject.madeBy === undefined ? describe(subject) : `${subject.kind} ${named(subject.name)} of ${describe(subject)}`;
}

/** `a`, `a and b`, `a, b and 3 more` */
export function listed(items: readonly string[], max = 3): string {
  if (items.length <= 1) {
    return items.join("");
  }
  const shown = items.length > max ? items.slice(0, max - 1) : items.slice(0, -1);
  const rest = items.slice(shown.length);
  return `${shown.join(", ")} and ${items.length > max ? `${String(rest.length)} more` : rest.join("")}`;
}

/** `linux/amd64 and linux/arm64` */
export function platforms(all: readonly Platform[]): string {
  return listed([...new Set(all.map(formatPlatform))].sort(), 5);
}

/** A host as a platform: `linux/amd64`, or what is known of it. */
export function hostPlatform({ os, architecture }: Host): string {
  return os === undefined || architecture === undefined ? (os ?? architecture ?? "not set") : `${os}/${architecture}`;
}

/** The property's text, with a note where the user may not find it in the program. */
export function stated(source: Source): string {
  switch (source.how) {
    case "filled in":
      return `${plain(source.text)} (may be this machine's default)`;
    case "declared":
      return `${plain(source.text)} (declared in cpu-architecture-settings, in the pack's configuration)`;
    case "looked up":
      return `${plain(source.text)} (looked up: ${plain(source.by ?? "")})`;
    default:
      return plain(source.text);
  }
}

export type Row = readonly [what: string, platform: string, where: string];

/** Rows of a small table, with the columns lined up: what, platform, where from. */
export function rows(cells: readonly Row[]): string[] {
  const width = (column: 0 | 1): number => Math.max(...cells.map((row) => row[column].length));
  return cells.map(([what, platform, where]) => `  ${what.padEnd(width(0))}  ${platform.padEnd(width(1))}  ${where}`);
}

/** The ways out, the likeliest first. */
export function fixes(lines: readonly string[]): string[] {
  return lines.length === 1 ? [`Fix: ${lines.join("")}`] : ["Fix it in one of these ways:", ...lines.map((line) => `  - ${line}`)];
}
