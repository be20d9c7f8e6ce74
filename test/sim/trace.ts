/** What happened, for people (lines, if wanted), for comparison (a running hash) and for counting rare paths. */

import { scriptVariables } from '../../src/compat/site-scripts.ts'
import type { Effect, Input } from '../../src/io.ts'
import { get, type Message } from '../../src/wire/message.ts'

const LINES_MAX = 100_000
/** Of a message, unless others are wanted. */
export const FIELDS = 't src dest st seq hg rsc_hold isstable info hb firstseq ackseq'.split(' ')

export class Trace {
  hash = 0x811c9dc5
  readonly lines: string[] = []
  readonly counts: Record<string, number> = {}

  /** level 0: nothing; 1: what a person wants to read; 2: every message too, with these of its fields. */
  constructor(
    private readonly level: 0 | 1 | 2,
    private readonly fields: readonly string[] = FIELDS,
  ) {}

  private mix(text: string): void {
    let h = this.hash
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
    this.hash = h >>> 0
  }

  /** All that is in it. Messages and what is wanted are by far the most, and JSON is slow. */
  private mixEffect(effect: Effect): void {
    if ('message' in effect) {
      this.mix(effect.kind === 'send' ? (effect.again ? 'again' : 'send') : effect.kind)
      if (effect.kind === 'notify') this.mix(effect.script)
      for (const { name, value } of effect.message.fields) {
        this.mix(name)
        if (typeof value === 'string') this.mix(value)
        else this.mix(value instanceof Uint8Array ? String.fromCharCode(...value) : JSON.stringify(value))
      }
    } else if (effect.kind === 'wanted') {
      this.mix(`wanted ${effect.leaseMs}`)
      for (const list of [effect.present, effect.absent, effect.kept ?? []]) {
        this.mix('of')
        for (const { text } of list) this.mix(text)
      }
    } else this.mix(JSON.stringify(effect))
  }

  private write(atMs: number, who: string, text: string, mark = ':'): void {
    if (this.lines.length < LINES_MAX) this.lines.push(`${(atMs / 1000).toFixed(3).padStart(9)} ${who}${mark} ${text}`)
  }

  say(atMs: number, who: string, text: string): void {
    this.mix(`${atMs}${who}${text}`)
    if (this.level > 0) this.write(atMs, who, text)
  }

  /** Told to whoever asked, for a scenario to show. */
  aside(atMs: number, who: string, text: string): void {
    this.write(atMs, who, text, '|')
  }

  input(atMs: number, who: string, input: Input): void {
    this.mix(`${atMs}${who}${input.kind}`)
    if (this.level < 2) return
    if (input.kind === 'message') this.write(atMs, who, `  <- ${input.link} ${this.words(input.message)}`)
    else if (input.kind === 'result') this.write(atMs, who, `  end ${input.id}: ${input.outcome}`)
    else if (input.kind !== 'tick') this.write(atMs, who, `  ${JSON.stringify(input)}`)
  }

  effect(atMs: number, who: string, effect: Effect): void {
    this.mixEffect(effect)
    this.tally(effect)
    if (effect.kind === 'send') {
      if (this.level > 1) this.write(atMs, who, `  -> ${effect.again ? 'again ' : ''}${this.words(effect.message)}`)
    } else if (effect.kind === 'event') {
      const { subject, name, from, to, cause } = effect.event
      this.say(atMs, who, `${subject} ${name}: ${from} -> ${to} (${cause})`)
    } else if (effect.kind === 'reply') this.say(atMs, who, `reply ${effect.ok ? 'ok' : 'no'}: ${effect.text}`)
    else if (effect.kind === 'resource' && this.level > 1) {
      const { id, op, resource } = effect.job
      this.write(atMs, who, `  begin ${id}: ${op} ${resource.text}`)
    } else if (effect.kind === 'notify' && this.level > 1) {
      const env = Object.entries(scriptVariables(effect.message, '', {})).map(([name, value]) => `${name}=${value}`)
      this.write(atMs, who, `  rc.d/${effect.script} ${env.join(' ')}`)
    } else if (effect.kind === 'log' && this.level > 0) this.write(atMs, who, `${effect.level} ${effect.text}`)
    else if (effect.kind === 'announce' || effect.kind === 'drop') {
      this.say(atMs, who, `${effect.kind} ${effect.resources.map((r) => r.text).join(' ')} (${effect.cause})`)
    } else if (effect.kind === 'redirect') {
      const what = effect.resources.map((r) => r.text).join(' ')
      this.say(atMs, who, `announce ${what} as ${effect.mac}'s (${effect.cause})`)
    }
  }

  private tally(effect: Effect): void {
    if (effect.kind === 'event') {
      const { subject, from, to, cause } = effect.event
      const words = cause.replace(/[0-9.]+/g, 'N').replace(/\b(ann|bob|cat|dan)\b/g, 'X')
      this.count(`event ${subject} ${from}>${to}`)
      this.count(`cause ${words}`)
    } else if (effect.kind === 'announce') this.count(`announce ${effect.cause}`)
    else if (effect.kind === 'reply') this.count(`reply ${effect.text.replace(/[0-9.]+/g, 'N').slice(0, 60)}`)
  }

  count(name: string, by = 1): void {
    this.counts[name] = (this.counts[name] ?? 0) + by
  }

  countAll(counters: Readonly<Record<string, number>>): void {
    for (const [name, n] of Object.entries(counters)) this.count(`counter ${name}`, n)
  }

  private words(message: Message): string {
    return this.fields.flatMap((n) => (get(message, n) === undefined ? [] : [`${n}=${get(message, n)}`])).join(' ')
  }
}
