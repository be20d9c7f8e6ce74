import type { ClusterConfig } from '../config/types.ts'
import type { Effect, Event, Level, Now } from '../io.ts'
import { Random } from './random.ts'
import { Timers } from './timers.ts'

const EVENTS_MAX = 256

/** Who this node is. */
export interface Identity {
  readonly name: string
  readonly uuid: Uint8Array
}

/** What every part of the core shares: the time of the present input, the effects so far, timers, counters, history. */
export class Context {
  now: Now
  readonly timers = new Timers()
  readonly random: Random
  readonly counters: Record<string, number> = {}
  readonly events: Event[] = []
  private effects: Effect[] = []

  constructor(
    public config: ClusterConfig,
    readonly self: Identity,
    seed: number,
    now: Now,
  ) {
    this.random = new Random(seed)
    this.now = now
  }

  emit(effect: Effect): void {
    this.effects.push(effect)
  }

  takeEffects(): Effect[] {
    const effects = this.effects
    this.effects = []
    return effects
  }

  log(level: Level, text: string): void {
    this.emit({ kind: 'log', level, text })
  }

  count(name: string, by = 1): void {
    this.counters[name] = (this.counters[name] ?? 0) + by
  }

  /** Records a transition with the input that caused it, for the log's readers and for the event ring. */
  event(subject: string, name: string, from: string, to: string, cause: string): void {
    const event: Event = { atMs: this.now.ms, wallS: this.now.wallS, subject, name, from, to, cause }
    this.events.push(event)
    if (this.events.length > EVENTS_MAX) this.events.shift()
    this.emit({ kind: 'event', event })
  }
}
