import { describe, expect, test } from 'bun:test'
import { coveredLines, readClassic, scanClassic, writeClassic } from '../../src/wire/classic.ts'
import { budget, limits } from '../../src/wire/limits.ts'
import { type Field, type Message, text } from '../../src/wire/message.ts'
import { isRefused, type Refused } from '../../src/wire/refusal.ts'

function read(body: string): Message | Refused {
  const lines = scanClassic(body)
  return isRefused(lines) ? lines : readClassic(body, lines, budget())
}

const struct = (name: string, ...fields: Field[]): Field => ({ type: 2, name, value: { fields } })

describe('every type', () => {
  const cases: [string, Field, string][] = [
    ['text', text('t', 'status'), 't=status'],
    ['an empty text', text('emp', ''), 'emp='],
    ['"=" in a text', text('a', 'b=c'), 'a=b=c'],
    ['a newline in a text', text('b', 'two\nlines'), 'b=two\x13lines'],
    ['binary', { type: 1, name: 'u', value: Uint8Array.of(0, 10, 61, 255) }, '(1)u=AAo9/w=='],
    ['empty binary', { type: 1, name: 'u', value: new Uint8Array() }, '(1)u='],
    ['compressed', { type: 4, name: 'z', value: Uint8Array.of(1, 2, 3) }, '(4)z=AQID'],
    ['a list', { type: 3, name: 'lst', value: ['abc', 'defg'] }, '(3)lst=3:abc,4:defg,'],
    [
      'a struct',
      struct('sub', text('a', '1'), text('b', 'two\nlines')),
      '(2)sub=>>>\x14a=1\x14b=two\x13lines\x14<<<\x14',
    ],
    [
      'a struct in a struct',
      struct('x', struct('y', text('a', '1'))),
      '(2)x=>>>\x14(2)y=>>>\x15a=1\x15<<<\x15\x14<<<\x14',
    ],
  ]
  test.each(cases)('%s', (_, field, line) => {
    expect(writeClassic({ fields: [field] })).toBe(`>>>\n${line}\n<<<\n`)
    expect(read(`>>>\n${line}\n<<<\n`)).toEqual({ fields: [field] })
  })

  test('an explicit type 0', () => {
    expect(read('>>>\n(0)a=b\n<<<\n')).toEqual({ fields: [text('a', 'b')] })
  })
})

test('empty lines are skipped, and what follows the end mark is not read', () => {
  expect(read('>>>\n\n\na=b\n\n<<<\nrest')).toEqual({ fields: [text('a', 'b')] })
})

test('a line that begins like the end mark is not the end', () => {
  expect(read('>>>\n<<<<\n<<<\n')).toMatchObject({ reason: 'malformed' })
})

test('the digest covers all lines but auth, without marks', () => {
  expect(coveredLines([text('t', 'x'), text('auth', '1 abc'), text('a', '1\n2')])).toBe('t=x\na=1\x132\n')
})

describe('refused', () => {
  test.each([
    ['without end mark', '>>>\na=b\n'],
    ['with an unfinished end mark', '>>>\na=b\n<<<'],
    ['a line without "="', '>>>\nab\n<<<\n'],
    ['a line without name', '>>>\n=b\n<<<\n'],
    ['an unknown type', '>>>\n(7)a=b\n<<<\n'],
    ['an unfinished type', '>>>\n(0a=b\n<<<\n'],
    ['NUL in a text', '>>>\na=\0\n<<<\n'],
    ['base64 cut off', '>>>\n(1)u=AAo\n<<<\n'],
    ['base64 of another alphabet', '>>>\n(1)u=AA-_\n<<<\n'],
    ['padding within base64', '>>>\n(1)u=A===\n<<<\n'],
    ['a struct without marks', '>>>\n(2)s=a=1\n<<<\n'],
    ['a struct with the newlines of another depth', '>>>\n(2)s=>>>\x15a=1\x15<<<\x15\n<<<\n'],
    ['a list that is none', '>>>\n(3)l=abc\n<<<\n'],
  ])('%s', (_, body) => {
    expect(read(body)).toMatchObject({ ok: false, reason: 'malformed' })
  })
})

describe('bounds', () => {
  const deep = (levels: number): Message => ({
    fields: levels === 0 ? [text('a', '1')] : [struct('s', ...deep(levels - 1).fields)],
  })

  test('sixteen levels have a newline byte each, and there is no seventeenth', () => {
    const most = deep(limits.depthMax)
    expect(read(writeClassic(most))).toEqual(most)
    let body = '>>>\n<<<\n'
    for (const newline of ['\x13', ...'\x12\x11\x10\x0f\x1f\x1e\x1d\x1c\x1b\x1a\x19\x18\x17\x16\x15\x14']) {
      body = `>>>\n(2)s=${body.replaceAll('\n', newline)}\n<<<\n`
    }
    expect(read(body)).toMatchObject({ reason: 'malformed' })
  })

  test('fields', () => {
    expect(read(`>>>\n${'a=\n'.repeat(limits.fieldsMax)}<<<\n`)).toHaveProperty('fields.length', limits.fieldsMax)
    expect(read(`>>>\n${'a=\n'.repeat(limits.fieldsMax + 1)}<<<\n`)).toMatchObject({ reason: 'malformed' })
  })
})

describe('what the form cannot say', () => {
  test('a byte that would end a nested line', () => {
    expect(() => writeClassic({ fields: [struct('s', text('a', '\x14'))] })).toThrow('field a')
    expect(writeClassic({ fields: [text('a', '\x14')] })).toBe('>>>\na=\x14\n<<<\n')
  })

  test('a newline in a list', () => {
    expect(() => writeClassic({ fields: [{ type: 3, name: 'l', value: ['a\nb'] }] })).toThrow('field l')
  })

  test('byte 0x13 comes back as a newline, as heartbeat has it', () => {
    expect(read(writeClassic({ fields: [text('a', '\x13')] }))).toEqual({ fields: [text('a', '\n')] })
  })
})
