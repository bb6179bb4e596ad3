/** The report for people: what each policy says, as the pack says it, by file. */

import { plain } from "../../policies/report/words";
import type { CheckedStack, Report } from "../check";
import { nameOfSource } from "../source";

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function linesOf({ level, policy, resource, message }: Report): string[] {
  const at = resource === undefined ? "" : `  (${plain(resource.type)}: ${plain(resource.name)})`;
  return [`  [${level}] ${policy}${at}`, ...message.split("\n").map((line) => `    ${line}`)];
}

function headOf({ file, stack, project, resources, judged }: CheckedStack): string {
  const name = stack === undefined ? "an empty stack" : `stack ${plain(stack)} of ${plain(project ?? "")}`;
  return `${plain(nameOfSource(file))}: ${name}, ${counted(resources, "resource", "resources")}, ${judged} of them judged`;
}

function lastLine(checked: readonly CheckedStack[]): string {
  const reports = checked.flatMap((each) => each.reports);
  const mandatory = reports.filter(({ level }) => level === "mandatory").length;
  const undetermined = checked.reduce((sum, each) => sum + each.undetermined, 0);
  const open = undetermined === 0 ? "" : `; not determined: ${counted(undetermined, "part", "parts")}`;
  return `${mandatory === 0 ? "Passed" : "Denied"}: ${mandatory} mandatory, ${reports.length - mandatory} advisory in ${counted(checked.length, "stack", "stacks")}${open}`;
}

/** Ends with a line end. */
export function renderText(checked: readonly CheckedStack[]): string {
  const lines = checked.flatMap((each) => [headOf(each), ...each.reports.flatMap(linesOf), ""]);
  return [...lines, lastLine(checked), ""].join("\n");
}
