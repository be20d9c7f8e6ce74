/** The document at /status. docs/status.md describes every member; a change of meaning raises its version. */
import type { Event, GroupView, MonitorView, NodeView, ResourceView, Snapshot } from '../io.ts'
import type { AddressFact, StatusSource } from './source.ts'
import { secondsOf, type Times } from './times.ts'
import { claimWords, nodeStateWords, software, summary } from './words.ts'

export const STATUS_VERSION = 1
const EVENTS_MAX = 20

export type StatusDocument = ReturnType<typeof statusDocument>

/** Everything an operator may ask, ready for JSON. */
export function statusDocument(source: StatusSource, times: Times) {
  const snapshot = source.snapshot()
  const addresses = source.addresses()
  const late = source.lateness()
  return {
    version: STATUS_VERSION,
    hb: source.version,
    generated: times.now,
    node: snapshot.node,
    uuid: snapshot.uuid,
    generation: snapshot.generation,
    started: times.since(snapshot.startedMs),
    summary: summary(snapshot),
    phase: snapshot.phase,
    stable: snapshot.stable,
    ...claims(snapshot),
    health: source.healthy(),
    lateness: { lastSeconds: secondsOf(late.lastMs), maxSeconds: secondsOf(late.maxMs) },
    warnings: snapshot.warnings,
    groups: snapshot.groups.map((group) => groupDocument(group, addresses, times)),
    nodes: snapshot.nodes.map((node) => nodeDocument(node, times)),
    links: snapshot.localLinks.map((link) => ({
      name: link.name,
      state: link.up ? 'up' : 'down',
      detail: link.detail,
    })),
    counters: { ...snapshot.counters },
    refusals: { ...source.refusals() },
    events: snapshot.events.slice(-EVENTS_MAX).map((event) => eventDocument(event, times)),
  }
}

function claims(snapshot: Snapshot) {
  return {
    claim: snapshot.claim,
    claimWords: claimWords(snapshot.claim),
    otherClaim: snapshot.otherClaim,
    otherClaimWords: claimWords(snapshot.otherClaim),
    standby: snapshot.standby,
    autoFailback: snapshot.autoFailback,
  }
}

function groupDocument(group: GroupView, addresses: readonly AddressFact[], times: Times) {
  return {
    group: group.key,
    owner: group.owner,
    wanted: group.wanted,
    state: group.state,
    holder: group.holder,
    since: times.since(group.sinceMs),
    cause: group.cause,
    trouble: group.trouble ?? null,
    maintenance: group.maintenance ?? false,
    monitors: (group.monitors ?? []).map((monitor) => monitorDocument(monitor, times)),
    addresses: addresses.filter((fact) => fact.group === group.key).map(({ group: _, ...fact }) => fact),
    resources: group.resources.map((resource) => resourceDocument(resource, times)),
  }
}

function resourceDocument({ text, state, last }: ResourceView, times: Times) {
  if (last === null) return { resource: text, state, last: null }
  const { op, outcome, code, detail, atMs, tookMs } = last
  return {
    resource: text,
    state,
    last: { op, outcome, code, detail, ended: times.since(atMs), tookSeconds: secondsOf(tookMs) },
  }
}

function monitorDocument({ resource, via, state, failures, fail, lastMs, detail }: MonitorView, times: Times) {
  return { resource, via, state, failures, fail, detail, last: times.sinceOrNull(lastMs) }
}

function nodeDocument(node: NodeView, times: Times) {
  return {
    node: node.name,
    kind: node.kind,
    local: node.local,
    state: node.state,
    stateWords: nodeStateWords(node.state),
    since: times.since(node.sinceMs),
    software: software(node),
    uuid: node.uuid,
    generation: node.generation,
    deadtimeSeconds: secondsOf(node.deadtimeMs),
    lastHeard: times.sinceOrNull(node.lastHeardMs),
    lateBeats: node.lateBeats,
    lostMessages: node.lostMessages,
    claim: node.claim,
    claimWords: node.claim === null ? null : claimWords(node.claim),
    links: node.links.map((link) => ({
      name: link.name,
      state: link.state,
      lastHeard: times.sinceOrNull(link.lastHeardMs),
    })),
  }
}

/** One transition. */
export function eventDocument(event: Event, times: Times) {
  const { subject, name, from, to, cause } = event
  return { ...times.recorded(event.atMs, event.wallS), subject, name, from, to, cause }
}
