/** Descriptors of sockets that the runtime cannot hold itself: netlink, packet, unix datagram. Never blocking. */
import { errno, libc, must, SystemError } from './libc.ts'

export const AF_UNIX = 1
export const AF_INET = 2
export const AF_INET6 = 10
export const AF_NETLINK = 16
export const AF_PACKET = 17
export const SOCK_DGRAM = 2
export const SOCK_RAW = 3

const SOCK_CLOEXEC = 0x80000
const SOCK_NONBLOCK = 0x800
const MSG_DONTWAIT = 0x40
const MSG_NOSIGNAL = 0x4000
const SOL_SOCKET = 1
const SO_RCVBUF = 8
const EINTR = 4
const EAGAIN = 11
const RETRIES_MAX = 16

export class RawSocket {
  readonly #fd: number
  readonly #what: string
  #open = true

  /** Opens a socket; what names it in errors. Throws SystemError. */
  constructor(what: string, family: number, kind: number, protocol: number) {
    this.#what = what
    this.#fd = must(`opening ${what}`, libc().socket(family, kind | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol))
  }

  /** Throws SystemError, having closed the socket. */
  bind(address: Uint8Array): void {
    const result = libc().bind(this.#fd, address, address.length)
    if (result === 0) return
    const error = new SystemError(`binding ${this.#what}`, errno())
    this.close()
    throw error
  }

  /** Asks for a receive buffer; the kernel may grant less. */
  setReceiveBuffer(bytes: number): void {
    libc().setsockopt(this.#fd, SOL_SOCKET, SO_RCVBUF, new Int32Array([bytes]), 4)
  }

  /** Sends one datagram; to is a sockaddr. Throws SystemError, EAGAIN when there is no room. */
  send(data: Uint8Array, to: Uint8Array): void {
    for (let n = 0; n < RETRIES_MAX; n++) {
      const sent = libc().sendto(this.#fd, data, data.length, MSG_DONTWAIT | MSG_NOSIGNAL, to, to.length)
      if (Number(sent) >= 0) return
      const number = errno()
      if (number !== EINTR) throw new SystemError(`sending on ${this.#what}`, number)
    }
    throw new SystemError(`sending on ${this.#what}`, EINTR)
  }

  /** Receives one datagram into the buffer: its length, or -1 when nothing is there. Throws SystemError. */
  receive(buffer: Uint8Array): number {
    for (let n = 0; n < RETRIES_MAX; n++) {
      const length = Number(libc().recvfrom(this.#fd, buffer, buffer.length, MSG_DONTWAIT, null, null))
      if (length >= 0) return length
      const number = errno()
      if (number === EAGAIN) return -1
      if (number !== EINTR) throw new SystemError(`receiving on ${this.#what}`, number)
    }
    return -1
  }

  close(): void {
    if (this.#open) libc().close(this.#fd)
    this.#open = false
  }
}
