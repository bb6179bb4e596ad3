/**
 * How a provider of the stack reaches AWS. Read only where the user switched look-ups on, and never shown.
 * Source: the configuration of the providers `aws` (6 and 7) and `aws-native`, as their resources `Provider` take it; what
 * is no text is sent as JSON in one.
 */

import { known, unknown, type Fact } from "../stack/fact";
import type { AwsAccess, AwsRole } from "../stack/outside";
import { block, boolean, field, isUnknown, json, list, name } from "./raw";
import type { Properties } from "./resource";

/** The properties that say how AWS is reached. */
const KEYS = [
  "profile", "accessKey", "secretKey", "token", "assumeRole", "assumeRoles", "assumeRoleWithWebIdentity", "sharedConfigFiles", "sharedCredentialsFiles",
  "sharedCredentialsFile", "endpoints", "useFipsEndpoint", "useDualstackEndpoint",
] as const;

type Key = (typeof KEYS)[number];

function hidesSomething(raw: unknown, depth = 0): boolean {
  if (isUnknown(raw) || depth > 5) {
    return true;
  }
  return typeof raw === "object" && raw !== null && Object.values(raw).some((each) => hidesSomething(each, depth + 1));
}

function decoded(raw: unknown): unknown {
  if (typeof raw !== "string" || isUnknown(raw) || !/^\s*[[{]/.test(raw)) {
    return raw === "true" ? true : raw === "false" ? false : raw;
  }
  const value = json(raw);
  return value.state === "known" ? value.value : raw;
}

function textOf(raw: unknown): string | undefined {
  const fact = name(raw);
  return fact.state === "known" ? fact.value : undefined;
}

function firstOf(raw: unknown): string | undefined {
  const items = list(raw);
  return items.state === "known" ? textOf(items.value[0]) : textOf(raw);
}

function roleOf(raw: unknown): AwsRole[] {
  const arn = textOf(field(raw, "roleArn"));
  return arn === undefined ? [] : [{ arn, sessionName: textOf(field(raw, "sessionName")), externalId: textOf(field(raw, "externalId")) }];
}

function endpointsOf(raw: unknown): AwsAccess["endpoints"] {
  const items = list(raw);
  const entries = items.state === "known" ? items.value : [raw];
  const services = ["ec2", "ssm", "ecr", "sts"] as const;
  return Object.fromEntries(
    services.flatMap((service) => {
      const url = entries.map((entry) => textOf(field(entry, service))).find((each) => each !== undefined);
      return url === undefined ? [] : [[service, url]];
    }),
  );
}

function keysOf(of: (key: Key) => unknown): AwsAccess["keys"] {
  const [accessKeyId, secretAccessKey] = [textOf(of("accessKey")), textOf(of("secretKey"))];
  return accessKeyId === undefined || secretAccessKey === undefined ? undefined : { accessKeyId, secretAccessKey, sessionToken: textOf(of("token")) };
}

function webIdentityOf(raw: unknown): AwsAccess["webIdentity"] {
  const [role] = roleOf(raw);
  const tokenFile = textOf(field(raw, "webIdentityTokenFile"));
  return role === undefined || tokenFile === undefined ? undefined : { arn: role.arn, sessionName: role.sessionName, tokenFile };
}

function flag(raw: unknown): boolean {
  const fact = boolean(raw);
  return fact.state === "known" && fact.value;
}

/** @param properties raw inputs of a provider resource */
export function readAwsAccess(properties: Properties): Fact<AwsAccess> {
  const values = new Map(KEYS.map((key) => [key, decoded(Object.hasOwn(properties, key) ? properties[key] : undefined)]));
  if ([...values.values()].some((value) => hidesSomething(value))) {
    return unknown("the configuration of its provider is not known");
  }
  const of = (key: Key): unknown => values.get(key);
  const roles = list(of("assumeRoles"));
  return known({
    profile: textOf(of("profile")),
    keys: keysOf(of),
    roles: roles.state === "known" ? roles.value.flatMap(roleOf) : roleOf(block(of("assumeRole"))),
    webIdentity: webIdentityOf(block(of("assumeRoleWithWebIdentity"))),
    configFile: firstOf(of("sharedConfigFiles")),
    credentialsFile: firstOf(of("sharedCredentialsFiles")) ?? textOf(of("sharedCredentialsFile")),
    endpoints: endpointsOf(of("endpoints")),
    useFips: flag(of("useFipsEndpoint")),
    useDualstack: flag(of("useDualstackEndpoint")),
  });
}
