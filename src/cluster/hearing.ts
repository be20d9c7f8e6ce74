/**
 * What a datagram goes through, once its bytes have been decoded and its signature has been found right:
 *
 *   known sender? ─▶ ping node's answer ─▶ hearPing
 *        └─▶ NS_: no number of its own ─▶ repetition.ts
 *        └─▶ generation (generations.ts) ─▶ number (order.ts): refused, heard before, or new ─▶ acknowledged
 *                 └─▶ for this node? ─▶ status ─▶ hearStatus
 *                                   └─▶ lists of nodes ─▶ joining.ts; all else ─▶ the listener
 *
 * A copy that comes over a second link is a duplicate; all that it shows is that the link works.
 */
import type { NodeState } from '../io.ts'
import { get, getBytes, getHex, type Message, text } from '../wire/message.ts'
import { acknowledgeable } from './acks.ts'
import type { Context } from './context.ts'
import { Generations, type Return } from './generations.ts'
import { passOn, tellLink } from './hearers.ts'
import type { Membership, MembershipListener } from './membership.ts'
import type { Peer } from './peer.ts'
import { printable } from './printable.ts'
import { Repetition } from './repetition.ts'
import { parseWord } from './word.ts'

const DEADTIME_MAX_MS = 3_600_000
const STATES = ['init', 'up', 'active', 'dead', 'ping']

export class Hearing {
  private readonly generations: Generations
  readonly repetition: Repetition

  constructor(
    private readonly ctx: Context,
    private readonly membership: Membership,
    private readonly listener: MembershipListener,
  ) {
    this.generations = new Generations(ctx, membership, listener)
    this.repetition = new Repetition(ctx, membership)
  }

  /** Takes in a message that came over a link from an address; nothing of it has been believed yet but its signature. */
  receive(message: Message, link: string, source: string): void {
    const { ctx } = this
    const peer = this.sender(message, source)
    if (peer === null) return
    const type = get(message, 't') ?? ''
    if (peer.kind === 'ping' || type === 'NS_st') {
      if (peer.kind === 'ping' && type === 'NS_st') this.hearPing(message, peer, link)
      return
    }
    if (type.startsWith('NS_')) {
      this.refreshLink(peer, link)
      return this.repetition.hear(type, message, peer, this.addressed(message))
    }
    const seq = getHex(message, 'seq')
    if (seq === undefined || seq < 1) return ctx.count('refused_bad_seq')
    const back = this.generations.check(type, message, peer, seq)
    if (back === 'refused') return
    const arrival = peer.order.arrive(seq, () => this.repetition.firstAskMs())
    if (arrival === 'duplicate') return this.refreshLink(peer, link)
    if (arrival === 'old') return ctx.count('messages_old')
    if (arrival === 'gap' || arrival === 'given-up') this.repetition.noteGap(peer, arrival)
    const ack = acknowledgeable(peer, arrival)
    if (ack !== null) {
      this.membership.outbox.send([text('t', 'NS_ackmsg'), text('dest', peer.name), text('ackseq', ack.toString(16))])
    }
    if (!this.addressed(message)) return
    this.refreshLink(peer, link)
    if (type === 'status') {
      peer.sources.set(link, source)
      return this.hearStatus(message, peer, seq, back)
    }
    passOn(ctx, message)
    this.dispatch(type, message, peer)
  }

  private sender(message: Message, source: string): Peer | null {
    const { ctx } = this
    const name = get(message, 'src') ?? ''
    const uuid = getBytes(message, 'srcuuid')
    if (name === ctx.self.name) {
      ctx.count('own_messages_heard')
      return null
    }
    const peer = this.membership.peers.get(name)
    if (peer === undefined) {
      ctx.count('refused_unknown_node')
      ctx.log('debug', `message of unknown node ${printable(name)} from ${source} refused: not in ha.cf`)
      return null
    }
    if (uuid?.length === 16) {
      if (peer.kind === 'normal' && sameBytes(uuid, ctx.self.uuid)) {
        if (ctx.counters.cloned_uuid === undefined) {
          ctx.log('ERROR', `node ${name} has this node's UUID: remove hb_uuid on one of the two (cloned machine)`)
        }
        ctx.count('cloned_uuid')
      }
      peer.uuid = uuid
    }
    return peer
  }

  private addressed(message: Message): boolean {
    const dest = get(message, 'dest')
    const uuid = getBytes(message, 'destuuid')
    if (uuid?.length === 16 && uuid.some((b) => b !== 0)) return sameBytes(uuid, this.ctx.self.uuid)
    return dest === undefined || dest === this.ctx.self.name
  }

  private refreshLink(peer: Peer, name: string): void {
    const { ctx } = this
    const link = peer.links.get(name)
    if (link === undefined) return
    link.lastMs = ctx.now.ms
    if (link.state === 'up') return
    link.state = 'up'
    ctx.log('info', `Link ${peer.name}:${name} up.`)
    ctx.event('link', `${peer.name}:${name}`, 'dead', 'up', `heard ${peer.name} over ${name}`)
    tellLink(ctx, peer.name, name, 'up')
  }

  private dispatch(type: string, message: Message, peer: Peer): void {
    const { joining } = this.membership
    if (type === 'reqnodes') joining.answerNodes(peer)
    else if (type === 'repnodes') joining.nodesAnswered(message, peer)
    else this.listener.onMessage(type, message, peer)
  }

  // --- signs of life -------------------------------------------------------------------------------------------------

  private hearPing(message: Message, peer: Peer, link: string): void {
    peer.lastStatusMs = this.ctx.now.ms
    peer.heard = true
    this.refreshLink(peer, link)
    this.membership.changeState(peer, 'ping', 'answers ping', message)
    this.membership.joining.checkCommunication()
  }

  private hearStatus(message: Message, peer: Peer, seq: number, back: Return | 'same'): void {
    const { ctx, membership } = this
    if (seq <= peer.lastStatusSeq) return
    const said = get(message, 'st') ?? ''
    const state = (STATES.includes(said) ? said : 'up') as NodeState
    const silentMs = peer.lastStatusMs === null ? 0 : ctx.now.ms - peer.lastStatusMs
    if (peer.alive && silentMs > ctx.config.warntimeMs) this.noteLate(peer, silentMs)
    peer.lastStatusSeq = seq
    peer.lastStatusMs = ctx.now.ms
    const dt = getHex(message, 'dt')
    if (dt !== undefined && dt > 0) peer.deadtimeMs = Math.min(dt, DEADTIME_MAX_MS)
    const word = get(message, 'hb')
    peer.hb = word === undefined ? null : parseWord(word)
    const cause = this.howBack(peer, back, silentMs)
    const wasDead = peer.state === 'dead'
    const firstWord = !peer.heard
    peer.heard = true
    if (state === 'dead') return
    membership.changeState(peer, state === 'init' ? 'up' : state, cause, message)
    // One that is first heard when it is active has been there all along: it has kept what it held.
    const allAlong = firstWord && state === 'active'
    if (wasDead) this.listener.onReturn(peer, back === 'same' ? (allAlong ? 'partition' : 'restart') : back)
    if (peer.hb !== null) this.listener.onWord(peer, word ?? '')
    membership.joining.checkCommunication()
  }

  private noteLate(peer: Peer, silentMs: number): void {
    const { warntimeMs } = this.ctx.config
    peer.lateBeats++
    this.ctx.log(
      'WARN',
      `Late heartbeat: Node ${peer.name}: interval ${silentMs.toFixed(0)} ms (warntime ${warntimeMs} ms)`,
    )
  }

  private howBack(peer: Peer, back: Return | 'same', silentMs: number): string {
    if (peer.state !== 'dead') return `status of ${peer.name}`
    if (!peer.heard) return 'heard for the first time'
    if (back !== 'partition') return `${peer.name} has restarted`
    this.ctx.log(
      'CRIT',
      `node ${peer.name} returning after partition: silent for ${(silentMs / 1000).toFixed(1)} s; if the links were whole, deadtime is too small`,
    )
    return `heard again after a partition of ${(silentMs / 1000).toFixed(1)} s`
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
