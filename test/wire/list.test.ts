import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { isText } from '../../src/wire/bytes.ts'
import { budget, limits } from '../../src/wire/limits.ts'
import { item, readList, takeItem, writeList } from '../../src/wire/list.ts'

describe('an item', () => {
  test('is length, colon, content, comma', () => {
    expect(item('(0)t=status')).toBe('11:(0)t=status,')
    expect(item('')).toBe('0:,')
  })

  test('is found by its length, whatever it holds', () => {
    expect(takeItem('xx5:a,b:c,', 2)).toEqual({ start: 4, end: 9 })
  })

  test.each([
    '',
    ':',
    'a:',
    '1',
    '1:',
    '1:a',
    '1:ab',
    '-1:a,',
    '+1:a,',
    ' 1:a,',
    '01:a,',
    '1 :a,',
    '99999999:a,',
    '2:a,',
  ])('is not %j', (text) => {
    expect(takeItem(text, 0)).toMatchObject({ ok: false, reason: 'malformed' })
  })
})

describe('a list', () => {
  test('as the reference has it', () => {
    expect(writeList(['abc', 'defg'])).toBe('3:abc,4:defg,')
    expect(readList('3:abc,4:defg,', budget())).toEqual(['abc', 'defg'])
    expect(readList('', budget())).toEqual([])
  })

  test('what is written is what is read', () => {
    const items = fc.array(fc.string().filter(isText))
    fc.assert(fc.property(items, (list) => expect(readList(writeList(list), budget())).toEqual(list)))
  })

  test.each(['3:abc', '3:abc,x', 'abc', '3:a\0c,'])('is not %j', (text) => {
    expect(readList(text, budget())).toMatchObject({ reason: 'malformed' })
  })

  test('has a bound', () => {
    expect(readList('0:,'.repeat(limits.itemsMax), budget())).toHaveLength(limits.itemsMax)
    expect(readList('0:,'.repeat(limits.itemsMax + 1), budget())).toMatchObject({ reason: 'malformed' })
  })
})
