// What the official language host puts between the engine and a policy pack: it takes ConfigureStack, starts the pack with
// what that says in environment variables, and passes on everything else (pulumi: sdk/policy_proxy.go; the variables:
// pkg/resource/plugin/analyzer_plugin.go). Without it a pack could not tell a preview from an update.
import { Client, credentials, Server, ServerCredentials } from "@grpc/grpc-js";
import type { sendUnaryData, ServerUnaryCall, ServiceDefinition } from "@grpc/grpc-js";
import { AnalyzerStackConfigureRequest } from "@pulumi/pulumi/proto/analyzer_pb";

const LIMITS = { "grpc.max_receive_message_length": 2 ** 31 - 1, "grpc.max_send_message_length": 2 ** 31 - 1 };
const PASSED_ON = ["Analyze", "AnalyzeStack", "Remediate", "GetAnalyzerInfo", "GetPluginInfo", "Configure", "Cancel"];
const ALL = [...PASSED_ON, "Handshake", "ConfigureStack"];

type Call = ServerUnaryCall<Buffer, Buffer>;
type Reply = sendUnaryData<Buffer>;

function pathOf(method: string): string {
  return `/pulumirpc.Analyzer/${method}`;
}

function same(bytes: Buffer): Buffer {
  return bytes;
}

/** Messages stay bytes: what is passed on needs no understanding. */
const SERVICE: ServiceDefinition = Object.fromEntries(
  ALL.map((method) => [
    method,
    { path: pathOf(method), requestStream: false, responseStream: false, requestSerialize: same, requestDeserialize: same, responseSerialize: same, responseDeserialize: same },
  ]),
);

/** The variables that tell a pack for Node of the operation. */
function environmentOf(request: AnalyzerStackConfigureRequest): Record<string, string> {
  const config: unknown = Object.fromEntries(request.getConfigMap().toObject());
  return {
    PULUMI_NODEJS_ORGANIZATION: request.getOrganization(),
    PULUMI_NODEJS_PROJECT: request.getProject(),
    PULUMI_NODEJS_STACK: request.getStack(),
    PULUMI_NODEJS_DRY_RUN: String(request.getDryRun()),
    PULUMI_CONFIG: JSON.stringify(config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigSecretKeysList()),
  };
}

/**
 * Serves the engine in place of a pack.
 * @param start starts the pack with these variables and gives its port
 * @returns the port, and what ends the proxy
 */
export function servePolicyProxy(start: (environment: Readonly<Record<string, string>>) => Promise<number>): Promise<{ readonly port: number; readonly stop: () => void }> {
  let pack: Promise<Client> | undefined;
  // The engine asks at once, and does not configure, where there is no stack: `pulumi policy analyze` and `publish`.
  const client = (environment: Readonly<Record<string, string>> = {}): Promise<Client> => {
    pack ??= start(environment).then((port) => new Client(`127.0.0.1:${port}`, credentials.createInsecure(), LIMITS));
    return pack;
  };
  const passOn = async (method: string, message: Buffer, reply: Reply, environment?: Readonly<Record<string, string>>): Promise<void> => {
    try {
      (await client(environment)).makeUnaryRequest(pathOf(method), same, same, message, (error, answer) => reply(error, answer));
    } catch (error) {
      reply(error as Error);
    }
  };
  const server = new Server(LIMITS);
  server.addService(SERVICE, {
    ...Object.fromEntries(PASSED_ON.map((method) => [method, ({ request }: Call, reply: Reply) => void passOn(method, request, reply)])),
    Handshake: (_call: Call, reply: Reply) => reply(null, Buffer.alloc(0)),
    ConfigureStack: ({ request }: Call, reply: Reply) => void passOn("ConfigureStack", request, reply, environmentOf(AnalyzerStackConfigureRequest.deserializeBinary(request))),
  });
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
