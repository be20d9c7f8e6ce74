/** The kernel's watchdog: it resets this host when the decision loop does not turn any more. */
import { closeSync, openSync, writeSync } from 'node:fs'
import type { Level } from '../io.ts'
import { bindLibc } from '../runtime/ffi.ts'

const WDIOC_SETTIMEOUT = 0xc0045706
/** The device counts whole seconds; the others must have taken over before this host is reset and comes back. */
const MARGIN_S = 1

export class Watchdog {
  private complained = false

  private constructor(
    private readonly fd: number,
    private readonly path: string,
    private readonly log: (level: Level, text: string) => void,
  ) {}

  /** Null for none, or for one that cannot be opened, which is said. A plain file is written to in the same way. */
  static open(path: string | null, deadtimeMs: number, log: (level: Level, text: string) => void): Watchdog | null {
    if (path === null) return null
    try {
      const fd = openSync(path, 'w')
      const seconds = Math.ceil(deadtimeMs / 1000) + MARGIN_S
      const libc = bindLibc({ ioctl: { args: ['i32', 'u64', 'buffer'], returns: 'i32' } })
      const set = libc.ioctl(fd, WDIOC_SETTIMEOUT, Int32Array.of(seconds)) === 0
      log(
        'info',
        `watchdog ${path}: fed with every heartbeat${set ? `, resets this host after ${seconds} s without` : ''}`,
      )
      return new Watchdog(fd, path, log)
    } catch (error) {
      log(
        'ERROR',
        `watchdog ${path} cannot be opened (${(error as NodeJS.ErrnoException).code ?? error}): going on without`,
      )
      return null
    }
  }

  feed(): void {
    this.write('\0')
  }

  /** In good order: the device is told (by the letter V) that nobody will feed it any more. */
  close(): void {
    this.write('V')
    closeSync(this.fd)
  }

  private write(text: string): void {
    try {
      writeSync(this.fd, text)
    } catch (error) {
      if (!this.complained) this.log('ERROR', `watchdog ${this.path}: ${error}`)
      this.complained = true
    }
  }
}
