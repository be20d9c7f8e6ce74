/** ARP: the two announcements that heartbeat's send_arp makes, and hearing others claim an address that we hold. */
import { formatIp, formatMac, sameBytes } from './ip.ts'
import { ETH_P_ARP, FrameListener } from './packet.ts'

const BROADCAST = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
const NOBODY = [0, 0, 0, 0, 0, 0]
const FRAME_BYTES = 42
/** At one poll; what is left waits for the next, and the kernel drops what does not fit. */
const FRAMES_MAX = 512

export const ArpOperation = { request: 1, reply: 2 } as const

/**
 * An announcement of 42 bytes: sender and target are both the address; the reply names the MAC as the target too. The
 * frame comes from the interface's own MAC, source, whoever has the address: switches learn from it where that one is.
 */
export function announcement(operation: 1 | 2, mac: Uint8Array, ip: Uint8Array, source = mac): Uint8Array {
  return frame(operation, source, mac, ip, operation === ArpOperation.request ? NOBODY : mac, ip)
}

/**
 * Who has the target address? Of 42 bytes; whoever has it learns from the question where the one who asks is, but from
 * 0.0.0.0 it learns nothing (RFC 5227, a probe).
 */
export function question(mac: Uint8Array, ip: Uint8Array, target: Uint8Array): Uint8Array {
  return frame(ArpOperation.request, mac, mac, ip, NOBODY, target)
}

type Bytes = Uint8Array | readonly number[]

/** To everybody, from source: sender and target, each by hardware address and IP. */
function frame(operation: 1 | 2, source: Bytes, mac: Bytes, ip: Bytes, targetMac: Bytes, target: Bytes): Uint8Array {
  const ethernet = [...BROADCAST, ...source, 0x08, 0x06]
  return Uint8Array.from([...ethernet, 0, 1, 8, 0, 6, 4, 0, operation, ...mac, ...ip, ...targetMac, ...target])
}

/** Who says in this frame that it has which address; undefined when the frame is no ARP over Ethernet, or a probe. */
export function claimOf(frame: Uint8Array): { mac: Uint8Array; ip: Uint8Array } | undefined {
  if (frame.length < FRAME_BYTES) return undefined
  if (![8, 6, 0, 1, 8, 0, 6, 4].every((value, i) => frame[12 + i] === value)) return undefined
  const ip = frame.slice(28, 32)
  return ip.every((b) => b === 0) ? undefined : { mac: frame.slice(22, 28), ip }
}

export interface Conflict {
  readonly address: string
  /** The other's hardware address. */
  readonly mac: string
}

/** Listens on every interface. Opening needs CAP_NET_RAW. Throws SystemError. */
export class ConflictWatch {
  readonly #listener = new FrameListener(ETH_P_ARP)

  /**
   * The claims heard since the last poll for one of the held IPv4 addresses from a MAC that is not ours, each pair once.
   * With nothing held it only empties the queue. ours is asked for only when somebody claims a held address. heard is
   * told of each claim of whatever address.
   */
  poll(
    held: readonly Uint8Array[],
    ours: () => readonly Uint8Array[],
    heard: (ip: Uint8Array) => void = () => {},
  ): Conflict[] {
    const found = new Map<string, Conflict>()
    for (let n = 0; n < FRAMES_MAX; n++) {
      const frame = this.#listener.receive()
      if (!frame) break
      const claim = claimOf(frame)
      if (claim) heard(claim.ip)
      if (!claim || !held.some((ip) => sameBytes(ip, claim.ip))) continue
      if (ours().some((mac) => sameBytes(mac, claim.mac))) continue
      const conflict = { address: formatIp(claim.ip), mac: formatMac(claim.mac) }
      found.set(`${conflict.address} ${conflict.mac}`, conflict)
    }
    return [...found.values()]
  }

  close(): void {
    this.#listener.close()
  }
}
