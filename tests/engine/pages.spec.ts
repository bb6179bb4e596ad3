// The programs of docs/rules, run by the real engine: each must do what its page says.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import * as ts from "typescript";
import { describeEngine, makeReady, needsLanguage, stack } from "../support/engine";
import type { Program, Result } from "../support/engine";
import { JOURNEYS, programsIn, RECIPES } from "../support/guide";
import { PAGES, programsOf, readPage, ROOT } from "../support/pages";
import type { PageProgram } from "../support/pages";

const POLICIES = readdirSync(PAGES).map((name) => path.basename(name, ".md"));
const PROGRAMS = POLICIES.flatMap((policy) => {
  const page = readPage(policy);
  return [...programsOf(page, "Fails"), ...programsOf(page, "Passes")].map((program) => ({ policy, level: page.frontMatter["level"] ?? "", program }));
});

async function preview(program: Program, config: object | undefined): Promise<Result> {
  const made = await stack({ program, pack: ROOT, ...(config === undefined ? {} : { config }) });
  try {
    return await made.preview();
  } finally {
    made.stop();
  }
}

interface PolicyProgram {
  readonly policy: string;
  readonly level: string;
  readonly program: PageProgram;
}

function titleOf({ policy, program: { section, number, language } }: PolicyProgram): string {
  return `${policy}: ${section} ${String(number)} (${language})`;
}

const previews = new Map<PageProgram, Promise<Result>>();

/** Each program is previewed once: the one in TypeScript is also what the other languages are compared with. */
function previewOf(program: PageProgram): Promise<Result> {
  const known = previews.get(program) ?? preview({ text: program.text, language: program.language }, program.config);
  previews.set(program, known);
  return known;
}

function inTypeScript({ policy, program }: PolicyProgram): PageProgram {
  const found = PROGRAMS.find((other) => other.policy === policy && other.program.section === program.section && other.program.number === program.number);
  assert.equal(found?.program.language, "typescript");
  return found.program;
}

function assertDoesWhatThePageSays({ policy, level, program }: PolicyProgram, { exitCode, violations, stdout, stderr }: Result): void {
  const own = violations.filter((violation) => violation.policy === policy);
  const denials = violations.filter((violation) => violation.level === "mandatory");
  const output = stdout + stderr;
  if (program.section === "Passes") {
    assert.deepEqual([...own, ...denials], [], output);
    assert.equal(exitCode, 0, output);
    return;
  }
  assert.equal(own.length, 1, output);
  assert.deepEqual(own.map((violation) => violation.level), [level]);
  assert.deepEqual(denials, level === "mandatory" ? own : [], output);
  assert.equal(exitCode === 0, level !== "mandatory", output);
}

/** Types and names of the resources that a preview is about, as the CLI lists them: to be created, or refused by the provider. */
function planned({ stdout }: Result): string[] {
  const found = [...stdout.matchAll(/^ (?:\+| ) {2}(\S+:\S+:\S+ \S+) /gm)].map(([, resource = ""]) => resource);
  const resources = [...new Set(found)].sort();
  assert.ok(resources.length > 1, stdout);
  return resources;
}

describeEngine("the pages of the policies", () => {
  before("make the languages ready", async function () {
    this.timeout(30 * 60 * 1000);
    await makeReady();
  });

  for (const each of PROGRAMS) {
    it(titleOf(each), async function () {
      await needsLanguage(this, each.program.language);
      const result = await previewOf(each.program);
      assertDoesWhatThePageSays(each, result);
      const expected = await previewOf(inTypeScript(each));
      assert.deepEqual(planned(result), planned(expected), "the same program in TypeScript makes something else");
      assert.deepEqual(result.violations, expected.violations, "the same program in TypeScript is told something else");
    });
  }
});

describe("the programs of the pages", function () {
  this.timeout(180_000);

  it("in TypeScript have no type errors", () => {
    const ofPolicies = PROGRAMS.filter(({ program }) => program.language === "typescript").map(
      ({ policy, program }) => [`${policy}-${program.section}-${String(program.number)}`, program.text] as const,
    );
    const ofGuides = [...JOURNEYS, RECIPES].flatMap((file) => [...programsIn(file)]);
    assert.ok(ofPolicies.length > 0 && ofGuides.length > 0);
    const texts = new Map([...ofPolicies, ...ofGuides].map(([name, text]) => [path.join(ROOT, "node_modules", `page-${name}.ts`), text]));
    const options: ts.CompilerOptions = { strict: true, noEmit: true, skipLibCheck: true, module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16, target: ts.ScriptTarget.ES2022, types: ["node"] };
    const host = ts.createCompilerHost(options);
    const original = { ...host };
    host.getSourceFile = (name, ...rest) => {
      const text = texts.get(path.normalize(name));
      return text === undefined ? original.getSourceFile(name, ...rest) : ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true);
    };
    host.fileExists = (name) => texts.has(path.normalize(name)) || original.fileExists(name);
    host.readFile = (name) => texts.get(path.normalize(name)) ?? original.readFile(name);
    const program = ts.createProgram([...texts.keys()], options, host);
    const errors = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => `${path.basename(file?.fileName ?? "")}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
    assert.deepEqual(errors, []);
  });
});

describeEngine("the README", () => {
  it("shows the message that its first example really gets", async () => {
    const { violations } = await preview({ dir: path.join(ROOT, "examples", "fargate-arm64-image") }, undefined);
    const said = violations.find(({ level }) => level === "mandatory")?.message.split("\n").map((line) => line.trim()) ?? [];
    const readme = readFileSync(path.join(ROOT, "README.md"), "utf8").split("\n").map((line) => line.trim());
    assert.ok(said.length >= 5, said.join("\n"));
    assert.deepEqual(said.filter((line) => !readme.includes(line)), []);
  });

  it("and the example configuration is accepted without a complaint", async () => {
    const config = JSON.parse(readFileSync(path.join(ROOT, "docs", "policy-config.example.json"), "utf8")) as object;
    const { exitCode, violations, stdout } = await preview({ dir: path.join(ROOT, "examples", "fargate-arm64-image-repaired") }, config);
    assert.deepEqual(violations, [], stdout);
    assert.equal(exitCode, 0, stdout);
  });
});
