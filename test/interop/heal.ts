/** What a partition, a one-way cut and a freeze cost at their end. */
import { longestMs } from '../lab/probe.ts'
import { addressOf, type Host, hosts, type Kind, other, Pair, type Rule } from './cluster.ts'

export const faults = ['partition', 'node1 is deaf', 'node2 is deaf', 'node1 is frozen'] as const
/** In its first five seconds a heartbeat asks for two more of patience, and has none itself: it alone declares a death. */
export const young = 'short partition after a start'
/** hb hears the heartbeat again half a second before it is heard itself: what it asks in between is lost. */
export const lopsided = 'partition that heals one way first'
export type Fault = (typeof faults)[number] | typeof young | typeof lopsided

/** Neither hears the other while it lasts. */
const parts = (fault: Fault): boolean => fault === 'partition' || fault === young || fault === lopsided

export interface HealCell {
  readonly kinds: Readonly<Record<Host, Kind>>
  readonly rule: Rule
  readonly fault: Fault
}

export interface HealOutcome {
  /** Longest time without an answer from node1's or node2's address once the fault is over, in ms. */
  readonly outageMs: number
  /** How long both had an address after the end of the fault, in ms. */
  readonly doubledMs: number
  readonly holders: Readonly<Record<Host, string>>
  /** Restarts that heartbeats made of themselves; not those that were asked for. */
  readonly restarts: number
  readonly error: string | null
}

const FAULT_MS = 5000
/** Longer than deadtime, shorter than that and the two seconds. */
const SHORT_MS = 2300
const LOPSIDED_MS = 500
const PROBED_BEFORE_MS = 2000
/** Two heartbeats are done 15 s after a heal. */
const AFTER_MS = 22_000

export const healName = (c: HealCell): string =>
  `${c.fault}, auto_failback ${c.rule}: ${c.kinds.node1} and ${c.kinds.node2}`

export async function runHeal(cell: HealCell): Promise<HealOutcome> {
  const pair = new Pair({ kinds: cell.kinds, rule: cell.rule, medium: 'bcast', method: 'sha1' })
  const holders = { node1: '', node2: '' }
  let outageMs = 0
  let doubledMs = 0
  let restarts = 0
  let error: string | null = null
  try {
    await pair.up()
    await pair.start('node1', 'node2')
    await pair.settled({ node1: 'node1', node2: 'node2' }, 30_000)
    await Bun.sleep(5500)
    await begin(pair, cell.fault)
    // Clients that talk already: the first question of a new one may wait a second for its own second ARP request.
    await Bun.sleep((cell.fault === young ? SHORT_MS : FAULT_MS) - PROBED_BEFORE_MS)
    const probes = hosts.map((h) => pair.lab.probe(60, { address: addressOf[h] }))
    await Bun.sleep(PROBED_BEFORE_MS)
    await end(pair, cell.fault)
    const healedMs = pair.watch.now()
    await Bun.sleep(AFTER_MS)
    const results = await Promise.all(probes.map((p) => p.end()))
    outageMs = Math.max(...results.map(longestMs))
    await pair.watched()
    doubledMs = pair.watch.doubledMs(healedMs)
    restarts = (await countRestarts(pair)) - (cell.fault === young ? 1 : 0)
    for (const h of hosts) holders[h] = (await pair.lab.holders(addressOf[h])).join(' and ')
    if (hosts.some((h) => holders[h].includes(' ') || holders[h] === '')) error = await pair.logs()
  } catch (e) {
    error = await pair.failure(e)
  }
  await pair.down()
  return { outageMs, doubledMs, holders, restarts, error }
}

async function begin(pair: Pair, fault: Fault): Promise<void> {
  if (fault === young) await startAnew(pair)
  if (parts(fault)) await pair.lab.run('cut', 'node1', 'node2')
  else if (fault === 'node1 is frozen') await pair.lab.run('freeze', 'node1')
  else {
    const deaf = fault === 'node1 is deaf' ? 'node1' : 'node2'
    await pair.lab.run('cut', other(deaf), deaf, '--one-way')
  }
}

/** The heartbeat of the two, if there is one. */
const elder = (pair: Pair): Host => hosts.find((h) => pair.kind(h) === 'heartbeat') ?? 'node2'

/** It is back and known to the other one when this returns. */
async function startAnew(pair: Pair): Promise<void> {
  const host = elder(pair)
  await pair.stop(host)
  await pair.start(host)
  const keeper = other(host)
  await pair.settled({ node1: keeper, node2: keeper }, 20_000)
}

async function end(pair: Pair, fault: Fault): Promise<void> {
  if (fault === 'node1 is frozen') return void (await pair.lab.run('thaw', 'node1'))
  if (fault === lopsided) {
    await pair.lab.run('heal', elder(pair), other(elder(pair)), '--one-way')
    await Bun.sleep(LOPSIDED_MS)
  }
  await pair.lab.run('heal')
}

async function countRestarts(pair: Pair): Promise<number> {
  let count = 0
  for (const h of hosts) {
    if (pair.kind(h) !== 'heartbeat') continue
    const starts = (await pair.log(h)).match(/Heartbeat generation: /g)?.length ?? 0
    count += starts - 1
  }
  return count
}
