/** Programs that are wrong in one way and repaired by one change, run on the real engine with the project's own pack. */

import assert from "node:assert/strict";
import { PACK } from "../support/built-pack";
import { stack } from "../support/engine";
import type { Program, Result, Stack, StackOptions, Violation } from "../support/engine";

/** The imports that all programs share. */
export const IMPORTS = `
  import * as pulumi from "@pulumi/pulumi";
  import * as aws from "@pulumi/aws";
  import * as awsx from "@pulumi/awsx";
  import * as build from "@pulumi/docker-build";
  import * as command from "@pulumi/command";
  import * as docker from "@pulumi/docker";
`;

export function program(body: string): Program {
  return { text: `${IMPORTS}\n${body}` };
}

/** Makes a stack, hands it over and stops it, whatever happens. */
export async function withStack<T>(options: Omit<StackOptions, "pack">, use: (made: Stack) => Promise<T>): Promise<T> {
  const made = await stack({ ...options, pack: PACK });
  try {
    return await use(made);
  } finally {
    made.stop();
  }
}

export function denials({ violations }: Result): Violation[] {
  return violations.filter(({ level }) => level === "mandatory");
}

/** Asserts one denial, whose message or resource names all the words. */
export function assertDenied(result: Result, policy: string, words: readonly string[]): void {
  const found = denials(result);
  const texts = found.map((violation) => `[${violation.policy}] ${violation.resourceName}: ${violation.message}`);
  assert.equal(found.length, 1, `one denial is expected:\n${texts.join("\n")}\n${result.stdout}${result.stderr}`);
  assert.equal(found[0]?.policy, policy, texts.join("\n"));
  for (const word of words) {
    assert.ok(texts[0]?.includes(word), `${word} is named:\n${texts.join("\n")}`);
  }
  assert.notEqual(result.exitCode, 0, result.stdout);
}

export function assertPassed(result: Result): void {
  assert.deepEqual(
    denials(result).map(({ policy, message }) => `[${policy}] ${message}`),
    [],
  );
  assert.equal(result.exitCode, 0, result.stdout + result.stderr);
}

/** A program that is wrong in one way, and repaired by one change. */
export interface Case {
  readonly title: string;
  readonly policy: string;
  /** The program; `wrong` says which of the two it is to be. */
  readonly program: (wrong: boolean) => Program;
  /** What the denial must name. */
  readonly names: readonly string[];
  readonly host?: string;
  /** False where the first preview cannot know, so that only the update denies. */
  readonly atPreview?: boolean;
  /**
   * The type of the resource that an update stops before it is made; left out where only the analysis of the whole
   * stack can tell, which at an update comes after everything was deployed.
   */
  readonly notMade?: string;
  /** What else the stack is to be run with. */
  readonly options?: Omit<StackOptions, "pack" | "program" | "host">;
}

function assertNotMade({ resources }: Result, type: string | undefined): void {
  assert.deepEqual(
    resources.filter((resource) => type !== undefined && resource.type === type),
    [],
    `${type ?? ""} was not made`,
  );
}

/** What a first deployment of the wrong program must come to: the preview, and `up` with its preview. */
async function assertWrongIsStopped(made: Stack, { policy, names, atPreview = true, notMade }: Case): Promise<void> {
  const preview = await made.preview();
  if (atPreview) {
    assertDenied(preview, policy, names);
  } else {
    assertPassed(preview);
  }
  const up = await made.up();
  assertDenied(up, policy, names);
  assert.equal(up.resources.length > 0, !atPreview, atPreview ? "nothing was made, not even the stack" : "the update began");
  assertNotMade(up, notMade);
}

/**
 * The wrong program, then the repaired one, on one stack: preview, update with its preview, update without one, and
 * once more after the repair. What the wrong update left behind is there when the repaired one runs, as in real life;
 * the first preview of the repaired program is of an empty stack.
 */
export function judgedOnTheEngine(judged: Case): void {
  const { title, policy, program: text, names, host, atPreview = true, notMade, options = {} } = judged;

  describe(title, () => {
    let made: Stack;

    before(async () => {
      made = await stack({ ...options, program: text(false), pack: PACK, ...(host === undefined ? {} : { host }) });
    });
    after(() => {
      made.stop();
    });

    it("repaired, it passes the first preview", async () => {
      made.setProgram(text(false));
      assertPassed(await made.preview());
    });

    it(atPreview ? "wrong, it is denied by preview and up, and nothing is made" : "wrong, it is unknown at preview and denied by the update", async () => {
      made.setProgram(text(true));
      await assertWrongIsStopped(made, judged);
    });

    it("wrong, it is denied by up --skip-preview", async () => {
      made.setProgram(text(true));
      const up = await made.up({ skipPreview: true });
      assertDenied(up, policy, names);
      assertNotMade(up, notMade);
    });

    it("repaired after that, it passes an update and the next preview", async () => {
      made.setProgram(text(false));
      assertPassed(await made.up());
      assertPassed(await made.preview());
    });
  });
}

/** One of several small programs that run as one. Names of resources and families must not meet those of the others. */
export interface Part {
  readonly title: string;
  readonly body: (wrong: boolean) => string;
  readonly names: readonly string[];
  /** See {@link Case}; all the parts of a group share it. */
  readonly notMade?: string;
}

function together(parts: readonly Part[], wrong: boolean): Program {
  return program(parts.map(({ body }) => `{\n${body(wrong)}\n}`).join("\n"));
}

/** Asserts a denial for each part, and no other. */
function assertEachDenied(result: Result, policy: string, parts: readonly Part[]): void {
  const texts = denials(result).map((violation) => `[${violation.policy}] ${violation.resourceName}: ${violation.message}`);
  for (const { title, names } of parts) {
    const own = texts.filter((text) => text.startsWith(`[${policy}]`) && names.every((word) => text.includes(word)));
    assert.equal(own.length, 1, `${title}: one denial that names ${names.join(", ")}:\n${texts.join("\n")}\n${result.stdout}${result.stderr}`);
  }
  assert.equal(texts.length, parts.length, texts.join("\n"));
  assert.notEqual(result.exitCode, 0);
}

/**
 * Programs that can stand side by side, judged in one stack where one run can tell of them all: a preview lists every
 * denial, an update stops at the first, so that each has an update of its own.
 */
export function judgedTogether(title: string, policy: string, parts: readonly Part[], options: Omit<StackOptions, "pack" | "program"> = {}): void {
  describe(title, () => {
    let made: Stack;

    before(async () => {
      made = await stack({ ...options, program: together(parts, false), pack: PACK });
    });
    after(() => {
      made.stop();
    });

    it("wrong, each is denied by preview and up, and nothing is made", async () => {
      made.setProgram(together(parts, true));
      assertEachDenied(await made.preview(), policy, parts);
      const up = await made.up();
      assertEachDenied(up, policy, parts);
      assert.deepEqual(up.resources, []);
    });

    it("repaired, all pass the first preview", async () => {
      made.setProgram(together(parts, false));
      assertPassed(await made.preview());
    });

    for (const part of parts) {
      it(`${part.title}: denied by up --skip-preview`, async () => {
        made.setProgram(together([part], true));
        const up = await made.up({ skipPreview: true });
        assertDenied(up, policy, part.names);
        assertNotMade(up, part.notMade);
      });
    }

    it("repaired after that, all pass an update and the next preview", async () => {
      made.setProgram(together(parts, false));
      assertPassed(await made.up());
      assertPassed(await made.preview());
    });
  });
}

/** The same for programs of which a first preview cannot know: the update denies, and denies again when it is tried again. */
export function judgedAtUpdate(title: string, policy: string, parts: readonly Part[], options: Omit<StackOptions, "pack" | "program"> = {}): void {
  describe(title, () => {
    let made: Stack;

    before(async () => {
      made = await stack({ ...options, program: together(parts, true), pack: PACK });
    });
    after(() => {
      made.stop();
    });

    it("no first preview knows", async () => {
      made.setProgram(together(parts, true));
      assertPassed(await made.preview());
    });

    for (const part of parts) {
      it(`${part.title}: denied by the update, with and without its preview`, async () => {
        made.setProgram(together([part], true));
        const up = await made.up();
        assertDenied(up, policy, part.names);
        assertNotMade(up, part.notMade);
        assert.ok(up.resources.length > 0, "the update began");
        assertDenied(await made.up({ skipPreview: true }), policy, part.names);
      });
    }

    it("repaired, all pass an update and the next preview", async () => {
      made.setProgram(together(parts, false));
      assertPassed(await made.up());
      assertPassed(await made.preview());
    });
  });
}

export const IMAGES = "ecs-task-image-architecture";
export const TASK = "aws:ecs/taskDefinition:TaskDefinition";

/** The platform of an image for a Fargate task without runtimePlatform, which makes it X86_64. */
export function platform(wrong: boolean): string {
  return wrong ? "linux/arm64" : "linux/amd64";
}

/**
 * A Fargate task definition without runtimePlatform.
 *
 * @param containers an expression: the container definitions, as they go into the property
 * @param more further properties
 * @param options resource options
 */
export function fargateTask(name: string, containers: string, more = "", options = ""): string {
  return `new aws.ecs.TaskDefinition("${name}", { family: "${name}", cpu: "256", memory: "512", networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"], containerDefinitions: ${containers}, ${more} }, { ${options} });`;
}

/** The same with one container, whose image is an expression. */
export function fargateTaskOf(name: string, image: string, options = ""): string {
  return fargateTask(name, `pulumi.jsonStringify([{ name: "web", image: ${image} }])`, "", options);
}
