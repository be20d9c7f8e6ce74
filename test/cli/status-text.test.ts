import { describe, expect, test } from 'bun:test'
import { statusText } from '../../src/cli/status-text.ts'
import { WIDTH } from '../../src/cli/wrap.ts'
import { statusDocument } from '../../src/http/status.ts'
import { createCalendar } from '../../src/http/times.ts'
import { event, group, otherGroup, peer, type SourceParts, snapshot, source } from '../http/fixture.ts'

function page(parts: SourceParts = {}): string {
  const from = source(parts)
  return statusText(statusDocument(from, createCalendar()(from.clock())))
}

test('a cluster in order', () => {
  expect(page()).toBe(`alpha holds 1 group, beta holds 1 group.
Node alpha: active; hb 0.1.0, running for 15 min, generation 7, auto_failback
on.

Groups
  10.0.0.1
    held by alpha (this node) for 3 min 20 s: node beta is dead
    belongs to alpha
    10.0.0.1 on eth0:0: wanted yes, held yes, announced yes
    monitor of apache via tcp 127.0.0.1:80: well
  10.0.0.2/24/eth0
    held by beta for 3 min 20 s
    belongs to beta
    monitor of apache via tcp 127.0.0.1:80: well

Nodes
  alpha       active for 10 min, this node, hb
  beta        active for 10 min, heartbeat, last heard 0 s ago, links: eth0 up
              eth1 dead
  10.0.0.254  answers for 10 min, ping node, last heard 0 s ago

Links of this node
  eth0  up
  eth1  down (no such interface)

Last transitions
  3 min 20 s ago  group 10.0.0.1: stopped -> held: node beta is dead
  3 min 30 s ago  node beta: active -> dead: silent for 10.2 s
`)
})

describe('what is wrong', () => {
  test('comes first', () => {
    const text = page({ snapshot: { warnings: ['the haresources of beta differ', 'deadtime is short'] } })
    expect(text).toStartWith('WARNING: the haresources of beta differ\nWARNING: deadtime is short\n\nalpha holds')
  })

  test('in the daemon itself is a warning too, once', () => {
    const health = { ready: false, why: 'no link is up' }
    expect(page({ health })).toStartWith('WARNING: no link is up\n\n')
    expect(page({ health, snapshot: { warnings: ['no link is up'] } }).match(/no link is up/g)).toHaveLength(1)
  })

  test('with a group is said beside it', () => {
    const failed = otherGroup({
      state: 'failed',
      wanted: true,
      resources: [
        {
          text: 'apache::/etc/x',
          state: 'failed',
          last: {
            op: 'start',
            outcome: 'failed',
            code: 7,
            detail: 'line one\nline two\u001b[31m',
            atMs: 900_000,
            tookMs: 1,
          },
        },
      ],
    })
    const text = page({ snapshot: { groups: [failed] } })
    expect(text).toContain('    held by beta, failed here for 3 min 20 s\n')
    expect(text).toContain('    belongs to beta; wanted here, and not held\n')
    expect(text).toContain('    apache::/etc/x: start failed, exit 7 1 min 40 s ago: line one line two [31m\n')
    expect(text).not.toContain('\u001b')
  })

  test('with who holds it is said', () => {
    expect(page({ snapshot: { groups: [group({ holder: null, state: 'starting' })] } })).toContain(
      'held by nobody known, starting here for',
    )
    expect(page({ snapshot: { groups: [group({ state: 'stopping', wanted: false })] } })).toContain(
      'stopping on alpha (this node) for',
    )
    expect(page({ snapshot: { groups: [group({ wanted: false })] } })).toContain('held here, and not wanted')
  })
})

test('a node that was never heard', () => {
  const nodes = [peer({ state: 'init', lastHeardMs: null, links: [] })]
  expect(page({ snapshot: { nodes } })).toContain('  beta  not heard yet for 10 min, never heard\n')
})

test('a handover under way', () => {
  expect(page({ snapshot: { standby: 'giving', stable: false } })).toContain(
    'Node alpha: active, not settled, giving groups in a handover;',
  )
})

test('the newest transitions first, and not too many', () => {
  const events = Array.from({ length: 15 }, (_, i) => event(100 - i, { name: `n${i}` }))
  const text = page({ snapshot: { events } })
  expect(text.match(/ ago {2}node n/g)).toHaveLength(8)
  expect(text.indexOf('node n14')).toBeLessThan(text.indexOf('node n13'))
  expect(text).not.toContain('node n6:')
})

test('a section without entries is left out', () => {
  const text = page({ snapshot: { groups: [], localLinks: [], events: [] } })
  for (const title of ['Groups', 'Links of this node', 'Last transitions']) expect(text).not.toContain(title)
  expect(text).toContain('Nodes\n')
})

test('every line fits the terminal', () => {
  const long = 'a cause in many words that goes on and on '.repeat(8).trim()
  const text = page({
    snapshot: {
      warnings: [long],
      groups: [group({ cause: long })],
      events: [event(3, { cause: long })],
      localLinks: snapshot().localLinks.map((link) => ({ ...link, detail: long })),
    },
  })
  expect(text.split('\n').filter((line) => line.length > WIDTH)).toEqual([])
})
