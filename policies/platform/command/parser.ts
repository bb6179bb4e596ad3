/** The shell parser: the one package that this folder uses, and the one place where it is named. */
/* eslint-disable local/import-direction -- a maintained parser instead of our own; it reads text and nothing else */
import type * as unbash from "unbash" with { "resolution-mode": "import" };

export type {
  AndOr, ArithmeticFor, Assignment, Case, Command, CommandArgument, CompoundCommand, CompoundList, DoubleQuotedChild, For, If,
  ParameterExpansionPart, ParsedScript, Pipeline, PipelineNode, Redirected, Select, Statement, SyntaxNode, Word, WordPart,
} from "unbash" with { "resolution-mode": "import" };

export type Parser = Pick<typeof unbash, "parse" | "forEachChild">;

/** Loads the parser on first use: most stacks have no command to read, and their previews should not pay for it. */
export function loadParser(): Parser {
  // An ES module, which require() loads synchronously from Node 20.19 on.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require("unbash") as Parser;
}
