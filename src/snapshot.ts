import type { Peer } from './cluster/peer.ts'
import type { Engine } from './engine.ts'
import type { NodeView, Snapshot } from './io.ts'
import { claimWord } from './resources/claims.ts'
import type { GroupRecord } from './resources/group.ts'
import type { ResourceManager } from './resources/manager.ts'

/** The state of the core, for looking at; a copy that nobody can change it by. */
export function snapshot(engine: Engine): Snapshot {
  const { ctx, membership, resources } = engine
  return {
    node: ctx.self.name,
    uuid: uuidText(ctx.self.uuid),
    generation: membership.outbox.generation,
    phase: phase(engine),
    stable:
      resources.settled &&
      !resources.fencing.pending &&
      (resources.other.stable || membership.liveOthers().length === 0 || resources.isLegacy),
    claim: claimWord(resources.mine),
    otherClaim: claimWord(resources.other),
    standby: resources.standby.role,
    autoFailback: ctx.config.autoFailback,
    startedMs: engine.startedMs,
    nodes: ctx.config.nodes
      .map((name) => (name === ctx.self.name ? self(engine) : peerView(engine, membership.peers.get(name)!)))
      .concat(ctx.config.pingNodes.map((p) => peerView(engine, membership.peers.get(p.name)!))),
    localLinks: [...membership.localLinks].map(([name, l]) => ({ name, ...l })),
    groups: resources.groups.map((g) => ({
      key: g.key,
      owner: g.config.owner,
      wanted: g.wanted,
      state: g.state,
      holder: resources.holderOf(g),
      sinceMs: g.sinceMs,
      cause: g.cause,
      trouble: troubleOf(resources, g),
      maintenance: resources.maintenance.covers(g),
      monitors: resources.monitors.views(g),
      resources: g.views(),
    })),
    counters: { ...ctx.counters },
    events: [...ctx.events],
    warnings: warnings(engine),
  }
}

function phase({ membership, resources, started }: Engine): Snapshot['phase'] {
  if (resources.shutdown.over) return 'stopped'
  if (resources.shutdown.asked) return 'stopping'
  if (!started) return 'starting'
  return membership.state === 'active' ? 'active' : 'joining'
}

function self({ ctx, membership, resources, startedMs }: Engine): NodeView {
  return {
    name: ctx.self.name,
    kind: 'normal',
    local: true,
    state: membership.state,
    hb: true,
    uuid: uuidText(ctx.self.uuid),
    generation: membership.outbox.generation,
    deadtimeMs: ctx.config.deadtimeMs,
    lastHeardMs: membership.lastBeatMs,
    lateBeats: 0,
    lostMessages: 0,
    sinceMs: startedMs,
    claim: resources.isLegacy ? null : claimWord(resources.mine),
    links: [...membership.localLinks].map(([name, l]) => ({ name, state: l.up ? 'up' : 'dead', lastHeardMs: null })),
  }
}

function peerView({ resources }: Engine, peer: Peer): NodeView {
  return {
    name: peer.name,
    kind: peer.kind,
    local: false,
    state: peer.state,
    hb: peer.hb !== null,
    uuid: peer.uuid === null ? '' : uuidText(peer.uuid),
    generation: peer.generation,
    deadtimeMs: peer.deadtimeMs,
    lastHeardMs: peer.lastStatusMs,
    lateBeats: peer.lateBeats,
    lostMessages: peer.lostMessages,
    sinceMs: peer.sinceMs,
    claim: resources.claimOf(peer),
    links: peer.linkViews(),
  }
}

function troubleOf({ failover, unserved }: ResourceManager, group: GroupRecord): string | null {
  return failover.words(group) ?? unserved.words(group)
}

/** What an operator has to know, in whole sentences. */
function warnings(engine: Engine): string[] {
  const { ctx, membership, resources } = engine
  const texts: string[] = []
  if (membership.joining.waitingFor !== null) {
    texts.push(
      `waiting for ${membership.joining.waitingFor} to answer with its list of nodes; does its ha.cf name ${ctx.self.name}?`,
    )
  }
  texts.push(...resources.fencing.words())
  if (resources.many.rules) texts.push(...resources.many.words())
  for (const g of resources.groups) {
    if (g.state === 'stop-failed') {
      const then = resources.fencing.stuckWords(g, null)
      texts.push(`group ${g.key} could not be stopped and is taken nowhere else: ${g.cause}${then}`)
    }
    const trouble = troubleOf(resources, g)
    if (trouble !== null) texts.push(`group ${g.key}: ${trouble}`)
    if (resources.maintenance.covers(g)) {
      texts.push(`group ${g.key} is in maintenance: not started, stopped, monitored or moved until hb maintenance off`)
    }
    for (const p of membership.liveOthers()) {
      if (p.hb?.sum === ctx.config.haresourcesSum && p.hb.stuck.includes(g.index))
        texts.push(
          `group ${g.key} could not be stopped on ${p.name} and is taken nowhere else${resources.fencing.stuckWords(g, p)}`,
        )
    }
  }
  for (const p of membership.liveOthers()) {
    if (resources.many.rules && p.hb === null && p.state === 'active')
      texts.push(
        `${p.name} runs heartbeat, whose rules for groups are made for two nodes: it may start what runs elsewhere; put hb in its place`,
      )
  }
  for (const p of membership.others()) {
    if (p.hb !== null && p.hb.sum !== ctx.config.haresourcesSum) texts.push(`haresources differs on ${p.name}`)
    const links = [...p.links.values()]
    if (p.alive && links.filter((l) => l.state === 'up').length === 1) {
      texts.push(
        links.length === 1
          ? `only one link leads to ${p.name}: when it fails, both nodes take everything`
          : `only one of ${links.length} links to ${p.name} works`,
      )
    }
  }
  if (ctx.config.deadtimeMs < 2000) {
    texts.push(
      'deadtime is under 2 s: the address of a killed daemon may overlap the other node’s for up to a second (kernel leases count whole seconds)',
    )
  }
  return texts
}

export function uuidText(uuid: Uint8Array): string {
  const hex = [...uuid].map((b) => b.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
