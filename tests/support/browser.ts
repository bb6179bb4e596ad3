/** A Chromium of this machine, driven for tests. Nothing is downloaded. */

import { existsSync } from "node:fs";
import path from "node:path";
import { chromium, type BrowserContext, type BrowserContextOptions } from "playwright-core";
import { cannotRun } from "./cannot-run";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"];

/** It runs in containers, without a display and without asking the network for anything of its own. */
const ARGUMENTS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

/** `CHROME_PATH`, or a browser by one of its usual names on PATH. */
export function findBrowser(): string | undefined {
  const stated = process.env["CHROME_PATH"];
  if (stated !== undefined && stated !== "") {
    return stated;
  }
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  const suffix = process.platform === "win32" ? ".exe" : "";
  return folders.flatMap((folder) => NAMES.map((name) => path.join(folder, `${name}${suffix}`))).find((file) => existsSync(file));
}

/** A new browser with a profile of its own, which goes with it; close its `browser()`. */
export async function openBrowser(context: Mocha.Context, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const executablePath = findBrowser() ?? cannotRun(context, "the page is not looked at in a browser: there is no Chromium; install one (apt-get install chromium) or name one in CHROME_PATH");
  const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  return browser.newContext(options);
}
