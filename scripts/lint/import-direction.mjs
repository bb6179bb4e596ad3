// ESLint rule: imports point one way. rules, report -> options -> stack -> platform and read -> stack; judging and saying
// see them all, and the adapter and the command see those two. Look-ups are loaded only where they are switched on, and the
// AWS SDK only there. Only the two index files see the adapter. It also keeps
// what only programs and types need out of the running pack, and all SDKs out of the command.
import path from "node:path";
import { forEachImport } from "./imports.mjs";

const PLATFORM = "policies/platform";
const STACK = "policies/stack";
const OPTIONS = "policies/options";
const LOOKUPS = "policies/lookups";
const READ = "policies/read";
const RULES = "policies/rules";
const REPORT = "policies/report";
const JUDGING = "policies/judging";
const SAYING = "policies/saying";
const CATALOGUE = "policies/catalogue";
const SESSION = "policies/session";
const ADAPTER = "policies/adapter";
const POLICIES = "policies/index";
const CLI = "cli";
const GENERATOR = "tests/generated/generator";

const BELOW_JUDGING = [PLATFORM, STACK, OPTIONS, READ, RULES, REPORT];
/** What the pack and the command share: nothing in it knows the policy SDK. */
const SHARED = [...BELOW_JUDGING, LOOKUPS, JUDGING, SAYING, CATALOGUE];
const EVERY_POLICY_LAYER = [...SHARED, SESSION, ADAPTER, POLICIES];

/** The layers of the running pack, and what each may import besides itself. */
const MAY_IMPORT = new Map([
  [PLATFORM, []],
  [STACK, [PLATFORM]],
  [OPTIONS, [STACK, PLATFORM]],
  [READ, [STACK, PLATFORM]],
  [RULES, [OPTIONS, STACK, PLATFORM]],
  [REPORT, [OPTIONS, STACK, PLATFORM]],
  [LOOKUPS, [OPTIONS, STACK, PLATFORM]],
  [JUDGING, [...BELOW_JUDGING, LOOKUPS]],
  [SAYING, [...BELOW_JUDGING, JUDGING]],
  [CATALOGUE, [...BELOW_JUDGING, SAYING]],
  [SESSION, [...BELOW_JUDGING, JUDGING]],
  [ADAPTER, EVERY_POLICY_LAYER.filter((layer) => layer !== LOOKUPS)],
  [POLICIES, EVERY_POLICY_LAYER.filter((layer) => layer !== LOOKUPS)],
  ["index", EVERY_POLICY_LAYER.filter((layer) => layer !== LOOKUPS)],
  [CLI, SHARED.filter((layer) => layer !== LOOKUPS)],
]);

const SOURCE_EXTENSION = /\.[cm]?[jt]s$/;

/**
 * The layer that a path inside the project belongs to.
 *
 * @param {string} file path relative to the project, with `/`, with or without its extension
 * @returns {string} a key of MAY_IMPORT, or the folder for everything that is not part of the running pack
 */
function layerOf(file) {
  const [first, second, ...rest] = file.replace(SOURCE_EXTENSION, "").split("/");
  if (first === "policies") {
    return second === undefined ? POLICIES : `policies/${second}`;
  }
  if (first === "tests" && second === "generated" && rest[0] === "generator") {
    return GENERATOR;
  }
  return first === "" || first === "." ? "index" : first;
}

/** Says why `from` must not import the project file `target`, or undefined when it may. */
function wrongDirection(from, target, isLazy) {
  if (from === target) {
    return undefined;
  }
  if (target === LOOKUPS && from.startsWith("policies/") && !isLazy) {
    return "Look-ups are loaded only where they are switched on: write `import type`, and `require` in a function.";
  }
  const allowed = MAY_IMPORT.get(from);
  if (allowed !== undefined) {
    return allowed.includes(target) ? undefined : `${from} must not import ${target}; it may import: ${allowed.join(", ") || "nothing"}.`;
  }
  if (from.startsWith("policies/")) {
    return `${from} is no layer of the pack; put the file into one, or name it in scripts/lint/import-direction.mjs.`;
  }
  if (from === GENERATOR && (MAY_IMPORT.has(target) || target.startsWith("policies/"))) {
    return "The generator of stacks must not import the pack, or it would share the pack's mistakes.";
  }
  if (from !== "tests" && (target === ADAPTER || target === SESSION)) {
    return "Only index.ts, policies/index.ts and tests may import the adapter, and only the adapter its session.";
  }
  return undefined;
}

/** Says why `from` must not import the package `name`, or undefined when it may. */
function wrongPackage(from, name, typeOnly) {
  if (!MAY_IMPORT.has(from) && !from.startsWith("policies/")) {
    return undefined;
  }
  if (from === PLATFORM) {
    return `${PLATFORM} is plain TypeScript: no packages and no Node modules.`;
  }
  const [scope, pack] = name.split("/");
  if (scope === "@aws-sdk" || scope === "@smithy") {
    return from === LOOKUPS && typeOnly ? undefined : `Only ${LOOKUPS} uses the AWS SDK, which may be missing: write \`import type\`, and load it where it is used.`;
  }
  if (from === CLI && scope === "@pulumi" && !typeOnly) {
    return "The command runs without Pulumi's SDKs, so that it starts at once.";
  }
  if (typeOnly || scope !== "@pulumi" || pack === "pulumi") {
    return undefined;
  }
  if (pack === "policy") {
    return from === ADAPTER || from === "index" ? undefined : `Only index.ts and ${ADAPTER}.ts run @pulumi/policy; elsewhere write \`import type\`.`;
  }
  return "Provider SDKs cost seconds at start and are not installed with the pack; write `import type` and name types by token.";
}

/** True where a module is loaded only once a function gets there. */
function isLazy(node) {
  return isTypeOnly(node) || node.type === "CallExpression" || node.type === "ImportExpression";
}

/** True where TypeScript removes the whole statement. `import { type A }` is left out: it depends on compiler settings. */
function isTypeOnly(node) {
  return node.importKind === "type" || node.exportKind === "type" || node.type === "TSImportType";
}

export const importDirection = {
  meta: {
    type: "problem",
    docs: { description: "Imports point one way, from what the pack and the command do to what they know." },
    messages: { wrong: "{{reason}}" },
    schema: [],
  },
  create(context) {
    const file = path.relative(context.cwd, context.filename).split(path.sep).join("/");
    const from = layerOf(file);

    return forEachImport((specifier, node) => {
      const reason = specifier.startsWith(".")
        ? wrongDirection(from, layerOf(path.posix.join(path.posix.dirname(file), specifier)), isLazy(node))
        : wrongPackage(from, specifier, isTypeOnly(node));
      if (reason !== undefined) {
        context.report({ node, messageId: "wrong", data: { reason } });
      }
    });
  },
};
