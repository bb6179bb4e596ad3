import assert from "node:assert/strict";
import * as fc from "fast-check";
import { DECLARED_OPTIONS } from "../../policies/stack/declarations";
import { formatPlatform, parsePlatform } from "../../policies/platform/platform";
import { readSettings as readSettingsOn, SETTINGS_SCHEMA, type Settings } from "../../policies/options/settings";
import { denials, outcome, run, saidBy, type RunOptions } from "../support/in-process";
import { json, OPERATIONS, StackBuilder } from "../support/stack-builder";

const POLICY = "cpu-architecture-settings";

function readSettings(options: Readonly<Record<string, unknown>>): Settings {
  return readSettingsOn(options, "2026-11-21");
}

/** Options, the mistakes in them as `option problem`. */
const MISTAKES: readonly (readonly [Readonly<Record<string, unknown>>, readonly RegExp[]])[] = [
  [{}, []],
  [{ amis: [], images: [], instanceTypes: [], emulation: [] }, []],
  [{ amis: null }, []],
  [{ amis: [{ id: "ami-1", architecture: "arm64" }] }, []],
  [{ amis: [{ id: "ami-1", architecture: "aarch64" }] }, []],
  [{ images: [{ reference: "nginx*", platforms: ["linux/amd64", "arm64"] }] }, []],
  [{ images: [{ reference: "nginx*", platforms: "linux/amd64" }] }, []],
  [{ instanceTypes: [{ type: "q9z.*", architectures: ["x86_64"] }] }, []],
  [{ emulation: [{ hosts: "*", platforms: ["linux/amd64"] }] }, []],
  [{ amis: {} }, [/^An option of cpu-architecture-settings has no effect: amis must be a list/]],
  [{ amis: "ami-1" }, [/^An option of cpu-architecture-settings has no effect: amis must be a list/]],
  [{ amis: [5] }, [/^An option of cpu-architecture-settings has no effect: amis\[0\] needs `id`/]],
  [{ amis: [null] }, [/^An option of cpu-architecture-settings has no effect: amis\[0\] needs `id`/]],
  [{ amis: [[]] }, [/^An option of cpu-architecture-settings has no effect: amis\[0\] needs `id`/]],
  [{ amis: [{ id: "", architecture: "arm64" }] }, [/^An option of cpu-architecture-settings has no effect: amis\[0\] needs `id`/]],
  [{ amis: [{ id: 7, architecture: "arm64" }] }, [/^An option of cpu-architecture-settings has no effect: amis\[0\] needs `id`/]],
  [{ amis: [{ id: "ami-1" }] }, [/^An option of cpu-architecture-settings has no effect: amis\[0\] needs `architecture`/]],
  [{ amis: [{ id: "ami-1", architecture: "arm65" }] }, [/^An option of cpu-architecture-settings has no effect: amis\[0\] needs `architecture`/]],
  [{ amis: [{ id: "ami-1", architecture: null }] }, [/^An option of cpu-architecture-settings has no effect: amis\[0\] needs `architecture`/]],
  [{ images: [{ reference: "a", platforms: [] }] }, [/^An option of cpu-architecture-settings has no effect: images\[0\] needs `platforms`/]],
  [{ images: [{ reference: "a", platforms: ["linux/amd64", "linux/quantum"] }] }, [/^An option of cpu-architecture-settings has no effect: images\[0\] needs `platforms`/]],
  [{ images: [{ reference: "a", platforms: ["linux"] }] }, [/^An option of cpu-architecture-settings has no effect: images\[0\] needs `platforms`/]],
  [{ instanceTypes: [{ type: "a", architectures: [{}] }] }, [/^An option of cpu-architecture-settings has no effect: instanceTypes\[0\] needs `architectures`/]],
  [{ emulation: [{ platforms: ["arm64"] }] }, [/^An option of cpu-architecture-settings has no effect: emulation\[0\] needs `hosts`/]],
  [{ amis: [{ id: "ami-1", architecture: "arm64" }, { id: "ami-2" }] }, [/^An option of cpu-architecture-settings has no effect: amis\[1\]/]],
  [{ ami: [] }, [/^An option of cpu-architecture-settings has no effect: ami is no option; did you mean amis\?/]],
  [{ constructor: [], toString: 1 }, [/^An option of cpu-architecture-settings has no effect: constructor is no option/, /^An option of cpu-architecture-settings has no effect: toString is no option/]],
];

describe(`${POLICY}: mistakes`, () => {
  for (const [settings, expected] of MISTAKES) {
    it(`${JSON.stringify(settings)}: ${expected.length}`, () => {
      const said = run({ analyze: [], analyzeStack: [] }, { config: { [POLICY]: settings } });
      assert.equal(said.length, expected.length, JSON.stringify(said));
      for (const [index, pattern] of expected.entries()) {
        assert.match(said[index]!.message, pattern);
        assert.deepEqual([said[index]!.policy, said[index]!.level], [POLICY, "advisory"]);
      }
    });
  }

  it("a mistake hides no other entry", () => {
    const { declarations, errors } = readSettings({ amis: [{ id: "ami-1" }, { id: "ami-2", architecture: "arm64" }], images: 5 });
    assert.equal(errors.length, 2);
    assert.equal(declarations.ami("ami-2", undefined)?.value, "arm64");
  });

  it("takes anything without an exception", () => {
    const option = fc.constantFrom("amis", "images", "instanceTypes", "emulation", "__proto__", "other");
    const entry = fc.record({ id: fc.anything(), architecture: fc.anything(), reference: fc.anything(), platforms: fc.anything(), hosts: fc.anything(), type: fc.anything() }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.dictionary(option, fc.oneof(fc.anything(), fc.array(fc.oneof(entry, fc.anything())))), (settings) => {
        const { declarations } = readSettings(settings);
        declarations.ami("ami-1", undefined);
        declarations.image("nginx");
        declarations.instanceType("m5.large");
        declarations.emulation(["group"], { os: "linux", architecture: "amd64" });
      }),
    );
  });
});

describe(`${POLICY}: declared facts`, () => {
  const { declarations } = readSettings({
    amis: [{ id: "ami-0*", architecture: "arm64" }, { id: "*", architecture: "x86_64" }],
    images: [{ reference: "*/app:arm-*", platforms: ["aarch64"] }, { reference: "*/app:*", platforms: ["linux/amd64", "linux/arm64/v8"] }],
    instanceTypes: [{ type: "q9z.*", architectures: ["x86_64", "i386"] }],
    emulation: [{ hosts: "emu*", platforms: ["linux/amd64"] }],
  });

  it("the first pattern that matches decides", () => {
    assert.equal(declarations.ami("ami-0abc", undefined)?.value, "arm64");
    assert.equal(declarations.ami("ami-1abc", "us-east-1")?.value, "x86_64");
    assert.deepEqual(declarations.image("me/app:arm-1")?.value.map(formatPlatform), ["linux/arm64"]);
    assert.deepEqual(declarations.image("me/app:1")?.value.map(formatPlatform), ["linux/amd64", "linux/arm64"]);
    assert.equal(declarations.image("me/other:1"), undefined);
    assert.deepEqual(declarations.instanceType("q9z.large")?.value, ["x86_64", "i386"]);
    assert.equal(declarations.instanceType("m5.large"), undefined);
  });

  it("emulation holds for the hosts and platforms that are named", () => {
    const amd64 = parsePlatform("linux/x86_64")!;
    assert.ok(declarations.emulation(["other", "emulating"], amd64));
    assert.ok(!declarations.emulation(["other"], amd64));
    assert.ok(!declarations.emulation([], amd64));
    assert.ok(!declarations.emulation(["emulating"], parsePlatform("linux/arm64")!));
  });

  function stackThatRuns(image: string): StackBuilder {
    const stack = new StackBuilder();
    stack.add("task", "task", { containerDefinitions: json([{ name: "web", image }]), requiresCompatibilities: ["FARGATE"] });
    return stack;
  }

  const options: RunOptions = { config: { [POLICY]: { images: [{ reference: "me/arm:*", platforms: ["linux/arm64"] }, { reference: "me/both:*", platforms: ["linux/arm64", "linux/amd64"] }] } } };

  for (const [image, expected] of [["me/arm:1", "denied"], ["me/both:1", "silent"], ["me/other:1", "silent"], ["me/arm", "denied"], ["docker.io/me/arm:1", "denied"]] as const) {
    it(`an image from elsewhere, ${image}: ${expected}`, () => {
      for (const operation of OPERATIONS) {
        const said = run(stackThatRuns(image)[operation](), { ...options, goesOn: true });
        assert.equal(outcome(said, "ecs-task-image-architecture"), expected);
        assert.equal(denials(said).length, expected === "denied" ? 1 : 0, "once");
      }
    });
  }

  it("are no longer listed as undetermined", () => {
    for (const [image, listed] of [["me/both:1", 0], ["me/other:1", 1]] as const) {
      const said = run(stackThatRuns(image).laterPreview(), { config: { ...options.config, "architecture-undetermined": { listing: "all" } } });
      assert.equal(saidBy(said, "architecture-undetermined").length, listed, JSON.stringify(said));
    }
  });

  it("are lost where the policy is disabled", () => {
    assert.deepEqual(denials(run(stackThatRuns("me/arm:1").laterPreview(), { ...options, disabled: [POLICY] })), []);
  });
});

describe(`${POLICY}: its schema`, () => {
  it("has lists of entries, each closed and with its required keys, besides look-ups and what to do with unused ones", () => {
    const lists = Object.entries(SETTINGS_SCHEMA).filter(([option]) => option !== "unused" && option !== "lookups");
    assert.deepEqual(lists.map(([option]) => option), [...DECLARED_OPTIONS, "exemptions"]);
    for (const [option, schema] of lists) {
      const items = schema["items"] as { properties: object; required: string[]; additionalProperties: boolean };
      assert.deepEqual([schema["type"], schema["default"], items.additionalProperties], ["array", [], false], option);
      assert.ok(items.required.length >= 2 && items.required.every((key) => Object.hasOwn(items.properties, key)), option);
    }
  });
});
