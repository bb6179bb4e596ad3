/** Programs that run another program, which their arguments name: `sudo`, `env`, `timeout`, ... */
import { isKnown, type Field } from "./options";

/** The changes that the words before a program make to its environment. */
export interface Surroundings {
  /** Variables set for this program alone. */
  readonly set: Map<string, string>;
  readonly removed: Set<string>;
  /** True after `env -i`: nothing of the shell's environment reaches the program. */
  cleared: boolean;
  /** True under sudo, which keeps most of the environment from the program and works as another user. */
  root: boolean;
}

export function plainSurroundings(): Surroundings {
  return { set: new Map(), removed: new Set(), cleared: false, root: false };
}

/** Options that take the next word as their value. */
const VALUED: Readonly<Record<string, readonly string[]>> = {
  sudo: ["-u", "-g", "-h", "-p", "-C", "-r", "-t", "-T", "-U", "-D", "-R", "--user", "--group", "--host", "--prompt", "--chdir", "--chroot"],
  doas: ["-u", "-C"],
  env: ["-u", "--unset", "-C", "--chdir"],
  nice: ["-n", "--adjustment"],
  ionice: ["-c", "-n", "--class", "--classdata"],
  timeout: ["-s", "-k", "--signal", "--kill-after"],
  stdbuf: ["-i", "-o", "-e"],
  time: ["-f", "-o", "--format", "--output"],
  nohup: [],
  setsid: [],
  chronic: [],
  command: [],
  builtin: [],
  exec: ["-a"],
};

const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)=([^]*)$/;

export function isWrapper(name: string): boolean {
  return Object.hasOwn(VALUED, name);
}

function applyOption(name: string, word: string, value: string | undefined, around: Surroundings): void {
  if (name !== "env") {
    return;
  }
  if (word === "-i" || word === "-" || word === "--ignore-environment") {
    around.cleared = true;
  } else if (word === "-u" || word === "--unset") {
    around.removed.add(value ?? "");
    around.set.delete(value ?? "");
  } else if (word.startsWith("--unset=")) {
    around.removed.add(word.slice("--unset=".length));
  }
}

/**
 * Reads a wrapper's own arguments.
 * @param name a wrapper, for which {@link isWrapper} holds
 * @param words what follows its name
 * @returns the program and its arguments; empty if it runs none; undefined if that cannot be told
 */
export function unwrap(name: string, words: readonly Field[], around: Surroundings): readonly Field[] | undefined {
  const valued = VALUED[name] ?? [];
  let at = 0;
  let keepsEnvironment = false;
  for (let word = words[at]; word?.text.startsWith("-") === true; word = words[at]) {
    if (!isKnown(word.text) || (name === "env" && (word.text.startsWith("-S") || word.text.startsWith("--split")))) {
      return undefined;
    }
    if (name === "command" && /^-[vV]/.test(word.text)) {
      return [];
    }
    const takesNext = valued.includes(word.text);
    applyOption(name, word.text, takesNext ? words[at + 1]?.text : undefined, around);
    keepsEnvironment ||= word.text === "-E" || word.text.startsWith("--preserve-env");
    at += takesNext ? 2 : 1;
    if (word.text === "--") {
      break;
    }
  }
  if (name === "sudo" || name === "doas") {
    around.root = !keepsEnvironment;
    if (around.root) {
      around.set.clear();
    }
  }
  if (name === "timeout") {
    at += 1;
  }
  while (name === "env" || name === "sudo") {
    const assignment = ASSIGNMENT.exec(words[at]?.text ?? "");
    if (assignment === null) {
      break;
    }
    around.set.set(assignment[1] ?? "", assignment[2] ?? "");
    at += 1;
  }
  return words.slice(at);
}
