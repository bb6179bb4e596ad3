// How long a pack process takes until it can be asked, and how much memory that needs:
//
//   npm run bench:start            5 rounds
//   npm run bench:start -- --runs 9
//
// Each round starts every pack once, each time beginning with another one, so that a machine that gets slower or faster
// meanwhile touches all of them alike. "cold" is what every CI runner has: nothing compiled is kept in the temp folder.
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { installEmptyPack, installOwnPack, installTemplatePack, makeWorkshop, median, numberOption, printMachine, printTable, startPack } from "./support";

interface Candidate {
  readonly name: string;
  readonly folder: string;
  readonly temporary: string;
  readonly isCold: boolean;
  readonly milliseconds: number[];
  /** Milliseconds of processor time: what is left to compare when the machine is busy with other things. */
  readonly processor: number[];
  readonly megabytes: number[];
}

async function measure(candidate: Candidate): Promise<void> {
  if (candidate.isCold) {
    rmSync(candidate.temporary, { recursive: true, force: true });
  }
  mkdirSync(candidate.temporary, { recursive: true });
  const pack = await startPack(candidate.folder, candidate.temporary);
  candidate.milliseconds.push(pack.started);
  candidate.megabytes.push(pack.peakMemory() ?? NaN);
  candidate.processor.push(pack.processorTime() ?? NaN);
  await pack.stop();
}

function tableOf(candidates: readonly Candidate[], empty: Candidate): string[][] {
  const base = median(empty.milliseconds);
  const processorBase = median(empty.processor);
  const orNotAvailable = (value: number, digits: number): string => (Number.isNaN(value) ? "n/a" : value.toFixed(digits));
  const rows = candidates.map(({ name, milliseconds, processor, megabytes }) => [
    name,
    median(milliseconds).toFixed(0),
    `${Math.min(...milliseconds).toFixed(0)}-${Math.max(...milliseconds).toFixed(0)}`,
    (median(milliseconds) / base).toFixed(2),
    orNotAvailable(median(processor) / processorBase, 2),
    orNotAvailable(median(megabytes), 0),
  ]);
  return [["pack", "median ms", "range ms", "x empty", "x CPU time", "peak RSS MB"], ...rows];
}

async function main(): Promise<void> {
  const runs = numberOption("runs", 5);
  const workshop = makeWorkshop(["@pulumi/aws", "@types/node"]);
  try {
    const temporaries = workshop.folder("temporary");
    const candidate = (name: string, folder: string, isCold = false): Candidate => ({
      name,
      folder,
      temporary: path.join(temporaries, name.replaceAll(" ", "-")),
      isCold,
      milliseconds: [],
      processor: [],
      megabytes: [],
    });
    const template = installTemplatePack(workshop);
    const own = candidate("this pack", installOwnPack(workshop));
    const empty = candidate("empty compiled pack", installEmptyPack(workshop, [{ resource: true, stack: false }]));
    const cold = candidate("template style, cold", template, true);
    const warm = candidate("template style, warm", template);
    const candidates = [own, empty, cold, warm];

    // The first round fills the file cache of the system and the warm temp folders; it is not counted.
    for (let round = -1; round < runs; round++) {
      for (let turn = 0; turn < candidates.length; turn++) {
        await measure(candidates[(round + 1 + turn) % candidates.length]!);
      }
      if (round === -1) {
        for (const { milliseconds, processor, megabytes } of candidates) {
          milliseconds.length = 0;
          processor.length = 0;
          megabytes.length = 0;
        }
      }
    }

    printMachine();
    printTable(tableOf(candidates, empty));
    const faster = (slow: Candidate): string => (median(slow.milliseconds) / median(own.milliseconds)).toFixed(1);
    console.log(`\nAgainst the template style this pack starts ${faster(cold)} x as fast cold, ${faster(warm)} x as fast warm (${runs} rounds).`);
  } finally {
    workshop.remove();
  }
}

void main();
