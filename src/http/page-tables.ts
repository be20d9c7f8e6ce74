/** The tables of the page. */
import { html } from 'hono/html'
import { ago, chip, type Html, type Mood, name, none, part, table } from './page-parts.ts'
import type { StatusDocument } from './status.ts'

type Group = StatusDocument['groups'][number]
type Node = StatusDocument['nodes'][number]

const GROUP_MOODS: Record<Group['state'], Mood> = {
  held: 'good',
  stopped: 'calm',
  starting: 'warn',
  stopping: 'warn',
  failed: 'bad',
  'stop-failed': 'bad',
}

const NODE_MOODS: Record<Node['state'], Mood> = { active: 'good', ping: 'good', up: 'warn', init: 'warn', dead: 'bad' }

/** Who holds what, since when, why. */
export function groupTable({ groups, node }: StatusDocument): Html {
  const row = (group: Group) => [
    name(group.group),
    group.holder === null ? chip('bad', 'nobody') : name(group.holder),
    chip(GROUP_MOODS[group.state], group.state),
    html`${ago(group.since)}${group.cause === '' ? '' : html`<br>${name(group.cause)}`}${group.maintenance ? html`<br>${chip('warn', 'in maintenance')}` : ''}${group.trouble === null ? '' : html`<br>${chip('bad', 'trouble')} ${name(group.trouble)}`}`,
    html`${group.addresses.map(addressPart)}${group.resources.map(resourcePart)}`,
  ]
  const columns = ['Group', 'Held by', `On ${node}`, 'Since, why', 'Addresses, resources']
  return table('Groups of resources and the node that holds each', columns, groups.map(row))
}

function addressPart(address: Group['addresses'][number]): Html {
  const { wanted, held, announced, device, leaseSecondsLeft } = address
  const state = (): Html => {
    if (wanted && held) return announced ? chip('good', 'held, announced') : chip('warn', 'held, not announced')
    if (wanted) return chip('bad', 'wanted, not held')
    return held ? chip('bad', 'held, not wanted') : chip('calm', 'not here')
  }
  const where =
    held && device !== '' ? html` <span class="faint">on ${device}${leaseSecondsLeft === null ? '' : ','}</span>` : ''
  const lease = held && leaseSecondsLeft !== null ? html` <span class="faint">lease ${leaseSecondsLeft} s</span>` : ''
  return part(html`${state()} ${name(address.address)}${where}${lease}`)
}

function resourcePart({ resource, state, last }: Group['resources'][number]): Html {
  const mood: Mood = state === 'running' ? 'good' : state === 'failed' ? 'bad' : 'calm'
  const bad = last !== null && (last.outcome === 'failed' || last.outcome === 'timeout' || last.outcome === 'missing')
  const code = last === null || last.code === null ? '' : ` (exit code ${last.code})`
  const detail = bad
    ? html`<br><span>${last.op} ${last.outcome === 'timeout' ? 'timed out' : 'failed'}${code}: ${name(last.detail)}</span>`
    : ''
  return part(html`${chip(mood, state)} ${name(resource)}${detail}`)
}

/** Every node, ping nodes included, with its links. */
export function nodeTable({ nodes }: StatusDocument): Html {
  const row = (node: Node) => [
    html`${name(node.node)}${node.local ? html` <span class="faint">this node</span>` : ''}`,
    chip(NODE_MOODS[node.state], node.stateWords),
    ago(node.since),
    node.local ? none('here') : node.lastHeard === null ? none('never') : ago(node.lastHeard),
    node.links.length === 0 ? none() : html`${node.links.map(linkPart)}`,
    node.kind === 'ping' ? none('ping node') : html`${node.software || 'not known'}`,
  ]
  return table('Nodes and how they are heard', ['Node', 'State', 'Since', 'Heard', 'Links', 'Runs'], nodes.map(row))
}

const linkPart = (link: Node['links'][number]): Html =>
  part(html`${chip(link.state === 'up' ? 'good' : 'bad', link.state)} ${name(link.name)}`)

/** The media of this host. */
export function linkTable({ links }: StatusDocument): Html {
  const row = (link: StatusDocument['links'][number]) => [
    name(link.name),
    chip(link.state === 'up' ? 'good' : 'bad', link.state),
    link.detail === '' ? none('nothing to remark') : name(link.detail),
  ]
  return table('Interfaces and media of this host', ['Link', 'State', 'Remark'], links.map(row))
}

/** The newest first. */
export function eventTable({ events }: StatusDocument): Html {
  const row = (event: StatusDocument['events'][number]) => [
    ago(event),
    html`${event.subject} ${name(event.name)}`,
    html`${event.from === '' ? '' : html`${name(event.from)} to `}${name(event.to)}`,
    name(event.cause),
  ]
  return table('Last transitions, the newest first', ['When', 'What', 'Change', 'Why'], events.toReversed().map(row))
}
