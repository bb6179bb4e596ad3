import assert from "node:assert/strict";
import { run } from "../../cli/main";
import { FORMATS } from "../../cli/report";
import { encryptedSecret, exportOf, plainSecret, withProperties, type Exported } from "../support/saved-stack";
import { json, StackBuilder, type Inputs } from "../support/stack-builder";
import { Folder, inProcess, jsonReport } from "./support";

const SECRET = "hunter2-s3cr3t";
const FARGATE: Inputs = { requiresCompatibilities: ["FARGATE"] };
const LISTING = { "architecture-undetermined": { listing: "all" } };

/** A task that names its image by a text of the program, so that nothing but the text links them. */
function stack(): Exported {
  const program = new StackBuilder();
  program.add("repository", "app");
  program.add("dockerBuild", "image", { platforms: ["linux/arm64"], push: true, tags: ["me/app:1"] });
  program.add("task", "task", { containerDefinitions: json([{ name: "web", image: "me/app:1" }]), ...FARGATE });
  program.add("instance", "machine", { ami: "ami-0123456789abcdef0", instanceType: "m5.large", userData: "IyEvYmluL3No" });
  return exportOf(program.update());
}

function definitions(saved: Exported): string {
  const task = saved.deployment.resources.find(({ urn }) => urn.endsWith("::task"));
  return (task?.["inputs"] as { containerDefinitions: string }).containerDefinitions;
}

function withEnvironmentVariable(saved: Exported): string {
  const [container] = JSON.parse(definitions(saved)) as object[];
  return JSON.stringify([{ ...container, environment: [{ name: "PASSWORD", value: SECRET }], command: [SECRET] }]);
}

describe("check: secrets", () => {
  let folder: Folder;
  before(() => {
    folder = new Folder();
  });
  after(() => {
    folder.remove();
  });

  it("in plain text are read, and never shown", async () => {
    const saved = withProperties(stack(), "task", { containerDefinitions: plainSecret(withEnvironmentVariable(stack())) });
    const file = folder.write("plain.json", saved);
    const config = folder.write("config.json", LISTING);
    for (const format of FORMATS) {
      const { code, stdout, stderr } = await inProcess("check", "--format", format, "--config", config, file);
      assert.equal(code, 1);
      assert.match(stdout.replaceAll(/<\/?code>/g, "`"), /Container `web` cannot run/);
      assert.ok(!(stdout + stderr).includes(SECRET), stdout);
    }
  });

  it("that are encrypted are not known: nothing denies, and the listing says how to tell them", async () => {
    const saved = withProperties(stack(), "task", { containerDefinitions: encryptedSecret() });
    const { denied, findings, stacks } = await jsonReport("--config", folder.write("config.json", LISTING), folder.write("encrypted.json", saved));
    assert.equal(denied, false);
    const [listed, ...others] = findings.filter(({ resource }) => resource?.name === "task");
    assert.deepEqual(others, []);
    assert.equal(listed?.kind, "undetermined");
    assert.match(listed.message, /it is a secret that the saved stack holds encrypted \(`pulumi stack export --show-secrets` writes it in plain text\)/);
    assert.ok(stacks[0]!.undetermined >= 1);
    assert.ok(!JSON.stringify(findings).includes("c2VjcmV0IGJ5dGVz"));
  });

  it("that are encrypted are inferred from what they are made from, and the message says so", async () => {
    const program = new StackBuilder();
    const image = program.add("dockerBuild", "image", { platforms: ["linux/arm64"], push: true, tags: ["me/app:1"] });
    program.add("task", "task", { containerDefinitions: json([{ name: "web", image: image.get("ref") }]), ...FARGATE });
    const saved = withProperties(exportOf(program.update()), "task", { containerDefinitions: encryptedSecret() });
    const { findings } = await jsonReport(folder.write("inferred.json", saved));
    assert.deepEqual(findings.map(({ policy, certainty }) => `${certainty ?? ""} ${policy}`), ["inferred ecs-task-image-architecture"]);
    assert.match(findings[0]!.message, /\nInferred: /);
  });

  it("inside of other values cover only themselves", async () => {
    const plain = withProperties(stack(), "image", { platforms: plainSecret(["linux/arm64"]), buildArgs: { TOKEN: encryptedSecret() } });
    const nested = withProperties(stack(), "image", { platforms: [plainSecret("linux/arm64")], secrets: { a: plainSecret({ b: plainSecret(SECRET) }) } });
    const hidden = withProperties(stack(), "image", { platforms: [encryptedSecret()] });
    for (const [name, saved, denied] of [["plain", plain, true], ["nested", nested, true], ["hidden", hidden, false]] as const) {
      assert.equal((await jsonReport(folder.write(`${name}.json`, saved))).denied, denied, name);
    }
  });

  it("that cannot be read are not known, however they are broken", async () => {
    for (const broken of [{ plaintext: `{${SECRET}` }, { plaintext: 7 }, { plaintext: "" }, {}, { plaintext: "[".repeat(100_000) }]) {
      const marked = { ...plainSecret(""), plaintext: undefined, ...broken };
      const file = folder.write("broken.json", withProperties(stack(), "task", { containerDefinitions: marked }));
      const { code, stdout, stderr } = await inProcess("check", file);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }, stdout);
      assert.ok(!stdout.includes(SECRET));
    }
  });

  it("in the message of an unexpected error are left out; the command ends with 3", async () => {
    const notes: string[] = [];
    const write = (): void => {
      throw new TypeError(SECRET);
    };
    const code = await run(["check", folder.write("state.json", stack())], { write, note: (line) => notes.push(line) });
    assert.equal(code, 3);
    assert.match(notes.join("\n"), /^this is a fault of the command, not of your stack: TypeError while checking \(secrets\.spec\.ts:\d+\)$/);
  });

  it("in every property of a resource are shown nowhere, and no property is too deep", async () => {
    const deep = `${"[".repeat(100_000)}"${SECRET}"${"]".repeat(100_000)}`;
    for (const name of ["task", "image", "machine", "app"]) {
      const properties = { family: plainSecret(SECRET), tags: plainSecret({ [SECRET]: SECRET }), userData: plainSecret(SECRET), buildArgs: { A: plainSecret(SECRET) }, volumes: "DEEP", buildOnPreview: "DEEP", ami: "DEEP" };
      const saved = JSON.stringify(withProperties(stack(), name, properties)).replaceAll('"DEEP"', deep);
      const files = [folder.write("config.json", LISTING), folder.write("all.json", saved)] as const;
      for (const format of FORMATS) {
        const { code, stdout, stderr } = await inProcess("check", "--format", format, "--config", ...files);
        assert.ok(code === 0 || code === 1, stderr);
        assert.ok(!stdout.includes(SECRET) && !stdout.includes("fault of the policy pack"), `${name}, ${format}: ${stdout}`);
      }
    }
  });
});
