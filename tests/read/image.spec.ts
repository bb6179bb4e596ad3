import assert from "node:assert/strict";
import { readDockerComponent } from "../../policies/read/image";
import { plainly, resourceOf } from "../support/read-resource";
import type { Told } from "../support/read-resource";

describe("docker 3 Image", () => {
  const read = (inputs: Readonly<Record<string, unknown>>, told: Told = {}): unknown => {
    const [image] = readDockerComponent(resourceOf("docker:image:Image", inputs, told));
    const { platforms, targets, moreTargets, pushed } = image ?? {};
    return plainly({ platforms: plainly(platforms), targets: targets?.map(({ repository, tag }) => `${repository}:${tag ?? ""}`), moreTargets, pushed });
  };
  const OUTPUTS = { baseImageName: "registry.example.com/web:1", imageName: "registry.example.com/web:1-abab" };

  it("tells by its outputs alone what it pushes, and nothing of how it builds", () => {
    assert.deepEqual(read({}, { outputs: OUTPUTS }), { platforms: "?", targets: ["registry.example.com/web:1", "registry.example.com/web:1-abab"], moreTargets: false, pushed: true });
  });

  it("may push anywhere as long as its outputs are not known", () => {
    assert.deepEqual(read({}), { platforms: "?", targets: [], moreTargets: true, pushed: true });
  });

  it("tells the platform where its arguments are sent", () => {
    const inputs = { imageName: OUTPUTS.baseImageName, build: { extraOptions: ["--platform=linux/arm64"], env: { DOCKER_DEFAULT_PLATFORM: "linux/amd64" } }, skipPush: true };
    assert.deepEqual(read(inputs), { platforms: [{ os: "linux", architecture: "arm64" }], targets: ["registry.example.com/web:1"], moreTargets: false, pushed: false });
  });

  it("is built for what the machine decides where the arguments that are sent say nothing", () => {
    const stated = { imageName: OUTPUTS.baseImageName, build: { context: "app" } };
    assert.deepEqual(read(stated), { targets: ["registry.example.com/web:1"], moreTargets: false, pushed: true });
  });
});
