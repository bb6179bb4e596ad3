// A stand-in for the language hosts pulumi-language-nodejs, -python and -go, for machines where the official ones cannot
// be had: they are no Go modules that a proxy serves, so a CLI built from Go modules lacks them. It runs programs with the
// program's own SDK, as the official ones do (pulumi: sdk/nodejs/cmd/pulumi-language-nodejs/main.go,
// sdk/python/cmd/pulumi-language-python/main.go, sdk/go/pulumi-language-go/main.go), and policy packs in Node.
//
// Arguments: the name of the runtime, the starter for Python programs, then what the engine gives a language host.
import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { sendUnaryData, ServerUnaryCall, ServerWritableStream } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import path from "node:path";
import * as rpc from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { servePolicyProxy } from "./policy-proxy";
// This module has no type declarations that fit a server.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { LanguageRuntimeService } = require("@pulumi/pulumi/proto/language_grpc_pb") as { LanguageRuntimeService: never };

/** The exit code of a program that has told the user itself what went wrong (pulumi: sdk/nodejs/cmd/run). */
const SAID_IT_ALREADY = 32;

const [runtime = "", pythonStarter = "", ...engineArguments] = process.argv.slice(2);
const engine = engineArguments.find((arg) => !arg.startsWith("-")) ?? "";
const EXE = process.platform === "win32" ? ".exe" : "";

type Reply<T> = sendUnaryData<T>;
type PluginCall = ServerWritableStream<rpc.RunPluginRequest, rpc.RunPluginResponse>;

/** A program ready to be started. */
interface Start {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The loader comes from the program's own SDK, found from its folder. */
function loader(name: "run" | "run-policy-pack", folder: string): string {
  return require.resolve(`@pulumi/pulumi/cmd/${name}`, { paths: [folder] });
}

function startNode(request: rpc.RunRequest, folder: string): Start {
  const options = {
    "--monitor": request.getMonitorAddress(),
    "--engine": engine,
    "--project": request.getProject(),
    "--stack": request.getStack(),
    "--organization": request.getOrganization(),
    "--parallel": String(request.getParallel()),
    "--pwd": request.getPwd(),
  };
  const entry = request.getInfo()?.getEntryPoint() ?? "";
  const program = path.join(folder, entry === "" ? "." : entry);
  return { command: process.execPath, args: [loader("run", folder), ...Object.entries(options).flat(), ...(request.getDryrun() ? ["--dry-run"] : []), program, ...request.getArgsList()] };
}

/** The virtual environment is named by the option of the project file. */
function startPython(request: rpc.RunRequest, folder: string): Start {
  const settings = {
    monitor: request.getMonitorAddress(),
    engine,
    project: request.getProject(),
    stack: request.getStack(),
    organization: request.getOrganization(),
    parallel: request.getParallel(),
    dry_run: request.getDryrun(),
    root_directory: request.getInfo()?.getRootDirectory() ?? folder,
  };
  const environment = request.getInfo()?.getOptions()?.toJavaScript()["virtualenv"] as string;
  const command = path.join(environment, process.platform === "win32" ? "Scripts" : "bin", `python${EXE}`);
  return { command, args: [pythonStarter, JSON.stringify(settings), folder] };
}

/** The SDK for Go takes the settings from its environment (pulumi: sdk/go/common/constant, sdk/go/pulumi/run.go). */
function startGo(request: rpc.RunRequest, folder: string): Start {
  const command = path.join(folder, `program${EXE}`);
  const built = spawnSync("go", ["build", "-o", command, "."], { cwd: folder, encoding: "utf8" });
  if (built.status !== 0) {
    throw new Error(`the program does not compile: ${built.error?.message ?? built.stderr}`);
  }
  const env = {
    PULUMI_MONITOR: request.getMonitorAddress(),
    PULUMI_ENGINE: engine,
    PULUMI_PROJECT: request.getProject(),
    PULUMI_STACK: request.getStack(),
    PULUMI_ORGANIZATION: request.getOrganization(),
    PULUMI_PARALLEL: String(request.getParallel()),
    PULUMI_DRY_RUN: String(request.getDryrun()),
    PULUMI_ROOT_DIRECTORY: request.getInfo()?.getRootDirectory() ?? folder,
  };
  return { command, args: request.getArgsList(), env };
}

function startOf(request: rpc.RunRequest): Start {
  const folder = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
  switch (runtime) {
    case "nodejs":
      return startNode(request, folder);
    case "python":
      return startPython(request, folder);
    case "go":
      return startGo(request, folder);
    default:
      throw new Error(`no stand-in for the runtime ${runtime}`);
  }
}

function runProgram({ request }: ServerUnaryCall<rpc.RunRequest, rpc.RunResponse>, reply: Reply<rpc.RunResponse>): void {
  let start: Start;
  try {
    start = startOf(request);
  } catch (error) {
    reply(null, new rpc.RunResponse().setError(String(error)));
    return;
  }
  const config = JSON.stringify(Object.fromEntries(request.getConfigMap().toObject()));
  const secretKeys = JSON.stringify(request.getConfigsecretkeysList());
  const child = spawn(start.command, start.args, {
    cwd: request.getPwd(),
    // The first line on standard output was this host's port; the program's lines go to standard error.
    stdio: ["ignore", 2, 2],
    env: { ...process.env, ...start.env, PULUMI_CONFIG: config, PULUMI_CONFIG_SECRET_KEYS: secretKeys },
  });
  child.on("error", (error) => reply(null, new rpc.RunResponse().setError(error.message)));
  child.on("close", (code) => {
    const response = new rpc.RunResponse();
    if (code === SAID_IT_ALREADY) {
      response.setBail(true);
    } else if (code !== 0) {
      response.setError(`the program ended with exit code ${code ?? "none"}`);
    }
    reply(null, response);
  });
}

/** Starts a policy pack, and gives its port: the first line that it prints. The lines after that are the engine's to show. */
function startPack({ request }: PluginCall, environment: Readonly<Record<string, string>>, write: (text: string) => void, ended: (code: number) => void): { readonly child: ChildProcess; readonly port: Promise<number> } {
  const folder = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
  const env = Object.fromEntries(request.getEnvList().map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
  const child = spawn(process.execPath, [loader("run-policy-pack", folder), ...request.getArgsList(), folder], {
    cwd: folder,
    env: { ...env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const port = new Promise<number>((resolve, reject) => {
    let first: string | undefined = "";
    child.stdout.on("data", (chunk: Buffer) => {
      if (first === undefined) {
        write(chunk.toString("utf8"));
        return;
      }
      const [line = "", ...rest] = (first + chunk.toString("utf8")).split("\n");
      if (rest.length === 0) {
        first = line;
        return;
      }
      first = undefined;
      resolve(Number(line));
      write(rest.join("\n"));
    });
    child.on("close", () => reject(new Error("the policy pack ended before it said its port")));
  });
  child.on("close", (code) => ended(code ?? 255));
  return { child, port };
}

/** Policy packs are the only plugins in Node that the tests run. */
function runPlugin(call: PluginCall): void {
  let child: ChildProcess | undefined;
  let proxy: { readonly stop: () => void } | undefined;
  const write = (text: string): void => {
    if (text !== "") {
      call.write(new rpc.RunPluginResponse().setStdout(Buffer.from(text)));
    }
  };
  const end = (code: number): void => {
    proxy?.stop();
    call.write(new rpc.RunPluginResponse().setExitcode(code));
    call.end();
  };
  const start = (environment: Readonly<Record<string, string>>): Promise<number> => {
    const started = startPack(call, environment, write, end);
    child = started.child;
    child.stderr?.on("data", (chunk: Buffer) => call.write(new rpc.RunPluginResponse().setStderr(chunk)));
    return started.port;
  };
  call.on("cancelled", () => {
    child?.kill();
    proxy?.stop();
  });
  servePolicyProxy(start).then(
    (served) => {
      proxy = served;
      write(`${served.port}\n`);
    },
    (error: unknown) => {
      call.write(new rpc.RunPluginResponse().setStderr(Buffer.from(String(error))));
      end(1);
    },
  );
}

/** As the official host does it (InstallDependencies there): also what only development needs, and with the package's scripts. */
function installDependencies(call: ServerWritableStream<rpc.InstallDependenciesRequest, rpc.InstallDependenciesResponse>): void {
  const folder = call.request.getInfo()?.getProgramDirectory() ?? "";
  if (runtime !== "nodejs") {
    call.destroy(new Error(`the stand-in installs nothing for ${runtime}`));
    return;
  }
  const child = spawn("npm", ["install", "--loglevel=error"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"], shell: process.platform === "win32" });
  child.stdout.on("data", (chunk: Buffer) => call.write(new rpc.InstallDependenciesResponse().setStdout(chunk)));
  child.stderr.on("data", (chunk: Buffer) => call.write(new rpc.InstallDependenciesResponse().setStderr(chunk)));
  child.on("error", (error) => call.destroy(error));
  child.on("close", (code) => (code === 0 ? call.end() : call.destroy(new Error(`npm install ended with exit code ${code ?? "none"}`))));
}

const server = new Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
server.addService(LanguageRuntimeService, {
  handshake: (_call: unknown, reply: Reply<unknown>) => reply(null, new rpc.LanguageHandshakeResponse()),
  getRequiredPackages: (_call: unknown, reply: Reply<unknown>) => reply(null, new rpc.GetRequiredPackagesResponse()),
  getPluginInfo: (_call: unknown, reply: Reply<unknown>) => reply(null, new PluginInfo().setVersion("3.258.0")),
  about: (_call: unknown, reply: Reply<unknown>) => reply(null, new rpc.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
  cancel: (_call: unknown, reply: Reply<unknown>) => reply(null, new Empty()),
  run: runProgram,
  runPlugin,
  installDependencies,
});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) {
    throw error;
  }
  console.log(port);
});
