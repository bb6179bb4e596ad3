/**
 * The user data of an EC2 instance, read for two questions: which ECS cluster does the instance join, and
 * does it register emulators for foreign architectures?
 *
 * Nothing is executed. Shell scripts, cloud-init documents, Bottlerocket settings and Windows scripts are
 * read as far as their meaning is plain; the rest is "not known". No text of user data ever leaves this
 * module, except a cluster's name.
 *
 * Sources: Amazon ECS Developer Guide (bootstrap_container_instance: `ECS_CLUSTER` in
 * `/etc/ecs/ecs.config`), amazon-ecs-agent README (`ECS_CLUSTER`, default cluster `default`), cloud-init
 * documentation ("User data formats"), Bottlerocket settings reference (`settings.ecs.cluster`).
 */

import { bottlerocketEffects, isBottlerocket } from "./user-data/bottlerocket";
import { cloudConfigEffects } from "./user-data/cloud-config";
import { combined, MENTION, settled, WHY, type ClusterReading, type Effect } from "./user-data/effect";
import { partsOf, type TextPart } from "./user-data/envelope";
import { powerShellEffects } from "./user-data/power-shell";
import { SHELLS, shellEffects } from "./user-data/shell";

export type { ClusterReading } from "./user-data/effect";

/** EC2 accepts 16 KiB before base64 (EC2 User Guide, "Run commands when you launch an EC2 instance"); with a margin. */
const MAX_LENGTH = 65_536;

/**
 * Which ECS cluster an instance joins according to its user data. Where the same thing is said several
 * times, the last statement counts.
 *
 * @param text user data, plain or in base64
 * @returns undefined if the text says nothing of the ECS agent
 */
export function clusterFromUserData(text: string): ClusterReading | undefined {
  if (text.length > MAX_LENGTH) {
    return { cluster: undefined, why: WHY.tooLong };
  }
  return combined(partsOf(text).map((part) => (part.kind === "text" ? settled(effectsOf(part)) : { why: part.why })));
}

function withoutComments(text: string): string {
  return text
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("#"))
    .join("\n");
}

/** What a document does; one that speaks of the cluster without a readable effect is unreadable. */
function effectsOf(part: TextPart): Effect[] {
  const effects = formatEffects(part);
  const silent = !effects.some(({ kind }) => kind !== "configure" && kind !== "clear");
  return silent && MENTION.test(withoutComments(part.text)) ? [...effects, { kind: "unreadable", why: WHY.unread }] : effects;
}

function formatEffects({ text, type }: TextPart): Effect[] {
  const start = text.trimStart();
  const firstLine = start.split("\n", 1)[0] ?? "";
  if (firstLine.startsWith("#!")) {
    // The kernel finds the interpreter only if `#!` comes first.
    return isShell(firstLine) ? shellEffects(text, text.startsWith("#!"), 0) : [];
  }
  if (/^(?:## template:.*\n\s*)?#cloud-config(?![\w-])/i.test(start) || type === "text/cloud-config") {
    return cloudConfigEffects(start);
  }
  if (/^#cloud-boothook/i.test(start) || type === "text/cloud-boothook") {
    return shellEffects(text, true, 0);
  }
  if (/^#(?:include|cloud-config-archive|part-handler)/i.test(start) || type?.startsWith("text/x-include") === true) {
    return [{ kind: "unreadable", why: WHY.elsewhere }];
  }
  if (/<powershell>|Initialize-ECSAgent/i.test(text)) {
    return powerShellEffects(text);
  }
  return isBottlerocket(text) ? bottlerocketEffects(text) : shellEffects(text, false, 0);
}

/** `#!/bin/bash -xe`, `#!/usr/bin/env bash` */
function isShell(firstLine: string): boolean {
  return firstLine
    .slice(2)
    .split(/[\s/]/)
    .some((word) => SHELLS.has(word));
}
