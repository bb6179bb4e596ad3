import assert from "node:assert/strict";
import { formatPlatform } from "../../policies/platform/platform";
import { LookupFailure } from "../../policies/lookups/failure";
import { readConfig, readManifest } from "../../policies/lookups/registry/manifest";
import { parseChallenge } from "../../policies/lookups/registry/authorization";
import { regionOfRegistry } from "../../policies/lookups/registry/ecr";

const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
const LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
const OCI = "application/vnd.oci.image.manifest.v1+json";
const DOCKER = "application/vnd.docker.distribution.manifest.v2+json";
const DIGEST = `sha256:${"a".repeat(64)}`;
const AMD64 = { os: "linux", architecture: "amd64" };
const ARM64 = { os: "linux", architecture: "arm64", variant: "v8" };

function index(entries: readonly object[], mediaType = OCI_INDEX): object {
  return { schemaVersion: 2, mediaType, manifests: entries };
}

function entry(platform: object | undefined, more: object = {}): object {
  return { mediaType: OCI, digest: DIGEST, size: 1, ...(platform === undefined ? {} : { platform }), ...more };
}

const ATTESTATION = entry({ os: "unknown", architecture: "unknown" }, { annotations: { "vnd.docker.reference.type": "attestation-manifest" } });

function single(configType: string, type = OCI, config: object = { digest: DIGEST }): object {
  return { schemaVersion: 2, mediaType: type, config: { mediaType: configType, ...config }, layers: [] };
}

describe("what a manifest tells", () => {
  const rows: readonly (readonly [what: string, manifest: unknown, contentType: string, told: string])[] = [
    ["an OCI index", index([entry(AMD64), entry(ARM64)]), "", "linux/amd64 linux/arm64"],
    ["a Docker list", index([entry(AMD64, { mediaType: DOCKER })], LIST), "", "linux/amd64"],
    ["an index without a media type of its own", { schemaVersion: 2, manifests: [entry(ARM64)] }, `${OCI_INDEX}; charset=utf-8`, "linux/arm64"],
    ["an attestation beside the image", index([entry(AMD64), ATTESTATION]), "", "linux/amd64"],
    ["an entry for no platform, without annotation", index([entry(AMD64), entry({ os: "unknown", architecture: "unknown" })]), "", "linux/amd64"],
    ["a variant", index([entry({ os: "linux", architecture: "arm", variant: "v6" })]), "", "linux/arm/v6"],
    ["attestations alone", index([ATTESTATION]), "", "odd"],
    ["an entry without platform", index([entry(AMD64), entry(undefined)]), "", "odd"],
    ["a platform that is not known here", index([entry(AMD64), entry({ os: "linux", architecture: "quantum" })]), "", "odd"],
    ["an index in an index", index([entry(AMD64, { mediaType: OCI_INDEX })]), "", "odd"],
    ["an architecture with a slash in it", index([entry({ os: "linux", architecture: "arm64/v8" })]), "", "odd"],
    ["an empty index", index([]), "", "odd"],
    ["no list of manifests", { schemaVersion: 2, mediaType: OCI_INDEX, manifests: {} }, "", "odd"],
    ["an OCI manifest", single("application/vnd.oci.image.config.v1+json"), "", DIGEST],
    ["a Docker manifest", single("application/vnd.docker.container.image.v1+json", DOCKER), "", DIGEST],
    ["a chart", single("application/vnd.cncf.helm.config.v1+json"), "", "odd"],
    ["an odd digest", single("application/vnd.oci.image.config.v1+json", OCI, { digest: "../../x" }), "", "odd"],
    ["schema 1", { schemaVersion: 1, architecture: "amd64" }, "application/vnd.docker.distribution.manifest.v1+prettyjws", "odd"],
    ["an unknown type", { schemaVersion: 2, mediaType: "application/vnd.example+json" }, "", "odd"],
    ["nothing", null, OCI_INDEX, "odd"],
  ];
  for (const [what, manifest, contentType, told] of rows) {
    it(`${what}: ${told}`, () => {
      let found: string;
      try {
        const read = readManifest(JSON.stringify(manifest), contentType);
        found = "config" in read ? read.config : read.platforms.map(formatPlatform).join(" ");
      } catch (error) {
        assert.ok(error instanceof LookupFailure, String(error));
        found = "odd";
      }
      assert.equal(found, told);
    });
  }

  it("is nothing for text that is no JSON", () => assert.throws(() => readManifest("<html>", OCI_INDEX), LookupFailure));

  it("reads a config, and none without a platform", () => {
    assert.deepEqual(readConfig(JSON.stringify(ARM64)), { os: "linux", architecture: "arm64" });
    for (const config of [{}, { os: "linux" }, { os: "linux", architecture: "" }, { os: 1, architecture: "amd64" }, []]) {
      assert.throws(() => readConfig(JSON.stringify(config)), LookupFailure, JSON.stringify(config));
    }
  });
});

describe("what a registry asks for", () => {
  const rows: readonly (readonly [header: string, challenge: object | undefined])[] = [
    ['Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull"', { kind: "bearer", realm: "https://auth.docker.io/token", service: "registry.docker.io" }],
    ['bearer realm="https://ghcr.io/token"', { kind: "bearer", realm: "https://ghcr.io/token", service: undefined }],
    ['Basic realm="https://123456789012.dkr.ecr.us-east-1.amazonaws.com/"', { kind: "basic" }],
    ["Bearer", undefined],
    ["Negotiate", undefined],
    ["", undefined],
  ];
  for (const [header, challenge] of rows) {
    it(header === "" ? "nothing" : header, () => assert.deepEqual(parseChallenge(header), challenge));
  }
});

describe("registries of AWS accounts", () => {
  const rows: readonly (readonly [host: string, region: string | undefined])[] = [
    ["123456789012.dkr.ecr.eu-west-1.amazonaws.com", "eu-west-1"],
    ["123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"],
    ["123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1"],
    ["123456789012.dkr-ecr.us-east-2.on.aws", "us-east-2"],
    ["public.ecr.aws", undefined],
    ["123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example", undefined],
    ["evil.example/123456789012.dkr.ecr.eu-west-1.amazonaws.com", undefined],
    ["12345.dkr.ecr.eu-west-1.amazonaws.com", undefined],
  ];
  for (const [host, region] of rows) {
    it(`${host}: ${region ?? "none"}`, () => assert.equal(regionOfRegistry(host), region));
  }
});
