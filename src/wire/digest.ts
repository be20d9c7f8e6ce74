/** The three ways in which authkeys lets nodes sign: crc, md5 and sha1. */
import type { AuthKey } from '../config/types.ts'
import { hmacHex } from '../runtime/hash.ts'

const table = new Int32Array(256).map((_, byte) => {
  let crc = byte << 24
  for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1
  return crc
})

/**
 * CRC-32 as heartbeat has it: polynomial 04C11DB7, highest bit first, from 0, inverted at the end, without the length
 * octets of cksum. Hex without leading zeros: 1 to 8 digits.
 */
export function crc(data: Uint8Array | string): string {
  const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : data
  let crc = 0
  for (let i = 0; i < bytes.length; i++) crc = (crc << 8) ^ table[(crc >>> 24) ^ bytes[i]!]!
  return (~crc >>> 0).toString(16)
}

/** The digest by a key in lower-case hex: of bytes, or of text of one character a byte. */
export function digest({ method, key }: AuthKey, data: Uint8Array | string): string {
  return method === 'crc' ? crc(data) : hmacHex(method, key, data)
}

/** Whether two digests are the same text, in a time that does not tell how much of it agrees. */
export function sameDigest(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i)
  return difference === 0
}
