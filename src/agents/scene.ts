/** What the host has: its interfaces and addresses, listed again only when the kernel says that something is different. */
import { type Address, listAddresses } from '../linux/addresses.ts'
import { type Interface, listInterfaces } from '../linux/interfaces.ts'
import { sameBytes } from '../linux/ip.ts'
import { type Change, Monitor } from '../linux/monitor.ts'
import type { Netlink } from '../linux/netlink.ts'

/** What the host has at this moment. */
export interface Scene {
  readonly interfaces: readonly Interface[]
  readonly present: readonly Address[]
}

/** However quiet the kernel is, everything is listed again after this long. */
const FULL_MS = 2000
/** More than that between two looks is told as an overrun. */
const PENDING_MAX = 1024

/** Listing costs far more than asking whether anything changed, and it is asked at every beat. */
export class Scenes {
  readonly #netlink: () => Netlink
  readonly #nowMs: () => number
  #monitor: Monitor | undefined
  /** Why changes cannot be heard; then everything is listed each time. */
  #deaf: unknown
  #last: Scene | undefined
  #listedMs = Number.NEGATIVE_INFINITY
  #pending: Change[] = []

  constructor(netlink: () => Netlink, nowMs: () => number = () => performance.now()) {
    this.#netlink = netlink
    this.#nowMs = nowMs
  }

  /** Interfaces and addresses as they are now. Throws SystemError. */
  scene(): Scene {
    this.#listen()
    const nowMs = this.#nowMs()
    if (this.#last !== undefined && this.#deaf === undefined && nowMs - this.#listedMs < FULL_MS) return this.#last
    const netlink = this.#netlink()
    this.#last = { interfaces: listInterfaces(netlink), present: listAddresses(netlink) }
    this.#listedMs = nowMs
    return this.#last
  }

  /** To be called after a change of one's own: the kernel reports some of them only later. */
  stale(): void {
    this.#last = undefined
  }

  /** What became different since the last call, in order; a lease renewed is no difference. Throws why it cannot hear. */
  changes(): Change[] {
    this.#listen()
    if (this.#deaf !== undefined) throw this.#deaf
    const changes = this.#pending
    this.#pending = []
    return changes
  }

  close(): void {
    this.#monitor?.close()
    this.#monitor = undefined
  }

  #listen(): void {
    if (this.#deaf !== undefined) return
    try {
      this.#monitor ??= new Monitor()
      for (const change of this.#monitor.poll()) this.#take(change)
    } catch (error) {
      this.#deaf = error
      this.close()
    }
  }

  /** After one difference everything counts as one, since what went and came back looks as it did before. */
  #take(change: Change): void {
    if (this.#last !== undefined && isKnown(change, this.#last)) return
    this.#last = undefined
    if (this.#pending.length >= PENDING_MAX) this.#pending = [{ kind: 'overrun' }]
    this.#pending.push(change)
  }
}

/** Whether the kernel told only what was known already. */
export function isKnown(change: Change, scene: Scene): boolean {
  if (change.kind === 'overrun' || change.gone) return false
  if (change.kind === 'link') {
    const told = change.interface
    const known = scene.interfaces.find((i) => i.index === told.index)
    if (known === undefined || known.name !== told.name || !sameBytes(known.mac, told.mac)) return false
    return known.up === told.up && known.carrier === told.carrier && known.mtu === told.mtu
  }
  const told = change.address
  const known = scene.present.find((a) => a.index === told.index && sameBytes(a.ip, told.ip))
  if (known === undefined || known.prefix !== told.prefix || known.label !== told.label) return false
  const limited = (a: Address): boolean => a.validS !== null
  return limited(known) === limited(told) && known.tentative === told.tentative && known.secondary === told.secondary
}
