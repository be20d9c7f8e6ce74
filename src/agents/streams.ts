/** Standard output and standard error of a child, read as they come. */
import { OutputPipe } from '../linux/pipe.ts'
import { Output } from './output.ts'

const LINGER_POLL_MS = 500
const LINGERING_MAX = 64
const DRAIN_ROUNDS_MAX = 64

const buffer = new Uint8Array(65536)
const lingering = new Set<Streams>()

export class Streams {
  readonly output: Output
  readonly #pipes: readonly [OutputPipe, OutputPipe]

  constructor(onLine?: (line: string) => void) {
    this.output = new Output(onLine)
    const first = new OutputPipe()
    try {
      this.#pipes = [first, new OutputPipe()]
    } catch (error) {
      first.close()
      throw error
    }
  }

  /** The descriptors for the child: standard output, standard error. */
  get writers(): [number, number] {
    return [this.#pipes[0].writer, this.#pipes[1].writer]
  }

  /** To be called when the child has its copies. */
  started(): void {
    for (const pipe of this.#pipes) pipe.closeWriter()
  }

  /** Reads what is there; false when no writer is left. */
  drain(): boolean {
    let open = false
    for (const [i, pipe] of this.#pipes.entries()) {
      let length = 0
      for (let n = 0; n < DRAIN_ROUNDS_MAX; n++) {
        length = pipe.read(buffer)
        if (length <= 0) break
        this.output.add(buffer.subarray(0, length), i === 0)
      }
      if (length !== 0) open = true
    }
    return open
  }

  close(): void {
    for (const pipe of this.#pipes) pipe.close()
    lingering.delete(this)
  }

  /** A service that the script started may go on writing: were nobody to read, it would block or be killed. */
  linger(): void {
    if (!this.drain()) return this.close()
    if (lingering.size >= LINGERING_MAX) [...lingering][0]?.close()
    lingering.add(this)
    const timer = setInterval(() => {
      if (lingering.has(this) && this.drain()) return
      clearInterval(timer)
      this.close()
    }, LINGER_POLL_MS)
    ;(timer as { unref?: () => void }).unref?.()
  }
}
