// Look-ups of AMIs, SSM parameters and instance types from moto, whose AMIs, public parameters and types were captured from
// AWS, and through a front that refuses, limits and hangs.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DescribeImagesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { Desk } from "../../policies/lookups/desk";
import type { LookupOptions } from "../../policies/options/lookups";
import { parseImageId } from "../../policies/platform/ami";
import { readAwsAccess } from "../../policies/read/provider";
import type { Fact } from "../../policies/stack/fact";
import type { AwsAccess } from "../../policies/stack/outside";
import { withEnvironment } from "../support/built-pack";
import { cannotRun } from "../support/cannot-run";
import { answerWith, startFront, startMoto, type Behavior, type Front, type Server } from "../support/lookups/servers";

const OPTIONS: LookupOptions = { amis: true, instanceTypes: true, images: false, timeoutSeconds: 20, totalSeconds: 40, maxRequests: 500, concurrency: 8, mirrors: [], tokenHosts: [], endpoints: {} };
const SCOPE = "pulumi:providers:aws default us-east-1";
const SECRET = "hunter2secret";
const KEYS = { AWS_ACCESS_KEY_ID: "AKIATESTING", AWS_SECRET_ACCESS_KEY: SECRET };
const NOWHERE = path.join(tmpdir(), "there-is-no-such-file");
/** No credentials from anywhere: neither files nor the service of an instance or container. */
const NO_CREDENTIALS = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_CONFIG_FILE: NOWHERE, AWS_SHARED_CREDENTIALS_FILE: NOWHERE, AWS_EC2_METADATA_DISABLED: "true" };

function errorOf(code: string): string {
  return `<Response><Errors><Error><Code>${code}</Code><Message>${SECRET} arn:aws:iam::123456789012:user/someone</Message></Error></Errors><RequestID>1</RequestID></Response>`;
}

describe("AMIs, parameters and instance types from AWS", function () {
  this.timeout(120_000);
  const started: Server[] = [];
  let front: Front;
  let own = "";

  before(async function () {
    this.timeout(10 * 60_000);
    const moto = await startMoto();
    if ("missing" in moto) {
      return cannotRun(this, moto.missing);
    }
    front = await startFront(moto.url);
    started.push(moto, front);
    const config = { region: "us-east-1", endpoint: moto.url, credentials: { accessKeyId: "testing", secretAccessKey: "testing" } };
    const ec2 = new EC2Client(config);
    const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Filters: [{ Name: "architecture", Values: ["arm64"] }] }));
    own = Images[0]?.ImageId ?? "";
    const ssm = new SSMClient(config);
    for (const [Name, Value] of [["/golden/ami", "ami-12c6146b"], ["/golden/ami", own], ["/golden/other", "something else"]] as const) {
      await ssm.send(new PutParameterCommand({ Name, Value, Type: "String", Overwrite: true }));
    }
  });

  after(() => started.forEach(({ stop }) => stop()));

  beforeEach(() => {
    front.behavior = () => false;
    front.seen.length = 0;
  });

  interface Asked {
    readonly images?: readonly string[];
    readonly types?: readonly string[];
    readonly options?: Partial<LookupOptions>;
    readonly environment?: Readonly<Record<string, string>>;
    readonly access?: (scope: string) => Fact<AwsAccess> | undefined;
    readonly scopes?: readonly string[];
  }

  /** What is told of each image id and type, as one line. */
  async function asked({ images = [], types = [], options = {}, environment = KEYS, access = () => undefined, scopes = [SCOPE] }: Asked): Promise<string[]> {
    const endpoints = { ec2: front.url, ssm: front.url };
    return withEnvironment({ AWS_REGION: "", AWS_PROFILE: "", ...environment }, async () => {
      const desk = new Desk({ ...OPTIONS, endpoints, ...options }, access);
      const ask = (): string[] =>
        scopes.flatMap((scope) => [
          ...images.map((image) => desk.outside.ami(parseImageId(image)!, scope)).map((answer) => (answer?.state === "known" ? `${answer.value.os} ${answer.value.architecture}, ${answer.by}` : (answer?.why ?? "not answered"))),
          ...types.map((type) => desk.outside.instanceType(type, scope)).map((answer) => (answer?.state === "known" ? `${answer.value.join()}, ${answer.by}` : (answer?.why ?? "not answered"))),
        ]);
      assert.deepEqual(new Set(ask()), new Set(["not answered"]));
      await desk.answer();
      const told = ask();
      assert.equal(await desk.answer(), false, "every question is asked once");
      desk.close();
      assert.ok(!told.join().includes(SECRET));
      return told;
    });
  }

  it("tells what they are, and where it heard so, in one request for each kind", async () => {
    const missing = "ami-0123456789abcdef0";
    assert.deepEqual(await asked({ images: ["ami-12c6146b", own, "ami-12c6146b"], types: ["m7g.large", "t3.micro", "x99.large"] }), [
      "windows x86_64, EC2 DescribeImages, us-east-1, today",
      "linux arm64, EC2 DescribeImages, us-east-1, today",
      "windows x86_64, EC2 DescribeImages, us-east-1, today",
      "arm64, EC2 DescribeInstanceTypes, us-east-1, today",
      "x86_64, EC2 DescribeInstanceTypes, us-east-1, today",
      "EC2 does not offer such a type in that region, or says nothing of its architecture",
    ]);
    assert.equal(front.seen.length, 2);
    assert.deepEqual(await asked({ images: [own, missing] }), ["linux arm64, EC2 DescribeImages, us-east-1, today", "EC2 knows no such AMI in that region, or does not show it to this account"]);
  });

  it("follows parameters, public ones, own ones and old versions of these, in one request for all and one for their AMIs", async () => {
    const by = "SSM GetParameters and EC2 DescribeImages, us-east-1, today";
    const names = ["/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64", "/golden/ami", "/golden/ami:1", "/golden/other", "/golden/none"];
    assert.deepEqual(await asked({ images: names.map((name) => `resolve:ssm:${name}`) }), [
      `linux arm64, ${by}`, `linux arm64, ${by}`, `windows x86_64, ${by}`, "the SSM parameter holds no AMI id", "SSM has no such parameter in that region",
    ]);
    assert.equal(front.seen.length, 2);
  });

  it("asks each region in its own place, as each provider is configured", async () => {
    const access = (scope: string): Fact<AwsAccess> | undefined => (scope.includes("other") ? readAwsAccess({ accessKey: "AKIAOTHER", secretKey: SECRET }) : undefined);
    const told = await asked({ images: ["ami-12c6146b"], scopes: [SCOPE, "pulumi:providers:aws default eu-west-1", "urn:pulumi:test::app::pulumi:providers:aws::other us-east-1", "urn::same us-east-1"], access });
    assert.deepEqual(told.map((each) => /us-east-1|eu-west-1|knows no such/.exec(each)?.[0]), ["us-east-1", "eu-west-1", "us-east-1", "us-east-1"]);
    const signed = front.seen.map(({ authorization }) => /Credential=(\w+)\/\d+\/([\w-]+)\//.exec(authorization ?? "")?.slice(1).join(" "));
    assert.deepEqual(signed.sort(), ["AKIAOTHER us-east-1", "AKIATESTING eu-west-1", "AKIATESTING us-east-1"]);
  });

  it("assumes the role that the provider assumes", async () => {
    const access = (): Fact<AwsAccess> => readAwsAccess({ assumeRoles: '[{"roleArn":"arn:aws:iam::123456789012:role/reader"}]', endpoints: JSON.stringify([{ sts: front.url }]) });
    assert.deepEqual(await asked({ images: [own], access }), ["linux arm64, EC2 DescribeImages, us-east-1, today"]);
    const keys = front.seen.map(({ authorization }) => /Credential=(\w+)\//.exec(authorization ?? "")?.[1]);
    assert.equal(keys.length, 2);
    assert.equal(keys[0], "AKIATESTING");
    assert.notEqual(keys[1], "AKIATESTING", "the AMI is asked for with the role's own key");
  });

  it("uses the provider's profile", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "cpu-architecture-profile-"));
    try {
      const file = path.join(folder, "credentials");
      writeFileSync(file, `[shop]\naws_access_key_id = AKIASHOP\naws_secret_access_key = ${SECRET}\n`);
      for (const [properties, environment] of [[{ profile: "shop" }, { AWS_SHARED_CREDENTIALS_FILE: file }], [{ profile: "shop", sharedCredentialsFiles: [file] }, {}]] as const) {
        front.seen.length = 0;
        assert.deepEqual(await asked({ images: [own], access: () => readAwsAccess(properties), environment: { ...NO_CREDENTIALS, ...environment } }), ["linux arm64, EC2 DescribeImages, us-east-1, today"]);
        assert.match(front.seen[0]?.authorization ?? "", /Credential=AKIASHOP\//);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const refusals: readonly (readonly [what: string, behavior: Behavior, why: RegExp, options?: Partial<LookupOptions>])[] = [
    ["not allowed", answerWith(403, {}, errorOf("UnauthorizedOperation")), /^AWS denied it$/],
    ["credentials that are over", answerWith(400, {}, errorOf("RequestExpired")), /^AWS refused the credentials$/],
    ["too many requests", answerWith(503, {}, errorOf("RequestLimitExceeded")), /^AWS limits the rate of requests$/],
    ["AWS out of order", answerWith(500, {}, errorOf("InternalError")), /^AWS could not answer$/],
    ["an odd answer", answerWith(200, { "content-type": "text/html" }, `<p>${SECRET}`), /^(unexpectedly, |EC2 knows no such AMI|AWS answered)/],
    ["a connection that is cut", (request) => { request.socket.destroy(); return true; }, /^it cannot be reached/],
    ["no answer at all", () => true, /^no answer within 1 s$/, { timeoutSeconds: 1 }],
    ["no request left", () => false, /^no more than 1 requests may be sent in a run$/, { maxRequests: 1 }],
  ];
  for (const [what, behavior, why, options = {}] of refusals) {
    it(`tells nothing, and why, within the bound: ${what}`, async () => {
      front.behavior = behavior;
      const start = Date.now();
      const images = options.maxRequests === undefined ? [own] : Array.from({ length: 101 }, (_, index) => `ami-${String(index).padStart(8, "0")}`);
      assert.match((await asked({ images, options })).at(-1) ?? "", why);
      assert.ok(Date.now() - start < 45_000);
    });
  }

  it("tells nothing without credentials, without a region, or while the provider is not known", async () => {
    assert.ok(!existsSync(NOWHERE));
    assert.deepEqual(await asked({ images: [own], environment: NO_CREDENTIALS }), ["no AWS credentials were found"]);
    assert.deepEqual(await asked({ images: [own], scopes: ["pulumi:providers:aws default "] }), ["its region is not known"]);
    assert.deepEqual(await asked({ images: [own], access: () => ({ state: "unknown", why: "the configuration of its provider is not known" }) }), ["the configuration of its provider is not known"]);
    assert.equal(front.seen.length, 0);
  });
});
