import type { LinkView, NodeState } from '../io.ts'
import { ReceiveOrder } from './order.ts'
import type { HbWord } from './word.ts'

interface LinkRecord {
  state: 'up' | 'dead'
  lastMs: number | null
}

/** All that this node knows of another normal node or of a ping node. */
export class Peer {
  uuid: Uint8Array | null = null
  state: NodeState = 'init'
  sinceMs: number
  generation = 0
  readonly order = new ReceiveOrder()
  /** Which tenth of the sequence numbers is acknowledged. */
  readonly residue: number
  lastAcked = 0
  /** Arrival of the last accepted status; liveness is judged by it alone. */
  lastStatusMs: number | null = null
  lastStatusSeq = 0
  /** Heard at least once since this node's start. */
  heard = false
  /** Said farewell (shutdone): its silence is no crash. */
  gone = false
  deadtimeMs: number
  hb: HbWord | null = null
  lateBeats = 0
  lostMessages = 0
  readonly links = new Map<string, LinkRecord>()
  /** Where its last beat over each link came from. */
  readonly sources = new Map<string, string>()

  constructor(
    readonly name: string,
    readonly kind: 'normal' | 'ping',
    deadtimeMs: number,
    residue: number,
    nowMs: number,
    links: readonly string[],
  ) {
    this.deadtimeMs = deadtimeMs
    this.residue = residue
    this.sinceMs = nowMs
    for (const link of links) this.links.set(link, { state: 'dead', lastMs: null })
  }

  get alive(): boolean {
    return this.state === 'up' || this.state === 'active' || this.state === 'ping'
  }

  /** A restart: what was known of the former life's messages does not apply to the new one. */
  restarted(generation: number): void {
    this.generation = generation
    this.order.reset()
    this.lastAcked = 0
    this.lastStatusSeq = 0
    this.gone = false
  }

  linkViews(): LinkView[] {
    return [...this.links].map(([name, l]) => ({ name, state: l.state, lastHeardMs: l.lastMs }))
  }
}
