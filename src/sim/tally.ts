/** What an observer of a simulated cluster writes down: who served what, for how long nobody did, who fell silent. */
import { bareAddress, isAddress } from '../config/address-agents.ts'
import type { Group } from '../config/types.ts'
import type { SimHost } from './host.ts'

/** As many gaps as are kept to say what deadtime would have been right. */
const GAPS_MAX = 10_000

export class Tally {
  /** A node that ran was declared dead. */
  falseDeaths = 0
  /** A group was taken by a node that did not serve it before. */
  takeovers = 0
  /** In which two nodes answered for one group at the same time. */
  doubledMs = 0
  /** In which nobody answered for a group; one entry an outage. */
  readonly outagesMs: number[] = []
  /** The longest times between two beats of a node that another one heard, longest first once sorted. */
  private gaps: number[] = []
  private readonly heardMs = new Map<string, number>()
  private readonly holders = new Map<string, ReadonlySet<string>>()
  private readonly vacantMs = new Map<string, number>()
  private readonly doubledSinceMs = new Map<string, number>()
  /** What happens while the cluster forms or while the power is cut is no false failover. */
  watching = false

  constructor(
    private readonly groups: readonly Group[],
    private readonly hosts: () => readonly SimHost[],
    private readonly nowMs: () => number,
  ) {}

  /** To be called whenever an address has come or gone, or a host stands still or goes on. */
  look(): void {
    for (const group of this.groups) this.lookAt(group)
  }

  private lookAt(group: Group): void {
    const nowMs = this.nowMs()
    const { key } = group
    const holders = this.hosts().filter((h) => serves(h, group))
    const doubled = this.doubledSinceMs.get(key)
    if (holders.length > 1 && doubled === undefined) this.doubledSinceMs.set(key, nowMs)
    if (holders.length < 2 && doubled !== undefined) {
      this.doubledSinceMs.delete(key)
      if (this.watching) this.doubledMs += nowMs - doubled
    }
    if (holders.length === 0) {
      if (this.holders.has(key) && !this.vacantMs.has(key)) this.vacantMs.set(key, nowMs)
      return
    }
    this.served(key, holders)
  }

  private served(key: string, holders: readonly SimHost[]): void {
    const since = this.vacantMs.get(key)
    this.vacantMs.delete(key)
    if (since !== undefined && this.watching && this.nowMs() > since) this.outagesMs.push(this.nowMs() - since)
    const before = this.holders.get(key)
    if (before !== undefined && this.watching) this.takeovers += holders.filter((h) => !before.has(h.name)).length
    this.holders.set(key, new Set(holders.map((h) => h.name)))
  }

  /** The host that serves a group, or the one that did last. */
  holderOf(group: Group): string | null {
    return [...(this.holders.get(group.key) ?? [])][0] ?? null
  }

  /** For how long nobody has answered for it, or null while somebody does. */
  vacantFor(group: Group): number | null {
    const since = this.vacantMs.get(group.key)
    return since === undefined ? null : this.nowMs() - since
  }

  /** A beat of one node has reached another. */
  heard(from: string, to: string): void {
    const key = `${from} ${to}`
    const before = this.heardMs.get(key)
    const nowMs = this.nowMs()
    this.heardMs.set(key, nowMs)
    if (before === undefined || !this.watching || nowMs <= before) return
    this.gaps.push(nowMs - before)
    if (this.gaps.length > 2 * GAPS_MAX) this.keepLongest()
  }

  private keepLongest(): void {
    this.gaps = this.gaps.sort((a, b) => b - a).slice(0, GAPS_MAX)
  }

  /** ms; the longest first. */
  longestGaps(): readonly number[] {
    this.keepLongest()
    return this.gaps
  }
}

function serves(host: SimHost, group: Group): boolean {
  const address = group.resources.find(isAddress)
  return address === undefined ? host.runs(group.resources[0]!.text) : host.serves(bareAddress(address))
}
