/** Unix datagrams, which the runtimes do not offer: for systemd's notification socket and for /dev/log. */
import { codeOf, reasonOf } from './libc.ts'
import { AF_UNIX, RawSocket, SOCK_DGRAM } from './socket.ts'

const PATH_BYTES_MAX = 107

/** The address of a unix socket; a leading @ means the abstract name space. undefined when the path is too long. */
export function unixAddress(path: string): Uint8Array | undefined {
  const name = new TextEncoder().encode(path)
  if (name.length === 0 || name.length > PATH_BYTES_MAX) return undefined
  const abstract = path.startsWith('@')
  const bytes = new Uint8Array(2 + name.length + (abstract ? 0 : 1))
  new DataView(bytes.buffer).setUint16(0, AF_UNIX, true)
  bytes.set(name, 2)
  if (abstract) bytes[2] = 0
  return bytes
}

/** Sends to one unix datagram socket by path each time, so that a receiver that was started again is found. */
export class UnixSender {
  readonly path: string
  readonly #address: Uint8Array
  #socket: RawSocket | undefined

  /** Throws when the path cannot be a socket's. Nothing is opened before the first send. */
  constructor(path: string) {
    const address = unixAddress(path)
    if (!address) throw new Error(`${path}: a socket's path has 1 to ${PATH_BYTES_MAX} bytes`)
    this.path = path
    this.#address = address
  }

  /** null when it was taken; otherwise why not (nobody listens, its queue is full, ...). Never waits. */
  send(data: Uint8Array): string | null {
    try {
      this.#socket ??= new RawSocket('a unix socket', AF_UNIX, SOCK_DGRAM, 0)
      this.#socket.send(data, this.#address)
      return null
    } catch (error) {
      return codeOf(error) === 'EAGAIN' ? `${this.path}: its queue is full` : `${this.path}: ${reasonOf(error)}`
    }
  }

  close(): void {
    this.#socket?.close()
    this.#socket = undefined
  }
}

/**
 * Tells the service manager how we are: READY=1, STATUS=..., WATCHDOG=1, STOPPING=1; several lines in one text.
 * null when it was told or there is none to tell (no NOTIFY_SOCKET); otherwise why it failed.
 */
export function serviceNotify(state: string, socket = process.env.NOTIFY_SOCKET): string | null {
  if (!socket) return null
  const sender = new UnixSender(socket)
  const problem = sender.send(new TextEncoder().encode(state))
  sender.close()
  return problem
}
