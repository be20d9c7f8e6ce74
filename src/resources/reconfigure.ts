import { relink } from '../cluster/relink.ts'
import type { ClusterConfig, Group } from '../config/types.ts'
import { GroupRecord } from './group.ts'
import type { ResourceManager } from './manager.ts'

const canonical = (g: Group) => [g.owner, ...g.resources.map((r) => r.text)].join(' ')

/** Why the nodes cannot become these while this one runs, or null: what somebody may still hold must not be forgotten. */
export function nodesHindrance(
  { ctx, membership, stage, fencing, standby }: ResourceManager,
  nodes: readonly string[],
) {
  const { config } = ctx
  if (config.nodes.join() === nodes.join()) return null
  const going = membership.others().filter((p) => !nodes.includes(p.name))
  const alive = going.find((p) => p.state !== 'dead')
  if (alive !== undefined) {
    return `node ${alive.name} is to go and is ${alive.state}: stop it there first (hb stop), then reload here`
  }
  if (fencing.pending) return 'the nodes differ, and a dead node has to be reset first'
  if (!standby.idle) return 'the nodes differ, and a hand-over is under way'
  if (membership.state !== 'active' || stage !== 'stable') return 'the nodes differ, and this node is still starting'
  return null
}

/**
 * Applies a checked configuration: unchanged groups are not touched, removed ones are given up, added or changed ones
 * are taken where this node claims their set.
 */
export function reconfigure(host: ResourceManager, config: ClusterConfig): void {
  const { ctx } = host
  const old = host.groups
  // One that was removed and is not stopped yet is the same group when it comes back.
  const known = new Map([...host.leaving, ...old].map((g) => [canonical(g.config), g]))
  const groups = config.groups.map((c, i) => {
    const same = known.get(canonical(c))
    if (same === undefined) return new GroupRecord(i, c, ctx.now.ms)
    known.delete(canonical(c))
    same.index = i
    same.config = c
    return same
  })
  const leaving = [...known.values()].filter((g) => g.present)
  const back = groups.filter((g) => host.leaving.includes(g))
  const fresh = leaving.filter((g) => !host.leaving.includes(g))
  // Before anything is ordered or said: what follows looks for something to take.
  ctx.config = config
  host.groups = groups
  host.leaving = leaving
  relink(host.membership, ctx, config)
  ctx.event('configuration', ctx.self.name, 'old', 'new', `reload: ${fresh.length} held groups removed or changed`)
  for (const g of known.values()) {
    // Its start may have been ordered, and not begun.
    g.wanted = false
    if (g.state === 'failed') ctx.event('group', g.key, g.state, 'removed', 'no longer so in haresources')
  }
  host.orders.give('removed from haresources', fresh, () => {})
  host.monitors.configure()
  if (host.many.rules) return host.many.review('reload')
  if (host.stage !== 'stable') return
  if (host.isLegacy) return host.legacy.reconfigured(groups.filter((g) => !old.includes(g)))
  const missing = host
    .groupsOf(host.mine)
    .filter((g) => (g.state === 'stopped' || back.includes(g)) && !host.heldElsewhere(g))
  host.orders.take('added to haresources', missing, [], () => {})
}
