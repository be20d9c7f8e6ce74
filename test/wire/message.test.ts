import { expect, test } from 'bun:test'
import { binary, get, getBytes, getDecimal, getHex, text } from '../../src/wire/message.ts'

const message = {
  fields: [text('a', '1f'), text('a', '2'), binary('u', Uint8Array.of(1)), text('n', '17'), text('bad', '0x1f')],
}

test('the first of a name counts', () => {
  expect(get(message, 'a')).toBe('1f')
  expect(get({ fields: [binary('a', new Uint8Array()), text('a', 'x')] }, 'a')).toBeUndefined()
})

test('a field of another type, or none, is undefined', () => {
  expect(get(message, 'u')).toBeUndefined()
  expect(getBytes(message, 'a')).toBeUndefined()
  expect(getBytes(message, 'u')).toEqual(Uint8Array.of(1))
  expect(get(message, 'none')).toBeUndefined()
})

test('numbers are digits only, and stay exact', () => {
  const of = (value: string) => ({ fields: [text('x', value)] })
  expect(getHex(message, 'a')).toBe(0x1f)
  expect(getHex(of('fffffffffffff'), 'x')).toBe(2 ** 52 - 1)
  expect(getDecimal(message, 'n')).toBe(17)
  expect(getDecimal(message, 'a')).toBeUndefined()
  for (const value of ['', '0x1f', '-1', ' 1', '1 ', '1.5', '1'.repeat(16)]) {
    expect(getHex(of(value), 'x')).toBeUndefined()
    expect(getDecimal(of(value), 'x')).toBeUndefined()
  }
})
