import tseslint from "typescript-eslint";
import { generatorApart } from "./scripts/lint/generator-apart.mjs";
import { importDirection } from "./scripts/lint/import-direction.mjs";

const NAMED_EXPORTS = [
  "ExportDefaultDeclaration",
  "ExportSpecifier[exported.name='default']",
  "ExportSpecifier[exported.value='default']",
  "TSExportAssignment",
].map((selector) => ({ selector, message: "No default exports: a name that is searched for is found." }));

const NO_PROPS = [
  "MemberExpression[property.name='props']",
  "MemberExpression[property.value='props']",
  "ObjectPattern > Property[key.name='props']",
].map((selector) => ({
  selector,
  message: "Properties of a resource throw when they are unknown; only policies/read touches them, through its reader.",
}));

const local = { rules: { "generator-apart": generatorApart, "import-direction": importDirection } };

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "**/node_modules/", "reports/"] },

  {
    name: "scripts",
    files: ["**/*.{js,mjs,cjs}"],
    extends: [tseslint.configs.recommended],
    rules: { "no-var": "error", "prefer-const": "error", eqeqeq: "error" },
  },
  {
    name: "scripts in CommonJS",
    files: ["**/*.{js,cjs}"],
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },

  {
    name: "TypeScript",
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { local },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "local/generator-apart": "error",
      "local/import-direction": "error",
      "no-restricted-syntax": ["error", ...NAMED_EXPORTS],
      eqeqeq: "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
      "@typescript-eslint/consistent-type-exports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      // record["key"] says that the key comes from outside and may be missing.
      "@typescript-eslint/dot-notation": ["error", { allowIndexSignaturePropertyAccess: true }],
      // `${count} tasks` is plain; objects and unknown values in a text stay errors.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    },
  },
  {
    name: "the running pack",
    files: ["policies/**/*.ts", "cli/**/*.ts", "index.ts"],
    rules: {
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      "no-console": "error", // the first line on stdout is the port the engine reads; the command's stdout is its report
    },
  },
  {
    name: "resource properties stay in the reader",
    files: ["policies/**/*.ts", "cli/**/*.ts", "index.ts"],
    ignores: ["policies/read/**", "policies/session.ts"],
    rules: { "no-restricted-syntax": ["error", ...NAMED_EXPORTS, ...NO_PROPS] },
  },
  {
    name: "tests and measurements",
    files: ["tests/**/*.ts", "bench/**/*.ts"],
    rules: {
      // A test that is wrong about `undefined` or about parsed JSON fails; that is its purpose.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      // Test data is ASCII, and a test takes properties away to see what happens without them.
      "@typescript-eslint/no-misused-spread": "off",
      "@typescript-eslint/no-dynamic-delete": "off",
    },
  },
  {
    name: "Pulumi programs",
    files: ["examples/**/*.ts", "tests/**/programs/**/*.ts"],
    // A program's resources register themselves when they are made; nothing has to use the variable.
    rules: { "@typescript-eslint/no-unused-vars": "off" },
  },
);
