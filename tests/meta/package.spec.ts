import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { folderElsewhere, manifestOf } from "../support/packed-project";
// This module has no type declarations.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const yaml = require("js-yaml") as { load(text: string): unknown };

const ROOT = path.join(__dirname, "..", "..");

/** What `npm pack` would put into the published pack; nothing is built and nothing is fetched. */
function packedFiles(): string[] {
  const { stdout, status, stderr } = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: ROOT, encoding: "utf8", shell: process.platform === "win32" });
  assert.equal(status, 0, stderr);
  const answer = JSON.parse(stdout) as { files: { path: string }[] }[] | Record<string, { files: { path: string }[] }>;
  return Object.values(answer).flatMap(({ files }) => files.map((file) => file.path));
}

/** A folder that is neither a clone nor inside one, handed over and removed. */
function elsewhere(use: (folder: string) => void): void {
  const { folder, remove } = folderElsewhere();
  try {
    use(folder);
  } finally {
    remove();
  }
}

function node(folder: string, script: string, ...args: string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join("scripts", script), ...args], { cwd: folder, encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("the published pack", function () {
  this.timeout(60_000);
  const manifest = manifestOf(ROOT);

  it("holds the compiled pack and nothing that is only for development", () => {
    const files = packedFiles();
    for (const needed of ["package.json", "PulumiPolicy.yaml", manifest.main, ...Object.values(manifest.bin), "dist/policies/index.js", "scripts/prepare.js", "README.md", "LICENSE", "docs/rules/ecs-task-image-architecture.md", "docs/policy-config.schema.json", "docs/check.md"]) {
      assert.ok(files.includes(needed), `${needed} is packed`);
    }
    const allowed = /^(dist\/(index|policies\/.*|cli\/.*)\.(js|html|css)|docs\/.*\.(md|json|svg|png)|PulumiPolicy\.yaml|package\.json|README\.md|LICENSE|scripts\/prepare\.js)$/;
    assert.deepEqual(files.filter((file) => !allowed.test(file)), []);
  });

  it("has a command that Node runs", () => {
    assert.deepEqual(Object.keys(manifest.bin), ["cpu-architecture"]);
    assert.match(readFileSync(path.join(ROOT, manifest.bin["cpu-architecture"]!), "utf8"), /^#!\/usr\/bin\/env node\n/);
  });

  it("needs no compiler and no provider SDK where it runs", () => {
    const heavy = /^(typescript|ts-node|@types\/.*|@pulumi\/(?!policy$|pulumi$).*|mocha|eslint.*|playwright.*)$/;
    assert.deepEqual(Object.keys(manifest.dependencies).filter((name) => heavy.test(name)), []);
    assert.ok(manifest.dependencies["@pulumi/policy"] !== undefined && manifest.dependencies["@pulumi/pulumi"] !== undefined);
  });

  it("starts no build when it is installed in its own folder", () => {
    elsewhere((folder) => {
      mkdirSync(path.join(folder, "scripts"));
      cpSync(path.join(ROOT, "scripts", "prepare.js"), path.join(folder, "scripts", "prepare.js"));
      cpSync(path.join(ROOT, "package.json"), path.join(folder, "package.json"));
      assert.deepEqual(node(folder, "prepare.js"), { status: 0, stdout: "", stderr: "" });
      assert.deepEqual(readdirSync(folder).sort(), ["package.json", "scripts"]);
    });
  });

  describe("while it is packed", () => {
    /** A project of one source file. */
    const small = (folder: string, source: string): void => {
      mkdirSync(path.join(folder, "scripts"));
      cpSync(path.join(ROOT, "scripts", "pack.mjs"), path.join(folder, "scripts", "pack.mjs"));
      cpSync(path.join(ROOT, "package.json"), path.join(folder, "package.json"));
      symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"), "junction");
      writeFileSync(path.join(folder, "tsconfig.build.json"), JSON.stringify({ compilerOptions: { outDir: "dist", strict: true, types: [], lib: ["es2022"] }, files: ["index.ts"] }));
      writeFileSync(path.join(folder, "index.ts"), source);
      mkdirSync(path.join(folder, "dist"));
      writeFileSync(path.join(folder, "dist", "deleted.js"), "");
    };
    const text = (folder: string): string => readFileSync(path.join(folder, "package.json"), "utf8");

    it("is compiled anew, has a manifest without what only a clone needs, and gets the whole one back", () => {
      elsewhere((folder) => {
        small(folder, "export const one: number = 1;");
        assert.equal(node(folder, "pack.mjs", "prepack").status, 0);
        assert.deepEqual(readdirSync(path.join(folder, "dist")), ["index.js"]);
        const { scripts, devDependencies, ...rest } = manifest;
        assert.ok(scripts !== undefined && devDependencies !== undefined);
        assert.deepEqual(manifestOf(folder), rest);
        assert.equal(node(folder, "pack.mjs", "postpack").status, 0);
        assert.equal(text(folder), text(ROOT));
      });
    });

    it("gets the whole manifest back after a run that broke off", () => {
      elsewhere((folder) => {
        small(folder, "export const one: number = 1;");
        node(folder, "pack.mjs", "prepack");
        node(folder, "pack.mjs", "prepack");
        node(folder, "pack.mjs", "postpack");
        assert.equal(text(folder), text(ROOT));
      });
    });

    it("is not packed where it does not compile", () => {
      elsewhere((folder) => {
        small(folder, "export const one: number = 'two';");
        assert.notEqual(node(folder, "pack.mjs", "prepack").status, 0);
        assert.equal(text(folder), text(ROOT));
        assert.ok(!existsSync(path.join(folder, "package.json.orig")));
      });
    });
  });
});

describe("the release workflow", () => {
  interface Job {
    readonly uses?: string;
    readonly needs?: string;
    readonly permissions?: Readonly<Record<string, string>>;
    readonly steps?: readonly { readonly run?: string }[];
  }
  const { jobs } = yaml.load(readFileSync(path.join(ROOT, ".github", "workflows", "release.yml"), "utf8")) as { readonly jobs: Readonly<Record<string, Job>> };
  const publish = jobs["publish"]!;

  it("publishes with provenance, by what npm trusts and no token, after all tests", () => {
    const runs = publish.steps!.flatMap(({ run }) => run ?? []).join("\n");
    assert.match(runs, /npm publish .*--provenance/);
    assert.deepEqual(publish.permissions, { contents: "read", "id-token": "write" });
    assert.doesNotMatch(runs, /TOKEN/);
    const tests = jobs[publish.needs!]!.uses!;
    assert.match(readFileSync(path.join(ROOT, tests), "utf8"), /run: \.ci\/run/);
  });
});

describe("the version", () => {
  const { name, version } = manifestOf(ROOT);
  const read = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");

  it("is that of package.json wherever one is written", () => {
    const lock = JSON.parse(read("package-lock.json")) as { version: string; packages: Record<string, { version: string }> };
    assert.deepEqual([lock.version, lock.packages[""]!.version], [version, version]);
    const readme = [...read("README.md").matchAll(new RegExp(`(?:cpu-architecture@v|${name}-)(\\d[\\w-]*(?:\\.[\\w-]+)*?)(?=\\.tgz|\\s)`, "g"))].map(([, found]) => found);
    assert.ok(readme.length > 0);
    assert.deepEqual([...new Set(readme)], [version]);
    assert.doesNotMatch(read("PulumiPolicy.yaml"), /^version:/m, "it would go before that of package.json");
  });
});
