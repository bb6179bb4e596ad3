/**
 * Clients of the AWS SDK, which is loaded only here, only when something is to be asked, and only if it is installed: it
 * is large, and most users never need it.
 */

import type * as Ec2 from "@aws-sdk/client-ec2";
import type * as Ecr from "@aws-sdk/client-ecr";
import type * as Ssm from "@aws-sdk/client-ssm";
import type * as Credentials from "@aws-sdk/credential-providers";
import type { LookupOptions, LookupService } from "../options/lookups";
import type { Fact } from "../stack/fact";
import type { AwsAccess } from "../stack/outside";
import { regionOf } from "../stack/scope";
import { codeOf, LookupFailure } from "./failure";

/** How the provider of a scope reaches AWS; undefined for what no AWS provider manages. */
export type AccessOf = (scope: string) => Fact<AwsAccess> | undefined;

interface Packages {
  readonly ec2: typeof Ec2;
  readonly ssm: typeof Ssm;
  readonly ecr: typeof Ecr;
  readonly credentials: typeof Credentials;
}

const NAMES: Readonly<Record<keyof Packages, string>> = {
  ec2: "@aws-sdk/client-ec2",
  ssm: "@aws-sdk/client-ssm",
  ecr: "@aws-sdk/client-ecr",
  credentials: "@aws-sdk/credential-providers",
};

/** @throws LookupFailure that names the package, if it is not installed beside the pack */
export function load<Name extends keyof Packages>(name: Name): Packages[Name] {
  // What the SDK prints about Node's version would stand among the findings of a preview.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- on first use
    return require(NAMES[name]) as Packages[Name];
  } catch (error) {
    throw codeOf(error) === "MODULE_NOT_FOUND" ? new LookupFailure(`${NAMES[name]} is not installed; npm install ${NAMES[name]} in the pack's folder`) : error;
  }
}

/** Loads packages ahead, so that the time it takes is none of a look-up's. Whoever needs one that is missing says so. */
export function loadAhead(names: readonly (keyof Packages)[]): void {
  for (const name of names) {
    try {
      load(name);
    } catch {
      continue;
    }
  }
}

/** What all clients are made with. */
interface ClientConfig {
  readonly region?: string;
  readonly endpoint?: string;
  readonly profile?: string;
  readonly credentials?: ReturnType<typeof Credentials.fromTemporaryCredentials>;
  readonly useFipsEndpoint?: boolean;
  readonly useDualstackEndpoint?: boolean;
  readonly maxAttempts: number;
  readonly requestHandler: { readonly connectionTimeout: number; readonly requestTimeout: number };
}

export interface Clients {
  readonly ec2: Ec2.EC2Client;
  readonly ssm: Ssm.SSMClient;
  readonly ecr: Ecr.ECRClient;
}

/** Some of several values, those that there are. */
function present<T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

/** The credentials that a provider is configured with; undefined: whatever the environment has. */
function ownCredentials(access: AwsAccess): ClientConfig["credentials"] | undefined {
  const { keys, configFile, credentialsFile, profile, webIdentity } = access;
  if (keys !== undefined) {
    return () => Promise.resolve({ accessKeyId: keys.accessKeyId, secretAccessKey: keys.secretAccessKey, ...present({ sessionToken: keys.sessionToken }) });
  }
  if (webIdentity !== undefined) {
    return load("credentials").fromTokenFile({ roleArn: webIdentity.arn, webIdentityTokenFile: webIdentity.tokenFile, ...present({ roleSessionName: webIdentity.sessionName }) });
  }
  const files = present({ configFilepath: configFile, filepath: credentialsFile });
  return Object.keys(files).length === 0 ? undefined : load("credentials").fromNodeProviderChain({ ...files, ...present({ profile }) });
}

/** The credentials after all roles are assumed, one from the other. */
function credentialsOf(access: AwsAccess, region: string | undefined): ClientConfig["credentials"] | undefined {
  const own = ownCredentials(access);
  if (access.roles.length === 0) {
    return own;
  }
  const { fromTemporaryCredentials, fromNodeProviderChain } = load("credentials");
  const sts = present({ region, endpoint: access.endpoints.sts });
  const start = own ?? fromNodeProviderChain(present({ profile: access.profile }));
  return access.roles.reduce(
    (masterCredentials, { arn, sessionName, externalId }) =>
      fromTemporaryCredentials({
        masterCredentials,
        params: { RoleArn: arn, RoleSessionName: sessionName ?? "cpu-architecture", ...present({ ExternalId: externalId }) },
        clientConfig: sts,
      }),
    start,
  );
}

/** Between EC2's, SSM's and ECR's own tries; each is bounded by the look-up that it belongs to. */
const ATTEMPTS = 3;

/** One client for each service, region and way to reach it. */
export class AwsClients {
  private readonly clients = new Map<string, { destroy: () => void }>();

  constructor(
    private readonly options: Pick<LookupOptions, "endpoints" | "timeoutSeconds">,
    private readonly accessOf: AccessOf,
  ) {}

  /** A text that two scopes share if they are asked in the same way. It holds credentials. */
  keyOf(scope: string): string {
    return JSON.stringify([regionOf(scope), this.accessOf(scope)]);
  }

  ec2(scope: string): Ec2.EC2Client {
    return this.client("ec2", scope, regionOf(scope), (config) => new (load("ec2").EC2Client)(config));
  }

  ssm(scope: string): Ssm.SSMClient {
    return this.client("ssm", scope, regionOf(scope), (config) => new (load("ssm").SSMClient)(config));
  }

  /** @param region of the registry, which its name tells */
  ecr(scope: string, region: string): Ecr.ECRClient {
    return this.client("ecr", scope, region, (config) => new (load("ecr").ECRClient)(config));
  }

  close(): void {
    for (const client of this.clients.values()) {
      client.destroy();
    }
    this.clients.clear();
  }

  private client<C extends { destroy: () => void }>(service: LookupService, scope: string, region: string | undefined, make: (config: ClientConfig) => C): C {
    const key = `${service} ${region ?? ""} ${this.keyOf(scope)}`;
    const client = (this.clients.get(key) as C | undefined) ?? make(this.configOf(service, scope, region));
    this.clients.set(key, client);
    return client;
  }

  private configOf(service: LookupService, scope: string, region: string | undefined): ClientConfig {
    const access = this.accessOf(scope);
    if (access?.state === "unknown") {
      throw new LookupFailure(access.why);
    }
    const configured = access?.state === "known" ? access.value : undefined;
    const timeout = this.options.timeoutSeconds * 1000;
    return {
      ...present({
        region,
        endpoint: this.options.endpoints[service] ?? configured?.endpoints[service],
        profile: configured?.keys === undefined ? configured?.profile : undefined,
        credentials: configured === undefined ? undefined : credentialsOf(configured, region),
        useFipsEndpoint: configured?.useFips === true ? true : undefined,
        useDualstackEndpoint: configured?.useDualstack === true ? true : undefined,
      }),
      maxAttempts: ATTEMPTS,
      requestHandler: { connectionTimeout: timeout, requestTimeout: timeout },
    };
  }
}
