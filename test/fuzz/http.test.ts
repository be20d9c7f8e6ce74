/** The status endpoint: any path, query, method and header; an answer to each, and nothing but a page, JSON or text. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import { createApp, ROUTES } from '../../src/http/app.ts'
import { source } from '../http/fixture.ts'
import { fuzzAsync, LONG_MS } from './fuzz.ts'
import { Mutator } from './mutate.ts'

setDefaultTimeout(LONG_MS)

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

function judge(asking: Request, answer: Response, body: string): void {
  if (answer.status >= 500 && answer.status !== 503) throw new Error(`${answer.status}: ${body}`)
  if (answer.status === 200 && !['GET', 'HEAD'].includes(asking.method))
    throw new Error(`${asking.method} is answered with 200`)
  if (answer.headers.get('x-content-type-options') !== 'nosniff') throw new Error('without its headers')
  const plain = answer.headers.get('content-type')?.startsWith('text/plain')
  if (/<script>/.test(body) && !plain && new URL(asking.url).pathname !== '/')
    throw new Error('what was asked came back as a page')
}

test('every request gets an answer that fits it', async () => {
  const app = createApp(source())
  const statuses = new Set<number>()
  const asked = fc.tuple(mutator.inputs, method, header)
  await fuzzAsync('http', asked, 6000, async ([path, method, header]) => {
    const asking = request(path, method, header)
    if (asking === null) return
    const answer = await app.fetch(asking)
    statuses.add(answer.status)
    judge(asking, answer, await answer.text())
  })
  expect([...statuses].sort()).toEqual(expect.arrayContaining([200, 404, 405]))
})
