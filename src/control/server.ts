/** The daemon's end of the control socket. */
import { chmodSync, existsSync, lstatSync, mkdirSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { dirname } from 'node:path'
import { type ControlHandler, type ControlLimits, Desk } from './desk.ts'
import { type Lock, lockSocket } from './lock.ts'
import { SOCKET_PATH_BYTES_MAX } from './path.ts'
import { ControlError } from './protocol.ts'

export interface ControlServer {
  /** Stops listening, lets replies that are on their way arrive (for a second at most), frees the path. */
  close(): Promise<void>
}

/**
 * Serves the control socket at path, for its owner only: mode 0600, in a directory of 0700 if it has to be made.
 * Throws a ControlError 'busy' when a daemon serves there already, other Errors when the path cannot be used.
 */
export async function serveControl(
  path: string,
  handler: ControlHandler,
  limits: Partial<ControlLimits> = {},
): Promise<ControlServer> {
  if (Buffer.byteLength(path) > SOCKET_PATH_BYTES_MAX) {
    throw new Error(`the control socket's path is longer than ${SOCKET_PATH_BYTES_MAX} bytes: ${path}`)
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const lock = lockSocket(path)
  try {
    await clearStale(path)
    return await listen(path, lock, new Desk(handler, limits))
  } catch (error) {
    lock.release()
    throw error
  }
}

async function clearStale(path: string): Promise<void> {
  if (!existsSync(path)) return
  if (!lstatSync(path).isSocket()) throw new Error(`${path} exists and is not a socket: name another with --socket`)
  if (await answers(path)) throw new ControlError('busy', `another program listens on ${path}`)
  rmSync(path)
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path)
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'))
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
  })
}

function listen(path: string, lock: Lock, desk: Desk): Promise<ControlServer> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true }, (socket) => desk.receive(socket))
    server.once('error', reject)
    // The mask, because between bind and chmod anybody could connect.
    const mask = process.umask(0o177)
    server.listen(path, () => {
      chmodSync(path, 0o600)
      const end = async () => {
        server.close()
        await desk.close()
        rmSync(path, { force: true })
        lock.release()
      }
      let ending: Promise<void> | undefined
      resolve({
        close() {
          ending ??= end()
          return ending
        },
      })
    })
    process.umask(mask)
  })
}
