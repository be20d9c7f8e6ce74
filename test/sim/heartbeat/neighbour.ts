/** What a heartbeat knows of one other node, and its rules for generations and sequence numbers. */
import { ReceiveOrder } from '../../../src/cluster/order.ts'
import { get, getHex, type Message } from '../../../src/wire/message.ts'

export class Neighbour {
  state = 'init'
  heard = false
  lastMs: number | null = null
  private lastStatusSeq = 0
  private generation = 0
  readonly order = new ReceiveOrder()

  constructor(
    readonly name: string,
    readonly ping: boolean,
    public deadtimeMs: number,
  ) {}

  get alive(): boolean {
    return this.state !== 'dead' && this.state !== 'init'
  }

  overdue(patienceMs: number, startedMs: number, nowMs: number): boolean {
    return this.state !== 'dead' && nowMs - (this.lastMs ?? startedMs) > patienceMs
  }

  judge(m: Message, type: string, askMs: number): 'take' | 'drop' | 'healed' {
    const generation = getHex(m, 'hg') ?? 0
    const seq = getHex(m, 'seq') ?? 0
    if (generation < this.generation || seq < 1) return 'drop'
    let healed = false
    if (generation > this.generation && type === 'status') {
      this.order.reset()
      this.lastStatusSeq = 0
      this.lastMs = null
      this.generation = generation
    } else if (generation === this.generation && type === 'status' && this.state === 'dead' && this.heard) {
      if (seq <= this.lastStatusSeq) return 'drop'
      healed = true
    }
    const arrival = this.order.arrive(seq, () => askMs)
    if (arrival === 'duplicate' || arrival === 'old') return 'drop'
    return healed ? 'healed' : 'take'
  }

  takeStatus(m: Message, nowMs: number): void {
    const seq = getHex(m, 'seq') ?? 0
    if (seq < this.lastStatusSeq) return
    this.lastStatusSeq = seq
    this.lastMs = nowMs
    this.heard = true
    this.deadtimeMs = getHex(m, 'dt') ?? this.deadtimeMs
    this.state = get(m, 'st') ?? 'up'
  }

  die(): void {
    this.state = 'dead'
    this.order.reset()
  }
}
