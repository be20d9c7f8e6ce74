/** Standard output and standard error of a child, read as they come. */
import { adoptDescriptor } from '../linux/descriptors.ts'
import { OutputPipe } from '../linux/pipe.ts'
import { Output } from './output.ts'

const LINGER_POLL_MS = 500
const LINGERING_MAX = 64
const DRAIN_ROUNDS_MAX = 64

const buffer = new Uint8Array(65536)
const lingering = new Set<Streams>()

/** Both streams of a service that goes on writing, for the next program of this process; null where one has ended. */
export type StreamsState = readonly [number | null, number | null]

export class Streams {
  readonly output: Output
  readonly #pipes: readonly [OutputPipe, OutputPipe]

  constructor(onLine?: (line: string) => void, earlier?: readonly [OutputPipe, OutputPipe]) {
    this.output = new Output(onLine)
    if (earlier !== undefined) {
      this.#pipes = earlier
      return
    }
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

  keepOverExec(): StreamsState {
    return [this.#pipes[0].keepOverExec(), this.#pipes[1].keepOverExec()]
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

/** For the program that takes this one's place: services must not find their streams closed. */
export const handOverStreams = (): StreamsState[] => [...lingering].map((s) => s.keepOverExec())

/** Goes on reading where the program before this one did. What is said goes nowhere: whose it is has been forgotten. */
export function resumeStreams(states: readonly StreamsState[]): void {
  for (const [out, err] of states) new Streams(undefined, [pipeOf(out), pipeOf(err)]).linger()
}

function pipeOf(fd: number | null): OutputPipe {
  const open = fd !== null && adoptDescriptor(fd)
  const pipe = new OutputPipe(open ? fd : -1)
  if (!open) pipe.close()
  return pipe
}
