/** ECS task definitions of `aws` and `aws-native`. */

import { ABSENT, known, unknown, type Fact } from "../stack/fact";
import type { Container, PlacementConstraint, TaskDefinition } from "../stack/model";
import { block, dig, field, json, list, name, text, textList } from "./raw";
import { input, madeFrom, output, type Resource } from "./resource";
import { subjectOf } from "./subject";

/** The container's own key, or the same with a capital: ECS takes both in JSON. */
function containerField(raw: unknown, key: string): Fact<string> {
  const fact = name(field(raw, key));
  return fact.state === "absent" ? name(field(raw, key.charAt(0).toUpperCase() + key.slice(1))) : fact;
}

/**
 * The containers of a task definition: a JSON string (`aws`), or structured (`aws-native`). A JSON string may hold
 * unknown parts of its own, so it is parsed before it is asked whether it is known.
 */
function containersOf(raw: unknown): Fact<readonly Container[]> {
  const parsed = json(raw);
  if (parsed.state !== "known") {
    return parsed;
  }
  const items = list(parsed.value);
  if (items.state !== "known") {
    return items.state === "absent" ? unknown("it is not a list of containers") : items;
  }
  return known(
    items.value.map((item, index) => ({
      index,
      name: containerField(item, "name"),
      image: typeof item === "object" && item !== null ? containerField(item, "image") : unknown("the container is not an object"),
    })),
  );
}

/** The `memberOf` constraints of a task definition, service or task. */
export function placementConstraintsOf(raw: unknown): Fact<readonly PlacementConstraint[]> {
  const items = list(raw);
  if (items.state !== "known") {
    return items.state === "absent" ? known([]) : items;
  }
  const constraints = items.value.flatMap((item): PlacementConstraint[] => {
    const type = text(field(item, "type"));
    if (type.state === "known" && type.value !== "memberOf") {
      return [];
    }
    const expression = text(field(item, "expression"));
    return [{ expression: expression.state === "absent" ? unknown("the constraint has no expression") : expression }];
  });
  return known(constraints);
}

/** `aws:ecs/taskDefinition:TaskDefinition`, `aws-native:ecs:TaskDefinition` */
export function readTaskDefinition(resource: Resource): TaskDefinition[] {
  const runtimePlatform = block(input(resource, "runtimePlatform"));
  const compatibilities = textList(input(resource, "requiresCompatibilities"));
  const arn = resource.type.startsWith("aws-native:") ? output(resource, "taskDefinitionArn") : output(resource, "arn");
  return [
    {
      is: "task definition",
      subject: subjectOf(resource, "task definition"),
      scope: resource.scope,
      family: name(input(resource, "family")),
      arn: text(arn),
      cpuArchitecture: name(dig(runtimePlatform, "cpuArchitecture")),
      operatingSystemFamily: name(dig(runtimePlatform, "operatingSystemFamily")),
      requiresCompatibilities: compatibilities.state === "known" && compatibilities.value.length === 0 ? ABSENT : compatibilities,
      containers: containersOf(input(resource, "containerDefinitions")),
      containersFrom: madeFrom(resource, "containerDefinitions"),
      placementConstraints: placementConstraintsOf(input(resource, "placementConstraints")),
    },
  ];
}
