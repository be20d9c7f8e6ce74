import { describe, expect, test } from 'bun:test'
import { assertWritable, isName } from '../../src/wire/field.ts'
import { budget, limits } from '../../src/wire/limits.ts'
import { type Field, type Message, text } from '../../src/wire/message.ts'

describe('a name', () => {
  test.each(['t', 'nodelist', '_compressed_payload', 'a b', 'a(0)', '<<', 'n\xe9e', 'n'.repeat(limits.nameBytesMax)])(
    '%j',
    (name) => {
      expect(isName(name)).toBe(true)
    },
  )

  test.each(['', 'a=b', 'a\nb', 'a\0', '\x7f', '(0)a', '<<<', '>>>x', 'n\u0101', 'n'.repeat(limits.nameBytesMax + 1)])(
    'not %j',
    (name) => {
      expect(isName(name)).toBe(false)
    },
  )
})

describe('what cannot be written', () => {
  const deep = (levels: number): Message => ({
    fields: levels ? [{ type: 2, name: 's', value: deep(levels - 1) }] : [],
  })
  const list = (value: string[]): Field => ({ type: 3, name: 'l', value })
  test.each([
    ['an impossible name', [text('a=b', '')], 'cannot be the name'],
    ['NUL in a text', [text('a', '\0')], 'field a is not plain text'],
    ['a character of two bytes', [text('a', '\u20ac')], 'field a is not plain text'],
    ['NUL in a list', [list(['x', '\0'])], 'field l'],
    ['too many items', [list(Array(limits.itemsMax + 1).fill(''))], 'list items'],
    ['too many fields', Array(limits.fieldsMax + 1).fill(text('a', '')), 'fields'],
    ['too deep', deep(limits.depthMax + 1).fields, 'nested'],
  ])('%s', (_, fields, words) => {
    expect(() => assertWritable({ fields }, budget())).toThrow(words)
  })

  test('the deepest that can', () => {
    assertWritable(deep(limits.depthMax), budget())
  })
})
