/** Valibot schemas for one word. An issue carries what is wrong in `message` and what to do in `expected`. */
import * as v from 'valibot'
import { isDevice, isHost, isIPv4, isIPv6 } from './address.ts'
import type { Wrong } from './problem.ts'

export type WordSchema<T> = v.GenericSchema<string, T>

const fail = (message: string, remedy: string): Wrong => ({ message, remedy })

/** A schema out of a function that gives the value, or says what is wrong. */
export function parsed<T extends string | number | boolean | readonly unknown[] | null>(
  read: (word: string) => T | Wrong,
): WordSchema<T> {
  return v.pipe(
    v.string(),
    v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
      const result = read(dataset.value)
      if (typeof result !== 'object' || result === null || Array.isArray(result)) return result as T
      const { message, remedy } = result as Wrong
      addIssue({ message, expected: remedy })
      return NEVER
    }),
  )
}

/** The longest time that timers keep, about 24 days. */
export const timeMsMax = 2 ** 31 - 1

/** Milliseconds from a decimal number of seconds, or one with ms or us behind it. */
function readTime(word: string): number | Wrong {
  const parts = /^(\d+\.?\d*|\.\d+)(.*)$/s.exec(word)
  const [, digits = '', unit = ''] = parts ?? []
  const number = Number(digits)
  if (/^s(ec(onds?)?)?$/i.test(unit)) return fail('seconds are written without a unit', `write ${number}`)
  if (/^m(in(utes?)?)?$/i.test(unit)) return fail('a time has no unit for minutes', `write ${number * 60}, in seconds`)
  if (/^h(ours?)?$/i.test(unit)) return fail('a time has no unit for hours', `write ${number * 3600}, in seconds`)
  const factor = unit === '' ? 1000 : /^ms/i.test(unit) ? 1 : /^us(ec)?$/i.test(unit) ? 0.001 : 0
  if (parts === null || factor === 0) return fail('not a time', 'seconds as in 2 or 1.5, or 1500ms')
  const ms = Math.round(number * factor)
  return ms > timeMsMax ? fail('a time of more than 24 days', 'seconds as in 2 or 1.5, or 1500ms') : ms
}

/** A time in milliseconds. */
export const time = parsed(readTime)

/** A time in milliseconds that is not zero. */
export const timeAboveZero = parsed((word) => {
  const ms = readTime(word)
  return ms === 0 ? fail('this time must be more than 0', 'seconds as in 2 or 1.5, or 1500ms') : ms
})

const yes = new Set(['true', 'on', 'yes', 'y', '1'])
const no = new Set(['false', 'off', 'no', 'n', '0'])

/** true, on, yes, y, 1 or false, off, no, n, 0 in any case; undefined for anything else. */
export function booleanOf(word: string): boolean | undefined {
  const lower = word.toLowerCase()
  return yes.has(lower) ? true : no.has(lower) ? false : undefined
}

export const boolean = parsed(
  (word) => booleanOf(word) ?? fail('neither yes nor no', 'on, yes, true or off, no, false'),
)

/** A whole decimal number within bounds. */
export const integer = (least: number, most: number) =>
  parsed((word) => {
    const number = /^\d{1,10}$/.test(word) ? Number(word) : -1
    return number >= least && number <= most
      ? number
      : fail(/^-?\d+$/.test(word) ? 'out of range' : 'not a whole number', `${least} to ${most}`)
  })

/**
 * A whole number as C reads it, where heartbeat does: what stands behind the digits does not count, and no digits are 0.
 * Where that is not what is written, asWritten() says so.
 */
export const looseInteger = (least: number, most: number) =>
  parsed((word) => {
    const digits = /^[+-]?\d+/.exec(word)?.[0]
    const number = digits === undefined ? 0 : digits.length > 10 ? Number.NaN : Number(digits)
    return number >= least && number <= most
      ? number
      : fail(digits === undefined ? 'not a whole number' : 'out of range', `${least} to ${most}`)
  })

/** What to say of a number that was read out of something else. */
export const asWritten = (word: string, number: number): Wrong | null =>
  /^\d+$/.test(word) ? null : fail(`not a whole number: ${number} counts, as with heartbeat`, `write ${number}`)

/** One of several words, letter case aside. */
export const choice = <const T extends string>(...words: T[]) =>
  parsed<T>(
    (word) => words.find((w) => w === word.toLowerCase()) ?? fail('not one of the words for it', words.join(', ')),
  )

const when = (good: (word: string) => boolean, message: string, remedy: string) =>
  parsed((word) => (good(word) ? word : fail(message, remedy)))

export const anyWord = parsed((word) => word)

/** Lower-cased; what the wire and the scripts can carry. */
export const nodeName = parsed((word) =>
  /^[!-~]{1,99}$/.test(word) && !/[:/]/.test(word)
    ? word.toLowerCase()
    : fail('not a node name', 'what `uname -n` prints, at most 99 plain characters'),
)

export const device = when(isDevice, 'not an interface name', 'at most 15 characters, as in ip link')
export const host4 = when(isHost, 'neither an IPv4 address nor a host name', 'like 192.168.0.2 or node2.example.org')
export const host6 = when(
  (word) => (word.includes(':') ? isIPv6(word.replace(/%.*$/s, '')) : isHost(word) && !isIPv4(word)),
  'neither an IPv6 address nor a host name',
  'like fe80::2 or 2001:db8::2',
)
export const address6 = when(isIPv6, 'not an IPv6 address', 'like 2001:db8::2; host names are not resolved here')
export const group4 = when(
  (word) => isIPv4(word) && Number(word.split('.')[0]) >> 4 === 14,
  'not an IPv4 multicast group',
  '224.0.0.0 to 239.255.255.255',
)
export const group6 = when((w) => isIPv6(w) && /^ff/i.test(w), 'not an IPv6 multicast group', 'it begins with ff')
export const absolutePath = when((word) => /^\/./.test(word), 'not a full path', 'it begins with /')
/** heartbeat takes another path from the directory that it is started in, at boot the root. */
export const logPath = parsed((word) =>
  word.endsWith('/')
    ? fail('not the path of a file', 'like /var/log/ha-log')
    : word.startsWith('/')
      ? word
      : `/${word}`,
)
export const underRoot = (word: string): Wrong | null =>
  word.startsWith('/') ? null : fail(`not a full path: it is taken for /${word}`, `write /${word}`)
export const port = integer(1, 65535)
