/**
 * Tells from the text of a shell command which container images it builds and pushes, and for which platforms.
 * It knows docker (with buildx), finch, nerdctl, podman, buildah, ko, crane and skopeo.
 *
 * What cannot be told from the text is unknown, never guessed: the platforms of one image, or with
 * {@link CommandReading.opaque} whether there are further images at all.
 */
import { Interpreter } from "./command/interpreter";
import { Ledger } from "./command/ledger";
import { loadParser } from "./command/parser";
import { isHarmless } from "./command/programs";
import type { CommandReading } from "./command/reading";

export { UNKNOWN_TEXT, formatPlatforms } from "./command/reading";
export type { CommandImage, CommandReading, Opacity, PlatformReading, UnknownWhy } from "./command/reading";

/** Longer scripts are not read. */
const MAX_LENGTH = 2_000_000;

/** Names of the tools that are read. Without one of them in its text a script needs no parser. */
const TOOLS = /docker|buildx|finch|nerdctl|podman|buildah|\bko\b|crane|skopeo/i;

const NOTHING: CommandReading = { pushes: [], builds: [] };

function opaque(reason: NonNullable<CommandReading["opaque"]>): CommandReading {
  return { ...NOTHING, opaque: reason };
}

/**
 * True for a script that plainly runs harmless programs only. It splits rather too much than too little (quotes are
 * not heeded), and anything that could start a program in another place than the beginning of a piece makes it false.
 */
function isPlainlyHarmless(script: string): boolean {
  if (/\$\(|`|<\(|>\(|<</.test(script)) {
    return false;
  }
  const pieces = script.replace(/[0-9]?[<>]&[0-9-]|&>/g, " ").split(/[\n;&|]+/);
  return pieces.every((piece) => {
    const [name, ...rest] = piece.split(/\s+/).filter((word) => word !== "");
    return name === undefined || isHarmless(name, rest);
  });
}

/**
 * Reads scripts that run one after the other.
 *
 * @param scripts shell scripts (sh or bash); text that Pulumi does not know yet is marked with its unknown text
 * @param environment variables that are known to be set around the scripts; one that is set to an unknown value is
 *   present as undefined. Others may be set on the machine; only DOCKER_DEFAULT_PLATFORM, DOCKER_HOST and
 *   DOCKER_CONTEXT are taken to be unset where neither the scripts nor the environment mention them
 * @param shells `shared` if variables last from one script to the next, `separate` if each has a shell of its own
 */
export function readSession(
  scripts: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  shells: "shared" | "separate",
): CommandReading {
  const length = scripts.reduce((sum, script) => sum + script.length, 0);
  if (length > MAX_LENGTH) {
    return opaque("a command that could not be followed");
  }
  if (!scripts.some((script) => TOOLS.test(script))) {
    return scripts.every(isPlainlyHarmless) ? NOTHING : opaque("a program that may build or push images by itself");
  }
  const ledger = new Ledger();
  try {
    const interpreter = new Interpreter(ledger, loadParser(), environment);
    for (const script of scripts) {
      if (shells === "shared") {
        interpreter.runSource(script);
      } else {
        interpreter.runApart(script);
      }
    }
  } catch {
    // Too long or too deep to follow. The parser's tree is made while it is read, so its faults end up here as well.
    return opaque("a command that could not be followed");
  }
  return ledger.result();
}

/**
 * Reads one shell command or script; see {@link readSession} for the parameters.
 * It never throws and takes time linear in the length of the script.
 */
export function readCommand(script: string, environment: Readonly<Record<string, string | undefined>>): CommandReading {
  return readSession([script], environment, "shared");
}
