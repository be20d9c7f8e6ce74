/** The operator's end of the control socket. */
import { connect, type Socket } from 'node:net'
import { LineReader, writeAll } from './lines.ts'
import {
  ControlError,
  type ControlReply,
  type ControlRequest,
  parseReply,
  REPLY_BYTES_MAX,
  requestLine,
} from './protocol.ts'

/**
 * Sends one request to the daemon at path and waits for its reply, timeoutMs in all.
 * Rejects with a ControlError: 'not-running', 'not-permitted', 'timed-out' or 'broken'.
 */
export async function callControl(path: string, request: ControlRequest, timeoutMs: number): Promise<ControlReply> {
  const deadline = performance.now() + timeoutMs
  const left = () => Math.max(1, deadline - performance.now())
  const socket = await open(path, timeoutMs)
  try {
    const lines = new LineReader(socket, REPLY_BYTES_MAX)
    await writeAll(socket, requestLine(1, request), left())
    const line = await lines.next(left())
    if (line === null) throw new ControlError('broken', `the daemon at ${path} closed without an answer`)
    return parseReply(line)
  } catch (error) {
    throw explained(error, path, timeoutMs)
  } finally {
    socket.destroy()
  }
}

function open(path: string, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path })
    const timer = setTimeout(() => {
      socket.destroy()
      reject(explained(new ControlError('timed-out', ''), path, timeoutMs))
    }, timeoutMs)
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.off('error', refused)
      resolve(socket)
    })
    const refused = (error: Error) => {
      clearTimeout(timer)
      reject(explained(error, path, timeoutMs))
    }
    socket.once('error', refused)
  })
}

function explained(error: unknown, path: string, timeoutMs: number): ControlError {
  if (error instanceof ControlError) {
    if (error.problem !== 'timed-out') return error
    return new ControlError('timed-out', `no answer from ${path} within ${timeoutMs / 1000} s`)
  }
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR') {
    return new ControlError('not-running', `not running here (nobody listens on ${path})`)
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new ControlError('not-permitted', `no permission to use ${path}: it belongs to root, try with sudo`)
  }
  return new ControlError('broken', `${path}: ${message}`)
}
