/** The page's style sheet: light and dark by the reader's system, from 400 pixels on. */
export const STYLES = `
:root {
  color-scheme: light dark;
  --bg: #fbfaf7; --panel: #ffffff; --text: #1d1f22; --muted: #5a6068; --line: #dcdad3; --accent: #1f5fbf;
  --good: #1b6e3c; --bad: #b3261e; --warn: #8a5300; --node: #eef3fb; --cache: #eaf5ee;
  --c1: #1f5fbf; --c2: #b3541e; --c3: #1b7f4b; --c4: #8a3fa0; --c5: #a3172f; --c6: #46708a; --c7: #7a6a00; --c8: #4b4fa8;
  font: 15px/1.45 system-ui, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #15171a; --panel: #1d2024; --text: #e8e6e1; --muted: #a5abb3; --line: #363b42; --accent: #8ab4f8;
    --good: #7fd4a0; --bad: #ff9c92; --warn: #f0bd6b; --node: #22304a; --cache: #1d3a2b;
    --c1: #8ab4f8; --c2: #f2a272; --c3: #7fd4a0; --c4: #d7a6ea; --c5: #ff9cac; --c6: #9cc7de; --c7: #dccb62; --c8: #b3b6f5;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--bg); color: var(--text); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 8px; top: 8px; background: var(--panel); padding: 8px; z-index: 1; }
header { display: flex; flex-wrap: wrap; gap: 4px 20px; align-items: baseline; padding: 12px 20px 0; border-bottom: 1px solid var(--line); background: var(--panel); }
h1 { font-size: 18px; margin: 0; }
#ruleset { font-weight: 400; color: var(--muted); }
h2 { font-size: 15px; margin: 20px 0 8px; }
h3 { font-size: 14px; margin: 16px 0 6px; }
#status { margin: 0; font-weight: 600; color: var(--warn); }
#status.live { color: var(--good); }
#status.lost, #status.down, #status.closed { color: var(--bad); }
nav { display: flex; gap: 4px; width: 100%; overflow-x: auto; }
nav a { padding: 8px 12px; color: var(--text); text-decoration: none; border-bottom: 3px solid transparent; white-space: nowrap; }
nav a[aria-current] { border-color: var(--accent); font-weight: 600; }
nav a:hover { background: var(--bg); }
#notice { margin: 0; padding: 8px 20px; background: var(--node); }
main { padding: 16px 20px 40px; }
main:focus, .panel h2:focus { outline: none; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); gap: 10px; margin: 0; }
.tile { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 10px 12px; }
.tile dt { color: var(--muted); font-size: 13px; }
.tile dd { margin: 0; font-size: 20px; font-variant-numeric: tabular-nums; }
.tile small { display: block; font-size: 12.5px; color: var(--muted); }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(340px, 100%), 1fr)); gap: 0 24px; }
.columns.wide { grid-template-columns: repeat(auto-fit, minmax(min(480px, 100%), 1fr)); }
.columns > * { min-width: 0; }
.chart { min-height: 170px; overflow: hidden; position: relative; }
.waiting { position: absolute; inset: 40% 0 auto; text-align: center; margin: 0; color: var(--muted); }
.legend { display: flex; flex-wrap: wrap; gap: 2px 4px; align-items: center; font-size: 13px; }
.legend button { border: 1px solid transparent; background: none; padding: 2px 6px; color: var(--text); }
.legend button:hover { border-color: var(--line); }
.legend button b { font-variant-numeric: tabular-nums; }
.legend button[aria-pressed='true'] { background: none; }
.legend button[aria-pressed='false'] { color: var(--muted); text-decoration: line-through; }
.legend i { display: inline-block; width: 16px; border-top: 3px solid; margin-right: 6px; vertical-align: middle; }
.legend .dashed i { border-top-style: dashed; }
.legend .when { color: var(--muted); margin-left: auto; }
.line-0 i { color: var(--c1); } .line-1 i { color: var(--c2); } .line-2 i { color: var(--c3); } .line-3 i { color: var(--c4); }
.line-4 i { color: var(--c5); } .line-5 i { color: var(--c6); } .line-6 i { color: var(--c7); } .line-7 i { color: var(--c8); }
.scroll { overflow-x: auto; position: relative; align-self: start; border: 1px solid var(--line); border-radius: 6px; background: var(--panel); margin-top: 16px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: 8px 12px; font-weight: 600; }
th, td { text-align: left; padding: 6px 12px; border-top: 1px solid var(--line); vertical-align: baseline; white-space: nowrap; }
th { color: var(--muted); font-weight: 500; font-size: 13px; }
code, pre { font: 13px/1.4 ui-monospace, monospace; }
pre { margin: 0; padding: 12px; overflow: auto; max-height: 420px; background: var(--bg); border-top: 1px solid var(--line); }
details .action { border: 0; margin: 0; }
details { border: 1px solid var(--line); border-radius: 6px; margin-top: 8px; background: var(--panel); }
summary { padding: 8px 12px; cursor: pointer; }
.empty, .muted { color: var(--muted); }
.bad { color: var(--bad); font-weight: 600; }
.good { color: var(--good); font-weight: 600; }
.bar { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin-bottom: 8px; }
input, select, button { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--muted); border-radius: 5px; padding: 6px 10px; max-width: 100%; }
button { cursor: pointer; }
button:hover { border-color: var(--accent); }
button[aria-pressed='true'] { background: var(--node); }
.action { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 0 16px 16px; margin-top: 16px; display: grid; gap: 6px; max-width: 480px; justify-items: start; }
.action button.danger:not(:disabled) { border-color: var(--bad); color: var(--bad); }
.fields { display: grid; gap: 6px; justify-items: stretch; width: 100%; }
.field { display: flex; flex-wrap: wrap; gap: 2px 8px; align-items: center; }
.action .field { display: grid; width: 100%; }
.facts { display: grid; grid-template-columns: auto 1fr; gap: 2px 16px; margin: 0; }
.facts dt { color: var(--muted); }
.facts dd { margin: 0; }
.clip { display: block; max-width: 28ch; overflow: hidden; text-overflow: ellipsis; }
.wrap { display: block; min-width: 18ch; white-space: normal; }
button.small { padding: 1px 8px; font-size: 13px; }
button:disabled { color: var(--muted); border-color: var(--line); cursor: default; }
.said { min-height: 1.4em; margin: 4px 0 12px; }
.graph { display: block; }
.graph-box { overflow-x: auto; }
.graph text { fill: var(--text); font: 600 14px system-ui, sans-serif; text-anchor: middle; }
.graph .note { fill: var(--muted); font: 12.5px ui-monospace, monospace; }
.node { cursor: pointer; }
.node rect { stroke: var(--muted); }
.node.table rect { fill: var(--node); }
.node.cache rect { fill: var(--cache); }
.node:hover rect, .node:focus rect { stroke: var(--accent); stroke-width: 2; }
.node:focus { outline: none; }
.edge { stroke: var(--line); stroke-linecap: butt; }
.edge.busy { stroke: var(--accent); opacity: 0.55; }
.edge:hover { opacity: 1; }
@media (max-width: 640px) {
  header, main { padding-left: 12px; padding-right: 12px; }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .tile dd { font-size: 17px; overflow-wrap: anywhere; }
  nav { flex-wrap: wrap; gap: 0; }
  nav a { padding: 6px 9px; }
  .graph text { font-size: 13px; }
  thead { position: absolute; left: -9999px; }
  tr { display: grid; grid-template-columns: 1fr 1fr; gap: 2px 12px; padding: 8px 12px; border-top: 1px solid var(--line); }
  td { display: flex; gap: 8px; border: 0; padding: 0; white-space: normal; overflow-wrap: anywhere; align-items: baseline; }
  td:has(code, strong, span, button), td.empty { grid-column: 1 / -1; }
  td[data-head]:not([data-head=''])::before { content: attr(data-head); color: var(--muted); font-size: 13px; flex: 0 0 auto; }
  td:empty { display: none; }
  .clip, .wrap { max-width: none; min-width: 0; white-space: normal; }
}
@media (prefers-reduced-motion: no-preference) { .edge { transition: stroke-width 0.3s; } }
`
