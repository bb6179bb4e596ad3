/** Messages about AMIs and the instance types that they are launched with. */

import type { Ec2Architecture } from "../platform/ec2";
import type { AmiOnInstanceType } from "../stack/finding";
import { counterpartParameter, counterpartType } from "./counterparts";
import { note } from "./sides";
import { describe, fixes, listed, rows, stated } from "./words";

/** The property that a text such as `overrides[0].instanceType: "m7g.large" (…)` or `imageId, AMI `golden`` is about. */
function propertyOf(text: string): string {
  return /^[\w.[\]]{1,160}/.exec(text)?.[0] ?? "";
}

/** The line that names the same public AMI for another architecture, where the AMI is one that has such a twin. */
function amiLine({ ami }: AmiOnInstanceType, wanted: Ec2Architecture): string {
  const property = propertyOf(ami.source.text);
  const path = /"resolve:ssm:([^"]{1,400})"/.exec(ami.source.text)?.[1];
  const twin = path === undefined ? undefined : counterpartParameter(path, wanted);
  return twin === undefined ? property : `${property}: "resolve:ssm:${twin}"`;
}

function amiFix(finding: AmiOnInstanceType): string[] {
  const [wanted, ...others] = finding.typeArchitectures;
  if (wanted === undefined || (finding.ami.os === "windows" && wanted !== "x86_64")) {
    return [];
  }
  const architecture = others.length === 0 ? amiLine(finding, wanted) : propertyOf(finding.ami.source.text);
  return [`use an AMI for ${listed(finding.typeArchitectures)}, in ${describe(finding.amiAt)}: ${architecture}`];
}

/** Source: EC2 API, InstanceRequirements, cpuManufacturers. */
const MANUFACTURERS: Partial<Record<Ec2Architecture, string>> = { x86_64: '"intel", "amd"', arm64: '"amazon-web-services"' };

const TYPES: Partial<Record<Ec2Architecture, string>> = { x86_64: "x86 types", arm64: "Graviton types" };

function typeFix({ ami, types, typeSource, typesAt }: AmiOnInstanceType): string {
  const { architecture } = ami;
  const property = propertyOf(typeSource.text);
  const manufacturers = MANUFACTURERS[architecture];
  const [first = ""] = types.split(", ");
  const example = types === "" ? undefined : counterpartType(first, architecture);
  const value = types === "" ? (manufacturers === undefined ? "" : `: { cpuManufacturers: [${manufacturers}] }`) : example === undefined ? "" : `: "${example}"`;
  return `use ${TYPES[architecture] ?? `types that boot ${architecture}`}, in ${describe(typesAt)}: ${property}${value}`;
}

export function amiOnInstanceType(finding: AmiOnInstanceType): string[] {
  const { ami, amiAt, typesAt, template, types, usedBy, typeSource } = finding;
  const isSuspected = finding.certainty === "suspected";
  const through = template === undefined || template.subject.urn === amiAt.urn || template.subject.urn === typesAt.urn ? "" : `, through ${describe(template.subject)}`;
  const architectures = listed(finding.typeArchitectures);
  const what = types === "" ? "any instance here" : listed(types.split(", "), 5);
  const guess = isSuspected ? ["declare the AMI, if it is another one: amis of cpu-architecture-settings"] : [];
  return [
    `EC2 ${isSuspected ? "may refuse" : "refuses"} to start ${what}: the AMI is for ${ami.architecture}, ${types === "" ? "the types that may be chosen are" : "the instance type is"} ${architectures}.`,
    ...rows([
      ["AMI", ami.architecture, `${describe(amiAt)}, ${stated(ami.source)}${through}`],
      ["instance type", architectures, `${describe(typesAt)}, ${stated(typeSource)}`],
    ]),
    ...(usedBy.length > 0 ? [`Used by ${listed(usedBy.map(describe))}.`] : []),
    ...note(finding),
    ...fixes([...amiFix(finding), typeFix(finding), ...guess]),
  ];
}
