import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { columns, WIDTH, wrap } from '../../src/cli/wrap.ts'

describe('wrap', () => {
  test('leaves a short line alone', () => {
    expect(wrap('a short line', '  ')).toBe('  a short line')
  })

  test('hangs the following lines under the first word', () => {
    expect(wrap(`${'word '.repeat(17)}end`, 'lead: ')).toBe(
      `lead: ${Array(15).fill('word').join(' ')}\n      word word end`,
    )
  })

  test('or where it is told to', () => {
    expect(wrap(`${'x'.repeat(70)} yyyyyyyyyyyy`, 'lead: ', 2)).toBe(`lead: ${'x'.repeat(70)}\n  yyyyyyyyyyyy`)
  })

  test('does not break a word that is longer than a line', () => {
    const path = `/${'p'.repeat(100)}`
    expect(wrap(`see ${path} now`)).toBe(`see\n${path}\nnow`)
  })

  test('loses no word and keeps the width, whatever the words', () => {
    const word = fc.stringMatching(/^[a-z]{1,30}$/)
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 60 }), fc.nat(30), (words, indent) => {
        const lines = wrap(words.join(' '), ' '.repeat(indent)).split('\n')
        expect(
          lines
            .join(' ')
            .split(' ')
            .filter((w) => w !== ''),
        ).toEqual(words)
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(WIDTH)
      }),
    )
  })
})

describe('columns', () => {
  test('aligns the second under itself', () => {
    expect(
      columns([
        ['a', 'first'],
        ['bcd', 'second'],
      ]),
    ).toBe('  a    first\n  bcd  second')
  })

  test('puts it on its own line where the first is too long', () => {
    expect(
      columns(
        [
          ['a', 'first'],
          ['b'.repeat(30), 'second'],
        ],
        2,
        4,
      ),
    ).toBe(`  a     first\n  ${'b'.repeat(30)}\n        second`)
  })

  test('of nothing is nothing', () => {
    expect(columns([])).toBe('')
  })
})
