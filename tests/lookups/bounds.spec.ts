import assert from "node:assert/strict";
import { Budget, type Turn } from "../../policies/lookups/budget";
import { LookupFailure, reasonOf } from "../../policies/lookups/failure";
import { OptionsReader } from "../../policies/options/read";
import { readLookups } from "../../policies/options/lookups";
import { readAwsAccess } from "../../policies/read/provider";
import { UNKNOWN } from "../support/values";

const BOUNDS = { timeoutSeconds: 5, totalSeconds: 20, maxRequests: 500, concurrency: 8 };

function never(): Promise<never> {
  return new Promise(() => undefined);
}

async function spend(bounds: Partial<typeof BOUNDS>, works: readonly ((turn: Turn) => Promise<unknown>)[]): Promise<string[]> {
  const budget = new Budget({ ...BOUNDS, ...bounds });
  const reasons: string[] = [];
  await budget.spend(async () => {
    await Promise.all(works.map((work) => budget.run(work).then(() => reasons.push("done"), (error: unknown) => reasons.push(reasonOf(error)))));
  });
  return reasons;
}

describe("the bounds of look-ups", () => {
  it("leave a look-up behind that does not end", async () => {
    assert.deepEqual(await spend({ timeoutSeconds: 0.1 }, [never]), ["no answer within 0.1 s"]);
  });

  it("tell it so", async () => {
    let told: unknown;
    await spend({ timeoutSeconds: 0.1 }, [({ signal }) => new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject((told = signal.reason as Error))))]);
    assert.ok(told instanceof LookupFailure);
  });

  it("hold for all together, also for those that had to wait", async () => {
    assert.deepEqual(await spend({ totalSeconds: 0.2, concurrency: 1 }, [never, never, never]), Array(3).fill("all look-ups together may take 0.2 s, and these are over"));
  });

  it("count only the time that was waited, from one time to the next", async () => {
    const budget = new Budget({ ...BOUNDS, totalSeconds: 0.2 });
    const attempt = (): Promise<string> => budget.run<string>(never).catch(reasonOf);
    let [first, second] = ["", ""];
    await budget.spend(async () => void (first = await attempt()));
    await budget.spend(async () => void (second = await attempt()));
    assert.match(first + second, /^(all look-ups together may take 0.2 s, and these are over){2}$/);
  });

  it("let no more run at once than they say", async () => {
    let [running, most] = [0, 0];
    const work = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
    };
    assert.deepEqual(await spend({ concurrency: 3 }, Array<typeof work>(20).fill(work)), Array(20).fill("done"));
    assert.equal(most, 3);
  });

  it("let no more requests be sent than they say", async () => {
    const reasons = await spend({ maxRequests: 2 }, Array(3).fill(({ request }: Turn) => Promise.resolve().then(request)));
    assert.deepEqual(reasons, ["done", "done", "no more than 2 requests may be sent in a run"]);
  });
});

describe("why a look-up failed", () => {
  it("names codes, and quotes nothing that an error says", () => {
    const secret = "hunter2";
    const rows: readonly (readonly [unknown, RegExp])[] = [
      [new TypeError("fetch failed", { cause: Object.assign(new Error(secret), { code: "ECONNREFUSED" }) }), /^it cannot be reached \(ECONNREFUSED\)$/],
      [new TypeError("fetch failed", { cause: new AggregateError([Object.assign(new Error(secret), { code: "ENOTFOUND" })]) }), /^it cannot be reached \(ENOTFOUND\)$/],
      [Object.assign(new Error(secret), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }), /^its certificate is not trusted$/],
      [new Error(secret), /^unexpectedly, Error$/],
      [Object.assign(new Error(secret), { name: `${secret} ${secret}` }), /^unexpectedly, an error$/],
      [secret, /^unexpectedly, an error$/],
    ];
    for (const [error, reason] of rows) {
      assert.match(reasonOf(error), reason);
    }
  });
});

describe("the option lookups", () => {
  function read(raw: unknown): { readonly options: ReturnType<typeof readLookups>; readonly errors: readonly string[] } {
    const reader = new OptionsReader({});
    return { options: readLookups(raw, reader), errors: reader.errors.map(({ option, problem }) => `${option} ${problem}`) };
  }

  it("is off unless something is switched on", () => {
    for (const raw of [undefined, null, {}, { amis: false }, { timeoutSeconds: 1, mirrors: [] }]) {
      assert.deepEqual(read(raw), { options: undefined, errors: [] });
    }
  });

  it("has bounds of its own where none are given", () => {
    const { options } = read({ images: true });
    assert.deepEqual(options, { amis: false, instanceTypes: false, images: true, ...BOUNDS, mirrors: [], tokenHosts: [], endpoints: {} });
  });

  const mistakes: readonly (readonly [raw: unknown, error: RegExp])[] = [
    [true, /^lookups must be an object$/],
    [{ images: "yes" }, /^lookups\.images must be true or false$/],
    [{ image: true }, /^lookups\.image is no option; did you mean images\?$/],
    [{ timeoutSeconds: 0 }, /^lookups\.timeoutSeconds must be a number from 0\.1 to 60$/],
    [{ concurrency: 1.5 }, /^lookups\.concurrency must be a whole number from 1 to 64$/],
    [{ mirrors: [{ registry: "docker.io", url: "ftp://x" }] }, /^lookups\.mirrors\[0\]\.url must be a URL/],
    [{ mirrors: [{ registry: "docker.io", url: "https://me:hunter2@x" }] }, /^lookups\.mirrors\[0\]\.url must be a URL that .* holds no credentials$/],
    [{ mirrors: [{ url: "https://x" }] }, /^lookups\.mirrors\[0\]\.registry and `url` are both needed$/],
    [{ tokenHosts: ["https://x"] }, /^lookups\.tokenHosts\[0\] must be the name of a host$/],
    [{ endpoints: { s3: "https://x" } }, /^lookups\.endpoints\.s3 is no option; there are ec2, ssm, ecr$/],
    [{ endpoints: "https://x" }, /^lookups\.endpoints must be an object$/],
  ];
  for (const [raw, error] of mistakes) {
    it(`tells a mistake: ${JSON.stringify(raw)}`, () => {
      const { errors } = read(raw);
      assert.match(errors[0] ?? "", error);
      assert.ok(!errors.join().includes("hunter2"));
    });
  }
});

describe("how a provider reaches AWS", () => {
  it("is read from its properties, of which some are JSON in a text", () => {
    const access = readAwsAccess({
      region: "eu-west-1",
      profile: "shop",
      assumeRoles: '[{"roleArn":"arn:aws:iam::123456789012:role/one","externalId":"x"},{"roleArn":"arn:aws:iam::123456789012:role/two","sessionName":"me"}]',
      endpoints: [{ ec2: "http://localhost:4566" }],
      useFipsEndpoint: "true",
      skipMetadataApiCheck: UNKNOWN,
    });
    assert.deepEqual(access, {
      state: "known",
      value: {
        profile: "shop",
        keys: undefined,
        roles: [
          { arn: "arn:aws:iam::123456789012:role/one", sessionName: undefined, externalId: "x" },
          { arn: "arn:aws:iam::123456789012:role/two", sessionName: "me", externalId: undefined },
        ],
        webIdentity: undefined,
        configFile: undefined,
        credentialsFile: undefined,
        endpoints: { ec2: "http://localhost:4566" },
        useFips: true,
        useDualstack: false,
      },
    });
  });

  it("reads one role and keys", () => {
    const access = readAwsAccess({ accessKey: "AKIA", secretKey: "s", assumeRole: { roleArn: "arn:aws:iam::1:role/a" } });
    assert.ok(access.state === "known");
    assert.deepEqual([access.value.keys, access.value.roles.map(({ arn }) => arn)], [{ accessKeyId: "AKIA", secretAccessKey: "s", sessionToken: undefined }, ["arn:aws:iam::1:role/a"]]);
  });

  for (const properties of [{ profile: UNKNOWN }, { secretKey: UNKNOWN }, { assumeRoles: [{ roleArn: UNKNOWN }] }, { endpoints: UNKNOWN }]) {
    it(`is not known while ${JSON.stringify(Object.keys(properties))} is not`, () => assert.equal(readAwsAccess(properties).state, "unknown"));
  }
});
