/** ECS task definitions of `aws` and `aws-native`. */

import { ABSENT, known, unknown, type Fact } from "../stack/fact";
import type { Container, PlacementConstraint, TaskDefinition } from "../stack/model";
import { block, COMPUTED, dig, field, isUnknown, json, list, name, text, textList } from "./raw";
import { input, madeFrom, output, type Resource } from "./resource";
import { subjectOf } from "./subject";

/** The container's own key, or the same with a capital: ECS takes both in JSON. */
function containerField(raw: unknown, key: string): unknown {
  return field(raw, key) ?? field(raw, key.charAt(0).toUpperCase() + key.slice(1));
}

/** The image of a container. One that is there but is no text is as good as none: only what is computed is unknown. */
function imageOf(container: unknown): Fact<string> {
  const raw = containerField(container, "image");
  const image = name(raw);
  if (isUnknown(container)) {
    return unknown(COMPUTED);
  }
  return image.state === "unknown" && !isUnknown(raw) ? ABSENT : image;
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
      name: name(containerField(item, "name")),
      image: imageOf(item),
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

/** True for definitions that are known, but are nothing that ECS would take. What they are made from tells nothing then. */
function isMalformed(raw: unknown, containers: Fact<unknown>): boolean {
  return containers.state === "unknown" && !isUnknown(raw);
}

/**
 * `aws:ecs/expressGatewayService:ExpressGatewayService`, `aws-native:ecs:ExpressGatewayService`: a Fargate service that
 * makes its task definition itself, unless it is given one. Source: Amazon ECS API, CreateExpressGatewayService
 * (X86_64 by default) and RuntimePlatformOverride (ECS may run its tasks on another architecture than that).
 */
export function readExpressService(resource: Resource): TaskDefinition[] {
  const container = block(input(resource, "primaryContainer"));
  if (container === undefined || container === null) {
    return [];
  }
  const containers: Fact<readonly Container[]> = isUnknown(container) ? unknown(COMPUTED) : known([{ index: 0, name: known("primary container"), image: imageOf(container) }]);
  return [
    {
      is: "task definition",
      subject: subjectOf(resource, "Express service"),
      scope: resource.scope,
      family: ABSENT,
      arn: ABSENT,
      cpuArchitecture: ABSENT,
      operatingSystemFamily: ABSENT,
      requiresCompatibilities: known(["FARGATE"]),
      containers,
      containersFrom: madeFrom(resource, "primaryContainer"),
      placementConstraints: known([]),
      doubt: "ECS may move the tasks of an Express service to another architecture by itself",
    },
  ];
}

/** `aws:ecs/taskDefinition:TaskDefinition`, `aws-native:ecs:TaskDefinition` */
export function readTaskDefinition(resource: Resource): TaskDefinition[] {
  const definitions = input(resource, "containerDefinitions");
  const containers = containersOf(definitions);
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
      containers,
      containersFrom: isMalformed(definitions, containers) ? [] : madeFrom(resource, "containerDefinitions"),
      placementConstraints: placementConstraintsOf(input(resource, "placementConstraints")),
    },
  ];
}
