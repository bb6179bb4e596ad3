/** Repositories, builders, and tasks that run what they build. */

import * as fc from "fast-check";
import type { Builder, BuilderKind, Constraint, Repository, Spelled, Task, Use } from "../world";
import { often, oneOf, onceIn, PLACE, seldom } from "./chances";

function spelled(text: string, os: Spelled["os"], architecture: string, variant?: string): Spelled {
  return variant === undefined ? { text, os, architecture } : { text, os, architecture, variant };
}

const AMD64 = spelled("linux/amd64", "linux", "amd64");
const ARM64 = spelled("linux/arm64", "linux", "arm64");

/** What images are built for, with how often. */
const OFFERS: readonly (readonly [number, readonly Spelled[]])[] = [
  [28, [AMD64]],
  [20, [ARM64]],
  [16, [AMD64, ARM64]],
  [8, []],
  [2, [spelled("linux/x86_64", "linux", "amd64")]],
  [2, [spelled("linux/aarch64", "linux", "arm64")]],
  [2, [spelled("linux/arm64/v8", "linux", "arm64")]],
  [2, [spelled("linux/386", "linux", "386")]],
  [2, [spelled("linux/arm/v7", "linux", "arm", "v7")]],
  [2, [spelled("linux/amd64/v3", "linux", "amd64", "v3")]],
  [2, [spelled("linux/s390x", "linux", "s390x")]],
  [2, [ARM64, spelled("linux/s390x", "linux", "s390x")]],
  [3, [spelled("windows/amd64", "windows", "amd64")]],
];

const KINDS: readonly (readonly [number, BuilderKind])[] = [
  [16, "docker-build"],
  [10, "docker"],
  [22, "awsx"],
  [6, "docker-build, late"],
  [4, "docker-build, exports"],
  [4, "docker-build, local"],
  [5, "docker 3"],
  [5, "index"],
  [6, "registry image"],
  [6, "pulled, tagged, pushed"],
  [6, "command"],
  [4, "remote command"],
  [5, "codebuild"],
  [2, "docker, build as text"],
];

export function repositories(prefix: string): fc.Arbitrary<Repository[]> {
  const one = fc.record({
    kind: often<Repository["kind"]>([5, "ecr"], [4, "literal"], [1, "ecr-public"], [1, "ecr-native"]),
    exists: onceIn(3),
  });
  return fc.array(one, { minLength: 1, maxLength: 2 }).map((list) => list.map((each, index) => ({ ...each, name: `${prefix}-repo${index + 1}` })));
}

export function builders(prefix: string): fc.Arbitrary<Builder[]> {
  const one = fc.record({
    kind: often(...KINDS),
    repository: fc.nat({ max: 1 }),
    tag: oneOf("1", "1", "2", "latest"),
    platforms: often(...OFFERS),
  });
  return fc.array(one, { minLength: 1, maxLength: 3 }).map((list) => list.map((each, index) => ({ ...each, name: `${prefix}-image${index + 1}` })));
}

const USE: fc.Arbitrary<Use> = fc
  .record({ how: often<Use["how"]>([8, "output"], [6, "tag"], [4, "digest"], [2, "other tag"], [2, "other digest"], [1, "lookalike"], [3, "public"]), builder: PLACE })
  .map(({ how, builder }): Use => (how === "public" ? { how } : { how, builder }));

const CPU = often<string | undefined>([26, undefined], [12, "ARM64"], [9, "X86_64"], [1, "arm64"], [1, "x86_64"], [1, "RISCV64"]);
const OS = often<string | undefined>([24, undefined], [14, "LINUX"], [2, "WINDOWS_SERVER_2022_CORE"], [2, "WINDOWS_SERVER_2016_FULL"], [1, "linux"]);
const COMPATIBILITIES = often<readonly string[] | undefined>([7, ["FARGATE"]], [7, undefined], [7, ["EC2"]], [2, ["EC2", "FARGATE"]], [1, ["MANAGED_INSTANCES"]], [1, []]);
const CONSTRAINTS: readonly Constraint[] = [
  { expression: "attribute:ecs.cpu-architecture == arm64", leaves: ["arm64"], isOnlyAboutCpu: true },
  { expression: "attribute:ecs.cpu-architecture == x86_64", leaves: ["amd64"], isOnlyAboutCpu: true },
  { expression: "attribute:ecs.cpu-architecture != arm64", leaves: ["amd64"], isOnlyAboutCpu: true },
  { expression: "attribute:ecs.cpu-architecture in [x86_64, arm64]", leaves: ["amd64", "arm64"], isOnlyAboutCpu: true },
  { expression: "not(attribute:ecs.cpu-architecture == x86_64)", leaves: ["arm64"], isOnlyAboutCpu: true },
  { expression: "attribute:tier == web", leaves: undefined, isOnlyAboutCpu: false },
  { expression: "attribute:ecs.cpu-architecture == arm64 and attribute:tier == web", leaves: ["arm64"], isOnlyAboutCpu: false },
];
export const CONSTRAINT = oneOf(...(CONSTRAINTS as [Constraint, ...Constraint[]]));

export function tasks(prefix: string): fc.Arbitrary<Task[]> {
  const one = fc.record({
    form: often<Task["form"]>([7, "aws"], [1, "aws-native"]),
    cpu: CPU,
    os: OS,
    compatibilities: COMPATIBILITIES,
    containers: fc.array(USE, { minLength: 1, maxLength: 3 }),
    hasComputedPart: onceIn(4),
    definitions: often<Task["definitions"]>([24, "own"], [1, "unknown from outside"], [1, "known from outside"], [2, "changes ignored"]),
    dependsOn: fc.array(PLACE, { maxLength: 1 }),
    comesFirst: onceIn(10),
    constraint: seldom(CONSTRAINT, 16),
  });
  return fc.array(one, { minLength: 1, maxLength: 2 }).map((list) => list.map((each, index) => ({ ...each, name: `${prefix}-task${index + 1}` })));
}
