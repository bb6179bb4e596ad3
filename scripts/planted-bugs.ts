// Are the generated stacks worth anything? Plants one bug at a time into a copy of the pack, and runs the properties of
// tests/generated against it: each has to be caught.
//
//   npm run planted-bugs                     all
//   npm run planted-bugs -- registry order   those whose name has one of the words
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";

const ROOT = path.join(__dirname, "..");
/** Enough for every bug below, not for how often the rarest kinds come. A run without a bug shows that none fails by itself. */
const STACKS = "3000";

export interface Bug {
  readonly name: string;
  readonly file: string;
  /** A text of the file that occurs once, and what a tired programmer would have written. */
  readonly right: string;
  readonly wrong: string;
}

export const BUGS: readonly Bug[] = [
  {
    name: "Fargate's default is arm64",
    file: "policies/stack/task-platform.ts",
    right: 'const host: Host = { ...none.host, architecture: "amd64" };',
    wrong: 'const host: Host = { ...none.host, architecture: "arm64" };',
  },
  {
    name: "tags are compared without their repository",
    file: "policies/platform/image-reference.ts",
    right: ": `${reference.repository}:${reference.tag}`;",
    wrong: ": `:${reference.tag}`;",
  },
  {
    name: "what is unknown counts as absent",
    file: "policies/read/raw.ts",
    right: "  if (isUnknown(raw)) {\n    return unknown(whyUnknown(raw));\n  }\n  const value = take(raw);",
    wrong: "  if (isUnknown(raw)) {\n    return ABSENT;\n  }\n  const value = take(raw);",
  },
  {
    name: "the version of a launch template is ignored",
    file: "policies/stack/launches.ts",
    right: '  if (version === "$Latest") {\n    return true;\n  }',
    wrong: '  if (version !== "") {\n    return true;\n  }',
  },
  {
    name: "a possible link denies",
    file: "policies/stack/image-sides.ts",
    right: 'if (link.certainty === "possible") {\n    return "suspected";',
    wrong: 'if (link.certainty === "possible") {\n    return "certain";',
  },
  {
    name: "desiredCount 0 starts tasks",
    file: "policies/rules/ecs-task-capacity-architecture.ts",
    right: 'desiredCount.state === "known" && desiredCount.value > 0',
    wrong: 'desiredCount.state === "known" && desiredCount.value >= 0',
  },
  {
    name: "a group of maxSize 0 supplies instances",
    file: "policies/stack/capacity.ts",
    right: "if (valueOf(launcher.maxSize) === 0) {",
    wrong: "if (valueOf(launcher.maxSize) === -1) {",
  },
  {
    name: "a strategy with a provider of another stack is closed",
    file: "policies/stack/capacity.ts",
    right: 'const reach = open("a capacity provider of the strategy is not part of this stack");',
    wrong: "const reach = closed([]);",
  },
  {
    name: "ignoreChanges is ignored",
    file: "policies/read/resource.ts",
    right: "const ignored = resource.unseen ||",
    wrong: "const ignored = resource.unseen && ",
  },
  {
    name: "resources are judged in the engine's order",
    file: "policies/judging.ts",
    right: ".sort((a, b) => (a.urn < b.urn ? -1 : 1))",
    wrong: "",
  },
  {
    name: "the text of the container definitions is quoted",
    file: "policies/read/task-definition.ts",
    right: 'name: name(containerField(item, "name")),',
    wrong: "name: known(JSON.stringify(item)),",
  },
  {
    name: "launchers of one task definition are not folded",
    file: "policies/rules/ecs-task-capacity-architecture.ts",
    right: "return { ...all, findings: fold(all.findings) };",
    wrong: "return all;",
  },
  {
    name: "overrides do not replace the template's type",
    file: "policies/stack/launches.ts",
    right: "types: own ?? (found === undefined ? undefined : templateTypes(stack, found)) ?? {",
    wrong: "types: (found === undefined ? undefined : templateTypes(stack, found)) ?? own ?? {",
  },
  {
    name: "only the first container counts",
    file: "policies/read/task-definition.ts",
    right: "    items.value.map((item, index) => ({",
    wrong: "    items.value.slice(0, 1).map((item, index) => ({",
  },
  {
    name: "every image of a new repository is the task's",
    file: "policies/stack/images.ts",
    right: "if (image === undefined || images.length > 1 || !isSurelyPushed(image) || stack.somethingPushesAnywhere()) {",
    wrong: "if (image === undefined || !isSurelyPushed(image)) {",
  },
  {
    name: "a cluster's default strategy is not looked at",
    file: "policies/stack/task-launchers.ts",
    right: "return { items: capacity.defaultStrategy, from: capacity.defaultStrategyFrom };",
    wrong: "return { items: ABSENT, from: undefined };",
  },
  {
    name: "an early denial waits for the whole stack",
    file: "policies/rules/ecs-task-image-architecture.ts",
    right: "mergeJudgements(tasksConcernedBy(stack, urn).map(",
    wrong: "mergeJudgements(tasksConcernedBy(stack, urn).slice(0, 0).map(",
  },
];

/** A copy of what the properties need; the modules are the checkout's. */
function copyOf(folder: string): void {
  for (const part of ["policies", "tests", "index.ts", "package.json", "tsconfig.json", ".mocharc.json"]) {
    cpSync(path.join(ROOT, part), path.join(folder, part), { recursive: true, filter: (source) => !source.includes("node_modules") });
  }
  symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"), "dir");
}

/** The output of the properties, and whether they all hold. */
function runProperties(folder: string): { readonly holds: boolean; readonly output: string } {
  const mocha = path.join(ROOT, "node_modules", "mocha", "bin", "mocha.js");
  const specs = ["agreement", "laws"].map((name) => `tests/generated/${name}.spec.ts`);
  const { status, stdout } = spawnSync(process.execPath, [mocha, "--bail", "--grep", "on stacks of which enough", "--invert", ...specs], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, GENERATED_STACKS: STACKS },
    maxBuffer: 64 * 1024 * 1024,
  });
  return { holds: status === 0, output: stdout };
}

function plant(folder: string, { name, file, right, wrong }: Bug): string {
  const target = path.join(folder, file);
  const text = readFileSync(target, "utf8");
  if (text.split(right).length !== 2) {
    throw new Error(`"${name}" cannot be planted: ${file} does not have its text once`);
  }
  writeFileSync(target, text.replace(right, () => wrong));
  return text;
}

/** The first thing that a property has to say. */
function firstComplaint(output: string): string {
  const lines = output.slice(output.indexOf(" failing")).split("\n");
  return lines.find((line) => line.includes("Error: "))?.trim().slice(0, 160) ?? "";
}

function main(words: readonly string[]): void {
  const chosen = BUGS.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
  const folder = mkdtempSync(path.join(tmpdir(), "planted-bugs-"));
  let missed = 0;
  try {
    copyOf(folder);
    const { holds, output } = runProperties(folder);
    if (!holds) {
      console.log(`The properties fail without any bug: ${firstComplaint(output)}`);
      process.exitCode = 1;
      return;
    }
    for (const bug of chosen) {
      const text = plant(folder, bug);
      const outcome = runProperties(folder);
      writeFileSync(path.join(folder, bug.file), text);
      missed += outcome.holds ? 1 : 0;
      console.log(outcome.holds ? `NOT CAUGHT  ${bug.name}` : `caught      ${bug.name}\n            ${firstComplaint(outcome.output)}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`${String(chosen.length - missed)} of ${String(chosen.length)} caught`);
  process.exitCode = missed === 0 && chosen.length > 0 ? 0 : 1;
}

if (require.main === module) {
  main(process.argv.slice(2));
}
