// What the pack adds to a whole `pulumi preview`: the real CLI on a program of 50 resources, with stand-ins for the
// providers (tests/support/engine/README.md), without a pack, with an empty one and with this one:
//
//   npm run bench:preview            5 rounds
//   npm run bench:preview -- --runs 1
import { NoPulumiError } from "../scripts/pulumi-cli";
import { parts, stack } from "../tests/support/engine";
import type { Result, Stack } from "../tests/support/engine";
import { printPart } from "./report";
import type { Part } from "./report";
import { installEmptyPack, installOwnPack, makeWorkshop, median, numberOption } from "./support";

const SERVICES = 5;
const TITLE = "Whole previews";

/** Ten resources for each service, as in bench/generated-stack.ts: half of them have nothing to do with architectures. */
function programText(platform: "linux/arm64" | "linux/amd64"): string {
  return `
    import * as aws from "@pulumi/aws";
    import * as build from "@pulumi/docker-build";
    for (let index = 0; index < ${String(SERVICES)}; index++) {
      new aws.cloudwatch.LogGroup("logs-" + index, { retentionInDays: 30 });
      new aws.iam.Role("role-" + index, { assumeRolePolicy: "{}", path: "/" });
      new aws.s3.Bucket("bucket-" + index, { forceDestroy: false, tags: { stage: "production" } });
      new aws.ec2.SecurityGroup("group-" + index, { egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }] });
      new aws.sqs.Queue("queue-" + index, { visibilityTimeoutSeconds: 30 });
      const reference = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/app-" + index + ":v1";
      const image = new build.Image("image-" + index, { tags: [reference], push: true, platforms: ["${platform}"], context: { location: "./app" } });
      const task = new aws.ecs.TaskDefinition("task-" + index, {
        family: "task-" + index, cpu: "256", memory: "512", networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"],
        runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
        containerDefinitions: image.ref.apply((ref) => JSON.stringify([{ name: "app", image: ref }])),
      });
      new aws.ecs.Service("service-" + index, { taskDefinition: task.arn, launchType: "FARGATE", desiredCount: 2 });
      const template = new aws.ec2.LaunchTemplate("template-" + index, {
        imageId: "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64", instanceType: "m7g.large",
      });
      new aws.autoscaling.Group("instances-" + index, { minSize: 0, maxSize: 4, launchTemplate: { id: template.id, version: "$Latest" } });
    }`;
}

interface Candidate {
  readonly name: string;
  readonly stack: Stack;
  readonly milliseconds: number[];
}

/** @throws Error when the preview failed, or said something */
function expectSilence({ exitCode, violations, stdout, stderr }: Result): void {
  if (exitCode !== 0 || violations.length > 0) {
    throw new Error(`The preview did not pass (exit code ${String(exitCode)}):\n${stdout}\n${stderr}`);
  }
}

async function measureAll(candidates: readonly Candidate[], rounds: number): Promise<void> {
  // The first round makes the stacks and fills the system's file cache; it is not counted.
  for (let round = -1; round < rounds; round++) {
    for (let turn = 0; turn < candidates.length; turn++) {
      const candidate = candidates[(round + 1 + turn) % candidates.length]!;
      const begun = performance.now();
      const result = await candidate.stack.preview();
      const time = performance.now() - begun;
      expectSilence(result);
      if (round >= 0) {
        candidate.milliseconds.push(time);
      }
    }
  }
}

/** @throws Error when the pack says nothing of images for another architecture: judging nothing is quick */
async function expectJudgement(own: Stack): Promise<void> {
  own.setProgram({ text: programText("linux/amd64") });
  const { violations } = await own.preview();
  if (violations.filter(({ policy }) => policy === "ecs-task-image-architecture").length !== SERVICES) {
    throw new Error("The pack does not deny wrong images; there is nothing to measure.");
  }
}

function rowsOf(candidates: readonly Candidate[]): string[][] {
  const base = median(candidates[0]?.milliseconds ?? []);
  const rows = candidates.map(({ name, milliseconds }) => {
    const own = median(milliseconds);
    return [name, own.toFixed(0), `${Math.min(...milliseconds).toFixed(0)}-${Math.max(...milliseconds).toFixed(0)}`, (own / base).toFixed(2), (own - base).toFixed(0)];
  });
  return [["pulumi preview", "median ms", "range ms", "x none", "added ms"], ...rows];
}

async function languageHost(): Promise<string> {
  return (await parts()).languageHosts.nodejs === "official" ? "The language host is the official one." : "The language host is this project's stand-in, which runs the SDK as the official one does.";
}

/** Measures whole previews, each as often as there are rounds; without a CLI the part says why there is nothing. */
export async function measurePreviews(rounds = 5): Promise<Part> {
  const about = [`What a policy pack adds to \`pulumi preview\` of a program in TypeScript with ${String(SERVICES * 10)} resources. The CLI and the SDKs are real; the providers are stand-ins that answer at once, so a real preview takes longer and the pack adds less to it in proportion.`];
  const workshop = makeWorkshop();
  const candidates: Candidate[] = [];
  try {
    const packs = { "no pack": undefined, "empty compiled pack": installEmptyPack(workshop, [{ resource: true, stack: true }]), "this pack": installOwnPack(workshop) };
    for (const [name, pack] of Object.entries(packs)) {
      const program = { text: programText("linux/arm64") };
      candidates.push({ name, milliseconds: [], stack: await stack(pack === undefined ? { program } : { program, pack }) });
    }
    await measureAll(candidates, rounds);
    await expectJudgement(candidates.at(-1)!.stack);
    return { title: TITLE, about, tables: [{ rows: rowsOf(candidates) }], notes: [`Median of ${String(rounds)} rounds. ${await languageHost()}`], figures: [] };
  } catch (error) {
    if (!(error instanceof NoPulumiError)) {
      throw error;
    }
    return { title: TITLE, about, tables: [], notes: ["Not measured: no Pulumi CLI could be had on this machine."], figures: [] };
  } finally {
    for (const candidate of candidates) {
      candidate.stack.stop();
    }
    workshop.remove();
  }
}

if (require.main === module) {
  void measurePreviews(numberOption("runs", 5)).then(printPart);
}
