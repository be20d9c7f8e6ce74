import type { StandbySet } from '../io.ts'
import { type Bits, setBits } from './claims.ts'
import type { GroupRecord } from './group.ts'
import type { ResourceManager } from './manager.ts'

/** What is known of a hand-over (standby.ts) from its beginning on. */
export interface Deal {
  readonly set: StandbySet
  /** Between two hb: only these groups of the set, and no claim changes. */
  readonly only: readonly GroupRecord[] | null
  readonly partner: string
  readonly cause: string
  /** The command that is answered when it is over. */
  readonly command: number | null
  readonly beganMs: number
  /** Whether it was known then what the partner holds. */
  readonly known: boolean
  /** What this node claimed then. */
  readonly claimed: Readonly<Bits>
  /** The giver may still be taking what it gives: a heartbeat starts and stops the same group side by side. */
  readonly crossing: boolean
  /** A heartbeat that has taken this node for dead takes everything and knows of no hand-over. */
  forgotten: boolean
  settledWords: number
}

/** What it is about here; set is its name on this side. */
export function groupsOf(host: ResourceManager, { only }: Deal, set: StandbySet): readonly GroupRecord[] {
  return only ?? host.groupsOf(setBits(set))
}
