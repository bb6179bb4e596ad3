// Speaks to the real process of a policy pack as the engine does (pulumi: proto/pulumi/analyzer.proto), without the
// engine: for tests of what a pack answers to given requests, and for the demo where no CLI can be had.
import { credentials } from "@grpc/grpc-js";
import type { ServiceError } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import path from "node:path";
import * as rpc from "@pulumi/pulumi/proto/analyzer_pb";
import { toStruct } from "./values";
// This module has no type declarations that fit.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { AnalyzerClient } = require("@pulumi/pulumi/proto/analyzer_grpc_pb") as {
  AnalyzerClient: new (address: string, creds: unknown, options: object) => Client;
};

/** What stands for a value that is not known yet; put it anywhere into `properties`. */
export { UNKNOWN } from "./values";

/** A resource as the engine describes it to a pack. Only `type` and `name` must be given; the rest is filled in. */
export interface RecordedResource {
  readonly type: string;
  readonly name: string;
  /** `urn:pulumi:test::app::TYPE::NAME` when left out. */
  readonly urn?: string;
  readonly parent?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  /** URNs. */
  readonly dependencies?: readonly string[];
  /** URNs by property. An empty list means: from outside of the stack. */
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
  readonly options?: {
    readonly protect?: boolean;
    readonly ignoreChanges?: readonly string[];
    readonly additionalSecretOutputs?: readonly string[];
    readonly aliases?: readonly string[];
  };
  readonly provider?: { readonly type: string; readonly urn: string; readonly name: string; readonly properties: Readonly<Record<string, unknown>> };
}

/** What the engine sent to a pack in one operation. */
export interface Recording {
  readonly stack?: { readonly stack: string; readonly project: string; readonly organization: string; readonly dryRun: boolean };
  /** Inputs of each resource, in the order of registration. */
  readonly analyze: readonly RecordedResource[];
  /** Outputs of each resource. Undefined: the operation ended before the stack was analyzed. */
  readonly analyzeStack?: readonly RecordedResource[];
}

export interface Diagnostic {
  /** Whether it was said of a resource before it was made, or of the whole stack. */
  readonly phase: "resource" | "stack";
  readonly level: "advisory" | "mandatory" | "disabled" | "remediate";
  readonly policy: string;
  readonly resourceName: string;
  readonly urn: string;
  readonly message: string;
}

/** As in the file of `--policy-pack-config`: a level, or a level and options, by policy name. */
export type PackConfig = Readonly<Record<string, string | Readonly<Record<string, unknown>>>>;

/** By their number in the protocol. */
const LEVELS = ["advisory", "mandatory", "disabled", "remediate"] as const;
const MESSAGE_LIMIT = 400 * 1024 * 1024;
const START_LIMIT = 60_000;

type Method = "getAnalyzerInfo" | "configure" | "configureStack" | "analyze" | "analyzeStack";
type Client = Record<Method, (request: unknown, reply: (error: ServiceError | null, response: unknown) => void) => void> & { close(): void };

export function urnOf(type: string, name: string): string {
  return `urn:pulumi:test::app::${type}::${name}`;
}

/** A running pack. */
export class PackProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: Client,
  ) {}

  /**
   * Starts a pack as the engine's language host does.
   *
   * @param packDir a folder with a PulumiPolicy.yaml
   * @throws Error when the pack ends or says no port within a minute
   */
  static async start(packDir: string): Promise<PackProcess> {
    const folder = path.resolve(packDir);
    const loader = require.resolve("@pulumi/pulumi/cmd/run-policy-pack", { paths: [folder] });
    const child = spawn(process.execPath, [loader, "127.0.0.1:1", folder], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    const port = await portOf(child);
    const limits = { "grpc.max_receive_message_length": MESSAGE_LIMIT, "grpc.max_send_message_length": MESSAGE_LIMIT };
    return new PackProcess(child, new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure(), limits));
  }

  /** The process id, for measurements. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  info(): Promise<rpc.AnalyzerInfo> {
    return this.call("getAnalyzerInfo", new Empty());
  }

  /** Hands out levels and options as the engine does: defaults of the schema, then the pack's own, then the user's. */
  async configure(user: PackConfig = {}): Promise<void> {
    const info = await this.info();
    const request = new rpc.ConfigureAnalyzerRequest();
    for (const policy of info.getPoliciesList()) {
      request.getPolicyconfigMap().set(policy.getName(), policyConfig(info, policy, user));
    }
    await this.call("configure", request);
  }

  async configureStack(stack: NonNullable<Recording["stack"]>): Promise<void> {
    const request = new rpc.AnalyzerStackConfigureRequest();
    request.setStack(stack.stack).setProject(stack.project).setOrganization(stack.organization).setDryRun(stack.dryRun);
    await this.call("configureStack", request);
  }

  async analyze(resource: RecordedResource): Promise<readonly Diagnostic[]> {
    const response = await this.call<rpc.AnalyzeResponse>("analyze", analyzeRequest(resource));
    return diagnostics(response, "resource", resource.urn ?? urnOf(resource.type, resource.name));
  }

  async analyzeStack(resources: readonly RecordedResource[]): Promise<readonly Diagnostic[]> {
    const request = new rpc.AnalyzeStackRequest();
    request.setResourcesList(resources.map(analyzerResource));
    return diagnostics(await this.call<rpc.AnalyzeResponse>("analyzeStack", request), "stack", "");
  }

  stop(): void {
    this.client.close();
    this.child.kill();
  }

  private call<T>(method: Method, request: unknown): Promise<T> {
    return new Promise((resolve, reject) => {
      this.client[method](request, (error, response) => (error === null ? resolve(response as T) : reject(error)));
    });
  }
}

/**
 * Plays one operation to a fresh process of a pack: every `analyze`, then `analyzeStack`.
 *
 * @param config what a user would give with `--policy-pack-config`
 * @returns everything the pack said, in order
 */
export async function playRecording(packDir: string, recording: Recording, config: PackConfig = {}): Promise<readonly Diagnostic[]> {
  const pack = await PackProcess.start(packDir);
  try {
    if (recording.stack !== undefined) {
      await pack.configureStack(recording.stack);
    }
    await pack.configure(config);
    const said: Diagnostic[] = [];
    for (const resource of recording.analyze) {
      said.push(...(await pack.analyze(resource)));
    }
    if (recording.analyzeStack !== undefined) {
      said.push(...(await pack.analyzeStack(recording.analyzeStack)));
    }
    return said;
  } finally {
    pack.stop();
  }
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    const timer = setTimeout(() => fail(`said no port within ${START_LIMIT / 1000} s`), START_LIMIT);
    const fail = (what: string): void => {
      clearTimeout(timer);
      child.kill();
      reject(new Error(`the policy pack ${what}\n${stderr}`));
    };
    child.stdout?.on("data", (chunk: Buffer) => {
      stdout += chunk.toString("utf8");
      const port = /^(\d+)\s/.exec(stdout)?.[1];
      if (port !== undefined) {
        clearTimeout(timer);
        resolve(Number(port));
      }
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      stderr = (stderr + chunk.toString("utf8")).slice(-10_000);
    });
    child.on("error", (error) => fail(`did not start: ${error.message}`));
    child.on("close", (code) => fail(`ended with exit code ${code ?? "none"}`));
  });
}

function policyConfig(info: rpc.AnalyzerInfo, policy: rpc.PolicyInfo, user: PackConfig): rpc.PolicyConfig {
  const schema = (policy.getConfigschema()?.getProperties()?.toJavaScript() ?? {}) as Record<string, { default?: unknown } | null>;
  const properties: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(schema)) {
    if (option?.default !== undefined) {
      properties[name] = option.default;
    }
  }
  let level = policy.getEnforcementlevel();
  const initial = info.getInitialconfigMap().get(policy.getName());
  if (initial !== undefined) {
    level = initial.getEnforcementlevel();
    Object.assign(properties, initial.getProperties()?.toJavaScript());
  }
  for (const given of [user.all, user[policy.getName()]]) {
    const { enforcementLevel, ...options } = typeof given === "string" ? { enforcementLevel: given } : (given ?? {});
    level = levelNamed(enforcementLevel) ?? level;
    Object.assign(properties, options);
  }
  return new rpc.PolicyConfig().setEnforcementlevel(level).setProperties(toStruct(properties));
}

function levelNamed(name: unknown): rpc.EnforcementLevel | undefined {
  switch (name) {
    case "advisory":
      return rpc.EnforcementLevel.ADVISORY;
    case "mandatory":
      return rpc.EnforcementLevel.MANDATORY;
    case "disabled":
      return rpc.EnforcementLevel.DISABLED;
    case "remediate":
      return rpc.EnforcementLevel.REMEDIATE;
    default:
      return undefined;
  }
}

/** Makes the request for one resource policy run. */
export function analyzeRequest(resource: RecordedResource): rpc.AnalyzeRequest {
  return new rpc.AnalyzeRequest()
    .setType(resource.type)
    .setName(resource.name)
    .setUrn(resource.urn ?? urnOf(resource.type, resource.name))
    .setProperties(toStruct(resource.properties ?? {}))
    .setOptions(resourceOptions(resource))
    .setProvider(providerResource(resource));
}

/** Makes one resource of the request for a stack policy run. */
export function analyzerResource(resource: RecordedResource): rpc.AnalyzerResource {
  const made = new rpc.AnalyzerResource()
    .setType(resource.type)
    .setName(resource.name)
    .setUrn(resource.urn ?? urnOf(resource.type, resource.name))
    .setProperties(toStruct(resource.properties ?? {}))
    .setOptions(resourceOptions(resource))
    .setProvider(providerResource(resource))
    .setParent(resource.parent ?? "")
    .setDependenciesList([...(resource.dependencies ?? [])]);
  for (const [property, urns] of Object.entries(resource.propertyDependencies ?? {})) {
    made.getPropertydependenciesMap().set(property, new rpc.AnalyzerPropertyDependencies().setUrnsList([...urns]));
  }
  return made;
}

function resourceOptions(resource: RecordedResource): rpc.AnalyzerResourceOptions {
  const { protect = false, ignoreChanges = [], additionalSecretOutputs = [], aliases = [] } = resource.options ?? {};
  return new rpc.AnalyzerResourceOptions()
    .setProtect(protect)
    .setIgnorechangesList([...ignoreChanges])
    .setAdditionalsecretoutputsList([...additionalSecretOutputs])
    .setAliasesList([...aliases])
    .setCustomtimeouts(new rpc.AnalyzerResourceOptions.CustomTimeouts())
    .setParent(resource.parent ?? "");
}

function providerResource({ provider }: RecordedResource): rpc.AnalyzerProviderResource | undefined {
  return provider === undefined
    ? undefined
    : new rpc.AnalyzerProviderResource().setType(provider.type).setUrn(provider.urn).setName(provider.name).setProperties(toStruct(provider.properties));
}

function diagnostics(response: rpc.AnalyzeResponse, phase: Diagnostic["phase"], urn: string): readonly Diagnostic[] {
  return response.getDiagnosticsList().map((diagnostic) => {
    const about = diagnostic.getUrn() === "" ? urn : diagnostic.getUrn();
    return {
      phase,
      level: LEVELS[diagnostic.getEnforcementlevel()],
      policy: diagnostic.getPolicyname(),
      resourceName: about.split("::").slice(3).join("::"),
      urn: about,
      message: diagnostic.getMessage(),
    };
  });
}
