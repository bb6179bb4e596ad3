/**
 * One page that needs nothing else: the verdict, a map of what runs on what, and the findings beside. No scripts; what can
 * be folded is `details`, what leads on is a link.
 */

import { plain } from "../../policies/report/words";
import type { CheckedStack, Report } from "../check";
import { nameOfSource } from "../source";
import { STYLE } from "./html-style";
import { mapOf, type AmiOnMap, type Edge, type Mark, type Node, type TaskOnMap } from "./map";
import { counted, denialsFirst, headlineOf, headOf, nameOfStack, totalsOf } from "./summary";

/** Of cards on the map, and of findings: more is no page to read, and the other formats have it all. */
const MAX_CARDS = 300;
const MAX_FINDINGS = 500;

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? "");
}

/** A text with names in backticks. */
function prose(text: string): string {
  return text
    .split(/`([^`]*)`/)
    .map((part, index) => (index % 2 === 1 ? `<code>${escape(part)}</code>` : escape(part)))
    .join("");
}

/** A ring with a tick, an octagon with a cross, a diamond with a question mark. */
const SIGNS = `<svg hidden><defs>
<symbol id="agree" viewBox="0 0 16 16"><path d="M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0zm0 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM4.4 8.6l1.2-1.3 1.7 1.7 3.3-3.8 1.3 1.1-4.5 5.2z"/></symbol>
<symbol id="disagree" viewBox="0 0 16 16"><path fill-rule="evenodd" d="M4.7 0h6.6L16 4.7v6.6L11.3 16H4.7L0 11.3V4.7zM4 5.4 6.6 8 4 10.6 5.4 12 8 9.4l2.6 2.6 1.4-1.4L9.4 8 12 5.4 10.6 4 8 6.6 5.4 4z"/></symbol>
<symbol id="unknown" viewBox="0 0 16 16"><path fill-rule="evenodd" d="M8 0l8 8-8 8-8-8zm0 2.8L2.8 8 8 13.2 13.2 8zM5.9 6.6C6 5.2 6.8 4.500 8.100 4.500c1.300 0 2.200.8 2.200 1.900 0 1.500-1.500 1.600-1.600 2.700H7.300c0-1.700 1.500-1.900 1.500-2.600 0-.5-.3-.7-.7-.7-.5 0-.7.3-.8.900zM7.200 9.800h1.600v1.500H7.200z"/></symbol>
</defs></svg>`;

function sign(mark: Mark): string {
  return `<svg aria-hidden="true"><use href="#${mark}"/></svg>`;
}

/** Where the findings stand on the page, by their keys. */
type Anchors = ReadonlyMap<string, string>;

function badge({ mark, isExempt, key }: Edge, anchors: Anchors): string {
  const inside = `${sign(mark)}${mark}${isExempt ? " (exempt)" : ""}`;
  const anchor = key === undefined ? undefined : anchors.get(key);
  return anchor === undefined ? `<span class="mark ${mark}">${inside}</span>` : `<a class="mark ${mark}" href="#${anchor}">${inside}</a>`;
}

function nodeHtml({ title, platform, lines }: Node, why = "", isHub = false): string {
  const more = [...lines.map((line) => `<span class="soft">${prose(line)}</span>`), ...(why === "" ? [] : [`<span class="why">${prose(why)}</span>`])];
  return `<div class="node${isHub ? " hub" : ""}"><div>${prose(title)}<b>${escape(platform)}</b>${more.join("")}</div></div>`;
}

function sideHtml(name: "images" | "places", label: string, edges: readonly Edge[], anchors: Anchors): string {
  const items = edges.map((edge) => {
    const parts = [nodeHtml(edge.node, edge.why), `<div class="edge">${badge(edge, anchors)}</div>`];
    return `<li class="${edge.mark}">${(name === "images" ? parts : parts.reverse()).join("")}</li>`;
  });
  return `<ul class="side ${name}" aria-label="${label}">${items.join("")}</ul>`;
}

function taskHtml({ node, images, places, mark }: TaskOnMap, anchors: Anchors): string {
  const sides = [sideHtml("images", "images", images, anchors), nodeHtml(node, "", true), sideHtml("places", "capacity", places, anchors)];
  return `<article class="card ${mark}"><div class="row">${sides.join("")}</div></article>`;
}

function amiHtml({ node, types, mark }: AmiOnMap, anchors: Anchors): string {
  return `<article class="card ${mark}"><div class="row two">${nodeHtml(node, "", true)}${sideHtml("places", "instance types", types, anchors)}</div></article>`;
}

/** Cards that ask for attention in full, and those that agree behind one line, unless they are all there is. */
function cardsHtml<T extends { readonly mark: Mark }>(title: string, what: string, items: readonly T[], make: (item: T) => string): string {
  if (items.length === 0) {
    return "";
  }
  const shown = items.slice(0, MAX_CARDS);
  const open = shown.filter(({ mark }) => mark !== "agree");
  const agreeing = shown.filter(({ mark }) => mark === "agree");
  const folded = agreeing.length === 0 ? "" : `<details${open.length === 0 ? " open" : ""}><summary>${sign("agree")} ${counted(agreeing.length, what)} in agreement</summary><div class="more">${agreeing.map(make).join("\n")}</div></details>`;
  const rest = items.length > shown.length ? `<p class="soft">${counted(items.length - shown.length, `more ${what}`)} left out here, of which ${items.slice(MAX_CARDS).filter(({ mark }) => mark === "disagree").length} disagree.</p>` : "";
  return `<section class="part"><h3>${title}</h3>${open.map(make).join("\n")}${folded}${rest}</section>`;
}

function mapHtml({ tasks, amis }: ReturnType<typeof mapOf>, anchors: Anchors): string {
  const sections = [
    cardsHtml("Tasks: images, task definition, capacity", "task", tasks, (task) => taskHtml(task, anchors)),
    cardsHtml("Instances: AMI and instance types", "AMI", amis, (ami) => amiHtml(ami, anchors)),
  ].join("");
  return `<div class="part map">${sections === "" ? '<p class="soft">Nothing in this stack was compared.</p>' : sections}</div>`;
}

function findingHtml({ level, policy, resource, message }: Report, id: string): string {
  const where = resource === undefined ? "" : ` <code>${escape(plain(resource.name))}</code>`;
  const word = level === "mandatory" ? `<span class="mark disagree">${sign("disagree")}denied</span>` : `<span class="mark unknown">${sign("unknown")}advice</span>`;
  return `<details class="finding ${level}" id="${id}" open><summary>${word} ${escape(policy)}${where}</summary><pre>${escape(message)}</pre></details>`;
}

function findingsHtml(reports: readonly Report[], idOf: (report: Report) => string): string {
  if (reports.length === 0) {
    return "";
  }
  const shown = reports.slice(0, MAX_FINDINGS);
  const rest = reports.length > shown.length ? `<p class="soft">${counted(reports.length - shown.length, "more finding")} left out here; the format json has them all.</p>` : "";
  return `<section class="part findings"><h3>Findings</h3>${shown.map((report) => findingHtml(report, idOf(report))).join("\n")}${rest}</section>`;
}

/** Ids of findings are numbers: names could hold anything. */
function anchorsOf(reports: readonly Report[], at: number): Anchors {
  return new Map(reports.slice(0, MAX_FINDINGS).map(({ key }, index) => [key, `finding-${String(at + 1)}-${String(index + 1)}`]));
}

function stackHtml(stack: CheckedStack, at: number): string {
  const reports = denialsFirst(stack.reports);
  const anchors = anchorsOf(reports, at);
  const findings = findingsHtml(reports, ({ key }) => anchors.get(key) ?? "");
  return `<section class="stack${findings === "" ? "" : " beside"}"><h2>${prose(headOf(stack))}</h2>${mapHtml(mapOf(stack.comparisons()), anchors)}${findings}</section>`;
}

/** What denies, one line each: what a person looks for first. */
function headlines(checked: readonly CheckedStack[]): string {
  const lines = checked.flatMap((stack, at) => {
    const reports = denialsFirst(stack.reports);
    const anchors = anchorsOf(reports, at);
    const of = checked.length > 1 ? ` <span class="soft">${escape(nameOfStack(stack))}</span>` : "";
    return reports.filter(({ level }) => level === "mandatory").map((report) => `<li><a href="#${anchors.get(report.key) ?? ""}">${prose(headlineOf(report))}</a>${of}</li>`);
  });
  const shown = lines.slice(0, 10);
  return shown.length === 0 ? "" : `<ul>${shown.join("")}${lines.length > shown.length ? `<li class="soft">and ${counted(lines.length - shown.length, "more denial")} below</li>` : ""}</ul>`;
}

function verdictHtml(checked: readonly CheckedStack[]): string {
  const { mandatory, advisory, undetermined, stacks } = totalsOf(checked);
  const title = mandatory > 0 ? `${sign("disagree")} Denied: ${counted(mandatory, "disagreement")}` : `${sign("agree")} Passed: nothing is known to disagree`;
  const one = stacks === 1 ? checked[0] : undefined;
  const where = one === undefined ? counted(stacks, "stack") : plain(nameOfSource(one.file));
  const counts = [`${counted(advisory, "piece")} of advice`, `${counted(undetermined, "part")} not determined`, where].join(" · ");
  return `<header class="verdict ${mandatory > 0 ? "denied" : "passed"}"><h1>${title}</h1>${headlines(checked)}<p class="soft">${escape(counts)}</p></header>`;
}

const MARKS: readonly Mark[] = ["agree", "disagree", "unknown"];
const LEGEND = `<p class="legend soft"><span>Pairs on the map:</span>${MARKS.map((mark) => `<span class="mark ${mark}">${sign(mark)}${mark}</span>`).join("")}<span>A solid line agrees, a double one disagrees, a dotted one is not known.</span></p>`;

/** A whole page. Ends with a line end. */
export function renderHtml(checked: readonly CheckedStack[], toolVersion: string): string {
  const { mandatory } = totalsOf(checked);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${mandatory > 0 ? "Denied" : "Passed"}: CPU architecture</title>
<style>${STYLE}</style>
</head>
<body>
${SIGNS}
<a class="skip" href="#map">To the map</a>
<div class="page">
${verdictHtml(checked)}
${LEGEND}
<main class="part" id="map">
${checked.map(stackHtml).join("\n")}
</main>
<footer class="soft">cpu-architecture ${escape(toolVersion)}</footer>
</div>
</body>
</html>
`;
}
