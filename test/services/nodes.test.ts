/** The list of nodes changes under a running pair. */
import { expect, test } from 'bun:test'
import { nodesHindrance } from '../../src/resources/reconfigure.ts'
import { config, group, Pair } from './pair.ts'

const groups = [group('ann', '10.0.0.1', 'web'), group('ann', '10.0.0.2', 'mail')]
const started = () => new Pair(config(groups)).start()
const why = (pair: Pair, ...nodes: string[]) => nodesHindrance(pair.ann.engine!.resources, nodes)
const reload = (pair: Pair, ...nodes: string[]) =>
  pair.input(pair.ann, { kind: 'config', config: { ...pair.config, nodes } })
const seen = (pair: Pair) => pair.ann.engine!.snapshot().nodes.map((n) => `${n.name} ${n.state}`)

test('a live node cannot be left out; a dead one can, and nothing of it remains', () => {
  const pair = started()
  expect(why(pair, 'ann')).toMatch(/node bob is to go and is active: stop it there first/)
  pair.crash(pair.bob)
  pair.run(10)
  expect(why(pair, 'ann')).toBeNull()
  reload(pair, 'ann')
  expect(seen(pair)).toEqual(['ann active'])
  pair.run(60)
  expect([pair.where('web'), pair.where('mail')]).toEqual(['ann', 'ann'])
  expect(pair.ann.engine!.snapshot().stable).toBe(true)
})

test('a new node counts as dead until it is heard: nothing is taken from it, nothing is reset', () => {
  const pair = new Pair(config(groups, { fencing: true })).start()
  const jobs = pair.ann.done.length
  expect(why(pair, 'ann', 'bob', 'cid')).toBeNull()
  reload(pair, 'cid', 'ann', 'bob')
  expect(seen(pair)).toEqual(['cid dead', 'ann active', 'bob active'])
  pair.run(60)
  expect(pair.ann.done.length).toBe(jobs)
  expect(pair.ann.effects.filter((e) => e.kind === 'fence')).toEqual([])
})

test('a node in the place of another: it comes as one that returns, and holds what is its own', () => {
  const pair = started()
  pair.crash(pair.bob)
  pair.run(10)
  reload(pair, 'ann')
  reload(pair, 'ann', 'bob')
  expect(seen(pair)).toEqual(['ann active', 'bob dead'])
  pair.boot(pair.bob)
  pair.run(20, pair.once)
  expect(seen(pair)).toEqual(['ann active', 'bob active'])
  expect([pair.where('web'), pair.where('mail')]).toEqual(['ann', 'ann'])
  pair.crash(pair.ann)
  pair.ann.runs.clear()
  pair.run(10)
  expect([pair.where('web'), pair.where('mail')]).toEqual(['bob', 'bob'])
})

test('not while this node starts, a hand-over is under way, or a dead node has to be reset', () => {
  const starting = new Pair(config(groups))
  starting.boot(starting.ann)
  expect(why(starting, 'ann', 'bob', 'cid')).toMatch(/still starting/)
  const moving = started()
  moving.command(moving.ann, { verb: 'standby', set: 'all' })
  expect(why(moving, 'ann', 'bob', 'cid')).toMatch(/a hand-over is under way/)
  const fencing = new Pair(config([group('bob', '10.0.0.2')], { fencing: true })).start()
  fencing.ann.resets.push('hangs')
  fencing.crash(fencing.bob)
  fencing.run(4)
  expect(why(fencing, 'ann')).toMatch(/a dead node has to be reset first/)
})
