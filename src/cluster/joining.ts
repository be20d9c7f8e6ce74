/**
 * How this node becomes a member.
 *
 *   up ──every node heard once, or dead──▶ communication is up
 *        ├──another lives──▶ asks it for its list of nodes (reqnodes), each second ──repnodes──▶ active
 *        └──nobody does──▶ active
 */
import { get, type Message, text } from '../wire/message.ts'
import type { Context } from './context.ts'
import type { Membership, MembershipListener } from './membership.ts'
import type { Peer } from './peer.ts'
import { printable } from './printable.ts'

const REQNODES_EVERY_MS = 1000
/** Requests without an answer before this node takes its generation for an old one; then twice as many, and so on. */
const ASKS_MAX = 5
/** By how much this node's clock is taken to be slow at each doubt. */
const SLOW_S = [0, 3600, 86_400, 2_592_000, 31_536_000]

export class Joining {
  private asked: string | null = null
  private asks = 0
  private asksMax = ASKS_MAX
  private doubts = 0
  /** This node leaves before it was a member. */
  private over = false

  constructor(
    private readonly ctx: Context,
    private readonly membership: Membership,
    private readonly listener: MembershipListener,
  ) {}

  /** Waiting for a first node list, and for whom; for the status page. */
  get waitingFor(): string | null {
    return this.membership.state === 'active' ? null : this.asked
  }

  /** Called whenever a node has been heard or found dead. */
  checkCommunication(): void {
    const { membership } = this
    if (membership.communicationUp) return
    for (const p of membership.peers.values()) if (!p.heard && p.state !== 'dead') return
    membership.communicationUp = true
    this.ctx.log('info', 'Comm_now_up(): updating status to active')
    this.askNodes()
  }

  /** Asks the first node that lives for its list of nodes; with nobody there, goes on alone. */
  askNodes(): void {
    const { membership } = this
    if (this.over || !membership.communicationUp || membership.state === 'active') return
    const peer = membership.liveOthers()[0]
    if (peer === undefined) return this.becomeActive()
    this.asked = peer.name
    if (++this.asks > this.asksMax) {
      this.asks = 0
      this.asksMax *= 2
      this.doubtGeneration(peer)
    }
    membership.outbox.send([text('t', 'reqnodes'), text('dest', peer.name)])
    this.ctx.timers.arm('reqnodes', this.ctx.now.ms + REQNODES_EVERY_MS)
  }

  /**
   * Others refuse what comes under a lower generation than they know, and do not say so. The time is above them all,
   * unless this node's clock is slow: by an hour, a day, a month, a year?
   */
  doubtGeneration(peer: Peer): void {
    const slowS = SLOW_S[Math.min(this.doubts++, SLOW_S.length - 1)]!
    this.membership.newGeneration(`${peer.name} does not answer: it may know a later one`, this.ctx.now.wallS + slowS)
  }

  answerNodes(peer: Peer): void {
    const nodelist = this.ctx.config.nodes.map((n) => `${n} `).join('')
    this.membership.outbox.send([
      text('dest', peer.name),
      text('t', 'repnodes'),
      text('nodelist', nodelist),
      text('delnodelist', ' '),
    ])
  }

  nodesAnswered(message: Message, peer: Peer): void {
    const theirs = (get(message, 'nodelist') ?? '').split(' ').filter((n) => n !== '')
    const ours = this.ctx.config.nodes
    const odd = [...theirs.filter((n) => !ours.includes(n)), ...ours.filter((n) => !theirs.includes(n))]
    if (odd.length > 0) {
      this.ctx.log('WARN', `${peer.name} has another list of nodes: ${odd.slice(0, 10).map(printable).join(' ')}`)
    }
    if (this.asked !== null) this.becomeActive()
  }

  /** The node that was asked has died: its answer will not come. */
  lost(peer: Peer): void {
    if (this.asked === peer.name) this.askNodes()
    this.checkCommunication()
  }

  /** It does not become a member any more. */
  stop(): void {
    this.over = true
    this.asked = null
    this.ctx.timers.disarm('reqnodes')
  }

  private becomeActive(): void {
    const { ctx, membership } = this
    this.asked = null
    ctx.timers.disarm('reqnodes')
    if (membership.state === 'active') return
    ctx.event('node', ctx.self.name, membership.state, 'active', 'every node is heard or dead')
    membership.state = 'active'
    membership.sendStatus()
    this.listener.onActive()
  }
}
