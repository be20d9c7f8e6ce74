/**
 * Who holds which groups: start-up, reports, deaths and returns. The handshakes stand beside it (standby.ts, healing.ts,
 * shutdown.ts, legacy.ts).
 *
 *   init ──active──▶ starting ──peer's report──▶ reported ──peer stable, or 10 s──▶ stable ──stop──▶ shutdown
 *                        ├──peer's `starting`: both begin, nobody holds anything──▶ stable
 *                        └──every other node is dead──▶ stable, with everything
 */
import type { Context } from '../cluster/context.ts'
import type { Return } from '../cluster/generations.ts'
import type { Membership } from '../cluster/membership.ts'
import type { Peer } from '../cluster/peer.ts'
import { formatWord } from '../cluster/word.ts'
import type { Claim, MaintenanceState, StandbySet } from '../io.ts'
import { get, getHex, type Message, text } from '../wire/message.ts'
import { type Bits, claimBits, claimWord, mirrorBits, setBits } from './claims.ts'
import { Failover } from './failover.ts'
import { GroupRecord } from './group.ts'
import { Healing } from './healing.ts'
import { Legacy } from './legacy.ts'
import { formatMaintenance, Maintenance } from './maintenance.ts'
import { Monitors } from './monitors.ts'
import { GroupQueue } from './queue.ts'
import { Shutdown } from './shutdown.ts'
import { Standby } from './standby.ts'

export type Stage = 'init' | 'starting' | 'reported' | 'stable' | 'shutdown'

/** heartbeat's fixed wait for a peer that does not become stable. */
const FALLBACK_MS = 10_000
const STARTING_AGAIN_MS = 3000
const FAILBACK_RETRY_MS = 1000

export class ResourceManager {
  groups: GroupRecord[]
  readonly queue: GroupQueue
  readonly standby: Standby
  readonly healing: Healing
  readonly shutdown: Shutdown
  readonly legacy: Legacy
  readonly failover: Failover
  readonly maintenance: Maintenance
  readonly monitors: Monitors
  stage: Stage = 'init'
  mine: Bits = { local: false, foreign: false }
  /** What the other side says, from its own point of view, and whether it is in the middle of changes. */
  other: Bits & { stable: boolean } = { local: false, foreign: false, stable: false }
  needsFailback = false
  private failingBack = false
  membership!: Membership
  private reportSeq = 0
  private drainedMs = Number.NEGATIVE_INFINITY
  private lastReport = ''

  constructor(
    readonly ctx: Context,
    readonly run: string,
    maintenance: MaintenanceState,
  ) {
    this.groups = ctx.config.groups.map((g, i) => new GroupRecord(i, g, ctx.now.ms))
    this.queue = new GroupQueue(ctx, () => this.onIdle())
    this.standby = new Standby(this)
    this.healing = new Healing(this)
    this.shutdown = new Shutdown(this)
    this.legacy = new Legacy(this)
    this.failover = new Failover(this)
    this.maintenance = new Maintenance(this, maintenance)
    this.monitors = new Monitors(this)
  }

  private get draining(): boolean {
    return this.ctx.now.ms < this.drainedMs
  }

  get isLegacy(): boolean {
    return this.ctx.config.autoFailback === 'legacy'
  }

  /** Goes on where an earlier program of this process has ended. */
  resume(): void {
    this.ctx.timers.arm('audit', this.ctx.now.ms + 1000)
    if (this.needsFailback) this.ctx.timers.arm('failback', this.ctx.now.ms + FAILBACK_RETRY_MS)
  }

  /** Nothing is under way and nothing is expected: what heartbeat calls stable. */
  get settled(): boolean {
    return this.stage === 'stable' && this.queue.idle && this.standby.idle
  }

  isOwn(group: GroupRecord): boolean {
    return group.config.owner === this.ctx.self.name
  }

  groupsOf(set: Readonly<Bits>): GroupRecord[] {
    return this.groups.filter((g) => (this.isOwn(g) ? set.local : set.foreign))
  }

  /** Of several live nodes, the one that acts for the node that is out: the first in the order of ha.cf. */
  standInFor(out: string): string | null {
    const { nodes } = this.ctx.config
    const alive = (name: string) => name === this.ctx.self.name || this.membership.peers.get(name)?.alive === true
    return nodes.find((n) => n !== out && alive(n)) ?? null
  }

  // --- saying ------------------------------------------------------------------------------------------------------

  word(): string {
    const { config } = this.ctx
    const held = this.groups.filter((g) => g.present).map((g) => [g.index, g.term] as const)
    const deaf = config.nodes.flatMap((n, i) => (this.membership.peers.get(n)?.state === 'dead' ? [i] : []))
    return formatWord({
      run: this.run,
      sum: config.haresourcesSum,
      held: new Map(held),
      failed: this.groups.filter((g) => this.failover.unfit(g)).map((g) => g.index),
      deaf,
      settled: this.settled,
      claim: claimWord(this.mine),
      maintenance: this.maintenance.state.stamp === 0 ? '' : formatMaintenance(this.maintenance.state),
      stuck: this.groups.filter((g) => g.state === 'stop-failed').map((g) => g.index),
    })
  }

  /** isstable=1 is said only when it is true: after the groups have really been started or stopped. */
  report(info?: string): void {
    if (this.isLegacy) return
    const claim = claimWord(this.mine)
    const isstable = this.settled ? '1' : '0'
    this.lastReport = `${claim} ${isstable}`
    const fields = [text('t', 'resource'), text('rsc_hold', claim), text('rtype', 'full'), text('isstable', isstable)]
    this.membership.outbox.send(info === undefined ? fields : [...fields, text('info', info)])
  }

  private reportIfChanged(): void {
    if (this.lastReport !== `${claimWord(this.mine)} ${this.settled ? '1' : '0'}`) this.report()
  }

  // --- starting ----------------------------------------------------------------------------------------------------

  onActive(): void {
    if (this.shutdown.asked) return this.shutdown.advance()
    this.stage = 'starting'
    this.ctx.timers.arm('audit', this.ctx.now.ms + 1000)
    if (this.isLegacy) return this.legacy.onActive()
    this.membership.outbox.send([text('t', 'starting')])
    if (this.membership.liveOthers().length === 0) return this.takeEverything('every other node is dead')
    this.ctx.timers.arm('starting', this.ctx.now.ms + STARTING_AGAIN_MS)
    this.ctx.timers.arm('fallback', this.ctx.now.ms + FALLBACK_MS)
  }

  /** Nobody has told yet what it holds: ask again. */
  askAgain(): void {
    if (this.stage !== 'starting') return
    if (this.isLegacy) return this.legacy.afterStall()
    this.membership.outbox.send([text('t', 'starting')])
    this.ctx.timers.arm('starting', this.ctx.now.ms + STARTING_AGAIN_MS)
  }

  /** The peer does not become stable: go on with what it said it holds. Without a word of it nothing is taken. */
  fallback(): void {
    if (this.stage === 'reported') this.becomeStable('the other node did not become stable within 10 s')
  }

  private hearStarting(peer: Peer): void {
    this.other.stable = false
    this.other.local = false
    this.other.foreign = false
    this.reportSeq = 0
    this.report()
    // Its report may have come first: two hb nodes that were both away hear each other out of step.
    const asking = this.stage === 'starting' || (this.stage === 'reported' && peer.hb !== null)
    if (asking && !this.draining) this.becomeStable(`${peer.name} starts too, so nobody holds anything`)
  }

  /** Takes the local groups unless the other side has them. */
  private becomeStable(cause: string): void {
    const { timers } = this.ctx
    for (const name of ['starting', 'fallback']) timers.disarm(name)
    this.stage = 'stable'
    this.ctx.event('resources', this.ctx.self.name, 'starting', 'stable', cause)
    this.healing.announceHeld('found here, and resource management has begun')
    const take = !this.other.foreign && !this.shutdown.asked
    if (take) this.mine.local = true
    else this.ctx.log('info', 'Local Resource acquisition completed. (none)')
    const kept = this.groupsOf(this.mine).filter((g) => !this.heldElsewhere(g))
    const clean = this.groups.filter((g) => !kept.includes(g) && g.residue)
    this.work(cause, kept, clean, () => this.ctx.log('info', 'Initial resource acquisition complete'))
    if (!this.queue.idle) this.report()
  }

  /** Takes groups, and sees to it that nothing of the others runs here. */
  work(cause: string, take: GroupRecord[], clean: GroupRecord[], done: (failed: GroupRecord[]) => void): void {
    const free = (g: GroupRecord) => !this.maintenance.covers(g)
    for (const g of take.filter(free)) g.wanted = true
    const steps = [
      ...take.filter(free).map((group) => ({ work: 'take' as const, group })),
      ...clean.filter(free).map((group) => ({ work: 'clean' as const, group })),
    ]
    this.queue.push(cause, steps, (failed) => {
      this.noteStarts(take, failed)
      done(failed)
    })
  }

  /** Starts groups anew in place, each from one of its resources on; null only looks that all of it runs. */
  restart(cause: string, groups: readonly { group: GroupRecord; from: number | null }[]): void {
    const steps = groups.map((g) => ({ work: 'restart' as const, ...g }))
    const all = groups.map((g) => g.group)
    this.queue.push(cause, steps, (failed) => this.noteStarts(all, failed))
  }

  private noteStarts(groups: readonly GroupRecord[], failed: readonly GroupRecord[]): void {
    for (const g of failed) if (g.state === 'failed') this.failover.startFailed(g)
    for (const g of groups) if (g.state === 'held' && g.trouble?.kind === 'start') g.trouble = null
  }

  /** Gives groups up; those that are not here by the time it is their turn are not touched. */
  give(
    cause: string,
    groups: readonly GroupRecord[],
    done: (failed: GroupRecord[]) => void,
    evenInMaintenance = false,
  ): void {
    const free = groups.filter((g) => evenInMaintenance || !this.maintenance.covers(g))
    for (const g of free) g.wanted = false
    this.queue.push(
      cause,
      free.map((group) => ({ work: 'give' as const, group })),
      (failed) => {
        for (const g of free) if (g.state !== 'held') g.sick = false
        for (const g of failed) this.stopFailed(g)
        done(failed)
      },
    )
  }

  /** `stop_failure`: block is what the state itself does; the others need the world's help. */
  private stopFailed(group: GroupRecord): void {
    const { config, self } = this.ctx
    if (group.state !== 'stop-failed' || config.stopFailure === 'block') return
    this.ctx.event('stop-failure', group.key, 'stop-failed', config.stopFailure, group.cause)
    if (config.stopFailure === 'reboot') {
      this.ctx.emit({ kind: 'reboot', cause: `${group.key} could not be stopped on ${self.name}: ${group.cause}` })
    }
  }

  private onIdle(): void {
    if (this.stage === 'stable') {
      this.reportIfChanged()
      this.standby.resume()
    }
    this.shutdown.advance()
  }

  /** A hand-over has ended, well or not: say what is held now, and go on with what had to wait for it. */
  afterStandby(ok: boolean): void {
    const retry = this.failingBack && !ok
    this.failingBack = false
    if (this.stage === 'stable') this.reportIfChanged()
    if (retry) {
      this.needsFailback = true
      this.ctx.timers.arm('failback', this.ctx.now.ms + FAILBACK_RETRY_MS)
      return this.shutdown.advance()
    }
    if (this.stage === 'stable' && this.needsFailback) this.tryFailback()
    this.shutdown.advance()
  }

  // --- hearing -----------------------------------------------------------------------------------------------------

  onMessage(type: string, message: Message, peer: Peer): void {
    if (type === 'shutdone') return this.hearShutdone(peer)
    if (type === 'ip-request' || type === 'ip-request-resp') return this.legacy.hear(type, message, peer)
    if (this.isLegacy) return this.ctx.count('ignored_in_legacy_mode')
    if (type === 'starting') {
      if (this.stage !== 'init') this.hearStarting(peer)
    } else if (type === 'resource') this.hearReport(message, peer)
    else if (type === 'ask_resources') this.standby.hear(message, peer)
    else if (type === 'hb_takeover') this.standby.hearTakeover(message, peer)
    else if (type === 'hb_clear') this.failover.clear(get(message, 'group') || null, `cleared on ${peer.name}`)
    else this.ctx.count('messages_for_others')
  }

  private hearReport(message: Message, peer: Peer): void {
    const seq = getHex(message, 'seq') ?? 0
    const bits = claimBits(get(message, 'rsc_hold') ?? '')
    if (bits === null) return this.ctx.log('ERROR', `resource report of ${peer.name} without a known rsc_hold`)
    if (seq < this.reportSeq || this.stage === 'init' || this.draining) return
    this.reportSeq = seq
    this.takeInClaim(bits, get(message, 'rtype') === 'full')
    if (this.stage === 'starting') {
      this.stage = 'reported'
      this.ctx.timers.disarm('starting')
    }
    const isstable = get(message, 'isstable')
    if (isstable === '0') this.standby.partnerBusy(peer)
    // A heartbeat may have forgotten that this node is stable: it hears a repeated `starting` as a new one.
    if (peer.hb === null && isstable === '1' && this.other.stable && this.settled) this.report()
    this.takeInStable(peer, isstable === undefined ? this.other.stable : isstable === '1')
    this.shutdown.advance()
  }

  private takeInStable(peer: Peer, stable: boolean): void {
    const wasStable = this.other.stable
    this.other.stable = stable
    if (this.stage === 'reported' && stable) this.becomeStable(`${peer.name} holds ${claimWord(this.other)}`)
    if (wasStable || !stable || this.stage !== 'stable') return
    this.report()
    this.tryFailback()
  }

  /**
   * What an hb peer claims stands in each of its beats, so that a lost report is made good by the next one. During a
   * handshake, and until the peer has answered this node's `starting`, only the messages of that exchange count.
   */
  private takeInWord(peer: Peer): void {
    const bits = claimBits(peer.hb?.claim ?? '')
    if (bits === null || this.isLegacy || this.stage !== 'stable' || !this.standby.idle) return
    if (peer.gone || peer.lastStatusSeq < this.reportSeq) return
    this.reportSeq = peer.lastStatusSeq
    this.takeInClaim(bits, true)
    this.takeInStable(peer, peer.hb?.settled === true)
  }

  private takeInClaim(bits: Bits, full: boolean): void {
    const none = !bits.local && !bits.foreign
    const contested = this.contested
    this.other.local = bits.local || (!full && !none && this.other.local)
    this.other.foreign = bits.foreign || (!full && !none && this.other.foreign)
    if (contested && !this.contested) this.healing.announceHeld('the other node does not claim it any more')
  }

  /** Both claim the same set; clients may have been told either way. */
  private get contested(): boolean {
    return (this.mine.local && this.other.foreign) || (this.mine.foreign && this.other.local)
  }

  private hearShutdone(peer: Peer): void {
    this.ctx.log('info', `Received shutdown notice from '${peer.name}'.`)
    peer.gone = true
    this.standby.partnerLost(peer)
    if (this.draining) return
    if (this.contested) this.healing.announceHeld(`${peer.name} has shut down`)
    this.takeFrom(peer, `${peer.name} has shut down`)
  }

  // --- deaths and returns --------------------------------------------------------------------------------------------

  onDead(peer: Peer): void {
    if (this.stage === 'init' || peer.kind === 'ping') return
    this.standby.partnerLost(peer)
    this.maintenance.lost(peer)
    this.needsFailback = true
    const consented = peer.gone
    if (!consented) for (const g of this.groups) if (!g.present) g.term++
    if (!consented) this.ctx.log('WARN', `Resources being acquired from ${peer.name}.`)
    this.takeFrom(peer, `${peer.name} is dead`)
    if (peer.heard && !consented) this.membership.newGeneration(`${peer.name} was declared dead`)
  }

  private takeFrom(peer: Peer, cause: string): void {
    if (this.shutdown.asked) return this.shutdown.advance()
    if (this.isLegacy) return this.legacy.takeFrom(peer, cause)
    if (this.membership.liveOthers().filter((p) => p !== peer).length === 0) return this.takeEverything(cause)
    if (this.standInFor(peer.name) !== this.ctx.self.name) return
    this.mine.foreign = true
    this.work(
      cause,
      this.groups.filter((g) => g.config.owner === peer.name),
      [],
      () => this.takenOver(),
    )
  }

  private takeEverything(cause: string): void {
    for (const name of ['starting', 'fallback']) this.ctx.timers.disarm(name)
    this.stage = 'stable'
    this.mine = { local: true, foreign: true }
    this.other = { local: false, foreign: false, stable: true }
    this.work(cause, this.groups, [], () => this.takenOver())
    this.reportIfChanged()
  }

  private takenOver(): void {
    this.ctx.log('info', 'mach_down takeover complete.')
    this.needsFailback = true
  }

  onReturn(peer: Peer, how: Return): void {
    this.reportSeq = 0
    if (this.stage === 'init') return
    this.healing.announceHeld(`${peer.name} is back`)
    if (this.isLegacy) return how === 'partition' && peer.hb === null ? this.legacy.afterPartition(peer) : undefined
    this.other.stable = false
    if (how === 'partition') this.healing.begin(peer)
  }

  onRestart(peer: Peer, sameRun: boolean): void {
    this.reportSeq = 0
    this.healing.announceHeld(`${peer.name} has begun a new generation`)
    if (!sameRun) this.standby.partnerLost(peer)
    else if (this.stage === 'stable') this.report()
  }

  onWord(peer: Peer): void {
    this.maintenance.hear(peer.hb?.maintenance ?? '', peer.name)
    this.takeInWord(peer)
    this.standby.hearWord(peer)
    this.healing.hearWord(peer)
  }

  // --- failback and failed starts ------------------------------------------------------------------------------------

  tryFailback(): void {
    const { config, timers, now } = this.ctx
    if (!this.needsFailback || this.shutdown.asked) return
    if (config.autoFailback !== 'on' || !this.mine.foreign) {
      this.needsFailback = false
      return
    }
    // A group that both hold is put right first: who takes what it has already announces nothing.
    const undecided = this.healing.undecided || this.contested
    if (!this.settled || !this.other.stable || undecided || this.maintenance.any) {
      return timers.arm('failback', now.ms + FAILBACK_RETRY_MS)
    }
    this.needsFailback = false
    this.failingBack = true
    this.standby.begin('foreign', 'auto_failback on and the owner is back', null)
  }

  // --- stalls --------------------------------------------------------------------------------------------------------

  /**
   * This node was away for longer than its peers wait: somebody else may hold everything by now. The addresses go at
   * once; the services stay until a peer's word, or its silence, has told. What lies in the sockets was said before:
   * for drainMs no claim in it is believed, and the question is put only then.
   */
  suspend(cause: string, drainMs: number): void {
    const { ctx } = this
    if (this.stage === 'init' || this.stage === 'shutdown') return
    const lost = this.groups.filter((g) => g.present && !this.maintenance.covers(g))
    const addresses = lost.flatMap((g) => g.addresses())
    ctx.emit({ kind: 'drop', resources: addresses, cause })
    ctx.count('stalls')
    this.standby.reset()
    this.queue.abort()
    for (const g of lost) this.lose(g, cause)
    this.mine = { local: false, foreign: false }
    this.other = { local: false, foreign: false, stable: false }
    this.reportSeq = 0
    this.membership.judging.excuseAll()
    this.membership.newGeneration(cause)
    this.stage = 'starting'
    this.drainedMs = ctx.now.ms + drainMs
    ctx.timers.arm('starting', this.drainedMs)
    ctx.timers.arm('fallback', this.drainedMs + FALLBACK_MS)
    ctx.timers.arm('silence', ctx.now.ms + ctx.config.deadtimeMs)
  }

  private lose(group: GroupRecord, cause: string): void {
    if (!group.present || group.state === 'stop-failed') return
    this.ctx.event('group', group.key, group.state, 'stopped', cause)
    group.state = 'stopped'
    group.sinceMs = this.ctx.now.ms
    group.cause = cause
    group.residue = true
    group.wanted = false
  }

  /** deadtime after a stall: nobody has spoken, so nobody is there. */
  silence(): void {
    if (this.stage === 'starting' && this.membership.liveOthers().length === 0) {
      this.takeEverything('nobody else was heard for deadtime')
    }
  }

  // --- looking -------------------------------------------------------------------------------------------------------

  /** The node believed to hold a group: this one by fact, an hb peer by its word, a heartbeat by its claim. */
  holderOf(group: GroupRecord): string | null {
    const { self, config } = this.ctx
    if (group.state === 'held') return self.name
    for (const peer of this.membership.liveOthers()) {
      if (peer.hb !== null && peer.hb.sum === config.haresourcesSum) {
        if (peer.hb.held.has(group.index)) return peer.name
      } else if (!this.isLegacy && peer.kind === 'normal' && !peer.gone) {
        const theirs = mirrorBits(this.other)
        if (this.isOwn(group) ? theirs.local : theirs.foreign) return peer.name
      }
    }
    return null
  }

  /** An hb node says that it has the group, whatever set of groups it claims. */
  heldElsewhere(group: GroupRecord): boolean {
    const holds = (p: Peer) => p.hb?.sum === this.ctx.config.haresourcesSum && p.hb.held.has(group.index)
    return this.membership.liveOthers().some(holds)
  }

  claimOf(peer: Peer): Claim | null {
    if (this.isLegacy || peer.kind === 'ping') return null
    return peer.state === 'dead' ? 'none' : claimWord(this.other)
  }

  /** Adds to or takes from what this node claims; each claim is told before anything is done about it. */
  claim(set: StandbySet, on: boolean): void {
    const bits = setBits(set)
    if (bits.local) this.mine.local = on
    if (bits.foreign) this.mine.foreign = on
  }
}
