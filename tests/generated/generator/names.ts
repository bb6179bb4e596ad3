/** Texts of a world on which renderer and reference agree. */

import { hex } from "../../support/values";
import { pick, type App, type Builder, type Item, type Launcher, type Repository, type Task, type Use } from "./world";

export const ACCOUNT = "123456789012";
export const REGISTRY = `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com`;

export function repositoryOf(app: App, builder: Builder): Repository {
  const repository = pick(app.repositories, builder.repository);
  if (repository === undefined) {
    throw new Error("an app has at least one repository");
  }
  return repository;
}

/** awsx makes a tag up. */
export function tagOf({ name, kind, tag }: Builder): string {
  return kind === "awsx" ? `${hex(name, 8)}-container` : tag;
}

export function builderOf(app: App, use: Use): Builder | undefined {
  return use.how === "public" ? undefined : pick(app.builders, use.builder);
}

export function taskOf(app: App, launcher: Launcher): Task {
  const task = pick(app.tasks, launcher.task);
  if (task === undefined) {
    throw new Error("an app has at least one task");
  }
  return task;
}

/** What CodeBuild builds on where the commands say nothing. */
export function codeBuildArch({ tag }: Builder): "amd64" | "arm64" {
  return tag === "1" ? "amd64" : "arm64";
}

/** Kinds without an output that names their image, which are named by `repository:tag` instead. */
export function hasReferenceOutput({ kind }: Builder): boolean {
  return !["command", "remote command", "codebuild", "docker-build, exports"].includes(kind);
}

/** Kinds that tell their digest. */
export function hasDigestOutput({ kind }: Builder): boolean {
  return ["docker", "docker, build as text", "docker-build", "docker-build, exports", "docker-build, late", "docker-build, local", "awsx", "index", "registry image", "pulled, tagged, pushed"].includes(kind);
}

/** A strategy names each provider once, and nothing beside Fargate's if it names one of those. */
export function strategyItems(app: App, items: readonly Item[]): Item[] {
  const placed = items.map((item): Item => {
    const provider = typeof item.provider === "number" ? (app.providers.length === 0 ? "elsewhere" : item.provider % app.providers.length) : item.provider;
    return { ...item, provider };
  });
  return placed.filter(({ provider }, index) => placed.findIndex((other) => other.provider === provider) === index);
}

export function isService({ kind }: Launcher): boolean {
  return kind === "service" || kind === "native service";
}

/** A daemon has no strategy, and never runs on Fargate. */
export function isDaemon(launcher: Launcher): boolean {
  const { where } = launcher;
  return isService(launcher) && launcher.isDaemon && (where === "nothing said" || ("launchType" in where && where.launchType === "EC2"));
}

export function hasExternalController(launcher: Launcher): boolean {
  return isService(launcher) && launcher.leavesItToTaskSets;
}

/** How many tasks are started, as far as it is said. */
export function countOf(launcher: Launcher): Launcher["count"] {
  if (isService(launcher)) {
    return isDaemon(launcher) ? "absent" : launcher.count;
  }
  return launcher.count === "none" && launcher.kind !== "rule target" ? "none" : "absent";
}

/** Whether the definitions are text and resources of the program that exist before any builder. */
export function comesFirst(app: App, task: Task): boolean {
  const isText = task.containers.every((use) => {
    const builder = builderOf(app, use);
    return builder === undefined || (repositoryOf(app, builder).kind === "literal" && use.how !== "output" && use.how !== "digest") || use.how === "lookalike" || use.how === "other digest";
  });
  const isLiteral = task.containers.every((use) => {
    const builder = builderOf(app, use);
    return builder === undefined || repositoryOf(app, builder).kind === "literal";
  });
  // The parts of an index are images of their own for a while, which nobody means.
  const hasParts = app.builders.some(({ kind }) => kind === "index") && task.containers.some(({ how }) => how === "other digest");
  return task.comesFirst && isText && isLiteral && !hasParts && task.dependsOn.length === 0;
}

/** Names are only comparable within one provider: what belongs to another one is named by its ARN. */
export function isByFamily(app: App, launcher: Launcher): boolean {
  const isSameProvider = (launcher.kind === "native service") === (taskOf(app, launcher).form === "aws-native");
  return launcher.taskBy === "family" && isSameProvider;
}

/** Only services and task sets take a cluster's name. */
export function isClusterByName({ kind, cluster }: Launcher): boolean {
  return cluster === "own, by name" && (kind === "service" || kind === "task set");
}
