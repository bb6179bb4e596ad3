import assert from "node:assert/strict";
import { denials, listingAll, run, saidBy } from "../support/in-process";
import { json, OPERATIONS, outside, StackBuilder, type Inputs } from "../support/stack-builder";

const POLICY = "ecs-task-runtime-platform-valid";
const FARGATE = ["FARGATE"];

function stackWith(runtimePlatform: unknown, requiresCompatibilities: readonly string[] = FARGATE, type: "task" | "nativeTask" = "task"): StackBuilder {
  const stack = new StackBuilder();
  const containers = [{ name: "web", image: "nginx" }];
  stack.add(type, "task", { containerDefinitions: type === "task" ? json(containers) : containers, requiresCompatibilities, ...(runtimePlatform === undefined ? {} : { runtimePlatform }) });
  return stack;
}

/** runtimePlatform, where it runs, how many findings, what their messages say. */
const CASES: readonly (readonly [unknown, readonly string[], number, RegExp?])[] = [
  [undefined, FARGATE, 0],
  [null, FARGATE, 0],
  [{}, FARGATE, 0],
  [{ cpuArchitecture: "X86_64" }, FARGATE, 0],
  [{ cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" }, FARGATE, 0],
  [{ cpuArchitecture: "", operatingSystemFamily: "" }, FARGATE, 0],
  [{ cpuArchitecture: "RISCV64", operatingSystemFamily: "LINUX" }, FARGATE, 0],
  [{ cpuArchitecture: "ARM64", operatingSystemFamily: "PLAN9" }, FARGATE, 0],
  [{ cpuArchitecture: 64 }, FARGATE, 0],
  [{ cpuArchitecture: ["arm64"] }, FARGATE, 0],
  [{ cpuArchitecture: { a: 1 } }, FARGATE, 0],
  ["ARM64", FARGATE, 0],
  [5, FARGATE, 0],
  [[], FARGATE, 0],
  [[{ cpuArchitecture: "arm64" }], FARGATE, 1, /Did you mean "ARM64"\?/],
  [{ cpuArchitecture: "arm64" }, FARGATE, 1, /cpuArchitecture is "arm64"\. Did you mean "ARM64"\?/],
  [{ cpuArchitecture: "amd64" }, ["EC2"], 1, /Did you mean "X86_64"\?/],
  [{ cpuArchitecture: "x86_64", operatingSystemFamily: "linux" }, FARGATE, 2, /"LINUX"|"X86_64"/],
  [{ cpuArchitecture: "ARM64", operatingSystemFamily: "windows_server_2022_core" }, FARGATE, 1, /Did you mean "WINDOWS_SERVER_2022_CORE"\?/],
  [{ cpuArchitecture: "X86_64", operatingSystemFamily: "WINDOWS_SERVER_2022_CORE" }, FARGATE, 0],
  [{ operatingSystemFamily: "WINDOWS_SERVER_2025_FULL" }, FARGATE, 0],
  [{ operatingSystemFamily: "WINDOWS_SERVER_2031_FULL" }, FARGATE, 0],
  [{ cpuArchitecture: "ARM64", operatingSystemFamily: "WINDOWS_SERVER_2022_CORE" }, FARGATE, 1, /Windows[\s\S]*X86_64/],
  [{ cpuArchitecture: "ARM64", operatingSystemFamily: "WINDOWS_SERVER_2031_FULL" }, ["EC2"], 1, /Windows[\s\S]*X86_64/],
  [{ operatingSystemFamily: "WINDOWS_SERVER_2016_FULL" }, FARGATE, 1, /Fargate .*WINDOWS_SERVER_2016_FULL/],
  [{ operatingSystemFamily: "WINDOWS_SERVER_2016_FULL" }, ["EC2"], 0],
  [{ operatingSystemFamily: "WINDOWS_SERVER_2016_FULL" }, ["EC2", "FARGATE"], 0],
  [{ operatingSystemFamily: "WINDOWS_SERVER_2016_FULL" }, [], 0],
  [{ cpuArchitecture: "ARM64", operatingSystemFamily: "WINDOWS_SERVER_2016_FULL" }, FARGATE, 2, /Windows|Fargate/],
];

describe(POLICY, () => {
  for (const [runtimePlatform, compatibilities, count, message] of CASES) {
    for (const operation of OPERATIONS) {
      it(`${JSON.stringify(runtimePlatform)} on ${compatibilities.join() || "anything"}, ${operation}: ${count}`, () => {
        const said = run(stackWith(runtimePlatform, compatibilities)[operation](), { goesOn: true });
        assert.deepEqual(denials(said), Array.from({ length: count }, () => `${POLICY} @ task`));
        for (const violation of said) {
          assert.match(violation.message, message!);
        }
        assert.deepEqual(said.map(({ phase }) => phase), Array.from({ length: count }, () => (operation === "update" ? "resource" : "stack")), "as early as it can, and not twice");
      });
    }
  }

  for (const [what, service, count] of [
    ["a Fargate service", { launchType: "FARGATE" }, 1],
    ["a Fargate strategy", { capacityProviderStrategies: [{ capacityProvider: "FARGATE" }] }, 1],
    ["an EC2 service", { launchType: "EC2" }, 0],
    ["a service that is not known", { launchType: outside().value }, 0],
  ] as const) {
    it(`a Windows version that Fargate lacks, started by ${what}: ${count}`, () => {
      for (const operation of OPERATIONS) {
        const stack = new StackBuilder();
        const runtimePlatform: Inputs = { operatingSystemFamily: "WINDOWS_SERVER_2016_FULL" };
        const task = stack.add("task", "task", { containerDefinitions: json([]), runtimePlatform });
        stack.add("service", "service", { taskDefinition: task.get("arn"), ...service });
        assert.equal(denials(run(stack[operation]())).length, count);
      }
    });
  }

  it("reads aws-native as well", () => {
    assert.equal(denials(run(stackWith({ cpuArchitecture: "arm64" }, FARGATE, "nativeTask").update())).length, 1);
  });

  it("lists what is not known, and denies nothing for it", () => {
    for (const runtimePlatform of [outside().value, { cpuArchitecture: outside().value }, { cpuArchitecture: "ARM64", operatingSystemFamily: outside().value }, "ARM64", { cpuArchitecture: [] }]) {
      const said = run(stackWith(runtimePlatform).laterPreview(), listingAll());
      assert.deepEqual(denials(said), []);
      const listed = saidBy(said, "architecture-undetermined").map(({ message }) => message).join("\n");
      if (runtimePlatform === "ARM64") {
        assert.doesNotMatch(listed, /its runtimePlatform/, "a text has no fields");
      } else {
        assert.match(listed, /its runtimePlatform/);
      }
    }
  });
});
