/** Deep equality and matching of values, for the matchers of expect.ts. */

/** A value that decides itself what it equals: expect.any, expect.stringContaining. */
export interface Asymmetric {
  readonly matches: (actual: unknown) => boolean
  readonly words: string
}

const isAsymmetric = (value: unknown): value is Asymmetric =>
  typeof value === 'object' && value !== null && 'matches' in value && 'words' in value

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/**
 * Whether two values are the same all the way down: properties that are undefined count as missing, classes do not
 * matter. partly: what is expected names only some of the properties (elements of arrays are all counted).
 */
export function equals(actual: unknown, expected: unknown, partly = false): boolean {
  if (isAsymmetric(expected)) return expected.matches(actual)
  if (Object.is(actual, expected)) return true
  if (!isObject(actual) || !isObject(expected)) return false
  if (Array.isArray(actual) !== Array.isArray(expected)) return false
  if (actual instanceof Error && expected instanceof Error) return actual.message === expected.message
  if (actual instanceof Set && expected instanceof Set) return equals([...actual], [...expected])
  if (actual instanceof Map && expected instanceof Map) return equals([...actual], [...expected])
  if (ArrayBuffer.isView(actual) !== ArrayBuffer.isView(expected)) return false
  if (Array.isArray(actual) && actual.length !== (expected as unknown as unknown[]).length) return false
  const names = new Set(partly ? Object.keys(expected) : [...Object.keys(actual), ...Object.keys(expected)])
  return [...names].every((name) => equals(actual[name], expected[name], partly))
}

/** A value as a reader of a failure wants to see it: one line, cut where it becomes long. */
export function show(value: unknown): string {
  const text = JSON.stringify(value, (_, v) => {
    if (typeof v === 'bigint') return `${v}n`
    if (v instanceof Map || v instanceof Set) return [...v]
    if (v instanceof RegExp || v instanceof Error) return String(v)
    return isAsymmetric(v) ? v.words : v
  })
  const whole = text ?? String(value)
  return whole.length > 2000 ? `${whole.slice(0, 2000)}...` : whole
}
