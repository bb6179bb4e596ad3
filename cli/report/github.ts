/**
 * Annotations of a GitHub Actions run, as workflow commands.
 * Source: GitHub Docs, "Workflow commands for GitHub Actions", and actions/toolkit, packages/core/src/command.ts, for what
 * is to be escaped.
 */

import { plain } from "../../policies/report/words";
import type { CheckedStack, Report } from "../check";
import { STDIN } from "../source";
import { denialsFirst, verdictOf } from "./summary";

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

function commandOf({ level, kind }: Report): "error" | "warning" | "notice" {
  if (level === "mandatory") {
    return "error";
  }
  return kind === "undetermined" || kind === "exempt" ? "notice" : "warning";
}

function annotation(report: Report, { file, lines }: CheckedStack): string {
  const { policy, resource, message } = report;
  const line = resource === undefined ? undefined : lines?.get(resource.urn);
  const properties: readonly (readonly [string, string])[] = [
    ...(file === STDIN ? [] : [["file", file] as const]),
    ...(file === STDIN || line === undefined ? [] : [["line", String(line)] as const]),
    ["title", resource === undefined ? policy : `${policy} (${plain(resource.name)})`],
  ];
  const written = properties.map(([name, value]) => `${name}=${escapeProperty(value)}`).join(",");
  return `::${commandOf(report)} ${written}::${escapeData(message)}`;
}

/** Denials first: GitHub shows ten errors and ten warnings of a step. Ends with a line end. */
export function renderGithub(checked: readonly CheckedStack[]): string {
  const all = checked.flatMap((stack) => stack.reports.map((report) => ({ level: report.level, line: annotation(report, stack) })));
  return [...denialsFirst(all).map(({ line }) => line), verdictOf(checked), ""].join("\n");
}
