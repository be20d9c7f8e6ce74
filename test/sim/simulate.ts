/** One run of a scene: faults, then healing, then the demand that everything is well and stays so. */
import { Engine } from '../../src/engine.ts'
import { scheduleAll } from './faults.ts'
import { notReached } from './goal.ts'
import type { Scene } from './scene.ts'
import { Trace } from './trace.ts'
import { World } from './world.ts'

export interface Outcome {
  /** What was found wrong first, or null. It begins with the property's name and a colon. */
  readonly wrong: string | null
  readonly hash: number
  readonly steps: number
  readonly virtualMs: number
  readonly counts: Readonly<Record<string, number>>
  readonly lines: readonly string[]
}

/** Time for the slowest honest way back: joining, ten seconds of waiting, failing stops, the retries of failback. */
export function healingMs(scene: Scene): number {
  const scripts = scene.faults.some((f) => f.fault.kind === 'script') ? 90_000 : 0
  const old = scene.old.length > 0 ? 40_000 : 0
  const resets = scene.fencing ? 60_000 : 0
  return 30_000 + old + resets + scripts + scene.initdeadMs + 3 * scene.deadtimeMs + 10 * scene.keepaliveMs
}

export function simulate(scene: Scene, level: 0 | 1 | 2 = 0): Outcome {
  const world = new World(scene, new Trace(level))
  scheduleAll(world)
  world.runUntil(scene.faultsUntilMs + 1)
  world.runUntil(world.nowMs + healingMs(scene))
  const missing = world.wrong === null ? notReached(world) : null
  if (missing !== null) world.fail(`liveness: ${missing}`)
  const calm = holders(world)
  world.runUntil(world.nowMs + 3 * scene.deadtimeMs)
  if (world.wrong === null && holders(world) !== calm)
    world.fail(`calm: ${calm} became ${holders(world)} without a fault`)
  for (const host of world.hosts.values()) {
    if (host.brain instanceof Engine) world.trace.countAll(host.brain.ctx.counters)
  }
  world.trace.count('network refused', world.network.refused)
  const { trace, steps, wrong, nowMs } = world
  return { wrong, hash: trace.hash, steps, virtualMs: nowMs, counts: trace.counts, lines: trace.lines }
}

function holders(world: World): string {
  return [...world.hosts.values()]
    .map((h) => `${h.name}: ${[...h.kernel.addresses.keys()].sort().join(' ')}`)
    .join('; ')
}
