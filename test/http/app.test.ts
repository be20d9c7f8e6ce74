import { describe, expect, test } from 'bun:test'
import { createApp, ROUTES } from '../../src/http/app.ts'
import { checkExposition } from './exposition-check.ts'
import { source } from './fixture.ts'

const app = createApp(source())
const ask = (path: string, init?: RequestInit) => app.request(path, init)

describe('every path', () => {
  const paths = Object.keys(ROUTES).map((path) => path.replace('<address>', '10.0.0.1'))

  test.each(paths)('%s answers GET and HEAD, is not cached and not sniffed', async (path) => {
    const get = await ask(path)
    const head = await ask(path, { method: 'HEAD' })
    expect([get.status, head.status]).toEqual([200, 200])
    expect(await head.text()).toBe('')
    for (const response of [get, head]) {
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    }
    expect((await get.text()).endsWith('\n')).toBe(true)
  })

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is refused everywhere', async (method) => {
    for (const path of [...paths, '/nowhere']) {
      const response = await ask(path, { method })
      expect(response.status).toBe(405)
      expect(response.headers.get('allow')).toBe('GET, HEAD')
    }
  })
})

test('types of content', async () => {
  const type = async (path: string) => (await ask(path)).headers.get('content-type')
  expect(await type('/')).toStartWith('text/html')
  expect(await type('/status')).toBe('application/json')
  expect(await type('/events')).toBe('application/json')
  expect(await type('/metrics')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(await type('/livez')).toStartWith('text/plain')
})

test('/status and /events are JSON, /metrics is an exposition', async () => {
  expect(await (await ask('/status')).json()).toMatchObject({ version: 1, node: 'alpha' })
  expect(await (await ask('/events?since=2026-01-31T11:56:40Z')).json()).toMatchObject({ events: [{ to: 'held' }] })
  expect(checkExposition(await (await ask('/metrics')).text())).toEqual([])
})

test('the page carries its policy', async () => {
  expect((await ask('/')).headers.get('content-security-policy')).toStartWith("default-src 'none'")
})

describe('bad requests', () => {
  test('an unknown path gets the nearest and the list', async () => {
    const response = await ask('/statsu')
    const text = await response.text()
    expect(response.status).toBe(404)
    expect(text).toStartWith('nothing is at "/statsu"; did you mean /status?\n')
    for (const path of Object.keys(ROUTES)) expect(text).toContain(`  ${path} `)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('a path like nothing gets the list alone', async () => {
    expect(await (await ask('/wp-login.php')).text()).toStartWith('nothing is at "/wp-login.php"\nknown:\n')
  })

  test('an endless URL is refused', async () => {
    expect((await ask(`/status?${'a'.repeat(3000)}`)).status).toBe(414)
  })

  test.each([
    ['content-length', '3'],
    ['transfer-encoding', 'chunked'],
  ])('a body is refused: %s %s', async (name, value) => {
    const response = await ask('/status', { headers: { [name]: value } })
    expect(response.status).toBe(413)
    expect(await response.text()).toBe('a request here has no body: send it without one\n')
  })

  test('content-length: 0 is no body', async () => {
    expect((await ask('/livez', { headers: { 'content-length': '0' } })).status).toBe(200)
  })

  test('a time that is none is shown, with what is expected', async () => {
    const response = await ask('/events?since=soon%0A')
    expect(response.status).toBe(400)
    expect(await response.text()).toBe(
      'since="soon\\n" is no time: give RFC 3339 (2026-01-31T12:00:00Z) or seconds since 1970\n',
    )
  })

  test('/holder/<address> takes a written or an escaped slash', async () => {
    expect((await ask('/holder/10.0.0.1/24')).status).toBe(200)
    expect((await ask('/holder/10.0.0.1%2F24')).status).toBe(200)
    expect((await ask('/holder/10.9.9.9')).status).toBe(404)
  })
})

test('a state that cannot be read is a 500 of one line', async () => {
  const broken = createApp({
    ...source(),
    snapshot() {
      throw new Error('no\nstate')
    },
  })
  const response = await broken.request('/status')
  expect(response.status).toBe(500)
  expect(await response.text()).toBe('the state cannot be shown: no state\n')
})
