/**
 * What runs on what. Sources: containerd/platforms (an amd64 host also takes 386, an arm64 host may take 32-bit Arm), Amazon
 * ECS Developer Guide (Windows tasks are x86_64 only).
 */

import type { HostArch, HostOs, Spelled } from "../world";

export type Fit = "runs" | "never" | "depends";

export interface Host {
  readonly os: HostOs;
  readonly arch: HostArch;
}

function fitOf(image: Spelled, { os, arch }: Host): Fit {
  if (image.os !== os) {
    return "never";
  }
  if (image.architecture === arch) {
    return image.variant === undefined ? "runs" : "depends";
  }
  if (image.architecture === "386" && arch === "amd64") {
    return "runs";
  }
  return image.architecture === "arm" && arch === "arm64" ? "depends" : "never";
}

/** An image runs where one of its platforms does. */
export function fits(offer: readonly Spelled[], host: Host): Fit {
  const all = offer.map((platform) => fitOf(platform, host));
  return all.includes("runs") ? "runs" : all.includes("depends") ? "depends" : "never";
}

/** There is no Windows on arm64. */
export function hostsOf(os: HostOs): Host[] {
  return os === "windows" ? [{ os, arch: "amd64" }] : [{ os, arch: "amd64" }, { os, arch: "arm64" }];
}

/** True if no machine of that system runs the image. */
export function runsNowhere(offer: readonly Spelled[], os: HostOs): boolean {
  return hostsOf(os).every((host) => fits(offer, host) === "never");
}

/** True if no single machine of that system runs both. */
export function shareNothing(one: readonly Spelled[], other: readonly Spelled[], os: HostOs): boolean {
  return !hostsOf(os).some((host) => fits(one, host) !== "never" && fits(other, host) !== "never");
}
