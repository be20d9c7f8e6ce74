import { addressOf } from './address.ts'
import { errnoCode, libc } from './libc.ts'

const MSG_DONTWAIT = 0x40
const MSG_NOSIGNAL = 0x4000
const DATAGRAM_BYTES_MAX = 65536
const READ_AT_ONCE_MAX = 4096

const buffer = new Uint8Array(DATAGRAM_BYTES_MAX)
const source = new Uint8Array(28)
const sourceLength = new Uint32Array(1)

/** Sends without waiting: '' when the kernel has taken it, else the name of the error. */
export function sendNow(fd: number, datagram: Uint8Array, to: Uint8Array): string {
  const sent = libc().sendto(fd, datagram, datagram.length, MSG_DONTWAIT | MSG_NOSIGNAL, to, to.length)
  return Number(sent) < 0 ? errnoCode() : ''
}

/**
 * Reads whatever is queued in a socket now, at most 4096 datagrams, each a copy with its sender's address. Answers how
 * many there were, and the name of the error that ended it ('' when the queue was read empty or the bound was met).
 */
export function readQueued(
  fd: number,
  each: (data: Uint8Array, source: string) => void,
): { readonly count: number; readonly error: string } {
  for (let count = 0; count < READ_AT_ONCE_MAX; count++) {
    sourceLength[0] = source.length
    const length = Number(libc().recvfrom(fd, buffer, buffer.length, MSG_DONTWAIT, source, sourceLength))
    if (length < 0) {
      const error = errnoCode()
      if (error === 'EINTR') continue
      return { count, error: error === 'EAGAIN' || error === 'EWOULDBLOCK' ? '' : error }
    }
    each(buffer.slice(0, length), addressOf(source))
  }
  return { count: READ_AT_ONCE_MAX, error: '' }
}
