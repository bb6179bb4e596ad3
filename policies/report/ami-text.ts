/** Messages about AMIs and the instance types that they are launched with. */

import type { Ec2Architecture } from "../platform/ec2";
import type { AmiOnInstanceType } from "../stack/finding";
import type { Source, Subject } from "../stack/model";
import { counterpartParameter, counterpartType } from "./counterparts";
import { note } from "./sides";
import { describe, fixes, listed, rows, stated } from "./words";

/** The property that a text such as `overrides[0].instanceType: "m7g.large" (…)` or `imageId, AMI `golden`` is about. */
function propertyOf(text: string): string {
  return text.replace(/[^\w.[\]].*$/s, "");
}

/** `use …` with the line to type, or with the property that the value goes to where it is not known which. */
function use(what: string, property: string, at: Subject, value: string | undefined): string {
  return value === undefined ? `use ${what}: ${property} of ${describe(at)}` : `use ${what}, in ${describe(at)}: ${property}: ${value}`;
}

/** The same public AMI for another architecture, where the AMI is one that has such a twin. */
function twinOf({ ami }: AmiOnInstanceType, wanted: Ec2Architecture): string | undefined {
  const path = /"resolve:ssm:([^"]{1,400})"/.exec(ami.source.text)?.[1];
  const twin = path === undefined ? undefined : counterpartParameter(path, wanted);
  return twin === undefined ? undefined : `"resolve:ssm:${twin}"`;
}

function amiFix(finding: AmiOnInstanceType): string[] {
  const { ami, amiAt, typeArchitectures: all } = finding;
  // What runs 32 bits runs 64 too, apart from a declared type that is said to run nothing else.
  const [wanted = "i386", ...others] = all.filter((architecture) => architecture !== "i386");
  if (ami.os === "windows" && wanted !== "x86_64") {
    return [];
  }
  const value = others.length === 0 ? twinOf(finding, wanted) : undefined;
  return [use(`an AMI for ${[wanted, ...others].join(" or ")}`, propertyOf(ami.source.text), amiAt, value)];
}

/** Source: EC2 API, InstanceRequirements, cpuManufacturers. */
const MANUFACTURERS: Partial<Record<Ec2Architecture, string>> = { x86_64: '"intel", "amd"', arm64: '"amazon-web-services"' };

const TYPES: Partial<Record<Ec2Architecture, string>> = { x86_64: "x86 types", arm64: "Graviton types" };

/** More places than these are counted. */
const MAX_PLACES = 3;

/** `instanceType: "c7i.large"`, in place of the type that the source states; undefined where none is known. */
function typeLine({ text }: Source, architecture: Ec2Architecture): string | undefined {
  const type = counterpartType(/: "([^"]{1,60})"/.exec(text)?.[1] ?? "", architecture);
  return type === undefined ? undefined : `${propertyOf(text)}: "${type}"`;
}

function typeFix({ ami: { architecture }, types, typeSources, typesAt }: AmiOnInstanceType): string {
  const what = TYPES[architecture] ?? `types that boot ${architecture}`;
  const [source] = typeSources;
  if (types === "") {
    const manufacturers = MANUFACTURERS[architecture];
    return use(what, propertyOf(source.text), typesAt, manufacturers === undefined ? undefined : `{ cpuManufacturers: [${manufacturers}] }`);
  }
  const lines = typeSources.map((each) => typeLine(each, architecture));
  const areKnown = lines.every((line) => line !== undefined);
  const places = listed(areKnown ? lines : typeSources.map(({ text }) => propertyOf(text)), MAX_PLACES);
  return areKnown ? `use ${what}, in ${describe(typesAt)}: ${places}` : `use ${what}: ${places} of ${describe(typesAt)}`;
}

/** Where the pack was told what it could not see, that may be the mistake. */
function optionFix({ ami, typeSources, certainty }: AmiOnInstanceType): string[] {
  if (certainty === "suspected") {
    return ["say what the AMI is, if it is another one: amis of cpu-architecture-settings"];
  }
  const declared = [...(ami.source.how === "declared" ? ["amis"] : []), ...(typeSources.some(({ how }) => how === "declared") ? ["instanceTypes"] : [])];
  return declared.length === 0 ? [] : [`correct ${listed(declared)} of cpu-architecture-settings, if wrong there`];
}

export function amiOnInstanceType(finding: AmiOnInstanceType): string[] {
  const { ami, amiAt, typesAt, types, usedBy, typeSources } = finding;
  const isSuspected = finding.certainty === "suspected";
  const architectures = listed(finding.typeArchitectures);
  const what = types === "" ? "any instance here" : listed(types.split(", "), 5);
  return [
    `EC2 ${isSuspected ? "may refuse" : "refuses"} to start ${what}: the AMI is for ${ami.architecture}, ${types === "" ? "the types that may be chosen are" : types.includes(",") ? "the instance types are" : "the instance type is"} ${architectures}.`,
    ...rows([
      ["AMI", ami.architecture, `${describe(amiAt)}, ${stated(ami.source)}`],
      ["instance type", architectures, `${describe(typesAt)}, ${listed(typeSources.map(stated), MAX_PLACES)}`],
    ]),
    ...(usedBy.length > 0 ? [`Used by ${listed(usedBy.map(describe))}.`] : []),
    ...note(finding),
    ...fixes([...amiFix(finding), typeFix(finding), ...optionFix(finding)]),
  ];
}
