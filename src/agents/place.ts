/** Where a service address goes: interface, prefix length, broadcast address, label. */
import type { Address } from '../linux/addresses.ts'
import { listAddresses } from '../linux/addresses.ts'
import { type Interface, listInterfaces } from '../linux/interfaces.ts'
import { broadcastOf, formatIp, sameBytes, sameNetwork } from '../linux/ip.ts'
import type { Netlink } from '../linux/netlink.ts'
import { chooseByMetric, chooseOnLink, listRoutes, type RouteChoice } from '../linux/routes.ts'
import { AF_INET, AF_INET6 } from '../linux/socket.ts'
import { type AddressSpec, LABEL_MAX } from './argument.ts'

export interface Place {
  readonly device: Interface
  readonly prefix: number
  readonly broadcast: Uint8Array | null
}

const ALIASES_MAX = 512
const SCOPE_HOST = 254

/** The place of an address on this host, or why it has none. present: all addresses of the host. Throws SystemError. */
export function choosePlace(
  netlink: Netlink,
  spec: AddressSpec,
  present: readonly Address[] = listAddresses(netlink),
): Place | string {
  const interfaces = listInterfaces(netlink)
  const choice = choose(netlink, spec, interfaces, present)
  if ('problem' in choice) return choice.problem
  const device = interfaces.find((i) => i.index === choice.index)
  if (!device) return `the interface of the route to ${formatIp(spec.ip)} has just gone`
  return { device, prefix: choice.prefix, broadcast: broadcastFor(spec, choice.prefix, device, present) }
}

function choose(
  netlink: Netlink,
  spec: AddressSpec,
  interfaces: readonly Interface[],
  present: readonly Address[],
): RouteChoice {
  if (spec.device !== null) {
    const device = interfaces.find((i) => i.name === spec.device)
    if (device && spec.prefix !== null) return { index: device.index, prefix: spec.prefix }
    const names = interfaces.map((i) => i.name).join(', ')
    return { problem: `there is no interface ${spec.device}: this host has ${names}` }
  }
  // An address that is there already stays where it is, whatever way the routes now point.
  const there = placed(present, spec, interfaces)[0]
  if (there) return { index: there.index, prefix: spec.prefix ?? there.prefix }
  const routes = listRoutes(netlink, spec.ip.length === 4 ? AF_INET : AF_INET6)
  if (spec.agent !== 'IPaddr') return chooseOnLink(routes, spec.ip, spec.prefix, null)
  const choice = chooseByMetric(routes, spec.ip, spec.prefix)
  const loopback = interfaces.find((i) => i.loopback)
  if ('problem' in choice && spec.ip[0] === 127 && loopback) return { index: loopback.index, prefix: spec.prefix ?? 8 }
  return choice
}

/**
 * The entries of an address on this host. An address on the loopback interface with a full mask is how hosts behind a
 * load balancer (LVS) accept it without owning it: that one is not counted.
 */
export function placed(
  present: readonly Address[],
  spec: Pick<AddressSpec, 'ip' | 'device'>,
  interfaces: readonly Interface[],
): Address[] {
  const loopbacks = interfaces.filter((i) => i.loopback && i.name !== spec.device).map((i) => i.index)
  return present.filter(
    (a) => sameBytes(a.ip, spec.ip) && !(loopbacks.includes(a.index) && a.prefix === 8 * spec.ip.length),
  )
}

function broadcastFor(
  spec: AddressSpec,
  prefix: number,
  device: Interface,
  present: readonly Address[],
): Uint8Array | null {
  if (spec.ip.length !== 4 || spec.broadcast === '-') return null
  if (spec.broadcast instanceof Uint8Array) return spec.broadcast
  if (spec.agent === 'IPaddr' || spec.broadcast === '+') return prefix < 31 ? broadcastOf(spec.ip, prefix) : null
  const neighbour = present.find(
    (a) => a.index === device.index && a.prefix === prefix && sameNetwork(a.ip, spec.ip, prefix) && a.broadcast,
  )
  return neighbour?.broadcast ?? null
}

/** An address has the scope of its network on that interface: the kernel refuses another one (127.x is of host scope). */
export function chooseScope(spec: AddressSpec, place: Place, present: readonly Address[]): number {
  const { device, prefix } = place
  const sibling = present.find(
    (a) => a.index === device.index && a.prefix === prefix && a.ip.length === 4 && sameNetwork(a.ip, spec.ip, prefix),
  )
  return sibling?.scope ?? (spec.ip[0] === 127 && spec.ip.length === 4 ? SCOPE_HOST : 0)
}

/**
 * The label that a new address gets: IPaddr's lowest free alias of the interface, IPaddr2's own or none. null also where
 * the name of the interface leaves no room for an alias.
 */
export function chooseLabel(spec: AddressSpec, place: Place, present: readonly Address[]): string | null {
  if (spec.agent !== 'IPaddr') return spec.label
  const taken = new Set(present.map((a) => a.label))
  for (let n = 0; n < ALIASES_MAX; n++) {
    const label = `${place.device.name}:${n}`
    if (label.length > LABEL_MAX) return null
    if (!taken.has(label)) return label
  }
  return null
}
