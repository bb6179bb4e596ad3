import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { clusterFromUserData } from "../../policies/platform/user-data";

const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const CONFIG = "/etc/ecs/ecs.config";

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

describe("user data: laws", () => {
  const words = ["#!/bin/bash\n", "#cloud-config\n", "MIME-Version: 1.0\n", "Content-Type: multipart/mixed; boundary=B\n\n", "--B\n", "--B--\n"];
  const shell = ["echo ", "ECS_CLUSTER=", "secret-web", ">>", ">", CONFIG, "|", "tee -a ", "<<EOF", "EOF", "<<<", "&&", "||", ";", "\n", " "];
  const marks = ["$(", "${", ")", "}", "(", "{", "((", "`", "'", '"', "\\", "if ", "then ", "fi", "case x in ", "esac", "f() {", "$'", "\0", "\r", "é"];
  const yaml = ["runcmd:\n", "write_files:\n", "- ", "  - ", "path: ", "content: |\n", "    ", "[sh, -c, ", "]", "encoding: b64\n", "- |\n", ": ", "# "];
  const others = ["[settings.ecs]\n", "cluster = ", '"""', "<powershell>\n", "Initialize-ECSAgent ", "-Cluster ", "<#", "#>", "sh -c '", UNKNOWN_VALUE];
  const garbage = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("base64")),
    fc.array(fc.constantFrom(...words, ...shell, ...marks, ...yaml, ...others), { maxLength: 60 }).map((parts) => parts.join("")),
  );
  const whys = /^(?:the|what the|a command in the|the parts of the) [a-zA-Z', ]+$/;

  it("garbage is never thrown back, and a reason quotes nothing", () => {
    fc.assert(
      fc.property(garbage, (text) => {
        for (const form of [text, base64(text)]) {
          const reading = clusterFromUserData(form);
          if (reading?.cluster === undefined) {
            assert.ok(reading === undefined || (whys.test(reading.why) && !reading.why.includes("secret")), reading?.why);
          } else {
            assert.match(reading.cluster, /^[A-Za-z0-9_:/-]+$/);
            assert.ok(!reading.cluster.includes(UNKNOWN_VALUE));
          }
        }
      }),
      { numRuns: 4000 },
    );
  });
});
