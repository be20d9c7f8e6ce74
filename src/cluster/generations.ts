/**
 * Which life of its sender a message is from. A generation is the number of a node's life; it only ever grows.
 *
 *   lower than known            an earlier life, or a recording of it: refused
 *   higher, in a status         a new life: what was known of the former one's messages is forgotten
 *   higher, in anything else    overtook its status on the way: refused, asked for again when the gap is seen
 *   equal, the node is alive    the ordinary case
 *   equal, the node is dead     it lives and was not heard, a partition; unless its status is one that was heard before
 */
import { get, getHex, type Message } from '../wire/message.ts'
import type { Context } from './context.ts'
import type { Membership, MembershipListener } from './membership.ts'
import type { Peer } from './peer.ts'
import { parseWord } from './word.ts'

/** How a node that was dead has come back. */
export type Return = 'restart' | 'partition'

export class Generations {
  constructor(
    private readonly ctx: Context,
    private readonly membership: Membership,
    private readonly listener: MembershipListener,
  ) {}

  /** same: nothing that anyone has to be told; else refused, or how the dead sender has come back. */
  check(type: string, message: Message, peer: Peer, seq: number): 'refused' | Return | 'same' {
    const { ctx } = this
    const generation = getHex(message, 'hg') ?? peer.generation
    if (generation < peer.generation) {
      ctx.count('refused_replay')
      return 'refused'
    }
    if (generation > peer.generation) {
      if (type === 'status') return this.newLife(message, peer, generation)
      ctx.count('messages_early')
      return 'refused'
    }
    if (peer.state !== 'dead' || type !== 'status' || !peer.heard) return 'same'
    if (seq <= peer.lastStatusSeq) {
      ctx.count('refused_replay')
      return 'refused'
    }
    return 'partition'
  }

  private newLife(message: Message, peer: Peer, generation: number): Return | 'same' {
    const first = peer.generation === 0
    const wasDead = peer.state === 'dead' && peer.heard
    const sameRun = peer.hb !== null && parseWord(get(message, 'hb') ?? '')?.run === peer.hb.run
    peer.restarted(generation)
    // A heartbeat that is acknowledged before it hears our status counts us as heard but not as active; in legacy mode
    // it then takes its groups without asking.
    if (this.membership.communicationUp) this.membership.sendStatus()
    if (first) return 'same'
    this.ctx.log('info', `Heartbeat restart on node ${peer.name}`)
    if (wasDead) return sameRun ? 'partition' : 'restart'
    this.listener.onRestart(peer, sameRun, get(message, 'st') ?? '')
    return 'same'
  }
}
