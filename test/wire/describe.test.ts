import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { describe } from '../../src/wire/describe.ts'
import { text } from '../../src/wire/message.ts'
import { status } from './example.ts'

test('type, sender, number, then its own fields', () => {
  expect(describe(status)).toBe('status src=alpha seq=1f st=active dt=2710 hg=65a1b2c3 ts=65a1b3ff')
})

test('no digest', () => {
  expect(describe({ fields: [...status.fields, text('auth', '1 5219f6cd')] })).not.toContain('5219')
})

test('values that are not text, blanks, and what would break a line', () => {
  const line = describe({
    fields: [
      text('t', 'x\ny'),
      text('info', 'two words'),
      { type: 1, name: 'u', value: new Uint8Array(3) },
      { type: 2, name: 's', value: status },
      { type: 3, name: 'l', value: ['a'] },
    ],
  })
  expect(line).toBe('x?y info="two words" u=<3 bytes> s={11 fields} l=[1 items]')
})

test('without a type', () => {
  expect(describe({ fields: [] })).toBe('?')
})

test('is short and printable, whatever the message', () => {
  const fields = fc.array(
    fc.record({ type: fc.constant(0 as const), name: fc.string(), value: fc.string({ maxLength: 500 }) }),
  )
  fc.assert(fc.property(fields, (all) => expect(describe({ fields: all })).toMatch(/^[\x20-\x7e]{1,240}$/)))
})
