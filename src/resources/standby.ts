/**
 * Handing groups from one live node to the other, in heartbeat's four steps. S is the set from the giver's point of view.
 *
 *   giver                                    taker
 *   asked ────────── me ──────────────────▶
 *         ◀───────── other ──────────────── awaiting
 *   releasing (claim &= ~S, stop scripts)
 *   released ─────── done ────────────────▶ taking (start scripts)
 *   no    ◀───────── done ───────────────── no (claim |= mirror of S)
 *
 * `not`, which only hb says and only to hb, ends it early: the taker will not, or the giver could not let go. What
 * stands in the way of one is in hindrance.ts, how a request is met in requests.ts, a taker that asks in takeover.ts.
 */
import type { Peer } from '../cluster/peer.ts'
import type { StandbySet } from '../io.ts'
import { get, getHex, type Message, text } from '../wire/message.ts'
import { mirror, setBits, standbySet } from './claims.ts'
import { type Deal, groupsOf } from './deal.ts'
import type { GroupRecord } from './group.ts'
import { hindrance, inMaintenance } from './hindrance.ts'
import type { ResourceManager } from './manager.ts'
import { type Ask, Requests } from './requests.ts'
import { Takeover } from './takeover.ts'

export type Phase = 'no' | 'asked' | 'releasing' | 'released' | 'awaiting' | 'taking'

const ANSWER_MS = 10_000
const WORK_MS = 3_600_000
/** A giver that was answered begins to let go within so long and some beats, or it has not taken the answer for one. */
const BEGIN_MS = 3000
const BEGIN_BEATS = 3
/** A last word of it that is overtaken by a new generation's first one is lost. */
const ARRIVES_MS = 300
/** A partner's words that say it is settled, before it is believed to have ended a hand-over. */
const SETTLED_WORDS = 3

export class Standby {
  phase: Phase = 'no'
  readonly requests: Requests
  readonly takeover: Takeover
  private deal: Deal | null = null
  /** The number of the other node's latest message that was part of a hand-over: what it said before is of an earlier one. */
  private heardSeq = 0
  private saidMs = Number.NEGATIVE_INFINITY

  constructor(private readonly host: ResourceManager) {
    this.requests = new Requests(host)
    this.takeover = new Takeover(host)
  }

  get idle(): boolean {
    return this.phase === 'no'
  }

  /** What was said in the last hand-over may still be on its way. */
  get echoes(): boolean {
    return this.host.ctx.now.ms < this.saidMs + ARRIVES_MS
  }

  get role(): 'no' | 'giving' | 'taking' {
    if (this.phase === 'no') return 'no'
    return this.phase === 'awaiting' || this.phase === 'taking' ? 'taking' : 'giving'
  }

  givesTo(peer: Peer): boolean {
    return this.role === 'giving' && this.isPartner(peer)
  }

  private get beginMs(): number {
    return BEGIN_MS + BEGIN_BEATS * this.host.ctx.config.keepaliveMs
  }

  private isPartner(peer: Peer): boolean {
    return this.deal?.partner === peer.name
  }

  private open(what: Pick<Deal, 'set' | 'only' | 'partner' | 'cause' | 'command' | 'crossing'>): void {
    const { ctx, other, mine } = this.host
    this.deal = {
      ...what,
      beganMs: ctx.now.ms,
      known: other.stable,
      claimed: { ...mine },
      forgotten: false,
      settledWords: 0,
    }
    other.stable = false
  }

  // --- giving ------------------------------------------------------------------------------------------------------

  /** command is answered when it is over; only: these groups of the set instead of all of it. */
  begin(set: StandbySet, cause: string, command: number | null, only: readonly GroupRecord[] | null = null): void {
    const { host } = this
    if (host.many.rules) return host.many.standby(set, cause, command)
    const why = hindrance(host) ?? inMaintenance(host, only ?? host.groupsOf(setBits(set)))
    if (why !== null) return this.reply(command, false, `refused: ${why}`)
    this.open({ set, only, cause, command, partner: host.membership.liveOthers()[0]!.name, crossing: false })
    // One that has the same groups and does not answer at once waits for something else: both have them for as long.
    this.enter('asked', host.contested ? this.beginMs : ANSWER_MS)
    const what = only === null ? set : only.map((g) => g.key).join(', ')
    host.ctx.event('standby', host.ctx.self.name, 'no', `giving ${what}`, cause)
    this.say(set, 'me')
  }

  private release(deal: Deal): void {
    const { host } = this
    const { set, only, cause } = deal
    this.enter('releasing', WORK_MS)
    if (only === null) host.claim(set, false)
    host.reports.say('standby')
    host.orders.give(`standby ${set}: ${cause}`, groupsOf(host, deal, set), (failed) =>
      this.releasedOrNot(deal, failed),
    )
  }

  private releasedOrNot(deal: Deal, failed: GroupRecord[]): void {
    const { host } = this
    if (this.deal !== deal) return
    const stuck = failed.filter((g) => g.state === 'stop-failed')
    if (stuck.length > 0) {
      if (host.membership.peers.get(deal.partner)?.hb) this.say(deal.set, 'not')
      if (deal.only === null) host.mine = { ...deal.claimed }
      return this.end(deal, false, `${stuck[0]!.key} could not be stopped: ${stuck[0]!.cause}`)
    }
    if (deal.forgotten) return this.given(deal)
    this.enter('released', WORK_MS)
    this.say(deal.set, 'done')
  }

  private given(deal: Deal): void {
    const { host } = this
    const { set, only, partner } = deal
    host.other.stable = true
    const bits = setBits(mirror(set))
    if (only === null && bits.local) host.other.local = true
    if (only === null && bits.foreign) host.other.foreign = true
    const word = host.membership.peers.get(partner)?.hb
    // In the pause after a failure it is unfit, and yet may be given what an operator wants there.
    const lost = groupsOf(host, deal, set).filter(
      (g) => word?.failed.includes(g.index) === true && !word.held.has(g.index),
    )
    if (lost.length > 0) this.end(deal, false, `${partner} could not start ${lost.map((g) => g.key).join(', ')}`)
    else this.end(deal, true, `${partner} holds the groups now`)
  }

  // --- hearing -----------------------------------------------------------------------------------------------------

  hear(message: Message, peer: Peer): void {
    // It does not know yet that it was declared dead, and that what it would hand over is here.
    if (peer.state === 'dead') return this.ignored(get(message, 'info'), peer)
    const set = standbySet(get(message, 'rsc_hold') ?? 'all') ?? 'all'
    const info = get(message, 'info')
    const seq = getHex(message, 'seq') ?? 0
    // Said again for whoever missed it: it has gone on since.
    if (peer.hb === null && seq < this.heardSeq) return this.ignored('said again', peer)
    if (info === 'me') {
      if (peer.hb === null) this.host.unfinished.requested()
      return this.requests.hear(message, set, peer)
    }
    this.heardSeq = seq
    if (info === 'done') this.resume(peer, seq)
    if (info === 'not' && this.phase === 'no' && this.takeover.waiting) return this.takeover.refused(peer)
    const { deal } = this
    if (deal?.partner !== peer.name) return this.ignored(info, peer)
    if (info === 'other' && this.phase === 'asked') this.release(deal)
    else if (info === 'done' && this.phase === 'awaiting' && set === deal.set) this.take(deal)
    else if (info === 'done' && this.phase === 'released') this.given(deal)
    else if (info === 'not') this.refused(deal)
    else this.ignored(info, peer)
  }

  private ignored(info: string | undefined, peer: Peer): void {
    // It has let go of something, or has taken it, in a hand-over that is over here.
    if (info === 'done' && this.idle) this.host.unfinished.left(peer, this.host.ctx.now.ms, null)
    this.host.ctx.log('debug', `standby message ${info ?? '(none)'} of ${peer.name} ignored in phase ${this.phase}`)
    this.host.ctx.count('standby_ignored')
  }

  private refused(deal: Deal): void {
    if (this.phase === 'asked') this.end(deal, false, `${deal.partner} is not ready to take over`)
    else if (this.phase === 'awaiting') this.end(deal, false, `${deal.partner} could not let go of its groups`)
  }

  /** An hb partner that is settled again and again has ended what this node still waits for: a message was lost. */
  hearWord(peer: Peer): void {
    const { deal } = this
    if (deal === null) return
    const waiting = this.phase === 'awaiting' || this.phase === 'released'
    if (!waiting || !this.isPartner(peer) || peer.hb?.settled !== true) {
      deal.settledWords = 0
      return
    }
    if (++deal.settledWords < SETTLED_WORDS) return
    const { held, failed } = peer.hb
    const tried = groupsOf(this.host, deal, deal.set).every((g) => held.has(g.index) || failed.includes(g.index))
    if (this.phase === 'released' && tried) this.given(deal)
    else this.end(deal, false, `${peer.name} has ended the hand-over`)
  }

  /** A heartbeat that took this node for dead in the middle has taken everything and forgotten the hand-over. */
  partnerTookOver(peer: Peer): void {
    if (this.deal !== null && this.phase === 'released' && this.isPartner(peer)) this.given(this.deal)
  }

  /** It has taken this node for dead, in its message of that number. */
  partnerForgot(peer: Peer, seq: number): void {
    const { deal } = this
    if (deal === null || !this.isPartner(peer) || seq < this.heardSeq) return
    deal.forgotten = true
    if (this.phase === 'released') this.given(deal)
    else if (this.phase === 'asked' || this.phase === 'awaiting') {
      this.end(deal, false, `${peer.name} takes this node for dead`)
      // What it has by now it has said already, or not at all.
      this.host.healing.begin(peer)
    }
  }

  /** The giver's report says that it has begun to let go: that may take as long as its scripts do. */
  partnerBusy(peer: Peer, seq: number): void {
    this.resume(peer, seq)
    if (this.phase === 'awaiting' && this.isPartner(peer) && seq > this.heardSeq) this.enter('awaiting', WORK_MS)
  }

  // --- taking ------------------------------------------------------------------------------------------------------

  /** Says yes to a peer that asks: what it lets go of is taken here. */
  accept(ask: Ask, peer: Peer): void {
    this.expect(ask, peer)
    this.say(ask.set, 'other')
  }

  /** A heartbeat has heard this node's yes so late that it is not waited for any more: what it lets go of is taken. */
  private resume(peer: Peer, seq: number): void {
    const { host } = this
    if (!this.idle || host.stage !== 'stable' || host.shutdown.asked) return
    const ask = host.unfinished.answered(peer, seq)
    if (ask !== null) this.expect(ask, peer)
  }

  private expect({ set, only, seq }: Ask, peer: Peer): void {
    const { host } = this
    this.heardSeq = Math.max(this.heardSeq, seq)
    const what = only?.map((g) => g.key).join(', ')
    const cause = `${peer.name} hands over ${what ?? set}`
    const crossing = peer.hb === null && !this.takeover.asked && (host.contested || host.reports.isNew(set))
    this.open({ set, only, cause, command: null, partner: peer.name, crossing })
    this.enter('awaiting', this.beginMs)
    host.ctx.event('standby', host.ctx.self.name, 'no', `taking ${what ?? mirror(set)}`, cause)
  }

  private take(deal: Deal): void {
    const { host } = this
    this.enter('taking', WORK_MS)
    const mine = mirror(deal.set)
    if (deal.only === null) host.claim(mine, true)
    const groups = groupsOf(host, deal, mine)
    for (const g of groups) g.servedThere = host.unserved.servedLately(g) || host.failover.justOffered(g)
    // Both held it until now: clients have to be told who is left.
    if (groups.some((g) => g.state === 'held')) host.healing.announceHeld(deal.cause)
    host.orders.take(deal.cause, [...groups], [], (failed) => this.taken(deal, failed))
  }

  private taken(deal: Deal, failed: GroupRecord[]): void {
    if (this.deal !== deal) return
    const { host } = this
    const { set, only, crossing } = deal
    this.say(set, 'done')
    host.other.stable = true
    host.ctx.log('info', 'Standby resource acquisition done')
    if (only === null) host.unclaimed.handedOver(mirror(set), crossing)
    const asked = only === null ? this.takeover.end() : null
    const ok = failed.length === 0
    const taken = only?.map((g) => g.key).join(', ') ?? mirror(set)
    const what = ok ? `holds ${taken} now` : `could not start ${failed.map((g) => g.key).join(', ')}`
    this.end(deal, ok, `${host.ctx.self.name} ${what}`)
    // Well or not, its last word was said.
    host.unfinished.forget()
    this.reply(asked, ok, `${host.ctx.self.name} ${what}`)
  }

  // --- ending --------------------------------------------------------------------------------------------------------

  /** The other node died or restarted in the middle. What was released is taken back by whoever asks for it next. */
  partnerLost(peer: Peer): void {
    this.requests.forget(peer)
    this.heardSeq = 0
    this.reply(this.takeover.end(), false, `${peer.name} is gone`)
    if (this.isPartner(peer)) this.cancel(`${peer.name} is gone`)
  }

  /** For the timer 'standby'. */
  overdue(): void {
    const { deal } = this
    if (deal === null) return
    this.host.ctx.log('WARN', `No reply to standby request in phase ${this.phase}`)
    this.host.other.stable ||= deal.known
    this.end(deal, false, `no reply of ${deal.partner} to the standby request (phase ${this.phase})`, true)
  }

  /** Forgets everything: a stall has made it void. */
  reset(): void {
    this.requests.forget()
    this.host.many.moves.reset('this node was away for too long')
    this.cancel('this node was away for too long')
  }

  /** Ends what is under way, not well. */
  cancel(how: string): void {
    if (this.deal !== null) this.end(this.deal, false, how)
  }

  private end({ set, only, partner, command, beganMs }: Deal, ok: boolean, how: string, overdue = false): void {
    const { host, phase, heardSeq: seq } = this
    host.ctx.event('standby', host.ctx.self.name, phase, ok ? 'done' : 'ended', how)
    this.phase = 'no'
    this.deal = null
    host.ctx.timers.disarm('standby')
    this.reply(command, ok, how)
    const late = overdue && phase === 'awaiting' ? { set, only, seq } : null
    if (ok) host.unfinished.forget()
    else host.unfinished.left(host.membership.peers.get(partner), beganMs, late)
    // Before the next request, which would not be answered either.
    if (overdue && phase === 'asked') host.unfinished.unanswered()
    if (late !== null) host.unfinished.notBegun()
    host.afterStandby(ok)
  }

  private enter(phase: Phase, limitMs: number): void {
    this.phase = phase
    this.host.ctx.timers.arm('standby', this.host.ctx.now.ms + limitMs)
  }

  say(set: StandbySet, info: 'me' | 'other' | 'done' | 'not'): void {
    this.saidMs = this.host.ctx.now.ms
    const fields = [text('t', 'ask_resources'), text('rsc_hold', set), text('info', info)]
    const named = this.deal?.only?.map((g) => g.index.toString(16)).join(',')
    this.host.membership.outbox.send(named === undefined ? fields : [...fields, text('hbgroups', named)])
  }

  private reply(id: number | null, ok: boolean, words: string): void {
    if (id !== null) this.host.ctx.emit({ kind: 'reply', id, ok, text: words })
  }
}
