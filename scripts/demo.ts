// Shows the pack at work: a real `pulumi preview --policy-pack` of an example that must be denied, and of its repaired
// twin that must pass. Nothing of the caller's is touched: it has its own CLI home and state, needs no account and no
// Docker, and the cloud providers are stand-ins. Exit code 0 when both previews end as they should.
//
//   npm run demo                 the demo
//   npm run demo -- --record     writes anew what examples/recorded holds
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { parts, stack } from "../tests/support/engine";
import { playRecording } from "../tests/support/protocol";
import type { Recording } from "../tests/support/protocol";
import { NoPulumiError } from "./pulumi-cli";

const ROOT = path.join(__dirname, "..");
const EXAMPLES = [
  { name: "fargate-arm64-image", expected: "denied" },
  { name: "fargate-arm64-image-repaired", expected: "passed" },
] as const;

type Outcome = "denied" | "passed" | "failed";

function recordingOf(name: string): string {
  return path.join(ROOT, "examples", "recorded", `${name}.json`);
}

/** A clone is compiled by `npm ci`; this is for one whose compiled files were removed. */
function compileIfNeeded(): void {
  if (!existsSync(path.join(ROOT, "dist", "index.js"))) {
    spawnSync(process.execPath, [path.join(ROOT, "scripts", "prepare.js")], { cwd: ROOT, stdio: "inherit" });
  }
}

/** Previews one example with the real CLI and shows what it prints. */
async function preview(name: string): Promise<Outcome> {
  const made = await stack({ program: { dir: path.join(ROOT, "examples", name) }, pack: ROOT });
  try {
    console.log(`\n$ cd examples/${name} && pulumi preview --policy-pack ../..\n`);
    const { exitCode, violations } = await made.preview({ onOutput: (text) => process.stdout.write(text) });
    const isDenied = violations.some(({ level }) => level === "mandatory");
    return isDenied ? "denied" : exitCode === 0 ? "passed" : "failed";
  } finally {
    made.stop();
  }
}

/** Plays one recorded preview to the pack's real process and shows what the pack says. */
async function play(name: string): Promise<Outcome> {
  const recording = JSON.parse(readFileSync(recordingOf(name), "utf8")) as Recording;
  console.log(`\nRecorded preview of examples/${name}:\n`);
  const diagnostics = await playRecording(ROOT, recording);
  for (const { level, policy, resourceName, message } of diagnostics) {
    console.log(`  [${level}] ${policy} (${resourceName})\n    ${message.trim().replaceAll("\n", "\n    ")}`);
  }
  if (diagnostics.length === 0) {
    console.log("  The pack has nothing to say.");
  }
  return diagnostics.some(({ level }) => level === "mandatory") ? "denied" : "passed";
}

async function record(): Promise<void> {
  for (const { name } of EXAMPLES) {
    const made = await stack({ program: { dir: path.join(ROOT, "examples", name) } });
    try {
      writeFileSync(recordingOf(name), `${JSON.stringify(await made.record("preview"), undefined, 2)}\n`);
      console.log(`wrote ${path.relative(ROOT, recordingOf(name))}`);
    } finally {
      made.stop();
    }
  }
}

/** How each example is shown: by the CLI, or where there is none by recordings. */
async function chooseShow(): Promise<(name: string) => Promise<Outcome>> {
  try {
    const { cli, languageHosts, standIns } = await parts();
    const played = [...(languageHosts.nodejs === "official" ? [] : ["the Node language host"]), ...standIns];
    console.log(`Pulumi CLI: ${cli}\nPlayed by stand-ins, so that no account and no Docker is needed: ${played.join(", ")}`);
    return preview;
  } catch (error) {
    if (!(error instanceof NoPulumiError)) {
      throw error;
    }
    console.log("No Pulumi CLI can be had here (`npm run pulumi-cli` says why), so recorded previews are played to the pack's real process.");
    return play;
  }
}

async function demo(): Promise<void> {
  compileIfNeeded();
  const show = await chooseShow();
  const lines: string[] = [];
  let isAllRight = true;
  for (const { name, expected } of EXAMPLES) {
    const outcome = await show(name);
    const isRight = outcome === expected;
    lines.push(isRight ? `as expected: examples/${name} ${outcome}` : `WRONG: examples/${name} ${outcome}, expected ${expected}`);
    isAllRight = isAllRight && isRight;
  }
  console.log(`\n${lines.join("\n")}`);
  process.exitCode = isAllRight ? 0 : 1;
}

async function main(): Promise<void> {
  try {
    await (process.argv.includes("--record") ? record() : demo());
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
}

void main();
