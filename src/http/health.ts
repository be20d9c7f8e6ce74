/** The questions of load balancers and supervisors, each answered by a status code and one line. */
import type { GroupView } from '../io.ts'
import type { AddressFact, StatusSource } from './source.ts'
import { duration, type Times } from './times.ts'
import { oneLine, plural } from './words.ts'

export interface Answer {
  readonly status: 200 | 404 | 503
  /** One line without its end. */
  readonly line: string
}

const yes = (line: string): Answer => ({ status: 200, line: oneLine(line) })
const no = (line: string): Answer => ({ status: 503, line: oneLine(line) })

/** Does the decision loop turn? */
export function livez(source: StatusSource): Answer {
  const health = source.healthy()
  return health.live ? yes('live') : no(`not live: ${health.why || 'the decision loop does not turn'}`)
}

/** Is this node active, settled and well? */
export function readyz(source: StatusSource): Answer {
  const health = source.healthy()
  const { phase, stable, standby } = source.snapshot()
  if (!health.live) return no(`not ready: ${health.why || 'the decision loop does not turn'}`)
  if (phase !== 'active') return no(`not ready: the daemon is ${phase}`)
  if (!stable) return no(`not ready: ${standby === 'no' ? 'resources are in transition' : `${standby} resources`}`)
  return health.ready ? yes('ready') : no(`not ready: ${health.why || 'no reason given'}`)
}

/** Does this node hold at least one group, and every group that it means to hold? */
export function holder(source: StatusSource, times: Times): Answer {
  const { node, groups } = source.snapshot()
  const facts = source.addresses()
  const missing = groups.find((group) => group.wanted && !holds(group, node, facts))
  if (missing !== undefined) return no(`${node} means to hold ${missing.key}: ${trouble(missing, facts)}`)
  const held = groups.filter((group) => holds(group, node, facts))
  const first = held[0]
  if (first === undefined) return no(`${node} holds no group`)
  const { secondsAgo } = times.since(Math.max(...held.map((group) => group.sinceMs)))
  const names = held.length === 1 ? first.key : plural(held.length, 'group')
  return yes(`${node} holds ${names} since ${duration(secondsAgo)}`)
}

function holds(group: GroupView, node: string, facts: readonly AddressFact[]): boolean {
  return group.state === 'held' && group.holder === node && absent(group, facts) === undefined
}

const absent = (group: GroupView, facts: readonly AddressFact[]) =>
  facts.find((fact) => fact.group === group.key && fact.wanted && !fact.held)

function trouble(group: GroupView, facts: readonly AddressFact[]): string {
  const gone = absent(group, facts)
  return group.state === 'held' && gone !== undefined ? `${gone.address} is not on its interface` : group.state
}

/** Is this address on this host? */
export function holderOf(source: StatusSource, wanted: string): Answer {
  const facts = source.addresses()
  const same = facts.filter((fact) => canonical(fact.address) === canonical(wanted))
  const fact = same.find((one) => one.held) ?? same[0]
  if (fact === undefined) {
    const known = facts.length === 0 ? 'none is' : `known: ${[...new Set(facts.map((f) => f.address))].join(', ')}`
    return { status: 404, line: oneLine(`no such address in the configuration; ${known}`) }
  }
  const { node, groups } = source.snapshot()
  if (fact.held) return yes(`${fact.address} is on ${node}${fact.device ? ` (${fact.device})` : ''}`)
  const elsewhere = groups.find((group) => group.key === fact.group)?.holder ?? null
  const where = elsewhere === null || elsewhere === node ? '' : `; ${elsewhere} is believed to hold it`
  return no(`${fact.address} is not on ${node}${where}`)
}

/** Without prefix length, IPv6 in its one short form; anything else in lower case. */
export function canonical(address: string): string {
  const bare = address.split('/', 1)[0]!.toLowerCase()
  if (!bare.includes(':')) return bare
  try {
    return new URL(`http://[${bare}]/`).hostname.slice(1, -1)
  } catch {
    return bare
  }
}
