import type { Message } from '../wire/message.ts'

/** As many as heartbeat keeps; its receivers give up on larger gaps anyway. */
const HISTORY_MAX = 500
const AGAIN_MAX = 50

interface Sent {
  readonly message: Message
  againMs: number
}

export interface Answer {
  /** Stored messages to send again, unchanged. */
  readonly again: Message[]
  /** Numbers that are gone, with the reason as heartbeat words it. */
  readonly refused: { readonly seq: number; readonly reason: string }[]
}

/** The messages this node has sent under its present generation, and who has acknowledged them. */
export class SendHistory {
  private readonly sent = new Map<number, Sent>()
  private readonly acknowledged = new Map<string, number>()
  private highest = 0
  private lowest = 1

  /** The number that the next sequenced message bears. */
  get nextSeq(): number {
    return this.highest + 1
  }

  get size(): number {
    return this.sent.size
  }

  store(seq: number, message: Message): void {
    this.sent.set(seq, { message, againMs: Number.NEGATIVE_INFINITY })
    this.highest = seq
    if (this.sent.size > HISTORY_MAX) this.sent.delete(this.lowest++)
  }

  /** Goes on after a number that an earlier program of this process has used; what it sent cannot be repeated. */
  resume(highest: number): void {
    this.reset()
    this.highest = highest
    this.lowest = highest + 1
  }

  /** A new generation begins its numbers anew. */
  reset(): void {
    this.sent.clear()
    this.acknowledged.clear()
    this.highest = 0
    this.lowest = 1
  }

  forget(node: string): void {
    this.acknowledged.delete(node)
  }

  /** False for an acknowledgement of something that was never sent. */
  acknowledge(node: string, seq: number): boolean {
    if (seq > this.highest) return false
    if (seq > (this.acknowledged.get(node) ?? 0)) this.acknowledged.set(node, seq)
    return true
  }

  acknowledgedBy(node: string): number {
    return this.acknowledged.get(node) ?? 0
  }

  /** Answers a request for the numbers first to last; what was repeated less than quietMs ago is left out. */
  answer(node: string, first: number, last: number, nowMs: number, quietMs: number): Answer {
    const answer: Answer = { again: [], refused: [] }
    const from = Math.max(first, this.acknowledgedBy(node) + 1)
    const to = Math.min(last, this.highest)
    for (let seq = from; seq <= to && answer.again.length + answer.refused.length < AGAIN_MAX; seq++) {
      const sent = this.sent.get(seq)
      if (sent === undefined) {
        answer.refused.push({ seq, reason: seq < this.lowest ? 'seqno too low' : 'seqno not found' })
      } else if (nowMs - sent.againMs >= quietMs) {
        sent.againMs = nowMs
        answer.again.push(sent.message)
      }
    }
    return answer
  }
}
