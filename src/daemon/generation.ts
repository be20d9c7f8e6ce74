/**
 * The generation file, continued where heartbeat left it: 16 bytes, the number right-aligned in 15 columns, LF.
 *
 * The number on disk is one ahead of the one in use, so that going on under a new generation, which happens in the
 * middle of a takeover, needs no wait for the disk.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFile } from './replace-file.ts'

export class GenerationFile {
  private readonly path: string
  private onDisk = 0
  private timer: ReturnType<typeof setTimeout> | null = null

  constructor(
    stateDir: string,
    private readonly problem: (text: string) => void,
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
    return this.write(first + 1) ? first : Math.max(first, wallS + 1)
  }

  /** Must be called before a number is used: afterwards it is never used again, whatever happens. */
  use(value: number): void {
    if (value > this.onDisk) this.write(value)
    if (this.timer === null) {
      this.timer = setTimeout(() => {
        this.timer = null
        if (this.onDisk <= value) this.write(value + 1)
      }, 1000)
      this.timer.unref?.()
    }
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
    this.onDisk = value
    try {
      replaceFile(this.path, `${String(value).padStart(15)}\n`)
      return true
    } catch (error) {
      this.problem(
        `cannot write ${this.path} (${error}): after a restart the other nodes may refuse this one as a replay`,
      )
      return false
    }
  }
}
