import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CLI_VERSION, NoPulumiError, findPulumi } from "../../scripts/pulumi-cli";

/** Programs that answer like the CLI are shell scripts, so these tests are for systems that have a shell. */
const describeWithShell = process.platform === "win32" ? describe.skip : describe;

describeWithShell("finding a Pulumi CLI", () => {
  const kept = { ...process.env };
  let folder = "";
  const home = (): string => path.join(folder, "home", "versions", CLI_VERSION);

  function program(file: string, prints: string): void {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\necho '${prints}'\n`);
    chmodSync(file, 0o755);
  }

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "pulumi-cli-"));
    process.env = { ...kept, PATH: path.join(folder, "path"), PULUMI_HOME: path.join(folder, "home") };
    delete process.env.CPU_ARCHITECTURE_TEST_CLI;
  });
  afterEach(() => {
    process.env = { ...kept };
    rmSync(folder, { recursive: true, force: true });
  });

  function fillCache(): void {
    program(path.join(home(), "bin", "pulumi"), `v${CLI_VERSION}`);
    program(path.join(home(), "bin", "pulumi-language-yaml"), "");
  }

  for (const version of ["v3.255.0", "3.300.1", "v4.0.0"]) {
    it(`takes ${version} from PATH`, async () => {
      program(path.join(folder, "path", "pulumi"), version);
      fillCache();
      assert.deepEqual(await findPulumi(), { pulumi: path.join(folder, "path", "pulumi"), binDirs: [path.join(folder, "path")], source: "PATH" });
    });
  }

  for (const version of ["v3.254.9", "v2.999.0", "no version"]) {
    it(`leaves ${version} on PATH alone and takes the cache folder of the npm package`, async () => {
      program(path.join(folder, "path", "pulumi"), version);
      fillCache();
      assert.deepEqual(await findPulumi(), { pulumi: path.join(home(), "bin", "pulumi"), binDirs: [path.join(home(), "bin")], source: "npm package" });
    });
  }

  it("does not take the npm package's own starter for a CLI on PATH", async () => {
    const bin = path.join(folder, "node_modules", ".bin");
    program(path.join(bin, "pulumi"), "v3.300.0");
    process.env.PATH = bin;
    fillCache();
    assert.equal((await findPulumi()).source, "npm package");
  });

  it("says when the programs in the cache folder were built", async () => {
    fillCache();
    writeFileSync(path.join(home(), "built-from-go-modules"), "");
    assert.equal((await findPulumi()).source, "built from Go modules");
  });

  it("waits for another process that is getting it", async () => {
    mkdirSync(path.join(home(), "making.lock"), { recursive: true });
    const said: string[] = [];
    const found = findPulumi((line) => said.push(line));
    setTimeout(() => {
      fillCache();
      rmSync(path.join(home(), "making.lock"), { recursive: true });
    }, 500);
    assert.equal((await found).source, "npm package");
    assert.deepEqual(said, ["Another process is getting the Pulumi CLI; waiting for it."]);
  });

  it("does not wait for a process that died", async () => {
    const lock = path.join(home(), "making.lock");
    mkdirSync(lock, { recursive: true });
    const longAgo = new Date(Date.now() - 600_000);
    utimesSync(lock, longAgo, longAgo);
    const found = findPulumi(() => undefined);
    setTimeout(fillCache, 500); // so that nothing needs to be made once the lock is taken
    assert.equal((await found).source, "npm package");
  });

  it("names all three ways when none works", async () => {
    process.env.CPU_ARCHITECTURE_TEST_CLI = "none";
    await assert.rejects(findPulumi(), (error: unknown) => {
      assert.ok(error instanceof NoPulumiError);
      assert.match(error.message, /on PATH[^]*npm package[^]*Go modules/);
      return true;
    });
  });
});
