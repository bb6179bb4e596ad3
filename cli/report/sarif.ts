/**
 * A SARIF 2.1.0 log, for code scanning. Plain objects: `node-sarif-builder` refuses a log in which a certain word occurs
 * anywhere, a resource's name included, and guesses languages of files.
 * Source: OASIS, Static Analysis Results Interchange Format 2.1.0; GitHub Docs, "SARIF support for code scanning".
 */

import { createHash } from "node:crypto";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Location, Log, ReportingDescriptor, Result } from "sarif";
import type { CheckedStack, Judge, Report } from "../check";
import { STDIN } from "../source";

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

type Level = "error" | "warning" | "note";

/** Advice that asks for nothing is a note: what is only listed, and policies of little weight. */
function levelOf({ level, kind, severity }: Report): Level {
  if (level === "mandatory") {
    return "error";
  }
  return kind === "undetermined" || kind === "exempt" || severity === "low" ? "note" : "warning";
}

function ruleOf({ rule, level }: Judge): ReportingDescriptor {
  const page = `docs/rules/${rule.name}.md in pulumi-cpu-architecture`;
  return {
    id: rule.name,
    name: rule.name,
    shortDescription: { text: rule.displayName },
    fullDescription: { text: rule.description },
    help: { text: `${rule.description} ${rule.remediation} More: ${page}.`, markdown: `${rule.description}\n\n${rule.remediation}\n\nMore: \`${page}\`.` },
    defaultConfiguration: { enabled: level !== "disabled", level: rule.level === "mandatory" ? "error" : rule.severity === "low" ? "note" : "warning" },
    properties: { tags: [...rule.tags], severity: rule.severity },
  };
}

/** A relative path stays relative, so that a viewer finds it in the working tree. */
function uriOf(file: string): string {
  if (path.isAbsolute(file)) {
    return pathToFileURL(file).href;
  }
  // By way of bytes, for halves of surrogate pairs have no URI.
  return Buffer.from(file).toString().split(path.sep).map(encodeURIComponent).join("/");
}

function locationOf({ resource }: Report, { file, lines }: CheckedStack): Location {
  const line = resource === undefined ? undefined : lines?.get(resource.urn);
  const region = line === undefined ? {} : { region: { startLine: line } };
  return {
    ...(file === STDIN ? {} : { physicalLocation: { artifactLocation: { uri: uriOf(file) }, ...region } }),
    ...(resource === undefined ? {} : { logicalLocations: [{ name: resource.name, fullyQualifiedName: resource.urn, kind: "resource" }] }),
  };
}

/**
 * `[text](target)` would be a link and `{0}` a placeholder. Other braces stay as they are, though the standard wants them
 * doubled: viewers show them doubled then, in lines that people are to type.
 */
function plainMessage(text: string): string {
  return text.replaceAll("](", "] (").replaceAll(/\{(?=\d+\})/g, "{ ");
}

function resultOf(report: Report, stack: CheckedStack): Result {
  const { policy, kind, certainty, message, key } = report;
  const location = locationOf(report, stack);
  return {
    ruleId: policy,
    ruleIndex: stack.judges.findIndex(({ rule }) => rule.name === policy),
    level: levelOf(report),
    message: { text: plainMessage(message) },
    locations: Object.keys(location).length === 0 ? [] : [location],
    partialFingerprints: { "cpuArchitectureFinding/v1": createHash("sha256").update(`${policy}|${key}`).digest("hex") },
    ...(kind === "exempt" ? { suppressions: [{ kind: "external", status: "accepted", justification: plainMessage(message) }] } : {}),
    properties: { kind, ...(certainty === undefined ? {} : { certainty }) },
  };
}

/** Ends with a line end. */
export function renderSarif(checked: readonly CheckedStack[], toolVersion: string): string {
  const log: Log = {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "cpu-architecture", version: toolVersion, semanticVersion: toolVersion, rules: (checked[0]?.judges ?? []).map(ruleOf) } },
        invocations: [{ executionSuccessful: true }],
        columnKind: "utf16CodeUnits",
        results: checked.flatMap((stack) => stack.reports.map((report) => resultOf(report, stack))),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}
