/** Datagrams on their way in: decoded, authenticated, and only then given to the core. Refusals are counted by reason. */
import type { KeyRing } from '../config/types.ts'
import type { Input, Level } from '../io.ts'
import { RateLimit } from '../log/ratelimit.ts'
import { decode } from '../wire/codec.ts'
import { describe } from '../wire/describe.ts'

export interface MailboxOptions {
  readonly keys: () => KeyRing
  readonly feed: (input: Input) => void
  readonly log: (level: Level, text: string) => void
  readonly nowMs: () => number
  /** log_badpack: false silences refusals in the log; they are counted all the same. */
  readonly logBadpack: () => boolean
  /** The debug level; from 4 on every message is logged. */
  readonly debug: () => number
}

export class Mailbox {
  readonly refusals: Record<string, number> = {}
  private readonly limit = new RateLimit()

  constructor(private readonly options: MailboxOptions) {}

  take(link: string, datagram: Uint8Array, source: string): void {
    const { options } = this
    const decoded = decode(datagram, options.keys())
    if (decoded.ok) {
      if (options.debug() >= 4)
        options.log('debug', `received over ${link} from ${source}: ${describe(decoded.message)}`)
      options.feed({ kind: 'message', message: decoded.message, link, source })
      return
    }
    this.refusals[decoded.reason] = (this.refusals[decoded.reason] ?? 0) + 1
    if (!options.logBadpack()) return
    const text = `refused a datagram from ${source} over ${link}: ${decoded.reason}: ${decoded.detail}`
    const line = this.limit.note(decoded.reason, source, { level: 'WARN', text }, options.nowMs())
    if (line !== null) options.log(line.level, line.text)
  }

  /** Summaries that are due. */
  tick(): void {
    for (const line of this.limit.due(this.options.nowMs())) this.options.log(line.level, line.text)
  }
}
