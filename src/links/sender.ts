import type { Medium } from '../config/types.ts'
import { socketAddress } from './address.ts'
import type { Interface } from './interfaces.ts'
import { libc } from './libc.ts'
import type { Resolver } from './resolver.ts'
import { openSender, SocketError } from './socket.ts'
import { sendNow } from './transfer.ts'
import { concernsLink, describe } from './trouble.ts'

export type DatagramMedium = Exclude<Medium, { kind: 'serial' }>

/** The sending half of one medium: where its datagrams go, and why they do not go if they do not. */
export class Sender {
  readonly medium: DatagramMedium
  /** '' when the last attempt to open and to send succeeded. */
  problem = ''
  readonly #resolver: Resolver | null
  #fd = -1
  #to: Uint8Array | null = null

  /** A resolver is needed for ucast and ucast6. */
  constructor(medium: DatagramMedium, resolver: Resolver | null) {
    this.medium = medium
    this.#resolver = resolver
  }

  /** Opens the socket if it is not open; what stands in the way becomes the problem. */
  open(device: Interface): void {
    if (this.#fd >= 0) return
    const destination = this.#destination(device)
    if (destination === null) return
    try {
      this.#to = socketAddress(destination, this.medium.port, device.index)
      this.#fd = openSender({ ...this.medium, index: device.index })
      this.problem = ''
    } catch (error) {
      const why = error instanceof SocketError ? `${error.call}: ${describe(error.code)}` : String(error)
      this.problem = `${this.medium.kind}: cannot open a socket: ${why}`
    }
  }

  /** 'sent', 'skipped' where there is no socket, or the name of the error. Never waits, never throws. */
  send(datagram: Uint8Array): string {
    if (this.#fd < 0 || this.#to === null) return 'skipped'
    const code = sendNow(this.#fd, datagram, this.#to)
    if (code === '') this.problem = ''
    else if (concernsLink(code)) this.problem = `${this.medium.kind}: cannot send: ${describe(code)}`
    return code === '' ? 'sent' : code
  }

  close(): void {
    if (this.#fd >= 0) libc().close(this.#fd)
    this.#fd = -1
    this.#to = null
  }

  /** The destination's address, or null with the problem set. */
  #destination(device: Interface): string | null {
    const medium = this.medium
    if (medium.kind === 'mcast' || medium.kind === 'mcast6') return medium.group
    if (medium.kind === 'bcast') {
      if (device.broadcast === null) {
        this.problem = `bcast: interface ${medium.device} has no IPv4 broadcast address; give it an address, or use ucast`
      }
      return device.broadcast
    }
    this.problem = `${medium.kind}: ${this.#resolver?.problem ?? 'no resolver'}`
    return this.#resolver?.address ?? null
  }
}
