/** The daemon's log, as the configuration in force wants it. */
import type { Logging } from '../config/types.ts'
import type { Level } from '../io.ts'
import { UnixSender } from '../linux/notify.ts'
import { createLogger, type Logger } from '../log/logger.ts'
import { findOwner } from '../log/owner.ts'
import { openStderr } from '../log/stderr.ts'
import { reading } from './clock.ts'

const DEBUG_MAX = 255

export class DaemonLog {
  private readonly logger: Logger
  private level: number

  constructor(
    private logging: Logging,
    node: string,
  ) {
    this.level = logging.debug
    const senders = new Map<string, UnixSender>()
    this.logger = createLogger({
      logging,
      clock: reading,
      foreground: true,
      stderr: openStderr(),
      sendDatagram: (path, bytes) => {
        const sender = senders.get(path) ?? new UnixSender(path)
        senders.set(path, sender)
        return sender.send(bytes) === null
      },
      debugLevel: () => this.level,
      owner: findOwner('hacluster'),
      node,
      pid: process.pid,
    })
  }

  readonly log = (level: Level, text: string): void => {
    if (level !== 'debug' || this.level > 0) this.logger.log(level, text)
  }

  readonly debug = (): number => this.level

  readonly badpack = (): boolean => this.logging.logBadpack

  /** Other logging directives. A debug level that a signal has set stays until the directive itself changes. */
  use(logging: Logging): void {
    this.logger.configure(logging)
    if (logging.debug !== this.logging.debug) this.setDebug(logging.debug)
    this.logging = logging
  }

  /** SIGUSR1 and SIGUSR2: one level more, one less. */
  raiseDebug(by: 1 | -1): void {
    this.setDebug(this.level + by)
  }

  /** As after a rotation. */
  reopen(): void {
    this.logger.reopen()
  }

  close(): void {
    this.logger.close()
  }

  private setDebug(level: number): void {
    this.level = Math.min(DEBUG_MAX, Math.max(0, level))
    this.logger.log('info', `debug level ${this.level}`)
  }
}
