/** What stands in the way of a hand-over, each as the words that an operator is told. */
import type { GroupRecord } from './group.ts'
import type { ResourceManager } from './manager.ts'

/** Why none can begin now, or null. */
export function hindrance(host: ResourceManager): string | null {
  if (host.isLegacy) return 'auto_failback legacy knows no standby; set auto_failback on or off'
  if (host.shutdown.asked) return 'this node is shutting down'
  const peer = host.membership.liveOthers()[0]
  if (peer === undefined) return 'there is no other live node to take over'
  if (peer.state !== 'active') return `${peer.name} is ${peer.state}, not active`
  if (host.stage !== 'stable') return 'resource management is still starting'
  if (!host.standby.idle) return 'a hand-over is under way already'
  if (!host.queue.idle) return 'groups are being started or stopped'
  if (!host.other.stable) return `${peer.name} is in the middle of changes`
  return null
}

/** Why these groups can't be moved, or null. */
export function inMaintenance(host: ResourceManager, groups: readonly GroupRecord[]): string | null {
  const kept = groups.find((g) => host.maintenance.covers(g))
  return kept === undefined ? null : `group ${kept.key} is in maintenance (hb maintenance off ends it)`
}
