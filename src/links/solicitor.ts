/**
 * Keeps the way of a ucast peer's datagrams to this host open. Where frames are lost, so are the ARP questions by which the
 * peer's kernel finds this host: it gives up, and sends nothing for seconds at a time. So a peer that has fallen silent is
 * asked for its hardware address, a question that tells it ours; as an ordinary neighbour would, only sooner.
 *
 *   heard ──three datagrams without one from it──▶ asked with each datagram ──heard──▶ asked with every fifth for a while
 *                                                       └──fifty unanswered: dead, not deaf──▶ asked no more
 */
import { listAddresses } from '../linux/addresses.ts'
import { question } from '../linux/arp.ts'
import { findInterface } from '../linux/interfaces.ts'
import { parseIp, sameNetwork } from '../linux/ip.ts'
import { Netlink } from '../linux/netlink.ts'
import { FrameSender } from '../linux/packet.ts'

const SILENT_SENDS = 3
const DEAD_SENDS = 50
const UNRELIABLE_SENDS = 100
const EVERY_SENDS = 5

/** When a peer is to be asked, counted in datagrams that are sent to it. */
export class Silence {
  #since: number | null = null
  #unreliable = 0

  heard(): void {
    this.#since = 0
  }

  /** To be called with each datagram; a peer that was never heard is not asked. */
  sent(): boolean {
    if (this.#since === null) return false
    this.#since++
    if (this.#since >= SILENT_SENDS) {
      this.#unreliable = UNRELIABLE_SENDS
      return this.#since < DEAD_SENDS
    }
    if (this.#unreliable > 0) this.#unreliable--
    return this.#unreliable > 0 && this.#unreliable % EVERY_SENDS === 0
  }
}

/** Asks peers of one device, by their IPv4 addresses. */
export class Solicitor {
  readonly #device: string
  readonly #silences = new Map<string, Silence>()
  #netlink: Netlink | null = null
  #frames: FrameSender | null = null
  /** Without the right to send frames there is nothing to try again. */
  #able = true

  constructor(device: string, peers: readonly string[]) {
    this.#device = device
    for (const peer of peers) this.#silences.set(peer, new Silence())
  }

  heard(peer: string): void {
    this.#silences.get(peer)?.heard()
  }

  /** A datagram goes to all of them. Never throws. */
  sent(): void {
    for (const [peer, silence] of this.#silences) if (silence.sent() && this.#able) this.#ask(peer)
  }

  close(): void {
    this.#netlink?.close()
    this.#frames?.close()
    this.#netlink = null
    this.#frames = null
  }

  #ask(peer: string): void {
    const target = parseIp(peer)
    if (target?.length !== 4) return
    try {
      this.#netlink ??= new Netlink()
      this.#frames ??= new FrameSender()
      const device = findInterface(this.#netlink, this.#device)
      if (!device?.announces) return
      const near = listAddresses(this.#netlink).find(
        (a) => a.index === device.index && !a.secondary && sameNetwork(a.ip, target, a.prefix),
      )
      if (near) this.#frames.send(device.index, question(device.mac, near.ip, target))
    } catch {
      this.#able = false
      this.close()
    }
  }
}
