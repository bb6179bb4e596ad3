/**
 * Tools that build for or copy between registries without a daemon: ko, crane and skopeo.
 * Sources: ko-build/ko docs/reference, google/go-containerregistry cmd/crane/doc, skopeo-copy(1).
 */
import { describe, type Made } from "./ledger";
import type { ToolCall } from "./image-tools";
import { isKnown, readArguments, readSwitch, type Arguments, type Field, type OptionTable } from "./options";
import { NOT_STATED, unknown } from "./reading";
import { readStatedPlatform } from "./stated-platform";

const KO_OPTIONS: OptionTable = {
  valued: new Set(["platform", "tags", "image-refs", "tarball", "oci-layout-path", "sbom", "sbom-dir", "jobs", "image-label",
    "image-annotation", "image-user", "filename", "selector", "ldflags"]),
  letters: { t: "tags", B: "bare", P: "preserve-import-paths", L: "local", j: "jobs", f: "filename", l: "selector", v: "verbose", R: "recursive" },
};

const KO_BUILDERS = new Set(["build", "publish", "apply", "create", "resolve", "run"]);
const KO_HARMLESS = new Set(["login", "version", "deps", "delete", "help", "completion"]);

/** With --bare the image's name is KO_DOCKER_REPO itself; otherwise it is made from the Go import path. */
function koReferences(read: Arguments, repository: string | undefined): readonly (string | undefined)[] {
  if (readSwitch(read, "bare") !== "on" || repository === undefined) {
    return [undefined];
  }
  const tags = (read.options.get("tags") ?? ["latest"]).flatMap((text) => text.split(","));
  return tags.map((tag) => `${repository}:${tag}`);
}

/** Reads `ko build` and its relatives. Without --platform ko takes the platform from its own settings. */
export function runKo(words: readonly Field[], call: ToolCall): void {
  const read = readArguments(words, KO_OPTIONS);
  const verb = read.operands[0]?.text;
  if (verb === undefined || KO_HARMLESS.has(verb)) {
    return;
  }
  if (!KO_BUILDERS.has(verb)) {
    call.opaque("a program that may build or push images by itself");
    return;
  }
  const hidden = read.operands.some((operand) => operand.loose);
  const own = describe(unknown("the tool picks the platform by itself"), "");
  const stated = !hidden && read.options.has("platform")
    ? readStatedPlatform(read, { kind: "unset" }, { docker: false, lastWins: false })
    : own;
  const made: Made = { ...stated, tool: `ko ${verb}`, build: call.ledger.nextBuild() };
  const repository = call.variable("KO_DOCKER_REPO");
  const stays = readSwitch(read, "local") === "on" || read.options.get("push")?.at(-1) === "false" || repository === "ko.local";
  for (const reference of koReferences(read, repository)) {
    if (stays) {
      call.ledger.addBuild(call.store, undefined, made);
    } else {
      call.ledger.push(reference, made);
    }
  }
}

const CRANE_OPTIONS: OptionTable = {
  valued: new Set(["platform", "jobs"]),
  letters: { j: "jobs", a: "all-tags", n: "no-clobber", v: "verbose" },
};

const CRANE_HARMLESS = new Set(["auth", "blob", "catalog", "config", "delete", "digest", "export", "help", "ls", "manifest", "pull",
  "registry", "validate", "version"]);

/** Reads crane: `copy` and `tag` carry over every platform unless --platform picks one. */
export function runCrane(words: readonly Field[], call: ToolCall): void {
  const read = readArguments(words, CRANE_OPTIONS);
  const [verb, source, target] = read.operands;
  if (verb === undefined || CRANE_HARMLESS.has(verb.text)) {
    return;
  }
  const isCopy = verb.text === "copy" || verb.text === "cp";
  if (!isCopy || source === undefined || target === undefined || read.operands.length > 3 || readSwitch(read, "all-tags") !== "off") {
    call.opaque("a program that may build or push images by itself");
    return;
  }
  if (read.options.has("platform")) {
    const stated = readStatedPlatform(read, { kind: "unset" }, { docker: false, lastWins: true });
    call.ledger.push(target.text, { ...stated, tool: "crane copy" });
    return;
  }
  call.ledger.push(target.text, call.ledger.findPushed(source.text, "crane copy"));
}

const SKOPEO_OPTIONS: OptionTable = {
  valued: new Set(["override-arch", "override-os", "override-variant", "multi-arch", "command-timeout", "policy", "registries.d",
    "tmpdir", "authfile", "src-authfile", "dest-authfile", "creds", "src-creds", "dest-creds", "src-cert-dir", "dest-cert-dir",
    "src-daemon-host", "dest-daemon-host", "src-shared-blob-dir", "dest-shared-blob-dir", "format", "retry-times", "additional-tag",
    "digestfile", "sign-by", "sign-passphrase-file", "src-registry-token", "dest-registry-token", "dest-compress-format",
    "dest-compress-level", "src-username", "src-password", "dest-username", "dest-password", "encryption-key", "decryption-key",
    "image-parallel-copies"]),
  letters: { a: "all", f: "format", q: "quiet" },
};

const SKOPEO_HARMLESS = new Set(["delete", "help", "inspect", "list-tags", "login", "logout", "manifest-digest",
  "standalone-sign", "standalone-verify"]);

function skopeoSource(read: Arguments, source: string): Made {
  const label = "skopeo copy";
  const architecture = read.options.get("override-arch")?.at(-1);
  const os = read.options.get("override-os")?.at(-1);
  const all = readSwitch(read, "all") !== "off" || read.options.has("multi-arch");
  if (!source.startsWith("docker://") || all || read.options.has("override-variant")) {
    return { ...describe(unknown("the image is made elsewhere"), ""), tool: label };
  }
  if (architecture === undefined && os === undefined) {
    return { ...describe(NOT_STATED, ""), tool: label };
  }
  // Without --override-os the machine's own system is meant, and a Mac's is not Linux.
  const platform = os === undefined || architecture === undefined ? [] : [`${os}/${architecture}`];
  const options = new Map([["platform", platform.length > 0 ? platform : [""]]]);
  return { ...readStatedPlatform({ options, operands: [] }, { kind: "unset" }, { docker: false, lastWins: true }), tool: label };
}

/** Reads `skopeo copy`; of an index it copies the machine's platform unless told otherwise. */
export function runSkopeo(words: readonly Field[], call: ToolCall): void {
  const read = readArguments(words, SKOPEO_OPTIONS);
  const [verb, source, target] = read.operands;
  if (verb === undefined || SKOPEO_HARMLESS.has(verb.text)) {
    return;
  }
  const isReadable = verb.text === "copy" && source !== undefined && target !== undefined && read.operands.length === 3;
  if (!isReadable || !isKnown(source.text.slice(0, 1)) || read.options.has("additional-tag")) {
    call.opaque("a program that may build or push images by itself");
    return;
  }
  if (target.text.startsWith("docker://")) {
    call.ledger.push(target.text.slice("docker://".length), skopeoSource(read, source.text));
  } else if (!/^(oci|oci-archive|dir|docker-archive):/.test(target.text)) {
    call.ledger.forgetLocal();
  }
}
