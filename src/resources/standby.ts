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
import { get, type Message, text } from '../wire/message.ts'
import { type Bits, mirror, NOTHING, setBits, standbySet } from './claims.ts'
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
/** A partner's words that say it is settled, before it is believed to have ended a hand-over. */
const SETTLED_WORDS = 3

export class Standby {
  phase: Phase = 'no'
  readonly requests: Requests
  readonly takeover: Takeover
  private set: StandbySet = 'all'
  private partner = ''
  private cause = ''
  private command: number | null = null
  private beganMs = 0
  /** Whether it was known what the partner holds when this began. */
  private known = false
  private settledWords = 0
  /** The giver may still be taking what it gives: a heartbeat starts and stops the same group side by side. */
  private crossing = false
  /** What this node claimed before it began to let go. */
  private claimed: Bits = { ...NOTHING }
  /** Between two hb: only these groups of the set, and no claim changes. */
  private only: readonly GroupRecord[] | null = null

  constructor(private readonly host: ResourceManager) {
    this.requests = new Requests(host)
    this.takeover = new Takeover(host)
  }

  get idle(): boolean {
    return this.phase === 'no'
  }

  get role(): 'no' | 'giving' | 'taking' {
    if (this.phase === 'no') return 'no'
    return this.phase === 'awaiting' || this.phase === 'taking' ? 'taking' : 'giving'
  }

  givesTo(peer: Peer): boolean {
    return this.role === 'giving' && this.partner === peer.name
  }

  // --- giving ------------------------------------------------------------------------------------------------------

  /** command is answered when it is over; only: these groups of the set instead of all of it. */
  begin(set: StandbySet, cause: string, command: number | null, only: readonly GroupRecord[] | null = null): void {
    const { host } = this
    if (host.many.rules) return host.many.standby(set, cause, command)
    const why = hindrance(host) ?? inMaintenance(host, only ?? host.groupsOf(setBits(set)))
    if (why !== null) return this.reply(command, false, `refused: ${why}`)
    this.set = set
    this.only = only
    this.cause = cause
    this.command = command
    this.partner = host.membership.liveOthers()[0]!.name
    this.beganMs = host.ctx.now.ms
    this.known = host.other.stable
    host.other.stable = false
    this.enter('asked', ANSWER_MS)
    const what = only === null ? set : only.map((g) => g.key).join(', ')
    host.ctx.event('standby', host.ctx.self.name, 'no', `giving ${what}`, cause)
    this.say(set, 'me')
  }

  private release(): void {
    const { host } = this
    this.enter('releasing', WORK_MS)
    this.claimed = { ...host.mine }
    if (this.only === null) host.claim(this.set, false)
    host.reports.say('standby')
    const groups = this.only ?? host.groupsOf(setBits(this.set))
    host.orders.give(`standby ${this.set}: ${this.cause}`, groups, (failed) => this.releasedOrNot(failed))
  }

  private releasedOrNot(failed: GroupRecord[]): void {
    const { host } = this
    if (this.phase !== 'releasing') return
    const stuck = failed.filter((g) => g.state === 'stop-failed')
    if (stuck.length > 0) {
      if (host.membership.peers.get(this.partner)?.hb) this.say(this.set, 'not')
      if (this.only === null) host.mine = { ...this.claimed }
      return this.end(false, `${stuck[0]!.key} could not be stopped: ${stuck[0]!.cause}`)
    }
    this.enter('released', WORK_MS)
    this.say(this.set, 'done')
  }

  private given(): void {
    const { host } = this
    host.other.stable = true
    const bits = setBits(mirror(this.set))
    if (this.only === null && bits.local) host.other.local = true
    if (this.only === null && bits.foreign) host.other.foreign = true
    const word = host.membership.peers.get(this.partner)?.hb
    // In the pause after a failure it is unfit, and yet may be given what an operator wants there.
    const lost = (this.only ?? host.groupsOf(setBits(this.set))).filter(
      (g) => word?.failed.includes(g.index) === true && !word.held.has(g.index),
    )
    if (lost.length > 0) this.end(false, `${this.partner} could not start ${lost.map((g) => g.key).join(', ')}`)
    else this.end(true, `${this.partner} holds the groups now`)
  }

  // --- hearing -----------------------------------------------------------------------------------------------------

  hear(message: Message, peer: Peer): void {
    // It does not know yet that it was declared dead, and that what it would hand over is here.
    if (peer.state === 'dead') return this.ignored(get(message, 'info'), peer)
    const set = standbySet(get(message, 'rsc_hold') ?? 'all') ?? 'all'
    const info = get(message, 'info')
    if (info === 'me') return this.requests.hear(message, set, peer)
    if (info === 'done') this.resume(peer)
    if (info === 'not' && this.phase === 'no' && this.takeover.waiting) return this.takeover.refused(peer)
    if (peer.name !== this.partner || this.phase === 'no') return this.ignored(info, peer)
    if (info === 'other' && this.phase === 'asked') this.release()
    else if (info === 'done' && this.phase === 'awaiting') this.take()
    else if (info === 'done' && this.phase === 'released') this.given()
    else if (info === 'not') this.refused(peer)
    else this.ignored(info, peer)
  }

  private ignored(info: string | undefined, peer: Peer): void {
    // It has let go of something, or has taken it, in a hand-over that is over here.
    if (info === 'done' && this.idle) this.host.unfinished.left(peer, this.host.ctx.now.ms, null)
    this.host.ctx.log('debug', `standby message ${info ?? '(none)'} of ${peer.name} ignored in phase ${this.phase}`)
    this.host.ctx.count('standby_ignored')
  }

  private refused(peer: Peer): void {
    if (this.phase === 'asked') this.end(false, `${peer.name} is not ready to take over`)
    else if (this.phase === 'awaiting') this.end(false, `${peer.name} could not let go of its groups`)
  }

  /** An hb partner that is settled again and again has ended what this node still waits for: a message was lost. */
  hearWord(peer: Peer): void {
    const waiting = this.phase === 'awaiting' || this.phase === 'released'
    if (!waiting || peer.name !== this.partner || peer.hb?.settled !== true) {
      this.settledWords = 0
      return
    }
    this.settledWords++
    if (this.settledWords < SETTLED_WORDS) return
    this.settledWords = 0
    const { held, failed } = peer.hb
    const groups = this.only ?? this.host.groupsOf(setBits(this.set))
    const tried = groups.every((g) => held.has(g.index) || failed.includes(g.index))
    if (this.phase === 'released' && tried) this.given()
    else this.end(false, `${peer.name} has ended the hand-over`)
  }

  /** A heartbeat that took this node for dead in the middle has taken everything and forgotten the hand-over. */
  partnerTookOver(peer: Peer): void {
    if (this.phase === 'released' && peer.name === this.partner) this.given()
  }

  /** The giver's report says that it has begun to let go: that may take as long as its scripts do. */
  partnerBusy(peer: Peer): void {
    this.resume(peer)
    if (this.phase === 'awaiting' && peer.name === this.partner) this.enter('awaiting', WORK_MS)
  }

  // --- taking ------------------------------------------------------------------------------------------------------

  /** Says yes to a peer that asks: what it lets go of is taken here. */
  accept(ask: Ask, peer: Peer): void {
    this.expect(ask, peer)
    this.say(ask.set, 'other')
  }

  /** A heartbeat has heard this node's yes so late that it is not waited for any more: what it lets go of is taken. */
  private resume(peer: Peer): void {
    const { host } = this
    if (!this.idle || host.stage !== 'stable' || host.shutdown.asked) return
    const ask = host.unfinished.answered(peer)
    if (ask !== null) this.expect(ask, peer)
  }

  private expect(ask: Ask, peer: Peer): void {
    const { host } = this
    const { set, only } = ask
    const what = only?.map((g) => g.key).join(', ')
    this.set = set
    this.only = only
    this.partner = peer.name
    this.cause = `${peer.name} hands over ${what ?? set}`
    this.command = null
    this.beganMs = host.ctx.now.ms
    this.known = host.other.stable
    this.crossing = peer.hb === null && host.contested && !this.takeover.asked
    host.other.stable = false
    this.enter('awaiting', BEGIN_MS + BEGIN_BEATS * host.ctx.config.keepaliveMs)
    host.ctx.event('standby', host.ctx.self.name, 'no', `taking ${what ?? mirror(set)}`, this.cause)
  }

  private take(): void {
    const { host } = this
    this.enter('taking', WORK_MS)
    const mine = mirror(this.set)
    if (this.only === null) host.claim(mine, true)
    const groups = this.only ?? host.groupsOf(setBits(mine))
    // Both held it until now: clients have to be told who is left.
    if (groups.some((g) => g.state === 'held')) host.healing.announceHeld(this.cause)
    host.orders.take(this.cause, [...groups], [], (failed) => this.taken(failed))
  }

  private taken(failed: GroupRecord[]): void {
    if (this.phase !== 'taking') return
    const { host } = this
    this.say(this.set, 'done')
    host.other.stable = true
    host.ctx.log('info', 'Standby resource acquisition done')
    if (this.only === null) host.unclaimed.handedOver(mirror(this.set), this.crossing)
    const asked = this.only === null ? this.takeover.end() : null
    const ok = failed.length === 0
    const taken = this.only?.map((g) => g.key).join(', ') ?? mirror(this.set)
    const what = ok ? `holds ${taken} now` : `could not start ${failed.map((g) => g.key).join(', ')}`
    this.end(ok, `${host.ctx.self.name} ${what}`)
    // Well or not, its last word was said.
    host.unfinished.forget()
    this.reply(asked, ok, `${host.ctx.self.name} ${what}`)
  }

  // --- ending --------------------------------------------------------------------------------------------------------

  /** The other node died or restarted in the middle. What was released is taken back by whoever asks for it next. */
  partnerLost(peer: Peer): void {
    this.requests.forget(peer)
    this.reply(this.takeover.end(), false, `${peer.name} is gone`)
    if (this.idle || peer.name !== this.partner) return
    this.end(false, `${peer.name} is gone`)
  }

  /** For the timer 'standby'. */
  overdue(): void {
    if (this.idle) return
    this.host.ctx.log('WARN', `No reply to standby request in phase ${this.phase}`)
    this.host.other.stable = this.known
    const how = `no reply of ${this.partner} to the standby request (phase ${this.phase})`
    this.end(false, how, true)
  }

  /** Forgets everything: a stall has made it void. */
  reset(): void {
    this.requests.forget()
    this.host.many.moves.reset('this node was away for too long')
    if (!this.idle) this.cancel('this node was away for too long')
  }

  /** Ends what is under way, not well. */
  cancel(how: string): void {
    this.end(false, how)
  }

  private end(ok: boolean, how: string, overdue = false): void {
    const { host, phase, set, only } = this
    host.ctx.event('standby', host.ctx.self.name, phase, ok ? 'done' : 'ended', how)
    const partner = host.membership.peers.get(this.partner)
    this.phase = 'no'
    this.only = null
    this.partner = ''
    host.ctx.timers.disarm('standby')
    const command = this.command
    this.command = null
    this.reply(command, ok, how)
    if (ok) host.unfinished.forget()
    else host.unfinished.left(partner, this.beganMs, overdue && phase === 'awaiting' ? { set, only } : null)
    // Before the next request, which would not be answered either.
    if (overdue && phase === 'asked') host.unfinished.unanswered()
    host.afterStandby(ok)
  }

  private enter(phase: Phase, limitMs: number): void {
    this.phase = phase
    this.host.ctx.timers.arm('standby', this.host.ctx.now.ms + limitMs)
  }

  say(set: StandbySet, info: 'me' | 'other' | 'done' | 'not'): void {
    const fields = [text('t', 'ask_resources'), text('rsc_hold', set), text('info', info)]
    const named = this.only?.map((g) => g.index.toString(16)).join(',')
    this.host.membership.outbox.send(named === undefined ? fields : [...fields, text('hbgroups', named)])
  }

  private reply(id: number | null, ok: boolean, words: string): void {
    if (id !== null) this.host.ctx.emit({ kind: 'reply', id, ok, text: words })
  }
}
