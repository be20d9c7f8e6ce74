/** What must be reached when everything is healed: each group held once, announced, and everybody settled. */
import { Engine } from '../../src/engine.ts'
import { addressOf } from './effects.ts'
import type { Host } from './host.ts'
import type { World } from './world.ts'

/** What is missing, or null when the cluster is as it should be. */
export function notReached(world: World): string | null {
  for (const host of world.hosts.values()) {
    const why = unsettled(host)
    if (why !== null) return `${host.name} ${why}`
  }
  for (const [index, g] of world.scene.groups.entries()) {
    const why = badlyHeld(world, index, addressOf(g.resources[0]!))
    if (why !== null) return `group ${g.key} ${why}`
  }
  return null
}

function unsettled(host: Host): string | null {
  const { brain } = host
  if (brain === null) return 'does not run'
  if (!(brain instanceof Engine)) return brain.active ? null : 'is not active'
  const { phase, stable, nodes } = brain.snapshot()
  if (phase !== 'active') return `is ${phase}`
  const away = nodes.find((n) => n.state === 'dead' || n.state === 'init')
  if (away !== undefined) return `says ${away.name} is ${away.state}`
  return stable ? null : 'is not stable'
}

function badlyHeld(world: World, index: number, address: string): string | null {
  const hosts = [...world.hosts.values()]
  const state = (h: Host) =>
    h.brain instanceof Engine ? (h.brain.resources.groups[index]?.state ?? 'stopped') : 'stopped'
  // What cannot be stopped stays where it is until somebody has seen to it.
  if (hosts.some((h) => state(h) === 'stop-failed')) return null
  const having = hosts.filter((h) => h.kernel.addresses.has(address))
  if (having.length !== 1) {
    const failed = hosts.filter((h) => state(h) === 'failed').length
    // Legacy mode knows no hand-over: what its owner cannot start stays down, as with heartbeat.
    const hopeless = failed === hosts.length || (failed > 0 && world.scene.autoFailback === 'legacy')
    if (hopeless && having.length === 0) return null
    const words = hosts.map((h) => `${h.name}: ${state(h)}${having.includes(h) ? ' has the address' : ''}`)
    return `is held by ${having.length} (${words.join(', ')})`
  }
  const holder = having[0]!
  const others = hosts.filter((h) => h !== holder && ['held', 'starting', 'stopping'].includes(state(h)))
  if (others.length > 0) return `is on ${holder.name}, but ${others[0]!.name} says ${state(others[0]!)}`
  if (!holder.old && state(holder) !== 'held') return `is on ${holder.name}, which says ${state(holder)}`
  const missing = world.scene.groups[index]!.resources.slice(1).find((r) => !holder.scripts.running.has(r.text))
  if (missing !== undefined) return `is on ${holder.name}, but ${missing.text} does not run there`
  // A heartbeat announces only what it takes, never again.
  if (holder.old) return null
  const mistaken = world.segment.mistaken(address, holder.name)
  return mistaken.length === 0 ? null : `is on ${holder.name}, but ${mistaken.join(' and ')} would send elsewhere`
}
