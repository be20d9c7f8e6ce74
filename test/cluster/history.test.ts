import { describe, expect, test } from 'bun:test'
import { SendHistory } from '../../src/cluster/history.ts'
import { type Message, text } from '../../src/wire/message.ts'

const message = (n: number): Message => ({ fields: [text('seq', n.toString(16))] })

function sent(count: number): SendHistory {
  const history = new SendHistory()
  for (let n = 1; n <= count; n++) history.store(history.nextSeq, message(n))
  return history
}

describe('what was sent', () => {
  test('numbers count from one', () => {
    expect(new SendHistory().nextSeq).toBe(1)
    expect(sent(3).nextSeq).toBe(4)
  })

  test('a range is answered in order, unchanged', () => {
    expect(sent(9).answer('bob', 4, 6, 0, 240).again).toEqual([message(4), message(5), message(6)])
  })

  test('nothing is sent above the highest number', () => {
    expect(sent(3).answer('bob', 3, 99, 0, 240).again).toEqual([message(3)])
  })

  test('what was repeated a moment ago is not repeated again', () => {
    const history = sent(3)
    expect(history.answer('bob', 2, 2, 1000, 240).again.length).toBe(1)
    expect(history.answer('bob', 2, 2, 1239, 240).again.length).toBe(0)
    expect(history.answer('bob', 2, 2, 1240, 240).again.length).toBe(1)
  })

  test('500 are kept; what is gone is refused', () => {
    const history = sent(501)
    expect(history.size).toBe(500)
    expect(history.answer('bob', 1, 2, 0, 240)).toEqual({
      again: [message(2)],
      refused: [{ seq: 1, reason: 'seqno too low' }],
    })
  })

  test('at most 50 in one answer', () => {
    expect(sent(200).answer('bob', 1, 200, 0, 240).again.length).toBe(50)
  })

  test('what a node has acknowledged is not repeated to it', () => {
    const history = sent(9)
    expect(history.acknowledge('bob', 5)).toBeTrue()
    expect(history.answer('bob', 4, 6, 0, 240).again).toEqual([message(6)])
    history.forget('bob')
    expect(history.answer('bob', 4, 4, 0, 240).again).toEqual([message(4)])
  })

  test('an acknowledgement of the future is refused; an older one changes nothing', () => {
    const history = sent(9)
    expect(history.acknowledge('bob', 10)).toBeFalse()
    history.acknowledge('bob', 7)
    history.acknowledge('bob', 3)
    expect(history.acknowledgedBy('bob')).toBe(7)
  })

  test('a new generation begins anew', () => {
    const history = sent(9)
    history.reset()
    expect(history.nextSeq).toBe(1)
    expect(history.answer('bob', 1, 9, 0, 240)).toEqual({ again: [], refused: [] })
  })
})
