// The command looks up what the pack looks up.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { run } from "../../cli/main";
import { answerWith, startFront } from "../support/lookups/servers";
import { exportOf } from "../support/saved-stack";
import { json, StackBuilder } from "../support/stack-builder";

describe("check with look-ups", () => {
  for (const [platform, code] of [["amd64", 1], ["arm64", 0]] as const) {
    it(`ends with ${code} for an image that its registry has for ${platform}`, async () => {
      const folder = mkdtempSync(path.join(tmpdir(), "cpu-architecture-check-"));
      const front = await startFront("http://127.0.0.1:9");
      const type = "application/vnd.oci.image.index.v1+json";
      const entry = { mediaType: "application/vnd.oci.image.manifest.v1+json", platform: { os: "linux", architecture: platform } };
      front.behavior = answerWith(200, { "content-type": type }, JSON.stringify({ schemaVersion: 2, mediaType: type, manifests: [entry] }));
      try {
        const stack = new StackBuilder();
        stack.add("task", "task", {
          containerDefinitions: json([{ name: "app", image: `127.0.0.1:${front.port}/app:1` }]),
          requiresCompatibilities: ["FARGATE"],
          runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
        });
        const [state, config] = [path.join(folder, "state.json"), path.join(folder, "config.json")];
        writeFileSync(state, JSON.stringify(exportOf(stack.update())));
        writeFileSync(config, JSON.stringify({ "cpu-architecture-settings": { lookups: { images: true } } }));
        let report = "";
        const write = (text: string): void => void (report += text);
        assert.equal(await run(["check", "--config", config, state], { write, note: () => undefined }), code, report);
        assert.equal(report.includes("looked up: registry 127.0.0.1"), code === 1, report);
        assert.equal(front.seen.length, 1);
        assert.equal(await run(["check", state], { write, note: () => undefined }), 0);
        assert.equal(front.seen.length, 1, "nobody is asked by default");
      } finally {
        front.stop();
        rmSync(folder, { recursive: true });
      }
    });
  }
});
