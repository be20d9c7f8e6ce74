/**
 * hb and heartbeat 3.0.6 in one cluster, in every transition. HB_INTEROP=all runs every medium with every method, which
 * takes a quarter of an hour; otherwise each tour is run with hb in either role over one medium and method, turn by turn.
 */
import { expect, test } from 'bun:test'
import { hosts } from './cluster.ts'
import {
  type Cell,
  cellName,
  cells,
  type Outcome,
  pooled,
  runCell,
  type TourName,
  tourNames,
  yardstick,
} from './matrix.ts'

import { noteOutcome } from './table.ts'

const WIDTH = 8
/** Two heartbeats overlap by nothing; the kernel's reports reach us over two processes that may be late. */
const DOUBLED_MS_MAX = 200
/** A step may cost a client this much more than two heartbeats cost it: its own second ARP request, and scripts on a loaded machine. */
const OUTAGE_SLACK_MS = 2000
/** Where nothing may move only a busy machine keeps a client waiting. */
const STILL_SLACK_MS = 700
/** A stop needs no script's request, which heartbeat now and then loses, and has to be repeated three seconds later. */
const STOP_SLACK_MS = 1000
/** heartbeat loses a request seldom; more often than so it is hb that does not do what it is asked. */
const RETYPED_MAX = 2

const mixed = cells(process.env.HB_INTEROP === 'all')
const all: Cell[] = [...tourNames.map(yardstick), ...mixed]
const outcomes = pooled(all, WIDTH, runCell)
const yardsticks = new Map<TourName, Promise<Outcome>>(tourNames.map((tour, i) => [tour, outcomes[i]!]))

for (const [i, cell] of all.entries()) {
  test(cellName(cell), async () => {
    const outcome = await outcomes[i]!
    noteOutcome({ cell, steps: outcome.steps })
    expect(outcome.error).toBeNull()
    expect(outcome.steps.filter((s) => s.measure !== 'nothing' && s.outageMs === null)).toEqual([])
    expect(outcome.steps.filter((s) => s.doubledMs > DOUBLED_MS_MAX)).toEqual([])
    expect(outcome.doubledMs).toBeLessThanOrEqual(DOUBLED_MS_MAX)
    // A storm would send many times what there is to say; 30 % loss asks for less than that.
    expect(outcome.repeats.count).toBeLessThanOrEqual(outcome.repeats.sent)
    if (i < tourNames.length) return
    expect(outcome.repeats.sent).toBeGreaterThan(0)
    expect(outcome.retyped).toBeLessThanOrEqual(RETYPED_MAX)
    const yard = await yardsticks.get(cell.tour)!
    expect(yard.error).toBeNull()
    expect(slower(cell, outcome, yard)).toEqual([])
    expect(newComplaints(cell, outcome, yard)).toEqual([])
  })
}

/** Steps in which a client waited longer than with two heartbeats. */
function slower(cell: Cell, outcome: Outcome, yard: Outcome): string[] {
  // Where a heartbeat is started alone no hb runs: its time is no figure of hb's.
  const without = hosts.filter((host) => cell.kinds[host] === 'heartbeat').map((host) => `${host} alone`)
  // Which host does what differs from step to step, not how long two heartbeats take for it at most.
  const worst = Math.max(...yard.steps.map((s) => s.outageMs ?? 0))
  return outcome.steps
    .filter((s) => !without.includes(s.name))
    .flatMap((s) => {
      const there = yard.steps.find((y) => y.name === s.name)?.outageMs ?? 0
      const moving =
        Math.max(there, Math.min(worst, 1000)) + (s.name.endsWith(' stops') ? STOP_SLACK_MS : OUTAGE_SLACK_MS)
      const bound = s.measure === 'still' ? there + STILL_SLACK_MS : moving
      return (s.outageMs ?? 0) > bound ? [`${s.name}: ${s.outageMs} ms, with two heartbeats ${there} ms`] : []
    })
}

/** Lines in heartbeat's own log that two heartbeats do not write in the same tour. */
function newComplaints(cell: Cell, outcome: Outcome, yard: Outcome): string[] {
  const usual = new Set([...yard.complaints.node1, ...yard.complaints.node2])
  const ordinary = cell.tour === 'faults' ? [...ORDINARY, ...OF_FAULTS] : ORDINARY
  return hosts
    .filter((host) => cell.kinds[host] === 'heartbeat')
    .flatMap((host) => outcome.complaints[host])
    .filter((line) => !usual.has(line) && !ordinary.some((o) => o.test(line)))
}

/** What two heartbeats write now and then in any tour: a matter of timing and load, not of the peer. */
const ORDINARY = [
  /^WARN: Late heartbeat: Node NODE: interval N ms/,
  // Its FIFO, see insist() in tours.ts.
  /Message with zero fields/,
  /^WARN: Gmain_timeout_dispatch/,
  /^WARN: G_/,
]

/** Where links are lossy, and while the keys change: each node refuses the other's datagrams for a moment and writes them out. */
const OF_FAULTS = [/^ERROR: MSG/, /authentication/, /^WARN: N lost packet\(s\)/]
