import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as ts from "typescript";

const SDKS = path.join(__dirname, "..", "..", "..", "node_modules", "@pulumi");

/** Packages bridged from Terraform name the file in their tokens: `aws:ecs/taskDefinition:TaskDefinition`. */
const BRIDGED = ["aws", "docker", "random"];
const ANY = { $ref: "pulumi.json#/Any" };

/**
 * A package schema for one YAML program: the types and functions that the program names, with the properties that the
 * installed SDK declares. Every property is of any type, so the YAML host refuses misspelt names but no values.
 *
 * @param yaml the text of the program
 */
export function schemaFor(packageName: string, yaml: string): string {
  const tokens = tokensIn(yaml, packageName);
  const resources: Record<string, object> = {};
  const functions: Record<string, object> = {};
  for (const token of tokens) {
    const name = token.name;
    const declared = declarations(packageName, token);
    if (/^[a-z]/.test(name)) {
      const capital = name.charAt(0).toUpperCase() + name.slice(1);
      functions[canonical(packageName, token)] = {
        inputs: { type: "object", properties: anyOf(declared.interfaces.get(`${capital}Args`)) },
        outputs: { type: "object", properties: anyOf(declared.interfaces.get(`${capital}Result`)) },
      };
    } else {
      resources[canonical(packageName, token)] = {
        isComponent: packageName === "awsx",
        inputProperties: anyOf(declared.interfaces.get(`${name}Args`)),
        properties: anyOf(declared.classes.get(name)),
      };
    }
  }
  const meta = BRIDGED.includes(packageName) ? { moduleFormat: "(.*)(?:/[^/]*)" } : {};
  return JSON.stringify({ name: packageName, version: versionOf(packageName), meta, config: {}, provider: {}, resources, functions, language: {} });
}

interface Token {
  readonly module: string;
  readonly name: string;
}

function tokensIn(yaml: string, packageName: string): Token[] {
  const found = yaml.matchAll(/(?<![\w-])([a-z][a-z-]*):(?:([A-Za-z0-9]+)(?:\/[A-Za-z0-9]+)?:)?([A-Za-z][A-Za-z0-9]*)\b/g);
  const tokens = [...found].filter((match) => match[1] === packageName).map((match) => ({ module: match[2] ?? "index", name: match[3] ?? "" }));
  return [...new Map(tokens.map((token) => [`${token.module}:${token.name}`, token])).values()];
}

function canonical(packageName: string, { module, name }: Token): string {
  const file = name.charAt(0).toLowerCase() + name.slice(1);
  return BRIDGED.includes(packageName) ? `${packageName}:${module}/${file}:${name}` : `${packageName}:${module}:${name}`;
}

interface Declared {
  readonly classes: ReadonlyMap<string, readonly string[]>;
  readonly interfaces: ReadonlyMap<string, readonly string[]>;
}

/** The properties that the SDK's type declarations name. */
function declarations(packageName: string, { module, name }: Token): Declared {
  const folder = path.join(SDKS, packageName, module === "index" ? "." : module);
  const wanted = `${name}.d.ts`.toLowerCase();
  const file = existsSync(folder) ? readdirSync(folder).find((entry) => entry.toLowerCase() === wanted) : undefined;
  const classes = new Map<string, readonly string[]>();
  const interfaces = new Map<string, readonly string[]>();
  if (file !== undefined) {
    const source = ts.createSourceFile(file, readFileSync(path.join(folder, file), "utf8"), ts.ScriptTarget.ES2022);
    source.forEachChild((node) => {
      if (ts.isInterfaceDeclaration(node)) {
        interfaces.set(node.name.text, propertyNames(node.members));
      } else if (ts.isClassDeclaration(node) && node.name !== undefined) {
        classes.set(node.name.text, propertyNames(node.members));
      }
    });
  }
  return { classes, interfaces };
}

function propertyNames(members: ts.NodeArray<ts.TypeElement | ts.ClassElement>): readonly string[] {
  return members
    .filter((member) => ts.isPropertySignature(member) || ts.isPropertyDeclaration(member))
    .map((member) => member.name)
    .filter((name) => ts.isIdentifier(name))
    .map((name) => name.text)
    .filter((name) => !name.startsWith("__"));
}

function anyOf(names: readonly string[] = []): Record<string, object> {
  return Object.fromEntries(names.map((name) => [name, ANY]));
}

function versionOf(packageName: string): string {
  const file = path.join(SDKS, packageName, "package.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version.replace(/^v/, "") : "1.0.0";
}
