/** The heartbeat links: latency, loss, repetition, disorder, cuts in either direction, flipped bits. */
import type { KeyRing } from '../config/types.ts'
import { decode, encode } from '../wire/codec.ts'
import type { Message } from '../wire/message.ts'
import type { Agenda } from './agenda.ts'
import type { Dice } from './dice.ts'

const KEEP_MAX = 60

const keys: KeyRing = {
  signWith: 1,
  keys: new Map([[1, { method: 'sha1', key: new TextEncoder().encode('rigmarole') }]]),
}

export interface Weather {
  loss: number
  twice: number
  jitterMs: number
  flip: number
}

export type Deliver = (to: string, from: string, message: Message, link: string) => void

export class Network {
  readonly weather: Weather = { loss: 0, twice: 0, jitterMs: 0, flip: 0 }
  /** "from to link" -> how many faults cut it. */
  private readonly cuts = new Map<string, number>()
  /** "node link" -> how many faults have pulled this cable. */
  private readonly unplugged = new Map<string, number>()
  /** Some of what was said, to be said again by somebody else. */
  readonly overheard: { readonly from: string; readonly message: Message; readonly link: string }[] = []
  refused = 0

  constructor(
    private readonly nodes: readonly string[],
    private readonly links: readonly string[],
    private readonly encoded: boolean,
    private readonly agenda: Agenda,
    private readonly dice: Dice,
    private readonly worldMs: () => number,
    private readonly deliver: Deliver,
  ) {}

  cut(from: string, to: string, link: string, by: 1 | -1): void {
    const key = `${from} ${to} ${link}`
    this.cuts.set(key, (this.cuts.get(key) ?? 0) + by)
  }

  /** True when the state of the cable has changed by it. */
  unplug(node: string, link: string, by: 1 | -1): boolean {
    const key = `${node} ${link}`
    const before = this.unplugged.get(key) ?? 0
    this.unplugged.set(key, before + by)
    return before === 0 || before + by === 0
  }

  plugged(node: string, link: string): boolean {
    return (this.unplugged.get(`${node} ${link}`) ?? 0) === 0
  }

  passes(from: string, to: string, link: string): boolean {
    return this.plugged(from, link) && this.plugged(to, link) && (this.cuts.get(`${from} ${to} ${link}`) ?? 0) === 0
  }

  send(from: string, message: Message): void {
    const bytes = this.encoded ? encode(message, keys, { innerAuth: true }) : null
    for (const link of this.links) {
      if (this.dice.chance(5)) this.overhear({ from, message, link })
      for (const to of this.nodes) if (to !== from) this.toss(from, to, link, message, bytes)
    }
  }

  private toss(from: string, to: string, link: string, message: Message, bytes: Uint8Array | null): void {
    const { dice, weather } = this
    const copies = dice.chance(weather.twice) ? 2 : 1
    for (let i = 0; i < copies; i++) {
      if (dice.chance(weather.loss)) continue
      const latencyMs = 0.1 + dice.unit() + (weather.jitterMs > 0 ? dice.unit() * weather.jitterMs : 0)
      const said = bytes !== null && dice.chance(weather.flip) ? this.flipped(bytes) : bytes
      this.agenda.at(this.worldMs() + latencyMs, () => this.arrive(from, to, link, message, said))
    }
  }

  private arrive(from: string, to: string, link: string, message: Message, bytes: Uint8Array | null): void {
    if (!this.passes(from, to, link)) return
    if (bytes === null) return this.deliver(to, from, message, link)
    const decoded = decode(bytes, keys)
    if (decoded.ok) this.deliver(to, from, decoded.message, link)
    else this.refused++
  }

  private flipped(bytes: Uint8Array): Uint8Array {
    const copy = bytes.slice()
    const at = this.dice.between(0, copy.length - 1)
    copy[at] = copy[at]! ^ (1 << this.dice.between(0, 7))
    return copy
  }

  private overhear(said: { from: string; message: Message; link: string }): void {
    if (this.overheard.length < KEEP_MAX) this.overheard.push(said)
    else this.overheard[this.dice.between(0, KEEP_MAX - 1)] = said
  }
}
