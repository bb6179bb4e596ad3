/** What a command costs: time for hostile sizes, and memory where there is nothing to read. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readCommand } from "../../policies/platform/build-command";

describe("readCommand, hostile sizes", () => {
  const many = (count: number, text: string, separator = ""): string => Array.from({ length: count }, () => text).join(separator);
  const numbered = (count: number, text: (index: number) => string, separator: string): string =>
    Array.from({ length: count }, (_, index) => text(index)).join(separator);
  const hostile: Readonly<Record<string, string>> = {
    "10,000 parentheses": `docker build ${many(10_000, "(")}a${many(10_000, ")")}`,
    "10,000 subshells": `${many(10_000, "( ")}docker push a${many(10_000, " )")}`,
    "10,000 substitutions": `docker build ${many(10_000, "$(")}a${many(10_000, ")")}`,
    "100,000 &&": many(100_000, "docker push a", " && "),
    "100,000 ||": many(100_000, "docker push a", " || "),
    "100,000 pipes": many(100_000, "docker push a", " | "),
    "1 MB of words": many(90_000, "docker build "),
    "1 MB of tags": `docker build ${numbered(80_000, (index) => `-t a${index}`, " ")} --push .`,
    "1 MB of names": numbered(60_000, (index) => `docker push a${index}`, ";"),
    "1 MB of unknown names": numbered(40_000, (index) => `docker tag a $X${index};docker push a`, ";"),
    "1 MB of platforms": `docker build -t a --push --platform ${many(85_000, "linux/arm64", ",")} .`,
    "1 MB of quotes": `docker ${many(1_000_000, '"')}`,
    "1 MB of backquotes": `docker ${many(1_000_000, "`")}`,
    "1 MB of backslashes": `docker ${many(1_000_000, "\\")}`,
    "1 MB of dollars": `docker ${many(500_000, "${")}`,
    "1 MB without a tool": many(250_000, "a & "),
    "a value that doubles": `A=docker;${many(40_000, "A=$A$A;docker push $A;")}`,
    "functions that double": `${numbered(40, (index) => `f${index}() { f${index + 1}; f${index + 1}; }`, "\n")}\nf40() { docker push a; }\nf0`,
    "a function that calls itself": "f() { docker push a; f; }; f",
    "loops in loops": `${many(20, "for i in 1 2 3 4 5 6 7 8; do ")}docker push a;${many(20, "done;")}`,
    "lists that grow": numbered(20_000, (index) => `docker manifest create --amend L a${index} b;docker manifest push L`, ";"),
    "here-documents": `docker build ${numbered(2_000, (index) => `<<E${index}`, " ")}\n${many(20_000, "x\n")}`,
    "outputs": `docker build -o type=image,${many(150_000, '"a=b",')} .`,
    "shells in shells": many(40_000, "sh -c 'docker push a';"),
  };
  for (const [title, script] of Object.entries(hostile)) {
    it(title, () => {
      const reading = readCommand(script, {});
      assert.ok(reading.pushes.every(({ platforms, reference }) => platforms.kind !== "known" || reference === "a"));
    });
  }

  it("takes time in proportion to the length", () => {
    const seconds = (count: number): number => {
      const script = numbered(count, (index) => `X${index}=a${index}; docker build --platform linux/arm64 -t $X${index} . && docker push $X${index}`, "\n");
      const start = process.hrtime.bigint();
      assert.equal(readCommand(script, {}).pushes.length, count);
      return Number(process.hrtime.bigint() - start) / 1e9;
    };
    seconds(500);
    const small = Math.min(seconds(1_000), seconds(1_000), seconds(1_000));
    const large = Math.min(seconds(8_000), seconds(8_000));
    assert.ok(large < 8 * small * 4, `${small} s, ${large} s`);
  });
});

describe("readCommand, loading", () => {
  it("loads the parser only for a command that mentions a tool", () => {
    const program = (script: string): string => `
      const { readCommand } = require("./policies/platform/build-command");
      readCommand(${JSON.stringify(script)}, {});
      console.log(Object.keys(require.cache).some((file) => file.includes("unbash")));`;
    const run = (script: string): string =>
      spawnSync(process.execPath, ["-r", "ts-node/register/transpile-only", "-e", program(script)], { encoding: "utf8" }).stdout.trim();
    assert.equal(run("echo hello && ./deploy.sh"), "false");
    assert.equal(run("docker build ."), "true");
  }).timeout(60_000);
});
