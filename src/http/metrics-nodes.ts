/** The families of /metrics about nodes and links. */
import type { NodeState, NodeView, Snapshot } from '../io.ts'
import { bit, counters, type Family, gauges, oneHot, type Sample } from './exposition.ts'
import { secondsOf, type Times } from './times.ts'

const NODE_STATES: readonly NodeState[] = ['init', 'up', 'active', 'dead', 'ping']

/** Other nodes and the ways to them. */
export function nodeFamilies(nodes: readonly NodeView[], times: Times): Family[] {
  const each = (value: (node: NodeView) => number): Sample[] =>
    nodes.map((node) => ({ labels: { node: node.name }, value: value(node) }))
  const heard = nodes.flatMap(({ name, lastHeardMs }) =>
    lastHeardMs === null ? [] : [{ labels: { node: name }, value: times.wallMs(lastHeardMs) / 1000 }],
  )
  return [
    gauges(
      'hb_node_state',
      'State of a node, 1 for the one it is in.',
      nodes.flatMap((node) => oneHot({ node: node.name }, 'state', NODE_STATES, node.state)),
    ),
    gauges(
      'hb_node_changed_timestamp_seconds',
      'When the state of a node last changed.',
      each((n) => times.wallMs(n.sinceMs) / 1000),
    ),
    gauges('hb_node_last_heard_timestamp_seconds', 'When a node was last heard.', heard),
    gauges(
      'hb_node_deadtime_seconds',
      'Silence after which a node is dead.',
      each((n) => secondsOf(n.deadtimeMs)),
    ),
    counters(
      'hb_node_late_beats_total',
      'Heartbeats that came later than warntime.',
      each((n) => n.lateBeats),
    ),
    counters(
      'hb_node_lost_messages_total',
      'Messages of a node that never came.',
      each((n) => n.lostMessages),
    ),
  ]
}

/** Links as peers are heard over them, and media as this host has them. */
export function linkFamilies(snapshot: Snapshot): Family[] {
  const links = snapshot.nodes.flatMap((node) =>
    node.links.map((link) => ({ labels: { node: node.name, link: link.name }, value: bit(link.state === 'up') })),
  )
  const local = snapshot.localLinks.map((link) => ({ labels: { link: link.name }, value: bit(link.up) }))
  return [
    gauges('hb_link_up', '1 when a node is heard over a link.', links),
    gauges('hb_local_link_up', '1 when the medium works on this host.', local),
  ]
}
