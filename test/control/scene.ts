/** A control server in a directory of its own, and a bare client that says whatever a test wants it to say. */
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ControlHandler, ControlLimits } from '../../src/control/desk.ts'
import { type ControlServer, serveControl } from '../../src/control/server.ts'

export interface Scene {
  readonly dir: string
  readonly path: string
  readonly server: ControlServer
  close(): Promise<void>
}

export function freshDir(): string {
  return mkdtempSync(join(tmpdir(), 'hb-control-'))
}

export async function scene(handler: ControlHandler, limits: Partial<ControlLimits> = {}): Promise<Scene> {
  const dir = freshDir()
  const path = join(dir, 'run', 'control.sock')
  const server = await serveControl(path, handler, limits)
  return {
    dir,
    path,
    server,
    async close() {
      await server.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Answers everything with the request itself. */
export const echo: ControlHandler = async (request) => ({ ok: true, text: request.verb, data: request })

/** Says text, then (unless it stays) ends its side; resolves with all that came back when the server closed. */
export function say(path: string, text: string | Uint8Array, stays = false): Promise<string> {
  return new Promise((resolve) => {
    let heard = ''
    const socket = connect({ path, allowHalfOpen: true }, () => {
      socket.write(text)
      if (!stays) socket.end()
    })
    socket.on('data', (chunk) => {
      heard += chunk.toString()
    })
    socket.on('error', () => {})
    socket.on('end', () => socket.end())
    socket.on('close', () => resolve(heard))
  })
}

/** A connection that is open and says nothing. */
export function silent(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => resolve(socket))
    socket.on('error', reject)
  })
}

export const lines = (heard: string): Record<string, unknown>[] =>
  heard
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
