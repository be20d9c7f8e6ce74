import { describe, expect, test } from 'bun:test'
import { budget, limits } from '../../src/wire/limits.ts'
import { type Field, type Message, text } from '../../src/wire/message.ts'
import { readNetstring, scanNetstring, writeNetstring } from '../../src/wire/netstring.ts'
import { isRefused, type Refused } from '../../src/wire/refusal.ts'

function read(body: string): Message | Refused {
  const scan = scanNetstring(body)
  return isRefused(scan) ? scan : readNetstring(body, scan, budget())
}

const item = (content: string) => `${content.length}:${content},`
const message = (...contents: string[]) => `###\n${contents.map(item).join('')}%%%\n`

describe('every type', () => {
  const cases: [string, Field, string][] = [
    ['text', text('t', 'status'), '11:(0)t=status,'],
    ['an empty text', text('emp', ''), '7:(0)emp=,'],
    ['a text with "=" and newline', text('a', 'b=c\n%%%\n'), '13:(0)a=b=c\n%%%\n,'],
    ['binary', { type: 1, name: 'u', value: Uint8Array.of(0, 10, 61, 255) }, '9:(1)u=\0\n=\xff,'],
    ['a list', { type: 3, name: 'lst', value: ['abc', 'defg'] }, '20:(3)lst=3:abc,4:defg,,'],
    ['a struct', { type: 2, name: 's', value: { fields: [text('a', '1')] } }, '22:(2)s=###\n6:(0)a=1,%%%\n,'],
    ['compressed', { type: 4, name: 'z', value: Uint8Array.of(1, 2) }, '7:(4)z=\x01\x02,'],
  ]
  test.each(cases)('%s', (_, field, written) => {
    expect(writeNetstring([field])).toBe(`###\n${written}%%%\n`)
    expect(read(`###\n${written}%%%\n`)).toEqual({ fields: [field] })
  })

  test('no field at all', () => {
    expect(read('###\n%%%\n')).toEqual({ fields: [] })
  })
})

describe('scan', () => {
  test('looks at marks and lengths alone, and stops at the end mark', () => {
    expect(scanNetstring('###\n1:x,%%%\n rest')).toEqual({ spans: [{ start: 6, end: 7 }], end: 12 })
  })

  test.each(['###\n', '###\n1:x,', '###\n1:x,%%%', '###\n1:x,%%\n', '###\nt=x\n%%%\n', '###\n2:x,%%%\n'])(
    'refuses %j',
    (body) => {
      expect(scanNetstring(body)).toMatchObject({ reason: 'malformed' })
    },
  )
})

describe('a field is refused', () => {
  const nested = (inner: string) => message(`(2)s=${inner}`)
  test.each([
    ['without type', message('t=x')],
    ['without "="', message('(0)tx')],
    ['with "=" only in the next one', message('(0)t', '(0)a=b')],
    ['of type 5', message('(5)t=x')],
    ['of a type that is no digit', message('(x)t=x')],
    ['of a type of two digits', message('(00)t=x')],
    ['without name', message('(0)=x')],
    ['with a control character in its name', message('(0)a\nb=x')],
    ['with a name that looks like a type', message('(0)(1)a=x')],
    ['with a name that begins with a mark', message('(0)<<<a=x')],
    ['with too long a name', message(`(0)${'n'.repeat(limits.nameBytesMax + 1)}=x`)],
    ['with NUL in a text', message('(0)a=\0')],
    ['empty', message('')],
    ['a struct without marks', nested('a=1')],
    ['a struct without end', nested('###\n6:(0)a=1,')],
    ['a struct with a rest', nested('###\n6:(0)a=1,%%%\n5:1 abc,')],
    ['a list that does not fill its field', message('(3)l=1:a,x')],
  ])('%s', (_, body) => {
    expect(read(body)).toMatchObject({ ok: false, reason: 'malformed' })
  })
})

describe('bounds', () => {
  const deep = (levels: number): Message =>
    levels === 0 ? { fields: [] } : { fields: [{ type: 2, name: 's', value: deep(levels - 1) }] }

  test('nesting', () => {
    const most = deep(limits.depthMax)
    expect(read(writeNetstring(most.fields))).toEqual(most)
    expect(read(writeNetstring(deep(limits.depthMax + 1).fields))).toMatchObject({ reason: 'malformed' })
  })

  test('fields, those of nested messages counted in', () => {
    const many = Array.from({ length: limits.fieldsMax }, (_, i) => text(`f${i}`, ''))
    expect(read(writeNetstring(many))).toEqual({ fields: many })
    expect(read(writeNetstring([...many, text('one', 'more')]))).toMatchObject({ reason: 'malformed' })
    const inside: Field = { type: 2, name: 's', value: { fields: many } }
    expect(read(writeNetstring([inside]))).toMatchObject({ reason: 'malformed' })
  })
})
