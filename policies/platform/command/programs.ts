/**
 * Programs that leave container images alone. Whatever is in no list may build or push one: the lists err on the
 * side of leaving a program out.
 */

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/).filter((word) => word !== ""));
}

/** Harmless with any arguments. */
const HARMLESS = words(`: [ amazon-linux-extras apk apt apt-get arch base64 basename bzip2 cat cd chgrp chmod chown clear cmp column
  comm cp curl cut date dd df diff dirname dnf docker-credential-ecr-login dockerd dockerd-entrypoint.sh du echo egrep envsubst
  false fgrep file fold free gpg grep groups gunzip gzip hadolint head hostname id install jq kill less let ln locale ls md5 md5sum
  mkdir mkfifo mktemp more mv nl nproc od openssl paste pgrep pidof ping popd printenv printf ps pushd pwd readlink realpath
  rev rm rmdir rsync scp sed seq service set sha1sum sha256sum shasum shift shopt sleep sort split ssh-keygen ssh-keyscan stat
  strings sum sync syft systemctl tac tail tar tee test touch tr tree trivy true truncate tty type ulimit umask uname uniq
  unzip update-binfmts uptime usermod wait wc wget which who whoami xxd xz yes yq yum zcat zip`);

/** Programs of which only some verbs are harmless. */
const HARMLESS_VERBS: Readonly<Record<string, ReadonlySet<string>>> = {
  az: words("login account"),
  brew: words("install update upgrade"),
  cargo: words("build test check fmt clippy fetch"),
  cosign: words("sign verify attest verify-attestation version login generate-key-pair"),
  dotnet: words("restore test --version"),
  gcloud: words("auth config"),
  git: words(`add branch checkout clean clone commit config describe diff fetch init log ls-files ls-remote merge pull push remote
    reset rev-list rev-parse show stash status submodule switch symbolic-ref tag worktree lfs --version`),
  go: words("build test vet mod version env fmt install list"),
  grype: words("db version"),
  mvn: words("--version -v"),
  npm: words("ci install i --version version config"),
  pip: words("install download freeze list --version"),
  pip3: words("install download freeze list --version"),
  pnpm: words("install i --version"),
  snyk: words("auth test monitor container"),
  yarn: words("install --version"),
};

/** Services of the AWS CLI of which every call leaves images alone. */
const HARMLESS_AWS_SERVICES = words(`acm apigateway cloudfront cloudwatch configure dynamodb elbv2 iam kms logs rds route53 s3
  secretsmanager sns sqs sts`);
const HARMLESS_AWS_CALL = new RegExp(`^(${[
  "get", "describe", "list", "batch-get", "batch-check", "create-repository", "set-repository-policy", "put-lifecycle-policy",
  "put-image-scanning", "put-image-tag-mutability", "batch-delete", "delete", "tag-resource", "start-image-scan",
  "update-service", "register-task-definition", "deregister", "wait", "put-parameter", "help",
].join("|")})`);

/** Options of the AWS CLI itself that take a value and may come before the service. */
const AWS_OPTIONS = words(`--region --profile --output --query --endpoint-url --color --ca-bundle --cli-read-timeout
  --cli-connect-timeout --cli-binary-format`);

function isHarmlessAws(rest: readonly string[]): boolean {
  let at = 0;
  for (let word = rest[at]; word?.startsWith("-") === true; word = rest[at]) {
    at += AWS_OPTIONS.has(word) ? 2 : 1;
  }
  const service = rest[at];
  const call = rest[at + 1];
  return service === undefined || HARMLESS_AWS_SERVICES.has(service) || (call !== undefined && HARMLESS_AWS_CALL.test(call));
}

/** Programs that run what their arguments say, harmless without those. */
function runsArguments(name: string, rest: readonly string[]): boolean | undefined {
  switch (name) {
    case "find":
      return rest.some((word) => /^-(exec|ok)/.test(word));
    case "awk":
    case "gawk":
      return rest.some((word) => word.includes("system") || word.includes("|"));
    case "env":
      return rest.some((word) => !word.startsWith("-") && !word.includes("="));
    default:
      return undefined;
  }
}

/** True if the program, called with these arguments, is known to leave images alone. */
export function isHarmless(name: string, rest: readonly string[]): boolean {
  if (HARMLESS.has(name)) {
    return true;
  }
  if (name === "aws") {
    return isHarmlessAws(rest);
  }
  const runs = runsArguments(name, rest);
  if (runs !== undefined) {
    return !runs;
  }
  const verbs = Object.hasOwn(HARMLESS_VERBS, name) ? HARMLESS_VERBS[name] : undefined;
  const verb = rest.find((word) => !word.startsWith("-")) ?? rest[0] ?? "";
  return verbs?.has(verb) ?? false;
}

/** Programs asked for their answer: what stands behind `&&` may well not run. */
const QUESTIONS = words("[ cmp command diff egrep false fgrep grep hash pgrep pidof test type which");
const ASKABLE = words("aws crane docker env finch git nerdctl podman skopeo sudo timeout");
const QUESTION_VERBS = words("inspect diff describe-images describe-repositories batch-get-image info version");

/** True if the program is one that people run for its exit code. */
export function isQuestion(name: string, rest: readonly string[]): boolean {
  const first = rest.slice(0, 4);
  // `docker buildx inspect --bootstrap` starts a builder.
  return QUESTIONS.has(name) || (ASKABLE.has(name) && !first.includes("buildx") && first.some((word) => QUESTION_VERBS.has(word)));
}

/** Programs and shells that a word may name by a path. A relative path is a script of the project, whatever its name. */
export function programName(word: string): string | undefined {
  const slash = word.lastIndexOf("/");
  const bare = slash < 0 ? word : word.startsWith("/") ? word.slice(slash + 1) : undefined;
  return bare?.replace(/\.exe$/, "");
}
