import { afterEach, describe, expect, test } from 'bun:test'
import { chmodSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { callControl } from '../../src/control/client.ts'
import { DEFAULT_SOCKET, socketPath } from '../../src/control/path.ts'
import type { ControlProblem } from '../../src/control/protocol.ts'
import { echo, freshDir, scene } from './scene.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

/** A listener that is not hb. */
async function stranger(greet: (socket: Socket) => void): Promise<string> {
  const path = join(freshDir(), 's')
  const server = createServer((socket) => {
    socket.on('error', () => {})
    greet(socket)
  }).listen(path)
  await new Promise((resolve) => server.once('listening', resolve))
  undo.push(() => server.close())
  return path
}

async function problemOf(path: string, timeoutMs = 2000): Promise<{ problem: ControlProblem; message: string }> {
  try {
    await callControl(path, { verb: 'status' }, timeoutMs)
  } catch (error) {
    return error as { problem: ControlProblem; message: string }
  }
  throw new Error('there was an answer')
}

describe('a call', () => {
  test('brings the request there and the reply back', async () => {
    const s = await scene(echo)
    undo.push(() => s.close())
    const reply = await callControl(s.path, { verb: 'standby', set: 'foreign' }, 2000)
    expect(reply).toEqual({ ok: true, text: 'standby', data: { verb: 'standby', set: 'foreign' } })
  })

  test('brings a large reply back whole', async () => {
    const data = Array.from({ length: 50_000 }, (_, i) => `event ${i} ü`)
    const s = await scene(async () => ({ ok: true, text: '', data }))
    undo.push(() => s.close())
    expect((await callControl(s.path, { verb: 'status' }, 5000)).data).toEqual(data)
  })
})

describe('nobody there', () => {
  test('no socket', async () => {
    const { problem, message } = await problemOf('/nonexistent/hb/control.sock')
    expect(problem).toBe('not-running')
    expect(message).toBe('not running here (nobody listens on /nonexistent/hb/control.sock)')
  })

  test('a socket without a listener', async () => {
    const path = join(freshDir(), 's')
    const script = `require('node:net').createServer().listen(${JSON.stringify(path)},()=>process.kill(process.pid,'SIGKILL'))`
    await Bun.spawn([process.execPath, '-e', script], { env: process.env }).exited
    expect((await problemOf(path)).problem).toBe('not-running')
  })

  test('a file in its place', async () => {
    const path = join(freshDir(), 's')
    writeFileSync(path, '')
    expect((await problemOf(path)).problem).toBe('not-running')
    expect((await problemOf(join(path, 'deeper'))).problem).toBe('not-running')
  })
})

describe('somebody else there', () => {
  test('silence ends with the time limit', async () => {
    const path = await stranger(() => {})
    const { problem, message } = await problemOf(path, 100)
    expect(problem).toBe('timed-out')
    expect(message).toBe(`no answer from ${path} within 0.1 s`)
  })

  test('a drip ends with the time limit', async () => {
    const path = await stranger((socket) => {
      const drip = setInterval(() => socket.write(' '), 10)
      socket.on('close', () => clearInterval(drip))
    })
    expect((await problemOf(path, 100)).problem).toBe('timed-out')
  })

  test('a closed door is an error', async () => {
    const path = await stranger((socket) => socket.end())
    expect((await problemOf(path)).problem).toBe('broken')
  })

  test('another protocol is an error', async () => {
    const path = await stranger((socket) => socket.end('220 mail.example ESMTP\r\n'))
    expect(await problemOf(path)).toMatchObject({ problem: 'broken', message: 'the answer is not a JSON object' })
  })

  test('a flood is cut off', async () => {
    const path = await stranger((socket) => {
      const pour = () => {
        while (socket.writable && socket.write('x'.repeat(1_000_000)));
      }
      socket.on('drain', pour)
      pour()
    })
    const { problem, message } = await problemOf(path, 10_000)
    expect([problem, message]).toEqual(['broken', 'a line is longer than 8388608 bytes'])
  })
})

test('a user who is not root is told so', async () => {
  if (process.getuid?.() !== 0) {
    console.log('SKIP: becoming another user needs root')
    return
  }
  const s = await scene(echo)
  undo.push(() => s.close())
  chmodSync(s.dir, 0o755)
  const client = JSON.stringify(join(import.meta.dir, '../../src/control/client.ts'))
  // The program is loaded as root, because the tree may lie where others cannot read.
  const script = `const { callControl } = await import(${client})
    process.setgid(65534); process.setuid(65534)
    await callControl(${JSON.stringify(s.path)}, { verb: 'stop' }, 2000).catch((e) => console.log(e.problem, e.message))`
  const child = Bun.spawn([process.execPath, '-e', script], { env: process.env, stdout: 'pipe' })
  expect(await new Response(child.stdout).text()).toStartWith('not-permitted no permission to use')
})

test('the path is the option, else the environment, else the default', () => {
  expect(socketPath('/a', { HB_SOCKET: '/b' })).toBe('/a')
  expect(socketPath(undefined, { HB_SOCKET: '/b' })).toBe('/b')
  expect(socketPath(undefined, { HB_SOCKET: '' })).toBe(DEFAULT_SOCKET)
  expect(DEFAULT_SOCKET).toBe('/run/hb/control.sock')
})
