import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { formatWord, type HbWord, parseWord, sameWord } from '../../src/cluster/word.ts'

const parsed = (value: string) => {
  const word = parseWord(value)
  if (word === null) throw new Error(`not a word: ${value}`)
  return word
}

describe('the word of hb to hb', () => {
  test('what is written is read again', () => {
    const word = parsed('v=1 run=r1 sum=abcd ok=1 claim=local held=0.2,a.0 failed=3,1f deaf=1 to=a.2 seen=b.1')
    expect([...word.held]).toEqual([
      [0, 2],
      [10, 0],
    ])
    expect(word.failed).toEqual([3, 31])
    expect(word.deaf).toEqual([1])
    expect([...word.to]).toEqual([[10, 2]])
    expect([...word.seen]).toEqual([[11, 1]])
    expect(word.settled).toBeTrue()
    expect(word.claim).toBe('local')
    expect(parseWord(formatWord(word))).toEqual(word)
  })

  test('two are the same when they are written the same', () => {
    const few = fc.uniqueArray(fc.nat(2), { maxLength: 2 }).map((list) => list.sort())
    const pairs = fc.tuple(few, fc.nat(1)).map(([groups, term]) => new Map(groups.map((g) => [g, term])))
    const word: fc.Arbitrary<HbWord> = fc.record({
      run: fc.constantFrom('r', 'q'),
      sum: fc.constantFrom('s', 't'),
      held: pairs,
      failed: few,
      deaf: few,
      settled: fc.boolean(),
      claim: fc.constantFrom('local', 'none'),
      maintenance: fc.constantFrom('', '1'),
      stuck: few,
      to: pairs,
      seen: pairs,
    })
    const close = fc
      .tuple(word, word, fc.boolean())
      .map(([a, b, one]) => [a, one ? { ...a, stuck: b.stuck, seen: b.seen } : b])
    fc.assert(fc.property(close, ([a, b]) => sameWord(a!, b!) === (formatWord(a!) === formatWord(b!))))
    fc.assert(fc.property(word, (a) => sameWord(a, { ...a, held: new Map(a.held) })))
  })

  test('unknown words are for later versions', () => {
    expect(parsed('v=2 run=r sum=s ok=0 claim=none held= colour=blue').run).toBe('r')
  })

  test('nothing is held where nothing is said', () => {
    expect(parsed('v=1 run=r sum=s').held.size).toBe(0)
    expect(parsed('v=1 run=r sum=s').settled).toBeFalse()
  })

  test.each(['', 'hello', 'v=1', 'run=r sum=s', 'v=1 run= sum=s', `v=1 run=${'x'.repeat(33)} sum=s`])(
    'not a word: %p',
    (value) => expect(parseWord(value)).toBeNull(),
  )

  test('items that are no numbers are left out', () => {
    const word = parsed('v=1 run=r sum=s held=1,2.x,-1.0,3.1 failed=zz,4')
    expect([...word.held]).toEqual([[3, 1]])
    expect(word.failed).toEqual([4])
  })
})
