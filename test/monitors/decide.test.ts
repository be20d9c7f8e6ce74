import { expect, test } from 'bun:test'
import { pauseMs } from '../../src/resources/failover.ts'
import { config, group, monitor, type Node, Pair } from '../services/pair.ts'

const watched = (rest = {}, also = {}) =>
  config([group('ann', '10.0.0.1', 'web'), group('ann', '10.0.0.2', 'mail')], {
    monitors: [monitor('web', rest)],
    ...also,
  })

const count = (node: Node, what: string) => node.done.filter((d) => d === what).length
const probes = (node: Node) => node.effects.filter((e) => e.kind === 'probe').length

test('only the holder asks, every so often', () => {
  const pair = new Pair(watched()).start()
  const before = probes(pair.ann)
  pair.run(20)
  expect(probes(pair.ann) - before).toBeWithin(9, 12)
  expect(probes(pair.bob)).toBe(0)
  expect(pair.ann.group('10.0.0.1').monitors).toMatchObject([
    { resource: 'web', via: 'tcp 127.0.0.1:80', state: 'well' },
  ])
  expect(pair.bob.group('10.0.0.1').monitors).toMatchObject([{ state: 'resting' }])
})

test('fewer failures in a row than `fail` change nothing', () => {
  const pair = new Pair(watched()).start()
  pair.ann.broken.add('web')
  pair.run(3.5)
  pair.ann.broken.clear()
  pair.run(20)
  expect(count(pair.ann, 'start web')).toBe(1)
  expect(pair.where('web')).toBe('ann')
})

test('after `fail` failures the resource alone is started anew in place, the address staying', () => {
  const pair = new Pair(watched()).start()
  pair.ann.broken.add('web')
  let gone = 0
  pair.run(6.2, () => {
    if (!pair.ann.runs.has('10.0.0.1')) gone++
    if (count(pair.ann, 'stop web') > 0) pair.ann.broken.clear()
  })
  pair.run(30, pair.once)
  expect([count(pair.ann, 'stop web'), count(pair.ann, 'start web'), gone]).toEqual([1, 2, 0])
  expect(pair.where('web')).toBe('ann')
  expect(pair.ann.engine!.snapshot().counters.monitor_restarts).toBe(1)
})

test('when restarts do not help the group goes to the peer, and that group alone', () => {
  const pair = new Pair(watched()).start()
  pair.ann.broken.add('web')
  pair.run(20, pair.once)
  expect([pair.where('web'), pair.where('10.0.0.1'), pair.where('mail')]).toEqual(['bob', 'bob', 'ann'])
  expect(count(pair.ann, 'stop web')).toBe(2)
})

test('restarts 0 hands over at once; restarts that are long past do not count', () => {
  const zero = new Pair(watched({ restarts: 0 })).start()
  zero.ann.broken.add('web')
  zero.run(8, zero.once)
  expect([count(zero.ann, 'stop web'), zero.where('web')]).toEqual([1, 'bob'])

  const past = new Pair(watched({ withinMs: 10_000 })).start()
  for (let i = 0; i < 3; i++) {
    past.ann.broken.add('web')
    past.run(7)
    past.ann.broken.clear()
    past.run(20)
  }
  expect([count(past.ann, 'stop web'), past.where('web')]).toEqual([3, 'ann'])
})

test('without a fit peer the group is kept, and that is said loudly', () => {
  const pair = new Pair(watched()).start()
  pair.crash(pair.bob)
  pair.run(5)
  pair.ann.broken.add('web')
  pair.run(60)
  expect(pair.where('web')).toBe('ann')
  expect(pair.ann.warnings).toContain('its monitor fails')
  expect(pair.ann.warnings).toContain('kept here, since there is no other live node')
  pair.ann.broken.clear()
  pair.run(5)
  expect(pair.ann.group('10.0.0.1').trouble ?? '').not.toContain('kept here')
})

test('auto_failback legacy moves nothing between live nodes: the group is kept, and that is said loudly', () => {
  const pair = new Pair(watched({ restarts: 0 }, { autoFailback: 'legacy' })).start().run(30)
  expect(pair.where('web')).toBe('ann')
  pair.ann.broken.add('web')
  pair.run(60, pair.once)
  expect(pair.where('web')).toBe('ann')
  expect(pair.ann.warnings).toContain('kept here, since auto_failback legacy hands nothing to a live node')
  const said = pair.ann.effects.filter((e) => e.kind === 'log' && e.level === 'ERROR' && e.text.includes('kept here'))
  expect(said.length).toBe(1)
})

test('a peer that could not start the group is not fit for it', () => {
  const pair = new Pair(watched({ restarts: 0 }, { autoFailback: 'on' }))
  pair.bob.trouble.set('start web', 'failed')
  pair.start()
  pair.ann.broken.add('web')
  pair.run(120, pair.once)
  expect(pair.where('web')).toBe('ann')
  expect(count(pair.bob, 'start web')).toBe(1)
  expect(pair.ann.warnings).toContain('bob is not fit for it')
})

test('a group that failed everywhere is not thrown back and forth: a growing pause, which hb clear ends', () => {
  const pair = new Pair(watched({ restarts: 0 })).start()
  for (const node of pair.nodes) node.broken.add('web')
  const moves: number[] = []
  let last = 'ann'
  pair.run(3600, () => {
    pair.once()
    const now = pair.where('web')
    if (now !== '' && now !== last) moves.push(pair.nowMs)
    if (now !== '') last = now
  })
  expect(moves.length).toBeWithin(3, 16)
  const pauses = moves.slice(1).map((at, i) => at - moves[i]!)
  expect(pauses.at(-1)!).toBeGreaterThan(4 * pauses[0]!)
  expect(`${pair.ann.warnings}${pair.bob.warnings}`).toMatch(/another [0-9]+ s, or until hb clear/)
  const [holder, other] = last === 'ann' ? [pair.ann, pair.bob] : [pair.bob, pair.ann]
  other.broken.clear()
  pair.command(holder, { verb: 'clear', group: null })
  pair.run(15, pair.once)
  expect(pair.where('web')).toBe(other.name)
})

test('an operator may bring it back in the pause, and is told the truth about it', () => {
  for (const [i, verb] of (['standby', 'takeover', 'standby', 'takeover', 'standby'] as const).entries()) {
    const pair = new Pair(watched({ restarts: 0 })).start()
    pair.ann.broken.add('web')
    pair.run(10 + i * 0.12, pair.once)
    expect(pair.where('web')).toBe('bob')
    pair.ann.broken.clear()
    const node = verb === 'standby' ? pair.bob : pair.ann
    const id = pair.command(node, { verb, set: verb === 'standby' ? 'foreign' : 'local' })
    pair.run(3, pair.once)
    expect(pair.where('web')).toBe('ann')
    expect(node.replies.get(id)).toMatchObject({ ok: true })
  }
})

test('and is told when it cannot be started there', () => {
  const pair = new Pair(watched({ restarts: 0 })).start()
  pair.bob.trouble.set('start web', 'failed')
  const id = pair.command(pair.ann, { verb: 'standby', set: 'local' })
  pair.run(3, pair.once)
  expect(pair.ann.replies.get(id)).toMatchObject({ ok: false })
  expect(pair.ann.replies.get(id)!.text).toContain('bob could not start 10.0.0.1')
})

test('the pause doubles from 30 s to an hour', () => {
  expect([1, 2, 3, 7, 8, 100].map(pauseMs)).toEqual([30_000, 60_000, 120_000, 1_920_000, 3_600_000, 3_600_000])
})

test('a probe that is never answered counts as a failure, and no second one is sent meanwhile', () => {
  const pair = new Pair(watched({ everyMs: 1000, timeoutMs: 5000, restarts: 0 }))
  pair.start()
  const { engine } = pair.ann
  const step = engine!.step.bind(engine)
  engine!.step = (input, now) => (input.kind === 'probed' ? [] : step(input, now))
  const before = probes(pair.ann)
  pair.run(6)
  expect(probes(pair.ann) - before).toBe(1)
  pair.run(25)
  expect(pair.where('web')).toBe('bob')
})
