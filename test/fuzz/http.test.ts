/** The status endpoint: any path, query, method and header; an answer to each, and nothing but a page, JSON or text. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { connect } from 'node:net'
import fc from 'fast-check'
import { createApp, ROUTES } from '../../src/http/app.ts'
import { serve } from '../../src/http/server.ts'
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

const whole = [
  'GET /status HTTP/1.1\r\nHost: h\r\nAccept: application/json\r\n\r\n',
  'GET /metrics HTTP/1.0\r\n\r\n',
  'HEAD /livez HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n',
  'POST /holder HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc',
  'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
]
const pieces = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  ':',
  'HTTP/9.9',
  'Content-Length: -1\r\n',
  'Transfer-Encoding: x\r\n',
  'é',
  '%',
]
const raw = new Mutator(whole, pieces, 65_536)
/** A request that is not whole gets no answer: so long it is waited for. */
const SILENCE_MS = 20

/** What comes back for some bytes until the other end closes, or says nothing for a while. */
function send(port: number, text: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  let heard = ''
  const socket = connect(port, '127.0.0.1', () => void socket.end(Buffer.from(text, 'latin1')))
  const done = () => {
    socket.destroy()
    resolve(heard)
  }
  socket.setTimeout(SILENCE_MS, done)
  socket.on('data', (data) => {
    heard += data.toString('latin1')
  })
  socket.on('error', done)
  socket.on('close', done)
  return promise
}

test('whatever bytes come to the port, there is an answer or none, and the next one who asks gets his', async () => {
  const server = serve(createApp(source()), { host: '127.0.0.1', port: 0, report: () => {} })
  try {
    const { port } = server.address!
    const statuses = new Set<string>()
    await fuzzAsync(
      'http bytes',
      raw.inputs,
      600,
      async (text) => {
        const answer = await send(port, text)
        if (answer === '') return
        const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]
        if (status === undefined) throw new Error(`no answer of HTTP: ${JSON.stringify(answer.slice(0, 100))}`)
        if (status.startsWith('5') && !['503', '505'].includes(status)) throw new Error(answer)
        statuses.add(status)
      },
      10 * SILENCE_MS,
    )
    expect([...statuses]).toEqual(expect.arrayContaining(['200', '400', '404', '405']))
    expect(await send(port, whole[2]!)).toStartWith('HTTP/1.1 200')
  } finally {
    server.close()
  }
})
