/** The platform that the arguments and the environment of a builder state. */
import { formatPlatform, parsePlatform, type Platform } from "../platform";
import { isKnown, readSwitch, type Arguments } from "./options";
import { describe, type Made } from "./ledger";
import { formatPlatforms, NOT_STATED, unknown, type PlatformReading } from "./reading";

/** DOCKER_DEFAULT_PLATFORM as the command will see it. */
export type DefaultPlatform =
  | { readonly kind: "unset" }
  | { readonly kind: "set"; readonly text: string }
  | { readonly kind: "unknown" };

type Stated = Pick<Made, "platforms" | "how">;

/** Reads `linux/amd64` or a comma-separated list; one part that names no known platform leaves it all unknown. */
function readPlatformTexts(texts: readonly string[]): readonly Platform[] | undefined {
  const parts = texts.flatMap((text) => text.split(","));
  const platforms = new Map<string, Platform>();
  for (const part of parts) {
    const platform = isKnown(part) ? parsePlatform(part) : undefined;
    if (platform === undefined) {
      return undefined;
    }
    platforms.set(formatPlatform(platform), platform);
  }
  return [...platforms.values()];
}

function known(platforms: readonly Platform[] | undefined, option: string): Stated {
  const [first, ...rest] = platforms ?? [];
  const reading: PlatformReading = first === undefined ? unknown("the platform is not a plain text") : { kind: "known", platforms: [first, ...rest] };
  return describe(reading, `${option} ${formatPlatforms(platforms ?? [])}`);
}

/** `--arch`, `--os` and `--variant` of podman and buildah; without `--os` these tools make Linux images. */
function readParts(read: Arguments): Stated | undefined {
  const architecture = read.options.get("arch")?.at(-1);
  const os = read.options.get("os")?.at(-1);
  const variant = read.options.get("variant")?.at(-1);
  if (architecture === undefined) {
    return os === undefined && variant === undefined ? undefined : describe(unknown("the platform is not a plain text"), "");
  }
  const text = [os ?? "linux", architecture, ...(variant === undefined ? [] : [variant])].join("/");
  return known(readPlatformTexts([text]), "--platform");
}

function readDefault(environment: DefaultPlatform, isDocker: boolean): Stated {
  if (environment.kind === "unset") {
    return describe(NOT_STATED, "");
  }
  // Only docker is known to heed the variable; what the others do with it is not counted on.
  if (environment.kind === "unknown" || !isDocker || !isKnown(environment.text)) {
    return describe(unknown("DOCKER_DEFAULT_PLATFORM is not known"), "");
  }
  return known(readPlatformTexts([environment.text]), "DOCKER_DEFAULT_PLATFORM");
}

/**
 * `--platform` wins over the environment. Repeated, it means all of them to a build and the last one to a pull.
 * Sources: docker/buildx docs/reference/buildx_build.md, podman-build(1), buildah-build(1).
 */
export function readStatedPlatform(
  read: Arguments,
  environment: DefaultPlatform,
  tool: { readonly docker: boolean; readonly lastWins: boolean },
): Stated {
  if (readSwitch(read, "all-platforms") !== "off") {
    return describe(unknown("the tool picks the platform by itself"), "");
  }
  const texts = read.options.get("platform");
  const parts = readParts(read);
  if (texts !== undefined && parts !== undefined) {
    return describe(unknown("the platform is not a plain text"), "");
  }
  if (texts !== undefined) {
    return known(readPlatformTexts(tool.lastWins ? texts.slice(-1) : texts), "--platform");
  }
  return parts ?? readDefault(environment, tool.docker);
}
