import { expect, test } from 'bun:test'
import { FifoText } from '../../src/compat/fifo-text.ts'
import { wordsOf } from './scene.ts'

function read(text: string, size = text.length): string[] {
  const fifo = new FifoText()
  const found: string[] = []
  const bytes = Buffer.from(text, 'latin1')
  for (let at = 0; at < bytes.length; at += size) {
    for (const find of fifo.add(bytes.subarray(at, at + size))) {
      found.push('message' in find ? wordsOf(find.message) : `problem: ${find.problem}`)
    }
  }
  return found
}

test('messages stand between the marks, cut anywhere; what stands between messages is skipped', () => {
  const text = 'noise\n>>>\nt=a\nx=1=2\n<<<\nmore\n\n>>>\nt=b\n<<<\n'
  for (const size of [1, 2, 5, 100]) expect(read(text, size)).toEqual(['t=a x=1=2', 't=b'])
})

test.each([
  ['>>>\nt=a\n\nx=1\n<<<\n', 'an empty line'],
  [`>>>\nt=a\nx=${'y'.repeat(510)}\n<<<\n`, 'more than 511 bytes'],
  [`>>>\n${'x=1\n'.repeat(300)}<<<\n`, 'more than 256 lines'],
  ['>>>\nnonsense\n<<<\n', 'not name=value'],
])('%p is one message that is not taken, and the next one is', (text, why) => {
  const [problem, next, ...rest] = read(`${text}>>>\nt=ok\n<<<\n`)
  expect(problem).toContain(why)
  expect([next, rest]).toEqual(['t=ok', []])
})

test('a message that was begun and not ended makes way for the next one', () => {
  expect(read('>>>\nt=lost\n>>>\nt=a\n<<<\n')).toEqual(['t=a'])
})

test('a line without an end does not grow', () => {
  const fifo = new FifoText()
  for (let i = 0; i < 1000; i++) expect(fifo.add(Buffer.alloc(65_536, 'x'))).toEqual([])
  expect(JSON.stringify(Object.values(fifo)).length).toBeLessThan(2000)
})

test('cut anywhere, another reader goes on where this one was', () => {
  const bytes = new TextEncoder().encode('rubbish\n>>>\nt=a\nx=1\n<<<\n>>>\nt=b\n\n<<<\n>>>\nt=c\n<<<\n')
  const whole = new FifoText().add(bytes)
  expect(whole.length).toBe(3)
  for (let cut = 0; cut <= bytes.length; cut++) {
    const first = new FifoText()
    const found = first.add(bytes.subarray(0, cut))
    const second = new FifoText(first.begun())
    expect([...found, ...second.add(bytes.subarray(cut))]).toEqual(whole)
  }
})
