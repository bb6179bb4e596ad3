import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import Ajv, { type ValidateFunction } from "ajv";
import type { CheckedStack, Judge, Report } from "../../cli/check";
import { FORMATS, renderReport, type Format } from "../../cli/report";
import { linesOfUrns } from "../../cli/report/lines";
import { RULES } from "../../policies/catalogue";
import { speakersOf } from "../../policies/saying";
import { buildPack, ROOT } from "../support/built-pack";
import { exportOf, type Exported } from "../support/saved-stack";
import { json, StackBuilder } from "../support/stack-builder";
import { Folder, inOwnProcess, inProcess } from "./support";

const FIXTURES = path.join("tests", "cli", "fixtures");
const RECORDED = "tests/cli/fixtures/fargate-arm64-image.json";

const GOLDENS: Readonly<Record<Exclude<Format, "text" | "json">, string>> = {
  sarif: "fargate-arm64-image.sarif",
  junit: "fargate-arm64-image.junit.xml",
  github: "fargate-arm64-image.github.txt",
  markdown: "fargate-arm64-image.md",
  html: "fargate-arm64-image.html",
};

describe("check: formats", function () {
  this.timeout(120_000);
  before(buildPack);

  for (const [format, golden] of Object.entries(GOLDENS)) {
    it(`a stack that the engine wrote, with one disagreement, as ${format} (UPDATE_GOLDEN=1 writes it anew)`, () => {
      const { code, stdout, stderr } = inOwnProcess({ args: ["check", "--format", format, RECORDED] });
      const file = path.join(ROOT, FIXTURES, golden);
      if (process.env["UPDATE_GOLDEN"] !== undefined) {
        writeFileSync(file, stdout);
      }
      assert.equal(stdout, readFileSync(file, "utf8"));
      assert.deepEqual({ code, stderr }, { code: 1, stderr: "" });
    });
  }

  it("each say what the pack says", async () => {
    for (const format of FORMATS) {
      const { stdout } = await inProcess("check", "--format", format, RECORDED);
      assert.match(stdout.replaceAll(/<\/?code>/g, "`"), /Container `web` cannot run: its image is built for linux\/arm64, the task runs on X86\\?_64\./, format);
    }
  });
});

/**
 * The schema is of draft 4, of which ajv has no vocabulary: `id` is left out, and an exclusive limit is a number since.
 * Source of the file: @microsoft/jest-sarif 1.0.0-beta.0; it is the version that GitHub's documentation asks for.
 */
function compileSchema(): ValidateFunction {
  const schema = JSON.parse(readFileSync(path.join(ROOT, FIXTURES, "sarif-2.1.0-rtm.5.schema.json"), "utf8"), (key, value: unknown) => (key === "exclusiveMinimum" && value === true ? 0 : value)) as Record<string, unknown>;
  delete schema["$schema"];
  delete schema["id"];
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  ajv.addFormat("uri", (text) => URL.canParse(text));
  ajv.addFormat("uri-reference", (text) => /^[\w\-.~:/?#[\]@!$&'()*+,;=%]*$/.test(text) && !/%(?![0-9A-Fa-f]{2})/.test(text));
  ajv.addFormat("date-time", (text) => !Number.isNaN(Date.parse(text)));
  return ajv.compile(schema);
}

let compiled: ValidateFunction | undefined;

/** What the schema has against a log; undefined for nothing. */
function sarifErrors(log: unknown): unknown {
  compiled ??= compileSchema();
  return compiled(log) ? undefined : compiled.errors;
}

const JUDGES: readonly Judge[] = speakersOf(RULES).map(({ rule }) => ({ rule, level: rule.level }));

function reportOf(message: string, name: string, fields: Partial<Report> = {}): Report {
  const policy = "ecs-task-image-architecture";
  const urn = `urn:pulumi:s::p::aws:ecs/taskDefinition:TaskDefinition::${name}`;
  return { policy, level: "mandatory", severity: "high", kind: "image-on-task", certainty: "certain", resource: { urn, type: "aws:ecs/taskDefinition:TaskDefinition", name }, message, key: `${policy}|${urn}`, ...fields };
}

function stackOf(reports: readonly Report[], fields: Partial<CheckedStack> = {}): CheckedStack {
  return { ...BASE, reports, ...fields };
}

const BASE: Omit<CheckedStack, "reports"> = {
  file: "dev.json", stack: "dev", project: "web", kind: "stack export", gap: undefined, resources: 3, judged: 2, undetermined: 0, judges: JUDGES, comparisons: () => [],
};

interface Sarif {
  readonly runs: readonly [{
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string; readonly help: { readonly text: string }; readonly defaultConfiguration: { readonly level: string } }[] } };
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly suppressions?: unknown;
      readonly partialFingerprints: Readonly<Record<string, string>>;
      readonly locations: readonly { readonly physicalLocation?: { readonly artifactLocation: { readonly uri: string }; readonly region?: { readonly startLine: number } } }[];
    }[];
  }];
}

function sarifOf(...stacks: readonly CheckedStack[]): Sarif["runs"][0] {
  const log = JSON.parse(renderReport("sarif", stacks, "1.2.3")) as Sarif;
  assert.equal(sarifErrors(log), undefined);
  return log.runs[0];
}

describe("check: SARIF", () => {
  it("names each policy with its help and its level", () => {
    const { rules } = sarifOf(stackOf([])).tool.driver;
    assert.deepEqual(rules.map(({ id }) => id), JUDGES.map(({ rule }) => rule.name));
    assert.deepEqual([...new Set(rules.map(({ defaultConfiguration: { level } }) => level))].sort(), ["error", "note", "warning"]);
    assert.ok(rules.every(({ id, help }) => help.text.includes(`docs/rules/${id}.md`)));
  });

  for (const [level, fields] of [
    ["error", {}],
    ["warning", { level: "advisory" }],
    ["note", { level: "advisory", severity: "low" }],
    ["note", { level: "advisory", kind: "exempt" }],
    ["note", { level: "advisory", kind: "undetermined" }],
    ["error", { level: "mandatory", kind: "undetermined" }],
  ] as const satisfies readonly (readonly [string, Partial<Report>])[]) {
    it(`has the level ${level} for ${JSON.stringify(fields)}`, () => {
      const [result] = sarifOf(stackOf([reportOf("m", "n", fields)])).results;
      assert.ok(result !== undefined);
      assert.equal(result.level, level);
      assert.equal(result.suppressions !== undefined, "kind" in fields && fields.kind === "exempt");
      assert.equal(result.ruleIndex, JUDGES.findIndex(({ rule }) => rule.name === result.ruleId));
    });
  }

  it("has fingerprints that survive other words, other files and other lines, and differ by finding", () => {
    const print = (stack: CheckedStack): string | undefined => sarifOf(stack).results[0]?.partialFingerprints["cpuArchitectureFinding/v1"];
    const urn = reportOf("", "n").resource!.urn;
    assert.equal(print(stackOf([reportOf("m", "n")])), print(stackOf([reportOf("other words", "n")], { file: "x.json", lines: new Map([[urn, 7]]) })));
    assert.notEqual(print(stackOf([reportOf("m", "n")])), print(stackOf([reportOf("m", "o")])));
  });

  for (const [what, file, uri] of [
    ["a relative file", "states/a b#%.json", "states/a%20b%23%25.json"],
    ["half a surrogate pair", "a\uD800.json", "a%EF%BF%BD.json"],
    ["standard input", "-", undefined],
  ] as const) {
    it(`locates ${what}`, () => {
      const [location] = sarifOf(stackOf([reportOf("m", "n")], { file })).results[0]?.locations ?? [];
      assert.equal(location?.physicalLocation?.artifactLocation.uri, uri);
    });
  }

  it("locates an absolute file", () => {
    const [location] = sarifOf(stackOf([reportOf("m", "n")], { file: path.resolve("a b.json") })).results[0]?.locations ?? [];
    assert.match(location?.physicalLocation?.artifactLocation.uri ?? "", /^file:\/\/\/.*a%20b\.json$/);
  });

  it("makes no link and no placeholder of a message, and leaves lines to type as they are", () => {
    const text = (message: string): string | undefined => sarifOf(stackOf([reportOf(message, "n")])).results[0]?.message.text;
    assert.equal(text("[a](b) {0}"), "[a] (b) { 0}");
    assert.equal(text('runtimePlatform: { cpuArchitecture: "ARM64" }'), 'runtimePlatform: { cpuArchitecture: "ARM64" }');
  });
});

describe("check: the lines of resources", () => {
  const [a, b] = ["urn:pulumi:s::p::t:t:T::a", 'urn:pulumi:s::p::t:t:T::b"\\<'];

  it("are found where they begin with the URN, however it is escaped", () => {
    const text = `{\n  "x": [\n    { "n": 1 },\n    "urn": "no",\n    "urn": "${a}",\n\t"urn" : ${JSON.stringify(b).replace("<", "\\u003c")}\n`;
    assert.deepEqual([...linesOfUrns(text, new Set([a, b]))], [[a, 5], [b, 6]]);
  });

  it("are none in a file of one line, or for what is not there", () => {
    assert.deepEqual([...linesOfUrns(`{"resources":[{"urn":"${a}"}]}`, new Set([a]))], []);
    assert.deepEqual([...linesOfUrns(`"urn": "${a}"`, new Set())], []);
  });
});

/** Names that mean something to a format; each is in the message too, as the pack writes it: on one line. */
const NASTY: readonly string[] = [
  `"'<script>alert(1)</script>&amp;`,
  "]]>]]><x/>]]>",
  "::error file=x::y%0A",
  "a|b`c```d``e*f_g~h~[i](javascript:j)![k](l)",
  "@octocat #1 https://example.com www.example.com $x$ <!-- --> </details>",
  "line one\nline two\r\n::warning::x\u2028y",
  "\u0000\u0007\u001b[2J\uFFFE\uD800\u202E",
  "x".repeat(100_000),
];

describe("check: odd names", () => {
  let folder: Folder;
  before(() => {
    folder = new Folder();
  });
  after(() => {
    folder.remove();
  });

  /** A stack in which every name is the odd one. */
  function named(name: string): Exported {
    const stack = new StackBuilder();
    stack.add("dockerBuild", name, { platforms: ["linux/arm64"], push: true, tags: ["me/app:1"] });
    stack.add("task", name, { containerDefinitions: json([{ name, image: "me/app:1" }, { name: `${name}2`, image: name }]), requiresCompatibilities: ["FARGATE"] });
    return exportOf(stack.update());
  }

  async function reports(name: string): Promise<Map<Format, string>> {
    const file = folder.write("state.json", named(name));
    const made = new Map<Format, string>();
    for (const format of FORMATS) {
      const { code, stdout, stderr } = await inProcess("check", "--format", format, file);
      assert.deepEqual({ code, stderr }, { code: 1, stderr: "" });
      made.set(format, stdout);
    }
    return made;
  }

  for (const name of NASTY) {
    it(`are harmless in each format: ${JSON.stringify(name.slice(0, 60))}`, async () => {
      const made = await reports(name);
      assert.equal(sarifErrors(JSON.parse(made.get("sarif") ?? "")), undefined);
      assertXml(made.get("junit") ?? "");
      assertAnnotations(made.get("github") ?? "");
      assertMarkdown(made.get("markdown") ?? "");
      assertHtml(made.get("html") ?? "");
      for (const format of ["junit", "github", "markdown", "html"] as const) {
        assert.doesNotMatch(made.get(format) ?? "", /[\u0000-\u0009\u000B-\u001F\u202E\u2028]/, format);
      }
    });
  }
});

/** Outside of CDATA no sign is left that would begin a tag of a name's. */
function assertXml(xml: string): void {
  assert.doesNotMatch(xml, /[\uFFFE\uFFFF]|\p{Surrogate}/u);
  assert.match(xml, /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites .*<\/testsuites>\n$/s);
  const markup = xml.replaceAll(/<!\[CDATA\[.*?\]\]>/gs, "");
  const tags = [...markup.matchAll(/<\/?([\w?]+)(?:\s+\w+="[^"<]*")*\s*[/?]?>/g)].map(([, tag]) => tag);
  assert.deepEqual([...new Set(tags)].sort(), ["?xml", "failure", "properties", "property", "system-out", "testcase", "testsuite", "testsuites"].filter((tag) => tags.includes(tag)));
  assert.doesNotMatch(markup.replaceAll(/<\/?[\w?]+(?:\s+\w+="[^"<]*")*\s*[/?]?>/g, ""), /[<>]|&(?!\w+;|#)/);
}

function assertAnnotations(text: string): void {
  const [last, ...commands] = text.trimEnd().split("\n").reverse();
  assert.match(last ?? "", /^Denied: /);
  assert.ok(commands.length > 0);
  for (const line of commands) {
    assert.match(line, /^::(?:error|warning|notice) file=[^:,]+,line=\d+,title=[^:,\r\n]+::.|^::(?:error|warning|notice) file=[^:,]+,title=[^:,\r\n]+::./);
  }
}

/** Without blocks of code there is no markup but the report's own. */
function assertMarkdown(text: string): void {
  assert.ok(text.length < 65_536);
  const outside = text.replaceAll(/(`{3,})text\n.*?\n\1(?=\n)/gs, "");
  assert.doesNotMatch(outside, /@(?!\u200B)|#(?=\d)|:\/\/(?!\u200B)(?<!\u200B\/\/)|www\.|(?<!\\)<(?:script|x|!-- -->)/);
  for (const row of outside.split("\n").filter((line) => line.startsWith("| ❌"))) {
    assert.equal(row.match(/(?<!\\)\|/g)?.length, 4, row);
  }
  assert.equal(outside.split("<details>").length, outside.split("</details>").length);
}

function assertHtml(html: string): void {
  assert.doesNotMatch(html, /<script|<x\/|javascript:j\)"|<!-- -->/);
  assert.match(html, /Content-Security-Policy/);
  const attributes = [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, target]) => target ?? "");
  assert.ok(attributes.length > 0 && attributes.every((target) => /^#[\w-]+$/.test(target)), attributes.join(" "));
}

describe("check: a comment of a greatest length", () => {
  it("holds denials first, stays under GitHub's limit, and says what it leaves out", () => {
    const many = Array.from({ length: 3000 }, (_none, index) => reportOf(`Container \`c${index}\` cannot run.\n${"é".repeat(200)}`, `task${index}`, index % 2 === 0 ? { level: "advisory" } : {}));
    const text = renderReport("markdown", [stackOf(many)], "1.2.3");
    assert.ok(text.length < 65_536 && Buffer.byteLength(text) < 65_536, `${text.length} characters`);
    assert.ok(text.indexOf("task1 ") > 0 && !text.includes("| task0 |"), "denials come first");
    const [, rows, messages] = /Left out.*: (\d+) findings are not in the table, (\d+) messages are not shown in full/.exec(text) ?? [];
    assert.equal(Number(rows), 3000 - text.split("\n").filter((line) => /^\| \S+ (?:denied|advice)/.test(line)).length);
    assert.equal(Number(messages), 3000 - (text.split("<details>").length - 1));
  });
});

describe("check: reports to files", () => {
  let folder: Folder;
  before(() => {
    folder = new Folder();
  });
  after(() => {
    folder.remove();
  });

  it("are the same as on standard output, as many as are asked for", async () => {
    const files = FORMATS.map((format) => ({ format, file: path.join(folder.dir, `report=${format}`) }));
    const { code, stdout } = await inProcess("check", ...files.flatMap(({ format, file }) => ["--output", `${format}=${file}`]), RECORDED);
    assert.equal(code, 1);
    assert.match(stdout, /\nDenied: 1 mandatory, 0 advisory in 1 stack\n$/);
    for (const { format, file } of files) {
      assert.equal(readFileSync(file, "utf8"), (await inProcess("check", "--format", format, RECORDED)).stdout, format);
    }
  });

  for (const [what, outputs, said] of [
    ["no file", ["sarif"], "--output takes a format and a file, as in sarif=report.sarif"],
    ["an empty file", ["sarif="], "--output takes a format and a file, as in sarif=report.sarif"],
    ["standard output", ["sarif=-"], "--output writes files; the format of standard output is that of --format"],
    ["a format that does not exist", ["sarf=x"], "there is no format sarf; did you mean sarif?"],
    ["one file twice", ["sarif=x", "html=./x"], "each --output needs a file of its own"],
  ] as const) {
    it(`end with 2 for ${what}`, async () => {
      const { code, stdout, stderr } = await inProcess("check", ...outputs.flatMap((output) => ["--output", output]), RECORDED);
      assert.deepEqual({ code, stdout, stderr }, { code: 2, stdout: "", stderr: `${said}; cpu-architecture --help tells more\n` });
    });
  }

  it("end with 2 where one cannot be written, and nothing is on standard output", async () => {
    const file = path.join(folder.dir, "nowhere", "report.html");
    const { code, stdout, stderr } = await inProcess("check", "--output", `html=${file}`, RECORDED);
    assert.deepEqual({ code, stdout, stderr }, { code: 2, stdout: "", stderr: `${file}: cannot be written: there is no such file\n` });
  });

  it("are not written where a stack is bad input", async () => {
    const file = path.join(folder.dir, "none.html");
    assert.equal((await inProcess("check", "--output", `html=${file}`, folder.write("bad.json", "{"))).code, 2);
    assert.equal(existsSync(file), false);
  });
});
