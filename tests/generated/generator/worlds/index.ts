/** Whole worlds. */

import * as fc from "fast-check";
import type { App, Cluster, Item, Launcher, World } from "../world";
import { mostly, often, onceIn, PLACE, seldom } from "./chances";
import { builders, CONSTRAINT, repositories, tasks } from "./images";
import { ANY_MACHINES, JOINING, named, providers } from "./machines";

const ITEM: fc.Arbitrary<Item> = fc.record({
  provider: fc.oneof({ weight: 6, arbitrary: PLACE }, { weight: 1, arbitrary: fc.constant("elsewhere" as const) }),
  weight: often<number | undefined>([4, 1], [1, 3], [3, 0], [1, undefined]),
  base: often<number | undefined>([8, undefined], [1, 1], [1, 5]),
});
const FARGATE: fc.Arbitrary<Item[]> = often<Item[]>(
  [3, [{ provider: "FARGATE", weight: 1, base: undefined }]],
  [1, [{ provider: "FARGATE_SPOT", weight: 1, base: undefined }]],
  [1, [{ provider: "FARGATE", weight: 1, base: 1 }, { provider: "FARGATE_SPOT", weight: 3, base: undefined }]],
);
/** One strategy never mixes Fargate with other kinds. */
const STRATEGY: fc.Arbitrary<readonly Item[]> = fc.oneof({ weight: 3, arbitrary: fc.array(ITEM, { minLength: 1, maxLength: 3 }) }, { weight: 1, arbitrary: FARGATE });

function cluster(prefix: string): fc.Arbitrary<Cluster> {
  return fc
    .record({
      capacity: mostly(fc.record({ defaults: fc.oneof({ weight: 2, arbitrary: STRATEGY }, { weight: 1, arbitrary: fc.constant([]) }) }), 3),
      joined: fc.array(JOINING, { maxLength: 1 }),
    })
    .map(({ capacity, joined }) => ({ name: `${prefix}-cluster`, capacity, joined: joined.map((each, index) => named(`${prefix}-joined${index + 1}`, each)) }));
}

function launchers(prefix: string): fc.Arbitrary<Launcher[]> {
  const one = fc.record({
    kind: often<Launcher["kind"]>([8, "service"], [1, "native service"], [2, "task set"], [2, "rule target"], [2, "schedule"], [1, "pipe"]),
    task: fc.nat({ max: 1 }),
    taskBy: often<Launcher["taskBy"]>([6, "arn"], [1, "family"]),
    cluster: often<Launcher["cluster"]>([8, "own"], [2, "own, by name"], [1, "elsewhere"]),
    where: fc.oneof<fc.MaybeWeightedArbitrary<Launcher["where"]>[]>(
      { weight: 3, arbitrary: fc.constant({ launchType: "FARGATE" as const }) },
      { weight: 3, arbitrary: fc.constant({ launchType: "EC2" as const }) },
      { weight: 6, arbitrary: STRATEGY.map((strategy) => ({ strategy })) },
      { weight: 3, arbitrary: fc.constant("nothing said" as const) },
      { weight: 1, arbitrary: fc.constant({ launchType: "EXTERNAL" as const }) },
    ),
    count: often<Launcher["count"]>([4, "two"], [3, "absent"], [1, "none"]),
    isDaemon: onceIn(14),
    leavesItToTaskSets: onceIn(20),
    constraint: seldom(CONSTRAINT, 8),
  });
  return fc.array(one, { maxLength: 3 }).map((list) => list.map((each, index) => ({ ...each, name: `${prefix}-start${index + 1}` })));
}

function app(prefix: string): fc.Arbitrary<App> {
  return fc.record({
    repositories: repositories(prefix),
    builders: builders(prefix),
    tasks: tasks(prefix),
    cluster: cluster(prefix),
    providers: providers(prefix),
    launchers: launchers(prefix),
  });
}

const NO_APP = fc.constant(undefined);

/** Worlds with at most two applications and two kinds of machines beside them. */
export const WORLDS: fc.Arbitrary<World> = fc
  .record({
    host: often<World["host"]>([2, "amd64"], [1, "arm64"]),
    apps: fc.tuple(fc.oneof({ weight: 8, arbitrary: app("a") }, { weight: 1, arbitrary: NO_APP }), fc.oneof({ weight: 5, arbitrary: NO_APP }, { weight: 1, arbitrary: app("b") })),
    machines: fc.array(ANY_MACHINES, { maxLength: 2 }),
    wanderers: often([12, 0], [1, 1]),
    strangers: fc.nat({ max: 2 }),
  })
  .map(({ apps, machines, ...rest }) => ({
    ...rest,
    apps: apps.filter((each) => each !== undefined),
    machines: machines.map((each, index) => named(`m-machines${index + 1}`, each)),
  }));
