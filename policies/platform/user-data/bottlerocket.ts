/** Bottlerocket settings: the plain part of TOML. */

import { splitAssignment, WHY, type Effect } from "./effect";

/** All Bottlerocket settings are below the table `settings`. */
export function isBottlerocket(text: string): boolean {
  return text.split("\n").some((line) => /^\[?settings[.\]]/.test(normalKey(line)));
}

export function bottlerocketEffects(text: string): Effect[] {
  const effects: Effect[] = [];
  let table = "";
  let inLongString = false;
  for (const line of text.split("\n").map((raw) => raw.trim())) {
    const closesOrOpens = (line.split(/"""|'''/).length - 1) % 2 === 1;
    if (!inLongString && line.startsWith("[")) {
      table = line.slice(1).split("]", 1)[0] ?? "";
      effects.push(...(normalKey(table) === "settings.ecs" ? [{ kind: "configure" } as const] : []));
    } else if (!inLongString && !line.startsWith("#")) {
      effects.push(...settingEffects(table, line));
    }
    inLongString = inLongString !== closesOrOpens;
  }
  return effects;
}

/** `"settings" . ecs` and `settings.ecs` are the same key. */
function normalKey(key: string): string {
  return key.replace(/["'\s]/g, "");
}

function settingEffects(table: string, line: string): Effect[] {
  const [key, value] = splitAssignment(line);
  const path = normalKey(table === "" ? key : `${table}.${key}`);
  if (path === "settings.ecs.cluster") {
    const name = /^(["'])([^"'\\]*)\1[ \t]*(?:#.*)?$/.exec(value)?.[2];
    return [name === undefined ? { kind: "unreadable", why: WHY.unread } : { kind: "name", value: name, certain: true }];
  }
  if (path === "settings.ecs" || path === "settings") {
    return [value.includes("cluster") ? { kind: "unreadable", why: WHY.unread } : { kind: "configure" }];
  }
  return path.startsWith("settings.ecs.") ? [{ kind: "configure" }] : [];
}
