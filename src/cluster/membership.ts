/**
 * Who is there: this node and what it knows of every other one. What becomes of a datagram is in hearing.ts, how this
 * node joins in joining.ts, how others are found dead in judging.ts.
 *
 *   this node:   joining ──all heard or dead──▶ asking (reqnodes) ──repnodes──▶ active
 *   another:     init ──status──▶ up ──status──▶ active ──silence for its deadtime──▶ dead ──status──▶ up ...
 */
import type { NodeState } from '../io.ts'
import { type Message, text } from '../wire/message.ts'
import type { Context } from './context.ts'
import type { Return } from './generations.ts'
import { tellState } from './hearers.ts'
import { Hearing } from './hearing.ts'
import { Joining } from './joining.ts'
import { Judging } from './judging.ts'
import { Outbox } from './outbox.ts'
import { Peer } from './peer.ts'

/** What membership tells the resource side. */
export interface MembershipListener {
  /** A hand-over is under way: what was said of it must not be forgotten with a generation. */
  readonly handingOver: boolean
  /** Communication is up and the node list agreed. */
  onActive(): void
  onDead(peer: Peer): void
  /** A node that was dead is heard again; restart: it is a new life of it. */
  onReturn(peer: Peer, how: Return): void
  /** A node that was not dead has begun a new life or, an hb node, only a new generation; state is what it says first. */
  onRestart(peer: Peer, sameRun: boolean, state: string): void
  /** A status of a node that runs hb, after it has been taken in; word is its hb field. */
  onWord(peer: Peer, word: string): void
  /** Any other sequenced message for this node. */
  onMessage(type: string, message: Message, peer: Peer): void
  /** The hb field of the next status. */
  word(): string
}

export class Membership {
  readonly peers = new Map<string, Peer>()
  readonly outbox: Outbox
  readonly hearing: Hearing
  readonly joining: Joining
  readonly judging: Judging
  /** This node's own state as it says it in its status. */
  state: NodeState = 'init'
  /** Every node has been heard or found dead once. */
  communicationUp = false
  lastBeatMs: number
  /** Links of this host that are not usable now, by name. */
  readonly localLinks = new Map<string, { up: boolean; detail: string }>()

  constructor(
    private readonly ctx: Context,
    generation: number,
    private readonly listener: MembershipListener,
  ) {
    this.lastBeatMs = ctx.now.ms
    const { config } = ctx
    for (const name of config.nodes) if (name !== ctx.self.name) this.addPeer(name)
    for (const p of config.pingNodes) {
      const peer = new Peer(p.name, 'ping', config.deadpingMs, 0, ctx.now.ms, [p.name])
      this.peers.set(p.name, peer)
    }
    for (const link of config.links) this.localLinks.set(link, { up: false, detail: 'not opened yet' })
    this.outbox = new Outbox(ctx, generation, (node) =>
      node === ctx.self.name ? ctx.self.uuid : (this.peers.get(node)?.uuid ?? undefined),
    )
    this.hearing = new Hearing(ctx, this, listener)
    this.joining = new Joining(ctx, this, listener)
    this.judging = new Judging(ctx, this, listener)
  }

  private addPeer(name: string): void {
    const { ctx } = this
    const residue = ctx.random.between(0, 9)
    this.peers.set(name, new Peer(name, 'normal', ctx.config.deadtimeMs, residue, ctx.now.ms, ctx.config.links))
  }

  /** Normal nodes other than this one, in the order of ha.cf. */
  others(): Peer[] {
    return [...this.peers.values()].filter((p) => p.kind === 'normal')
  }

  liveOthers(): Peer[] {
    return this.others().filter((p) => p.alive)
  }

  /** A live node that runs heartbeat, as far as it has said; undefined where there is none. */
  liveHeartbeat(): Peer | undefined {
    return this.liveOthers().find((p) => p.hb === null)
  }

  /** The same, once it has joined and until it says farewell: what there is to ask of it goes unheard afterwards. */
  activeHeartbeat(): Peer | undefined {
    return this.liveOthers().find((p) => p.hb === null && p.state === 'active' && !p.gone)
  }

  /** Another node's new state, told to everyone who asks; message is the status that said so, null for a death. */
  changeState(peer: Peer, state: NodeState, cause: string, message: Message | null): void {
    if (peer.state === state) return
    const { ctx } = this
    ctx.log('info', `Status update for node ${peer.name}: status ${state}`)
    ctx.event('node', peer.name, peer.state, state, cause)
    peer.state = state
    peer.sinceMs = ctx.now.ms
    tellState(ctx, peer, message)
  }

  // --- beating -----------------------------------------------------------------------------------------------------

  start(): void {
    this.sendStatus()
    this.state = 'up'
    this.sendStatus()
    this.ctx.timers.arm('beat', this.ctx.now.ms + this.ctx.config.keepaliveMs)
  }

  /** Goes on where an earlier program of this process has ended. */
  resume(): void {
    this.sendStatus()
    this.ctx.timers.arm('beat', this.ctx.now.ms + this.ctx.config.keepaliveMs)
  }

  /** Also sent out of turn, when something in it has changed. */
  sendStatus(): void {
    const { ctx } = this
    this.lastBeatMs = ctx.now.ms
    this.outbox.send([
      text('t', 'status'),
      text('st', this.state),
      text('dt', ctx.config.deadtimeMs.toString(16)),
      text('protocol', '1'),
      text('hb', this.listener.word()),
    ])
  }

  beat(dueMs: number): void {
    const { ctx } = this
    const { keepaliveMs } = ctx.config
    const next = dueMs + keepaliveMs
    ctx.timers.arm('beat', next > ctx.now.ms ? next : ctx.now.ms + keepaliveMs)
    this.sendStatus()
  }

  /**
   * Goes on under a new generation: to others this looks like a restart, so that nobody takes this node for a ghost of
   * a life that was declared dead. atLeast: a number that surely none of this node was ever above.
   */
  newGeneration(cause: string, atLeast = 1): void {
    const { ctx, outbox } = this
    const old = outbox.generation
    outbox.generation = Math.max(old + 1, atLeast)
    outbox.history.reset()
    ctx.emit({ kind: 'generation', value: outbox.generation })
    ctx.event('generation', ctx.self.name, String(old), String(outbox.generation), cause)
    this.sendStatus()
  }
}
