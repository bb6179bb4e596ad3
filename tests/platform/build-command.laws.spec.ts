import assert from "node:assert/strict";
import fc from "fast-check";
import { formatPlatforms, readCommand, UNKNOWN_TEXT, type CommandImage, type CommandReading } from "../../policies/platform/build-command";

describe("readCommand, generated", () => {
  const words = fc.constantFrom(
    "docker", "build", "buildx", "push", "pull", "tag", "-t", "--tag", "a:1", "r/b", "--push", "--load", ".", "&&", "||", ";", "|", "\n",
    "$X", "\"$X\"", "$(", ")", "`", "'", "\"", "(", "{", "}", "if", "then", "fi", "for", "in", "do", "done", "while", "case", "esac", "<<EOF",
    "EOF", "\\", "podman", "manifest", "create", "add", "buildah", "ko", "sudo", "env", "sh -c", "X=1", "export", "eval", "--output",
    "type=registry", "${X:-", "$((", "))", "[[", "]]", "function f", "f()", "f", "&", "#", "--platform", "--arch", UNKNOWN_TEXT, "*", "!",
    "DOCKER_DEFAULT_PLATFORM=", "--", "-", "=", "exit", "trap", "time", "coproc", "select", "crane copy", "skopeo copy", "docker://x",
  );
  const scripts = fc.array(words, { maxLength: 30 }).map((parts) => parts.join(" "));
  const stating = fc.constantFrom("linux/arm64", "linux/amd64", "arm64");

  const known = (reading: CommandReading): readonly CommandImage[] =>
    [...reading.pushes, ...reading.builds].filter(({ platforms }) => platforms.kind === "known");

  it("never throws, whatever the text", () => {
    fc.assert(fc.property(fc.oneof(fc.string({ maxLength: 200 }), scripts), (text) => {
      readCommand(text, {});
      readCommand(`docker ${text}`, {});
    }), { numRuns: 3000 });
  });

  it("knows no platform that the text does not state", () => {
    fc.assert(fc.property(scripts, (script) => {
      assert.deepEqual(known(readCommand(`docker build -t a . ; ${script}`, {})), []);
    }), { numRuns: 3000 });
  });

  it("knows no other platform than those stated, among garbage", () => {
    fc.assert(fc.property(scripts, stating, scripts, (before, platform, after) => {
      const reading = readCommand(`${before} docker build --platform ${platform} -t a . ${after}`, {});
      const expected = platform === "linux/amd64" ? "linux/amd64" : "linux/arm64";
      for (const image of known(reading)) {
        assert.equal(image.platforms.kind === "known" && formatPlatforms(image.platforms.platforms), expected);
      }
    }), { numRuns: 3000 });
  });
});
