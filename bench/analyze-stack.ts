// How long a pack takes to judge a stack, against a pack with as many policies that do nothing:
//
//   npm run bench:stack                   100, 1,000 and 10,000 resources; 100,000 where there is memory for it
//   npm run bench:stack -- --largest 1000
//
// Each measurement has a fresh process, as each operation of the engine has: first every resource is registered (Analyze),
// then the stack is analyzed once (AnalyzeStack). Requests are encoded beforehand, so that only the pack is measured.
import { Client, credentials } from "@grpc/grpc-js";
import { AnalyzeResponse, AnalyzeStackRequest } from "@pulumi/pulumi/proto/analyzer_pb";
import { freemem } from "node:os";
import path from "node:path";
import { analyzeRequest, analyzerResource } from "../tests/support/protocol";
import type { RecordedResource } from "../tests/support/protocol";
import { generateStack } from "./generated-stack";
import { printPart } from "./report";
import type { Figure, Part, Table } from "./report";
import { installEmptyPack, installOwnPack, makeWorkshop, median, numberOption, startPack } from "./support";
import type { MeasuredProcess } from "./support";

const RUNS: ReadonlyMap<number, number> = new Map([
  [100, 7],
  [1_000, 5],
  [10_000, 7],
  [100_000, 1],
]);
/** The size at which a pack is held against an empty one. */
const LARGE = 10_000;
const MOST_OF_EMPTY = 1.2;
const MOST_GROWTH = 1.3;
/** Growth is said against this size; smaller stacks mostly measure how fast a fresh process warms up. */
const BASE = 1_000;
export const LARGEST = 100_000;
const MEMORY_FOR_THE_LARGEST = 12 * 1024 ** 3;
const MESSAGE_LIMIT = 2 ** 31 - 1;

type Phase = "preview" | "update";

type Comparison = Readonly<Record<"own" | "empty", Measurement>> & {
  /** Own against empty in AnalyzeStack: the middle of what each pair of runs gave, by the clock and by processor time. */
  readonly ratio: number;
  readonly processorRatio: number;
};

interface EncodedStack {
  readonly analyze: readonly Buffer[];
  readonly analyzeStack: Buffer;
}

interface Measurement {
  /** Milliseconds for all resources together. */
  readonly analyze: number;
  readonly analyzeStack: number;
  /** Processor time of AnalyzeStack: what is left to compare when the machine is busy with other things. */
  readonly processor: number | undefined;
  readonly megabytes: number | undefined;
}

interface Pack {
  readonly folder: string;
  readonly temporary: string;
}

function encode(resources: readonly RecordedResource[]): EncodedStack {
  return {
    analyze: resources.map((resource) => Buffer.from(analyzeRequest(resource).serializeBinary())),
    // Encoded messages put one after the other are one message with all their list entries: no need to hold them all.
    analyzeStack: Buffer.concat(
      resources.map((resource) => new AnalyzeStackRequest().setResourcesList([analyzerResource(resource)]).serializeBinary()),
    ),
  };
}

function call(client: Client, method: string, request: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      `/pulumirpc.Analyzer/${method}`,
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      request,
      (error, response) => {
        if (error !== null) {
          reject(error);
        } else {
          resolve(response ?? Buffer.alloc(0));
        }
      },
    );
  });
}

/** @throws Error when the pack has something to say: then more is measured than judging. */
function expectSilence(response: Buffer): void {
  const [first] = AnalyzeResponse.deserializeBinary(response).getDiagnosticsList();
  if (first !== undefined) {
    throw new Error(`The pack complains about the generated stack: ${first.getUrn()} ${first.getMessage()}`);
  }
}

/** Registers resources one after the other, as the engine does. */
async function registerAll(client: Client, requests: readonly Buffer[]): Promise<void> {
  for (const request of requests) {
    expectSilence(await call(client, "Analyze", request));
  }
}

async function withClient<T>({ folder, temporary }: Pack, phase: Phase, use: (client: Client, pack: MeasuredProcess) => Promise<T>): Promise<T> {
  const pack = await startPack(folder, temporary, {
    NODE_OPTIONS: "--max-old-space-size=12000",
    PULUMI_NODEJS_DRY_RUN: String(phase === "preview"),
  });
  const limits = { "grpc.max_send_message_length": MESSAGE_LIMIT, "grpc.max_receive_message_length": MESSAGE_LIMIT };
  const client = new Client(`127.0.0.1:${pack.port}`, credentials.createInsecure(), limits);
  try {
    return await use(client, pack);
  } finally {
    client.close();
    await pack.stop();
  }
}

function measure(subject: Pack, stack: EncodedStack, phase: Phase): Promise<Measurement> {
  return withClient(subject, phase, async (client, pack) => {
    const begun = performance.now();
    await registerAll(client, stack.analyze);
    const registered = performance.now();
    const used = pack.processorTime();
    expectSilence(await call(client, "AnalyzeStack", stack.analyzeStack));
    const analyzed = performance.now();
    return {
      analyze: registered - begun,
      analyzeStack: analyzed - registered,
      processor: used === undefined ? undefined : (pack.processorTime() ?? used) - used,
      megabytes: pack.peakMemory(),
    };
  });
}

/** @throws Error when the pack does not see a disagreement in a stack of this kind: judging nothing is quick */
async function expectJudgement(own: Pack): Promise<void> {
  const resources = generateStack(10).map((resource) =>
    resource.type === "docker-build:index:Image" ? { ...resource, properties: { ...resource.properties, platforms: ["linux/s390x"] } } : resource,
  );
  const response = await withClient(own, "preview", (client) => call(client, "AnalyzeStack", encode(resources).analyzeStack));
  if (AnalyzeResponse.deserializeBinary(response).getDiagnosticsList().length === 0) {
    throw new Error("The pack says nothing about a wrong image; there is nothing to measure.");
  }
}

/** Which callbacks the policies of a pack in the workshop have. */
function callbacksOf(folder: string): { resource: boolean; stack: boolean }[] {
  // The pack is only in the workshop when this runs.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { policies } = require(path.join(folder, "dist", "policies")) as { policies: readonly object[] };
  return policies.map((policy) => ({ resource: "validateResource" in policy, stack: "validateStack" in policy }));
}

/** Measures both packs in turn, so that both meet the same moods of the machine. */
async function compare(own: Pack, empty: Pack, stack: EncodedStack, runs: number, phase: Phase): Promise<Comparison> {
  const pairs: { own: Measurement; empty: Measurement }[] = [];
  for (let run = 0; run < runs; run++) {
    const first = run % 2 === 0 ? await measure(empty, stack, phase) : undefined;
    const second = await measure(own, stack, phase);
    pairs.push({ own: second, empty: first ?? (await measure(empty, stack, phase)) });
  }
  return {
    own: middle(pairs.map((pair) => pair.own)),
    empty: middle(pairs.map((pair) => pair.empty)),
    ratio: median(pairs.map((pair) => pair.own.analyzeStack / pair.empty.analyzeStack)),
    processorRatio: median(pairs.map((pair) => (pair.own.processor ?? NaN) / (pair.empty.processor ?? NaN))),
  };
}

function middle(measurements: readonly Measurement[]): Measurement {
  const middleOf = (values: readonly (number | undefined)[]): number | undefined => {
    const known = values.filter((value) => value !== undefined);
    return known.length === 0 ? undefined : median(known);
  };
  return {
    analyze: median(measurements.map((one) => one.analyze)),
    analyzeStack: median(measurements.map((one) => one.analyzeStack)),
    processor: middleOf(measurements.map((one) => one.processor)),
    megabytes: middleOf(measurements.map((one) => one.megabytes)),
  };
}

const HEADER = ["resources", "AnalyzeStack ms", "empty ms", "x empty", "x CPU time", "ms/resource", `x ${BASE}`, "Analyze ms/resource", "empty", "peak RSS MB", "empty"];

type Results = ReadonlyMap<number, Comparison>;

async function compareAll(own: Pack, empty: Pack, sizes: readonly number[], mostRuns: number, phase: Phase): Promise<Results> {
  const results = new Map<number, Comparison>();
  for (const size of sizes) {
    results.set(size, await compare(own, empty, encode(generateStack(size)), Math.min(RUNS.get(size) ?? 1, mostRuns), phase));
  }
  return results;
}

/** What a resource costs in a stack of this size, against what it costs in a stack of the base size. */
function growthTo(size: number, results: Results): number | undefined {
  const [base, other] = [results.get(BASE), results.get(size)];
  return base === undefined || other === undefined ? undefined : other.own.analyzeStack / size / (base.own.analyzeStack / BASE);
}

function rowOf(size: number, results: Results): string[] {
  const { own, empty, ratio, processorRatio } = results.get(size)!;
  return [
    size.toLocaleString("en-US"),
    own.analyzeStack.toFixed(0),
    empty.analyzeStack.toFixed(0),
    ratio.toFixed(2),
    Number.isNaN(processorRatio) ? "n/a" : processorRatio.toFixed(2),
    (own.analyzeStack / size).toFixed(3),
    size < BASE ? "-" : (growthTo(size, results)?.toFixed(2) ?? "-"),
    (own.analyze / size).toFixed(3),
    (empty.analyze / size).toFixed(3),
    own.megabytes?.toFixed(0) ?? "n/a",
    empty.megabytes?.toFixed(0) ?? "n/a",
  ];
}

function tableOf(title: string, results: Results): Table {
  return { title, rows: [HEADER, ...[...results.keys()].map((size) => rowOf(size, results))] };
}

function figuresOf(previews: Results): Figure[] {
  const ratio = previews.get(LARGE)?.ratio;
  const growth = growthTo(LARGEST, previews);
  return [
    {
      what: `AnalyzeStack of ${LARGE.toLocaleString("en-US")} resources`,
      toReach: `at most ${String(MOST_OF_EMPTY)} x an empty pack with as many stack policies`,
      reached: ratio === undefined ? undefined : `${ratio.toFixed(2)} x`,
      isMet: ratio !== undefined && ratio <= MOST_OF_EMPTY,
    },
    {
      what: `AnalyzeStack from ${BASE.toLocaleString("en-US")} to ${LARGEST.toLocaleString("en-US")} resources`,
      toReach: `at most ${String(MOST_GROWTH)} x a resource`,
      reached: growth === undefined ? undefined : `${growth.toFixed(2)} x`,
      isMet: growth !== undefined && growth <= MOST_GROWTH,
    },
  ];
}

/**
 * Measures how long stacks take to judge.
 *
 * @param largest resources; larger stacks are left out
 * @param mostRuns how often each size is measured at most
 */
export async function measureStacks(largest = LARGEST, mostRuns = Infinity): Promise<Part> {
  const hasMemory = freemem() >= MEMORY_FOR_THE_LARGEST;
  const sizes = [...RUNS.keys()].filter((size) => size <= largest && (size < LARGEST || hasMemory));
  const workshop = makeWorkshop();
  try {
    const temporary = workshop.folder("temporary");
    const own = { folder: installOwnPack(workshop), temporary };
    const callbacks = callbacksOf(own.folder);
    const empty = { folder: installEmptyPack(workshop, callbacks), temporary };
    await expectJudgement(own);
    const previews = await compareAll(own, empty, sizes, mostRuns, "preview");
    const updates = await compareAll(own, empty, sizes.filter((size) => size < LARGEST), mostRuns, "update");
    const ofStacks = callbacks.filter(({ stack }) => stack).length;
    const ofResources = callbacks.filter(({ resource }) => resource).length;
    return {
      title: "Stacks",
      about: [
        "How long the pack takes to judge a stack, half of which is services with images, task definitions and instances, in a process of its own. The engine registers each resource (Analyze), then has the stack judged (AnalyzeStack).",
        `"Empty" is a pack with as many policies that do nothing: ${String(ofStacks)} for stacks and ${String(ofResources)} for resources. Time that both take is the SDK's. "x ${BASE}" is the time of a resource against that in a stack of ${BASE.toLocaleString("en-US")}.`,
      ],
      tables: [tableOf("Preview", previews), tableOf("Update, where each resource is judged when it is registered", updates)],
      notes: largest >= LARGEST && !hasMemory ? [`${LARGEST.toLocaleString("en-US")} resources were left out: less than 12 GB of memory is free.`] : [],
      figures: figuresOf(previews),
    };
  } finally {
    workshop.remove();
  }
}

if (require.main === module) {
  void measureStacks(numberOption("largest", LARGEST)).then(printPart);
}
