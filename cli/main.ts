/** Runs a command line. What it writes and how it ends is given to it, so that it can run in any process. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { faultOf } from "../policies/judging";
import { plain } from "../policies/report/words";
import { HELP, readArguments, type CheckArguments, type ReportFile } from "./arguments";
import { BadInput } from "./bad-input";
import { checkStacks, isDenied, judgeStack, type CheckedStack, type JudgedStack } from "./check";
import { NO_CONFIGURATION, readConfiguration, type Configuration } from "./configuration";
import { readInput } from "./input";
import { needsLines, renderReport } from "./report";
import { linesOfUrns } from "./report/lines";
import { nameOfSource, readText, reasonOf } from "./source";

export const EXIT = { agree: 0, denied: 1, badInput: 2, failed: 3 } as const;

export interface Output {
  /** The report, and nothing else. */
  readonly write: (text: string) => void;
  /** One line for people: progress and what went wrong. */
  readonly note: (line: string) => void;
}

/** From this many characters on, reading and judging take long enough to tell. */
const LONG = 10_000_000;

/** The version out of package.json, which lies beside or above the folder of this file. */
function version(): string {
  const file = ["..", path.join("..", "..")].map((up) => path.join(__dirname, up, "package.json")).find((each) => existsSync(each));
  return file === undefined ? "" : (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

/** The stack with the lines of all that something is said of. */
function withLines(checked: CheckedStack, text: string): CheckedStack {
  const urns = new Set(checked.reports.flatMap(({ resource }) => (resource === undefined ? [] : [resource.urn])));
  return { ...checked, lines: linesOfUrns(text, urns) };
}

/** Writes the reports that go to files: all are made before the first is written. @throws BadInput where one cannot be */
function writeReports(outputs: readonly ReportFile[], checked: readonly CheckedStack[]): void {
  const reports = outputs.map(({ format, file }) => ({ file, text: renderReport(format, checked, version()) }));
  for (const { file, text } of reports) {
    try {
      writeFileSync(file, text);
    } catch (error) {
      throw new BadInput(file, "", `cannot be written: ${reasonOf(error)}`);
    }
  }
}

/** A stack with its text, where a report needs that. */
interface Read {
  readonly judged: JudgedStack;
  readonly text: string | undefined;
}

async function judgeSource(source: string, isLinked: boolean, configuration: Configuration, note: Output["note"]): Promise<Required<Read>> {
  const name = nameOfSource(source);
  const text = await readText(source);
  if (text.length >= LONG) {
    note(`${plain(name)}: reading ${Math.round(text.length / 1_000_000)} MB`);
  }
  const saved = readInput(text, name);
  if (text.length >= LONG) {
    note(`${plain(name)}: judging ${saved.members.length} resources`);
  }
  return { judged: await judgeStack(source, saved, configuration, isLinked), text };
}

/** Judges all sources. Each that is wrong is told, and then there is no report: half a report could pass for a whole one. */
async function check({ sources, config, format, outputs, isQuiet }: CheckArguments, output: Output): Promise<number> {
  const configuration = config === undefined ? NO_CONFIGURATION : readConfiguration(await readText(config), nameOfSource(config));
  const progress = isQuiet ? () => undefined : output.note;
  const areLinesNeeded = needsLines([format, ...outputs.map((each) => each.format)]);
  const read: Read[] = [];
  let isBad = false;
  for (const source of sources) {
    try {
      const { judged, text } = await judgeSource(source, sources.length > 1, configuration, progress);
      read.push({ judged, text: areLinesNeeded ? text : undefined });
      if (judged.gap !== undefined) {
        output.note(`${plain(nameOfSource(source))}: ${judged.gap}; only what no other resource can overturn is judged`);
      }
    } catch (error) {
      if (!(error instanceof BadInput)) {
        throw error;
      }
      isBad = true;
      output.note(error.message);
    }
  }
  if (isBad) {
    return EXIT.badInput;
  }
  const checked = checkStacks(read.map(({ judged }) => judged), configuration).map((stack, index) => {
    const text = read[index]?.text;
    return text === undefined ? stack : withLines(stack, text);
  });
  const report = renderReport(format, checked, version());
  writeReports(outputs, checked);
  output.write(report);
  return isDenied(checked) ? EXIT.denied : EXIT.agree;
}

async function obey(args: readonly string[], output: Output): Promise<number> {
  const parsed = readArguments(args);
  switch (parsed.command) {
    case "help":
      output.write(HELP);
      return EXIT.agree;
    case "version":
      output.write(`${version()}\n`);
      return EXIT.agree;
    default:
      return check(parsed, output);
  }
}

/**
 * Runs a command line and returns the exit code. Never throws.
 * @param args what follows the program's name
 */
export async function run(args: readonly string[], output: Output): Promise<number> {
  try {
    return await obey(args, output);
  } catch (error) {
    if (error instanceof BadInput) {
      output.note(error.message);
      return EXIT.badInput;
    }
    // Its message may quote what was read, a secret perhaps.
    output.note(`this is a fault of the command, not of your stack: ${faultOf(error, "checking").fault}`);
    return EXIT.failed;
  }
}
