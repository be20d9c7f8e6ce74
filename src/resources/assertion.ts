import type { Resource } from '../config/types.ts'
import type { Effect } from '../io.ts'
import { type GroupRecord, isAddress } from './group.ts'
import type { ResourceManager } from './manager.ts'

/** How much later than its lifetime the kernel may take an address away: up to 0.33 s were measured. */
const LEASE_SLACK_MS = 400

/**
 * The largest whole number of seconds that surely ends before the others may take over, and at least 1: the kernel
 * counts address lifetimes in whole seconds.
 */
export function leaseMs(deadtimeMs: number): number {
  return Math.max(1, Math.floor((deadtimeMs - LEASE_SLACK_MS) / 1000)) * 1000
}

/** What must be here now and what must not. In a group that is being started or stopped, what has been started counts. */
export function assertion(host: ResourceManager): Effect {
  const present: Resource[] = []
  const absent: Resource[] = []
  for (const g of host.groups) {
    if (g.state === 'stopped' || g.state === 'failed') absent.push(...g.addresses())
    else present.push(...runningAddresses(g))
  }
  return { kind: 'wanted', present, absent, leaseMs: leaseMs(host.ctx.config.deadtimeMs) }
}

function runningAddresses(group: GroupRecord): Resource[] {
  return group.config.resources.filter((r, i) => {
    const last = group.last[i]
    const started = last?.outcome === 'running' || (last?.op === 'start' && last.outcome === 'ok')
    return isAddress(r) && started
  })
}
