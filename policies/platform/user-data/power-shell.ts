/** Windows scripts. Never certain, for what the module ECSTools does is not documented in full. */

import { EXPANSION, type Effect } from "./effect";

export function powerShellEffects(text: string): Effect[] {
  return withoutBlockComments(text)
    .replace(/`[ \t]*\n/g, " ")
    .split("\n")
    .flatMap((line) => powerShellLine(line.trim()));
}

function withoutBlockComments(text: string): string {
  const [first = "", ...rest] = text.split("<#");
  return first + rest.map((piece) => piece.split("#>").slice(1).join("#>")).join("");
}

function powerShellLine(line: string): Effect[] {
  if (line.startsWith("#")) {
    return [];
  }
  const initialize = /\bInitialize-ECSAgent\b([^;|]*)/i.exec(line)?.[1];
  if (initialize !== undefined) {
    const argument = /\s-Cluster(?::|\s)\s*(\S+)/i.exec(initialize)?.[1];
    return [argument === undefined ? { kind: "configure" } : powerShellName(argument)];
  }
  const variable = /SetEnvironmentVariable\(\s*["']ECS_CLUSTER["']\s*,\s*([^,)]*)/i.exec(line)?.[1];
  return variable === undefined ? [] : [powerShellName(variable.trim())];
}

/** `name`, `"name"` or `'name'`; with a `$` outside single quotes it is computed. */
function powerShellName(argument: string): Effect {
  const value = argument.replace(/^(["'])(.*)\1$/, "$2");
  const computed = !argument.startsWith("'") && /[$(`]/.test(argument);
  return { kind: "name", value: computed ? EXPANSION : value, certain: false };
}
