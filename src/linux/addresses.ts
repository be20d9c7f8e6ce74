/** The addresses on this host's interfaces, by netlink: list, add, renew, delete. */
import { formatIp } from './ip.ts'
import {
  attribute,
  attributes,
  cstring,
  type Netlink,
  type NetlinkMessage,
  NLM_F,
  RTM,
  readU32,
  u32,
} from './netlink.ts'
import { AF_INET, AF_INET6 } from './socket.ts'

export interface Address {
  /** Index of the interface. */
  readonly index: number
  /** Four or sixteen bytes. */
  readonly ip: Uint8Array
  readonly prefix: number
  /** IPv4 only: the name ifconfig shows, such as eth0 or eth0:0. */
  readonly label: string | null
  readonly broadcast: Uint8Array | null
  /** Whole seconds until the kernel takes the address away; null for never. */
  readonly validS: number | null
  /** IPv4: another address of the same network was there first, and this one goes with it. */
  readonly secondary: boolean
  /** IPv6: duplicate detection is going on, or has failed; the address cannot be used. */
  readonly tentative: boolean
  /** RT_SCOPE_UNIVERSE 0, LINK 253, HOST 254. */
  readonly scope: number
}

/** What to add; leaseS null is for ever. */
export interface NewAddress {
  readonly index: number
  readonly ip: Uint8Array
  readonly prefix: number
  readonly label: string | null
  readonly broadcast: Uint8Array | null
  readonly leaseS: number | null
  readonly scope?: number
}

const FIXED_BYTES = 8
const IFA = { ADDRESS: 1, LOCAL: 2, LABEL: 3, BROADCAST: 4, CACHEINFO: 6, FLAGS: 8 }
const SECONDARY = 0x01
const NODAD = 0x02
const DADFAILED = 0x08
const TENTATIVE = 0x40
const FOREVER = 0xffffffff

function fixedPart(ip: Uint8Array, prefix: number, index: number, scope: number): Uint8Array {
  const v6 = ip.length === 16
  const bytes = Uint8Array.from([v6 ? AF_INET6 : AF_INET, prefix, v6 ? NODAD : 0, scope, 0, 0, 0, 0])
  new DataView(bytes.buffer).setUint32(4, index, true)
  return bytes
}

/** The parts of a NEWADDR request. preferred and valid are both the lease, so that the address never lingers unused. */
export function newAddressParts(a: NewAddress): Uint8Array[] {
  const parts = [
    fixedPart(a.ip, a.prefix, a.index, a.scope ?? 0),
    attribute(IFA.LOCAL, a.ip),
    attribute(IFA.ADDRESS, a.ip),
  ]
  if (a.ip.length === 4 && a.broadcast) parts.push(attribute(IFA.BROADCAST, a.broadcast))
  if (a.ip.length === 4 && a.label) parts.push(attribute(IFA.LABEL, cstring(a.label)))
  const lifetime = new Uint8Array(16)
  lifetime.set(u32(a.leaseS ?? FOREVER), 0)
  lifetime.set(u32(a.leaseS ?? FOREVER), 4)
  parts.push(attribute(IFA.CACHEINFO, lifetime))
  return parts
}

/** One address out of a NEWADDR or DELADDR message; undefined when it is malformed. */
export function parseAddress(m: NetlinkMessage): Address | undefined {
  const index = readU32(m.body, 4)
  const found = attributes(m.body, FIXED_BYTES)
  const ip = found.get(IFA.LOCAL) ?? found.get(IFA.ADDRESS)
  if (index === undefined || !ip || (ip.length !== 4 && ip.length !== 16)) return undefined
  const label = found.get(IFA.LABEL)
  const valid = readU32(found.get(IFA.CACHEINFO), 4) ?? FOREVER
  const flags = readU32(found.get(IFA.FLAGS)) ?? m.body[2]!
  return {
    index,
    ip: ip.slice(),
    prefix: m.body[1]!,
    label: label ? new TextDecoder().decode(label).replace(/\0.*$/s, '') : null,
    broadcast: found.get(IFA.BROADCAST)?.slice() ?? null,
    validS: valid === FOREVER ? null : valid,
    secondary: ip.length === 4 && (flags & SECONDARY) !== 0,
    tentative: ip.length === 16 && (flags & (TENTATIVE | DADFAILED)) !== 0,
    scope: m.body[3]!,
  }
}

/** All addresses, IPv4 and IPv6. Throws SystemError. */
export function listAddresses(netlink: Netlink): Address[] {
  return netlink
    .dump('listing the addresses', RTM.GETADDR, new Uint8Array(FIXED_BYTES))
    .filter((m) => m.type === RTM.NEWADDR)
    .map(parseAddress)
    .filter((a) => a !== undefined)
}

/** Adds an address. Throws SystemError, EEXIST when the interface has it with the same prefix. */
export function addAddress(netlink: Netlink, a: NewAddress): void {
  netlink.change(`adding ${formatIp(a.ip)}/${a.prefix}`, RTM.NEWADDR, NLM_F.CREATE | NLM_F.EXCL, newAddressParts(a))
}

/** Adds an address or gives the one that is there a new lifetime (its label and broadcast stay). Throws SystemError. */
export function replaceAddress(netlink: Netlink, a: NewAddress): void {
  netlink.change(
    `renewing ${formatIp(a.ip)}/${a.prefix}`,
    RTM.NEWADDR,
    NLM_F.CREATE | NLM_F.REPLACE,
    newAddressParts(a),
  )
}

/** Removes exactly that address from that interface. Throws SystemError, EADDRNOTAVAIL when it is not there. */
export function deleteAddress(netlink: Netlink, a: Pick<Address, 'index' | 'ip' | 'prefix'>): void {
  const parts = [fixedPart(a.ip, a.prefix, a.index, 0), attribute(IFA.LOCAL, a.ip), attribute(IFA.ADDRESS, a.ip)]
  netlink.change(`removing ${formatIp(a.ip)}/${a.prefix}`, RTM.DELADDR, 0, parts)
}
