/**
 * A hand-over that the taker asks for (`hb_takeover`): the other node begins one as if its operator had said standby,
 * and all the rest is standby.ts. Sets are from the asking node's point of view.
 *
 *   idle ──command──▶ waiting ──its groups have arrived──▶ idle, well
 *                        └──refused, the node is gone, or nothing begun within 10 s──▶ idle, not well
 */
import type { Peer } from '../cluster/peer.ts'
import type { StandbySet } from '../io.ts'
import { get, type Message, text } from '../wire/message.ts'
import { mirror, standbySet } from './claims.ts'
import { hindrance } from './hindrance.ts'
import type { ResourceManager } from './manager.ts'

const ANSWER_MS = 10_000

export class Takeover {
  /** The command that is answered when it is over. */
  private command: number | null = null
  private askedMs = Number.NEGATIVE_INFINITY

  constructor(private readonly host: ResourceManager) {}

  get waiting(): boolean {
    return this.command !== null
  }

  begin(set: StandbySet, command: number): void {
    if (this.host.many.rules) return this.host.many.takeover(set, command)
    const why = hindrance(this.host) ?? (this.waiting ? 'a takeover is asked for already' : null)
    if (why !== null) return this.reply(command, `refused: ${why}`)
    this.command = command
    this.host.ctx.timers.arm('takeover', this.host.ctx.now.ms + ANSWER_MS)
    this.send(set)
  }

  /** Asks a heartbeat that has the same groups to hand them over; taking what is held already announces it. */
  askToLetGo(set: StandbySet, cause: string): void {
    this.host.ctx.event('standby', this.host.ctx.self.name, 'no', `asking for ${set}`, cause)
    this.send(set)
  }

  /** A hand-over that begins now is the answer: a heartbeat answers when nothing is under way there. */
  get asked(): boolean {
    return this.host.ctx.now.ms < this.askedMs + ANSWER_MS
  }

  private send(set: StandbySet): void {
    this.askedMs = this.host.ctx.now.ms
    this.host.membership.outbox.send([text('t', 'hb_takeover'), text('rsc_hold', set)])
  }

  /** Another node asks. */
  hear(message: Message, peer: Peer): void {
    const { host } = this
    // What is on its way to that node is the answer; a refusal would end the hand-over there, and there only.
    if (host.standby.givesTo(peer)) return
    const set = mirror(standbySet(get(message, 'rsc_hold') ?? 'all') ?? 'all')
    const why = hindrance(host)
    if (why === null) return host.standby.begin(set, `${peer.name} asks for a takeover`, null)
    host.ctx.log('WARN', `takeover asked for by ${peer.name} refused: ${why}`)
    if (peer.hb !== null) host.standby.say(set, 'not')
  }

  refused(peer: Peer): void {
    const command = this.end()
    if (command !== null) this.reply(command, `${peer.name} is not ready to hand over`)
  }

  /** For the timer 'takeover'. A hand-over that has begun has time limits of its own. */
  overdue(): void {
    if (this.host.standby.role === 'taking') return
    const command = this.end()
    if (command !== null) this.reply(command, 'the other node did not begin to hand over within 10 s')
  }

  /** Waits no more; the command that waited, for whoever answers it. */
  end(): number | null {
    const { command } = this
    this.command = null
    return command
  }

  private reply(id: number, words: string): void {
    this.host.ctx.emit({ kind: 'reply', id, ok: false, text: words })
  }
}
