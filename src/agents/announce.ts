/** Tells the network who holds an address now: ARP requests and replies, or neighbour advertisements. */
import type { AddressConfig } from '../config/types.ts'
import { ArpOperation, announcement } from '../linux/arp.ts'
import { findInterface } from '../linux/interfaces.ts'
import { formatIp, formatMac } from '../linux/ip.ts'
import { reasonOf } from '../linux/libc.ts'
import { advertisement } from '../linux/ndp.ts'
import type { Netlink } from '../linux/netlink.ts'
import { FrameSender } from '../linux/packet.ts'
import type { AddressAgent } from './argument.ts'

export interface Announced {
  /** What stop() names it by: the resource as written. */
  readonly key: string
  readonly agent: AddressAgent
  readonly ip: Uint8Array
  readonly device: string
  /** Who has the address, if not the device. */
  readonly mac?: Uint8Array
}

export interface Timers {
  set(action: () => void, ms: number): unknown
  clear(timer: unknown): void
}

/** Real timers, which do not keep the program alive. */
export const systemTimers: Timers = {
  set(action, ms) {
    const timer = setTimeout(action, ms) as ReturnType<typeof setTimeout> & { unref?: () => void }
    timer.unref?.()
    return timer
  },
  clear: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
}

export interface AnnouncerOptions {
  readonly netlink: () => Netlink
  readonly addresses: () => Pick<AddressConfig, 'arpCount' | 'arpIntervalMs' | 'arpRefreshMs'>
  readonly timers?: Timers
  readonly log?: (level: 'info' | 'WARN', text: string) => void
}

interface Running {
  readonly what: Announced
  readonly finished: Promise<void>
  timer: unknown
  /** Frames sent of this announcement, requests and replies. */
  frames: number
  done: () => void
}

/** heartbeat's own: pairs of request and reply, and the time from one pair to the next. */
const DEFAULTS: Readonly<Record<AddressAgent, { count: number; intervalMs: number }>> = {
  IPaddr: { count: 10, intervalMs: 500 },
  IPaddr2: { count: 5, intervalMs: 200 },
  IPv6addr: { count: 5, intervalMs: 200 },
}

export class Announcer {
  readonly #options: AnnouncerOptions
  readonly #timers: Timers
  readonly #running = new Map<string, Running>()
  readonly #complaints = new Map<string, string>()
  #sender: FrameSender | undefined

  constructor(options: AnnouncerOptions) {
    this.#options = options
    this.#timers = options.timers ?? systemTimers
  }

  /**
   * Announces at once, before it returns, and then repeats; one that was under way begins anew. The promise is kept when
   * the last one is out or stop() has ended it. Never throws: what fails is logged, and tried again at its next turn.
   */
  announce(what: Announced, cause: string): Promise<void> {
    this.#end(what.key)
    const frames = this.#frames(what)
    const where = what.mac ? `${formatMac(what.mac)}, seen from ${what.device}` : what.device
    this.#options.log?.('info', `announcing ${formatIp(what.ip)} on ${where}: ${cause}`)
    const { promise, resolve } = Promise.withResolvers<void>()
    const running: Running = { what, finished: promise, timer: undefined, frames: 0, done: resolve }
    this.#running.set(what.key, running)
    // heartbeat waits half an interval before its first reply; clients that heed replies alone should not have to.
    this.#send(running)
    if (what.ip.length === 4) this.#send(running)
    this.#next(running, frames)
    return promise
  }

  /** Kept when the announcement under way is out; at once when there is none. */
  finished(key: string): Promise<void> {
    return this.#running.get(key)?.finished ?? Promise.resolve()
  }

  /** Ends the announcement at once: nothing goes out after this returns. */
  stop(key: string): void {
    this.#end(key)
    this.#complaints.delete(key)
  }

  /** Ends everything and closes the socket. */
  close(): void {
    for (const key of [...this.#running.keys()]) this.stop(key)
    this.#sender?.close()
    this.#sender = undefined
  }

  #end(key: string): void {
    const running = this.#running.get(key)
    if (!running) return
    this.#timers.clear(running.timer)
    this.#running.delete(key)
    running.done()
  }

  #settings(what: Announced): { count: number; intervalMs: number } {
    const { arpCount, arpIntervalMs } = this.#options.addresses()
    const own = DEFAULTS[what.ip.length === 16 ? 'IPv6addr' : what.agent]
    return { count: arpCount ?? own.count, intervalMs: arpIntervalMs ?? own.intervalMs }
  }

  #frames(what: Announced): number {
    const { count } = this.#settings(what)
    return what.ip.length === 4 ? 2 * count : count
  }

  #next(running: Running, frames: number): void {
    const { intervalMs } = this.#settings(running.what)
    const four = running.what.ip.length === 4
    if (running.frames >= frames) {
      running.done()
      return this.#refresh(running)
    }
    const afterFirstPair = four && running.frames === 2
    const pauseMs = four && !afterFirstPair ? intervalMs / 2 : intervalMs
    running.timer = this.#timers.set(() => {
      this.#send(running)
      this.#next(running, frames)
    }, pauseMs)
  }

  #refresh(running: Running): void {
    const { arpRefreshMs } = this.#options.addresses()
    if (arpRefreshMs <= 0 || running.what.mac) {
      this.#running.delete(running.what.key)
      return
    }
    running.timer = this.#timers.set(() => {
      this.#send(running)
      if (running.what.ip.length === 4) this.#send(running)
      this.#refresh(running)
    }, arpRefreshMs)
  }

  #send(running: Running): void {
    const { what } = running
    const operation = running.frames++ % 2 === 0 ? ArpOperation.request : ArpOperation.reply
    try {
      // Looked up each time: an interface may be made anew, and a bond changes its hardware address.
      const device = findInterface(this.#options.netlink(), what.device)
      if (!device) return this.#complain(what, `there is no interface ${what.device}`)
      if (!device.announces) return
      const frame =
        what.ip.length === 4
          ? announcement(operation, what.mac ?? device.mac, what.ip, device.mac)
          : advertisement(device.mac, what.ip)
      this.#sender ??= new FrameSender()
      this.#sender.send(device.index, frame)
      this.#complaints.delete(what.key)
    } catch (error) {
      this.#complain(what, reasonOf(error))
    }
  }

  #complain(what: Announced, reason: string): void {
    if (this.#complaints.get(what.key) === reason) return
    this.#complaints.set(what.key, reason)
    this.#options.log?.('WARN', `cannot announce ${formatIp(what.ip)} on ${what.device}: ${reason}`)
  }
}
