/**
 * What becomes of a node's groups when it is gone: the takeover nobody asked for.
 *
 *   it is silent for its deadtime ──dead──▶ its groups are taken, from the term that follows; a new generation begins,
 *                                           so that it will not take this node for a ghost should it come back
 *   it says shutdone ──left──▶ its groups are taken at once; its silence afterwards is no news
 *   it is heard again ──back──▶ after a restart it asks for what is its own (starting.ts, failback.ts);
 *                               after a partition both may hold the same (healing.ts)
 *
 * With other nodes alive the first of them in ha.cf takes; the last one alive takes everything.
 */
import type { Return } from '../cluster/generations.ts'
import type { Peer } from '../cluster/peer.ts'
import type { ResourceManager } from './manager.ts'

export class Deaths {
  constructor(private readonly host: ResourceManager) {}

  dead(peer: Peer): void {
    const { host } = this
    if (host.stage === 'init' || peer.kind === 'ping') return
    host.standby.partnerLost(peer)
    host.maintenance.lost(peer)
    host.healing.lost(peer)
    host.unserved.forget()
    host.failover.renewed()
    host.needsFailback = true
    const consented = peer.gone
    if (!consented) for (const g of host.groups) if (!g.present && !host.heldElsewhere(g)) g.term++
    if (!consented) host.ctx.log('WARN', `Resources being acquired from ${peer.name}.`)
    if (host.many.rules) host.many.lost(peer, `${peer.name} is dead`)
    else host.fencing.before([peer], () => this.takeFrom(peer, `${peer.name} is dead`))
    if (peer.heard && !consented) host.membership.newGeneration(`${peer.name} was declared dead`)
  }

  left(peer: Peer): void {
    const { host } = this
    host.ctx.log('info', `Received shutdown notice from '${peer.name}'.`)
    peer.gone = true
    host.standby.partnerLost(peer)
    host.failover.renewed()
    if (host.stall.draining) return
    if (host.contested) host.healing.announceHeld(`${peer.name} has shut down`)
    this.takeFrom(peer, `${peer.name} has shut down`)
  }

  private takeFrom(peer: Peer, cause: string): void {
    const { host } = this
    if (host.shutdown.asked) return host.shutdown.advance()
    if (host.many.rules) return host.many.lost(peer, cause)
    if (host.isLegacy) return host.legacy.takeFrom(peer, cause)
    if (host.membership.liveOthers().filter((p) => p !== peer).length === 0) return this.takeEverything(cause)
    if (host.standInFor(peer.name) !== host.ctx.self.name) return
    host.mine.foreign = true
    const theirs = host.groups.filter((g) => g.config.owner === peer.name)
    host.orders.take(cause, theirs, [], () => this.takenOver())
  }

  /** Takes everything, should nobody else be there when those who are dead have been reset. */
  takeOver(cause: string): void {
    const { host } = this
    if (host.many.rules) return host.many.review(cause)
    const dead = host.membership.others().filter((p) => p.state === 'dead')
    host.fencing.before(dead, () => {
      if (host.shutdown.asked || host.membership.liveOthers().length > 0) return
      if (host.isLegacy) host.legacy.onActive()
      else this.takeEverything(cause)
    })
  }

  private takeEverything(cause: string): void {
    const { host } = this
    host.starting.skip()
    host.mine = { local: true, foreign: true }
    host.other = { local: false, foreign: false, stable: true }
    host.orders.take(cause, host.groups, [], () => this.takenOver())
    host.reports.sayIfChanged()
  }

  private takenOver(): void {
    this.host.ctx.log('info', 'mach_down takeover complete.')
    this.host.needsFailback = true
  }

  back(peer: Peer, how: Return): void {
    const { host } = this
    host.reports.forget()
    // Whatever it or a device has said of its end before.
    peer.gone = false
    if (host.stage === 'init') return
    host.fencing.heard(peer)
    host.healing.announceHeld(`${peer.name} is back`)
    // What is held here it learns at once.
    if (host.many.rules) return host.membership.sendStatus()
    // One that is active when it is first heard has joined alone, and taken everything.
    const apart = how === 'partition' || peer.state === 'active'
    if (host.isLegacy) return apart && peer.hb === null ? host.legacy.afterPartition(peer) : undefined
    host.other.stable = false
    if (how === 'partition') host.healing.begin(peer)
    else host.unfinished.forget()
  }

  /**
   * A node says that another one has to be reset, since it is dead. A heartbeat that says so of this one has stood still
   * and takes everything; in legacy mode no other message tells of it.
   */
  takenForDead(name: string, peer: Peer, seq: number): void {
    const { host } = this
    if (name !== host.ctx.self.name || peer.hb !== null || host.stall.draining) return
    host.ctx.log('WARN', `${peer.name} takes this node for dead`)
    if (host.isLegacy) return host.legacy.afterPartition(peer)
    host.standby.partnerForgot(peer, seq)
  }

  private askAnew(peer: Peer): void {
    const { host } = this
    if (host.isLegacy) return host.legacy.afterPartition(peer)
    if (host.stage !== 'stable') return
    host.other.stable = false
    // One that took everything while it started goes on waiting for ten seconds, unless it hears that this node is at rest.
    host.healing.begin(peer)
  }

  /** It was not missed, but it has begun a new life, or, an hb node, only a new generation of the same run. */
  restarted(peer: Peer, sameRun: boolean, state: string): void {
    const { host } = this
    host.reports.forget()
    host.healing.announceHeld(`${peer.name} has begun a new generation`)
    // Active already: it has been for a while, and may have taken everything while this node was away unawares.
    if (peer.hb === null && state === 'active') this.askAnew(peer)
    if (!sameRun) {
      host.standby.partnerLost(peer)
      host.unfinished.forget()
      host.unserved.forget()
      host.failover.renewed()
    } else if (host.stage === 'stable') host.reports.say()
  }
}
