/** Lines out of a socket: bounded in length and time, and never read ahead of what is asked for. */
import type { Socket } from 'node:net'
import { ControlError } from './protocol.ts'

interface Waiter {
  resolve(line: string | null): void
  reject(error: Error): void
  readonly timer: NodeJS.Timeout
}

export class LineReader {
  readonly #socket: Socket
  readonly #bytesMax: number
  #chunks: Buffer[] = []
  #bytes = 0
  #ended = false
  #failure: Error | undefined
  #waiter: Waiter | undefined
  #deaf = false

  constructor(socket: Socket, bytesMax: number) {
    this.#socket = socket
    this.#bytesMax = bytesMax
    socket.pause()
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('end', () => this.#over())
    socket.on('close', () => this.#over())
    socket.on('error', (error) => this.#over(error))
  }

  /**
   * The next line without its end, or null when the other side has said all.
   * Rejects with a ControlError when the whole line has not come within limitMs or exceeds the bound.
   */
  next(limitMs: number): Promise<string | null> {
    return new Promise((resolve, reject) => {
      const late = () => this.#fail(new ControlError('timed-out', `no complete line within ${limitMs / 1000} s`))
      this.#waiter = { resolve, reject, timer: setTimeout(late, limitMs) }
      this.#settle()
      if (this.#waiter !== undefined) this.#socket.resume()
    })
  }

  /** Reads no more lines; whatever still comes is let go of, so that the other side gets to read its answer. */
  discard(): void {
    this.#deaf = true
    this.#chunks = []
    this.#socket.resume()
  }

  #take(chunk: Buffer): void {
    if (this.#deaf) return
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    if (chunk.includes(10) || this.#bytes > this.#bytesMax) {
      this.#socket.pause()
      this.#settle()
    }
  }

  #over(failure?: Error): void {
    this.#ended = true
    this.#failure ??= failure
    this.#settle()
  }

  #settle(): void {
    if (this.#waiter === undefined) return
    const held = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks)
    const end = held.indexOf(10)
    if (end > this.#bytesMax || (end < 0 && held.length > this.#bytesMax)) {
      this.#fail(new ControlError('broken', `a line is longer than ${this.#bytesMax} bytes`))
      return
    }
    this.#chunks = [end < 0 ? held : held.subarray(end + 1)]
    this.#bytes = this.#chunks[0]!.length
    if (end >= 0) this.#release()?.resolve(held.subarray(0, end).toString('utf8'))
    else if (this.#failure !== undefined) this.#fail(this.#failure)
    else if (this.#ended) this.#release()?.resolve(null)
  }

  #fail(error: Error): void {
    this.#release()?.reject(error)
  }

  #release(): Waiter | undefined {
    const waiter = this.#waiter
    this.#waiter = undefined
    clearTimeout(waiter?.timer)
    return waiter
  }
}

/** Writes all of it; rejects with a ControlError when the other side has not taken it within limitMs. */
export function writeAll(socket: Socket, text: string, limitMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new ControlError('timed-out', `the other side did not read within ${limitMs / 1000} s`))
    const timer = setTimeout(late, limitMs)
    const gone = () => {
      clearTimeout(timer)
      reject(new ControlError('broken', 'the other side has gone'))
    }
    socket.once('close', gone)
    socket.write(text, (error) => {
      clearTimeout(timer)
      socket.off('close', gone)
      if (error) reject(error)
      else resolve()
    })
  })
}
