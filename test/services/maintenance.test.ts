import { expect, test } from 'bun:test'
import { formatMaintenance, parseMaintenance } from '../../src/resources/maintenance.ts'
import { config, group, monitor, Pair } from './pair.ts'

const two = (rest = {}) => config([group('ann', '10.0.0.1', 'web'), group('bob', '10.0.0.2', 'mail')], rest)
const turn = (pair: Pair, on: boolean, key: string | null = null) => {
  const id = pair.command(pair.ann, { verb: 'maintenance', on, group: key })
  pair.run(1)
  return pair.ann.replies.get(id)
}

test('both nodes say so', () => {
  const pair = new Pair(two()).start()
  expect(turn(pair, true)).toMatchObject({ ok: true, text: 'every group is in maintenance' })
  for (const node of pair.nodes) {
    expect(node.engine!.snapshot().groups.map((g) => g.maintenance)).toEqual([true, true])
    expect(node.warnings).toContain('group 10.0.0.1 is in maintenance')
  }
  pair.command(pair.bob, { verb: 'maintenance', on: false, group: null })
  pair.run(1)
  for (const node of pair.nodes)
    expect(node.engine!.snapshot().groups.map((g) => g.maintenance)).toEqual([false, false])
})

test('of one group: the others go on as ever', () => {
  const pair = new Pair(two()).start()
  expect(turn(pair, true, '10.0.0.1')).toMatchObject({ ok: true })
  pair.command(pair.bob, { verb: 'standby', set: 'local' })
  pair.run(5, pair.once)
  expect([pair.where('web'), pair.where('mail')]).toEqual(['ann', 'ann'])
  expect(turn(pair, true, 'nothing')).toMatchObject({ ok: false })
})

test('nothing is failed over when the node dies, and nothing started when it is back', () => {
  const pair = new Pair(two()).start()
  turn(pair, true)
  pair.crash(pair.ann)
  pair.run(20)
  expect([pair.where('web'), pair.where('mail')]).toEqual(['ann', 'bob'])
  pair.boot(pair.ann)
  pair.run(20, pair.once)
  expect(pair.ann.group('10.0.0.1')).toMatchObject({ state: 'held', holder: 'ann' })
  expect(pair.ann.done.filter((d) => d.startsWith('start')).length).toBe(2)
})

test('it survives restarts and reboots of both nodes at once', () => {
  const pair = new Pair(two()).start()
  turn(pair, true)
  for (const node of pair.nodes) pair.crash(node)
  for (const node of pair.nodes) {
    node.runs.clear()
    node.done.length = 0
    pair.boot(node)
  }
  pair.run(60)
  expect(pair.nodes.flatMap((n) => n.done.filter((d) => !d.startsWith('status')))).toEqual([])
  expect(turn(pair, false)).toMatchObject({ ok: true })
  pair.run(10, pair.once)
  expect([pair.where('web'), pair.where('mail')]).toEqual(['ann', 'bob'])
})

test('a daemon stopped in maintenance leaves its groups running and finds them again at its start', () => {
  const pair = new Pair(two()).start()
  turn(pair, true)
  pair.command(pair.ann, { verb: 'stop' })
  pair.run(10)
  expect(pair.ann.engine).toBeNull()
  expect([pair.where('web'), pair.where('10.0.0.1')]).toEqual(['ann', 'ann'])
  pair.boot(pair.ann)
  pair.run(10, pair.once)
  expect(pair.ann.group('10.0.0.1')).toMatchObject({ state: 'held', holder: 'ann' })
  turn(pair, false)
  pair.run(20, pair.once)
  expect([pair.where('web'), pair.where('10.0.0.1')]).toEqual(['ann', 'ann'])
})

test('nothing is monitored', () => {
  const pair = new Pair(two({ monitors: [monitor('web')] })).start()
  turn(pair, true)
  pair.ann.broken.add('web')
  pair.run(60, pair.once)
  expect(pair.where('web')).toBe('ann')
  expect(pair.ann.done.filter((d) => d === 'start web').length).toBe(1)
  turn(pair, false)
  pair.run(20, pair.once)
  expect(pair.where('web')).toBe('bob')
})

test('standby, takeover and failback are refused with the reason', () => {
  const pair = new Pair(two({ autoFailback: 'on' })).start()
  turn(pair, true, '10.0.0.1')
  const id = pair.command(pair.ann, { verb: 'standby', set: 'all' })
  expect(pair.ann.replies.get(id)).toMatchObject({ ok: false })
  expect(pair.ann.replies.get(id)!.text).toContain('10.0.0.1 is in maintenance')
  pair.command(pair.bob, { verb: 'takeover', set: 'all' })
  pair.run(15, pair.once)
  expect(pair.where('web')).toBe('ann')
})

test('what was stopped by hand meanwhile is started again at the end', () => {
  const pair = new Pair(two()).start()
  turn(pair, true)
  pair.ann.runs.delete('web')
  turn(pair, false)
  pair.run(5, pair.once)
  expect(pair.where('web')).toBe('ann')
})

test('a long stall does not cost a group in maintenance its address', () => {
  const pair = new Pair(two()).start()
  turn(pair, true)
  const { engine } = pair.ann
  pair.ann.engine = null
  pair.run(10)
  pair.ann.engine = engine
  pair.run(20, pair.once)
  expect([pair.where('web'), pair.where('10.0.0.1')]).toEqual(['ann', 'ann'])
})

test('the state has one form on the wire', () => {
  for (const state of [
    { stamp: 0, all: false, groups: [] },
    { stamp: 17, all: true, groups: [] },
    { stamp: 255, all: false, groups: ['10.0.0.1/24/eth0', 'IPaddr2::1,2 %'] },
  ]) {
    expect(parseMaintenance(formatMaintenance(state))).toEqual(state)
    expect(formatMaintenance(state)).not.toContain(' ')
  }
  for (const bad of ['', 'all', 'x.all', '1.web', '1.:%', '123456789.all']) expect(parseMaintenance(bad)).toBeNull()
})

test('it is not ended while a node that was left running a group is away, unless that is said twice', () => {
  const pair = new Pair(two()).start()
  turn(pair, true)
  pair.crash(pair.bob)
  pair.run(10)
  const end = () => {
    const id = pair.command(pair.ann, { verb: 'maintenance', on: false, group: null })
    return pair.ann.replies.get(id)!
  }
  expect(end()).toMatchObject({ ok: false })
  pair.run(15)
  expect(end().text).toContain('bob is away and was left running 10.0.0.2')
  expect(pair.ann.runs.has('mail')).toBe(false)
  pair.run(3)
  expect(end()).toMatchObject({ ok: true })
  pair.run(5)
  expect(pair.ann.runs.has('mail')).toBe(true)
})

test('its end while the daemon is leaving stops what was to be left running', () => {
  const pair = new Pair(two()).start()
  turn(pair, true)
  pair.command(pair.ann, { verb: 'stop' })
  pair.run(0.5)
  pair.command(pair.ann, { verb: 'maintenance', on: false, group: null })
  pair.run(10, pair.once)
  expect(pair.ann.engine).toBeNull()
  expect(pair.where('web')).toBe('bob')
})

test('a hand-over that was asked for at the same moment does not come about', () => {
  const pair = new Pair(two()).start()
  pair.command(pair.ann, { verb: 'maintenance', on: true, group: '10.0.0.2' })
  const id = pair.command(pair.bob, { verb: 'standby', set: 'local' })
  pair.run(15, pair.once)
  expect(pair.where('mail')).toBe('bob')
  expect(pair.bob.replies.get(id)).toMatchObject({ ok: false })
})

test('a node that dies before it hears of the end has left its groups running: they stay in maintenance', () => {
  const pair = new Pair(two()).start()
  turn(pair, true)
  pair.crash(pair.bob)
  const id = pair.command(pair.ann, { verb: 'maintenance', on: false, group: null })
  expect(pair.ann.replies.get(id)).toMatchObject({ ok: true })
  pair.run(20, pair.once)
  expect([pair.where('web'), pair.where('mail')]).toEqual(['ann', 'bob'])
  const states = pair.ann.engine!.snapshot().groups.map((g) => g.maintenance)
  expect(states).toEqual([false, true])
})
