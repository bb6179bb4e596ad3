import assert from "node:assert/strict";
import { exportOf } from "../support/saved-stack";
import { json, StackBuilder, type Inputs } from "../support/stack-builder";
import { imageDigest } from "../support/values";
import { Folder, inProcess, jsonReport } from "./support";

const FARGATE: Inputs = { requiresCompatibilities: ["FARGATE"] };
const TAG = "registry.example.com/app:1";
const ARN = "arn:aws:ecs:us-east-1:111122223333";
const STACK_REFERENCE = "pulumi:pulumi:StackReference";

interface Given {
  /** `project/stack` */
  readonly name: string;
  readonly fill: (stack: StackBuilder) => unknown;
  /** The names that its StackReferences give. */
  readonly reads?: readonly string[];
  /** In place of the account of the others. */
  readonly account?: string;
}

/** What `pulumi stack export` would write of it. */
function fileOf({ name, fill, reads = [], account = "111122223333" }: Given): string {
  const builder = new StackBuilder();
  fill(builder);
  const exported = exportOf(builder.update());
  const references = reads.map((read, index) => ({ urn: `urn:pulumi:test::app::${STACK_REFERENCE}::r${index}`, type: STACK_REFERENCE, custom: true, external: true, inputs: { name: read }, outputs: { name: read, outputs: {} } }));
  const [project, stack] = name.split("/");
  const text = JSON.stringify({ ...exported, deployment: { ...exported.deployment, resources: [...exported.deployment.resources, ...references] } });
  return text.replaceAll("urn:pulumi:test::app::", `urn:pulumi:${stack}::${project}::`).replaceAll("111122223333", account);
}

function pushes(name: string, platform: string, tag = TAG): Given["fill"] {
  return (stack) => stack.add("dockerBuild", name, { platforms: [platform], push: true, tags: [tag] });
}

function runs(image: string, more: Inputs = FARGATE): Given["fill"] {
  return (stack) => stack.add("task", "task", { containerDefinitions: json([{ name: "web", image }]), ...more });
}

function both(...fills: readonly Given["fill"][]): Given["fill"] {
  return (stack) => {
    fills.forEach((fill) => fill(stack));
  };
}

const IMAGES: Given = { name: "images/prod", fill: pushes("image", "linux/arm64") };
const READS = ["acme/images/prod"];
const AMI = "0123456789abcdef0";

/** A cluster whose instances join it by its name, on which a service runs a task. */
function environment(name: string, instanceType: string, platform: string, account: string): Given {
  const fill: Given["fill"] = (stack) => {
    const cluster = stack.add("cluster", "cluster", { name: "web" });
    stack.add("instance", "instance", { instanceType, userData: "#!/bin/bash\necho ECS_CLUSTER=web >> /etc/ecs/ecs.config\n" });
    stack.add("dockerBuild", "image", { platforms: [platform], push: true, tags: ["me/app:latest"] });
    const task = stack.add("task", "task", { containerDefinitions: json([{ name: "web", image: "me/app:latest" }]) });
    stack.add("service", "service", { cluster: cluster.get("arn"), taskDefinition: task.get("arn"), launchType: "EC2", desiredCount: 1 });
  };
  return { name, fill, account };
}

/** What is given, and what is denied of it: the file's stack, and words of the message. */
const CASES: readonly (readonly [what: string, given: readonly Given[], denied: readonly (readonly [stack: string, ...words: string[]])[]])[] = [
  ["a digest is the same everywhere", [{ name: "web/prod", fill: runs(`mirror.example.com/other@${imageDigest("image")}`) }, IMAGES], [["prod of web", "task definition `task`", "docker-build Image `image` in stack images/prod"]]],
  ["a tag crosses with a StackReference", [{ name: "web/prod", fill: runs(TAG), reads: READS }, IMAGES], [["prod of web", "image `image` in stack images/prod".replace("image `", "Image `")]]],
  ["a StackReference may name a stack of its own project by its name alone", [{ name: "images/web", fill: runs(TAG), reads: ["prod"] }, IMAGES], [["web of images", "in stack images/prod"]]],
  ["a tag does not cross without a StackReference", [{ name: "web/prod", fill: runs(TAG) }, IMAGES], []],
  ["a tag does not cross with a StackReference to another stack", [{ name: "web/prod", fill: runs(TAG), reads: ["acme/images/dev"] }, IMAGES], []],
  ["a tag does not cross against the StackReference", [{ name: "web/prod", fill: runs(TAG) }, { ...IMAGES, reads: ["acme/web/prod"] }], []],
  ["a tag that the stack pushes itself is its own", [{ name: "web/prod", fill: both(runs(TAG), pushes("own", "linux/amd64")), reads: READS }, IMAGES], []],
  ["a tag that a third stack pushes too is nobody's", [{ name: "web/prod", fill: runs(TAG), reads: READS }, IMAGES, { name: "images/dev", fill: pushes("image", "linux/amd64") }], []],
  ["an image that agrees is no finding", [{ name: "web/prod", fill: runs(TAG), reads: READS }, { name: "images/prod", fill: pushes("image", "linux/amd64") }], []],
  ["a stack that is given twice links to nothing", [{ name: "web/prod", fill: runs(TAG), reads: READS }, IMAGES, { ...IMAGES, account: "444455556666" }], []],
  [
    "a task's ARN is the same everywhere: its launcher tells what it requires",
    [
      { name: "tasks/prod", fill: both(runs(TAG, { requiresCompatibilities: ["EC2", "FARGATE"] }), pushes("image", "linux/arm64")) },
      { name: "services/prod", fill: (stack) => stack.add("service", "service", { taskDefinition: `${ARN}:task-definition/task:1`, launchType: "FARGATE", cluster: "web" }) },
    ],
    [["prod of tasks", "service `service` in stack services/prod"]],
  ],
  [
    "the same ARN of the account that local stand-ins for AWS have is another one elsewhere",
    [
      { name: "tasks/prod", account: "000000000000", fill: both(runs(TAG, { requiresCompatibilities: ["EC2", "FARGATE"] }), pushes("image", "linux/arm64")) },
      { name: "services/prod", account: "000000000000", fill: (stack) => stack.add("service", "service", { taskDefinition: `${ARN}:task-definition/task:1`, launchType: "FARGATE", cluster: "web" }) },
    ],
    [],
  ],
  [
    "an AMI's id is the same everywhere",
    [
      { name: "web/prod", fill: (stack) => stack.add("instance", "instance", { ami: `ami-${AMI}`, instanceType: "m7g.large" }) },
      { name: "amis/prod", fill: (stack) => stack.add("ami", AMI, { architecture: "x86_64" }) },
    ],
    [["prod of web", `AMI \`${AMI} in stack amis/prod\``]],
  ],
  [
    "an id that AWS did not make is only a name",
    [
      { name: "web/prod", fill: (stack) => stack.add("instance", "instance", { ami: "ami-short", instanceType: "m7g.large" }) },
      { name: "amis/prod", fill: (stack) => stack.add("ami", "short", { architecture: "x86_64" }) },
    ],
    [],
  ],
  ["two environments that are called alike never meet", [environment("web/dev", "m7g.large", "linux/arm64", "444455556666"), environment("web/prod", "m5.large", "linux/amd64", "777788889999")], []],
  ["nor if one of them reads the other", [{ ...environment("web/dev", "m7g.large", "linux/arm64", "444455556666"), reads: ["acme/web/prod"] }, environment("web/prod", "m5.large", "linux/amd64", "777788889999")], []],
];

describe("check: links between stacks", () => {
  let folder: Folder;
  before(() => {
    folder = new Folder();
  });
  after(() => {
    folder.remove();
  });

  function write(given: readonly Given[]): string[] {
    return given.map((each, index) => folder.write(`${index}.json`, fileOf(each)));
  }

  for (const [what, given, expected] of CASES) {
    it(what, async () => {
      for (const order of [given, [...given].reverse()]) {
        const files = write(order);
        const { findings } = await jsonReport(...files);
        const denied = findings.filter(({ level }) => level === "mandatory");
        const said = denied.map(({ file, resource, message }) => `${order[files.indexOf(file)]?.name.split("/").reverse().join(" of ")}: ${resource?.name ?? ""}\n${message}`);
        assert.equal(said.length, expected.length, said.join("\n\n"));
        for (const [index, [stack, ...words]] of expected.entries()) {
          assert.ok(said[index]?.startsWith(`${stack}: `), said[index]);
          assert.deepEqual(words.filter((word) => !said[index]?.includes(word)), [], said[index]);
        }
        assert.ok(denied.every(({ resource }) => resource?.urn.startsWith("urn:pulumi:") === true));
      }
    });
  }

  it("say of each stack all that is said of it alone, word for word", async () => {
    const web: Given = { name: "web/prod", fill: both(runs(TAG), (stack) => stack.add("instance", "instance", { ami: "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id", instanceType: "m5.large" })), reads: READS };
    const own: Given = { name: "images/prod", fill: both(pushes("image", "linux/arm64"), runs(TAG)) };
    const files = write([web, own]);
    const together = await jsonReport(...files);
    const alone = (await Promise.all(files.map((file) => jsonReport(file)))).flatMap(({ findings }) => findings);
    assert.equal(alone.length, 2);
    const texts = together.findings.map((finding) => JSON.stringify(finding));
    assert.deepEqual(alone.filter((finding) => !texts.includes(JSON.stringify(finding))), []);
    assert.equal(together.findings.length, 3, "and what is said of both");
  });

  it("determine what the one stack alone does not tell", async () => {
    const [web, images] = write([{ name: "web/prod", fill: runs(TAG), reads: READS }, { name: "images/prod", fill: pushes("image", "linux/amd64") }]) as [string, string];
    const config = folder.write("strict.json", { "architecture-undetermined": { enforcementLevel: "mandatory", listing: "all" } });
    assert.equal((await inProcess("check", "--config", config, web)).code, 1);
    assert.equal((await inProcess("check", "--config", config, web, images)).code, 0);
    const silent = folder.write("silent.json", fileOf({ name: "images/prod", fill: (stack) => stack.add("dockerBuild", "image", { push: true, tags: [TAG] }) }));
    const { code, stdout } = await inProcess("check", "--config", config, web, silent);
    assert.equal(code, 1);
    assert.match(stdout, /the platform of docker-build Image `image`/, "what the other stack leaves open is open");
  });

  it("heed exemptions and declared facts", async () => {
    const files = write([{ name: "web/prod", fill: runs(TAG), reads: READS }, IMAGES]);
    const config = folder.write("config.json", { "cpu-architecture-settings": { exemptions: [{ resource: "task", reason: "emulated" }], unused: "ignore" } });
    const { code, stdout } = await inProcess("check", "--config", config, ...files);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /\nPassed: 0 mandatory, 0 advisory in 2 stacks\n$/);
  });
});
