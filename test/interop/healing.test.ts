/**
 * The end of a partition, of a one-way cut and of a freeze. Two heartbeats release everything and restart, for some 15 s;
 * with an hb in the pair the service stays, and one holder is left.
 */
import { expect, test } from 'bun:test'
import { faults, type HealCell, healName, lopsided, runHeal, young } from './heal.ts'
import { pooled } from './matrix.ts'
import { noteOutcome } from './table.ts'

const kinds = [
  { node1: 'heartbeat', node2: 'hb' },
  { node1: 'hb', node2: 'heartbeat' },
  { node1: 'hb', node2: 'hb' },
] as const
const rules = process.env.HB_INTEROP === 'all' ? (['on', 'off'] as const) : (['off'] as const)
const cells: HealCell[] = [
  ...rules.flatMap((rule) => faults.flatMap((fault) => kinds.map((k) => ({ kinds: k, rule, fault })))),
  ...[young, lopsided].flatMap((fault) =>
    kinds.slice(0, 2).map((k) => ({ kinds: k, rule: 'off' as const, fault }) as HealCell),
  ),
  ...(rules.length === 1 ? kinds.slice(0, 2) : []).map((k) => ({ kinds: k, rule: 'on' as const, fault: faults[0] })),
]
/** Two heartbeats in the same fault; all of them where the whole matrix is asked for. */
const yardsticks = [...new Map(cells.map((cell) => [`${cell.fault} ${cell.rule}`, cell])).values()]
  .filter(({ rule, fault }) => rules.length > 1 || (rule === 'off' && fault === 'partition'))
  .map((cell): HealCell => ({ ...cell, kinds: { node1: 'heartbeat', node2: 'heartbeat' } }))
const results = pooled([...yardsticks, ...cells], 8, runHeal)

/** One switchover, with what a busy test machine adds. heartbeat is asked once a second to let go, and then takes its own time. */
const WITH_HEARTBEAT = { outageMs: 3000, doubledMs: 6000 }
/** What a busy machine does to either measurement. */
const SLACK_MS = 300
/** One of two hb lets go within three beats. */
const OF_TWO_HB = { outageMs: 1000, doubledMs: 1500 }

for (const [i, cell] of yardsticks.entries()) {
  test(`the yardstick: ${healName(cell)}`, async () => {
    const outcome = await results[i]!
    noteOutcome({ cell, outcome })
    console.log(`${healName(cell)}: ${outcome.outageMs} ms without service, ${outcome.doubledMs} ms twice`)
    // What two heartbeats do after a fault is what it is; that they go out and come back after a partition is known.
    if (cell.fault !== 'partition') return
    expect(outcome.error).toBeNull()
    expect(outcome.outageMs).toBeGreaterThan(8000)
  })
}

for (const [i, cell] of cells.entries()) {
  test(healName(cell), async () => {
    const outcome = await results[yardsticks.length + i]!
    noteOutcome({ cell, outcome })
    expect(outcome.error).toBeNull()
    const bounds = Object.values(cell.kinds).includes('heartbeat') ? WITH_HEARTBEAT : OF_TWO_HB
    expect(outcome.outageMs).toBeLessThan(bounds.outageMs)
    const yardstick = yardsticks.findIndex((y) => y.fault === cell.fault && y.rule === cell.rule)
    if (yardstick >= 0) expect(outcome.outageMs).toBeLessThan((await results[yardstick]!).outageMs + SLACK_MS)
    expect(outcome.doubledMs).toBeLessThan(bounds.doubledMs)
    expect(Object.values(outcome.holders).every((h) => h === 'node1' || h === 'node2')).toBe(true)
    expect(outcome.restarts).toBe(0)
    if (cell.rule === 'on') expect(outcome.holders).toEqual({ node1: 'node1', node2: 'node2' })
  })
}
