/** What must hold at every instant, whatever happens. Each function returns what is wrong, or null. */
import { Engine } from '../../src/engine.ts'
import type { Effect, GroupState, Input } from '../../src/io.ts'
import { LEASE_LATE_MS } from '../../src/sim/kernel.ts'
import { addressOf } from './effects.ts'
import type { Host } from './host.ts'
import type { World } from './world.ts'

/** All that is watched over: each violation begins with one of these names. */
export const PROPERTIES = [
  'one-holder',
  'one-runner',
  'lease',
  'stray',
  'bounds',
  'causes',
  'maintenance',
  'spinning',
  'initdead',
  'moved',
  'fenced-first',
  'hearsay',
  'released-first',
  'left-clean',
  'replay',
  'exception',
  'liveness',
  'calm',
] as const

export type Violation = `${(typeof PROPERTIES)[number]}: ${string}`
type Verdict = Violation | null

/** Nobody waits for more than this in memory, whatever peers and operators do. */
const BOUNDS = { history: 500, missing: 499, events: 256, timers: 40, tasks: 60, effects: 500 }

/** What one tick brings about may be due itself; a chain of such is an endless loop. */
const SPINS_MAX = 5

export function atStep(world: World, host?: Host, input?: Input, effects?: readonly Effect[]): void {
  const verdict =
    oneHolder(world) ??
    oneRunner(world) ??
    leasesEnd(world) ??
    straysGo(world) ??
    (host === undefined ? null : withinBounds(host, effects ?? [])) ??
    (host === undefined ? null : causesRecorded(host, effects ?? [])) ??
    (host === undefined ? null : maintenanceMovesNothing(host, effects ?? [])) ??
    (host === undefined ? null : wakesLater(host, input))
  if (verdict !== null) world.fail(verdict)
}

export function onAdded(world: World, host: Host, address: string): void {
  const verdict =
    oneHolder(world) ??
    notBeforeInitdead(world, host, address) ??
    staysWhereItIs(world, host, address) ??
    fencedFirst(world, host, address) ??
    nobodyHearsIt(world, host, address) ??
    releasedFirst(world, host, address)
  world.ledger.lastHolder.set(address, host.name)
  if (verdict !== null) world.fail(verdict)
}

/** A daemon that ended in order leaves no address of haresources behind. */
export function onLeft(world: World, host: Host): void {
  for (const address of host.kernel.addresses.keys()) {
    if (!host.strays.has(address) && !maintained(world, host, address))
      world.fail(`left-clean: ${host.name} has ended and left ${address}`)
  }
}

/**
 * At most one host (a heartbeat that does not claim what it has is beyond hb's help) answers for an address, unless some node did not hear another for deadtime though that one ran, or
 * a machine stood still and its clock does not know (then until they had time to settle it).
 */
export function oneHolder(world: World): Verdict {
  if (world.nowMs <= world.ledger.excusedUntilMs) return null
  for (const g of world.scene.groups) {
    const address = addressOf(g.resources[0]!)
    const holders = [...world.hosts.values()].filter((h) => h.has(address))
    if (holders.length > 1) return `one-holder: ${holders.map((h) => h.name).join(' and ')} have ${address}`
  }
  return null
}

/**
 * With fencing, what a node had is taken from it after its death only if it was reset since it was last heard, or had
 * said that it holds nothing any more.
 */
export function fencedFirst(world: World, host: Host, address: string): Verdict {
  const { brain } = host
  const from = world.ledger.lastHolder.get(address)
  if (world.scene.fencing !== true || !(brain instanceof Engine) || from === undefined || from === host.name)
    return null
  const peer = brain.membership.peers.get(from)!
  if (peer.state !== 'dead' || peer.gone) return null
  const heardMs = world.ledger.lastHeardMs(from, host)
  if (world.host(from).resetMs >= heardMs || world.ledger.saidNothingHeld(from, host)) return null
  return `fenced-first: ${host.name} took ${address} of ${from}, which is dead to it and was not reset since ${heardMs} ms`
}

/**
 * Between more than two: nothing is taken from a node that lives and has it while a third one, which the taker hears,
 * goes on hearing that node.
 */
export function nobodyHearsIt(world: World, host: Host, address: string): Verdict {
  const sure = (from: Host, of: Host) => {
    if (!(from.brain instanceof Engine) || !from.running) return false
    const peer = from.brain.membership.peers.get(of.name)!
    return peer.alive && peer.hb !== null && from.kernel.ms - peer.sinceMs > 2 * world.scene.keepaliveMs
  }
  for (const holder of world.hosts.values()) {
    if (holder === host || !holder.has(address)) continue
    if (!(host.brain instanceof Engine) || host.brain.membership.peers.get(holder.name)!.state !== 'dead') continue
    // What was heard before it stood still says nothing of now.
    const fresh = (t: Host) => world.ledger.lastHeardMs(t.name, host) >= host.awakeMs
    const others = [...world.hosts.values()].filter((t) => t !== host && t !== holder)
    const third = others.find((t) => sure(t, holder) && sure(host, t) && fresh(t))
    if (third !== undefined)
      return `hearsay: ${host.name} took ${address} of ${holder.name}, whom ${third.name} hears all the time`
  }
  return null
}

/** What a live node had is taken from it only when it has said that it has let go, be that heard or not. */
export function releasedFirst(world: World, host: Host, address: string): Verdict {
  const from = world.ledger.lastHolder.get(address)
  if (from === undefined || from === host.name || world.nowMs <= world.ledger.excusedUntilMs) return null
  const giver = world.host(from)
  if (giver.old || host.old || !giver.running || !(host.brain instanceof Engine)) return null
  const alive = host.brain.membership.peers.get(from)!.alive
  if (!alive || world.ledger.hasReleased(from, address)) return null
  return `released-first: ${host.name} took ${address} before ${from} had said that it let go of it`
}

/**
 * At most one host runs a service, under the same terms; a killed daemon leaves its services until it is back, and what
 * was started twice while nobody could know cannot be mended where it cannot be stopped.
 */
export function oneRunner(world: World): Verdict {
  const { ranOnTwo, servicesExcusedUntilMs } = world.ledger
  const excused = world.nowMs <= servicesExcusedUntilMs
  for (const [index, g] of world.scene.groups.entries()) {
    for (const r of g.resources.slice(1)) {
      const on = [...world.hosts.values()].filter((h) => h.running && h.scripts.running.has(r.text))
      if (on.length < 2) ranOnTwo.delete(r.text)
      else if (excused) ranOnTwo.add(r.text)
      else if (!ranOnTwo.has(r.text) || !on.some((h) => stuckOn(h, index)))
        return `one-runner: ${on.map((h) => h.name).join(' and ')} run ${r.text}`
    }
  }
  return null
}

const stuckOn = ({ brain }: Host, group: number): boolean =>
  brain instanceof Engine && ['stopping', 'stop-failed'].includes(brain.resources.groups[group]?.state ?? '')

/** A killed or stopped daemon's addresses are gone when its lease is over. */
export function leasesEnd(world: World): Verdict {
  for (const host of world.hosts.values()) {
    if (host.old || host.paused === 'machine' || host.paused === 'suspend') continue
    const stoppedMs = host.brain === null ? host.diedMs : host.paused === null ? null : host.pausedAtMs
    if (stoppedMs === null || world.nowMs <= Math.max(stoppedMs, host.awakeMs) + host.leaseMs + LEASE_LATE_MS + 1)
      continue
    for (const address of host.kernel.addresses.keys()) {
      if (!host.strays.has(address) && !maintained(world, host, address))
        return `lease: ${address} is still on ${host.name}, whose daemon does not run`
    }
  }
  return null
}

/** An address that somebody added where it must not be is gone after two beats. */
export function straysGo(world: World): Verdict {
  for (const host of world.hosts.values()) {
    if (!host.running || host.old) continue
    for (const [address, sinceMs] of host.strays) {
      const from = Math.max(sinceMs, host.awakeMs, host.startedMs)
      if (maintained(world, host, address)) continue
      // What is not in its haresources is no business of hb's; it counts from when it is there again.
      if (host.change === 'group' && address === addressOf(world.scene.groups.at(-1)!.resources[0]!)) {
        host.strays.set(address, world.nowMs)
        continue
      }
      if (world.nowMs > from + 2 * world.scene.keepaliveMs + 50 && host.kernel.addresses.has(address)) {
        return `stray: ${address}, added by hand, is still on ${host.name}`
      }
    }
  }
  return null
}

/** Nothing is taken before initdead is over or the peer has said its first word to this life. */
export function notBeforeInitdead(world: World, host: Host, address: string): Verdict {
  if (host.old || world.nowMs - host.startedMs >= world.scene.initdeadMs - 1) return null
  if (world.scene.nodes.some((n) => n !== host.name && world.ledger.wasSpokenTo(host, n))) return null
  return `initdead: ${host.name} took ${address} before initdead, and nobody has spoken to it`
}

/** Under auto_failback off nothing moves while nothing has happened for as long as settling takes. */
export function staysWhereItIs(world: World, host: Host, address: string): Verdict {
  const { scene, ledger } = world
  const before = ledger.lastHolder.get(address)
  if (scene.autoFailback !== 'off' || host.old || !ledger.atRest(address) || before === undefined) return null
  return before === host.name ? null : `moved: ${address} went from ${before} to ${host.name} for no reason`
}

export function withinBounds(host: Host, effects: readonly Effect[]): Verdict {
  const { brain } = host
  if (!(brain instanceof Engine)) return null
  const sizes = brain.sizes()
  const found: Record<string, number> = { ...sizes, effects: effects.length }
  for (const [name, max] of Object.entries(BOUNDS)) {
    if ((found[name] ?? 0) > max) return `bounds: ${host.name} has ${found[name]} ${name}, more than ${max}`
  }
  return null
}

const GROUP_STATES: ReadonlySet<string> = new Set<GroupState | 'removed'>([
  'stopped',
  'starting',
  'held',
  'stopping',
  'failed',
  'stop-failed',
  'removed',
])

/** Every transition tells what caused it, and none goes untold. */
export function causesRecorded(host: Host, effects: readonly Effect[]): Verdict {
  for (const e of effects) {
    if (e.kind !== 'event') continue
    const { subject, name, from, to, cause } = e.event
    if (cause === '' || from === to) return `causes: a transition without a cause: ${JSON.stringify(e.event)}`
    // That nobody answers for it where it is claimed is another story.
    if (subject !== 'node' && !(subject === 'group' && GROUP_STATES.has(to))) continue
    const key = `${subject} ${name}`
    const told = host.told.get(key)
    if (told !== undefined && told !== from)
      return `causes: ${host.name} was told to have ${key} ${told}: ${JSON.stringify(e.event)}`
    if (to === 'removed') host.told.delete(key)
    else host.told.set(key, to)
  }
  const { brain } = host
  if (!(brain instanceof Engine)) return null
  const { groups, leaving } = brain.resources
  for (const g of groups) {
    // One that was changed is given up as it was before it is taken as it is.
    if (leaving.some((old) => old.key === g.key)) continue
    const told = host.told.get(`group ${g.key}`) ?? 'stopped'
    if (told !== g.state) return `causes: ${host.name} has ${g.key} ${g.state}, and has told that it is ${told}`
  }
  for (const p of brain.membership.peers.values()) {
    const told = host.told.get(`node ${p.name}`) ?? 'init'
    if (told !== p.state) return `causes: ${host.name} has ${p.name} ${p.state}, and has told that it is ${told}`
  }
  return null
}

const maintained = (world: World, host: Host, address: string): boolean =>
  world.scene.groups.some((g) => addressOf(g.resources[0]!) === address && host.maintains(g.key))

/** In maintenance nothing is started or stopped, once the work from before it has ended. */
export function maintenanceMovesNothing(host: Host, effects: readonly Effect[]): Verdict {
  const { brain } = host
  if (!(brain instanceof Engine)) return null
  for (const { key, dropped } of brain.resources.groups) {
    // Two holders are more harm than an end of one.
    if (!host.maintains(key) || dropped) {
      host.quiet.delete(key)
      continue
    }
    const moved = effects.find((e) => e.kind === 'resource' && e.job.group === key && e.job.op !== 'status')
    if (moved !== undefined && host.quiet.has(key))
      return `maintenance: ${host.name} moves ${key}: ${JSON.stringify(moved)}`
    if (brain.resources.queue.idle) host.quiet.add(key)
  }
  return null
}

/** After a tick the core wants to be called later, not again and again at the same instant. */
export function wakesLater(host: Host, input: Input | undefined): Verdict {
  const { brain } = host
  if (brain === null || input?.kind !== 'tick') return null
  host.spins = brain.deadlineMs <= host.kernel.ms ? host.spins + 1 : 0
  return host.spins > SPINS_MAX ? `spinning: ${host.name} wants to be called at once, ${host.spins} times over` : null
}
