/** The command line. */

import path from "node:path";
import { parseArgs } from "node:util";
import { hint } from "../policies/options/read";
import { BadInput } from "./bad-input";
import { FORMATS, type Format } from "./report";

/** A report that is written to a file. */
export interface ReportFile {
  readonly format: Format;
  readonly file: string;
}

export interface CheckArguments {
  readonly command: "check";
  /** Files as the user named them; `-` is standard input. */
  readonly sources: readonly string[];
  readonly config: string | undefined;
  /** Of the report on standard output. */
  readonly format: Format;
  /** Further reports, in the order given. */
  readonly outputs: readonly ReportFile[];
  readonly isQuiet: boolean;
}

export type Arguments = CheckArguments | { readonly command: "help" } | { readonly command: "version" };

export const HELP = `Usage: cpu-architecture check [options] [FILE ...]

Judges saved stacks with the policies of the policy pack, without a Pulumi CLI and without credentials.

FILE is what \`pulumi stack export\`, \`pulumi preview --json --show-sames\` or \`pulumi preview --save-plan\` writes;
- or no FILE at all stands for standard input. Several stacks are linked.

Options:
  --config FILE         levels and options of the policies, as for --policy-pack-config
  --format FORMAT       of the report on standard output; text when left out
  --output FORMAT=FILE  write another report to a file; may be given several times
  --quiet               tell nothing of the progress
  --help                show this text
  --version             show the version

Formats: ${FORMATS.join(", ")}

Exit codes: 0 nothing denies, 1 something denies, 2 a file or the command line is wrong, 3 the command itself failed.

More: docs/check.md in pulumi-cpu-architecture.
`;

function usageError(problem: string): BadInput {
  return new BadInput("", "", `${problem}; cpu-architecture --help tells more`);
}

const OPTIONS = {
  config: { type: "string" },
  format: { type: "string" },
  output: { type: "string", multiple: true },
  quiet: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const;

function parse(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    // Node's first sentence says what is wrong; what follows is advice on dashes.
    throw usageError(error instanceof Error ? (error.message.split(/[.\n]/, 1)[0] ?? "") : "the options cannot be read");
  }
}

function formatOf(word: string): Format {
  const format = FORMATS.find((each) => each === word);
  if (format === undefined) {
    throw usageError(`there is no format ${word}${hint(word, FORMATS)}`);
  }
  return format;
}

/** `sarif=report.sarif`; what follows the first `=` is the file. */
function reportFileOf(text: string): ReportFile {
  const at = text.indexOf("=");
  const file = text.slice(at + 1);
  if (at < 0 || file === "") {
    throw usageError("--output takes a format and a file, as in sarif=report.sarif");
  }
  if (file === "-") {
    throw usageError("--output writes files; the format of standard output is that of --format");
  }
  return { format: formatOf(text.slice(0, at)), file };
}

function reportFilesOf(texts: readonly string[]): ReportFile[] {
  const outputs = texts.map(reportFileOf);
  const files = outputs.map(({ file }) => path.resolve(file));
  if (new Set(files).size < files.length) {
    throw usageError("each --output needs a file of its own");
  }
  return outputs;
}

/**
 * @param args what follows the program's name
 * @throws BadInput if they cannot be followed
 */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parse(args);
  if (values.help === true || positionals[0] === "help") {
    return { command: "help" };
  }
  if (values.version === true) {
    return { command: "version" };
  }
  const [command, ...sources] = positionals;
  if (command !== "check") {
    throw usageError(command === undefined ? "there is nothing to do" : `there is no command ${command}${hint(command, ["check"])}`);
  }
  if (sources.filter((source) => source === "-").length > 1) {
    throw usageError("standard input can only be read once");
  }
  return {
    command,
    sources: sources.length === 0 ? ["-"] : sources,
    config: values.config,
    format: formatOf(values.format ?? "text"),
    outputs: reportFilesOf(values.output ?? []),
    isQuiet: values.quiet === true,
  };
}
