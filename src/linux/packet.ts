/** Whole Ethernet frames in and out. */
import { AF_PACKET, RawSocket, SOCK_RAW } from './socket.ts'

export const ETH_P_ARP = 0x0806
export const ETH_P_IPV6 = 0x86dd

/** The link-level address that a frame goes to, or that a listener is bound to (index 0: every interface). */
export function linkAddress(protocol: number, index: number, mac = new Uint8Array(6)): Uint8Array {
  const bytes = new Uint8Array(20)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, AF_PACKET, true)
  view.setUint16(2, protocol, false)
  view.setInt32(4, index, true)
  bytes[11] = mac.length
  bytes.set(mac, 12)
  return bytes
}

/** The other byte order, as socket() wants a protocol. */
const swapped = (value: number): number => ((value & 0xff) << 8) | (value >> 8)

/** A sender hears nothing (protocol 0), so that no queue fills behind it. Throws SystemError. */
export class FrameSender {
  readonly #socket = new RawSocket('a packet socket', AF_PACKET, SOCK_RAW, 0)

  /** Sends a complete frame out of the interface of that index. Throws SystemError. */
  send(index: number, frame: Uint8Array): void {
    const protocol = (frame[12]! << 8) | frame[13]!
    this.#socket.send(frame, linkAddress(protocol, index, frame.slice(0, 6)))
  }

  close(): void {
    this.#socket.close()
  }
}

/** Hears frames of one protocol that come in on any interface (not those we send). Throws SystemError. */
export class FrameListener {
  readonly #socket: RawSocket
  readonly #buffer = new Uint8Array(2048)

  constructor(protocol: number, index = 0) {
    this.#socket = new RawSocket('a packet socket', AF_PACKET, SOCK_RAW, swapped(protocol))
    if (index !== 0) this.#socket.bind(linkAddress(protocol, index))
  }

  /** The next frame, valid until the next call, or undefined when none waits. */
  receive(): Uint8Array | undefined {
    const length = this.#socket.receive(this.#buffer)
    return length < 0 ? undefined : this.#buffer.subarray(0, length)
  }

  close(): void {
    this.#socket.close()
  }
}
