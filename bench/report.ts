// What a measurement found, on the terminal and as Markdown.
import { readFileSync } from "node:fs";
import { cpus, platform, totalmem } from "node:os";
import path from "node:path";

const ROOT = path.join(__dirname, "..");

/** A figure that is to be reached. */
export interface Figure {
  readonly what: string;
  readonly toReach: string;
  /** Undefined: it was not measured. */
  readonly reached: string | undefined;
  readonly isMet: boolean;
}

export interface Table {
  readonly title?: string;
  /** The first row is the header. */
  readonly rows: readonly (readonly string[])[];
}

/** What one measurement found. */
export interface Part {
  readonly title: string;
  /** Paragraphs before the tables: what is measured, and how. */
  readonly about: readonly string[];
  readonly tables: readonly Table[];
  /** Paragraphs after them. */
  readonly notes: readonly string[];
  readonly figures: readonly Figure[];
}

const FIGURE_HEADER = ["figure", "to reach", "reached", "met"];

function figureRow({ what, toReach, reached, isMet }: Figure): string[] {
  return [what, toReach, reached ?? "not measured", reached === undefined ? "-" : isMet ? "yes" : "no"];
}

/** Rows under a header, the first column to the left, the others to the right. */
function plainTable(rows: Table["rows"]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join("  ")).join("\n");
}

function markdownTable([header = [], ...rows]: Table["rows"], aligns: "numbers" | "words"): string {
  const marks = header.map((_, column) => (column === 0 || aligns === "words" ? "---" : "---:"));
  return [header, marks, ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** Prints what a measurement found. */
export function printPart({ title, tables, notes, figures }: Part): void {
  console.log(`${title}: Node ${process.version}, ${process.platform}/${process.arch}`);
  for (const table of tables) {
    console.log(`\n${table.title === undefined ? "" : `${table.title}\n`}${plainTable(table.rows)}`);
  }
  console.log([...notes.map((note) => `\n${note}`), ""].join("\n"));
  printFigures(figures);
}

/** Prints figures beside what they were to reach. */
export function printFigures(figures: readonly Figure[]): void {
  if (figures.length > 0) {
    console.log(`${plainTable([FIGURE_HEADER, ...figures.map(figureRow)])}\n`);
  }
}

/** The installed version of one of this project's packages. */
function versionOf(name: string): string {
  const manifest = JSON.parse(readFileSync(path.join(ROOT, "node_modules", name, "package.json"), "utf8")) as { version: string };
  return manifest.version.replace(/^v/, "");
}

const SYSTEMS: Readonly<Partial<Record<NodeJS.Platform, string>>> = { linux: "Linux", darwin: "macOS", win32: "Windows" };

export interface Tools {
  readonly npm: string;
  /** Undefined: there is none on this machine. */
  readonly pulumi: string | undefined;
}

/** Where it was measured: no name of the machine, and no path. */
function machineLines({ npm, pulumi }: Tools): string[] {
  const sdks = ["@pulumi/policy", "@pulumi/pulumi", "@pulumi/aws"].map((name) => `${name} ${versionOf(name)}`);
  return [
    `- ${String(cpus().length)} cores, ${cpus()[0]?.model.trim() ?? "an unknown CPU"}, ${(totalmem() / 1024 ** 3).toFixed(0)} GB of memory`,
    `- ${SYSTEMS[platform()] ?? platform()} on ${process.arch}, Node ${process.version.slice(1)}, npm ${npm}, Pulumi CLI ${pulumi ?? "not there"}`,
    `- ${sdks.join(", ")}`,
    `- ${new Date().toISOString().slice(0, 10)}`,
  ];
}

/** The page of all measurements, as Markdown. */
export function pageOf(parts: readonly Part[], figures: readonly Figure[], tools: Tools): string {
  const sections = parts.flatMap(({ title, about, tables, notes }) => [
    `## ${title}`,
    ...about,
    ...tables.flatMap((table) => [...(table.title === undefined ? [] : [`${table.title}:`]), markdownTable(table.rows, "numbers")]),
    ...notes,
  ]);
  return `${[
    "# Benchmarks",
    "`npm run bench` measures all of this and writes this page; do not edit it. Figures are medians of several runs, the packs in turn, so that whatever else the machine does meets all of them. \"x CPU time\" is the same ratio by processor time, which other work disturbs less. Times are of this machine; compare the ratios.",
    machineLines(tools).join("\n"),
    "## Figures to reach",
    markdownTable([FIGURE_HEADER, ...figures.map(figureRow)], "words"),
    ...sections,
  ].join("\n\n")}\n`;
}
