import assert from "node:assert/strict";
import * as fc from "fast-check";
import { findBreak } from "../../cli/json-break";
import { Folder, inProcess } from "./support";

const SECRET = "hunter2-s3cr3t";
const STACK_URN = "urn:pulumi:test::app::pulumi:pulumi:Stack::app-test";

function withResources(...resources: readonly unknown[]): object {
  return { version: 3, deployment: { resources: [{ urn: STACK_URN, type: "pulumi:pulumi:Stack" }, ...resources] } };
}

function task(fields: object): object {
  return { urn: "urn:pulumi:test::app::aws:ecs/taskDefinition:TaskDefinition::web", type: "aws:ecs/taskDefinition:TaskDefinition", ...fields };
}

const WHOLE = JSON.stringify(withResources(task({ inputs: { family: "web", containerDefinitions: SECRET } })), undefined, 2);

/** What is in the file, and what is said after its name. */
const BAD: readonly (readonly [what: string, content: unknown, said: string])[] = [
  ["nothing at all", "", "is empty"],
  ["blanks only", " \n\t ", "is empty"],
  ["a text that is no JSON", `password: ${SECRET}`, "at $: this is no JSON (line 1, column 1)"],
  ["a comma too many", '{\n  "version": 3,\n}', "at $.version: this is no JSON (line 3, column 1)"],
  ["a missing quote", `{"version": 3, "deployment": {"resources": [{"urn": ${SECRET}}]}}`, "at $.deployment.resources[0].urn: this is no JSON (line 1, column 53)"],
  ["a line end in a text", `{"version": 3, "deployment": {"resources": [{}, {"urn": "${SECRET}\n"}]}}`, "at $.deployment.resources[1].urn: this is no JSON (line 1, column 72)"],
  ["something after the end", `{"version": 3, "deployment": {}} ${SECRET}`, "at $: this is no JSON (line 1, column 34)"],
  ["a file that is cut off in a text", WHOLE.slice(0, WHOLE.indexOf(SECRET) + 5), "at $.deployment.resources[1].inputs.containerDefinitions: the JSON is cut off (line 14, column 41)"],
  ["a file that is cut off after a comma", WHOLE.slice(0, WHOLE.indexOf(",") + 1), "at $.version: the JSON is cut off (line 2, column 16)"],
  ["a million brackets", "[".repeat(1_000_000), "at $[0][0][0][0][0][0][0][0]…: the JSON is cut off (line 1, column 1000001)"],
  ["a list", [], "at $: must be an object"],
  ["a text", '"deployment"', "at $: must be an object"],
  ["another JSON file", { name: "app", runtime: "nodejs" }, "at $: this looks like a Pulumi project"],
  ["a deployment that is a list", { version: 3, deployment: [] }, "at $.deployment: must be an object"],
  ["no version", { deployment: {} }, "at $.version: must be 3 or 4: another format is not known here"],
  ["a version of another time", { version: 99, deployment: {} }, "at $.version: must be 3 or 4: another format is not known here"],
  ["resources that are no list", { version: 3, deployment: { resources: {} } }, "at $.deployment.resources: must be a list"],
  ["a resource that is null", withResources(null), "at $.deployment.resources[1]: must be an object"],
  ["a resource without a URN", withResources({ type: "a:b:C" }), "at $.deployment.resources[1].urn: is missing"],
  ["a URN that is a number", withResources({ urn: 7, type: "a:b:C" }), "at $.deployment.resources[1].urn: must be a text"],
  ["a URN that is none", withResources({ urn: SECRET, type: "a:b:C" }), "at $.deployment.resources[1].urn: is no URN of a resource"],
  ["a resource without a type", withResources({ urn: "urn:pulumi:test::app::a:b:C::c" }), "at $.deployment.resources[1].type: is missing"],
  ["inputs that are a list", withResources(task({ inputs: [SECRET] })), "at $.deployment.resources[1].inputs: must be an object"],
  ["outputs that are a text", withResources(task({ outputs: SECRET })), "at $.deployment.resources[1].outputs: must be an object"],
  ["a parent that is a list", withResources(task({ parent: [SECRET] })), "at $.deployment.resources[1].parent: must be a text"],
  ["dependencies that are a text", withResources(task({ propertyDependencies: { "a key!": SECRET } })), 'at $.deployment.resources[1].propertyDependencies["a key!"]: must be a list'],
  ["dependencies that are numbers", withResources(task({ propertyDependencies: { image: [5] } })), "at $.deployment.resources[1].propertyDependencies.image: must be a list of texts"],
  ["changes to ignore that are true", withResources(task({ ignoreChanges: true })), "at $.deployment.resources[1].ignoreChanges: must be a list"],
];

describe("check: bad input", () => {
  let folder: Folder;
  before(() => {
    folder = new Folder();
  });
  after(() => {
    folder.remove();
  });

  for (const [what, content, said] of BAD) {
    it(`${what}: ends with 2, names the file and the place, and quotes nothing`, async () => {
      const file = folder.write("state.json", content);
      const { code, stdout, stderr } = await inProcess("check", file);
      assert.deepEqual({ code, stdout, stderr }, { code: 2, stdout: "", stderr: `${file}: ${said}\n` });
      assert.ok(!stderr.includes(SECRET) && !stderr.includes("hunte"), stderr);
    });
  }

  it("a file that is not there", async () => {
    const { code, stderr } = await inProcess("check", "tests/cli/nowhere.json");
    assert.deepEqual({ code, stderr }, { code: 2, stderr: "tests/cli/nowhere.json: cannot be read: there is no such file\n" });
  });

  it("a folder", async () => {
    const { code, stderr } = await inProcess("check", "tests/cli");
    assert.deepEqual({ code, stderr }, { code: 2, stderr: "tests/cli: cannot be read: it is a folder\n" });
  });

  it("a name that moves the cursor does not get to the terminal", async () => {
    const { stderr } = await inProcess("check", "no\u001b[2Jwhere");
    assert.equal(stderr, "no [2Jwhere: cannot be read: there is no such file\n");
  });

  it("a byte order mark is no mistake, nor is what PowerShell's > writes", async () => {
    for (const bytes of [Buffer.from(`\uFEFF${WHOLE}`, "utf8"), Buffer.from(`\uFEFF${WHOLE}`, "utf16le")]) {
      const { code, stderr } = await inProcess("check", folder.write("state.json", bytes));
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    }
  });
});

describe("the place where a text stops being JSON", () => {
  const isJson = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };

  it("is found in exactly those texts that JSON.parse refuses", () => {
    const whole = fc.json({ maxDepth: 4 });
    const damaged = fc
      .tuple(whole, fc.nat(), fc.constantFrom("", '"', "\\", "{", "}", "[", "]", ",", ":", "0", "-", "e", ".", "t", "\n", " ", "\u0000"), fc.nat(3))
      .map(([text, at, sign, cut]) => text.slice(0, at % (text.length + 1)) + sign + text.slice((at % (text.length + 1)) + cut));
    let refused = 0;
    fc.assert(
      fc.property(fc.oneof(whole, damaged), (text) => {
        refused += isJson(text) ? 0 : 1;
        assert.equal(findBreak(text) === undefined, isJson(text), text);
      }),
      { numRuns: 20_000, seed: 20_261_121 },
    );
    assert.ok(refused > 3000, `only ${refused} texts were refused`);
  }).timeout(60_000);

  it("is the end in a text that is cut off anywhere", () => {
    for (let end = 1; end < WHOLE.length; end += 1) {
      const place = findBreak(WHOLE.slice(0, end));
      assert.ok(place !== undefined);
      // Half a word such as `tru` is found at its begin.
      assert.ok(place.isCutOff || /[a-z0-9-]$/.test(WHOLE.slice(0, end)), WHOLE.slice(0, end));
    }
  });
});
