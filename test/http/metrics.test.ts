import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { exposition } from '../../src/http/exposition.ts'
import { counterName, metricFamilies } from '../../src/http/metrics.ts'
import { createCalendar } from '../../src/http/times.ts'
import { checkExposition } from './exposition-check.ts'
import { address, event, group, node, peer, type SourceParts, source, WALL_MS } from './fixture.ts'

const scrape = (parts: SourceParts = {}) => {
  const from = source(parts)
  return exposition(metricFamilies(from, createCalendar()(from.clock())))
}

const GOLDEN = `
hb_build_info{version="0.1.0"} 1
hb_start_time_seconds 1769859900
hb_phase{phase="active"} 1
hb_phase{phase="joining"} 0
hb_stable 1
hb_live 1
hb_ready 1
hb_claim{claim="local"} 1
hb_generation 7
hb_warnings 0
hb_loop_lateness_seconds 0.0015
hb_loop_lateness_max_seconds 0.04
hb_last_failover_timestamp_seconds 1769860600
hb_node_state{node="beta",state="active"} 1
hb_node_state{node="beta",state="dead"} 0
hb_node_state{node="10.0.0.254",state="ping"} 1
hb_node_changed_timestamp_seconds{node="beta"} 1769860200
hb_node_last_heard_timestamp_seconds{node="beta"} 1769860799.8
hb_node_deadtime_seconds{node="beta"} 10
hb_node_late_beats_total{node="beta"} 2
hb_node_lost_messages_total{node="beta"} 5
hb_link_up{node="beta",link="eth0"} 1
hb_link_up{node="beta",link="eth1"} 0
hb_local_link_up{link="eth1"} 0
hb_group_state{group="10.0.0.1",state="held"} 1
hb_group_state{group="10.0.0.1",state="stopped"} 0
hb_group_wanted{group="10.0.0.2/24/eth0"} 0
hb_group_holder{group="10.0.0.2/24/eth0",node="alpha"} 0
hb_group_holder{group="10.0.0.2/24/eth0",node="beta"} 1
hb_group_changed_timestamp_seconds{group="10.0.0.1"} 1769860600
hb_resource_state{group="10.0.0.1",resource="apache::/etc/apache.conf",state="unknown"} 1
hb_resource_last_operation_duration_seconds{group="10.0.0.1",resource="10.0.0.1"} 0.012
hb_resource_wanted{group="10.0.0.1",address="10.0.0.1"} 1
hb_resource_held{group="10.0.0.1",address="10.0.0.1"} 1
hb_resource_held{group="10.0.0.2/24/eth0",address="10.0.0.2"} 0
hb_resource_announced{group="10.0.0.1",address="10.0.0.1"} 1
hb_resource_lease_remaining_seconds{group="10.0.0.1",address="10.0.0.1"} 8
hb_messages_refused_total{reason="bad-signature"} 12
hb_rexmit_sent_total 4
hb_conflicts_total 1
`

describe('/metrics', () => {
  test('keeps to the format and the conventions', () => {
    expect(checkExposition(scrape())).toEqual([])
  })

  test.each(GOLDEN.trim().split('\n'))('shows %s', (line) => {
    expect(scrape().split('\n')).toContain(line)
  })

  test('a counter that has the name of a family of ours does not repeat it', () => {
    const text = scrape({ snapshot: { counters: { messagesRefused: 3, 'late beats': 1, late_beats: 2 } } })
    expect(checkExposition(text)).toEqual([])
    expect(text).toContain('hb_late_beats_total 1\n')
  })

  test('a node listed twice does not spoil the scrape', () => {
    expect(checkExposition(scrape({ snapshot: { nodes: [node(), peer(), peer()] } }))).toEqual([])
  })

  test('hostile names stay inside their quotes', () => {
    const evil = 'x"} 1\nhb_evil 1 # \\'
    const text = scrape({
      snapshot: {
        groups: [group({ key: evil, holder: evil })],
        nodes: [peer({ name: evil })],
        counters: { [evil]: 1 },
      },
      addresses: [address({ group: evil, address: evil })],
      refusals: { [evil]: 1 },
    })
    expect(checkExposition(text)).toEqual([])
    expect(text).not.toMatch(/^hb_evil/m)
  })

  test('an empty cluster is still a scrape', () => {
    const empty = { nodes: [], groups: [], localLinks: [], counters: {}, events: [] }
    const text = scrape({ snapshot: empty, addresses: [], refusals: {} })
    expect(checkExposition(text)).toEqual([])
    expect(text).toContain('hb_last_failover_timestamp_seconds 0\n')
  })

  test('the last failover is the newest group taken, or else the youngest that is held', () => {
    const taken = (ago: number) => event(ago, { subject: 'group', to: 'held' })
    const at = (ago: number) => `hb_last_failover_timestamp_seconds ${WALL_MS / 1000 - ago}\n`
    expect(scrape({ snapshot: { events: [taken(90), taken(30), event(5)] } })).toContain(at(30))
    expect(scrape({ snapshot: { events: [event(5)] } })).toContain(at(200))
  })

  test.each([{ live: false }, { ready: false }])('is not ready when %p', (health) => {
    expect(scrape({ health })).toContain('hb_ready 0\n')
  })

  test('every name shown is listed in docs/status.md, and every name listed is shown', () => {
    const docs = readFileSync(new URL('../../docs/status.md', import.meta.url), 'utf8')
    const listed = new Set([...docs.matchAll(/^\| `(hb_[a-z_]+)[{`]/gm)].map((m) => m[1]!))
    const shown = new Set([...scrape({ snapshot: { counters: {} } }).matchAll(/^# TYPE (\S+)/gm)].map((m) => m[1]!))
    expect([...listed].sort()).toEqual([...shown].sort())
  })
})

test.each([
  ['lateBeats', 'hb_late_beats_total'],
  ['late-beats', 'hb_late_beats_total'],
  ['conflicts_total', 'hb_conflicts_total'],
  ['IPv6 Seen', 'hb_ipv6_seen_total'],
  ['', 'hb_unnamed_total'],
])('counter %p is %s', (name, expected) => expect(counterName(name)).toBe(expected))
