/**
 * Logins for the private registries of AWS accounts, by ecr:GetAuthorizationToken.
 * Sources: Amazon ECR user guide (registry authentication; registry endpoints, IPv4, dual-stack and FIPS).
 */

import { load, type AwsClients } from "../aws-clients";
import { awsReason } from "../aws";
import { LookupFailure } from "../failure";
import type { AccountLogin } from "./registry";
import type { Login } from "./credentials";

const HOST = /^\d{12}\.dkr[.-]ecr(?:-fips)?\.([a-z]{2}[a-z0-9-]{3,30})\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|on\.aws|on\.amazonwebservices\.com\.cn)$/;

/** The region of an AWS account's registry; undefined for every other registry. */
export function regionOfRegistry(registry: string): string | undefined {
  return HOST.exec(registry)?.[1];
}

function loginIn(token: string | undefined): Login {
  const [user = "", ...rest] = Buffer.from(token ?? "", "base64").toString("utf8").split(":");
  if (user === "" || rest.length === 0) {
    throw new LookupFailure("ECR gave no token");
  }
  return { user, password: rest.join(":") };
}

/** One token serves all registries that an account may read in a region. */
export function accountLogins(clients: AwsClients): AccountLogin {
  const tokens = new Map<string, Promise<Login>>();
  return (registry, scope, turn) => {
    const region = regionOfRegistry(registry);
    if (region === undefined) {
      return undefined;
    }
    const key = `${region} ${clients.keyOf(scope)}`;
    const ask = async (): Promise<Login> => {
      try {
        const { GetAuthorizationTokenCommand } = load("ecr");
        turn.request();
        const { authorizationData } = await clients.ecr(scope, region).send(new GetAuthorizationTokenCommand({}), { abortSignal: turn.signal });
        return loginIn(authorizationData?.[0]?.authorizationToken);
      } catch (error) {
        throw new LookupFailure(awsReason(error));
      }
    };
    const token = tokens.get(key) ?? ask();
    tokens.set(key, token);
    return token;
  };
}
