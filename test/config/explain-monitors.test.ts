import { expect, test } from 'bun:test'
import { explain } from '../../src/config/explain.ts'
import { explainMonitors } from '../../src/config/explain-monitors.ts'
import type { Monitor } from '../../src/config/types.ts'
import { read, right } from './helper.ts'

const monitor: Monitor = {
  resource: 'web',
  everyMs: 2000,
  timeoutMs: 500,
  fail: 3,
  restarts: 2,
  withinMs: 60_000,
  probe: { kind: 'tcp', host: '127.0.0.1', port: 80 },
  file: 'hb.cf',
  line: 1,
  column: 1,
}
const first = (probe: Monitor['probe']) => explainMonitors([{ ...monitor, probe }])[1]

test('no monitors, no words', () => expect(explainMonitors([])).toEqual([]))

test('one monitor in full', () => {
  expect(explainMonitors([monitor])).toEqual([
    'Services that are watched where their group is held:',
    '  web: every 2 s a connection to 127.0.0.1 port 80 is tried, for an answer within 0.5 s.',
    '    3 failures in a row count, noticed after 6.5 s at the latest: it is started anew in place, 2 times within 60 s; then the group goes to the other node, if that is fit for it.',
    '',
  ])
})

test('one failure, no restart', () => {
  const words = explainMonitors([{ ...monitor, fail: 1, restarts: 0 }])[2]
  expect(words).toContain('One failure counts, noticed after 2.5 s at the latest: the group goes to the other node')
})

test('a time limit longer than the interval delays the next question', () => {
  const words = explainMonitors([{ ...monitor, everyMs: 1000, timeoutMs: 4000, fail: 2 }])[2]
  expect(words).toContain('noticed after 12 s at the latest')
})

test('one restart', () => expect(explainMonitors([{ ...monitor, restarts: 1 }])[2]).toContain('in place, once within'))

test.each([
  [{ kind: 'http', url: 'http://127.0.0.1/', expect: 200 }, 'http://127.0.0.1/ is fetched (expected: 200)'],
  [{ kind: 'script', path: '/etc/ha.d/ask' }, '/etc/ha.d/ask is run'],
  [{ kind: 'status' }, 'its own script is asked for its status'],
] as const)('asked by %p', (probe, words) => expect(first(probe)).toContain(words))

test('hb check --explain has them', () => {
  const lines = explain(right(read({ hbCf: 'monitor 192.168.0.100 every 2 via tcp 127.0.0.1:80\n' })), 'alpha')
  expect(lines.join('\n')).toContain('192.168.0.100: every 2 s a connection to 127.0.0.1 port 80')
})
