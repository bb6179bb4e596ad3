/** The report for programs. docs/check.md tells its shape, which only grows as long as `version` stays. */

import type { CheckedStack } from "../check";

/** Ends with a line end. */
export function renderJson(checked: readonly CheckedStack[], toolVersion: string): string {
  const findings = checked.flatMap(({ file, reports }) =>
    reports.map(({ policy, level, severity, kind, certainty, resource, message }) => ({
      file,
      policy,
      level,
      severity,
      kind,
      certainty: certainty ?? null,
      resource: resource ?? null,
      message,
    })),
  );
  const stacks = checked.map(({ file, stack, project, resources, judged, undetermined }) => ({ file, stack: stack ?? null, project: project ?? null, resources, judged, undetermined }));
  const denied = findings.some(({ level }) => level === "mandatory");
  return `${JSON.stringify({ version: 1, tool: { name: "cpu-architecture", version: toolVersion }, denied, stacks, findings }, undefined, 2)}\n`;
}
