/**
 * EC2's words for CPU architectures, which AMIs and instance types share.
 * Source: Amazon EC2 API, ArchitectureValues and ArchitectureType.
 */

export type Ec2Architecture = "i386" | "x86_64" | "arm64" | "x86_64_mac" | "arm64_mac";

/** EC2's own words, and the spellings of other tools that can mean nothing else. In lower case. */
const SPELLINGS: Readonly<Record<string, Ec2Architecture>> = {
  i386: "i386",
  x86_64: "x86_64",
  "x86-64": "x86_64",
  x8664: "x86_64",
  amd64: "x86_64",
  arm64: "arm64",
  aarch64: "arm64",
  x86_64_mac: "x86_64_mac",
  arm64_mac: "arm64_mac",
};

/** The architecture that a text names, or undefined for one that is not known here. */
export function parseEc2Architecture(text: string): Ec2Architecture | undefined {
  const word = text.trim().toLowerCase();
  return Object.hasOwn(SPELLINGS, word) ? SPELLINGS[word] : undefined;
}

/** The architecture that ECS can place tasks on; undefined for what it cannot. */
export function hostArchitecture(architecture: Ec2Architecture): "amd64" | "arm64" | undefined {
  const word = platformArchitecture(architecture);
  return word === "386" ? undefined : word;
}

/** EC2's word for an architecture that ECS can place tasks on; ECS's own attributes are spelled so too. */
export function formatEc2Architecture(architecture: "amd64" | "arm64"): Ec2Architecture {
  return architecture === "amd64" ? "x86_64" : "arm64";
}

/** The GOARCH word for an EC2 architecture; undefined for macOS, on which ECS runs nothing. */
export function platformArchitecture(architecture: Ec2Architecture): "386" | "amd64" | "arm64" | undefined {
  switch (architecture) {
    case "i386":
      return "386";
    case "x86_64":
      return "amd64";
    case "arm64":
      return "arm64";
    default:
      return undefined;
  }
}
