/** Route netlink: messages to bytes and back, and a socket that asks the kernel and reads its whole answer. */
import { SystemError } from './libc.ts'
import { AF_NETLINK, RawSocket, SOCK_RAW } from './socket.ts'

export const RTM = {
  NEWLINK: 16,
  DELLINK: 17,
  GETLINK: 18,
  NEWADDR: 20,
  DELADDR: 21,
  GETADDR: 22,
  NEWROUTE: 24,
  GETROUTE: 26,
} as const

export const NLM_F = { REQUEST: 1, ACK: 4, DUMP_INTR: 0x10, REPLACE: 0x100, EXCL: 0x200, DUMP: 0x300, CREATE: 0x400 }

const NLMSG_ERROR = 2
const NLMSG_DONE = 3
const HEADER_BYTES = 16
const BUFFER_BYTES = 65536
/** Datagrams of one answer: about 100 addresses or 20 interfaces each. */
const DATAGRAMS_MAX = 4096
const MESSAGES_MAX = 100_000
const DUMP_TRIES = 4

export interface NetlinkMessage {
  readonly type: number
  readonly flags: number
  readonly seq: number
  /** What follows the header: the family's fixed part, then attributes. */
  readonly body: Uint8Array
}

/** One attribute: length, type, value, padded to four bytes. */
export function attribute(type: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array((4 + value.length + 3) & ~3)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, 4 + value.length, true)
  view.setUint16(2, type, true)
  bytes.set(value, 4)
  return bytes
}

/** A 32-bit number in the host's byte order. */
export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return bytes
}

/** Text with its closing zero. */
export const cstring = (text: string): Uint8Array => new TextEncoder().encode(`${text}\0`)

/** A whole message: header, fixed part, attributes. */
export function message(type: number, flags: number, seq: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, HEADER_BYTES)
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, length, true)
  view.setUint16(4, type, true)
  view.setUint16(6, flags, true)
  view.setUint32(8, seq, true)
  let at = HEADER_BYTES
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** The messages of one datagram; what is cut short or malformed ends the list. */
export function messages(datagram: Uint8Array): NetlinkMessage[] {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.length)
  const found: NetlinkMessage[] = []
  for (let at = 0; at + HEADER_BYTES <= datagram.length; ) {
    const length = view.getUint32(at, true)
    if (length < HEADER_BYTES || at + length > datagram.length) break
    found.push({
      type: view.getUint16(at + 4, true),
      flags: view.getUint16(at + 6, true),
      seq: view.getUint32(at + 8, true),
      body: datagram.slice(at + HEADER_BYTES, at + length),
    })
    at += (length + 3) & ~3
  }
  return found
}

/** The attributes behind a fixed part of that many bytes, by type; of equal types the first. */
export function attributes(body: Uint8Array, fixedBytes: number): Map<number, Uint8Array> {
  const view = new DataView(body.buffer, body.byteOffset, body.length)
  const found = new Map<number, Uint8Array>()
  for (let at = fixedBytes; at + 4 <= body.length; ) {
    const length = view.getUint16(at, true)
    if (length < 4 || at + length > body.length) break
    const type = view.getUint16(at + 2, true) & 0x3fff
    if (!found.has(type)) found.set(type, body.subarray(at + 4, at + length))
    at += (length + 3) & ~3
  }
  return found
}

/** The number in an attribute, undefined where it is missing or too short. */
export function readU32(value: Uint8Array | undefined, at = 0): number | undefined {
  if (!value || value.length < at + 4) return undefined
  return new DataView(value.buffer, value.byteOffset, value.length).getUint32(at, true)
}

/** The address of a netlink socket: the kernel's when groups is 0. */
export function netlinkAddress(groups: number): Uint8Array {
  const bytes = new Uint8Array(12)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, AF_NETLINK, true)
  view.setUint32(8, groups, true)
  return bytes
}

/**
 * Asks the kernel. It answers before send returns, or as we read, so nothing here ever waits. The socket belongs to
 * the network namespace in which it was opened.
 */
export class Netlink {
  readonly #socket = new RawSocket('a netlink socket', AF_NETLINK, SOCK_RAW, 0)
  readonly #buffer = new Uint8Array(BUFFER_BYTES)
  readonly #kernel = netlinkAddress(0)
  #seq = 0

  /** Changes something; what names it in the error. Throws SystemError with the kernel's reason. */
  change(what: string, type: number, flags: number, parts: readonly Uint8Array[]): void {
    this.#ask(what, type, flags | NLM_F.ACK, parts)
  }

  /** Lists everything of a kind. Throws SystemError. */
  dump(what: string, type: number, fixed: Uint8Array): NetlinkMessage[] {
    let answer: NetlinkMessage[] = []
    for (let n = 0; n < DUMP_TRIES; n++) {
      answer = this.#ask(what, type, NLM_F.DUMP, [fixed])
      if (!answer.some((m) => m.flags & NLM_F.DUMP_INTR)) break
    }
    return answer
  }

  close(): void {
    this.#socket.close()
  }

  #ask(what: string, type: number, flags: number, parts: readonly Uint8Array[]): NetlinkMessage[] {
    this.#seq = (this.#seq + 1) >>> 0
    this.#socket.send(message(type, flags | NLM_F.REQUEST, this.#seq, parts), this.#kernel)
    const answer: NetlinkMessage[] = []
    for (let n = 0; n < DATAGRAMS_MAX; n++) {
      const length = this.#socket.receive(this.#buffer)
      if (length < 0) break
      for (const m of messages(this.#buffer.subarray(0, length))) {
        if (m.seq !== this.#seq) continue
        if (m.type === NLMSG_DONE) return answer
        if (m.type === NLMSG_ERROR) return finish(what, m, answer)
        if (answer.length < MESSAGES_MAX) answer.push(m)
      }
    }
    throw new SystemError(`${what}: the kernel's answer was cut short`, 105)
  }
}

function finish(what: string, m: NetlinkMessage, answer: NetlinkMessage[]): NetlinkMessage[] {
  const number = -(readU32(m.body) ?? 0) | 0
  if (number !== 0) throw new SystemError(what, number)
  return answer
}
