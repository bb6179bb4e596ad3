import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../support/built-pack";
import { exportOf, type Exported, type Saved } from "../support/saved-stack";
import { json, StackBuilder, type Inputs } from "../support/stack-builder";
import { folderAndCommand, inOwnProcess, type Ended, type ProcessOptions } from "./support";

const FARGATE: Inputs = { requiresCompatibilities: ["FARGATE"] };
const HOOK = path.join(__dirname, "fixtures", "at-exit.js");

function denied(): Exported {
  const stack = new StackBuilder();
  stack.add("dockerBuild", "image", { platforms: ["linux/arm64"], push: true, tags: ["me/app:1"] });
  stack.add("task", "task", { containerDefinitions: json([{ name: "web", image: "me/app:1" }]), ...FARGATE });
  return exportOf(stack.update());
}

interface AtExit {
  readonly modules: readonly string[];
  readonly cpu: number;
  readonly memory: number;
}

describe("check: the process", function () {
  this.timeout(120_000);
  const folder = folderAndCommand();

  function measured(options: ProcessOptions): Ended & AtExit {
    const file = path.join(folder.dir, "at-exit.json");
    const ended = inOwnProcess({ ...options, nodeArgs: ["--require", HOOK], env: { TEST_AT_EXIT: file } });
    return { ...ended, ...(JSON.parse(readFileSync(file, "utf8")) as AtExit) };
  }

  for (const args of [["check", "-"], ["check"]]) {
    it(`reads standard input: ${args.join(" ")}`, () => {
      const { code, stdout, stderr } = inOwnProcess({ args, input: JSON.stringify(denied()) });
      assert.deepEqual({ code, stderr }, { code: 1, stderr: "" });
      assert.match(stdout, /^standard input: stack test of app, 5 resources, 2 of them judged\n {2}\[mandatory\] ecs-task-image-architecture/);
    });
  }

  it("reads standard input among files", () => {
    const file = folder.write("state.json", denied());
    const { stdout } = inOwnProcess({ args: ["check", "--format", "json", file, "-"], input: JSON.stringify(denied()) });
    assert.deepEqual((JSON.parse(stdout) as { stacks: { file: string }[] }).stacks.map((each) => each.file), [file, "-"]);
  });

  it("ends with 2 where standard input is empty or broken, and says so", () => {
    for (const [input, said] of [["", "is empty"], ["[", "at $[0]: the JSON is cut off (line 1, column 2)"]] as const) {
      const { code, stdout, stderr } = inOwnProcess({ args: ["check"], input });
      assert.deepEqual({ code, stdout, stderr }, { code: 2, stdout: "", stderr: `cpu-architecture: standard input: ${said}\n` });
    }
  });

  for (const [what, args, said] of [
    ["no command", [], "there is nothing to do"],
    ["a command that does not exist", ["chek"], "there is no command chek; did you mean check?"],
    ["a format that does not exist", ["check", "--format", "jsn"], "there is no format jsn; did you mean json?"],
    ["an option that does not exist", ["check", "--fomat", "json"], "Unknown option '--fomat'"],
    ["an option without its value", ["check", "--config"], "Option '--config <value>' argument missing"],
    ["standard input twice", ["check", "-", "-"], "standard input can only be read once"],
  ] as const) {
    it(`ends with 2 for ${what}`, () => {
      const { code, stdout, stderr } = inOwnProcess({ args });
      assert.deepEqual({ code, stdout, stderr }, { code: 2, stdout: "", stderr: `cpu-architecture: ${said}; cpu-architecture --help tells more\n` });
    });
  }

  it("shows help and version", () => {
    for (const args of [["--help"], ["check", "-h"], ["help"]]) {
      const { code, stdout } = inOwnProcess({ args });
      assert.equal(code, 0);
      assert.match(stdout, /^Usage: cpu-architecture check \[options\] \[FILE \.\.\.\]\n/);
    }
    const manifest = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as { version: string };
    assert.equal(inOwnProcess({ args: ["--version"], cwd: folder.dir }).stdout, `${manifest.version}\n`);
  });

  it("loads no SDK, no cloud library and no parser", () => {
    const { modules, code } = measured({ args: ["check", folder.write("state.json", denied())] });
    assert.equal(code, 1);
    assert.ok(modules.some((name) => name.endsWith(path.join("policies", "judging.js"))), "the pack's own judgement is loaded");
    assert.deepEqual(modules.filter((name) => name.includes("node_modules") || /policies[\\/](adapter|session|index)\.js$/.test(name)), []);
  });

  for (const [format, packages] of [["json", []], ["sarif", []], ["github", []], ["markdown", []], ["html", []], ["junit", ["junit-report-builder"]]] as const) {
    it(`loads for ${format} ${packages.join() || "no package"}, and no other format`, () => {
      const { modules, code } = measured({ args: ["check", "--format", format, folder.write("state.json", denied())] });
      assert.equal(code, 1);
      const loaded = modules.flatMap((name) => /node_modules[\\/]([^\\/]+)/.exec(name)?.[1] ?? []);
      assert.equal(loaded.includes("junit-report-builder"), packages.length > 0);
      assert.ok(packages.length > 0 || loaded.length === 0, loaded.join());
      const formats = modules.flatMap((name) => /report[\\/](sarif|junit|github|markdown|html)\.js$/.exec(name)?.[1] ?? []);
      assert.deepEqual(formats, format === "json" ? [] : [format]);
    });
  }
});

/** A stack of about so many megabytes: tasks with images and services, among many resources that are of no interest. */
function largeStack(megabytes: number): string {
  const small = denied();
  const [head] = small.deployment.resources;
  const filler = "x".repeat(600);
  const parts: string[] = [];
  let length = 0;
  for (let index = 0; length < megabytes * 1_000_000; index += 1) {
    const several = small.deployment.resources.slice(1).filter(({ type }) => !type.startsWith("pulumi:")).map((saved): Saved => ({ ...saved, urn: `${saved.urn}${index}` }));
    const strangers = Array.from({ length: 8 }, (_none, at): Saved => ({ urn: `urn:pulumi:test::app::aws:s3/bucketObject:BucketObject::o${index}-${at}`, type: "aws:s3/bucketObject:BucketObject", inputs: { content: filler }, outputs: { content: filler, tags: { index } } }));
    const text = JSON.stringify([...several, ...strangers]).slice(1, -1).replaceAll("me/app:1", `me/app${index}:1`);
    parts.push(text);
    length += text.length + 1;
  }
  return `{"version":3,"deployment":{"resources":[${[JSON.stringify(head), ...parts].join(",")}]}}`;
}

describe("check: a large stack", function () {
  this.timeout(300_000);
  const folder = folderAndCommand();

  function judge(megabytes: number, nodeArgs: readonly string[] = []): AtExit & Ended & { readonly seconds: number; readonly denials: number } {
    const state = folder.write("state.json", largeStack(megabytes));
    const report = path.join(folder.dir, "at-exit.json");
    const start = performance.now();
    const ended = inOwnProcess({ args: ["check", "--format", "json", state], nodeArgs: [...nodeArgs, "--require", HOOK], env: { TEST_AT_EXIT: report } });
    const seconds = (performance.now() - start) / 1000;
    const { denied: isDenied, findings } = JSON.parse(ended.stdout) as { denied: boolean; findings: unknown[] };
    assert.equal(isDenied, true);
    return { ...ended, ...(JSON.parse(readFileSync(report, "utf8")) as AtExit), seconds, denials: findings.length };
  }

  it("of 100 MB is judged, in time proportional to its size, and its progress is told on stderr only", () => {
    const small = judge(25);
    const large = judge(100);
    console.log(`      25 MB: ${small.seconds.toFixed(1)} s, ${Math.round(small.memory)} MB of memory; 100 MB: ${large.seconds.toFixed(1)} s, ${Math.round(large.memory)} MB of memory`);
    assert.equal(large.code, 1);
    assert.ok(large.denials > 5000, `${large.denials} denials`);
    assert.match(large.stderr, /^cpu-architecture: .*state\.json: reading 100 MB\ncpu-architecture: .*state\.json: judging \d+ resources\n$/);
    // Processor time, since other processes share the machine; garbage collection makes the larger one somewhat dearer.
    assert.ok(large.cpu < 4 * 2 * small.cpu, `${small.cpu} s of processor time, then ${large.cpu} s`);
  });

  it("that is cut off is told as fast", () => {
    const whole = largeStack(50);
    const { code, stdout, stderr } = inOwnProcess({ args: ["check", "--quiet", folder.write("cut.json", whole.slice(0, -1000))] });
    assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
    assert.match(stderr, /^cpu-architecture: .*cut\.json: at \$\.deployment\.resources\[\d+\][.\w]*: the JSON is cut off \(line 1, column \d+\)\n$/);
  });
});
