/** The main routing table, and which interface a service address belongs on. */
import { formatIp, sameNetwork } from './ip.ts'
import { attributes, type Netlink, type NetlinkMessage, RTM, readU32 } from './netlink.ts'

export interface Route {
  /** The network: four or sixteen bytes, zeros for the default route. */
  readonly network: Uint8Array
  readonly prefix: number
  readonly index: number
  readonly metric: number
  /** Leads to neighbours directly, without a router. */
  readonly onLink: boolean
}

const FIXED_BYTES = 12
const RTA = { DST: 1, OIF: 4, GATEWAY: 5, PRIORITY: 6, TABLE: 15 }
const MAIN_TABLE = 254
const UNICAST = 1
const SCOPE_LINK = 253
const CLONED = 0x200

/** One unicast route of the main table out of a NEWROUTE message, else undefined. Several next hops: undefined. */
export function parseRoute(m: NetlinkMessage): Route | undefined {
  if (m.body.length < FIXED_BYTES) return undefined
  const found = attributes(m.body, FIXED_BYTES)
  const table = readU32(found.get(RTA.TABLE)) ?? m.body[4]!
  const index = readU32(found.get(RTA.OIF))
  const flags = readU32(m.body, 8)!
  if (table !== MAIN_TABLE || m.body[7] !== UNICAST || index === undefined || flags & CLONED) return undefined
  const v6 = m.body[0] === 10
  return {
    network: found.get(RTA.DST)?.slice() ?? new Uint8Array(v6 ? 16 : 4),
    prefix: m.body[1]!,
    index,
    metric: readU32(found.get(RTA.PRIORITY)) ?? 0,
    onLink: v6 ? !found.has(RTA.GATEWAY) : m.body[6] === SCOPE_LINK,
  }
}

/** The routes of one family (AF_INET or AF_INET6), in the kernel's order. Throws SystemError. */
export function listRoutes(netlink: Netlink, family: number): Route[] {
  const fixed = new Uint8Array(FIXED_BYTES)
  fixed[0] = family
  return netlink
    .dump('listing the routes', RTM.GETROUTE, fixed)
    .filter((m) => m.type === RTM.NEWROUTE && m.body[0] === family)
    .map(parseRoute)
    .filter((r) => r !== undefined)
}

export type RouteChoice = { readonly index: number; readonly prefix: number } | { readonly problem: string }

/**
 * IPaddr's choice (findif): of all matching routes, in table order, one replaces the best so far if its metric is not
 * larger and its mask not shorter. The default route serves only when the netmask is given.
 */
export function chooseByMetric(routes: readonly Route[], ip: Uint8Array, prefix: number | null): RouteChoice {
  let best: Route | undefined
  for (const route of routes) {
    if (!sameNetwork(route.network, ip, route.prefix)) continue
    if (!best || (route.metric <= best.metric && route.prefix >= best.prefix)) best = route
  }
  if (!best) return { problem: `no route leads to ${formatIp(ip)}: ${NAME_IT}` }
  if (best.prefix === 0 && prefix === null) {
    return { problem: `only the default route leads to ${formatIp(ip)}: ${NAME_IT}` }
  }
  return { index: best.index, prefix: prefix ?? best.prefix }
}

/** IPaddr2's choice: the longest on-link route to the address (and mask, if given); on that interface only, if given. */
export function chooseOnLink(
  routes: readonly Route[],
  ip: Uint8Array,
  prefix: number | null,
  index: number | null,
): RouteChoice {
  let best: Route | undefined
  for (const route of routes) {
    if (!route.onLink || (index !== null && route.index !== index) || route.prefix > (prefix ?? 128)) continue
    if (sameNetwork(route.network, ip, route.prefix) && (!best || route.prefix > best.prefix)) best = route
  }
  if (best?.prefix === 0 && prefix === null) best = undefined
  if (!best) return { problem: `no network of this host holds ${formatIp(ip)}: ${NAME_IT}` }
  return { index: best.index, prefix: prefix ?? best.prefix }
}

const NAME_IT =
  'write netmask and interface in haresources (address/24/eth0), or give the host an address of that network'
