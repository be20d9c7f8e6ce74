/** Who is at the other end of a unix socket, as the kernel says it. */
import type { Socket } from 'node:net'
import { bindLibc } from '../runtime/ffi.ts'

export interface Credentials {
  readonly pid: number
  readonly uid: number
  readonly gid: number
}

const SOL_SOCKET = 1
const SO_PEERCRED = 17
const CREDENTIALS_BYTES = 12

const table = { getsockopt: { args: ['i32', 'i32', 'i32', 'buffer', 'buffer'], returns: 'i32' } } as const
let bound: ReturnType<typeof bindLibc<typeof table>> | undefined

/** The descriptor behind a socket; null once it is closed. */
export function descriptorOf(socket: Socket): number | null {
  const fd = (socket as unknown as { _handle?: { fd?: number } })._handle?.fd
  return fd === undefined || fd < 0 ? null : fd
}

/** Null where the system does not say: such a peer must not be believed. */
export function peerCredentials(socket: Socket): Credentials | null {
  const fd = descriptorOf(socket)
  if (fd === null) return null
  bound ??= bindLibc(table)
  const found = new Int32Array(3)
  const length = new Int32Array([CREDENTIALS_BYTES])
  if (bound.getsockopt(fd, SOL_SOCKET, SO_PEERCRED, found, length) !== 0 || length[0] !== CREDENTIALS_BYTES) return null
  return { pid: found[0]!, uid: found[1]! >>> 0, gid: found[2]! >>> 0 }
}
