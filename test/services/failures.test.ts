import { expect, test } from 'bun:test'
import { config, group, Pair } from './pair.ts'

const two = () => config([group('ann', '10.0.0.1', 'web'), group('ann', '10.0.0.2', 'mail')])

test('a start that fails releases the group in reverse order and hands it to the peer, and that group alone', () => {
  const pair = new Pair(two())
  pair.ann.trouble.set('start web', 'failed')
  pair.start().run(10, pair.once)
  expect(pair.ann.done.filter((d) => /web|0\.1/.test(d))).toEqual([
    'start 10.0.0.1',
    'status web',
    'start web',
    'stop web',
    'stop 10.0.0.1',
  ])
  expect([pair.where('web'), pair.where('10.0.0.1')]).toEqual(['bob', 'bob'])
  expect([pair.where('mail'), pair.where('10.0.0.2')]).toEqual(['ann', 'ann'])
  expect(pair.ann.group('10.0.0.1')).toMatchObject({ state: 'failed', holder: 'bob' })
  expect(pair.ann.group('10.0.0.1').trouble).toContain('bob holds it')
})

test('a failed start on both nodes ends in a stated halt, not in ping-pong', () => {
  const pair = new Pair(two())
  for (const node of pair.nodes) node.trouble.set('start web', 'timeout')
  pair.start().run(600, pair.once)
  const starts = pair.nodes.map((n) => n.done.filter((d) => d === 'start web').length)
  expect(starts).toEqual([1, 1])
  expect(pair.where('web')).toBe('')
  expect(pair.where('mail')).toBe('ann')
  expect(pair.ann.warnings).toContain('halted: it failed on both nodes')
})

test('hb clear ends the halt on both nodes', () => {
  const pair = new Pair(two())
  for (const node of pair.nodes) node.trouble.set('start web', 'failed')
  pair.start().run(20)
  for (const node of pair.nodes) node.trouble.clear()
  const id = pair.command(pair.bob, { verb: 'clear', group: '10.0.0.1' })
  expect(pair.bob.replies.get(id)).toMatchObject({ ok: true })
  pair.run(5, pair.once)
  expect(pair.where('web')).toBe('ann')
  expect(pair.ann.group('10.0.0.1')).toMatchObject({ state: 'held', trouble: null })
})

test('hb clear of an unknown group is refused and names the known ones', () => {
  const pair = new Pair(two()).start()
  const id = pair.command(pair.ann, { verb: 'clear', group: 'x' })
  expect(pair.ann.replies.get(id)).toEqual(
    expect.objectContaining({ ok: false, text: 'no group x in haresources; known: 10.0.0.1, 10.0.0.2' }),
  )
})

test('a node that could not start a group takes it all the same when nobody else is left', () => {
  const pair = new Pair(two())
  pair.ann.trouble.set('start web', 'failed')
  pair.start().run(10)
  expect(pair.where('web')).toBe('bob')
  pair.ann.trouble.clear()
  pair.crash(pair.bob)
  pair.bob.runs.clear()
  pair.run(5)
  expect(pair.where('web')).toBe('ann')
  expect(pair.ann.group('10.0.0.1').trouble).toBeNull()
})

test('what the other node holds in exception is not taken by a node that comes back to its claim', () => {
  const pair = new Pair(two())
  pair.ann.trouble.set('start web', 'failed')
  pair.start().run(10)
  pair.command(pair.ann, { verb: 'clear', group: null })
  pair.run(20, pair.once)
  expect(pair.where('web')).toBe('bob')
})

test('the rollback of a start whose script is missing is not repeated ten times', () => {
  const pair = new Pair(two())
  for (const op of ['status', 'start', 'stop']) pair.ann.trouble.set(`${op} web`, 'missing')
  pair.start()
  expect(pair.ann.done.filter((d) => d === 'stop web').length).toBe(1)
  expect(pair.where('web')).toBe('bob')
})

test('a stop that fails is repeated, then blocks the group: it is taken nowhere else, and both nodes say so', () => {
  const pair = new Pair(two()).start()
  pair.ann.trouble.set('stop web', 'failed')
  pair.command(pair.ann, { verb: 'standby', set: 'all' })
  pair.run(60, pair.once)
  expect(pair.ann.done.filter((d) => d === 'stop web').length).toBe(11)
  expect(pair.where('web')).toBe('ann')
  expect(pair.ann.group('10.0.0.1').state).toBe('stop-failed')
  expect(pair.ann.warnings).toContain('could not be stopped')
  expect(pair.bob.warnings).toContain('could not be stopped on ann')
  pair.ann.trouble.clear()
  pair.command(pair.ann, { verb: 'clear', group: null })
  pair.run(10, pair.once)
  expect(pair.ann.group('10.0.0.1').state).toBe('held')
})

test('stop_failure reboot resets the host', () => {
  const pair = new Pair({ ...two(), stopFailure: 'reboot' }).start()
  pair.ann.trouble.set('stop web', 'timeout')
  pair.command(pair.ann, { verb: 'standby', set: 'all' })
  pair.run(90)
  expect(pair.ann.effects.filter((e) => e.kind === 'reboot').length).toBe(1)
})
