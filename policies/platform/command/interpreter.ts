/**
 * Goes through a shell script the way the shell would, as far as that can be told from its text, and writes down
 * what the container tools in it do to images. Commands are taken to succeed: where one fails, the deployment fails.
 * What runs under a condition leaves nothing certain behind.
 */
import { runContainerTool, type ToolCall } from "./image-tools";
import type { Ledger } from "./ledger";
import { isKnown, startsUnknown, type Field } from "./options";
import { isHarmless, isQuestion, programName } from "./programs";
import type {
  AndOr, ArithmeticFor, Assignment, Case, Command, CommandArgument, CompoundList, For, If, ParsedScript, Parser, Pipeline, PipelineNode,
  Select, Statement, SyntaxNode,
} from "./parser";
import type { Opacity } from "./reading";
import { runCrane, runKo, runSkopeo } from "./registry-tools";
import { Shell, type FunctionBody } from "./shell-state";
import type { DefaultPlatform } from "./stated-platform";
import { expandValue, expandWord, type Expander } from "./words";
import { isWrapper, plainSurroundings, unwrap, type Surroundings } from "./wrappers";

/** Deeper scripts are not read; 20 is a lot. */
const MAX_DEPTH = 100;
/** Characters of commands and their words, function calls and rounds of loops counted anew. */
const MAX_WORK = 8_000_000;
const WORK_PER_COMMAND = 30;
/** A loop over more words is read as one round of which nothing is certain. */
const MAX_ROUNDS = 16;

/** The parser takes time in proportion to the square of the here-documents of a line. */
const MAX_HERE_DOCUMENTS = 1000;

const SHELLS = new Set(["sh", "bash", "dash", "ash", "zsh", "ksh", "busybox-sh"]);
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Thrown to give up the whole script; the reading then says that it could not be followed. */
export class TooMuch extends Error {}

type AnyNode = PipelineNode | AndOr | CompoundList | FunctionBody;

export class Interpreter implements Expander {
  private shell: Shell;
  private depth = 0;
  private work = 0;
  private positional: readonly Field[] | undefined;
  private exportsAll = false;
  private locals: string[] | undefined;
  splits = true;

  constructor(
    private readonly ledger: Ledger,
    private readonly parser: Parser,
    environment: Readonly<Record<string, string | undefined>>,
  ) {
    this.shell = new Shell(undefined, environment);
  }

  /** Reads a script in this shell, after whatever was read before. */
  runSource(source: string): void {
    this.charge(source.length);
    if (source.split("<<", MAX_HERE_DOCUMENTS + 1).length > MAX_HERE_DOCUMENTS) {
      throw new TooMuch();
    }
    this.runScript(this.parser.parse(source));
  }

  /** Reads a script in a shell of its own, with the same environment. */
  runApart(source: string): void {
    this.inShell(this.shell.child(false), () => this.runSource(source));
  }

  // Expander -----------------------------------------------------------------------------------------------------

  value(name: string): string {
    if (NAME.test(name)) {
      const value = this.shell.value(name);
      this.charge(value.length);
      return value;
    }
    const index = /^[1-9][0-9]?$/.test(name) ? Number(name) : 0;
    const before = this.positional?.slice(0, index);
    const field = before?.[index - 1];
    return field === undefined || before?.some(({ loose }) => loose) === true ? this.freshHole() : field.text;
  }

  freshHole(): string {
    return this.shell.freshHole();
  }

  substitute(script: ParsedScript | undefined): string {
    this.inShell(this.shell.child(false), () => this.runScript(script));
    const only = script?.commands.length === 1 ? script.commands[0]?.command : undefined;
    const isDirectory = only?.type === "Command" && only.name?.value === "pwd";
    return `${isDirectory ? "/" : ""}${this.freshHole()}`;
  }

  arithmetic(text: string): void {
    if (/=|\+\+|--/.test(text)) {
      for (const name of text.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? []) {
        this.assign(name, this.freshHole());
      }
    }
  }

  effects(node: SyntaxNode): void {
    const children: SyntaxNode[] = [];
    this.parser.forEachChild(node, (child) => children.push(child));
    for (let child = children.pop(); child !== undefined; child = children.pop()) {
      this.charge(1);
      if (child.type === "CommandExpansion" || child.type === "ProcessSubstitution" || child.type === "ArithmeticCommandExpansion") {
        this.substitute(child.script);
      } else if (child.type !== "Script") {
        this.parser.forEachChild(child, (grandchild) => children.push(grandchild));
      }
    }
  }

  // State --------------------------------------------------------------------------------------------------------

  private charge(work: number): void {
    this.work += work;
    if (this.work > MAX_WORK) {
      throw new TooMuch();
    }
  }

  private inShell(shell: Shell, action: () => void): void {
    const before = { shell: this.shell, splits: this.splits, exportsAll: this.exportsAll };
    this.shell = shell;
    action();
    this.shell = before.shell;
    this.splits = before.splits;
    this.exportsAll = before.exportsAll;
  }

  private inDoubt(action: () => void): void {
    this.ledger.doubt += 1;
    action();
    this.ledger.doubt -= 1;
  }

  /** A loop: its rounds see each other's assignments, and it may have no round at all. */
  private inLoop(action: () => void): void {
    this.inDoubt(() => {
      const shell = this.shell;
      shell.blind += 1;
      action();
      shell.blind -= 1;
    });
  }

  private assign(name: string, value: string, exported?: boolean): void {
    if (name === "IFS") {
      this.splits = false;
    }
    this.shell.assign(name, this.ledger.doubt > 0 ? this.freshHole() : value, this.exportsAll ? true : exported);
  }

  private opaque(reason: Opacity): void {
    this.ledger.opaque(reason);
  }

  // Statements ---------------------------------------------------------------------------------------------------

  private runScript(script: ParsedScript | undefined): void {
    if (script === undefined || (script.errors !== undefined && script.errors.length > 0)) {
      this.opaque("a command that could not be followed");
      this.shell.poison();
      return;
    }
    this.runStatements(script.commands);
  }

  private runStatements(statements: readonly Statement[]): void {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) {
      throw new TooMuch();
    }
    for (const statement of statements) {
      if (this.shell.exited) {
        break;
      }
      if (statement.background === true) {
        // It may end before or after what follows.
        this.inDoubt(() => this.inShell(this.shell.child(false), () => this.runNode(statement.command)));
      } else {
        this.runNode(statement.command);
      }
    }
    this.depth -= 1;
  }

  private runNode(node: AnyNode): void {
    this.charge(WORK_PER_COMMAND);
    switch (node.type) {
      case "Command":
        this.runCommand(node);
        return;
      case "AndOr":
        this.runAndOr(node);
        return;
      case "Pipeline":
        this.runPipeline(node);
        return;
      case "CompoundList":
        this.runStatements(node.commands);
        return;
      case "BraceGroup":
        this.runStatements(node.body.commands);
        return;
      case "Subshell":
        this.inShell(this.shell.child(false), () => this.runStatements(node.body.commands));
        return;
      case "Redirected":
        node.redirects.forEach((redirect) => this.effects(redirect));
        this.runNode(node.command);
        return;
      case "If":
        this.runIf(node);
        return;
      case "Case":
        this.runCase(node);
        return;
      case "For":
        this.runFor(node);
        return;
      case "While":
        this.inLoop(() => {
          this.runStatements(node.clause.commands);
          this.runStatements(node.body.commands);
        });
        return;
      case "Select":
      case "ArithmeticFor":
        headOf(node).forEach((part) => this.effects(part));
        this.inLoop(() => this.runStatements(node.body.commands));
        return;
      case "Function":
        this.shell.define(node.name.value, this.ledger.doubt > 0 ? undefined : node.body);
        return;
      case "Coproc":
        this.inDoubt(() => this.runNode(node.body));
        return;
      case "TestCommand":
        this.effects(node);
        return;
      case "ArithmeticCommand":
        this.effects(node);
        this.arithmetic(node.body);
        return;
    }
  }

  private runAndOr(node: AndOr): void {
    let doubtful = false;
    node.commands.forEach((command, index) => {
      const isAlternative = index > 0 && node.operators[index - 1] === "||";
      if (this.shell.exited) {
        return;
      }
      if (doubtful || isAlternative) {
        this.inDoubt(() => this.runNode(command));
      } else {
        this.runNode(command);
      }
      doubtful ||= asks(command);
    });
  }

  private runPipeline(node: Pipeline): void {
    if (node.commands.length === 1) {
      node.commands.forEach((command) => this.runNode(command));
      return;
    }
    for (const command of node.commands) {
      this.inShell(this.shell.child(false), () => this.runNode(command));
    }
  }

  private runIf(node: If): void {
    this.runStatements(node.clause.commands);
    this.inDoubt(() => {
      this.runStatements(node.then.commands);
      for (const branch of node.elif) {
        this.runStatements(branch.clause.commands);
        this.runStatements(branch.then.commands);
      }
      this.runStatements(node.else?.commands ?? []);
    });
  }

  private runCase(node: Case): void {
    this.effects(node.word);
    this.inDoubt(() => {
      for (const item of node.items) {
        item.pattern.forEach((pattern) => this.effects(pattern));
        this.runStatements(item.body.commands);
      }
    });
  }

  private runFor(node: For): void {
    const fields = node.wordlist?.flatMap((word) => expandWord(word, this));
    const isPlain = fields !== undefined && fields.length <= MAX_ROUNDS && fields.every(({ text }) => isKnown(text));
    if (!isPlain || this.ledger.doubt > 0) {
      this.assign(node.name.value, this.freshHole());
      this.inLoop(() => this.runStatements(node.body.commands));
      return;
    }
    for (const { text } of fields) {
      this.assign(node.name.value, text);
      this.runStatements(node.body.commands);
    }
  }

  // Simple commands ----------------------------------------------------------------------------------------------

  private assignedValue(assignment: Assignment): string {
    const { value } = assignment;
    if (value.type === "ArrayValue" || assignment.index !== undefined) {
      this.effects(assignment);
      return this.freshHole();
    }
    return expandValue(value, this);
  }

  private field(argument: CommandArgument): readonly Field[] {
    if (argument.type === "Word") {
      return expandWord(argument, this);
    }
    const operator = argument.append === true ? "+=" : "=";
    return [{ text: `${argument.name}${operator}${this.assignedValue(argument)}`, loose: false }];
  }

  private runCommand(node: Command): void {
    this.charge(node.end - node.pos);
    node.redirects.forEach((redirect) => this.effects(redirect));
    const assignments = node.prefix.filter((part): part is Assignment => part.type === "Assignment");
    const { name } = node;
    if (name === undefined) {
      assignments.forEach((assignment) => this.assignHere(assignment));
      return;
    }
    if (isRegistryLogin(name) || (name.value === "eval" && node.args.length === 1 && node.args.every(isRegistryLogin))) {
      return;
    }
    const fields = [...expandWord(name, this), ...node.args.flatMap((argument) => this.field(argument))];
    const around = plainSurroundings();
    for (const assignment of assignments) {
      around.set.set(assignment.name, this.assignedValue(assignment));
    }
    this.charge(fields.reduce((sum, { text }) => sum + text.length + 1, 0));
    this.runWords(fields, around);
  }

  private assignHere(assignment: Assignment): void {
    const value = this.assignedValue(assignment);
    const before = assignment.append === true ? this.shell.value(assignment.name) : "";
    this.assign(assignment.name, `${before}${value}`);
  }

  private runWords(fields: readonly Field[], around: Surroundings): void {
    let words = fields;
    let ends = false;
    for (;;) {
      this.charge(words.length);
      const [first, ...rest] = words;
      if (first === undefined) {
        return;
      }
      const name = isKnown(first.text) ? programName(first.text) : undefined;
      if (name === undefined) {
        const isNamed = isKnown(first.text);
        this.opaque(isNamed ? "a program that may build or push images by itself" : "a program whose name is not known before it runs");
        return;
      }
      if (!isWrapper(name) || this.shell.function(name) !== undefined) {
        this.runProgram(name, rest, around);
        break;
      }
      ends ||= name === "exec" && rest.length > 0;
      const before = this.defaultPlatform(around);
      const inner = unwrap(name, rest, around);
      if (inner === undefined) {
        this.opaque("text that the shell makes while it runs");
        return;
      }
      if (around.root && before.kind !== "unset" && this.defaultPlatform(around).kind !== "set") {
        around.set.set("DOCKER_DEFAULT_PLATFORM", this.freshHole());
      }
      words = inner;
    }
    if (ends && this.ledger.doubt === 0) {
      this.shell.exited = true;
    }
  }

  private runProgram(name: string, rest: readonly Field[], around: Surroundings): void {
    const body = this.shell.function(name);
    if (body !== undefined) {
      this.callFunction(body, rest, around);
      return;
    }
    if (this.runBuiltin(name, rest)) {
      return;
    }
    if (SHELLS.has(name)) {
      this.runShell(rest, around);
      return;
    }
    switch (name) {
      case "docker":
      case "finch":
      case "nerdctl":
      case "podman":
      case "buildah":
        runContainerTool(name, rest, this.toolCall(name, around));
        return;
      case "ko":
        runKo(rest, this.toolCall(name, around));
        return;
      case "crane":
      case "gcrane":
        runCrane(rest, this.toolCall(name, around));
        return;
      case "skopeo":
        runSkopeo(rest, this.toolCall(name, around));
        return;
      default:
        if (!isHarmless(name, rest.map(({ text }) => text))) {
          this.opaque("a program that may build or push images by itself");
        }
    }
  }

  // Environment of a program -------------------------------------------------------------------------------------

  /** A variable as the program sees it: its text, undefined if it is not set or empty, or "unknown". */
  private environment(name: string, around: Surroundings): { readonly text: string } | "unknown" | undefined {
    const own = around.set.get(name);
    if (own !== undefined) {
      return own === "" ? undefined : { text: own };
    }
    if (around.cleared || around.removed.has(name)) {
      return undefined;
    }
    const found = this.shell.find(name);
    if (found === undefined || found === "unknown") {
      return found;
    }
    if (found.exported !== true) {
      return "unknown";
    }
    if (found.value === "") {
      return undefined;
    }
    return around.root ? "unknown" : { text: found.value };
  }

  private defaultPlatform(around: Surroundings): DefaultPlatform {
    const found = this.environment("DOCKER_DEFAULT_PLATFORM", around);
    if (found === undefined) {
      return { kind: "unset" };
    }
    return found === "unknown" || !isKnown(found.text) ? { kind: "unknown" } : { kind: "set", text: found.text };
  }

  private toolCall(name: string, around: Surroundings): ToolCall {
    const store = name === "podman" || name === "buildah" ? "containers" : name;
    const user = around.root && store !== "docker" ? "root" : "";
    const hosts = ["DOCKER_HOST", "DOCKER_CONTEXT", "CONTAINER_HOST"].map((variable) => {
      const found = this.environment(variable, around);
      return found === undefined || found === "unknown" ? "" : found.text;
    });
    return {
      ledger: this.ledger,
      store: [store, user, ...hosts].join("|"),
      defaultPlatform: this.defaultPlatform(around),
      variable: (variable) => {
        const found = this.environment(variable, around);
        return found === "unknown" ? this.freshHole() : found?.text;
      },
      opaque: (reason) => this.opaque(reason),
    };
  }

  // Shells and functions -----------------------------------------------------------------------------------------

  private callFunction(body: FunctionBody | "unknown", rest: readonly Field[], around: Surroundings): void {
    if (body === "unknown") {
      this.opaque("text that the shell makes while it runs");
      return;
    }
    this.depth += 1;
    const before = { positional: this.positional, locals: this.locals };
    this.positional = rest;
    this.locals = [...around.set.keys()];
    around.set.forEach((value, name) => this.assign(name, value, true));
    if (this.depth > MAX_DEPTH) {
      throw new TooMuch();
    }
    this.runNode(body);
    // What a local variable hid comes back; it is not followed.
    this.locals.forEach((name) => this.assign(name, this.freshHole()));
    this.positional = before.positional;
    this.locals = before.locals;
    this.depth -= 1;
  }

  /** `sh -c 'text' name arguments`, in its own process. */
  private runShell(words: readonly Field[], around: Surroundings): void {
    const script = shellScript(words);
    if (script === undefined || startsUnknown(script.text)) {
      this.opaque("text that the shell makes while it runs");
      return;
    }
    const child = this.shell.child(true);
    if (around.cleared) {
      child.poison();
    }
    const positional = this.positional;
    this.positional = script.positional;
    this.inShell(child, () => {
      around.removed.forEach((name) => child.unset(name));
      around.set.forEach((value, name) => child.assign(name, value, true));
      this.splits = true;
      this.exportsAll = false;
      this.runSource(script.text);
    });
    this.positional = positional;
  }

  // Builtins -----------------------------------------------------------------------------------------------------

  /** @returns false if there is no such builtin, or it needs no reading */
  private runBuiltin(name: string, rest: readonly Field[]): boolean {
    switch (name) {
      case "export":
      case "declare":
      case "typeset":
      case "local":
      case "readonly":
        this.declare(name, rest);
        return true;
      case "unset":
        rest.forEach(({ text }) => this.unset(text));
        return true;
      case "read":
      case "mapfile":
      case "readarray":
      case "getopts":
        rest.forEach(({ text }) => this.assignIfName(text));
        return true;
      case "printf":
        this.assignIfName(rest[0]?.text === "-v" ? (rest[1]?.text ?? "") : "");
        return true;
      case "let":
        rest.forEach(({ text }) => this.arithmetic(text));
        return true;
      case "eval":
        this.runEval(rest);
        return true;
      case "source":
      case ".":
      case "alias":
        this.opaque("text that the shell makes while it runs");
        this.shell.poison();
        return true;
      case "exit":
        this.exit(rest[0]?.text);
        return true;
      case "return":
      case "break":
      case "continue":
        // From here on it is not certain that the next command runs.
        this.ledger.doubt += 1;
        return true;
      case "trap":
        this.runTrap(rest[0]?.text ?? "-");
        return true;
      case "set":
        this.set(rest.map(({ text }) => text));
        return true;
      default:
        return false;
    }
  }

  private assignIfName(text: string): void {
    if (NAME.test(text)) {
      this.assign(text, this.freshHole());
    } else if (startsUnknown(text)) {
      this.shell.poison();
    }
  }

  private unset(name: string): void {
    if (this.ledger.doubt > 0) {
      this.assignIfName(name);
    } else if (NAME.test(name)) {
      this.shell.unset(name);
    } else if (!isKnown(name)) {
      this.shell.poison();
    }
  }

  private declare(builtin: string, rest: readonly Field[]): void {
    const options = rest.filter(({ text }) => /^[-+]/.test(text)).map(({ text }) => text).join("");
    const plain = !/[naAiluf+]/.test(options);
    const exported = plain && (builtin === "export" || options.includes("x")) ? true : undefined;
    for (const { text } of rest) {
      const declared = /^([A-Za-z_][A-Za-z0-9_]*)(\+?=)?([^]*)$/.exec(text);
      const [, name = "", operator, value = ""] = declared ?? [];
      if (!isKnown(name) || (name === "" && !isKnown(text))) {
        // `export $(cat .env)` sets variables that are not known.
        this.shell.poison();
      } else if (operator === undefined && NAME.test(text) && (!plain || exported === true)) {
        this.shell.export(name, plain && this.ledger.doubt === 0 ? exported : undefined);
      } else if (operator !== undefined) {
        const before = operator === "+=" ? this.shell.value(name) : "";
        this.assign(name, plain ? `${before}${value}` : this.freshHole(), exported);
      }
      if (builtin === "local" && name !== "") {
        this.locals?.push(name);
      }
    }
  }

  private runEval(rest: readonly Field[]): void {
    const text = rest.map((field) => field.text).join(" ");
    if (isKnown(text)) {
      this.runSource(text);
      return;
    }
    this.opaque("text that the shell makes while it runs");
    this.shell.poison();
  }

  private exit(code: string | undefined): void {
    if (this.ledger.doubt === 0) {
      this.shell.exited = true;
    } else if (code === undefined || code === "0" || !isKnown(code)) {
      // The command may end here and yet succeed.
      this.ledger.doubt += 1;
    }
  }

  private runTrap(text: string): void {
    if (!isKnown(text)) {
      this.opaque("text that the shell makes while it runs");
      return;
    }
    if (!text.startsWith("-")) {
      this.inDoubt(() => this.runApart(text));
    }
  }

  private set(words: readonly string[]): void {
    const first = words[0] ?? "";
    if (words.includes("allexport") || /^-[a-zA-Z]*a/.test(first)) {
      this.exportsAll = true;
    } else if (words.includes("--") || (first !== "" && !/^[-+]/.test(first))) {
      this.positional = undefined;
    }
  }
}

/** What the head of the loop evaluates. */
function headOf(node: Select | ArithmeticFor): readonly SyntaxNode[] {
  const parts = node.type === "Select" ? (node.wordlist ?? []) : [node.initialize, node.test, node.update];
  return parts.filter((part) => part !== undefined);
}

/** The text after `-c`, which may stand in a cluster (`-lc`, `-euxo pipefail -c`), and the words after it. */
function shellScript(words: readonly Field[]): { readonly text: string; readonly positional: readonly Field[] } | undefined {
  let isText = false;
  for (let at = 0; at < words.length; at += 1) {
    const text = words[at]?.text ?? "";
    if (!/^[-+]./.test(text)) {
      return isText ? { text, positional: words.slice(at + 2) } : undefined;
    }
    const cluster = text.startsWith("--") ? "" : text;
    isText ||= cluster.startsWith("-") && cluster.includes("c");
    at += /[oO]$/.test(cluster) ? 1 : 0;
  }
  return undefined;
}

/** `$(aws ecr get-login ...)`: version 1 of the AWS CLI prints a `docker login` command there. */
function isRegistryLogin(word: CommandArgument): boolean {
  const part = word.type === "Word" && word.parts?.length === 1 ? word.parts[0] : undefined;
  const inner = part?.type === "DoubleQuoted" && part.parts.length === 1 ? part.parts[0] : part;
  const commands = inner?.type === "CommandExpansion" ? inner.script?.commands : undefined;
  const command = commands?.length === 1 ? commands[0]?.command : undefined;
  if (command?.type !== "Command" || command.name?.value !== "aws") {
    return false;
  }
  const words = command.args.map((argument) => (argument.type === "Word" ? argument.value : ""));
  return words.includes("ecr") && words.includes("get-login") && words.every((text) => !text.includes("$(") && !text.includes("`"));
}

/** True if the node is run for its exit code, so that what follows `&&` may not run in a deployment that succeeds. */
function asks(node: AnyNode): boolean {
  switch (node.type) {
    case "TestCommand":
    case "ArithmeticCommand":
      return true;
    case "Command": {
      const words = node.args.map((argument) => (argument.type === "Word" ? argument.value : ""));
      const name = node.name?.value ?? "";
      return isQuestion(name, words) || (name === "command" && /^-[vV]/.test(words[0] ?? ""));
    }
    case "Pipeline": {
      const last = node.commands.at(-1);
      return node.prefixes.some(({ type }) => type === "Negation") || (last !== undefined && asks(last));
    }
    case "AndOr":
      return node.commands.some(asks);
    case "Subshell":
    case "BraceGroup": {
      const last = node.body.commands.at(-1);
      return last !== undefined && asks(last.command);
    }
    case "Redirected":
      return asks(node.command);
    default:
      return false;
  }
}
