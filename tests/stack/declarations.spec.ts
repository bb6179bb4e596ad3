/** A stack about which nothing is declared: as if the options of `cpu-architecture-settings` were left out. */

import assert from "node:assert/strict";
import { readSettings } from "../../policies/options/settings";
import type { Declarations } from "../../policies/stack/declarations";

const LINUX_ARM = { os: "linux", architecture: "arm64" };

function answers({ ami, image, instanceType, capacityProvider, cluster, projectsPushing, emulation, emulationsOf, emulatesSomewhere, entries }: Declarations): object {
  return {
    facts: [ami("ami-0123456789abcdef0", "us-east-1"), image("nginx:1"), instanceType("q9.large"), capacityProvider("pool"), cluster("main"), emulation(["pool"], LINUX_ARM)],
    projects: projectsPushing("nginx:1"),
    emulations: emulationsOf("pool"),
    emulatesSomewhere: emulatesSomewhere(LINUX_ARM),
    entries,
  };
}

describe("declarations that are left out", () => {
  const NONE = { facts: Array<undefined>(6).fill(undefined), projects: [], emulations: [], emulatesSomewhere: false, entries: [] };

  it("say nothing of anything", () => assert.deepEqual(answers(readSettings({}, "2026-11-21").declarations), NONE));
});
