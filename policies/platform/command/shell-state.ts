/** The variables and functions of a shell while a command is read. */
import type { CompoundCommand, CompoundList, Redirected } from "./parser";
import { UNKNOWN_TEXT } from "./reading";

export type FunctionBody = CompoundCommand | Redirected | CompoundList;

export interface Variable {
  /** Unknown parts are marked with the unknown text. */
  readonly value: string;
  /** Undefined if it is not known whether the variable reaches the programs that the shell starts. */
  readonly exported: boolean | undefined;
}

/** Longer values are not kept: `A=$A$A` doubles. */
const MAX_VALUE = 65_536;

/** Variables that hold one path, by convention: unknown, but no option and no list of words. */
const PATH_VARIABLES = new Set(["PWD", "OLDPWD", "HOME", "TMPDIR", "CODEBUILD_SRC_DIR"]);

/** A shell, or a subshell of one, which sees its parent's variables and keeps its own changes to itself. */
export class Shell {
  private readonly variables = new Map<string, Variable>();
  private readonly functions = new Map<string, FunctionBody | undefined>();
  private readonly holes = new Map<string, string>();
  /** After text that could not be read was run in this shell: nothing from before can be relied on. */
  private cut = false;
  exited = false;

  /** Above zero inside a loop, whose later rounds see what its earlier rounds assigned. */
  blind = 0;

  constructor(
    private readonly parent: Shell | undefined,
    private readonly environment: Readonly<Record<string, string | undefined>>,
    /** True for a shell that is a program of its own: of its parent it sees the exported variables only. */
    private readonly separate = false,
    private readonly counter: { next: number } = parent?.counter ?? { next: 0 },
  ) {
    this.blind = parent?.blind ?? 0;
  }

  /** A text for an unknown value, unlike any other. */
  freshHole(): string {
    this.counter.next += 1;
    return `${UNKNOWN_TEXT}{${this.counter.next}}`;
  }

  child(separate: boolean): Shell {
    return new Shell(this, this.environment, separate);
  }

  /** @returns the variable, undefined if it is not set as far as this command and its environment say, or "unknown" */
  find(name: string): Variable | "unknown" | undefined {
    if (this.blind > 0) {
      return "unknown";
    }
    const variable = this.findAssigned(name);
    if (variable !== undefined) {
      return variable;
    }
    if (!Object.hasOwn(this.environment, name)) {
      return undefined;
    }
    return { value: this.environment[name] ?? this.hole(name), exported: true };
  }

  private findAssigned(name: string): Variable | "unknown" | undefined {
    const own = this.variables.get(name);
    if (own !== undefined || this.cut) {
      return own ?? "unknown";
    }
    const above = this.parent?.findAssigned(name);
    const stops = this.separate && typeof above === "object" && above.exported !== true;
    return stops ? "unknown" : above;
  }

  /** The hole of an unset variable stays the same, so that the same unknown name can be followed. */
  private hole(name: string): string {
    const root = this.root();
    const known = root.holes.get(name) ?? `${PATH_VARIABLES.has(name) ? "/" : ""}${this.freshHole()}`;
    root.holes.set(name, known);
    return known;
  }

  private root(): Shell {
    return this.cut || this.separate || this.parent === undefined ? this : this.parent.root();
  }

  /** The text that the variable expands to. */
  value(name: string): string {
    const found = this.find(name);
    if (this.blind > 0) {
      return this.freshHole();
    }
    return typeof found === "object" ? found.value : this.hole(name);
  }

  assign(name: string, value: string, exported?: boolean): void {
    const before = this.find(name);
    const reaches = exported ?? (before === undefined || before === "unknown" ? undefined : before.exported);
    this.variables.set(name, { value: value.length > MAX_VALUE ? this.freshHole() : value, exported: reaches });
  }

  export(name: string, exported: boolean | undefined): void {
    const before = this.find(name);
    if (before !== undefined) {
      const value = before === "unknown" ? this.freshHole() : before.value;
      this.variables.set(name, { value, exported });
    }
  }

  /** Takes the variable away: it expands to nothing, and reaches programs as if it were empty. */
  unset(name: string): void {
    this.variables.set(name, { value: "", exported: true });
  }

  define(name: string, body: FunctionBody | undefined): void {
    this.functions.set(name, body);
  }

  /** @returns the function's body, "unknown" if it cannot be told which body, or undefined if there is no such function */
  function(name: string): FunctionBody | "unknown" | undefined {
    if (this.functions.has(name)) {
      return this.functions.get(name) ?? "unknown";
    }
    return this.separate ? undefined : this.parent?.function(name);
  }

  /** Text that cannot be read ran in this shell. */
  poison(): void {
    this.variables.clear();
    this.holes.clear();
    this.cut = true;
  }
}
