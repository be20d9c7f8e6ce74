/** expect(), with the matchers that the tests of the core use. A matcher that is missing is an error, never a pass. */
import { type Asymmetric, equals, show } from './equals.ts'

type Verdict = (actual: unknown, ...expected: never[]) => boolean

const length = (value: unknown): number => (value as { length: number }).length

const contains = (actual: unknown, part: unknown): boolean =>
  typeof actual === 'string' ? actual.includes(String(part)) : [...(actual as Iterable<unknown>)].includes(part)

/** Whether a call throws, and what is expected: part of the message, a pattern, a class or nothing in particular. */
function throws(action: unknown, expected?: unknown): boolean {
  try {
    ;(action as () => unknown)()
    return false
  } catch (error) {
    return isSuch(error, expected)
  }
}

function isSuch(error: unknown, expected: unknown): boolean {
  const message = error instanceof Error ? error.message : String(error)
  if (expected === undefined) return true
  if (typeof expected === 'string') return message.includes(expected)
  if (expected instanceof RegExp) return expected.test(message)
  if (typeof expected === 'function') return error instanceof expected
  return equals(error, expected)
}

const property = (actual: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], actual)

const verdicts = {
  toBe: (a, e: unknown) => Object.is(a, e),
  toEqual: (a, e: unknown) => equals(a, e),
  toStrictEqual: (a, e: unknown) => equals(a, e),
  toMatchObject: (a, e: unknown) => equals(a, e, true),
  toBeNull: (a) => a === null,
  toBeUndefined: (a) => a === undefined,
  toBeDefined: (a) => a !== undefined,
  toBeTrue: (a) => a === true,
  toBeFalse: (a) => a === false,
  toBeTruthy: (a) => Boolean(a),
  toBeFalsy: (a) => !a,
  toBeGreaterThan: (a, e: number) => (a as number) > e,
  toBeGreaterThanOrEqual: (a, e: number) => (a as number) >= e,
  toBeLessThan: (a, e: number) => (a as number) < e,
  toBeLessThanOrEqual: (a, e: number) => (a as number) <= e,
  toBeWithin: (a, from: number, to: number) => (a as number) >= from && (a as number) < to,
  toBeCloseTo: (a, e: number, digits = 2) => Math.abs((a as number) - e) < 10 ** -digits / 2,
  toBeInstanceOf: (a, e: new () => unknown) => a instanceof e,
  toContain: (a, e: unknown) => contains(a, e),
  toContainEqual: (a, e: unknown) => [...(a as Iterable<unknown>)].some((v) => equals(v, e)),
  toHaveLength: (a, e: number) => length(a) === e,
  toHaveProperty: (a, e: string) => property(a, e) !== undefined,
  toMatch: (a, e: RegExp | string) => (typeof e === 'string' ? contains(a, e) : e.test(String(a))),
  toStartWith: (a, e: string) => String(a).startsWith(e),
  toEndWith: (a, e: string) => String(a).endsWith(e),
  toBeEmpty: (a) => [...(a as Iterable<unknown>)].length === 0,
  toThrow: (a, e?: unknown) => throws(a, e),
} satisfies Record<string, Verdict>

type Matchers = { readonly [K in keyof typeof verdicts]: (...expected: unknown[]) => void }
type Late = { readonly [K in keyof typeof verdicts]: (...expected: unknown[]) => Promise<void> }
export type Expectation = Matchers & { readonly not: Matchers; readonly resolves: Late; readonly rejects: Late }

/** Says of a value what it should be; a matcher that does not hold throws an Error with both values. */
export function expect(actual: unknown, words?: string): Expectation {
  const matchers = (wanted: boolean) =>
    build((name, expected) => judge(name, wanted, actual, expected, words)) as unknown as Matchers
  const settled = async (): Promise<unknown> => actual
  const late = (outcome: () => Promise<unknown>) =>
    build(async (name, expected) => judge(name, true, await outcome(), expected, words)) as unknown as Late
  return Object.assign(matchers(true), {
    not: matchers(false),
    resolves: late(settled),
    rejects: late(async () => {
      const thrown = await settled().then(
        () => null,
        (error: unknown) => ({ error }),
      )
      if (thrown === null) throw new Error('expected a promise that rejects')
      return () => {
        throw thrown.error
      }
    }),
  })
}

function build(call: (name: keyof typeof verdicts, expected: unknown[]) => unknown): Record<string, unknown> {
  const names = Object.keys(verdicts) as (keyof typeof verdicts)[]
  return Object.fromEntries(names.map((name) => [name, (...expected: unknown[]) => call(name, expected)]))
}

function judge(name: keyof typeof verdicts, wanted: boolean, actual: unknown, expected: unknown[], words = ''): void {
  const verdict = verdicts[name] as (actual: unknown, ...expected: unknown[]) => boolean
  if (verdict(actual, ...expected) === wanted) return
  const not = wanted ? '' : 'not '
  throw new Error(`${words === '' ? '' : `${words}: `}${show(actual)}: ${not}${name} ${expected.map(show).join(', ')}`)
}

const asymmetric = (words: string, matches: (actual: unknown) => boolean): Asymmetric => ({ words, matches })

expect.anything = () => asymmetric('anything', (a) => a !== null && a !== undefined)
expect.any = (kind: { readonly name: string }) =>
  asymmetric(`any ${kind.name}`, (a) => a !== null && a !== undefined && Object(a) instanceof (kind as never))
expect.stringContaining = (part: string) =>
  asymmetric(`...${part}...`, (a) => typeof a === 'string' && a.includes(part))
expect.stringMatching = (pattern: RegExp) => asymmetric(`${pattern}`, (a) => typeof a === 'string' && pattern.test(a))
expect.objectContaining = (part: object) => asymmetric(`with ${show(part)}`, (a) => equals(a, part, true))
expect.arrayContaining = (parts: readonly unknown[]) =>
  asymmetric(`with ${show(parts)}`, (a) => parts.every((p) => (a as unknown[]).some((v) => equals(v, p))))
