import assert from "node:assert/strict";
import { judged, programOf, type Operation } from "../support/capacity-builder";
import { ROWS, SECTIONS, verdictOf, type Row } from "../support/capacity-rows";

const OPERATIONS: readonly Operation[] = ["first preview", "update"];

function nameOf([task, images, , verdict, why]: Row, index: number): string {
  const stated = [task.cpu, task.os].filter((word) => word !== undefined).join(" ") || "any";
  return `${String(index + 1)}. ${stated} task, ${[images].flat().join(" and ")} image: ${verdict} (${why})`;
}

describe("ecs-task-capacity-architecture: what a task can run on", () => {
  for (const [section, rows] of Object.entries(SECTIONS)) {
    describe(section, () => {
      for (const [index, row] of rows.entries()) {
        const [task, images, where, verdict, , atPreview] = row;
        it(nameOf(row, index), () => {
          const verdicts = OPERATIONS.map((operation) => verdictOf(judged(programOf(task, images, where).recording(operation))));
          assert.deepEqual(verdicts, [atPreview ?? verdict, verdict]);
        });
      }
    });
  }

  it("is tried on enough of everything", () => {
    const share = (pattern: RegExp): number => ROWS.filter(([, , , verdict]) => pattern.test(verdict)).length / ROWS.length;
    assert.ok(ROWS.length >= 150, `${String(ROWS.length)} rows`);
    assert.ok(share(/^denied/) >= 0.4, `${String(share(/^denied/))} denied`);
    assert.ok(share(/^(open|passes|suspected)/) >= 0.2, `${String(share(/^(open|passes|suspected)/))} not denied`);
  });
});
