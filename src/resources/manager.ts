/**
 * Who holds which groups: the state that everything here shares, and who is told of what. What is done is beside it:
 *
 *   starting.ts   from active to stable          deaths.ts    a node dies, leaves, returns: takeover
 *   reports.ts    claims, said and heard         standby.ts   a hand-over between two live nodes
 *   orders.ts     groups taken and given         failback.ts  the owner gets back what is its own
 *   stall.ts      this node was away             healing.ts   two holders, or none
 *   shutdown.ts   leaving in order               legacy.ts    auto_failback legacy
 *   fencing.ts    a dead node is reset before anything of it is taken
 *   unclaimed.ts  a heartbeat has what it does not claim
 *   unserved.ts   a heartbeat claims what it does not serve
 *   unfinished.ts a heartbeat waits for the end of a hand-over that is over
 *   many.ts       more than two nodes
 */
import type { Context } from '../cluster/context.ts'
import type { Return } from '../cluster/generations.ts'
import type { Membership, MembershipListener } from '../cluster/membership.ts'
import type { Peer } from '../cluster/peer.ts'
import { bareAddress } from '../config/address-agents.ts'
import type { Claim, MaintenanceState, StandbySet } from '../io.ts'
import { get, getHex, type Message } from '../wire/message.ts'
import { type Bits, claimWord, mirrorBits, setBits } from './claims.ts'
import { Conflicts } from './conflicts.ts'
import { Deaths } from './deaths.ts'
import { Failback } from './failback.ts'
import { Failover } from './failover.ts'
import { Fencing } from './fencing.ts'
import { GroupRecord } from './group.ts'
import { Healing } from './healing.ts'
import { Legacy } from './legacy.ts'
import { Maintenance } from './maintenance.ts'
import { Many } from './many.ts'
import { Monitors } from './monitors.ts'
import { Orders } from './orders.ts'
import { GroupQueue } from './queue.ts'
import { Reports } from './reports.ts'
import { Shutdown } from './shutdown.ts'
import { Stall } from './stall.ts'
import { Standby } from './standby.ts'
import { Starting } from './starting.ts'
import { Unclaimed } from './unclaimed.ts'
import { Unfinished } from './unfinished.ts'
import { Unserved } from './unserved.ts'

/** See starting.ts. */
export type Stage = 'init' | 'starting' | 'reported' | 'stable' | 'shutdown'

const AUDIT_AFTER_MS = 1000

export class ResourceManager implements MembershipListener {
  groups: GroupRecord[]
  readonly queue: GroupQueue
  readonly orders = new Orders(this)
  readonly reports = new Reports(this)
  readonly starting = new Starting(this)
  readonly deaths = new Deaths(this)
  readonly failback = new Failback(this)
  readonly stall = new Stall(this)
  readonly standby = new Standby(this)
  readonly healing = new Healing(this)
  readonly shutdown = new Shutdown(this)
  readonly legacy = new Legacy(this)
  readonly failover = new Failover(this)
  readonly fencing = new Fencing(this)
  readonly conflicts = new Conflicts()
  readonly unclaimed = new Unclaimed(this)
  readonly unfinished = new Unfinished(this)
  readonly unserved = new Unserved(this)
  readonly many = new Many(this)
  readonly maintenance: Maintenance
  readonly monitors: Monitors
  /** Groups that a reload has removed and that were not stopped by then. */
  leaving: GroupRecord[] = []
  stage: Stage = 'init'
  mine: Bits = { local: false, foreign: false }
  /** What the other side says, from its own point of view, and whether it is in the middle of changes. */
  other: Bits & { stable: boolean } = { local: false, foreign: false, stable: false }
  /** The other node has been away: when it is back and settled, it gets its groups. */
  needsFailback = false
  membership!: Membership

  constructor(
    readonly ctx: Context,
    readonly run: string,
    maintenance: MaintenanceState,
  ) {
    this.groups = ctx.config.groups.map((g, i) => new GroupRecord(i, g, ctx.now.ms))
    this.queue = new GroupQueue(ctx, () => this.onIdle())
    this.maintenance = new Maintenance(this, maintenance)
    this.monitors = new Monitors(this)
  }

  get isLegacy(): boolean {
    return this.ctx.config.autoFailback === 'legacy' && !this.many.rules
  }

  /** Goes on where an earlier program of this process has ended. */
  resume(): void {
    this.armAudit()
    if (this.many.rules) return this.many.review('the program was exchanged')
    if (this.needsFailback) this.failback.again()
  }

  armAudit(): void {
    this.ctx.timers.arm('audit', this.ctx.now.ms + AUDIT_AFTER_MS)
  }

  // --- being told ----------------------------------------------------------------------------------------------------

  word(): string {
    return this.reports.word()
  }

  /** What is so new in it, when it has changed, that it is said at once. */
  news(): string {
    return this.reports.word(true)
  }

  get handingOver(): boolean {
    return !this.standby.idle || this.legacy.answering
  }

  onActive(): void {
    this.starting.begin()
  }

  onDead(peer: Peer): void {
    this.deaths.dead(peer)
  }

  onReturn(peer: Peer, how: Return): void {
    this.deaths.back(peer, how)
  }

  onRestart(peer: Peer, sameRun: boolean, state: string): void {
    this.deaths.restarted(peer, sameRun, state)
  }

  onWord(peer: Peer, word: string): void {
    this.maintenance.hear(peer.hb?.maintenance ?? '', peer.name)
    this.reports.takeInWord(peer)
    this.standby.hearWord(peer)
    this.healing.hearWord(peer)
    this.fencing.hearWord(peer)
    this.many.hearWord(peer, word)
  }

  onMessage(type: string, message: Message, peer: Peer): void {
    if (type === 'shutdone') return this.deaths.left(peer)
    if (this.many.rules && type !== 'hb_clear') return this.many.hear(type, message, peer)
    if (type === 'stonith') {
      return this.deaths.takenForDead(get(message, 'node') ?? '', peer, getHex(message, 'seq') ?? 0)
    }
    if (type === 'ip-request' || type === 'ip-request-resp') return this.legacy.hear(type, message, peer)
    if (this.isLegacy) return this.ctx.count('ignored_in_legacy_mode')
    if (type === 'starting') this.starting.hear(message, peer)
    else if (type === 'resource') this.reports.hear(message, peer)
    else if (type === 'ask_resources') this.standby.hear(message, peer)
    else if (type === 'hb_takeover') this.standby.takeover.hear(message, peer)
    else if (type === 'hb_clear') this.failover.clear(get(message, 'group') || null, `cleared on ${peer.name}`)
    else this.ctx.count('messages_for_others')
  }

  /** Nothing is being started or stopped any more. */
  private onIdle(): void {
    if (this.stage === 'stable') {
      this.reports.sayIfChanged()
      this.standby.requests.resume()
    }
    this.shutdown.advance()
    this.many.review('nothing is left to do')
  }

  /** A hand-over has ended, well or not: say what is held now, and go on with what had to wait for it. */
  afterStandby(ok: boolean): void {
    if (this.stage === 'stable') this.reports.sayAfterStandby()
    this.failover.afterStandby(ok)
    this.failback.afterStandby(ok)
    this.shutdown.advance()
  }

  // --- looking -------------------------------------------------------------------------------------------------------

  /** Nothing is under way and nothing is expected: what heartbeat calls stable. */
  get settled(): boolean {
    return this.stage === 'stable' && this.queue.idle && this.standby.idle
  }

  /** Both claim the same set; clients may have been told either way. */
  get contested(): boolean {
    return (this.mine.local && this.other.foreign) || (this.mine.foreign && this.other.local)
  }

  isOwn(group: GroupRecord): boolean {
    return group.config.owner === this.ctx.self.name
  }

  /** The set that the group belongs to, from this node's point of view. */
  sideOf(group: GroupRecord): StandbySet {
    return this.isOwn(group) ? 'local' : 'foreign'
  }

  groupsOf(set: Readonly<Bits>): GroupRecord[] {
    return this.groups.filter((g) => (this.isOwn(g) ? set.local : set.foreign))
  }

  /** Adds to or takes from what this node claims; each claim is told before anything is done about it. */
  claim(set: StandbySet, on: boolean): void {
    const bits = setBits(set)
    if (bits.local) this.mine.local = on
    if (bits.foreign) this.mine.foreign = on
  }

  /** Of several live nodes, the one that acts for the node that is out: the first in the order of ha.cf. */
  standInFor(out: string): string | null {
    const { nodes } = this.ctx.config
    const alive = (name: string) => name === this.ctx.self.name || this.membership.peers.get(name)?.alive === true
    return nodes.find((n) => n !== out && alive(n)) ?? null
  }

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

  heldWith(address: string): GroupRecord | undefined {
    const has = (g: GroupRecord) => g.addresses().some((r) => bareAddress(r) === address)
    return this.groups.find((g) => g.state === 'held' && has(g))
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
}
