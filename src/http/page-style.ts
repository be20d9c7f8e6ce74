/** The look of the page: light and dark by the reader's preference, tables that become cards on a narrow screen. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf8; --card: #fff; --ink: #1c2024; --faint: #59616b; --line: #dedbd5;
  --good: #17663a; --good-paper: #e1f3e7; --warn: #7a4b00; --warn-paper: #fdf0d0;
  --bad: #a11e1e; --bad-paper: #fde5e2; --calm: #434b54; --calm-paper: #ecebe7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --card: #1c2024; --ink: #e6e4df; --faint: #a3abb5; --line: #343a41;
    --good: #8edba8; --good-paper: #173a26; --warn: #f2c766; --warn-paper: #40310d;
    --bad: #ffaaa2; --bad-paper: #4a1d1b; --calm: #c3c9d0; --calm-paper: #2b3138;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem 1.25rem 3rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
header { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: baseline; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: .75rem 0 .25rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0; }
.summary { font-size: 1.15rem; }
.faint, time, footer { color: var(--faint); }
.alarm { border: 1px solid currentColor; border-radius: .5rem; padding: .5rem .75rem; margin: .75rem 0;
  background: var(--warn-paper); color: var(--warn); }
.alarm.bad { background: var(--bad-paper); color: var(--bad); }
.alarm ul { margin: 0; padding-left: 1.2rem; }
table { width: 100%; border-collapse: separate; border-spacing: 0; background: var(--card);
  border: 1px solid var(--line); border-radius: .5rem; }
caption { text-align: left; color: var(--faint); font-size: .9rem; padding: 0 0 .35rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem; border-top: 1px solid var(--line); }
thead th { border-top: 0; font-size: .85rem; font-weight: 600; color: var(--faint); white-space: nowrap; }
tbody th { font-weight: 600; }
th time, th .faint { font-weight: 400; }
.state { display: inline-block; border-radius: 1rem; padding: 0 .6rem; font-size: .9rem; white-space: nowrap; }
.good { background: var(--good-paper); color: var(--good); }
.warn { background: var(--warn-paper); color: var(--warn); }
.bad { background: var(--bad-paper); color: var(--bad); }
.calm { background: var(--calm-paper); color: var(--calm); }
.part { display: block; }
.part + .part { margin-top: .35rem; }
td .state { margin-right: .3rem; }
footer { margin-top: 2.5rem; font-size: .9rem; }
a { color: inherit; }
@media (max-width: 44rem) {
  body { padding: .5rem .9rem 2rem; }
  table { border: 0; background: none; border-radius: 0; overflow: visible; }
  table, caption, tbody, tr, th, td { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; margin-bottom: .6rem;
    padding: .4rem .75rem; }
  tbody th, td { border: 0; padding: .15rem 0; display: grid; grid-template-columns: 6.5rem 1fr; gap: .5rem; }
  tbody th { font-size: 1.05rem; }
  [data-label]::before { content: attr(data-label); color: var(--faint); font-weight: 400; font-size: .9rem; }
}
`
