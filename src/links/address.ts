import { cString, libc } from './libc.ts'

export type Family = 4 | 6

/** The numbers by which the kernel knows the families. */
export const AF: Readonly<Record<Family, number>> = { 4: 2, 6: 10 }

/** The family of an address literal, null for anything else. A scope ('fe80::1%eth0') may follow an IPv6 address. */
export function familyOf(text: string): Family | null {
  if (packed(text, 4) !== null) return 4
  return packed(withoutScope(text), 6) === null ? null : 6
}

/** What the C library makes of it, null where it is no literal of that family. */
function packed(text: string, family: Family): Uint8Array | null {
  const bytes = new Uint8Array(family === 4 ? 4 : 16)
  return !text.includes('\0') && libc().inet_pton(AF[family], cString(text), bytes) === 1 ? bytes : null
}

/** The address without '%eth0'. */
export const withoutScope = (ip: string): string => ip.replace(/%.*$/, '')

/** The bytes of an address literal, 4 or 16. Throws a RangeError for anything that is not an address. */
export function addressBytes(ip: string): Uint8Array {
  const bytes = packed(ip, 4) ?? packed(withoutScope(ip), 6)
  if (bytes === null) throw new RangeError(`'${ip}' is not an IP address`)
  return bytes
}

/** The text of 4 or 16 address bytes, in the C library's own spelling. */
export function addressText(bytes: Uint8Array): string {
  const buffer = new Uint8Array(46)
  libc().inet_ntop(AF[bytes.length === 4 ? 4 : 6], bytes, buffer, buffer.length)
  return new TextDecoder().decode(buffer.subarray(0, buffer.indexOf(0)))
}

/** Addresses that mean something only together with an interface: fe80::/10 and multicast of link scope or less. */
export function needsScope(ip: Uint8Array): boolean {
  if (ip.length !== 16) return false
  if (ip[0] === 0xfe && (ip[1]! & 0xc0) === 0x80) return true
  return ip[0] === 0xff && (ip[1]! & 0x0f) <= 2
}

/**
 * A sockaddr_in or sockaddr_in6. The interface index is put in as scope where the address needs one.
 * Throws a RangeError for anything that is not an address.
 */
export function socketAddress(ip: string, port: number, index = 0): Uint8Array {
  const bytes = addressBytes(ip)
  const out = new Uint8Array(bytes.length === 4 ? 16 : 28)
  const view = new DataView(out.buffer)
  view.setUint16(0, AF[bytes.length === 4 ? 4 : 6], true)
  view.setUint16(2, port)
  out.set(bytes, bytes.length === 4 ? 4 : 8)
  if (needsScope(bytes)) view.setUint32(24, index, true)
  return out
}

/** The address in a sockaddr that the kernel filled in, without port and scope; '' for another family. */
export function addressOf(socketAddress: Uint8Array): string {
  if (socketAddress[0] === AF[4]) return addressText(socketAddress.slice(4, 8))
  if (socketAddress[0] === AF[6]) return addressText(socketAddress.slice(8, 24))
  return ''
}
