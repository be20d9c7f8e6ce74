/** Runs a configuration through hours of bad weather and through power failures, and says what came of it. */
import type { ClusterConfig } from '../config/types.ts'
import { Town, type Weather } from './town.ts'

export interface Outages {
  readonly count: number
  readonly totalMs: number
  readonly typicalMs: number
  readonly worstMs: number
}

export interface Forecast {
  readonly hours: number
  readonly nodes: number
  readonly links: number
  readonly keepaliveMs: number
  readonly deadtimeMs: number
  /** How often a node that was alive was declared dead. */
  readonly falseDeaths: number
  /** How often a group was taken from a node that was alive; the way back counts, too. */
  readonly falseFailovers: number
  readonly outages: Outages
  /** In which two nodes answered for a group. */
  readonly doubledMs: number
  /** The longest silence of a node that was alive. */
  readonly longestSilenceMs: number
  /** What would have outlasted every silence, with a quarter to spare, whole half seconds. */
  readonly rightDeadtimeMs: number
  /** Deadtimes, and how many silences would have been longer. */
  readonly table: readonly { readonly deadtimeMs: number; readonly falseDeaths: number }[]
  /** After real power failures of the holder, until somebody else served. */
  readonly powerFailures: Outages & { readonly unserved: number }
}

export interface ForecastOptions extends Weather {
  readonly hours: number
  readonly powerFailures: number
  /** Called every twentieth of the way; done is between 0 and 1. */
  readonly progress: (done: number, falseDeaths: number) => void
}

const HOUR_MS = 3_600_000
const STEPS = 20
const FORMING_MS = 120_000
const SPARE = 1.25

/** The same configuration for another number of nodes: the first ones, or more of the same. */
export function withNodes(config: ClusterConfig, count: number): ClusterConfig {
  const more = Array.from({ length: Math.max(0, count - config.nodes.length) }, (_, i) => `more${i + 1}`)
  const nodes = [...config.nodes, ...more].slice(0, count)
  return { ...config, nodes, groups: config.groups.filter((g) => nodes.includes(g.owner)) }
}

export function forecast(config: ClusterConfig, options: ForecastOptions): Forecast {
  const town = new Town(config, options)
  town.runUntil(FORMING_MS + config.initdeadMs)
  town.tally.watching = true
  const beganMs = town.nowMs
  for (let step = 1; step <= STEPS; step++) {
    town.runUntil(beganMs + (step / STEPS) * options.hours * HOUR_MS)
    options.progress(step / STEPS, town.tally.falseDeaths)
  }
  town.tally.watching = false
  const { falseDeaths, takeovers, doubledMs, outagesMs } = town.tally
  const gaps = town.tally.longestGaps()
  const longestSilenceMs = gaps[0] ?? 0
  return {
    hours: options.hours,
    nodes: config.nodes.length,
    links: config.links.length,
    keepaliveMs: config.keepaliveMs,
    deadtimeMs: config.deadtimeMs,
    falseDeaths,
    falseFailovers: takeovers,
    outages: outages(outagesMs),
    doubledMs,
    longestSilenceMs,
    rightDeadtimeMs: rightDeadtimeMs(longestSilenceMs, config.keepaliveMs),
    table: table(gaps, config),
    powerFailures: powerFailures(town, options.powerFailures),
  }
}

/** Never under two beats: a deadtime that one lost datagram can end is none. */
export function rightDeadtimeMs(longestSilenceMs: number, keepaliveMs: number): number {
  return Math.ceil(Math.max(longestSilenceMs * SPARE, 2 * keepaliveMs) / 500) * 500
}

function table(gaps: readonly number[], config: ClusterConfig): Forecast['table'] {
  const times = [1000, 2000, 3000, 5000, 10_000, 20_000, 30_000].filter((t) => t >= 2 * config.keepaliveMs)
  const all = [...new Set([...times, config.deadtimeMs])].sort((a, b) => a - b)
  return all.map((deadtimeMs) => ({ deadtimeMs, falseDeaths: gaps.filter((g) => g >= deadtimeMs).length }))
}

function outages(list: readonly number[]): Outages {
  const sorted = [...list].sort((a, b) => a - b)
  const totalMs = sorted.reduce((sum, ms) => sum + ms, 0)
  return { count: list.length, totalMs, typicalMs: sorted[list.length >> 1] ?? 0, worstMs: sorted.at(-1) ?? 0 }
}

function powerFailures(town: Town, count: number): Forecast['powerFailures'] {
  const { config, tally, hosts } = town
  const [group] = config.groups
  const took: number[] = []
  let unserved = 0
  for (let i = 0; i < count && group !== undefined && hosts.length > 1; i++) {
    // Off the beat, so that every phase of it is met.
    town.runUntil(town.nowMs + 10_000 + i * 137)
    town.runTo(() => town.settled, FORMING_MS + config.initdeadMs)
    const holder = hosts.find((h) => h.name === tally.holderOf(group))
    if (holder === undefined || !holder.running) continue
    const fromMs = town.nowMs
    holder.off()
    const served = town.runTo(() => tally.vacantFor(group) === null, 3 * config.deadtimeMs + FORMING_MS)
    if (served) took.push(town.nowMs - fromMs)
    else unserved++
    town.runUntil(town.nowMs + config.deadtimeMs)
    if (!holder.running) holder.boot()
  }
  return { ...outages(took), unserved }
}
