/**
 * Claims: which set of groups each node says it holds, in heartbeat's `resource` messages and, between hb nodes, in
 * every beat. A claim is of a whole set: `local`, the sender's own groups, or `foreign`, the other node's.
 */
import type { Peer } from '../cluster/peer.ts'
import { formatWord, type HbWord, sameWord } from '../cluster/word.ts'
import type { StandbySet } from '../io.ts'
import { get, getHex, type Message, text } from '../wire/message.ts'
import { type Bits, claimBits, claimWord, setBits } from './claims.ts'
import { formatMaintenance } from './maintenance.ts'
import type { ResourceManager } from './manager.ts'

interface Looked {
  readonly word: HbWord
  readonly text: string
}

/** A heartbeat claims what it is about to start. An operator who looks first does not say standby so soon. */
const STARTING_MS = 5000
/** A heartbeat that is asked how it stands reports at once. */
const ANSWER_MS = 300
const QUESTIONS_MAX = 4
const NOTHING: ReadonlyMap<number, number> = new Map()

export class Reports {
  /** The number of the last message of the other node whose claim was taken in. */
  private heardSeq = 0
  /** What that node says again on request may be older than a question; answers come after this number. */
  private floorSeq = 0
  private answered = false
  /** Questions since it was last told whether that node is stable, and the moment of the latest. */
  private questions = 0
  private askedMs = Number.NEGATIVE_INFINITY
  /** Since when the other node claims its own groups and those of this node. */
  private readonly claimedMs = { local: Number.NEGATIVE_INFINITY, foreign: Number.NEGATIVE_INFINITY }
  private lastSaid = ''
  private readonly looked: { whole?: Looked; news?: Looked } = {}

  constructor(private readonly host: ResourceManager) {}

  /** What comes next is of a new life: any number is later than those before. */
  forget(): void {
    this.heardSeq = 0
    this.floorSeq = 0
    this.questions = 0
  }

  /** `starting` is sent now: only what that node says from now on answers it. */
  asking(): void {
    for (const p of this.host.membership.liveOthers()) this.floorSeq = Math.max(this.floorSeq, p.order.highest ?? 0)
    this.answered = false
    this.questions++
    this.askedMs = this.host.ctx.now.ms
  }

  /** Whether a report has come since then. */
  get isAnswered(): boolean {
    return this.answered
  }

  /** A question that was heard is answered sooner. One that nobody answers at all is not put for ever. */
  get isOverdue(): boolean {
    const asked = this.questions > 0 && this.questions < QUESTIONS_MAX
    return asked && this.host.ctx.now.ms >= this.askedMs + ANSWER_MS
  }

  /** A later message of that node has been taken in already. */
  isLate(message: Message): boolean {
    return (getHex(message, 'seq') ?? 0) < this.heardSeq
  }

  /** That node claims some of the set, from its point of view, for so short a time that it may still be starting it. */
  isNew(set: StandbySet): boolean {
    const bits = setBits(set)
    const { ms } = this.host.ctx.now
    const { local, foreign } = this.claimedMs
    return (bits.local && ms < local + STARTING_MS) || (bits.foreign && ms < foreign + STARTING_MS)
  }

  // --- saying ------------------------------------------------------------------------------------------------------

  /** The hb field of a status; what others have can wait for the next beat, and is no news. */
  word(news = false): string {
    const word = this.look(news)
    const which = news ? 'news' : 'whole'
    const last = this.looked[which]
    // Asked for at every turn of the loop, and different once in a week.
    if (last !== undefined && sameWord(word, last.word)) return last.text
    const text = formatWord(word)
    this.looked[which] = { word, text }
    return text
  }

  private look(news: boolean): HbWord {
    const { host } = this
    const { config } = host.ctx
    const held = new Map<number, number>()
    const failed: number[] = []
    const stuck: number[] = []
    const deaf: number[] = []
    for (const g of host.groups) {
      if (g.present) held.set(g.index, g.term)
      if (host.failover.unfit(g)) failed.push(g.index)
      if (g.state === 'stop-failed') stuck.push(g.index)
    }
    for (let i = 0; i < config.nodes.length; i++) if (this.unheard(config.nodes[i]!)) deaf.push(i)
    return {
      run: host.run,
      sum: config.haresourcesSum,
      held,
      failed,
      deaf,
      settled: host.settled,
      claim: claimWord(host.mine),
      maintenance: host.maintenance.state.stamp === 0 ? '' : formatMaintenance(host.maintenance.state),
      stuck,
      to: host.many.moves.named(),
      seen: news || !host.many.rules ? NOTHING : host.many.heirs.holders(),
    }
  }

  /** Between more than two, one that has never been heard is not heard; between two, a start would look like deafness. */
  private unheard(node: string): boolean {
    const state = this.host.membership.peers.get(node)?.state
    return state === 'dead' || (state === 'init' && this.host.many.rules)
  }

  /** isstable=1 is said only when it is true: after the groups have really been started or stopped. */
  say(info?: string): void {
    const { host } = this
    if (host.isLegacy || host.many.rules) return
    const claim = claimWord(host.mine)
    const isstable = host.settled ? '1' : '0'
    this.lastSaid = `${claim} ${isstable}`
    const fields = [text('t', 'resource'), text('rsc_hold', claim), text('rtype', 'full'), text('isstable', isstable)]
    host.membership.outbox.send(info === undefined ? fields : [...fields, text('info', info)])
  }

  /** A heartbeat has taken this node for busy since the hand-over began, whatever has become of its claims. */
  sayAfterStandby(): void {
    if (this.host.membership.liveHeartbeat() !== undefined) this.say()
    else this.sayIfChanged()
  }

  sayIfChanged(): void {
    const { host } = this
    if (this.lastSaid !== `${claimWord(host.mine)} ${host.settled ? '1' : '0'}`) this.say()
  }

  // --- hearing -----------------------------------------------------------------------------------------------------

  hear(message: Message, peer: Peer): void {
    const { host } = this
    const seq = getHex(message, 'seq') ?? 0
    const bits = claimBits(get(message, 'rsc_hold') ?? '')
    if (bits === null) return host.ctx.log('ERROR', `resource report of ${peer.name} without a known rsc_hold`)
    if (seq < this.heardSeq || host.stage === 'init' || host.stall.draining) return
    if (host.stage === 'starting' && peer.hb === null && seq <= this.floorSeq) return
    this.heardSeq = seq
    this.answered = true
    this.takeInClaim(bits, get(message, 'rtype') === 'full')
    if (get(message, 'info') === 'mach_down') host.standby.partnerTookOver(peer)
    host.starting.reported(peer)
    const isstable = get(message, 'isstable')
    if (isstable !== undefined) this.questions = 0
    if (get(message, 'info') === 'standby') host.standby.partnerBusy(peer, seq)
    // A heartbeat may have forgotten that this node is stable: it hears a repeated `starting` as a new one.
    if (peer.hb === null && isstable === '1' && host.other.stable && host.settled) this.say()
    this.takeInStable(peer, isstable === undefined ? host.other.stable : isstable === '1')
    host.shutdown.advance()
  }

  /**
   * What an hb peer claims stands in each of its beats, so that a lost report is made good by the next one. During a
   * handshake, and until the peer has answered this node's `starting`, only the messages of that exchange count.
   */
  takeInWord(peer: Peer): void {
    const { host } = this
    const bits = claimBits(peer.hb?.claim ?? '')
    if (bits === null || host.isLegacy || host.many.rules || host.stage !== 'stable' || !host.standby.idle) return
    if (peer.gone || peer.lastStatusSeq < this.heardSeq) return
    this.heardSeq = peer.lastStatusSeq
    this.takeInClaim(bits, true)
    this.takeInStable(peer, peer.hb?.settled === true)
  }

  private takeInClaim(bits: Bits, full: boolean): void {
    const { host } = this
    const none = !bits.local && !bits.foreign
    const { contested, other } = host
    const before = { ...other }
    other.local = bits.local || (!full && !none && other.local)
    other.foreign = bits.foreign || (!full && !none && other.foreign)
    if (other.local && !before.local) this.claimedMs.local = host.ctx.now.ms
    if (other.foreign && !before.foreign) this.claimedMs.foreign = host.ctx.now.ms
    if (contested && !host.contested) host.healing.announceHeld('the other node does not claim it any more')
    host.shutdown.claimed()
  }

  private takeInStable(peer: Peer, stable: boolean): void {
    const { host } = this
    const wasStable = host.other.stable
    host.other.stable = stable
    if (host.stage === 'reported' && stable) host.starting.end(`${peer.name} holds ${claimWord(host.other)}`, true)
    if (wasStable || !stable || host.stage !== 'stable') return
    this.say()
    host.failback.tryNow()
  }
}
