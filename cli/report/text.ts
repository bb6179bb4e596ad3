/** The report for people: what each policy says, as the pack says it, by file. */

import { plain } from "../../policies/report/words";
import type { CheckedStack, Report } from "../check";
import { headOf, verdictOf } from "./summary";

function linesOf({ level, policy, resource, message }: Report): string[] {
  const at = resource === undefined ? "" : `  (${plain(resource.type)}: ${plain(resource.name)})`;
  return [`  [${level}] ${policy}${at}`, ...message.split("\n").map((line) => `    ${line}`)];
}

/** Ends with a line end. */
export function renderText(checked: readonly CheckedStack[]): string {
  const lines = checked.flatMap((each) => [headOf(each), ...each.reports.flatMap(linesOf), ""]);
  return [...lines, verdictOf(checked), ""].join("\n");
}
