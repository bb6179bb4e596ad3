import { Server, ServerCredentials, status } from "@grpc/grpc-js";
import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
// This module has no type declarations.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { ResourceProviderService } = require("@pulumi/pulumi/proto/provider_grpc_pb") as { ResourceProviderService: never };
import { aws } from "./aws";
import { awsNative } from "./aws-native";
import { command } from "./command";
import { docker } from "./docker";
import { dockerBuild } from "./docker-build";
import type { Machine, Resource, StandIn } from "./provider";
import { random } from "./random";
import { fromStruct, toStruct } from "../../values";
import type { Values } from "../../values";

/** The providers that are played, by package name. */
const STAND_INS: Readonly<Record<string, StandIn>> = { aws, "aws-native": awsNative, command, docker, "docker-build": dockerBuild, random };

export const STAND_IN_PACKAGES = Object.keys(STAND_INS);

/** A running server with one provider on it. */
export interface ProviderServer {
  readonly port: number;
  stop(): void;
}

type Reply = sendUnaryData<unknown>;
type Handler<T> = (request: T) => unknown;

/**
 * Serves one stand-in provider to the engine, which is told of it by PULUMI_DEBUG_PROVIDERS.
 *
 * @param packageName one of STAND_IN_PACKAGES
 * @param schema the package schema for programs that are checked against one (YAML)
 */
export function serveProvider(packageName: string, machine: Machine, schema: () => string): Promise<ProviderServer> {
  const standIn = STAND_INS[packageName];
  if (standIn === undefined) {
    return Promise.reject(new Error(`no stand-in for ${packageName}`));
  }
  const server = new Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
  server.addService(ResourceProviderService, handlers(standIn, machine, schema));
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) {
        resolve({ port, stop: () => server.forceShutdown() });
      } else {
        reject(error);
      }
    });
  });
}

function handlers(standIn: StandIn, machine: Machine, schema: () => string): UntypedServiceImplementation {
  return {
    handshake: unimplemented,
    parameterize: unimplemented,
    attach: answer(() => new Empty()),
    cancel: answer(() => new Empty()),
    getPluginInfo: answer(() => new PluginInfo().setVersion(standIn.version)),
    getSchema: answer(() => new rpc.GetSchemaResponse().setSchema(schema())),
    checkConfig: answer((request: rpc.CheckRequest) => new rpc.CheckResponse().setInputs(request.getNews())),
    diffConfig: answer(() => new rpc.DiffResponse()),
    configure: answer(() => new rpc.ConfigureResponse().setSupportspreview(true).setAcceptsecrets(false).setAcceptresources(false)),
    check: answer((request: rpc.CheckRequest) => check(standIn, machine, request)),
    diff: answer((request: rpc.DiffRequest) => diff(standIn, request)),
    create: answer((request: rpc.CreateRequest) => create(standIn, machine, request)),
    update: answer((request: rpc.UpdateRequest) => update(standIn, machine, request)),
    delete: answer(() => new Empty()),
    read: answer((request: rpc.ReadRequest) => read(standIn, request)),
    invoke: answer((request: rpc.InvokeRequest) => new rpc.InvokeResponse().setReturn(toStruct(standIn.invoke(request.getTok(), fromStruct(request.getArgs())) ?? {}))),
  };
}

/** Turns a plain function into a gRPC handler; what it throws becomes the call's error. */
function answer<T>(handle: Handler<T>): (call: ServerUnaryCall<T, unknown>, reply: Reply) => void {
  return (call, reply) => {
    try {
      reply(null, handle(call.request));
    } catch (error) {
      reply({ code: status.UNKNOWN, details: String(error) });
    }
  };
}

/** The engine asks for these and goes on without them. */
function unimplemented(_call: unknown, reply: Reply): void {
  reply({ code: status.UNIMPLEMENTED, details: "not played" });
}

function resourceOf(urn: string, inputs: Values): Resource {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.split("$").at(-1) ?? "", name: name.join("::"), urn, inputs };
}

function check(standIn: StandIn, machine: Machine, request: rpc.CheckRequest): rpc.CheckResponse {
  const { inputs, failures = [] } = standIn.check(resourceOf(request.getUrn(), fromStruct(request.getNews())), machine);
  const list = failures.map(({ property, reason }) => new rpc.CheckFailure().setProperty(property).setReason(reason));
  return new rpc.CheckResponse().setInputs(toStruct(inputs)).setFailuresList(list);
}

function diff(standIn: StandIn, request: rpc.DiffRequest): rpc.DiffResponse {
  const { changed, replace } = standIn.diff(resourceOf(request.getUrn(), fromStruct(request.getNews())), fromStruct(request.getOldInputs()));
  const ignored = new Set(request.getIgnorechangesList());
  const counted = changed.filter((name) => !ignored.has(name));
  return new rpc.DiffResponse()
    .setChanges(counted.length === 0 ? rpc.DiffResponse.DiffChanges.DIFF_NONE : rpc.DiffResponse.DiffChanges.DIFF_SOME)
    .setDiffsList(counted)
    .setReplacesList(replace.filter((name) => !ignored.has(name)));
}

function create(standIn: StandIn, machine: Machine, request: rpc.CreateRequest): rpc.CreateResponse {
  const resource = resourceOf(request.getUrn(), fromStruct(request.getProperties()));
  const { id, outputs } = standIn.create(resource, request.getPreview(), machine);
  return new rpc.CreateResponse().setId(id).setProperties(toStruct(outputs));
}

function update(standIn: StandIn, machine: Machine, request: rpc.UpdateRequest): rpc.UpdateResponse {
  const resource = resourceOf(request.getUrn(), fromStruct(request.getNews()));
  const outputs = standIn.update(resource, request.getId(), fromStruct(request.getOlds()), request.getPreview(), machine);
  return new rpc.UpdateResponse().setProperties(toStruct(outputs));
}

/** A resource of this stack is as the state says (a refresh); one from outside is made up from its id (`.get()`). */
function read(standIn: StandIn, request: rpc.ReadRequest): rpc.ReadResponse {
  const known = fromStruct(request.getProperties());
  const inputs = fromStruct(request.getInputs());
  const isOurs = Object.keys(inputs).length > 0;
  const outputs = isOurs ? known : { ...standIn.read(resourceOf(request.getUrn(), known), request.getId()), ...known };
  return new rpc.ReadResponse().setId(request.getId()).setProperties(toStruct(outputs)).setInputs(toStruct(inputs));
}
