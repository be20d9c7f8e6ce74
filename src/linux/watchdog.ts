/** The kernel's watchdog: it resets this host when the decision loop does not turn any more. */
import { openSync, writeSync } from 'node:fs'
import type { Level } from '../io.ts'
import { bindLibc } from '../runtime/ffi.ts'
import { adoptDescriptor, dropDescriptor, keepOverExec } from './descriptors.ts'

const WDIOC_SETTIMEOUT = 0xc0045706
/** The device counts whole seconds; the others must have taken over before this host is reset and comes back. */
const MARGIN_S = 1

/** A watchdog that is open: what one program leaves the next, so that it is never closed in between. */
export interface OpenWatchdog {
  readonly path: string
  readonly fd: number
}

export class Watchdog {
  private open: OpenWatchdog | null = null
  private complained = false

  /** earlier: what the program before this one has left open. */
  constructor(
    private readonly log: (level: Level, text: string) => void,
    earlier: OpenWatchdog | null = null,
  ) {
    if (earlier !== null && adoptDescriptor(earlier.fd)) this.open = earlier
  }

  /** The device of the configuration, null for none, and its time. One that stays is not closed in between. */
  use(path: string | null, deadtimeMs: number): void {
    if (this.open !== null && this.open.path !== path) {
      this.log('info', `watchdog ${this.open.path}: no longer used`)
      this.close()
    }
    if (path === null) return
    this.complained = false
    try {
      this.open ??= { path, fd: openSync(path, 'w') }
      const seconds = Math.ceil(deadtimeMs / 1000) + MARGIN_S
      const reset = setTime(this.open.fd, seconds) ? `, resets this host after ${seconds} s without` : ''
      this.log('info', `watchdog ${path}: fed with every heartbeat${reset}`)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? error
      this.log('ERROR', `watchdog ${path} cannot be opened (${code}): going on without`)
    }
  }

  feed(): void {
    this.write('\0')
  }

  /** In good order: the device is told (by the letter V) that nobody will feed it any more. */
  close(): void {
    if (this.open === null) return
    this.write('V')
    dropDescriptor(this.open.fd)
    this.open = null
  }

  /** For the program that takes this one's place: it goes on feeding the same descriptor. */
  handOver(): OpenWatchdog | null {
    if (this.open !== null) keepOverExec(this.open.fd)
    return this.open
  }

  private write(text: string): void {
    if (this.open === null) return
    try {
      writeSync(this.open.fd, text)
    } catch (error) {
      if (!this.complained) this.log('ERROR', `watchdog ${this.open.path}: ${error}`)
      this.complained = true
    }
  }
}

function setTime(fd: number, seconds: number): boolean {
  const libc = bindLibc({ ioctl: { args: ['i32', 'u64', 'buffer'], returns: 'i32' } })
  return libc.ioctl(fd, WDIOC_SETTIMEOUT, Int32Array.of(seconds)) === 0
}
