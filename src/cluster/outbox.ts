import { binary, type Field, get, type Message, text } from '../wire/message.ts'
import type { Context } from './context.ts'
import { passOn } from './hearers.ts'
import { SendHistory } from './history.ts'

const hex = (n: number) => n.toString(16)
const NOBODY = new Uint8Array(16)
/** hb's own messages have fewer; what clients of the API call their fields is without end. */
const NAMES_MAX = 64

/** Puts the common fields on messages, numbers them, keeps them for repetition, and sends them. */
export class Outbox {
  readonly history = new SendHistory()
  /** Fields as they were said last, by name. */
  private readonly said = new Map<string, Field>()

  constructor(
    private readonly ctx: Context,
    public generation: number,
    private readonly uuidOf: (node: string) => Uint8Array | undefined,
  ) {}

  /** Sends to everyone, or to the node named in a dest field; returns the sequence number, 0 for NS_ types. */
  send(fields: readonly Field[]): number {
    const { ctx } = this
    const own: Message = { fields }
    const type = get(own, 't') ?? ''
    const dest = get(own, 'dest')
    const sequenced = !type.startsWith('NS_')
    const seq = sequenced ? this.history.nextSeq : 0
    const all: Field[] = [...fields]
    if (dest !== undefined) all.push(binary('destuuid', this.uuidOf(dest) ?? NOBODY))
    all.push(text('src', ctx.self.name), binary('srcuuid', ctx.self.uuid))
    if (sequenced) all.push(text('seq', hex(seq)))
    all.push(text('hg', hex(this.generation)), text('ts', hex(ctx.now.wallS)))
    if (sequenced) all.push(text('ld', ctx.now.load))
    all.push(text('ttl', String(ctx.config.hopfudge + ctx.config.nodes.length + ctx.config.pingNodes.length)))
    const message: Message = { fields: all.map((field) => this.shared(field)) }
    if (sequenced) this.history.store(seq, message)
    ctx.count('messages_sent')
    ctx.emit({ kind: 'send', message, again: false })
    if (dest === undefined || dest === ctx.self.name) passOn(ctx, message)
    return seq
  }

  /** Most fields are the same in each of the 500 messages that are kept: then they are one. */
  private shared(field: Field): Field {
    const last = this.said.get(field.name)
    if (last?.value === field.value && last.type === field.type) return last
    if (this.said.size >= NAMES_MAX) this.said.clear()
    this.said.set(field.name, field)
    return field
  }

  /** Answers a request for repetition. */
  repeat(node: string, first: number, last: number): void {
    const { ctx } = this
    const quietMs = Math.max(0, ctx.config.maxRexmitDelayMs - 10)
    const { again, refused } = this.history.answer(node, first, last, ctx.now.ms, quietMs)
    for (const message of again) {
      ctx.count('messages_repeated')
      ctx.emit({ kind: 'send', message, again: true })
    }
    for (const { seq, reason } of refused) {
      ctx.count('repeats_refused')
      this.send([text('t', 'NS_nak_rexmit'), text('firstseq', hex(seq)), text('dest', node), text('info', reason)])
    }
  }
}
