/** What one node makes of what it hears, message by message. */
import { describe, expect, test } from 'bun:test'
import { Node } from './node.ts'

describe('a node that has died', () => {
  test('is not brought back by a status that was heard before', () => {
    const node = new Node()
    for (let seq = 1; seq <= 4; seq++) node.status(seq)
    node.until(3500)
    expect(node.stateOf('bob')).toBe('dead')
    node.status(4)
    expect(node.stateOf('bob')).toBe('dead')
    expect(node.counters.refused_replay).toBe(1)
  })

  test('is brought back by the next one', () => {
    const node = new Node()
    for (let seq = 1; seq <= 4; seq++) node.status(seq)
    node.until(3500)
    node.status(5)
    expect(node.stateOf('bob')).toBe('active')
    expect(node.counters.refused_replay).toBeUndefined()
  })

  test('is judged by the deadtime that it has told', () => {
    const node = new Node()
    node.status(1, { dt: (5000).toString(16) })
    node.until(4900)
    expect(node.stateOf('bob')).toBe('active')
    node.until(5100)
    expect(node.stateOf('bob')).toBe('dead')
  })
})

test('the number of a message to another node counts: nothing is missing, and nothing of it is believed', () => {
  const node = new Node()
  node.status(1)
  node.hear('status', { st: 'dead', dest: 'carol' }, 2)
  node.status(3)
  node.until(2000)
  expect(node.sent('NS_rexmit')).toEqual([])
  expect(node.stateOf('bob')).toBe('active')
  node.status(5)
  node.until(2900)
  expect(node.sent('NS_rexmit').length).toBeGreaterThan(0)
})

test('a node of another cluster on the same segment is counted, and is nobody here', () => {
  const node = new Node()
  node.status(1)
  for (let seq = 1; seq <= 3; seq++) node.hear('status', { st: 'active', dt: 'bb8' }, seq, 7, 'zoe')
  expect(node.counters.refused_unknown_node).toBe(3)
  expect(() => node.stateOf('zoe')).toThrow()
  expect(node.stateOf('bob')).toBe('active')
})

test('after a stall nobody is judged before the sockets are drained', () => {
  const node = new Node()
  node.until(30)
  node.status(1)
  node.until(2900)
  // Its beat of 3.0 s comes at 3.2 s: 200 ms in which it did not listen, and bob was silent for 2970 of 3000 ms before.
  node.stallUntil(3200)
  // Called for another reason meanwhile.
  node.tickAt(3280)
  expect(node.stateOf('bob')).toBe('active')
  node.status(2)
  node.until(3400)
  expect(node.stateOf('bob')).toBe('active')
})

test.each([
  { awayUntilMs: 4500, notYetMs: 7000, overMs: 8000 },
  { awayUntilMs: 8000, notYetMs: 13_900, overMs: 14_500 },
])('initdead is not over for a node that could not listen until $awayUntilMs', ({ awayUntilMs, notYetMs, overMs }) => {
  const node = new Node()
  node.until(2500)
  node.stallUntil(awayUntilMs)
  node.until(notYetMs)
  expect(node.holds).toBe(false)
  node.until(overMs)
  expect(node.holds).toBe(true)
})

test('after a stall longer than deadtime the addresses go before anything is said', () => {
  const node = new Node()
  node.until(8000)
  expect(node.holds).toBe(true)
  const before = node.effects.length
  node.stallUntil(14_000)
  const kinds = node.effects.slice(before).map((e) => e.kind)
  expect(kinds).toContain('drop')
  expect(kinds.indexOf('drop')).toBeLessThan(kinds.indexOf('send'))
})

describe('what is missing', () => {
  const withGap = () => {
    const node = new Node()
    node.status(1)
    node.status(3)
    node.until(900)
    return node
  }

  test('is asked for again and again', () => {
    const node = withGap()
    expect(node.sent('NS_rexmit').length).toBeGreaterThanOrEqual(3)
  })

  test('is not asked for any more when its sender cannot repeat it', () => {
    const node = withGap()
    node.hear('NS_nak_rexmit', { firstseq: '2', info: 'seqno too low', dest: 'ann' }, null)
    const before = node.sent('NS_rexmit').length
    node.status(4)
    node.until(2500)
    expect(node.sent('NS_rexmit').length).toBe(before)
    expect(node.counters.messages_lost).toBe(1)
  })
})
