/**
 * A world is what a generated stack is about, as plain data: which images there are and for which platforms, who builds
 * and pushes them, how tasks refer to them, what starts the tasks and on which machines. A renderer makes resources of it,
 * a reference says what is wrong with it. Nothing below this folder knows the policies; a lint rule holds that.
 *
 * Places in lists are counted modulo the length of the list, so that every shrunk world is a world.
 */

export type Phase = "firstPreview" | "laterPreview" | "update";
export const PHASES: readonly Phase[] = ["firstPreview", "laterPreview", "update"];

export type HostArch = "amd64" | "arm64";
export type HostOs = "linux" | "windows";

/** A platform as a program spells it, with what it means. */
export interface Spelled {
  readonly text: string;
  readonly os: HostOs;
  readonly architecture: string;
  readonly variant?: string;
}

// --- images ------------------------------------------------------------------------------------------------

export interface Repository {
  readonly name: string;
  /** `literal`: no resource of the stack, only text. */
  readonly kind: "literal" | "ecr" | "ecr-public" | "ecr-native";
  /** An earlier deployment has made it. Of no meaning for `literal`. */
  readonly exists: boolean;
}

export type BuilderKind =
  | "docker"
  | "docker, build as text"
  | "docker 3"
  | "docker-build"
  | "docker-build, exports"
  | "docker-build, late"
  | "docker-build, local"
  | "awsx"
  | "index"
  | "registry image"
  | "pulled, tagged, pushed"
  | "command"
  | "remote command"
  | "codebuild";

/** What makes an image and pushes it to `repository:tag`. */
export interface Builder {
  /** As messages call it. */
  readonly name: string;
  readonly kind: BuilderKind;
  readonly repository: number;
  readonly tag: string;
  /** Empty: the program states none. Kinds that take one platform take the first. */
  readonly platforms: readonly Spelled[];
}

/** How a container names its image. */
export type Use =
  /** An output of the builder: `ref`, `repoDigest`, `imageUri`; the tag's text where the builder has none. */
  | { readonly how: "output"; readonly builder: number }
  /** `repository@digest`, put together from the builder's digest; its output where it has none. */
  | { readonly how: "digest"; readonly builder: number }
  /** `repository:tag`, put together from the repository's URL. */
  | { readonly how: "tag"; readonly builder: number }
  | { readonly how: "other tag"; readonly builder: number }
  | { readonly how: "other digest"; readonly builder: number }
  /** A reference that is spelled much like the builder's, in another account. */
  | { readonly how: "lookalike"; readonly builder: number }
  | { readonly how: "public" };

export interface Task {
  readonly name: string;
  readonly form: "aws" | "aws-native";
  /** `runtimePlatform`, letter by letter; left out where undefined. */
  readonly cpu: string | undefined;
  readonly os: string | undefined;
  readonly compatibilities: readonly string[] | undefined;
  readonly containers: readonly Use[];
  /** Something else in the definitions is known only once it is made: the ARN of a log group. */
  readonly hasComputedPart: boolean;
  readonly definitions: "own" | "unknown from outside" | "known from outside" | "changes ignored";
  readonly dependsOn: readonly number[];
  /** Registered before the builders; only where its definitions are made from none of them. */
  readonly comesFirst: boolean;
  readonly constraint: Constraint | undefined;
}

// --- machines ----------------------------------------------------------------------------------------------

/** An AMI as a program names it. */
export type AmiKind = "x86 Linux" | "arm64 Linux" | "x86 Windows" | "x86 Bottlerocket" | "arm64 Bottlerocket" | "id" | "x86 of the stack" | "arm64 of the stack" | "copy of arm64" | "own arm64 parameter" | "outside";

/** Instance types, or a selection by attributes. */
export type TypesKind =
  | { readonly is: "type"; readonly type: string; readonly arch: HostArch | undefined }
  | { readonly is: "selection"; readonly limits: Readonly<Record<string, readonly string[]>>; readonly archs: readonly HostArch[] };

export type Version = "$Latest" | "$Default" | "none" | "output" | "1" | "9";

export interface Template {
  readonly name: string;
  readonly ami: AmiKind | undefined;
  readonly types: TypesKind | undefined;
}

export interface Override {
  readonly types: TypesKind | undefined;
  readonly template: Template | undefined;
}

/** What starts machines. */
export type Starter =
  | { readonly is: "group"; readonly template: Template; readonly version: Version; readonly by: "id" | "name" }
  | { readonly is: "mixed group"; readonly template: Template; readonly by: "id" | "name"; readonly overrides: readonly Override[] }
  | { readonly is: "configured group"; readonly configuration: { readonly name: string; readonly ami: AmiKind; readonly type: TypesKind & { readonly is: "type" } } }
  | { readonly is: "instance"; readonly ami: AmiKind | undefined; readonly type: (TypesKind & { readonly is: "type" }) | undefined; readonly template: Template | undefined; readonly version: Version }
  | { readonly is: "fleet"; readonly template: Template; readonly overrides: readonly Override[] }
  | { readonly is: "spot fleet"; readonly specifications: readonly { readonly ami: AmiKind; readonly type: TypesKind & { readonly is: "type" } }[] }
  | { readonly is: "node group"; readonly template: Template; readonly types: readonly (TypesKind & { readonly is: "type" })[] }
  | { readonly is: "template alone"; readonly template: Template };

export interface Machines {
  readonly name: string;
  readonly starter: Starter;
  /** Of groups. */
  readonly maxSize: number;
}

export interface Provider {
  readonly name: string;
  readonly of:
    | { readonly is: "group"; readonly machines: Machines; readonly by: "arn" | "name" }
    | { readonly is: "managed"; readonly limits: Readonly<Record<string, readonly string[]>> | undefined; readonly archs: readonly HostArch[] };
}

// --- what starts tasks ---------------------------------------------------------------------------------------

/** A `memberOf` constraint, with the architectures that it leaves; undefined where it does not ask for them. */
export interface Constraint {
  readonly expression: string;
  readonly leaves: readonly HostArch[] | undefined;
  /** Whether an instance meets it is known only of the architecture. */
  readonly isOnlyAboutCpu: boolean;
}

export interface Item {
  /** In the app's list; or a name that the stack does not make. */
  readonly provider: number | "FARGATE" | "FARGATE_SPOT" | "elsewhere";
  readonly weight: number | undefined;
  readonly base: number | undefined;
}

export interface Cluster {
  readonly name: string;
  /** Undefined: no resource describes its capacity. */
  readonly capacity: { readonly defaults: readonly Item[] } | undefined;
  /** What joins it by user data. */
  readonly joined: readonly Machines[];
}

export type LauncherKind = "service" | "native service" | "task set" | "rule target" | "schedule" | "pipe";

export interface Launcher {
  readonly name: string;
  readonly kind: LauncherKind;
  readonly task: number;
  readonly taskBy: "arn" | "family";
  readonly cluster: "own" | "own, by name" | "elsewhere";
  readonly where: { readonly launchType: "FARGATE" | "EC2" | "EXTERNAL" } | { readonly strategy: readonly Item[] } | "nothing said";
  /** `none`: no task is started; `absent`: nothing is said. */
  readonly count: "absent" | "none" | "two";
  readonly isDaemon: boolean;
  readonly leavesItToTaskSets: boolean;
  readonly constraint: Constraint | undefined;
}

/** One application: images, tasks, what starts them, and its cluster. */
export interface App {
  readonly repositories: readonly Repository[];
  readonly builders: readonly Builder[];
  readonly tasks: readonly Task[];
  readonly cluster: Cluster;
  readonly providers: readonly Provider[];
  readonly launchers: readonly Launcher[];
}

export interface World {
  /** Where the providers run, which docker's fills in. */
  readonly host: HostArch;
  readonly apps: readonly App[];
  /** Machines that no cluster has. */
  readonly machines: readonly Machines[];
  /** Images whose destination is made from something that does not exist at first, and that nobody runs. */
  readonly wanderers: number;
  /** Buckets, roles and the like. */
  readonly strangers: number;
}

/** An item of a list by a place that is counted modulo its length; undefined where the list is empty. */
export function pick<T>(list: readonly T[], place: number): T | undefined {
  return list.length === 0 ? undefined : list[place % list.length];
}
