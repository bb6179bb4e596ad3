/** Programs that are wrong in one way and repaired by one change, run on the real engine with the project's own pack. */

import assert from "node:assert/strict";
import path from "node:path";
import { stack } from "../support/engine";
import type { Program, Result, Stack, StackOptions, Violation } from "../support/engine";

export const PACK = path.join(__dirname, "..", "..");

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
   * The type of the resource that an update stops before it is made, and its name; left out where only the analysis of
   * the whole stack can tell, which at an update comes after everything was deployed.
   */
  readonly notMade?: string;
}

/** Preview and update of the wrong program, and update (with its preview) of the repaired one. */
export function judgedOnTheEngine({ title, policy, program: text, names, host, atPreview = true, notMade }: Case): void {
  const options = (wrong: boolean): Omit<StackOptions, "pack"> => ({ program: text(wrong), ...(host === undefined ? {} : { host }) });

  it(`${title}: ${atPreview ? "denied at preview and at update" : "unknown at preview, denied at update"}`, async () => {
    await withStack(options(true), async (made) => {
      const preview = await made.preview();
      if (atPreview) {
        assertDenied(preview, policy, names);
      } else {
        assertPassed(preview);
      }
      const up = await made.up({ skipPreview: true });
      assertDenied(up, policy, names);
      if (notMade !== undefined) {
        assert.deepEqual(up.resources.filter(({ type }) => type === notMade), [], `${notMade} was not made`);
      }
    });
  });

  it(`${title}: repaired, it passes preview, update and the next preview`, async () => {
    await withStack(options(false), async (made) => {
      assertPassed(await made.up());
      assertPassed(await made.preview());
    });
  });
}
