/** The matchers that the tests use on Deno: that each can fail, and that it passes where bun:test's own does. */
import { describe, expect as judge, test } from 'bun:test'
import { rowName } from './bun-test.ts'
import { equals, show } from './equals.ts'
import { expect } from './expect.ts'

const fails = (action: () => unknown): boolean => {
  try {
    action()
    return false
  } catch {
    return true
  }
}

type Row = [name: string, actual: unknown, right: unknown[], wrong: unknown[]]
const boom = () => {
  throw new RangeError('far too much')
}
const rows: Row[] = [
  ['toBe', 1, [1], [2]],
  ['toEqual', { a: 1, b: undefined, c: [1, { d: 2 }] }, [{ a: 1, c: [1, { d: 2 }] }], [{ a: 1, c: [1, { d: 3 }] }]],
  ['toEqual', new Uint8Array([1, 2]), [new Uint8Array([1, 2])], [new Uint8Array([1, 3])]],
  ['toEqual', new Map([['a', 1]]), [new Map([['a', 1]])], [new Map([['a', 2]])]],
  ['toEqual', [1], [[1]], [[1, 2]]],
  ['toMatchObject', { a: 1, b: 2 }, [{ a: 1 }], [{ a: 2 }]],
  ['toMatchObject', [{ a: 1, b: 2 }], [[{ b: 2 }]], [[{ b: 2 }, {}]]],
  ['toContain', 'abc', ['bc'], ['x']],
  ['toContain', [1, 2], [2], [3]],
  ['toContainEqual', [{ a: 1 }], [{ a: 1 }], [{ a: 2 }]],
  ['toHaveLength', [1], [1], [2]],
  ['toHaveProperty', { a: { b: 1 } }, ['a.b'], ['a.c']],
  ['toMatch', 'abc', [/b/], [/x/]],
  ['toStartWith', 'abc', ['ab'], ['b']],
  ['toEndWith', 'abc', ['bc'], ['b']],
  ['toBeGreaterThan', 2, [1], [2]],
  ['toBeGreaterThanOrEqual', 2, [2], [3]],
  ['toBeLessThan', 2, [3], [2]],
  ['toBeLessThanOrEqual', 2, [2], [1]],
  ['toBeWithin', 2, [2, 3], [0, 2]],
  ['toBeCloseTo', 1.001, [1], [1.1]],
  ['toThrow', boom, ['too much'], ['too little']],
  ['toThrow', boom, [RangeError], [TypeError]],
  ['toThrow', boom, [], [/little/]],
]

describe('matchers', () => {
  test.each(rows)('%s of row %#', (name, actual, right, wrong) => {
    const of = (made: unknown) => made as Record<string, (...expected: unknown[]) => void>
    for (const make of [expect, judge as unknown as typeof expect]) {
      judge(fails(() => of(make(actual))[name]!(...right))).toBe(false)
      judge(fails(() => of(make(actual))[name]!(...wrong))).toBe(true)
      judge(fails(() => of(make(actual).not)[name]!(...right))).toBe(true)
      judge(fails(() => of(make(actual).not)[name]!(...wrong))).toBe(false)
    }
  })

  test.each([
    ['toBeNull', null, 0],
    ['toBeUndefined', undefined, null],
    ['toBeDefined', 0, undefined],
    ['toBeTrue', true, 1],
    ['toBeFalse', false, 0],
    ['toBeTruthy', 1, 0],
    ['toBeFalsy', '', 'x'],
  ] as const)('%s', (name, right, wrong) => {
    judge(fails(() => expect(right)[name]())).toBe(false)
    judge(fails(() => expect(wrong)[name]())).toBe(true)
  })

  test('a function that throws nothing does not pass for one that does', () => {
    judge(fails(() => expect(() => 1).toThrow())).toBe(true)
  })

  test('promises', async () => {
    await expect(Promise.resolve(1)).resolves.toBe(1)
    await expect(Promise.reject(new Error('no'))).rejects.toThrow('no')
    await judge((async () => expect(Promise.resolve(1)).rejects.toThrow())()).rejects.toThrow('rejects')
  })

  test('values that decide themselves', () => {
    expect({ a: 'abc', b: 1 }).toEqual({ a: expect.stringContaining('b'), b: expect.any(Number) })
    judge(equals(['x'], expect.arrayContaining(['y']))).toBe(false)
    judge(equals({ a: 1 }, expect.objectContaining({ a: 1 }))).toBe(true)
    judge(show(expect.stringMatching(/x/))).toContain('/x/')
  })
})

describe('names of rows', () => {
  test.each([
    ['%s and %j', ['a', { b: 1 }], 'a and {"b":1}'],
    ['row %# of 100%%', [], 'row 3 of 100%'],
    ['%d %d', [1, 2, 3], '1 2'],
  ] as const)('%s', (pattern, values, name) => {
    judge(rowName(pattern, values, 3)).toBe(name)
  })
})
