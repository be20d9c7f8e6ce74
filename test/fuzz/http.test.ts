/** The status endpoint: any path, query, method and header; an answer to each, and nothing but a page, JSON or text. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import { createApp, ROUTES } from '../../src/http/app.ts'
import { source } from '../http/fixture.ts'
import { LONG_MS } from './fuzz.ts'
import { Mutator } from './mutate.ts'

setDefaultTimeout(LONG_MS)

const RUNS = Number(process.env.FUZZ_INPUTS ?? 6000)
const SECONDS_MAX = Number(process.env.FUZZ_SECONDS ?? 600)
/** In the middle of a thousand: a whole page is made for some. */
const TYPICAL_MS_MAX = 1

const paths = [
  ...Object.keys(ROUTES),
  '/holder/10.0.0.1',
  '/holder/2001:db8::1',
  '/events?since=2026-01-31T12:00:00Z',
  '/events?since=-5',
]
const words = [
  '/',
  '//',
  '..',
  '%2e',
  '%00',
  '%ff',
  '?since=',
  '&',
  '#',
  '<script>',
  '"',
  "'",
  '\u2028',
  'é',
  'holder/',
  '*',
]
const mutator = new Mutator(paths, words, 4096)
const method = fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'OPTIONS', 'DELETE')
const header = fc.tuple(
  fc.constantFrom('host', 'accept', 'content-length', 'range', 'x-forwarded-for', 'origin'),
  fc.string({ maxLength: 20 }),
)

function request(path: string, method: string, [name, value]: readonly [string, string]): Request | null {
  try {
    return new Request(`http://h${path.startsWith('/') ? '' : '/'}${path}`, { method, headers: { [name]: value } })
  } catch {
    return null
  }
}

test('every request gets an answer that fits it', async () => {
  const app = createApp(source())
  const took: number[] = []
  const statuses = new Set<number>()
  const endMs = performance.now() + SECONDS_MAX * 1000
  let asked = 0
  await fc.assert(
    fc.asyncProperty(mutator.inputs, method, header, async (path, method, header) => {
      if (performance.now() > endMs) return
      const asking = request(path, method, header)
      if (asking === null) return
      asked++
      const fromMs = performance.now()
      const answer = await app.fetch(asking)
      const body = await answer.text()
      if (took.length < 100_000) took.push(performance.now() - fromMs)
      statuses.add(answer.status)
      if (answer.status >= 500 && answer.status !== 503) throw new Error(`${answer.status}: ${body}`)
      if (answer.status === 200 && !['GET', 'HEAD'].includes(method)) throw new Error(`${method} is answered with 200`)
      if (answer.headers.get('x-content-type-options') !== 'nosniff') throw new Error('without its headers')
      if (
        /<script>/.test(body) &&
        !answer.headers.get('content-type')?.startsWith('text/plain') &&
        new URL(asking.url).pathname !== '/'
      )
        throw new Error('what was asked came back as a page')
    }),
    { numRuns: RUNS },
  )
  took.sort((a, b) => a - b)
  const middleMs = took[took.length >> 1]!
  console.log(`http: ${asked} requests, typically ${middleMs.toFixed(2)} ms, the slowest ${took.at(-1)!.toFixed(2)} ms`)
  expect(middleMs).toBeLessThan(TYPICAL_MS_MAX)
  expect([...statuses].sort()).toEqual(expect.arrayContaining([200, 404, 405]))
})
