/**
 * auto_failback legacy: no reports, no standby. A node asks for its own groups when it becomes active (`ip-request`);
 * who holds them releases and answers (`ip-request-resp`); every return is a failback.
 */
import type { Peer } from '../cluster/peer.ts'
import { get, type Message, text } from '../wire/message.ts'
import type { GroupRecord } from './group.ts'
import type { ResourceManager } from './manager.ts'

const ASK_AGAIN_MS = 3000
/** An answer that was lost is asked for again within so long; a new generation would make it void. */
const ANSWERING_MS = 10_000
/** What nobody has for so many seconds is on its way to nobody. */
const VACANT_AUDITS = 3

export class Legacy {
  /** Own groups asked for and not answered yet. */
  private readonly pending = new Set<string>()
  private vacantAudits = 0
  private answeredMs = Number.NEGATIVE_INFINITY

  constructor(private readonly host: ResourceManager) {}

  onActive(): void {
    const { host } = this
    host.stage = 'stable'
    this.reclaim('this node has become active')
    const dead = host.membership.others().filter((p) => p.state === 'dead')
    for (const peer of dead) this.takeFrom(peer, `${peer.name} is dead`)
    const strange = host.groups.filter((g) => !host.isOwn(g) && g.residue && !g.present && !g.wanted)
    host.orders.take('cleaning up', [], strange, () => {})
  }

  /** Whoever lives may have taken everything meanwhile, whatever state it was heard in before. */
  afterStall(): void {
    const { host } = this
    if (host.membership.liveOthers().length === 0) return host.deaths.takeOver('nobody else was heard')
    host.stage = 'stable'
    this.askFor(host.groups.filter((g) => host.isOwn(g)))
    const strange = host.groups.filter((g) => !host.isOwn(g) && g.residue && !g.present)
    host.orders.take('cleaning up after a stall', [], strange, () => {})
  }

  /**
   * A heartbeat has kept its own groups through a partition and may have taken the others': each side lets go of what
   * belongs to the other. It does so when it is asked; what is held here already is announced then.
   */
  afterPartition(peer: Peer): void {
    const { host } = this
    if (host.stage !== 'stable') return
    host.healing.letGo(
      host.groups.filter((g) => g.config.owner === peer.name),
      `${peer.name}, its owner, is back after a partition`,
    )
    this.askFor(host.groups.filter((g) => host.isOwn(g)))
  }

  /**
   * Somebody else claims an address that is held here. A heartbeat that was late to hear this node has taken its groups
   * for those of a dead one and goes on with both; it says nothing of that in this mode, and lets go when it is asked.
   */
  claimedTwice(address: string): void {
    const { host } = this
    if (!host.isLegacy || host.stage !== 'stable') return
    if (host.membership.activeHeartbeat() === undefined) return
    const group = host.heldWith(address)
    if (group === undefined || !host.isOwn(group)) return
    this.pending.add(group.key)
    if (host.ctx.timers.at('ip-request') === undefined) this.ask()
  }

  private askFor(groups: readonly GroupRecord[]): void {
    for (const g of groups) this.pending.add(g.key)
    this.ask()
  }

  /** Gets the own groups: from whoever may have them, or at once when nobody can. */
  reclaim(cause: string): void {
    const { host } = this
    const own = host.groups.filter((g) => host.isOwn(g) && g.state !== 'held')
    if (host.membership.liveOthers().length === 0) return host.orders.take(cause, own, [], () => {})
    this.askFor(own)
    if (!this.somebodyActive && this.pending.size > 0) this.askAfter(2 * host.ctx.config.keepaliveMs)
  }

  /** Every second: two hb nodes that each let go for the other leave a group with nobody; its owner takes it. */
  audit(): void {
    const { host } = this
    const others = host.membership.liveOthers()
    const calm = host.stage === 'stable' && host.queue.idle && this.pending.size === 0 && !host.fencing.pending
    const vacant = (g: GroupRecord) => host.isOwn(g) && g.state === 'stopped' && !host.heldElsewhere(g)
    const known = calm && !host.shutdown.asked && others.every((p) => p.hb?.sum === host.ctx.config.haresourcesSum)
    if (calm && !host.shutdown.asked) host.unserved.audit()
    const strange = host.groups.filter((g) => !host.isOwn(g) && !g.wanted && g.strange(host.ctx.now.ms))
    if (calm && strange.length > 0) host.orders.take('cleaning up', [], strange, () => {})
    const left = known ? host.groups.filter((g) => vacant(g) && !host.maintenance.covers(g)) : []
    this.vacantAudits = left.length > 0 ? this.vacantAudits + 1 : 0
    if (this.vacantAudits < VACANT_AUDITS) return
    this.vacantAudits = 0
    host.orders.take('nobody has it, and it belongs here', left, [], () => {})
  }

  private get somebodyActive(): boolean {
    return this.host.membership.liveOthers().some((p) => p.state === 'active')
  }

  private askAfter(ms: number): void {
    this.host.ctx.timers.arm('ip-request', this.host.ctx.now.ms + ms)
  }

  /**
   * For the timer 'ip-request'. A node that is not active has nothing to release and may not answer; it was asked all
   * the same, since that word of it may be an old one, said again by somebody.
   */
  unanswered(): void {
    const { host } = this
    if (this.somebodyActive) return this.ask()
    const own = host.groups.filter((g) => this.pending.has(g.key))
    this.pending.clear()
    if (!host.shutdown.asked) host.orders.take('nobody who is active answers', own, [], () => {})
  }

  /** A reload has brought these: own ones are asked for, a dead node's are taken by whoever stands in for it. */
  reconfigured(added: readonly GroupRecord[]): void {
    const { host } = this
    const { membership, ctx, fencing } = host
    for (const key of this.pending) if (!host.groups.some((g) => g.key === key)) this.pending.delete(key)
    const own = added.filter((g) => host.isOwn(g))
    const dead = ({ owner }: GroupRecord['config']) =>
      membership.peers.get(owner)?.state === 'dead' && host.standInFor(owner) === ctx.self.name
    // Those of a node that has to be reset first are taken with all that it had.
    const orphans = fencing.pending ? [] : added.filter((g) => dead(g.config))
    const asked = this.somebodyActive ? own : []
    host.orders.take('added to haresources', [...own.filter((g) => !asked.includes(g)), ...orphans], [], () => {})
    if (asked.length > 0) this.askFor(asked)
  }

  ask(): void {
    const { host } = this
    if (this.pending.size === 0 || host.shutdown.asked) return
    for (const key of this.pending) host.membership.outbox.send([text('t', 'ip-request'), text('ipaddr', key)])
    this.askAfter(ASK_AGAIN_MS)
  }

  hear(type: string, message: Message, peer: Peer): void {
    const { host } = this
    const key = get(message, 'ipaddr') ?? ''
    const group = host.groups.find((g) => g.key === key)
    if (type === 'ip-request-resp') {
      if (group === undefined || get(message, 'ok') !== 'OK' || !this.pending.delete(key)) return
      if (group.state === 'held') host.healing.announceHeld(`${peer.name} has released ${key}`)
      if (!host.shutdown.asked) host.orders.take(`${peer.name} has released it`, [group], [], () => {})
      return
    }
    // Before it is a member a node has what it took when another one left.
    const never = group === undefined || (host.stage === 'init' && !group.present)
    if (never) return this.answer(peer, key, false)
    this.release(group, peer)
  }

  private release(group: GroupRecord, peer: Peer): void {
    const had = group.present
    if (had && this.host.maintenance.covers(group)) return
    this.host.orders.give(`${peer.name} asks for it`, [group], (failed) => {
      if (failed.length === 0) this.answer(peer, group.key, had)
    })
  }

  /** Somebody may still be waiting for the word that a group is released. */
  get answering(): boolean {
    return this.host.ctx.now.ms < this.answeredMs + ANSWERING_MS
  }

  /** It is released here, or was never here: a heartbeat takes it, whether it has asked or not, and in every mode. */
  answer(peer: Peer, key: string, had: boolean): void {
    this.answeredMs = this.host.ctx.now.ms
    this.host.membership.outbox.send([
      text('t', 'ip-request-resp'),
      text('dest', peer.name),
      text('ipaddr', key),
      text('weown', had ? 'yes' : 'no'),
      text('ok', 'OK'),
    ])
  }

  /** An owner that has taken its group without an answer (it thought nobody was active) is given what it has. */
  yieldToOwner(address: string, mac: string): boolean {
    const { host } = this
    if (!host.isLegacy || host.stage !== 'stable') return false
    const group = host.heldWith(address)
    if (group === undefined || host.isOwn(group)) return false
    const owner = host.membership.peers.get(group.config.owner)
    // One that has said farewell has it no more, whatever is still on its way.
    if (owner?.state !== 'active' || owner.gone) return false
    // An hb owner says by itself what it has; it may have let go of it just now.
    if (owner.hb?.sum === host.ctx.config.haresourcesSum && !owner.hb.held.has(group.index)) return false
    // At once: two answer for it, and its services may take long to stop.
    host.healing.letGo([group], `${owner.name}, its owner, has it (${mac})`)
    return true
  }

  takeFrom(peer: Peer, cause: string): void {
    const { host } = this
    if (host.standInFor(peer.name) !== host.ctx.self.name) return
    const theirs = host.groups.filter((g) => g.config.owner === peer.name)
    const others = host.membership.liveOthers().filter((p) => p !== peer)
    const own = others.length === 0 ? host.groups.filter((g) => host.isOwn(g)) : []
    if (others.length === 0) this.pending.clear()
    const taken = host.groups.filter((g) => theirs.includes(g) || own.includes(g))
    host.orders.take(cause, taken, [], () => host.ctx.log('info', 'mach_down takeover complete.'))
  }
}
