/** Hand-overs that are asked for: of a node that does not answer, is busy, or has something better to do. */
import { expect, test } from 'bun:test'
import { config, group, Pair } from './pair.ts'

const two = (rest = {}) => config([group('ann', '10.0.0.1', 'web'), group('bob', '10.0.0.2', 'mail')], rest)

test('a takeover that nobody answers is over after ten seconds', () => {
  const pair = new Pair(two()).start()
  pair.lost.add('hb_takeover')
  const id = pair.command(pair.ann, { verb: 'takeover', set: 'all' })
  pair.run(9.5)
  expect(pair.ann.replies.get(id)).toBeUndefined()
  pair.run(1)
  expect(pair.ann.replies.get(id)).toMatchObject({
    ok: false,
    text: 'the other node did not begin to hand over within 10 s',
  })
  pair.lost.clear()
  pair.command(pair.ann, { verb: 'takeover', set: 'all' })
  pair.run(5, pair.once)
  expect(pair.where('mail')).toBe('ann')
})

test('a takeover asked of a node that is handing over to the asking one is answered by that hand-over', () => {
  const pair = new Pair(two()).start()
  const standby = pair.command(pair.bob, { verb: 'standby', set: 'local' })
  const id = pair.command(pair.ann, { verb: 'takeover', set: 'all' })
  pair.run(20, pair.once)
  expect(pair.bob.replies.get(standby)).toMatchObject({ ok: true })
  expect(pair.ann.replies.get(id)).toMatchObject({ ok: true, text: 'ann holds foreign now' })
  expect([pair.where('web'), pair.where('mail')]).toEqual(['ann', 'ann'])
})

test('a takeover is refused by a node that is stopping', () => {
  const pair = new Pair(two()).start()
  pair.command(pair.bob, { verb: 'stop' })
  const id = pair.command(pair.ann, { verb: 'takeover', set: 'all' })
  pair.run(0.5, pair.once)
  expect(pair.ann.replies.get(id)).toMatchObject({ ok: false, text: 'bob is not ready to hand over' })
  pair.run(10, pair.once)
  expect(pair.where('mail')).toBe('ann')
})

/** Ann starts web anew, which keeps her queue busy; bob asks her to take his groups before he can know. */
function askWhileBusy(pair: Pair): number {
  const id = pair.command(pair.bob, { verb: 'standby', set: 'local' })
  pair.input(pair.ann, { kind: 'tick' })
  return id
}

/** Ann has been told to put web right at the very moment: her queue is busy when the request comes. */
function endOfMaintenance(pair: Pair): void {
  pair.start()
  pair.command(pair.ann, { verb: 'maintenance', on: true, group: '10.0.0.1' })
  pair.run(2)
  pair.ann.runs.delete('web')
  pair.command(pair.ann, { verb: 'maintenance', on: false, group: '10.0.0.1' })
}

test('a node that is busy takes over when it is done', () => {
  const pair = new Pair(two())
  endOfMaintenance(pair)
  const id = askWhileBusy(pair)
  pair.run(5, pair.once)
  expect(pair.bob.replies.get(id)).toMatchObject({ ok: true })
  expect(pair.where('mail')).toBe('ann')
})

test('a node that is busy for longer than the other waits does not take over any more', () => {
  const pair = new Pair(two())
  pair.ann.trouble.set('stop web', 'failed')
  endOfMaintenance(pair)
  pair.ann.trouble.set('start web', 'failed')
  const id = askWhileBusy(pair)
  pair.run(9.5, pair.once)
  expect(pair.ann.group('10.0.0.1').state).toBe('starting')
  pair.run(15, pair.once)
  expect(pair.bob.replies.get(id)).toMatchObject({ ok: false })
  expect(pair.ann.events.filter((e) => e.to.startsWith('taking'))).toEqual([])
  expect(pair.where('mail')).toBe('bob')
})

test('a giver does not say that the other one holds what it never took', () => {
  const pair = new Pair(two()).start()
  const id = pair.command(pair.bob, { verb: 'standby', set: 'local' })
  pair.run(1, () => {
    if (pair.bob.done.includes('stop mail')) pair.lost.add('ask_resources')
  })
  expect(pair.bob.runs.has('mail')).toBe(false)
  // As after a stall: what was said before is void, and the other one does not know.
  pair.ann.engine!.resources.standby.cancel('this node was away for too long')
  pair.lost.clear()
  pair.run(20, pair.once)
  expect(pair.bob.replies.get(id)).toMatchObject({ ok: false, text: 'ann has ended the hand-over' })
  expect(pair.where('mail')).toBe('bob')
})
