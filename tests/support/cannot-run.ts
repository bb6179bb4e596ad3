import { appendFileSync } from "node:fs";

/**
 * Marks the running test, or from a `before` hook every test of its suite, as one that cannot run on this machine.
 * `npm test` says how many there were and why; with CI=true each is a failure.
 *
 * @param context `this` of the test or hook
 * @param why what is missing and how to get it, in one line
 */
export function cannotRun(context: Mocha.Context, why: string): never {
  const log = process.env.TEST_CANNOT_RUN_LOG;
  if (log !== undefined) {
    appendFileSync(log, `${JSON.stringify(why)}\n`);
  }
  return context.skip();
}
