import assert from "node:assert/strict";
import * as fc from "fast-check";
import { parseImageReference, spellingsOf, tagKey } from "../../policies/platform/image-reference";

const HEX = "0123456789abcdef".repeat(4);
const DIGEST = `sha256:${HEX}`;
const ECR = "111122223333.dkr.ecr.us-east-1.amazonaws.com";

/** Text, repository, tag, digest. */
const REFERENCES: readonly (readonly [string, string, string | undefined, string | undefined])[] = [
  ["nginx", "docker.io/library/nginx", "latest", undefined],
  ["nginx:1.27", "docker.io/library/nginx", "1.27", undefined],
  ["library/nginx", "docker.io/library/nginx", "latest", undefined],
  ["docker.io/nginx", "docker.io/library/nginx", "latest", undefined],
  ["docker.io/library/nginx:latest", "docker.io/library/nginx", "latest", undefined],
  ["index.docker.io/nginx", "docker.io/library/nginx", "latest", undefined],
  ["index.docker.io/library/nginx", "docker.io/library/nginx", "latest", undefined],
  ["me/app", "docker.io/me/app", "latest", undefined],
  ["docker.io/me/app:2", "docker.io/me/app", "2", undefined],
  ["localhost/app", "localhost/app", "latest", undefined],
  ["localhost:5000/app", "localhost:5000/app", "latest", undefined],
  ["registry:5000/app", "registry:5000/app", "latest", undefined],
  ["registry:5000/team/app:v1", "registry:5000/team/app", "v1", undefined],
  [`${ECR}/app`, `${ECR}/app`, "latest", undefined],
  [`${ECR}/team/app:v1.2-3_4`, `${ECR}/team/app`, "v1.2-3_4", undefined],
  [`${ECR}/app@${DIGEST}`, `${ECR}/app`, undefined, DIGEST],
  [`${ECR}/app:v1@${DIGEST}`, `${ECR}/app`, "v1", DIGEST],
  ["public.ecr.aws/docker/library/nginx:1", "public.ecr.aws/docker/library/nginx", "1", undefined],
  ["  nginx:1\n", "docker.io/library/nginx", "1", undefined],
  [`  nginx@${DIGEST}\n`, "docker.io/library/nginx", undefined, DIGEST],
  ["a".repeat(600), `docker.io/library/${"a".repeat(600)}`, "latest", undefined],
  ["5", "docker.io/library/5", "latest", undefined],
];

const NO_REFERENCES = [
  "", " ", ":", "@", "/", ":latest", "@sha256:", "nginx:", "nginx@", "nginx:-tag", `nginx:${"a".repeat(129)}`, "nginx:a b", "ng inx", "nginx@sha256:xyz", `nginx@sha256:${HEX.slice(0, 31)}`,
  "-nginx", "/nginx", "nginx\n:1", "${repo}:1", "{{image}}", "<account>.dkr.ecr/app", "nginx:1:2:", "a".repeat(601), "näme", "nginx@@sha256:0",
];

describe("image references", () => {
  for (const [text, repository, tag, digest] of REFERENCES) {
    it(`${JSON.stringify(text)} is ${repository}, ${tag ?? "no tag"}, ${digest === undefined ? "no digest" : "digest"}`, () => {
      const reference = parseImageReference(text)!;
      assert.deepEqual(reference, { repository, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) });
      assert.equal(tagKey(reference), tag === undefined ? undefined : `${repository}:${tag}`);
    });
  }

  for (const text of NO_REFERENCES) {
    it(`${JSON.stringify(text.slice(0, 40))} is none`, () => assert.equal(parseImageReference(text), undefined));
  }

  it("is the same however often it is read in full", () => {
    const word = fc.constantFrom("nginx", "library", "docker.io", "index.docker.io", "localhost", "a.b", "host:5000", "team", "App", "");
    const text = fc.tuple(fc.array(word, { minLength: 1, maxLength: 4 }), fc.constantFrom("", ":1", `@${DIGEST}`, `:x@${DIGEST}`)).map(([words, rest]) => words.join("/") + rest);
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (raw) => {
        const reference = parseImageReference(raw);
        if (reference !== undefined) {
          const { repository, tag, digest } = reference;
          const full = `${repository}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
          assert.deepEqual(parseImageReference(full), reference);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("takes a megabyte of anything in little time", () => {
    for (const text of ["a".repeat(1_000_000), ":".repeat(1_000_000), "/".repeat(1_000_000), "@".repeat(1_000_000)]) {
      assert.equal(parseImageReference(text), undefined);
    }
  }).timeout(2000);
});

describe("the spellings of a reference", () => {
  for (const [text, spellings] of [
    ["nginx", ["docker.io/library/nginx:latest", "nginx:latest", "library/nginx:latest"]],
    ["me/app:1", ["docker.io/me/app:1", "me/app:1"]],
    ["docker.io/me/app:1", ["docker.io/me/app:1", "me/app:1"]],
    ["registry.example.com/a/b:1", ["registry.example.com/a/b:1"]],
    ["registry.example.com/docker.io/library/b:1", ["registry.example.com/docker.io/library/b:1"]],
    [`nginx@sha256:${"0".repeat(64)}`, [`docker.io/library/nginx@sha256:${"0".repeat(64)}`, `nginx@sha256:${"0".repeat(64)}`, `library/nginx@sha256:${"0".repeat(64)}`]],
  ] as const) {
    it(text, () => assert.deepEqual(spellingsOf(parseImageReference(text)!), spellings));
  }
});
