/**
 * Putting right what messages alone do not: two holders after a partition, a set that nobody claims, a claim without
 * its groups.
 *
 * Between two hb nodes each group that both hold goes to exactly one: to the node that hears, if the other is deaf to
 * it; else to the lower term, which is the holder from before the partition; else to the owner. A decision waits for
 * the third word in a row that shows both holding, because the first ones after a heal were said before it.
 */
import type { Peer } from '../cluster/peer.ts'
import { bareAddress } from '../config/address-agents.ts'
import { type GroupRecord, isAddress } from './group.ts'
import type { ResourceManager } from './manager.ts'

const WORDS_BEFORE_DECISION = 3
const AUDIT_MS = 1000
/** Audits before a set that nobody claims is taken: by its owner soon, by the other node if the owner does not. */
const OWNER_AUDITS = 2
const STAND_IN_AUDITS = 8
/** Audits before a heartbeat that holds the same is asked to let go, and before hb lets go instead. */
const ASK_AUDITS = 1
const YIELD_AUDITS = 8
/** A request that is not followed counts for so many: two of them are enough. */
const ASKING_AUDITS = 2
/** Audits after which a heartbeat that does not become stable is asked how it stands. */
const ASK_STATE_AUDITS = 15
/** Audits between two reports to a heartbeat for the case that one was lost. */
const REMIND_AUDITS = 20

export class Healing {
  /** "group node": both this node and that one have it, for so many words. */
  private readonly doubled = new Map<string, number>()
  private readonly sumsTold = new Set<string>()
  private unclaimedLocal = 0
  private unclaimedForeign = 0
  private conflicts = 0
  /** This node's own groups were left to a heartbeat that did not hear the question. */
  private yielded = false
  private unstable = 0
  private audits = 0

  constructor(private readonly host: ResourceManager) {}

  /** A node is heard that may have gone on alone: a heartbeat is asked how it stands, both are told of this one. */
  begin(peer: Peer): void {
    const { host } = this
    if (peer.hb === null) host.starting.ask()
    host.reports.say()
  }

  // --- two hb nodes ------------------------------------------------------------------------------------------------

  hearWord(peer: Peer): void {
    const { host } = this
    const word = peer.hb
    if (word === null || host.stage === 'init') return
    if (word.sum !== host.ctx.config.haresourcesSum) return this.tellSums(peer, word.sum)
    const held = word.held
    for (const g of host.groups) {
      const theirs = held.get(g.index)
      if (theirs !== undefined && !g.present) g.term = theirs
      if (theirs !== undefined && g.present) this.bothHold(g, peer, theirs)
      else this.oneHolds(g, peer)
    }
  }

  private tellSums(peer: Peer, sum: string): void {
    const key = `${peer.name} ${sum}`
    if (this.sumsTold.has(key) || this.sumsTold.size > 100) return
    this.sumsTold.add(key)
    this.host.ctx.log('ERROR', `haresources differs on ${peer.name}: copy one to the other, then hb reload on both`)
    this.host.ctx.event('configuration', peer.name, 'same', 'different', 'checksums of haresources differ')
  }

  private bothHold(group: GroupRecord, peer: Peer, theirs: number): void {
    const { host } = this
    const words = (this.doubled.get(key(group, peer)) ?? 0) + 1
    this.doubled.set(key(group, peer), words)
    // What is done about another group, such as a stop that hangs, need not be waited for.
    if (words < WORDS_BEFORE_DECISION || host.queue.concerns(group) || host.stage !== 'stable') return
    if (words === WORDS_BEFORE_DECISION) host.ctx.count('double_holders')
    if (this.keeps(group, peer, theirs)) return
    this.doubled.delete(key(group, peer))
    this.letGo([group], `${peer.name} holds it too and keeps it after the partition`)
  }

  private keeps(group: GroupRecord, peer: Peer, theirs: number): boolean {
    const { config, self } = this.host.ctx
    const deaf = peer.hb?.deaf.includes(config.nodes.indexOf(self.name)) === true
    if (deaf) return false
    if (config.autoFailback === 'off' && group.term !== theirs) return group.term < theirs
    if (group.config.owner === self.name) return true
    if (group.config.owner === peer.name) return false
    return config.nodes.indexOf(self.name) < config.nodes.indexOf(peer.name)
  }

  /** That node is dead: what it says no more is undecided no more. */
  lost(peer: Peer): void {
    for (const g of this.host.groups) this.doubled.delete(key(g, peer))
  }

  /** Some group is held by both and nobody has let go of it yet. */
  get undecided(): boolean {
    return this.doubled.size > 0
  }

  private oneHolds(group: GroupRecord, peer: Peer): void {
    if (!this.doubled.delete(key(group, peer)) || !group.present) return
    this.announce([group], 'the other holder has let go of it')
  }

  private announce(groups: readonly GroupRecord[], cause: string): void {
    const resources = groups.flatMap((g) => g.config.resources.filter((r, i) => isAddress(r) && g.on.has(i)))
    if (resources.length > 0) this.host.ctx.emit({ kind: 'announce', resources, cause })
  }

  /** Others may have been told something else meanwhile; addresses of a group that is still starting count, too. */
  announceHeld(cause: string): void {
    this.announce(
      this.host.groups.filter((g) => (g.state === 'held' || g.state === 'starting') && !g.dropped),
      cause,
    )
  }

  /** Their addresses go at once, whatever becomes of their services. */
  drop(groups: readonly GroupRecord[], cause: string): void {
    const { host } = this
    for (const g of groups) g.dropped = true
    host.ctx.emit({ kind: 'drop', resources: groups.flatMap((g) => g.addresses()), cause })
  }

  /** At once, addresses first; and says so. */
  letGo(groups: readonly GroupRecord[], cause: string): void {
    const { host } = this
    this.drop(groups, cause)
    // Two holders do damage: this much is done in maintenance, too.
    host.orders.give(cause, groups, () => {}, true)
    const wants = (own: boolean) => host.groups.some((g) => g.wanted && host.isOwn(g) === own)
    host.mine.local &&= wants(true) || !groups.some((g) => host.isOwn(g))
    host.mine.foreign &&= wants(false) || !groups.some((g) => !host.isOwn(g))
    host.reports.say()
  }

  // --- every second ------------------------------------------------------------------------------------------------

  audit(): void {
    const { host } = this
    host.ctx.timers.arm('audit', host.ctx.now.ms + AUDIT_MS)
    if (host.many.rules) return host.many.audit()
    if (host.isLegacy) return host.legacy.audit()
    if (!host.settled || host.shutdown.asked || host.fencing.pending) return
    if (host.unfinished.audit()) return
    const alone = host.membership.liveOthers().length === 0
    this.unstable = alone || host.other.stable ? 0 : this.unstable + 1
    if (this.unstable > 0) return this.auditSilence()
    if (alone && !(host.mine.local && host.mine.foreign)) host.claim('all', true)
    if (!alone) {
      this.remindHeartbeat()
      this.auditUnclaimed()
      this.auditConflict()
      this.askBack()
      host.unclaimed.audit()
      host.unserved.audit()
    }
    host.failover.review()
    this.auditFacts()
  }

  /** A heartbeat's last report may have been lost: `starting` makes it report. An hb node tells with each beat. */
  private auditSilence(): void {
    const { membership, reports, starting } = this.host
    const [peer] = membership.liveOthers()
    if (peer?.hb !== null) return
    // A link may heal one way first; then neither the question was heard nor what came with it.
    const lost = reports.isOverdue
    if (!lost && this.unstable % ASK_STATE_AUDITS !== 0) return
    if (this.unstable > ASK_STATE_AUDITS && !reports.isAnswered) membership.joining.doubtGeneration(peer)
    starting.ask()
    if (lost) reports.say()
  }

  /** A report may have been lost for good on its way to a heartbeat, which asks for none. */
  private remindHeartbeat(): void {
    this.audits++
    const heartbeat = this.host.membership.liveHeartbeat() !== undefined
    if (heartbeat && this.audits % REMIND_AUDITS === 0) this.host.reports.say()
  }

  private auditUnclaimed(): void {
    const { host } = this
    this.unclaimedLocal = host.mine.local || host.other.foreign ? 0 : this.unclaimedLocal + 1
    this.unclaimedForeign = host.mine.foreign || host.other.local ? 0 : this.unclaimedForeign + 1
    if (this.unclaimedLocal === 1) host.ctx.log('WARN', 'No one owns our local resources!')
    if (this.unclaimedForeign === 1) host.ctx.log('WARN', 'No one owns foreign resources!')
    if (this.unclaimedLocal >= OWNER_AUDITS) host.claim('local', true)
    if (this.unclaimedForeign >= STAND_IN_AUDITS) host.claim('foreign', true)
  }

  /** Claimed, but not held, or held by nobody's will: taken, or cleaned up. */
  private auditFacts(): void {
    const { host } = this
    const claimed = host.groupsOf(host.mine)
    const missing = claimed.filter((g) => g.state === 'stopped' && !host.heldElsewhere(g))
    const notHere = (g: GroupRecord) => !claimed.includes(g) || host.heldElsewhere(g)
    const strange = host.groups.filter((g) => g.strange(host.ctx.now.ms) && notHere(g))
    if (missing.length + strange.length === 0) return
    host.orders.take('claimed and held are compared', missing, strange, () => {})
  }

  /** Both claim the same set, and the other node is a heartbeat, which does nothing about it. */
  private auditConflict(): void {
    const { host } = this
    const local = host.mine.local && host.other.foreign
    const foreign = host.mine.foreign && host.other.local
    const peer = host.membership.liveOthers()[0]!
    if ((!local && !foreign) || peer.hb !== null) {
      this.conflicts = 0
      return
    }
    if (this.conflicts === 0 && host.standby.echoes) return
    this.conflicts++
    if (this.conflicts === 1 && local) host.ctx.log('ERROR', 'Both machines own our resources!')
    if (this.conflicts === 1 && foreign) host.ctx.log('ERROR', 'Both machines own foreign resources!')
    const set = local ? (foreign ? 'all' : 'local') : 'foreign'
    // It claims what was never given to it, so it has declared this node dead and would take it for a ghost.
    if (this.conflicts === 1 && host.ctx.config.autoFailback === 'on') host.needsFailback = true
    if (this.conflicts === 1) host.membership.newGeneration(`${peer.name} claims what is held here`)
    if (this.conflicts < YIELD_AUDITS) {
      if (this.conflicts < ASK_AUDITS) return
      host.standby.takeover.askToLetGo(set, 'both nodes hold it')
      this.conflicts += ASKING_AUDITS
      return
    }
    this.conflicts = 0
    const groups = host.groupsOf({ local, foreign })
    const cause = `${peer.name} claims it too and does not let go`
    host.claim(set, false)
    this.redirect(groups, cause)
    this.letGo(groups, cause)
    this.yielded = local
  }

  /** A heartbeat announces what it takes, and never again: clients were told of this node since. */
  private redirect(groups: readonly GroupRecord[], cause: string): void {
    const { ctx, conflicts } = this.host
    for (const r of groups.flatMap((g) => g.addresses())) {
      const mac = conflicts.claimant(bareAddress(r), ctx.now.ms)
      if (mac !== null) ctx.emit({ kind: 'redirect', resources: [r], mac, cause })
    }
  }

  /** A heartbeat that was deaf has not heard that this node is settled: it gives back what it took when it hears so anew. */
  private askBack(): void {
    const { host } = this
    this.yielded &&= !host.mine.local && host.other.foreign
    if (!this.yielded || host.ctx.config.autoFailback !== 'on') return
    host.starting.ask()
    host.reports.say()
  }
}

const key = (group: GroupRecord, peer: Peer) => `${group.index} ${peer.name}`
