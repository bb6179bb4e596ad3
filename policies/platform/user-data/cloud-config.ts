/** cloud-init documents: the plain part of YAML, and JSON. */

import { configurationEffects, EXPANSION, targetOf, WHY, type Effect } from "./effect";
import { shellEffects } from "./shell";

/** A scalar or a list of scalars; undefined for YAML that is not read. */
type YamlValue = string | readonly string[] | undefined;

interface CloudConfig {
  readonly bootcmd: readonly YamlValue[];
  readonly runcmd: readonly YamlValue[];
  readonly files: readonly (ReadonlyMap<string, YamlValue> | undefined)[];
}

/** In the order in which cloud-init runs the modules. */
export function cloudConfigEffects(text: string): Effect[] {
  const { bootcmd, runcmd, files } = readCloudConfig(text);
  return [...commandEffects(bootcmd), ...files.flatMap(fileEffects), ...commandEffects(runcmd)];
}

/** cloud-init joins the commands into one script; a list is one command, word by word. */
function commandEffects(commands: readonly YamlValue[]): Effect[] {
  const lines = commands.map((command) => {
    if (command === undefined) {
      return "";
    }
    return typeof command === "string" ? command : command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  });
  return shellEffects(lines.join("\n"), true, 0);
}

function fileEffects(file: ReadonlyMap<string, YamlValue> | undefined): Effect[] {
  const path = file?.get("path");
  if (file === undefined || typeof path !== "string" || targetOf(path) !== "agent") {
    return [];
  }
  const content = fileContent(file.get("content"), file.has("encoding") ? file.get("encoding") : "text/plain");
  if (content === undefined) {
    return [{ kind: "unreadable", why: WHY.rewritten }];
  }
  const append = file.has("append") && file.get("append") !== "false";
  return [...(append ? [] : [{ kind: "clear", certain: true } as const]), ...configurationEffects(content, true)];
}

function fileContent(content: YamlValue, encoding: YamlValue): string | undefined {
  if (typeof content !== "string") {
    return undefined;
  }
  switch (encoding) {
    case "text/plain":
      return content;
    case "b64":
    case "base64":
      return Buffer.from(content, "base64").toString("utf8").replaceAll(EXPANSION, " ");
    default:
      return undefined;
  }
}

function readCloudConfig(text: string): CloudConfig {
  const lines = text.split("\n");
  const body = lines.filter((line) => !line.startsWith("#")).join("\n");
  if (body.trimStart().startsWith("{")) {
    return cloudConfigOfJson(parseJson(body));
  }
  const sections = readSections(lines);
  const valuesOf = (name: string): YamlValue[] => readItems(sections.get(name) ?? []).map((item) => readYamlValue(item, 0));
  return { bootcmd: valuesOf("bootcmd"), runcmd: valuesOf("runcmd"), files: readItems(sections.get("write_files") ?? []).map(readMapping) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function cloudConfigOfJson(json: unknown): CloudConfig {
  const listOf = (name: string): unknown[] => {
    const list = fieldOf(json, name);
    return Array.isArray(list) ? list : [];
  };
  return {
    bootcmd: listOf("bootcmd").map(yamlValueOf),
    runcmd: listOf("runcmd").map(yamlValueOf),
    files: listOf("write_files").map((file) =>
      typeof file === "object" && file !== null
        ? new Map(Object.entries(file).map(([key, value]: [string, unknown]) => [key, yamlValueOf(value)]))
        : undefined,
    ),
  };
}

function fieldOf(json: unknown, name: string): unknown {
  return typeof json === "object" && json !== null && Object.hasOwn(json, name) ? (json as Record<string, unknown>)[name] : undefined;
}

function yamlValueOf(json: unknown): YamlValue {
  if (typeof json === "string" || typeof json === "boolean") {
    return String(json);
  }
  return Array.isArray(json) && json.every((item) => typeof item === "string") ? json : undefined;
}

/** The lines under each key of the document; a value on the line of its key becomes the first line. */
function readSections(lines: readonly string[]): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of lines) {
    const key = /^([A-Za-z_][A-Za-z0-9_-]*):(.*)$/.exec(line);
    if (key?.[1] !== undefined) {
      current = [key[2] ?? ""];
      sections.set(key[1], current);
    } else if (!line.startsWith("#")) {
      current.push(line);
    }
  }
  return sections;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function isBlank(line: string): boolean {
  return line.trim() === "";
}

/** The items of a block sequence, each with its hyphen replaced by a space, so that columns stay. */
function readItems(lines: readonly string[]): string[][] {
  const items: string[][] = [];
  const first = lines.find((line) => !isBlank(line) && !line.trimStart().startsWith("#"));
  if (first === undefined) {
    return items;
  }
  const indent = indentOf(first);
  for (const line of lines) {
    const ownIndent = indentOf(line);
    if (ownIndent === indent && /^-(?:\s|$)/.test(line.slice(indent))) {
      items.push([`${line.slice(0, indent)} ${line.slice(indent + 1)}`]);
    } else if (isBlank(line) || ownIndent > indent) {
      items.at(-1)?.push(line);
    }
  }
  return items;
}

/** The entries of a block mapping; undefined for anything else. */
function readMapping(lines: readonly string[]): Map<string, YamlValue> | undefined {
  const first = lines.find((line) => !isBlank(line));
  const entries: { key: string; lines: string[] }[] = [];
  for (const line of lines) {
    if (first === undefined || isBlank(line) || indentOf(line) > indentOf(first)) {
      entries.at(-1)?.lines.push(line);
      continue;
    }
    const entry = /^([A-Za-z_][A-Za-z0-9_-]*):(\s.*)?$/.exec(line.trimStart());
    if (entry?.[1] !== undefined) {
      entries.push({ key: entry[1], lines: [entry[2] ?? ""] });
    } else if (!line.trimStart().startsWith("#")) {
      return undefined;
    }
  }
  return new Map(entries.map(({ key, lines: value }) => [key, readYamlValue(value, 0)]));
}

/** A scalar or a list of scalars. Anchors, tags, flow mappings and the like are not read. */
function readYamlValue(lines: readonly string[], depth: number): YamlValue {
  const start = lines.findIndex((line) => !isBlank(line));
  const first = lines[start]?.trim() ?? "";
  const rest = lines.slice(start + 1);
  if (/^[|>]/.test(first)) {
    return readBlockScalar(first, rest);
  }
  if (/^-(?:\s|$)/.test(first)) {
    const items = depth === 0 ? readItems(lines.slice(start)).map((item) => readYamlValue(item, depth + 1)) : [];
    return yamlValueOf(items);
  }
  const joinedLines = [first, ...rest.map((line) => line.trim())].join(" ").trim();
  switch (first.charAt(0)) {
    case '"':
      return yamlValueOf(parseJson(joinedLines));
    case "'":
      return readSingleQuoted(joinedLines);
    case "[":
      return readFlowSequence(joinedLines);
    default:
      return readPlainScalar(joinedLines);
  }
}

function readBlockScalar(header: string, lines: readonly string[]): string | undefined {
  if (!/^[|>][-+]?\s*(?:#.*)?$/.test(header)) {
    return undefined;
  }
  const indent = indentOf(lines.find((line) => !isBlank(line)) ?? "");
  const body = lines.map((line) => line.slice(Math.min(indent, indentOf(line))));
  return header.startsWith("|") ? body.join("\n") : body.map((line) => (isBlank(line) ? "\n" : line)).join(" ");
}

function readSingleQuoted(text: string): string | undefined {
  const inner = /^'((?:[^']|'')*)'$/.exec(text)?.[1];
  return inner?.replaceAll("''", "'");
}

function readPlainScalar(text: string): string | undefined {
  const [value = ""] = text.split(" #", 1);
  const special = /^[&*!{}%@`,?#]/.test(value) || value.includes(": ") || value.endsWith(":");
  return special ? undefined : value.trim();
}

/** `[sh, -c, "..."]` */
function readFlowSequence(text: string): YamlValue {
  const item = /\s*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s,"'[\]{}][^,"'[\]{}]*)\s*([,\]])/y;
  const values: YamlValue[] = [];
  let position = 1;
  let mark: string | undefined = ",";
  while (mark === ",") {
    item.lastIndex = position;
    const found = item.exec(text);
    values.push(found?.[1] === undefined ? undefined : readYamlValue([found[1]], 1));
    position = item.lastIndex;
    mark = found?.[2];
  }
  return mark === "]" && position === text.length ? yamlValueOf(values) : undefined;
}
