/** Runs the steps of this repository's composite GitHub Action as a runner does, without GitHub. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { runScript } from "./guide";
import type { Ended } from "./guide";
import { ROOT } from "./pages";

// The library has no type declarations.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const yaml = require("js-yaml") as { load(text: string): unknown };

/** @throws Error when the text is no YAML */
export function readYaml(text: string): unknown {
  return yaml.load(text);
}

/** As far as this action goes: GitHub Docs, "Metadata syntax for GitHub Actions". */
export interface Action {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string; readonly required?: boolean }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly ActionStep[] };
}

export interface ActionStep {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
  readonly uses?: string;
}

export const ACTION = readYaml(readFileSync(path.join(ROOT, "action.yml"), "utf8")) as Action;

/** What GitHub runs for `shell: bash` (GitHub Docs, "Workflow syntax", jobs.<job_id>.steps[*].shell). */
export const GITHUB_SHELL = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"] as const;

export interface ActionEnded extends Ended {
  readonly outputs: Readonly<Record<string, string>>;
  /** What the steps put on the page of the run. */
  readonly summary: string;
}

/** Puts values into `${{ … }}`; an expression that is not among them is a mistake of the file. */
function evaluated(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{\{ *([^}]*?) *\}\}/g, (_, expression: string) => {
    const value = values.get(expression);
    assert.ok(value !== undefined, `nothing is known of ${expression}`);
    return value;
  });
}

/** `if` is either left out or asks whether an input was given. */
function isRun(step: ActionStep, values: ReadonlyMap<string, string>): boolean {
  if (step.if === undefined) {
    return true;
  }
  const name = /^(inputs\.[\w-]+) != ''$/.exec(step.if)?.[1];
  assert.ok(name !== undefined, `no test knows the condition ${step.if}`);
  return values.get(name) !== "";
}

/** The lines `name=value` of a GITHUB_OUTPUT file. */
function outputsIn(file: string): [string, string][] {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  return text.split("\n").filter(Boolean).map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
}

/**
 * @param given the `with` of the step that uses the action
 * @param cwd the workspace of the job
 */
export async function runAction(given: Readonly<Record<string, string>>, cwd: string, environment: NodeJS.ProcessEnv): Promise<ActionEnded> {
  assert.deepEqual(Object.keys(given).filter((name) => !(name in ACTION.inputs)), [], "inputs that the action does not have");
  const values = new Map(Object.entries(ACTION.inputs).map(([name, input]) => [`inputs.${name}`, given[name] ?? input.default ?? ""]));
  const [outputFile, summaryFile] = [path.join(cwd, ".github-output"), path.join(cwd, ".github-summary")];
  let ended: Ended = { exitCode: 0, output: "" };
  for (const step of ACTION.runs.steps) {
    if (ended.exitCode !== 0 || !isRun(step, values)) {
      continue;
    }
    for (const file of [outputFile, summaryFile]) {
      rmSync(file, { force: true });
    }
    const own = Object.entries(step.env ?? {}).map(([name, value]) => [name, evaluated(value, values)]);
    const env = { ...environment, GITHUB_ACTION_PATH: ROOT, GITHUB_OUTPUT: outputFile, GITHUB_STEP_SUMMARY: summaryFile, ...Object.fromEntries(own) } as NodeJS.ProcessEnv;
    const { exitCode, output } = await runScript(step.run ?? "", cwd, env, GITHUB_SHELL);
    ended = { exitCode, output: ended.output + output };
    for (const [name, value] of outputsIn(outputFile)) {
      values.set(`steps.${step.id ?? ""}.outputs.${name}`, value);
    }
  }
  const outputs = Object.fromEntries(Object.entries(ACTION.outputs).map(([name, { value }]) => [name, evaluated(value, values)]));
  return { ...ended, outputs, summary: existsSync(summaryFile) ? readFileSync(summaryFile, "utf8") : "" };
}
