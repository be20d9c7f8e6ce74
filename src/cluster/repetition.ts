/**
 * Messages lost on the way: asked for again (`NS_rexmit`) and sent again (by outbox.ts), until they come, or until
 * their sender says that it has them no more (`NS_nak_rexmit`). What was heard is acknowledged (`NS_ackmsg`), so that
 * its sender need not keep it.
 */
import { getDecimal, getHex, type Message, text } from '../wire/message.ts'
import type { Context } from './context.ts'
import type { Membership } from './membership.ts'
import type { Peer } from './peer.ts'

export class Repetition {
  constructor(
    private readonly ctx: Context,
    private readonly membership: Membership,
  ) {}

  /** A message of this exchange; what is addressed to another node concerns this one only if it is a refusal. */
  hear(type: string, message: Message, peer: Peer, addressed: boolean): void {
    if (type === 'NS_nak_rexmit') return this.refused(message, peer)
    if (!addressed) return
    if (type === 'NS_ackmsg') {
      const seq = getHex(message, 'ackseq')
      if (seq !== undefined) this.membership.outbox.history.acknowledge(peer.name, seq)
    } else if (type === 'NS_rexmit') this.asked(message, peer)
  }

  private asked(message: Message, peer: Peer): void {
    const first = getDecimal(message, 'firstseq')
    const last = getDecimal(message, 'lastseq')
    if (first === undefined || last === undefined || first < 1 || last < first) return
    this.ctx.count('repeats_asked_of_us')
    this.membership.outbox.repeat(peer.name, first, last)
  }

  /** Refusals are for everyone: each node stops waiting for that number. */
  private refused(message: Message, peer: Peer): void {
    const seq = getHex(message, 'firstseq')
    if (seq === undefined || !peer.order.giveUp(seq)) return
    peer.lostMessages++
    this.ctx.count('messages_lost')
  }

  noteGap(peer: Peer, arrival: 'gap' | 'given-up'): void {
    if (arrival === 'gap') return this.ctx.count('gaps')
    peer.lostMessages++
    this.ctx.count('gaps_given_up')
    this.ctx.log('WARN', `lost a lot of packets from ${peer.name}: going on with what comes now`)
  }

  /** When to ask for a number that is found missing now: it may only be late, and others may ask for it first. */
  firstAskMs(): number {
    const high = this.ctx.config.maxRexmitDelayMs
    return this.ctx.now.ms + this.ctx.random.between(high < 100 ? 0 : 50, high)
  }

  /** Asks for all that is due. */
  askMissing(peer: Peer): void {
    for (const seq of peer.order.due(this.ctx.now.ms, this.ctx.config.maxRexmitDelayMs)) {
      this.ctx.count('repeats_asked')
      const n = String(seq)
      const range = [text('firstseq', n), text('lastseq', n)]
      this.membership.outbox.send([text('t', 'NS_rexmit'), text('dest', peer.name), ...range])
    }
  }
}
