// One example of every message that the pack can produce, in a file for people to read: catalogue.txt.
// UPDATE_CATALOGUE=1 writes it anew; look at the difference before you keep it.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { exemptText, textOf, undeterminedSummary, undeterminedText } from "../../policies/report/text";
import type { Finding, FindingKind } from "../../policies/stack/finding";
import { CASES, EXEMPTION, UNDETERMINED } from "./examples";

const GOLDEN = path.join(__dirname, "catalogue.txt");
const MAX_LINES = 10;

/** What a first line says: the consequence, in one of these words. */
const CONSEQUENCE = /cannot run|may not run|can run the tasks|refuses to start|may refuse|would reject|would not start|decides whether it runs|has no effect|could not be checked|Not checked|is not used|is contradicted|has ended|^Exempt/;

/** Findings about options name an option, not a resource, and the last lines of some are no ways out. */
const ABOUT_OPTIONS: readonly FindingKind[] = ["configuration-error", "declaration-unused", "declaration-contradicted", "exemption-over", "exemption-unused"];

const FIRST = CASES["image-on-task"]["both stated"]!;

const findings: readonly (readonly [FindingKind, string, Finding])[] = (Object.keys(CASES) as FindingKind[]).flatMap((kind) =>
  Object.entries(CASES[kind]).map(([title, finding]) => [kind, title, finding] as const),
);

const messages: readonly (readonly [string, string])[] = [
  ...findings.map(([kind, title, finding]) => [`${kind}: ${title}`, textOf(finding)] as const),
  ["exempt: a finding", exemptText(FIRST, EXEMPTION)],
  ["exempt: a finding, for ever", exemptText(FIRST, { ...EXEMPTION, until: undefined })],
  ["exempt: what could not be determined", exemptText(UNDETERMINED[0]!, EXEMPTION)],
  ["exempt no longer", textOf(FIRST, { ...EXEMPTION, until: "2026-10-31" })],
  ["undetermined: one resource", undeterminedText(UNDETERMINED.slice(0, 2))],
  ["undetermined: the stack", undeterminedSummary(UNDETERMINED)],
  ["undetermined: a single part", undeterminedSummary(UNDETERMINED.slice(0, 1))],
];

function catalogue(): string {
  return messages.map(([title, message]) => `== ${title}\n${message}\n`).join("\n");
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
  // What starts a task is folded into one phrase, and of no interest where an image says nothing.
  return Object.entries(value).flatMap(([key, inner]) => (key === "requirement" ? [] : subjectsOf(inner, depth + 1)));
}

describe("the catalogue of messages", () => {
  it("is what the reviewed file holds", () => {
    if (process.env["UPDATE_CATALOGUE"] !== undefined) {
      writeFileSync(GOLDEN, catalogue());
    }
    assert.equal(catalogue(), readFileSync(GOLDEN, "utf8"));
  });

  for (const [title, message] of messages) {
    it(`${title}: short, printable, consequence first`, () => {
      const lines = message.split("\n");
      assert.ok(lines.length <= MAX_LINES, `${String(lines.length)} lines`);
      assert.match(lines[0] ?? "", CONSEQUENCE);
      assert.doesNotMatch(message.replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Cs}]/u);
      assert.doesNotMatch(message, /undefined|NaN|\[object|!|- or /);
      assert.equal(lines.filter((line) => line.trim() !== line.trimEnd().trimStart() || line === "").length, 0, "blank lines");
    });
  }

  for (const [kind, title, finding] of findings) {
    it(`${kind}: ${title}: names its resources and a way out`, () => {
      const message = textOf(finding);
      if (ABOUT_OPTIONS.includes(kind)) {
        assert.match(message.split("\n")[0]!, /\b(amis|images|exemptions)\[\d\]|exmptions|exemptions is no option/);
        return;
      }
      for (const name of new Set(subjectsOf(finding))) {
        assert.ok(message.includes(`\`${name}\``), `it does not name ${name}`);
      }
      assert.match(message, /\nFix/);
    });

    it(`${kind}: ${title}: image, task and instances in this order`, () => {
      const order = ["image", "task", "constraints", "instances"];
      const rows = textOf(finding)
        .split("\n")
        .filter((line) => /^ {2}\w/.test(line))
        .map((line) => order.findIndex((word) => line.trim().startsWith(word)))
        .filter((place) => place >= 0);
      assert.deepEqual(rows, [...rows].sort());
    });
  }

  it("shows every certainty in its own words", () => {
    for (const [kind, title, finding] of findings) {
      const message = textOf(finding);
      assert.equal(message.includes("\nInferred: "), finding.certainty === "inferred", `${kind}: ${title}`);
      assert.equal(message.includes("\nNot certain: "), finding.certainty === "suspected", `${kind}: ${title}`);
    }
  });

  it("stays short and printable with hostile names", () => {
    const hostile = "x\u0000\u001b[31m\n\u202e\u2028\ud800`".repeat(200);
    for (const [kind, title, finding] of findings) {
      const renamed = JSON.parse(JSON.stringify(finding), (key, value: unknown) => (key === "name" || key === "because" ? hostile : value)) as Finding;
      const message = textOf(renamed);
      assert.ok(message.split("\n").length <= MAX_LINES, `${kind}: ${title}`);
      assert.doesNotMatch(message.replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      assert.ok(message.length < 12_000, `${kind}: ${title}: ${String(message.length)} characters`);
    }
  });
});
