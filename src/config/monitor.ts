/** The words of a `monitor` line. */
import * as v from 'valibot'
import { isHost, isIPv6 } from './address.ts'
import type { Wrong } from './problem.ts'
import type { Monitor, Probe } from './types.ts'
import { absolutePath, integer, timeAboveZero, type WordSchema } from './values.ts'

type Words = Omit<Monitor, 'file' | 'line' | 'column'>
type Numbers = { -readonly [K in 'everyMs' | 'timeoutMs' | 'fail' | 'restarts' | 'withinMs']: number }

const initial: Numbers = { everyMs: 10_000, timeoutMs: 5000, fail: 3, restarts: 1, withinMs: 60_000 }

const options: Readonly<Record<string, readonly [keyof Numbers, WordSchema<number>]>> = {
  every: ['everyMs', timeAboveZero],
  timeout: ['timeoutMs', timeAboveZero],
  fail: ['fail', integer(1, 1000)],
  restarts: ['restarts', integer(0, 1000)],
  within: ['withinMs', timeAboveZero],
}

/** What is wrong with the word of that number. */
interface WrongAt extends Wrong {
  readonly at: number
}

const wrong = (at: number, message: string, remedy: string): WrongAt => ({ at, message, remedy })

/** RESOURCE [every TIME] [timeout TIME] [fail N] [restarts N] [within TIME] via PROBE. */
export const monitorWords = v.pipe(
  v.array(v.string()),
  v.rawTransform<string[], Words>(({ dataset, addIssue, NEVER }) => {
    const result = readMonitor(dataset.value)
    if (!('at' in result)) return result
    const { at, message, remedy } = result
    const input = dataset.value
    addIssue({
      message,
      expected: remedy,
      path: [{ type: 'array', origin: 'value', input, key: at, value: input[at] }],
    })
    return NEVER
  }),
)

function readMonitor(words: readonly string[]): Words | WrongAt {
  const [resource] = words
  if (resource === undefined) return wrong(0, 'a resource is missing', 'a resource as written in haresources')
  const numbers = { ...initial }
  let at = 1
  for (; at < words.length && words[at] !== 'via'; at += 2) {
    const option = options[words[at]!.toLowerCase()]
    if (option === undefined) return wrong(at, 'not a word of a monitor', `${Object.keys(options).join(', ')} or via`)
    const [key, schema] = option
    if (words[at + 1] === undefined) return wrong(at + 1, 'a value is missing', 'a number')
    const parsed = v.safeParse(schema, words[at + 1])
    if (!parsed.success) return wrong(at + 1, parsed.issues[0].message, parsed.issues[0].expected ?? 'a number')
    numbers[key] = parsed.output
  }
  const probe = readProbe(words, at + 1)
  return 'at' in probe ? probe : { resource, ...numbers, probe }
}

function readProbe(words: readonly string[], at: number): Probe | WrongAt {
  const [kind, what, ...rest] = words.slice(at)
  const extra = (index: number) => wrong(index, 'one word too many', 'nothing behind it')
  if (kind === 'status') return what === undefined ? { kind } : extra(at + 1)
  if (kind !== 'tcp' && kind !== 'http' && kind !== 'script') {
    return wrong(at, 'not a way to ask a service', 'via status, tcp HOST:PORT, http URL [expect CODE] or script PATH')
  }
  if (what === undefined) return wrong(at + 1, 'something is missing', kind)
  if (kind === 'http') return readHttp(what, rest, at + 1)
  if (rest.length > 0) return extra(at + 2)
  if (kind === 'tcp') return readTcp(what) ?? wrong(at + 1, 'not a host with a port', 'like 127.0.0.1:80 or [::1]:80')
  const path = v.safeParse(absolutePath, what)
  return path.success ? { kind, path: what } : wrong(at + 1, 'not a full path', 'it begins with /')
}

function readTcp(word: string): Probe | null {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(word) ?? []
  const host = bracketed ?? plain ?? ''
  const port = Number(digits)
  const good = (bracketed === undefined ? isHost(host) : isIPv6(host)) && port >= 1 && port <= 65535
  return good ? { kind: 'tcp', host, port } : null
}

function readHttp(url: string, rest: readonly string[], at: number): Probe | WrongAt {
  if (!/^https?:\/\/[^/]/.test(url) || !URL.canParse(url)) {
    return wrong(at, 'not an http address', 'like http://127.0.0.1:8080/health')
  }
  if (rest.length === 0) return { kind: 'http', url, expect: 200 }
  if (rest[0] !== 'expect') return wrong(at + 1, 'not a word for it', 'expect CODE')
  const code = v.safeParse(integer(100, 599), rest[1] ?? '')
  if (!code.success) return wrong(at + 2, 'not a status code of HTTP', '100 to 599')
  return rest.length > 2
    ? wrong(at + 3, 'one word too many', 'nothing behind it')
    : { kind: 'http', url, expect: code.output }
}
