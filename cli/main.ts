/** Runs a command line. What it writes and how it ends is given to it, so that it can run in any process. */

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { faultOf } from "../policies/judging";
import { plain } from "../policies/report/words";
import { HELP, readArguments, type CheckArguments, type Format } from "./arguments";
import { BadInput } from "./bad-input";
import { checkStack, isDenied, type CheckedStack } from "./check";
import { NO_CONFIGURATION, readConfiguration, type Configuration } from "./configuration";
import { readDeployment } from "./deployment";
import { renderJson } from "./report/json";
import { renderText } from "./report/text";
import { nameOfSource, parseJson, readText } from "./source";

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

const RENDERERS: Readonly<Record<Format, (checked: readonly CheckedStack[]) => string>> = {
  text: renderText,
  json: (checked) => renderJson(checked, version()),
};

async function checkSource(source: string, configuration: Configuration, note: Output["note"]): Promise<CheckedStack> {
  const name = nameOfSource(source);
  const text = await readText(source);
  if (text.length >= LONG) {
    note(`${plain(name)}: reading ${Math.round(text.length / 1_000_000)} MB`);
  }
  const saved = readDeployment(parseJson(text, name), name);
  if (text.length >= LONG) {
    note(`${plain(name)}: judging ${saved.members.length} resources`);
  }
  return checkStack(source, saved, configuration);
}

/** Judges all sources. Each that is wrong is told, and then there is no report: half a report could pass for a whole one. */
async function check({ sources, config, format, isQuiet }: CheckArguments, output: Output): Promise<number> {
  const configuration = config === undefined ? NO_CONFIGURATION : readConfiguration(await readText(config), nameOfSource(config));
  const progress = isQuiet ? () => undefined : output.note;
  const checked: CheckedStack[] = [];
  let isBad = false;
  for (const source of sources) {
    try {
      checked.push(await checkSource(source, configuration, progress));
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
  output.write(RENDERERS[format](checked));
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
