/** Links and ping nodes of a new configuration, taken in by a running membership. The nodes themselves stay. */
import type { ClusterConfig } from '../config/types.ts'
import type { Context } from './context.ts'
import type { Membership } from './membership.ts'
import { Peer } from './peer.ts'

export function relink(membership: Membership, ctx: Context, config: ClusterConfig): void {
  const { peers, localLinks } = membership
  for (const link of config.links) {
    if (!localLinks.has(link)) localLinks.set(link, { up: false, detail: 'not opened yet' })
  }
  for (const link of [...localLinks.keys()]) if (!config.links.includes(link)) localLinks.delete(link)
  for (const peer of membership.others()) {
    for (const link of config.links) if (!peer.links.has(link)) peer.links.set(link, { state: 'dead', lastMs: null })
    for (const link of [...peer.links.keys()]) if (!config.links.includes(link)) peer.links.delete(link)
    if (!peer.heard) peer.deadtimeMs = config.deadtimeMs
  }
  const pings = config.pingNodes.map((p) => p.name)
  for (const peer of [...peers.values()])
    if (peer.kind === 'ping' && !pings.includes(peer.name)) peers.delete(peer.name)
  for (const name of pings) {
    const known = peers.get(name)
    if (known === undefined) peers.set(name, newPing(name, ctx, config))
    else known.deadtimeMs = config.deadpingMs
  }
  const beat = ctx.timers.at('beat')
  if (beat !== undefined) ctx.timers.arm('beat', Math.min(beat, ctx.now.ms + config.keepaliveMs))
}

/** As if it had answered now: it has its deadtime to do so. */
function newPing(name: string, ctx: Context, config: ClusterConfig): Peer {
  const peer = new Peer(name, 'ping', config.deadpingMs, 0, ctx.now.ms, [name])
  peer.lastStatusMs = ctx.now.ms
  return peer
}
