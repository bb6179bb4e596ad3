import assert from "node:assert/strict";
import fc from "fast-check";
import { formatPlatforms, type CommandReading } from "../../policies/platform/build-command";
import { codeBuildPlatform, readBuildspec } from "../../policies/platform/codebuild";
import { formatPlatform } from "../../policies/platform/platform";

const ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/web";

/** `push NAME PLATFORM` for each push, and `opaque`; `machine` is not stated, `?` unknown. */
function summary(reading: CommandReading | undefined): string {
  if (reading === undefined) {
    return "no buildspec";
  }
  const pushes = reading.pushes.map(({ reference, platforms }) => {
    const platform = platforms.kind === "known" ? formatPlatforms(platforms.platforms) : platforms.kind === "not-stated" ? "machine" : "?";
    return `push ${reference ?? "*"} ${platform}`;
  });
  return [...pushes, ...(reading.opaque === undefined ? [] : ["opaque"])].join("; ");
}

const RECIPE = `
version: 0.2
phases:
  pre_build:
    commands:
      - echo Logging in to Amazon ECR...
      - aws ecr get-login-password --region $AWS_DEFAULT_REGION | docker login --username AWS --password-stdin $AWS_ACCOUNT_ID.dkr.ecr.$AWS_DEFAULT_REGION.amazonaws.com
  build:
    commands:
      - echo Build started on \`date\`
      - docker build -t $IMAGE_REPO_NAME:$IMAGE_TAG .
      - docker tag $IMAGE_REPO_NAME:$IMAGE_TAG $AWS_ACCOUNT_ID.dkr.ecr.$AWS_DEFAULT_REGION.amazonaws.com/$IMAGE_REPO_NAME:$IMAGE_TAG
  post_build:
    commands:
      - echo Build completed on \`date\`
      - docker push $AWS_ACCOUNT_ID.dkr.ecr.$AWS_DEFAULT_REGION.amazonaws.com/$IMAGE_REPO_NAME:$IMAGE_TAG
`;

function buildspec(build: readonly string[], extra: object = {}): string {
  return JSON.stringify({ version: "0.2", phases: { build: { commands: build } }, ...extra });
}

describe("readBuildspec", () => {
  const rows: readonly (readonly [title: string, text: string, expected: string, environment?: Readonly<Record<string, string | undefined>>])[] = [
    ["the recipe of the user guide, all variables given", RECIPE, `push ${ECR}:1 machine`, { AWS_ACCOUNT_ID: "123456789012", AWS_DEFAULT_REGION: "us-east-1", IMAGE_REPO_NAME: "shop/web", IMAGE_TAG: "1" }],
    ["the same, the region not given", RECIPE, "push * machine", { AWS_ACCOUNT_ID: "123456789012", IMAGE_REPO_NAME: "shop/web", IMAGE_TAG: "1" }],
    ["the same, with DOCKER_DEFAULT_PLATFORM in the project", RECIPE, "push * linux/arm64", { DOCKER_DEFAULT_PLATFORM: "linux/arm64" }],
    ["JSON", buildspec([`docker build --platform linux/arm64 -t ${ECR}:1 .`, `docker push ${ECR}:1`]), `push ${ECR}:1 linux/arm64`],
    ["buildx", buildspec([`docker buildx build --platform linux/amd64,linux/arm64 --push -t ${ECR}:1 .`]), `push ${ECR}:1 linux/amd64,linux/arm64`],
    ["variables of the buildspec", buildspec(["docker build -t $REPO:$TAG .", "docker push $REPO:$TAG"], { env: { variables: { REPO: ECR, TAG: "1.10" } } }), `push ${ECR}:1.10 machine`],
    ["numbers in YAML as written", `version: 0.2\nenv:\n  variables:\n    TAG: 1.10\nphases:\n  build:\n    commands:\n      - docker build -t a:$TAG . && docker push a:$TAG\n`, "push a:1.10 machine"],
    ["the project's variable wins", buildspec(["docker build -t a:$TAG --push ."], { env: { variables: { TAG: "1" } } }), "push a:2 machine", { TAG: "2" }],
    ["a variable that is also a secret", buildspec(["docker build -t a:$TAG --push ."], { env: { variables: { TAG: "1" }, "parameter-store": { TAG: "/tag" } } }), "push * machine"],
    ["a variable that is no text", buildspec(["docker build -t a:$TAG --push ."], { env: { variables: { TAG: ["1"] } } }), "push * machine"],
    ["a single command without a list", JSON.stringify({ version: "0.2", phases: { build: { commands: "docker build -t a --push ." } } }), "push a machine"],
    ["a secret variable", buildspec(["docker build -t a:$TAG --push ."], { env: { "parameter-store": { TAG: "/tag" } } }), "push * machine"],
    ["a secret default platform", buildspec(["docker build -t a --push ."], { env: { "secrets-manager": { DOCKER_DEFAULT_PLATFORM: "x:y" } } }), "push a ?"],
    ["a default platform in the buildspec", buildspec(["docker build -t a --push ."], { env: { variables: { DOCKER_DEFAULT_PLATFORM: "linux/arm64" } } }), "push a linux/arm64"],
    ["a variable set by an earlier command", buildspec(["TAG=1", "docker build --platform linux/arm64 -t a:$TAG .", "docker push a:$TAG"]), "push a:1 linux/arm64"],
    ["version 0.1, each command in a shell of its own", JSON.stringify({ version: "0.1", phases: { build: { commands: ["TAG=1", "docker build --platform linux/arm64 -t a:$TAG --push ."] } } }), "push * linux/arm64"],
    ["a command of several lines", "version: 0.2\nphases:\n  build:\n    commands:\n      - |\n        cd app\n        docker build --platform linux/arm64 -t a .\n        docker push a\n", "push a linux/arm64"],
    ["a phase's finally", JSON.stringify({ version: "0.2", phases: { build: { commands: ["docker build --platform linux/arm64 -t a ."], finally: ["docker push a"] } } }), "push a linux/arm64"],
    ["phases in another order of keys", JSON.stringify({ version: "0.2", phases: { post_build: { commands: ["docker push a"] }, build: { commands: ["docker build --platform linux/arm64 -t a ."] } } }), "push a linux/arm64"],
    ["a script", buildspec(["./build.sh"]), "opaque"],
    ["a script between", buildspec(["docker build --platform linux/arm64 -t a .", "./retag.sh", "docker push a"]), "push a ?; opaque"],
    ["a condition", buildspec(["if [ -n \"$X\" ]; then docker build --platform linux/arm64 -t a --push .; fi"]), "push a ?"],
    ["a command that is a mapping", "version: 0.2\nphases:\n  build:\n    commands:\n      - echo a: docker push b\n", "opaque"],
    ["a command with an open quote", buildspec(["docker build -t 'a .", "docker push a'"]), "opaque"],
    ["a batch", buildspec(["docker push a"], { batch: { "build-list": [] } }), "opaque"],
    ["PowerShell", buildspec(["docker push a"], { env: { shell: "powershell.exe" } }), "opaque"],
    ["zsh", buildspec(["docker push a"], { env: { shell: "zsh" } }), "opaque"],
    ["a shell that begins like one", buildspec(["docker push a"], { env: { shell: "sh.exe" } }), "opaque"],
    ["a list of shells", buildspec(["docker push a"], { env: { shell: ["bash"] } }), "opaque"],
    ["sh", buildspec(["docker build -t a --push ."], { env: { shell: "/bin/sh" } }), "push a machine"],
    ["bash", buildspec(["docker build -t a --push ."], { env: { shell: "bash" } }), "push a machine"],
    ["no commands", JSON.stringify({ version: "0.2", phases: { install: { "runtime-versions": { nodejs: "20" } } } }), ""],
    ["tests only", buildspec(["npm ci", "echo done"]), ""],
    ["an empty phase", "version: 0.2\nphases:\n  install:\n  build:\n    commands:\n      - docker build -t a --push .\n", "push a machine"],
    ["a file name", "buildspec.yml", "no buildspec"],
    ["a path", "ci/docker/buildspec.yml", "no buildspec"],
    ["an ARN", "arn:aws:s3:::bucket/docker/buildspec.yml", "no buildspec"],
    ["nothing", "", "no buildspec"],
    ["an unknown output", "04da6b54-80e4-46f7-96ec-b56ff0331ba9", "no buildspec"],
    ["broken YAML", "version: 0.2\nphases: [docker", "no buildspec"],
    ["broken JSON", '{"version":"0.2","phases":{', "no buildspec"],
    ["a list", "- docker push a", "no buildspec"],
    ["no phases", "version: 0.2", "no buildspec"],
    ["phases of another shape", "version: 0.2\nphases: docker push a", "no buildspec"],
    ["names of object members", buildspec(["docker build -t a:$constructor --push ."], { env: { variables: { __proto__: "x", toString: "y" } } }), "push * machine"],
  ];
  for (const [title, text, expected, environment = {}] of rows) {
    it(title, () => assert.equal(summary(readBuildspec(text, environment)), expected));
  }

  it("quotes no variable", () => {
    const text = buildspec(["docker login -p $TOKEN", "docker build --build-arg T=s3cr3t -t a --push .", "s3cr3t"], { env: { variables: { TOKEN: "s3cr3t" } } });
    assert.ok(!JSON.stringify(readBuildspec(text, {})).includes("s3cr3t"));
  });

  it("never throws on generated text or JSON, and knows no platform that is not stated", () => {
    const commands = fc.array(fc.oneof(fc.string(), fc.constantFrom("docker build -t a .", "docker push a", "export X=1", "$(", "'")), { maxLength: 5 });
    const documents = fc.oneof(
      fc.string(),
      fc.json(),
      fc.record({ version: fc.constantFrom("0.1", "0.2"), phases: fc.dictionary(fc.constantFrom("install", "build", "post_build"), fc.record({ commands })) }).map((value) => JSON.stringify(value)),
    );
    fc.assert(fc.property(documents, (text) => {
      const reading = readBuildspec(text, {});
      for (const image of [...(reading?.pushes ?? []), ...(reading?.builds ?? [])]) {
        assert.notEqual(image.platforms.kind, "known");
      }
    }), { numRuns: 2000 });
  });
});

describe("codeBuildPlatform", () => {
  const types: Readonly<Record<string, string | undefined>> = {
    LINUX_CONTAINER: "linux/amd64",
    LINUX_GPU_CONTAINER: "linux/amd64",
    LINUX_EC2: "linux/amd64",
    LINUX_LAMBDA_CONTAINER: "linux/amd64",
    ARM_CONTAINER: "linux/arm64",
    ARM_EC2: "linux/arm64",
    ARM_LAMBDA_CONTAINER: "linux/arm64",
    WINDOWS_CONTAINER: "windows/amd64",
    WINDOWS_SERVER_2019_CONTAINER: "windows/amd64",
    WINDOWS_SERVER_2022_CONTAINER: "windows/amd64",
    WINDOWS_EC2: "windows/amd64",
    MAC_ARM: "darwin/arm64",
    arm_container: undefined,
    RISCV_CONTAINER: undefined,
    ARM_CONTAINER_2: undefined,
    constructor: undefined,
    "": undefined,
  };
  for (const [type, expected] of Object.entries(types)) {
    it(`${type || "(empty)"} is ${expected ?? "not known"}`, () => {
      const platform = codeBuildPlatform(type);
      assert.equal(platform && formatPlatform(platform), expected);
    });
  }
});
