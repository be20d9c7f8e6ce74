/**
 * A pipe that a child writes to and hb reads without waiting. Real pipes, because runtimes give children sockets, which
 * a script cannot open again as /dev/stderr; and read by hand, so that all that was written is there when the child ends.
 */
import { bindLibc, type Functions } from '../runtime/ffi.ts'
import { keepOverExec } from './descriptors.ts'
import { must } from './libc.ts'

const table = {
  pipe2: { args: ['buffer', 'i32'], returns: 'i32' },
  fcntl: { args: ['i32', 'i32', 'i64'], returns: 'i32' },
  read: { args: ['i32', 'buffer', 'u64'], returns: 'i64' },
  close: { args: ['i32'], returns: 'i32' },
} as const

const O_CLOEXEC = 0o2000000
const O_NONBLOCK = 0o4000
const F_SETFL = 4

let bound: Functions<typeof table> | undefined

export class OutputPipe {
  /** For the child, as one of its standard streams. */
  readonly writer: number
  readonly #reader: number
  readonly #calls: Functions<typeof table>
  #writerOpen = true
  #readerOpen = true

  /** reader: the reading end of a pipe that an earlier program of this process has made. Throws SystemError. */
  constructor(reader?: number) {
    bound ??= bindLibc(table)
    this.#calls = bound
    if (reader !== undefined) {
      this.#reader = reader
      this.writer = -1
      this.#writerOpen = false
      return
    }
    const ends = new Int32Array(2)
    must('making a pipe', this.#calls.pipe2(ends, O_CLOEXEC))
    this.#reader = ends[0]!
    this.writer = ends[1]!
    this.#calls.fcntl(this.#reader, F_SETFL, O_NONBLOCK)
  }

  /** How many bytes came into the buffer; 0 at the end (no writer is left); -1 when there is nothing now. */
  read(buffer: Uint8Array): number {
    return this.#readerOpen ? Number(this.#calls.read(this.#reader, buffer, buffer.length)) : 0
  }

  /** The reading end stays open when this process becomes another program; null when it is closed. */
  keepOverExec(): number | null {
    if (this.#readerOpen) keepOverExec(this.#reader)
    return this.#readerOpen ? this.#reader : null
  }

  /** To be called when the child has its copy. */
  closeWriter(): void {
    if (this.#writerOpen) this.#calls.close(this.writer)
    this.#writerOpen = false
  }

  close(): void {
    this.closeWriter()
    if (this.#readerOpen) this.#calls.close(this.#reader)
    this.#readerOpen = false
  }
}
