/** Shell scripts: what their commands write to the configuration of the ECS agent. */

import { AGENT_CONFIGURATION, configurationEffects, MENTION, splitAssignment, targetOf, WHY, type Effect } from "./effect";
import { readShell, type ShellCommand, type Sink } from "./shell-reader";

export const SHELLS = new Set(["sh", "bash", "dash", "ash", "ksh", "zsh"]);

const MAX_SHELL_DEPTH = 3;

/** Commands that leave the files alone which they are given. */
const READERS = new Set(
  "cat grep egrep fgrep head tail less more ls stat test [ [[ echo printf source . chmod chown chgrp mkdir touch wc cut logger".split(" "),
);

export function shellEffects(script: string, certain: boolean, depth: number): Effect[] {
  const commands = readShell(script);
  if (commands === undefined) {
    return MENTION.test(script) ? [{ kind: "unreadable", why: WHY.unread }] : [];
  }
  giveGroupsTheirSinks(commands);
  const end = commands.findIndex(({ words, conditional, nested }) => words[0] === "exit" && !conditional && !nested);
  const executed = end === -1 ? commands : commands.slice(0, end);
  return executed.flatMap((command, index) => shellCommandEffects(command, executed[index + 1], certain, depth));
}

/** `{ echo a; echo b; } >> file`: what has no output of its own writes to the group's. */
function giveGroupsTheirSinks(commands: readonly ShellCommand[]): void {
  commands.forEach((command, index) => {
    const sink = command.closes === undefined ? undefined : sinkOf(command, commands[index + 1]);
    if (sink === undefined) {
      return;
    }
    const writers = commands.slice(command.closes, index).filter((inner) => inner.sink === undefined && !inner.pipes && inner.closes === undefined);
    writers.forEach((inner, order) => {
      inner.sink = { target: sink.target, append: sink.append || order > 0 };
    });
  });
}

/** The words without a prefix that runs the rest, such as `sudo -E`. */
function effectiveWords({ words }: ShellCommand): string[] {
  let index = 0;
  while (/^(?:sudo|env|nohup|time|command|exec)$/.test(words[index] ?? "")) {
    index += 1;
    while (/^-|^[A-Za-z_][A-Za-z0-9_]*=/.test(words[index] ?? "")) {
      index += 1;
    }
  }
  return words.slice(index);
}

function programOf(words: readonly string[]): string {
  return words[0]?.split("/").at(-1) ?? "";
}

/** The file that a command writes, by itself or through `tee`. */
function sinkOf(command: ShellCommand, next: ShellCommand | undefined): Sink | undefined {
  if (command.sink !== undefined && targetOf(command.sink.target) !== "none") {
    return command.sink;
  }
  return command.pipes && next !== undefined ? teeSink(effectiveWords(next)) : undefined;
}

function teeSink(words: readonly string[]): Sink | undefined {
  if (programOf(words) !== "tee") {
    return undefined;
  }
  const files = words.slice(1).filter((word) => !word.startsWith("-"));
  const target = files.find((file) => targetOf(file) === "agent") ?? files[0];
  return target === undefined ? undefined : { append: words.some((word) => /^(?:-[a-z]*a[a-z]*|--append)$/.test(word)), target };
}

function shellCommandEffects(command: ShellCommand, next: ShellCommand | undefined, certainScript: boolean, depth: number): Effect[] {
  const words = effectiveWords(command);
  const program = programOf(words);
  const certain = certainScript && !command.conditional;
  const inner = SHELLS.has(program) ? scriptArgument(words) : undefined;
  if (inner !== undefined && depth < MAX_SHELL_DEPTH) {
    return shellEffects(inner, certain, depth + 1);
  }
  if (program === "tee") {
    const sink = teeSink(words);
    return sink !== undefined && command.input !== undefined ? writeEffects(command.input, sink, certain) : [];
  }
  const sink = sinkOf(command, next);
  if (sink !== undefined) {
    // What a group writes, its commands have written.
    const closesGroup = command.closes !== undefined && words.length === 0;
    return closesGroup ? [] : writeEffects(contentOf(command, words), sink, certain);
  }
  return argumentEffects(program, words, certain);
}

/** `sh -c 'script'`, `bash -ec "script"` */
function scriptArgument(words: readonly string[]): string | undefined {
  const flag = words.findIndex((word, index) => index > 0 && /^-[a-z]*c$/.test(word));
  return flag === -1 ? undefined : words[flag + 1];
}

/** What a command prints, or undefined if that is not plain from its text. */
function contentOf(command: ShellCommand, words: readonly string[]): string | undefined {
  switch (programOf(words)) {
    case "":
    case ":":
    case "true":
      return "";
    case "echo":
      return echoed(words.slice(1));
    case "printf":
      return printed(words.slice(1));
    case "cat":
      return words.slice(1).every((word) => word === "-") ? command.input : undefined;
    default:
      return undefined;
  }
}

function unescaped(text: string): string {
  return text.replaceAll("\\n", "\n").replaceAll("\\t", "\t");
}

function echoed(words: readonly string[]): string {
  const flags = words.findIndex((word) => !/^-[neE]+$/.test(word));
  const text = words.slice(flags === -1 ? words.length : flags).join(" ");
  return words.slice(0, Math.max(flags, 0)).some((flag) => flag.includes("e")) ? unescaped(text) : text;
}

/** `printf 'ECS_CLUSTER=%s\n' name`: the format is used again until all arguments are printed. */
function printed([format = "", ...values]: readonly string[]): string | undefined {
  const pieces = unescaped(format).split("%s");
  if (pieces.some((piece) => piece.includes("%"))) {
    return undefined;
  }
  const gaps = pieces.length - 1;
  if (gaps === 0) {
    return pieces.join("");
  }
  const rounds = Math.max(1, Math.ceil(values.length / gaps));
  return Array.from({ length: rounds }, (_, round) =>
    pieces.map((piece, index) => (index === 0 ? piece : `${values[round * gaps + index - 1] ?? ""}${piece}`)).join(""),
  ).join("");
}

function writeEffects(content: string | undefined, sink: Sink, certain: boolean): Effect[] {
  switch (targetOf(sink.target)) {
    case "agent": {
      const cleared: Effect[] = sink.append ? [] : [{ kind: "clear", certain }];
      return [...cleared, ...(content === undefined ? [{ kind: "unreadable", why: WHY.rewritten } as const] : configurationEffects(content, certain))];
    }
    case "unsure":
      return configurationEffects(content ?? "", false).filter(({ kind }) => kind === "name");
    case "other":
      return configurationEffects(content ?? "", false).flatMap((effect) =>
        effect.kind === "name" ? [{ kind: "name-elsewhere", value: effect.value } as const] : [],
      );
    case "none":
      return [];
  }
}

/** Commands that are told the file, or that start the agent's container with variables. */
function argumentEffects(program: string, words: readonly string[], certain: boolean): Effect[] {
  if (/^(?:docker|podman|nerdctl)$/.test(program)) {
    return words.includes("run") ? containerEffects(words) : [];
  }
  const namesFile = words.slice(1).some((word) => word.includes(AGENT_CONFIGURATION) && !/ecs\.config[.\w]/.test(word));
  if (!namesFile || READERS.has(program)) {
    return [];
  }
  return [program === "rm" ? { kind: "clear", certain } : { kind: "unreadable", why: WHY.rewritten }];
}

/** `docker run --env ECS_CLUSTER=name …` */
function containerEffects(words: readonly string[]): Effect[] {
  return words.flatMap((word, index) => {
    const setting = word.replace(/^--env=|^-e(?=ECS_)/, "");
    const isVariable = setting !== word || /^(?:-e|--env)$/.test(words[index - 1] ?? "");
    const [key, value] = splitAssignment(setting);
    return isVariable && key === "ECS_CLUSTER" ? [{ kind: "name", value, certain: false } as const] : [];
  });
}
