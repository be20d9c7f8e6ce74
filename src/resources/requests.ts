/**
 * Another node asks this one to take its groups (`me`): taken on, declined, or kept waiting while this node is busy.
 * Only an hb node is told of a refusal; a heartbeat finds out by itself after ten seconds.
 */
import type { Peer } from '../cluster/peer.ts'
import type { StandbySet } from '../io.ts'
import { get, getHex, type Message } from '../wire/message.ts'
import { mirror, setBits } from './claims.ts'
import type { GroupRecord } from './group.ts'
import { inMaintenance } from './hindrance.ts'
import type { ResourceManager } from './manager.ts'

const GROUPS_MAX = 1024
/** A request that comes while this node is busy waits for so long; the giver gives up after 10 s. */
const DEFER_MS = 9000

/** What a giver wants to hand over; only: these groups of the set, or all of it; seq: the number of its request. */
export interface Ask {
  readonly set: StandbySet
  readonly only: readonly GroupRecord[] | null
  readonly seq: number
}

export class Requests {
  private deferred: { ask: Ask; peer: Peer; untilMs: number } | null = null

  constructor(private readonly host: ResourceManager) {}

  hear(message: Message, set: StandbySet, peer: Peer): void {
    const { host } = this
    const { standby } = host
    const only = this.named(message)
    const ask = { set, only, seq: getHex(message, 'seq') ?? 0 }
    if (host.standInFor(peer.name) !== host.ctx.self.name) return
    const blocked = inMaintenance(host, only ?? host.groupsOf(setBits(mirror(set))))
    const strange = only !== null && peer.hb?.sum !== host.ctx.config.haresourcesSum
    if (host.stage !== 'stable' || host.shutdown.asked || strange || blocked !== null) return this.decline(set, peer)
    if (!standby.idle) return standby.phase === 'asked' ? this.cross(ask, peer) : this.decline(set, peer)
    if (!host.queue.idle) {
      this.deferred = { ask, peer, untilMs: host.ctx.now.ms + DEFER_MS }
      return
    }
    if (!host.unserved.doubts(ask, peer)) standby.accept(ask, peer)
  }

  /** The groups that an hb node names, by their numbers in haresources; one that is not known here stands for none. */
  private named(message: Message): GroupRecord[] | null {
    const field = get(message, 'hbgroups')
    if (field === undefined) return null
    const numbers = field.split(',', GROUPS_MAX).map((n) => Number.parseInt(n, 16))
    return this.host.groups.filter((g) => numbers.includes(g.index))
  }

  /**
   * Both asked at the same moment: the first in ha.cf goes on giving, the other one takes. It says nothing to that: a
   * refusal would reach the other one when it has taken the first one's side already, and end that hand-over too.
   */
  private cross(ask: Ask, peer: Peer): void {
    const { nodes } = this.host.ctx.config
    if (nodes.indexOf(this.host.ctx.self.name) < nodes.indexOf(peer.name)) return
    this.host.standby.cancel(`${peer.name} asked for a hand-over at the same moment`)
    this.host.standby.accept(ask, peer)
  }

  private decline(set: StandbySet, peer: Peer): void {
    this.host.ctx.log('WARN', `standby request of ${peer.name} refused: this node is not ready`)
    if (peer.hb !== null) this.host.standby.say(set, 'not')
  }

  /** This node is not busy any more. */
  resume(): void {
    const waiting = this.deferred
    this.deferred = null
    if (waiting === null || !this.host.standby.idle || this.host.ctx.now.ms > waiting.untilMs) return
    this.host.standby.accept(waiting.ask, waiting.peer)
  }

  /** What this peer asked for, or, without one, whoever did, is void. */
  forget(peer?: Peer): void {
    if (peer === undefined || this.deferred?.peer === peer) this.deferred = null
  }
}
