/** Tells the service manager how hb is; where there is none (no NOTIFY_SOCKET), nothing. */
import type { Level, Snapshot } from '../io.ts'
import { monotonicUs } from '../linux/monotonic.ts'
import { serviceNotify } from '../linux/notify.ts'

/** Often enough for any watchdog, and seldom enough to cost nothing. */
const BEAT_MS = 1000

export interface ServiceOptions {
  readonly snapshot: () => Snapshot
  readonly log: (level: Level, text: string) => void
  /** Tests hand in their own; null or why it failed. */
  readonly send?: (state: string) => string | null
  readonly nowMs?: () => number
}

export class Service {
  readonly #options: ServiceOptions
  readonly #nowMs: () => number
  #ready = false
  #ending = false
  #lastMs = Number.NEGATIVE_INFINITY
  #problem: string | null = null
  /** Without a manager nobody pays for a look at the whole state with each beat. */
  readonly #heard: boolean

  constructor(options: ServiceOptions) {
    this.#options = options
    this.#nowMs = options.nowMs ?? (() => performance.now())
    this.#heard = options.send !== undefined || Boolean(process.env.NOTIFY_SOCKET)
  }

  /**
   * With each turn of the decision loop: the first says that hb is ready, the first of a shutdown that it is ending, and
   * all of them that the loop turns, on which a manager's watchdog lives.
   */
  beaten(): void {
    if (!this.#heard) return
    const snapshot = this.#options.snapshot()
    const ends = snapshot.phase === 'stopping' && !this.#ending
    if (!ends && this.#nowMs() - this.#lastMs < BEAT_MS) return
    this.#lastMs = this.#nowMs()
    const news = ends ? 'STOPPING=1\n' : this.#ready ? '' : 'READY=1\n'
    this.#ending ||= ends
    this.#ready = true
    this.#send(`${news}WATCHDOG=1\nSTATUS=${statusLine(snapshot)}`)
  }

  /** A new configuration is being read; the next beat, at once, says that it is over. */
  reloading(): void {
    this.#send(`RELOADING=1\nMONOTONIC_USEC=${monotonicUs()}`)
    this.#ready = false
    this.#lastMs = Number.NEGATIVE_INFINITY
  }

  /** For an end that came between two beats. */
  ended(): void {
    if (!this.#ending) this.#send('STOPPING=1')
    this.#ending = true
  }

  /** One line when it begins to fail, and one when it works again. */
  #send(state: string): void {
    const problem = (this.#options.send ?? serviceNotify)(state)
    if ((problem === null) !== (this.#problem === null)) {
      const text = problem === null ? 'hears hb again' : `cannot be told: ${problem}`
      this.#options.log('WARN', `the service manager ${text}`)
    }
    this.#problem = problem
  }
}

/** What a manager shows beside the service, in one line. */
export function statusLine({ phase, groups, node }: Snapshot): string {
  const held = groups.filter((g) => g.state === 'held').length
  const known = `${node} is ${phase}, holds ${held} of ${groups.length} groups`
  const failed = groups.filter((g) => g.state === 'failed' || g.state === 'stop-failed').map((g) => g.key)
  return failed.length === 0 ? known : `${known}; failed: ${failed.join(', ')}`
}
