import assert from "node:assert/strict";
import { encryptedSecret } from "../support/saved-stack";
import { UNKNOWN } from "../support/values";
import { Folder, inProcess, jsonReport } from "./support";

const TASK = "aws:ecs/taskDefinition:TaskDefinition";
const IMAGE = "docker-build:index:Image";
const REPOSITORY = "aws:ecr/repository:Repository";
const PARAMETER = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id";
const DIGEST = `sha256:${"a1".repeat(32)}`;

type Fields = Readonly<Record<string, unknown>>;

function urn(type: string, name: string): string {
  return `urn:pulumi:test::app::${type}::${name}`;
}

function state(type: string, name: string, inputs: Fields, more: Fields = {}): Fields {
  return { urn: urn(type, name), type, custom: true, inputs, ...more };
}

interface Step {
  readonly op: string;
  readonly newState?: Fields;
  readonly oldState?: Fields;
}

const image = (more: Fields = {}): Fields => state(IMAGE, "image", { platforms: ["linux/arm64"], push: true, tags: ["me/app:1"] }, more);
const definitions = (reference: string): string => JSON.stringify([{ name: "web", image: reference }]);
const task = (containerDefinitions: unknown, more: Fields = {}): Fields => state(TASK, "task", { family: "task", requiresCompatibilities: ["FARGATE"], containerDefinitions }, more);
const madeFrom = (...urns: readonly string[]): Fields => ({ propertyDependencies: { containerDefinitions: urns } });
const deployed: Fields = image({ id: "x", outputs: { digest: DIGEST, ref: `me/app:1@${DIGEST}` } });

/** With a summary that counts what is there, unless it is given. */
function preview(steps: readonly Step[], more: Fields = {}): Fields {
  const changeSummary: Record<string, number> = {};
  for (const { op } of steps) {
    changeSummary[op] = (changeSummary[op] ?? 0) + 1;
  }
  return { steps, changeSummary, ...more };
}

/** A preview, and how many findings deny, with how much that is not determined. */
const PREVIEWS: readonly (readonly [what: string, preview: Fields, denied: number])[] = [
  ["what is created", preview([{ op: "create", newState: image() }, { op: "create", newState: task(definitions("me/app:1")) }]), 1],
  ["what is unchanged", preview([{ op: "same", newState: image(), oldState: deployed }, { op: "same", newState: task(definitions(`me/app@${DIGEST}`)), oldState: { id: "task" } }]), 1],
  ["what is created and unknown, by what it is made from", preview([{ op: "create", newState: image() }, { op: "create", newState: task(UNKNOWN, madeFrom(urn(IMAGE, "image"))) }]), 1],
  ["a secret says nothing, also not by what it is made from", preview([{ op: "create", newState: image() }, { op: "create", newState: task("[secret]", madeFrom(urn(IMAGE, "image"))) }]), 0],
  ["what is deleted is gone", preview([{ op: "delete", oldState: image() }, { op: "create", newState: task(definitions("me/app:1")) }]), 0],
  ["the old copy of what is replaced is gone", preview([{ op: "create", newState: image() }, { op: "create-replacement", newState: task(definitions("me/other:1")) }, { op: "replace", newState: task(definitions("me/other:1")) }, { op: "delete-replaced", oldState: task(definitions("me/app:1")) }]), 0],
  ["what is only read is not judged", preview([{ op: "read", newState: image({ external: true }) }, { op: "create", newState: task(definitions("me/app:1")) }]), 0],
  ["what is refreshed is judged as it is after that", preview([{ op: "refresh", newState: task(definitions("me/app:1")) }, { op: "create", newState: image() }, { op: "update", newState: task(definitions("me/other:1")), oldState: { id: "task" } }]), 0],
  ["the digest of an image that is updated is not known", preview([{ op: "update", newState: image(), oldState: deployed }, { op: "create", newState: task(definitions(`me/app@${DIGEST}`)) }]), 0],
  [
    "a repository that is updated is not a new one, which would hold one image only",
    preview([
      { op: "update", newState: state(REPOSITORY, "repository", { name: "app" }), oldState: { id: "app", outputs: { repositoryUrl: "1.example.com/app" } } },
      { op: "create", newState: state(IMAGE, "image", { platforms: ["linux/arm64"], push: true, tags: [UNKNOWN] }, { propertyDependencies: { tags: [urn(REPOSITORY, "repository")] } }) },
      { op: "create", newState: task(UNKNOWN, madeFrom(urn(REPOSITORY, "repository"))) },
    ]),
    0,
  ],
  [
    "a repository that is created is a new one",
    preview([
      { op: "create", newState: state(REPOSITORY, "repository", { name: "app" }) },
      { op: "create", newState: state(IMAGE, "image", { platforms: ["linux/arm64"], push: true, tags: [UNKNOWN] }, { propertyDependencies: { tags: [urn(REPOSITORY, "repository")] } }) },
      { op: "create", newState: task(UNKNOWN, madeFrom(urn(REPOSITORY, "repository"))) },
    ]),
    1,
  ],
  ["what --target leaves out of its creation is not known, rather than left out", preview([{ op: "create", newState: image() }, { op: "same", newState: { ...task(definitions("me/app:1")) }, oldState: {} }]), 0],
];

/** Previews that may not hold the whole stack. */
const GAPS: readonly (readonly [what: string, preview: Fields, said: RegExp])[] = [
  ["a summary that counts more", preview([{ op: "create", newState: image() }], { changeSummary: { create: 1, same: 4 } }), /leaves out 4 of its resources/],
  ["no summary", { steps: [] }, /the preview failed/],
  ["an error", preview([], { diagnostics: [{ message: "x", severity: "error" }] }), /the preview failed/],
  ["a step that is not known here", preview([{ op: "transmute", newState: image() }]), /steps of a kind that is not known here/],
];

/** What is judged of half a stack: what nothing that is missing can overturn. */
const HALVES: readonly (readonly [what: string, steps: readonly Step[], denied: number])[] = [
  ["a tag may be pushed by what is missing too", [{ op: "create", newState: image() }, { op: "create", newState: task(definitions("me/app:1")) }], 0],
  ["a digest is the image", [{ op: "same", newState: image(), oldState: deployed }, { op: "create", newState: task(definitions(`me/app@${DIGEST}`)) }], 1],
  ["an unknown image is the one that it is made from", [{ op: "create", newState: image() }, { op: "create", newState: task(UNKNOWN, madeFrom(urn(IMAGE, "image"))) }], 1],
  ["an instance's own AMI and type", [{ op: "create", newState: state("aws:ec2/instance:Instance", "instance", { ami: PARAMETER, instanceType: "m5.large" }) }], 1],
  ["a template's type may be replaced by a group that is missing", [{ op: "create", newState: state("aws:ec2/launchTemplate:LaunchTemplate", "template", { imageId: PARAMETER, instanceType: "m5.large" }) }], 0],
];

interface Planned {
  readonly goal?: Fields;
  readonly steps: readonly string[];
  readonly state?: Fields;
}

function plan(resources: Readonly<Record<string, Planned>>): Fields {
  return { manifest: {}, resourcePlans: resources };
}

function goal(type: string, adds: Fields, more: Fields = {}): Fields {
  return { type, name: "x", custom: true, inputDiff: { adds }, outputDiff: {}, ...more };
}

const IMAGE_PLAN: Planned = { goal: goal(IMAGE, { platforms: ["linux/arm64"], push: true, tags: ["me/app:1"] }), steps: ["create"], state: { digest: DIGEST } };
const TASK_URN = urn(TASK, "task");

function planOfTask(planned: Planned): Fields {
  return plan({ [urn(IMAGE, "image")]: IMAGE_PLAN, [TASK_URN]: planned });
}

const TASK_INPUTS = { requiresCompatibilities: ["FARGATE"], containerDefinitions: definitions(`me/app@${DIGEST}`) };

const PLANS: readonly (readonly [what: string, plan: Fields, denied: number])[] = [
  ["what is created", planOfTask({ goal: goal(TASK, TASK_INPUTS), steps: ["create"], state: {} }), 1],
  ["what is unchanged, by what came of it", planOfTask({ goal: goal(TASK, {}), steps: ["same"], state: TASK_INPUTS }), 1],
  ["what is replaced, by what comes of it", planOfTask({ goal: goal(TASK, {}), steps: ["create-replacement", "replace", "delete-replaced"], state: TASK_INPUTS }), 1],
  ["what is deleted is gone", planOfTask({ steps: ["delete"], state: TASK_INPUTS }), 0],
  ["what no provider was asked of is not known", planOfTask({ goal: goal(TASK, {}), steps: ["update"], state: {} }), 0],
  ["a secret that is encrypted says nothing, also not by what it is made from", planOfTask({ goal: goal(TASK, { ...TASK_INPUTS, containerDefinitions: encryptedSecret() }, madeFrom(urn(IMAGE, "image"))), steps: ["create"], state: {} }), 0],
  ["what is computed is the image that it is made from", planOfTask({ goal: goal(TASK, { ...TASK_INPUTS, containerDefinitions: UNKNOWN }, madeFrom(urn(IMAGE, "image"))), steps: ["create"], state: {} }), 1],
  ["no resources", plan({}), 0],
];

const SECRET = "hunter2-s3cr3t";

const BAD: readonly (readonly [what: string, content: unknown, said: string])[] = [
  ["steps that are no list", { steps: SECRET }, "at $.steps: must be a list"],
  ["a step that is a text", { steps: [SECRET] }, "at $.steps[0]: must be an object"],
  ["a step without an operation", { steps: [{}] }, "at $.steps[0].op: is missing"],
  ["a step without its new state", preview([{ op: "create" }]), "at $.steps[0].newState.urn: is missing"],
  ["a new state that is a text", { steps: [{ op: "create", newState: SECRET }] }, "at $.steps[0].newState: must be an object"],
  ["a resource with a URN that is none", preview([{ op: "create", newState: { urn: SECRET } }]), "at $.steps[0].newState.urn: is no URN of a resource"],
  ["outputs that are a list", preview([{ op: "same", newState: image(), oldState: { outputs: [SECRET] } }]), "at $.steps[0].oldState.outputs: must be an object"],
  ["a summary with a text", preview([], { changeSummary: { same: SECRET } }), "at $.changeSummary.same: must be a number"],
  ["plans that are a list", { resourcePlans: [] }, "at $.resourcePlans: must be an object"],
  ["a plan under what is no URN", plan({ [SECRET]: { steps: [] } }), `at $.resourcePlans.${SECRET}: is no URN of a resource`],
  ["a goal that is a text", plan({ [TASK_URN]: { goal: SECRET as unknown as Fields, steps: [] } }), "at $.resourcePlans[…].goal: must be an object"],
  ["additions that are a text", planOfTask({ goal: { inputDiff: { adds: SECRET } }, steps: ["create"] }), "at $.resourcePlans[…].goal.inputDiff.adds: must be an object"],
  ["an event log", `{"sequence":0,"timestamp":1,"preludeEvent":{"config":{"a":"${SECRET}"}}}\n{"sequence":1,"timestamp":1}\n`, "this looks like an event log, which does not tell what is made from what; use what `pulumi preview --json` prints (without PULUMI_ENABLE_STREAMING_JSON_PREVIEW)"],
  ["a checkpoint", { version: 3, checkpoint: { stack: SECRET, latest: {} } }, "at $: this looks like a checkpoint out of a backend; use what `pulumi stack export` writes"],
  ["anything else", { [SECRET]: SECRET }, "at $: this is not what `pulumi stack export`, `pulumi preview --json` or `pulumi preview --save-plan` writes"],
];

describe("check: previews and plans", () => {
  let folder: Folder;
  before(() => {
    folder = new Folder();
  });
  after(() => {
    folder.remove();
  });

  async function denied(content: Fields): Promise<number> {
    const { findings } = await jsonReport(folder.write("input.json", content));
    return findings.filter(({ level }) => level === "mandatory").length;
  }

  for (const [title, cases] of [["a preview", PREVIEWS], ["a plan", PLANS]] as const) {
    for (const [what, content, expected] of cases) {
      it(`${title}: ${what}`, async () => {
        assert.equal(await denied(content), expected);
      });
    }
  }

  for (const [what, steps, expected] of HALVES) {
    it(`half a preview: ${what}`, async () => {
      assert.equal(await denied(preview(steps, { changeSummary: { same: 99 } })), expected);
    });
  }

  for (const [what, content, said] of GAPS) {
    it(`half a preview is told by ${what}, and does not pass the strict mode`, async () => {
      const file = folder.write("input.json", content);
      const { code, stderr } = await inProcess("check", "--quiet", file);
      assert.equal(code, 0);
      assert.match(stderr, said);
      const config = folder.write("strict.json", { "architecture-undetermined": { enforcementLevel: "mandatory", listing: "all" } });
      assert.equal((await inProcess("check", "--config", config, file)).code, 1);
    });
  }

  it("half a preview calls no exemption and no declared fact unused", async () => {
    const config = folder.write("config.json", { "cpu-architecture-settings": { exemptions: [{ resource: "elsewhere", reason: "emulated" }], images: [{ reference: "you/*", platforms: ["linux/amd64"] }] } });
    const file = folder.write("input.json", preview([{ op: "create", newState: image() }], { changeSummary: { same: 9 } }));
    assert.match((await inProcess("check", "--config", config, file)).stdout, /\nPassed: 0 mandatory, 0 advisory in 1 stack/);
  });

  it("are recognised by their shape, whatever their names", async () => {
    const file = folder.write("export-of-state.txt", preview([{ op: "create", newState: image() }, { op: "create", newState: task(definitions("me/app:1")) }]));
    assert.equal((await inProcess("check", file)).code, 1);
  });

  for (const [what, content, said] of BAD) {
    it(`${what}: ends with 2, names the place, and quotes no value`, async () => {
      const file = folder.write("input.json", content);
      const { code, stdout, stderr } = await inProcess("check", file);
      assert.deepEqual({ code, stdout, stderr }, { code: 2, stdout: "", stderr: `${file}: ${said}\n` });
    });
  }
});
