/** The one style sheet of HTML reports: light and dark by the reader's setting, always light on paper. */
export const reportStyle = `
:root { color-scheme: light dark; --ink: #1c2330; --soft: #5b6577; --line: #dfe3ea; --paper: #fff; --tint: #f5f7fa;
  --ok: #12703a; --bad: #b3231f; --warn: #8a5a00; --none: #5b6577; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ef; --soft: #98a3b5; --line: #323a48; --paper: #14181f;
  --tint: #1b212b; --ok: #5fcb8a; --bad: #ff8079; --warn: #e7b04c; --none: #98a3b5; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 32px 24px 64px; max-width: 1080px; background: var(--paper); color: var(--ink);
  font: 14px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0 0 4px; font-size: 22px; line-height: 1.3; }
h2 { margin: 40px 0 4px; font-size: 18px; line-height: 1.3; }
h3 { margin: 24px 0 8px; font-size: 14px; }
p { margin: 4px 0 12px; }
article { border-top: 1px solid var(--line); margin-top: 32px; }
article:first-of-type { border-top: 0; margin-top: 0; }
article > h2:first-child { margin-top: 24px; }
code, dd { font: 12.5px/1.55 ui-monospace, Menlo, Consolas, monospace; }
dl { display: grid; grid-template-columns: minmax(120px, 190px) 1fr; gap: 3px 16px; margin: 8px 0; }
dt { color: var(--soft); }
dd { margin: 0; }
table { width: 100%; border-collapse: collapse; margin: 8px 0 16px; }
th { text-align: left; font-weight: 500; font-size: 12px; color: var(--soft); white-space: nowrap; }
th, td { padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td:first-child, .level { white-space: nowrap; }
.clauses { table-layout: fixed; }
.clauses th:nth-child(1) { width: 150px; }
.clauses th:nth-child(2) { width: 76px; }
.clauses th:nth-child(3) { width: 36%; }
.clauses td:first-child { white-space: normal; }
a { color: inherit; }
small { display: block; color: var(--soft); font-size: 12px; }
.verdict { font-weight: 600; }
.ok { color: var(--ok); }
.bad { color: var(--bad); }
.warn { color: var(--warn); }
.none { color: var(--none); }
footer { margin-top: 40px; padding-top: 12px; border-top: 1px solid var(--line); color: var(--soft); font-size: 12px; }
@media screen and (max-width: 600px) { body { padding: 16px 12px 32px; } dl { grid-template-columns: 1fr; } dd { margin-bottom: 6px; }
  .clauses, .clauses tbody, .clauses tr, .clauses td { display: block; } .clauses thead { display: none; }
  .clauses td { border: 0; padding: 2px 0; } .clauses tr { border-bottom: 1px solid var(--line); padding: 6px 0; } }
@media print { a { text-decoration: none; } :root { color-scheme: light; --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; --tint: #fff;
  --ok: #12703a; --bad: #b3231f; --warn: #8a5a00; --none: #444; }
  body { max-width: none; padding: 0; font-size: 10.5pt; } tr, dl { break-inside: avoid; }
  h1, h2, h3 { break-after: avoid; } article + article { break-before: page; } }
`;
