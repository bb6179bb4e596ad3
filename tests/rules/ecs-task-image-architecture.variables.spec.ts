import assert from "node:assert/strict";
import { outcome, run } from "../support/in-process";
import { OPERATIONS, StackBuilder, text } from "../support/stack-builder";

describe("ecs-task-image-architecture: a container with a variable that names another image", () => {
  for (const operation of OPERATIONS) {
    it(`${operation}: is not denied for the image that it does not run`, () => {
      const stack = new StackBuilder();
      const image = (name: string, platform: string): ReturnType<StackBuilder["add"]> =>
        stack.add("dockerBuild", name, { platforms: [platform], push: true, tags: [`me/${name}:1`], buildOnPreview: false });
      const [web, job] = [image("web", "linux/amd64"), image("job", "linux/arm64")];
      const container = { name: "web", image: web.get("ref"), environment: [{ name: "JOB_IMAGE", value: text`${job.get("ref")}` }] };
      stack.add("nativeTask", "task", { containerDefinitions: [container], requiresCompatibilities: ["FARGATE"] });
      assert.equal(outcome(run(stack[operation]()), "ecs-task-image-architecture"), operation === "firstPreview" ? "suspected" : "silent");
    });
  }
});
