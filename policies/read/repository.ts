/** ECR repositories of `aws` (private and public) and `aws-native`. */

import type { Repository } from "../stack/model";
import { name, text } from "./raw";
import { input, output, type Resource } from "./resource";
import { subjectOf } from "./subject";

function repository(resource: Resource, url: string, nameProperty: string): Repository[] {
  return [
    {
      is: "repository",
      subject: subjectOf(resource, "ECR repository"),
      scope: resource.scope,
      url: text(output(resource, url)),
      name: name(input(resource, nameProperty)),
    },
  ];
}

/** `aws:ecr/repository:Repository` */
export function readRepository(resource: Resource): Repository[] {
  return repository(resource, "repositoryUrl", "name");
}

/** `aws:ecrpublic/repository:Repository` */
export function readPublicRepository(resource: Resource): Repository[] {
  return repository(resource, "repositoryUri", "repositoryName");
}

/** `aws-native:ecr:Repository` */
export function readNativeRepository(resource: Resource): Repository[] {
  return repository(resource, "repositoryUri", "repositoryName");
}
