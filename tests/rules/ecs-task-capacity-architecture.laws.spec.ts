import assert from "node:assert/strict";
import { RULES } from "../../policies/catalogue";
import { partsOf } from "../../policies/read";
import type { Resource } from "../../policies/read/resource";
import { keyOf, type Finding } from "../../policies/stack/finding";
import type { Part } from "../../policies/stack/model";
import { Stack } from "../../policies/stack/stack";
import { programOf, type Operation } from "../support/capacity-builder";
import { ROWS, type Row } from "../support/capacity-rows";
import type { RecordedResource, Recording } from "../support/protocol";
import { isObject, UNKNOWN, type Value } from "../support/values";
import { NOTHING_DECLARED } from "../support/model-parts";

type Path = readonly (string | number)[];

function resourcesOf({ analyze, analyzeStack = [] }: Recording): Resource[] {
  return analyzeStack.map((resource, index) => asResource(resource, analyze[index]?.properties ?? {}));
}

function asResource({ urn = "", type, name, properties, propertyDependencies }: RecordedResource, inputs: object): Resource {
  return {
    urn,
    type,
    name,
    ancestors: [],
    scope: "default",
    inputs: inputs as Resource["inputs"],
    outputs: properties,
    propertyDependencies: propertyDependencies ?? {},
    ignoreChanges: [],
    unseen: false,
  };
}

function stackOf(parts: ReadonlyMap<string, readonly Part[]>): Stack {
  const stack = new Stack("complete", NOTHING_DECLARED);
  for (const [urn, each] of parts) {
    stack.add(urn, undefined, each);
  }
  return stack;
}

function findingsOf(stack: Stack): Finding[] {
  return RULES.judging.flatMap((rule) => rule.judge(stack).findings);
}

/** Denials by what they are about; the instances that they name may change when a link is lost. */
function denialsOf(stack: Stack): string[] {
  return findingsOf(stack)
    .filter(({ certainty, policy }) => certainty !== "suspected" && policy !== "container-image-platform-explicit")
    .map(({ kind, task }: Finding & { task?: { subject: { urn: string } } }) => `${kind} ${task?.subject.urn ?? ""}`);
}

/** Every place in a value, also the inner ones. */
function pathsIn(value: Value, at: Path = []): Path[] {
  const inner: [string | number, Value][] = Array.isArray(value) ? [...(value as readonly Value[]).entries()] : isObject(value) ? Object.entries(value) : [];
  return [...(at.length === 0 ? [] : [at]), ...inner.flatMap(([key, each]) => pathsIn(each, [...at, key]))];
}

function withUnknown(value: Value | undefined, [key, ...rest]: Path): Value | undefined {
  if (key === undefined) {
    return value === undefined ? undefined : UNKNOWN;
  }
  if (Array.isArray(value)) {
    return (value as readonly Value[]).map((item, index) => (index === key ? (withUnknown(item, rest) ?? null) : item));
  }
  return isObject(value) && key in value ? { ...value, [key]: withUnknown(value[key], rest) ?? null } : value;
}

/** The resource, with one value not known any more. */
function forgetting(resource: Resource, path: Path): Resource {
  const [inputs, outputs] = [resource.inputs, resource.outputs].map((values) => withUnknown(values as Value, path)) as [Resource["inputs"], Resource["outputs"]];
  return { ...resource, inputs, outputs };
}

function titleOf([task, images, , verdict, why]: Row, operation: Operation): string {
  return `${operation}, ${JSON.stringify(task)} ${[images].flat().join(" and ")}: ${verdict} (${why})`;
}

function eachStack(check: (resources: readonly Resource[], title: string) => void): void {
  for (const row of ROWS) {
    const [task, images, where] = row;
    for (const operation of ["first preview", "update"] as const) {
      check(resourcesOf(programOf(task, images, where).recording(operation)), titleOf(row, operation));
    }
  }
}

describe("ecs-task-capacity-architecture: laws", () => {
  // An AMI that contradicts its type hides what the instances would be; one that is not known does not. So a denial may
  // take the place of another one, but none is added.
  it("no value that becomes unknown adds a denial", function () {
    this.timeout(240_000);
    let tried = 0;
    const wrong: string[] = [];
    eachStack((resources, title) => {
      const parts = new Map(resources.map((resource) => [resource.urn, partsOf(resource)] as const));
      const before = new Set(denialsOf(stackOf(parts)));
      for (const resource of resources) {
        for (const path of pathsIn({ ...resource.outputs, ...resource.inputs } as Value)) {
          const without = new Map(parts).set(resource.urn, partsOf(forgetting(resource, path)));
          const after = new Set(denialsOf(stackOf(without)));
          const added = [...after].filter((denial) => !before.has(denial));
          const lost = [...before].filter((denial) => !after.has(denial));
          tried += 1;
          if (added.length > lost.length) {
            wrong.push(`${title}: ${resource.name} without ${path.join(".")} adds ${added.join(", ")}`);
          }
        }
      }
    });
    assert.deepEqual(wrong, []);
    assert.ok(tried > 20_000, `${String(tried)} values`);
  });

  it("the order of the resources changes nothing", () => {
    eachStack((resources, title) => {
      const said = [resources, [...resources].reverse(), [...resources.slice(3), ...resources.slice(0, 3)]].map((order) => {
        const stack = stackOf(new Map(order.map((resource) => [resource.urn, partsOf(resource)] as const)));
        return findingsOf(stack)
          .map((finding) => `${keyOf(finding)} ${finding.certainty} ${finding.because}`)
          .sort();
      });
      assert.deepEqual(said[1], said[0], title);
      assert.deepEqual(said[2], said[0], title);
    });
  });
});
