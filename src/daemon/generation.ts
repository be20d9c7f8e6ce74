/**
 * The generation file, continued where heartbeat left it: 16 bytes, the number right-aligned in 15 columns, LF.
 *
 * The number on disk is one ahead of the one in use, so that going on under a new generation, which happens in the
 * middle of a takeover, needs no wait for the disk.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFile } from './replace-file.ts'

const AGAIN_MS = 1000

export class GenerationFile {
  private readonly path: string
  private onDisk = 0
  /** What should stand there. */
  private wanted = 0
  private ahead: ReturnType<typeof setTimeout> | null = null
  private again: ReturnType<typeof setTimeout> | null = null

  /** What cannot be written is tried again after againMs, until it can. */
  constructor(
    stateDir: string,
    private readonly problem: (text: string) => void,
    private readonly againMs = AGAIN_MS,
  ) {
    this.path = join(stateDir, 'hb_generation')
  }

  /**
   * The generation to begin with: one above the file's, or the time in seconds where there is no usable file; and no less
   * than that where it cannot be written down, since what was used before may not have been written either.
   */
  begin(wallS: number): number {
    const before = this.read()
    const first = (before ?? wallS) + 1
    if (this.write(first + 1)) return first
    const used = Math.max(first, wallS + 1)
    this.wanted = used + 1
    return used
  }

  /** Must be called before a number is used: afterwards it is never used again, whatever happens. */
  use(value: number): void {
    if (value > this.onDisk) this.write(value)
    this.ahead ??= later(1000, () => {
      this.ahead = null
      if (this.onDisk <= value) this.write(value + 1)
    })
  }

  private read(): number | null {
    let content: string
    try {
      content = readFileSync(this.path, 'latin1')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.problem(`cannot read ${this.path}: ${error}`)
      return null
    }
    if (/^\s*[0-9]{1,15}\s*$/.test(content)) return Number.parseInt(content, 10)
    if (content.trim() !== '') this.problem(`${this.path} holds no number: beginning with the time in its place`)
    return null
  }

  private write(value: number): boolean {
    this.wanted = Math.max(this.wanted, value)
    try {
      replaceFile(this.path, `${String(this.wanted).padStart(15)}\n`)
      this.onDisk = this.wanted
      return true
    } catch (error) {
      if (this.again === null)
        this.problem(
          `cannot write ${this.path} (${error}): after a restart the other nodes may refuse this one as a replay`,
        )
      this.again ??= later(this.againMs, () => {
        this.again = null
        if (this.onDisk < this.wanted) this.write(this.wanted)
      })
      return false
    }
  }
}

function later(ms: number, work: () => void): ReturnType<typeof setTimeout> {
  const timer = setTimeout(work, ms)
  timer.unref?.()
  return timer
}
