/**
 * What runs on what: an image *offers* platforms, a host has one. The answer has three values, because some
 * combinations depend on the very CPU, which no stack tells.
 *
 * Sources: containerd/platforms (compare.go: an amd64 host also takes 386, an arm64 host also takes 32-bit arm),
 * aws-graviton-getting-started (README table: Graviton4 and later have no 32-bit user space),
 * Amazon ECS Developer Guide, ecs-arm64 and windows-considerations (Windows tasks are x86_64 only).
 */

import type { Platform } from "./platform";

/** CPU architectures that ECS can place tasks on, in GOARCH words. */
export type HostArchitecture = "amd64" | "arm64";

/** Operating systems that ECS can place tasks on. */
export type HostOs = "linux" | "windows";

/** A machine, as far as it is known: a part that is left out can be either. */
export interface Host {
  readonly os?: HostOs;
  readonly architecture?: HostArchitecture;
}

/** `maybe`: it depends on something that the stack cannot tell, such as the generation of the CPU. */
export type Fit = "runs" | "cannot run" | "maybe";

export const HOST_ARCHITECTURES: readonly HostArchitecture[] = ["amd64", "arm64"];
const HOST_OPERATING_SYSTEMS: readonly HostOs[] = ["linux", "windows"];

function fitsArchitecture(image: Platform, host: HostArchitecture): Fit {
  if (image.architecture === host) {
    return image.variant === undefined ? "runs" : "maybe";
  }
  if (image.architecture === "386" && host === "amd64") {
    return "runs";
  }
  return image.architecture === "arm" && host === "arm64" ? "maybe" : "cannot run";
}

function fitsExactHost(image: Platform, os: HostOs, architecture: HostArchitecture): Fit {
  return image.os === os ? fitsArchitecture(image, architecture) : "cannot run";
}

/** Every machine that a partly known host can be. Windows on arm64 is none: ECS has no such instances. */
function possibleHosts(host: Host): { os: HostOs; architecture: HostArchitecture }[] {
  const systems = host.os === undefined ? HOST_OPERATING_SYSTEMS : [host.os];
  const architectures = host.architecture === undefined ? HOST_ARCHITECTURES : [host.architecture];
  return systems.flatMap((os) =>
    architectures
      .filter((architecture) => os === "linux" || architecture === "amd64")
      .map((architecture) => ({ os, architecture })),
  );
}

/** The best of several offers: an image with several platforms runs if one of them does. */
function best(fits: readonly Fit[]): Fit {
  if (fits.includes("runs")) {
    return "runs";
  }
  return fits.includes("maybe") ? "maybe" : "cannot run";
}

/**
 * Does an image that offers these platforms run on this host? For a partly known host: `runs` if it runs on
 * every machine the host can be, `cannot run` if on none, else `maybe`. An empty offer tells nothing: `maybe`.
 */
export function fits(offer: readonly Platform[], host: Host): Fit {
  const hosts = possibleHosts(host);
  if (offer.length === 0 || hosts.length === 0) {
    return "maybe";
  }
  const answers = hosts.map(({ os, architecture }) => best(offer.map((image) => fitsExactHost(image, os, architecture))));
  if (answers.every((answer) => answer === "runs")) {
    return "runs";
  }
  return answers.every((answer) => answer === "cannot run") ? "cannot run" : "maybe";
}

/** True if no single machine of that operating system (any, if left out) can run all the images. */
export function shareNoHost(offers: readonly (readonly Platform[])[], os: HostOs | undefined): boolean {
  const hosts = possibleHosts(os === undefined ? {} : { os });
  return !hosts.some((host) => offers.every((offer) => fits(offer, host) !== "cannot run"));
}
