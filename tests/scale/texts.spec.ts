import { ok, strictEqual } from "node:assert";
import { readCommand } from "../../policies/platform/build-command";
import { readBuildspec } from "../../policies/platform/codebuild";
import { parseImageReference } from "../../policies/platform/image-reference";
import { parseConstraint } from "../../policies/platform/placement";
import { clusterFromUserData } from "../../policies/platform/user-data";
import { PatternIndex } from "../../policies/platform/wildcard";
import { staysLinear, times } from "./support";

/** What a shell, YAML, MIME or PowerShell reader could go wrong with when there is no end of it. */
const SHELL = ["(", "((", "$(", "$((", "`", "'", '"', '"$(', "${", "${a:-", "{", "{ ", "[[ ", "if true; then ", "while true; do ", "for a in b; do ", "case a in b) ", "<<A ", "<<A\n", "<(", "!(", "*(", "{a,", "a=(", "f(){ ", "\\", "\\\n", "&& ", "|| ", "| ", ";", "&", "# ", "$", "$'", "A=$A$A\n", "[", "a[", "<<<a "];
const COMMANDS = ["sudo ", "env ", "env A=b ", "eval ", "exec ", "sh -c ", "sh -c '", "timeout 1 ", "docker image ", "docker buildx ", "image ", "docker push a\n", "docker push $A\n", "docker tag a $A\n", "docker manifest create a b c\n", "--a=b ", "-a", "coproc ", "local a=b "];
const USER_DATA = ["- a\n", "  - a\n", "''", "'a'", '"a",', "['a',", '\\"', "../", "=", '"""', "<#", "`\n", "[settings.ecs]\n", "content-type: boundary=", "ECS_CLUSTER=a\n", "echo ECS_CLUSTER=a >> /etc/ecs/ecs.config\n", "{ echo a; } >> b\n", "Initialize-ECSAgent -Cluster ", "SetEnvironmentVariable("];
const HEADS = ["#!/bin/bash\n", "#cloud-config\nruncmd:\n", "#cloud-config\nruncmd: [", "#cloud-config\nruncmd: '", "<powershell>\n", "[settings.ecs]\n", 'Content-Type: multipart/mixed; boundary="a"\n\n--a\n', "Content-Type: ", ""];
const YAML = ["[", "{", "- ", "? ", "&a ", "*a ", "- &a [*a,*a]\n", "a: b\n", "'", '"', "[a,", "{a: ", "|\n ", "!!", "---\n", "<<: "];

function repeated(unit: string, length: number): string {
  return unit.repeat(Math.ceil(length / unit.length));
}

describe("a pathological text takes time in proportion to its length", function () {
  this.timeout(120_000);

  /** Many shapes at once, so that one that is slow stands out of the sum of all. */
  const grows = (title: string, units: readonly string[], read: (text: string) => void, size = 4000): void => {
    for (const unit of units) {
      it(`${title} ${JSON.stringify(unit)}`, () => staysLinear((length) => read(repeated(unit, length)), size));
    }
  };

  grows("a command of", [...SHELL, ...COMMANDS], (text) => {
    readCommand(`docker push x\n${text}`, {});
    readCommand(`docker build --platform ${text}`, {});
  });
  grows("user data of", [...SHELL, ...USER_DATA], (text) => {
    HEADS.forEach((head) => clusterFromUserData(`${head}${text}`));
  });
  grows("a buildspec of", YAML, (text) => {
    readBuildspec(`phases:\n  build:\n    commands:\n${text}`, {});
    readBuildspec(`phases: ${text}`, {});
  });
  grows("an image reference of", ["/", ":", "@", "a/", "a:1", "a@sha256:"], (text) => void parseImageReference(text));
  grows("a placement expression of", ["(", "!", "not ", "a == ", "a =~ (", "'", "[", "a in [b,"], (text) => {
    parseConstraint(text);
    parseConstraint(text.slice(0, 2000));
  });
});

describe("a text of unusual size", function () {
  this.timeout(60_000);

  it("user data of 1 MB is longer than EC2 takes", () => {
    const reading = clusterFromUserData("echo ECS_CLUSTER=web >> /etc/ecs/ecs.config\n".repeat(25_000));
    ok(reading !== undefined && "why" in reading);
  });

  it("values that double are given up", () => {
    const script = `B=${"x".repeat(60_000)}\n${`A=${"$B".repeat(8000)}\n`.repeat(20)}docker push a`;
    strictEqual(readCommand(script, {}).opaque, "a command that could not be followed");
  });

  it("indexes of indexes of indexes are joined as far as they can be named", () => {
    const parts = (level: number): string => times(60, (index) => `r/level-${String(level - 1)}-${String(index)}:1`).join(" ");
    const lines = times(5, (level) => times(60, (index) => `docker manifest create r/level-${String(level)}-${String(index)}:1 ${parts(level)}\ndocker manifest push r/level-${String(level)}-${String(index)}:1`)).flat();
    const { pushes } = readCommand(lines.join("\n"), {});
    strictEqual(pushes.length, 300);
    ok(pushes.every(({ platforms }) => platforms.kind === "unknown" && (platforms.images ?? []).length <= 256));
  });

  it("thousands of here-documents on one line are given up, one each line is not", () => {
    strictEqual(readCommand(`docker push a ${"<<A ".repeat(100_000)}`, {}).opaque, "a command that could not be followed");
    strictEqual(readCommand("cat <<A\ntext\nA\n".repeat(500) + "docker push a", {}).opaque, undefined);
  });
});

describe("an index of patterns", () => {
  it("finds what trying each pattern finds, in the same order", () => {
    const patterns = ["*", "a*", "*a", "a*b", "*abcdefghij*", "abcdefghij", "*bcd*hij", "", "**", "a", "*ab*", "x*", "*abcdefgh*"];
    const texts = ["", "a", "ab", "abcdefghij", "xabcdefghijx", "ba", "aab", "x"];
    const index = new PatternIndex(patterns, (pattern) => pattern);
    const expected: Record<string, string[]> = {
      "": ["*", "", "**"],
      a: ["*", "a*", "*a", "**", "a"],
      ab: ["*", "a*", "a*b", "**", "*ab*"],
      abcdefghij: ["*", "a*", "*abcdefghij*", "abcdefghij", "*bcd*hij", "**", "*ab*", "*abcdefgh*"],
      xabcdefghijx: ["*", "*abcdefghij*", "**", "*ab*", "x*", "*abcdefgh*"],
      ba: ["*", "*a", "**"],
      aab: ["*", "a*", "a*b", "**", "*ab*"],
      x: ["*", "**", "x*"],
    };
    for (const text of texts) {
      strictEqual(index.matching([text]).join(" "), expected[text]?.join(" "), text);
    }
    strictEqual(index.matching(["x", "a"]).join(" "), "* a* *a ** a x*");
  });
});
