/**
 * Does anybody answer for an address? Asked by ARP, as by a host that wants to know whether an address is free, together
 * with an address of which it is known that somebody has it: where not even that one answers, nothing can be told.
 */
import type { Resource } from '../config/types.ts'
import { question } from '../linux/arp.ts'
import { parseIp, sameBytes } from '../linux/ip.ts'
import type { Netlink } from '../linux/netlink.ts'
import { FrameSender } from '../linux/packet.ts'
import type { Timers } from './announce.ts'
import { isProblem, parseArgument } from './argument.ts'
import { choosePlace } from './place.ts'

export type Found = 'served' | 'silent' | 'unknown'

/** Questions, and the time from one to the next and from the last to the verdict. */
const QUESTIONS = 2
const PAUSE_MS = 350

interface Asked {
  readonly ip: Uint8Array
  heard: boolean
}

export class Looks {
  readonly #asked = new Set<Asked>()
  #sender: FrameSender | undefined

  constructor(
    private readonly netlink: () => Netlink,
    private readonly timers: Timers,
  ) {}

  /** beside: addresses that are known to be there, by the interface over which they were heard. Never fails. */
  async look(resource: Resource, beside: readonly (readonly [device: string, address: string])[]): Promise<Found> {
    try {
      return await this.#look(resource, beside)
    } catch {
      // No right to send frames, or the interface has just gone.
      return 'unknown'
    }
  }

  async #look(resource: Resource, beside: readonly (readonly [string, string])[]): Promise<Found> {
    const spec = parseArgument(resource)
    if (isProblem(spec) || spec.ip.length !== 4) return 'unknown'
    const place = choosePlace(this.netlink(), spec)
    if (typeof place === 'string') return 'unknown'
    const { device } = place
    const known = parseIp(beside.find(([name]) => name === device.name)?.[1] ?? '')
    if (known?.length !== 4 || !device.up || !device.carrier || !device.announces) return 'unknown'
    const wanted = { ip: spec.ip, heard: false }
    const control = { ip: known, heard: false }
    for (const asked of [wanted, control]) this.#asked.add(asked)
    try {
      for (let n = 0; n < QUESTIONS; n++) {
        this.#sender ??= new FrameSender()
        for (const { ip } of [wanted, control]) this.#sender.send(device.index, question(device.mac, NOBODY, ip))
        await new Promise<void>((resolve) => this.timers.set(resolve, PAUSE_MS))
      }
    } finally {
      for (const asked of [wanted, control]) this.#asked.delete(asked)
    }
    if (wanted.heard) return 'served'
    return control.heard ? 'silent' : 'unknown'
  }

  /** Somebody has this address. */
  heard(ip: Uint8Array): void {
    for (const asked of this.#asked) asked.heard ||= sameBytes(asked.ip, ip)
  }

  close(): void {
    this.#sender?.close()
    this.#sender = undefined
  }
}

const NOBODY = new Uint8Array(4)
