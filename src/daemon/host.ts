/** What this process asks of its host: rights, priority, memory, core files, the watchdog. */
import type { Config } from '../config/types.ts'
import type { Level } from '../io.ts'
import { missingCapabilities } from '../linux/capabilities.ts'
import { arrangeCores } from '../linux/cores.ts'
import { becomeOrdinary, becomeRealtime, lockMemory, type RealtimeResult } from '../linux/realtime.ts'
import { type OpenWatchdog, Watchdog } from '../linux/watchdog.ts'

export class Host {
  readonly watchdog: Watchdog
  private now: Config | null = null

  /** earlier: the watchdog that the program before this one has left open. */
  constructor(
    private readonly log: (level: Level, text: string) => void,
    earlier: OpenWatchdog | null,
  ) {
    this.watchdog = new Watchdog(log, earlier)
    for (const c of missingCapabilities()) log('WARN', `${c.name} is missing: it is needed ${c.use}`)
  }

  /** What the configuration says now; what stays as it was is not touched. */
  use(next: Config): void {
    const { now } = this
    this.now = next
    const changed = (...keys: (keyof Config)[]) => now === null || keys.some((key) => now[key] !== next[key])
    if (changed('realtime', 'rtprio')) this.becomeAsWanted(next, now)
    if (changed('coredumps', 'coreroot')) this.log('info', arrangeCores(next.coredumps, next.coreroot))
    if (changed('watchdog') || now?.cluster.deadtimeMs !== next.cluster.deadtimeMs) {
      this.watchdog.use(next.watchdog, next.cluster.deadtimeMs)
    }
  }

  /** Threads that the engine adds later have to be told, too. */
  tick(): void {
    if (this.now?.realtime) becomeRealtime(this.now.rtprio)
  }

  private becomeAsWanted({ realtime, rtprio }: Config, before: Config | null): void {
    if (realtime) {
      this.tell(becomeRealtime(rtprio))
      if (before?.realtime !== true) this.tell(lockMemory())
    } else if (before?.realtime === true) this.tell(becomeOrdinary())
    else this.log('info', 'realtime off: no realtime priority, memory not locked')
  }

  private tell({ done, text }: RealtimeResult): void {
    this.log(done ? 'info' : 'WARN', text)
  }
}
