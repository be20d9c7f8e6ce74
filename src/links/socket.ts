import { AF, addressBytes, type Family, socketAddress } from './address.ts'
import { cString, errnoCode, libc } from './libc.ts'

export const SOCK_DGRAM = 2
export const SOCK_CLOEXEC = 0o2000000
const SOCK_RAW = 3
const SOCK_NONBLOCK = 0o4000

const SOL_SOCKET = 1
const SO_REUSEADDR = 2
const SO_DONTROUTE = 5
const SO_BROADCAST = 6
const SO_SNDBUF = 7
const SO_RCVBUF = 8
const SO_BINDTODEVICE = 25
const SO_RCVBUFFORCE = 33

const IPPROTO_IP = 0
const IP_TOS = 1
const IP_MULTICAST_IF = 32
const IP_MULTICAST_TTL = 33
const IP_MULTICAST_LOOP = 34
const IP_ADD_MEMBERSHIP = 35
const IP_MULTICAST_ALL = 49
const TOS_LOW_DELAY = 0x10

const IPPROTO_IPV6 = 41
const IPV6_MULTICAST_IF = 17
const IPV6_MULTICAST_HOPS = 18
const IPV6_MULTICAST_LOOP = 19
const IPV6_ADD_MEMBERSHIP = 20
const IPV6_V6ONLY = 26
const IPV6_MULTICAST_ALL = 29

const SOL_RAW = 255
const ICMP_FILTER = 1
const SOL_ICMPV6 = 58
const ICMP6_FILTER = 1
const IPPROTO_ICMP = 1
const IPPROTO_ICMPV6 = 58

const BUFFER_BYTES = 1 << 20

/** A socket call that failed: which one, and the name of the error. */
export class SocketError extends Error {
  readonly call: string
  readonly code: string
  constructor(call: string, code: string) {
    super(`${call}: ${code}`)
    this.call = call
    this.code = code
  }
}

export interface ReceiverSpec {
  readonly family: Family
  readonly device: string
  /** The device's number now. */
  readonly index: number
  readonly port: number
  /** The multicast group to bind to and join, or null for whatever else is sent to the port. */
  readonly group: string | null
}

/**
 * A bound UDP socket to receive with: its descriptor, non-blocking and closed on exec. One such socket serves every
 * medium of the same device, family, port and group, since the kernel gives a unicast datagram to one socket only.
 * Throws a SocketError.
 */
export function openReceiver(spec: ReceiverSpec): number {
  return opened(spec.family, SOCK_DGRAM, 0, (fd) => {
    set(fd, 'SO_REUSEADDR', SOL_SOCKET, SO_REUSEADDR, number(1))
    bindToDevice(fd, spec.device)
    enlarge(fd)
    if (spec.family === 6) set(fd, 'IPV6_V6ONLY', IPPROTO_IPV6, IPV6_V6ONLY, number(1))
    ignoreForeignGroups(fd, spec.family)
    const any = spec.family === 4 ? '0.0.0.0' : '::'
    const address = socketAddress(spec.group ?? any, spec.port, spec.index)
    if (libc().bind(fd, address, address.length) < 0) throw new SocketError('bind', errnoCode())
    if (spec.group !== null) join(fd, spec.family, spec.group, spec.index)
  })
}

export type SenderSpec = { readonly device: string; readonly index: number } & (
  | { readonly kind: 'bcast' | 'ucast' | 'ucast6' }
  | { readonly kind: 'mcast' | 'mcast6'; readonly ttl: number; readonly loop: boolean }
)

/** A UDP socket to send with: its descriptor; the source port is the kernel's choice. Throws a SocketError. */
export function openSender(spec: SenderSpec): number {
  const family: Family = spec.kind.endsWith('6') ? 6 : 4
  return opened(family, SOCK_DGRAM, 0, (fd) => {
    bindToDevice(fd, spec.device)
    // Nobody reads this socket: what strangers send to its port must not pile up.
    set(fd, 'SO_RCVBUF', SOL_SOCKET, SO_RCVBUF, number(1))
    if (spec.kind === 'bcast') {
      set(fd, 'SO_BROADCAST', SOL_SOCKET, SO_BROADCAST, number(1))
      set(fd, 'SO_DONTROUTE', SOL_SOCKET, SO_DONTROUTE, number(1))
    } else if (spec.kind === 'ucast') {
      set(fd, 'IP_TOS', IPPROTO_IP, IP_TOS, number(TOS_LOW_DELAY))
    } else if (spec.kind === 'mcast') {
      set(fd, 'IP_MULTICAST_IF', IPPROTO_IP, IP_MULTICAST_IF, groupRequest('0.0.0.0', spec.index))
      set(fd, 'IP_MULTICAST_TTL', IPPROTO_IP, IP_MULTICAST_TTL, number(spec.ttl))
      set(fd, 'IP_MULTICAST_LOOP', IPPROTO_IP, IP_MULTICAST_LOOP, number(spec.loop ? 1 : 0))
    } else if (spec.kind === 'mcast6') {
      set(fd, 'IPV6_MULTICAST_IF', IPPROTO_IPV6, IPV6_MULTICAST_IF, number(spec.index))
      set(fd, 'IPV6_MULTICAST_HOPS', IPPROTO_IPV6, IPV6_MULTICAST_HOPS, number(spec.ttl))
      set(fd, 'IPV6_MULTICAST_LOOP', IPPROTO_IPV6, IPV6_MULTICAST_LOOP, number(spec.loop ? 1 : 0))
    }
  })
}

/** A raw ICMP or ICMPv6 socket that lets only echo replies in: its descriptor. Throws a SocketError. */
export function openEcho(family: Family): number {
  return opened(family, SOCK_RAW, family === 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6, (fd) => {
    if (family === 4) {
      set(fd, 'ICMP_FILTER', SOL_RAW, ICMP_FILTER, number(~1))
    } else {
      const filter = new Uint8Array(32).fill(0xff)
      filter[16] = 0xff & ~0x02
      set(fd, 'ICMP6_FILTER', SOL_ICMPV6, ICMP6_FILTER, filter)
    }
  })
}

function opened(family: Family, type: number, protocol: number, prepare: (fd: number) => void): number {
  const fd: number = libc().socket(AF[family], type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol)
  if (fd < 0) throw new SocketError('socket', errnoCode())
  try {
    prepare(fd)
  } catch (error) {
    libc().close(fd)
    throw error
  }
  return fd
}

function set(fd: number, name: string, level: number, option: number, value: Uint8Array): void {
  if (libc().setsockopt(fd, level, option, value, value.length) < 0) throw new SocketError(name, errnoCode())
}

function bindToDevice(fd: number, device: string): void {
  set(fd, 'SO_BINDTODEVICE', SOL_SOCKET, SO_BINDTODEVICE, cString(device))
}

/** Beyond the system's limit where this process may, up to it where not. */
function enlarge(fd: number): void {
  const size = number(BUFFER_BYTES)
  if (libc().setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, size, 4) < 0)
    libc().setsockopt(fd, SOL_SOCKET, SO_RCVBUF, size, 4)
  libc().setsockopt(fd, SOL_SOCKET, SO_SNDBUF, size, 4)
}

/** By default a socket hears every group that anybody on the host has joined. Kernels before 4.20 cannot do it for IPv6. */
function ignoreForeignGroups(fd: number, family: Family): void {
  if (family === 4) libc().setsockopt(fd, IPPROTO_IP, IP_MULTICAST_ALL, number(0), 4)
  else libc().setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, number(0), 4)
}

function join(fd: number, family: Family, group: string, index: number): void {
  const [level, option] = family === 4 ? [IPPROTO_IP, IP_ADD_MEMBERSHIP] : [IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP]
  set(fd, family === 4 ? 'IP_ADD_MEMBERSHIP' : 'IPV6_ADD_MEMBERSHIP', level, option, groupRequest(group, index))
}

/** struct ip_mreqn or ipv6_mreq: a group and an interface by its number. */
function groupRequest(group: string, index: number): Uint8Array {
  const bytes = addressBytes(group)
  const out = new Uint8Array(bytes.length === 4 ? 12 : 20)
  out.set(bytes)
  new DataView(out.buffer).setInt32(out.length - 4, index, true)
  return out
}

function number(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setInt32(0, value, true)
  return bytes
}
