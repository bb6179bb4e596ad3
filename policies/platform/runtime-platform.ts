/**
 * The words of an ECS task definition's `runtimePlatform`.
 * Source: Amazon ECS API, RuntimePlatform (CPUArchitecture, OSFamily) and the developer guide's
 * task_definition_parameters (what Fargate supports).
 */

import type { HostArchitecture, HostOs } from "./fit";

const CPU_ARCHITECTURES: Readonly<Record<string, HostArchitecture>> = { X86_64: "amd64", ARM64: "arm64" };

/** Spellings of other tools, and near misses, that `cpuArchitecture` does not accept. Compared in lower case. */
const CPU_ARCHITECTURE_MISSPELLINGS: Readonly<Record<string, string>> = {
  x86_64: "X86_64",
  "x86-64": "X86_64",
  x8664: "X86_64",
  x86: "X86_64",
  x64: "X86_64",
  amd64: "X86_64",
  amd: "X86_64",
  "linux/amd64": "X86_64",
  arm64: "ARM64",
  arm: "ARM64",
  aarch64: "ARM64",
  armv8: "ARM64",
  "arm64/v8": "ARM64",
  "linux/arm64": "ARM64",
  graviton: "ARM64",
};

const FARGATE_WINDOWS = [
  "WINDOWS_SERVER_2019_FULL",
  "WINDOWS_SERVER_2019_CORE",
  "WINDOWS_SERVER_2022_FULL",
  "WINDOWS_SERVER_2022_CORE",
  "WINDOWS_SERVER_2025_FULL",
  "WINDOWS_SERVER_2025_CORE",
];
const EC2_ONLY_WINDOWS = ["WINDOWS_SERVER_2016_FULL", "WINDOWS_SERVER_2004_CORE", "WINDOWS_SERVER_20H2_CORE"];
const OS_FAMILIES = new Set(["LINUX", ...FARGATE_WINDOWS, ...EC2_ONLY_WINDOWS]);

/** The host architecture that a `cpuArchitecture` asks for; undefined for a value that ECS does not have. */
export function parseCpuArchitecture(text: string): HostArchitecture | undefined {
  return Object.hasOwn(CPU_ARCHITECTURES, text) ? CPU_ARCHITECTURES[text] : undefined;
}

/** How ECS spells a host architecture in `cpuArchitecture`. */
export function formatCpuArchitecture(architecture: HostArchitecture): string {
  return architecture === "amd64" ? "X86_64" : "ARM64";
}

/**
 * What was probably meant by a `cpuArchitecture` that ECS rejects: `arm64` → `ARM64`. Undefined for a valid
 * value, and for a word that is no known spelling of anything: ECS may have learned it since.
 */
export function meantCpuArchitecture(text: string): string | undefined {
  if (parseCpuArchitecture(text) !== undefined) {
    return undefined;
  }
  const word = text.trim().toLowerCase();
  return Object.hasOwn(CPU_ARCHITECTURE_MISSPELLINGS, word) ? CPU_ARCHITECTURE_MISSPELLINGS[word] : undefined;
}

/** The operating system of an `operatingSystemFamily`; undefined for a value that we do not know. */
export function parseOperatingSystemFamily(text: string): HostOs | undefined {
  if (text === "LINUX") {
    return "linux";
  }
  return text.startsWith("WINDOWS_SERVER_") ? "windows" : undefined;
}

/**
 * What was probably meant by an `operatingSystemFamily` that ECS rejects: `linux` → `LINUX`. Undefined for a
 * valid or unheard-of value.
 */
export function meantOperatingSystemFamily(text: string): string | undefined {
  if (OS_FAMILIES.has(text)) {
    return undefined;
  }
  const word = text.trim().toUpperCase().replaceAll(/[\s-]/g, "_");
  return OS_FAMILIES.has(word) ? word : undefined;
}

/** True for a Windows version that ECS has on EC2 but that Fargate is known to lack. */
export function isMissingOnFargate(operatingSystemFamily: string): boolean {
  return EC2_ONLY_WINDOWS.includes(operatingSystemFamily);
}
