// How long a pack process takes until it can be asked, and how much memory that needs:
//
//   npm run bench:start            11 rounds
//   npm run bench:start -- --rounds 21
//
// Each round starts every pack once, each time beginning with another one, so that a machine that gets slower or faster
// meanwhile touches all of them alike. "cold" is what every CI runner has: nothing compiled is kept in the temp folder.
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { printPart } from "./report";
import type { Figure, Part } from "./report";
import { installAwsGuardPack, installEmptyPack, installOwnPack, installTemplatePack, makeWorkshop, median, numberOption, startPack } from "./support";
import type { Workshop } from "./support";

const MOST_OF_EMPTY = 1.1;
const LEAST_FASTER_COLD = 5;
const MOST_OF_COLD_MEMORY = 0.25;

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

/** The middle of what each round gave: in a round, both meet the same mood of the machine. */
function ratio(times: readonly number[], others: readonly number[]): number {
  return median(times.map((time, round) => time / (others[round] ?? NaN)));
}

function tableOf(candidates: readonly Candidate[], empty: Candidate): string[][] {
  const orNotAvailable = (value: number, digits: number): string => (Number.isNaN(value) ? "n/a" : value.toFixed(digits));
  const rows = candidates.map(({ name, milliseconds, processor, megabytes }) => [
    name,
    median(milliseconds).toFixed(0),
    `${Math.min(...milliseconds).toFixed(0)}-${Math.max(...milliseconds).toFixed(0)}`,
    ratio(milliseconds, empty.milliseconds).toFixed(2),
    orNotAvailable(ratio(processor, empty.processor), 2),
    orNotAvailable(median(megabytes), 0),
  ]);
  return [["pack", "median ms", "range ms", "x empty", "x CPU time", "peak RSS MB"], ...rows];
}

interface Candidates {
  readonly own: Candidate;
  readonly empty: Candidate;
  readonly cold: Candidate;
  readonly warm: Candidate;
  /** The pack itself, or why it is not there. */
  readonly awsGuard: Candidate | string;
}

function install(workshop: Workshop): Candidates {
  const temporaries = workshop.folder("temporary");
  const candidate = (name: string, folder: string, isCold = false): Candidate => ({
    name,
    folder,
    temporary: path.join(temporaries, name.replaceAll(/[^\w]+/g, "-")),
    isCold,
    milliseconds: [],
    processor: [],
    megabytes: [],
  });
  const template = installTemplatePack(workshop);
  const awsGuard = installAwsGuardPack(workshop);
  return {
    own: candidate("this pack", installOwnPack(workshop)),
    empty: candidate("empty compiled pack", installEmptyPack(workshop, [{ resource: true, stack: false }])),
    cold: candidate("template style, cold", template, true),
    warm: candidate("template style, warm", template),
    awsGuard: "why" in awsGuard ? awsGuard.why : candidate(`@pulumi/awsguard ${awsGuard.version}`, awsGuard.folder),
  };
}

/** Starts each candidate once a round, and once before that, which is not counted: it fills the system's file cache. */
async function measureAll(candidates: readonly Candidate[], rounds: number): Promise<void> {
  for (let round = -1; round < rounds; round++) {
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
}

function figuresOf({ own, empty, cold, warm }: Candidates): Figure[] {
  const start = ratio(own.milliseconds, empty.milliseconds);
  const faster = ratio(cold.milliseconds, own.milliseconds);
  const memory = median(own.megabytes) / median(cold.megabytes);
  const ofWarm = ratio(own.milliseconds, warm.milliseconds);
  return [
    { what: "start", toReach: `at most ${String(MOST_OF_EMPTY)} x an empty compiled pack`, reached: `${start.toFixed(2)} x`, isMet: start <= MOST_OF_EMPTY },
    { what: "start, cold", toReach: `at least ${String(LEAST_FASTER_COLD)} x as fast as the template style`, reached: `${faster.toFixed(1)} x`, isMet: faster >= LEAST_FASTER_COLD },
    {
      what: "memory of a cold start",
      toReach: `at most ${String(MOST_OF_COLD_MEMORY)} x the template style`,
      reached: Number.isNaN(memory) ? undefined : `${memory.toFixed(2)} x`,
      isMet: memory <= MOST_OF_COLD_MEMORY,
    },
    { what: "start, warm", toReach: "not slower than the template style", reached: `${ofWarm.toFixed(2)} x its time`, isMet: ofWarm <= 1 },
  ];
}

/** Measures how long packs take to start, each as often as there are rounds. */
export async function measureStart(rounds = 11): Promise<Part> {
  const workshop = makeWorkshop(["@pulumi/aws", "@types/node"]);
  try {
    const packs = install(workshop);
    const { own, empty, cold, warm, awsGuard } = packs;
    const candidates = [own, empty, cold, warm, ...(typeof awsGuard === "string" ? [] : [awsGuard])];
    await measureAll(candidates, rounds);
    return {
      title: "Start",
      about: [
        "How long a pack's process takes until the engine can ask it, and the most memory that it has until then.",
        "\"Template style\" is a pack as Pulumi's TypeScript template for AWS makes it: TypeScript, with the provider's SDK imported as a value. Cold, nothing that was compiled before is kept in the temp folder, as on every CI runner. The other packs are compiled already, so cold and warm are the same for them.",
      ],
      tables: [{ rows: tableOf(candidates, empty) }],
      notes: [`Median of ${String(rounds)} rounds.`, ...(typeof awsGuard === "string" ? [`@pulumi/awsguard is not compared: ${awsGuard}.`] : [])],
      figures: figuresOf(packs),
    };
  } finally {
    workshop.remove();
  }
}

if (require.main === module) {
  void measureStart(numberOption("rounds", 11)).then(printPart);
}
