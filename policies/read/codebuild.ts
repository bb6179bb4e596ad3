/**
 * Images that CodeBuild projects push: those that an inline buildspec names.
 * Source: AWS CodeBuild user guide, build-spec-ref and build-env-ref-compute-types (environment types).
 */

import { codeBuildPlatform, readBuildspec } from "../platform/codebuild";
import { known, unknown } from "../stack/fact";
import type { Image, ImageBuilder, Source } from "../stack/model";
import { imagesPushed, namesRepository, opaqueImage, type PushedBy } from "./command";
import { block, field, list, name, text } from "./raw";
import { input, type Resource } from "./resource";
import { subjectOf } from "./subject";

/** The project's own variables in plain text; those from Parameter Store or Secrets Manager are not known. */
function variablesOf(environment: unknown): Record<string, string | undefined> {
  const items = list(field(environment, "environmentVariables"));
  const variables: Record<string, string | undefined> = {};
  for (const item of items.state === "known" ? items.value : []) {
    const key = name(field(item, "name"));
    const value = text(field(item, "value"));
    const type = name(field(item, "type"));
    const isPlain = type.state === "absent" || (type.state === "known" && type.value === "PLAINTEXT");
    if (key.state === "known") {
      variables[key.value] = isPlain && value.state === "known" ? value.value : undefined;
    }
  }
  return variables;
}

/** `aws:codebuild/project:Project`: what builds, and the images that its buildspec is known to push. */
export function readCodeBuildProject(resource: Resource): (Image | ImageBuilder)[] {
  const buildspec = text(field(block(input(resource, "source")), "buildspec"));
  const environment = block(input(resource, "environment"));
  const type = name(field(environment, "type"));
  const platform = type.state === "known" ? codeBuildPlatform(type.value) : undefined;
  const platforms = platform === undefined ? unknown("the environment type of its project is not known") : known([platform]);
  const source: Source = { how: "default", text: type.state === "known" ? `environment.type: "${type.value}", without --platform` : "environment.type" };
  const subject = subjectOf(resource, "CodeBuild project");
  const builder: ImageBuilder = { is: "image builder", subject, scope: resource.scope, name: name(input(resource, "name")), platforms, source };
  // The commands of Windows builds are PowerShell, which is not read.
  const isWindows = type.state === "known" && type.value.startsWith("WINDOWS_");
  const reading = buildspec.state === "known" && !isWindows ? readBuildspec(buildspec.value, variablesOf(environment)) : undefined;
  const by: PushedBy = { resource, subject, property: "source", otherwise: { platforms, source } };
  if (reading === undefined) {
    const isHidden = buildspec.state === "unknown" && namesRepository(resource, "source");
    return isHidden ? [builder, opaqueImage(by, "its buildspec is computed during the update")] : [builder];
  }
  return [builder, ...imagesPushed(reading, by)];
}
