/**
 * Who and what has fallen silent: nodes by their status, links by whatever came over them. What this node could not
 * hear, because it was away itself, is nobody's silence (engine.ts notices that).
 */
import type { Context } from './context.ts'
import { tellLink } from './hearers.ts'
import type { Membership, MembershipListener } from './membership.ts'
import type { Peer } from './peer.ts'

export class Judging {
  /** From when on a node that was never heard is silent. */
  private startMs: number
  private notBeforeMs = Number.NEGATIVE_INFINITY
  /** The silence of each heartbeat, by the status before it, for which this node has begun a new generation. */
  private readonly suspected = new Map<Peer, number>()

  constructor(
    private readonly ctx: Context,
    private readonly membership: Membership,
    private readonly listener: MembershipListener,
  ) {
    this.startMs = ctx.now.ms
  }

  // --- after a stall -------------------------------------------------------------------------------------------------

  /** Nobody is judged until what was said meanwhile has been heard. */
  hold(untilMs: number): void {
    this.notBeforeMs = Math.max(this.notBeforeMs, untilMs)
  }

  /** Time in which this node did not listen is nobody's silence. */
  excuse(ms: number): void {
    const now = this.ctx.now.ms
    this.startMs = Math.min(now, this.startMs + ms)
    for (const peer of this.membership.peers.values()) {
      if (peer.lastStatusMs !== null) peer.lastStatusMs = Math.min(now, peer.lastStatusMs + ms)
      for (const link of peer.links.values()) if (link.lastMs !== null) link.lastMs = Math.min(now, link.lastMs + ms)
    }
  }

  /** A stall longer than deadtime: each node's silence begins anew. */
  excuseAll(): void {
    this.startMs = this.ctx.now.ms
    for (const peer of this.membership.peers.values()) {
      if (peer.lastStatusMs !== null) peer.lastStatusMs = this.ctx.now.ms
      for (const link of peer.links.values()) if (link.lastMs !== null) link.lastMs = this.ctx.now.ms
    }
  }

  // --- judging -------------------------------------------------------------------------------------------------------

  /** When a node's, a link's or a request's time will be up next. */
  nextDeadlineMs(): number {
    let next = Number.POSITIVE_INFINITY
    for (const peer of this.membership.peers.values()) {
      if (peer.state !== 'dead') next = Math.min(next, this.deathMs(peer), this.suspicionMs(peer))
      for (const link of peer.links.values()) {
        if (link.state === 'up' && link.lastMs !== null) next = Math.min(next, link.lastMs + this.patienceMs(peer))
      }
      if (peer.alive) next = Math.min(next, peer.order.nextAskMs() ?? Number.POSITIVE_INFINITY)
    }
    return Math.max(next, this.notBeforeMs)
  }

  judge(): void {
    const { ctx, membership } = this
    if (ctx.now.ms < this.notBeforeMs) return
    for (const peer of membership.peers.values()) {
      this.judgeLinks(peer)
      if (peer.state !== 'dead' && ctx.now.ms >= this.deathMs(peer)) this.declareDead(peer)
      if (ctx.now.ms >= this.suspicionMs(peer)) this.suspect(peer)
      if (peer.alive && peer.kind === 'normal') membership.hearing.repetition.askMissing(peer)
    }
  }

  /** Until communication is up, initdead applies to everyone. */
  private patienceMs(peer: Peer): number {
    return this.membership.communicationUp ? peer.deadtimeMs : Math.max(this.ctx.config.initdeadMs, peer.deadtimeMs)
  }

  private deathMs(peer: Peer): number {
    return (peer.lastStatusMs ?? this.startMs) + this.patienceMs(peer)
  }

  /**
   * When a heartbeat that asks for more patience than it has itself (two seconds more after its start) may have declared
   * this node dead, if neither hears the other; it would restart itself on hearing a ghost.
   */
  private suspicionMs(peer: Peer): number {
    const { lastStatusMs } = peer
    const patient = this.membership.communicationUp && peer.kind === 'normal' && peer.alive && !peer.gone
    if (!patient || peer.hb !== null || lastStatusMs === null || this.listener.handingOver)
      return Number.POSITIVE_INFINITY
    if (this.suspected.get(peer) === lastStatusMs) return Number.POSITIVE_INFINITY
    return lastStatusMs + this.ctx.config.deadtimeMs
  }

  private suspect(peer: Peer): void {
    this.suspected.set(peer, peer.lastStatusMs!)
    this.membership.newGeneration(`${peer.name} may have declared this node dead`)
  }

  private judgeLinks(peer: Peer): void {
    for (const [name, link] of peer.links) {
      if (link.state !== 'up' || link.lastMs === null) continue
      if (this.ctx.now.ms - link.lastMs < this.patienceMs(peer)) continue
      link.state = 'dead'
      this.ctx.log('info', `Link ${peer.name}:${name} dead.`)
      this.ctx.event('link', `${peer.name}:${name}`, 'up', 'dead', `nothing heard for ${this.patienceMs(peer)} ms`)
      tellLink(this.ctx, peer.name, name, 'dead')
    }
  }

  private declareDead(peer: Peer): void {
    const { ctx, membership } = this
    const silent =
      peer.lastStatusMs === null ? 'never heard' : `silent for ${Math.round(ctx.now.ms - peer.lastStatusMs)} ms`
    ctx.log(peer.gone ? 'info' : 'WARN', `node ${peer.name}: is dead`)
    membership.changeState(peer, 'dead', `${silent}, deadtime ${this.patienceMs(peer)} ms`, null)
    peer.order.reset()
    membership.outbox.history.forget(peer.name)
    this.listener.onDead(peer)
    membership.joining.lost(peer)
  }
}
