import assert from "node:assert/strict";
import path from "node:path";
import { ESLint } from "eslint";
import tseslint from "typescript-eslint";

const ROOT = path.join(__dirname, "..", "..");
const DIRECTION = "local/import-direction";

/** The project's own configuration, without the rules that need types: the planted files do not exist. */
const eslint = new ESLint({ cwd: ROOT, overrideConfig: [tseslint.configs.disableTypeChecked] });

/** The ids of the given rules that fire on the text as if it were the named file. Fails if it cannot be parsed. */
async function fired(file: string, text: string, rules: readonly string[]): Promise<string[]> {
  const [result] = await eslint.lintText(text, { filePath: path.join(ROOT, file) });
  assert.ok(result !== undefined, `${file} is ignored by ESLint`);
  const broken = result.messages.filter((message) => message.fatal === true || message.ruleId === null);
  assert.deepEqual(broken, [], "the planted text must be linted");
  const ids = result.messages.flatMap((message) => message.ruleId ?? []).filter((id) => rules.includes(id));
  return [...new Set(ids)];
}

/** `../stack/thing` for a file in policies/rules that imports policies/stack/thing. */
function specifier(from: string, target: string): string {
  const relative = path.posix.relative(path.posix.dirname(from), target);
  return relative.startsWith(".") ? relative : `./${relative}`;
}

/** A file of each layer, and the layers that it may import. Whatever is not listed is forbidden. */
const FILES: Readonly<Record<string, string>> = {
  platform: "policies/platform/planted",
  stack: "policies/stack/planted",
  read: "policies/read/planted",
  rules: "policies/rules/planted",
  report: "policies/report/planted",
  options: "policies/options/planted",
  lookups: "policies/lookups/planted",
  judging: "policies/judging",
  saying: "policies/saying",
  catalogue: "policies/catalogue",
  session: "policies/session",
  adapter: "policies/adapter",
  policies: "policies/index",
  index: "index",
  cli: "cli/planted",
  generator: "tests/generated/generator/planted",
  tests: "tests/rules/planted",
  bench: "bench/planted",
};

const BELOW_JUDGING = ["platform", "stack", "options", "read", "rules", "report"];
const SHARED = [...BELOW_JUDGING, "judging", "saying", "catalogue"];
const PACK = [...SHARED, "session", "adapter", "policies"];
/** Look-ups are loaded lazily by judging alone; see below. */
const ALL = [...PACK, "lookups"];

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  platform: ["platform"],
  stack: ["stack", "platform"],
  read: ["read", "stack", "platform"],
  options: ["options", "stack", "platform"],
  rules: ["rules", "options", "stack", "platform"],
  report: ["report", "options", "stack", "platform"],
  lookups: ["lookups", "options", "stack", "platform"],
  judging: BELOW_JUDGING,
  saying: [...BELOW_JUDGING, "judging"],
  catalogue: [...BELOW_JUDGING, "saying"],
  session: [...BELOW_JUDGING, "judging"],
  adapter: PACK,
  policies: PACK,
  index: [...PACK, "index"],
  cli: [...SHARED, "cli"],
  generator: ["generator", "tests", "bench"],
  tests: [...ALL, "index", "cli", "generator", "tests", "bench"],
  bench: [...SHARED, "lookups", "policies", "index", "cli", "generator", "tests", "bench"],
};

/** Every way to write an import. */
const SPELLINGS: Readonly<Record<string, (source: string) => string>> = {
  "import value": (source) => `import { thing } from "${source}"; thing();`,
  "import type": (source) => `import type { Thing } from "${source}"; export const thing: Thing = 1;`,
  "import for its effect": (source) => `import "${source}";`,
  "export named": (source) => `export { thing } from "${source}";`,
  "export all": (source) => `export * from "${source}";`,
  "import()": (source) => `export const thing = import("${source}");`,
  "type import()": (source) => `export type Thing = import("${source}").Thing;`,
  "import = require": (source) => `import thing = require("${source}"); thing();`,
  "require()": (source) => `export const thing: unknown = require("${source}");`,
};

describe("the import direction", function () {
  this.timeout(60_000);

  for (const [from, allowed] of Object.entries(ALLOWED)) {
    for (const [target, targetFile] of Object.entries(FILES)) {
      const file = FILES[from]!;
      // A folder's file imports its neighbor; a layer of one file has none.
      const isAlone = from === target && !file.endsWith("planted");
      if (isAlone) {
        continue;
      }
      const may = allowed.includes(target);
      it(`${from} ${may ? "may" : "must not"} import ${target}`, async () => {
        const source = specifier(file, from === target ? `${targetFile}-neighbor` : targetFile);
        assert.deepEqual(await fired(`${file}.ts`, SPELLINGS["import value"]!(source), [DIRECTION]), may ? [] : [DIRECTION]);
      });
    }
  }

  for (const [spelling, write] of Object.entries(SPELLINGS)) {
    it(`holds for ${spelling}`, async () => {
      assert.deepEqual(await fired("policies/stack/planted.ts", write("../platform/platform"), [DIRECTION]), []);
      assert.deepEqual(await fired("policies/stack/planted.ts", write("../read/planted"), [DIRECTION]), [DIRECTION]);
    });
  }

  it("lets judging load look-ups where it needs them, and only so", async () => {
    for (const [spelling, may] of [["import value", false], ["import for its effect", false], ["export all", false], ["import type", true], ["require()", true]] as const) {
      assert.deepEqual(await fired("policies/judging.ts", SPELLINGS[spelling]!("./lookups"), [DIRECTION]), may ? [] : [DIRECTION], spelling);
    }
    assert.deepEqual(await fired("policies/session.ts", SPELLINGS["require()"]!("./lookups"), [DIRECTION]), [DIRECTION]);
  });

  it("keeps the AWS SDK in look-ups, as types: what is installed is found out there", async () => {
    for (const file of Object.values(FILES).filter((each) => each.startsWith("policies/") || each.startsWith("cli/"))) {
      for (const spelling of ["import value", "import type"]) {
        const may = file.startsWith("policies/lookups/") && spelling === "import type";
        assert.deepEqual(await fired(`${file}.ts`, SPELLINGS[spelling]!("@aws-sdk/client-ec2"), [DIRECTION]), may ? [] : [DIRECTION], `${file}: ${spelling}`);
      }
    }
  });

  it("sees through folder and extension spellings", async () => {
    for (const source of ["../adapter.js", "./../adapter", "../../policies/adapter", "..", "../index", "../../tests/support/x"]) {
      assert.deepEqual(await fired("policies/rules/planted.ts", `import "${source}";`, [DIRECTION]), [DIRECTION], source);
    }
  });

  it("a file of policies/ that is in no layer imports nothing", async () => {
    assert.deepEqual(await fired("policies/elsewhere/planted.ts", 'import "../platform/platform";', [DIRECTION]), [DIRECTION]);
  });
});

describe("packages in the running pack", function () {
  this.timeout(60_000);

  const RUNNING = Object.keys(FILES).filter((layer) => PACK.includes(layer) || layer === "index" || layer === "cli");

  /** Layers that may write the import, by value and as a type. Whatever is not listed is forbidden. */
  const PACKAGES: Readonly<Record<string, { readonly value: readonly string[]; readonly type: readonly string[] }>> = {
    "@pulumi/aws": { value: [], type: RUNNING.filter((layer) => layer !== "platform") },
    "@pulumi/aws/ecs": { value: [], type: RUNNING.filter((layer) => layer !== "platform") },
    "@pulumi/docker-build": { value: [], type: RUNNING.filter((layer) => layer !== "platform") },
    "@pulumi/pulumi": { value: RUNNING.filter((layer) => layer !== "platform" && layer !== "cli"), type: RUNNING.filter((layer) => layer !== "platform") },
    "@pulumi/policy": { value: ["adapter", "index"], type: RUNNING.filter((layer) => layer !== "platform") },
    "node:os": {
      value: RUNNING.filter((layer) => layer !== "platform"),
      type: RUNNING.filter((layer) => layer !== "platform"),
    },
  };

  for (const [name, may] of Object.entries(PACKAGES)) {
    for (const layer of RUNNING) {
      const verb = (layers: readonly string[]) => (layers.includes(layer) ? "may" : "must not");
      it(`${layer} ${verb(may.value)} run ${name} and ${verb(may.type)} use its types`, async () => {
        const file = `${FILES[layer]!}.ts`;
        const value = await fired(file, `import * as thing from "${name}"; thing.run();`, [DIRECTION]);
        const type = await fired(file, `import type { Thing } from "${name}"; export const thing: Thing = 1;`, [DIRECTION]);
        assert.deepEqual({ value, type }, {
          value: may.value.includes(layer) ? [] : [DIRECTION],
          type: may.type.includes(layer) ? [] : [DIRECTION],
        });
      });
    }
  }

  it("an import whose names alone are types counts as a value, for compiler settings decide whether it stays", async () => {
    const text = 'import { type Thing } from "@pulumi/aws"; export const thing: Thing = 1;';
    assert.deepEqual(await fired("policies/read/planted.ts", text, [DIRECTION]), [DIRECTION]);
  });

  it("tests and programs import what they like", async () => {
    for (const file of ["tests/read/planted.ts", "examples/planted/index.ts", "bench/planted.ts"]) {
      for (const name of Object.keys(PACKAGES)) {
        assert.deepEqual(await fired(file, `import * as thing from "${name}"; thing.run();`, [DIRECTION]), [], `${file} ${name}`);
      }
    }
  });
});

describe("resource properties", function () {
  this.timeout(60_000);
  const SYNTAX = "no-restricted-syntax";

  const TOUCHES = {
    "a member": "export const f = (r: any) => r.props.image;",
    "an optional member": "export const f = (r: any) => r?.props;",
    "a member by text": 'export const f = (r: any) => r["props"];',
    "a pattern": "export const f = ({ props }: any) => props;",
    "a renaming pattern": "export const f = (r: any) => { const { props: inputs } = r; return inputs; };",
  };

  for (const [name, text] of Object.entries(TOUCHES)) {
    for (const [layer, file] of Object.entries(FILES).filter(([key]) => PACK.includes(key))) {
      const may = layer === "read" || layer === "session";
      it(`${layer} ${may ? "may" : "must not"} touch them as ${name}`, async () => {
        assert.deepEqual(await fired(`${file}.ts`, text, [SYNTAX]), may ? [] : [SYNTAX]);
      });
    }
  }

  it("other names are free", async () => {
    const text = "export const f = (r: any) => r.properties + r.property; export const g = ({ proper }: any) => proper;";
    assert.deepEqual(await fired("policies/stack/planted.ts", text, [SYNTAX]), []);
  });
});

describe("exports", function () {
  this.timeout(60_000);
  const SYNTAX = "no-restricted-syntax";

  const DEFAULTS = [
    "export default 1;",
    "export default function f() { return 1; }",
    "const a = 1; export { a as default };",
    'export { a as default } from "./a";',
    "const a = 1; export = a;",
  ];

  for (const file of ["policies/platform/planted.ts", "policies/read/planted.ts", "policies/adapter.ts", "index.ts", "tests/rules/planted.ts"]) {
    it(`${file} has no default export`, async () => {
      for (const text of DEFAULTS) {
        assert.deepEqual(await fired(file, text, [SYNTAX]), [SYNTAX], text);
      }
      assert.deepEqual(await fired(file, "export const a = 1;", [SYNTAX]), []);
    });
  }
});

describe("the configuration of ESLint", function () {
  this.timeout(60_000);

  it("checks the pack with types and limits the length of its functions", async () => {
    const own = new ESLint({ cwd: ROOT });
    for (const file of ["policies/read/planted.ts", "policies/adapter.ts", "index.ts"]) {
      const config = (await own.calculateConfigForFile(path.join(ROOT, file))) as { rules: Record<string, unknown[]> };
      for (const rule of ["@typescript-eslint/no-floating-promises", "@typescript-eslint/no-unsafe-call", "max-lines-per-function", DIRECTION]) {
        assert.equal(config.rules[rule]?.[0], 2, `${rule} in ${file}`);
      }
    }
  });
});
