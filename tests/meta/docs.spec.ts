// The pages tell of every policy what its code says. UPDATE_DOCS=1 writes the tables of options anew.
// tests/engine/pages.spec.ts runs the programs of the pages.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { policies } from "../../policies";
import { Ajv } from "ajv";
import { configSchema } from "../support/config-schema";
import { blocksIn, optionsTable, PAGES, programsOf, readPage, ROOT, SECTIONS } from "../support/pages";

const NO_OPTIONS = "This policy has no options.";

interface Told {
  readonly name: string;
  readonly frontMatter: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const TOLD: readonly Told[] = policies.map(({ name, enforcementLevel, severity, displayName, description, configSchema }) => ({
  name,
  frontMatter: { name, level: String(enforcementLevel), severity: String(severity), displayName: displayName ?? "", description },
  options: (configSchema?.properties ?? {}) as Told["options"],
}));

function markdownFiles(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md") && !name.includes("node_modules"))
    .map((name) => path.join(folder, name));
}

/** A heading's anchor as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

function anchorsIn(file: string): string[] {
  return [...readFileSync(file, "utf8").matchAll(/^#{1,6} (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading));
}

/** Links of a page that lead to no file or no heading of this project. */
function brokenLinks(file: string): string[] {
  const links = [...readFileSync(path.join(ROOT, file), "utf8").matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) {
      return false;
    }
    const [place = "", anchor] = link.split("#");
    const target = place === "" ? path.join(ROOT, file) : path.join(ROOT, path.dirname(file), place);
    return !existsSync(target) || (anchor !== undefined && !anchorsIn(target).includes(anchor));
  });
}

describe("the pages", () => {
  it("are one for each policy", () => {
    assert.deepEqual(readdirSync(PAGES).sort(), TOLD.map(({ name }) => `${name}.md`).sort());
  });

  it("and each policy has tests", () => {
    const folder = path.join(ROOT, "tests", "rules");
    // The two policies that only collect share a file.
    const collectors = readFileSync(path.join(folder, "collectors.spec.ts"), "utf8");
    const without = TOLD.filter(({ name }) => !existsSync(path.join(folder, `${name}.spec.ts`)) && !collectors.includes(`"${name}"`));
    assert.deepEqual(without.map(({ name }) => name), []);
  });

  for (const { name, frontMatter, options } of TOLD) {
    describe(name, () => {
      it("has the front matter that the code has", () => {
        assert.deepEqual(readPage(name).frontMatter, frontMatter);
      });

      it("has all sections in order, and none is empty", () => {
        const { headings, sections } = readPage(name);
        assert.deepEqual(headings, SECTIONS);
        assert.deepEqual(SECTIONS.filter((section) => (sections.get(section) ?? "").trim() === ""), []);
      });

      it("shows the options of the schema", () => {
        const { file, text, sections } = readPage(name);
        const expected = Object.keys(options).length === 0 ? NO_OPTIONS : optionsTable(options);
        if (process.env["UPDATE_DOCS"] !== undefined) {
          writeFileSync(file, text.replace(/(?<=^## Options\n\n)[\s\S]*?(?=\n\n## )/m, () => expected));
          return;
        }
        assert.equal((sections.get("Options") ?? "").trim(), expected);
      });

      it("shows at least one program that fails and one that passes, each in several languages", () => {
        const page = readPage(name);
        for (const section of ["Fails", "Passes"] as const) {
          const programs = programsOf(page, section);
          assert.ok(programs.length > 0, section);
          const written = programs.map(({ number, language }) => `${String(number)} ${language}`);
          assert.equal(new Set(written).size, written.length, `${section} says a program twice in one language`);
          const numbers = [...new Set(programs.map(({ number }) => number))];
          assert.deepEqual(numbers.filter((number) => !written.includes(`${String(number)} python`)), [], `${section} lacks Python`);
          assert.ok(written.includes("1 yaml"), `${section} lacks YAML`);
        }
      });
    });
  }
});

describe("the documentation", () => {
  const files = ["README.md", ...readdirSync(ROOT).filter((name) => name.endsWith(".md") && name !== "README.md"), ...markdownFiles("docs"), ...markdownFiles("examples"), ...markdownFiles("tests")];

  for (const file of files) {
    it(`${file} has no broken link`, () => {
      assert.deepEqual(brokenLinks(file), []);
    });
  }

  it("README.md lists every policy with its level and description", () => {
    const readme = readFileSync(path.join(ROOT, "README.md"), "utf8");
    const rows = TOLD.map(({ name, frontMatter }) => `| [${name}](docs/rules/${name}.md) | ${frontMatter["level"] ?? ""} | ${frontMatter["description"] ?? ""} |`);
    assert.deepEqual(rows.filter((row) => !readme.includes(row)), []);
  });

  describe("the configuration's JSON schema", () => {
    const file = path.join(ROOT, "docs", "policy-config.schema.json");
    const validate = new Ajv({ allErrors: true }).compile(configSchema());

    it("is the one of the file for editors", () => {
      const expected = `${JSON.stringify(configSchema(), undefined, 2)}\n`;
      if (process.env["UPDATE_DOCS"] !== undefined) {
        writeFileSync(file, expected);
      }
      assert.equal(readFileSync(file, "utf8"), expected);
    });

    it("accepts the example configuration", () => {
      assert.ok(validate(JSON.parse(readFileSync(path.join(ROOT, "docs", "policy-config.example.json"), "utf8"))), JSON.stringify(validate.errors));
    });

    for (const page of files) {
      const configs = blocksIn(readFileSync(path.join(ROOT, page), "utf8")).filter(({ language, text }) => language === "json" && text.includes('"cpu-architecture-settings"'));
      if (configs.length > 0 && !page.includes("cpu-architecture-settings")) {
        it(`accepts the configurations of ${page}`, () => {
          assert.deepEqual(configs.filter(({ text }) => !validate(JSON.parse(text))), []);
        });
      }
    }

    for (const [what, config] of [
      ["a policy that does not exist", { "ecs-task-images-architecture": "advisory" }],
      ["a level that does not exist", { "ecs-task-image-architecture": "warning" }],
      ["an option that does not exist", { "cpu-architecture-settings": { ami: [] } }],
      ["an exemption without a reason", { "cpu-architecture-settings": { exemptions: [{ resource: "web" }] } }],
      ["an AMI without its architecture", { "cpu-architecture-settings": { amis: [{ id: "ami-1" }] } }],
      ["a listing that does not exist", { "architecture-undetermined": { listing: "everything" } }],
    ] as const) {
      it(`refuses ${what}`, () => assert.equal(validate(config), false));
    }
  });

  it("the example configuration names all policies and their options", () => {
    const example = JSON.parse(readFileSync(path.join(ROOT, "docs", "policy-config.example.json"), "utf8")) as Record<string, Record<string, unknown>>;
    assert.deepEqual(Object.keys(example).sort(), TOLD.map(({ name }) => name).sort());
    for (const { name, options } of TOLD) {
      assert.deepEqual(Object.keys(example[name] ?? {}).sort(), ["enforcementLevel", ...Object.keys(options)].sort(), name);
    }
  });
});
