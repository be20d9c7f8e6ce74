/** The frames of heartbeat's client socket: length and magic, each 32 bits in native order, then a message in text form. */
import { decodeClassicUnsigned, encodeClassic } from '../wire/codec.ts'
import type { Message } from '../wire/message.ts'

export const FRAME_BYTES_MAX = 256 * 1024
const MAGIC = 0xabcd
const HEAD_BYTES = 8

/** A message as a frame; throws a RangeError for one that cannot be written in text form. */
export function frame(message: Message): Uint8Array {
  const body = encodeClassic(message, null, { nul: true })
  const bytes = new Uint8Array(HEAD_BYTES + body.length)
  const head = new Uint32Array([body.length, MAGIC])
  bytes.set(new Uint8Array(head.buffer), 0)
  bytes.set(body, HEAD_BYTES)
  return bytes
}

/** Bytes as they come; messages as they are complete. After a problem nothing more is read. */
export class FrameReader {
  #chunks: Uint8Array[] = []
  #bytes = 0
  /** Nothing is joined before so much is there. */
  #needed = HEAD_BYTES

  /** Bytes that wait for the rest of their frame, or to be taken. */
  get waiting(): number {
    return this.#bytes
  }

  /** All that waits, for another reader to go on with. */
  rest(): Uint8Array {
    return this.#bytes === 0 ? new Uint8Array() : this.#joined()
  }

  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
  }

  /** The next message, a sentence that says what is wrong with it, or null when it is not all there yet. */
  next(): Message | string | null {
    if (this.#bytes < this.#needed) return null
    const all = this.#joined()
    const head = new Uint32Array(Uint8Array.from(all.subarray(0, HEAD_BYTES)).buffer)
    const [length, magic] = [head[0]!, head[1]!]
    if (magic !== MAGIC) return 'not a frame of heartbeat’s client protocol'
    if (length > FRAME_BYTES_MAX) return `a frame of ${length} bytes; at most ${FRAME_BYTES_MAX} are taken`
    this.#needed = HEAD_BYTES + length
    if (all.length < this.#needed) return null
    this.#needed = HEAD_BYTES
    const decoded = decodeClassicUnsigned(all.subarray(HEAD_BYTES, HEAD_BYTES + length))
    this.#chunks = [all.subarray(HEAD_BYTES + length)]
    this.#bytes = all.length - HEAD_BYTES - length
    return decoded.ok ? decoded.message : `${decoded.reason}: ${decoded.detail}`
  }

  #joined(): Uint8Array {
    if (this.#chunks.length > 1) this.#chunks = [new Uint8Array(Buffer.concat(this.#chunks))]
    return this.#chunks[0]!
  }
}
