import { relink } from '../cluster/relink.ts'
import type { ClusterConfig, Group } from '../config/types.ts'
import { GroupRecord } from './group.ts'
import type { ResourceManager } from './manager.ts'

const canonical = (g: Group) => [g.owner, ...g.resources.map((r) => r.text)].join(' ')

/**
 * Applies a checked configuration: unchanged groups are not touched, removed ones are given up, added or changed ones
 * are taken where this node claims their set. The nodes do not change here.
 */
export function reconfigure(host: ResourceManager, config: ClusterConfig): void {
  const { ctx } = host
  const old = host.groups
  ctx.config = config
  relink(host.membership, ctx, config)
  const known = new Map(old.map((g) => [canonical(g.config), g]))
  const groups = config.groups.map((c, i) => {
    const same = known.get(canonical(c))
    if (same === undefined) return new GroupRecord(i, c, ctx.now.ms)
    known.delete(canonical(c))
    same.index = i
    same.config = c
    return same
  })
  const leaving = [...known.values()].filter((g) => g.present)
  ctx.event('configuration', ctx.self.name, 'old', 'new', `reload: ${leaving.length} held groups removed or changed`)
  host.orders.give('removed from haresources', leaving, () => {})
  host.groups = groups
  host.monitors.configure()
  if (host.stage !== 'stable' || host.isLegacy) return
  const missing = host.groupsOf(host.mine).filter((g) => g.state === 'stopped' && !host.heldElsewhere(g))
  host.orders.take('added to haresources', missing, [], () => {})
}
