/** The YAML parser, loaded on first use. */

interface YamlParser {
  readonly FAILSAFE_SCHEMA: unknown;
  load(text: string, options: { readonly schema: unknown }): unknown;
}

/** Longer texts are not read; CodeBuild itself takes far less. */
const MAX_LENGTH = 1_200_000;

/**
 * Reads YAML, of which JSON is a part. Every scalar stays a text, so `1.10` and `yes` are what was written.
 *
 * @returns mappings, lists and texts; undefined for text that is no YAML, or that is too long or nested too deeply
 */
export function loadYaml(text: string): unknown {
  if (text.length > MAX_LENGTH) {
    return undefined;
  }
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports, local/import-direction -- on first use, as the shell parser is
    const yaml = require("js-yaml") as YamlParser;
    return yaml.load(text, { schema: yaml.FAILSAFE_SCHEMA });
  } catch {
    // A syntax error, or nesting too deep for the parser's recursion.
    return undefined;
  }
}
