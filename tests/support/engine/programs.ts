import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as ts from "typescript";
import { goModuleFiles, pythonEnvironment } from "./languages";
import type { Language } from "./languages";

const ROOT = path.join(__dirname, "..", "..", "..");
/**
 * Inside node_modules, so that a program put there finds the installed SDKs without any link or copy, and git and the
 * linter do not see it.
 */
const WORK = path.join(ROOT, "node_modules", ".cache", "cpu-architecture");

let count = 0;

/** A fresh folder of this process. */
export function workFolder(): string {
  count += 1;
  const folder = path.join(WORK, `${process.pid}-${count}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Compiles TypeScript without type checking: what is run is what is written, and a preview need not wait for types. */
export function compile(source: string, fileName: string): string {
  const { outputText } = ts.transpileModule(source, {
    fileName,
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
  });
  return outputText;
}

/** Compiles the TypeScript files of a folder of this project into another, each beside the others under its own name. */
export function compileFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from).filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))) {
    writeFileSync(path.join(to, name.replace(/\.ts$/, ".js")), compile(readFileSync(path.join(from, name), "utf8"), name));
  }
}

/**
 * What to run: a folder with a Pulumi.yaml, or the text of a program. Where its language is left out, a text that starts
 * like a YAML program (`name:`, `runtime:` or `resources:`) is one, and any other text is TypeScript or JavaScript.
 */
export type Program = { readonly dir: string } | TextProgram;
export interface TextProgram {
  readonly text: string;
  readonly language?: Language;
}

export const PROJECT = "app";

/** Puts a program into a folder, ready to be run. A Dockerfile is always there, since builders look for one. */
export function stage(program: Program, folder: string): void {
  mkdirSync(folder, { recursive: true });
  if ("dir" in program) {
    cpSync(program.dir, folder, { recursive: true, filter: (source) => path.basename(source) !== "node_modules" });
    compileInPlace(folder);
  } else {
    for (const [name, text] of filesOf(program.text, languageOf(program))) {
      writeFileSync(path.join(folder, name), text);
    }
  }
  for (const place of [".", "app"]) {
    const dockerfile = path.join(folder, place, "Dockerfile");
    mkdirSync(path.dirname(dockerfile), { recursive: true });
    if (!existsSync(dockerfile)) {
      writeFileSync(dockerfile, "FROM scratch\n");
    }
  }
}

/** Removes what a program of text put into its folder, so that another can take its place. */
export function unstage(folder: string): void {
  for (const name of ["Pulumi.yaml", "package.json", "index.js", "__main__.py", "main.go", "go.mod", "go.sum"]) {
    rmSync(path.join(folder, name), { force: true });
  }
}

function filesOf(text: string, language: Language): ReadonlyMap<string, string> {
  const project = (runtime: string): [string, string] => ["Pulumi.yaml", `name: ${PROJECT}\nruntime: ${runtime}\n`];
  switch (language) {
    case "yaml":
      return new Map([["Pulumi.yaml", /^name:/m.test(text) ? text : `name: ${PROJECT}\nruntime: yaml\n${text}`]]);
    case "python":
      return new Map([project(`{ name: python, options: { toolchain: pip, virtualenv: ${JSON.stringify(pythonEnvironment())} } }`), ["__main__.py", text]]);
    case "go":
      return new Map([project("go"), ["main.go", text], ...goModuleFiles()]);
    case "typescript":
      return new Map([project("nodejs"), ["package.json", `{ "name": "${PROJECT}", "main": "index.js" }\n`], ["index.js", compile(text, "index.ts")]]);
  }
}

export function languageOf(program: Program): Language {
  if ("dir" in program) {
    return "typescript";
  }
  return program.language ?? (isYaml(program.text) ? "yaml" : "typescript");
}

function isYaml(text: string): boolean {
  return /^\s*(name|runtime|resources|variables):/.test(text.replace(/^\s*#.*$/gm, ""));
}

function compileInPlace(folder: string): void {
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    if (statSync(file).isDirectory()) {
      compileInPlace(file);
    } else if (name.endsWith(".ts") && !name.endsWith(".d.ts")) {
      writeFileSync(file.replace(/\.ts$/, ".js"), compile(readFileSync(file, "utf8"), name));
      rmSync(file);
    } else if (name === "tsconfig.json") {
      rmSync(file);
    }
  }
}
