/**
 * Programs as the engine runs them: resources with inputs, of which some are made from outputs of other resources. The
 * stand-ins for the real providers answer. A program is played as three kinds of operation, because each shows a pack
 * something else:
 * - `firstPreview`: all is about to be created, apart from what an earlier deployment has made;
 * - `laterPreview`: everything exists and is known;
 * - `update`: creates everything, so inputs are known when a resource is registered.
 */

import { aws } from "../../../support/engine/stand-ins/aws";
import { awsNative } from "../../../support/engine/stand-ins/aws-native";
import { command } from "../../../support/engine/stand-ins/command";
import { docker } from "../../../support/engine/stand-ins/docker";
import { dockerBuild } from "../../../support/engine/stand-ins/docker-build";
import type { Machine, StandIn } from "../../../support/engine/stand-ins/provider";
import { resolve, resolveAll, sourcesOf, type Input, type Inputs, type Output, type Progress } from "../../../support/outputs";
import type { RecordedResource, Recording } from "../../../support/protocol";
import { isKnown, UNKNOWN, type Values } from "../../../support/values";
import type { Phase } from "../world";

export interface Made {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly get: (output: string) => Output;
}

export interface MadeOptions {
  readonly parent?: Made;
  readonly ignoreChanges?: readonly string[];
  readonly dependsOn?: readonly Made[];
  /** An earlier deployment has made it, so a first preview knows it. */
  readonly exists?: boolean;
  /** Registered by its provider only when these are known. */
  readonly onlyOnceKnown?: Input;
  /** Properties whose value comes from another stack. */
  readonly fromOutside?: readonly string[];
  /** Puts outputs right that the stand-in gets wrong. */
  readonly corrected?: (outputs: Values, isPreview: boolean) => Values;
}

interface Entry {
  readonly made: Made;
  readonly inputs: Inputs;
  readonly options: MadeOptions;
  /** A component: its inputs are not sent, or are all that is sent; these are its outputs. */
  readonly component?: { readonly sendsInputs: boolean; readonly outputs: Inputs };
}

const STAND_INS: Readonly<Record<string, StandIn>> = { aws, "aws-native": awsNative, command, docker, "docker-build": dockerBuild };

/** An output with further resources that it is made from: what a component gives out comes from its children too. */
export function alsoFrom(output: Output, resources: readonly Made[]): Output {
  return { ...output, from: [...output.from, ...resources.map(({ urn }) => urn)] };
}

/** A value of another stack that is not known. */
export const UNKNOWN_OUTSIDE: Output = { from: [], at: () => UNKNOWN };

function providerOf(type: string): NonNullable<RecordedResource["provider"]> {
  const provider = `pulumi:providers:${type.split(":")[0] ?? ""}`;
  return { type: provider, urn: `urn:pulumi:test::app::${provider}::default`, name: "default", properties: {} };
}

export class Program {
  private readonly entries: Entry[] = [];

  /** @param host the platform of the machine that runs the providers: `linux/arm64` */
  constructor(private readonly host: string) {}

  /** Adds a resource. They are registered in the order in which they are added. */
  add(type: string, name: string, inputs: Inputs, options: MadeOptions = {}): Made {
    return this.register({ made: this.make(type, name, options), inputs, options });
  }

  /** A component of a provider: what the program gives it is not sent, and what it says is what it registers as outputs. */
  addComponent(type: string, name: string, outputs: Inputs): Made {
    return this.register({ made: this.make(type, name, {}), inputs: {}, options: {}, component: { sendsInputs: false, outputs } });
  }

  /** A component of the program's own SDK, which sends its arguments along. */
  addLocalComponent(type: string, name: string, inputs: Inputs, outputs: Inputs): Made {
    return this.register({ made: this.make(type, name, {}), inputs, options: {}, component: { sendsInputs: true, outputs } });
  }

  private make(type: string, name: string, { parent }: MadeOptions): Made {
    const urn = `urn:pulumi:test::app::${parent === undefined ? "" : `${parent.type}$`}${type}::${name}`;
    // An output that a provider leaves out at a preview is unknown to the program.
    return { type, name, urn, get: (output) => ({ from: [urn], at: ({ outputs }) => outputs.get(urn)?.[output] ?? UNKNOWN }) };
  }

  private register(entry: Entry): Made {
    this.entries.push(entry);
    return entry.made;
  }

  /** What the engine tells a pack in that operation. */
  recording(phase: Phase): Recording {
    const outputs = new Map<string, Values>();
    const progress: Progress = { isPreview: phase !== "update", outputs };
    const analyze: RecordedResource[] = [];
    const registered: { readonly entry: Entry; readonly sent: Values }[] = [];
    for (const entry of this.entries) {
      const { made, options } = entry;
      if (options.onlyOnceKnown !== undefined && !isKnown(resolve(options.onlyOnceKnown, progress))) {
        continue;
      }
      const played = this.play(entry, phase, progress);
      // Programs read an id that some providers do not have among their outputs.
      outputs.set(made.urn, { id: played.id, ...played.outputs });
      registered.push({ entry, sent: played.outputs });
      analyze.push({ ...commonOf(entry), properties: played.inputs });
    }
    const analyzeStack = registered.map(({ entry, sent }): RecordedResource => {
      // A component says its outputs last, when its children are made.
      const properties = entry.component === undefined ? sent : resolveAll(entry.component.outputs, progress);
      return { ...commonOf(entry), properties, ...dependenciesOf(entry) };
    });
    return { stack: { stack: "test", project: "app", organization: "organization", dryRun: progress.isPreview }, analyze, analyzeStack };
  }

  private play({ made: { type, name, urn }, inputs, options, component }: Entry, phase: Phase, progress: Progress): { inputs: Values; id: string; outputs: Values } {
    const resolved = resolveAll(inputs, progress);
    if (component !== undefined) {
      return { inputs: component.sendsInputs ? resolved : {}, id: "", outputs: component.sendsInputs ? resolveAll(component.outputs, progress) : {} };
    }
    const standIn = STAND_INS[type.split(":")[0] ?? ""];
    if (standIn === undefined) {
      throw new Error(`nobody plays ${type}`);
    }
    const machine: Machine = { host: this.host, programDir: __dirname };
    const checked = standIn.check({ type, name, urn, inputs: resolved }, machine);
    const isPreview = phase === "firstPreview" && options.exists !== true;
    const created = standIn.create({ type, name, urn, inputs: checked.inputs }, isPreview, machine);
    const outputs = options.corrected?.(created.outputs, isPreview) ?? created.outputs;
    return { inputs: withoutInternal(checked.inputs), id: isPreview ? UNKNOWN : created.id, outputs: withoutInternal(outputs) };
  }
}

/** The engine keeps top-level keys with two underscores to itself. */
function withoutInternal(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !key.startsWith("__")));
}

function commonOf({ made: { urn, type, name }, options: { parent, ignoreChanges } }: Entry): RecordedResource {
  return {
    urn,
    type,
    name,
    ...(parent === undefined ? {} : { parent: parent.urn }),
    options: { ignoreChanges: ignoreChanges ?? [] },
    provider: providerOf(type),
  };
}

function dependenciesOf({ inputs, options }: Entry): Pick<RecordedResource, "dependencies" | "propertyDependencies"> {
  const made = Object.entries(inputs).map(([key, value]) => [key, sourcesOf(value)] as const);
  const outside = (options.fromOutside ?? []).map((key) => [key, []] as const);
  const propertyDependencies: Record<string, readonly string[]> = Object.fromEntries([...outside, ...made.filter(([, from]) => from.length > 0)]);
  const explicit = (options.dependsOn ?? []).map(({ urn }) => urn);
  return { propertyDependencies, dependencies: [...new Set([...explicit, ...Object.values(propertyDependencies).flat()])] };
}
