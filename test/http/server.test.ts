import { afterEach, describe, expect, test } from 'bun:test'
import { createApp } from '../../src/http/app.ts'
import { type HttpServer, serve } from '../../src/http/server.ts'
import { listen } from '../../src/runtime/serve.ts'
import { source } from './fixture.ts'

const app = createApp(source())
const open: { close(): void }[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

function start(port: number, host = '127.0.0.1', retryMs = 20) {
  const told: string[] = []
  const server = serve(app, { host, port, retryMs, report: (level, text) => told.push(`${level}: ${text}`) })
  open.push(server)
  return { server, told }
}

async function listening(server: HttpServer) {
  const deadline = Date.now() + 5000
  while (server.address === null && Date.now() < deadline) await Bun.sleep(5)
  return server.address!
}

describe('the endpoint', () => {
  test('listens on a free port and answers', async () => {
    const { server, told } = start(0)
    const { port } = server.address!
    expect(told).toEqual([`info: status endpoint listens on http://127.0.0.1:${port}/`])
    const response = await fetch(`http://127.0.0.1:${port}/livez`)
    expect([response.status, await response.text()]).toEqual([200, 'live\n'])
  })

  test('a port in use is told once, tried again, and taken when it is free', async () => {
    const other = listen(() => new Response('other'), { host: '127.0.0.1', port: 0 })
    open.push(other)
    const { port } = other.address
    const { server, told } = start(port)
    await Bun.sleep(100)
    expect(server.address).toBeNull()
    expect(told).toHaveLength(1)
    expect(told[0]).toStartWith(`WARN: status endpoint cannot listen on http://127.0.0.1:${port}/: another program has`)
    other.close()
    expect((await listening(server)).port).toBe(port)
    expect(told[1]).toStartWith('notice: status endpoint listens on')
  })

  test('an address that is not here is told', () => {
    const { server, told } = start(0, '192.0.2.1')
    expect(server.address).toBeNull()
    expect(told[0]).toContain('not on this host')
  })

  test('after close it neither answers nor tries again', async () => {
    const { server } = start(0)
    const { port } = server.address!
    server.close()
    expect(fetch(`http://127.0.0.1:${port}/livez`)).rejects.toThrow()
    const blocker = listen(() => new Response('other'), { host: '127.0.0.1', port })
    open.push(blocker)
    const waiting = start(port)
    waiting.server.close()
    blocker.close()
    await Bun.sleep(80)
    expect(waiting.server.address).toBeNull()
  })

  test('an IPv6 address is written in brackets', () => {
    const { told } = start(0, '::1')
    expect(told[0]).toMatch(/listens on http:\/\/\[::1\]:\d+\/$/)
  })

  test('a handler that throws is a 500 and not the end', async () => {
    const broken = listen(
      () => {
        throw new Error('boom')
      },
      { host: '127.0.0.1', port: 0 },
    )
    open.push(broken)
    const response = await fetch(`http://127.0.0.1:${broken.address.port}/`)
    expect([response.status, await response.text()]).toEqual([500, 'the request failed\n'])
  })
})
