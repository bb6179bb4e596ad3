// A policy pack without policies: it answers the engine as a pack does, and writes what it was sent to the file that
// CPU_ARCHITECTURE_RECORD_TO names, as the plain descriptions that tests/support/protocol.ts turns back into requests.
"use strict";

const { Server, ServerCredentials } = require("@grpc/grpc-js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb");
const { writeFileSync } = require("node:fs");
const rpc = require("@pulumi/pulumi/proto/analyzer_pb");
const { AnalyzerService } = require("@pulumi/pulumi/proto/analyzer_grpc_pb");
const { PluginInfo } = require("@pulumi/pulumi/proto/plugin_pb");

const recording = { stack: undefined, analyze: [], analyzeStack: [] };

/** Leaves out what is empty, so that a recording stays readable. */
function compact(object) {
  const isEmpty = (value) =>
    value === undefined || value === "" || value === false || (typeof value === "object" && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(object).filter(([, value]) => !isEmpty(value)));
}

function describeProvider(provider) {
  return provider && { type: provider.getType(), urn: provider.getUrn(), name: provider.getName(), properties: provider.getProperties()?.toJavaScript() ?? {} };
}

function describeOptions(options) {
  return (
    options &&
    compact({
      protect: options.getProtect(),
      ignoreChanges: options.getIgnorechangesList(),
      additionalSecretOutputs: options.getAdditionalsecretoutputsList(),
      aliases: options.getAliasesList(),
    })
  );
}

function describe(resource) {
  return {
    type: resource.getType(),
    urn: resource.getUrn(),
    name: resource.getName(),
    ...compact({
      parent: resource.getParent?.() ?? resource.getOptions()?.getParent(),
      options: describeOptions(resource.getOptions()),
      provider: describeProvider(resource.getProvider()),
      dependencies: resource.getDependenciesList?.().sort(),
    }),
    ...(resource.getPropertydependenciesMap === undefined
      ? {}
      : compact({ propertyDependencies: Object.fromEntries(resource.getPropertydependenciesMap().toArray().map(([key, urns]) => [key, [...urns[0]].sort()]).sort()) })),
    properties: resource.getProperties()?.toJavaScript() ?? {},
  };
}

const handlers = {
  handshake: () => new rpc.AnalyzerHandshakeResponse(),
  getAnalyzerInfo: () => new rpc.AnalyzerInfo().setName("recorder").setDisplayname("recorder").setVersion("0.0.1").setSupportsconfig(true),
  getPluginInfo: () => new PluginInfo().setVersion("0.0.1"),
  configure: () => new Empty(),
  cancel: () => new Empty(),
  configureStack: (request) => {
    recording.stack = { stack: request.getStack(), project: request.getProject(), organization: request.getOrganization(), dryRun: request.getDryRun() };
    return new rpc.AnalyzerStackConfigureResponse();
  },
  remediate: () => new rpc.RemediateResponse(),
  analyze: (request) => {
    recording.analyze.push(describe(request));
    save();
    return new rpc.AnalyzeResponse();
  },
  analyzeStack: (request) => {
    // The engine's order is random; a recording of the same program should stay the same.
    const order = new Map(recording.analyze.map(({ urn }, index) => [urn, index]));
    recording.analyzeStack = request
      .getResourcesList()
      .map(describe)
      .sort((a, b) => (order.get(a.urn) ?? -1) - (order.get(b.urn) ?? -1));
    save();
    return new rpc.AnalyzeResponse();
  },
};

function save() {
  writeFileSync(process.env.CPU_ARCHITECTURE_RECORD_TO, `${JSON.stringify(recording, undefined, 2)}\n`);
}

const server = new Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
server.addService(
  AnalyzerService,
  Object.fromEntries(Object.entries(handlers).map(([name, handle]) => [name, ({ request }, reply) => reply(null, handle(request))])),
);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    throw error;
  }
  console.log(port);
});
