/** Links that are merely possible, or that lead out of the stack: nothing is denied, and the advice says what is open. */

import assert from "node:assert/strict";
import { describeEngine } from "../support/engine";
import type { Program, Result } from "../support/engine";
import { assertDenied, assertPassed, denials, fargateTask, fargateTaskOf, IMAGES, program, TASK, withStack } from "./judged";

const R = "registry.example.com";
const LISTING = { "architecture-undetermined": { listing: "all" } };

/** An arm64 image, which no Fargate task of these programs may run. */
const arm = (name: string, reference: string): string =>
  `new build.Image("${name}", { push: true, tags: [${reference}], context: { location: "app" }, platforms: ["linux/arm64"] })`;

/** Asserts that a policy says all these words of one resource, and returns nothing if it is to say nothing. */
function assertSays({ violations, stdout }: Result, policy: string, words: readonly string[]): void {
  const texts = violations.filter((violation) => violation.policy === policy).map(({ resourceName, message }) => `${resourceName}: ${message}`);
  assert.ok(texts.some((text) => words.every((word) => text.includes(word))), `${policy}: ${words.join(", ")}\n${texts.join("\n")}\n${stdout}`);
}

/** Runs a program in all three ways on one stack: each passes, the analysis of the stack says these words each time. */
async function assertOnlyAdvised(text: Program, policy: string, words: readonly string[]): Promise<void> {
  await withStack({ program: text, config: LISTING }, async (made) => {
    const preview = await made.preview();
    const skipping = await made.up({ skipPreview: true });
    const up = await made.up();
    for (const result of [preview, skipping, up]) {
      assertPassed(result);
      assertSays(result, policy, words);
    }
  });
}

describeEngine("possible and open links on the engine", () => {
  it("`dependsOn` alone is no link, and the container is listed", async () => {
    const text = program(`
      const image = ${arm("web-image", `"${R}/web:1"`)};
      ${fargateTaskOf("web-task", `"public.ecr.aws/nginx/nginx:1.27"`, "dependsOn: [image]")}`);
    await assertOnlyAdvised(text, "architecture-undetermined", ["web-task", "no resource of this stack pushes it"]);
  });

  it("another tag of the repository is suspected", async () => {
    const text = program(`
      const image = ${arm("web-image", `"${R}/web:2"`)};
      ${fargateTaskOf("web-task", `"${R}/web:1"`, "dependsOn: [image]")}`);
    await assertOnlyAdvised(text, "architecture-suspected", ["web-image", "web-task"]);
  });

  it("a tag that two builders push for different platforms is suspected", async () => {
    const text = program(`
      const one = ${arm("one-image", `"${R}/web:1"`)};
      const two = new build.Image("two-image", { push: true, tags: ["${R}/web:1"], context: { location: "app" }, platforms: ["linux/amd64"] });
      ${fargateTaskOf("web-task", `"${R}/web:1"`, "dependsOn: [one, two]")}`);
    await assertOnlyAdvised(text, "architecture-suspected", ["one-image", "web-task"]);
  });

  it("a new repository with two images, named alone: unknown at preview, and denied at update where the tag is known", async () => {
    const text = program(`
      const repository = new aws.ecr.Repository("web");
      const a = ${arm("arm-image", "pulumi.interpolate`${repository.repositoryUrl}:arm`")};
      const b = new build.Image("amd-image", { push: true, tags: [pulumi.interpolate\`\${repository.repositoryUrl}:amd\`], context: { location: "app" }, platforms: ["linux/amd64"] });
      ${fargateTaskOf("web-task", "pulumi.interpolate`${repository.repositoryUrl}:arm`", "dependsOn: [a, b]")}`);
    await withStack({ program: text, config: LISTING }, async (made) => {
      const preview = await made.preview();
      assertPassed(preview);
      assertSays(preview, "architecture-undetermined", ["web-task", "its containers' images"]);
      const up = await made.up();
      assertDenied(up, IMAGES, ["arm-image", "web-task"]);
      assert.deepEqual(up.resources.filter(({ type }) => type === TASK), []);
    });
  });

  it("container definitions as YAML are refused by the provider, and the pack adds neither a denial nor a fault", async () => {
    const text = program(`
      const image = ${arm("web-image", `"${R}/web:1"`)};
      ${fargateTask("web-task", `image.ref.apply((ref) => "- name: web\\n  image: " + ref + "\\n")`, "", "dependsOn: [image]")}`);
    await withStack({ program: text, config: LISTING }, async (made) => {
      for (const result of [await made.preview(), await made.up({ skipPreview: true })]) {
        assert.match(result.stdout, /Error decoding JSON/);
        assert.deepEqual(denials(result), []);
        assert.deepEqual(result.violations.filter(({ message }) => message.includes("could not finish")), []);
      }
    });
  });

  describe("an image of another stack, through a StackReference", () => {
    // A stack may refer to what it exported itself at its last update, and then no second stack is needed.
    const exporting = program(`export const image = "${R}/shared:1";`);
    const referring = program(`
      export const image = "${R}/shared:1";
      const shared = new pulumi.StackReference("organization/app/test").requireOutput("image");
      ${fargateTaskOf("web-task", "shared")}`);

    it("is listed, not denied", async () => {
      await withStack({ program: exporting, config: LISTING }, async (made) => {
        assertPassed(await made.up({ skipPreview: true }));
        made.setProgram(referring);
        const preview = await made.preview();
        assertPassed(preview);
        assertSays(preview, "architecture-undetermined", ["web-task", `no resource of this stack pushes it`]);
      });
    });

    const declared = (platforms: readonly string[]): object => ({ "cpu-architecture-settings": { images: [{ reference: `${R}/shared:*`, platforms }] } });

    it("is denied by preview, up and up --skip-preview where its platform is declared", async () => {
      await withStack({ program: exporting, config: declared(["linux/arm64"]) }, async (made) => {
        assertPassed(await made.up({ skipPreview: true }));
        made.setProgram(referring);
        for (const result of [await made.preview(), await made.up(), await made.up({ skipPreview: true })]) {
          assertDenied(result, IMAGES, [`${R}/shared:1`, "web-task"]);
          assert.deepEqual(result.resources.filter(({ type }) => type === TASK), []);
        }
      });
    });

    it("passes where another platform is declared", async () => {
      await withStack({ program: exporting, config: declared(["linux/amd64"]) }, async (made) => {
        assertPassed(await made.up({ skipPreview: true }));
        made.setProgram(referring);
        assertPassed(await made.up());
      });
    });
  });
});
