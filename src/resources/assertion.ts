import type { Resource } from '../config/types.ts'
import type { Effect } from '../io.ts'
import { type GroupRecord, isAddress } from './group.ts'
import type { ResourceManager } from './manager.ts'

/** How much later than its lifetime the kernel may take an address away: up to 0.33 s were measured. */
const KERNEL_LATE_MS = 400
/** A lease has to last this much longer than the time to its renewal: wake-ups may be late. */
const RENEWAL_MARGIN_MS = 400

/**
 * The largest whole number of seconds that surely ends before the others may take over, and at least 1: the kernel
 * counts address lifetimes in whole seconds.
 */
export function leaseMs(deadtimeMs: number): number {
  return Math.max(1, Math.floor((deadtimeMs - KERNEL_LATE_MS) / 1000)) * 1000
}

/**
 * How long after a beat a lease has to be renewed once more so that it lasts until the next one, or null when a beat's
 * renewal is enough. As early as will do: should the daemon be killed, the lease must end before the others act.
 */
export function renewalMs(keepaliveMs: number, deadtimeMs: number): number | null {
  const lastsMs = leaseMs(deadtimeMs) - RENEWAL_MARGIN_MS
  return lastsMs >= keepaliveMs ? null : keepaliveMs - lastsMs
}

/** What must be here now and what must not. In a group that is being started or stopped, what has been started counts. */
export function assertion(host: ResourceManager): Effect {
  const present: Resource[] = []
  const absent: Resource[] = []
  const kept: Resource[] = []
  for (const g of host.groups) {
    if (host.maintenance.covers(g)) kept.push(...g.addresses())
    else if (g.dropped || g.state === 'stopped' || g.state === 'failed') absent.push(...g.addresses())
    else present.push(...runningAddresses(g))
  }
  return { kind: 'wanted', present, absent, kept, leaseMs: leaseMs(host.ctx.config.deadtimeMs) }
}

function runningAddresses(group: GroupRecord): Resource[] {
  return group.config.resources.filter((r, i) => isAddress(r) && group.on.has(i))
}
