/** A hand-made cluster of two nodes, two groups and a ping node, at a fixed moment. */

import type { AddressFact, Health, StatusSource } from '../../src/http/source.ts'
import type { Event, GroupView, NodeView, Snapshot } from '../../src/io.ts'

/** Monotonic now, and 2026-01-31T12:00:00Z. */
export const NOW_MS = 1_000_000
export const WALL_MS = Date.UTC(2026, 0, 31, 12, 0, 0)

export function node(over: Partial<NodeView> = {}): NodeView {
  return {
    name: 'alpha',
    kind: 'normal',
    local: true,
    state: 'active',
    hb: true,
    uuid: '0b0b0b0b-0000-4000-8000-000000000001',
    generation: 7,
    deadtimeMs: 10_000,
    lastHeardMs: NOW_MS - 200,
    lateBeats: 0,
    lostMessages: 0,
    sinceMs: NOW_MS - 600_000,
    claim: 'local',
    links: [],
    ...over,
  }
}

export const peer = (over: Partial<NodeView> = {}): NodeView =>
  node({
    name: 'beta',
    local: false,
    hb: false,
    uuid: '',
    generation: 3,
    lateBeats: 2,
    lostMessages: 5,
    links: [
      { name: 'eth0', state: 'up', lastHeardMs: NOW_MS - 200 },
      { name: 'eth1', state: 'dead', lastHeardMs: null },
    ],
    ...over,
  })

export const pingNode = (over: Partial<NodeView> = {}): NodeView =>
  node({ name: '10.0.0.254', kind: 'ping', local: false, hb: false, state: 'ping', claim: null, uuid: '', ...over })

export function group(over: Partial<GroupView> = {}): GroupView {
  return {
    key: '10.0.0.1',
    owner: 'alpha',
    wanted: true,
    state: 'held',
    holder: 'alpha',
    sinceMs: NOW_MS - 200_000,
    cause: 'node beta is dead',
    monitors: [
      {
        resource: 'apache',
        via: 'tcp 127.0.0.1:80',
        state: 'well',
        failures: 0,
        fail: 3,
        lastMs: 9_000,
        detail: '',
      },
    ],
    resources: [
      {
        text: '10.0.0.1',
        state: 'running',
        last: { op: 'start', outcome: 'ok', code: 0, detail: '', atMs: NOW_MS - 200_000, tookMs: 12 },
      },
      { text: 'apache::/etc/apache.conf', state: 'unknown', last: null },
    ],
    ...over,
  }
}

export const otherGroup = (over: Partial<GroupView> = {}): GroupView =>
  group({
    key: '10.0.0.2/24/eth0',
    owner: 'beta',
    wanted: false,
    state: 'stopped',
    holder: 'beta',
    cause: '',
    resources: [],
    ...over,
  })

export function address(over: Partial<AddressFact> = {}): AddressFact {
  return {
    address: '10.0.0.1',
    group: '10.0.0.1',
    wanted: true,
    held: true,
    announced: true,
    leaseSecondsLeft: 8,
    device: 'eth0',
    label: 'eth0:0',
    ...over,
  }
}

export const otherAddress = (over: Partial<AddressFact> = {}): AddressFact =>
  address({
    address: '10.0.0.2',
    group: '10.0.0.2/24/eth0',
    wanted: false,
    held: false,
    announced: false,
    leaseSecondsLeft: null,
    device: '',
    label: '',
    ...over,
  })

/** A transition that happened so many seconds ago. */
export const event = (secondsAgo: number, over: Partial<Event> = {}): Event => ({
  atMs: NOW_MS - secondsAgo * 1000,
  wallS: WALL_MS / 1000 - secondsAgo,
  subject: 'node',
  name: 'beta',
  from: 'active',
  to: 'dead',
  cause: 'silent for 10.2 s',
  ...over,
})

export function snapshot(over: Partial<Snapshot> = {}): Snapshot {
  return {
    node: 'alpha',
    uuid: '0b0b0b0b-0000-4000-8000-000000000001',
    generation: 7,
    phase: 'active',
    stable: true,
    claim: 'local',
    otherClaim: 'local',
    standby: 'no',
    autoFailback: 'on',
    startedMs: NOW_MS - 900_000,
    nodes: [node(), peer(), pingNode()],
    localLinks: [
      { name: 'eth0', up: true, detail: '' },
      { name: 'eth1', up: false, detail: 'no such interface' },
    ],
    groups: [group(), otherGroup()],
    counters: { rexmitSent: 4, conflicts: 1 },
    events: [
      event(210),
      event(200, { subject: 'group', name: '10.0.0.1', from: 'stopped', to: 'held', cause: 'node beta is dead' }),
    ],
    warnings: [],
    ...over,
  }
}

export interface SourceParts {
  snapshot?: Partial<Snapshot>
  addresses?: readonly AddressFact[]
  refusals?: Record<string, number>
  health?: Partial<Health>
  clock?: { ms: number; wallMs: number }
}

export function source(parts: SourceParts = {}): StatusSource {
  return {
    snapshot: () => snapshot(parts.snapshot),
    clock: () => parts.clock ?? { ms: NOW_MS, wallMs: WALL_MS },
    addresses: () => parts.addresses ?? [address(), otherAddress()],
    version: '0.1.0',
    refusals: () => parts.refusals ?? { 'bad-signature': 12, 'unknown-node': 0 },
    healthy: () => ({ live: true, ready: true, why: '', ...parts.health }),
    lateness: () => ({ lastMs: 1.5, maxMs: 40 }),
  }
}
