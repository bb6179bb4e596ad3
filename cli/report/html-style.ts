/**
 * The style sheet of the page. Marks differ by word, by the shape of their sign and by the kind of their line; colour only
 * repeats that. All text has a contrast of 4.5 to 1 at least, in both colour schemes.
 */
export const STYLE = `
:root { color-scheme: light dark; --paper: #f6f7f9; --card: #ffffff; --ink: #1b1f24; --soft: #4d5560; --rule: #c9ced6; --link: #0a4fb3;
  --agree: #11632b; --disagree: #a8101b; --on-disagree: #ffffff; --unknown: #6a4b00; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171c; --card: #1e232a; --ink: #e8ebf0; --soft: #aab3c0; --rule: #444c58; --link: #8ab8ff;
  --agree: #79d992; --disagree: #ff9b96; --on-disagree: #2b0406; --unknown: #e2c068; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.45 system-ui, sans-serif; overflow-wrap: anywhere; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 3px; }
code, pre { font-family: ui-monospace, Consolas, monospace; font-size: .92em; }
h1, h2, h3, p, ul { margin: 0; }
ul { padding: 0; list-style: none; }
svg { width: 1.15em; height: 1.15em; flex: none; fill: currentColor; vertical-align: -.2em; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem; }
.page { max-width: 1700px; margin: 0 auto; padding: 1rem; display: grid; gap: 1.25rem; }
.verdict { background: var(--card); border: 1px solid var(--rule); border-left: .6rem double var(--disagree); border-radius: .5rem; padding: 1rem; display: grid; gap: .5rem; }
.verdict.passed { border-left: .6rem solid var(--agree); }
.verdict h1 { font-size: 1.6rem; line-height: 1.2; color: var(--disagree); }
.verdict.passed h1 { color: var(--agree); }
.verdict li { padding: .15rem 0; font-size: 1.08rem; }
.soft { color: var(--soft); font-size: .92rem; }
.legend { display: flex; flex-wrap: wrap; gap: .4rem 1.25rem; align-items: center; }
.stack { display: grid; gap: 1.25rem; }
.stack > h2 { font-size: 1.2rem; }
.part { display: grid; gap: .75rem; min-width: 0; align-content: start; }
.part > h3 { font-size: 1.05rem; }
.card, .finding { background: var(--card); border: 1px solid var(--rule); border-radius: .5rem; padding: .9rem; }
.card.disagree { border: 2px solid var(--disagree); }
.card.unknown { border-style: dashed; }
.row { display: flex; flex-direction: column; }
.row > .hub { order: -1; }
.side { display: grid; align-content: center; }
.side > .agree { --mark: var(--agree); --line: 2px solid; }
.side > .disagree { --mark: var(--disagree); --line: 6px double; }
.side > .unknown { --mark: var(--unknown); --line: 3px dotted; }
.side > li { display: flex; flex-direction: column; margin-left: .9rem; padding-top: .7rem; border-left: var(--line) var(--mark); }
.side > li > .node { margin: .4rem 0 0 1.4rem; }
.side > li > .edge { order: -1; }
.node { border: 1px solid var(--rule); border-radius: .4rem; padding: .5rem .65rem; background: var(--paper); min-width: 0; }
.node b { display: block; font-size: 1.08rem; }
.node .soft { display: block; }
.node.hub { border-width: 2px; border-color: var(--soft); align-content: center; }
.disagree > .node b { color: var(--disagree); }
.edge { display: flex; align-items: center; }
.edge::before { content: ""; flex: 0 0 1.4rem; border-top: var(--line) var(--mark); }
.mark.agree { --mark: var(--agree); }
.mark.disagree { --mark: var(--disagree); }
.mark.unknown { --mark: var(--unknown); }
.mark { display: inline-flex; gap: .35rem; align-items: center; color: var(--mark); font-weight: 600; text-decoration: none; white-space: nowrap; padding: .1rem .5rem; border-radius: 1rem; border: 2px solid var(--mark); }
.mark.unknown { border-style: dotted; }
.mark.disagree { background: var(--mark); color: var(--on-disagree); border-radius: .25rem; }
a.mark:hover { text-decoration: underline; }
.why { color: var(--soft); font-size: .88rem; margin-top: .3rem; }
details > summary { cursor: pointer; font-weight: 600; padding: .2rem; }
.more { display: grid; gap: .75rem; margin-top: .75rem; }
.finding:target { outline: 3px solid var(--link); }
.finding.mandatory { border-left: 6px double var(--disagree); }
.finding pre { white-space: pre-wrap; margin: .6rem 0 0; }
@media (min-width: 760px) {
  .row { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 3fr) minmax(0, 5fr); }
  .row.two { grid-template-columns: minmax(0, 4fr) minmax(0, 7fr); }
  .row > .hub { order: 0; display: grid; }
  .side { gap: .6rem; }
  .side > li { display: grid; align-items: center; margin: 0; padding: 0; border: 0; }
  .side > li > .node { margin: 0; }
  .side > li > .edge { order: 0; }
  .images > li { grid-template-columns: minmax(0, 1fr) 9.4rem; }
  .places > li { grid-template-columns: 9.4rem minmax(0, 1fr); }
  .edge::before, .edge::after { content: ""; flex: 1 0 .4rem; border-top: var(--line) var(--mark); }
}
@media (min-width: 1400px) {
  .stack.beside { grid-template-columns: minmax(0, 1fr) 30rem; }
  .stack.beside > h2 { grid-column: 1 / -1; }
}
@media print {
  :root { --paper: #ffffff; --card: #ffffff; --ink: #000000; --soft: #333333; --agree: #11632b; --disagree: #a8101b; --on-disagree: #ffffff; --unknown: #6a4b00; color-scheme: light; }
  .page { max-width: none; padding: 0; } .stack.beside { grid-template-columns: minmax(0, 1fr); }
  .card, .finding { break-inside: avoid; } .skip { display: none; }
  .mark.disagree { print-color-adjust: exact; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;
