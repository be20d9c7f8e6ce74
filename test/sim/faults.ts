/** Lets faults happen and heals them. */
import { Engine } from '../../src/engine.ts'
import type { Input } from '../../src/io.ts'
import { getHex, type Message, text } from '../../src/wire/message.ts'
import { addressOf, powerOff } from './effects.ts'
import type { Host } from './host.ts'
import { faultName } from './rare.ts'
import { type Change, changedConfig, type Fault, faultWords, type PauseKind, type TimedFault } from './scene.ts'
import type { World } from './world.ts'

const NOTICE_CABLE_MS = 30
const RELOADS_WITHIN_MS = 1500
const MAINTENANCE_AGAIN_MS = 11_000
const AGAIN_MS = 1000

/** All that the scene has. */
export function scheduleAll(world: World): void {
  world.scene.faults.forEach((fault, i) => {
    schedule(world, fault, i + 1)
  })
}

function schedule(world: World, timed: TimedFault, id: number): void {
  const { atMs, forMs, fault } = timed
  world.agenda.at(atMs, () => {
    world.trace.say(world.nowMs, '#', faultWords(timed))
    world.ledger.fault(fault, forMs)
    const heal = begin(world, fault, id)
    if (heal === 'not now') return
    world.trace.count(faultName(fault))
    if (heal === null) return
    world.agenda.at(atMs + forMs, () => {
      world.trace.say(world.nowMs, '#', `healed: ${fault.kind}`)
      heal()
    })
  })
}

/** What heals it; null: it heals itself. Not now: whom it is meant for is not there. */
type Begun = (() => void) | null | 'not now'

function begin(world: World, fault: Fault, id: number): Begun {
  const { network } = world
  switch (fault.kind) {
    case 'cut':
      for (const link of fault.links) network.cut(fault.from, fault.to, link, 1)
      return () => {
        for (const link of fault.links) network.cut(fault.from, fault.to, link, -1)
      }
    case 'unplug':
      cable(world, fault.node, fault.link, 1)
      return () => cable(world, fault.node, fault.link, -1)
    case 'weather': {
      const { weather } = network
      const add = (sign: number) => {
        weather.loss += sign * fault.loss
        weather.twice += sign * fault.twice
        weather.jitterMs += sign * fault.jitterMs
      }
      add(1)
      return () => add(-1)
    }
    case 'flip':
      network.weather.flip += fault.percent
      return () => {
        network.weather.flip -= fault.percent
      }
    case 'crash':
      return crash(world, world.host(fault.node), fault.what, fault.forget)
    case 'pause':
      return pause(world, world.host(fault.node), fault.how)
    case 'command':
      return command(world, world.host(fault.node), { kind: 'command', id, command: fault.command })
    case 'clock':
      world.host(fault.node).wallOffsetS += fault.byS
      return null
    case 'meddle':
      return meddle(world, world.host(fault.node), fault.group, fault.add)
    case 'script': {
      const { trouble } = world.host(fault.node).scripts
      const key = world.scene.groups[fault.group]!.key
      trouble.set(key, fault.trouble)
      return () => {
        trouble.delete(key)
      }
    }
    case 'sick': {
      const { sick } = world.host(fault.node).scripts
      const key = world.scene.groups[fault.group]!.key
      sick.add(key)
      return () => sick.delete(key)
    }
    case 'maintenance':
      return maintenance(world, world.host(fault.node), fault.group, id)
    case 'replay':
      for (let i = 0; i < fault.count && network.overheard.length > 0; i++) {
        const { from, message, link } = world.dice.pick(network.overheard)
        for (const name of world.scene.nodes) if (name !== from) replay(world, name, from, message, link)
      }
      return null
    case 'ask': {
      const fields = [text('t', 'NS_rexmit'), text('dest', fault.of), text('firstseq', '1'), text('lastseq', '5')]
      const message = { fields: [...fields, text('src', fault.node)] }
      world.deliver(fault.of, fault.node, message, world.scene.links[0]!)
      return null
    }
    case 'reload':
      return reload(world, fault.change)
    case 'full-disk': {
      const host = world.host(fault.node)
      host.diskFull++
      return () => {
        host.diskFull--
        writeGeneration(world, host)
      }
    }
    case 'silent-ping':
      world.pingSilent++
      return () => {
        world.pingSilent--
      }
  }
}

/** Said again by somebody who has overheard it; what is of an earlier generation must change nothing. */
function replay(world: World, to: string, from: string, message: Message, link: string): void {
  const { brain, paused } = world.host(to)
  const deliver = () => world.deliver(to, from, message, link)
  const stale = brain instanceof Engine ? staleness(brain, from, message) : null
  if (!(brain instanceof Engine) || paused !== null || stale === null) return deliver()
  world.step(world.host(to), { kind: 'tick' })
  const before = essence(brain)
  deliver()
  world.trace.count(`replay of ${stale}`)
  if (essence(brain) !== before)
    world.fail(`replay: ${stale} of ${from} changed ${to}: ${before} became ${essence(brain)}`)
}

/** In which way that node has had this message, or a later one, already; null when it may be news. */
function staleness(brain: Engine, from: string, message: Message): string | null {
  const peer = brain.membership.peers.get(from)
  if (peer === undefined) return null
  const generation = getHex(message, 'hg') ?? 0
  if (generation < peer.generation) return 'an earlier generation'
  const seq = getHex(message, 'seq')
  const { highest, missingCount } = peer.order
  if (generation > peer.generation || seq === undefined || highest === null || missingCount > 0) return null
  return seq <= highest ? 'a message that was heard' : null
}

/** What an input that is refused must leave as it is. */
function essence({ membership, resources }: Engine): string {
  const peers = [...membership.peers.values()].map((p) => [
    p.name,
    p.state,
    p.generation,
    p.lastStatusSeq,
    p.lastStatusMs,
  ])
  const groups = resources.groups.map((g) => [g.key, g.state, g.wanted, g.term])
  return JSON.stringify([peers, groups, resources.mine, resources.other, resources.stage, resources.standby.phase])
}

/** The operator copies the files to each node and says reload there, at leisure. */
function reload(world: World, change: Change): () => void {
  const hosts = [...world.hosts.values()].filter((h) => !h.old)
  const turns = hosts.map((host) => ({ host, afterMs: world.dice.between(0, RELOADS_WITHIN_MS) }))
  const say = (what: Change) => {
    for (const { host, afterMs } of turns) {
      world.agenda.at(world.nowMs + afterMs, () => {
        host.change = what
        world.input(host, { kind: 'config', config: changedConfig(world.scene, what, host.name) })
      })
    }
  }
  say(change)
  return () => say('nothing')
}

function cable(world: World, node: string, link: string, by: 1 | -1): void {
  if (!world.network.unplug(node, link, by)) return
  const up = by === -1
  world.later(world.host(node), NOTICE_CABLE_MS, { kind: 'link', link, up, detail: up ? 'carrier' : 'no carrier' })
}

function crash(world: World, host: Host, what: 'daemon' | 'machine', forget: boolean): Begun {
  if (host.brain === null || host.paused !== null) return 'not now'
  world.end(host)
  if (what === 'machine' || host.old) powerOff(host)
  if (forget) host.generation = null
  return () => world.boot(host)
}

function pause(world: World, host: Host, how: PauseKind): Begun {
  if (host.brain === null || host.paused !== null) return 'not now'
  host.paused = how
  host.pausedAtMs = world.nowMs
  if (how !== 'process') host.kernel.stop()
  return () => {
    host.paused = null
    if (how !== 'process') host.kernel.go(how === 'suspend')
    world.ledger.awake(host, how)
    world.resume(host)
  }
}

function command(world: World, host: Host, input: Input): (() => void) | null {
  const stops = input.kind === 'command' && input.command.verb === 'stop'
  if (stops) host.meantToRun = false
  world.input(host, input)
  if (!stops) return null
  return () => {
    host.meantToRun = true
    world.boot(host)
  }
}

/** Whoever ends it goes to any node whose daemon runs, and waits for one; what was refused is not said again too soon. */
function maintenance(world: World, host: Host, index: number | null, id: number): Begun {
  const group = index === null ? null : world.scene.groups[index]!.key
  if (!host.running || host.old) return 'not now'
  world.input(host, { kind: 'command', id: id + 1000, command: { verb: 'maintenance', on: true, group } })
  const end = (): void => {
    const there = [...world.hosts.values()].find((h) => h.running && !h.old)
    if (there === undefined) return world.agenda.at(world.nowMs + 500, end)
    // To say it again soon would confirm it against the warning.
    const againMs = world.refusedMs + MAINTENANCE_AGAIN_MS
    if (world.nowMs < againMs) return world.agenda.at(againMs, end)
    world.input(there, { kind: 'command', id: id + 2000, command: { verb: 'maintenance', on: false, group: null } })
    const still = [...world.hosts.values()].some((h) => world.scene.groups.some((g) => h.maintains(g.key)))
    // Refused, or not heard by all.
    if (!still) return
    world.refusedMs = world.nowMs
    world.agenda.at(world.nowMs + MAINTENANCE_AGAIN_MS, end)
  }
  return end
}

function meddle(world: World, host: Host, group: number, add: boolean): null {
  for (const resource of world.scene.groups[group]!.resources) {
    if (resource.script !== 'IPaddr') continue
    const address = addressOf(resource)
    if (!add) host.kernel.delete(address)
    else if (!host.kernel.addresses.has(address)) {
      host.kernel.set(address, null)
      host.strays.set(address, world.nowMs)
    }
  }
  return null
}

/** hb tries every second to write down what it goes by; a heartbeat never does. */
function writeGeneration(world: World, host: Host): void {
  world.agenda.at(world.nowMs + AGAIN_MS, () => {
    if (host.diskFull === 0 && host.brain instanceof Engine)
      host.generation = Math.max(host.generation ?? 0, host.brain.membership.outbox.generation + 1)
  })
}
