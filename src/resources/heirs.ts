/**
 * Between more than two nodes: who has a group, by what each has said last, and who is to have it if nobody has. Every
 * node asks itself the same of the same words.
 */
import type { Peer } from '../cluster/peer.ts'
import type { GroupRecord } from './group.ts'
import type { ResourceManager } from './manager.ts'

export class Heirs {
  constructor(private readonly host: ResourceManager) {}

  /** Dead nodes that had one of these when they were last heard, and have not said farewell. */
  deadHolders(groups: readonly GroupRecord[]): Peer[] {
    const had = (p: Peer) => groups.some((g) => p.hb?.held.has(g.index) === true)
    return this.host.membership.others().filter((p) => p.state === 'dead' && !p.gone && had(p))
  }

  /** Those, and with a device to reset them also the dead of whom this node has never heard what they have. */
  doomed(groups: readonly GroupRecord[]): Peer[] {
    const { membership, ctx } = this.host
    const known = this.deadHolders(groups)
    if (!ctx.config.fencing) return known
    return membership.others().filter((p) => known.includes(p) || (p.state === 'dead' && !p.gone && p.hb === null))
  }

  /** No live node has it or is stuck with it, and none sees it with a node that only this one does not hear. */
  vacant(g: GroupRecord): boolean {
    const live = this.host.membership.liveOthers()
    // A heartbeat tells no more than what it claims: what is its own is left to it.
    if (live.some((p) => (p.hb === null ? p.name === g.config.owner : p.hb.held.has(g.index) || stuck(p, g))))
      return false
    if (live.some((p) => this.unheard(p.hb?.seen.get(g.index)))) return false
    // One with another haresources does not say where it sees this group, but whom it does not hear.
    return !this.deadHolders([g]).some((dead) => live.some((p) => this.differs(p.name) && this.hears(p, dead)))
  }

  /** A node that others hear and this one does not. */
  private unheard(node: number | undefined): boolean {
    const { membership, ctx } = this.host
    const peer = node === undefined ? undefined : membership.peers.get(ctx.config.nodes[node] ?? '')
    return silent(peer)
  }

  /** Group number -> number of the live node that says it has it. */
  holders(): Map<number, number> {
    const { membership, ctx } = this.host
    const known = membership.liveOthers().filter((p) => p.hb?.sum === ctx.config.haresourcesSum)
    return new Map(
      known.flatMap((p) => [...p.hb!.held.keys()].map((g) => [g, ctx.config.nodes.indexOf(p.name)] as const)),
    )
  }

  /** A live node that goes on hearing one that is dead to this node, or null. */
  hearerOf(dead: Peer): string | null {
    return this.host.membership.liveOthers().find((p) => this.hears(p, dead))?.name ?? null
  }

  private hears(p: Peer, dead: Peer): boolean {
    return p.hb?.deaf.includes(this.host.ctx.config.nodes.indexOf(dead.name)) === false
  }

  /** The node that is to have it, should nobody have it now; null if none can. */
  heir(g: GroupRecord): string | null {
    const { nodes } = this.host.ctx.config
    const named = this.named(g)
    const order = [...(named === null ? [] : [named]), g.config.owner, ...nodes]
    return (
      order.find((n) => this.fit(n, g) || this.livesElsewhere(n) || this.differs(n)) ??
      order.find((n) => this.alive(n)) ??
      null
    )
  }

  /** Whom the last holder has named; one that was named may have named another since. */
  named(g: GroupRecord): string | null {
    const { membership, ctx } = this.host
    const own = this.host.many.moves.target(g)
    if (own !== null) return own
    const says = (name: string) => this.namedBy(name, g)
    let name =
      membership
        .liveOthers()
        .map((p) => says(p.name))
        .find((n) => n !== null) ?? null
    for (const _ of ctx.config.nodes) name = (name === null ? null : says(name)) ?? name
    return name
  }

  private namedBy(name: string, g: GroupRecord): string | null {
    const { membership, ctx } = this.host
    const peer = membership.peers.get(name)
    const node = peer?.alive === true ? peer.hb?.to.get(g.index) : undefined
    return node === undefined ? null : (ctx.config.nodes[node] ?? null)
  }

  /** Dead to this node, alive to another: it sees to its own. */
  private livesElsewhere(name: string): boolean {
    const p = this.host.membership.peers.get(name)
    return silent(p) && this.hearerOf(p) !== null
  }

  /** Alive, with another haresources: it goes by that, and what the numbers in its words stand for is not known. */
  differs(name: string): boolean {
    const p = this.host.membership.peers.get(name)
    return p?.alive === true && !p.gone && p.hb !== null && p.hb.sum !== this.host.ctx.config.haresourcesSum
  }

  /** It may fail there again, but nobody is left that could do better. */
  alive(name: string): boolean {
    const { host } = this
    if (name === host.ctx.self.name) return !host.shutdown.asked
    const p = host.membership.peers.get(name)
    return p !== undefined && p.kind === 'normal' && p.alive && !p.gone && p.hb !== null
  }

  /** Alive, with the same haresources, and nothing speaks against giving it that group. */
  fit(name: string, g: GroupRecord): boolean {
    const { host } = this
    if (!this.alive(name)) return false
    if (name === host.ctx.self.name) return !host.failover.unfit(g) && g.state !== 'stop-failed'
    const p = host.membership.peers.get(name)!
    return !this.differs(name) && p.hb?.failed.includes(g.index) === false && !stuck(p, g)
  }

  /** Another live node that could have it: its owner, or the first in ha.cf. */
  other(g: GroupRecord): string | null {
    const { self, config } = this.host.ctx
    return [g.config.owner, ...config.nodes].find((n) => n !== self.name && this.fit(n, g)) ?? null
  }
}

/** One that has said farewell may be back, and heard by another one only. */
const silent = (p: Peer | undefined): p is Peer => p?.state === 'dead'
const stuck = (p: Peer, g: GroupRecord) => p.hb?.stuck.includes(g.index) === true
