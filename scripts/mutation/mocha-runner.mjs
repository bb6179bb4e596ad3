// Runs the project's specs for Stryker, in one process for many mutants: the specs are loaded once, and only the tests that
// reach a mutant are run for it. Stryker's own plugin for mocha reads files of mocha that version 12 no longer has.
//
// Stryker's side of it: https://stryker-mutator.io/docs/stryker-js/guides/create-a-plugin/
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const PASSED = 0;
const FAILED = 1;

/** What the code under test shares with the runner: which mutant is active, and which test reaches which mutant. */
globalThis.__stryker__ ??= {};
const shared = globalThis.__stryker__;

/** What mocha takes for the choice of tests: an expression of a thousand titles would cost more than the tests. */
class Titles extends RegExp {
  #titles;

  constructor(titles) {
    super("");
    this.#titles = titles && new Set(titles);
  }

  test(title) {
    return this.#titles === undefined || this.#titles.has(title);
  }
}

/** Takes the time limits off all tests: changed code is slower, since it counts where it is reached. */
function unlimited(suite) {
  for (const test of suite.tests) {
    test.timeout(0);
  }
  suite.suites.forEach(unlimited);
}

/** Fills `results` with what Stryker wants to know of each test. */
function collectorInto(results) {
  return class Collector {
    constructor(runner) {
      const keep = (test, status) => {
        const id = test.fullTitle();
        results.push({ id, name: id, status, timeSpentMs: test.duration ?? 0, fileName: test.file });
      };
      runner.on("pass", (test) => keep(test, PASSED));
      runner.on("fail", (test, error) => {
        keep(test, FAILED);
        results.at(-1).failureMessage = String(error?.message ?? error);
      });
    }
  };
}

class ProjectMochaRunner {
  #mocha;
  #results = [];

  constructor(options) {
    this.specs = options.projectSpecs;
  }

  capabilities() {
    return { reloadEnvironment: false };
  }

  async init() {
    // The working folder is a copy of the project.
    const require = createRequire(path.resolve("package.json"));
    require("ts-node/register/transpile-only");
    const { default: Mocha } = await import(pathToFileURL(require.resolve("mocha")).href);
    this.#mocha = new Mocha({ bail: true, timeout: 0, reporter: collectorInto(this.#results) });
    this.#mocha.cleanReferencesAfterRun(false);
    for (const spec of this.specs) {
      this.#mocha.addFile(path.resolve(spec));
    }
    this.#mocha.suite.beforeEach(function () {
      shared.currentTestId = this.currentTest.fullTitle();
    });
  }

  async #load() {
    if (!this.loaded) {
      await this.#mocha.loadFilesAsync();
      unlimited(this.#mocha.suite);
      this.loaded = true;
    }
  }

  async #run() {
    await this.#load();
    this.#results.length = 0;
    await new Promise((resolve) => this.#mocha.run(resolve));
    return [...this.#results];
  }

  /** What noticed one mutant notices its neighbours too: these specs run first from now on. */
  #putFirst(file) {
    this.#mocha.suite.suites.sort((left, right) => Number(right.file === file) - Number(left.file === file));
  }

  async dryRun() {
    try {
      const tests = await this.#run();
      const mutantCoverage = shared.mutantCoverage;
      return { status: "complete", tests, ...(mutantCoverage === undefined ? {} : { mutantCoverage }) };
    } catch (error) {
      return { status: "error", errorMessage: String(error?.stack ?? error) };
    }
  }

  async mutantRun({ activeMutant, testFilter, hitLimit }) {
    shared.hitLimit = hitLimit;
    shared.hitCount = hitLimit === undefined ? undefined : 0;
    // What changes while the specs are loaded is left out (ignoreStatic), so a mutant is active in tests only.
    shared.activeMutant = undefined;
    this.#mocha.grep(new Titles(testFilter));
    let tests;
    try {
      await this.#load();
      shared.activeMutant = activeMutant.id;
      tests = await this.#run();
    } catch (error) {
      return { status: "error", errorMessage: String(error?.stack ?? error) };
    }
    if (hitLimit !== undefined && shared.hitCount > hitLimit) {
      return { status: "timeout", reason: "the mutant was reached too often" };
    }
    const failed = tests.filter(({ status }) => status === FAILED);
    this.#putFirst(failed[0]?.fileName);
    return failed.length === 0
      ? { status: "survived", nrOfTests: tests.length }
      : { status: "killed", nrOfTests: tests.length, killedBy: failed.map(({ id }) => id), failureMessage: failed[0].failureMessage };
  }
}

function createRunner(options) {
  return new ProjectMochaRunner(options);
}
createRunner.inject = ["options"];

export const strykerPlugins = [{ kind: "TestRunner", name: "project-mocha", factory: createRunner }];
