/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/// <reference lib="dom.asynciterable" />
import assert from "node:assert/strict";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { openBrowser } from "../support/browser";
import { exportOf, type Exported } from "../support/saved-stack";
import { json, StackBuilder, text, type Inputs } from "../support/stack-builder";
import { Folder, inProcess } from "./support";

const FARGATE: Inputs = { requiresCompatibilities: ["FARGATE"] };
const ARM_AMI = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id";
const X86_AMI = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id";

/** A task of which one image disagrees and one is not known, one that finds no instance, one that agrees, and an AMI. */
function severalPairs(): Exported {
  const stack = new StackBuilder();
  const url = stack.add("repository", "app").get("repositoryUrl");
  const api = stack.add("dockerBuild", "api", { platforms: ["linux/arm64"], push: true, tags: [text`${url}:1`] });
  stack.add("dockerBuild", "worker", { platforms: ["linux/amd64", "linux/arm64"], push: true, tags: ["me/worker:1"] });
  const containers = [{ name: "web", image: api.get("ref") }, { name: "sidecar", image: "me/worker:1" }, { name: "log", image: "vendor/log:2" }];
  const web = stack.add("task", "web", { containerDefinitions: json(containers), ...FARGATE });
  stack.add("task", "fine", { containerDefinitions: json([{ name: "fine", image: "me/worker:1" }]), ...FARGATE });
  const runtimePlatform = { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" };
  const worker = stack.add("task", "worker", { containerDefinitions: json([{ name: "worker", image: "me/worker:1" }]), runtimePlatform });
  const template = stack.add("launchTemplate", "nodes", { name: "nodes", imageId: X86_AMI, instanceType: "m5.large" });
  const group = stack.add("group", "nodes", { launchTemplate: { id: template.get("id"), version: "$Latest" }, maxSize: 3 });
  stack.add("capacityProvider", "cp", { name: "cp", autoScalingGroupProvider: { autoScalingGroupArn: group.get("arn") } });
  const cluster = stack.add("cluster", "main", { name: "main" }).get("arn");
  stack.add("service", "web", { cluster, taskDefinition: web.get("arn"), launchType: "FARGATE" });
  stack.add("service", "worker", { cluster, taskDefinition: worker.get("arn"), capacityProviderStrategies: [{ capacityProvider: "cp", weight: 1 }] });
  stack.add("instance", "bastion", { ami: ARM_AMI, instanceType: "m5.large" });
  return exportOf(stack.update());
}

/** Contrast of each text with what is behind it, by WCAG 2.2 (relative luminance); the lowest first. */
function contrasts(): { readonly text: string; readonly ratio: number }[] {
  const parse = (color: string): number[] => (color.match(/[\d.]+/g) ?? []).map(Number);
  const light = (color: string): number => {
    const [r = 0, g = 0, b = 0] = parse(color).slice(0, 3).map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element: Element): string => {
    for (let each: Element | null = element; each !== null; each = each.parentElement) {
      const color = getComputedStyle(each).backgroundColor;
      if (parse(color)[3] !== 0) {
        return color;
      }
    }
    return "rgb(255, 255, 255)";
  };
  return [...document.querySelectorAll("body *")]
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.nodeValue?.trim() !== ""))
    .map((element) => {
      const [low, high] = [light(getComputedStyle(element).color), light(behind(element))].sort((a, b) => a - b) as [number, number];
      return { text: element.textContent.slice(0, 40), ratio: (high + 0.05) / (low + 0.05) };
    })
    .sort((a, b) => a.ratio - b.ratio);
}

describe("check: the map in a browser", function () {
  this.timeout(120_000);
  const folder = new Folder();
  let browser: BrowserContext | undefined;
  let url: string;

  before(async () => {
    const file = path.join(folder.dir, "map.html");
    const { code, stderr } = await inProcess("check", "--output", `html=${file}`, folder.write("state.json", severalPairs()));
    assert.deepEqual({ code, stderr }, { code: 1, stderr: "" });
    url = pathToFileURL(file).href;
  });
  afterEach(async () => {
    await browser?.browser()?.close();
    browser = undefined;
  });
  after(() => {
    folder.remove();
  });

  async function open(context: Mocha.Context, options: BrowserContextOptions = {}): Promise<Page> {
    browser = await openBrowser(context, { viewport: { width: 1280, height: 900 }, ...options });
    const page = await browser.newPage();
    await page.goto(url);
    return page;
  }

  it("shows what disagrees first, and each pair with its mark in words, without JavaScript", async function () {
    const page = await open(this, { javaScriptEnabled: false });
    assert.match(await page.locator("h1").innerText(), /Denied: 3 disagreements/);
    const pairs = await page.locator(".side > li").evaluateAll((items) => items.map((item) => {
      const words = (selector: string): string => (item.querySelector(selector)?.textContent ?? "").trim();
      return `${words(".node b")}: ${words(".mark")}`;
    }));
    assert.deepEqual(pairs.slice(0, 6), [
      "linux/arm64: disagree",
      "platform not known: unknown",
      "linux/amd64 and linux/arm64: agree",
      "linux/amd64: agree",
      "linux/amd64 and linux/arm64: agree",
      "linux/amd64: disagree",
    ]);
    assert.equal(await page.locator(".card.disagree").count(), 3);
  });

  it("tells the marks apart by sign and line too", async function () {
    const page = await open(this);
    const marks = await page.locator(".side > li").evaluateAll((items) => items.map((item) => {
      const edge = item.querySelector(".edge");
      const line = edge === null ? "" : getComputedStyle(edge, "::before").borderTopStyle;
      return [item.querySelector(".mark")?.textContent, item.querySelector("use")?.getAttribute("href"), line].join(" ");
    }));
    assert.deepEqual([...new Set(marks)].sort(), ["agree #agree solid", "disagree #disagree double", "unknown #unknown dotted"]);
  });

  it("is reached by keyboard alone: in reading order, with a visible focus, to the finding and back", async function () {
    const page = await open(this);
    const focused = (): Promise<string> => page.evaluate(() => `${document.activeElement?.tagName ?? ""} ${(document.activeElement?.textContent ?? "").trim().slice(0, 25)}`);
    const seen: string[] = [];
    for (let count = 0; count < 6; count += 1) {
      await page.keyboard.press("Tab");
      seen.push(await focused());
      const outline = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle);
      assert.notEqual(outline, "none", seen.at(-1));
    }
    assert.deepEqual(seen.map((each) => each.split(" ").slice(0, 3).join(" ")), ["A To the", "A Container web", "A No instance", "A EC2 refuses", "A disagree", "A disagree"]);
    await page.keyboard.press("Enter");
    const [target, y] = await page.evaluate(() => [document.querySelector(":target")?.textContent ?? "", document.querySelector(":target")?.getBoundingClientRect().top ?? -1] as const);
    assert.match(target, /ecs-task-capacity-architecture/);
    assert.ok(y >= 0 && y < 900, `the finding is at ${y}`);
  });

  it("folds what agrees, and unfolds it by keyboard", async function () {
    const page = await open(this);
    const summary = page.locator("summary", { hasText: "1 task in agreement" });
    const card = page.locator(".card.agree", { hasText: "task definition fine" });
    assert.equal(await card.isVisible(), false);
    await summary.focus();
    await page.keyboard.press("Enter");
    assert.equal(await card.isVisible(), true);
    await page.keyboard.press("Space");
    assert.equal(await card.isVisible(), false);
  });

  for (const width of [360, 760, 1280, 1600]) {
    it(`fits into ${width} pixels`, async function () {
      const page = await open(this, { viewport: { width, height: 800 } });
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
      const cut = await page.locator(".node, .mark, pre").evaluateAll((all) => all.filter((each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0).map((each) => each.textContent));
      assert.deepEqual(cut, []);
    });
  }

  for (const colorScheme of ["light", "dark"] as const) {
    it(`has enough contrast when it is ${colorScheme}`, async function () {
      const page = await open(this, { colorScheme });
      const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.equal(Number(/\d+/.exec(paper)?.[0]) > 128, colorScheme === "light");
      const all = await page.evaluate(contrasts);
      assert.ok(all.length > 40, `${all.length} texts`);
      assert.deepEqual(all.filter(({ ratio }) => ratio < 4.5), []);
    });
  }

  it("prints everything, also what is folded", async function () {
    const page = await open(this);
    await page.emulateMedia({ media: "print" });
    const height = await page.locator(".card.agree", { hasText: "task definition fine" }).evaluate((card) => card.getBoundingClientRect().height);
    assert.ok(height > 50, `${height} pixels high`);
  });

  it("asks for nothing and runs nothing", async function () {
    browser = await openBrowser(this);
    const page = await browser.newPage();
    const asked: string[] = [];
    const said: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    page.on("console", (message) => said.push(message.text()));
    await page.goto(url);
    assert.deepEqual({ asked, said, scripts: await page.locator("script").count() }, { asked: [url], said: [], scripts: 0 });
  });
});
