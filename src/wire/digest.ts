/** The three ways in which authkeys lets nodes sign: crc, md5 and sha1. */
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import type { AuthKey } from '../config/types.ts'

/** A digest in lower-case hex: of bytes, or of text of one character a byte. */
export type Digester = (data: Uint8Array | string) => string

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

const digesters = new WeakMap<AuthKey, Digester>()

/** The digest function of a key; made once for each key object, so that the key is prepared only once. */
export function digester(key: AuthKey): Digester {
  let found = digesters.get(key)
  if (!found) {
    found = make(key)
    digesters.set(key, found)
  }
  return found
}

function make({ method, key }: AuthKey): Digester {
  if (method === 'crc') return crc
  const secret = createSecretKey(key)
  return (data) => {
    const hmac = createHmac(method, secret)
    if (typeof data === 'string') hmac.update(data, 'latin1')
    else hmac.update(data)
    return hmac.digest('hex')
  }
}

/** Whether two digests are the same text, in a time that does not tell how much of it agrees. */
export function sameDigest(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'))
}
