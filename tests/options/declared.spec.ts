import assert from "node:assert/strict";
import { denials, listingAll, outcome, run, saidBy, type RunOptions, type Violation } from "../support/in-process";
import { json, OPERATIONS, outside, StackBuilder, type Inputs, type Made } from "../support/stack-builder";
import { UNKNOWN } from "../support/values";

const SETTINGS = "cpu-architecture-settings";
const CAPACITY = "ecs-task-capacity-architecture";
const IMAGES = "ecs-task-image-architecture";
const AMIS = "ec2-ami-instance-type-architecture";
const X86_AMI = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id";
const ARM_AMI = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id";

function declaring(settings: Inputs): RunOptions {
  return { config: { [SETTINGS]: settings }, goesOn: true };
}

function settingsSaid(stack: StackBuilder, settings: Inputs, operation: (typeof OPERATIONS)[number] = "laterPreview"): string[] {
  return saidBy(run(stack[operation](), declaring(settings)), SETTINGS).map(({ message }) => message.split("\n")[0] ?? "");
}

/** A task for one architecture, started by a service. */
function service(stack: StackBuilder, cpuArchitecture: string | undefined, inputs: Inputs, image = "me/app:1"): void {
  const runtimePlatform = cpuArchitecture === undefined ? {} : { runtimePlatform: { cpuArchitecture, operatingSystemFamily: "LINUX" } };
  const task = stack.add("task", "task", { containerDefinitions: json([{ name: "web", image, memory: 64 }]), requiresCompatibilities: ["EC2"], ...runtimePlatform });
  stack.add("service", "service", { taskDefinition: task.get("arn"), desiredCount: 1, ...inputs });
}

function pool(stack: StackBuilder, name: string, template: Inputs): Made {
  const made = stack.add("launchTemplate", `${name}-template`, template);
  const group = stack.add("group", `${name}-group`, { launchTemplate: { id: made.get("id"), version: "$Latest" }, maxSize: 2 });
  return stack.add("capacityProvider", name, { name, autoScalingGroupProvider: { autoScalingGroupArn: group.get("arn") } });
}

describe("declared capacity providers", () => {
  const elsewhere = (cpu: string | undefined): StackBuilder => {
    const stack = new StackBuilder();
    service(stack, cpu, { cluster: "arn:aws:ecs:us-east-1:111122223333:cluster/main", capacityProviderStrategies: [{ capacityProvider: "shared-spot", weight: 1 }] });
    return stack;
  };

  for (const operation of OPERATIONS) {
    for (const [cpu, architectures, expected] of [
      ["ARM64", ["x86_64"], "denied"],
      ["ARM64", ["arm64"], "silent"],
      ["ARM64", ["arm64", "x86_64"], "silent"],
      ["X86_64", ["arm64"], "denied"],
      ["X86_64", ["x86_64"], "silent"],
    ] as const) {
      it(`elsewhere, ${architectures.join(" and ")} for ${cpu}: ${expected}; ${operation}`, () => {
        const said = run(elsewhere(cpu)[operation](), declaring({ capacityProviders: [{ name: "shared-*", architectures }] }));
        assert.equal(outcome(said, CAPACITY), expected, JSON.stringify(said));
        assert.deepEqual(saidBy(said, SETTINGS), []);
      });
    }
  }

  it("without a declaration, or with one for another, nothing is denied and the listing says what to declare", () => {
    for (const settings of [{}, { capacityProviders: [{ name: "other", architectures: ["x86_64"] }], unused: "ignore" }]) {
      const said = run(elsewhere("ARM64").laterPreview(), listingAll({ [SETTINGS]: settings }));
      assert.deepEqual(denials(said), []);
      assert.ok(said.some(({ message }) => /instances that service.*declare it under `capacityProviders` or `clusters`/.test(message)), JSON.stringify(said));
    }
  });

  it("the message says that it is declared", () => {
    const [denial] = saidBy(run(elsewhere("ARM64").laterPreview(), declaring({ capacityProviders: [{ name: "shared-spot", architectures: ["x86_64"] }] })), CAPACITY);
    assert.match(denial?.message ?? "", /instances +linux\/amd64 +capacity provider `shared-spot`, declared in cpu-architecture-settings/);
  });

  it("a task without an architecture must have images for all that are declared", () => {
    const stack = elsewhere(undefined);
    stack.add("dockerBuild", "image", { platforms: ["linux/amd64"], push: true, tags: ["me/app:1"] });
    const judged = (architectures: readonly string[]): string => outcome(run(stack.laterPreview(), declaring({ capacityProviders: [{ name: "shared-spot", architectures }] })), CAPACITY);
    assert.deepEqual([judged(["x86_64"]), judged(["x86_64", "arm64"]), judged(["arm64"])], ["silent", "denied", "denied"]);
  });

  it("one of the stack that tells nothing", () => {
    const stack = new StackBuilder();
    const provider = pool(stack, "pool", { imageId: "ami-0abc", instanceType: "q9z.large" });
    service(stack, "ARM64", { capacityProviderStrategies: [{ capacityProvider: provider.get("name"), weight: 1 }] });
    const said = run(stack.laterPreview(), declaring({ capacityProviders: [{ name: "pool", architectures: ["x86_64"] }] }));
    assert.equal(outcome(said, CAPACITY), "denied", JSON.stringify(said));
    assert.equal(outcome(run(stack.laterPreview()), CAPACITY), "silent");
  });
});

describe("declared clusters", () => {
  const on = (cluster: unknown): StackBuilder => {
    const stack = new StackBuilder();
    service(stack, "ARM64", { cluster, launchType: "EC2" });
    return stack;
  };
  const all = { clusters: [{ name: "main", architectures: ["x86_64"] }] };

  for (const [what, cluster] of [["by name", "main"], ["by ARN", "arn:aws:ecs:us-east-1:111122223333:cluster/main"], ["by a StackReference", outside("arn:aws:ecs:us-east-1:111122223333:cluster/main").value]] as const) {
    it(`elsewhere, ${what}: no other instances may join`, () => {
      for (const operation of OPERATIONS) {
        assert.equal(outcome(run(on(cluster)[operation](), declaring(all)), CAPACITY), "denied", operation);
        assert.equal(outcome(run(on(cluster)[operation](), declaring({ clusters: [{ name: "main", architectures: ["arm64"] }] })), CAPACITY), "silent", operation);
        assert.equal(outcome(run(on(cluster)[operation]()), CAPACITY), "silent", operation);
      }
    });
  }

  it("one of the stack", () => {
    const stack = new StackBuilder();
    const cluster = stack.add("cluster", "cluster", { name: "main" });
    service(stack, "ARM64", { cluster: cluster.get("arn"), launchType: "EC2" });
    assert.equal(outcome(run(stack.laterPreview(), declaring(all)), CAPACITY), "denied");
  });

  it("a provider of it that is elsewhere, unless that is declared itself", () => {
    const stack = new StackBuilder();
    service(stack, "ARM64", { cluster: "main", capacityProviderStrategies: [{ capacityProvider: "spot", weight: 1 }] });
    assert.equal(outcome(run(stack.laterPreview(), declaring(all)), CAPACITY), "denied");
    const own = { ...all, capacityProviders: [{ name: "spot", architectures: ["arm64"] }] };
    assert.equal(outcome(run(stack.laterPreview(), declaring(own)), CAPACITY), "silent");
  });

  it("a cluster whose name is not known is not the declared one", () => {
    assert.equal(outcome(run(on(outside().value).laterPreview(), declaring({ ...all, unused: "ignore" })), CAPACITY), "silent");
  });

  it("Fargate is no instance of it", () => {
    const stack = new StackBuilder();
    service(stack, "ARM64", { cluster: "main", launchType: "FARGATE" });
    assert.deepEqual(denials(run(stack.laterPreview(), declaring(all))), []);
  });
});

describe("declared pushes of CodeBuild projects", () => {
  const built = (environmentType: string, more: Inputs = {}): StackBuilder => {
    const stack = new StackBuilder();
    stack.add("project", "build", { name: "web-build", environment: { type: environmentType }, source: { type: "GITHUB", location: "https://example.com/web.git" }, ...more });
    stack.add("task", "task", { containerDefinitions: json([{ name: "web", image: "me/web:7" }]), requiresCompatibilities: ["FARGATE"] });
    return stack;
  };
  const pushes = { codeBuildProjects: [{ project: "web-*", pushes: ["me/web:*", "me/other"] }] };

  for (const operation of OPERATIONS) {
    it(`the environment type decides: ${operation}`, () => {
      assert.equal(outcome(run(built("ARM_CONTAINER")[operation](), declaring(pushes)), IMAGES), "denied");
      assert.equal(outcome(run(built("LINUX_CONTAINER")[operation](), declaring(pushes)), IMAGES), "silent");
      assert.equal(outcome(run(built("ARM_CONTAINER")[operation]()), IMAGES), "silent");
    });
  }

  it("unless platforms are declared too", () => {
    const both = { codeBuildProjects: [{ project: "build", pushes: "me/web:*", platforms: ["linux/amd64", "linux/arm64"] }] };
    assert.equal(outcome(run(built("ARM_CONTAINER").laterPreview(), declaring(both)), IMAGES), "silent");
    const arm = { codeBuildProjects: [{ project: "build", pushes: "me/web:*", platforms: ["linux/arm64"] }] };
    assert.equal(outcome(run(built("LINUX_CONTAINER").laterPreview(), declaring(arm)), IMAGES), "denied");
  });

  it("an environment type that is not known tells nothing", () => {
    assert.equal(outcome(run(built("QUANTUM_CONTAINER").laterPreview(), declaring(pushes)), IMAGES), "silent");
    assert.equal(outcome(run(built(UNKNOWN).laterPreview(), declaring(pushes)), IMAGES), "silent");
  });

  it("two projects for two architectures are no certain builder of one image", () => {
    const stack = built("ARM_CONTAINER");
    stack.add("project", "build2", { name: "web-build-x86", environment: { type: "LINUX_CONTAINER" }, source: { type: "GITHUB" } });
    const said = run(stack.laterPreview(), declaring(pushes));
    assert.deepEqual([denials(said), outcome(said, IMAGES)], [[], "suspected"]);
  });

  it("what a readable buildspec pushes goes before it", () => {
    const buildspec = "version: 0.2\nphases:\n  build:\n    commands:\n      - docker build --platform linux/amd64 -t me/web:7 . && docker push me/web:7\n";
    const said = run(built("ARM_CONTAINER", { source: { type: "NO_SOURCE", buildspec } }).laterPreview(), declaring(pushes));
    assert.deepEqual(denials(said), []);
  });
});

describe("declared images", () => {
  const images = { images: [{ reference: "me/arm:*", platforms: ["linux/arm64"] }, { reference: "me/amd:*", platforms: ["linux/amd64"] }] };

  it("two of one task that share no platform", () => {
    const stack = new StackBuilder();
    stack.add("task", "task", { containerDefinitions: json([{ name: "a", image: "me/arm:1" }, { name: "b", image: "me/amd:1" }]), requiresCompatibilities: ["EC2"] });
    const said = run(stack.laterPreview(), declaring(images));
    assert.deepEqual(denials(said), [`${IMAGES} @ task`]);
    assert.match(said[0]?.message ?? "", /Containers `a` and `b` cannot run on the same machine/);
  });

  it("on instances of another architecture", () => {
    const stack = new StackBuilder();
    const provider = pool(stack, "pool", { imageId: ARM_AMI, instanceType: "m7g.large" });
    service(stack, undefined, { capacityProviderStrategies: [{ capacityProvider: provider.get("name"), weight: 1 }] }, "me/amd:1");
    assert.equal(outcome(run(stack.laterPreview(), declaring({ ...images, unused: "ignore" })), CAPACITY), "denied");
  });

  it("as sources of an index", () => {
    const stack = new StackBuilder();
    const index = stack.add("dockerBuildIndex", "index", { tag: "me/joined:1", sources: ["me/arm:1"], push: true });
    stack.add("task", "task", { containerDefinitions: json([{ name: "web", image: index.get("ref") }]), requiresCompatibilities: ["FARGATE"] });
    assert.equal(outcome(run(stack.laterPreview(), declaring({ ...images, unused: "ignore" })), IMAGES), "denied");
  });

  it("what the stack builds goes before what is declared", () => {
    const stack = new StackBuilder();
    stack.add("dockerBuild", "image", { platforms: ["linux/amd64"], push: true, tags: ["me/arm:1"] });
    stack.add("task", "task", { containerDefinitions: json([{ name: "web", image: "me/arm:1" }]), requiresCompatibilities: ["FARGATE"] });
    const said = run(stack.laterPreview(), declaring({ images: [images.images[0]!] }));
    assert.deepEqual(denials(said), []);
    assert.deepEqual(settingsSaid(stack, { images: [images.images[0]!] }), ["A declared fact is contradicted by the stack: images[0] says linux/arm64, docker-build Image `image` says linux/amd64."]);
  });
});

describe("declared AMIs of a region", () => {
  const instance = (inputs: Inputs = {}, providerRegion?: string): StackBuilder => {
    const stack = new StackBuilder();
    stack.add("instance", "instance", { ami: "ami-0abc", instanceType: "m5.large", ...inputs }, providerRegion === undefined ? {} : { providerRegion });
    return stack;
  };
  const settings = { amis: [{ id: "ami-0*", architecture: "arm64", region: "eu-west-1" }, { id: "ami-0*", architecture: "x86_64", region: "us-east-1" }], unused: "ignore" };
  const judged = (stack: StackBuilder): string => outcome(run(stack.laterPreview(), declaring(settings)), AMIS);

  it("the resource's own region", () => assert.deepEqual([judged(instance({ region: "eu-west-1" })), judged(instance({ region: "us-east-1" }))], ["denied", "silent"]));
  it("its provider's region", () => assert.deepEqual([judged(instance({}, "eu-west-1")), judged(instance({}, "us-east-1"))], ["denied", "silent"]));
  it("its own goes before its provider's", () => assert.equal(judged(instance({ region: "us-east-1" }, "eu-west-1")), "silent"));
  it("a region that is not known is none", () => assert.deepEqual([judged(instance()), judged(instance({}, UNKNOWN)), judged(instance({ region: UNKNOWN }))], ["silent", "silent", "silent"]));
});

describe("declared facts that are not used", () => {
  function rich(): StackBuilder {
    const stack = new StackBuilder();
    const provider = pool(stack, "pool", { imageId: "ami-0abc", instanceType: "q9z.large" });
    service(stack, undefined, { cluster: "main", capacityProviderStrategies: [{ capacityProvider: provider.get("name"), weight: 1 }] }, "nginx:1");
    stack.add("project", "build", { name: "web-build", environment: { type: "ARM_CONTAINER" } });
    return stack;
  }
  const ENTRIES: readonly (readonly [option: string, used: Inputs, unused: Inputs])[] = [
    ["amis", { id: "ami-0*", architecture: "arm64" }, { id: "ami-1*", architecture: "arm64" }],
    ["images", { reference: "nginx:*", platforms: ["linux/amd64"] }, { reference: "httpd:*", platforms: ["linux/amd64"] }],
    ["instanceTypes", { type: "q9z.*", architectures: ["arm64"] }, { type: "q8z.*", architectures: ["arm64"] }],
    ["capacityProviders", { name: "pool", architectures: ["arm64"] }, { name: "pond", architectures: ["arm64"] }],
    ["clusters", { name: "ma*", architectures: ["arm64"] }, { name: "other", architectures: ["arm64"] }],
    ["codeBuildProjects", { project: "web-build", pushes: ["nginx:*"] }, { project: "web-build", pushes: ["httpd:*"] }],
    ["emulation", { hosts: "pool-group", platforms: ["linux/arm64"] }, { hosts: "group", platforms: ["linux/arm64"] }],
  ];

  for (const [option, used, unused] of ENTRIES) {
    it(`${option}: the one that is about nothing, not the other`, () => {
      for (const operation of ["laterPreview", "update"] as const) {
        const said = settingsSaid(rich(), { [option]: [used, unused] }, operation);
        assert.deepEqual(said.map((line) => line.split(" of cpu")[0]), [`A declared fact is not used: ${option}[1]`], said.join("\n"));
      }
    });
    it(`${option}: neither is told on request`, () => assert.deepEqual(settingsSaid(rich(), { [option]: [used, unused], unused: "ignore" }), []));
  }

  it("one behind a wider one", () => {
    const said = settingsSaid(rich(), { amis: [{ id: "*", architecture: "arm64" }, { id: "ami-0abc", architecture: "x86_64" }] });
    assert.match(said.join("\n"), /^A declared fact is not used: amis\[1\]/);
  });

  it("nothing is called unused while it may be about what is not known yet", () => {
    const stack = new StackBuilder();
    const repository = stack.add("repository", "web", {});
    stack.add("task", "task", { containerDefinitions: json([{ name: "web", image: repository.get("repositoryUrl") }]) });
    stack.add("instance", "instance", { ami: outside().value, instanceType: "m5.large" });
    const settings = { images: [{ reference: "*.dkr.ecr.*", platforms: ["linux/amd64"] }], amis: [{ id: "ami-0*", architecture: "arm64" }] };
    assert.deepEqual(settingsSaid(stack, settings, "firstPreview"), []);
  });

  it("a stack without anything of the kind at all says nothing", () => {
    const stack = new StackBuilder();
    stack.add("bucket", "bucket", {});
    assert.deepEqual(settingsSaid(stack, { amis: [{ id: "ami-0*", architecture: "arm64" }] }), []);
  });
});

describe("declared facts that the stack contradicts", () => {
  const said = (stack: StackBuilder, settings: Inputs): Violation[] => saidBy(run(stack.laterPreview(), declaring({ ...settings, unused: "ignore" })), SETTINGS);

  it("a public AMI: the declaration counts, and says so", () => {
    const stack = new StackBuilder();
    stack.add("instance", "instance", { ami: X86_AMI, instanceType: "m7g.large" });
    const settings = { amis: [{ id: "/aws/service/*", architecture: "arm64" }] };
    assert.match(said(stack, settings).map(({ message }) => message).join(""), /amis\[0\] says arm64, instance `instance` says x86_64\.[\s\S]*The declaration counts\./);
    assert.deepEqual(denials(run(stack.laterPreview(), declaring(settings))), []);
  });

  it("an instance type that is known", () => {
    const stack = new StackBuilder();
    stack.add("instance", "instance", { ami: ARM_AMI, instanceType: "m7g.large" });
    assert.match(said(stack, { instanceTypes: [{ type: "m7g.*", architectures: ["x86_64"] }] })[0]?.message ?? "", /instanceTypes\[0\] says x86_64, instance `instance` says arm64/);
  });

  it("a capacity provider and a cluster of the stack: the stack counts", () => {
    const stack = new StackBuilder();
    const provider = pool(stack, "pool", { imageId: ARM_AMI, instanceType: "m7g.large" });
    const cluster = stack.add("cluster", "cluster", { name: "main" });
    stack.add("clusterProviders", "providers", { clusterName: cluster.get("name"), capacityProviders: [provider.get("name")] });
    service(stack, "ARM64", { cluster: cluster.get("arn"), capacityProviderStrategies: [{ capacityProvider: provider.get("name"), weight: 1 }] });
    const settings = { capacityProviders: [{ name: "pool", architectures: ["x86_64"] }], clusters: [{ name: "main", architectures: ["x86_64"] }] };
    const texts = said(stack, settings).map(({ message }) => message.split("\n")[0]);
    assert.deepEqual(texts, [
      "A declared fact is contradicted by the stack: capacityProviders[0] says x86_64, capacity provider `pool` says arm64.",
      "A declared fact is contradicted by the stack: clusters[0] says x86_64, cluster `cluster` says arm64.",
    ]);
    assert.deepEqual(denials(run(stack.laterPreview(), declaring(settings))), []);
  });

  it("agreement is none", () => {
    const stack = new StackBuilder();
    stack.add("instance", "instance", { ami: ARM_AMI, instanceType: "m7g.large" });
    stack.add("dockerBuild", "image", { platforms: ["linux/arm64"], push: true, tags: ["me/app:1"] });
    assert.deepEqual(said(stack, { amis: [{ id: "*", architecture: "arm64" }], instanceTypes: [{ type: "*", architectures: ["arm64"] }], images: [{ reference: "*", platforms: ["linux/arm64/v8"] }] }), []);
  });
});
