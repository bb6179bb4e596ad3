// All measurements, one after the other:
//
//   npm run bench                prints them and writes docs/benchmarks.md; about a quarter of an hour, on a machine that does nothing else
//   npm run bench -- --quick     each once and small, to see that all of them work; writes nothing
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { NoPulumiError, findPulumi } from "../scripts/pulumi-cli";
import { npm } from "../tests/support/packed-project";
import { LARGEST, measureStacks } from "./analyze-stack";
import { checkInstanceTypes } from "./instance-types";
import { measurePackage } from "./package-size";
import { measurePreviews } from "./preview";
import { pageOf, printFigures, printPart } from "./report";
import type { Part } from "./report";
import { measureStart } from "./start";

const PAGE = path.join(__dirname, "..", "docs", "benchmarks.md");
const QUICK_LARGEST = 1_000;

interface Amount {
  /** Rounds of whole processes; the default of each measurement when left out. */
  readonly rounds?: number;
  /** Resources of the largest stack. */
  readonly largest: number;
}

async function pulumiVersion(): Promise<string | undefined> {
  try {
    const { pulumi } = await findPulumi();
    return spawnSync(pulumi, ["version"], { encoding: "utf8", env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" } }).stdout.trim().replace(/^v/, "");
  } catch (error) {
    if (!(error instanceof NoPulumiError)) {
      throw error;
    }
    return undefined;
  }
}

/** npm needs a registry, which a machine may not reach. Why it failed may name hosts and folders, so it is not written. */
function packageOrNone(rounds: number | undefined): Part {
  try {
    return measurePackage(rounds);
  } catch (error) {
    console.error(String(error));
    return { title: "Package", about: [], tables: [], notes: ["Not measured: npm could not install the packages on this machine."], figures: [] };
  }
}

async function measureAll({ rounds, largest }: Amount): Promise<Part[]> {
  const parts: Part[] = [];
  const add = (part: Part): void => {
    printPart(part);
    parts.push(part);
  };
  add(await measureStart(rounds));
  add(await measurePreviews(rounds));
  add(await measureStacks(largest, rounds));
  add(packageOrNone(rounds));
  return parts;
}

async function main(): Promise<void> {
  const isQuick = process.argv.includes("--quick");
  const begun = performance.now();
  const instanceTypes = checkInstanceTypes();
  const parts = await measureAll(isQuick ? { rounds: 1, largest: QUICK_LARGEST } : { largest: LARGEST });
  const figures = [...parts.flatMap((part) => part.figures), instanceTypes];
  printFigures(figures);
  const page = pageOf(parts, figures, { npm: npm(["--version"], tmpdir()).trim(), pulumi: await pulumiVersion() });
  console.log(`${((performance.now() - begun) / 60_000).toFixed(1)} minutes. ${isQuick ? "Nothing was written: not everything was measured." : "docs/benchmarks.md is written."}`);
  if (!isQuick) {
    writeFileSync(PAGE, page);
  }
}

void main();
