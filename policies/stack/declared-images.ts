/** Images that the stack does not build, as far as the user declared what they are built for. */

import { parseImageReference } from "../platform/image-reference";
import type { Platform } from "../platform/platform";
import { PatternIndex } from "../platform/wildcard";
import type { Declared, DeclaredProject } from "./declarations";
import { ABSENT, known, valueOf, type Fact } from "./fact";
import { groupBy } from "./group-by";
import type { Image, ImageBuilder, Source, Subject } from "./model";
import type { Stack } from "./stack";

function imageOf(reference: string, subject: Subject, platforms: Fact<readonly Platform[]>, source: Source, statedBy: Image["statedBy"]): Image {
  const target = parseImageReference(reference);
  return {
    is: "image",
    subject,
    scope: "",
    platforms,
    source,
    statedBy,
    targets: target === undefined ? [] : [target],
    moreTargets: false,
    targetsFrom: [],
    digest: ABSENT,
    pushed: known(true),
  };
}

/** The projects of the stack by the place of the entry that is about them. */
function projectsByPlace(stack: Stack): ReadonlyMap<string, readonly ImageBuilder[]> {
  const entries = new PatternIndex(stack.declarations.entries.filter(({ option }) => option === "codeBuildProjects"), ({ pattern }) => pattern);
  const pairs = stack.all("image builder").flatMap((builder) => {
    const { subject, name } = builder;
    return entries.matching([subject.name, valueOf(name) ?? subject.name]).map(({ place }) => ({ place, builder }));
  });
  return new Map([...groupBy(pairs, ({ place }) => place)].map(([place, group]) => [place, group.map(({ builder }) => builder)]));
}

/** The projects of the stack that an entry is about. */
export function projectsDeclared(stack: Stack, { place }: Declared<DeclaredProject>): readonly ImageBuilder[] {
  return stack.memo(projectsByPlace).get(place) ?? [];
}

/** Builds of CodeBuild projects that are declared to push the image. */
function builtByProjects(stack: Stack, reference: string): Image[] {
  return stack.declarations.projectsPushing(reference).flatMap((declared) =>
    projectsDeclared(stack, declared).map(({ subject, platforms, source }) => {
      const own = declared.value.platforms;
      return own === undefined
        ? imageOf(reference, subject, platforms, source, "--platform")
        : imageOf(reference, subject, known(own), { how: "declared", text: "what it pushes" }, "declaration");
    }),
  );
}

function imagesByReference(): Map<string, readonly Image[]> {
  return new Map();
}

function findImages(stack: Stack, reference: string): readonly Image[] {
  const built = builtByProjects(stack, reference);
  const declared = stack.declarations.image(reference);
  if (built.length > 0 || declared === undefined) {
    return built;
  }
  const subject: Subject = { urn: `image ${reference}`, kind: "image", name: reference };
  return [imageOf(reference, subject, known(declared.value), { how: "declared", text: "built elsewhere" }, "declaration")];
}

/** The images that a reference is declared to name: the same ones for the same reference. */
export function declaredImages(stack: Stack, reference: string): readonly Image[] {
  const found = stack.memo(imagesByReference);
  const images = found.get(reference) ?? findImages(stack, reference);
  found.set(reference, images);
  return images;
}
