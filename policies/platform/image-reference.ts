/**
 * Container image references, as Docker and ECS read them: `[registry/]repository[:tag][@digest]`.
 * Sources: OCI distribution-spec ("Pulling manifests"), distribution/reference (the normalisation of short names).
 */

export interface ImageReference {
  /** Registry and repository in full, lower case: `docker.io/library/nginx`. */
  readonly repository: string;
  /** Missing only if the reference has a digest and no tag; otherwise `latest` is filled in. */
  readonly tag?: string;
  /** `sha256:...` */
  readonly digest?: string;
}

/** Longer text is no reference: a repository name has at most 255 characters, a tag 128, a digest 135. */
const MAX_LENGTH = 600;

const REPOSITORY = /^[a-z0-9][a-z0-9._:/-]*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const DIGEST = /^[a-z0-9+._-]+:[0-9a-f]{32,128}$/;

function split(text: string, at: number): [string, string | undefined] {
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** Docker Hub's own registry names. */
const DOCKER_HUB = new Set(["docker.io", "index.docker.io"]);

/** Docker Hub's short names in full; a first part with a dot or a port, or `localhost`, is a registry. */
function fullRepository(name: string): string {
  const [first, rest] = split(name, name.indexOf("/"));
  const isRegistry = rest !== undefined && (first.includes(".") || first.includes(":") || first === "localhost");
  if (isRegistry && !DOCKER_HUB.has(first)) {
    return name;
  }
  const path = isRegistry ? rest : name;
  return path.includes("/") ? `docker.io/${path}` : `docker.io/library/${path}`;
}

/** @returns the parts of the reference, or undefined for text that is none */
export function parseImageReference(text: string): ImageReference | undefined {
  if (text.length > MAX_LENGTH) {
    return undefined;
  }
  const [named, digest] = split(text.trim(), text.trim().indexOf("@"));
  const colon = named.lastIndexOf(":");
  const [name, tag] = split(named, colon > named.lastIndexOf("/") ? colon : -1);
  const repository = name.toLowerCase();
  if (!REPOSITORY.test(repository) || (tag !== undefined && !TAG.test(tag)) || (digest !== undefined && !DIGEST.test(digest))) {
    return undefined;
  }
  const stated = tag ?? (digest === undefined ? "latest" : undefined);
  return {
    repository: fullRepository(repository),
    ...(stated === undefined ? {} : { tag: stated }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The key under which two references name the same tag, or undefined where the reference has no tag. */
export function tagKey(reference: ImageReference): string | undefined {
  return reference.tag === undefined ? undefined : `${reference.repository}:${reference.tag}`;
}

/** The ways in which people write the reference: in full, and without the parts that Docker fills in for Docker Hub. */
export function spellingsOf({ repository, tag, digest }: ImageReference): readonly string[] {
  const end = `${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
  const short = repository.replace(/^docker\.io\/(library\/)?/, "");
  return [...new Set([repository, short, repository.replace(/^docker\.io\//, "")])].map((name) => name + end);
}
