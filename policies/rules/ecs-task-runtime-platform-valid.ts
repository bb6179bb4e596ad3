/** A task definition's `runtimePlatform` must be one that ECS accepts for the way in which it is run. */

import { isMissingOnFargate, meantCpuArchitecture, meantOperatingSystemFamily, parseCpuArchitecture, parseOperatingSystemFamily } from "../platform/runtime-platform";
import { valueOf } from "../stack/fact";
import type { Finding, Judgement, RuntimePlatformInvalid } from "../stack/finding";
import type { TaskDefinition } from "../stack/model";
import type { Stack } from "../stack/stack";
import { capacityOf, isFargateOnly, launchersOf } from "../stack/task-launchers";
import { mergeJudgements, type Rule, STATE_OR_UPDATE } from "./rule";

const POLICY = "ecs-task-runtime-platform-valid";

type Problem = RuntimePlatformInvalid["problem"];

/** A value that ECS rejects, where it is known what was meant by it. */
function misspelling(of: "cpuArchitecture" | "operatingSystemFamily", value: string | undefined, meantBy: (value: string) => string | undefined): Problem[] {
  if (value === undefined) {
    return [];
  }
  const meant = meantBy(value);
  return meant === undefined ? [] : [{ of, value, meant }];
}

/** A single launcher on Fargate is enough: it cannot start the task. */
function runsOnFargate(stack: Stack, task: TaskDefinition): boolean {
  return isFargateOnly(task) || launchersOf(stack, task).some((launcher) => valueOf(capacityOf(stack, launcher)) === "fargate");
}

function problemsOf(stack: Stack, task: TaskDefinition): Problem[] {
  const architecture = valueOf(task.cpuArchitecture);
  const family = valueOf(task.operatingSystemFamily);
  const problems = [
    ...misspelling("cpuArchitecture", architecture, meantCpuArchitecture),
    ...misspelling("operatingSystemFamily", family, meantOperatingSystemFamily),
  ];
  if (family === undefined || parseOperatingSystemFamily(family) !== "windows") {
    return problems;
  }
  if (architecture !== undefined && parseCpuArchitecture(architecture) === "arm64") {
    problems.push({ of: "windows on arm64", operatingSystemFamily: family });
  }
  if (isMissingOnFargate(family) && runsOnFargate(stack, task)) {
    problems.push({ of: "windows on fargate", operatingSystemFamily: family });
  }
  return problems;
}

function judgeTask(stack: Stack, task: TaskDefinition): Judgement {
  const findings = problemsOf(stack, task).map((problem): Finding => ({
    kind: "runtime-platform-invalid",
    policy: POLICY,
    subject: task.subject,
    certainty: "certain",
    because: "",
    problem,
  }));
  const open = [task.cpuArchitecture, task.operatingSystemFamily].find((fact) => fact.state === "unknown");
  return {
    findings,
    undetermined: open?.state === "unknown"
      ? [{ policy: POLICY, subject: task.subject, part: "its runtimePlatform", why: open.why, remedy: STATE_OR_UPDATE }]
      : [],
  };
}

export const ecsTaskRuntimePlatformValid: Rule = {
  name: POLICY,
  displayName: "ECS accepts the task definition's runtimePlatform",
  description: "A task definition's runtimePlatform must be one that ECS accepts for the way in which it is run.",
  level: "mandatory",
  severity: "high",
  tags: ["aws", "ecs", "fargate", "windows", "cpu-architecture"],
  remediation: "Use X86_64 or ARM64, and LINUX or a Windows version that the launch type offers.",
  judge: (stack) => mergeJudgements(stack.all("task definition").map((task) => judgeTask(stack, task))),
  judgeResource: (stack, urn) => mergeJudgements(stack.at(urn, "task definition").map((task) => judgeTask(stack, task))),
};
