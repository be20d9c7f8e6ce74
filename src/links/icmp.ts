import type { Family } from './address.ts'

const HEADER_BYTES = 8
const REQUEST: Readonly<Record<Family, number>> = { 4: 8, 6: 128 }
const REPLY: Readonly<Record<Family, number>> = { 4: 0, 6: 129 }

/** The Internet checksum (RFC 1071) of some bytes: 0 for bytes that contain their right checksum. */
export function internetChecksum(bytes: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000)
  return ~sum & 0xffff
}

export interface Echo {
  /** 16 bits, in the byte order of the host as heartbeat has it. */
  readonly id: number
  /** 16 bits, in network order. */
  readonly sequence: number
  readonly payload: Uint8Array
}

/** An echo request, ready to be sent. The checksum is left to the kernel for ICMPv6, which covers the addresses too. */
export function encodeEchoRequest(family: Family, echo: Echo): Uint8Array {
  const packet = new Uint8Array(HEADER_BYTES + echo.payload.length)
  const view = new DataView(packet.buffer)
  packet[0] = REQUEST[family]
  view.setUint16(4, echo.id, true)
  view.setUint16(6, echo.sequence)
  packet.set(echo.payload, HEADER_BYTES)
  if (family === 4) view.setUint16(2, internetChecksum(packet))
  return packet
}

/**
 * What a raw socket received, as an echo reply; null for anything else. IPv4 comes with its IP header, and its checksum
 * is verified here; IPv6 comes without, its checksum verified by the kernel.
 */
export function decodeEchoReply(family: Family, received: Uint8Array): Echo | null {
  const packet = family === 4 ? withoutIpHeader(received) : received
  if (packet === null || packet.length < HEADER_BYTES) return null
  if (packet[0] !== REPLY[family] || packet[1] !== 0) return null
  if (family === 4 && internetChecksum(packet) !== 0) return null
  const view = new DataView(packet.buffer, packet.byteOffset)
  return { id: view.getUint16(4, true), sequence: view.getUint16(6), payload: packet.subarray(HEADER_BYTES) }
}

function withoutIpHeader(packet: Uint8Array): Uint8Array | null {
  const first = packet[0]
  if (first === undefined || first >> 4 !== 4) return null
  const headerBytes = (first & 0x0f) * 4
  return headerBytes < 20 || packet.length < headerBytes ? null : packet.subarray(headerBytes)
}
