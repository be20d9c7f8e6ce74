/** The families of /metrics about groups, resources and addresses. */
import type { GroupState, GroupView, ResourceView, Snapshot } from '../io.ts'
import { bit, type Family, gauges, oneHot, type Sample } from './exposition.ts'
import type { AddressFact } from './source.ts'
import { secondsOf, type Times } from './times.ts'

const GROUP_STATES: readonly GroupState[] = ['stopped', 'starting', 'held', 'stopping', 'failed', 'stop-failed']
const MONITOR_STATES: readonly NonNullable<GroupView['monitors']>[number]['state'][] = [
  'resting',
  'waiting',
  'well',
  'failing',
]
const RESOURCE_STATES: readonly ResourceView['state'][] = ['unknown', 'running', 'stopped', 'failed']

/** Groups and the resources in them. */
export function groupFamilies({ groups, nodes }: Snapshot, times: Times): Family[] {
  const each = (value: (group: GroupView) => number): Sample[] =>
    groups.map((group) => ({ labels: { group: group.key }, value: value(group) }))
  const names = nodes.filter((node) => node.kind === 'normal').map((node) => node.name)
  return [
    gauges(
      'hb_group_state',
      'State of a group on this node, 1 for the one it is in.',
      groups.flatMap((g) => oneHot({ group: g.key }, 'state', GROUP_STATES, g.state)),
    ),
    gauges(
      'hb_group_wanted',
      '1 when this node means to hold the group.',
      each((g) => bit(g.wanted)),
    ),
    gauges(
      'hb_group_holder',
      '1 for the node believed to hold the group.',
      groups.flatMap((g) => oneHot({ group: g.key }, 'node', names, g.holder ?? '')),
    ),
    gauges(
      'hb_group_changed_timestamp_seconds',
      'When the state of a group last changed.',
      each((g) => times.wallMs(g.sinceMs) / 1000),
    ),
    gauges(
      'hb_group_maintenance',
      '1 while the group is in maintenance.',
      each((g) => bit(g.maintenance === true)),
    ),
    gauges(
      'hb_group_trouble',
      '1 while the group has failed here and is not cleared, or another node claims it and nobody serves it.',
      each((g) => bit((g.trouble ?? null) !== null)),
    ),
    ...monitorFamilies(groups),
    ...resourceFamilies(groups),
  ]
}

function monitorFamilies(groups: readonly GroupView[]): Family[] {
  const monitors = groups.flatMap((g) =>
    (g.monitors ?? []).map((m) => ({ labels: { group: g.key, resource: m.resource, via: m.via }, ...m })),
  )
  return [
    gauges(
      'hb_monitor_state',
      'State of a monitor on this node, 1 for the one it is in.',
      monitors.flatMap((m) => oneHot(m.labels, 'state', MONITOR_STATES, m.state)),
    ),
    gauges(
      'hb_monitor_failures',
      'Failures of a monitor in a row.',
      monitors.map(({ labels, failures }) => ({ labels, value: failures })),
    ),
  ]
}

function resourceFamilies(groups: readonly GroupView[]): Family[] {
  const resources = groups.flatMap((g) =>
    g.resources.map((r) => ({ labels: { group: g.key, resource: r.text }, state: r.state, last: r.last })),
  )
  return [
    gauges(
      'hb_resource_state',
      'State of a resource on this node, 1 for the one it is in.',
      resources.flatMap((r) => oneHot(r.labels, 'state', RESOURCE_STATES, r.state)),
    ),
    gauges(
      'hb_resource_last_operation_duration_seconds',
      'How long the last operation on a resource took.',
      resources.flatMap((r) => (r.last === null ? [] : [{ labels: r.labels, value: secondsOf(r.last.tookMs) }])),
    ),
  ]
}

/** Addresses: wanted, held and announced are three things. */
export function addressFamilies(facts: readonly AddressFact[]): Family[] {
  const each = (value: (fact: AddressFact) => number): Sample[] =>
    facts.map((fact) => ({ labels: { group: fact.group, address: fact.address }, value: value(fact) }))
  const leases = facts.flatMap(({ group, address, leaseSecondsLeft }) =>
    leaseSecondsLeft === null ? [] : [{ labels: { group, address }, value: leaseSecondsLeft }],
  )
  return [
    gauges(
      'hb_resource_wanted',
      '1 when this node means to hold the address.',
      each((f) => bit(f.wanted)),
    ),
    gauges(
      'hb_resource_held',
      '1 when the address is on an interface of this host.',
      each((f) => bit(f.held)),
    ),
    gauges(
      'hb_resource_announced',
      '1 when the address was announced since it was taken.',
      each((f) => bit(f.announced)),
    ),
    gauges('hb_resource_lease_remaining_seconds', 'Until the kernel takes the address away by itself.', leases),
  ]
}
