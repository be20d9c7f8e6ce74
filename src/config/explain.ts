/** A configuration in plain words: who holds what, what happens when a node dies and returns, and for how long. */

import { addressAgents } from './address-agents.ts'
import { explainMonitors, seconds } from './explain-monitors.ts'
import type { ClusterConfig, Config, Group } from './types.ts'

export { seconds }

/** Lines of plain text. nodename is the node from whose side it is told. */
export function explain(config: Config, nodename: string): string[] {
  const { cluster } = config
  const told = cluster.nodes.flatMap((node) => [...whenItDies(config, node), ...whenItReturns(cluster, node)])
  return [
    ...whoIsThere(config, nodename),
    '',
    ...whoHoldsWhat(cluster),
    '',
    ...told,
    ...explainMonitors(cluster.monitors ?? []),
    ...otherwise(config),
  ]
}

function whoIsThere(config: Config, nodename: string): string[] {
  const { cluster, media } = config
  const links = media.filter((m) => m.kind !== 'serial').map((m) => `${m.kind} ${m.device}`)
  const pings = cluster.pingNodes.map((p) => p.name)
  return [
    `This node is ${nodename}. The cluster is ${list(cluster.nodes)}.`,
    `They hear each other over ${list([...new Set(links)]) || 'no link'}, every ${seconds(cluster.keepaliveMs)}.`,
    ...(cluster.links.length === 1 ? [`There is one link only: if it is cut, both sides hold everything.`] : []),
    ...(pings.length > 0 ? [`Ping nodes: ${list(pings)}, down after ${seconds(cluster.deadpingMs)} of silence.`] : []),
  ]
}

function whoHoldsWhat(cluster: ClusterConfig): string[] {
  if (cluster.groups.length === 0) return ['There are no resources.']
  const lines = cluster.groups.map((g) => `  ${g.key}: belongs to ${g.owner}; ${start(g)}`)
  return ['Groups of resources, when all nodes are up:', ...lines, ...foreignToHeartbeat(cluster.groups)]
}

const start = (group: Group): string =>
  group.resources.length === 1
    ? 'one resource'
    : `${group.resources.length} resources, started in this order: ${list(group.resources.map((r) => r.text))}`

/** IPv6 addresses that heartbeat's own scripts would tear apart at `::`, or not recognise without a script. */
function foreignToHeartbeat(groups: readonly Group[]): string[] {
  const hard = groups
    .flatMap((g) => g.resources)
    .filter((r) => addressAgents.has(r.script) && r.args[0]!.includes(r.args[0] === r.text ? ':' : '::'))
  return hard.length === 0
    ? []
    : [
        `  A node that still runs heartbeat does not understand ${list(hard.map((r) => r.text))}: write IPv6addr::ADDRESS in full there.`,
      ]
}

/** From the last heartbeat that was heard: the silence that is waited for, and the quarter second between two looks. */
function outage(cluster: ClusterConfig): string {
  const least = Math.max(0, cluster.deadtimeMs - cluster.keepaliveMs)
  return `${seconds(least)} to ${seconds(cluster.deadtimeMs + 250)}`
}

function whenItDies(config: Config, node: string): string[] {
  const { cluster } = config
  const heirs = cluster.nodes.filter((n) => n !== node)
  const groups = cluster.groups.filter((g) => g.owner === node).map((g) => g.key)
  const lines = [`When ${node} dies:`]
  if (heirs.length === 0) return [...lines, '  nobody is there to take over.']
  const who = heirs.length === 1 ? heirs[0]! : `the first of ${list(heirs)} that is alive and fit`
  const held = groups.length > 0 ? `${list(groups)} and whatever else it held` : 'whatever it held'
  const fencing = cluster.fencing ? `resets ${node} and then takes over` : 'takes over'
  lines.push(`  ${who} ${fencing} ${held}.`)
  lines.push(`  Out of service for ${outage(cluster)} and the time that the resources take to start.`)
  if (cluster.fencing) lines.push('  If the reset fails it is tried again, and nothing is taken over meanwhile.')
  return lines
}

function whenItReturns(cluster: ClusterConfig, node: string): string[] {
  const own = list(cluster.groups.filter((g) => g.owner === node).map((g) => g.key))
  if (own === '') return [`When ${node} returns:`, '  it takes nothing: no group belongs to it.', '']
  const stay = `${own} stays where it is until someone runs hb takeover on ${node} or hb standby on ${cluster.nodes.length > 2 ? 'the node that holds it' : 'the other node'}.`
  const back = `${own} goes back to it at once: out of service for the time that stopping and starting take.`
  return [`When ${node} returns:`, `  ${cluster.autoFailback === 'off' ? stay : back}`, '']
}

function otherwise(config: Config): string[] {
  const { cluster, addresses } = config
  const lease = addresses.lease
    ? 'If hb is killed or hangs, the kernel takes its addresses away by itself; its other resources go on running.'
    : 'If hb is killed or hangs, its addresses stay where they are, and the peer brings them up too (lease off).'
  const failed = {
    block: 'the group stays blocked on that node until an operator helps',
    fence: cluster.fencing
      ? 'the peer, if it runs hb, resets that node and takes over'
      : 'the group stays blocked on that node: no device is configured to reset it',
    reboot: 'that node reboots itself',
  }[cluster.stopFailure]
  return [
    'When a node is stopped in order or put on standby:',
    '  the other takes over as soon as everything has been stopped, without waiting for deadtime.',
    `When a node starts and hears nobody:`,
    `  it takes all groups after ${seconds(cluster.initdeadMs)} (initdead).`,
    'When no link works any more:',
    `  each side takes the other for dead${cluster.fencing ? ' and tries to reset it' : ' and holds everything'}.`,
    `When a resource cannot be stopped:`,
    `  ${failed}.`,
    lease,
  ]
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
