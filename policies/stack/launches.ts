/**
 * With which AMI and which instance types instances are started, by whatever starts them: its own values where it
 * has them, else its launch template's.
 * Sources: EC2 API (RunInstances, CreateFleet), EC2 Auto Scaling API (LaunchTemplateOverrides).
 */

import { amiFromSsmPath, parameterOf, parseImageId, type ImageId } from "../platform/ami";
import { parseEc2Architecture, type Ec2Architecture } from "../platform/ec2";
import type { HostOs } from "../platform/fit";
import { describeInstanceType, instanceTypeArchitectures, requirementArchitectures } from "../platform/instance-type";
import type { Declared } from "./declarations";
import { ABSENT, known, unknown, valueOf, type Absent, type Fact } from "./fact";
import type { AmiArchitecture, InstanceRequirements, Launch, LaunchTemplate, Launcher, Parameter, Reference, Source, Subject, TemplateUse } from "./model";
import { lookedUp, unknownAfter, type Answer, type OutsideAmi } from "./outside";
import { groupBy } from "./group-by";
import { regionOf } from "./scope";
import type { Stack } from "./stack";

/** AMIs copied from AMIs copied from AMIs … end somewhere. */
const MAX_COPIES = 10;

function quote(property: string, value: string): string {
  return `${property}: "${value}"`;
}

/** What a look-up told of an AMI; undefined where it told nothing. */
function amiAnswered(answer: Answer<OutsideAmi> | undefined, source: Source): Fact<AmiArchitecture> | undefined {
  return answer?.state === "known" ? known({ ...answer.value, source: lookedUp(source.text, answer), certain: true }) : undefined;
}

/** An AMI of which nothing is known but its id. */
function amiElsewhere(stack: Stack, { value }: Reference, scope: string, source: Source): Fact<AmiArchitecture> {
  if (value.state !== "known") {
    return unknown("its AMI is computed during the update");
  }
  const image = parseImageId(value.value);
  const answer = image?.kind === "ami" ? stack.outside.ami(image, scope) : undefined;
  return amiAnswered(answer, source) ?? unknown(unknownAfter("an AMI id alone does not tell its architecture", answer));
}

function amiOfStack(stack: Stack, reference: Reference, scope: string, source: Source, depth: number): Fact<AmiArchitecture> {
  const ami = stack.resolve("ami", reference, scope);
  if (ami === undefined || depth > MAX_COPIES) {
    return amiElsewhere(stack, reference, scope, source);
  }
  const architecture = ami.architecture.state === "known" ? parseEc2Architecture(ami.architecture.value) : undefined;
  if (architecture !== undefined) {
    return known({ architecture, source: { how: source.how, text: `${source.text}, AMI \`${ami.subject.name}\`` }, certain: true });
  }
  if (ami.fromInstance !== undefined) {
    return amiOfInstance(stack, ami.fromInstance, ami.scope, source, depth + 1);
  }
  return ami.copyOf === undefined ? unknown("the architecture of its AMI is not known") : amiOf(stack, ami.copyOf, ami.scope, source, depth + 1);
}

/** What an AMI that is made from an instance boots on: what the instance's own AMI does, or else its one architecture. */
function amiOfInstance(stack: Stack, reference: Reference, scope: string, source: Source, depth: number): Fact<AmiArchitecture> {
  const instance = stack.resolve("launcher", reference, scope);
  const [launch, ...others] = valueOf(instance?.launches ?? ABSENT) ?? [];
  if (instance === undefined || launch === undefined || others.length > 0) {
    return unknown("the instance that its AMI is made from is not part of this stack");
  }
  const { ami, types } = startAt(stack, instance, launch, depth);
  const [architecture, ...further] = valueOf(types.fact) ?? [];
  if (ami.fact.state === "known" || architecture === undefined || further.length > 0) {
    return ami.fact.state === "known" ? known({ ...ami.fact.value, source }) : unknown("the architecture of its AMI is not known");
  }
  return known({ architecture, source, certain: true });
}

/** What is declared of an AMI, by its id or by the path of the SSM parameter that holds it. */
export function declaredAmi(stack: Stack, text: string, scope: string): Declared<Ec2Architecture> | undefined {
  const image = parseImageId(text);
  return stack.declarations.ami(image?.kind === "ssm" ? image.path : text, regionOf(scope));
}

/** What the stack itself tells of an AMI, whatever is declared: by a public parameter path, or by an AMI that it makes. */
export function architectureInStack(stack: Stack, reference: Reference, scope: string): Ec2Architecture | undefined {
  const image = parseImageId(valueOf(reference.value) ?? "");
  if (image?.kind === "ssm") {
    const ami = amiFromSsmPath(image.path);
    return ami?.certain === true ? ami.architecture : undefined;
  }
  const architecture = valueOf(stack.resolve("ami", reference, scope)?.architecture ?? ABSENT);
  return architecture === undefined ? undefined : parseEc2Architecture(architecture);
}

/** The stack's own SSM parameters by name, and whether there are some whose names are not known. */
function parametersByName(stack: Stack): { readonly byName: ReadonlyMap<string, readonly Parameter[]>; readonly mayBeMore: boolean } {
  const all = stack.all("parameter");
  return { byName: groupBy(all, ({ name }) => valueOf(name) ?? ""), mayBeMore: all.some(({ name }) => name.state === "unknown") };
}

/**
 * The AMI that a parameter holds which this stack sets: what AWS would tell is what it held before.
 * @returns undefined if the stack does not set it
 */
function amiOfOwnParameter(stack: Stack, path: string, scope: string, source: Source, depth: number): Fact<AmiArchitecture> | undefined {
  const { names, isPinned, isPublic } = parameterOf(path);
  if (isPublic || isPinned) {
    return undefined;
  }
  const { byName, mayBeMore } = stack.memo(parametersByName);
  const [parameter, ...others] = names.flatMap((name) => byName.get(name) ?? []);
  if (parameter !== undefined && others.length === 0 && parameter.scope === scope && depth <= MAX_COPIES) {
    return amiOf(stack, parameter.held, scope, source, depth + 1);
  }
  return parameter !== undefined || mayBeMore || stack.phase !== "complete" ? unknown("this update may set the SSM parameter that holds its AMI") : undefined;
}

/** The AMI that an SSM parameter holds: by its public path, else by the resource that sets it, else as AWS tells. */
function amiOfParameter(stack: Stack, image: ImageId & { readonly kind: "ssm" }, scope: string, source: Source, depth: number): Fact<AmiArchitecture> {
  const named = amiFromSsmPath(image.path);
  const fromName = named === undefined ? undefined : known({ architecture: named.architecture, source, certain: named.certain, ...(named.os === undefined ? {} : { os: named.os }) });
  if (named?.certain === true && fromName !== undefined) {
    return fromName;
  }
  const own = amiOfOwnParameter(stack, image.path, scope, source, depth);
  if (own !== undefined) {
    return own.state === "known" ? own : (fromName ?? own);
  }
  const answer = stack.outside.ami(image, scope);
  return amiAnswered(answer, source) ?? fromName ?? unknown(unknownAfter("its SSM parameter path does not tell an architecture", answer));
}

/** The architecture of the AMI that a reference names: by declaration, by public parameter path, or by resource. */
function amiOf(stack: Stack, reference: Reference, scope: string, source: Source, depth: number): Fact<AmiArchitecture> {
  if (reference.value.state !== "known") {
    return amiOfStack(stack, reference, scope, source, depth);
  }
  const text = reference.value.value;
  const image = parseImageId(text);
  const declared = declaredAmi(stack, text, scope);
  if (declared !== undefined) {
    return known({ architecture: declared.value, source: { how: "declared", text: source.text }, certain: true });
  }
  if (image?.kind === "ssm") {
    return amiOfParameter(stack, image, scope, source, depth);
  }
  return amiOfStack(stack, reference, scope, source, depth);
}

/** One side of what is started, with the resource that says it. */
export interface AmiSide {
  readonly fact: Fact<AmiArchitecture>;
  readonly at: Subject;
}

/** One instance type, or one selection by attributes. */
export interface TypesSide {
  /** The architectures that the type, or some type of the selection, can have. */
  readonly fact: Fact<readonly Ec2Architecture[]>;
  /** The type itself, where it is one. */
  readonly type: string | undefined;
  readonly source: Source;
  readonly at: Subject;
}

/** Instances that can be started together: an AMI with a type. */
export interface Start {
  readonly ami: AmiSide;
  readonly types: TypesSide;
  readonly template: LaunchTemplate | undefined;
  /** Of the AMI, as far as it tells; also where it is only known to be one of several that agree. */
  readonly os: HostOs | undefined;
  /** `ami-0123456789abcdef0`, where it is given so. */
  readonly amiId: string | undefined;
}

function isNew(template: LaunchTemplate): boolean {
  return template.id.state === "unknown";
}

/**
 * True if that version of the template is what its resource describes, which is always the newest. A version that
 * is not known yet, of a template that is about to get a new one, can only be made from that new one.
 */
function isNewestVersion(stack: Stack, template: LaunchTemplate, use: TemplateUse): boolean {
  const version = use.version.state === "absent" ? "$Default" : valueOf(use.version);
  if (version === "$Latest") {
    return true;
  }
  if (stack.phase !== "complete") {
    return false;
  }
  const latest = valueOf(template.latestVersion);
  if (version === undefined) {
    return latest === undefined && stack.isAmong(template.subject.urn, use.id.from ?? []);
  }
  if (version === "$Default") {
    const movesAlong = valueOf(template.updateDefaultVersion) === true;
    return movesAlong || isNew(template) || (latest !== undefined && latest === valueOf(template.defaultVersion));
  }
  return latest === undefined ? isNew(template) && version === "1" : version === latest;
}

/** The launch template of the stack that is used, by id or by name. */
export function templateUsed(stack: Stack, use: TemplateUse, scope: string): LaunchTemplate | undefined {
  return stack.resolve("launch template", use.id, scope) ?? stack.resolve("launch template", use.name, scope);
}

/** The template, if what its resource says is what instances are started with. */
function templateOf(stack: Stack, use: TemplateUse, scope: string): Fact<LaunchTemplate> {
  const template = templateUsed(stack, use, scope);
  if (template === undefined) {
    return unknown("its launch template is not part of this stack");
  }
  return isNewestVersion(stack, template, use) ? known(template) : unknown("it uses a version of its launch template that the stack does not describe");
}

/** The limits of a selection that say something, as they are stated; undefined while one of them is not known. */
export function limitsOf({ cpuManufacturers, allowedInstanceTypes, excludedInstanceTypes }: InstanceRequirements): Readonly<Record<string, readonly string[]>> | undefined {
  const facts = Object.entries({ cpuManufacturers, allowedInstanceTypes, excludedInstanceTypes });
  if (facts.some(([, { state }]) => state === "unknown")) {
    return undefined;
  }
  const limits = facts.map(([key, fact]) => [key, valueOf(fact) ?? []] as const);
  return Object.fromEntries(limits.filter(([, value]) => value.length > 0));
}

/** `cpuManufacturers: ["intel"], allowedInstanceTypes: ["m7*"]`; empty where nothing is limited. */
export function textOfLimits(limits: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(limits)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
    .join(", ");
}

function typesOfSelection(requirements: Exclude<Fact<InstanceRequirements>, Absent>, at: Subject, property: string): TypesSide {
  if (requirements.state === "unknown") {
    return { fact: requirements, type: undefined, source: { how: "stated", text: property }, at };
  }
  const limits = limitsOf(requirements.value);
  const possible = limits === undefined ? undefined : requirementArchitectures(limits);
  const text = textOfLimits(limits ?? {});
  return {
    fact: possible === undefined ? unknown("the selection of instance types does not tell an architecture") : known(possible),
    type: undefined,
    source: { how: "stated", text: text === "" ? property : `${property}: { ${text} }` },
    at,
  };
}

/** What may be an instance type; other texts are not asked for. */
const INSTANCE_TYPE = /^[a-z][a-z0-9-]{0,30}\.[a-z0-9-]{1,20}$/;

function typesOfType(stack: Stack, instanceType: Fact<string>, scope: string, at: Subject, property: string): TypesSide {
  const type = valueOf(instanceType);
  if (type === undefined) {
    return { fact: unknown("its instance type is computed during the update"), type: undefined, source: { how: "stated", text: property }, at };
  }
  const declared = stack.declarations.instanceType(type);
  const architectures = declared?.value ?? instanceTypeArchitectures(type);
  const reason = declared === undefined ? describeInstanceType(type) : undefined;
  const text = quote(property, type) + (reason === undefined ? "" : ` (${reason})`);
  if (architectures === undefined) {
    const answer = INSTANCE_TYPE.test(type) ? stack.outside.instanceType(type, scope) : undefined;
    const source: Source = answer?.state === "known" ? lookedUp(text, answer) : { how: "stated", text };
    return { fact: answer?.state === "known" ? known(answer.value) : unknown(unknownAfter("this instance type is not known here", answer)), type, source, at };
  }
  return { fact: known(architectures), type, source: { how: declared === undefined ? "stated" : "declared", text }, at };
}

/** A launch's own types; undefined where it leaves them to its template. */
function ownTypes(stack: Stack, launch: Launch, { subject: at, scope }: Launcher): TypesSide | undefined {
  const place = launch.at === "" ? "" : `${launch.at}.`;
  if (launch.instanceType.state !== "absent") {
    return typesOfType(stack, launch.instanceType, scope, at, launch.at.startsWith("instanceTypes") ? launch.at : `${place}instanceType`);
  }
  return launch.requirements.state === "absent" ? undefined : typesOfSelection(launch.requirements, at, `${place}instanceRequirements`);
}

/** A template's own types; undefined where it states none. */
export function templateTypes(stack: Stack, template: LaunchTemplate): TypesSide | undefined {
  if (template.instanceType.state !== "absent") {
    return typesOfType(stack, template.instanceType, template.scope, template.subject, "instanceType");
  }
  return template.requirements.state === "absent" ? undefined : typesOfSelection(template.requirements, template.subject, "instanceRequirements");
}

function amiSide(stack: Stack, reference: Reference, scope: string, at: Subject, property: string, depth: number): AmiSide {
  const text = reference.value.state === "known" ? quote(property, reference.value.value) : property;
  return { fact: amiOf(stack, reference, scope, { how: "stated", text }, depth), at };
}

/** A template's own AMI; undefined where it states none. */
export function templateAmi(stack: Stack, template: LaunchTemplate, depth = 0): AmiSide | undefined {
  return template.imageId.value.state === "absent" ? undefined : amiSide(stack, template.imageId, template.scope, template.subject, "imageId", depth);
}

/** Why it is not known what is started, where neither the launcher nor the template that it names says so. */
function unstated(part: "AMI" | "instance type", template: Fact<LaunchTemplate> | undefined): Fact<never> {
  if (template?.state === "unknown") {
    return template;
  }
  return unknown(template === undefined ? `it states neither ${part} nor launch template` : `neither it nor its launch template states the ${part}`);
}

/**
 * The operating system on which all templates agree that a use may mean: while ids are not known, a group with several
 * templates does not tell which is which.
 */
function osOfCandidates(stack: Stack, use: TemplateUse): HostOs | undefined {
  const { version, id: { value, from } } = use;
  if (value.state !== "unknown" || from === undefined) {
    return undefined;
  }
  const found = stack.memo(osBySources);
  const byVersion = found.get(from) ?? new Map<string, HostOs | undefined>();
  found.set(from, byVersion);
  const key = JSON.stringify(version);
  if (!byVersion.has(key)) {
    byVersion.set(key, findOsOfCandidates(stack, use, from));
  }
  return byVersion.get(key);
}

/** By what the ids are made from, and by version: thousands of overrides have them in common. */
function osBySources(): WeakMap<readonly string[], Map<string, HostOs | undefined>> {
  return new WeakMap();
}

function findOsOfCandidates(stack: Stack, use: TemplateUse, from: readonly string[]): HostOs | undefined {
  const candidates = from.flatMap((urn) => stack.at(urn, "launch template"));
  if (!candidates.every((template) => isNewestVersion(stack, template, use))) {
    return undefined;
  }
  const [os, ...others] = new Set(candidates.map((template) => valueOf(templateAmi(stack, template)?.fact ?? ABSENT)?.os));
  return others.length === 0 ? os : undefined;
}

/** @param depth how many AMIs made from other AMIs led here */
function startAt(stack: Stack, launcher: Launcher, launch: Launch, depth: number): Start {
  const at = launcher.subject;
  const template = launch.template === undefined ? undefined : templateOf(stack, launch.template, launcher.scope);
  const ownAmi = launch.imageId === undefined || launch.imageId.value.state === "absent" ? undefined : amiSide(stack, launch.imageId, launcher.scope, at, launch.imageProperty, depth);
  const own = ownTypes(stack, launch, launcher);
  const found = template?.state === "known" ? template.value : undefined;
  const ami = ownAmi ?? (found === undefined ? undefined : templateAmi(stack, found, depth)) ?? { fact: unstated("AMI", template), at };
  const reference = ownAmi === undefined ? found?.imageId : launch.imageId;
  const id = parseImageId(valueOf(reference?.value ?? ABSENT) ?? "");
  const candidates = ownAmi !== undefined || found !== undefined || launch.template === undefined ? undefined : osOfCandidates(stack, launch.template);
  return {
    ami,
    types: own ?? (found === undefined ? undefined : templateTypes(stack, found)) ?? { fact: unstated("instance type", template), type: undefined, source: { how: "stated", text: "" }, at },
    template: found,
    os: valueOf(ami.fact)?.os ?? candidates,
    amiId: id?.kind === "ami" ? id.id : undefined,
  };
}

/** Every way in which something starts instances. */
export function startsOf(stack: Stack, launcher: Launcher): Fact<readonly Start[]> {
  const { launches } = launcher;
  return launches.state === "known" ? known(launches.value.map((launch) => startAt(stack, launcher, launch, 0))) : launches;
}
