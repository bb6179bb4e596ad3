/** What all reports for people say in the same words: how many findings there are, and what a stack is called. */

import { plain } from "../../policies/report/words";
import type { CheckedStack, Report } from "../check";
import { nameOfSource } from "../source";

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `stack dev of web` */
export function nameOfStack({ stack, project }: CheckedStack): string {
  return stack === undefined ? "an empty stack" : `stack ${plain(stack)} of ${plain(project ?? "")}`;
}

/** The file with the stack in it, and how much of that was judged. */
export function headOf(checked: CheckedStack): string {
  const { file, resources, judged } = checked;
  return `${plain(nameOfSource(file))}: ${nameOfStack(checked)}, ${counted(resources, "resource")}, ${judged} of them judged`;
}

export interface Totals {
  readonly mandatory: number;
  readonly advisory: number;
  readonly undetermined: number;
  readonly stacks: number;
}

export function totalsOf(checked: readonly CheckedStack[]): Totals {
  const reports = checked.flatMap((each) => each.reports);
  const mandatory = reports.filter(({ level }) => level === "mandatory").length;
  const undetermined = checked.reduce((sum, each) => sum + each.undetermined, 0);
  return { mandatory, advisory: reports.length - mandatory, undetermined, stacks: checked.length };
}

/** `Denied: 1 mandatory, 0 advisory in 2 stacks; not determined: 1 part` */
export function verdictOf(checked: readonly CheckedStack[]): string {
  const { mandatory, advisory, undetermined, stacks } = totalsOf(checked);
  const open = undetermined === 0 ? "" : `; not determined: ${counted(undetermined, "part")}`;
  return `${mandatory === 0 ? "Passed" : "Denied"}: ${mandatory} mandatory, ${advisory} advisory in ${counted(stacks, "stack")}${open}`;
}

/** The first line of a message says what is wrong; the others say where and how to repair it. */
export function headlineOf({ message }: Report): string {
  return message.split("\n", 1).join("");
}

/** Denials first, each part in the order of the pack. */
export function denialsFirst<T extends Pick<Report, "level">>(reports: readonly T[]): T[] {
  return [...reports.filter(({ level }) => level === "mandatory"), ...reports.filter(({ level }) => level !== "mandatory")];
}
