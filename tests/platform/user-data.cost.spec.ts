import * as assert from "node:assert/strict";
import { clusterFromUserData } from "../../policies/platform/user-data";

const CONFIG = "/etc/ecs/ecs.config";

describe("user data: time and depth", () => {
  const pieces = [
    ...["(", "{ ", "if ", "$(", "${", "((", "`", "'", '"', "\\", "<<EOF\n", "<<A <<B\n", "sh -c '", "f() {\n", "case x in a) ", ") ", "} >> a\n"],
    ...['"\\"', "- [", "- - ", "- |\n", '- ["\\"', "- ['", " ", "\t", "\n", "\r", "[", "<#", "#>", "`\n", "boundary=", 'boundary="', "$'\\'", "a=(", "{ } >> a;"],
    ...["Initialize-ECSAgent ", 'SetEnvironmentVariable("', "content-type: multipart/x; boundary=a\n", "--B\n", "settings", "=", "|", "&&", "tee ", "sudo "],
  ];
  const starts = [
    ["#!/bin/sh\n", ""],
    ["#cloud-config\nruncmd:\n- ", ""],
    ["#cloud-config\nruncmd:\n- [", '"]'],
    ["#cloud-config\n{", "}"],
    ["MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n--B\n", "\n--B--"],
    ["Content-Type: multipart/mixed; ", "\n\n"],
    ["[settings.ecs]\ncluster = ", '"'],
    ["<powershell>\n", "</powershell>"],
  ] as const;
  for (const piece of pieces) {
    it(`${JSON.stringify(piece)} over and over`, () => {
      for (const [start, end] of starts) {
        const largest = `${start}${piece.repeat(Math.floor(65_000 / piece.length))}${end}`;
        assert.doesNotThrow(() => clusterFromUserData(largest));
        assert.doesNotThrow(() => clusterFromUserData(`${largest.slice(0, 48_000)}ECS_CLUSTER=x >> ${CONFIG}`));
      }
    });
  }
});
