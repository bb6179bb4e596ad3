import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as ts from "typescript";

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
 * What to run: a folder with a Pulumi.yaml, or the text of a program. A text that starts like a YAML program (`name:`,
 * `runtime:` or `resources:`) is one, any other text is TypeScript or JavaScript.
 */
export type Program = { readonly dir: string } | { readonly text: string };

export const PROJECT = "app";

/** Puts a program into a folder, ready to be run. A Dockerfile is always there, since builders look for one. */
export function stage(program: Program, folder: string): void {
  mkdirSync(folder, { recursive: true });
  if ("dir" in program) {
    cpSync(program.dir, folder, { recursive: true, filter: (source) => path.basename(source) !== "node_modules" });
    compileInPlace(folder);
  } else if (isYaml(program.text)) {
    writeFileSync(path.join(folder, "Pulumi.yaml"), /^name:/m.test(program.text) ? program.text : `name: ${PROJECT}\nruntime: yaml\n${program.text}`);
  } else {
    writeFileSync(path.join(folder, "Pulumi.yaml"), `name: ${PROJECT}\nruntime: nodejs\n`);
    writeFileSync(path.join(folder, "package.json"), `{ "name": "${PROJECT}", "main": "index.js" }\n`);
    writeFileSync(path.join(folder, "index.js"), compile(program.text, "index.ts"));
  }
  for (const place of [".", "app"]) {
    const dockerfile = path.join(folder, place, "Dockerfile");
    mkdirSync(path.dirname(dockerfile), { recursive: true });
    if (!existsSync(dockerfile)) {
      writeFileSync(dockerfile, "FROM scratch\n");
    }
  }
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
