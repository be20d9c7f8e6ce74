/**
 * The measured outages of a run as Markdown: `HB_INTEROP_TABLE=1 bun test test/interop/... | bun test/interop/table.ts`.
 * Of several cells with the same pair the worst is shown.
 */
import type { HealCell, HealOutcome } from './heal.ts'
import type { Cell } from './matrix.ts'
import type { Step } from './tours.ts'

type Line = { cell: Cell; steps: Step[] } | { cell: HealCell; outcome: HealOutcome }

const pairs = ['heartbeat+heartbeat', 'heartbeat+hb', 'hb+heartbeat', 'hb+hb']
const table = new Map<string, Map<string, number>>()

function note(row: string, pair: string, outageMs: number): void {
  const cells = table.get(row) ?? new Map<string, number>()
  cells.set(pair, Math.max(outageMs, cells.get(pair) ?? 0))
  table.set(row, cells)
}

for (const text of (await Bun.stdin.text()).split('\n')) {
  if (!text.startsWith('{"cell"')) continue
  const line = JSON.parse(text) as Line
  const pair = `${line.cell.kinds.node1}+${line.cell.kinds.node2}`
  if ('outcome' in line) note(`after: ${line.cell.fault} (${line.cell.rule})`, pair, line.outcome.outageMs)
  else for (const s of line.steps) if (s.outageMs !== null) note(`${line.cell.tour}: ${s.name}`, pair, s.outageMs)
}
console.log(`| step | ${pairs.join(' | ')} |\n| --- | ${pairs.map(() => '---').join(' | ')} |`)
for (const [row, cells] of table) console.log(`| ${row} | ${pairs.map((p) => cells.get(p) ?? '').join(' | ')} |`)
