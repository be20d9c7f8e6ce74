/** What a script says: its last words, the beginning of its standard output, and its lines for the log. All bounded. */

const TAIL_BYTES = 2048
const HEAD_BYTES = 65536
const LINES_MAX = 200
const LINE_BYTES_MAX = 1000

/** The text of one run. Feed it the bytes of both streams as they come. */
export class Output {
  readonly #onLine: (line: string) => void
  #head = ''
  #tail = ''
  /** Of standard output and standard error: decoding and the line begun. */
  readonly #streams = [stream(), stream()] as const
  #lines = 0

  constructor(onLine: (line: string) => void = () => {}) {
    this.#onLine = onLine
  }

  /** Bytes of a script's output; standard output is what its status is judged by. */
  add(bytes: Uint8Array, standard: boolean): void {
    const from = this.#streams[standard ? 0 : 1]
    const text = from.decoder.decode(bytes, { stream: true })
    if (standard && this.#head.length < HEAD_BYTES) this.#head = (this.#head + text).slice(0, HEAD_BYTES)
    this.#tail = (this.#tail + text).slice(-TAIL_BYTES)
    const parts = (from.partial + text).split('\n')
    from.partial = parts.pop()!.slice(0, LINE_BYTES_MAX)
    for (const part of parts) this.#line(part)
  }

  /** The last lines, should they lack their line ends. */
  end(): void {
    for (const from of this.#streams) {
      if (from.partial !== '') this.#line(from.partial)
      from.partial = ''
    }
  }

  /** The first 64 KiB of standard output. */
  get standard(): string {
    return this.#head
  }

  /** The last 2 KiB of everything, as one line. */
  get lastWords(): string {
    return this.#tail
      .split(/\s*\n\s*/)
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .join(' | ')
  }

  #line(line: string): void {
    if (line.trim() === '' || this.#lines > LINES_MAX) return
    this.#lines++
    if (this.#lines > LINES_MAX) this.#onLine(`(more than ${LINES_MAX} lines: the rest is left out)`)
    else this.#onLine(line.trimEnd().slice(0, LINE_BYTES_MAX))
  }
}

const stream = () => ({ decoder: new TextDecoder(), partial: '' })
