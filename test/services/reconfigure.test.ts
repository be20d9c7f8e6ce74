/** What the core reads of its configuration at each use, changed under a running pair. */
import { describe, expect, test } from 'bun:test'
import type { ClusterConfig } from '../../src/config/types.ts'
import { get } from '../../src/wire/message.ts'
import { config, group, Pair } from './pair.ts'

const started = () => new Pair(config([group('ann', '10.0.0.1', 'web')])).start()
const reload = (pair: Pair, rest: Partial<ClusterConfig>) =>
  pair.input(pair.ann, { kind: 'config', config: { ...pair.config, ...rest } })
const limits = (pair: Pair, op: string) =>
  pair.ann.effects.flatMap((e) => (e.kind === 'resource' && e.job.op === op ? [e.job.timeoutMs] : []))

test('time limits count from the next start, stop and status on', () => {
  const pair = started()
  reload(pair, { startTimeoutMs: 1234, stopTimeoutMs: 1235, statusTimeoutMs: 1236 })
  pair.ann.effects.length = 0
  pair.command(pair.ann, { verb: 'standby', set: 'all' })
  pair.run(5)
  pair.command(pair.ann, { verb: 'takeover', set: 'all' })
  pair.run(5, pair.once)
  expect(pair.where('web')).toBe('ann')
  expect(new Set(limits(pair, 'stop'))).toEqual(new Set([1235]))
  expect(new Set(limits(pair, 'start'))).toEqual(new Set([1234]))
  expect(new Set(limits(pair, 'status'))).toEqual(new Set([1236]))
})

test('stop_failure counts from the next failure on', () => {
  const pair = started()
  reload(pair, { stopFailure: 'reboot' })
  pair.ann.trouble.set('stop web', 'failed').set('status web', 'running')
  pair.command(pair.ann, { verb: 'standby', set: 'all' })
  pair.run(120)
  expect(pair.ann.effects.filter((e) => e.kind === 'reboot').length).toBeGreaterThan(0)
})

test('keepalive, deadtime and hopfudge are in the next beats', () => {
  const pair = started()
  const beats = (seconds: number) => {
    let count = 0
    const before = pair.bob.engine!.step.bind(pair.bob.engine!)
    pair.bob.engine!.step = (input, now) => {
      if (input.kind === 'message' && get(input.message, 't') === 'status') {
        count++
        last = input.message
      }
      return before(input, now)
    }
    pair.run(seconds)
    pair.bob.engine!.step = before
    return count
  }
  let last = pair.ann.sent[0]!
  expect(beats(10)).toBeWithin(18, 24)
  reload(pair, { keepaliveMs: 250, deadtimeMs: 3000, hopfudge: 7 })
  expect(beats(10)).toBeWithin(38, 46)
  expect(get(last, 'dt')).toBe((3000).toString(16))
  expect(get(last, 'ttl')).toBe(String(7 + 2))
  expect(pair.bob.engine!.snapshot().nodes.find((n) => n.name === 'ann')!.lateBeats).toBe(0)
})

test('warntime and initdead need no more than to be there', () => {
  const pair = started()
  reload(pair, { warntimeMs: 100, initdeadMs: 9000, deadpingMs: 7000, maxRexmitDelayMs: 99 })
  expect(pair.ann.engine!.ctx.config).toMatchObject({ warntimeMs: 100, initdeadMs: 9000, maxRexmitDelayMs: 99 })
  pair.run(3)
  // Beats come every 500 ms: by the new warntime each is late.
  expect(pair.ann.engine!.snapshot().nodes.find((n) => n.name === 'bob')!.lateBeats).toBeGreaterThan(3)
})

describe('auto_failback legacy', () => {
  const groups = (...more: ReturnType<typeof group>[]) => [group('ann', '10.0.0.1', 'web'), ...more]
  const legacy = () => new Pair(config(groups(), { autoFailback: 'legacy' })).start()
  const both = (pair: Pair, list: ReturnType<typeof groups>) => {
    for (const node of pair.nodes) pair.input(node, { kind: 'config', config: { ...pair.config, groups: list } })
  }

  test('an added group starts where it belongs, a removed one stops, an unchanged one is not touched', () => {
    const pair = legacy()
    both(pair, groups(group('bob', '10.0.0.2', 'mail'), group('ann', '10.0.0.3', 'news')))
    pair.run(8, pair.once)
    expect(['web', 'mail', 'news'].map((s) => pair.where(s))).toEqual(['ann', 'bob', 'ann'])
    both(pair, groups(group('bob', '10.0.0.2', 'mail')))
    pair.run(8, pair.once)
    expect(['web', 'mail', 'news'].map((s) => pair.where(s))).toEqual(['ann', 'bob', ''])
    expect(pair.ann.done.filter((d) => d.endsWith(' web') && !d.startsWith('status'))).toEqual(['start web'])
  })

  test('an added group of a dead node starts where its groups are', () => {
    const pair = legacy()
    pair.crash(pair.bob)
    pair.run(10)
    both(pair, groups(group('bob', '10.0.0.2', 'mail')))
    pair.run(5)
    expect(pair.where('mail')).toBe('ann')
  })

  test('a group that is removed while it is asked for is asked for no longer', () => {
    const pair = legacy()
    pair.cut = true
    both(pair, groups(group('ann', '10.0.0.3', 'news')))
    both(pair, groups())
    pair.cut = false
    pair.ann.sent.length = 0
    pair.run(10)
    expect(pair.ann.sent.filter((m) => get(m, 't') === 'ip-request')).toEqual([])
  })
})
