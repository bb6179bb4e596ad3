/** A JUnit report: a suite for each stack, a case for each policy. Denials are failures, advice is what the case printed. */

import builder from "junit-report-builder";
import { plain } from "../../policies/report/words";
import type { CheckedStack, Judge, Report } from "../check";
import { nameOfSource } from "../source";
import { counted, headlineOf } from "./summary";

/** The library ends a CDATA section at the second `]]>` of a text; without any there is nothing to end. */
function cdata(text: string): string {
  return text.replaceAll("]]>", "]] >");
}

function textOf({ message, resource }: Report): string {
  return resource === undefined ? message : `${plain(resource.type)}: ${plain(resource.name)}\n${message}`;
}

function joined(reports: readonly Report[]): string {
  return cdata(reports.map(textOf).join("\n\n"));
}

function summaryOf([first, ...others]: readonly Report[]): string {
  const headline = first === undefined ? "" : headlineOf(first);
  return others.length === 0 ? headline : `${headline} (and ${counted(others.length, "more denial")})`;
}

type Suite = ReturnType<typeof builder.testSuite>;

function addCase(suite: Suite, className: string, { rule, level }: Judge, reports: readonly Report[]): void {
  const test = suite.testCase().className(className).name(rule.name);
  if (level === "disabled") {
    test.skipped();
  }
  const denials = reports.filter((report) => report.level === "mandatory");
  const advice = reports.filter((report) => report.level !== "mandatory");
  if (denials.length > 0) {
    test.failure(summaryOf(denials), rule.name).stacktrace(joined(denials));
  }
  if (advice.length > 0) {
    test.standardOutput(joined(advice));
  }
}

/** XML. Ends with a line end. */
export function renderJunit(checked: readonly CheckedStack[]): string {
  const report = builder.newBuilder().name("cpu-architecture");
  for (const { file, stack, project, reports, judges } of checked) {
    const name = stack === undefined ? plain(nameOfSource(file)) : `${plain(project ?? "")}/${plain(stack)}`;
    const suite = report.testSuite().name(name).property("file", plain(nameOfSource(file)));
    for (const judge of judges) {
      addCase(suite, name, judge, reports.filter(({ policy }) => policy === judge.rule.name));
    }
  }
  return `${report.build()}\n`;
}
