/** The state of a node for people, in 80 columns: what is wrong first, then who holds what, then the rest. */
import type { StatusDocument } from '../http/status.ts'
import { duration } from '../http/times.ts'
import { oneLine } from '../http/words.ts'
import { columns, wrap } from './wrap.ts'

type Group = StatusDocument['groups'][number]
type Address = Group['addresses'][number]
type Node = StatusDocument['nodes'][number]
type Link = StatusDocument['links'][number]
type Transition = StatusDocument['events'][number]

const EVENTS_SHOWN = 8

/** The whole page. */
export function statusText(status: StatusDocument): string {
  const parts = [
    warnings(status),
    `${wrap(status.summary)}\n${wrap(about(status))}`,
    section(
      'Groups',
      status.groups.map((group) => groupText(group, status)),
    ),
    section('Nodes', [columns(status.nodes.map(nodeRow), 2, 20)]),
    section('Links of this node', [columns(status.links.map(linkRow), 2, 20)]),
    section('Last transitions', transitions(status.events.slice(-EVENTS_SHOWN))),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function warnings({ warnings, health }: StatusDocument): string {
  const all = health.why === '' || warnings.includes(health.why) ? warnings : [health.why, ...warnings]
  return all.map((warning) => wrap(oneLine(warning), 'WARNING: ')).join('\n')
}

function about(status: StatusDocument): string {
  const { node, hb, started, generation, phase, standby, autoFailback } = status
  const handover = standby === 'no' ? '' : `, ${standby} groups in a handover`
  const settled = status.stable ? '' : ', not settled'
  const since = duration(started.secondsAgo)
  return `Node ${node}: ${phase}${settled}${handover}; hb ${hb}, running for ${since}, generation ${generation}, auto_failback ${autoFailback}.`
}

function section(title: string, entries: readonly string[]): string {
  return entries.join('') === '' ? '' : `${title}\n${entries.join('\n')}`
}

function groupText(group: Group, { node }: StatusDocument): string {
  const lines = [
    wrap(group.group, '  '),
    wrap(`${holding(group, node)} for ${duration(group.since.secondsAgo)}${because(group.cause)}`, '    '),
    wrap(`belongs to ${group.owner}${wantedWords(group)}`, '    '),
    ...group.addresses.filter(concernsUs).map((address) => wrap(addressText(address), '    ')),
    ...(group.maintenance ? ['    in maintenance: left alone, whatever happens'] : []),
    ...(group.trouble == null ? [] : [wrap(group.trouble, '    trouble: ', 6)]),
    ...(group.monitors ?? []).filter((m) => m.state !== 'resting').map(monitorText),
    ...group.resources.flatMap((resource) => failedResource(resource)),
  ]
  return lines.join('\n')
}

function monitorText({ resource, via, state, failures, fail, detail }: Group['monitors'][number]): string {
  const how = state === 'failing' ? `failing, ${failures} in a row (${fail} count): ${oneLine(detail)}` : state
  return wrap(`monitor of ${resource} via ${via}: ${how}`, '    ', 6)
}

function holding(group: Group, node: string): string {
  const { holder, state } = group
  if (holder === node) return state === 'held' ? `held by ${node} (this node)` : `${state} on ${node} (this node)`
  const here = state === 'stopped' ? '' : `, ${state} here`
  return `${holder === null ? 'held by nobody known' : `held by ${holder}`}${here}`
}

function wantedWords({ wanted, state }: Group): string {
  const held = state === 'held'
  if (wanted === held) return ''
  return wanted ? '; wanted here, and not held' : '; held here, and not wanted'
}

function addressText({ address, wanted, held, announced, device, label }: Address): string {
  const where = label || device
  const facts = [`wanted ${yes(wanted)}`, `held ${yes(held)}`, `announced ${yes(announced)}`]
  return `${address}${where ? ` on ${where}` : ''}: ${facts.join(', ')}`
}

const concernsUs = ({ wanted, held, announced }: Address) => wanted || held || announced

const yes = (fact: boolean) => (fact ? 'yes' : 'no')

function failedResource({ resource, state, last }: Group['resources'][number]): string[] {
  if (last === null || (state !== 'failed' && last.outcome !== 'failed' && last.outcome !== 'timeout')) return []
  const code = last.code === null ? '' : `, exit ${last.code}`
  const said = last.detail === '' ? '' : `: ${oneLine(last.detail)}`
  const when = `${duration(last.ended.secondsAgo)} ago`
  return [wrap(`${resource}: ${last.op} ${last.outcome}${code} ${when}${said}`, '    ', 6)]
}

function nodeRow(node: Node): [string, string] {
  const { local, stateWords, software, lastHeard, links, since, kind } = node
  const facts = [
    `${stateWords} for ${duration(since.secondsAgo)}`,
    ...(local ? ['this node'] : []),
    ...(kind === 'ping' ? ['ping node'] : []),
    ...(software === '' ? [] : [software]),
    ...(local ? [] : [lastHeard === null ? 'never heard' : `last heard ${duration(lastHeard.secondsAgo)} ago`]),
    ...(links.length === 0 ? [] : [`links: ${links.map((link) => `${link.name} ${link.state}`).join(' ')}`]),
  ]
  return [node.node, facts.join(', ')]
}

function linkRow({ name, state, detail }: Link): [string, string] {
  return [name, `${state}${detail === '' ? '' : ` (${oneLine(detail)})`}`]
}

function transitions(events: readonly Transition[]): string[] {
  return events.toReversed().map((event) => {
    const { subject, name, from, to, cause, secondsAgo } = event
    const change = from === '' ? to : `${from} -> ${to}`
    return wrap(`${subject} ${name}: ${change}${because(cause)}`, `  ${duration(secondsAgo)} ago  `, 4)
  })
}

const because = (cause: string) => (cause === '' ? '' : `: ${oneLine(cause)}`)
