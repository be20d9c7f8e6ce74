/** The network interfaces of this host, by netlink. */
import { attribute, attributes, cstring, type Netlink, type NetlinkMessage, RTM, readU32 } from './netlink.ts'

export interface Interface {
  readonly index: number
  readonly name: string
  /** The hardware address: six bytes on Ethernet, empty on some tunnels. */
  readonly mac: Uint8Array
  readonly mtu: number
  /** Switched on by the administrator. */
  readonly up: boolean
  /** Has a carrier. */
  readonly carrier: boolean
  readonly loopback: boolean
  /** Asks for and answers ARP or neighbour discovery on Ethernet, so that announcements make sense. */
  readonly announces: boolean
}

const FIXED_BYTES = 16
const IFLA_ADDRESS = 1
const IFLA_IFNAME = 3
const IFLA_MTU = 4
const IFF_UP = 1
const IFF_LOOPBACK = 8
const IFF_NOARP = 0x80
const IFF_LOWER_UP = 0x10000

/** One interface out of a NEWLINK or DELLINK message; undefined when it is malformed. */
export function parseInterface(m: NetlinkMessage): Interface | undefined {
  const flags = readU32(m.body, 8)
  const index = readU32(m.body, 4)
  const found = attributes(m.body, FIXED_BYTES)
  const name = found.get(IFLA_IFNAME)
  if (flags === undefined || index === undefined || !name) return undefined
  const mac = (found.get(IFLA_ADDRESS) ?? new Uint8Array()).slice()
  const loopback = (flags & IFF_LOOPBACK) !== 0
  return {
    index,
    name: new TextDecoder().decode(name).replace(/\0.*$/s, ''),
    mac,
    mtu: readU32(found.get(IFLA_MTU)) ?? 0,
    up: (flags & IFF_UP) !== 0,
    carrier: (flags & IFF_LOWER_UP) !== 0,
    loopback,
    announces: !loopback && (flags & IFF_NOARP) === 0 && mac.length === 6,
  }
}

/** All interfaces. Throws SystemError. */
export function listInterfaces(netlink: Netlink): Interface[] {
  return netlink
    .dump('listing the interfaces', RTM.GETLINK, new Uint8Array(FIXED_BYTES))
    .filter((m) => m.type === RTM.NEWLINK)
    .map(parseInterface)
    .filter((i) => i !== undefined)
}

/** The interface of that name. Throws SystemError. */
export function findInterface(netlink: Netlink, name: string): Interface | undefined {
  return listInterfaces(netlink).find((i) => i.name === name)
}

/** Switches an interface on. Throws SystemError. */
export function setUp(netlink: Netlink, name: string): void {
  const fixed = new Uint8Array(FIXED_BYTES)
  const view = new DataView(fixed.buffer)
  view.setUint32(8, IFF_UP, true)
  view.setUint32(12, IFF_UP, true)
  netlink.change(`switching ${name} on`, RTM.NEWLINK, 0, [fixed, attribute(IFLA_IFNAME, cstring(name))])
}
