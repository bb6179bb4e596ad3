/**
 * EC2 instance types: which architectures they have, told from their names. AWS names a type by series, generation,
 * options and size (`m` `7` `gd` `.large`); the option `g` is Graviton. A series that is not known here is not guessed.
 *
 * Source: Amazon EC2 instance types guide, instance-type-names; checked in tests against the EC2 SDK's list of types and
 * a captured DescribeInstanceTypes.
 */

import type { Ec2Architecture } from "./ec2";

/** Series in which the options `g`, `i` and `a` have always named the maker of the processor. */
const RULED_SERIES = new Set(["c", "d", "g", "gr", "h", "hpc", "i", "im", "is", "m", "r", "t", "u", "x", "z"]);

/**
 * Families whose name does not tell the maker of the processor: a new one may have any (as `p6e-gb200` has), so only
 * those that exist are known. All of these are x86.
 */
const KNOWN_X86_FAMILIES = new Set(
  (
    "cc1 cc2 cg1 cr1 hi1 hs1 f1 f2 gr6 gr6f p2 p3 p3dn p4d p4de p5 p5e p5en p6-b200 p6-b300 trn1 trn1n trn2 trn2u " +
    "inf1 inf2 vt1 dl1 dl2q c1 c3 c4 c5 c5d c5n d2 d3 d3en g2 g3 g3s g4dn g5 g6 g6e g6f g7 g7e h1 i2 i3 i3en m1 m2 m3 m4 m5 " +
    "m5d m5dn m5n m5zn r3 r4 r5 r5b r5d r5dn r5n t1 t2 t3 x1 x1e z1d"
  ).split(" "),
);

/**
 * `a1` is the first Graviton; GB200 and GB300 pair GPUs with NVIDIA's Grace, an Arm CPU. Source for these: the release
 * notes of the AWS Deep Learning ARM64 Base OSS GPU AMI (aarch64), whose instances are G5g, P6e-GB200 and P6e-GB300.
 */
const KNOWN_ARM_FAMILIES = new Set(["a1", "p6e-gb200", "p6e-gb300"]);

/** Old sizes that also boot 32-bit AMIs. Source: DescribeInstanceTypes, SupportedArchitectures. */
const ALSO_32_BIT = new Set("c1.medium c3.large m1.small m1.medium t1.micro t2.nano t2.micro t2.small t2.medium".split(" "));

interface Family {
  readonly series: string;
  readonly generation: string;
  readonly options: string;
  readonly suffix: string;
}

function parseFamily(family: string): Family | undefined {
  const match = /^([a-z]{1,6})(\d{1,3})([a-z]{0,12})((?:-[a-z0-9]{1,16})?)$/.exec(family);
  if (match === null) {
    return undefined;
  }
  const [, series = "", generation = "", options = "", suffix = ""] = match;
  return { series, generation, options, suffix };
}

/** mac1 is Intel, every later one Apple silicon. */
function macArchitecture(family: string): Ec2Architecture | undefined {
  return /^mac([12]$|2-m\d|-m\d)/.test(family) ? (family === "mac1" ? "x86_64_mac" : "arm64_mac") : undefined;
}

/** The architecture that all sizes of a family share, as far as the name tells. */
function familyArchitecture(family: string): Ec2Architecture | undefined {
  if (family.startsWith("mac")) {
    return macArchitecture(family);
  }
  if (KNOWN_X86_FAMILIES.has(family) || /^u-\d{1,3}tb\d$/.test(family)) {
    return "x86_64";
  }
  if (KNOWN_ARM_FAMILIES.has(family)) {
    return "arm64";
  }
  const parts = parseFamily(family);
  return parts === undefined || !RULED_SERIES.has(parts.series) ? undefined : processorOf(parts.options);
}

/** The maker's letter comes first; only the old im4gn and is4gen were named before that held, and they have one too. */
function processorOf(options: string): ServerArchitecture | undefined {
  const makers: readonly string[] = options.match(/[gia]/g) ?? [];
  if (makers.length === 0 || (makers.includes("g") && makers.length > 1)) {
    return undefined;
  }
  return makers[0] === "g" ? "arm64" : "x86_64";
}

/**
 * The architectures of an instance type such as `m7g.large`; a few old sizes have two.
 *
 * @returns undefined for a type of a series that is not known, and for text that is no instance type
 */
export function instanceTypeArchitectures(type: string): readonly Ec2Architecture[] | undefined {
  const [family, size, ...rest] = type.split(".");
  if (family === undefined || size === undefined || rest.length > 0 || !/^[a-z0-9-]{1,20}$/.test(size)) {
    return undefined;
  }
  const architecture = familyArchitecture(family);
  if (architecture === undefined) {
    return undefined;
  }
  return ALSO_32_BIT.has(type) ? ["i386", architecture] : [architecture];
}

/** Why the name tells Graviton, for messages; undefined where nothing needs to be explained. */
export function describeInstanceType(type: string): string | undefined {
  const family = type.slice(0, Math.max(type.indexOf("."), 0));
  const parts = parseFamily(family);
  if (familyArchitecture(family) !== "arm64" || parts === undefined) {
    return parts?.series === "g" ? '"g" before the number = graphics, not Graviton' : undefined;
  }
  return parts.options.includes("g") ? '"g" after the number = Graviton' : undefined;
}

type ServerArchitecture = "x86_64" | "arm64";

const BOTH: readonly ServerArchitecture[] = ["x86_64", "arm64"];

function isServerArchitecture(architecture: Ec2Architecture | undefined): architecture is ServerArchitecture {
  return architecture === "x86_64" || architecture === "arm64";
}

/** True if a size that also boots 32-bit AMIs may match, by what stands before the first `*`. */
function mayBe32Bit(pattern: string): boolean {
  const [start = "", ...rest] = pattern.split("*");
  return rest.length === 0 ? ALSO_32_BIT.has(pattern) : [...ALSO_32_BIT].some((type) => type.startsWith(start));
}

/**
 * The architectures that a type which matches a pattern of `allowedInstanceTypes` can have. `*` stands for any text, so
 * `m7*` can be either, also by types that do not exist yet, and `m7g*` only Arm.
 */
export function patternArchitectures(pattern: string): readonly ServerArchitecture[] {
  const family = pattern.split(".")[0] ?? "";
  const star = family.indexOf("*");
  if (star < 0) {
    const architecture = familyArchitecture(family);
    return isServerArchitecture(architecture) ? [architecture] : BOTH;
  }
  const parts = parseFamily(family.slice(0, star));
  const isGraviton = parts !== undefined && RULED_SERIES.has(parts.series) && parts.suffix === "" && parts.options.includes("g");
  return isGraviton ? ["arm64"] : BOTH;
}

/** What a CPU manufacturer makes. Source: EC2 API, CpuManufacturer. */
const MANUFACTURERS: Readonly<Record<string, readonly ServerArchitecture[]>> = {
  intel: ["x86_64"],
  amd: ["x86_64"],
  "amazon-web-services": ["arm64"],
  apple: [],
};

function unite(sets: readonly (readonly ServerArchitecture[])[]): readonly ServerArchitecture[] {
  return BOTH.filter((architecture) => sets.some((set) => set.includes(architecture)));
}

/**
 * The architectures that attribute-based selection leaves possible, in EC2's words: an upper bound, so only one that is
 * missing is certain. Exclusions are not followed: they name types, not architectures, so leaving them out only makes
 * the answer wider.
 *
 * @returns undefined if nothing is left or Macs are, which is no statement about the architecture
 */
export function requirementArchitectures(requirements: {
  readonly cpuManufacturers?: readonly string[];
  readonly allowedInstanceTypes?: readonly string[];
}): readonly (ServerArchitecture | "i386")[] | undefined {
  const { cpuManufacturers = [], allowedInstanceTypes = [] } = requirements;
  if (cpuManufacturers.includes("apple") || allowedInstanceTypes.some((pattern) => pattern.startsWith("mac"))) {
    return undefined;
  }
  const made = cpuManufacturers.length === 0 ? BOTH : unite(cpuManufacturers.map((name) => (Object.hasOwn(MANUFACTURERS, name) ? (MANUFACTURERS[name] ?? BOTH) : BOTH)));
  const allowed = allowedInstanceTypes.length === 0 ? BOTH : unite(allowedInstanceTypes.map(patternArchitectures));
  const possible = made.filter((architecture) => allowed.includes(architecture));
  const has32Bit = possible.includes("x86_64") && (allowedInstanceTypes.length === 0 || allowedInstanceTypes.some(mayBe32Bit));
  return possible.length === 0 ? undefined : [...(has32Bit ? (["i386"] as const) : []), ...possible];
}
