// A stand-in for pulumi-language-nodejs, for machines where the official one cannot be had: it is no Go module of its
// own, so a CLI built from Go modules lacks it. It runs Node programs and policy packs with the loaders of the Pulumi
// SDK, as the official one does (pulumi: sdk/nodejs/cmd/pulumi-language-nodejs/main.go).
import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { sendUnaryData, ServerUnaryCall, ServerWritableStream } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { spawn } from "node:child_process";
import path from "node:path";
import * as rpc from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
// This module has no type declarations that fit a server.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { LanguageRuntimeService } = require("@pulumi/pulumi/proto/language_grpc_pb") as { LanguageRuntimeService: never };

/** The exit code of a program that has told the user itself what went wrong (pulumi: sdk/nodejs/cmd/run). */
const SAID_IT_ALREADY = 32;

const engine = process.argv.slice(2).find((arg) => !arg.startsWith("-")) ?? "";

type Reply<T> = sendUnaryData<T>;

/** The loader comes from the program's own SDK, found from its folder. */
function loader(name: "run" | "run-policy-pack", folder: string): string {
  return require.resolve(`@pulumi/pulumi/cmd/${name}`, { paths: [folder] });
}

function runProgram({ request }: ServerUnaryCall<rpc.RunRequest, rpc.RunResponse>, reply: Reply<rpc.RunResponse>): void {
  const folder = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
  const entry = request.getInfo()?.getEntryPoint() ?? "";
  const options = {
    "--monitor": request.getMonitorAddress(),
    "--engine": engine,
    "--project": request.getProject(),
    "--stack": request.getStack(),
    "--organization": request.getOrganization(),
    "--parallel": String(request.getParallel()),
    "--pwd": request.getPwd(),
  };
  const args = [
    loader("run", folder),
    ...Object.entries(options).flat(),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    path.join(folder, entry === "" ? "." : entry),
    ...request.getArgsList(),
  ];
  const config = JSON.stringify(Object.fromEntries(request.getConfigMap().toObject()));
  const secretKeys = JSON.stringify(request.getConfigsecretkeysList());
  const child = spawn(process.execPath, args, {
    cwd: request.getPwd(),
    // The first line on standard output was this host's port; the program's lines go to standard error.
    stdio: ["ignore", 2, 2],
    env: { ...process.env, PULUMI_CONFIG: config, PULUMI_CONFIG_SECRET_KEYS: secretKeys },
  });
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

function runPlugin(call: ServerWritableStream<rpc.RunPluginRequest, rpc.RunPluginResponse>): void {
  const { request } = call;
  const folder = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
  const env = Object.fromEntries(request.getEnvList().map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
  const child = spawn(process.execPath, [loader("run-policy-pack", folder), ...request.getArgsList(), folder], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.on("data", (chunk: Buffer) => call.write(new rpc.RunPluginResponse().setStdout(chunk)));
  child.stderr.on("data", (chunk: Buffer) => call.write(new rpc.RunPluginResponse().setStderr(chunk)));
  child.on("close", (code) => {
    call.write(new rpc.RunPluginResponse().setExitcode(code ?? 255));
    call.end();
  });
  call.on("cancelled", () => child.kill());
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
});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) {
    throw error;
  }
  console.log(port);
});
