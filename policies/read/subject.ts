/** How a resource is named in messages. */

import type { Subject } from "../stack/model";
import type { Resource } from "./resource";

interface UrnParts {
  readonly type: string;
  readonly name: string;
}

/**
 * Type and name out of a URN. Source: pulumi/pulumi, sdk/go/common/resource/urn
 * (`urn:pulumi:STACK::PROJECT::PARENT_TYPE$TYPE::NAME`; a name may contain `::`).
 */
export function partsOfUrn(urn: string): UrnParts {
  const [, , qualifiedType = "", ...name] = urn.split("::");
  return { type: qualifiedType.slice(qualifiedType.lastIndexOf("$") + 1), name: name.join("::") };
}

/** `awsx:ecr:Image` as users write it: `awsx ecr.Image`. */
function kindOfComponent(type: string): string {
  const [provider = "", ...rest] = type.split(":");
  return `${provider} ${rest.filter((part) => part !== "x" && part !== "index").join(".")}`;
}

/**
 * Components of these packages make resources that the user never wrote, so messages name the component. The
 * children of any other component are in the user's own program.
 */
const MAKERS = ["awsx:"];

function isMaker(type: string): boolean {
  return MAKERS.some((prefix) => type.startsWith(prefix));
}

/** The outermost component of a provider that the resource lies in, as long as nothing else lies between. */
function makerOf(resource: Resource): Subject["madeBy"] {
  let maker: UrnParts | undefined;
  for (const urn of resource.ancestors) {
    const parts = partsOfUrn(urn);
    if (!isMaker(parts.type)) {
      break;
    }
    maker = parts;
  }
  return maker && { kind: kindOfComponent(maker.type), name: maker.name };
}

/** The subject of a resource of some kind. */
export function subjectOf(resource: Resource, kind: string): Subject {
  const madeBy = makerOf(resource);
  const subject = { urn: resource.urn, kind, name: resource.name };
  return madeBy === undefined ? subject : { ...subject, madeBy };
}
