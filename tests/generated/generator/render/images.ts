/** Repositories, builders, and what containers make of them. */

import { imageDigest, splitReference, type Values } from "../../../support/values";
import { ACCOUNT, builderOf, codeBuildArch, hasDigestOutput, hasReferenceOutput, REGISTRY, repositoryOf, tagOf } from "../names";
import { pick, type App, type Builder, type Repository, type Use } from "../world";
import { applied, text, type Input, type Inputs, type Output } from "../../../support/outputs";
import { alsoFrom, type Made, type Program } from "./program";

/** A repository with its URL, which is text where the stack does not make it. */
interface RenderedRepository {
  readonly made: Made | undefined;
  readonly url: Input;
}

/** A builder with what a program can take from it. */
interface RenderedBuilder {
  readonly made: Made;
  /** `repository:tag` */
  readonly reference: Input;
  readonly output: Input;
  readonly digest: Input;
}

export interface RenderedImages {
  readonly app: App;
  readonly repositories: readonly RenderedRepository[];
  readonly builders: readonly RenderedBuilder[];
}

const RUNNER = { type: "NO_ARTIFACTS" };

export function renderRepositories(program: Program, app: App): RenderedRepository[] {
  return app.repositories.map((repository) => renderRepository(program, repository));
}

function renderRepository(program: Program, { name, kind, exists }: Repository): RenderedRepository {
  switch (kind) {
    case "literal":
      return { made: undefined, url: `${REGISTRY}/${name}` };
    case "ecr": {
      const made = program.add("aws:ecr/repository:Repository", name, { name, forceDelete: true }, { exists });
      return { made, url: made.get("repositoryUrl") };
    }
    case "ecr-public": {
      const made = program.add("aws:ecrpublic/repository:Repository", name, { repositoryName: name }, { exists });
      return { made, url: made.get("repositoryUri") };
    }
    case "ecr-native": {
      const made = program.add("aws-native:ecr:Repository", name, { repositoryName: name }, { exists });
      return { made, url: made.get("repositoryUri") };
    }
  }
}

/** Commands that build for the builder's platforms and push. */
function commandsOf(builder: Builder, reference: Input, isBuiltByDefault: boolean): Output {
  const platforms = builder.platforms.map((platform) => platform.text);
  if (platforms.length > 1) {
    return text`docker buildx build --platform ${platforms.join(",")} -t ${reference} --push .`;
  }
  const stated = platforms.length === 0 || isBuiltByDefault ? "" : `--platform ${platforms[0] ?? ""} `;
  return text`docker build ${stated}-t ${reference} . && docker push ${reference}`;
}

/** What the provider of docker-build is given. */
function buildInputs(builder: Builder): Inputs {
  return { platforms: builder.platforms.map((platform) => platform.text), push: true, context: { location: "." } };
}

function withoutTag(reference: Input): Output {
  return applied([reference], ([known]) => {
    const text = typeof known === "string" ? known : "";
    return `${splitReference(text).repository}@${text.split("@")[1] ?? ""}`;
  });
}

function renderDocker(program: Program, builder: Builder, reference: Input): RenderedBuilder {
  const [platform] = builder.platforms;
  const build: Input = builder.kind === "docker" ? { context: ".", dockerfile: "Dockerfile", platform: platform?.text } : "./app";
  const made = program.add("docker:index/image:Image", builder.name, { imageName: reference, build });
  return { made, reference, output: made.get("imageName"), digest: made.get("repoDigest") };
}

function renderDocker3(program: Program, builder: Builder, reference: Input): RenderedBuilder {
  const [platform] = builder.platforms;
  const stated: Inputs = builder.tag === "1" ? { extraOptions: ["--platform", platform?.text] } : { env: { DOCKER_DEFAULT_PLATFORM: platform?.text } };
  const inputs = { imageName: reference, build: { context: "./app", ...(platform === undefined ? {} : stated) } };
  const made = program.addLocalComponent("docker:image:Image", builder.name, inputs, { baseImageName: reference, imageName: reference });
  return { made, reference, output: made.get("imageName"), digest: reference };
}

/** The reference of an image that is not pushed is its tag (docs of docker-build, Image.ref). */
function withPlainRef(outputs: Values): Values {
  return typeof outputs.ref === "string" ? { ...outputs, ref: outputs.ref.split("@")[0] ?? "" } : outputs;
}

function renderDockerBuild(program: Program, builder: Builder, reference: Input, url: Input): RenderedBuilder {
  const place: Inputs = builder.kind === "docker-build, exports" ? { push: undefined, exports: [{ registry: { names: [reference] } }] } : { tags: [reference] };
  const late = builder.kind === "docker-build, late" ? { buildOnPreview: false } : {};
  const local = builder.kind === "docker-build, local" ? { push: false } : {};
  const inputs = { ...buildInputs(builder), ...place, ...late, ...local };
  const made = program.add("docker-build:index:Image", builder.name, inputs, builder.kind === "docker-build, local" ? { corrected: withPlainRef } : {});
  return { made, reference, output: made.get("ref"), digest: text`${url}@${made.get("digest")}` };
}

/** The build is registered by the provider, once the repository's URL is known. */
function renderAwsx(program: Program, builder: Builder, reference: Input, repository: RenderedRepository): RenderedBuilder {
  const imageUri: Output = { from: [], at: (progress) => withoutTag(build.get("ref")).at(progress) };
  const component = program.addComponent("awsx:ecr:Image", builder.name, { imageUri });
  const inputs = { ...buildInputs(builder), tags: [reference] };
  const build: Made = program.add("docker-build:index:Image", tagOf(builder), inputs, { parent: component, onlyOnceKnown: reference });
  const made = [component, build, ...(repository.made === undefined ? [] : [repository.made])];
  const output = alsoFrom(imageUri, made);
  return { made: component, reference, output, digest: output };
}

function renderIndex(program: Program, builder: Builder, reference: Input, url: Input): RenderedBuilder {
  const parts = builder.platforms.length === 0 ? [[]] : builder.platforms.map((platform) => [platform]);
  const refs = parts.map((platforms, index) => {
    const part: Builder = { ...builder, platforms };
    return program.add("docker-build:index:Image", `${builder.name}-part${String(index + 1)}`, { ...buildInputs(part), tags: [text`${url}:${builder.tag}-part${String(index + 1)}`] }).get("ref");
  });
  const made = program.add("docker-build:index:Index", builder.name, { tag: reference, sources: refs, push: true });
  return { made, reference, output: made.get("ref"), digest: made.get("ref") };
}

/** Two images that are pushed under one name have two digests. */
function addRegistryImage(program: Program, { name }: Builder, inputs: Inputs): Made {
  return program.add("docker:index/registryImage:RegistryImage", name, inputs, {
    corrected: (outputs, isPreview) => (isPreview ? outputs : { ...outputs, sha256Digest: imageDigest(name) }),
  });
}

function renderRegistryImage(program: Program, builder: Builder, reference: Input, url: Input): RenderedBuilder {
  const build = { context: "./app", platform: builder.platforms[0]?.text };
  const made = addRegistryImage(program, builder, { name: reference, build });
  return { made, reference, output: made.get("name"), digest: text`${url}@${made.get("sha256Digest")}` };
}

function renderPulled(program: Program, builder: Builder, reference: Input, url: Input): RenderedBuilder {
  const pulled = program.add("docker:index/remoteImage:RemoteImage", `${builder.name}-pulled`, { name: `vendor/${builder.name}:1`, platform: builder.platforms[0]?.text });
  const tag = program.add("docker:index/tag:Tag", `${builder.name}-tag`, { sourceImage: pulled.get("name"), targetImage: reference });
  const made = addRegistryImage(program, builder, { name: tag.get("targetImage") });
  return { made, reference, output: made.get("name"), digest: text`${url}@${made.get("sha256Digest")}` };
}

function renderCodeBuild(program: Program, builder: Builder, reference: Input): RenderedBuilder {
  const type = codeBuildArch(builder) === "amd64" ? "LINUX_CONTAINER" : "ARM_CONTAINER";
  const buildspec = text`version: 0.2\nphases:\n  build:\n    commands:\n      - ${commandsOf(builder, reference, builder.platforms.length === 0)}\n`;
  const made = program.add("aws:codebuild/project:Project", builder.name, {
    serviceRole: `arn:aws:iam::${ACCOUNT}:role/builder`,
    artifacts: RUNNER,
    environment: { type, computeType: "BUILD_GENERAL1_SMALL", image: "aws/codebuild/standard:7.0", privilegedMode: true },
    source: { type: "NO_SOURCE", buildspec },
  });
  return { made, reference, output: reference, digest: reference };
}

function renderBuilder(program: Program, app: App, repositories: readonly RenderedRepository[], builder: Builder): RenderedBuilder {
  const repository = repositories[app.repositories.indexOf(repositoryOf(app, builder))];
  if (repository === undefined) {
    throw new Error("every builder has a repository");
  }
  const { url } = repository;
  const reference = text`${url}:${tagOf(builder)}`;
  switch (builder.kind) {
    case "docker":
    case "docker, build as text":
      return renderDocker(program, builder, reference);
    case "docker 3":
      return renderDocker3(program, builder, reference);
    case "docker-build":
    case "docker-build, exports":
    case "docker-build, late":
    case "docker-build, local":
      return renderDockerBuild(program, builder, reference, url);
    case "awsx":
      return renderAwsx(program, builder, reference, repository);
    case "index":
      return renderIndex(program, builder, reference, url);
    case "registry image":
      return renderRegistryImage(program, builder, reference, url);
    case "pulled, tagged, pushed":
      return renderPulled(program, builder, reference, url);
    case "command":
    case "remote command": {
      const type = builder.kind === "command" ? "command:local:Command" : "command:remote:Command";
      const made = program.add(type, builder.name, { create: commandsOf(builder, reference, false) });
      return { made, reference, output: reference, digest: reference };
    }
    case "codebuild":
      return renderCodeBuild(program, builder, reference);
  }
}

export function renderBuilders(program: Program, app: App, repositories: readonly RenderedRepository[]): RenderedImages {
  return { app, repositories, builders: app.builders.map((builder) => renderBuilder(program, app, repositories, builder)) };
}

/** The image of a container, as the program writes it. */
export function imageOf({ app, repositories, builders }: RenderedImages, use: Use): Input {
  const builder = builderOf(app, use);
  if (use.how === "public" || builder === undefined) {
    return "public.ecr.aws/nginx/nginx:1.27";
  }
  const url = repositories[app.repositories.indexOf(repositoryOf(app, builder))]?.url;
  const rendered = pick(builders, app.builders.indexOf(builder));
  switch (use.how) {
    case "output":
      return hasReferenceOutput(builder) ? rendered?.output : text`${url}:${tagOf(builder)}`;
    case "digest":
      return hasDigestOutput(builder) ? rendered?.digest : text`${url}:${tagOf(builder)}`;
    case "tag":
      // Docker takes `latest` where no tag is written.
      return tagOf(builder) === "latest" ? url : text`${url}:${tagOf(builder)}`;
    case "other tag":
      return text`${url}:yesterday`;
    case "other digest":
      return text`${url}@${imageDigest("something else")}`;
    case "lookalike":
      return `${REGISTRY.replace(ACCOUNT, "999999999999")}/${repositoryOf(app, builder).name}:${tagOf(builder)}`;
  }
}

/** An image that nobody runs, pushed to a place that is made from a bucket's id. */
export function renderWanderer(program: Program, index: number): void {
  const bucket = program.add("aws:s3/bucket:Bucket", `w-bucket${index + 1}`, {});
  program.add("docker-build:index:Image", `w-image${index + 1}`, { platforms: ["linux/arm64"], push: true, context: { location: "." }, tags: [text`${bucket.get("id")}/app:1`] });
}
