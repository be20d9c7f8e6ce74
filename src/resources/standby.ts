/**
 * Handing groups from one node to the other, in heartbeat's four steps. S is the set from the giver's point of view.
 *
 *   giver                                    taker
 *   asked ────────── me ──────────────────▶
 *         ◀───────── other ──────────────── awaiting
 *   releasing (claim &= ~S, stop scripts)
 *   released ─────── done ────────────────▶ taking (start scripts)
 *   no    ◀───────── done ───────────────── no (claim |= mirror of S)
 *
 * `not`, which only hb says and only to hb, ends it early: the taker will not, or the giver could not let go.
 */
import type { Peer } from '../cluster/peer.ts'
import type { StandbySet } from '../io.ts'
import { get, type Message, text } from '../wire/message.ts'
import { mirror, setBits, standbySet } from './claims.ts'
import type { GroupRecord } from './group.ts'
import type { ResourceManager } from './manager.ts'

export type Phase = 'no' | 'asked' | 'releasing' | 'released' | 'awaiting' | 'taking'

const ANSWER_MS = 10_000
const GROUPS_MAX = 1024
const WORK_MS = 3_600_000
/** A giver that was answered begins to let go within so long and some beats, or it has not taken the answer for one. */
const BEGIN_MS = 3000
const BEGIN_BEATS = 3
/** A request that comes while this node is busy waits for so long; the giver gives up after 10 s. */
const DEFER_MS = 9000
/** A partner's words that say it is settled, before it is believed to have ended a hand-over. */
const SETTLED_WORDS = 3

/** What a giver wants to hand over; only: these groups of the set, or all of it. */
interface Ask {
  readonly set: StandbySet
  readonly only: readonly GroupRecord[] | null
}

export class Standby {
  phase: Phase = 'no'
  private set: StandbySet = 'all'
  private partner = ''
  private cause = ''
  private command: number | null = null
  private settledWords = 0
  /** Between two hb: only these groups of the set, and no claim changes. */
  private only: readonly GroupRecord[] | null = null
  private takeover: { id: number; set: StandbySet } | null = null
  private deferred: { ask: Ask; peer: Peer; untilMs: number } | null = null

  constructor(private readonly host: ResourceManager) {}

  get idle(): boolean {
    return this.phase === 'no'
  }

  get role(): 'no' | 'giving' | 'taking' {
    if (this.phase === 'no') return 'no'
    return this.phase === 'awaiting' || this.phase === 'taking' ? 'taking' : 'giving'
  }

  // --- giving ------------------------------------------------------------------------------------------------------

  /** Why a hand-over can't begin now, or null. */
  refusal(): string | null {
    const { host } = this
    if (host.isLegacy) return 'auto_failback legacy knows no standby; set auto_failback on or off'
    if (host.shutdown.asked) return 'this node is shutting down'
    const peer = host.membership.liveOthers()[0]
    if (peer === undefined) return 'there is no other live node to take over'
    if (peer.state !== 'active') return `${peer.name} is ${peer.state}, not active`
    if (host.stage !== 'stable') return 'resource management is still starting'
    if (!this.idle) return 'a hand-over is under way already'
    if (!host.queue.idle) return 'groups are being started or stopped'
    if (!host.other.stable) return `${peer.name} is in the middle of changes`
    return null
  }

  begin(set: StandbySet, cause: string, command: number | null, only: readonly GroupRecord[] | null = null): void {
    const refusal = this.refusal() ?? this.inMaintenance(only ?? this.host.groupsOf(setBits(set)))
    if (refusal !== null) return this.reply(command, false, `refused: ${refusal}`)
    const { host } = this
    this.set = set
    this.only = only
    this.cause = cause
    this.command = command
    this.partner = host.membership.liveOthers()[0]!.name
    host.other.stable = false
    this.enter('asked', ANSWER_MS)
    const what = only === null ? set : only.map((g) => g.key).join(', ')
    host.ctx.event('standby', host.ctx.self.name, 'no', `giving ${what}`, cause)
    this.say(set, 'me')
  }

  private release(): void {
    const { host } = this
    this.enter('releasing', WORK_MS)
    if (this.only === null) host.claim(this.set, false)
    host.report('standby')
    const groups = this.only ?? host.groupsOf(setBits(this.set))
    host.give(`standby ${this.set}: ${this.cause}`, groups, (failed) => this.releasedOrNot(failed))
  }

  private releasedOrNot(failed: GroupRecord[]): void {
    const { host } = this
    if (this.phase !== 'releasing') return
    const stuck = failed.filter((g) => g.state === 'stop-failed')
    if (stuck.length > 0) {
      if (host.membership.peers.get(this.partner)?.hb) this.say(this.set, 'not')
      if (this.only === null) host.claim(this.set, true)
      return this.end(false, `${stuck[0]!.key} could not be stopped: ${stuck[0]!.cause}`)
    }
    this.enter('released', WORK_MS)
    this.say(this.set, 'done')
  }

  // --- hearing -----------------------------------------------------------------------------------------------------

  hear(message: Message, peer: Peer): void {
    const set = standbySet(get(message, 'rsc_hold') ?? 'all') ?? 'all'
    const info = get(message, 'info')
    if (info === 'me') return this.hearMe({ set, only: this.named(message) }, peer)
    if (info === 'not' && this.phase === 'no' && this.takeover !== null) return this.takeoverRefused(peer)
    if (peer.name !== this.partner || this.phase === 'no') return this.ignored(info, peer)
    if (info === 'other' && this.phase === 'asked') this.release()
    else if (info === 'done' && this.phase === 'awaiting') this.take()
    else if (info === 'done' && this.phase === 'released') this.given()
    else if (info === 'not') this.refused(peer)
    else this.ignored(info, peer)
  }

  private ignored(info: string | undefined, peer: Peer): void {
    this.host.ctx.log('debug', `standby message ${info ?? '(none)'} of ${peer.name} ignored in phase ${this.phase}`)
    this.host.ctx.count('standby_ignored')
  }

  /** The groups that an hb node names, by their numbers in haresources; one that is not known here stands for none. */
  private named(message: Message): GroupRecord[] | null {
    const field = get(message, 'hbgroups')
    if (field === undefined) return null
    const numbers = field.split(',', GROUPS_MAX).map((n) => Number.parseInt(n, 16))
    return this.host.groups.filter((g) => numbers.includes(g.index))
  }

  private hearMe(ask: Ask, peer: Peer): void {
    const { set, only } = ask
    const { host } = this
    if (host.standInFor(peer.name) !== host.ctx.self.name) return
    const blocked = this.inMaintenance(only ?? host.groupsOf(setBits(mirror(set))))
    const strange = only !== null && peer.hb?.sum !== host.ctx.config.haresourcesSum
    if (host.stage !== 'stable' || host.shutdown.asked || strange || blocked !== null) return this.decline(set, peer)
    if (!this.idle) return this.phase === 'asked' ? this.cross(ask, peer) : this.decline(set, peer)
    if (!host.queue.idle) {
      this.deferred = { ask, peer, untilMs: host.ctx.now.ms + DEFER_MS }
      return
    }
    this.accept(ask, peer)
  }

  /** Both asked at the same moment: the first in ha.cf goes on giving, the other one takes. */
  private cross(ask: Ask, peer: Peer): void {
    const { nodes } = this.host.ctx.config
    if (nodes.indexOf(this.host.ctx.self.name) < nodes.indexOf(peer.name)) return this.decline(ask.set, peer)
    this.end(false, `${peer.name} asked for a hand-over at the same moment`)
    this.accept(ask, peer)
  }

  private decline(set: StandbySet, peer: Peer): void {
    this.host.ctx.log('WARN', `standby request of ${peer.name} refused: this node is not ready`)
    if (peer.hb !== null) this.say(set, 'not')
  }

  private inMaintenance(groups: readonly GroupRecord[]): string | null {
    const kept = groups.find((g) => this.host.maintenance.covers(g))
    return kept === undefined ? null : `group ${kept.key} is in maintenance (hb maintenance off ends it)`
  }

  private refused(peer: Peer): void {
    if (this.phase === 'asked') this.end(false, `${peer.name} is not ready to take over`)
    else if (this.phase === 'awaiting') this.end(false, `${peer.name} could not let go of its groups`)
  }

  /** Called when the queue has run dry. */
  resume(): void {
    const waiting = this.deferred
    this.deferred = null
    if (waiting === null || !this.idle || this.host.ctx.now.ms > waiting.untilMs) return
    this.accept(waiting.ask, waiting.peer)
  }

  // --- taking ------------------------------------------------------------------------------------------------------

  private accept({ set, only }: Ask, peer: Peer): void {
    const { host } = this
    const what = only?.map((g) => g.key).join(', ')
    this.set = set
    this.only = only
    this.partner = peer.name
    this.cause = `${peer.name} hands over ${what ?? set}`
    this.command = null
    host.other.stable = false
    this.enter('awaiting', BEGIN_MS + BEGIN_BEATS * host.ctx.config.keepaliveMs)
    host.ctx.event('standby', host.ctx.self.name, 'no', `taking ${what ?? mirror(set)}`, this.cause)
    this.say(set, 'other')
  }

  private take(): void {
    const { host } = this
    this.enter('taking', WORK_MS)
    const mine = mirror(this.set)
    if (this.only === null) host.claim(mine, true)
    const groups = this.only ?? host.groupsOf(setBits(mine))
    // Both held it until now: clients have to be told who is left.
    if (groups.some((g) => g.state === 'held')) host.healing.announceHeld(this.cause)
    host.work(this.cause, [...groups], [], (failed) => this.taken(failed))
  }

  private taken(failed: GroupRecord[]): void {
    if (this.phase !== 'taking') return
    const { host } = this
    this.say(this.set, 'done')
    host.other.stable = true
    host.ctx.log('info', 'Standby resource acquisition done')
    const waiting = this.only === null ? this.takeover : null
    if (waiting !== null) this.takeover = null
    const ok = failed.length === 0
    const taken = this.only?.map((g) => g.key).join(', ') ?? mirror(this.set)
    const what = ok ? `holds ${taken} now` : `could not start ${failed.map((g) => g.key).join(', ')}`
    this.end(ok, `${host.ctx.self.name} ${what}`)
    if (waiting !== null) this.reply(waiting.id, ok, `${host.ctx.self.name} ${what}`)
  }

  private given(): void {
    const { host } = this
    host.other.stable = true
    const bits = setBits(mirror(this.set))
    if (this.only === null && bits.local) host.other.local = true
    if (this.only === null && bits.foreign) host.other.foreign = true
    const failed = host.membership.peers.get(this.partner)?.hb?.failed ?? []
    const lost = (this.only ?? host.groupsOf(setBits(this.set))).filter((g) => failed.includes(g.index))
    if (lost.length > 0) this.end(false, `${this.partner} could not start ${lost.map((g) => g.key).join(', ')}`)
    else this.end(true, `${this.partner} holds the groups now`)
  }

  // --- taking over on request ----------------------------------------------------------------------------------------

  /** Asks the other node to hand over; set is from this node's point of view. */
  beginTakeover(set: StandbySet, command: number): void {
    const refusal = this.refusal() ?? (this.takeover === null ? null : 'a takeover is asked for already')
    if (refusal !== null) return this.reply(command, false, `refused: ${refusal}`)
    this.takeover = { id: command, set }
    this.host.ctx.timers.arm('takeover', this.host.ctx.now.ms + ANSWER_MS)
    this.host.membership.outbox.send([text('t', 'hb_takeover'), text('rsc_hold', set)])
  }

  takeoverOverdue(): void {
    if (this.takeover === null || this.role === 'taking') return
    const { id } = this.takeover
    this.takeover = null
    this.reply(id, false, 'the other node did not begin to hand over within 10 s')
  }

  private takeoverRefused(peer: Peer): void {
    const waiting = this.takeover!
    this.takeover = null
    this.reply(waiting.id, false, `${peer.name} is not ready to hand over`)
  }

  /** Asks a heartbeat that holds the same groups to hand them over; taking what is held already announces it. */
  askToLetGo(set: StandbySet): void {
    this.host.ctx.event('standby', this.host.ctx.self.name, 'no', `asking for ${set}`, 'both nodes hold it')
    this.host.membership.outbox.send([text('t', 'hb_takeover'), text('rsc_hold', set)])
  }

  hearTakeover(message: Message, peer: Peer): void {
    const { host } = this
    const set = standbySet(get(message, 'rsc_hold') ?? 'all') ?? 'all'
    const refusal = this.refusal()
    if (refusal === null) return this.begin(mirror(set), `${peer.name} asks for a takeover`, null)
    host.ctx.log('WARN', `takeover asked for by ${peer.name} refused: ${refusal}`)
    if (peer.hb !== null) this.say(mirror(set), 'not')
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
    if (this.phase === 'released') this.given()
    else this.end(false, `${peer.name} has ended the hand-over`)
  }

  /** The giver's report says that it has begun to let go: that may take as long as its scripts do. */
  partnerBusy(peer: Peer): void {
    if (this.phase === 'awaiting' && peer.name === this.partner) this.enter('awaiting', WORK_MS)
  }

  // --- ending --------------------------------------------------------------------------------------------------------

  /** The other node died or restarted in the middle. What was released is taken back by whoever asks for it next. */
  partnerLost(peer: Peer): void {
    if (this.deferred?.peer === peer) this.deferred = null
    if (this.takeover !== null) {
      const { id } = this.takeover
      this.takeover = null
      this.reply(id, false, `${peer.name} is gone`)
    }
    if (this.idle || peer.name !== this.partner) return
    this.end(false, `${peer.name} is gone`)
  }

  overdue(): void {
    if (this.idle) return
    this.host.ctx.log('WARN', `No reply to standby request in phase ${this.phase}`)
    this.host.other.stable = true
    this.end(false, `no reply of ${this.partner} to the standby request (phase ${this.phase})`)
  }

  /** Forgets everything: a stall has made it void. */
  reset(): void {
    this.deferred = null
    if (!this.idle) this.end(false, 'this node was away for too long')
  }

  private end(ok: boolean, how: string): void {
    const { host } = this
    host.ctx.event('standby', host.ctx.self.name, this.phase, ok ? 'done' : 'ended', how)
    this.phase = 'no'
    this.only = null
    this.partner = ''
    host.ctx.timers.disarm('standby')
    const command = this.command
    this.command = null
    this.reply(command, ok, how)
    host.afterStandby(ok)
  }

  private enter(phase: Phase, limitMs: number): void {
    this.phase = phase
    this.host.ctx.timers.arm('standby', this.host.ctx.now.ms + limitMs)
  }

  private say(set: StandbySet, info: 'me' | 'other' | 'done' | 'not'): void {
    const fields = [text('t', 'ask_resources'), text('rsc_hold', set), text('info', info)]
    const named = this.only?.map((g) => g.index.toString(16)).join(',')
    this.host.membership.outbox.send(named === undefined ? fields : [...fields, text('hbgroups', named)])
  }

  private reply(id: number | null, ok: boolean, words: string): void {
    if (id !== null) this.host.ctx.emit({ kind: 'reply', id, ok, text: words })
  }
}
