import { afterEach, describe, expect, test } from 'bun:test'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { callControl } from '../../src/control/client.ts'
import type { ControlHandler, ControlLimits } from '../../src/control/desk.ts'
import { REQUEST_BYTES_MAX, requestLine } from '../../src/control/protocol.ts'
import { serveControl } from '../../src/control/server.ts'
import { echo, freshDir, lines, say, scene, silent } from './scene.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

async function open(handler: ControlHandler = echo, limits: Partial<ControlLimits> = {}) {
  const s = await scene(handler, limits)
  undo.push(() => s.close())
  return s
}

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
const ping = requestLine(1, { verb: 'ping' })

describe('the path', () => {
  test('is for its owner only, and so is the directory made for it', async () => {
    const { path, dir } = await open()
    expect([mode(path), mode(`${path}.lock`), mode(join(dir, 'run'))]).toEqual(['600', '600', '700'])
  })

  test('keeps the mode of a directory that was there', async () => {
    const dir = freshDir()
    chmodSync(dir, 0o755)
    const server = await serveControl(join(dir, 's'), echo)
    undo.push(() => server.close())
    expect(mode(dir)).toBe('755')
  })

  test('is free again after close', async () => {
    const { path, server } = await open()
    await server.close()
    expect(existsSync(path)).toBe(false)
    const again = await serveControl(path, echo)
    await again.close()
  })

  test('that a living daemon serves is refused with its pid', async () => {
    const { path } = await open()
    await expect(serveControl(path, echo)).rejects.toThrow(`already running as pid ${process.pid}`)
    expect((await callControl(path, { verb: 'ping' }, 2000)).ok).toBe(true)
  })

  test('that a killed daemon left behind is taken over', async () => {
    const dir = freshDir()
    const path = join(dir, 's')
    const script = `import { serveControl } from ${JSON.stringify(join(import.meta.dir, '../../src/control/server.ts'))}
      await serveControl(${JSON.stringify(path)}, async () => ({ ok: true, text: 'first' }))
      process.kill(process.pid, 'SIGKILL')`
    await Bun.spawn([process.execPath, '-e', script], { env: process.env }).exited
    expect(statSync(path).isSocket()).toBe(true)
    expect(readFileSync(`${path}.lock`, 'utf8')).toMatch(/^\d+\n$/)
    const server = await serveControl(path, echo)
    undo.push(() => server.close())
    expect((await callControl(path, { verb: 'ping' }, 2000)).text).toBe('ping')
  })

  test('where another program listens is refused', async () => {
    const path = join(freshDir(), 's')
    const other = createServer().listen(path)
    undo.push(() => other.close())
    await new Promise((resolve) => other.once('listening', resolve))
    await expect(serveControl(path, echo)).rejects.toThrow('another program listens on')
  })

  test('that is a file is left alone', async () => {
    const path = join(freshDir(), 's')
    writeFileSync(path, 'precious')
    await expect(serveControl(path, echo)).rejects.toThrow('is not a socket: name another with --socket')
    expect(readFileSync(path, 'utf8')).toBe('precious')
    rmSync(path)
    const server = await serveControl(path, echo)
    await server.close()
  })

  test('whose lock is a link to another file is refused and the file stays', async () => {
    const dir = freshDir()
    const victim = join(dir, 'victim')
    writeFileSync(victim, 'precious')
    symlinkSync(victim, join(dir, 's.lock'))
    await expect(serveControl(join(dir, 's'), echo)).rejects.toThrow()
    expect(readFileSync(victim, 'utf8')).toBe('precious')
  })

  test('that is longer than the kernel takes is refused', async () => {
    const dir = join(freshDir(), 'd'.repeat(100))
    mkdirSync(dir)
    await expect(serveControl(join(dir, 's'), echo)).rejects.toThrow('longer than 107 bytes')
  })
})

describe('a request', () => {
  test('may come in pieces', async () => {
    const { path } = await open()
    const socket = await silent(path)
    const answer = new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(chunk.toString())))
    for (const piece of ping.match(/.{1,5}/gs)!) {
      socket.write(piece)
      await Bun.sleep(2)
    }
    expect(lines(await answer)[0]).toMatchObject({ version: 1, id: 1, ok: true, text: 'ping' })
    socket.destroy()
  })

  test('may be one of several, which are answered in order even when their work takes turns', async () => {
    const running: string[] = []
    const { path } = await open(async (request) => {
      running.push(`+${request.verb}`)
      await Bun.sleep(request.verb === 'stop' ? 30 : 1)
      running.push(`-${request.verb}`)
      return { ok: true, text: request.verb }
    })
    const heard = lines(await say(path, requestLine('a', { verb: 'stop' }) + requestLine('b', { verb: 'ping' })))
    expect(heard.map((r) => r.id)).toEqual(['a', 'b'])
    expect(running).toEqual(['+stop', '-stop', '+ping', '-ping'])
  })

  test('whose work fails is answered with the reason', async () => {
    const { path } = await open(async () => {
      throw new Error('no such key')
    })
    expect(lines(await say(path, ping))).toEqual([{ version: 1, id: 1, ok: false, text: 'ping failed: no such key' }])
  })

  test('that is wrong is answered, and the connection goes on', async () => {
    const { path } = await open()
    const heard = lines(await say(path, `nonsense\n\n{"version":9,"id":"v"}\n${ping}`))
    expect(heard.map((r) => r.ok)).toEqual([false, false, false, true])
    expect(heard[2]).toMatchObject({ id: 'v', text: expect.stringContaining('control version 9') })
  })

  test.each([
    ['without an end', 'x'.repeat(REQUEST_BYTES_MAX + 1)],
    ['with an end', `${'x'.repeat(REQUEST_BYTES_MAX + 1)}\n`],
    ['of many megabytes', `${'x'.repeat(5_000_000)}\n`],
  ])('that is too long, %s, is answered and closed', async (_, text) => {
    const { path } = await open()
    const heard = lines(await say(path, text, true))
    expect(heard).toEqual([
      { version: 1, id: null, ok: false, text: `a line is longer than ${REQUEST_BYTES_MAX} bytes` },
    ])
    expect((await callControl(path, { verb: 'ping' }, 2000)).ok).toBe(true)
  })

  test('of just the largest size is read', async () => {
    const { path } = await open()
    const body = ping.trimEnd()
    const padded = `${body}${' '.repeat(REQUEST_BYTES_MAX - body.length)}\n`
    expect(lines(await say(path, padded))).toMatchObject([{ ok: true }])
  })

  test('of random bytes does no harm', async () => {
    const { path } = await open()
    for (let round = 0; round < 20; round++) {
      const bytes = crypto.getRandomValues(new Uint8Array(3000))
      for (const reply of lines(await say(path, bytes))) expect(reply.ok).toBe(false)
    }
    expect((await callControl(path, { verb: 'ping' }, 2000)).ok).toBe(true)
  })

  test('cut off in the middle is nobody to answer', async () => {
    const { path } = await open()
    expect(await say(path, ping.slice(0, 10))).toBe('')
  })
})

describe('the bounds', () => {
  test('one connection too many is told so', async () => {
    const { path } = await open(echo, { connectionsMax: 3 })
    const guests = [await silent(path), await silent(path), await silent(path)]
    expect(lines(await say(path, ping, true))).toMatchObject([{ ok: false, text: expect.stringContaining('too many') }])
    guests[0]!.destroy()
    await Bun.sleep(20)
    expect((await callControl(path, { verb: 'ping' }, 2000)).ok).toBe(true)
    for (const guest of guests) guest.destroy()
  })

  test('a connection that brings no request is closed', async () => {
    const { path } = await open(echo, { lineMs: 50 })
    expect(lines(await say(path, '', true))).toMatchObject([{ ok: false, text: 'no complete line within 0.05 s' }])
  })

  test('drops do not keep a connection alive', async () => {
    const { path } = await open(echo, { lineMs: 100 })
    const socket = await silent(path)
    const started = performance.now()
    const drip = setInterval(() => socket.write(' '), 10)
    await new Promise((resolve) => socket.once('close', resolve))
    clearInterval(drip)
    expect(performance.now() - started).toBeLessThan(3000)
  })

  test('connections that break off give their place back', async () => {
    const { path } = await open(echo, { connectionsMax: 2 })
    for (let i = 0; i < 10; i++) {
      const socket = await silent(path)
      if (i % 2 === 0) socket.write(ping.slice(0, 5))
      if (i % 3 === 0) socket.resetAndDestroy()
      else socket.destroy()
      await Bun.sleep(5)
    }
    expect((await callControl(path, { verb: 'ping' }, 2000)).ok).toBe(true)
  })

  test('a request being worked on is not idle', async () => {
    const slow: ControlHandler = async () => {
      await Bun.sleep(200)
      return { ok: true, text: 'done' }
    }
    const { path } = await open(slow, { lineMs: 50 })
    expect((await callControl(path, { verb: 'stop' }, 2000)).text).toBe('done')
  })

  test('one that does not read its answers does not hold up the others', async () => {
    const big: ControlHandler = async () => ({ ok: true, text: '', data: 'x'.repeat(4_000_000) })
    const { path } = await open(big, { lineMs: 200 })
    const deaf = await silent(path)
    deaf.pause()
    deaf.write(ping.repeat(50))
    expect((await callControl(path, { verb: 'status' }, 2000)).ok).toBe(true)
    deaf.destroy()
  })

  test('leaving while the work goes on does no harm', async () => {
    const { path } = await open(async () => {
      await Bun.sleep(50)
      return { ok: true, text: 'late' }
    })
    const socket = await silent(path)
    socket.write(ping)
    await Bun.sleep(10)
    socket.destroy()
    await Bun.sleep(80)
    expect((await callControl(path, { verb: 'ping' }, 2000)).ok).toBe(true)
  })
})

describe('closing', () => {
  test('lets the answer to the last request arrive', async () => {
    const s = await scene(async () => {
      setTimeout(() => s.server.close(), 0)
      return { ok: true, text: 'stopped' }
    })
    expect((await callControl(s.path, { verb: 'stop' }, 2000)).text).toBe('stopped')
    await s.close()
  })

  test('does not wait for the idle, nor for ever for the busy', async () => {
    const s = await scene(() => new Promise(() => {}), { closeMs: 50 })
    const idle = await silent(s.path)
    const busy = say(s.path, ping, true)
    await Bun.sleep(20)
    const started = performance.now()
    await s.close()
    expect(performance.now() - started).toBeLessThan(500)
    expect(await busy).toBe('')
    idle.destroy()
  })
})
