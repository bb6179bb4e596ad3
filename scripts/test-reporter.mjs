// Mocha's plain `spec` output, and the counts of the run as JSON in the file that TEST_SUMMARY names.
import { writeFileSync } from "node:fs";
import Mocha from "mocha";

const { EVENT_RUN_END, EVENT_TEST_PENDING } = Mocha.Runner.constants;

export default class SummaryReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const notRun = [];
    runner.on(EVENT_TEST_PENDING, (test) => notRun.push(test.fullTitle()));
    runner.once(EVENT_RUN_END, () => {
      const { passes, failures } = this.stats;
      const file = process.env.TEST_SUMMARY;
      if (file !== undefined) {
        writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, notRun }));
      }
    });
  }
}
