/**
 * A comment for a pull request, in GitHub's Markdown: the verdict, a table, and the messages folded. Nothing that a stack
 * names becomes markup, a mention or a link.
 */

import { plain } from "../../policies/report/words";
import type { CheckedStack, Report } from "../check";
import { nameOfSource } from "../source";
import { counted, denialsFirst, headlineOf, headOf, totalsOf } from "./summary";

/** GitHub takes 65,536 characters; counted in bytes, which are never fewer, with room for the last lines. */
const MAX_BYTES = 64_000;
/** The table takes no more than this, so that there is room for messages. */
const MAX_TABLE_BYTES = 30_000;

/** By this a job finds the comment that it wrote before. */
const MARK = "<!-- cpu-architecture check -->";

const ZERO_WIDTH_SPACE = "\u200B";
const MARKUP = /[\\`*_[\]<>|~&$]/g;

/** A text as a text: no markup, and no `@name`, `#1` or address that GitHub would make a mention or a link of. */
function escape(text: string): string {
  return text
    .replaceAll(/\s+/g, " ")
    .replaceAll(MARKUP, (sign) => `\\${sign}`)
    .replaceAll(/[@#]|:(?=\/\/)|www(?=\.)/gi, (sign) => `${sign}${ZERO_WIDTH_SPACE}`);
}

/** A message's names in backticks stay code where nothing in them could end the code. */
function escapeMessage(text: string): string {
  return text
    .split(/(`[\w./: -]{1,160}`)/)
    .map((part, index) => (index % 2 === 1 ? part : escape(part)))
    .join("");
}

/** A text in a block that no run of backticks in it can end. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

interface Entry {
  readonly level: Report["level"];
  readonly report: Report;
  readonly stack: CheckedStack;
}

function wordOf({ level, kind }: Report): string {
  if (level === "mandatory") {
    return "❌ denied";
  }
  return kind === "undetermined" ? "❔ not determined" : kind === "exempt" ? "➖ exempt" : "⚠️ advice";
}

function rowOf({ report, stack }: Entry, isOfSeveral: boolean): string {
  const where = report.resource === undefined ? "the stack" : plain(report.resource.name);
  const file = isOfSeveral ? [escape(plain(nameOfSource(stack.file)))] : [];
  return `| ${[wordOf(report), ...file, escape(where), escapeMessage(headlineOf(report))].join(" | ")} |`;
}

function detailOf({ report }: Entry): string {
  const where = report.resource === undefined ? report.policy : `${report.policy}: ${plain(report.resource.name)}`;
  const summary = where.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(/[@#]/g, (sign) => `${sign}${ZERO_WIDTH_SPACE}`);
  return `<details><summary>${escapeInline(summary)}</summary>\n\n${fenced(report.message)}\n\n</details>`;
}

/** Inside of HTML on one line GitHub reads no Markdown, but it does look for addresses. */
function escapeInline(html: string): string {
  return html.replaceAll("://", `:${ZERO_WIDTH_SPACE}//`).replaceAll(/www(?=\.)/gi, (word) => `${word}${ZERO_WIDTH_SPACE}`);
}

function bytes(text: string): number {
  return Buffer.byteLength(text) + 1;
}

/** The first of the blocks that fit into so many bytes. */
function thatFit(blocks: Iterable<string>, room: number): string[] {
  const taken: string[] = [];
  let left = room;
  for (const block of blocks) {
    left -= bytes(block) + 1;
    if (left < 0) {
      break;
    }
    taken.push(block);
  }
  return taken;
}

function* mapped<T>(items: readonly T[], make: (item: T) => string): Iterable<string> {
  for (const item of items) {
    yield make(item);
  }
}

function titleOf(checked: readonly CheckedStack[]): string {
  const { mandatory, advisory } = totalsOf(checked);
  const verdict = mandatory > 0 ? `❌ CPU architecture: denied, ${counted(mandatory, "disagreement")}` : "✅ CPU architecture: passed";
  return `${MARK}\n### ${verdict}${advisory > 0 ? `, ${counted(advisory, "piece")} of advice` : ""}`;
}

function leftOut(rows: number, details: number, all: number): string[] {
  const parts = [
    ...(rows < all ? [`${counted(all - rows, "finding")} ${all - rows === 1 ? "is" : "are"} not in the table`] : []),
    ...(details < all ? [`${counted(all - details, "message")} ${all - details === 1 ? "is" : "are"} not shown in full`] : []),
  ];
  return parts.length === 0 ? [] : [`_Left out, since a comment has a greatest length: ${parts.join(", ")}. The formats text, json and html show everything._`];
}

/** The stacks, as far as there is room: one in full, of many how many they are. */
function stackLines(checked: readonly CheckedStack[]): string[] {
  const shown = checked.slice(0, 20).map((stack) => `- ${escape(headOf(stack))}`);
  const { undetermined } = totalsOf(checked);
  return [
    ...shown,
    ...(checked.length > shown.length ? [`- and ${counted(checked.length - shown.length, "more stack")}`] : []),
    ...(undetermined > 0 ? [`- not determined: ${counted(undetermined, "part")}`] : []),
  ];
}

/** At most 65,536 characters. Ends with a line end. */
export function renderMarkdown(checked: readonly CheckedStack[]): string {
  const entries = denialsFirst(checked.flatMap((stack) => stack.reports.map((report): Entry => ({ level: report.level, report, stack }))));
  const isOfSeveral = checked.length > 1;
  const head = [titleOf(checked), "", ...stackLines(checked)].join("\n");
  const rows = thatFit(mapped(entries, (entry) => rowOf(entry, isOfSeveral)), MAX_TABLE_BYTES);
  const columns = ["", ...(isOfSeveral ? ["file"] : []), "resource", "what"];
  const table = rows.length === 0 ? [] : [[`| ${columns.join(" | ")} |`, `|${columns.map(() => " --- |").join("")}`, ...rows].join("\n")];
  const room = MAX_BYTES - bytes([head, ...table].join("\n\n"));
  const details = thatFit(mapped(entries, detailOf), room);
  return `${[head, ...table, ...details, ...leftOut(rows.length, details.length, entries.length)].join("\n\n")}\n`;
}
