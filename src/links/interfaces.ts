import { AF, addressText } from './address.ts'
import { libc } from './libc.ts'
import { SOCK_CLOEXEC, SOCK_DGRAM } from './socket.ts'

/** A network interface as it is at the moment. */
export interface Interface {
  readonly index: number
  /** Somebody has set it up (IFF_UP). */
  readonly up: boolean
  /** It has a carrier (IFF_RUNNING). */
  readonly running: boolean
  /** Where an IPv4 broadcast goes, or null where there can be none (no address, /31, /32, lo). */
  readonly broadcast: string | null
}

const SIOCGIFFLAGS = 0x8913
const SIOCGIFADDR = 0x8915
const SIOCGIFBRDADDR = 0x8919
const SIOCGIFNETMASK = 0x891b
const SIOCGIFINDEX = 0x8933
const IFF_UP = 0x1
const IFF_BROADCAST = 0x2
const IFF_RUNNING = 0x40
const NAME_BYTES_MAX = 15

/** Asks the kernel; null where no interface has that name. */
export function lookUpInterface(name: string): Interface | null {
  const encoded = new TextEncoder().encode(name)
  if (encoded.length === 0 || encoded.length > NAME_BYTES_MAX) return null
  const fd: number = libc().socket(AF[4], SOCK_DGRAM | SOCK_CLOEXEC, 0)
  if (fd < 0) return null
  try {
    const ask = (request: number): DataView | null => {
      const ifreq = new Uint8Array(40)
      ifreq.set(encoded)
      return libc().ioctl(fd, request, ifreq) < 0 ? null : new DataView(ifreq.buffer, 16)
    }
    const index = ask(SIOCGIFINDEX)?.getInt32(0, true)
    const flags = ask(SIOCGIFFLAGS)?.getUint16(0, true)
    if (index === undefined || flags === undefined) return null
    return {
      index,
      up: (flags & IFF_UP) !== 0,
      running: (flags & IFF_RUNNING) !== 0,
      broadcast: (flags & IFF_BROADCAST) === 0 ? null : broadcastOf(ask),
    }
  } finally {
    libc().close(fd)
  }
}

/** `ip address add` without `brd +` leaves the broadcast address unset; the kernel routes the computed one all the same. */
function broadcastOf(ask: (request: number) => DataView | null): string | null {
  const [told, address, mask] = [SIOCGIFBRDADDR, SIOCGIFADDR, SIOCGIFNETMASK].map((request) => {
    const view = ask(request)
    return view === null ? 0 : view.getUint32(4)
  }) as [number, number, number]
  if (address === 0) return null
  return told !== 0 ? ipv4Text(told) : computedBroadcast(address, mask)
}

/** The highest address of a network, null for /31 and /32, which have no broadcast address. */
export function computedBroadcast(address: number, mask: number): string | null {
  const host = ~mask >>> 0
  return host < 2 ? null : ipv4Text((address | host) >>> 0)
}

function ipv4Text(value: number): string {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return addressText(bytes)
}
