/**
 * A platform in OCI's words: operating system, architecture and, for some architectures, a variant.
 * Inside the pack a platform has exactly one spelling, the normal form of containerd/platforms
 * (`linux/amd64`, `linux/arm64`, `linux/arm/v7`); every other spelling is turned into it here.
 *
 * Sources: OCI image-spec (image-index.md, "platform"), containerd/platforms (normalisation table in its
 * package documentation).
 */

/** One platform in normal form. `variant` is left out where the normal form has none (`arm64/v8`, `amd64/v1`). */
export interface Platform {
  /** GOOS word: `linux`, `windows`, `darwin`, ... */
  readonly os: string;
  /** GOARCH word: `amd64`, `arm64`, `arm`, `386`, ... */
  readonly architecture: string;
  /** `v7`, `v3`, ... */
  readonly variant?: string;
}

const OPERATING_SYSTEMS = new Set(
  "aix android darwin dragonfly freebsd illumos ios js linux netbsd openbsd plan9 solaris wasip1 windows zos".split(" "),
);

const ARCHITECTURES = new Set(
  "386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm".split(" "),
);

/** Spellings of an architecture that imply a variant or another word. */
const ARCHITECTURE_ALIASES: Readonly<Record<string, { architecture: string; variant?: string }>> = {
  x86_64: { architecture: "amd64" },
  "x86-64": { architecture: "amd64" },
  aarch64: { architecture: "arm64" },
  i386: { architecture: "386" },
  armhf: { architecture: "arm", variant: "v7" },
  armel: { architecture: "arm", variant: "v6" },
};

/** `8.0` and `v8.0` are `v8`; a variant is compared by its `v…` spelling. */
function normalVariant(variant: string): string {
  const text = variant.startsWith("v") ? variant : `v${variant}`;
  return text.endsWith(".0") ? text.slice(0, -2) : text;
}

/** The variants that the bare architecture already means. */
function impliedVariant(architecture: string): string | undefined {
  switch (architecture) {
    case "amd64":
      return "v1";
    case "arm64":
      return "v8";
    default:
      return undefined;
  }
}

function architectureOf(word: string, variant: string | undefined): Omit<Platform, "os"> | undefined {
  const alias = Object.hasOwn(ARCHITECTURE_ALIASES, word) ? ARCHITECTURE_ALIASES[word] : undefined;
  const architecture = alias?.architecture ?? word;
  if (!ARCHITECTURES.has(architecture)) {
    return undefined;
  }
  const stated = variant === undefined || variant === "" ? alias?.variant : normalVariant(variant);
  if (architecture === "arm") {
    return { architecture, variant: stated ?? "v7" };
  }
  return stated === undefined || stated === impliedVariant(architecture) ? { architecture } : { architecture, variant: stated };
}

/** An operating system word, without the version that the form `os(version)` carries. */
function osOf(word: string): string | undefined {
  const bare = word.replace(/\([^()]*\)$/, "");
  const os = bare === "macos" ? "darwin" : bare;
  return OPERATING_SYSTEMS.has(os) ? os : undefined;
}

/**
 * Reads a platform specifier as Docker, BuildKit and Finch accept it: `os/arch`, `os/arch/variant`,
 * `os(version)/arch`, or an architecture alone (`arm64`), which those tools complete with `linux`.
 * An operating system alone takes the architecture of the tool's own machine, so it tells nothing.
 *
 * @returns the platform, or undefined for anything that names no platform we know (never a guess)
 */
export function parsePlatform(specifier: string): Platform | undefined {
  const parts = specifier.trim().toLowerCase().split("/");
  const [first, second, third] = parts;
  if (first === undefined || parts.length > 3) {
    return undefined;
  }
  if (second === undefined) {
    const architecture = architectureOf(first, undefined);
    return architecture && { os: "linux", ...architecture };
  }
  const os = osOf(first);
  const architecture = architectureOf(second, third);
  return os === undefined || architecture === undefined ? undefined : { os, ...architecture };
}

/** `linux/amd64`, `linux/arm/v7`: the one spelling used inside the pack and in messages. */
export function formatPlatform(platform: Platform): string {
  const { os, architecture, variant } = platform;
  return variant === undefined ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;
}

/** True if both name the same platform. */
export function samePlatform(left: Platform, right: Platform): boolean {
  return formatPlatform(left) === formatPlatform(right);
}
