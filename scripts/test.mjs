// npm test: builds the pack, runs the tests, and ends with the line `N passed, N failed`.
//
//   npm test                              everything
//   npm test -- tests/platform            the specs below a folder; files work too
//   npm test -- tests/engine -g "awsx"    other arguments go to mocha
//
// A test that cannot run on this machine (see tests/support/cannot-run.ts) is counted and explained; with CI=true it
// fails the run.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");
const MODULES = path.join(ROOT, "node_modules");
const ENGINE_TESTS = path.join("tests", "engine") + path.sep;
const IS_CI = process.env.CI === "true";

/** Runs a Node script with its output shown. Returns true when it succeeded. */
function run(script, args, env = {}) {
  const { status } = spawnSync(process.execPath, [script, ...args], {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  return status === 0;
}

/** All spec files at or below a path, relative to the project and in a stable order. */
function specsBelow(place) {
  const absolute = path.resolve(ROOT, place);
  if (!existsSync(absolute)) {
    return [];
  }
  if (statSync(absolute).isFile()) {
    return [path.relative(ROOT, absolute)];
  }
  return readdirSync(absolute, { recursive: true })
    .filter((name) => name.endsWith(".spec.ts") && !name.split(path.sep).includes("node_modules"))
    .map((name) => path.relative(ROOT, path.join(absolute, name)))
    .sort();
}

/** Words choose the specs, save one that follows an option (`-g words`); options are for mocha. */
function splitArguments(args) {
  const isPlace = (arg, index) => !arg.startsWith("-") && (index === 0 || !args[index - 1].startsWith("-"));
  const places = args.filter(isPlace);
  return {
    places: places.length === 0 ? ["tests"] : places,
    options: args.filter((arg, index) => !isPlace(arg, index)),
  };
}

/** Runs one mocha process. A run that breaks off without a count, or fails without a failed test, counts as one failure. */
function runMocha(specs, options, folder) {
  const summary = path.join(folder, "summary.json");
  rmSync(summary, { force: true });
  const succeeded = run(
    path.join(MODULES, "mocha", "bin", "mocha.js"),
    ["--reporter", path.join(ROOT, "scripts", "test-reporter.mjs"), ...(IS_CI ? ["--forbid-only"] : []), ...options, ...specs],
    { TEST_SUMMARY: summary, TEST_CANNOT_RUN_LOG: path.join(folder, "cannot-run.log") },
  );
  const counts = existsSync(summary) ? JSON.parse(readFileSync(summary, "utf8")) : { passed: 0, failed: 0, notRun: [] };
  if (!succeeded && counts.failed === 0) {
    console.log("The test run broke off; see above.");
    return { ...counts, failed: 1 };
  }
  return counts;
}

/** Unit tests share one process; engine tests mostly wait for a CLI, so two files of them run side by side. */
function runTests(specs, options, folder) {
  const engineSpecs = specs.filter((spec) => spec.startsWith(ENGINE_TESTS));
  const groups = [
    { specs: specs.filter((spec) => !engineSpecs.includes(spec)), extra: [] },
    { specs: engineSpecs, extra: engineSpecs.length > 1 ? ["--parallel", "--jobs", "2"] : [] },
  ];
  return groups
    .filter((group) => group.specs.length > 0)
    .map((group) => runMocha(group.specs, [...group.extra, ...options], folder))
    .reduce(
      (all, counts) => ({
        passed: all.passed + counts.passed,
        failed: all.failed + counts.failed,
        notRun: [...all.notRun, ...counts.notRun],
      }),
      { passed: 0, failed: 0, notRun: [] },
    );
}

/** Says which tests could not run, and every reason once. */
function explainNotRun(notRun, folder) {
  const log = path.join(folder, "cannot-run.log");
  const lines = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
  const reasons = [...new Set(lines.map((line) => JSON.parse(line)))];
  console.log(`${notRun.length} could not run${IS_CI ? ", and with CI=true that is a failure" : ""}:`);
  for (const title of notRun) {
    console.log(`  - ${title}`);
  }
  for (const reason of reasons.length === 0 ? ["no reason was given"] : reasons) {
    console.log(`  because: ${reason}`);
  }
}

function main() {
  const { places, options } = splitArguments(process.argv.slice(2));
  const specs = [...new Set(places.flatMap(specsBelow))];
  const empty = places.filter((place) => specsBelow(place).length === 0);
  let result = { passed: 0, failed: 1, notRun: [] };
  const folder = mkdtempSync(path.join(tmpdir(), "cpu-architecture-test-"));
  try {
    if (empty.length > 0) {
      console.log(`No spec files: ${empty.join(", ")}`);
    } else if (!run(path.join(MODULES, "typescript", "bin", "tsc"), ["-p", "tsconfig.build.json"])) {
      console.log("The pack does not compile, so no test was run.");
    } else {
      result = runTests(specs, options, folder);
    }
    if (result.notRun.length > 0) {
      explainNotRun(result.notRun, folder);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.exitCode = result.failed > 0 || (IS_CI && result.notRun.length > 0) ? 1 : 0;
  console.log(`${result.passed} passed, ${result.failed} failed`);
}

main();
