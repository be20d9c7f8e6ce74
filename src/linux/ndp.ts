/** Neighbour discovery (RFC 4861): the unsolicited advertisement that tells an IPv6 network who has an address now. */

const ALL_NODES_MAC = [0x33, 0x33, 0, 0, 0, 1]
const ALL_NODES = [0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
const ICMPV6 = 58
const HOP_LIMIT = 255
const ADVERTISEMENT = 136
/** Override: neighbours shall replace the link-level address that they remember. */
const OVERRIDE = 0x20
const TARGET_LINK_ADDRESS = 2

/** A complete Ethernet frame of 86 bytes: from the address, to all nodes, with our MAC as its link-level address. */
export function advertisement(mac: Uint8Array, ip: Uint8Array): Uint8Array {
  const icmp = Uint8Array.from([ADVERTISEMENT, 0, 0, 0, OVERRIDE, 0, 0, 0, ...ip, TARGET_LINK_ADDRESS, 1, ...mac])
  const sum = checksum(ip, Uint8Array.from(ALL_NODES), icmp)
  icmp[2] = sum >> 8
  icmp[3] = sum & 255
  const header = [0x60, 0, 0, 0, 0, icmp.length, ICMPV6, HOP_LIMIT, ...ip, ...ALL_NODES]
  return Uint8Array.from([...ALL_NODES_MAC, ...mac, 0x86, 0xdd, ...header, ...icmp])
}

/** The ICMPv6 checksum over the pseudo header and the message, whose own checksum field must be zero. */
export function checksum(source: Uint8Array, destination: Uint8Array, icmp: Uint8Array): number {
  const bytes = [...source, ...destination, 0, 0, icmp.length >> 8, icmp.length & 255, 0, 0, 0, ICMPV6, ...icmp]
  let sum = 0
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}
