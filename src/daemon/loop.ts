/**
 * Turns the world into inputs and effects into the world. Inputs wait in a queue while effects are carried out, so that
 * an answer that comes at once (an address is set without delay) does not enter the core in the middle of a step.
 */
import type { Engine } from '../engine.ts'
import type { Effect, Input, Now } from '../io.ts'

/** Later than this, the sockets are read before the core is told how late it is. */
const LATE_MS = 20
const INPUTS_MAX = 10_000
/** The timer's longest sleep; the core wants to be called at every keepalive anyway. */
const SLEEP_MAX_MS = 60_000

export interface LoopOptions {
  readonly engine: Engine
  readonly now: () => Now
  readonly perform: (effect: Effect) => void
  /** Delivers, through feed, what waits in the sockets. */
  readonly drain: () => void
  /** A defect: called with what was thrown; the daemon lets go of everything. */
  readonly broken: (error: unknown) => void
}

export class Loop {
  private inputs: Input[] = []
  private running = false
  private draining = false
  private ended = false
  private timer: ReturnType<typeof setTimeout> | null = null
  /** When the timer is to wake the core, monotonic ms. */
  private wakeMs = 0
  /** When the core was last called, monotonic ms. */
  turnedMs: number

  constructor(private readonly options: LoopOptions) {
    this.turnedMs = options.now().ms
  }

  feed(input: Input): void {
    if (this.ended) return
    if (this.inputs.length >= INPUTS_MAX) this.inputs.shift()
    this.inputs.push(input)
    if (!this.running && !this.draining) this.turn()
  }

  end(): void {
    this.ended = true
    if (this.timer !== null) clearTimeout(this.timer)
  }

  private turn(): void {
    this.running = true
    try {
      this.drainIfLate()
      for (let input = this.inputs.shift(); input !== undefined && !this.ended; input = this.inputs.shift()) {
        const now = this.options.now()
        this.turnedMs = now.ms
        for (const effect of this.options.engine.step(input, now)) this.options.perform(effect)
      }
    } catch (error) {
      this.ended = true
      this.options.broken(error)
    } finally {
      this.running = false
    }
    this.sleep()
  }

  /** What was said while this node was away counts before what it missed. */
  private drainIfLate(): void {
    if (this.options.now().ms - this.options.engine.deadlineMs < LATE_MS) return
    this.draining = true
    try {
      this.options.drain()
    } finally {
      this.draining = false
    }
  }

  private wake(): void {
    this.timer = null
    this.feed({ kind: 'tick' })
  }

  private sleep(): void {
    const { deadlineMs } = this.options.engine
    // Most of what is heard changes nothing about when the next beat is due.
    if (this.timer !== null && !this.ended && this.wakeMs === deadlineMs) return
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    if (this.ended) return
    this.wakeMs = deadlineMs
    const wait = deadlineMs - this.options.now().ms
    this.timer = setTimeout(() => this.wake(), Math.min(SLEEP_MAX_MS, Math.max(0, Math.ceil(wait))))
  }
}
