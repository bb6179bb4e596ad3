import { ok, strictEqual } from "node:assert";
import { existsSync, readFileSync } from "node:fs";
import { generateStack } from "../../bench/generated-stack";
import { ROOT } from "../support/built-pack";
import { PackProcess } from "../support/protocol";

/** Memory of a process now and at most, in MB; undefined where the system does not tell (Linux only). */
function peakMemory(pid: number | undefined): number | undefined {
  const file = `/proc/${String(pid)}/status`;
  const kilobytes = existsSync(file) ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(file, "utf8"))?.[1] : undefined;
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

const RESOURCES = 10_000;
/** Most of it is the SDK's: an empty pack takes about as much (docs/benchmarks.md). */
const MEGABYTES = 1500;

describe("a large stack in the pack's own process", function () {
  this.timeout(180_000);

  it(`analyzes ${RESOURCES.toLocaleString("en-US")} resources, one of which is wrong`, async function () {
    const pack = await PackProcess.start(ROOT);
    try {
      await pack.configure();
      const stack = generateStack(RESOURCES);
      const wrong = stack.findIndex(({ type }) => type === "docker-build:index:Image");
      const said = await pack.analyzeStack(stack.map((resource, index) => (index === wrong ? { ...resource, properties: { ...resource.properties, platforms: ["linux/s390x"] } } : resource)));
      strictEqual(said.map(({ policy }) => policy).join(), "ecs-task-image-architecture");
      const megabytes = peakMemory(pack.pid);
      if (megabytes !== undefined && this.test !== undefined) {
        this.test.title += `, with ${megabytes.toFixed(0)} MB`;
        ok(megabytes < MEGABYTES, `${megabytes.toFixed(0)} MB`);
      }
    } finally {
      pack.stop();
    }
  });
});
