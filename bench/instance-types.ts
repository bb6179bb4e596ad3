// How many EC2 instance types the pack classifies, as its own test tells: tests/platform/instance-type.spec.ts.
import { spawnSync } from "node:child_process";
import path from "node:path";
import type { Figure } from "./report";

const ROOT = path.join(__dirname, "..");
const SPEC = path.join("tests", "platform", "instance-type.spec.ts");

/** Runs the test and reads what it counted. */
export function checkInstanceTypes(): Figure {
  const mocha = path.join(ROOT, "node_modules", "mocha", "bin", "mocha.js");
  const { status, stdout } = spawnSync(process.execPath, [mocha, SPEC], { cwd: ROOT, encoding: "utf8" });
  return {
    what: "EC2 instance types classified (`tests/platform/instance-type.spec.ts`)",
    toReach: "all that the EC2 SDK lists, none wrong against what EC2 describes",
    reached: /^\s*(\d+ of \d+ types of .*)$/m.exec(stdout)?.[1],
    isMet: status === 0,
  };
}
