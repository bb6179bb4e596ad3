// ESLint rule: the generator of stacks and its reference know nothing of the pack, not even through a helper of the tests:
// what they share with the pack, they would be wrong about together. Every import is followed as far as it leads.
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { forEachImport } from "./imports.mjs";

const GENERATOR = "tests/generated/generator/";
/** What has the pack in it. */
const PACK = /^(policies\/|index\.ts$)/;
/** Any way to name another module by its place: `from "./x"`, `import("./x")`, `require("./x")`, `import "./x"`. */
const IMPORTS = /(?:from|import|require)\s*\(?\s*["'](\.{1,2}(?:\/[^"']*)?)["']/g;

/** The file that an import means, relative to the project; undefined where there is none. */
function fileOf(root, from, specifier) {
  const place = path.join(root, path.dirname(from), specifier.replace(/\.[cm]?js$/, ""));
  const candidates = [place, `${place}.ts`, `${place}.mjs`, `${place}.js`, path.join(place, "index.ts")];
  const found = candidates.find((candidate) => existsSync(candidate) && statSync(candidate).isFile());
  return found === undefined ? undefined : path.relative(root, found).split(path.sep).join("/");
}

function importsOf(root, file) {
  const text = existsSync(path.join(root, file)) ? readFileSync(path.join(root, file), "utf8") : "";
  return [...text.matchAll(IMPORTS)].flatMap(([, specifier]) => fileOf(root, file, specifier) ?? []);
}

/** The way from a file to the pack, as the files on it; undefined where there is none. */
function wayToPack(root, file, seen = new Set()) {
  if (PACK.test(file)) {
    return [file];
  }
  seen.add(file);
  for (const next of importsOf(root, file)) {
    const way = seen.has(next) ? undefined : wayToPack(root, next, seen);
    if (way !== undefined) {
      return [file, ...way];
    }
  }
  return undefined;
}

export const generatorApart = {
  meta: {
    type: "problem",
    docs: { description: "The generator of stacks imports nothing that leads to the pack." },
    messages: { leads: "The generator of stacks must not know the pack, and this leads there: {{way}}." },
    schema: [],
  },
  create(context) {
    const root = context.cwd;
    const from = path.relative(root, context.filename).split(path.sep).join("/");
    if (!from.startsWith(GENERATOR)) {
      return {};
    }

    return forEachImport((specifier, node) => {
      const file = specifier.startsWith(".") ? fileOf(root, from, specifier) : undefined;
      const way = file === undefined ? undefined : wayToPack(root, file);
      if (way !== undefined) {
        context.report({ node, messageId: "leads", data: { way: way.join(" → ") } });
      }
    });
  },
};
