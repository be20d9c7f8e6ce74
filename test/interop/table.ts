/**
 * What was measured, as a table: the tests append one line of JSON each to the file that HB_INTEROP_TABLE names, and
 * `bun test/interop/table.ts FILE` writes Markdown. `scripts/test --interop` does both.
 */
import { appendFileSync, readFileSync } from 'node:fs'
import type { HealCell, HealOutcome } from './heal.ts'
import type { Cell } from './matrix.ts'
import type { Step } from './tours.ts'

export type Line = { cell: Cell; steps: readonly Step[] } | { cell: HealCell; outcome: HealOutcome }

export function noteOutcome(line: Line): void {
  const file = process.env.HB_INTEROP_TABLE
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(line)}\n`)
}

const pairs = ['heartbeat+heartbeat', 'heartbeat+hb', 'hb+heartbeat', 'hb+hb']

/** Of several cells with the same pair the median and the worst are shown, in ms. */
export function table(lines: readonly Line[]): string {
  const rows = new Map<string, Map<string, number[]>>()
  const note = (row: string, pair: string, ms: number | null) => {
    if (ms === null) return
    const cells = rows.get(row) ?? new Map<string, number[]>()
    cells.set(pair, [...(cells.get(pair) ?? []), ms])
    rows.set(row, cells)
  }
  for (const line of lines) {
    const pair = `${line.cell.kinds.node1}+${line.cell.kinds.node2}`
    if ('outcome' in line) note(`after: ${line.cell.fault} (${line.cell.rule})`, pair, line.outcome.outageMs)
    else for (const s of line.steps) note(`${line.cell.tour}: ${s.name}`, pair, s.outageMs)
  }
  const shown = (figures: number[] | undefined) => {
    if (figures === undefined) return ''
    const sorted = [...figures].sort((a, b) => a - b)
    const worst = sorted.at(-1)!
    return sorted.length === 1 ? `${worst}` : `${sorted[(sorted.length - 1) >> 1]} (${worst})`
  }
  const head = `| step | ${pairs.join(' | ')} |\n| --- |${' ---: |'.repeat(pairs.length)}\n`
  return (
    head +
    [...rows].map(([row, cells]) => `| ${row} | ${pairs.map((p) => shown(cells.get(p))).join(' | ')} |\n`).join('')
  )
}

/** The table of a file's lines. */
export function tableOf(file: string): string {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return table(lines.map((line) => JSON.parse(line) as Line))
}

if (import.meta.main) process.stdout.write(tableOf(process.argv[2]!))
