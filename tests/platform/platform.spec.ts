import assert from "node:assert/strict";
import * as fc from "fast-check";
import { formatPlatform, parsePlatform, samePlatform } from "../../policies/platform/platform";

/** Spellings by normal form. Source: containerd/platforms, database.go and platforms.go. */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  "linux/amd64": ["amd64", "AMD64", "x86_64", "X86_64", "x86-64", "X86-64", "linux/amd64", "linux/x86_64", "linux/x86-64", "Linux/AMD64", "linux/amd64/v1", "linux/x86_64/v1", "linux/amd64/1", "linux/amd64/", " linux/amd64\n"],
  "linux/amd64/v2": ["linux/amd64/v2", "linux/amd64/2", "linux/x86_64/v2"],
  "linux/amd64/v3": ["linux/amd64/v3", "linux/x86-64/V3"],
  "linux/amd64/v4": ["linux/amd64/v4"],
  "linux/arm64": ["arm64", "ARM64", "aarch64", "AARCH64", "linux/arm64", "linux/aarch64", "linux/arm64/8", "linux/arm64/v8", "linux/arm64/v8.0", "linux/arm64/8.0", "linux/aarch64/v8", "LINUX/ARM64/V8"],
  "linux/arm64/v9": ["linux/arm64/9", "linux/arm64/v9", "linux/arm64/9.0", "linux/arm64/v9.0"],
  "linux/arm64/v8.1": ["linux/arm64/v8.1", "linux/arm64/8.1"],
  "linux/arm/v7": ["arm", "armhf", "linux/arm", "linux/arm/7", "linux/arm/v7", "linux/armhf"],
  "linux/arm/v6": ["armel", "linux/armel", "linux/arm/6", "linux/arm/v6"],
  "linux/arm/v5": ["linux/arm/5", "linux/arm/v5"],
  "linux/arm/v8": ["linux/arm/8", "linux/arm/v8"],
  "linux/arm/v10": ["linux/arm/10.0"],
  "linux/386": ["386", "i386", "linux/386", "linux/i386"],
  "linux/riscv64": ["riscv64", "linux/riscv64"],
  "linux/s390x": ["linux/s390x"],
  "linux/ppc64le": ["linux/ppc64le"],
  "windows/amd64": ["windows/amd64", "Windows/x86_64", "windows(10.0.20348.2113)/amd64", "windows(10.0.17763+win32k)/amd64"],
  "darwin/arm64": ["darwin/arm64", "macos/arm64", "macOS/aarch64"],
};

/** Texts that name no platform, or not one that is known without asking a machine. */
const NO_PLATFORMS = [
  "win(10)dows/amd64",
  "", " ", "/", "//", "///", "linux", "windows", "macos", "x64", "x86", "i686", "armv7", "armv7l", "armv8", "arm32v7", "arm64v8",
  "x8664", "amd", "intel", "graviton", "linux/x64", "linux/", "/amd64", "linux//v8", "arm64/v8", "arm64/linux", "linux/arm64/v8/x", "linux/*", "*/amd64",
  "linux/arm64,linux/amd64", "linux/amd64 linux/arm64", "linux-arm64", "linux\\arm64", "linux /arm64", "unknown/unknown", "linux/unknown", "plan10/amd64",
  "__proto__", "constructor", "toString", "linux/__proto__", "linux/constructor", "linux/hasOwnProperty", "constructor/amd64", "$BUILDPLATFORM", "${TARGETPLATFORM}",
  "linux(/amd64", "linux(a(b))/amd64", "ＡＭＤ64", "arm64\u0000",
];

describe("platform", () => {
  for (const [normal, spellings] of Object.entries(SPELLINGS)) {
    for (const spelling of spellings) {
      it(`${JSON.stringify(spelling)} is ${normal}`, () => {
        const platform = parsePlatform(spelling);
        assert.equal(platform && formatPlatform(platform), normal);
      });
    }
  }

  for (const text of NO_PLATFORMS) {
    it(`${JSON.stringify(text)} is none`, () => assert.equal(parsePlatform(text), undefined));
  }

  it("is the same only for spellings of one normal form", () => {
    const all = Object.entries(SPELLINGS).flatMap(([normal, spellings]) => spellings.map((spelling) => ({ normal, platform: parsePlatform(spelling)! })));
    for (const left of all) {
      for (const right of all) {
        assert.equal(samePlatform(left.platform, right.platform), left.normal === right.normal, `${formatPlatform(left.platform)} and ${formatPlatform(right.platform)}`);
      }
    }
  });

  it("reads what it writes, whatever the text", () => {
    const words = fc.constantFrom("linux", "windows", "amd64", "arm64", "arm", "v7", "v8", "8", "x86_64", "", "386", "__proto__");
    const text = fc.oneof(fc.string(), fc.array(words, { maxLength: 4 }).map((parts) => parts.join("/")));
    fc.assert(
      fc.property(text, (specifier) => {
        const platform = parsePlatform(specifier);
        if (platform !== undefined) {
          assert.deepEqual(parsePlatform(formatPlatform(platform)), platform);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("takes long texts in little time", () => {
    for (const text of ["linux/".repeat(200_000), `linux${"(".repeat(1_000_000)}/amd64`, `linux(${"a".repeat(1_000_000)}`, `${" ".repeat(1_000_000)}linux/x`]) {
      assert.equal(parsePlatform(text), undefined);
    }
  }).timeout(4000);
});
