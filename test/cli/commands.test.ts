import { afterEach, describe, expect, test } from 'bun:test'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import type { ControlHandler } from '../../src/control/desk.ts'
import type { ControlReply, ControlRequest } from '../../src/control/protocol.ts'
import { statusDocument } from '../../src/http/status.ts'
import { createCalendar } from '../../src/http/times.ts'
import { freshDir, scene } from '../control/scene.ts'
import { source } from '../http/fixture.ts'
import { hb } from './program.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

/** A daemon that answers as told, and ends when it is asked to stop; what it was asked to do is kept. */
async function daemon(reply: ControlReply | ControlHandler) {
  const asked: ControlRequest[] = []
  const s = await scene(async (request) => {
    if (asked.at(-1)?.verb !== 'stop') asked.push(request)
    if (request.verb === 'stop') setTimeout(() => void s.server.close(), 50)
    return typeof reply === 'function' ? reply(request) : reply
  })
  undo.push(() => s.close())
  return { asked, env: { HB_SOCKET: s.path }, path: s.path, dir: s.dir }
}

const done = { ok: true, text: 'beta holds all groups' }
const nobody = join(freshDir(), 'none')

describe('what is asked', () => {
  test.each([
    [['standby'], { verb: 'standby', set: 'all' }],
    [['standby', 'local'], { verb: 'standby', set: 'local' }],
    [['standby', 'foreign'], { verb: 'standby', set: 'foreign' }],
    [['standby', 'failback'], { verb: 'standby', set: 'foreign' }],
    [['takeover'], { verb: 'takeover', set: 'all' }],
    [['takeover', 'foreign'], { verb: 'takeover', set: 'foreign' }],
    [['takeover', 'failback'], { verb: 'takeover', set: 'local' }],
    [['stop'], { verb: 'stop' }],
    [['reload'], { verb: 'reload' }],
  ] as [string[], ControlRequest][])('%p', async (argv, request) => {
    const { asked, env } = await daemon(done)
    expect(await hb(argv, env)).toEqual({ code: 0, out: 'beta holds all groups\n', err: '' })
    expect(asked).toEqual([request])
  })
})

describe('how it ended', () => {
  test('refused: the reason and 1', async () => {
    const { env } = await daemon({ ok: false, text: 'standby refused: beta is dead' })
    expect(await hb(['standby'], env)).toEqual({ code: 1, out: '', err: 'hb: standby refused: beta is dead\n' })
  })

  test('too late: 5', async () => {
    const { env, path } = await daemon(() => new Promise(() => {}))
    const { code, out, err } = await hb(['takeover', '--timeout', '200ms'], env)
    expect({ code, out }).toEqual({ code: 5, out: '' })
    expect(err).toBe(`hb: no answer from ${path} within 0.2 s; the daemon may still finish it: see 'hb status'\n`)
  })

  test('died meanwhile: 1', async () => {
    const d = await daemon(() => new Promise(() => {}))
    setTimeout(() => undo.pop()!(), 300)
    const { code, err } = await hb(['reload'], d.env)
    expect({ code, err }).toEqual({ code: 1, err: `hb: the daemon at ${d.path} closed without an answer\n` })
  })

  test.each([['status'], ['standby'], ['takeover'], ['reload']])('%s with nobody there: 3', async (verb) => {
    const { code, out, err } = await hb([verb, '--socket', nobody])
    expect({ code, out }).toEqual({ code: 3, out: '' })
    expect(err).toBe(
      `hb: not running here (nobody listens on ${nobody}); start it with 'hb run', or name its socket with --socket\n`,
    )
  })

  test('stop with nobody there: 0, and said', async () => {
    const { code, err } = await hb(['stop', '--socket', nobody])
    expect(code).toBe(0)
    expect(err).toStartWith(`hb: not running here (nobody listens on ${nobody})`)
  })

  test('the option goes before the environment', async () => {
    const { path, asked } = await daemon(done)
    expect((await hb(['stop', '--socket', path], { HB_SOCKET: nobody })).code).toBe(0)
    expect(asked).toHaveLength(1)
  })

  test('as another user: 4', async () => {
    if (process.getuid?.() !== 0) {
      console.log('SKIP: becoming another user needs root')
      return
    }
    const { path, dir } = await daemon(done)
    chmodSync(dir, 0o755)
    // The program is loaded as root, because the tree may lie where others cannot read.
    const script = `const { stop } = await import(${JSON.stringify(join(import.meta.dir, '../../src/cli/stop.ts'))})
      process.setgid(65534); process.setuid(65534)
      const say = (text) => process.stdout.write(text)
      process.exitCode = await stop(['--socket', ${JSON.stringify(path)}], { out: say, err: say, env: {} })`
    const child = Bun.spawn([process.execPath, '-e', script], { env: process.env, stdout: 'pipe' })
    expect(await new Response(child.stdout).text()).toBe(
      `hb: no permission to use ${path}: it belongs to root, try with sudo\n`,
    )
    expect(await child.exited).toBe(4)
  })
})

describe('status', () => {
  const from = source()
  const document = statusDocument(from, createCalendar()(from.clock()))

  test('for people', async () => {
    const { env, asked } = await daemon({ ok: true, text: '', data: document })
    const { code, out, err } = await hb(['status'], env)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toStartWith('alpha holds 1 group, beta holds 1 group.\n')
    expect(asked).toEqual([{ verb: 'status' }])
  })

  test('for programs', async () => {
    const { env } = await daemon({ ok: true, text: '', data: document })
    const { code, out } = await hb(['status', '--json'], env)
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(document)))
  })

  test('of another version is not guessed at', async () => {
    const { env } = await daemon({ ok: true, text: '', data: { version: 99 } })
    expect(await hb(['status'], env)).toEqual({
      code: 1,
      out: '',
      err: "hb: the daemon's status has version 99, this hb reads 1: use --json\n",
    })
    expect((await hb(['status', '--json'], env)).code).toBe(0)
  })

  test.each([[undefined], [null], ['text']])('that is nothing (%p) is an error', async (data) => {
    const { env } = await daemon({ ok: true, text: '', data })
    expect((await hb(['status'], env)).code).toBe(1)
  })

  test('that does not come is no answer', async () => {
    const { env, path } = await daemon(() => new Promise(() => {}))
    expect(await hb(['status', '--timeout', '100ms'], env)).toEqual({
      code: 5,
      out: '',
      err: `hb: no answer from ${path} within 0.1 s; the daemon hangs or is paused: its log may say why\n`,
    })
  })

  test('refused says why', async () => {
    const { env } = await daemon({ ok: false, text: 'still starting' })
    expect(await hb(['status'], env)).toEqual({ code: 1, out: '', err: 'hb: still starting\n' })
  })
})
