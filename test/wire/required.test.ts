import { describe, expect, test } from 'bun:test'
import { type Field, text } from '../../src/wire/message.ts'
import { missing } from '../../src/wire/required.ts'
import { least } from './example.ts'

const without = (name: string): Field[] => least.filter((field) => field.name !== name)
const reason = (fields: readonly Field[]) => missing({ fields })?.reason ?? null

test('src, ts, t and seq are enough', () => {
  expect(reason(least)).toBeNull()
})

describe('missing or wrong', () => {
  test.each([
    ['src', 'no-src'],
    ['ts', 'no-ts'],
    ['t', 'no-type'],
    ['seq', 'no-seq'],
  ])('%s', (name, word) => {
    expect(reason(without(name))).toBe(word as 'no-src')
  })

  test.each(['0', '000', '', 'x', '0x1f', '-1', '1f ', '1'.repeat(14)])('seq=%j', (value) => {
    expect(reason([...without('seq'), text('seq', value)])).toBe('bad-seq')
  })

  test.each(['0', 'x', '-5', '1'.repeat(14)])('ts=%j', (value) => {
    expect(reason([...without('ts'), text('ts', value)])).toBe('bad-ts')
  })

  test('the first of a name counts', () => {
    expect(reason([text('seq', '0'), ...least])).toBe('bad-seq')
    expect(reason([...least, text('seq', '0')])).toBeNull()
    expect(reason([{ type: 1, name: 'src', value: Uint8Array.of(110) }, ...least])).toBe('no-src')
  })

  test('types that begin with NS_ need no seq', () => {
    expect(reason([text('t', 'NS_st'), ...without('seq')])).toBeNull()
    expect(reason([text('t', 'ns_st'), ...without('seq')])).toBe('no-seq')
  })
})
