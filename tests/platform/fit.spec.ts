import assert from "node:assert/strict";
import * as fc from "fast-check";
import { fits, shareNoHost, type Fit, type Host } from "../../policies/platform/fit";
import { formatPlatform, parsePlatform, type Platform } from "../../policies/platform/platform";

const IMAGES = [
  "linux/amd64", "linux/amd64/v2", "linux/amd64/v3", "linux/amd64/v4", "linux/386", "linux/arm64", "linux/arm64/v9", "linux/arm/v5", "linux/arm/v6", "linux/arm/v7", "linux/arm/v8",
  "windows/amd64", "windows/arm64", "linux/riscv64", "linux/s390x", "linux/ppc64le", "darwin/arm64", "freebsd/amd64",
] as const;
type Image = (typeof IMAGES)[number];

const LINUX_AMD64: Host = { os: "linux", architecture: "amd64" };
const LINUX_ARM64: Host = { os: "linux", architecture: "arm64" };
const WINDOWS_AMD64: Host = { os: "windows", architecture: "amd64" };
const EXACT: readonly Host[] = [LINUX_AMD64, LINUX_ARM64, WINDOWS_AMD64];
const PARTLY: readonly Host[] = [{}, { os: "linux" }, { os: "windows" }, { architecture: "amd64" }, { architecture: "arm64" }];

/** The answers that are not "cannot run", on Linux amd64, Linux arm64 and Windows amd64. */
const ANSWERS: Readonly<Partial<Record<Image, readonly (Fit | undefined)[]>>> = {
  "linux/amd64": ["runs"],
  "linux/amd64/v2": ["maybe"],
  "linux/amd64/v3": ["maybe"],
  "linux/amd64/v4": ["maybe"],
  "linux/386": ["runs"],
  "linux/arm64": [undefined, "runs"],
  "linux/arm64/v9": [undefined, "maybe"],
  "linux/arm/v5": [undefined, "maybe"],
  "linux/arm/v6": [undefined, "maybe"],
  "linux/arm/v7": [undefined, "maybe"],
  "linux/arm/v8": [undefined, "maybe"],
  "windows/amd64": [undefined, undefined, "runs"],
};

function platform(text: string): Platform {
  const found = parsePlatform(text);
  assert.ok(found, text);
  return found;
}

const RANK: Readonly<Record<Fit, number>> = { "cannot run": 0, maybe: 1, runs: 2 };

const anyPlatform = fc.constantFrom(...IMAGES).map(platform);
const anyOffer = fc.array(anyPlatform, { maxLength: 4 });
const someOffer = fc.array(anyPlatform, { minLength: 1, maxLength: 4 });
const anyHost = fc.constantFrom(...EXACT, ...PARTLY);

/** The exact hosts that a partly known one can be. */
function canBe(host: Host): readonly Host[] {
  return EXACT.filter((exact) => (host.os ?? exact.os) === exact.os && (host.architecture ?? exact.architecture) === exact.architecture);
}

describe("fit", () => {
  for (const image of IMAGES) {
    for (const [index, host] of EXACT.entries()) {
      const answer = ANSWERS[image]?.[index] ?? "cannot run";
      it(`${image} on ${host.os}/${host.architecture}: ${answer}`, () => assert.equal(fits([platform(image)], host), answer));
    }
  }

  it("says of several platforms what the best of them says", () => {
    for (const left of IMAGES) {
      for (const right of IMAGES) {
        for (const host of EXACT) {
          const each = [left, right].map((image) => fits([platform(image)], host));
          const best = each.sort((a, b) => RANK[b] - RANK[a])[0];
          assert.equal(fits([platform(left), platform(right)], host), best, `${left}, ${right} on ${JSON.stringify(host)}`);
        }
      }
    }
  });

  it("knows nothing of a host that ECS does not have", () => {
    assert.equal(fits([platform("windows/arm64")], { os: "windows", architecture: "arm64" }), "maybe");
  });

  it("never says that an image cannot run where its platforms are not known", () => {
    for (const host of [...EXACT, ...PARTLY]) {
      assert.equal(fits([], host), "maybe");
    }
  });

  it("says of a partly known host what holds for all that it can be", () => {
    fc.assert(
      fc.property(someOffer, fc.constantFrom(...PARTLY), (offer, host) => {
        const answers = new Set(canBe(host).map((exact) => fits(offer, exact)));
        const expected = answers.size === 1 ? [...answers][0] : "maybe";
        assert.equal(fits(offer, host), expected, `${offer.map(formatPlatform).join()} on ${JSON.stringify(host)}`);
      }),
    );
  });

  it("knows less about less: a host of which a part is unknown is refused only if every host is", () => {
    fc.assert(
      fc.property(anyOffer, anyHost, fc.boolean(), fc.boolean(), (offer, host, hideOs, hideArchitecture) => {
        const hidden: Host = { ...(hideOs || host.os === undefined ? {} : { os: host.os }), ...(hideArchitecture || host.architecture === undefined ? {} : { architecture: host.architecture }) };
        if (fits(offer, hidden) === "cannot run") {
          assert.equal(fits(offer, host), "cannot run");
        }
        if (fits(offer, hidden) === "runs") {
          assert.equal(fits(offer, host), "runs");
        }
      }),
    );
  });

  it("offering more never hurts", () => {
    fc.assert(fc.property(someOffer, anyPlatform, anyHost, (offer, more, host) => assert.ok(RANK[fits([...offer, more], host)] >= RANK[fits(offer, host)])));
  });

  it("depends neither on the order of an offer nor on repetitions", () => {
    fc.assert(
      fc.property(anyOffer, anyHost, (offer, host) => {
        assert.equal(fits([...offer].reverse(), host), fits(offer, host));
        assert.equal(fits([...offer, ...offer], host), fits(offer, host));
      }),
    );
  });
});

describe("images that share no host", () => {
  const one = (text: string): Platform[] => [platform(text)];

  for (const [images, os, answer] of [
    [["linux/amd64", "linux/arm64"], undefined, true],
    [["linux/amd64", "linux/arm64"], "linux", true],
    [["linux/amd64", "linux/amd64"], "linux", false],
    [["linux/amd64", "linux/386"], "linux", false],
    [["linux/arm64", "linux/arm/v7"], "linux", false],
    [["linux/amd64", "linux/arm/v7"], "linux", true],
    [["linux/amd64", "linux/amd64/v3"], "linux", false],
    [["linux/amd64", "windows/amd64"], undefined, true],
    [["windows/amd64", "windows/amd64"], undefined, false],
    [["windows/amd64", "windows/amd64"], "linux", true],
    [["linux/riscv64"], "linux", true],
    [["linux/amd64"], "windows", true],
    [[], "linux", false],
  ] as const) {
    it(`${images.join(" and ")} on ${os ?? "any OS"}: ${answer}`, () => assert.equal(shareNoHost(images.map(one), os), answer));
  }

  it("is symmetric, and never true of an offer that is not known", () => {
    fc.assert(
      fc.property(fc.array(anyOffer, { maxLength: 3 }), fc.constantFrom(undefined, "linux" as const, "windows" as const), (offers, os) => {
        assert.equal(shareNoHost([...offers].reverse(), os), shareNoHost(offers, os));
        assert.equal(shareNoHost([...offers, []], os), shareNoHost(offers, os));
      }),
    );
  });

  it("once true, stays true whatever else must run there", () => {
    fc.assert(fc.property(fc.array(someOffer, { maxLength: 3 }), someOffer, (offers, more) => assert.ok(!shareNoHost(offers, "linux") || shareNoHost([...offers, more], "linux"))));
  });
});
