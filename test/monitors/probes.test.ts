import { afterAll, expect, test } from 'bun:test'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProbe } from '../../src/agents/probe.ts'
import type { Probe } from '../../src/config/types.ts'
import type { Outcome } from '../../src/io.ts'
import { monitor, resource } from '../services/pair.ts'

const web = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  async fetch(request) {
    const { pathname } = new URL(request.url)
    if (pathname === '/slow') await Bun.sleep(3000)
    if (pathname === '/moved') return Response.redirect('/', 302)
    return new Response('x', { status: pathname === '/broken' ? 503 : 200 })
  },
})
const folder = mkdtempSync(join(tmpdir(), 'hb-probe-'))
afterAll(() => {
  void web.stop(true)
  rmSync(folder, { recursive: true })
})

const ask = async (probe: Probe, timeoutMs = 500, status: Outcome = 'running') => {
  const options = { env: () => ({ PATH: process.env.PATH! }), status: async () => ({ outcome: status, detail: '' }) }
  return runProbe(monitor('web', { probe, timeoutMs }), { ...resource('web'), args: ['one'] }, options)
}
const script = (text: string): Probe => {
  const path = join(folder, `s${Math.random()}`)
  writeFileSync(path, `#!/bin/sh\n${text}\n`)
  chmodSync(path, 0o755)
  return { kind: 'script', path }
}

test('tcp: a connection is enough, a refusal is told', async () => {
  expect(await ask({ kind: 'tcp', host: '127.0.0.1', port: web.port! })).toEqual({ ok: true, detail: '' })
  const closed = createServer().listen(0, '127.0.0.1')
  await new Promise((done) => closed.once('listening', done))
  const { port } = closed.address() as { port: number }
  await new Promise((done) => closed.close(done))
  expect(await ask({ kind: 'tcp', host: '127.0.0.1', port })).toEqual({ ok: false, detail: 'connection refused' })
})

test('http: the status code counts, redirections are not followed', async () => {
  const at = (path: string, expected = 200): Probe => ({
    kind: 'http',
    url: `http://127.0.0.1:${web.port}${path}`,
    expect: expected,
  })
  expect(await ask(at('/'))).toEqual({ ok: true, detail: '' })
  expect(await ask(at('/broken'))).toEqual({ ok: false, detail: 'status 503, expected 200' })
  expect((await ask(at('/broken', 503))).ok).toBe(true)
  expect(await ask(at('/moved'))).toEqual({ ok: false, detail: 'status 302, expected 200' })
})

test('http: a server that takes the question and does not answer fails in time', async () => {
  const beganMs = performance.now()
  const answer = await ask({ kind: 'http', url: `http://127.0.0.1:${web.port}/slow`, expect: 200 }, 300)
  expect(answer).toEqual({ ok: false, detail: 'no answer within 0.3 s' })
  expect(performance.now() - beganMs).toBeLessThan(1000)
})

test('script: exit code 0 works; else its code and last words are the reason; it gets the arguments', async () => {
  expect(await ask(script('test "$1" = one'))).toEqual({ ok: true, detail: '' })
  expect(await ask(script('echo "no space left"; exit 4'))).toEqual({ ok: false, detail: 'exit code 4: no space left' })
  expect((await ask(script('sleep 20'), 200)).detail).toStartWith('killed after 0.2 s')
  expect((await ask({ kind: 'script', path: join(folder, 'none') })).ok).toBe(false)
})

test('status: only running is well', async () => {
  expect(await ask({ kind: 'status' })).toEqual({ ok: true, detail: '' })
  for (const outcome of ['stopped', 'failed', 'timeout', 'missing'] as const) {
    expect(await ask({ kind: 'status' }, 500, outcome)).toEqual({ ok: false, detail: outcome })
  }
})
