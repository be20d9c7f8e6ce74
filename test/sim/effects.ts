/** What the shell does with the core's effects, done to the simulated world. */
import type { Resource } from '../../src/config/types.ts'
import type { Effect, ResourceJob } from '../../src/io.ts'
import { isAddress } from '../../src/resources/group.ts'
import { get } from '../../src/wire/message.ts'
import type { Host } from './host.ts'
import type { World } from './world.ts'

/** Announcements of heartbeat's IPaddr, one every so often, as captured. */
const SCRIPT_FRAMES = 20
const SCRIPT_FRAME_MS = 250
const LOOK_MS = 700

export const addressOf = (resource: Resource): string => resource.args[0] ?? ''

export function carryOut(world: World, host: Host, effect: Effect): void {
  world.trace.effect(world.nowMs, host.name, effect)
  switch (effect.kind) {
    case 'send':
      if (get(effect.message, 't') === 'status' && !effect.again) host.beatMs = world.nowMs
      if (!effect.again) world.ledger.said(host, effect.message)
      world.network.send(host.name, effect.message)
      break
    case 'generation':
      if (host.diskFull === 0) host.generation = effect.value + 1
      break
    case 'resource':
      job(world, host, effect.job)
      break
    case 'wanted':
      host.leaseMs = effect.leaseMs
      for (const r of effect.present) putBack(world, host, r)
      for (const r of effect.absent) takeAway(world, host, r)
      for (const r of effect.kept ?? []) {
        if (host.kernel.addresses.has(addressOf(r))) host.kernel.set(addressOf(r), null)
      }
      break
    case 'probe': {
      const { id, group, resource } = effect
      const runs = isAddress(resource)
        ? host.kernel.addresses.has(addressOf(resource))
        : host.scripts.running.has(resource.text)
      const ok = runs && !host.scripts.sick.has(group)
      world.later(host, world.dice.between(1, 100), { kind: 'probed', id, ok, detail: ok ? '' : 'does not work' })
      break
    }
    case 'look':
      world.later(host, LOOK_MS, {
        kind: 'looked',
        id: effect.id,
        found: look(world, host, addressOf(effect.resource)),
      })
      break
    case 'maintenance':
      if (host.diskFull === 0) host.maintenance = effect.state
      break
    case 'drop':
      for (const r of effect.resources) remove(world, host, addressOf(r))
      break
    case 'announce':
      for (const r of effect.resources) announce(world, host, addressOf(r))
      break
    case 'redirect':
      for (const r of effect.resources) redirect(world, host, addressOf(r), effect.mac)
      break
    case 'fence':
      fence(world, host, effect.id, world.host(effect.node))
      break
    case 'exit':
      world.end(host)
      world.ledger.left(host)
      if (host.meantToRun) world.agenda.at(world.nowMs + restartMs(world, host), () => world.boot(host))
      break
    default:
      break
  }
}

/** Two questions for the address and two for that of the other host, each of which may be lost, as may its answer. */
function look(world: World, host: Host, address: string): 'served' | 'silent' | 'unknown' {
  const lan = world.scene.links[0]!
  const { network, dice } = world
  const { loss } = network.weather
  const lost = () => loss > 0 && (dice.chance(loss) || dice.chance(loss))
  const answers = (other: Host, has: boolean) => {
    const heard = !lost() || !lost()
    return has && heard && network.passes(host.name, other.name, lan) && network.passes(other.name, host.name, lan)
  }
  const others = [...world.hosts.values()].filter((h) => h !== host)
  const served = others.map((h) => answers(h, h.has(address)))
  const there = others.map((h) => answers(h, h.brain !== null && h.paused !== 'machine' && h.paused !== 'suspend'))
  if (served.includes(true)) return 'served'
  return there.includes(true) ? 'silent' : 'unknown'
}

/** The device needs some time, fails now and then, and may do its work and yet not manage to say so. */
function fence(world: World, host: Host, id: number, other: Host): void {
  const afterMs = world.dice.between(100, 4000)
  const works = world.dice.chance(70)
  const ok = works && world.dice.chance(85)
  if (works) world.agenda.at(world.nowMs + afterMs - 50, () => reset(world, other))
  world.later(host, afterMs, { kind: 'fenced', id, ok, detail: ok ? 'reset' : 'no answer' })
}

/** Power off and on: nothing that ran there runs any more, until it has booted. */
function reset(world: World, host: Host): void {
  const bootMs = world.dice.between(500, 12_000)
  world.trace.say(world.nowMs, host.name, 'reset')
  world.trace.count('reset')
  world.ledger.fault({ kind: 'crash', node: host.name, what: 'machine', forget: false }, bootMs)
  world.end(host)
  powerOff(host)
  host.paused = null
  host.resetMs = world.nowMs
  world.agenda.at(world.nowMs + bootMs, () => {
    if (host.meantToRun) world.boot(host)
  })
}

/** All that a machine forgets when its power fails. */
export function powerOff(host: Host): void {
  host.kernel.clear()
  host.scripts.running.clear()
  host.strays.clear()
}

/** A heartbeat that restarts itself sleeps for deadtime, rounded up, and a second. */
function restartMs(world: World, host: Host): number {
  return host.old ? (Math.ceil(world.scene.deadtimeMs / 1000) + 1) * 1000 : 500
}

function job(world: World, host: Host, job: ResourceJob): void {
  const { id, op, resource } = job
  const answer = isAddress(resource)
    ? { afterMs: world.dice.between(0, 3), outcome: addressJob(world, host, job) }
    : host.scripts.run(job)
  if (!isAddress(resource)) world.trace.say(world.nowMs, host.name, `${op} ${resource.text}: ${answer.outcome}`)
  world.later(host, answer.afterMs, { kind: 'result', id, outcome: answer.outcome, code: 0, detail: '' })
}

function addressJob(world: World, host: Host, { op, resource }: ResourceJob): 'ok' | 'running' | 'stopped' {
  const address = addressOf(resource)
  if (op === 'status') return host.kernel.addresses.has(address) ? 'running' : 'stopped'
  if (op === 'stop') remove(world, host, address)
  else add(world, host, address)
  return 'ok'
}

function add(world: World, host: Host, address: string): void {
  host.strays.delete(address)
  if (host.kernel.set(address, host.old ? null : host.leaseMs)) {
    world.trace.say(world.nowMs, host.name, `+ ${address}`)
    world.ledger.added(host, address)
  }
  announce(world, host, address)
  if (host.old) for (let i = 1; i < SCRIPT_FRAMES; i++) announceLater(world, host, address, i * SCRIPT_FRAME_MS)
}

/** heartbeat's script announces for some seconds what it has put on, until it is taken off. */
function announceLater(world: World, host: Host, address: string, afterMs: number): void {
  const { life } = host
  world.agenda.at(world.nowMs + afterMs, () => {
    if (host.life === life && host.paused === null && host.has(address)) announce(world, host, address)
  })
}

function remove(world: World, host: Host, address: string): void {
  host.strays.delete(address)
  if (host.kernel.delete(address)) world.trace.say(world.nowMs, host.name, `- ${address}`)
}

function putBack(world: World, host: Host, resource: Resource): void {
  const address = addressOf(resource)
  host.strays.delete(address)
  if (!host.kernel.set(address, host.leaseMs)) return
  world.trace.say(world.nowMs, host.name, `+ ${address} (put back)`)
  world.ledger.added(host, address)
  announce(world, host, address)
  world.later(host, 0, { kind: 'repaired', resource: resource.text, what: 'put-back' })
}

function takeAway(world: World, host: Host, resource: Resource): void {
  const address = addressOf(resource)
  if (!host.kernel.addresses.has(address)) return
  remove(world, host, address)
  world.later(host, 0, { kind: 'repaired', resource: resource.text, what: 'removed' })
}

function redirect(world: World, host: Host, address: string, to: string): void {
  if (world.network.plugged(host.name, world.scene.links[0]!)) world.segment.announce(address, to)
}

/** Clients believe it; another host that has the address hears the conflict. */
export function announce(world: World, host: Host, address: string): void {
  const lan = world.scene.links[0]!
  if (!world.network.plugged(host.name, lan)) return
  world.segment.announce(address, host.name)
  for (const other of world.hosts.values()) {
    if (other === host || !other.has(address) || other.paused !== null) continue
    if (!world.network.plugged(other.name, lan)) continue
    world.later(other, 1, { kind: 'conflict', address, mac: host.name })
  }
}
