import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { BUGS } from "../../scripts/planted-bugs";
import { ROOT } from "../support/built-pack";

// Planting them all takes half an hour (npm run planted-bugs); that each can be planted is seen at once.
describe("planted bugs", () => {
  for (const { name, file, right } of BUGS) {
    it(`${name}: the text that it replaces is in its file once`, () => {
      assert.equal(readFileSync(path.join(ROOT, file), "utf8").split(right).length - 1, 1);
    });
  }
});
