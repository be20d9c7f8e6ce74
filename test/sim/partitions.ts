/**
 * Partitions one after the other, in clusters that something else happens to in between: how long both nodes have an
 * address once every link is whole again. Directions heal up to half a second apart, so that words are lost to one side.
 */
import type { AutoFailback } from '../../src/config/types.ts'
import { Dice } from '../../src/sim/dice.ts'
import { addressOf } from './effects.ts'
import { scheduleAll } from './faults.ts'
import { type Fault, group, type Scene, type TimedFault } from './scene.ts'
import { Trace } from './trace.ts'
import { World } from './world.ts'

export interface Lingering {
  readonly seed: number
  /** The longest time that both had the same address while no link was cut, and when it ended, in ms. */
  readonly doubledMs: number
  readonly atMs: number
  /** What the simulator's properties found wrong, or null. */
  readonly wrong: string | null
  readonly lines: readonly string[]
}

const LINKS = ['eth0', 'eth1']
const KEEPALIVE_MS = 200
const DEADTIME_MS = 2000
const ROUNDS = 6
const LOOK_MS = 20

export function partitionScene(seed: number, old: readonly string[]): Scene {
  const dice = new Dice(seed)
  const faults: TimedFault[] = []
  let atMs = 12_000 + dice.between(0, 3000)
  for (let i = 0; i < ROUNDS; i++) {
    if (dice.chance(50)) {
      const forMs = dice.between(300, 8000)
      faults.push({ atMs, forMs, fault: interlude(dice, old) })
      atMs += forMs + dice.between(100, 9000)
    }
    const forMs = dice.between(500, 7000)
    const [first, second] = dice.chance(50) ? ['ann', 'bob'] : ['bob', 'ann']
    const laterMs = dice.chance(50) ? dice.between(1, 500) : 0
    faults.push({ atMs, forMs, fault: { kind: 'cut', from: first!, to: second!, links: LINKS } })
    faults.push({ atMs, forMs: forMs + laterMs, fault: { kind: 'cut', from: second!, to: first!, links: LINKS } })
    atMs += forMs + laterMs + dice.between(3000, 12_000)
  }
  return {
    seed,
    nodes: ['ann', 'bob'],
    old,
    links: LINKS,
    keepaliveMs: KEEPALIVE_MS,
    deadtimeMs: DEADTIME_MS,
    initdeadMs: 2 * DEADTIME_MS,
    autoFailback: dice.pick<AutoFailback>(['on', 'off', 'legacy']),
    groups: [group('ann', ['10.0.0.101'], 1), group('bob', ['10.0.0.102'], 2)],
    ping: false,
    encoded: false,
    startAtMs: { ann: 0, bob: 100 },
    faultsUntilMs: atMs,
    faults,
  }
}

/** A heartbeat that stands still keeps its addresses, whoever asks: only an hb does here. */
function interlude(dice: Dice, old: readonly string[]): Fault {
  const node = dice.pick(['ann', 'bob'])
  const makers: readonly (() => Fault)[] = [
    () => ({ kind: 'crash', node, what: 'daemon', forget: false }),
    () => ({ kind: 'command', node, command: { verb: 'stop' } }),
    () => ({
      kind: 'command',
      node,
      command: { verb: 'standby', set: dice.pick(['all', 'local', 'foreign'] as const) },
    }),
    () =>
      old.includes(node)
        ? { kind: 'crash', node, what: 'machine', forget: false }
        : { kind: 'pause', node, how: 'process' },
  ]
  return dice.pick(makers)()
}

export function lingering(seed: number, old: readonly string[], level: 0 | 1 | 2 = 0): Lingering {
  const scene = partitionScene(seed, old)
  const world = new World(scene, new Trace(level))
  scheduleAll(world)
  const cuts = scene.faults.filter((f) => f.fault.kind === 'cut')
  const sinceMs = new Map<string, number>()
  let [doubledMs, endMs] = [0, 0]
  for (let atMs = 0; atMs < scene.faultsUntilMs && world.wrong === null; atMs += LOOK_MS) {
    world.runUntil(atMs)
    const apart = cuts.some((f) => atMs >= f.atMs && atMs <= f.atMs + f.forMs)
    for (const address of scene.groups.map((g) => addressOf(g.resources[0]!))) {
      const two = [...world.hosts.values()].every((h) => h.has(address))
      if (!two || apart) sinceMs.delete(address)
      else if (!sinceMs.has(address)) sinceMs.set(address, atMs)
      const forMs = atMs - (sinceMs.get(address) ?? atMs)
      if (forMs > doubledMs) [doubledMs, endMs] = [forMs, atMs]
    }
  }
  return { seed, doubledMs, atMs: endMs, wrong: world.wrong, lines: world.trace.lines }
}

/** `bun test/sim/partitions.ts FROM COUNT [NODE]` tells the worst ones; with a COUNT of 0 it traces that seed. */
if (import.meta.main) {
  const [from, count] = process.argv.slice(2, 4).map(Number) as [number, number]
  const old = process.argv.slice(4)
  const found =
    count === 0 ? [lingering(from, old, 2)] : Array.from({ length: count }, (_, i) => lingering(from + i, old))
  for (const line of count === 0 ? found[0]!.lines : []) console.log(line)
  for (const l of found.sort((a, b) => b.doubledMs - a.doubledMs).slice(0, 12))
    console.log(`seed ${l.seed}: ${l.doubledMs} ms until ${l.atMs}${l.wrong === null ? '' : ` WRONG ${l.wrong}`}`)
}
