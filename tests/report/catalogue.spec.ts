// Every message that the pack can produce, each made of a stack by the pack itself, in a file for people to read:
// catalogue.txt. UPDATE_CATALOGUE=1 writes it anew; look at the difference before you keep it.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { exemptText, faultText, textOf, undeterminedSummary, undeterminedText } from "../../policies/report/text";
import type { Finding, FindingKind, InstancesSide } from "../../policies/stack/finding";
import { groupBy } from "../../policies/stack/group-by";
import { findIn, type Found } from "../support/findings";
import { run, saidBy, type RunOptions, type Violation } from "../support/in-process";
import { StackBuilder } from "../support/stack-builder";
import { CASES, OTHERS, type Example, type OtherKind } from "./examples";

const GOLDEN = path.join(__dirname, "catalogue.txt");
const MAX_LINES = 10;

/** What a first line says: the consequence, in one of these words. */
const CONSEQUENCE =
  /cannot run|may not run|can run the tasks|refuses to start|may refuse|would reject|would not start|decides whether the image runs|has no effect|could not be checked|Not checked|is not used|is contradicted|has ended|is not checked|^Exempt/;

/** What the pack finds in an example, and what it says of it. */
interface Played {
  readonly found: Found;
  readonly said: readonly Violation[];
}

/** The docker provider fills in the architecture of the machine: the catalogue is the same on all. */
function onX64<T>(action: () => T): T {
  const own = Object.getOwnPropertyDescriptor(process, "arch") ?? {};
  Object.defineProperty(process, "arch", { ...own, value: "x64" });
  try {
    return action();
  } finally {
    Object.defineProperty(process, "arch", own);
  }
}

function play(example: Example, called?: (name: string) => string): Played {
  const stack = new StackBuilder(called);
  example.stack(stack);
  const recording = stack[example.operation ?? "laterPreview"]();
  const options: RunOptions = { ...example.run, goesOn: true, config: example.config?.(stack.called) ?? {} };
  return onX64(() => ({ found: findIn(recording, options), said: run(recording, options) }));
}

/** What one example is in the catalogue for. */
interface Message {
  readonly title: string;
  readonly text: string;
  /** The finding, if it is one. */
  readonly finding?: Finding;
}

function only<T>(items: Iterable<T>, what: string): T {
  const [item, ...others] = items;
  assert.ok(item !== undefined && others.length === 0, `${item === undefined ? "no" : "more than one"} ${what}: ${JSON.stringify([item, ...others], undefined, 1)}`);
  return item;
}

/** The one message of a kind of finding: what is found is of this kind, and what is said is the text of it. */
function messageOf(kind: FindingKind, title: string, { found, said }: Played): Message {
  const texts = found.findings
    .filter(({ finding, cover }) => finding.kind === kind && (cover === undefined || cover.isOver))
    .map(({ finding, cover }) => [textOf(finding, cover?.exemption), finding] as const);
  const [text, finding] = only(new Map(texts), `text of a ${kind} (${title})`);
  const policy = finding.certainty === "suspected" ? "architecture-suspected" : finding.policy;
  assert.deepEqual(said.filter(({ message }) => message === text).map((violation) => violation.policy), [policy], `${title}: not said: ${text}`);
  const allowed = finding.because === "" ? ["certain", "inferred"] : ["inferred", "suspected"];
  assert.ok(allowed.includes(finding.certainty), `${title}: ${finding.certainty}, because "${finding.because}"`);
  return { title: `${kind}: ${title}`, text, finding };
}

/** All that may be said of that kind in view of what is found. */
const TEXTS: Readonly<Record<OtherKind, (found: Found) => string[]>> = {
  exempt: ({ findings, undetermined }) => [
    ...findings.flatMap(({ finding, cover }) => (cover === undefined ? [] : [exemptText(finding, cover.exemption)])),
    ...undetermined.flatMap(({ entry, exemption }) => (exemption === undefined ? [] : [exemptText(entry, exemption)])),
  ],
  undetermined: ({ undetermined }) => [...groupBy(undetermined.map(({ entry }) => entry), ({ subject }) => subject.urn).values()].map(undeterminedText),
  "undetermined in the whole stack": ({ undetermined }) => [undeterminedSummary(undetermined.map(({ entry }) => entry))],
  fault: ({ faults }) => [...new Set(faults)].map(faultText),
};

function otherMessageOf(kind: OtherKind, title: string, { found, said }: Played): Message {
  const text = only(TEXTS[kind](found), `${kind} (${title})`);
  const matching = said.filter(({ message }) => message === text);
  assert.equal(matching.length, 1, `${title}: not said: ${text}\n${JSON.stringify(said, undefined, 1)}`);
  assert.equal(matching[0]?.level, "advisory");
  assert.deepEqual(kind === "fault" ? [] : saidBy(said, "architecture-undetermined").filter(({ message }) => message !== text), []);
  return { title: `${kind}: ${title}`, text };
}

function entriesOf<K extends string>(examples: Readonly<Record<K, Readonly<Record<string, Example>>>>): (readonly [kind: K, title: string, example: Example])[] {
  return (Object.keys(examples) as K[]).flatMap((kind) => Object.entries(examples[kind]).map(([title, example]) => [kind, title, example] as const));
}

/** All messages, of stacks whose resources and containers are called as they are, or something else. */
function messages(called?: (name: string) => string): Message[] {
  return [
    ...entriesOf(CASES).map(([kind, title, example]) => messageOf(kind, title, play(example, called))),
    ...entriesOf(OTHERS).map(([kind, title, example]) => otherMessageOf(kind, title, play(example, called))),
  ];
}

function catalogue(all: readonly Message[]): string {
  return all.map(({ title, text }) => `== ${title}\n${text}\n`).join("\n");
}

/** Of many that start a task the first one is named; of many groups or providers the last ones without what is in them. */
function shown(key: string, inner: unknown): unknown {
  if (key === "launchers" && Array.isArray(inner)) {
    return inner.slice(0, inner.length > 2 ? 1 : 2);
  }
  const sides = key === "instances" && Array.isArray(inner) ? (inner as InstancesSide[]) : [];
  return sides.length <= 3 ? inner : sides.map(({ chain }, index) => (index < 2 ? chain : chain.slice(0, 1)));
}

/** The names of the resources that a finding is about, as its message must name them. */
function subjectsOf(value: unknown, depth = 0): string[] {
  if (typeof value !== "object" || value === null || depth > 6) {
    return [];
  }
  if ("urn" in value && "kind" in value && "name" in value) {
    const { name, madeBy } = value as { name: string; madeBy?: { name: string } };
    return [madeBy?.name ?? name];
  }
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => (key === "requirement" ? [] : subjectsOf(shown(key, inner), depth + 1)));
}

/** The option that a finding is about, if it is about options: those name no resource, and the last lines of some are no ways out. */
function placeOf(finding: Finding): string | undefined {
  if ("option" in finding) {
    return finding.option;
  }
  return "place" in finding ? finding.place : undefined;
}

/** A hostile name that is another one for each name. */
function hostile(name: string): string {
  return "x\u0000\u001b[31m\n\u202e\u2028\ud800`".repeat(200) + name;
}

describe("the catalogue of messages", () => {
  let played: readonly Message[] | undefined;

  // Mutation tests run the specs many times in one process, each time on other code.
  before(() => {
    played = undefined;
  });

  function all(): readonly Message[] {
    played ??= messages();
    return played;
  }

  function each(check: (message: Message) => void): void {
    assert.ok(all().length > 100);
    for (const message of all()) {
      try {
        check(message);
      } catch (error) {
        (error as Error).message = `${message.title}: ${(error as Error).message}\n${message.text}`;
        throw error;
      }
    }
  }

  it("is what the reviewed file holds", () => {
    if (process.env["UPDATE_CATALOGUE"] !== undefined) {
      writeFileSync(GOLDEN, catalogue(all()));
    }
    assert.equal(catalogue(all()), readFileSync(GOLDEN, "utf8"));
  });

  it("shows no message twice", () => {
    assert.deepEqual(all().map(({ text }) => text).filter((text, index, texts) => texts.indexOf(text) !== index), []);
  });

  it("is short, printable, and says the consequence first", () => {
    each(({ text }) => {
      const lines = text.split("\n");
      assert.ok(lines.length <= MAX_LINES, `${String(lines.length)} lines`);
      assert.match(lines[0] ?? "", CONSEQUENCE);
      assert.doesNotMatch(text.replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Cs}]/u);
      assert.doesNotMatch(text, /undefined|NaN|\[object|!|- or | are \.| is \.|: \.|``/);
      assert.deepEqual(lines.filter((line) => line !== line.trimEnd() || line === ""), [], "blank lines");
    });
  });

  it("names resources and a way out", () => {
    each(({ text, finding }) => {
      if (finding === undefined) {
        return;
      }
      const place = placeOf(finding);
      if (place !== undefined) {
        assert.ok((text.split("\n")[0] ?? "").includes(` ${place} `), `it does not name ${place}`);
        return;
      }
      for (const name of new Set(subjectsOf(finding))) {
        assert.ok(text.includes(`\`${name}\``), `it does not name ${name}`);
      }
      assert.match(text, /\nFix/);
      assert.ok(text.includes(`\nMore: docs/rules/${finding.policy}.md in pulumi-cpu-architecture.`));
    });
  });

  it("tells of image, task, constraints and instances in this order", () => {
    const order = ["image", "task", "constraints", "instances"];
    each(({ text }) => {
      const rows = text
        .split("\n")
        .filter((line) => /^ {2}\w/.test(line))
        .map((line) => order.findIndex((word) => line.trim().startsWith(word)))
        .filter((place) => place >= 0);
      assert.deepEqual(rows, [...rows].sort());
    });
  });

  it("shows every certainty in its own words", () => {
    each(({ text, finding }) => {
      assert.equal(text.includes("\nInferred: "), finding?.certainty === "inferred");
      assert.equal(text.includes("\nNot certain: "), finding?.certainty === "suspected");
    });
    for (const certainty of ["certain", "inferred", "suspected"]) {
      assert.ok(all().some(({ finding }) => finding?.certainty === certainty), certainty);
    }
  });

  it("stays short and printable with hostile names", () => {
    const renamed = messages(hostile);
    assert.deepEqual(renamed.map(({ title }) => title), all().map(({ title }) => title));
    for (const { title, text } of renamed) {
      assert.ok(text.split("\n").length <= MAX_LINES, title);
      assert.doesNotMatch(text.replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u, title);
      assert.ok(text.length < 12_000, `${title}: ${String(text.length)} characters`);
    }
    assert.ok(renamed.filter(({ text }) => text.includes("[31m")).length > all().length / 2);
  });
});
