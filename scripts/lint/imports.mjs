// What both rules about imports need: every kind of statement that names another module, and the name in it.

/** The literal that names the module, whatever the statement is called; undefined where it names none. */
function sourceOf(node) {
  switch (node.type) {
    case "TSImportEqualsDeclaration":
      return node.moduleReference.type === "TSExternalModuleReference" ? node.moduleReference.expression : undefined;
    case "CallExpression":
      return node.callee.type === "Identifier" && node.callee.name === "require" ? node.arguments[0] : undefined;
    default:
      return node.source ?? undefined;
  }
}

/**
 * An ESLint visitor that calls `check` for each statement that names another module.
 *
 * @param {(specifier: string, node: object) => void} check
 */
export function forEachImport(check) {
  function visit(node) {
    const specifier = sourceOf(node)?.value;
    if (typeof specifier === "string") {
      check(specifier, node);
    }
  }
  return {
    ImportDeclaration: visit,
    ExportNamedDeclaration: visit,
    ExportAllDeclaration: visit,
    ImportExpression: visit,
    TSImportType: visit,
    TSImportEqualsDeclaration: visit,
    CallExpression: visit,
  };
}
