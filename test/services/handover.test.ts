import { expect, test } from 'bun:test'
import { Engine } from '../../src/engine.ts'
import { type Handover, shifted } from '../../src/handover.ts'
import { config, group, Pair } from './pair.ts'

const two = () => config([group('ann', '10.0.0.1', 'web'), group('bob', '10.0.0.2', 'mail')])

function exchange(pair: Pair): Handover {
  const { engine } = pair.ann
  const now = { ms: pair.nowMs, wallS: 1, load: '0' }
  const given = engine!.handOver(now)
  if ('obstacle' in given) throw new Error(given.obstacle)
  const handover = JSON.parse(JSON.stringify(given.handover)) as Handover
  const identity = { name: 'ann', uuid: new Uint8Array(16).fill(1) }
  pair.ann.engine = new Engine({
    config: pair.config,
    identity,
    generation: handover.generation,
    seed: 7,
    run: handover.run,
    now,
    handover,
  })
  pair.input(pair.ann, { kind: 'start' })
  return handover
}

test('another program in the same process: nothing moves, and the peer sees neither a restart nor a late beat', () => {
  const pair = new Pair(two()).start()
  const before = pair.ann.engine!.snapshot()
  const jobs = pair.ann.done.length
  const view = () => pair.bob.engine!.snapshot().nodes.find((n) => n.name === 'ann')!
  const { generation, lateBeats } = view()
  const handover = exchange(pair)
  pair.run(30, pair.once)
  expect(view()).toMatchObject({ state: 'active', generation, lateBeats })
  expect(pair.ann.done.length).toBe(jobs)
  const after = pair.ann.engine!.snapshot()
  expect(after.groups.map((g) => [g.state, g.holder])).toEqual(before.groups.map((g) => [g.state, g.holder]))
  expect([after.claim, after.otherClaim, after.phase]).toEqual([before.claim, before.otherClaim, before.phase])
  expect(handover.seq).toBeGreaterThan(0)
})

test('the new program renews what the old one held: an address that the kernel has dropped is put back', () => {
  const pair = new Pair(two()).start()
  exchange(pair)
  pair.ann.runs.delete('10.0.0.1')
  pair.run(1)
  expect(pair.where('10.0.0.1')).toBe('ann')
})

test('the new program goes on as any: it takes over when the peer dies', () => {
  const pair = new Pair(two()).start()
  exchange(pair)
  pair.run(5)
  pair.crash(pair.bob)
  pair.bob.runs.clear()
  pair.run(5)
  expect([pair.where('web'), pair.where('mail')]).toEqual(['ann', 'ann'])
})

test('what has failed stays failed', () => {
  const pair = new Pair(two())
  for (const node of pair.nodes) node.trouble.set('start web', 'failed')
  pair.start().run(10)
  exchange(pair)
  pair.run(60)
  expect(pair.ann.done.filter((d) => d === 'start web').length).toBe(1)
  expect(pair.ann.warnings).toContain('halted')
})

test('not in the middle of changes', () => {
  const pair = new Pair(two()).start()
  pair.command(pair.ann, { verb: 'standby', set: 'all' })
  expect(pair.ann.engine!.handOver({ ms: pair.nowMs, wallS: 1, load: '0' })).toEqual({
    obstacle: 'a hand-over is under way',
  })
})

test('moments are moved onto the new clock, lengths are not', () => {
  const pair = new Pair(two()).start()
  const given = pair.ann.engine!.handOver({ ms: pair.nowMs, wallS: 1, load: '0' })
  if ('obstacle' in given) throw new Error(given.obstacle)
  const moved = shifted(given.handover, -500)
  expect(moved.lastBeatMs).toBe(given.handover.lastBeatMs - 500)
  expect(moved.peers[0]!.deadtimeMs).toBe(2000)
  expect(moved.groups[0]!.last[0]).toMatchObject({ tookMs: 20, atMs: given.handover.groups[0]!.last[0]!.atMs - 500 })
  expect(moved.generation).toBe(given.handover.generation)
})
