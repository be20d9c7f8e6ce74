/**
 * Who is there: beats, hearing, dying, returning, joining.
 *
 *   this node:   joining ──all heard or dead──▶ asking (reqnodes) ──repnodes──▶ active
 *   another:     init ──status──▶ up ──status──▶ active ──silence for its deadtime──▶ dead ──status──▶ up ...
 */
import type { LinkView, NodeState } from '../io.ts'
import { get, getBytes, getDecimal, getHex, type Message, text } from '../wire/message.ts'
import { acknowledgeable } from './acks.ts'
import type { Context } from './context.ts'
import { passOn, tellLink, tellState } from './hearers.ts'
import { Outbox } from './outbox.ts'
import { Peer } from './peer.ts'
import { parseWord } from './word.ts'

const REQNODES_EVERY_MS = 1000
const DEADTIME_MAX_MS = 3_600_000
const STATES = ['init', 'up', 'active', 'dead', 'ping']

export type Return = 'restart' | 'partition'

/** What membership tells the resource side. */
export interface MembershipListener {
  /** Communication is up and the node list agreed. */
  onActive(): void
  onDead(peer: Peer): void
  /** A node that was dead is heard again; restart: it is a new life of it. */
  onReturn(peer: Peer, how: Return): void
  /** A node that was not dead has begun a new life or, an hb node, only a new generation. */
  onRestart(peer: Peer, sameRun: boolean): void
  /** A status of a node that runs hb, after it has been taken in. */
  onWord(peer: Peer): void
  /** Any other sequenced message for this node. */
  onMessage(type: string, message: Message, peer: Peer): void
  /** The hb field of the next status. */
  word(): string
}

export class Membership {
  readonly peers = new Map<string, Peer>()
  readonly outbox: Outbox
  /** This node's own state as it says it in its status. */
  state: NodeState = 'init'
  communicationUp = false
  lastBeatMs: number
  /** Links of this host that are not usable now, by name. */
  readonly localLinks = new Map<string, { up: boolean; detail: string }>()
  private readonly startMs: number
  private judgeNotBeforeMs = Number.NEGATIVE_INFINITY
  private asked: string | null = null

  constructor(
    private readonly ctx: Context,
    generation: number,
    private readonly listener: MembershipListener,
  ) {
    this.startMs = ctx.now.ms
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
   * a life that was declared dead.
   */
  newGeneration(cause: string): void {
    const { ctx, outbox } = this
    const old = outbox.generation
    outbox.generation = Math.max(old + 1, 1)
    outbox.history.reset()
    ctx.emit({ kind: 'generation', value: outbox.generation })
    ctx.event('generation', ctx.self.name, String(old), String(outbox.generation), cause)
    this.sendStatus()
  }

  // --- hearing -----------------------------------------------------------------------------------------------------

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
      if (this.addressed(message)) this.protocolMessage(type, message, peer)
      else if (type === 'NS_nak_rexmit') this.nak(message, peer)
      return
    }
    const seq = getHex(message, 'seq')
    if (seq === undefined || seq < 1) return ctx.count('refused_bad_seq')
    const back = this.checkGeneration(type, message, peer, seq)
    if (back === 'refused') return
    const arrival = peer.order.arrive(seq, () => this.firstAskMs())
    if (arrival === 'duplicate') return this.refreshLink(peer, link)
    if (arrival === 'old') return ctx.count('messages_old')
    if (arrival === 'gap' || arrival === 'given-up') this.noteGap(peer, arrival)
    const ack = acknowledgeable(peer, arrival)
    if (ack !== null) {
      this.outbox.send([text('t', 'NS_ackmsg'), text('dest', peer.name), text('ackseq', ack.toString(16))])
    }
    if (!this.addressed(message)) return
    this.refreshLink(peer, link)
    if (type === 'status') return this.hearStatus(message, peer, seq, back)
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
    const peer = this.peers.get(name)
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

  private checkGeneration(type: string, message: Message, peer: Peer, seq: number): 'refused' | Return | 'same' {
    const { ctx } = this
    const generation = getHex(message, 'hg') ?? peer.generation
    if (generation < peer.generation) {
      ctx.count('refused_replay')
      return 'refused'
    }
    if (generation > peer.generation) {
      // A new life begins with a status: what overtakes it on the way is asked for again when the gap is seen.
      if (type !== 'status') {
        ctx.count('messages_early')
        return 'refused'
      }
      const first = peer.generation === 0
      const wasDead = peer.state === 'dead' && peer.heard
      const sameRun = peer.hb !== null && type === 'status' && parseWord(get(message, 'hb') ?? '')?.run === peer.hb.run
      peer.restarted(generation)
      // A heartbeat that is acknowledged before it hears our status counts us as heard but not as active; in legacy mode
      // it then takes its groups without asking.
      if (this.communicationUp) this.sendStatus()
      if (first) return 'same'
      ctx.log('info', `Heartbeat restart on node ${peer.name}`)
      if (wasDead) return sameRun ? 'partition' : 'restart'
      this.listener.onRestart(peer, sameRun)
      return 'same'
    }
    if (peer.state !== 'dead' || type !== 'status' || !peer.heard) return 'same'
    if (seq <= peer.lastStatusSeq) {
      ctx.count('refused_replay')
      return 'refused'
    }
    return 'partition'
  }

  private hearStatus(message: Message, peer: Peer, seq: number, back: Return | 'same'): void {
    const { ctx } = this
    if (seq <= peer.lastStatusSeq) return
    const said = get(message, 'st') ?? ''
    const state = (STATES.includes(said) ? said : 'up') as NodeState
    const silentMs = peer.lastStatusMs === null ? 0 : ctx.now.ms - peer.lastStatusMs
    if (peer.alive && silentMs > ctx.config.warntimeMs) {
      peer.lateBeats++
      ctx.log(
        'WARN',
        `Late heartbeat: Node ${peer.name}: interval ${silentMs.toFixed(0)} ms (warntime ${ctx.config.warntimeMs} ms)`,
      )
    }
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
    this.setState(peer, state === 'init' ? 'up' : state, cause, message)
    // One that is first heard when it is active has been there all along: it has kept what it held.
    const allAlong = firstWord && state === 'active'
    if (wasDead) this.listener.onReturn(peer, back === 'same' ? (allAlong ? 'partition' : 'restart') : back)
    if (peer.hb !== null) this.listener.onWord(peer)
    this.checkCommunication()
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

  private hearPing(message: Message, peer: Peer, link: string): void {
    peer.lastStatusMs = this.ctx.now.ms
    peer.heard = true
    this.refreshLink(peer, link)
    this.setState(peer, 'ping', 'answers ping', message)
    this.checkCommunication()
  }

  private setState(peer: Peer, state: NodeState, cause: string, message: Message | null): void {
    if (peer.state === state) return
    const { ctx } = this
    ctx.log('info', `Status update for node ${peer.name}: status ${state}`)
    ctx.event('node', peer.name, peer.state, state, cause)
    peer.state = state
    peer.sinceMs = ctx.now.ms
    tellState(ctx, peer, message)
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

  // --- protocol messages -------------------------------------------------------------------------------------------

  private protocolMessage(type: string, message: Message, peer: Peer): void {
    if (type === 'NS_ackmsg') {
      const seq = getHex(message, 'ackseq')
      if (seq !== undefined) this.outbox.history.acknowledge(peer.name, seq)
    } else if (type === 'NS_rexmit') {
      const first = getDecimal(message, 'firstseq')
      const last = getDecimal(message, 'lastseq')
      if (first !== undefined && last !== undefined && first >= 1 && last >= first) {
        this.ctx.count('repeats_asked_of_us')
        this.outbox.repeat(peer.name, first, last)
      }
    } else if (type === 'NS_nak_rexmit') this.nak(message, peer)
  }

  /** Refusals are for everyone: each node stops waiting for that number. */
  private nak(message: Message, peer: Peer): void {
    const seq = getHex(message, 'firstseq')
    if (seq === undefined || !peer.order.giveUp(seq)) return
    peer.lostMessages++
    this.ctx.count('messages_lost')
  }

  private dispatch(type: string, message: Message, peer: Peer): void {
    if (type === 'reqnodes') this.answerNodes(peer)
    else if (type === 'repnodes') this.nodesAnswered(message, peer)
    else this.listener.onMessage(type, message, peer)
  }

  private answerNodes(peer: Peer): void {
    const nodelist = this.ctx.config.nodes.map((n) => `${n} `).join('')
    this.outbox.send([
      text('dest', peer.name),
      text('t', 'repnodes'),
      text('nodelist', nodelist),
      text('delnodelist', ' '),
    ])
  }

  private nodesAnswered(message: Message, peer: Peer): void {
    const theirs = (get(message, 'nodelist') ?? '').split(' ').filter((n) => n !== '')
    const ours = this.ctx.config.nodes
    const odd = [...theirs.filter((n) => !ours.includes(n)), ...ours.filter((n) => !theirs.includes(n))]
    if (odd.length > 0) {
      this.ctx.log('WARN', `${peer.name} has another list of nodes: ${odd.slice(0, 10).map(printable).join(' ')}`)
    }
    if (this.asked !== null) this.becomeActive()
  }

  // --- joining -----------------------------------------------------------------------------------------------------

  private checkCommunication(): void {
    if (this.communicationUp) return
    for (const p of this.peers.values()) if (!p.heard && p.state !== 'dead') return
    this.communicationUp = true
    this.ctx.log('info', 'Comm_now_up(): updating status to active')
    this.askNodes()
  }

  /** Asks the first node that lives for its list of nodes; with nobody there, goes on alone. */
  askNodes(): void {
    if (!this.communicationUp || this.state === 'active') return
    const peer = this.liveOthers()[0]
    if (peer === undefined) return this.becomeActive()
    this.asked = peer.name
    this.outbox.send([text('t', 'reqnodes'), text('dest', peer.name)])
    this.ctx.timers.arm('reqnodes', this.ctx.now.ms + REQNODES_EVERY_MS)
  }

  private becomeActive(): void {
    const { ctx } = this
    this.asked = null
    ctx.timers.disarm('reqnodes')
    if (this.state === 'active') return
    ctx.event('node', ctx.self.name, this.state, 'active', 'every node is heard or dead')
    this.state = 'active'
    this.sendStatus()
    this.listener.onActive()
  }

  /** Waiting for a first node list, and for whom; for the status page. */
  get waitingFor(): string | null {
    return this.state === 'active' ? null : this.asked
  }

  // --- judging -----------------------------------------------------------------------------------------------------

  /** After a stall, nobody is judged until what was said meanwhile has been heard. */
  holdJudgement(untilMs: number): void {
    this.judgeNotBeforeMs = Math.max(this.judgeNotBeforeMs, untilMs)
  }

  /** Time in which this node did not listen is nobody's silence. */
  excuse(ms: number): void {
    const now = this.ctx.now.ms
    for (const peer of this.peers.values()) {
      if (peer.lastStatusMs !== null) peer.lastStatusMs = Math.min(now, peer.lastStatusMs + ms)
      for (const link of peer.links.values()) if (link.lastMs !== null) link.lastMs = Math.min(now, link.lastMs + ms)
    }
  }

  /** A stall longer than deadtime: each node's silence begins anew. */
  excuseAll(): void {
    for (const peer of this.peers.values()) {
      if (peer.lastStatusMs !== null) peer.lastStatusMs = this.ctx.now.ms
      for (const link of peer.links.values()) if (link.lastMs !== null) link.lastMs = this.ctx.now.ms
    }
  }

  /** When a node's, a link's or a request's time will be up next. */
  nextDeadlineMs(): number {
    let next = Number.POSITIVE_INFINITY
    for (const peer of this.peers.values()) {
      if (peer.state !== 'dead') next = Math.min(next, this.deathMs(peer))
      for (const link of peer.links.values()) {
        if (link.state === 'up' && link.lastMs !== null) next = Math.min(next, link.lastMs + this.patienceMs(peer))
      }
      if (peer.alive) next = Math.min(next, peer.order.nextAskMs() ?? Number.POSITIVE_INFINITY)
    }
    return Math.max(next, this.judgeNotBeforeMs)
  }

  judge(): void {
    const { ctx } = this
    if (ctx.now.ms < this.judgeNotBeforeMs) return
    for (const peer of this.peers.values()) {
      this.judgeLinks(peer)
      if (peer.state !== 'dead' && ctx.now.ms >= this.deathMs(peer)) this.declareDead(peer)
      if (peer.alive && peer.kind === 'normal') this.askMissing(peer)
    }
  }

  /** Until communication is up, initdead applies to everyone. */
  private patienceMs(peer: Peer): number {
    return this.communicationUp ? peer.deadtimeMs : Math.max(this.ctx.config.initdeadMs, peer.deadtimeMs)
  }

  private deathMs(peer: Peer): number {
    return (peer.lastStatusMs ?? this.startMs) + this.patienceMs(peer)
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
    const { ctx } = this
    const silent =
      peer.lastStatusMs === null ? 'never heard' : `silent for ${Math.round(ctx.now.ms - peer.lastStatusMs)} ms`
    ctx.log(peer.gone ? 'info' : 'WARN', `node ${peer.name}: is dead`)
    this.setState(peer, 'dead', `${silent}, deadtime ${this.patienceMs(peer)} ms`, null)
    peer.order.reset()
    this.outbox.history.forget(peer.name)
    this.listener.onDead(peer)
    if (this.asked === peer.name) this.askNodes()
    this.checkCommunication()
  }

  private askMissing(peer: Peer): void {
    for (const seq of peer.order.due(this.ctx.now.ms, this.ctx.config.maxRexmitDelayMs)) {
      this.ctx.count('repeats_asked')
      const n = String(seq)
      this.outbox.send([text('t', 'NS_rexmit'), text('dest', peer.name), text('firstseq', n), text('lastseq', n)])
    }
  }

  private firstAskMs(): number {
    const high = this.ctx.config.maxRexmitDelayMs
    return this.ctx.now.ms + this.ctx.random.between(high < 100 ? 0 : 50, high)
  }

  private noteGap(peer: Peer, arrival: 'gap' | 'given-up'): void {
    if (arrival === 'gap') return this.ctx.count('gaps')
    peer.lostMessages++
    this.ctx.count('gaps_given_up')
    this.ctx.log('WARN', `lost a lot of packets from ${peer.name}: going on with what comes now`)
  }

  links(peer: Peer): LinkView[] {
    return peer.linkViews()
  }
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

/** A name from the wire, made harmless for a log. */
export function printable(name: string): string {
  return name.slice(0, 100).replace(/[^\x21-\x7e]/g, '?')
}
