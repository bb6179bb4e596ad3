// Programs in Python and Go, as the real engine sends them to a policy pack: as the same program in TypeScript.
import assert from "node:assert/strict";
import { describeEngine, makeReady, needsLanguage, stack } from "../support/engine";
import type { Language } from "../support/engine";
import { UNKNOWN } from "../support/protocol";
import type { RecordedResource, Recording } from "../support/protocol";

const PROGRAMS: Readonly<Record<"typescript" | "python" | "go", string>> = {
  typescript: `
import * as aws from "@pulumi/aws";
import * as dockerBuild from "@pulumi/docker-build";
import * as pulumi from "@pulumi/pulumi";

const repository = new aws.ecr.Repository("repository");
const image = new dockerBuild.Image("image", { context: { location: "./app" }, platforms: ["linux/arm64"], tags: [pulumi.interpolate\`\${repository.repositoryUrl}:v1\`], push: true });
new aws.ecs.TaskDefinition("task", {
  family: "web",
  requiresCompatibilities: ["FARGATE"],
  runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
  containerDefinitions: pulumi.jsonStringify([{ name: new pulumi.Config().require("container"), image: image.ref }]),
});
`,
  python: `
import pulumi
import pulumi_aws as aws
import pulumi_docker_build as docker_build

repository = aws.ecr.Repository("repository")
image = docker_build.Image(
    "image",
    context={"location": "./app"},
    platforms=[docker_build.Platform.LINUX_ARM64],
    tags=[repository.repository_url.apply(lambda url: f"{url}:v1")],
    push=True,
)
aws.ecs.TaskDefinition(
    "task",
    family="web",
    requires_compatibilities=["FARGATE"],
    runtime_platform={"cpu_architecture": "ARM64", "operating_system_family": "LINUX"},
    container_definitions=pulumi.Output.json_dumps([{"name": pulumi.Config().require("container"), "image": image.ref}]),
)
`,
  go: `
package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecr"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi-docker-build/sdk/go/dockerbuild"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		repository, err := ecr.NewRepository(ctx, "repository", nil)
		if err != nil {
			return err
		}
		image, err := dockerbuild.NewImage(ctx, "image", &dockerbuild.ImageArgs{
			Context:   &dockerbuild.BuildContextArgs{Location: pulumi.String("./app")},
			Platforms: dockerbuild.PlatformArray{dockerbuild.Platform_Linux_arm64},
			Tags:      pulumi.StringArray{pulumi.Sprintf("%s:v1", repository.RepositoryUrl)},
			Push:      pulumi.Bool(true),
		})
		if err != nil {
			return err
		}
		_, err = ecs.NewTaskDefinition(ctx, "task", &ecs.TaskDefinitionArgs{
			Family:                  pulumi.String("web"),
			RequiresCompatibilities: pulumi.ToStringArray([]string{"FARGATE"}),
			RuntimePlatform: &ecs.TaskDefinitionRuntimePlatformArgs{
				CpuArchitecture:       pulumi.String("ARM64"),
				OperatingSystemFamily: pulumi.String("LINUX"),
			},
			ContainerDefinitions: pulumi.JSONMarshal([]map[string]any{{"name": config.Require(ctx, "container"), "image": image.Ref}}),
		})
		return err
	})
}
`,
};

const MINUTES = 60 * 1000;

async function recorded(language: keyof typeof PROGRAMS, what: "preview" | "up"): Promise<Recording> {
  const made = await stack({ program: { text: PROGRAMS[language], language }, stackConfig: { "app:container": "web" } });
  try {
    return await made.record(what);
  } finally {
    made.stop();
  }
}

/** What a policy pack is sent of a stack's resources; their order depends on the language. */
function seen(resources: readonly RecordedResource[] | undefined): unknown {
  return (resources ?? [])
    .filter(({ type }) => !type.startsWith("pulumi:"))
    .map(({ type, name, properties = {}, propertyDependencies }) => {
      // Each language writes JSON with spaces and an order of its own.
      const containers = properties["containerDefinitions"];
      const read = typeof containers === "string" && containers !== UNKNOWN ? { containerDefinitions: JSON.parse(containers) as unknown } : {};
      return { type, name, properties: { ...properties, ...read }, propertyDependencies };
    })
    .sort((a, b) => a.type.localeCompare(b.type));
}

describeEngine("programs in other languages", function () {
  before("make the languages ready", async function () {
    this.timeout(30 * MINUTES);
    await makeReady();
  });

  for (const language of ["python", "go"] satisfies Language[]) {
    for (const what of ["preview", "up"] as const) {
      it(`${language}: the pack sees at ${what} what it sees of TypeScript`, async function () {
        await needsLanguage(this, language);
        const [theirs, ours] = [await recorded(language, what), await recorded("typescript", what)];
        assert.equal(ours.analyze.filter(({ type }) => !type.startsWith("pulumi:")).length, 3);
        assert.deepEqual(seen(theirs.analyze), seen(ours.analyze));
        assert.deepEqual(seen(theirs.analyzeStack), seen(ours.analyzeStack));
      });
    }

    it(`${language}: a program that fails makes the preview fail`, async function () {
      await needsLanguage(this, language);
      const made = await stack({ program: { text: PROGRAMS[language], language } });
      try {
        const { exitCode, stdout, stderr } = await made.preview();
        assert.notEqual(exitCode, 0);
        assert.match(stdout + stderr, /[Mm]issing required configuration variable '(app:)?container'/);
      } finally {
        made.stop();
      }
    });
  }
});
