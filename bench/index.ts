// All measurements, one after the other:
//
//   npm run bench                        prints them and writes docs/benchmarks.md; some minutes, on a machine that does nothing else
//   npm run bench -- --largest 1000      smaller, to see that it works; writes nothing
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, platform, release, totalmem } from "node:os";
import path from "node:path";
import { numberOption } from "./support";

const ROOT = path.join(__dirname, "..");
const PAGE = path.join(ROOT, "docs", "benchmarks.md");
const FULL = 100_000;

/** Runs a measurement and returns what it prints, which is shown too. */
function outputOf(script: string, args: readonly string[]): string {
  const { status, stdout } = spawnSync(process.execPath, ["-r", "ts-node/register/transpile-only", path.join(__dirname, script), ...args], { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1e8 });
  console.log(stdout);
  if (status !== 0) {
    throw new Error(`${script} failed`);
  }
  return stdout.trim();
}

function versionOf(name: string): string {
  return (JSON.parse(readFileSync(path.join(ROOT, "node_modules", name, "package.json"), "utf8")) as { version: string }).version.replace(/^v/, "");
}

/** Where it was measured: no name of the machine, and no path. */
function machine(): string[] {
  return [
    `- ${String(cpus().length)} cores, ${cpus()[0]?.model ?? "an unknown CPU"}, ${(totalmem() / 1024 ** 3).toFixed(0)} GB of memory`,
    `- ${platform()} ${release()}, Node ${process.version}, @pulumi/policy ${versionOf("@pulumi/policy")}, @pulumi/pulumi ${versionOf("@pulumi/pulumi")}`,
    `- ${new Date().toISOString().slice(0, 10)}`,
  ];
}

const FIGURES = [
  "| what | to reach | table |",
  "|---|---|---|",
  "| start | at most 1.1 x an empty compiled pack | Start, `x empty` |",
  "| start, against a pack in the style of Pulumi's TypeScript template | cold at least 5 x as fast with at most a quarter of the memory; warm not slower | Start, last line |",
  "| AnalyzeStack of 10,000 resources | at most 1.2 x an empty pack with as many policies | Stacks, `x empty` |",
  "| growth from 1,000 to 100,000 resources | at most 1.3 x a resource | Stacks, `x 1000` |",
  "",
  "That every EC2 instance type is classified is a unit test: `tests/platform/instance-type.spec.ts`.",
];

function pageOf(start: string, stacks: string): string {
  const block = (text: string): string[] => ["```", text, "```"];
  return [
    "# Benchmarks",
    "",
    "`npm run bench` measures and writes this page. Medians of several runs, the packs in turn; `x CPU time` is the same ratio by processor time, which other work on the machine disturbs less.",
    "",
    "## Machine",
    "",
    ...machine(),
    "",
    "## Figures to reach",
    "",
    ...FIGURES,
    "",
    "## Start",
    "",
    ...block(start),
    "",
    "## Stacks",
    "",
    ...block(stacks),
    "",
  ].join("\n");
}

function main(): void {
  const largest = numberOption("largest", FULL);
  const start = outputOf("start.ts", largest < FULL ? ["--runs", "1"] : []);
  const stacks = outputOf("analyze-stack.ts", ["--largest", String(largest)]);
  if (largest < FULL) {
    console.log("Nothing was written: not everything was measured.");
  } else {
    writeFileSync(PAGE, pageOf(start, stacks));
  }
}

main();
