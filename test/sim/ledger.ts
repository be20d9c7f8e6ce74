/**
 * What an observer who sees everything knows: who has heard whom, and since when two holders, or a move, can have
 * honest reasons. The properties (properties.ts) are judged with it after every step.
 */

import { parseWord } from '../../src/cluster/word.ts'
import type { Effect, Input } from '../../src/io.ts'
import { get, getHex, type Message } from '../../src/wire/message.ts'
import { addressOf } from './effects.ts'
import { HeartbeatModel } from './heartbeat/model.ts'
import type { Host } from './host.ts'
import { atStep, onAdded, onLeft } from './properties.ts'
import type { Fault, PauseKind } from './scene.ts'
import type { World } from './world.ts'

/** A silence this much shorter than deadtime already counts as one: latency and late wake-ups lie in between. */
const SILENCE_MARGIN_MS = 30
/** The core's own margin before it distrusts itself after a stall. */
const STALL_MARGIN_MS = 50
/** Decisions take three words; work under way (scripts within their limits) is ended before. */
const SETTLING_MS = 2_000
/** A heartbeat is asked to let go; one that waits in a hand-over whose words were lost is told first, after twelve seconds. */
const OLD_SETTLING_MS = 10_000
/** Services have no lease, and their scripts take their time: so much longer. */
const SERVICES_MORE_MS = 10_000
const OLD_SERVICES_MORE_MS = 20_000
/** ARP tells it at once; an hb that is not active yet has to become so first. */
const YIELDING_MS = 1500
const CROSSED_MS = 6000
/** Stops that fail are tried eleven times, each within its time limit. */
const SCRIPT_SETTLING_MS = 60_000

export class Ledger {
  /** "from to" -> when the last status arrived. */
  private readonly heardMs = new Map<string, number>()
  private readonly newest = new Map<string, number>()
  private readonly deafBefore = new Map<string, number>()
  private readonly spokenMs = new Map<string, number>()
  /** "from to" where the last status says that nothing is held. */
  private readonly emptyHanded = new Set<string>()
  /** Two holders are excused until then, for lack of hearing. */
  excusedUntilMs = 0
  /** Stops may fail until then. */
  private stuckUntilMs = 0
  /** Address -> until when moves are excused: something happened that may move its group. */
  private readonly restlessUntilMs = new Map<string, number>()
  /** Services (which have no lease) on two nodes are excused until then. */
  servicesExcusedUntilMs = 0
  /** Services that began to run on two nodes while that was excused, and have done so ever since. */
  readonly ranOnTwo = new Set<string>()
  private nextSweepMs = 0
  /** Address -> who was the last to put it on, or has kept it when the other holder let go. */
  readonly lastHolder = new Map<string, string>()

  constructor(readonly world: World) {}

  get settlingMs(): number {
    const { deadtimeMs, keepaliveMs } = this.world.scene
    // A heartbeat that has gone on alone answers a heal with a restart after two seconds, or has to be asked.
    const old = this.world.scene.old.length > 0 ? OLD_SETTLING_MS + deadtimeMs : 0
    return SETTLING_MS + deadtimeMs + 5 * keepaliveMs + old
  }

  excuse(untilMs: number): void {
    this.excusedUntilMs = Math.max(this.excusedUntilMs, untilMs)
    this.excuseServices(untilMs)
  }

  private excuseServices(untilMs: number): void {
    const moreMs = this.world.scene.old.length > 0 ? OLD_SERVICES_MORE_MS : SERVICES_MORE_MS
    this.servicesExcusedUntilMs = Math.max(this.servicesExcusedUntilMs, untilMs + moreMs, this.stuckMs)
    this.restless(untilMs)
  }

  /** What is done to one group moves no other, unless a heartbeat is there, which hands over everything at once. */
  private restless(untilMs: number, group: number | null = null): void {
    const { groups, old } = this.world.scene
    for (const g of group === null || old.length > 0 ? groups : [groups[group]!]) {
      const address = addressOf(g.resources[0]!)
      const beforeMs = this.restlessUntilMs.get(address) ?? 0
      this.restlessUntilMs.set(address, Math.max(beforeMs, untilMs, this.stuckMs))
    }
  }

  /** What should stop does not, for as long as its stop fails; 0 when none does. */
  private get stuckMs(): number {
    return this.stuckUntilMs > this.world.nowMs ? this.stuckUntilMs : 0
  }

  /** Nothing has happened that may move it. */
  atRest(address: string): boolean {
    return this.world.nowMs > Math.max(this.restlessUntilMs.get(address) ?? 0, this.excusedUntilMs)
  }

  /** A message has reached a node; only a status that is newer than all before it is a sign of life. */
  heard(from: string, host: Host, message: Message): void {
    const key = `${from} ${host.name}`
    this.spokenMs.set(key, this.world.nowMs)
    if (get(message, 't') !== 'status') return
    const order = (getHex(message, 'hg') ?? 0) * 1e6 + (getHex(message, 'seq') ?? 0)
    if (order <= (this.newest.get(key) ?? -1)) return
    // Nothing may have happened since the silence became one.
    this.noticeSilence()
    this.newest.set(key, order)
    this.heardMs.set(key, this.world.nowMs)
    this.deafBefore.set(key, host.pausedTotalMs)
    if (this.world.scene.fencing !== true) return
    if (parseWord(get(message, 'hb') ?? '')?.held.size === 0) this.emptyHanded.add(key)
    else this.emptyHanded.delete(key)
  }

  /** "node group": it has said, since it last had it, that it has not, or that it has let go. */
  private readonly released = new Set<string>()

  said(host: Host, message: Message): void {
    const type = get(message, 't')
    if (type?.startsWith('NS_') || type === 'resource') return
    const word = type === 'status' ? parseWord(get(message, 'hb') ?? '') : null
    const letsGo = type === 'shutdone' || (type === 'ask_resources' && get(message, 'info') === 'done')
    for (const [index, g] of this.world.scene.groups.entries()) {
      const key = `${host.name} ${addressOf(g.resources[0]!)}`
      const answered = type === 'ip-request-resp' && get(message, 'ipaddr') === g.key
      if (letsGo || answered || word?.held.has(index) === false) this.released.add(key)
      else if (word !== null) this.released.delete(key)
    }
  }

  /** A release is on the wire. */
  hasReleased(host: string, address: string): boolean {
    return this.released.has(`${host} ${address}`)
  }

  /** World time of the last new status. */
  lastHeardMs(from: string, by: Host): number {
    return this.heardMs.get(`${from} ${by.name}`) ?? 0
  }

  saidNothingHeld(from: string, to: Host): boolean {
    return this.emptyHanded.has(`${from} ${to.name}`)
  }

  /** A message waits for a node that is paused. */
  spoken(from: string, to: Host): void {
    this.spokenMs.set(`${from} ${to.name}`, this.world.nowMs)
  }

  /** This life has had a message of that other node, be it a repeated one. */
  wasSpokenTo(host: Host, from: string): boolean {
    return (this.spokenMs.get(`${from} ${host.name}`) ?? -1) >= host.startedMs
  }

  fault(fault: Fault, forMs: number): void {
    const { world } = this
    const untilMs = world.nowMs + forMs + this.settlingMs
    switch (fault.kind) {
      case 'crash':
        this.restless(untilMs + world.scene.initdeadMs)
        // A killed daemon leaves its services until it is back.
        if (fault.what === 'daemon') this.excuseServices(untilMs + world.scene.initdeadMs)
        // Kernel leases count whole seconds: under two seconds of deadtime they can end after the peer's patience.
        if (world.scene.deadtimeMs < 2000) this.excuse(world.nowMs + 2500)
        return
      case 'pause':
        if (forMs > this.unnoticedMs) this.paused(world.host(fault.node), untilMs)
        return
      case 'script':
        if (fault.trouble.startsWith('start')) this.restless(world.nowMs + forMs + SCRIPT_SETTLING_MS, fault.group)
        if (!fault.trouble.startsWith('stop')) return
        this.stuckUntilMs = Math.max(this.stuckUntilMs, world.nowMs + forMs + SCRIPT_SETTLING_MS)
        if (world.nowMs < this.servicesExcusedUntilMs) this.excuseServices(this.servicesExcusedUntilMs)
        for (const [address, ms] of this.restlessUntilMs)
          if (ms > world.nowMs) this.restlessUntilMs.set(address, Math.max(ms, this.stuckMs))
        return
      case 'command':
        this.restless(untilMs + world.scene.initdeadMs)
        return
      case 'sick':
      case 'maintenance':
        return this.restless(untilMs, fault.group)
      case 'reload':
        if (fault.change === 'group') this.restless(untilMs, world.scene.groups.length - 1)
    }
  }

  /** A pause as long as this is no silence of deadtime, though the beat before it was almost due. */
  private get unnoticedMs(): number {
    const { deadtimeMs, keepaliveMs } = this.world.scene
    return deadtimeMs - keepaliveMs - SILENCE_MARGIN_MS
  }

  private paused(host: Host, untilMs: number): void {
    // A heartbeat's addresses have no lease: a stopped one keeps them.
    if (host.old) return this.excuse(untilMs)
    this.excuseServices(untilMs)
    if (this.world.scene.deadtimeMs < 2000) this.excuse(this.world.nowMs + 2500)
    // Its leases last longer by what its clocks have missed, until it has renewed them.
    if (host.unawareMs > host.beatMs) this.excuse(untilMs)
  }

  awake(host: Host, how: PauseKind): void {
    const { world } = this
    const { deadtimeMs, keepaliveMs } = world.scene
    host.awakeMs = world.nowMs
    // What a heartbeat's clock counts while it is stopped is a silence of all others to it.
    if (!host.old || how === 'machine') host.pausedTotalMs += world.nowMs - host.pausedAtMs
    if (how === 'machine') host.unawareMs = world.nowMs
    const awayMs = world.nowMs - host.beatMs
    if (awayMs < deadtimeMs - Math.min(STALL_MARGIN_MS, keepaliveMs / 4)) return
    host.longAwakeMs = world.nowMs
    // A clock that stood still tells nothing: the machine learns only from its peer that it was away.
    if (how === 'machine' || host.old) this.excuse(world.nowMs + this.settlingMs)
    if (how === 'suspend') this.excuse(world.nowMs + 20)
  }

  /** After every step, and whenever a kernel or a person has changed an address. */
  check(host?: Host, input?: Input, effects?: readonly Effect[]): void {
    if (this.world.nowMs >= this.nextSweepMs) {
      this.nextSweepMs = this.world.nowMs + 5
      this.noticeSilence()
      this.noticeHolders()
    }
    atStep(this.world, host, input, effects)
  }

  added(host: Host, address: string): void {
    this.noticeSilence()
    if (this.unasked(host)) this.excuse(this.world.nowMs + YIELDING_MS)
    if (this.byAccident(host, address)) this.excuse(this.world.nowMs + CROSSED_MS)
    onAdded(this.world, host, address)
  }

  /** In legacy mode a heartbeat that finds nobody active takes what is its own, whoever has it: hb yields. */
  private unasked({ brain }: Host): boolean {
    return this.world.scene.autoFailback === 'legacy' && brain instanceof HeartbeatModel && !brain.otherActive()
  }

  /** Scripts of a heartbeat that cross each other put on what it has just given away: hb has to find out and ask. */
  private byAccident({ brain }: Host, address: string): boolean {
    const group = this.world.scene.groups.find((g) => g.resources.some((r) => addressOf(r) === address))
    return group !== undefined && brain?.claims?.(group.owner) === false
  }

  left(host: Host): void {
    onLeft(this.world, host)
  }

  private noticeHolders(): void {
    for (const { resources } of this.world.scene.groups) {
      const address = addressOf(resources[0]!)
      const holders = [...this.world.hosts.values()].filter((h) => h.has(address))
      if (holders.length === 1) this.lastHolder.set(address, holders[0]!.name)
    }
  }

  private noticeSilence(): void {
    const { world } = this
    // Whoever falls silent is reset before anything of it is taken.
    if (world.scene.fencing) return
    const limitMs = world.scene.deadtimeMs - SILENCE_MARGIN_MS
    for (const from of world.hosts.values()) {
      for (const to of world.hosts.values()) {
        if (to === from || !to.running) continue
        const heard = this.heardMs.get(`${from.name} ${to.name}`) ?? 0
        // One that does not run is not heard for a good reason, unless its last beat was lost on the way already.
        if (!from.running && heard >= from.beatMs) continue
        // Time in which the hearer itself was paused is nobody's silence; after a long pause it begins anew. A node
        // knows of a pause only by its overdue beat, so that up to a keepalive of it stays uncounted.
        const pausedMs = to.pausedTotalMs - (this.deafBefore.get(`${from.name} ${to.name}`) ?? 0)
        const deafMs = Math.max(0, pausedMs - world.scene.keepaliveMs)
        const since = Math.max(heard + deafMs, from.longAwakeMs, to.longAwakeMs, to.startedMs, from.startedMs)
        if (world.nowMs - since > limitMs) this.excuse(world.nowMs + this.settlingMs)
      }
    }
  }
}
