/** Nodes, links and ping nodes of a new configuration, taken in by a running membership. */
import type { ClusterConfig } from '../config/types.ts'
import type { Context } from './context.ts'
import type { Membership } from './membership.ts'
import { Peer } from './peer.ts'

export function relink(membership: Membership, ctx: Context, config: ClusterConfig): void {
  const { peers, localLinks } = membership
  renew(membership, ctx, config)
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

/**
 * A node that is no longer named is forgotten; whoever reloads has seen to it that it is dead. A new one counts as dead
 * until it is heard: it comes as a node comes that returns, and nothing is taken from it.
 */
function renew({ peers, outbox }: Membership, ctx: Context, { nodes, deadtimeMs, links }: ClusterConfig): void {
  const names = nodes.filter((name) => name !== ctx.self.name)
  const gone = [...peers.values()].filter((p) => p.kind === 'normal' && !nodes.includes(p.name))
  const added = names.filter((name) => !peers.has(name))
  if (gone.length + added.length === 0) return
  for (const { name, state } of gone) {
    peers.delete(name)
    outbox.history.forget(name)
    ctx.event('node', name, state, 'removed', 'no longer in ha.cf')
  }
  for (const name of added) {
    const peer = new Peer(name, 'normal', deadtimeMs, ctx.random.between(0, 9), ctx.now.ms, links)
    peer.state = 'dead'
    peers.set(name, peer)
    ctx.event('node', name, 'unknown', 'dead', 'new in ha.cf, not heard yet')
  }
  const pings = [...peers].filter(([, p]) => p.kind === 'ping')
  const inOrder = [...names.map((name) => [name, peers.get(name)!] as const), ...pings]
  peers.clear()
  for (const [name, peer] of inOrder) peers.set(name, peer)
}

/** As if it had answered now: it has its deadtime to do so. */
function newPing(name: string, ctx: Context, config: ClusterConfig): Peer {
  const peer = new Peer(name, 'ping', config.deadpingMs, 0, ctx.now.ms, [name])
  peer.lastStatusMs = ctx.now.ms
  return peer
}
