/**
 * A heartbeat that has what it does not claim: an hb_standby in the middle of its takeover releases what is not taken
 * yet, the takeover goes on, and nobody there remembers. Its announcements give an address away, and the moment of its
 * standby what has none. A hand-over of that set makes it stop all of it, whatever it believes it has.
 *
 *   none ──address held here claimed by ARP, or handed over while both claimed it──▶ suspected
 *     ▲                                                    settled, not claimed: asked, each second, five times │
 *     └────────────────────────────────────────handed over, claimed, or not held here any more──────────────────┘
 */
import type { StandbySet } from '../io.ts'
import { type Bits, setBits } from './claims.ts'
import type { ResourceManager } from './manager.ts'

const REQUESTS_MAX = 5

export class Unclaimed {
  private readonly suspected: Bits = { local: false, foreign: false }
  private requests = 0

  constructor(private readonly host: ResourceManager) {}

  /** Somebody else answers for an address that is held here. */
  claimedTwice(address: string): void {
    const { host } = this
    const group = host.heldWith(address)
    if (group === undefined || host.isLegacy || host.membership.activeHeartbeat() === undefined) return
    if (host.isOwn(group)) this.suspected.local = true
    else this.suspected.foreign = true
    this.requests = 0
  }

  /** Every second, when everything is settled. What is claimed is settled by claims (healing.ts). */
  audit(): void {
    const { host, suspected } = this
    suspected.local &&= host.mine.local && !host.other.foreign
    suspected.foreign &&= host.mine.foreign && !host.other.local
    if (!suspected.local && !suspected.foreign) return
    const heartbeat = host.membership.activeHeartbeat()
    if (heartbeat === undefined || host.contested || host.maintenance.any) return
    const set = suspected.local ? (suspected.foreign ? 'all' : 'local') : 'foreign'
    if (this.requests++ < REQUESTS_MAX)
      return host.standby.takeover.askToLetGo(set, `${heartbeat.name} may have what it does not claim`)
    host.ctx.log(
      'ERROR',
      `an address of the ${set} groups is claimed twice, and ${heartbeat.name} does not hand it over`,
    )
    this.handedOver(set)
  }

  /** The other node has let go of that set, seen from here; crossing: while it was taking it. */
  handedOver(set: StandbySet, crossing = false): void {
    const bits = setBits(set)
    if (bits.local) this.suspected.local = crossing
    if (bits.foreign) this.suspected.foreign = crossing
    if (crossing) this.requests = 0
  }
}
