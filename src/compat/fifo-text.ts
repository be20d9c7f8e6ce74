/** What scripts write into heartbeat's FIFO, as it comes: messages between >>> and <<<; what stands between them is skipped. */
import { decodeClassicUnsigned } from '../wire/codec.ts'
import type { Message } from '../wire/message.ts'

/** heartbeat reads lines of up to 511 bytes. */
const LINE_BYTES_MAX = 511
const LINES_MAX = 256

export type FifoFind = { readonly message: Message } | { readonly problem: string }

export class FifoText {
  #line = ''
  #lineTooLong = false
  #lines: string[] | null = null
  #problem: string | null = null

  /** begun: what was read of a message that is not all there, as another reader's begun() gave it. */
  constructor(begun = '') {
    if (begun !== '') this.add(Buffer.from(begun, 'latin1'))
  }

  /** What has come of a message whose end has not; '' between messages. */
  begun(): string {
    const lines = this.#lines === null ? '' : `>>>\n${this.#lines.map((l) => `${l}\n`).join('')}`
    return this.#problem === null ? `${lines}${this.#line}` : `>>>\n\n${this.#line}`
  }

  /** Bytes of any length, cut anywhere; what is complete now. */
  add(bytes: Uint8Array): FifoFind[] {
    const found: FifoFind[] = []
    const parts = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1').split('\n')
    for (const [i, part] of parts.entries()) {
      this.#line += part
      if (this.#line.length > LINE_BYTES_MAX) {
        this.#lineTooLong = true
        this.#line = this.#line.slice(0, LINE_BYTES_MAX)
      }
      if (i === parts.length - 1) break
      const find = this.#take(this.#line)
      this.#line = ''
      this.#lineTooLong = false
      if (find !== null) found.push(find)
    }
    return found
  }

  #take(line: string): FifoFind | null {
    if (line === '>>>') {
      this.#lines = []
      this.#problem = null
      return null
    }
    if (this.#lines === null) return null
    if (line !== '<<<') {
      this.#keep(line)
      return null
    }
    const lines = this.#lines
    this.#lines = null
    if (this.#problem !== null) return { problem: this.#problem }
    const decoded = decodeClassicUnsigned(Buffer.from(`>>>\n${lines.map((l) => `${l}\n`).join('')}<<<\n`, 'latin1'))
    return decoded.ok ? { message: decoded.message } : { problem: decoded.detail }
  }

  #keep(line: string): void {
    if (this.#lineTooLong) this.#problem ??= `a line of more than ${LINE_BYTES_MAX} bytes`
    else if (line === '') this.#problem ??= 'an empty line within a message'
    else if (this.#lines!.length >= LINES_MAX) this.#problem ??= `more than ${LINES_MAX} lines`
    else this.#lines!.push(line)
  }
}
