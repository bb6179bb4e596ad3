import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { formatPlatform } from "../../policies/platform/platform";
import { partsOf } from "../../policies/read";
import type { Properties, Resource } from "../../policies/read/resource";
import type { Fact } from "../../policies/stack/fact";
import type { Image } from "../../policies/stack/model";

/** For each row: properties that state linux/arm64, the same without it, and what the second row's words say. */
interface Example {
  readonly stated: Properties;
  readonly unstated: Properties;
  readonly unstatedIs: "unknown" | "not stated" | "the platform of";
}

const REFERENCE = "registry.example.com/web:1";
const build = `docker build -t ${REFERENCE} . && docker push ${REFERENCE}`;
const command: Example = {
  stated: { create: build.replace("build", "build --platform linux/arm64") },
  unstated: { create: build },
  unstatedIs: "not stated",
};
const buildspec = (line: string): string => `version: 0.2\nphases:\n  build:\n    commands:\n      - ${line}\n`;

const EXAMPLES: Readonly<Record<string, Example>> = {
  "docker:index/image:Image": {
    stated: { imageName: REFERENCE, build: { platform: "linux/arm64" } },
    unstated: { imageName: REFERENCE, build: { context: "." } },
    unstatedIs: "unknown",
  },
  "docker:image:Image": {
    stated: { imageName: REFERENCE, build: { extraOptions: ["--platform", "linux/arm64"] } },
    unstated: { imageName: REFERENCE, build: { context: "." } },
    unstatedIs: "not stated",
  },
  "docker:index/registryImage:RegistryImage": {
    stated: { name: REFERENCE, build: { context: ".", platform: "linux/arm64" } },
    unstated: { name: REFERENCE },
    unstatedIs: "unknown",
  },
  "docker:index/remoteImage:RemoteImage": {
    stated: { name: "nginx", platform: "linux/arm64" },
    unstated: { name: "nginx" },
    unstatedIs: "not stated",
  },
  "docker:index/tag:Tag": { stated: {}, unstated: { sourceImage: "nginx", targetImage: REFERENCE }, unstatedIs: "unknown" },
  "docker-build:index:Image": {
    stated: { tags: [REFERENCE], push: true, platforms: ["linux/arm64"] },
    unstated: { tags: [REFERENCE], push: true, platforms: [] },
    unstatedIs: "not stated",
  },
  "docker-build:index:Index": { stated: {}, unstated: { tag: REFERENCE, sources: ["nginx"] }, unstatedIs: "unknown" },
  "command:local:Command": command,
  "command:remote:Command": command,
  "aws:codebuild/project:Project": {
    stated: { source: { buildspec: buildspec(command.stated["create"] as string) }, environment: { type: "LINUX_CONTAINER" } },
    unstated: { source: { buildspec: buildspec(build) }, environment: { type: "ARM_CONTAINER" } },
    unstatedIs: "the platform of",
  },
};

function readTable(): Map<string, readonly string[]> {
  const page = readFileSync(path.join(__dirname, "..", "..", "docs", "images.md"), "utf8");
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  return new Map(rows.map((row) => row.split("|").slice(1, -1).map((cell) => cell.trim())).map((cells) => [(cells[0] ?? "").replaceAll("`", ""), cells]));
}

function imageOf(type: string, inputs: Properties): Image {
  const resource: Resource = {
    urn: `urn:pulumi:test::app::${type}::web`,
    type,
    name: "web",
    ancestors: [],
    scope: "",
    inputs,
    outputs: undefined,
    propertyDependencies: undefined,
    ignoreChanges: [],
    unseen: false,
  };
  const [image] = partsOf(resource).filter((part): part is Image => part.is === "image");
  assert.ok(image, `${type} makes an image`);
  return image;
}

function texts(platforms: Image["platforms"]): Fact<string> {
  return platforms.state === "known" ? { state: "known", value: platforms.value.map(formatPlatform).join() } : platforms;
}

describe("docs/images.md", () => {
  const table = readTable();

  it("has a row for each of the examples, and no other", () => {
    assert.deepEqual([...table.keys()].sort(), Object.keys(EXAMPLES).sort());
  });

  for (const [type, { stated, unstated, unstatedIs }] of Object.entries(EXAMPLES)) {
    it(`${type}: says where the platform is read from, and what its absence means`, () => {
      const [, , readFrom = "", absence = ""] = table.get(type) ?? [];
      if (Object.keys(stated).length > 0) {
        assert.deepEqual(texts(imageOf(type, stated).platforms), { state: "known", value: "linux/arm64" });
      }
      const { platforms, source, statedBy } = imageOf(type, unstated);
      assert.ok(absence.startsWith(unstatedIs), `${absence} starts with ${unstatedIs}`);
      assert.equal(platforms.state, { unknown: "unknown", "not stated": "absent", "the platform of": "known" }[unstatedIs]);
      const property = unstatedIs === "the platform of" ? "--platform" : statedBy === "sources" ? source.text : statedBy;
      assert.ok(readFrom.includes(property), `"${readFrom}" names ${property}`);
    });
  }
});
