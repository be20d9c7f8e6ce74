/**
 * Clusters of more than two nodes. heartbeat's claims know only "mine" and "the other's", so between more than two hb
 * nodes each group is placed by itself, by what the nodes say in each beat that they have (word.ts):
 *
 *   nobody has it ──this node is its heir──▶ taken
 *   held ──hb standby, hb takeover, failback, monitor──▶ given up for a node, said in each beat ──that node has it──▶ done
 *
 * The heir is whom the last holder has named, else the owner, else the first in ha.cf; alive and fit for it. Each node
 * decides that for itself from the same words. What a dead node had is taken when no live node hears it any more.
 */
import type { Peer } from '../cluster/peer.ts'
import type { StandbySet } from '../io.ts'
import { get, type Message, text } from '../wire/message.ts'
import { setBits, standbySet } from './claims.ts'
import type { GroupRecord } from './group.ts'
import { Heirs } from './heirs.ts'
import type { ResourceManager } from './manager.ts'
import { Moves } from './moves.ts'

export class Many {
  readonly heirs: Heirs
  readonly moves: Moves
  /** What was heard before does not tell who has what now. */
  private sinceMs = Number.POSITIVE_INFINITY

  /** Since when a group is seen to be with nobody. */
  private readonly vacantMs = new Map<GroupRecord, number>()

  /** What each node has said last, so that the same again is not thought about. */
  private readonly said = new Map<string, string>()

  /** As they were told last. */
  private doubts: readonly string[] = []

  constructor(private readonly host: ResourceManager) {
    this.heirs = new Heirs(host)
    this.moves = new Moves(host)
  }

  /** These rules hold, and not those for two nodes. */
  get rules(): boolean {
    return this.host.ctx.config.nodes.length > 2
  }

  // --- from active to stable ---------------------------------------------------------------------------------------

  /** What is said from fromMs on counts. */
  begin(fromMs: number): void {
    this.host.stage = 'starting'
    this.sinceMs = fromMs
    this.review('this node has become active')
  }

  ask(): void {
    this.host.membership.outbox.send([text('t', 'starting')])
  }

  private get everybodyHeard(): boolean {
    const quiet = (p: Peer) => p.state === 'dead' || p.gone || (p.lastStatusMs ?? 0) > this.sinceMs
    return this.host.membership.others().every(quiet)
  }

  private becomeStable(cause: string): void {
    const { host } = this
    host.starting.skip()
    host.ctx.event('resources', host.ctx.self.name, 'starting', 'stable', cause)
    host.healing.announceHeld('found here, and resource management has begun')
    this.cleanUp()
  }

  /** Services of what is not held here may run here: from before the start, or started in maintenance. */
  private cleanUp(): void {
    const { host } = this
    const strange = host.groups.filter(
      (g) => g.strange(host.ctx.now.ms) && !host.maintenance.covers(g) && !this.mayTake(g),
    )
    if (strange.length > 0) host.orders.take('cleaning up', [], strange, () => {})
  }

  /** That node is dead, or has shut down. */
  lost(peer: Peer, cause: string): void {
    const { host } = this
    for (const g of host.groups) if (g.config.owner === peer.name) g.standIn = g.present || g.wanted
    if (host.shutdown.asked) host.shutdown.advance()
    else this.review(cause)
  }

  // --- who has what ------------------------------------------------------------------------------------------------

  /** Whenever somebody has spoken, died, or nothing is left to do here: is there something for this node to take? */
  review(cause: string): void {
    const { host } = this
    if (!this.rules || host.shutdown.asked || host.stall.draining) return
    this.noteVacancies()
    if (host.stage === 'starting' && this.everybodyHeard) this.becomeStable(cause)
    if (host.stage !== 'stable' || !host.queue.idle) return
    this.moves.review()
    const mine = host.groups.filter((g) => this.mayTake(g))
    if (mine.length > 0) host.fencing.before(this.heirs.doomed(mine), () => this.take(mine))
    this.claim()
  }

  /** Most beats say the same again: with many nodes to look at everything each time would cost. */
  hearWord(peer: Peer, word: string): void {
    const same = this.said.get(peer.name) === word
    this.said.set(peer.name, word)
    if (!same || this.vacantMs.size > 0 || this.host.stage !== 'stable') this.review(`${peer.name} has spoken`)
  }

  /** One after the other: by the time that one has started, the owner of the next may be back and have taken it. */
  private take([next, ...rest]: readonly GroupRecord[]): void {
    if (next === undefined) return
    if (!this.mayTake(next)) return this.take(rest)
    next.standIn = !this.heirs.alive(next.config.owner)
    this.host.orders.take(this.why(next), [next], [], () => this.take(rest))
  }

  private why(g: GroupRecord): string {
    const { self } = this.host.ctx
    const giver = this.host.membership.liveOthers().find((p) => p.hb?.to.has(g.index))
    if (giver !== undefined) return `${giver.name} hands it over`
    const [dead] = this.heirs.deadHolders([g])
    if (dead !== undefined) return `${dead.name} is dead`
    return this.host.isOwn(g) ? 'nobody has it, and it belongs here' : `nobody has it, and ${self.name} is its heir`
  }

  private mayTake(g: GroupRecord): boolean {
    const { host } = this
    if (g.state !== 'stopped' || host.maintenance.covers(g) || host.fencing.pending) return false
    return this.heirs.vacant(g) && this.heirs.heir(g) === host.ctx.self.name && this.surely(g)
  }

  /** Nobody has named this node or died with it: all others must have said since that they do not have it. */
  private surely(g: GroupRecord): boolean {
    const { membership, ctx } = this.host
    if (this.heirs.named(g) === ctx.self.name || this.heirs.deadHolders([g]).length > 0) return true
    if (membership.liveOthers().some((p) => this.heirs.differs(p.name))) return false
    const sinceMs = this.vacantMs.get(g) ?? ctx.now.ms
    return membership.liveOthers().every((p) => (p.lastStatusMs ?? 0) > sinceMs)
  }

  private noteVacancies(): void {
    const sinceMs = this.host.stage === 'starting' ? this.sinceMs : this.host.ctx.now.ms
    for (const g of this.host.groups) {
      if (g.present || !this.heirs.vacant(g)) this.vacantMs.delete(g)
      else if (!this.vacantMs.has(g)) this.vacantMs.set(g, sinceMs)
    }
  }

  /** Nodes that are dead to this node alone keep what they have; whoever looks after the links has to know. */
  words(): string[] {
    return this.heirs.deadHolders(this.host.groups).flatMap((dead) => {
      const hearer = this.heirs.hearerOf(dead)
      return hearer === null
        ? []
        : [`${dead.name} is dead to this node, but ${hearer} hears it: what it has stays there`]
    })
  }

  private tellDoubts(): void {
    const words = this.words()
    for (const w of words.filter((x) => !this.doubts.includes(x))) {
      this.host.ctx.count('deaths_doubted')
      this.host.ctx.log('WARN', w)
    }
    this.doubts = words
  }

  /** For status, and for the tools that ask for a claim. */
  private claim(): void {
    const { host } = this
    host.mine.local = host.groups.some((g) => g.wanted && host.isOwn(g))
    host.mine.foreign = host.groups.some((g) => g.wanted && !host.isOwn(g))
    host.other.stable = host.membership.liveOthers().every((p) => p.hb === null || p.hb.settled)
  }

  audit(): void {
    const { host } = this
    this.review('wanted and held are compared')
    this.tellDoubts()
    if (host.stage !== 'stable' || host.shutdown.asked) return
    if (host.queue.idle) this.cleanUp()
    this.moves.failback()
    host.failover.review()
  }

  // --- asked by an operator, or by another node --------------------------------------------------------------------

  groupsOf(set: StandbySet, owner: string): GroupRecord[] {
    const { local, foreign } = setBits(set)
    return this.host.groups.filter((g) => (g.config.owner === owner ? local : foreign))
  }

  standby(set: StandbySet, cause: string, command: number | null): void {
    const { host } = this
    const held = this.groupsOf(set, host.ctx.self.name).filter((g) => g.state === 'held')
    this.moves.give(held, (g) => this.heirs.other(g), cause, command)
  }

  takeover(set: StandbySet, command: number): void {
    const { host } = this
    const why = this.moves.hindrance()
    if (why !== null) return host.ctx.emit({ kind: 'reply', id: command, ok: false, text: `refused: ${why}` })
    host.membership.outbox.send([text('t', 'hb_takeover'), text('rsc_hold', set)])
    this.moves.expect(this.groupsOf(set, host.ctx.self.name), command)
  }

  private hearReset(message: Message): void {
    const peer = this.host.membership.peers.get(get(message, 'node') ?? '')
    if (peer !== undefined && get(message, 'result') === 'OK') this.host.fencing.resetElsewhere(peer)
  }

  hear(type: string, message: Message, peer: Peer): void {
    if (type === 'starting') return this.host.membership.sendStatus()
    if (type === 'stonith') return this.hearReset(message)
    if (type !== 'hb_takeover') return
    const set = standbySet(get(message, 'rsc_hold') ?? 'all') ?? 'all'
    const held = this.groupsOf(set, peer.name).filter((g) => g.state === 'held')
    if (held.length > 0) this.moves.give(held, () => peer.name, `${peer.name} asks for a takeover`, null)
  }
}
