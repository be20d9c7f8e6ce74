/**
 * A heartbeat that claims what it does not serve: a request was lost in its FIFO, a start failed, an address was taken
 * off by hand. It does not notice and tells nobody. But nobody answers for the address, though the heartbeat's own
 * address on that network does. It takes a group when it is told that somebody has released it, and starts what of it
 * is missing; and whoever asks it for a hand-over hears of it only when its scripts are at rest.
 *
 *   claimed there ──nobody answers at five looks in a row──▶ unserved: it is said, and it is told to take it
 *        ▲                     for more than a minute, all groups of a set: it is asked for, once a minute
 *        │                                        ├──it agrees, and at one more look nobody answers──▶ taken
 *        └────somebody answers: left there────────┘
 *
 * In legacy mode nobody claims anything: an owner should have what is its own, and it is not asked for anything.
 */
import type { Peer } from '../cluster/peer.ts'
import { bareAddress } from '../config/address-agents.ts'
import type { Resource } from '../config/types.ts'
import type { StandbySet } from '../io.ts'
import { mirror, setBits } from './claims.ts'
import type { GroupRecord } from './group.ts'
import type { ResourceManager } from './manager.ts'
import type { Ask } from './requests.ts'

const LOOK_AUDITS = 2
const LOOKS = 5
/** It is told to start what is missing at once, after a minute, and every ten minutes. */
const LOOKS_A_MINUTE = 30
const LOOKS_TEN_MINUTES = 300
/** Longer than most services take to start, and some more for a second attempt. */
const LOOKS_BEFORE_REQUEST = 35
const REQUEST_AGAIN_MS = 60_000
/** Its scripts have ended, and it agrees, a moment after the address is there. */
const LATE_CONSENT_MS = 10_000
/** Two looks and a hand-over. */
const LATELY_MS = 6000
/** The heartbeat that agreed forgets it after ten seconds. */
const LAST_LOOK_MS = 5000

/** It agreed to hand over; these looks are still to be answered. */
interface Agreed {
  readonly ask: Ask
  readonly peer: Peer
  readonly looks: Set<number>
  readonly untilMs: number
}

export class Unserved {
  private readonly silent = new Map<GroupRecord, number>()
  private readonly looks = new Map<number, GroupRecord>()
  /** When somebody last answered for it. */
  private readonly servedMs = new Map<GroupRecord, number>()
  private lastId = 0
  private audits = 0
  private requested: StandbySet | null = null
  private requestedMs = Number.NEGATIVE_INFINITY
  /** What it agrees to until then was requested when nobody answered. */
  private consentUntilMs = Number.NEGATIVE_INFINITY
  private agreed: Agreed | null = null

  constructor(private readonly host: ResourceManager) {}

  /** That node is dead, or another life of it has begun. */
  forget(): void {
    this.silent.clear()
    this.servedMs.clear()
    this.looks.clear()
    this.requested = null
    this.agreed = null
  }

  /** Every second, when nothing is under way here and the other node says the same of itself. */
  audit(): void {
    const { host } = this
    const heartbeat = this.heartbeat()
    if (heartbeat === undefined) return this.forget()
    if (this.agreed !== null && host.ctx.now.ms > this.agreed.untilMs) this.agreed = null
    const claimed = host.groups.filter((g) => this.claimedBy(heartbeat, g))
    for (const g of this.silent.keys()) if (!claimed.includes(g)) this.silent.delete(g)
    for (const g of this.servedMs.keys()) if (!claimed.includes(g) && !this.servedLately(g)) this.servedMs.delete(g)
    if (++this.audits % LOOK_AUDITS !== 0 || this.agreed !== null) return
    // What was not answered since is not answered at all.
    this.looks.clear()
    for (const g of claimed) this.look(g, heartbeat)
  }

  private heartbeat(): Peer | undefined {
    const { host } = this
    if (host.many.rules || host.ctx.config.unserved === 'off') return undefined
    return host.membership.activeHeartbeat()
  }

  /** In legacy mode nobody says what he has: each owner that is there should have what is its own. */
  private claimedBy(peer: Peer, g: GroupRecord): boolean {
    const { host } = this
    const holder = host.isLegacy ? g.config.owner : host.holderOf(g)
    return !g.present && holder === peer.name && !host.maintenance.covers(g)
  }

  private look(g: GroupRecord, peer: Peer): number | null {
    const resource = addressOf(g)
    if (resource === undefined) return null
    const id = ++this.lastId
    this.looks.set(id, g)
    this.host.ctx.emit({ kind: 'look', id, resource, beside: [...peer.sources] })
    return id
  }

  /** The answer to a look: somebody answers, nobody does though that node is there, or it can't be told. */
  looked(id: number, found: 'served' | 'silent' | 'unknown'): void {
    const g = this.looks.get(id)
    this.looks.delete(id)
    const heartbeat = this.heartbeat()
    // Meanwhile it may have been handed over.
    if (g === undefined || heartbeat === undefined || !this.claimedBy(heartbeat, g) || !this.host.settled) return
    const before = this.silent.get(g) ?? 0
    if (found === 'served') this.servedMs.set(g, this.host.ctx.now.ms)
    if (found === 'silent') this.count(g, before + 1)
    else if (this.silent.delete(g)) this.notSilent(g, before, found)
    if (this.agreed?.looks.delete(id)) this.lookedOnceMore(found)
    else if (found === 'silent') this.act(g, heartbeat)
  }

  private count(g: GroupRecord, times: number): void {
    this.silent.set(g, times)
    if (times !== LOOKS) return
    const words = this.words(g)!
    this.host.ctx.log('WARN', `group ${g.key}: ${words}`)
    this.host.ctx.count('unserved')
    this.tell(g, 'served', 'unserved', words)
  }

  private notSilent(g: GroupRecord, before: number, found: 'served' | 'unknown'): void {
    this.consentUntilMs = Math.min(this.consentUntilMs, this.host.ctx.now.ms + LATE_CONSENT_MS)
    if (before < LOOKS) return
    this.tell(g, 'unserved', found, found === 'served' ? 'somebody answers for it again' : 'it can’t be told any more')
  }

  private tell(g: GroupRecord, from: string, to: string, cause: string): void {
    this.host.ctx.event('group', g.key, from, to, cause)
  }

  /** A heartbeat that could not start it would have let go of it half a minute before it gave it to this node. */
  servedLately(g: GroupRecord): boolean {
    return this.host.ctx.now.ms < (this.servedMs.get(g) ?? Number.NEGATIVE_INFINITY) + LATELY_MS
  }

  /** What is to be known of a group that another node claims; null when it is served as far as can be told. */
  words(g: GroupRecord): string | null {
    if ((this.silent.get(g) ?? 0) < LOOKS) return null
    const address = bareAddress(addressOf(g)!)
    if (this.host.isLegacy) return `${g.config.owner}, its owner, is there, but nobody answers for ${address}`
    const set = this.host.sideOf(g)
    const then = this.wholly(set, LOOKS) ? '' : `; hb takeover ${set} would bring it here, with all of that side`
    return `${this.host.holderOf(g)} claims it, but nobody answers for ${address}${then}`
  }

  /** No group of that side is served, and each may be here: there is nothing to lose. */
  private wholly(set: StandbySet, looks: number): boolean {
    const { host } = this
    return host.groupsOf(setBits(set)).every((g) => (this.silent.get(g) ?? 0) >= looks && !host.failover.unfit(g))
  }

  private act(g: GroupRecord, heartbeat: Peer): void {
    const { host } = this
    const times = this.silent.get(g) ?? 0
    if (host.ctx.config.unserved !== 'take' || host.shutdown.asked) return
    if (times === LOOKS || times === LOOKS_A_MINUTE || times % LOOKS_TEN_MINUTES === 0) this.tellToTake(heartbeat, g)
    else if (!host.isLegacy) this.request(host.sideOf(g))
  }

  private tellToTake(heartbeat: Peer, g: GroupRecord): void {
    this.tell(g, 'unserved', `left to ${heartbeat.name}`, 'it is told to start what of it is missing')
    this.host.legacy.answer(heartbeat, g.key, false)
  }

  private request(set: StandbySet): void {
    const { host } = this
    const { ms } = host.ctx.now
    if (!this.wholly(set, LOOKS_BEFORE_REQUEST) || ms < this.requestedMs + REQUEST_AGAIN_MS) return
    this.requestedMs = ms
    this.requested = set
    this.consentUntilMs = Number.POSITIVE_INFINITY
    host.standby.takeover.askToLetGo(set, 'nobody answers for it')
  }

  /** A heartbeat agrees to what was requested: whether it is looked at once more before it is accepted. */
  doubts(ask: Ask, peer: Peer): boolean {
    const { host } = this
    const set = mirror(ask.set)
    if (this.requested !== set || peer.hb !== null || host.standby.takeover.waiting) return false
    if (host.ctx.now.ms > this.consentUntilMs) return false
    const looks = host.groupsOf(setBits(set)).map((g) => this.look(g, peer))
    const ids = new Set(looks.filter((id) => id !== null))
    this.agreed = { ask, peer, looks: ids, untilMs: host.ctx.now.ms + LAST_LOOK_MS }
    return true
  }

  private lookedOnceMore(found: 'served' | 'silent' | 'unknown'): void {
    const { agreed, host } = this
    if (agreed === null) return
    if (found !== 'silent') {
      this.agreed = null
      const verb = found === 'served' ? 'serves' : 'may serve'
      return host.ctx.log('info', `${agreed.peer.name} ${verb} it after all: it stays there`)
    }
    if (agreed.looks.size > 0) return
    this.agreed = null
    if (host.ctx.now.ms > agreed.untilMs || !host.settled || host.shutdown.asked) return
    this.requested = null
    host.standby.accept(agreed.ask, agreed.peer)
  }
}

/** Only an IPv4 address can be looked for. */
function addressOf(g: GroupRecord): Resource | undefined {
  return g.addresses().find((r) => !bareAddress(r).includes(':'))
}
