import assert from "node:assert/strict";
import {
  formatCpuArchitecture,
  isMissingOnFargate,
  meantCpuArchitecture,
  meantOperatingSystemFamily,
  parseCpuArchitecture,
  parseOperatingSystemFamily,
} from "../../policies/platform/runtime-platform";

/** What ECS has. Source: Amazon ECS API, enumerations CPUArchitecture and OSFamily. */
const ARCHITECTURES = { X86_64: "amd64", ARM64: "arm64" } as const;
const ON_FARGATE = ["2019", "2022", "2025"].flatMap((year) => [`WINDOWS_SERVER_${year}_FULL`, `WINDOWS_SERVER_${year}_CORE`]);
const NOT_ON_FARGATE = ["WINDOWS_SERVER_2016_FULL", "WINDOWS_SERVER_2004_CORE", "WINDOWS_SERVER_20H2_CORE"];
const FAMILIES = ["LINUX", ...ON_FARGATE, ...NOT_ON_FARGATE];

/** Words that other tools use for one of the two: ECS rejects them all. */
const MEANT: Readonly<Record<string, readonly string[]>> = {
  X86_64: ["x86_64", "x86-64", "X86-64", "x8664", "x86", "X86", "x64", "amd64", "AMD64", "linux/amd64", "X86_64 ", " x86_64\n"],
  ARM64: ["arm64", "Arm64", "arm", "ARM", "aarch64", "AARCH64", "arm64/v8", "linux/arm64", "ARM64 "],
};

/** Nobody can say that ECS will never have these. */
const UNHEARD_OF = ["", " ", "RISCV64", "riscv64", "ARM64_V9", "X86_64_V4", "S390X", "arm65", "${arch}", "__proto__", "constructor", "toString", "any", "x".repeat(1_000_000)];

describe("runtimePlatform.cpuArchitecture", () => {
  for (const [word, architecture] of Object.entries(ARCHITECTURES)) {
    it(`${word} is ${architecture}, and back`, () => {
      assert.equal(parseCpuArchitecture(word), architecture);
      assert.equal(formatCpuArchitecture(architecture), word);
      assert.equal(meantCpuArchitecture(word), undefined);
    });
  }
  for (const [meant, words] of Object.entries(MEANT)) {
    for (const word of words) {
      it(`${JSON.stringify(word)} is not accepted, and means ${meant}`, () => {
        assert.equal(parseCpuArchitecture(word), undefined);
        assert.equal(meantCpuArchitecture(word), meant);
      });
    }
  }
  for (const word of UNHEARD_OF) {
    it(`${JSON.stringify(word.slice(0, 20))} means nothing that is known`, () => {
      assert.equal(parseCpuArchitecture(word), undefined);
      assert.equal(meantCpuArchitecture(word), undefined);
    });
  }
});

describe("runtimePlatform.operatingSystemFamily", () => {
  for (const family of FAMILIES) {
    it(`${family} is accepted; other spellings mean it`, () => {
      assert.equal(parseOperatingSystemFamily(family), family === "LINUX" ? "linux" : "windows");
      assert.equal(meantOperatingSystemFamily(family), undefined);
      for (const spelling of [family.toLowerCase(), ` ${family}`, family.replaceAll("_", "-").toLowerCase(), family.replaceAll("_", " ").toLowerCase()]) {
        assert.equal(meantOperatingSystemFamily(spelling), spelling === family ? undefined : family, spelling);
      }
    });
  }
  for (const [families, missing] of [[ON_FARGATE, false], [NOT_ON_FARGATE, true], [["LINUX", "WINDOWS_SERVER_2031_CORE", ""], false]] as const) {
    it(`Fargate ${missing ? "lacks" : "is not known to lack"} ${families.join()}`, () => assert.ok(families.every((family) => isMissingOnFargate(family) === missing)));
  }
  for (const word of ["", "windows", "linux2", "MACOS", "WINDOWS_SERVER", "BOTTLEROCKET", "__proto__"]) {
    it(`${JSON.stringify(word)} is unheard of`, () => {
      assert.equal(parseOperatingSystemFamily(word), undefined);
      assert.equal(meantOperatingSystemFamily(word), undefined);
    });
  }
  it("a Windows version to come is Windows, and no mistake", () => {
    assert.equal(parseOperatingSystemFamily("WINDOWS_SERVER_2031_CORE"), "windows");
    assert.equal(meantOperatingSystemFamily("WINDOWS_SERVER_2031_CORE"), undefined);
  });
});
