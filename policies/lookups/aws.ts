/**
 * What EC2 and SSM tell of AMIs and instance types. Only these calls are made: ec2:DescribeImages, ssm:GetParameters,
 * ec2:DescribeInstanceTypes. Each takes many names at once.
 */

import type { Image } from "@aws-sdk/client-ec2";
import type { Parameter } from "@aws-sdk/client-ssm";
import { parseEc2Architecture, type Ec2Architecture } from "../platform/ec2";
import type { Answer, OutsideAmi } from "../stack/outside";
import { load, type AwsClients } from "./aws-clients";
import type { Budget, Turn } from "./budget";
import { LookupFailure, nameOf, reasonOf } from "./failure";

/** The most names in one call. Source: the services' API references (GetParameters; the others take more). */
const MAX_IMAGES = 100;
const MAX_PARAMETERS = 10;
const MAX_TYPES = 50;

type Answers<T> = Map<string, Answer<T>>;

function inBatches(names: readonly string[], size: number): string[][] {
  return Array.from({ length: Math.ceil(names.length / size) }, (_, index) => names.slice(index * size, (index + 1) * size));
}

/** Error codes by what they mean. Source: EC2 API reference (Error codes), Systems Manager and STS API references. */
const CODES: readonly (readonly [RegExp, string])[] = [
  [/^(UnauthorizedOperation|AccessDenied(Exception)?)$/, "AWS denied it"],
  [/^(AuthFailure|ExpiredToken(Exception)?|RequestExpired|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature)$/, "AWS refused the credentials"],
  [/^(Throttling(Exception)?|RequestLimitExceeded|TooManyRequestsException|RequestThrottled(Exception)?|SlowDown)$/, "AWS limits the rate of requests"],
  [/^(CredentialsProviderError|TokenProviderError)$/, "no AWS credentials were found"],
  [/^(OptInRequired|Blocked|PendingVerification)$/, "the AWS account cannot use that region"],
  [/^(InternalError|InternalFailure|InternalServerError|ServiceUnavailable|Unavailable)$/, "AWS could not answer"],
  [/^TimeoutError$/, "it cannot be reached in time"],
];

/** Why a call failed. The text of an error may quote account, role and keys, so only its code is told. */
export function awsReason(error: unknown): string {
  if (error instanceof LookupFailure) {
    return error.reason;
  }
  const name = nameOf(error);
  const known = CODES.find(([pattern]) => pattern.test(name));
  if (known !== undefined) {
    return known[1];
  }
  if (error instanceof Error && /^Region (is missing|not accepted)/.test(error.message)) {
    return "its region is not known";
  }
  const status = (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
  return status !== undefined ? `AWS answered ${name === "Error" || name === "an error" ? `HTTP ${String(status)}` : name}` : reasonOf(error);
}

function unknownFor<T>(names: readonly string[], why: string): Answers<T> {
  return new Map(names.map((name) => [name, { state: "unknown", why }]));
}

/** AMIs that an error of DescribeImages names: they do not exist, or not for this account. */
function namedIn(error: unknown, ids: readonly string[]): string[] {
  const isAboutIds = /^InvalidAMIID\.(NotFound|Malformed|Unavailable)$/.test(nameOf(error));
  const message = error instanceof Error ? error.message : "";
  return isAboutIds ? ids.filter((id) => message.includes(id)) : [];
}

function amiOf({ Architecture, Platform, PlatformDetails }: Image): OutsideAmi | undefined {
  const architecture = parseEc2Architecture(Architecture ?? "");
  const isWindows = Platform?.toLowerCase() === "windows" || PlatformDetails?.startsWith("Windows") === true;
  return architecture === undefined ? undefined : { architecture, os: isWindows ? "windows" : "linux" };
}

const NOT_FOUND = "EC2 knows no such AMI in that region, or does not show it to this account";

function amiIdIn(value: string | undefined): string | undefined {
  return /^\s*(ami-[0-9a-f]{8,17})\s*$/.exec(value ?? "")?.[1];
}

/** The parameter that a name asks for, with version or label if it has one after it; otherwise the newest. */
function parameterNamed(parameters: readonly Parameter[], name: string): Parameter | undefined {
  const exact = parameters.filter(({ Name = "", Selector = "", ARN = "" }) => `${Name}${Selector}` === name || `${ARN}${Selector}` === name);
  const [newest] = exact.sort((a, b) => (b.Version ?? 0) - (a.Version ?? 0));
  return newest ?? parameters.find(({ Name = "", ARN = "", Version = 0 }) => [Name, ARN].some((each) => `${each}:${String(Version)}` === name));
}

export class Aws {
  constructor(
    private readonly clients: AwsClients,
    private readonly budget: Budget,
  ) {}

  /** @param scope of a resource that uses them */
  async amis(scope: string, ids: readonly string[]): Promise<Answers<OutsideAmi>> {
    return this.inBatches(ids, MAX_IMAGES, async (batch, turn) => {
      const images = await this.describeImages(scope, batch, turn);
      const by = await this.by("EC2 DescribeImages", scope);
      return new Map(
        batch.map((id): [string, Answer<OutsideAmi>] => {
          const image = images.find(({ ImageId }) => ImageId === id);
          const value = image === undefined ? undefined : amiOf(image);
          return [id, value === undefined ? { state: "unknown", why: image === undefined ? NOT_FOUND : "EC2 names an architecture that is not known here" } : { state: "known", value, by }];
        }),
      );
    });
  }

  /** The AMIs that parameters hold, by the parameters' names as they stand after `resolve:ssm:`. */
  async amisOfParameters(scope: string, names: readonly string[]): Promise<Answers<OutsideAmi>> {
    const held = await this.inBatches<string>(names, MAX_PARAMETERS, (batch, turn) => this.getParameters(scope, batch, turn));
    const ids = [...held.values()].flatMap((answer) => (answer.state === "known" ? answer.value : []));
    const amis = await this.amis(scope, [...new Set(ids)]);
    return new Map(
      [...held].map(([name, id]): [string, Answer<OutsideAmi>] => {
        const ami: Answer<OutsideAmi> = id.state === "known" ? (amis.get(id.value) ?? { state: "unknown", why: NOT_FOUND }) : id;
        return [name, ami.state === "known" ? { ...ami, by: `SSM GetParameters and ${ami.by}` } : ami];
      }),
    );
  }

  async instanceTypes(scope: string, types: readonly string[]): Promise<Answers<readonly Ec2Architecture[]>> {
    return this.inBatches(types, MAX_TYPES, async (batch, turn) => {
      const { DescribeInstanceTypesCommand } = load("ec2");
      turn.request();
      // By a filter: a name that does not exist is no error then.
      const command = new DescribeInstanceTypesCommand({ Filters: [{ Name: "instance-type", Values: batch }] });
      const { InstanceTypes = [] } = await this.clients.ec2(scope).send(command, { abortSignal: turn.signal });
      const by = await this.by("EC2 DescribeInstanceTypes", scope);
      return new Map(
        batch.map((type): [string, Answer<readonly Ec2Architecture[]>] => {
          const found = InstanceTypes.find(({ InstanceType }) => InstanceType === type)?.ProcessorInfo?.SupportedArchitectures ?? [];
          const value = found.flatMap((word) => parseEc2Architecture(word) ?? []);
          const isWhole = value.length > 0 && value.length === found.length;
          return [type, isWhole ? { state: "known", value, by } : { state: "unknown", why: "EC2 does not offer such a type in that region, or says nothing of its architecture" }];
        }),
      );
    });
  }

  /** Asks again without those that the error names, as long as it names some. */
  private async describeImages(scope: string, ids: readonly string[], turn: Turn): Promise<readonly Image[]> {
    const { DescribeImagesCommand } = load("ec2");
    turn.request();
    try {
      const { Images = [] } = await this.clients.ec2(scope).send(new DescribeImagesCommand({ ImageIds: [...ids], IncludeDeprecated: true }), { abortSignal: turn.signal });
      return Images;
    } catch (error) {
      const missing = namedIn(error, ids);
      if (missing.length === 0) {
        throw error;
      }
      const others = ids.filter((id) => !missing.includes(id));
      return others.length === 0 ? [] : await this.describeImages(scope, others, turn);
    }
  }

  private async getParameters(scope: string, names: readonly string[], turn: Turn): Promise<Answers<string>> {
    const { GetParametersCommand } = load("ssm");
    turn.request();
    const { Parameters = [] } = await this.clients.ssm(scope).send(new GetParametersCommand({ Names: [...names] }), { abortSignal: turn.signal });
    const answer = (name: string): Answer<string> => {
      const found = parameterNamed(Parameters, name);
      const value = amiIdIn(found?.Value);
      return value === undefined ? { state: "unknown", why: found === undefined ? "SSM has no such parameter in that region" : "the SSM parameter holds no AMI id" } : { state: "known", value, by: "" };
    };
    return new Map(names.map((name) => [name, answer(name)]));
  }

  /** `EC2 DescribeImages, us-east-1, today` */
  private async by(call: string, scope: string): Promise<string> {
    return `${call}, ${await this.clients.ec2(scope).config.region()}, today`;
  }

  /** One look-up for each batch; a failure is the answer for all names of its batch. */
  private async inBatches<T>(names: readonly string[], size: number, ask: (batch: string[], turn: Turn) => Promise<Answers<T>>): Promise<Answers<T>> {
    const answers = await Promise.all(
      inBatches(names, size).map((batch) => this.budget.run((turn) => ask(batch, turn)).catch((error: unknown) => unknownFor<T>(batch, awsReason(error)))),
    );
    return new Map(answers.flatMap((each) => [...each]));
  }
}
