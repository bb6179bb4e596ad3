import assert from "node:assert/strict";
import path from "node:path";
import { exportOf } from "../support/saved-stack";
import { json, StackBuilder, type Inputs } from "../support/stack-builder";
import { ROOT } from "../support/built-pack";
import { Folder, inProcess, jsonReport } from "./support";

const FARGATE: Inputs = { requiresCompatibilities: ["FARGATE"] };
const IMAGE = "ecs-task-image-architecture";
const EXPLICIT = "container-image-platform-explicit";

describe("check: the configuration", () => {
  let folder: Folder;
  let state: string;
  before(() => {
    folder = new Folder();
    const stack = new StackBuilder();
    stack.add("dockerBuild", "arm", { platforms: ["linux/arm64"], push: true, tags: ["me/arm:1"] });
    stack.add("dockerBuild", "unstated", { push: true, tags: ["me/unstated:1"] });
    stack.add("task", "task", { containerDefinitions: json([{ name: "a", image: "me/arm:1" }, { name: "b", image: "me/unstated:1" }]), ...FARGATE });
    state = folder.write("state.json", exportOf(stack.update()));
  });
  after(() => {
    folder.remove();
  });

  async function said(config: unknown): Promise<string[]> {
    const { findings } = await jsonReport("--config", folder.write("config.json", config), state);
    return findings.map(({ policy, level, kind }) => `${level} ${policy} ${kind}`);
  }

  const DENIED = `mandatory ${IMAGE} image-on-task`;
  const ADVICE = `advisory ${EXPLICIT} platform-not-stated`;

  for (const [what, config, expected] of [
    ["an empty file", "", [DENIED, ADVICE]],
    ["an empty object", {}, [DENIED, ADVICE]],
    ["a level alone", { [IMAGE]: "advisory" }, [DENIED.replace("mandatory", "advisory"), ADVICE]],
    ["a level in an object", { [EXPLICIT]: { enforcementLevel: "mandatory" } }, [DENIED, ADVICE.replace("advisory", "mandatory")]],
    ["an object without a level", { [IMAGE]: {} }, [DENIED, ADVICE]],
    ["a level for all", { all: "advisory" }, [DENIED.replace("mandatory", "advisory"), ADVICE]],
    ["a level for all, and one of its own", { all: "disabled", [IMAGE]: "mandatory" }, [DENIED]],
    ["all disabled", { all: { enforcementLevel: "disabled" } }, []],
    ["one disabled", { [IMAGE]: "disabled" }, [ADVICE]],
    ["remediate, which repairs nothing and counts as mandatory", { [EXPLICIT]: "remediate" }, [DENIED, ADVICE.replace("advisory", "mandatory")]],
    ["an exemption", { "cpu-architecture-settings": { exemptions: [{ resource: "task", with: "arm", reason: "emulated" }] } }, [ADVICE]],
    ["an exemption of settings that are disabled", { "cpu-architecture-settings": { enforcementLevel: "disabled", exemptions: [{ resource: "task", reason: "emulated" }] } }, [DENIED, ADVICE]],
    ["an exemption that is over", { "cpu-architecture-settings": { exemptions: [{ resource: "task", with: "arm", reason: "emulated", until: "2020-01-01" }] } }, ["advisory cpu-architecture-settings exemption-over", DENIED, ADVICE]],
    ["strict mode", { "architecture-undetermined": { enforcementLevel: "mandatory", listing: "all" } }, [DENIED, ADVICE, "mandatory architecture-undetermined undetermined"]],
    ["options with mistakes, which are advice", { [IMAGE]: { listing: "all" }, "cpu-architecture-settings": { images: [{}] } }, ["advisory cpu-architecture-settings configuration-error", `advisory ${IMAGE} configuration-error`, DENIED, ADVICE]],
  ] as const) {
    it(what, async () => {
      assert.deepEqual(await said(config), expected);
    });
  }

  it("tells an option that does not exist, with the nearest that does", async () => {
    const config = folder.write("config.json", { "cpu-architecture-settings": { exemption: [] } });
    const { stdout } = await inProcess("check", "--config", config, state);
    assert.match(stdout, /An option of cpu-architecture-settings has no effect: exemption is no option; did you mean exemptions\?/);
  });

  it("denies or passes by the levels", async () => {
    for (const [config, code] of [[{}, 1], [{ [IMAGE]: "advisory" }, 0], [{ [IMAGE]: "advisory", [EXPLICIT]: "mandatory" }, 1]] as const) {
      assert.equal((await inProcess("check", "--config", folder.write("config.json", config), state)).code, code);
    }
  });

  it("accepts the example of the documentation", async () => {
    const { code, stderr } = await inProcess("check", "--config", path.join(ROOT, "docs", "policy-config.example.json"), state);
    assert.deepEqual({ code, stderr }, { code: 1, stderr: "" });
  });

  for (const [what, config, problem] of [
    ["a policy that does not exist", { "ecs-task-images-architecture": "advisory" }, "at $.ecs-task-images-architecture: there is no such policy; did you mean ecs-task-image-architecture?"],
    ["a level that does not exist", { [IMAGE]: "warning" }, `at $.${IMAGE}: must be a level: advisory, mandatory, disabled, remediate`],
    ["a level that is a number", { [IMAGE]: { enforcementLevel: 1 } }, `at $.${IMAGE}.enforcementLevel: must be a level: advisory, mandatory, disabled, remediate`],
    ["an entry that is neither", { [IMAGE]: true }, `at $.${IMAGE}: must be a level, or an object with \`enforcementLevel\` and options`],
    ["a list", [], "at $: must be an object: for each policy a level, or an object with level and options"],
    ["broken JSON", '{"all": advisory}', "at $.all: this is no JSON (line 1, column 9)"],
    ["environments, which only Pulumi Cloud has", { environments: ["team/policies"] }, "at $.environments: cannot be had without Pulumi Cloud; write what they hold into this file"],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const file = folder.write("config.json", config);
      const { code, stdout, stderr } = await inProcess("check", "--config", file, state);
      assert.deepEqual({ code, stdout, stderr }, { code: 2, stdout: "", stderr: `${file}: ${problem}\n` });
    });
  }

  it("refuses a file that is not there", async () => {
    const { code, stderr } = await inProcess("check", "--config", "nowhere.json", state);
    assert.deepEqual({ code, stderr }, { code: 2, stderr: "nowhere.json: cannot be read: there is no such file\n" });
  });
});
