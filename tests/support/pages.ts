/** Reads the pages of docs/rules: front matter, sections and the programs in them. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { LANGUAGES } from "./engine/languages";
import type { Language } from "./engine/languages";

export const ROOT = path.join(__dirname, "..", "..");
export const PAGES = path.join(ROOT, "docs", "rules");

/** The sections of a page, in their order. */
export const SECTIONS = ["Why", "Fails", "Passes", "What it cannot see", "Options", "Exempt"] as const;
export type Section = (typeof SECTIONS)[number];

export interface Block {
  readonly language: string;
  readonly text: string;
}

export interface Page {
  readonly file: string;
  readonly text: string;
  readonly frontMatter: Readonly<Record<string, string>>;
  readonly headings: readonly string[];
  readonly sections: ReadonlyMap<string, string>;
}

/** A complete program of a page, with the configuration that precedes it. */
export interface PageProgram {
  readonly section: "Fails" | "Passes";
  /** From 1. The same program in several languages has one number. */
  readonly number: number;
  readonly language: Language;
  readonly text: string;
  readonly config: object | undefined;
}

export function blocksIn(text: string): Block[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = "", body = ""]) => ({ language, text: body }));
}

export function readPage(policy: string): Page {
  const file = path.join(PAGES, `${policy}.md`);
  const text = readFileSync(file, "utf8");
  const [, head = "", body = ""] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];
  const frontMatter = Object.fromEntries(head.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]));
  const parts = body.split(/^## (.*)$/m).slice(1);
  const headings = parts.filter((_, index) => index % 2 === 0);
  return { file, text, frontMatter, headings, sections: new Map(headings.map((heading, index) => [heading, parts[2 * index + 1] ?? ""])) };
}

/**
 * The programs of a section. Each stands there in TypeScript, and after that the same in other languages. A block of JSON
 * configures the pack for the programs after it.
 *
 * @throws Error when a block is none of these
 */
export function programsOf(page: Page, section: "Fails" | "Passes"): PageProgram[] {
  const programs: PageProgram[] = [];
  let config: object | undefined;
  let number = 0;
  for (const { language, text } of blocksIn(page.sections.get(section) ?? "")) {
    if (language === "json") {
      config = JSON.parse(text) as object;
      continue;
    }
    if (!isLanguage(language)) {
      throw new Error(`${page.file}, ${section}: no program can be in "${language}"`);
    }
    number += language === "typescript" ? 1 : 0;
    if (number === 0) {
      throw new Error(`${page.file}, ${section}: a program starts in TypeScript, not in ${language}`);
    }
    programs.push({ section, number, language, text, config });
  }
  return programs;
}

function isLanguage(name: string): name is Language {
  return (LANGUAGES as readonly string[]).includes(name);
}

type Schema = Readonly<Record<string, unknown>>;

function alternatives(values: readonly string[]): string {
  return values.length <= 1 ? values.join("") : `${values.slice(0, -1).join(", ")} or ${values.at(-1) ?? ""}`;
}

/** More words than these are named by what they are. */
const MAX_ALTERNATIVES = 4;

function shape(schema: Schema): string {
  if (Array.isArray(schema["enum"])) {
    return schema["enum"].length > MAX_ALTERNATIVES ? String(schema["description"]) : alternatives(schema["enum"].map((value) => JSON.stringify(value)));
  }
  if (schema["type"] === "array") {
    return `[${shape(schema["items"] as Schema)}]`;
  }
  if (schema["type"] === "object") {
    const properties = Object.entries(schema["properties"] as Record<string, Schema>);
    const required = schema["required"] as readonly string[];
    return `{ ${properties.map(([name, inner]) => `${name}${required.includes(name) ? "" : "?"}: ${shape(inner)}`).join(", ")} }`;
  }
  return schema["type"] === "string" ? "text" : String(schema["type"]);
}

/** A policy's options as its page shows them. */
export function optionsTable(options: Readonly<Record<string, Schema>>): string {
  const rows = Object.entries(options).map(([name, schema]) => {
    const type = schema["type"] === "array" ? `list of \`${shape(schema["items"] as Schema)}\`` : `\`${shape(schema)}\``;
    return `| \`${name}\` | ${type} | \`${JSON.stringify(schema["default"])}\` | ${String(schema["description"])} |`;
  });
  return ["| option | type | default | meaning |", "|---|---|---|---|", ...rows].join("\n");
}
