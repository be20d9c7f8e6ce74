/** The cells of the matrix, run side by side: each is a tour of one pair, and its yardstick is the same tour of two heartbeats. */
import type { Host, Kind, Medium, Method, Rule } from './cluster.ts'
import { hosts, Pair } from './cluster.ts'
import { type Step, Tour } from './tours.ts'

export const tourNames = ['hand-over', 'alone node1', 'alone node2', 'faults', 'on', 'off', 'legacy'] as const
export type TourName = (typeof tourNames)[number]

export interface Cell {
  readonly tour: TourName
  readonly kinds: Readonly<Record<Host, Kind>>
  readonly medium: Medium
  readonly method: Method
}

export interface Outcome {
  readonly steps: readonly Step[]
  readonly error: string | null
  /** Longest time both hosts, alive, had the same address, in ms, pauses between the steps included. */
  readonly doubledMs: number
  /** Requests that a heartbeat was given twice. */
  readonly retyped: number
  readonly complaints: Readonly<Record<Host, readonly string[]>>
  /** Repetitions that hb asked for or made, of how many messages it sent. */
  readonly repeats: { readonly count: number; readonly sent: number }
}

const mediaNames = ['bcast', 'ucast', 'mcast'] as const
const methods = ['crc', 'md5', 'sha1'] as const
const mixed = [
  { node1: 'heartbeat', node2: 'hb' },
  { node1: 'hb', node2: 'heartbeat' },
] as const

/** Keys have to change on both nodes within one deadtime, typed by a machine that may be busy. */
const faulty = { twoLinks: true, deadtimeS: 10 }

export const cellName = (c: Cell): string =>
  `${c.tour}: ${c.kinds.node1} and ${c.kinds.node2}, ${c.medium}, ${c.method}`

/**
 * Every tour with hb in either role over one medium and method each, turn by turn; or over all of them, and then two hb
 * as well, over one medium and method a tour: between themselves nothing depends on what a heartbeat makes of it.
 */
export function cells(all: boolean): Cell[] {
  const both = { node1: 'hb', node2: 'hb' } as const
  const alone = tourNames.map((tour, t) => ({ tour, kinds: both, medium: mediaNames[t % 3]!, method: methods[t % 3]! }))
  return [...mixedCells(all), ...(all ? alone : [])]
}

function mixedCells(all: boolean): Cell[] {
  return tourNames.flatMap((tour, t) =>
    mixed.flatMap((kinds, k) =>
      mediaNames.flatMap((medium, m) =>
        methods.flatMap((method, a) => {
          const chosen = m === (t + k) % 3 && a === (t + 2 * k + 1) % 3
          return all || chosen ? [{ tour, kinds, medium, method }] : []
        }),
      ),
    ),
  )
}

/** The yardsticks: two heartbeats. What they complain of depends on the tour, not on medium or method. */
export const yardstick = (tour: TourName): Cell => ({
  tour,
  kinds: { node1: 'heartbeat', node2: 'heartbeat' },
  medium: 'bcast',
  method: 'sha1',
})

export async function runCell(cell: Cell): Promise<Outcome> {
  const { tour: name, kinds, medium, method } = cell
  const rule: Rule = name === 'on' || name === 'legacy' ? name : 'off'
  const pair = new Pair({ kinds, medium, method, rule, ...(name === 'faults' ? faulty : {}) })
  const tour = new Tour(pair)
  let error: string | null = null
  let repeats = { count: 0, sent: 0 }
  let complaints: Outcome['complaints'] = { node1: [], node2: [] }
  try {
    await pair.up()
    if (name === 'hand-over') await tour.handOver()
    else if (name === 'alone node1') await tour.alone('node1')
    else if (name === 'alone node2') await tour.alone('node2')
    else if (name === 'faults') await tour.faults()
    else await tour.comeAndGo(rule)
    repeats = await repetitions(pair)
    complaints = { node1: await pair.complaints('node1'), node2: await pair.complaints('node2') }
  } catch (e) {
    error = await pair.failure(e)
  }
  const doubledMs = pair.watch.doubledMs()
  await pair.down()
  return { steps: tour.steps, error, doubledMs, retyped: tour.retyped, complaints, repeats }
}

async function repetitions(pair: Pair): Promise<Outcome['repeats']> {
  const ask = async (host: Host) => {
    const status = await pair.status(host)
    if (status === null) throw new Error(`${host}: hb does not answer at the end of the tour`)
    return status.counters
  }
  const found = await Promise.all(hosts.filter((h) => pair.kind(h) === 'hb').map(ask))
  const sum = (name: string) => found.reduce((n, counters) => n + (counters[name] ?? 0), 0)
  return { count: sum('messages_repeated') + sum('repeats_asked'), sent: sum('messages_sent') }
}

/** Runs work for each item, so many at a time; each result is a promise of its own. */
export function pooled<T, R>(items: readonly T[], width: number, work: (item: T) => Promise<R>): Promise<R>[] {
  const results = items.map(() => Promise.withResolvers<R>())
  for (const r of results) r.promise.catch(() => {})
  let next = 0
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) {
      await work(items[i]!).then(results[i]!.resolve, results[i]!.reject)
    }
  }
  for (let i = 0; i < width; i++) void worker()
  return results.map((r) => r.promise)
}
