/**
 * What heartbeat's ipfail does, without a program: the two nodes tell each other how many ping nodes they see, and the
 * one that sees fewer gives its groups away. It needs the other node to be reachable, so it is no help in a split. Pure.
 *
 *   link of a ping node dies ─▶ num_ping_nodes ─▶ the other compares ─▶ you_are_dead ─▶ here: wait 2 beats, give all
 *                                                                   └▶ abort_giveup ─▶ here: never mind
 */
import type { StandbySet } from '../io.ts'
import { get, getDecimal, type Message } from '../wire/message.ts'

export const IPFAIL = 'ipfail'
/** After the cluster has come to rest, links and ping nodes get this long to be seen by both sides. */
const SETTLE_MS = 10_000

export interface Situation {
  /** Ping nodes that answer here. */
  readonly pings: number
  /** No groups are being moved. */
  readonly stable: boolean
  /** Groups that belong here and are held here, and the same of the other node's. */
  readonly local: boolean
  readonly foreign: boolean
}

export type Action =
  | { readonly kind: 'say'; readonly type: 'num_ping_nodes'; readonly pings: number }
  | { readonly kind: 'say'; readonly type: 'you_are_dead' | 'abort_giveup' }
  | { readonly kind: 'standby'; readonly set: StandbySet; readonly why: string }

export interface IpfailOptions {
  /** The other node: the last normal one of ha.cf that is not this one. */
  readonly partner: string
  readonly keepaliveMs: number
  readonly failback: boolean
}

export class Ipfail {
  private due: { set: StandbySet; atMs: number; why: string } | null = null
  /** The time for giving up came in the middle of changes. */
  private missed = false
  private compareMs: number | null = null

  constructor(private readonly options: IpfailOptions) {}

  /** A message as clients of this node hear them. */
  hear(message: Message, now: Situation, nowMs: number): Action[] {
    const fromPartner = get(message, 'src') === this.options.partner
    switch (get(message, 't')) {
      case 'NS_st':
        return get(message, 'st') === 'ping' ? this.count(now) : []
      case 'ifstat':
        return get(message, 'st') === 'dead' ? this.count(now) : []
      case 'hbapi-clstat':
        return fromPartner && get(message, 'st') === 'join' && get(message, 'from_id') === IPFAIL ? this.count(now) : []
      case 'num_ping_nodes':
        return fromPartner ? this.compare(getDecimal(message, 'num_ping'), now, nowMs) : []
      case 'you_are_dead':
        if (fromPartner) this.schedule('all', nowMs, `${this.options.partner} sees more ping nodes`)
        return []
      case 'abort_giveup':
        if (fromPartner) this.due = null
        return []
      case 'resource':
        if (fromPartner) this.hearReport(message, nowMs)
        return []
      default:
        return []
    }
  }

  /** Whether something is about to be compared or given up. */
  get pending(): boolean {
    return this.compareMs !== null || this.due !== null
  }

  /** To be called every now and then, several times in a keepalive. */
  tick(now: Situation, nowMs: number): Action[] {
    if (this.compareMs !== null && nowMs >= this.compareMs) {
      this.compareMs = null
      return this.count(now)
    }
    if (this.due === null || nowMs < this.due.atMs) return []
    const { set, why } = this.due
    this.due = null
    if (!now.stable) {
      this.missed = true
      return []
    }
    const something = now.foreign || (set === 'all' && now.local)
    return something ? [{ kind: 'standby', set, why }] : []
  }

  private count({ pings }: Situation): Action[] {
    return [{ kind: 'say', type: 'num_ping_nodes', pings }]
  }

  private compare(theirs: number | undefined, now: Situation, nowMs: number): Action[] {
    if (theirs === undefined) return []
    if (now.pings > theirs) return [{ kind: 'say', type: 'you_are_dead' }]
    if (now.pings < theirs) {
      this.schedule('all', nowMs, `${this.options.partner} sees ${theirs} ping nodes, this node ${now.pings}`)
      return []
    }
    const scheduled = this.due !== null
    this.due = null
    if (!scheduled && this.options.failback && now.stable) {
      this.schedule('foreign', nowMs, 'both nodes see the same ping nodes and auto_failback is on')
    }
    return [{ kind: 'say', type: 'abort_giveup' }]
  }

  private schedule(set: StandbySet, nowMs: number, why: string): void {
    this.due = { set, atMs: nowMs + 2 * this.options.keepaliveMs, why }
  }

  private hearReport(message: Message, nowMs: number): void {
    if (!this.missed || get(message, 'isstable') !== '1' || get(message, 'info') !== undefined) return
    this.missed = false
    this.compareMs = nowMs + SETTLE_MS
  }
}
