/** The formats of the report. One that needs a library, or is large itself, is loaded when it is asked for. */

import type { CheckedStack } from "../check";
import type * as Github from "./github";
import type * as Html from "./html";
import { renderJson } from "./json";
import type * as Junit from "./junit";
import type * as Markdown from "./markdown";
import type * as Sarif from "./sarif";
import { renderText } from "./text";

export const FORMATS = ["text", "json", "sarif", "junit", "github", "markdown", "html"] as const;

export type Format = (typeof FORMATS)[number];

type Renderer = (checked: readonly CheckedStack[], toolVersion: string) => string;

/* eslint-disable @typescript-eslint/no-require-imports -- an import at the top would load them for every run */
const RENDERERS: Readonly<Record<Format, Renderer>> = {
  text: renderText,
  json: renderJson,
  sarif: (checked, toolVersion) => (require("./sarif") as typeof Sarif).renderSarif(checked, toolVersion),
  junit: (checked) => (require("./junit") as typeof Junit).renderJunit(checked),
  github: (checked) => (require("./github") as typeof Github).renderGithub(checked),
  markdown: (checked) => (require("./markdown") as typeof Markdown).renderMarkdown(checked),
  html: (checked, toolVersion) => (require("./html") as typeof Html).renderHtml(checked, toolVersion),
};

/* eslint-enable @typescript-eslint/no-require-imports */

/** The formats that point into the files, by lines. */
const WITH_LINES: ReadonlySet<Format> = new Set(["sarif", "github"]);

export function needsLines(formats: readonly Format[]): boolean {
  return formats.some((format) => WITH_LINES.has(format));
}

/** A report. Ends with a line end. */
export function renderReport(format: Format, checked: readonly CheckedStack[], toolVersion: string): string {
  return RENDERERS[format](checked, toolVersion);
}
