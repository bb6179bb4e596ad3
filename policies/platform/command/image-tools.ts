/**
 * What the container tools do to images: docker (with buildx), finch, nerdctl, podman and buildah.
 * Sources: the command references of docker/cli and docker/buildx, nerdctl's docs/command-reference.md,
 * runfinch/finch docs/cmd, podman-*(1), buildah-*(1).
 */
import { parsePlatform } from "../platform";
import { describe, type Ledger, type Made } from "./ledger";
import { isKnown, readArguments, readSwitch, startsUnknown, type Arguments, type Field, type OptionTable } from "./options";
import { NOT_STATED, unite, unknown, type Opacity, type PlatformReading } from "./reading";
import { readStatedPlatform, type DefaultPlatform } from "./stated-platform";

export type ContainerTool = "docker" | "finch" | "nerdctl" | "podman" | "buildah";

/** What surrounds one call of a tool. */
export interface ToolCall {
  readonly ledger: Ledger;
  /** Which local store the tool works on; texts compare equal for the same store. */
  readonly store: string;
  readonly defaultPlatform: DefaultPlatform;
  /** An environment variable: its text, with unknown parts marked, or undefined if it is not set. */
  variable(name: string): string | undefined;
  /** Says that this call may do anything to images. */
  opaque(reason: Opacity): void;
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/).filter((word) => word !== ""));
}

const GLOBAL_OPTIONS: OptionTable = {
  valued: words(`config context host log-level tlscacert tlscert tlskey
    connection identity root runroot runtime runtime-flag storage-driver storage-opt tmpdir url cgroup-manager conmon
    events-backend hooks-dir module namespace network-cmd-path network-config-dir registries-conf registries-conf-dir
    address snapshotter cni-path cni-netconfpath data-root hosts-dir host-gateway-ip bridge-ip builder default-mounts-file`),
  letters: { c: "context", H: "host", l: "log-level", n: "namespace", a: "address", D: "debug", r: "remote" },
  operandsEnd: true,
};

/** Global options that pick another store. */
const STORE_OPTIONS = ["context", "host", "connection", "url", "root", "namespace", "address", "remote", "data-root", "config"];

const BUILD_OPTIONS: OptionTable = {
  valued: words(`add-host allow annotation attest build-arg build-arg-file build-context buildkit-host builder cache-from cache-to
    cache-ttl call cap-add cap-drop cert-dir cgroup-parent cgroupns cpp-flag cpu-period cpu-quota cpu-shares cpuset-cpus
    cpuset-mems creds authfile decryption-key device dns dns-option dns-search env file format from group-add hooks-dir
    ignorefile iidfile isolation jobs label layer-label logfile manifest memory memory-swap metadata-file mount network
    no-cache-filter os os-feature os-version arch variant output pid platform policy progress provenance retry retry-delay
    runtime runtime-flag sbom secret security-opt shm-size sign-by source-date-epoch ssh tag target timestamp ulimit
    unsetenv unsetlabel userns userns-gid-map userns-uid-map userns-gid-map-group userns-uid-map-user uts volume`),
  letters: { t: "tag", f: "file", o: "output", m: "memory", c: "cpu-shares", v: "volume", q: "quiet", D: "debug" },
};

const TRANSFER_OPTIONS: OptionTable = {
  valued: words(`platform arch os variant authfile creds cert-dir format digestfile decryption-key retry retry-delay sign-by
    sign-by-sigstore sign-by-sigstore-private-key sign-passphrase-file compression-format compression-level encryption-key
    encrypt-layer add-compression signature-policy soci-index-store unpack cosign-key notation-key-name sign policy shm-size
    storage-opt annotation features os-features os-version artifact-type`),
  letters: { a: "all-tags", q: "quiet", p: "purge" },
};

const IMAGETOOLS_OPTIONS: OptionTable = {
  valued: words("tag file annotation builder metadata-file platform progress"),
  letters: { t: "tag", f: "file", p: "platform", D: "debug" },
};

const RUN_OPTIONS: OptionTable = {
  valued: words(`add-host annotation attach blkio-weight cap-add cap-drop cgroup-parent cgroupns cidfile cpu-period cpu-quota
    cpu-shares cpus cpuset-cpus cpuset-mems detach-keys device dns entrypoint env env-file expose gpus group-add
    health-cmd health-interval health-retries health-timeout hostname ip ipc isolation label label-file link log-driver
    log-opt mac-address memory memory-reservation memory-swap mount name network network-alias pid pids-limit platform
    publish pull restart runtime security-opt shm-size stop-signal stop-timeout storage-opt sysctl tmpfs ulimit user userns
    uts volume volumes-from workdir net`),
  letters: { a: "attach", c: "cpu-shares", e: "env", h: "hostname", l: "label", m: "memory", p: "publish", u: "user", v: "volume", w: "workdir" },
  operandsEnd: true,
};

/** Verbs after which every image is what it was before. A removed image is not pushed again; that push just fails. */
const HARMLESS_VERBS = words(`attach context cp config diff df events export gpu-info history images info init inspect kill login logout logs
  mount network node pause port prune ps rename restart rm rmi save search secret service stack start stats stop swarm
  system top umount unmount unpause update version volume wait machine vm mount pod healthcheck scout help apparmor
  internal tasks ls containers
  image-ls image-list image-rm image-remove image-prune image-inspect image-history image-exists image-save image-tree image-convert
  builder-prune builder-du builder-debug
  container-ls container-list container-rm container-prune container-inspect container-stop container-kill container-logs
  container-cp container-exists container-wait container-stats
  buildx-create buildx-use buildx-ls buildx-inspect buildx-rm buildx-version buildx-du buildx-prune buildx-stop
  buildx-install buildx-uninstall buildx-history buildx-help
  manifest-inspect manifest-exists imagetools-inspect`);

/** Groups of verbs; a group's verb is named together with it, save those that are also top-level verbs. */
const GROUPS = words("image builder container buildx manifest imagetools compose plugin trust");
const SAME_AS_TOP = words(`image-build image-push image-pull image-tag image-load image-import builder-build container-run
  container-create container-commit container-exec container-start`);
const ALIASES: Readonly<Record<string, string>> = {
  bud: "build",
  "buildx-b": "buildx-build",
  "manifest-rm": "manifest-clear",
  "manifest-remove": "manifest-drop",
};

/** Containers that only register emulators with the kernel. */
const EMULATOR_IMAGES = /^(docker\.io\/)?(tonistiigi\/binfmt|multiarch\/qemu-user-static|linuxkit\/binfmt)([:@].*)?$/;

interface Verb {
  readonly name: string;
  readonly rest: readonly Field[];
}

/** `docker buildx imagetools create`: no verb lies deeper. */
const MAX_GROUPS = 4;

function readVerb(operands: readonly Field[]): Verb | undefined {
  let rest = operands;
  let group = "";
  for (let depth = 0; ; depth += 1) {
    const [first, ...others] = rest;
    if (first === undefined || !isKnown(first.text)) {
      return undefined;
    }
    if (group !== "imagetools" && depth < MAX_GROUPS && GROUPS.has(first.text) && others.length > 0) {
      group = first.text;
      rest = readArguments(others, GLOBAL_OPTIONS).operands;
      continue;
    }
    const full = group === "" ? first.text : `${group}-${first.text}`;
    const name = SAME_AS_TOP.has(full) ? first.text : full;
    return { name: Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name, rest: others };
  }
}

/** A word that may be an option, or several, in a place where one operand is due. */
function hidesOptions(operands: readonly Field[], due: number): boolean {
  return operands.some((operand) => startsUnknown(operand.text) && (operand.loose || operands.length > due));
}

function references(read: Arguments, name: string): readonly string[] {
  return read.options.get(name) ?? [];
}

// Builds ---------------------------------------------------------------------------------------------------------

type Answer = "on" | "off" | "unknown";

/** The `key=value` parts of one `--output`; a part with commas is in double quotes. */
function readOutput(text: string): ReadonlyMap<string, string> {
  const parts = text.match(/"[^"]*"|[^,"]+/g) ?? [];
  const pairs = parts.map((part) => part.replaceAll('"', "").split("="));
  return new Map(pairs.map(([key = "", ...value]) => [key.trim().toLowerCase(), value.join("=")]));
}

interface Destination {
  readonly push: Answer;
  readonly names: readonly string[];
  /** False if the result goes to files only. */
  readonly stored: boolean;
}

function readDestination(read: Arguments): Destination {
  const tags = references(read, "tag");
  const outputs = references(read, "output");
  let push = readSwitch(read, "push");
  let stored = outputs.length === 0 || readSwitch(read, "load") !== "off" || push !== "off";
  const names: string[] = [];
  for (const text of outputs) {
    const output = readOutput(text);
    const type = output.get("type") ?? "local";
    const pushes = type === "registry" || (type === "image" && /^(1|t|true)$/i.test(output.get("push") ?? ""));
    if (pushes) {
      push = "on";
    } else if (!isKnown(text) && push === "off") {
      push = "unknown";
    }
    stored ||= pushes || type === "image" || type === "docker" || !isKnown(text);
    // Pushed by digest alone, the image gets no tag.
    const named = output.get("push-by-digest") === "true" ? undefined : output.get("name");
    names.push(...(named === undefined ? [] : named.split(",")));
  }
  const byDigest = outputs.some((text) => readOutput(text).get("push-by-digest") === "true");
  return { push, stored, names: byDigest ? [] : tags.length > 0 ? tags : names };
}

function buildPlatforms(tool: ContainerTool, read: Arguments, call: ToolCall): Pick<Made, "platforms" | "how"> {
  if (hidesOptions(read.operands, 1)) {
    return describe(unknown("an argument that is not known may hold options"), "");
  }
  const stated = readStatedPlatform(read, call.defaultPlatform, { docker: tool === "docker", lastWins: false });
  const isList = references(read, "manifest").length > 0;
  const several = stated.platforms.kind === "known" && stated.platforms.platforms.length > 1;
  // podman and buildah put the tag on one of several images unless they make a manifest list.
  if (several && !isList && (tool === "podman" || tool === "buildah")) {
    return describe(unknown("the tool picks the platform by itself"), "");
  }
  return stated;
}

function build(tool: ContainerTool, verb: string, rest: readonly Field[], call: ToolCall): void {
  const { ledger, store } = call;
  const read = readArguments(rest, BUILD_OPTIONS);
  const label = verb === "buildx-build" ? `${tool} buildx build` : `${tool} build`;
  const made: Made = { ...buildPlatforms(tool, read, call), tool: label, build: ledger.nextBuild() };
  const usesBuildKit = tool !== "podman" && tool !== "buildah";
  const { push, names, stored } = usesBuildKit ? readDestination(read) : { push: "off" as const, names: references(read, "tag"), stored: true };
  const maybePush = push === "unknown" || (push === "off" && usesBuildKit && hidesOptions(read.operands, 1));
  const targets: readonly (string | undefined)[] = names.length > 0 ? names : [undefined];
  for (const target of targets) {
    if (stored && target !== undefined) {
      ledger.setLocal(store, target, made);
    }
    if (push === "on") {
      ledger.push(target, made);
      continue;
    }
    ledger.addBuild(store, stored ? target : undefined, made);
    if (maybePush) {
      ledger.push(target, { ...describe(unknown("an argument that is not known may hold options"), ""), tool: label });
    }
  }
  for (const list of references(read, "manifest")) {
    ledger.addToList(store, list, `build ${made.build}`, made.platforms);
  }
}

// Moving images --------------------------------------------------------------------------------------------------

function pull(tool: ContainerTool, rest: readonly Field[], call: ToolCall): void {
  const read = readArguments(rest, TRANSFER_OPTIONS);
  const stated = hidesOptions(read.operands, 1)
    ? describe(unknown("an argument that is not known may hold options"), "")
    : readStatedPlatform(read, call.defaultPlatform, { docker: tool === "docker", lastWins: true });
  for (const { text } of read.operands) {
    call.ledger.setLocal(call.store, text, { ...stated, tool: `${tool} pull` });
  }
}

function tag(tool: ContainerTool, rest: readonly Field[], call: ToolCall): void {
  const [source, ...targets] = readArguments(rest, TRANSFER_OPTIONS).operands;
  if (source === undefined) {
    return;
  }
  const made = call.ledger.findLocal(call.store, source.text, `${tool} tag`);
  for (const target of targets) {
    call.ledger.setLocal(call.store, target.text, made);
    if (made.build !== undefined) {
      call.ledger.addBuild(call.store, target.text, made);
    }
  }
}

/** `docker://host/name:tag` without its transport; undefined for a transport that leads to no registry. */
function registryReference(text: string): string | undefined {
  if (text.startsWith("docker://")) {
    return text.slice("docker://".length);
  }
  return /^(oci|oci-archive|dir|docker-archive|docker-daemon|containers-storage|ostree|sif):/.test(text) ? undefined : text;
}

/** The image as this push sends it: `push` may choose among the platforms of a local image. */
function pushed(tool: ContainerTool, read: Arguments, made: Made): Made {
  const label = `${tool} push`;
  if (read.options.has("platform")) {
    return { ...made, ...readStatedPlatform(read, { kind: "unset" }, { docker: tool === "docker", lastWins: false }), tool: label };
  }
  const several = made.platforms.kind === "known" && made.platforms.platforms.length > 1;
  const hostOnly = (tool === "nerdctl" || tool === "finch") && readSwitch(read, "all-platforms") === "off";
  return several && hostOnly ? { ...made, ...describe(NOT_STATED, ""), tool: label } : made;
}

function push(tool: ContainerTool, rest: readonly Field[], call: ToolCall): void {
  const { ledger, store } = call;
  const read = readArguments(rest, TRANSFER_OPTIONS);
  const [source, destination] = read.operands;
  const most = tool === "podman" || tool === "buildah" ? 2 : 1;
  if (source === undefined) {
    return;
  }
  if (read.operands.length > most || readSwitch(read, "all-tags") !== "off") {
    ledger.push(undefined, { ...describe(unknown("an argument that is not known may hold options"), ""), tool: `${tool} push` });
    return;
  }
  const made = ledger.hasList(store, source.text) && most === 2
    ? listAsImage(tool, source.text, call)
    : ledger.findLocal(store, source.text, `${tool} push`);
  const target = registryReference((destination ?? source).text);
  if (target !== undefined) {
    ledger.push(target, pushed(tool, read, made));
  }
}

// Manifest lists -------------------------------------------------------------------------------------------------

function listAsImage(tool: ContainerTool, list: string, call: ToolCall): Made {
  const platforms = call.ledger.listPlatforms(call.store, list);
  const stated = platforms.kind === "known" ? "the platforms of its parts" : "";
  return { ...describe(platforms, stated), tool: `${tool} manifest` };
}

/** docker looks for the parts of a list in the registry, podman and buildah in the local store first. */
function partPlatforms(tool: ContainerTool, part: string, call: ToolCall): PlatformReading {
  const label = `${tool} manifest`;
  const made = tool === "podman" || tool === "buildah"
    ? call.ledger.findAnywhere(call.store, registryReference(part) ?? part, label)
    : call.ledger.findPushed(part, label);
  return made.platforms;
}

function manifestCreate(tool: ContainerTool, rest: readonly Field[], call: ToolCall): void {
  const { ledger, store } = call;
  const read = readArguments(rest, { ...TRANSFER_OPTIONS, letters: { a: "amend" } });
  const [list, ...parts] = read.operands;
  if (list === undefined) {
    return;
  }
  const isNew = readSwitch(read, "amend") === "off";
  if (isNew) {
    ledger.clearList(store, list.text);
  } else if (parts.length < 2 && !ledger.hasList(store, list.text)) {
    // Whoever adds one part to a list has parts from before; whoever names several names the whole list.
    ledger.addToList(store, list.text, "", unknown("its parts are not all known"));
  }
  for (const part of parts) {
    const hidden = part.loose;
    ledger.addToList(store, list.text, part.text, hidden ? unknown("its parts are not all known") : partPlatforms(tool, part.text, call));
  }
}

function manifestAdd(tool: ContainerTool, rest: readonly Field[], call: ToolCall): void {
  const read = readArguments(rest, { ...TRANSFER_OPTIONS, letters: {} });
  const [list, ...parts] = read.operands;
  const restated = ["arch", "os", "variant"].some((name) => read.options.has(name)) || readSwitch(read, "all") !== "off";
  if (list === undefined) {
    return;
  }
  if (!call.ledger.hasList(call.store, list.text)) {
    call.ledger.addToList(call.store, list.text, "", unknown("its parts are not all known"));
  }
  for (const part of parts) {
    const platforms = restated ? unknown("its parts are not all known") : partPlatforms(tool, part.text, call);
    call.ledger.addToList(call.store, list.text, part.text, platforms);
  }
}

/** `--arch` and `--os` of `manifest annotate` say what the list announces; they are counted on where nothing contradicts. */
function manifestAnnotate(rest: readonly Field[], call: ToolCall): void {
  const read = readArguments(rest, { ...TRANSFER_OPTIONS, letters: {} });
  const [list, part] = read.operands;
  const architecture = read.options.get("arch")?.at(-1);
  const os = read.options.get("os")?.at(-1);
  if (list === undefined || part === undefined || (architecture === undefined && os === undefined && !read.options.has("variant"))) {
    return;
  }
  const before = call.ledger.partOfList(call.store, list.text, part.text);
  const old = before?.kind === "known" && before.platforms.length === 1 ? before.platforms[0] : undefined;
  const variant = read.options.get("variant")?.at(-1);
  const parts = [os ?? old?.os ?? "", architecture ?? old?.architecture ?? "", ...(variant === undefined ? [] : [variant])];
  const now = parts.every((text) => text !== "" && isKnown(text)) ? parsePlatform(parts.join("/")) : undefined;
  const contradicts = old !== undefined && now !== undefined && (old.os !== now.os || old.architecture !== now.architecture);
  const platforms: PlatformReading = now === undefined || contradicts ? unknown("its parts are not all known") : { kind: "known", platforms: [now] };
  call.ledger.addToList(call.store, list.text, part.text, platforms);
}

function manifestPush(tool: ContainerTool, rest: readonly Field[], call: ToolCall): void {
  const [list, destination] = readArguments(rest, { ...TRANSFER_OPTIONS, letters: { p: "purge" } }).operands;
  const target = list === undefined ? undefined : registryReference((destination ?? list).text);
  if (list !== undefined && target !== undefined) {
    call.ledger.push(target, listAsImage(tool, list.text, call));
  }
}

function imagetoolsCreate(tool: ContainerTool, rest: readonly Field[], call: ToolCall): void {
  const read = readArguments(rest, IMAGETOOLS_OPTIONS);
  if (readSwitch(read, "dry-run") === "on") {
    return;
  }
  const label = `${tool} buildx imagetools create`;
  const parts = read.operands.map((part) =>
    part.loose ? unknown("its parts are not all known") : call.ledger.findPushed(part.text, label).platforms,
  );
  const open = readSwitch(read, "append") !== "off" || read.options.has("file") || read.options.has("platform") || parts.length === 0;
  const platforms = open ? unknown("its parts are not all known") : unite(parts);
  for (const target of references(read, "tag")) {
    call.ledger.push(target, { ...describe(platforms, "the platforms of its parts"), tool: label });
  }
}

// Containers -----------------------------------------------------------------------------------------------------

/**
 * A container may build and push as well, with the daemon's socket or without one (kaniko). Harmless are those that
 * set up emulators, and an image that this very command built, as a test run of it, away from the socket.
 */
function run(tool: ContainerTool, rest: readonly Field[], call: ToolCall): void {
  const [image] = readArguments(rest, RUN_OPTIONS).operands;
  const reachesDaemon = rest.some(({ text }) => text.includes("docker.sock") || text.includes("podman.sock") || text.includes("DOCKER_HOST"));
  const isKnownImage = image !== undefined && isKnown(image.text);
  const isEmulator = isKnownImage && EMULATOR_IMAGES.test(image.text);
  const isOwn = isKnownImage && call.ledger.findLocal(call.store, image.text, tool).build !== undefined;
  if (!isEmulator && (!isOwn || reachesDaemon)) {
    call.opaque("a container that may build or push images");
  }
}

function act(tool: ContainerTool, { name, rest }: Verb, call: ToolCall): void {
  switch (name) {
    case "build":
    case "buildx-build":
      build(tool, name, rest, call);
      return;
    case "pull":
      pull(tool, rest, call);
      return;
    case "tag":
      tag(tool, rest, call);
      return;
    case "push":
      push(tool, rest, call);
      return;
    case "load":
    case "import":
    case "commit":
      call.ledger.forgetLocal();
      return;
    case "manifest-create":
      manifestCreate(tool, rest, call);
      return;
    case "manifest-add":
      manifestAdd(tool, rest, call);
      return;
    case "manifest-annotate":
      (tool === "docker" ? manifestAnnotate : manifestDrop)(rest, call);
      return;
    case "manifest-push":
      manifestPush(tool, rest, call);
      return;
    case "manifest-drop":
      manifestDrop(rest, call);
      return;
    case "manifest-clear":
      rest.forEach((list) => call.ledger.clearList(call.store, list.text));
      return;
    case "imagetools-create":
      imagetoolsCreate(tool, rest, call);
      return;
    case "run":
    case "create":
      run(tool, rest, call);
      return;
    case "compose-ps":
    case "compose-logs":
    case "compose-config":
    case "compose-version":
    case "compose-down":
    case "compose-stop":
      return;
    default:
      if (!HARMLESS_VERBS.has(name)) {
        call.opaque("a program that may build or push images by itself");
      }
  }
}

/** A list that lost a part, or had one described anew, is not followed any further. */
function manifestDrop(rest: readonly Field[], call: ToolCall): void {
  const [list] = readArguments(rest, TRANSFER_OPTIONS).operands;
  if (list !== undefined) {
    call.ledger.addToList(call.store, list.text, "", unknown("its parts are not all known"));
  }
}

/** Reads one call of a container tool, given the words after the tool's name. */
export function runContainerTool(tool: ContainerTool, rest: readonly Field[], call: ToolCall): void {
  const read = readArguments(rest, GLOBAL_OPTIONS);
  const verb = readVerb(read.operands);
  if (verb === undefined) {
    if (read.operands.length > 0) {
      call.opaque("a program whose name is not known before it runs");
    }
    return;
  }
  const chosen = STORE_OPTIONS.map((name) => read.options.get(name)?.at(-1) ?? "").join("|");
  act(tool, verb, { ...call, store: `${call.store}|${chosen}` });
}
